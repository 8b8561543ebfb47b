"""Is somebody speaking into the microphone? By loudness against what is there when nobody does.

Where Silero's network is installed `silero` tells it instead, which music and typing do not mislead
(`benchmarks/voice_activity.py` has the figures).
"""

import numpy as np

from . import echo, silero

FRAME = 0.02  # seconds
ABOVE = 12.0  # dB above the background that a voice has
LEAST = -48.0  # dB of full scale that it has at least
SILENT = -75.0
RISES = 3.0  # dB a second by which the background is thought to become louder
BEGINS = (6, 5)  # of so many frames so many are loud where somebody begins to speak: a click is not enough
ENDS = 25  # quiet frames after which they have stopped


def new_detector():
    """The best detector that is installed."""
    return silero.SileroDetector() if silero.is_there() else VoiceDetector()


class VoiceDetector:
    """Tells when a voice begins and ends, 0.1 s after it does.

    speaking: whether somebody speaks now; floor: dB of full scale that a voice has at least.
    """

    def __init__(self):
        self.speaking, self.floor, self._background = False, LEAST, None
        self._recent, self._quiet, self._rest = [], 0, np.zeros(0, np.float32)

    def feed(self, samples: np.ndarray, rate: int) -> bool:
        """The next samples, float (N,) in [-1, 1], at `rate` Hz: whether a voice has begun within them."""
        length, begun = round(FRAME * rate), False
        samples = np.concatenate([self._rest, samples])
        whole = len(samples) // length * length
        self._rest = samples[whole:]
        for frame in samples[:whole].reshape(-1, length):
            begun |= self._frame(frame)
        return begun

    def _frame(self, frame: np.ndarray) -> bool:
        level = echo.level_of(frame)
        before = level if self._background is None else self._background
        loud = level > max(before + ABOVE, LEAST, self.floor)
        if level > SILENT:  # a microphone that is off says nothing about the room
            self._background = min(level, before + RISES * FRAME)
        most, least = BEGINS
        self._recent = [*self._recent, loud][-most:]
        self._quiet = 0 if loud else self._quiet + 1
        if self.speaking:
            self.speaking = self._quiet < ENDS
            return False
        self.speaking = bool(sum(self._recent) >= least)
        return self.speaking
