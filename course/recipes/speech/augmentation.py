"""The same words by another voice in another place: what is done to made speech, so that real voices are heard too.

The network must not learn what one synthesizer sounds like: the vocal tract is stretched, rooms echo, noise and other
people are about, microphones colour, telephones cut, gain drifts. Whatever can be done to the mel bands is done there,
which costs next to nothing.
"""

import functools

import numpy as np

from ...io import sound
from ...speech import hearing

TRACTS = (np.log(0.86), np.log(1.16))  # of the speaker's own formants
LOWEST, HIGHEST = 55.0, 7600.0  # Hz, between which the mel bands lie


def in_a_room(samples, random) -> np.ndarray:
    """Echo as noise that dies away, beside the direct sound (Moorer, 1979)."""
    from scipy.signal import fftconvolve

    seconds = random.uniform(0.08, 0.6)  # until the echo is 60 dB down
    t = np.arange(int(seconds * sound.SAMPLE_RATE)) / sound.SAMPLE_RATE
    echo = random.standard_normal(len(t)) * 10 ** (-3 * t / seconds)
    echo *= 10 ** (random.uniform(-18, 0) / 20) / np.linalg.norm(echo)
    echo[0] += 1.0
    return fftconvolve(samples, echo)[: len(samples)].astype(np.float32)


def augmented(decibels, other, random, beside: float = 0.2, least: float = 12.0) -> np.ndarray:
    """Another speaker's recording of the same words: mel bands in dB, float32 (80, T), changed in every way there is.

    other: what is heard as well, (80, T), with the chance `beside`, at least `least` dB below the voice.
    """
    bands, frames = decibels.shape
    decibels = with_tract(decibels, float(np.exp(random.uniform(*TRACTS))))
    power = _power(decibels)
    power *= _power(_curve(bands, 8.0, random) - _loud(power))[:, None]  # the voice's own colour
    if random.random() < beside:  # somebody else in the room, or music
        power += _mixed_in(other, random.uniform(least, 30))
    changed = 10 * np.log10(_with_noise(power, random) + np.float32(1e-9))
    changed += _curve(frames, random.uniform(0, 5), random)[None]  # the distance to the microphone drifts
    changed += _curve(bands, 10.0, random)[:, None] + random.uniform(-0.15, 0.15) * np.arange(bands, dtype="f")[:, None]
    changed += np.float32(random.uniform(0.5, 3)) * random.standard_normal(changed.shape, np.float32)
    if random.random() < 0.3:  # telephones, small loudspeakers
        low, high = random.integers(0, 12), random.integers(50, bands)
        changed[:low] -= random.uniform(15, 60)
        changed[high:] -= random.uniform(15, 60)
    if random.random() < 0.3:  # codecs leave out what the loudest band hides
        hidden = changed < changed.max(axis=0) - random.uniform(20, 40)
        changed[hidden] = changed.max() - 60
    if random.random() < 0.3:  # a band that fails
        width = random.integers(3, 12)
        start = random.integers(0, bands - width)
        changed[start : start + width] = changed.mean()
    return changed


def with_tract(decibels, formants: float) -> np.ndarray:
    """Mel bands in dB (80, T) with all formants this times as high, their pitch lines too: those of a shorter or
    longer vocal tract (Jaitly and Hinton, "Vocal tract length perturbation improves speech recognition", 2013)."""
    centres = _centres(len(decibels))
    # band b takes what stood at f_b / formants
    place = np.interp(centres / formants, centres, np.arange(len(decibels)))
    low = np.minimum(place.astype(int), len(decibels) - 2)
    part = (place - low).astype(np.float32)[:, None]
    return (1 - part) * decibels[low] + part * decibels[low + 1]


@functools.lru_cache(maxsize=2)
def _centres(bands: int) -> np.ndarray:
    """Hz of the mel bands' middles."""
    import librosa

    return librosa.mel_frequencies(bands + 2, fmin=LOWEST, fmax=HIGHEST)[1:-1]


def _power(decibels) -> np.ndarray:
    return np.exp(np.asarray(decibels, np.float32) * np.float32(np.log(10) / 10))


def _loud(power) -> float:
    """dB of the loud parts."""
    return 10 * float(np.log10(np.percentile(power.sum(axis=0), 95) + 1e-12))


def _mixed_in(other, behind: float) -> np.ndarray:
    power = _power(other)
    return power * _power(-_loud(power) - behind)


def _with_noise(power, random) -> np.ndarray:
    """Steady noise of any colour, 4 to 60 dB below the loud parts, often loud; its phase may help or hurt."""
    bands, frames = power.shape
    level = -random.choice([random.uniform(4, 22), random.uniform(4, 60), 70], p=[0.5, 0.37, 0.13])
    colour = _curve(bands, random.uniform(0, 10), random) + random.uniform(-0.3, 0.15) * np.arange(bands)
    colour -= 10 * np.log10(np.sum(10 ** (colour / 10)))
    first = random.integers(0, _white().shape[1] - frames)
    noise = _power(level + colour)[:, None] * _white()[:, first : first + frames]
    # |a + b|^2 = a^2 + b^2 + 2 a b cos(phase), here with a number between -1 and 1 for the cosine
    cross = np.sqrt(power * noise) * (2 * random.random(power.shape, np.float32) - 1)
    return np.maximum(power + noise + cross, np.float32(1e-9))


@functools.lru_cache(maxsize=1)
def _white() -> np.ndarray:
    """White noise as the ear of the network has it: a minute's power in the mel bands (80, 6000), 1 on the mean."""
    samples = np.random.default_rng(0).standard_normal(60 * sound.SAMPLE_RATE).astype(np.float32)
    power = _power(hearing.mel_bands(samples))
    return power / power.mean(axis=1, keepdims=True)


def _curve(count, size, random) -> np.ndarray:
    """A smooth random curve in dB, float32 (count,), through a few random heights."""
    knots = random.integers(3, 8)
    heights = random.normal(0, size / 2, knots)
    return np.interp(np.linspace(0, knots - 1, count), np.arange(knots), heights).astype(np.float32)
