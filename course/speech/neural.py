"""What a neural voice says of one row of symbols, whichever network speaks."""

from dataclasses import dataclass, replace

import numpy as np

from . import alphabet, endings
from .phonemes import F0_RATE, Speech

SAMPLE_RATE = 24_000  # Hz, of both networks
SAMPLES_A_UNIT = 600
F0_FRAMES_A_UNIT = 2
KEPT_BEFORE, KEPT_AFTER = 0.06, 0.08  # seconds of the networks' own silence around what is said
QUIET = 10 ** (-50 / 20)  # of the loudest sample
UNVOICED = 40.0  # Hz; the networks write what is below for sounds without pitch


@dataclass
class Spoken:
    """Samples (600 U,), how many units each symbol and both pads last (S + 2,), pitch in Hz (2 U,), U units in all."""

    samples: np.ndarray
    units: np.ndarray
    f0: np.ndarray


def speech_of(spoken: Spoken, symbols: str, voice: str) -> Speech:
    """A network's answer as `Speech`, without most of the silence around it."""
    found = endings.until_silent(alphabet.timed(symbols, spoken.units), spoken.samples, SAMPLE_RATE)
    pitch = pitch_on_grid(spoken.f0, F0_FRAMES_A_UNIT / alphabet.UNIT, len(spoken.samples) / SAMPLE_RATE)
    return cut(Speech(spoken.samples, SAMPLE_RATE, found, voice, pitch))


def cut(said: Speech) -> Speech:
    """The same without silence before the first sound and after the last, but for a little."""
    sounds = [phoneme for phoneme in said.phonemes if phoneme.symbol]
    if not sounds:
        return Speech(said.samples[:0], said.sample_rate, [], said.voice)
    rate = said.sample_rate
    loud = np.flatnonzero(np.abs(said.samples) > QUIET * np.abs(said.samples).max())
    # in whole values of pitch, so that those stay where they are
    first = int(max(0.0, min(sounds[0].start, loud[0] / rate) - KEPT_BEFORE) * F0_RATE)
    last = min(max(sounds[-1].end, loud[-1] / rate) + KEPT_AFTER, said.duration)
    start = first / F0_RATE
    samples = said.samples[round(start * rate) : round(last * rate)]
    moved = [phoneme.moved(-start) for phoneme in said.phonemes if phoneme.end > start and phoneme.start < last]
    end = len(samples) / rate
    kept = [phoneme for phoneme in moved if phoneme.end > 0 and phoneme.start < end]
    kept[0] = replace(kept[0], start=0.0)
    kept[-1] = kept[-1].until(end)
    return Speech(samples, rate, kept, said.voice, said.f0[first : first + int(end * F0_RATE) + 1])


def pitch_on_grid(values: np.ndarray, rate: float, seconds: float) -> np.ndarray:
    """Pitch (K,) of frames of 1 / rate seconds -> float32 (T,), `F0_RATE` values a second, 0 where not voiced.

    Frame k of the networks covers k / rate to (k + 1) / rate.
    """
    at = np.arange(int(seconds * F0_RATE) + 1) / F0_RATE * rate - 0.5
    values = np.where(np.asarray(values) > UNVOICED, values, 0)
    nearest, low, high = (np.clip(way(at).astype(int), 0, len(values) - 1) for way in (np.round, np.floor, np.ceil))
    between = values[low] + (at - np.floor(at)) * (values[high] - values[low])
    both = (values[low] > 0) & (values[high] > 0)
    return np.where(both, between, values[nearest]).astype(np.float32)
