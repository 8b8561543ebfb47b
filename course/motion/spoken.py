"""What is said becomes a Motion: lips from phonemes or from a recording, and where the stress lies."""

from dataclasses import dataclass

import numpy as np

from ..io import sound
from . import motion


def from_speech(speech, fps: float = 25.0) -> motion.Motion:
    """The lips of what espeak-ng said.

    Args:
        speech: a `speech.Speech`; fps: frames a second.
    Returns:
        Motion over the lip channels (`speech.LIP_CHANNELS`) and the tongue, as offsets from closed, relaxed lips; frame
        k shows the time (k + 0.5) / fps, and the last frame covers the end of the sound.
    """
    from ..speech import tongue, visemes

    times = motion.frame_times(speech.duration, fps)
    values = visemes.curves(speech.phonemes, times, hold=1 / fps)
    return _spoken(values, tongue.curve(speech.phonemes, times), fps)


def from_audio(samples, sample_rate: int | None = None, fps: float = 25.0) -> motion.Motion:
    """The lips of a recording, by the network of `speech.lips`.

    Args:
        samples: (N,) mono in [-1, 1], or a `speech.Heard`; sample_rate: Hz; fps: frames a second.
    Returns:
        Motion as `from_speech` gives it.
    Raises:
        errors.AudioError: silent, too short or not numbers; errors.WeightsError: no network.
    """
    from ..speech import hearing, lips, tongue

    heard = hearing.hear(samples, sample_rate)
    times = motion.frame_times(heard.duration, fps)
    said = lips.hear_lips(heard)
    return _spoken(lips.curves_of(said, times, 1 / fps), tongue.heard(said, times), fps)


def _spoken(values, tongue, fps) -> motion.Motion:
    from ..speech import visemes

    return motion.Motion(np.column_stack([values, tongue]), (*visemes.LIP_CHANNELS, "tongueOut"), fps)


@dataclass(frozen=True)
class Delivery:
    """How something is said, beside its lips: accents, (seconds, strength 0 to 1) pairs, and `phrases.Phrase`s."""

    accents: tuple = ()
    phrases: tuple = ()

    @property
    def questions(self) -> list:
        """Seconds at which questions end."""
        return [phrase.end for phrase in self.phrases if phrase.question]


def delivery(text: str, speech) -> Delivery:
    """Of a text and the `speech.Speech` that says it: moods and questions from the words, stress from the sound."""
    from ..speech import phrases

    return Delivery(tuple(accents(speech)), tuple(phrases.of_speech(text, speech.phonemes)))


def delivery_of_sound(heard) -> Delivery:
    """Of a recording, a `speech.Heard`: everything by pitch, loudness and pace."""
    from ..speech import phrases, pitch

    f0 = pitch.f0_of(heard.samples, sound.SAMPLE_RATE)
    return Delivery(tuple(accents_of_sound(heard, f0=f0)), tuple(phrases.of_sound(heard, f0)))


def accents(speech) -> list:
    """The stressed syllables of a `speech.Speech`: [(seconds, strength 0 to 1), ...], by length, loudness and pitch."""
    rate, found = speech.sample_rate, []
    stressed = [phoneme for phoneme in speech.phonemes if phoneme.stress == 2]
    high = _semitones_of(speech) if stressed else None
    for phoneme in stressed:
        piece = speech.samples[int(phoneme.start * rate) : int(phoneme.end * rate)]
        at = 0.5 * (phoneme.start + phoneme.end)
        found.append((at, float(np.sum(np.square(piece))) ** 0.5 * _lift(high, at, phoneme.end - phoneme.start)))
    strongest = max((force for _, force in found), default=1.0) or 1.0
    return [(at, force / strongest) for at, force in found]


def _semitones_of(speech) -> np.ndarray:
    """Semitones about the voice's median, (T,) at `pitch.FRAMES` a second: of the voice's own F0, or of its sound's."""
    from ..speech import pitch

    own, rate = getattr(speech, "f0", None), getattr(speech, "f0_rate", pitch.FRAMES)
    if own is None or not len(own):
        return pitch.semitones(pitch.f0_of(speech.samples, speech.sample_rate))
    times = np.arange(round(speech.duration * pitch.FRAMES)) / pitch.FRAMES
    return pitch.semitones(np.asarray(own)[np.minimum((times * rate).astype(int), len(own) - 1)])


def _lift(high: np.ndarray, at: float, length: float) -> float:
    """What pitch adds to a stress: 0.55 where the voice stays down, 1 where it rises 5 semitones out of its second."""
    from ..speech import pitch

    def between(first, last):
        piece = high[max(0, int(first * pitch.FRAMES)) : max(0, int(last * pitch.FRAMES) + 1)]
        return piece[~np.isnan(piece)]

    here, around = between(at - length / 2 - 0.02, at + length / 2 + 0.02), between(at - 1.0, at + 1.0)
    if not len(here):
        return 0.55
    return 0.55 + 0.45 * float(np.clip((here.max() - np.median(around)) / 5, 0, 1))


def accents_of_sound(samples, sample_rate: int | None = None, f0: np.ndarray | None = None) -> list:
    """Syllables that stand out of a recording: [(seconds, strength 0 to 1), ...], as `accents` gives them for text.

    samples: (N,) mono in [-1, 1], or a `speech.Heard`; sample_rate: Hz; f0: `pitch.f0_of` of it, where it is known:
    syllables that are said higher than what is around them count more.

    A syllable is a hill of loudness (de Jong and Wempe, 2009); one that is loud and rises far out of its
    surroundings is heard as stressed.
    """
    from scipy.ndimage import gaussian_filter1d
    from scipy.signal import find_peaks

    from ..speech import hearing, pitch

    rate = hearing.FRAMES
    loudness = gaussian_filter1d(np.maximum(hearing.relative_loudness(samples, sample_rate), -40.0), 0.04 * rate)
    at, found = find_peaks(loudness, height=-12.0, prominence=2.0, distance=0.12 * rate)
    if not len(at):
        return []
    # 10 dB below the loudest hill is half as strong, and so is a hill that hardly stands out
    loud = 10 ** ((loudness[at] - loudness[at].max()) / 33)
    standing_out = np.clip(found["prominences"] / 12, 0.5, 1)
    found = [(float(k) / rate, float(force)) for k, force in zip(at, loud * standing_out)]
    if f0 is None:
        return found
    high = pitch.semitones(f0)
    return [(second, force * _lift(high, second, 0.1)) for second, force in found]
