"""The generator and the discriminator: DCGAN's shape (Radford et al., 2016), small enough for two CPU cores."""

import math

import torch
from torch import nn

from .. import errors

KINDS = ("smooth", "checkerboard")  # how the generator doubles its maps


def build_generator(latent: int = 128, size: int = 64, width: int = 32, kind: str = "smooth") -> nn.Sequential:
    """Noise to pictures: (N, latent) -> (N, 3, size, size) in [-1, 1].

    A linear layer makes a map of 4x4; each block then doubles its side and halves its channels.

    Args:
        size: 8, 16, 32, 64, 128, ... pixels; width: channels of the largest map.
        kind: "smooth", kernels of 4 at stride 2, which overlap evenly; "checkerboard", kernels of 3 at stride 2,
            which give every other pixel more than its share (Odena et al., "Deconvolution and checkerboard
            artifacts", 2016).
    Raises:
        errors.CourseError: a size that is no power of two from 8 on, or an unknown kind.
    """
    doublings = _doublings(size)
    if kind not in KINDS:
        raise errors.CourseError(f"there is no kind of generator {kind!r}: choose from {', '.join(KINDS)}")
    top = _width_at(doublings - 1, width)
    layers = [nn.Linear(latent, top * 16, bias=False), nn.Unflatten(1, (top, 4, 4)), nn.BatchNorm2d(top), nn.ReLU()]
    for level in range(doublings - 1, 0, -1):
        n_in, n_out = _width_at(level, width), _width_at(level - 1, width)
        layers += [_double(n_in, n_out, kind), nn.BatchNorm2d(n_out), nn.ReLU()]  # (N, n_out, 2H, 2W)
    layers += [_double(width, 3, kind, bias=True), nn.Tanh()]
    return _started(nn.Sequential(*layers))


def build_discriminator(size: int = 64, width: int = 32) -> nn.Sequential:
    """Pictures to logits: (N, 3, size, size) in [-1, 1] -> (N,).

    The generator's mirror image: convolutions of 4 at stride 2, leaky ReLU, and no batch norm, so that each
    picture is judged alone (R1 needs that, and it may be spread over machines).
    Raises `errors.CourseError`: a size that is no power of two from 8 on.
    """
    layers, n_in = [], 3
    for level in range(_doublings(size)):
        n_out = _width_at(level, width)
        layers += [nn.Conv2d(n_in, n_out, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]  # (N, n_out, H/2, W/2)
        n_in = n_out
    return _started(nn.Sequential(*layers, nn.Flatten(), nn.Linear(n_in * 16, 1), nn.Flatten(0)))


def count_parameters(network: nn.Module) -> int:
    """How many numbers of a network training moves: a whole number."""
    return sum(p.numel() for p in network.parameters() if p.requires_grad)


def _doublings(size: int) -> int:
    doublings = int(math.log2(size)) - 2 if size >= 8 else 0
    if doublings < 1 or 4 * 2**doublings != size:
        raise errors.CourseError(f"pictures of {size} px do not come of doubling 4x4: take 8, 16, 32, 64 or 128")
    return doublings


def _width_at(level: int, width: int) -> int:
    return width * min(2**level, 8)


def _double(n_in: int, n_out: int, kind: str, bias: bool = False) -> nn.Module:
    if kind == "checkerboard":
        return nn.ConvTranspose2d(n_in, n_out, 3, stride=2, padding=1, output_padding=1, bias=bias)
    return nn.ConvTranspose2d(n_in, n_out, 4, stride=2, padding=1, bias=bias)


def _started(network: nn.Module) -> nn.Module:
    """Weights at the start: N(0, 0.02) before a batch norm, as DCGAN has it; elsewhere, He's.

    Without norms, layers that start at 0.02 would each pass on a fraction of the signal and the discriminator would
    see nothing for hundreds of steps (He et al., "Delving deep into rectifiers", 2015).
    """
    normed = any(isinstance(module, nn.BatchNorm2d) for module in network.modules())
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            if normed:
                nn.init.normal_(module.weight, 0.0, 0.02)
            else:
                nn.init.kaiming_normal_(module.weight, a=0.2)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    return network


def noise(count: int, latent: int, seed: int) -> torch.Tensor:
    """z ~ N(0, 1), (count, latent), the same for the same seed on every machine."""
    return torch.randn(count, latent, generator=torch.Generator().manual_seed(seed))
