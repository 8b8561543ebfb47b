"""The network that looks at an eye, or at the mouth, from near: a small U of residual blocks, a map a point, and the
mean place of each.
"""

import torch
from torch import nn

from . import heatmaps

WIDTHS = (16, 32, 48, 48)  # channels at strides 2, 4, 8, 16


class _Residual(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
                                    nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        return torch.relu(x + self.layers(x))


def _down(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU())


class NearNetwork(nn.Module):
    """Squares round a part of a face (N, 3, S, S) in [0, 1] -> its points (N, K, 2) in [0, 1] of the square."""

    def __init__(self, points: int):
        """points: K."""
        super().__init__()
        a, b, c, d = WIDTHS
        self.at_2 = _down(3, a)
        self.at_4 = nn.Sequential(_down(a, b), _Residual(b))
        self.at_8 = nn.Sequential(_down(b, c), _Residual(c))
        self.at_16 = nn.Sequential(_down(c, d), _Residual(d))
        self.up_8, self.up_4, self.join = nn.Conv2d(d, c, 1), nn.Conv2d(c, b, 1), _Residual(b)
        self.maps = nn.Conv2d(b, points, 1)

    def forward(self, squares):
        """(N, 3, S, S) in [0, 1] -> (N, K, 2) in [0, 1], x right, y down; S is a multiple of 16."""
        at_4 = self.at_4(self.at_2(squares * 2 - 1))  # (N, 32, S / 4, S / 4)
        at_8 = self.at_8(at_4)  # (N, 48, S / 8, S / 8)
        at_16 = self.at_16(at_8)  # (N, 48, S / 16, S / 16)
        y = torch.relu(at_8 + _twice(self.up_8(at_16)))
        return heatmaps.soft_argmax(self.maps(self.join(torch.relu(at_4 + _twice(self.up_4(y))))))


def _twice(x):
    return nn.functional.interpolate(x, scale_factor=2, mode="nearest")
