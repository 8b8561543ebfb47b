"""Where a sound ends: the networks count the dying away of a sentence, and silence after it, to its last sound.

A mouth that believed them would stand open after the voice has gone. So the last sound before a pause ends where it
is no longer heard.
"""

from dataclasses import replace

import numpy as np

from .phonemes import Phoneme

HEARD = -45.0  # dB below the loudest moment
WINDOW = 0.010  # seconds
LEAST = 0.060  # seconds that a sound lasts: p, t, k are silent before they burst
WORTH = 0.020  # seconds; less is left as it is


def until_silent(phonemes: list, samples: np.ndarray, rate: int) -> list:
    """`Phoneme`s of samples (N,), the last before each pause no longer than it is heard; the pause begins there."""
    loud = _loudness(samples, rate)
    found = list(phonemes)
    for i, said in enumerate(phonemes):
        after = phonemes[i + 1] if i + 1 < len(phonemes) else None
        if not said.symbol or (after is not None and after.symbol):
            continue
        end = _heard_until(loud, said)
        if said.end - end < WORTH:
            continue
        found[i] = said.until(end)
        if after is not None:
            found[i + 1] = replace(after, start=end)
        else:
            found.append(Phoneme("", end, said.end))
    return found


def _loudness(samples, rate: int) -> np.ndarray:
    """dB below the loudest, (T,), a value for each `WINDOW`."""
    size = round(WINDOW * rate)
    whole = np.asarray(samples[: len(samples) // size * size], np.float64).reshape(-1, size)
    power = np.mean(whole**2, axis=1) if len(whole) else np.zeros(1)
    return 10 * np.log10(power / max(power.max(), 1e-12) + 1e-12)


def _heard_until(loud: np.ndarray, said: Phoneme) -> float:
    first, last = int(said.start / WINDOW), int(np.ceil(said.end / WINDOW))
    heard = np.flatnonzero(loud[first:last] > HEARD)
    end = said.start if not len(heard) else (first + heard[-1] + 1) * WINDOW
    return float(min(max(end, said.start + LEAST), said.end))
