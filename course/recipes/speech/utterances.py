"""What a step learns from: pieces of the corpus at another pace, in another room, and what the lips do there.

An endless, numbered data set: utterance k is a recording of the corpus, played faster or slower, perhaps in a room.
`Pool` keeps those in memory that a step may draw from.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ... import errors
from ...io import sound
from ...speech import hearing, levelling, lips, visemes
from . import augmentation, corpus, music


@dataclass(frozen=True)
class Recipe:
    """What the shipped weights were trained with."""

    steps: int = 60000
    batch: int = 16
    crop: float = 4.0  # seconds
    pool: int = 500  # utterances in memory; the oldest give way
    fresh: int = 1  # new utterances a step
    shares: tuple = (("kokoro", 0.18), ("prose", 0.42), ("hibari", 0.06), ("prose_hibari", 0.18),
                     ("espeak", 0.08), ("prose_espeak", 0.08))  # of the utterances
    rate: float = 3e-3  # of learning, at its peak
    warmup: int = 100  # steps
    smoothing: float = 0.05  # of labels: the borders between sounds are soft
    curves: float = 120.0  # weight of the curves' loss beside the visemes'
    gates: float = 1.5  # weight of the gates' loss
    open_gates: float = 2.0  # a shut moment weighs so much more than an open one
    precision: str = "bfloat16"  # of convolutions
    save_every: int = 50  # steps
    seed: int = 0
    sizes: corpus.Sizes = field(default_factory=corpus.Sizes)


RECIPE = Recipe()


@dataclass
class Utterance:
    """decibels: float16 (80, 2 T), mel bands at 100 frames/s; labels: int64 (T,), viseme numbers; curves: float16
    (T, C); gates: float16 (T, 2)."""

    decibels: np.ndarray
    labels: np.ndarray
    curves: np.ndarray
    gates: np.ndarray


def labelled(samples, phonemes, pace: float = 1.0) -> Utterance:
    """Samples at 16 kHz, played `pace` times as slowly as their phonemes' times say."""
    decibels = hearing.mel_bands(samples)
    decibels = decibels[:, : decibels.shape[1] // 2 * 2]
    times = np.arange(decibels.shape[1] // 2) / lips.RATE
    said = [type(p)(p.symbol, p.start * pace, p.end * pace, p.stress) for p in phonemes]
    return Utterance(decibels.astype(np.float16), viseme_labels(said, times),
                     visemes.curves(said, times, hold=0.04).astype(np.float16),
                     visemes.gates(said, times, hold=0.04).astype(np.float16))


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


class Pool:
    """The utterances that a step may draw from, and batches of pieces of them.

    Raises `errors.CourseError` if the folder lacks a family of the recipe.
    """

    def __init__(self, recipe: Recipe, folder):
        """folder: of the corpus."""
        self.recipe, self.kept = recipe, {}
        self.said = {family: [one for path in sorted(Path(folder).glob(f"{family}_[0-9]*.npz"))
                              for one in corpus.read(path)] for family, _ in recipe.shares}
        lacking = [family for family, said in self.said.items() if not said]
        if lacking:
            raise errors.CourseError(f"{folder} holds no recordings of {lacking[0]}: Kokoro's speakers as --data make "
                                     "what runs/speech_corpus lacks")
        self.music = music.bank(recipe.seed)
        self.usual = self._usual()

    def utterance(self, number: int) -> Utterance:
        """Utterance `number` of the endless data set: the same one whenever it is asked for."""
        random = np.random.default_rng((self.recipe.seed, number))
        families, shares = zip(*self.recipe.shares, strict=True)
        said = self.said[str(random.choice(families, p=shares))]
        one = said[int(random.integers(len(said)))]
        # Played faster or slower, as from a shorter or longer vocal tract; a round rate keeps the filter short.
        rate = round(sound.SAMPLE_RATE * float(np.exp(random.uniform(np.log(0.82), np.log(1.25)))) / 100) * 100
        samples = sound.resample(one.samples, rate, sound.SAMPLE_RATE)
        if random.random() < 0.4:
            samples = augmentation.in_a_room(samples, random)
        return labelled(samples, one.phonemes, sound.SAMPLE_RATE / rate)

    def batch(self, step: int) -> tuple:
        """Batch number `step`, the same whoever asks: heard, float32 (N, 81, 2 T) at 100 frames/s; labels, int64
        (N, T); curves, float32 (N, C, T); gates, float32 (N, 2, T)."""
        recipe = self.recipe
        first = step * recipe.fresh
        numbers = np.arange(first, first + recipe.pool)
        self.kept = {number: self.kept.get(number) or self.utterance(number) for number in numbers.tolist()}
        random = np.random.default_rng((recipe.seed, step, 1))
        length = round(recipe.crop * 100) // 2 * 2
        rows = [self._row(length, random) for _ in range(recipe.batch)]
        return tuple(np.stack(column) for column in zip(*rows, strict=True))

    def _row(self, length: int, random) -> tuple:
        piece = self._piece(length, random)
        if random.random() < 0.2:
            song = self.music[int(random.integers(len(self.music)))]
            start = int(random.integers(song.shape[1] - length + 1))
            changed = augmentation.augmented(piece.decibels, song[:, start : start + length], random, 1.0, least=3.0)
        else:
            other = self._piece(length, random).decibels
            changed = augmentation.augmented(piece.decibels, other, random)
        loudness = hearing.frame_loudness(changed)
        heard, _ = levelling.levelled(changed, loudness, self._level(changed, loudness, random))
        return heard, piece.labels, piece.curves.T, piece.gates.T

    def _level(self, decibels, loudness, random) -> levelling.Level:
        """Where levelling begins: mostly with the recording known as a whole, else as a stream begins."""
        if random.random() < 0.6:
            return levelling.of_whole(decibels, loudness)
        loud = float(np.percentile(loudness, 95)) + random.uniform(-25, 8)
        return levelling.Level(loud, -120.0, self.usual)

    def _usual(self) -> np.ndarray:
        """The mean spectrum of speech below its loud parts, float64 (80,)."""
        means = []
        for said in self.said.values():
            for one in said[:: max(1, len(said) // 20)]:
                bands = hearing.mel_bands(one.samples)
                means.append(levelling.of_whole(bands, hearing.frame_loudness(bands)).mean)
        return np.mean(means, axis=0)

    def _piece(self, length: int, random) -> Utterance:
        """A stretch of utterances one after another, `length` frames long."""
        numbers, parts, have, skip = list(self.kept), [], 0, None
        while have < length:
            chosen = self.kept[int(random.choice(numbers))]
            if skip is None:
                skip = int(random.integers(0, max(1, len(chosen.labels) - 20)))
            parts.append(Utterance(chosen.decibels[:, 2 * skip :], *(
                part[skip:] for part in (chosen.labels, chosen.curves, chosen.gates))))
            have += parts[-1].decibels.shape[1]
            skip = 0
        decibels = np.concatenate([part.decibels for part in parts], axis=1)[:, :length].astype(np.float32)
        labels, curves, gates = (np.concatenate([getattr(part, name) for part in parts])[: length // 2]
                                 for name in ("labels", "curves", "gates"))
        return Utterance(decibels, labels, curves.astype(np.float32), gates.astype(np.float32))
