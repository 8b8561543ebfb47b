"""The network of `lips`, sound to lips.

A stack of dilated convolutions that look back only (van den Oord et al., "WaveNet", 2016), 50 times a second.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import nn

from . import hearing, levelling, visemes


@dataclass
class Settings:
    """Size of the network."""

    width: int = 256
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
        self.entry = _Back(levelling.FEATURES, settings.width, 4, stride=2)
        self.blocks = nn.ModuleList([_Block(settings, dilation) for dilation in settings.dilations])
        self.norm = nn.BatchNorm1d(settings.width)
        sizes = len(visemes.VISEME_NAMES), len(visemes.LIP_CHANNELS), len(visemes.GATED)
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
