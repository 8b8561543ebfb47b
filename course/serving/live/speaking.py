"""A thread that speaks ahead of play: sentences in, `tracks.Track`s out, a few at most."""

import contextlib
import threading
from collections import deque
from dataclasses import replace

from ... import errors
from . import tracks

AHEAD = 2  # sentences that are spoken before they are played
MOST = 200  # sentences that wait
FIRST = "Yes."  # said to nobody, so that the first sentence does not wait for a voice to load


class Speaking:
    """Speaks one sentence after the other. tell: is given a line where one could not be spoken; usual: how most of
    them will be spoken, for which the voice is loaded at once."""

    def __init__(self, tell, usual: tracks.Asked):
        self._usual, self._tell, self._texts, self._ready = usual, tell, deque(), deque()
        self._held = None  # how what follows the last text is spoken
        self._changed, self._turn, self._at_work, self._over = threading.Condition(), 0, False, False
        self._thread = threading.Thread(target=self._work, name="course-live-voice", daemon=True)
        self._thread.start()

    def add(self, pieces: list, asked: tracks.Asked, goes_on: bool = False) -> None:
        """Say these after all others. goes_on: they belong to the text before, whose marks hold in them.

        Raises `errors.TextError` where too much waits already.
        """
        with self._changed:
            if len(self._texts) + len(pieces) > MOST:
                raise errors.TextError(f"{len(pieces)} sentences more are too many while {len(self._texts)} sentences "
                                       f"wait to be spoken: {MOST} are the most")
            held = self._held if goes_on and self._held is not None else asked
            for piece in pieces:
                self._texts.append((piece, replace(asked, expression=held.expression), goes_on))
                held, goes_on = tracks.held(piece, held), True
            self._held = held
            self._changed.notify_all()

    def next(self) -> tracks.Track | None:
        """The next sentence that is ready, or None."""
        with self._changed:
            if not self._ready:
                return None
            self._changed.notify_all()
            return self._ready.popleft()

    @property
    def waiting(self) -> bool:
        """Whether anything is still to be played."""
        with self._changed:
            return bool(self._texts or self._ready or self._at_work)

    def clear(self) -> None:
        """Forget all that was not played yet; what is being spoken now, too."""
        with self._changed:
            self._texts.clear()
            self._ready.clear()
            self._turn += 1
            self._at_work = False
            self._changed.notify_all()

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._over = True
            self._changed.notify_all()
        self._thread.join(timeout=10)

    def _work(self) -> None:
        with contextlib.suppress(Exception):  # a voice that cannot say this is told of when it is asked to speak
            tracks.track_of(FIRST, self._usual)
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._over or self._texts and len(self._ready) < AHEAD)
                if self._over:
                    return
                (text, asked, goes_on), turn, self._at_work = self._texts.popleft(), self._turn, True
            track = self._track(text, asked, goes_on)
            with self._changed:
                if turn == self._turn:
                    self._at_work = False
                    if track is not None:
                        self._ready.append(track)

    def _track(self, text: str, asked: tracks.Asked, goes_on: bool) -> tracks.Track | None:
        try:
            return replace(tracks.track_of(text, asked), goes_on=goes_on)
        except errors.CourseError as problem:
            self._tell(f"not spoken: {problem}")
        except Exception as problem:  # whatever a voice makes of a text, the next one is spoken
            self._tell(f"not spoken, {type(problem).__name__}: {text[:60]!r}")
        return None
