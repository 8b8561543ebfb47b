"""The mel spectrogram: what of a sound an ear, and a network, can tell apart."""

import functools
import math

import numpy as np

from ..io import sound


def mel_filters(sample_rate=sound.SAMPLE_RATE, n_fft=512, n_mels=80, low=55.0, high=7600.0) -> np.ndarray:
    """Triangles that sum a spectrum into mel bands, (n_mels, bins), each of area one.

    The scale is Slaney's (Auditory Toolbox, 1998), as in librosa: linear below 1 kHz, logarithmic above.
    """
    # mel(f) = 3 f / 200 below 1000 Hz, and 15 + 27 ln(f / 1000) / ln 6.4 above
    edges = np.linspace(_mel(low), _mel(high), n_mels + 2)
    hertz = np.where(edges < 15, edges * 200 / 3, 1000 * np.exp((edges - 15) * math.log(6.4) / 27))
    bins = np.arange(n_fft // 2 + 1) * sample_rate / n_fft
    rising = (bins - hertz[:-2, None]) / (hertz[1:-1] - hertz[:-2])[:, None]
    falling = (hertz[2:, None] - bins) / (hertz[2:] - hertz[1:-1])[:, None]
    triangles = np.maximum(0, np.minimum(rising, falling))  # (n_mels, bins)
    return (triangles * (2 / (hertz[2:] - hertz[:-2]))[:, None]).astype(np.float32)


@functools.lru_cache(maxsize=4)
def _kept_filters(*settings) -> np.ndarray:
    return mel_filters(*settings)


def _mel(hertz: float) -> float:
    return 3 * hertz / 200 if hertz < 1000 else 15 + 27 * math.log(hertz / 1000) / math.log(6.4)


def mel_spectrogram(samples, sample_rate=sound.SAMPLE_RATE, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    """Power in mel bands over time, as `librosa.feature.melspectrogram` gives it.

    Args:
        samples: (N,); hop: samples from one frame to the next: 160 at 16 kHz make 100 frames a second.
    Returns:
        float32 (n_mels, 1 + N // hop); frame k is centred on sample k * hop.
    """
    padded = np.pad(np.asarray(samples, np.float32), n_fft // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop]  # (T, n_fft), not copied
    # w[n] = (1 - cos(2 pi n / N)) / 2: Hann's window, periodic
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)).astype(np.float32)
    filters = _kept_filters(sample_rate, n_fft, n_mels, low, high)
    bands = []
    for first in range(0, len(frames), 4096):  # in pieces: an hour of sound must not fill the memory
        spectrum = np.fft.rfft(frames[first : first + 4096] * window, axis=1)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)  # (t, bins)
        bands.append(filters @ power.T)  # (n_mels, t)
    return np.concatenate(bands, axis=1)
