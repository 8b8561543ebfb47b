"""Levelling as one hears: gain and microphone no longer show, and nothing of what comes later is needed.

Two followers run beside the sound. One is the loudness of the loud parts: it rises at once and falls slowly. The
other is the mean spectrum of the speech so far, which is the microphone's and the room's colour. Both are taken off.
"""

from dataclasses import dataclass

import numpy as np

from . import hearing

FEATURES = hearing.N_MELS + 1  # the bands, and how loud the whole frame is
DYNAMIC_RANGE = 60.0  # dB below the loud parts; what is quieter is floor
SPEECH_RANGE = 25.0  # dB; frames this near to the loud parts count as speech
FALL = 1.5  # dB a second that the loud parts are forgotten by
RISE = 0.3  # share of the way to the new loudness in a frame: a click is not a loud part
MEMORY = 6.0  # seconds of speech after which the mean spectrum has gone most of the way to a new one
USUAL_LOUDNESS = 10.0  # dB of the loud parts when a sound begins of which nothing is known


@dataclass
class Level:
    """What was heard so far: dB of the loud parts and of this moment, and the mean of the bands below the loud parts,
    (80,)."""

    loud: float
    now: float
    mean: np.ndarray


def usual(mean: np.ndarray) -> Level:
    """The level before anything was heard; mean: (80,), the spectrum of speech as it mostly is."""
    return Level(USUAL_LOUDNESS, -120.0, np.asarray(mean, np.float64))


def of_whole(bands: np.ndarray, loudness: np.ndarray) -> Level:
    """The level of a recording that is there as a whole: bands in dB (80, T), loudness (T,)."""
    loud = float(np.percentile(loudness, 95))
    speaking = loudness > loud - SPEECH_RANGE
    return Level(loud, -120.0, np.maximum(bands[:, speaking] - loud, -DYNAMIC_RANGE).mean(axis=1, dtype=np.float64))


def levelled(bands: np.ndarray, loudness: np.ndarray, level: Level) -> tuple:
    """Bands in dB (80, T), T > 0, and loudness (T,) heard after `level` -> features float32 (81, T), the next level."""
    from scipy.signal import lfilter

    # s(t) = s(t-1) + RISE (l(t) - s(t-1));  r(t) = max(s(t), r(t-1) - fall), a running maximum once the fall is undone
    smooth, _ = lfilter([RISE], [1, RISE - 1], loudness, zi=[(1 - RISE) * level.now])
    falling = FALL / hearing.FRAMES * np.arange(1, len(smooth) + 1)
    reference = np.maximum(np.maximum.accumulate(smooth + falling), level.loud) - falling
    below = np.maximum(bands - reference, -DYNAMIC_RANGE)
    speaking = np.flatnonzero(loudness > reference - SPEECH_RANGE)
    # m(t) = keep m(t-1) + (1 - keep) b(t), over the moments of speech alone
    keep = np.exp(-1 / (MEMORY * hearing.FRAMES))
    means = level.mean[:, None]
    if len(speaking):
        heard, _ = lfilter([1 - keep], [1, -keep], below[:, speaking], axis=1, zi=keep * means)
        means = np.concatenate([means, heard], axis=1)
    before = np.searchsorted(speaking, np.arange(bands.shape[1]), side="right")
    energy = np.clip(loudness - reference, -DYNAMIC_RANGE, 10)
    features = np.concatenate([below - means[:, before], energy[None]]) / 20
    return features.astype(np.float32), Level(float(reference[-1]), float(smooth[-1]), means[:, -1])


def energy_of(features: np.ndarray) -> np.ndarray:
    """dB of each frame below the loud parts: features (81, T) -> (T,)."""
    return 20 * features[-1]
