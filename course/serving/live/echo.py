"""How loud a microphone may be of the face's own voice, which comes back to it from loudspeakers.

The browser takes most of it out (`echoCancellation` in live.js); the rest, and all of it where a browser does not, is
told from a person by its level: Geigel's detector ("Double-talk detector", D. L. Duttweiler, "A Twelve-Channel Digital
Echo Canceler", IEEE Transactions on Communications 26, 1978) with a threshold that is learned.
"""

import math
import statistics
from collections import deque

import numpy as np

from . import clock

BACK = 0.6  # seconds after it was sent in which a sound may come back: network, playing, room
HEARD = -55.0  # dB of full scale from which on what is played can be heard
USUAL = -30.0  # dB of what is played that come back with echo cancellation, until it is known
PEAKS = 25  # pieces of the microphone's sound, of 20 ms: the loudest of them belongs to the loudest that was played
KNOWN, REMEMBERED = 25, 500  # pieces from which it is learned
ABOVE = 9.0  # dB above the echo that a person has at least


class Echo:
    """Of one live face."""

    def __init__(self):
        self._played = deque(maxlen=round(BACK * clock.FPS))
        self._heard, self._shares = deque(maxlen=PEAKS), deque(maxlen=REMEMBERED)

    def play(self, sound: np.ndarray) -> None:
        """What is sent: 40 ms, float (N,) in [-1, 1]."""
        self._played.append(level_of(sound))

    def floor(self, samples: np.ndarray) -> float:
        """What a person is louder than, in dB of full scale, -inf where nothing is played; samples: what the microphone
        hears now, float (N,)."""
        self._heard.append(level_of(samples))
        loudest = max(self._played, default=-math.inf)
        if loudest < HEARD:
            return -math.inf
        self._shares.append(max(self._heard) - loudest)
        share = statistics.median(self._shares) if len(self._shares) >= KNOWN else USUAL
        return loudest + share + ABOVE


def level_of(samples: np.ndarray) -> float:
    """In dB of full scale."""
    samples = np.asarray(samples, np.float64)
    return 10 * math.log10(float(np.mean(np.square(samples - samples.mean()))) + 1e-10) if len(samples) else -100.0
