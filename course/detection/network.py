"""The detector's network: one look at the picture, an answer at every anchor.

A thin residual backbone, a feature pyramid over it (Lin et al., 2017) and one head shared by all levels:
the single-shot idea of SSD (Liu et al., 2016) with as little of everything as two CPU cores can afford.
About 1.2 million numbers and 0.7 GMAC at 384x384.
"""

import torch
import torch.nn.functional as F
from torch import nn

from . import constants

WIDTHS = (64, 96, 128, 128)  # channels of the backbone at each stride
PYRAMID_WIDTH = 64


class ConvNorm(nn.Sequential):
    """3x3 convolution, batch norm and ReLU: (N, C, H, W) -> (N, D, H / stride, W / stride)."""

    def __init__(self, channels_in: int, channels_out: int, stride: int = 1):
        super().__init__(
            nn.Conv2d(channels_in, channels_out, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(channels_out),
            nn.ReLU(inplace=True),
        )


class Residual(nn.Module):
    """Two 3x3 convolutions beside a straight path (He et al., 2016); the shape stays."""

    def __init__(self, channels: int):
        super().__init__()
        self.first = ConvNorm(channels, channels)
        self.second = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x):
        """(N, C, H, W) -> (N, C, H, W)."""
        return F.relu(x + self.norm(self.second(self.first(x))), inplace=True)


class DetectorNet(nn.Module):
    """Picture (N, 3, H, W) in [0, 1], H and W multiples of 64 -> logits (N, A), offsets (N, A, 4).

    A = number of anchors, in the order of `detection.make_anchors`: level by level from fine to coarse,
    row by row, and within a cell from the small anchor to the large one.
    """

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(ConvNorm(3, 16, 2), ConvNorm(16, 32, 2))  # stride 4
        widths_in = (32,) + WIDTHS[:-1]
        self.stages = nn.ModuleList(
            nn.Sequential(ConvNorm(c_in, c_out, 2), Residual(c_out)) for c_in, c_out in zip(widths_in, WIDTHS))
        self.laterals = nn.ModuleList(nn.Conv2d(width, PYRAMID_WIDTH, 1) for width in WIDTHS)
        self.smooth = nn.ModuleList(ConvNorm(PYRAMID_WIDTH, PYRAMID_WIDTH) for _ in WIDTHS)
        self.head = ConvNorm(PYRAMID_WIDTH, PYRAMID_WIDTH)
        self.score = nn.Conv2d(PYRAMID_WIDTH, constants.ANCHORS_PER_CELL, 1)
        self.offset = nn.Conv2d(PYRAMID_WIDTH, constants.ANCHORS_PER_CELL * 4, 1)
        # At the start every anchor says "1 % a face", or the many empty ones drown the first steps (Lin et al., 2017b)
        nn.init.constant_(self.score.bias, -4.6)
        nn.init.zeros_(self.offset.weight)

    def forward(self, pictures):
        """Pictures (N, 3, H, W) in [0, 1] -> logits (N, A), offsets (N, A, 4)."""
        levels = self.pyramid(pictures)
        logits, offsets = [], []
        for level in levels:
            features = self.head(level)
            n = features.shape[0]
            score, offset = self.score(features), self.offset(features)  # (N, 2, h, w), (N, 8, h, w)
            logits.append(score.permute(0, 2, 3, 1).reshape(n, -1))  # (N, h w 2)
            offsets.append(offset.permute(0, 2, 3, 1).reshape(n, -1, 4))  # (N, h w 2, 4)
        return torch.cat(logits, dim=1), torch.cat(offsets, dim=1)

    def pyramid(self, pictures) -> list:
        """Features (N, 64, H / s, W / s) at the strides s, each knowing what the coarser ones saw."""
        x = self.stem((pictures - 0.5) * 4)
        seen = []
        for stage in self.stages:
            x = stage(x)
            seen.append(x)
        levels = [lateral(x) for lateral, x in zip(self.laterals, seen)]
        for finer in range(len(levels) - 2, -1, -1):
            levels[finer] = levels[finer] + F.interpolate(levels[finer + 1], scale_factor=2, mode="nearest")
        return [smooth(level) for smooth, level in zip(self.smooth, levels)]


def fuse(net: DetectorNet) -> DetectorNet:
    """The same network for inference, changed in place: it answers alike, (N, 3, H, W) -> (N, A), (N, A, 4).

    Batch norms are folded into the convolutions before them, which is a third faster.
    """
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    net = net.eval()
    for module in net.modules():
        if isinstance(module, ConvNorm):
            module[0], module[1] = fuse_conv_bn_eval(module[0], module[1]), nn.Identity()
        elif isinstance(module, Residual):
            module.second, module.norm = fuse_conv_bn_eval(module.second, module.norm), nn.Identity()
    return net
