"""Looking at a GAN: sheets of samples, walks through the noise, and how different the samples are."""

import copy

import torch
from torch import nn


@torch.no_grad()
def sample(generator: nn.Module, noise: torch.Tensor) -> torch.Tensor:
    """Pictures from noise: (N, latent) -> (N, 3, H, W) in [0, 1], on the CPU. The generator should be in eval mode."""
    device = next(generator.parameters()).device
    return (generator(noise.to(device)).float().cpu() / 2 + 0.5).clamp(0, 1)


@torch.no_grad()
def settled(generator: nn.Module, noise: torch.Tensor, rounds: int = 4) -> nn.Module:
    """A copy in eval mode whose batch norms know the statistics of this very network, from (N, latent) noises.

    A running mean of weights has other statistics than the mean of their statistics; with those, its pictures are pale.
    """
    copied = copy.deepcopy(generator)
    norms = [module for module in copied.modules() if isinstance(module, nn.modules.batchnorm._BatchNorm)]
    if norms:
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None  # the plain mean of all that it sees, from now on
        copied.train()
        for part in noise.to(next(copied.parameters()).device).chunk(rounds):
            copied(part)
    return copied.eval()


def grid(images: torch.Tensor, columns: int = 8) -> torch.Tensor:
    """Pictures side by side: (N, 3, H, W) -> (3, rows H, columns W); what is left over stays black."""
    count, channels, height, width = images.shape
    columns = min(columns, count)
    rows = -(-count // columns)
    room = images.new_zeros(rows * columns, channels, height, width)
    room[:count] = images
    return room.unflatten(0, (rows, columns)).permute(2, 0, 3, 1, 4).reshape(channels, rows * height, columns * width)


def slerp(start: torch.Tensor, end: torch.Tensor, share: torch.Tensor) -> torch.Tensor:
    """From one noise to another along the sphere: (latent,), (latent,), (N,) in [0, 1] -> (N, latent).

    Noise of many dimensions lies close to a sphere, and the middle of a straight line far inside it, where the
    generator has never been (White, "Sampling generative networks", 2016).
    """
    # z(t) = sin((1 - t) w) / sin w  z0 + sin(t w) / sin w  z1,  cos w = z0 z1 / |z0||z1|
    angle = torch.arccos((start @ end / (start.norm() * end.norm())).clamp(-1, 1))
    share = share[:, None]
    if angle < 1e-4:
        return start + share * (end - start)
    return (torch.sin((1 - share) * angle) * start + torch.sin(share * angle) * end) / torch.sin(angle)


def interpolate(generator: nn.Module, start: torch.Tensor, end: torch.Tensor, count: int = 8) -> torch.Tensor:
    """A walk from one face to another: two noises (latent,) -> (count, 3, H, W) in [0, 1]."""
    return sample(generator, slerp(start, end, torch.linspace(0, 1, count)))


def diversity(images: torch.Tensor) -> float:
    """The mean distance between two of the pictures, (N, ...), as root mean square over their values: 0 if all are one.

    A generator that has collapsed comes to a small part of what the real pictures have.
    """
    flat = images.flatten(1).double()
    distance = torch.cdist(flat, flat) / flat.shape[1] ** 0.5  # (N, N)
    count = len(flat)
    return float(distance.sum() / max(count * (count - 1), 1))
