"""Changes for real and fake alike, with gradients, so that few pictures last longer.

(Zhao et al., "Differentiable augmentation for data-efficient GAN training", 2020.) A discriminator that sees a
thousand pictures often enough knows them by heart; moved and recoloured ones it cannot. The fakes go through the
same changes, and their gradients come back through them, so the generator does not learn the changes.
"""

import torch
from torch.nn import functional as F


def augment(images: torch.Tensor, shift: float = 0.125, cutout: float = 0.4, colour: float = 1.0) -> torch.Tensor:
    """Every picture moved, recoloured and with a hole, each in its own way: (N, 3, H, W) in [-1, 1] -> the same shape.

    shift: of the side, at most, each way; cutout: side of the hole over the picture's; colour: strength.
    """
    return cut(move(recolour(images, colour), shift), cutout)


def recolour(images: torch.Tensor, strength: float = 1.0) -> torch.Tensor:
    """Every picture lighter or darker, paler or brighter, in its own way: (N, 3, H, W) in [-1, 1] -> the same shape.

    Brightness by up to half a unit, saturation by 0 to 2, contrast by 0.5 to 1.5, at strength 1; some of it may leave
    [-1, 1].
    """
    brightness, saturation, contrast = (_random(images) * strength for _ in range(3))  # (N, 1, 1, 1) in [-1/2, 1/2]
    images = images + brightness
    grey = images.mean(dim=1, keepdim=True)
    images = grey + (images - grey) * (1 + 2 * saturation)
    middle = images.mean(dim=(1, 2, 3), keepdim=True)
    return middle + (images - middle) * (1 + contrast)


def move(images: torch.Tensor, share: float = 0.125) -> torch.Tensor:
    """Shifted by whole pixels, up to `share` of the side each way: (N, C, H, H) -> the same shape; grey (0) comes in.
    """
    side = images.shape[-1]
    reach = round(side * share)
    if reach == 0:
        return images
    padded = F.pad(images, [reach] * 4)
    at = torch.arange(side, device=images.device)
    shifts = torch.randint(0, 2 * reach + 1, (2, len(images), 1), device=images.device)
    rows, columns = at + shifts[0], at + shifts[1]  # (N, H), (N, W)
    number = torch.arange(len(images), device=images.device)[:, None, None]
    return padded.permute(0, 2, 3, 1)[number, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def cut(images: torch.Tensor, share: float = 0.4) -> torch.Tensor:
    """A grey square somewhere in every picture, perhaps half outside: (N, C, H, H) -> the same shape.

    share: of the picture's side. (DeVries and Taylor, "Improved regularization of convolutional neural networks with
    cutout", 2017.)
    """
    side = images.shape[-1]
    hole = round(side * share)
    if hole == 0:
        return images
    at = torch.arange(side, device=images.device)
    corners = torch.randint(-(hole // 2), side - hole // 2, (2, len(images), 1), device=images.device)
    inside = (at >= corners) & (at < corners + hole)  # (2, N, side)
    return images * ~(inside[0][:, None, :, None] & inside[1][:, None, None, :])


def _random(images: torch.Tensor) -> torch.Tensor:
    return torch.rand(len(images), 1, 1, 1, device=images.device) - 0.5
