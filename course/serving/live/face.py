"""`course.Live`: a photo that speaks, listens and breathes while it is looked at."""

import contextlib
import logging
import threading
import weakref
from collections import deque
from dataclasses import dataclass, replace

import cv2
import numpy as np
import scipy

from ... import animation, errors, images, parallel, settings
from ...motion import inside
from ...speech import plain_text
from . import clock as clocks
from . import heard, idling, mixer, outgoing, painter, sentences, speaking, tracks

# What voice, hearing and film load when they need it, in threads of their own, is loaded here by one: two that load
# parts of SciPy at once can lose it (Python 3.11). Naming a part loads it.
scipy.fft, scipy.ndimage, scipy.signal  # noqa: B018
log = logging.getLogger("course")
AHEAD = 2  # frames that are begun before they are due
MOST_PIXELS = 4096  # of the longer side
SLIP = 0.5  # seconds by which a reader may be late before the clock waits for it
SETTINGS = ("voice", "rate", "pitch", "expression", "head", "seed", "face", "generator", "device", "force", "watermark",
            "consent", "label", "label_corner", "label_language")
FADE = np.linspace(1, 0, clocks.RATE // 100, dtype=np.float32)  # 10 ms in which a sound goes that is stopped


@dataclass(frozen=True)
class Moment:
    """40 ms of a live face.

    number: from 0 on, due at number / 25 s; frame: uint8 (H, W, 3); sound: float32 (960,) at 24,000 Hz; words: the
    sentence whose sound begins here, or None; fresh: False where the last frame is shown once more, since the next is
    not ready; lag: so many frames the picture is older than the sound.
    """

    number: int
    frame: np.ndarray
    sound: np.ndarray
    words: str | None
    fresh: bool
    lag: int


@dataclass
class _Begun:
    """A frame that is under way; future: None where all painters were busy."""

    number: int
    sound: np.ndarray
    words: str | None
    future: object


class Live:
    """A face that is there.

        with course.Live("me.jpg") as live:
            live.say("Hello!")
            for moment in live:  # 25 a second
                show(moment.frame, moment.sound)

    It takes text (`say`) and sound (`hear`) from any thread while one thread reads.
    """

    def __init__(self, photo, size: int = 512, clock: clocks.Clock | None = None, tell=None, **given):
        """
        Args:
            photo: path, PIL image or array; size: longer side of the frames in pixels, `painter.LEAST` at least.
            clock: another than the computer's; tell: is given a line where something gives way or is left out, the
            log by default.
            given: `SETTINGS`, as in `animation.Settings`; head is a number. Each frame has the invisible
            watermark of films unless watermark=False, and the label that is asked for.
        Raises:
            errors.CourseError: as `course.animate` for the photo and the settings; errors.WeightsError.
        """
        options = self._options(given)
        if tell is not None and not callable(tell):
            raise errors.CourseError(f"tell is a function that is given a line, such as print, not "
                                     f"{settings.shown(tell)}")
        self._tell = log.warning if tell is None else tell
        self._clock = clocks.Clock() if clock is None else clock
        image, points = _posed(photo, size, options)
        self._outgoing, self._lock = outgoing.Outgoing(photo, options, given), threading.RLock()
        self._asked = tracks.Asked(options.voice, options.rate, options.pitch, options.expression, options.head,
                                   seed=options.seed)
        with contextlib.ExitStack() as closing:  # what has begun ends where something fails
            closing.enter_context(parallel.one_thread_each())
            self._texts = speaking.Speaking(self._tell, self._asked)  # loads its voice while the photo is taken apart
            closing.callback(self._texts.close)
            self._sounds = heard.Heard(self._clock.now, self._tell)
            self._painter = painter.Painter(image, points, options.generator, self._tell, options.device)
            closing.callback(self._painter.close)
            self._mixer = mixer.Mixer(self._painter.face.rest, idling.EndlessIdle(options.seed, options.head),
                                      self._texts, self._sounds)
            self._mixer.express(options.expression)
            # a face that nobody holds any more, as where a notebook's cell is run again, ends its threads too
            self._end = weakref.finalize(self, closing.pop_all().close)
        self._start, self._begun, self._working = None, deque(), deque()
        self._next, self._picture, self._shown = 0, self._painter.image, -1
        self._closed = False

    # ------------------------------------------------------------ what may be asked of it

    def say(self, text: str, goes_on: bool = False) -> None:
        """Speak a text after all that waits already, sentence by sentence.

        Marks such as [happy], [look left], [nod] and [pause 1], SSML, Markdown and emoji do what they do in a film; a
        mark holds until the next of its kind, or until all is said. goes_on: the text before goes on, and its marks.
        What cannot be spoken is told and left out. Raises `errors.TextError`: no text, nothing to say, or too much
        waits; `errors.CourseError`: it is closed.
        """
        self._check_open()
        plain_text.check(text)
        pieces = sentences.pieces_of(text)
        if not pieces:
            raise plain_text.nothing_to_say(text)
        self._texts.add(pieces, self._asked, goes_on)

    def hear(self, chunk, rate: int, live: bool = True) -> None:
        """Play the next piece of a sound, the lips with it.

        Args:
            chunk: float (N,) in [-1, 1], or 16-bit whole numbers, or their bytes; 20 ms or what there is; rate: Hz.
            live: it comes from a microphone, so what is late is left out; else (a voice that is faster than speech) all
            of it is played, up to `heard.MOST` seconds wait.
        Raises:
            errors.AudioError: no such sound or rate; too much waits. errors.CourseError: it is closed.
        """
        self._check_open()
        self._sounds.feed(chunk, rate, live)

    def stop(self) -> None:
        """Leave off speaking and forget what waits: silence from the next frame on, and within two the lips close."""
        with self._lock:
            self._mixer.stop()
            for begun in self._begun:
                begun.sound = _faded(begun.sound) if begun is self._begun[0] else np.zeros_like(begun.sound)
                begun.words = None

    def set(self, **given) -> None:
        """Speak and look otherwise from the next sentence on: voice, rate, pitch, expression, as when it was made.

        Raises `errors.CourseError`.
        """
        self._check_open()
        wrong = set(given) - {"voice", "rate", "pitch", "expression"}
        if wrong:
            raise errors.CourseError(f"{sorted(wrong)[0]} cannot be changed while the face is live")
        checked = {**dict.fromkeys(given), **_checked(given)}
        usual = tracks.Asked()
        self._asked = replace(self._asked, **{name: getattr(usual, name) if value is None else value
                                              for name, value in checked.items()})  # fmt: skip
        if "expression" in given:
            with self._lock:
                self._mixer.express(checked["expression"])

    @property
    def is_busy(self) -> bool:
        """Whether something is being said or heard, or waits to be."""
        with self._lock:
            return self._texts.waiting or self._mixer.is_speaking or self._sounds.waiting

    @property
    def shape(self) -> tuple:
        """(height, width) of the frames."""
        return self._painter.image.shape[:2]

    @property
    def quality(self) -> str:
        """How frames are painted now, in words: "512 px"."""
        return str(self._painter.rung)

    # ------------------------------------------------------------ what comes out

    def read(self) -> Moment:
        """The next 40 ms, when they are due. Raises `errors.CourseError` once it is closed."""
        with self._lock:
            self._check_open()
            if self._start is None:
                self._start = self._clock.now()
            self._begin()
            due = self._start + self._begun[0].number / clocks.FPS
        self._clock.wait_until(due)
        with self._lock:
            self._check_open()
            late = self._clock.now() - due
            if late > SLIP:  # nobody has read for a while: no burst of old frames
                self._start += late
                self._tell(f"frames were read {late:.1f} s too late: sound and picture wait as long")
            return self._take()

    def __iter__(self):
        while not self._closed:
            try:
                moment = self.read()
            except errors.CourseError:
                if self._closed:  # by another thread
                    return
                raise
            yield moment

    def close(self) -> None:
        """End its threads. It can be closed twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._end()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # ------------------------------------------------------------ inside

    def _check_open(self) -> None:
        if self._closed:
            raise errors.CourseError("this face is closed: make another Live")

    @staticmethod
    def _options(given: dict) -> animation.Settings:
        wrong = [name for name in given if name not in SETTINGS]
        if wrong:
            raise errors.CourseError(f"unknown setting {wrong[0]!r} of a live face: choose from {', '.join(SETTINGS)}")
        options = replace(animation.Settings(), **_checked(given))
        animation.check_device(options)
        return options

    def _begin(self) -> None:
        """Have the next frames painted, those that are due after this one, too."""
        while len(self._begun) <= AHEAD:
            values, sound, words = self._mixer.step(self._next)
            busy = sum(not self._clock.is_done(future) for _, future in self._working)
            values = inside.breathing(values, self._mixer.idle.breath(self._next))
            future = self._painter.start(values) if busy < painter.WORKERS else None
            if future is not None:
                self._working.append((self._next, future))
            self._begun.append(_Begun(self._next, sound, words, future))
            self._next += 1

    def _take(self) -> Moment:
        """The sound of this moment and the newest picture that is ready."""
        begun, before = self._begun.popleft(), self._shown
        while self._working and self._working[0][0] <= begun.number and self._clock.is_done(self._working[0][1]):
            self._shown, future = self._working.popleft()
            self._picture = future.result()
        fresh = self._shown != before
        self._painter.judge(fresh)
        frame = self._outgoing(self._picture)
        return Moment(begun.number, frame, begun.sound, begun.words, fresh, begun.number - self._shown)


def _checked(given: dict) -> dict:
    """The settings in their types, as those of a film. Raises `errors.CourseError`."""
    from ...speech import catalogue

    checked = settings.checked(given)
    if isinstance(checked.get("head"), str):
        raise errors.CourseError("head of a live face is a number, without times: poses in time are for films")
    if set("@,") & set(checked.get("expression", "")):
        raise errors.CourseError("expression of a live face is one, without times: give happy or happy:0.6")
    if "voice" in checked:
        checked["voice"] = catalogue.find_voice(checked["voice"])
    return checked


def _posed(photo, size, options: animation.Settings) -> tuple:
    """The photo at its size, uint8 (H, W, 3) with even sides, and the points (78, 2) of one face in it."""
    if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or not painter.LEAST <= size <= MOST_PIXELS:
        raise errors.CourseError(f"size of a live face is a whole number of pixels from {painter.LEAST} to "
                                 f"{MOST_PIXELS}, not {settings.shown(size)}")
    size = int(size)
    whole = images.as_image(photo)
    shape = painter.even(whole.shape[:2], size / max(whole.shape[:2]))
    shrinks = max(shape) < max(whole.shape[:2])
    image = cv2.resize(whole, shape[::-1], interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    actors = animation.cast(image, options.face, "warp", whole, options.force)
    if len(actors) > 1:
        raise errors.FaceError("a live face is one: choose it by its number (face=0 is the largest)")
    return image, actors[0].points


def _faded(sound: np.ndarray) -> np.ndarray:
    """A sound that goes within 10 ms."""
    out = np.zeros_like(sound)
    out[: len(FADE)] = sound[: len(FADE)] * FADE
    return out
