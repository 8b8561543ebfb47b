"""The network that finds 78 points in a crop of one face: heatmaps, and the mean place of each.

A small U-shaped network of residual blocks (He et al., 2016; Ronneberger et al., 2015) draws one map a point;
the point is the map's centre of mass (soft-argmax: Sun et al., "Integral Human Pose Regression", 2018).
"""

from dataclasses import dataclass

import torch
from torch import nn

from . import heatmaps, landmarks


@dataclass(frozen=True)
class LandmarkerSettings:
    """The network's size. crop: pixels a side; widths: channels at strides 2, 4, 8, 16."""

    crop: int = 128
    widths: tuple = (32, 48, 80, 128)
    blocks: tuple = (0, 1, 2, 2)
    width_out: int = 48
    n_points: int = landmarks.N_POINTS


SETTINGS = LandmarkerSettings()


class Residual(nn.Module):
    """x + f(x), two 3x3 convolutions with batch norm."""

    def __init__(self, width: int):
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.first_norm = nn.BatchNorm2d(width)
        self.second = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.second_norm = nn.BatchNorm2d(width)

    def forward(self, x):
        """(N, C, H, W) -> (N, C, H, W)."""
        y = torch.relu(self.first_norm(self.first(x)))
        return torch.relu(x + self.second_norm(self.second(y)))


def _down(n_in: int, n_out: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(n_in, n_out, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(n_out), nn.ReLU())


def _same(n_in: int, n_out: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(n_in, n_out, 1, bias=False), nn.BatchNorm2d(n_out))


class Landmarker(nn.Module):
    """Crops in [0, 1], (N, 3, 128, 128) -> points (N, 78, 2) in [0, 1] of the crop's width, x right, y down."""

    def __init__(self, settings: LandmarkerSettings = SETTINGS):
        super().__init__()
        widths = settings.widths
        self.downs = nn.ModuleList()
        for n_in, n_out, n_blocks in zip((3, *widths), widths, settings.blocks):
            self.downs.append(nn.Sequential(_down(n_in, n_out), *(Residual(n_out) for _ in range(n_blocks))))
        self.up_16 = _same(widths[3], widths[2])
        self.join_16 = Residual(widths[2])
        self.up_32 = _same(widths[2], settings.width_out)
        self.skip_32 = _same(widths[1], settings.width_out)
        self.join_32 = Residual(settings.width_out)
        self.heatmaps = nn.Conv2d(settings.width_out, settings.n_points, 1)

    def forward(self, crops):
        """(N, 3, 128, 128) in [0, 1] -> (N, 78, 2) in [0, 1]."""
        return heatmaps.soft_argmax(self.maps(crops))

    def maps(self, crops):
        """Heatmaps before the softmax: (N, 3, 128, 128) -> (N, 78, 32, 32)."""
        x = crops * 2 - 1
        _, at_32, at_16, at_8 = self.encode(x)
        y = torch.relu(at_16 + _twice(self.up_16(at_8)))  # (N, 80, 16, 16)
        y = self.join_16(y)
        y = torch.relu(self.skip_32(at_32) + _twice(self.up_32(y)))  # (N, 48, 32, 32)
        return self.heatmaps(self.join_32(y))

    def encode(self, x) -> list:
        """What every layer of the way down answers: (N, 3, S, S) in [-1, 1] -> maps (N, C, S / 2^k, S / 2^k)."""
        features = []
        for down in self.downs:
            x = down(x)
            features.append(x)
        return features


def _twice(x):
    return nn.functional.interpolate(x, scale_factor=2, mode="nearest")


def fold_norms(net: Landmarker) -> Landmarker:
    """Every batch norm folded into the convolution before it, in place: (N, 3, 128, 128) -> (N, 78, 2) as before.

    The same answers, about a third faster:  y = g (Wx - m) / s + b  =  (g W / s) x + (b - g m / s)
    """
    fuse = nn.utils.fusion.fuse_conv_bn_eval
    for module in list(net.modules()):
        if isinstance(module, Residual):
            module.first, module.first_norm = fuse(module.first, module.first_norm), nn.Identity()
            module.second, module.second_norm = fuse(module.second, module.second_norm), nn.Identity()
        elif isinstance(module, nn.Sequential) and len(module) > 1 and isinstance(module[1], nn.BatchNorm2d):
            module[0], module[1] = fuse(module[0], module[1]), nn.Identity()
    return net
