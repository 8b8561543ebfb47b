"""Sound to lips: a small network hears which sound it is and how the lips stand, as the sound arrives.

A stack of dilated convolutions that look back only (van den Oord et al., "WaveNet", 2016), 50 times a second. Three
answers come out: which viseme, the curves of the lips, and two gates for what must never be blended away: lips that
shut at m, b, p and lip to teeth at f, v. How a sound looks stays in `speech/visemes.py`: the curves are learned from
what it draws for phonemes whose times are known.
"""

import functools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from ..io import weights
from . import hearing, levelling, visemes

WEIGHTS = "speech.safetensors"
FEATURES = levelling.FEATURES
RATE = 50  # answers a second; there are two frames of sound for each
WAIT = 2  # answers that the network waits before it speaks about a moment
LOOK_AHEAD = WAIT / RATE + 1 / hearing.FRAMES + 0.016  # seconds of sound after a moment: with the half of a window
SILENCE = -120.0  # dB of a band in which nothing is
GATES = ("PP", "FF")  # the visemes that have a gate


@dataclass
class Settings:
    """Size of the network."""

    width: int = 128
    kernel: int = 3
    dilations: tuple = (1, 2, 4, 8, 1, 2, 4, 8)


class Answer(NamedTuple):
    """visemes: logits (N, V, T); curves: lip channels (N, C, T); gates: logits (N, 2, T)."""

    visemes: torch.Tensor
    curves: torch.Tensor
    gates: torch.Tensor


class _Back(nn.Module):
    """A convolution that sees the present and the past."""

    def __init__(self, source: int, width: int, kernel: int, dilation: int = 1, stride: int = 1):
        super().__init__()
        self.conv = nn.Conv1d(source, width, kernel, dilation=dilation, stride=stride)
        self.source, self.past = source, dilation * (kernel - 1) + 1 - stride

    def forward(self, x, state):
        """(N, source, T) behind what `state` holds of the past -> (N, width, T / stride), the next state."""
        x = torch.cat([state, x], dim=2)
        return self.conv(x), x[:, :, x.shape[2] - self.past :]


class _Block(nn.Module):
    def __init__(self, settings: Settings, dilation: int):
        super().__init__()
        width = settings.width
        self.wide = _Back(width, width, settings.kernel, dilation)
        self.norm = nn.BatchNorm1d(width)
        self.mix = nn.Conv1d(width, width, 1)

    def forward(self, x, state):
        """(N, width, T), state -> the same."""
        y, state = self.wide(x, state)
        return x + self.mix(torch.relu(self.norm(y))), state


class VisemeNet(nn.Module):
    """Features (N, 81, 2 T) at 100 frames/s -> `Answer` at 50 a second; answer k is about the moment (k - WAIT) / RATE.

    usual: (80,), the mean spectrum of speech, where levelling begins.
    """

    def __init__(self, settings: Settings | None = None):
        super().__init__()
        settings = settings or Settings()
        self.entry = _Back(FEATURES, settings.width, 4, stride=2)
        self.blocks = nn.ModuleList([_Block(settings, dilation) for dilation in settings.dilations])
        self.norm = nn.BatchNorm1d(settings.width)
        sizes = len(visemes.VISEME_NAMES), len(visemes.LIP_CHANNELS), len(GATES)
        self.heads = nn.ModuleList([nn.Conv1d(settings.width, size, 1) for size in sizes])
        self.register_buffer("usual", torch.full((hearing.N_MELS,), -25.0))

    def start(self, count: int = 1) -> list:
        """The state before any sound, of `count` sounds at once."""
        backs = [self.entry, *(block.wide for block in self.blocks)]
        return [torch.zeros(count, back.source, back.past, device=self.usual.device) for back in backs]

    def forward(self, features, state: list | None = None) -> Answer:
        """(N, 81, 2 T) -> `Answer` of T moments. state: from `start`, is carried on in place; None starts anew."""
        state = self.start(len(features)) if state is None else state
        x, state[0] = self.entry(features, state[0])  # (N, width, T)
        for i, block in enumerate(self.blocks, start=1):
            x, state[i] = block(x, state[i])
        x = torch.relu(self.norm(x))
        return Answer(*(head(x) for head in self.heads))


@functools.lru_cache(maxsize=1)
def load_network() -> VisemeNet:
    """The shipped network, ready to use. Raises `errors.WeightsError`."""
    return weights.fill(VisemeNet(), weights.load_tensors(WEIGHTS), WEIGHTS)


def features(samples, sample_rate: int | None = None) -> np.ndarray:
    """What the network gets to hear: samples (N,) and their rate in Hz, or a `Heard` -> float32 (81, T), 100 frames a
    second. Raises `errors.AudioError` as `hearing.hear`."""
    heard = hearing.hear(samples, sample_rate)
    level = levelling.of_whole(heard.bands, heard.loudness)
    return levelling.levelled(heard.bands, heard.loudness, level)[0]


@dataclass
class Lips:
    """What the network says of T moments, `RATE` a second. probabilities: (T, V); curves: (T, C); gates: (T, 2)."""

    probabilities: np.ndarray
    curves: np.ndarray
    gates: np.ndarray


def answers(seen: np.ndarray, network: VisemeNet, state: list) -> Lips:
    """Features (81, 2 T) -> `Lips` of T answers; the state is carried on in place."""
    with torch.inference_mode():
        answer = network(torch.from_numpy(seen)[None], state)
        return Lips(torch.softmax(answer.visemes[0], dim=0).T.numpy(), answer.curves[0].T.numpy(),
                    torch.sigmoid(answer.gates[0]).T.numpy())


def hear_lips(samples, sample_rate: int | None = None, network: VisemeNet | None = None) -> Lips:
    """What the network says of a recording; moment k is at k / RATE seconds. Raises as `viseme_probabilities`."""
    network = network or load_network()
    heard = hearing.hear(samples, sample_rate)
    level = levelling.of_whole(heard.bands, heard.loudness)
    missing = 2 * WAIT + heard.bands.shape[1] % 2
    bands = np.pad(heard.bands, ((0, 0), (0, missing)), constant_values=SILENCE)
    loudness = np.pad(heard.loudness, (0, missing), constant_values=SILENCE)
    state, found = network.start(), []
    for first in range(0, bands.shape[1], 6000):  # a minute at a time
        piece = slice(first, first + 6000)
        seen, level = levelling.levelled(bands[:, piece], loudness[piece], level)
        found.append(answers(seen, network, state))
    return Lips(*(np.concatenate([getattr(part, name) for part in found])[WAIT:]
                  for name in ("probabilities", "curves", "gates")))  # fmt: skip


def viseme_probabilities(samples, sample_rate: int | None = None, network: VisemeNet | None = None) -> np.ndarray:
    """Probability of each viseme, float32 (T, V), at `RATE` frames a second; frame k is at k / RATE seconds.

    Args:
        samples: (N,) mono, or a `Heard`; sample_rate: Hz; network: the shipped one by default.
    Raises:
        errors.AudioError: as `hearing.hear`; errors.WeightsError: no network.
    """
    return hear_lips(samples, sample_rate, network).probabilities


@dataclass
class Reading:
    """How answers become lips."""

    sure: tuple = (0.25, 0.55)  # a gate's answer at which lips begin to close, and are closed
    ahead: float = 0.0  # seconds that the lips go before what the network learned


def lip_curves(heard: hearing.Heard, times: np.ndarray, hold: float, reading: Reading | None = None,
               network: VisemeNet | None = None) -> np.ndarray:
    """Lips of a recording at the times (T,) in seconds: float32 (T, C), the channels `speech.LIP_CHANNELS`.

    hold: seconds that a frame of the film lasts; lips that close stay shut for so long. Raises `errors.WeightsError`.
    """
    from scipy.ndimage import maximum_filter1d

    reading = reading or Reading()
    said = hear_lips(heard, network=network)
    gates = maximum_filter1d(sharp(said.gates, reading), 2 * int(np.ceil(hold * RATE / 2)) - 1, axis=0)
    at, moments = times + reading.ahead, np.arange(len(gates)) / RATE
    curves, gates = (np.stack([np.interp(at, moments, column) for column in values.T], axis=1)
                     for values in (said.curves, gates))
    return gated(curves, gates).astype(np.float32)


def sharp(gates: np.ndarray, reading: Reading) -> np.ndarray:
    """Answers of the gates (T, 2) -> how far they are shut, 0 to 1."""
    low, high = reading.sure
    return np.clip((gates - low) / (high - low), 0, 1)


def gated(curves: np.ndarray, gates: np.ndarray) -> np.ndarray:
    """Lip channels (T, C) as the gates (T, 2) leave them."""
    touching = visemes.shut(np.clip(curves, 0, 1), gates[:, 1] * (1 - gates[:, 0]), "FF")
    return visemes.shut(touching, gates[:, 0], "PP")
