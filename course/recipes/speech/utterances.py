"""Made speech that labels itself: espeak-ng knows when it says what.

An endless, numbered data set of utterances, in which voices, variants, speeds, pitches and languages change; `Pool`
keeps those in memory that a step may draw from.
"""

from dataclasses import dataclass

import numpy as np

from ... import errors
from ...io import sound, weights
from ...speech import espeak, hearing, lips, synthesis, visemes
from . import augmentation

# Speakers that are measured on and never trained on; `benchmarks/lips.py` uses them.
HELD_OUT_VARIANTS = ("m3", "f4", "Alicia", "Andy", "klatt3", "linda")
HELD_OUT_VOICES = ("en-gb-scotland", "es-419", "ca")

# Speakers that are effects rather than people
_EFFECTS = ("Demonic", "UniRobot", "Tweaky", "croak", "anikaRobot", "AnxiousAndy", "whisperf")


@dataclass(frozen=True)
class Recipe:
    """What the shipped weights were trained with."""

    steps: int = 4000
    batch: int = 16
    crop: float = 4.0  # seconds
    pool: int = 700  # utterances in memory; the oldest give way
    fresh: int = 2  # new utterances a step
    rate: float = 2e-3  # of learning, at its peak
    warmup: int = 100  # steps
    smoothing: float = 0.05  # of labels: the borders between sounds are soft
    save_every: int = 100  # steps
    seed: int = 0


RECIPE = Recipe()


@dataclass
class Utterance:
    """decibels: float16 (80, T), mel bands at 100 frames/s; labels: int64 (ceil(T / 2),), viseme numbers."""

    decibels: np.ndarray
    labels: np.ndarray


def read_sentences() -> dict:
    """The training sentences that ship: {voice: [sentence, ...]}."""
    texts = {}
    for line in weights.data_file("sentences.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            voice, sentence = line.split("\t")
            texts.setdefault(voice, []).append(sentence)
    return texts


def make_utterance(number: int, recipe: Recipe, texts: dict) -> Utterance:
    """Utterance `number` of the endless data set: the same one whenever it is asked for."""
    random = np.random.default_rng((recipe.seed, number))
    while True:
        text, voice = what_to_say(random, texts)
        manner = espeak.Settings(rate=int(random.uniform(90, 300)), pitch=int(random.uniform(5, 95)),
                                 pitch_range=int(random.uniform(10, 75)),  # espeak-ng 1.52 can crash above 90
                                 word_gap=int(random.choice([0, 0, 0, 2, 8])))  # fmt: skip
        try:
            said = synthesis.synthesize(text, voice, manner)
            break
        except errors.TextError:
            continue  # this voice does not know these words
    # Played faster or slower, as from a shorter or longer vocal tract; a round rate keeps the filter short.
    rate = round(said.sample_rate * float(np.exp(random.uniform(np.log(0.82), np.log(1.25)))) / 50) * 50
    samples = sound.resample(said.samples, rate, sound.SAMPLE_RATE)
    if random.random() < 0.5:
        samples = augmentation.in_a_room(samples, random)
    decibels = hearing.mel_bands(samples)
    frames = (decibels.shape[1] + 1) // 2
    times = np.arange(frames) / lips.RATE * rate / said.sample_rate
    return Utterance(decibels.astype(np.float16), viseme_labels(said.phonemes, times))


def viseme_labels(phonemes, times) -> np.ndarray:
    """The number of the viseme at each of the times (T,); h takes the shape of the sound behind it."""
    segments = visemes.segments_of(phonemes)
    names = [segment.viseme for segment in segments]
    for i in range(len(segments) - 2, -1, -1):
        if segments[i].shapeless and names[i + 1] != "sil":
            names[i] = names[i + 1]
    numbers = np.array([visemes.VISEME_NAMES.index(name) for name in names])
    at = np.searchsorted([segment.start for segment in segments], times, side="right") - 1
    return numbers[np.clip(at, 0, len(numbers) - 1)].astype(np.int64)


def what_to_say(random, texts) -> tuple:
    """A text and a voice, drawn by chance; texts: {voice: sentences}. Held-out voices are never drawn."""
    if random.random() < 0.15:  # any voice of the world can count
        known = [voice.name for voice in espeak.installed_voices() if voice.name not in HELD_OUT_VOICES]
        text = ", ".join(str(random.integers(0, 10 ** random.integers(1, 5))) for _ in range(random.integers(3, 9)))
        voice = str(random.choice(known))
    else:
        first_voices = ["en-us", "en-us", "en-us", "en-gb", "cmn", "cmn"]
        voice = str(random.choice(first_voices + sorted(texts)))
        sentences = [str(sentence) for sentence in random.choice(texts[voice], 2)]
        text = " ".join(sentences)
        if random.random() < 0.5:
            text = _shuffled(text, random)
    if random.random() < 0.75:
        speakers = [name for name in espeak.variants() if name not in HELD_OUT_VARIANTS + _EFFECTS]
        voice += "+" + str(random.choice(speakers))
    return text, voice


def _shuffled(text: str, random) -> str:
    """The words, or the signs of a script without spaces, in another order, with a comma now and then."""
    spaced = text.count(" ") > 3
    words = text.split() if spaced else list(text)
    words = [str(word) for word in random.permutation(words)]
    words = [word + "," if random.random() < 0.12 else word for word in words]
    return (" " if spaced else "").join(words)


class Pool:
    """The utterances that a step may draw from, and batches of pieces of them."""

    def __init__(self, recipe: Recipe):
        self.recipe, self.texts, self.kept = recipe, read_sentences(), {}

    def batch(self, step: int) -> tuple:
        """Batch number `step`, the same whoever asks: heard, float32 (N, 81, T) at 100 frames/s; labels, int64
        (N, T / 2)."""
        recipe = self.recipe
        first = step * recipe.fresh
        numbers = np.arange(first, first + recipe.pool)
        self.kept = {number: self.kept.get(number) or make_utterance(number, recipe, self.texts)
                     for number in numbers.tolist()}
        random = np.random.default_rng((recipe.seed, step, 1))
        length = round(recipe.crop * 100) // 2 * 2
        heard, labels = [], []
        for _ in range(recipe.batch):
            decibels, label = self._piece(length, random)
            other, _ = self._piece(length, random)
            heard.append(lips.levelled(augmentation.augmented(decibels, other, random)))
            labels.append(label)
        return np.stack(heard), np.stack(labels)

    def _piece(self, length: int, random) -> tuple:
        """A stretch of utterances one after another, (80, length) in dB and its labels (length / 2,)."""
        numbers, bands, labels, have = list(self.kept), [], [], 0
        skip = None
        while have < length:
            chosen = self.kept[int(random.choice(numbers))]
            if skip is None:
                skip = 2 * int(random.integers(0, max(1, chosen.decibels.shape[1] // 2 - 20)))
            even = chosen.decibels.shape[1] // 2 * 2
            bands.append(chosen.decibels[:, skip:even])
            labels.append(chosen.labels[skip // 2 : even // 2])
            have += bands[-1].shape[1]
            skip = 0
        return np.concatenate(bands, 1)[:, :length].astype(np.float32), np.concatenate(labels)[: length // 2]
