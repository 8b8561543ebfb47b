"""Music that is made, to speak over: chords and a bass on a beat, a drum of noise."""

import numpy as np

from ...io import sound
from ...speech import hearing

SECONDS = 12.0
_CHORDS = ((0, 4, 7), (5, 9, 12), (7, 11, 14), (9, 12, 16), (2, 5, 9), (4, 7, 11))  # semitones above the key


def song(random: np.random.Generator) -> np.ndarray:
    """Chords, bass and drum at one tempo in one key: float32 (N,) at 16 kHz, `SECONDS` long."""
    rate, count = sound.SAMPLE_RATE, int(SECONDS * sound.SAMPLE_RATE)
    beat = int(rate * 60 / random.uniform(70, 160))
    key = 220.0 * 2 ** (random.integers(0, 12) / 12)
    bright, drum = random.uniform(0.3, 0.8), random.uniform(0, 0.6)
    whole = np.zeros(count + 4 * beat)
    for number, start in enumerate(range(0, count, 2 * beat)):
        chord = _CHORDS[int(random.integers(len(_CHORDS)))]
        time = np.arange(2 * beat) / rate
        for semitones in (*chord, chord[0] - 12):
            pitch = key * 2 ** (semitones / 12)
            harmonics = np.arange(1, min(12, int(7000 / pitch)) + 1)
            tone = np.sin(2 * np.pi * pitch * harmonics[:, None] * time) * bright ** (harmonics[:, None] - 1)
            whole[start : start + 2 * beat] += tone.sum(axis=0) * np.exp(-time * random.uniform(0.5, 4))
        hit = random.standard_normal(beat) * np.exp(-np.arange(beat) / (0.04 * rate))
        whole[start : start + beat] += 4 * drum * hit * (1 if number % 2 else 0.5)
    return (whole[:count] / np.abs(whole).max()).astype(np.float32)


def bank(seed: int, count: int = 24) -> list:
    """Mel bands in dB of that many songs, each float32 (80, T)."""
    return [hearing.mel_bands(song(np.random.default_rng((seed, number, 2)))) for number in range(count)]
