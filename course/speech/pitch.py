"""How high is the voice, moment by moment? The fundamental frequency of speech, by YIN.

A voice repeats itself every 1 / F0 seconds: shifted by one period, the sound differs least from itself (de Cheveigné
and Kawahara, "YIN, a fundamental frequency estimator for speech and music", 2002). In NumPy, about 12 ms a second of
sound; librosa's `yin` finds the same (tests/test_emphasis.py), but takes seconds to load.
"""

import numpy as np

from .phonemes import F0_RATE as FRAMES

LOWEST, HIGHEST = 60.0, 500.0  # Hz
WINDOW = 0.040  # seconds that are compared with themselves
VOICED = 0.3  # of the normalised difference, at most, where there is a voice
QUIET = 32.0  # dB below the loud parts: no voice
SILENT = -90.0  # dB: nothing at all
AT_ONCE = 2000  # frames


def f0_of(samples: np.ndarray, sample_rate: int) -> np.ndarray:
    """F0 of samples (N,): float32 (T,) in Hz at `FRAMES` a second, 0 where there is no voice.

    Frame k is at k / FRAMES seconds.
    """
    rate, x = int(sample_rate), np.asarray(samples, np.float64)
    width, longest = round(WINDOW * rate), int(rate / LOWEST) + 2
    starts = (np.arange(1 + int(len(x) * FRAMES / rate)) * rate / FRAMES).astype(int)
    x = np.pad(x, ((width + longest) // 2, width + longest))
    frames = np.lib.stride_tricks.sliding_window_view(x, width + longest)  # (N, W + L)
    found = [_yin(frames[starts[first : first + AT_ONCE]], width, longest, rate)
             for first in range(0, len(starts), AT_ONCE)]
    f0, power = (np.concatenate(part) for part in zip(*found))
    loudness = 10 * np.log10(power + 1e-12)
    f0[(loudness < np.percentile(loudness, 95) - QUIET) | (loudness < SILENT)] = 0.0
    return _steadied(f0).astype(np.float32)


def _yin(frames: np.ndarray, width: int, longest: int, rate: int) -> tuple:
    """Frames (T, W + L) -> F0 (T,), 0 without a voice; and mean power (T,)."""
    frames = frames - frames.mean(axis=1, keepdims=True)
    size = 1 << (width + longest).bit_length()
    spectrum = np.fft.rfft(frames, size)
    # c(tau) = sum_j x_j x_{j + tau},  j < W
    product = np.fft.irfft(np.conj(np.fft.rfft(frames[:, :width], size)) * spectrum, size)[:, :longest]
    energy = np.pad(np.cumsum(frames**2, axis=1), ((0, 0), (1, 0)))
    shifted = energy[:, width : width + longest] - energy[:, :longest]  # of x_tau ... x_{tau + W}
    # d(tau) = sum_j (x_j - x_{j + tau})^2
    difference = np.maximum(shifted[:, :1] + shifted - 2 * product, 0)
    # d'(tau) = d(tau) / mean of d(1) ... d(tau): 1 on average, near 0 at a period; note that d'(0) is 1
    mean = np.cumsum(difference[:, 1:], axis=1) / np.arange(1, longest)
    normal = np.concatenate([np.ones((len(frames), 1)), difference[:, 1:] / np.maximum(mean, 1e-12)], axis=1)
    first = int(rate / HIGHEST)
    inside = normal[:, first:-1]
    # the first dip that is deep enough, or else the deepest: a later one is two periods
    dips = (inside <= normal[:, first - 1 : -2]) & (inside < normal[:, first + 1 :]) & (inside < VOICED)
    at = np.where(dips.any(axis=1), dips.argmax(axis=1), inside.argmin(axis=1)) + first
    rows = np.arange(len(frames))
    before, here, after = normal[rows, at - 1], normal[rows, at], normal[rows, np.minimum(at + 1, longest - 1)]
    bend = before - 2 * here + after
    period = at + np.where(bend > 1e-9, 0.5 * (before - after) / np.maximum(bend, 1e-9), 0.0)
    return np.where(here < VOICED, rate / period, 0.0), shifted[:, 0] / width


def _steadied(f0: np.ndarray) -> np.ndarray:
    """Without voices of less than 30 ms and leaps of a frame or two: (T,) -> (T,)."""
    from scipy.ndimage import binary_opening

    voiced = binary_opening(f0 > 0, np.ones(3, bool))
    padded = np.pad(np.where(voiced, f0, np.nan), 2, constant_values=np.nan)
    around = np.sort(np.lib.stride_tricks.sliding_window_view(padded, 5), axis=1)  # NaN last
    middle = around[np.arange(len(f0)), np.maximum(0, (~np.isnan(around)).sum(axis=1) - 1) // 2]
    return np.where(voiced, middle, 0.0)


def semitones(f0: np.ndarray, reference: float | None = None) -> np.ndarray:
    """Semitones above a reference in Hz, by default the median of what is voiced: (T,) -> (T,), NaN without a voice."""
    voiced = f0 > 0
    if not voiced.any():
        return np.full(len(f0), np.nan)
    reference = reference or float(np.median(f0[voiced]))
    return np.where(voiced, 12 * np.log2(np.where(voiced, f0, reference) / reference), np.nan)
