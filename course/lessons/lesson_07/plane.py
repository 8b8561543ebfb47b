"""A GAN small enough to watch: its "pictures" are points of the plane, its data eight heaps in a ring.

    ring = plane.train_ring()               # seconds; ring.samples: where the generator's points lie, over time
    plane.coverage(ring.samples[-1])        # how many heaps it found, and how many of its points lie in one

Everything else is as with faces: the same losses, the same `gan.gan_step`.
"""

from dataclasses import dataclass, field

import torch
from torch import nn

from course import parallel
from course.gan import game
from course.gan import networks as gan_networks

HEAPS, RADIUS, SPREAD = 8, 2.0, 0.05


def ring_centres(heaps: int = HEAPS) -> torch.Tensor:
    """(heaps, 2): evenly round a circle."""
    angle = torch.arange(heaps) * (2 * torch.pi / heaps)
    return RADIUS * torch.stack([angle.cos(), angle.sin()], dim=1)


def sample_ring(count: int, generator: torch.Generator | None = None, heaps: int = HEAPS) -> torch.Tensor:
    """Points of a ring of Gaussians: (count, 2). (Metz et al., "Unrolled generative adversarial networks", 2017.)"""
    centres = ring_centres(heaps)
    chosen = torch.randint(heaps, (count,), generator=generator)
    return centres[chosen] + SPREAD * torch.randn(count, 2, generator=generator)


def build_plane_generator(latent: int = 16, width: int = 64) -> nn.Sequential:
    """Noise to points: (N, latent) -> (N, 2)."""
    return nn.Sequential(nn.Linear(latent, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 2))


def build_plane_discriminator(width: int = 64) -> nn.Sequential:
    """Points to logits: (N, 2) -> (N,)."""
    return nn.Sequential(nn.Linear(2, width), nn.LeakyReLU(0.2), nn.Linear(width, width), nn.LeakyReLU(0.2),
                         nn.Linear(width, 1), nn.Flatten(0))


@dataclass
class Ring:
    """A trained one. steps and samples: at which steps, and 512 points (512, 2) each; curves: name -> [number]."""

    gan: game.Gan
    steps: list = field(default_factory=list)
    samples: list = field(default_factory=list)
    curves: dict = field(default_factory=dict)


def train_ring(steps: int = 1500, settings: game.Settings | None = None, batch: int = 128, pictures: int = 6,
               seed: int = 0, players: game.Gan | None = None, report=None) -> Ring:
    """Train on the ring: points (batch, 2).

    Args:
        settings: losses and rates; default `healthy()`. pictures: how many snapshots of the points are kept.
        players: a GAN of your own for points of the plane; report: called with (step, Ring) at every snapshot.
    """
    settings = settings or healthy()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if players is None:
            players = game.build_gan(build_plane_generator(settings.latent), build_plane_discriminator(), settings)
    ring, chance = Ring(players), torch.Generator().manual_seed(seed)
    fixed = gan_networks.noise(512, settings.latent, seed + 1)
    keep = {round(steps * number / pictures) for number in range(pictures + 1)}
    with parallel.one_thread_each():  # layers this small are done before a second thread has begun
        for step in range(steps + 1):
            if step in keep:
                with torch.no_grad():
                    ring.samples.append(players.generator(fixed))
                ring.steps.append(step)
                if report:
                    report(step, ring)
            if step < steps:
                real = sample_ring(batch, chance)
                numbers = game.gan_step(players, real, torch.randn(batch, settings.latent, generator=chance))
                for name in ("d_loss", "g_loss"):
                    ring.curves.setdefault(name, []).append(numbers[name])
    return ring


def healthy(**changes) -> game.Settings:
    """Settings with which the ring is found: a discriminator kept smooth by R1."""
    return game.Settings(**{"latent": 16, "generator_rate": 2e-3, "discriminator_rate": 2e-3, "betas": (0.5, 0.99),
                           "r1": 0.2, "r1_every": 2, "augment": False} | changes)


def coverage(points: torch.Tensor, heaps: int = HEAPS) -> tuple:
    """(heaps found, share of the points that lie in one): (N, 2) -> int, float.

    A point lies in a heap within 4 standard deviations; a heap is found by 2 % of the points or more.
    """
    distance = torch.cdist(points.float(), ring_centres(heaps))  # (N, heaps)
    nearest, inside = distance.argmin(dim=1), distance.amin(dim=1) < 4 * SPREAD
    counts = torch.bincount(nearest[inside], minlength=heaps)
    return int((counts >= 0.02 * len(points)).sum()), float(inside.float().mean())


def ring_figure(ring: Ring, title: str = ""):
    """The points (512, 2) at every snapshot, over the heaps: a matplotlib `Figure`."""
    from course import plots

    figure, axes = plots.new(1.9 * len(ring.steps), 2.8, 1, len(ring.steps), title)
    truth = sample_ring(400, torch.Generator().manual_seed(0))
    for axis, step, points in zip(axes[0], ring.steps, ring.samples):
        axis.scatter(*truth.T, s=6, color=plots.GREY, alpha=0.4, marker="s", label="data")
        axis.scatter(*points.T, s=5, color=plots.VERMILION, alpha=0.6, marker="o", label="generated")
        axis.set(xlim=(-3, 3), ylim=(-3, 3), xticks=[], yticks=[], aspect="equal")
        found, share = coverage(points)
        axis.set_title(f"step {step}\n{found} of {HEAPS} heaps, {share:.0%} in one", fontsize=8)
    found, share = coverage(ring.samples[-1])
    plots.describe(figure, f"{title or 'A GAN on a ring'}: after {ring.steps[-1]} steps {found} of {HEAPS} heaps are "
                           f"found, and {share:.0%} of the points lie in one")
    return figure
