"""Sound files to samples, and samples to another rate."""

import math

import numpy as np

from .. import errors, paths

SAMPLE_RATE = 16_000  # Hz, of every sound that is read from a file
MIN_SECONDS = 0.05
SILENT = 10 ** (-60 / 20)  # a sound whose loudest sample is below -60 dB of full scale counts as silent


def load_audio(path) -> tuple:
    """The sound of a file that PyAV decodes (wav, mp3, m4a, flac, ogg, or the sound of a video).

    Returns:
        samples float32 (N,), mono, in [-1, 1], and their rate, 16000 Hz.
    Raises:
        errors.AudioError: no such file, no sound in it, damaged, empty or silent.
    """
    path = paths.regular_file(path, errors.AudioError, "a sound file")
    samples = _decode(path)
    if len(samples) < MIN_SECONDS * SAMPLE_RATE:
        raise errors.AudioError(f"{path} holds less than {MIN_SECONDS} s of sound: give a longer recording")
    if np.abs(samples).max() < SILENT:
        raise errors.AudioError(f"{path} is silent: give a recording in which somebody speaks")
    return samples, SAMPLE_RATE


def _decode(path) -> np.ndarray:
    import av

    chunks = []
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise errors.AudioError(f"{path} holds no sound: give a sound file, or a video that has sound")
            # FFmpeg's own way to mono makes two equal channels 3 dB louder, which may clip; their mean does not.
            resampler = av.AudioResampler(format="fltp", rate=SAMPLE_RATE)
            for frame in container.decode(container.streams.audio[0]):
                chunks += [piece.to_ndarray().mean(axis=0) for piece in resampler.resample(frame)]
            chunks += [piece.to_ndarray().mean(axis=0) for piece in resampler.resample(None)]
    except PermissionError:
        raise errors.AudioError(f"{path} may not be read: check its permissions") from None
    except (av.error.FFmpegError, OSError, ValueError) as problem:
        if not chunks:
            raise errors.AudioError(f"{path} is no sound that can be read ({problem}): give a wav, mp3 or m4a "
                                    "file") from None
        # a recording that is cut short at its end is used as far as it goes
    samples = np.concatenate(chunks) if chunks else np.zeros(0, np.float32)
    return np.clip(np.nan_to_num(samples), -1.0, 1.0).astype(np.float32)


def resample(samples: np.ndarray, sample_rate: int, new_rate: int) -> np.ndarray:
    """Samples (N,) at another rate, through a band-limited polyphase filter."""
    from scipy.signal import resample_poly

    if sample_rate == new_rate:
        return np.asarray(samples, np.float32)
    common = math.gcd(int(sample_rate), int(new_rate))
    return resample_poly(samples, new_rate // common, sample_rate // common).astype(np.float32)
