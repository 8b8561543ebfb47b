"""A GAN, trained: the task for the training loop, and what comes out.

    result = gan.train_gan("formula", minutes=3)          # or the folders that `course data fetch` made
    result.sample(16)                                     # (16, 3, 64, 64) in [0, 1]
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from .. import errors
from ..training import checkpoints, loop, processes, updates
from . import data, game, look, networks


class GanTask(loop.Task):
    """What the training loop asks of a GAN: batches of faces and noise, a step, and pictures to look at."""

    averaged = ("generator",)

    def __init__(self, gan: game.Gan, faces: torch.Tensor, batch: int, seed: int = 0):
        """faces: uint8 (N, 3, size, size); batch: pictures a step."""
        self.gan, self.faces, self.batch, self.seed = gan, faces, batch, seed
        self.networks, self.optimizers = gan.networks, gan.optimizers
        self.fixed = networks.noise(64, gan.settings.latent, seed + 1)  # the same 64 over the whole training

    def step(self, number: int, rows: slice, updater: updates.Updater) -> dict:
        """One `gan_step` on faces (batch, 3, size, size), of which this process takes `rows`; returns its numbers.

        Batch `number` is the same in every run with this seed, however many processes share it.
        """
        chance = np.random.default_rng((self.seed, number))
        chosen = loop.batch_numbers(number, self.batch, len(self.faces), self.seed)
        mirrored = chance.random(self.batch) < 0.5
        noise = torch.from_numpy(chance.standard_normal((self.batch, self.gan.settings.latent), np.float32))
        real = data.batch_of(self.faces, chosen[rows], mirrored[rows])
        self.gan.updater, self.gan.steps = updater, number
        device = next(self.gan.generator.parameters()).device
        real = real.to(device, memory_format=torch.channels_last)
        return game.gan_step(self.gan, real, noise[rows].to(device))

    def settled(self, generator: nn.Module) -> nn.Module:
        """A running mean, ready to be asked: its batch norms measured anew on 256 noises."""
        return look.settled(generator, networks.noise(256, self.gan.settings.latent, self.seed + 2))

    def pictures(self, averaged: dict) -> dict:
        """64 faces from the same 64 noises, and a walk from one to another: {name: sheet (3, H, W) in [0, 1]}."""
        generator = self.settled(averaged["generator"])
        return {"samples": look.grid(look.sample(generator, self.fixed)),
                "walk": look.grid(look.interpolate(generator, self.fixed[0], self.fixed[1], 8))}


@dataclass
class Trained:
    """A GAN that was trained. generator: the running mean, ready to be asked; result: curves, pictures, checkpoint."""

    gan: game.Gan
    generator: nn.Module
    result: loop.Result

    def sample(self, count: int = 16, seed: int = 0) -> torch.Tensor:
        """New faces: (count, 3, size, size) in [0, 1]."""
        return look.sample(self.generator, networks.noise(count, self.gan.settings.latent, seed))

    def save(self, path) -> Path:
        """The generator, as a .safetensors that says how it is built; `load_generator` reads it. Returns the path.

        Raises `errors.OutputError`: the place cannot be written.
        """
        built = {"latent": self.gan.settings.latent, "size": self.gan.settings.size,
                 "width": self.gan.settings.generator_width}
        return checkpoints.save(path, {"built": built, "weights": self.generator.state_dict()})


def train_gan(source="formula", gan: game.Gan | None = None, *, steps: int = 2000, minutes: float | None = None,
              settings: game.Settings | None = None, config: loop.Config | None = None) -> Trained:
    """Train a GAN on faces.

    Args:
        source: "formula" for drawn faces, a folder of `course data fetch` or several, or uint8 (N, 3, size, size).
        gan: a GAN to go on with; default: a new one by `settings`.
        steps, minutes: end after so many, whichever comes first.
        config: everything else about the loop.
    Raises:
        training.Stopped: Ctrl-C; everything is saved. errors.CourseError: no pictures, pictures of another size.
    """
    config = replace(config or loop.Config(batch=16, logdir="runs/gan"), steps=steps, minutes=minutes)
    if gan is None:
        processes.seed_all(config.seed)
        gan = game.build_gan(settings=settings)
    faces = data.load(source, gan.settings.size, config.seed)
    task = GanTask(gan, faces, config.batch, config.seed)
    result = loop.train(task, config)
    return Trained(gan, task.settled(result.averaged["generator"]), result)


def load_generator(path) -> nn.Module:
    """A generator that `Trained.save` wrote, ready to be asked: (N, latent) -> (N, 3, size, size) in [-1, 1].

    Raises:
        errors.WeightsError: missing, cut short, or not a generator.
    """
    instead = "make a generator with `course train gan`"
    state = checkpoints.load(path, instead=instead)
    try:
        generator = networks.build_generator(**state["built"])
        generator.load_state_dict(state["weights"])
    except (KeyError, TypeError, RuntimeError):
        raise errors.WeightsError(f"{path} holds no generator of this course: {instead}") from None
    return generator.eval()
