"""The pitch of a voice: estimated from its sound, and brought to one grid of times.

The neural voices tell their pitch; espeak-ng's is found by autocorrelation (Boersma, 1993): voiced sound is like
itself one period later.
"""

import numpy as np

from .phonemes import F0_RATE

LOWEST, HIGHEST = 60.0, 500.0  # Hz
WINDOW = 0.040  # seconds: two periods of nearly the lowest voice
VOICED = 0.5  # autocorrelation of a voiced frame, at least
NEARLY = 0.85  # of the highest autocorrelation
QUIET = 10 ** (-45 / 20)  # of the loudest frame
UNVOICED = 40.0  # Hz; the networks write what is below for sounds without pitch


def estimate(samples: np.ndarray, sample_rate: int) -> np.ndarray:
    """Pitch in Hz, 0 where nothing is voiced: samples (N,) -> float32 (1 + N // hop,), `F0_RATE` values a second."""
    if not len(samples):
        return np.zeros(0, np.float32)
    size = round(WINDOW * sample_rate)
    window = np.hanning(size).astype(np.float32)
    count = int(len(samples) / sample_rate * F0_RATE) + 1
    first = np.round(np.arange(count) * sample_rate / F0_RATE).astype(int)
    padded = np.pad(np.asarray(samples, np.float32), (size // 2, size))
    found = [_of_frames(padded[first[i : i + 500, None] + np.arange(size)] * window, window, sample_rate)
             for i in range(0, count, 500)]  # a few seconds at a time, so that memory does not grow  # fmt: skip
    pitch, strength, loudness = (np.concatenate(part) for part in zip(*found))
    voiced = (strength > VOICED) & (loudness > QUIET * loudness.max())
    return np.where(voiced, pitch, 0).astype(np.float32)


def _of_frames(frames: np.ndarray, window: np.ndarray, sample_rate: int) -> tuple:
    """Windowed frames (F, size) -> pitch (F,), autocorrelation at its period (F,), loudness (F,)."""
    longest, shortest = int(sample_rate / LOWEST), int(sample_rate / HIGHEST)
    own = _autocorrelation(window[None])[0]
    similar = _autocorrelation(frames)  # (F, size)
    energy = similar[:, 0]
    similar = similar / np.maximum(energy[:, None], 1e-9) * (own[0] / np.maximum(own, 1e-3 * own[0]))
    lags = np.arange(shortest, min(longest, int(0.6 * len(window))))
    best = lags[_first_peak(similar[:, lags])]
    return sample_rate / best, similar[np.arange(len(frames)), best], np.sqrt(np.maximum(energy, 0))


def _first_peak(similar: np.ndarray) -> np.ndarray:
    """The first hill of each row (F, L) that is nearly as high as the highest: two periods fit as well as one."""
    high = similar >= NEARLY * similar.max(axis=1, keepdims=True)
    hill = np.zeros_like(high)
    hill[:, 1:-1] = (similar[:, 1:-1] >= similar[:, :-2]) & (similar[:, 1:-1] >= similar[:, 2:])
    found = high & hill
    return np.where(found.any(axis=1), found.argmax(axis=1), similar.argmax(axis=1))


def _autocorrelation(frames: np.ndarray) -> np.ndarray:
    size = frames.shape[1]
    spectrum = np.fft.rfft(frames, 2 * size, axis=1)
    return np.fft.irfft(np.abs(spectrum) ** 2, 2 * size, axis=1)[:, :size]


def on_grid(values: np.ndarray, rate: float, seconds: float) -> np.ndarray:
    """Pitch (K,) of frames of 1 / rate seconds -> float32 (T,), `F0_RATE` values a second, 0 where not voiced.

    Frame k of the networks covers k / rate to (k + 1) / rate.
    """
    at = np.arange(int(seconds * F0_RATE) + 1) / F0_RATE * rate - 0.5
    values = np.where(np.asarray(values) > UNVOICED, values, 0)
    nearest, low, high = (np.clip(way(at).astype(int), 0, len(values) - 1) for way in (np.round, np.floor, np.ceil))
    between = values[low] + (at - np.floor(at)) * (values[high] - values[low])
    both = (values[low] > 0) & (values[high] > 0)
    return np.where(both, between, values[nearest]).astype(np.float32)
