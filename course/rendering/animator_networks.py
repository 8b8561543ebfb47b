"""The animator's network, which repaints a warped mouth or eye.

It is a small U-Net (Ronneberger et al., 2015) that answers with what to add to the warp, so at the start it adds
nothing. Its discriminator, which is needed for training only, is `recipes.animator.discriminator`.
"""

import torch
import torch.nn.functional as F
from torch import nn

from . import animator_crops

SLOPE = 0.1  # of a leaky ReLU below 0
WIDTHS = (32, 64, 96)  # channels at strides 2, 4, 8


class Residual(nn.Module):
    """x + f(x), two 3x3 convolutions (He et al., 2016), without norms: a square's brightness is part of the answer."""

    def __init__(self, width: int):
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.second.weight)  # at the start the block passes on what it gets
        nn.init.zeros_(self.second.bias)

    def forward(self, x):
        """(N, width, H, W) -> the same."""
        return x + self.second(F.leaky_relu(self.first(F.leaky_relu(x, SLOPE)), SLOPE))


class AnimatorNetwork(nn.Module):
    """Squares with masks (N, 9, S, S) in [0, 1] -> what to add to the warp's colours (N, 3, S, S). S: multiple of 8.

    The channels: warp (3), where things shall be (2), photo (3), where it shows them (1); see `animator_crops`.
    """

    def __init__(self, widths: tuple = WIDTHS, n_inputs: int = animator_crops.N_INPUTS):
        super().__init__()
        a, b, c = widths
        self.at_2 = nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(4 * n_inputs, a, 3, padding=1), Residual(a))
        self.at_4 = nn.Sequential(nn.Conv2d(a, b, 3, stride=2, padding=1), Residual(b))
        self.at_8 = nn.Sequential(nn.Conv2d(b, c, 3, stride=2, padding=1), Residual(c), Residual(c))
        self.up_4, self.join_4 = nn.Conv2d(c, b, 1), Residual(b)
        self.up_2, self.join_2 = nn.Conv2d(b, a, 1), Residual(a)
        self.paint = nn.Sequential(nn.LeakyReLU(0.1), nn.Conv2d(a, 12, 3, padding=1), nn.PixelShuffle(2))
        nn.init.zeros_(self.paint[1].weight)
        nn.init.zeros_(self.paint[1].bias)

    def forward(self, squares):
        """Squares (N, 9, S, S) -> paint (N, 3, S, S), parts of white."""
        at_2 = self.at_2(squares)  # (N, 32, S/2, S/2)
        at_4 = self.at_4(at_2)  # (N, 64, S/4, S/4)
        at_8 = self.at_8(at_4)  # (N, 96, S/8, S/8)
        y = self.join_4(at_4 + _twice(self.up_4(at_8)))
        y = self.join_2(at_2 + _twice(self.up_2(y)))
        return self.paint(y)  # (N, 3, S, S)


def _twice(x):
    return F.interpolate(x, scale_factor=2, mode="nearest")


def repaint(net: AnimatorNetwork, squares: torch.Tensor, window: torch.Tensor) -> torch.Tensor:
    """The warp's squares with the network's paint on them: (N, 9, S, S), (S, S) -> (N, 3, S, S) in [0, 1].

    I = warp + w N(warp, masks, photo), w = 0 at the square's border
    """
    return (squares[:, :3] + window * net(squares)).clamp(0, 1)
