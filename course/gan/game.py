"""The game of the GAN: two networks that learn from each other, and one step of both.

The losses stand in `gan/losses.py`, the networks in `gan/networks.py`, the pictures in `gan/data.py`; `gan/train.py`
plays the game to its end.
"""

from dataclasses import dataclass, field

import torch
from torch import nn

from ..training import updates
from . import augmentation, losses
from . import networks as gan_networks


@dataclass
class Settings:
    """What is trained, and how; the defaults make faces in three minutes on two cores."""

    size: int = 64  # px
    latent: int = 128  # numbers in a z
    generator_width: int = 32  # channels of the largest map
    discriminator_width: int = 32
    game: str = "non-saturating"  # a name of gan.GAMES
    generator_rate: float = 8e-4
    discriminator_rate: float = 4e-4
    betas: tuple = (0.5, 0.99)  # Adam's; a GAN's losses turn round too quickly for the usual 0.9
    r1: float = 0.2  # gamma of the R1 penalty, 0: none
    r1_every: int = 8  # steps; the penalty counts that much more then (Karras et al., 2020)
    gradient_penalty: float = 0.0  # lambda, for the Wasserstein game
    augment: bool = False  # show both players' pictures moved and recoloured: for long runs on few pictures


@dataclass
class Gan:
    """The two players. updater: how a step is taken; alone and in float32 unless a training loop says otherwise."""

    generator: nn.Module
    discriminator: nn.Module
    generator_optimizer: torch.optim.Optimizer
    discriminator_optimizer: torch.optim.Optimizer
    settings: Settings = field(default_factory=Settings)
    updater: updates.Updater | None = None
    steps: int = 0

    def __post_init__(self):
        self.updater = self.updater or updates.Updater(self.networks, self.optimizers)

    @property
    def networks(self) -> dict:
        """Both players by name, as a training loop asks for them."""
        return {"generator": self.generator, "discriminator": self.discriminator}

    @property
    def optimizers(self) -> dict:
        """Both optimisers by their players' names."""
        return {"generator": self.generator_optimizer, "discriminator": self.discriminator_optimizer}


def build_gan(generator: nn.Module | None = None, discriminator: nn.Module | None = None,
              settings: Settings | None = None) -> Gan:
    """Both players with their optimisers; networks that are not given are built as `settings` say.

    generator: (N, latent) -> (N, 3, H, W); discriminator: (N, 3, H, W) -> (N,).
    Raises `errors.CourseError`: a size that is no power of two from 8 on.
    """
    settings = settings or Settings()
    if generator is None:
        generator = gan_networks.build_generator(settings.latent, settings.size, settings.generator_width)
    if discriminator is None:
        discriminator = gan_networks.build_discriminator(settings.size, settings.discriminator_width)
    generator, discriminator = (net.to(memory_format=torch.channels_last) for net in (generator, discriminator))
    return Gan(generator, discriminator,
               torch.optim.Adam(generator.parameters(), settings.generator_rate, settings.betas),
               torch.optim.Adam(discriminator.parameters(), settings.discriminator_rate, settings.betas), settings)


def gan_step(gan: Gan, real: torch.Tensor, noise: torch.Tensor) -> dict:
    """One step of each player, the discriminator first (Goodfellow et al., "Generative adversarial nets", 2014).

    Args:
        real: (N, 3, H, W) in [-1, 1]; noise: (N, latent).
    Returns:
        numbers for the curves: d_loss, g_loss, right (the share that D tells right), and r1 when it was worked out.
    Raises:
        errors.CourseError: the settings name no game of `GAMES`.
    """
    settings = gan.settings
    generator_loss, discriminator_loss = losses.losses_of(settings.game)
    show = augmentation.augment if settings.augment else nn.Identity()
    seen = {}  # curve -> its value for every part of the batch

    # The discriminator looks at both. The generator stays as it is: no gradient goes through `fake`.
    with torch.no_grad(), gan.updater.autocast():
        fake = gan.generator(noise)

    def judge(real, fake):
        real, fake = show(real), show(fake)
        real_logits, fake_logits = gan.discriminator(real), gan.discriminator(fake)
        loss = discriminator_loss(real_logits, fake_logits)
        _note(seen, d_loss=loss, right=((real_logits > 0).float().mean() + (fake_logits <= 0).float().mean()) / 2)
        return loss + smoothness(gan, real, seen) + _slope_penalty(gan, real, fake, seen)

    gan.updater.update("discriminator", judge, real, fake)

    # The generator moves so that its pictures are taken for real. The discriminator stays as it is.
    with updates.frozen(gan.discriminator):
        _note(seen, g_loss=gan.updater.update(
            "generator", lambda noise: generator_loss(gan.discriminator(show(gan.generator(noise)))), noise))
    gan.steps += 1
    return {name: sum(values) / len(values) for name, values in seen.items()}


def smoothness(gan: Gan, real: torch.Tensor, seen: dict | None = None):
    """gamma / 2 R1 at every `r1_every`-th step, that many times as much; 0 at all others: (N, 3, H, W) -> scalar.

    In float32: its squares of small slopes are too small for less. seen: {curve: [values]}, to which it adds r1. Only
    now and then: Karras et al., "Analyzing and improving the image quality of StyleGAN" (2020).
    """
    settings = gan.settings
    if not settings.r1 or gan.steps % settings.r1_every:
        return 0.0
    with gan.updater.exact():
        real = real.detach().float().requires_grad_()
        penalty = losses.r1_penalty(gan.discriminator(real), real)
    if seen is not None:
        _note(seen, r1=penalty)
    # L_D + gamma / 2 R1; every k-th step, k times as much
    return settings.r1 / 2 * settings.r1_every * penalty


def _slope_penalty(gan: Gan, real: torch.Tensor, fake: torch.Tensor, seen: dict):
    """lambda GP, for the Wasserstein game, in float32 as well."""
    if not gan.settings.gradient_penalty:
        return 0.0
    with gan.updater.exact():
        penalty = losses.gradient_penalty(gan.discriminator, real.detach().float(), fake.detach().float())
    _note(seen, gradient_penalty=penalty)
    return gan.settings.gradient_penalty * penalty


def _note(seen: dict, **numbers) -> None:
    for name, value in numbers.items():
        seen.setdefault(name, []).append(value.item() if isinstance(value, torch.Tensor) else value)


# ---------------------------------------------------------------- training
