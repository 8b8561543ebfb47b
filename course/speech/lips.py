"""Sound to lips: a small network hears which sound it is and how the lips stand, as the sound arrives.

A stack of dilated convolutions that look back only (van den Oord et al., "WaveNet", 2016), 50 times a second. Three
answers come out: which viseme, the curves of the lips, and two gates for what must never be blended away: lips that
shut at m, b, p and lip to teeth at f, v. How a sound looks stays in `speech/visemes.py`: the curves are learned from
what it draws for phonemes whose times are known.
"""

import dataclasses
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
PAUSE = 14  # frames of sound, from 80 ms before a moment to 50 ms after: a stop consonant is shorter
SILENCE = -120.0  # dB of a band in which nothing is
GATES = ("PP", "FF")  # the visemes that have a gate


@dataclass
class Settings:
    """Size of the network."""

    width: int = 192
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
    """What is heard of T moments, `RATE` a second.

    probabilities: of the visemes (T, V); curves: lip channels (T, C); gates: how surely m, b, p and f, v are heard
    (T, 2); loudest: dB below the loud parts (T,), of the loudest of the `PAUSE` frames around the moment.
    """

    probabilities: np.ndarray
    curves: np.ndarray
    gates: np.ndarray
    loudest: np.ndarray

    def since(self, first: int) -> "Lips":
        """Without the moments before `first`."""
        return Lips(self.probabilities[first:], self.curves[first:], self.gates[first:], self.loudest[first:])


class Listener:
    """Hears a sound piece by piece and remembers what it must. level: where levelling begins."""

    def __init__(self, network: VisemeNet, level: levelling.Level):
        self.network, self.level, self.state = network, level, network.start()
        self.energies = np.full(PAUSE - 2, -levelling.DYNAMIC_RANGE, np.float32)  # of the frames before

    def hear(self, bands: np.ndarray) -> Lips:
        """The next mel bands in dB (80, 2 T), T > 0 -> `Lips` of T answers, the first two of all before the sound."""
        seen, self.level = levelling.levelled(bands, hearing.frame_loudness(bands), self.level)
        with torch.inference_mode():
            answer = self.network(torch.from_numpy(seen)[None], self.state)
            found = (torch.softmax(answer.visemes[0], 0), answer.curves[0], torch.sigmoid(answer.gates[0]))
        energies = np.concatenate([self.energies, levelling.energy_of(seen)])
        self.energies = energies[len(energies) - len(self.energies) :]
        loudest = np.lib.stride_tricks.sliding_window_view(energies, PAUSE)[::2].max(axis=1)
        return Lips(*(part.T.numpy() for part in found), loudest)


def hear_lips(samples, sample_rate: int | None = None, network: VisemeNet | None = None) -> Lips:
    """What is heard of a recording; moment k is at k / RATE seconds. Raises as `viseme_probabilities`."""
    heard = hearing.hear(samples, sample_rate)
    listener = Listener(network or load_network(), levelling.of_whole(heard.bands, heard.loudness))
    missing = 2 * WAIT + heard.bands.shape[1] % 2
    bands = np.pad(heard.bands, ((0, 0), (0, missing)), constant_values=SILENCE)
    found = [listener.hear(bands[:, first : first + 6000]) for first in range(0, bands.shape[1], 6000)]
    return Lips(*(np.concatenate([getattr(part, field.name) for part in found])
                  for field in dataclasses.fields(Lips))).since(WAIT)  # fmt: skip


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
    """How what is heard becomes lips."""

    sure: tuple = (0.15, 0.3)  # a gate's answer at which lips begin to close, and are closed
    open: float = 1.2  # the mouth opens so much further than the network, which hedges, has it,
    soft: tuple = (5.0, 15.0)  # and less in what is soft: (first, range), 1 + (dB + first) / range times,
    limits: tuple = (0.1, 1.5)  # within these
    quiet: tuple = (20.0, 28.0)  # dB below the loud parts at which a pause begins to close the mouth, and closes it,
    silent: tuple = (0.2, 0.6)  # where the network, too, hears silence so surely: the end of a word may be as quiet


def lip_curves(heard: hearing.Heard, times: np.ndarray, hold: float, reading: Reading | None = None,
               network: VisemeNet | None = None) -> np.ndarray:
    """Lips of a recording at the times (T,) in seconds: float32 (T, C), the channels `speech.LIP_CHANNELS`.

    hold: seconds that a frame of the film lasts; lips that close stay shut for so long. Raises `errors.WeightsError`.
    """
    return curves_of(hear_lips(heard, network=network), times, hold, reading)


def curves_of(said: Lips, times: np.ndarray, hold: float, reading: Reading | None = None) -> np.ndarray:
    """Lips as they were heard, at the times (T,) in seconds: float32 (T, C). hold: as in `lip_curves`."""
    from scipy.ndimage import maximum_filter1d

    curves, gates = read(said, reading or Reading())
    gates = maximum_filter1d(gates, 2 * int(np.ceil(hold * RATE / 2)) - 1, axis=0)
    moments = np.arange(len(gates)) / RATE
    curves, gates = (np.stack([np.interp(times, moments, column) for column in values.T], axis=1)
                     for values in (curves, gates))
    return gated(curves, gates).astype(np.float32)


def read(said: Lips, reading: Reading) -> tuple:
    """What is heard, as lip channels (T, C), pauses closed, and how far the gates are shut (T, 2), 0 to 1."""
    silence = said.probabilities[:, visemes.VISEME_NAMES.index("sil")]
    speaking = (1 - _ramp(-said.loudest, reading.quiet) * _ramp(silence, reading.silent))[:, None]
    curves = np.clip(said.curves, 0, 1) * speaking
    first, wide = reading.soft
    louder = np.clip(1 + (said.loudest + first) / wide, *reading.limits)
    curves[:, visemes.opening_columns()] *= reading.open * louder[:, None]
    return np.clip(curves, 0, 1), _ramp(said.gates, reading.sure) * speaking


def _ramp(values, between: tuple) -> np.ndarray:
    low, high = between
    return np.clip((values - low) / (high - low), 0, 1)


def gated(curves: np.ndarray, gates: np.ndarray) -> np.ndarray:
    """Lip channels (T, C) as the gates (T, 2) leave them."""
    touching = visemes.shut(curves, gates[:, 1] * (1 - gates[:, 0]), "FF")
    return visemes.shut(touching, gates[:, 0], "PP")
