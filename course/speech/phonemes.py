"""What every voice gives: sound, its phonemes with their times, and its pitch."""

from dataclasses import dataclass, field, replace

import numpy as np

F0_RATE = 100  # values of pitch a second


@dataclass(frozen=True)
class Phoneme:
    """One sound of speech: IPA symbol ("" is a pause), start and end in seconds, stress 0, 1 or 2."""

    symbol: str
    start: float
    end: float
    stress: int = 0

    def moved(self, seconds: float) -> "Phoneme":
        """The same sound so many seconds later."""
        return replace(self, start=self.start + seconds, end=self.end + seconds)

    def until(self, end: float) -> "Phoneme":
        """The same sound, ending at another time."""
        return replace(self, end=end)


@dataclass
class Speech:
    """What was said: float32 samples (N,) in [-1, 1], their rate in Hz, and the phonemes in order.

    f0: float32 (T,), the pitch in Hz, 0 where nothing is voiced; value k is at k / f0_rate seconds.
    """

    samples: np.ndarray
    sample_rate: int
    phonemes: list = field(default_factory=list)
    voice: str = ""
    f0: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    f0_rate: float = F0_RATE

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / self.sample_rate
