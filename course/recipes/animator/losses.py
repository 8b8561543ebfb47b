"""What the animator's generator is asked for: likeness in pixels, in features, and to a discriminator.

    L = L_1 + a L_perceptual + b L_adversarial + c L_feature-matching

The last two are in `gan_losses`: the hinge game (Lim and Ye, 2017) and `feature_matching`.
"""

import torch

from ...gan import losses as gan_losses


def weighted_l1(made: torch.Tensor, target: torch.Tensor, inside: torch.Tensor, weight: float) -> torch.Tensor:
    """Mean |I - T|, counted `weight` times between lips or lids.

    made, target: (N, 3, S, S); inside: (N, 1, S, S) in [0, 1] -> scalar.
    """
    # L_1 = sum w |I - T| / sum w,  w = 1 + (weight - 1) m
    w = 1 + (weight - 1) * inside
    return (w * (made - target).abs()).sum() / (3 * w.sum())


def perceptual_distance(landmarker, made: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """How different two squares look to the landmarker's first three layers: (N, 3, S, S) twice -> scalar.

    The idea of Johnson et al. ("Perceptual losses", 2016), with a network that ships in place of VGG. Each channel's
    difference is measured in units of what it varies by in the target, so that no layer is louder than another.
    """
    # L = 1/3 sum_l mean |f_l(I) - f_l(T)| / std f_l(T)
    distance = 0.0
    for a, b in zip(landmarker.encode(made * 2 - 1)[:3], landmarker.encode(target * 2 - 1)[:3]):
        spread = b.std(dim=(0, 2, 3), keepdim=True) + 1e-3
        distance = distance + ((a - b).abs() / spread).mean()
    return distance / 3


def adversarial_losses(discriminator, made: torch.Tensor, target: torch.Tensor, masks: torch.Tensor) -> tuple:
    """(hinge loss of the generator, feature matching): made, target (N, 3, S, S), masks (N, 2, S, S) -> two scalars."""
    logits, seen = discriminator.features(torch.cat([made, masks], dim=1))
    with torch.no_grad():
        _, real = discriminator.features(torch.cat([target, masks], dim=1))
    return gan_losses.hinge_generator_loss(logits), gan_losses.feature_matching(seen, real)


def discriminator_loss(discriminator, made: torch.Tensor, target: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
    """The discriminator's hinge loss (Lim and Ye, 2017): made, target (N, 3, S, S), masks (N, 2, S, S) -> scalar.

    `made` comes without its graph.
    """
    fake, real = (discriminator(torch.cat([picture, masks], dim=1)) for picture in (made, target))
    return gan_losses.hinge_discriminator_loss(real, fake)
