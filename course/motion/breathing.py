"""How somebody breathes: in and out at rest, and in a pause of what is said rather than in the midst of it.

Drawn in seconds from a seed, as all that a face does besides speaking: the same seed breathes the same at any rate.
"""

from collections.abc import Sequence

import numpy as np

from ..interpolation import smoothstep

PERIOD, SPREAD = 4.3, 0.12  # seconds from one breath to the next: its median, and the deviation of its logarithm
LIMITS = (3.75, 5.0)  # seconds: 16 to 12 breaths a minute
DEPTH = (0.75, 1.0)  # from the shallowest to a full breath
DRAWN = 0.38  # share of its time in which a breath is drawn; let go, it is out at `OUT` of it
OUT = 0.95
BEFORE_WORDS = 0.6  # seconds in which one is drawn before somebody speaks on
WAITS = (0.55, 1.7)  # of its time: so much earlier or later a breath comes for the sake of a pause
GOLDEN = (5**0.5 - 1) / 2
EASE = 0.8  # seconds in which a film's last breath is let go: it ends as the photo is


class Breaths:
    """Breath without an end. seed: the same one breathes the same; words: seconds at which somebody speaks on after a
    pause; begins: seconds at which the first breath is drawn, None as the seed has it."""

    def __init__(self, seed: int = 0, words: Sequence = (), begins: float | None = None):
        self._random, self._words = np.random.default_rng((seed, 5)), np.asarray(words, float)
        first = self._random.uniform(0.1, 0.8) * PERIOD
        self._next = first if begins is None else begins
        self._drawn = DRAWN * PERIOD
        self._breaths = []  # (begins, drawn in, next begins, depth), in seconds

    def at(self, times: np.ndarray) -> np.ndarray:
        """How far the breath is in at the times (T,), seconds that rise, not before a second asked for: (T,), 0 to 1.
        """
        while len(times) and self._next <= times[-1]:
            self._draw()
        value = np.zeros(len(times))
        for begin, drawn, end, depth in self._breaths:
            out = smoothstep(begin + drawn, begin + max(OUT * (end - begin), drawn + 0.1), times)
            value += depth * (smoothstep(begin, begin + drawn, times) - out)
        if len(times):
            self._breaths = [breath for breath in self._breaths if breath[2] > times[0] - 1]
        return value.clip(0, 1)

    def _draw(self) -> None:
        """One more breath, and when the next comes."""
        begin, drawn, random = self._next, self._drawn, self._random
        lasts = float(np.clip(PERIOD * np.exp(SPREAD * random.standard_normal()), *LIMITS))
        self._next, self._drawn = begin + lasts, DRAWN * lasts
        pauses = self._words[np.abs(self._words - BEFORE_WORDS - begin - lasts * np.mean(WAITS))
                             < lasts * np.ptp(WAITS) / 2] - BEFORE_WORDS
        if len(pauses):
            self._next, self._drawn = float(pauses[np.argmin(np.abs(pauses - self._next))]), BEFORE_WORDS
        self._breaths.append((begin, min(drawn, 0.8 * (self._next - begin)), self._next, random.uniform(*DEPTH)))


def one_of(number: int, seed: int = 0) -> float:
    """Seconds at which the first breath of one of several people is drawn, their numbers counted from 0: no two who sit
    side by side at the same time."""
    # steps of the golden ratio fall as far as can be from all before them
    return PERIOD * ((np.random.default_rng((seed, 6)).uniform() + number * GOLDEN) % 1)


def of_film(count: int, fps: float, seed: int = 0, phrases: Sequence = (), begins: float | None = None) -> np.ndarray:
    """The breath of a film of `count` frames, float32 (count,), 0 to 1; 0 is how the photo is, as at the film's end.

    phrases: what is said, as `speech.phrases.Phrase`; begins: as in `Breaths`.
    """
    times = (np.arange(count) + 0.5) / fps
    words = [after.start for before, after in zip(phrases, phrases[1:]) if after.start > before.end]
    return (Breaths(seed, words, begins).at(times) * smoothstep(0, EASE, count / fps - times)).astype(np.float32)
