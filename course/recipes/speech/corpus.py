"""The speech that is learned from, made once: a folder of recordings whose phonemes are known to the moment.

    number of a piece -> who says what, and how -> samples at 16 kHz and timed phonemes -> files of twenty recordings

Families of voices, each with a range of numbers; piece k is the same whenever and wherever it is made, so that a stop
costs what was in work. Those called prose say sentences as people write them, the others words that make little sense.
"""

import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ... import errors
from ...io import sound
from ...speech import catalogue, espeak, kokoro, mandarin, synthesis
from . import held_out, texts, voices

A_FILE = 20  # pieces
TRIES = 200  # texts that a voice may fail to say before something must be wrong
_BY_KOKORO = {"held_out", "kokoro", "tuning", "prose"}
FAMILIES = ("held_out", "kokoro", "hibari", "espeak", "tuning", "prose", "prose_hibari", "prose_espeak")

# Speakers that are effects rather than people
_EFFECTS = ("Demonic", "UniRobot", "Tweaky", "croak", "anikaRobot", "AnxiousAndy", "whisperf")
# Kokoro's speakers of the languages it says; Mandarin and English twice and three times as often as the rest
SPEAKERS = {
    "en-us": ("af_alloy", "af_aoede", "af_bella", "af_heart", "af_jessica", "af_kore", "af_nicole", "af_nova",
              "af_river", "af_sky", "am_adam", "am_echo", "am_eric", "am_fenrir", "am_liam", "am_onyx", "am_puck",
              "am_santa"),
    "en-gb": ("bf_alice", "bf_isabella", "bf_lily", "bm_daniel", "bm_fable", "bm_george"),
    "cmn": ("zf_xiaobei", "zf_xiaoni", "zf_xiaoxiao", "zm_yunjian", "zm_yunxia", "zm_yunyang"),
    "es": ("ef_dora", "em_alex", "em_santa"), "fr-fr": ("ff_siwis",), "it": ("if_sara", "im_nicola"),
    "pt-br": ("pf_dora", "pm_alex", "pm_santa"), "hi": ("hf_alpha", "hf_beta", "hm_omega", "hm_psi"),
}  # fmt: skip
_TURNS = ("en-us", "cmn", "en-us", "cmn", "en-gb", "en-us", "cmn", "other", "en-us", "cmn")  # of ten pieces in a row


@dataclass(frozen=True)
class Sizes:
    """How many pieces of each family are made; each lasts about 4 s, of prose 6 s."""

    held_out: int = 40
    kokoro: int = 2400
    hibari: int = 1200
    espeak: int = 600
    tuning: int = 40
    prose: int = 1040
    prose_hibari: int = 2400
    prose_espeak: int = 600


class Maker:
    """Makes any piece. speakers: the folder of Kokoro's voices; seed: of everything."""

    def __init__(self, speakers, seed: int = 0):
        self.speakers, self.seed, self.sentences = speakers, seed, texts.read_sentences()
        self.prose_texts, self.tuning_texts = texts.read_prose()

    def piece(self, family: str, number: int) -> synthesis.Speech:
        """Piece `number` of a family."""
        random = np.random.default_rng((self.seed, FAMILIES.index(family), number))
        for _ in range(TRIES):
            try:
                said = getattr(self, family)(number, random)
            except errors.TextError:
                continue  # this voice does not know these words
            if any(phoneme.symbol for phoneme in said.phonemes):
                return said if family.endswith("espeak") else with_silence(said, *random.uniform(0.05, 0.5, 2))
        raise errors.CourseError(f"{family} says nothing of {TRIES} texts: `course doctor` may know why")

    def held_out(self, number: int, random) -> synthesis.Speech:
        """Held-out speakers say held-out sentences."""
        asked = [(language, sentence) for language, sentences in held_out.SENTENCES.items() for sentence in sentences]
        language, sentence = asked[number]
        pair = held_out.SPEAKERS[language]
        return self._say(language, sentence, (pair[number % 2],), (1.0,), 1.0)

    def kokoro(self, number: int, random) -> synthesis.Speech:
        """A speaker of Kokoro, or a mixture of two."""
        language = _language(number)
        names = [str(name) for name in random.permutation(SPEAKERS[language])[:2]]
        share = float(random.uniform(0.5, 1.0)) if len(names) > 1 and random.random() < 0.6 else 1.0
        shares = (share, 1 - share) if share < 1 else (1.0,)
        speed = float(np.exp(random.uniform(np.log(0.8), np.log(1.35))))
        return self._say(language, self._text(language, random), tuple(names[: len(shares)]), shares, speed)

    def hibari(self, number: int, random) -> synthesis.Speech:
        """One American woman made anybody: any length of the vocal tract, any pitch that goes with it or not."""
        return self._by_hibari(self._text, random)

    def espeak(self, number: int, random) -> synthesis.Speech:
        """espeak-ng in any of its languages and variants."""
        return self._by_espeak(self.sentences, random)

    def tuning(self, number: int, random) -> synthesis.Speech:
        """Speakers that are trained on, with sentences that are not: what thresholds are chosen on."""
        language = ("en-us", "cmn", "en-gb", "en-us")[number % 4]
        speaker = str(random.choice(SPEAKERS[language]))
        return self._say(language, str(random.choice(self.tuning_texts[language])), (speaker,), (1.0,), 1.0)

    def prose(self, number: int, random) -> synthesis.Speech:
        """A speaker of Kokoro, or a mixture of three of any language."""
        language = _language(number)
        if random.random() < 0.5:
            names, shares = (str(random.choice(SPEAKERS[language])),), (1.0,)
        else:
            anybody = [name for known in SPEAKERS.values() for name in known]
            names = str(random.choice(SPEAKERS[language])), *(str(name) for name in random.choice(anybody, 2))
            shares = tuple(float(share) for share in random.dirichlet((2.0, 1.0, 1.0)))
        speed = float(np.exp(random.uniform(np.log(0.85), np.log(1.35))))
        return self._say(language, self._prose_text(language, random), names, shares, speed)

    def prose_hibari(self, number: int, random) -> synthesis.Speech:
        """As `hibari`."""
        return self._by_hibari(lambda _, random: self._prose_text(str(random.choice(("en-us", "en-gb"))), random),
                               random)  # fmt: skip

    def prose_espeak(self, number: int, random) -> synthesis.Speech:
        """As `espeak`."""
        return self._by_espeak(self.prose_texts, random)

    def _by_hibari(self, text_of, random) -> synthesis.Speech:
        formants = float(np.exp(random.uniform(np.log(0.80), np.log(1.22))))
        pitch = float(np.exp(2.2 * np.log(formants) + random.normal(0, 0.25)))
        tract = voices.Tract(formants, float(np.clip(pitch, 0.4, 1.8)), float(random.uniform(0.4, 1.4)))
        speed = float(np.exp(random.uniform(np.log(0.75), np.log(1.45))))
        return voices.say_with_tract(text_of("en-us", random), speed, tract, int(random.integers(2**31)))

    def _by_espeak(self, sentences: dict, random) -> synthesis.Speech:
        text, voice = what_to_say(random, sentences)
        manner = espeak.Settings(rate=int(random.uniform(90, 300)), pitch=int(random.uniform(5, 95)),
                                 pitch_range=int(random.uniform(10, 75)),  # espeak-ng 1.52 can crash above 90
                                 word_gap=int(random.choice([0, 0, 0, 2, 8])))  # fmt: skip
        return synthesis.synthesize(text, voice, manner)

    def _text(self, language: str, random) -> str:
        if language == "cmn" and random.random() < 0.75:
            return texts.mandarin(random)
        if language.startswith("en") and random.random() < 0.8:
            return texts.english(random)
        return str(random.choice(self.sentences[language]))

    def _prose_text(self, language: str, random) -> str:
        return " ".join(str(text) for text in random.choice(self.prose_texts[language], random.integers(1, 3)))

    def _say(self, language, text, names, shares, speed) -> synthesis.Speech:
        styles = voices.styles_of(self.speakers, names, shares)
        return voices.say_in_style(voices.symbols_of(text, language), styles, speed)


def _language(number: int) -> str:
    language = _TURNS[number % len(_TURNS)]
    if language == "other":
        language = ("es", "fr-fr", "it", "pt-br", "hi")[number // len(_TURNS) % 5]
    return language


def with_silence(said: synthesis.Speech, before: float, after: float) -> synthesis.Speech:
    """The same with so many seconds of silence on both sides."""
    rate, end = said.sample_rate, before + said.duration
    samples = np.pad(said.samples, (round(before * rate), round(after * rate)))
    moved = [phoneme.moved(before) for phoneme in said.phonemes]
    pauses = synthesis.Phoneme("", 0.0, before), synthesis.Phoneme("", end, end + after)
    return synthesis.Speech(samples, rate, [pauses[0], *moved, pauses[1]], said.voice)


def what_to_say(random, sentences: dict) -> tuple:
    """A text and a voice of espeak-ng, drawn by chance; sentences: {voice: [...]}. Nothing held out is drawn."""
    if random.random() < 0.15:  # any voice of the world can count
        known = [voice.name for voice in espeak.installed_voices() if voice.name not in held_out.VOICES]
        text = ", ".join(str(random.integers(0, 10 ** random.integers(1, 5))) for _ in range(random.integers(3, 9)))
        voice = str(random.choice(known))
    else:
        first_voices = ["en-us", "en-us", "en-us", "en-gb", "cmn", "cmn"]
        voice = str(random.choice(first_voices + sorted(sentences)))
        text = " ".join(str(sentence) for sentence in random.choice(sentences[voice], 2))
        if random.random() < 0.5:
            text = texts.shuffled(text, random)
    if random.random() < 0.75:
        speakers = [name for name in espeak.variants() if name not in held_out.VARIANTS + _EFFECTS]
        voice += "+" + str(random.choice(speakers))
    return text, voice


def make(folder, speakers, sizes: Sizes | None = None, seed: int = 0, families=FAMILIES) -> Path:
    """Make what the folder lacks, with a bar; what is there stays. Returns the folder.

    Raises:
        errors.CourseError: no neural voices (see `voices`), or one that says nothing.
    """
    from tqdm.auto import tqdm

    _check_voices(families, speakers)
    folder, sizes, maker = Path(folder), sizes or Sizes(), Maker(speakers, seed)
    folder.mkdir(parents=True, exist_ok=True)
    with tqdm(total=sum(getattr(sizes, family) for family in families), unit="piece", desc="speech") as bar:
        for family in families:
            count = getattr(sizes, family)
            for first in range(0, count, A_FILE):
                numbers = range(first, min(first + A_FILE, count))
                path = folder / f"{family}_{first:05d}.npz"
                if not path.exists():
                    _write(path, [maker.piece(family, number) for number in numbers])
                bar.update(len(numbers))
    return folder


def _check_voices(families, speakers) -> None:
    if not _BY_KOKORO & set(families):
        return
    if not (kokoro.is_installed() and mandarin.is_installed()):
        raise errors.CourseError(f"training hears Kokoro's voices: {catalogue.INSTALL}")
    for names in (*SPEAKERS.values(), *held_out.SPEAKERS.values()):
        voices.styles_of(speakers, names, (1 / len(names),) * len(names))


def _write(path: Path, said: list) -> None:
    samples = [sound.resample(one.samples, one.sample_rate, sound.SAMPLE_RATE) for one in said]
    loudest = [max(float(np.abs(part).max()), 1e-6) for part in samples]
    whole = [np.round(part * (32000 / top)).astype(np.int16) for part, top in zip(samples, loudest, strict=True)]
    phonemes = [[(p.symbol, round(p.start, 4), round(p.end, 4), p.stress) for p in one.phonemes] for one in said]
    part = path.with_suffix(".part")
    with open(part, "wb") as file:
        np.savez(file, samples=np.concatenate(whole), lengths=[len(one) for one in whole],
                 phonemes=json.dumps(phonemes, ensure_ascii=False))
    part.replace(path)


def read(path) -> list:
    """The recordings of one file, each a `Speech` at 16 kHz whose loudest sample is near 1.

    Raises `errors.CourseError` if the file is damaged.
    """
    try:
        with np.load(path) as held:
            ends = np.cumsum(held["lengths"])
            samples, phonemes = held["samples"], json.loads(str(held["phonemes"]))
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile, zlib.error) as problem:
        raise errors.CourseError(f"{path} is damaged ({problem}): delete it, and it is made again from Kokoro's "
                                 "speakers (--data)") from None
    return [synthesis.Speech(samples[end - length : end].astype(np.float32) / 32768, sound.SAMPLE_RATE,
                             [synthesis.Phoneme(*one) for one in said])
            for end, length, said in zip(ends, np.diff(ends, prepend=0), phonemes, strict=True)]
