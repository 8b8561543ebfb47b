"""Trains the network of `speech/lips.py` on espeak-ng's voices: `course train speech`.

espeak-ng knows when it says what, so its speech labels itself. To hear real voices as well, the network must
not learn what one synthesizer sounds like: voices, variants, speeds, pitches and languages change, the vocal
tract is stretched, rooms echo, noise and other people are about, microphones colour, telephones cut, gain
drifts. Whatever can be done to the mel bands is done there, which costs next to nothing.
"""

import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from .. import errors
from ..io import sound, weights
from ..speech import espeak, hearing, lips, synthesis, visemes
from ..training import checkpoints, loop

# Speakers that are measured on and never trained on; `benchmarks/lips.py` uses them.
HELD_OUT_VARIANTS = ("m3", "f4", "Alicia", "Andy", "klatt3", "linda")
HELD_OUT_VOICES = ("en-gb-scotland", "es-419", "ca")

# Speakers that are effects rather than people
_EFFECTS = ("Demonic", "UniRobot", "Tweaky", "croak", "anikaRobot", "AnxiousAndy", "whisperf")


@dataclass
class Settings:
    """Recipe; the defaults made the shipped weights."""

    batch: int = 16
    crop: float = 4.0  # seconds
    pool: int = 700  # utterances in memory; the oldest give way
    fresh: int = 2  # new utterances a step
    rate: float = 2e-3  # of learning, at its peak
    warmup: int = 100  # steps
    smoothing: float = 0.05  # of labels: the borders between sounds are soft
    save_every: int = 100  # steps
    seed: int = 0


@dataclass
class Utterance:
    """decibels: float16 (80, T), mel bands at 100 frames/s; labels: int64 (ceil(T / 2),), viseme numbers."""

    decibels: np.ndarray
    labels: np.ndarray


def train(steps=4000, resume=False, device="cpu", logdir=None, out=None, settings: Settings = None) -> Path:
    """Train, write checkpoints, and write the weights at the end.

    Args:
        steps: in all; resume: go on from the checkpoint in `logdir`, with the same numbers as without a stop;
        logdir: folder for the log and the checkpoint; out: where the weights go, `data/` unless told.
    Raises:
        errors.CourseError: nothing to resume from.
    """
    from safetensors.torch import save_file
    from tqdm import tqdm

    settings = settings or Settings()
    logdir = Path(logdir or "runs/speech")
    logdir.mkdir(parents=True, exist_ok=True)
    out = Path(out or weights.data_dir() / lips.WEIGHTS)
    torch.manual_seed(settings.seed)
    network = lips.VisemeNet().to(device).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=settings.rate, weight_decay=0.01)
    first = _restore(logdir, network, optimizer, device) if resume else 0
    texts = read_sentences()
    pool = {}
    began = time.time()
    for step in tqdm(range(first, steps), initial=first, total=steps, desc="speech"):
        _fill(pool, step, settings, texts)
        heard, labels = _batch(pool, step, settings)
        torch.manual_seed(settings.seed + step)  # a resumed run drops out the same units
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, steps, settings)
        logits = network(torch.from_numpy(heard).to(device))  # (N, V, T)
        loss = functional.cross_entropy(logits, torch.from_numpy(labels).to(device),
                                        label_smoothing=settings.smoothing)  # fmt: skip
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        if (step + 1) % settings.save_every == 0 or step + 1 == steps:
            right = (logits.argmax(1).cpu().numpy() == labels).mean()
            _log(logdir, step=step + 1, loss=round(loss.item(), 4), right=round(float(right), 4),
                 minutes=round((time.time() - began) / 60, 1))  # fmt: skip
            _save(logdir, network, optimizer, step + 1)
    out.parent.mkdir(parents=True, exist_ok=True)
    tensors = {name: value.detach().cpu().contiguous() for name, value in network.state_dict().items()}
    save_file(tensors, out)
    return out


def learning_rate(step: int, steps: int, settings: Settings) -> float:
    """Rises over the warm-up, then falls as a cosine to a hundredth."""
    if step < settings.warmup:
        return settings.rate * (step + 1) / settings.warmup
    share = (step - settings.warmup) / max(1, steps - settings.warmup)
    # a plain number: NumPy's own would end up in the checkpoint, which loads plain things only
    return float(settings.rate * (0.01 + 0.99 * (0.5 + 0.5 * np.cos(np.pi * share))))


def read_sentences() -> dict:
    """The training sentences that ship: {voice: [sentence, ...]}."""
    texts = {}
    for line in weights.data_file("sentences.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            voice, sentence = line.split("\t")
            texts.setdefault(voice, []).append(sentence)
    return texts


def make_utterance(number: int, settings: Settings, texts: dict) -> Utterance:
    """Utterance `number` of the endless data set: the same one whenever it is asked for."""
    random = np.random.default_rng((settings.seed, number))
    while True:
        text, voice = _what_to_say(random, texts)
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
        samples = _in_a_room(samples, random)
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


def _what_to_say(random, texts) -> tuple:
    if random.random() < 0.15:  # any voice of the world can count
        known = [voice.name for voice in synthesis.voices() if voice.name not in HELD_OUT_VOICES]
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


def _in_a_room(samples, random) -> np.ndarray:
    """Echo as noise that dies away, beside the direct sound (Moorer, 1979)."""
    from scipy.signal import fftconvolve

    seconds = random.uniform(0.08, 0.6)  # until the echo is 60 dB down
    t = np.arange(int(seconds * sound.SAMPLE_RATE)) / sound.SAMPLE_RATE
    echo = random.standard_normal(len(t)) * 10 ** (-3 * t / seconds)
    echo *= 10 ** (random.uniform(-18, 0) / 20) / np.linalg.norm(echo)
    echo[0] += 1.0
    return fftconvolve(samples, echo)[: len(samples)].astype(np.float32)


def _fill(pool, step, settings, texts) -> None:
    """Keep the utterances that this step may draw from, and no others."""
    first = step * settings.fresh
    for number in range(first, first + settings.pool):
        if number not in pool:
            pool[number] = make_utterance(number, settings, texts)
    for number in [number for number in pool if number < first]:
        del pool[number]


def _batch(pool, step, settings) -> tuple:
    """heard float32 (N, 81, T) at 100 frames/s, labels int64 (N, T / 2)."""
    random = np.random.default_rng((settings.seed, step, 1))
    numbers = np.arange(step * settings.fresh, step * settings.fresh + settings.pool)
    length = round(settings.crop * 100) // 2 * 2
    heard, labels = [], []
    for _ in range(settings.batch):
        decibels, label = _crop(pool, numbers, length, random)
        other, _ = _crop(pool, numbers, length, random)
        heard.append(lips.levelled(augmented(decibels, other, random)))
        labels.append(label)
    return np.stack(heard), np.stack(labels)


def _crop(pool, numbers, length, random) -> tuple:
    """A stretch of utterances one after another, (80, length) in dB and its labels."""
    bands, labels, have = [], [], 0
    skip = None
    while have < length:
        chosen = pool[int(random.choice(numbers))]
        if skip is None:
            skip = 2 * int(random.integers(0, max(1, chosen.decibels.shape[1] // 2 - 20)))
        even = chosen.decibels.shape[1] // 2 * 2
        bands.append(chosen.decibels[:, skip:even])
        labels.append(chosen.labels[skip // 2 : even // 2])
        have += bands[-1].shape[1]
        skip = 0
    return (np.concatenate(bands, 1)[:, :length].astype(np.float32), np.concatenate(labels)[: length // 2])


def augmented(decibels, other, random) -> np.ndarray:
    """Another speaker's recording of the same words: mel bands in dB (80, T), changed in every way there is."""
    bands, frames = decibels.shape
    loud = np.percentile(hearing.frame_loudness(decibels), 95)
    power = 10 ** ((decibels + _curve(bands, 8.0, random)[:, None] - loud) / 10)  # the voice's own colour
    if random.random() < 0.2:  # somebody else in the room
        behind = np.percentile(hearing.frame_loudness(other), 95) + random.uniform(12, 30)
        power = power + 10 ** ((other - behind) / 10)
    power = _with_noise(power, random)
    changed = 10 * np.log10(power + 1e-9)
    changed += _curve(frames, random.uniform(0, 5), random)[None]  # the distance to the microphone drifts
    changed += _curve(bands, 10.0, random)[:, None] + random.uniform(-0.15, 0.15) * np.arange(bands)[:, None]
    changed += random.normal(0, random.uniform(0.5, 3), changed.shape)
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
    return changed.astype(np.float32)


def _with_noise(power, random) -> np.ndarray:
    """Steady noise of any colour, 5 to 60 dB below the loud parts; its phase may help or hurt."""
    bands, frames = power.shape
    level = -random.uniform(8, 60) if random.random() < 0.85 else -70
    colour = _curve(bands, 10.0, random) + random.uniform(-0.3, 0.1) * np.arange(bands)
    colour -= 10 * np.log10(np.sum(10 ** (colour / 10)))
    noise = 10 ** ((level + colour) / 10)[:, None] * random.gamma(2.0, 0.5, (bands, frames))
    # |a + b|^2 = a^2 + b^2 + 2 a b cos(phase)
    cross = 2 * np.sqrt(power * noise) * np.cos(random.uniform(0, 2 * np.pi, power.shape))
    return np.maximum(power + noise + 0.5 * cross, 1e-9)


def _curve(count, size, random) -> np.ndarray:
    """A smooth random curve in dB, (count,), through a few random heights."""
    knots = random.integers(3, 8)
    return np.interp(np.linspace(0, knots - 1, count), np.arange(knots), random.normal(0, size / 2, knots))


def _log(logdir, **row) -> None:
    with open(logdir / "log.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


def _save(logdir, network, optimizer, step) -> None:
    checkpoints.save(logdir / loop.CHECKPOINT, {"network": network.state_dict(), "step": step,
                                                    "optimizer": optimizer.state_dict()})


def _restore(logdir, network, optimizer, device) -> int:
    state = checkpoints.load(logdir / loop.CHECKPOINT, device)
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    return state["step"]
