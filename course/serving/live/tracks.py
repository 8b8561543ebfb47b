"""A sentence ready to be played: its sound, its lips, and what brows and head do with it."""

from dataclasses import dataclass, replace

import numpy as np

from ... import errors
from ...face import channels
from ...interpolation import smoothstep
from ...io import sound
from ...motion import direction, emphasis, expressive, marks, motion, spoken
from ...speech import manner, plain_text, ssml, synthesis
from . import clock

LEAD, TAIL = 0.06, 0.24  # seconds of silence that are left before and after what is said
AFTER = 0.8  # seconds in which expression and brows come down after the sound
EASE = 0.25  # seconds in which they come
SHOWN = 1.0  # seconds that a look, a pose or an expression stays that stands in a text without words
PARSE = {"expression": direction.expression_cues, "gaze": direction.gaze_cues, "head": direction.head_cues}


@dataclass(frozen=True)
class Asked:
    """How to speak: a voice's name or None for the best of the letters; rate and pitch as in `speech.Manner`;
    expression: as `animation.Settings` has it; head: strength of nods; seed: of what is drawn by chance.
    """

    voice: str | None = None
    rate: float = 1.0
    pitch: float = 0.0
    expression: str | None = None
    head: float = 1.0
    gaze: str | None = None
    seed: int = 0


@dataclass(frozen=True)
class Track:
    """text: what is said, without marks, "" where only the face does something; sound: float32 (count *
    `clock.SAMPLES`,); lips: (count, 57) offsets; beside: (count + some, 57), stress, questions and mood, which come
    down after the sound; cues: (row, kind, `timeline.Cue`) of what marks ask for, by row; goes_on: the text of the
    track before goes on in it, and its marks hold."""

    text: str
    sound: np.ndarray
    lips: np.ndarray
    beside: np.ndarray
    cues: tuple = ()
    goes_on: bool = False


def track_of(text: str, asked: Asked) -> Track:
    """A sentence, spoken. Raises `errors.TextError`: nothing to say, no such voice; `errors.MotionError`: a mark."""
    words, found = marks.parted(text)
    if not _has_words(words):
        return _silent(words, found)
    said = _trimmed(synthesis.synthesize(words, asked.voice, manner.Manner(asked.rate, asked.pitch)), words)
    samples = sound.resample(said.samples, said.sample_rate, clock.RATE)
    lips = spoken.from_speech(said, clock.FPS)
    count = max(len(lips), -(-len(samples) // clock.SAMPLES))
    samples = np.pad(samples, (0, count * clock.SAMPLES - len(samples))).astype(np.float32)
    rows, times = _longer(lips.full(), count), marks.moments(words, found, said.phonemes)
    asked = replace(asked, **marks.merged(asked, found, times))
    return Track(plain_text.with_pictures(words), samples, rows, _beside(rows, asked, spoken.delivery(words, said)),
                 _cues(found, times, count))


def held(text: str, before: Asked) -> Asked:
    """How to speak what follows a text: the last expression that it marks holds on."""
    try:
        found = [mark for mark in marks.parted(text)[1] if mark.kind == "expression"] if "[" in text else []
    except errors.MotionError:  # which is told when it is to be spoken
        return before
    return replace(before, expression=found[-1].word) if found else before


def _has_words(text: str) -> bool:
    return plain_text.has_words(plain_text.cleaned(plain_text.letters(plain_text.PAUSE.sub(" ", text))))


def _silent(words: str, found: list) -> Track:
    """A pause, and what the face does meanwhile. Raises `errors.TextError`: there is neither."""
    plain_text.check(words)
    cues = _cues(found, [0.0 for _ in found], 1)
    seconds = ssml.parse(f"{words} a")[0].pause_before  # that of a word after it
    if not seconds and not found:
        raise plain_text.nothing_to_say(words)
    ends = [row / clock.FPS + max((direction.GESTURES[name].duration for name in cue.names
                                   if name in direction.GESTURES), default=SHOWN) for row, _, cue in cues]
    count = max(1, round(max([seconds, *ends]) * clock.FPS))
    still = np.zeros((count, len(channels.CHANNELS)), np.float32)
    return Track("", np.zeros(count * clock.SAMPLES, np.float32), still, still, cues)


def _cues(found: list, times: list, count: int) -> tuple:
    """What marks ask for, as a film has it, and the rows, of `count`, at which it begins."""
    told = marks.merged(Asked(), found, times)
    cues = [(kind, cue) for kind, words in told.items() for cue in PARSE[kind](words)]
    begins = {"expression": direction.AHEAD}
    rows = [(min(max(0, round(((cue.at or 0.0) - begins.get(kind, 0.0)) * clock.FPS)), count - 1), kind, cue)
            for kind, cue in cues]
    return tuple(sorted(rows, key=lambda row: row[0]))


def _beside(lips: np.ndarray, asked: Asked, delivery) -> np.ndarray:
    """Stress, questions and mood as offsets: float32 (T + some, 57)."""
    whole = _longer(lips, len(lips) + round(AFTER * clock.FPS))
    times = (np.arange(len(whole)) + 0.5) / clock.FPS
    random, head = np.random.default_rng((asked.seed, 3)), direction.head_strength(asked.head)
    values = {name: np.zeros(len(whole)) for name in channels.CHANNELS}
    if len(delivery.accents):
        emphasis.stress(values, times, head, delivery.accents, random)
    emphasis.ask(values, times, head, delivery.questions, random)
    rows = np.stack(list(values.values()), axis=1)
    mood = direction.auto_share(asked.expression, times)
    rows += expressive.of_phrases(delivery.phrases, motion.Motion(whole, channels.CHANNELS, clock.FPS), mood,
                                  head).full()
    # the face comes from wherever it was, and is back where it was when the last row is over
    ends = smoothstep(0, EASE, times) * smoothstep(0, EASE, times[-1] - times)
    return (rows * ends[:, None]).astype(np.float32)


def _longer(rows: np.ndarray, count: int) -> np.ndarray:
    return np.pad(rows, ((0, count - len(rows)), (0, 0)))


def _trimmed(said, words: str):
    """Without most of the silence before and after, but for the pauses that were asked for."""
    spans = ssml.parse(words)
    before, after = spans[0].pause_before, 0.0 if spans[-1].text else spans[-1].pause_before
    heard = [phoneme for phoneme in said.phonemes if phoneme.symbol]
    if not heard:
        return said
    start, end = max(0.0, heard[0].start - LEAD - before), min(said.duration, heard[-1].end + TAIL + after)
    cut = [replace(phoneme, start=max(phoneme.start, start) - start, end=min(phoneme.end, end) - start)
           for phoneme in said.phonemes if phoneme.end > start and phoneme.start < end]
    samples = said.samples[round(start * said.sample_rate) : round(end * said.sample_rate)]
    f0 = said.f0[round(start * said.f0_rate) : round(end * said.f0_rate) + 1]
    return replace(said, samples=samples, phonemes=cut, f0=f0)
