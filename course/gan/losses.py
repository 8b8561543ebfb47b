"""What a GAN's two players try to make small.

A discriminator D gives each picture one number, the logit x; its probability that the picture is real is
D = sigmoid(x). The generator G makes pictures G(z) from noise z. (Goodfellow et al., "Generative adversarial
nets", 2014.) Every loss takes logits of any shape and gives their mean, a scalar.

Logarithms are never taken of a probability. At x = 200 a float32 sigmoid is exactly 1, and log(1 - 1) is minus
infinity; the same number through softplus is -200, and its gradient is right. Two identities do it all:

    -log sigmoid(x)       = log(1 + e^-x) = softplus(-x)
    -log(1 - sigmoid(x))  = log(1 + e^x)  = softplus(x)
"""

import torch
from torch.nn import functional as F

# ---------------------------------------------------------------- the two of the tutorials


def generator_loss(fake_logits: torch.Tensor) -> torch.Tensor:
    """L_G = -E[log D(G(z))]: small where the discriminator takes the fakes for real.

    fake_logits: D's logits of generated pictures, any shape -> scalar.
    The non-saturating form: its gradient, -(1 - D), is largest while the fakes are bad.
    """
    # L_G = -E[log D(G(z))] = E[softplus(-x)]
    return F.softplus(-fake_logits).mean()


def discriminator_loss(real_logits: torch.Tensor, fake_logits: torch.Tensor) -> torch.Tensor:
    """L_D = -E[log D(x)] - E[log(1 - D(G(z)))]: small where real is called real and fake is called fake.

    real_logits, fake_logits: D's logits, any shapes -> scalar. The sum of two means, not their half:
    2 log 2 = 1.386 where D knows nothing.
    """
    # L_D = -E[log D(x)] - E[log(1 - D(G(z)))] = E[softplus(-x_real)] + E[softplus(x_fake)]
    return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()


def saturating_generator_loss(fake_logits: torch.Tensor) -> torch.Tensor:
    """L_G = E[log(1 - D(G(z)))], the game's first form: what the discriminator maximises, minimised. (...) -> scalar.

    Its gradient, -D, vanishes just where the fakes are bad and D is sure of it.
    """
    # L_G = E[log(1 - D(G(z)))] = -E[softplus(x)]
    return -F.softplus(fake_logits).mean()


# ---------------------------------------------------------------- other games


def least_squares_generator_loss(fake_logits: torch.Tensor) -> torch.Tensor:
    """L_G = E[(x_fake - 1)^2] / 2: logits (...) -> scalar.

    (Mao et al., "Least squares generative adversarial networks", 2017.)
    """
    return (fake_logits - 1).square().mean() / 2


def least_squares_discriminator_loss(real_logits: torch.Tensor, fake_logits: torch.Tensor) -> torch.Tensor:
    """L_D = E[(x_real - 1)^2] / 2 + E[x_fake^2] / 2: real is to be 1, fake 0, and too right is wrong as well.

    Logits (...), (...) -> scalar.
    """
    return (real_logits - 1).square().mean() / 2 + fake_logits.square().mean() / 2


def hinge_loss(fake_logits: torch.Tensor, real_logits: torch.Tensor | None = None) -> torch.Tensor:
    """The hinge game in one function: with `real_logits` the discriminator's loss, without it the generator's.

    L_G = -E[x_fake], L_D = E[max(0, 1 - x_real)] + E[max(0, 1 + x_fake)]: who is right by a margin of 1 is left alone
    (Lim and Ye, "Geometric GAN", 2017). Logits of any shape -> scalar.
    """
    if real_logits is None:
        return -fake_logits.mean()
    return F.relu(1 - real_logits).mean() + F.relu(1 + fake_logits).mean()


def hinge_generator_loss(fake_logits: torch.Tensor) -> torch.Tensor:
    """L_G = -E[x_fake], as `hinge_loss` has it: logits (...) -> scalar."""
    return hinge_loss(fake_logits)


def hinge_discriminator_loss(real_logits: torch.Tensor, fake_logits: torch.Tensor) -> torch.Tensor:
    """L_D = E[max(0, 1 - x_real)] + E[max(0, 1 + x_fake)], as `hinge_loss` has it: (...), (...) -> scalar."""
    return hinge_loss(fake_logits, real_logits)


def wasserstein_generator_loss(fake_logits: torch.Tensor) -> torch.Tensor:
    """L_G = -E[x_fake], logits (...) -> scalar (Arjovsky et al., "Wasserstein GAN", 2017)."""
    return -fake_logits.mean()


def wasserstein_discriminator_loss(real_logits: torch.Tensor, fake_logits: torch.Tensor) -> torch.Tensor:
    """L_D = E[x_fake] - E[x_real]: minus the distance that D sees, if D's slope is at most 1. (...), (...) -> scalar.

    Nothing here bounds the slope: add `gradient_penalty`, or the loss falls for ever.
    """
    return fake_logits.mean() - real_logits.mean()


# name -> (the generator's loss, the discriminator's), looked up by name at each call
GAMES = {
    "non-saturating": ("generator_loss", "discriminator_loss"),
    "saturating": ("saturating_generator_loss", "discriminator_loss"),
    "least-squares": ("least_squares_generator_loss", "least_squares_discriminator_loss"),
    "hinge": ("hinge_generator_loss", "hinge_discriminator_loss"),
    "wasserstein": ("wasserstein_generator_loss", "wasserstein_discriminator_loss"),
}


def losses_of(game: str) -> tuple:
    """(generator's loss, discriminator's loss) of a game of `GAMES`: what stands there now, a student's too.

    Raises:
        errors.CourseError: no such game.
    """
    from .. import errors

    if game not in GAMES:
        raise errors.CourseError(f"there is no GAN loss {game!r}: choose from {', '.join(GAMES)}")
    generator, discriminator = GAMES[game]
    return globals()[generator], globals()[discriminator]


# ---------------------------------------------------------------- keeping the discriminator smooth


def r1_penalty(real_logits: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
    """R1 = E[|grad_x D(x)|^2] on real pictures, without the factor gamma / 2: a scalar.

    A discriminator that is flat around the real pictures lets the generator come to rest there (Mescheder et
    al., "Which training methods for GANs do actually converge?", 2018).

    Args:
        real_logits: D(real), (N, ...); real: (N, ...), with `requires_grad` set before D saw it.
    """
    # A picture's logit depends on that picture alone, so the gradient of the sum holds every picture's own.
    (slope,) = torch.autograd.grad(real_logits.sum(), real, create_graph=True)  # (N, 3, H, W)
    return slope.square().flatten(1).sum(dim=1).mean()


def gradient_penalty(discriminator, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    """GP = E[(|grad_x D(x)| - 1)^2], x between a real and a fake picture, without its weight (usually 10): a scalar.

    discriminator: (N, ...) -> logits; real, fake: (N, ...) each.
    (Gulrajani et al., "Improved training of Wasserstein GANs", 2017.)
    """
    share = torch.rand(len(real), *[1] * (real.ndim - 1), device=real.device)
    # x = u real + (1 - u) fake, u uniform in [0, 1]
    between = (share * real + (1 - share) * fake).detach().requires_grad_()
    (slope,) = torch.autograd.grad(discriminator(between).sum(), between, create_graph=True)
    return (slope.flatten(1).norm(dim=1) - 1).square().mean()


# ---------------------------------------------------------------- another way to judge fakes


def feature_matching(fake_features: list, real_features: list) -> torch.Tensor:
    """L_FM = 1/L sum_l E|f_l(fake) - f_l(real)|: what D sees inside should be the same for both. A scalar.

    Two lists of L feature maps (N, C, H, W), pair by pair of one shape (fake i stands for real i). Gradients flow to
    the fakes alone. (Salimans et al., "Improved techniques for training GANs", 2016; by layers, as here: Wang et al.,
    "High-resolution image synthesis with conditional GANs", 2018.) Raises `ValueError`: lists of different lengths.
    """
    distances = [(fake - real.detach()).abs().mean() for fake, real in zip(fake_features, real_features, strict=True)]
    return torch.stack(distances).mean()
