"""What is said becomes a Motion: lips from phonemes or from a recording, and where the stress lies."""

import numpy as np

from . import motion


def from_speech(speech, fps: float = 25.0) -> motion.Motion:
    """The lips of what espeak-ng said.

    Args:
        speech: a `speech.Speech`; fps: frames a second.
    Returns:
        Motion over the lip channels (`speech.LIP_CHANNELS`), as offsets from closed, relaxed lips; frame k
        shows the time (k + 0.5) / fps, and the last frame covers the end of the sound.
    """
    from ..speech import visemes

    values = visemes.curves(speech.phonemes, motion.frame_times(speech.duration, fps), hold=1 / fps)
    return motion.Motion(values, visemes.LIP_CHANNELS, fps)


def from_audio(samples, sample_rate: int | None = None, fps: float = 25.0) -> motion.Motion:
    """The lips of a recording, by the network of `speech.lips`.

    Args:
        samples: (N,) mono in [-1, 1], or a `speech.Heard`; sample_rate: Hz; fps: frames a second.
    Returns:
        Motion as `from_speech` gives it.
    Raises:
        errors.AudioError: silent, too short or not numbers; errors.WeightsError: no network.
    """
    from ..speech import hearing, lips, visemes

    heard = hearing.hear(samples, sample_rate)
    times = motion.frame_times(heard.duration, fps)
    return motion.Motion(lips.lip_curves(heard, times, 1 / fps), visemes.LIP_CHANNELS, fps)


def accents(speech) -> list:
    """The stressed syllables of a `speech.Speech`: [(seconds, strength 0 to 1), ...], by length and loudness."""
    rate, found = speech.sample_rate, []
    for phoneme in speech.phonemes:
        if phoneme.stress == 2:
            piece = speech.samples[int(phoneme.start * rate) : int(phoneme.end * rate)]
            energy = float(np.sum(np.square(piece))) / rate
            found.append((0.5 * (phoneme.start + phoneme.end), energy))
    loudest = max((energy for _, energy in found), default=1.0) or 1.0
    return [(at, (energy / loudest) ** 0.5) for at, energy in found]


def accents_of_sound(samples, sample_rate: int | None = None) -> list:
    """Syllables that stand out of a recording: [(seconds, strength 0 to 1), ...], as `accents` gives them for text.

    samples: (N,) mono in [-1, 1], or a `speech.Heard`; sample_rate: Hz.

    A syllable is a hill of loudness (de Jong and Wempe, 2009); one that is loud and rises far out of its
    surroundings is heard as stressed.
    """
    from scipy.ndimage import gaussian_filter1d
    from scipy.signal import find_peaks

    from ..speech import hearing

    rate = hearing.FRAMES
    loudness = gaussian_filter1d(np.maximum(hearing.relative_loudness(samples, sample_rate), -40.0), 0.04 * rate)
    at, found = find_peaks(loudness, height=-12.0, prominence=2.0, distance=0.12 * rate)
    if not len(at):
        return []
    # 10 dB below the loudest hill is half as strong, and so is a hill that hardly stands out
    loud = 10 ** ((loudness[at] - loudness[at].max()) / 33)
    standing_out = np.clip(found["prominences"] / 12, 0.5, 1)
    return [(float(k) / rate, float(force)) for k, force in zip(at, loud * standing_out)]
