"""A sentence ready to be played: its sound, its lips, and what brows and head do with it."""

from dataclasses import dataclass, replace

import numpy as np

from ...face import channels
from ...interpolation import smoothstep
from ...io import sound
from ...motion import direction, emphasis, expressive, marks, motion, spoken
from ...speech import manner, synthesis
from . import clock

LEAD, TAIL = 0.06, 0.24  # seconds of silence that are left before and after what is said
AFTER = 0.8  # seconds in which expression and brows come down after the sound
EASE = 0.25  # seconds in which they come


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
    """text: what is said; sound: float32 (count * `clock.SAMPLES`,); lips: (count, 57) offsets; beside: (count + some,
    57), brows, nods and mood, which come down after the sound."""

    text: str
    sound: np.ndarray
    lips: np.ndarray
    beside: np.ndarray


def track_of(text: str, asked: Asked) -> Track:
    """A sentence, spoken. Raises `errors.TextError`: nothing to say, no such voice; `errors.MotionError`: a mark."""
    words, found = marks.parted(text)
    said = _trimmed(synthesis.synthesize(words, asked.voice, manner.Manner(asked.rate, asked.pitch)))
    samples = sound.resample(said.samples, said.sample_rate, clock.RATE)
    lips = spoken.from_speech(said, clock.FPS)
    count = max(len(lips), -(-len(samples) // clock.SAMPLES))
    samples = np.pad(samples, (0, count * clock.SAMPLES - len(samples))).astype(np.float32)
    rows = _longer(lips.full(), count)
    asked = replace(asked, **marks.merged(asked, found, marks.moments(words, found, said.phonemes)))
    return Track(text, samples, rows, _beside(rows, asked, spoken.delivery(words, said), bool(found)))


def _beside(lips: np.ndarray, asked: Asked, delivery, marked: bool) -> np.ndarray:
    """Stress, questions, mood, and what marks in the text ask for, as offsets: float32 (T + some, 57)."""
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
    if marked:
        rows += expressive.over_lips(whole, direction.expression_rows(asked.expression, times))
        rows[:, direction.ANGLES] += direction.head_rows(asked.head, times)
    # the face comes from wherever it was, and is back where it was when the last row is over
    ends = smoothstep(0, EASE, times) * smoothstep(0, EASE, times[-1] - times)
    return (rows * ends[:, None]).astype(np.float32)


def _longer(rows: np.ndarray, count: int) -> np.ndarray:
    return np.pad(rows, ((0, count - len(rows)), (0, 0)))


def _trimmed(said):
    """Without most of the silence before and after."""
    heard = [phoneme for phoneme in said.phonemes if phoneme.symbol]
    if not heard:
        return said
    start, end = max(0.0, heard[0].start - LEAD), min(said.duration, heard[-1].end + TAIL)
    cut = [replace(phoneme, start=max(phoneme.start, start) - start, end=min(phoneme.end, end) - start)
           for phoneme in said.phonemes if phoneme.end > start and phoneme.start < end]
    samples = said.samples[round(start * said.sample_rate) : round(end * said.sample_rate)]
    f0 = said.f0[round(start * said.f0_rate) : round(end * said.f0_rate) + 1]
    return replace(said, samples=samples, phonemes=cut, f0=f0)
