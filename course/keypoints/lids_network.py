"""The network that looks at one eye from near: a small U of residual blocks, a map a point, and the mean place of each.
"""

import torch
from torch import nn

from . import heatmaps

WIDTHS = (16, 32, 48, 48)  # channels at strides 2, 4, 8, 16
EYE_POINTS = 7  # of an eye: corners, lids, pupil


class _Residual(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
                                    nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        return torch.relu(x + self.layers(x))


def _down(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU())


class LidNetwork(nn.Module):
    """Squares round one eye (N, 3, 64, 64) in [0, 1] -> its seven points (N, 7, 2) in [0, 1] of the square."""

    def __init__(self):
        super().__init__()
        a, b, c, d = WIDTHS
        self.at_2 = _down(3, a)
        self.at_4 = nn.Sequential(_down(a, b), _Residual(b))
        self.at_8 = nn.Sequential(_down(b, c), _Residual(c))
        self.at_16 = nn.Sequential(_down(c, d), _Residual(d))
        self.up_8, self.up_4, self.join = nn.Conv2d(d, c, 1), nn.Conv2d(c, b, 1), _Residual(b)
        self.maps = nn.Conv2d(b, EYE_POINTS, 1)

    def forward(self, eyes):
        """(N, 3, 64, 64) in [0, 1] -> (N, 7, 2) in [0, 1], x right, y down."""
        at_4 = self.at_4(self.at_2(eyes * 2 - 1))  # (N, 32, 16, 16)
        at_8 = self.at_8(at_4)  # (N, 48, 8, 8)
        at_16 = self.at_16(at_8)  # (N, 48, 4, 4)
        y = torch.relu(at_8 + _twice(self.up_8(at_16)))
        return heatmaps.soft_argmax(self.maps(self.join(torch.relu(at_4 + _twice(self.up_4(y))))))


def _twice(x):
    return nn.functional.interpolate(x, scale_factor=2, mode="nearest")
