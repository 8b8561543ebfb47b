"""A recording as it is heard: what lips and stress need of it, worked out once."""

from dataclasses import dataclass

import numpy as np

from .. import errors
from ..io import sound
from . import spectrogram

N_MELS = 80
FRAMES = 100  # a second


@dataclass
class Heard:
    """A recording, `FRAMES` a second; frame k is at k / FRAMES seconds.

    samples: float32 (N,), 16 kHz; bands: float32 (80, T), mel bands in dB; loudness: float32 (T,), whole frames in
    dB; duration: seconds.
    """

    samples: np.ndarray
    bands: np.ndarray
    loudness: np.ndarray
    duration: float

    @property
    def relative_loudness(self) -> np.ndarray:
        """dB below the loud parts of the recording, float32 (T,)."""
        return self.loudness - np.percentile(self.loudness, 95)


def hear(samples, sample_rate: int | None = None) -> Heard:
    """A recording as it is heard; what is heard already comes back as it is.

    Args:
        samples: (N,) mono in [-1, 1], or a `Heard`; sample_rate: Hz of the samples.
    Raises:
        errors.AudioError: silent, too short, not one row of numbers.
    """
    return samples if isinstance(samples, Heard) else of_samples(checked(samples, sample_rate), sample_rate)


def of_samples(samples: np.ndarray, sample_rate: int) -> Heard:
    """The same of any samples (N,), silent ones, too."""
    at_16_khz = sound.resample(samples, sample_rate, sound.SAMPLE_RATE)
    bands = mel_bands(at_16_khz)
    return Heard(at_16_khz, bands, frame_loudness(bands), len(samples) / sample_rate)


def mel_bands(samples: np.ndarray) -> np.ndarray:
    """Samples (N,) at 16 kHz -> mel bands in dB, float32 (80, 1 + N // 160)."""
    return 10 * np.log10(np.maximum(spectrogram.mel_spectrogram(samples, n_mels=N_MELS), 1e-12))


def frame_loudness(bands: np.ndarray) -> np.ndarray:
    """Loudness of each frame in dB: mel bands in dB (80, T) -> (T,)."""
    return 10 * np.log10(np.sum(10 ** (bands / 10), axis=0) + 1e-12)


def relative_loudness(samples, sample_rate: int | None = None) -> np.ndarray:
    """dB below the loud parts of a recording, float32 (T,), 100 frames a second; silence may be asked, too.

    samples: (N,), or a `Heard`; sample_rate: Hz.
    """
    heard = samples if isinstance(samples, Heard) else of_samples(samples, sample_rate)
    return heard.relative_loudness


def checked(samples, sample_rate: int) -> np.ndarray:
    """Sound that can be read: float32 (N,). Raises `errors.AudioError`: silent, too short, not one row of numbers."""
    samples = np.asarray(samples, np.float32)
    if samples.ndim != 1 or not np.isfinite(samples).all():
        raise errors.AudioError(f"sound must be one row of finite samples; this has the shape {samples.shape}: "
                                "mix it to mono, or open it with course.io.load_audio")
    if len(samples) < sound.MIN_SECONDS * sample_rate:
        raise errors.AudioError(f"the sound is shorter than {sound.MIN_SECONDS} s: give a longer recording")
    if np.abs(samples).max() < sound.SILENT:
        raise errors.AudioError("the sound is silent: give a recording in which somebody speaks")
    return samples
