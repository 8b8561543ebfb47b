"""Points that move with the picture: the equivariance loss of first-order motion."""

import torch
from torch.nn import functional

from . import sampling


def equivariance_loss(detector, image: torch.Tensor, found, bend: sampling.RandomBend) -> tuple:
    """Points must move as the picture does (Siarohin et al., "First order motion model for image animation", 2019).

    The bent picture is Y(z) = X(T(z)), so that a point p of Y is T(p) of X.

        points:     |p_X - T(p_Y)|
        Jacobians:  |1 - J_X^-1 T'(p_Y) J_Y|

    Args:
        detector: (N, C, H, W) -> `points` (N, K, 2) and `jacobians` (N, K, 2, 2); image: (N, C, H, W).
        found: what the detector finds in the image; bend: T, of N pictures.
    Returns:
        the two losses, scalars.
    """
    grid = sampling.identity_grid(*image.shape[2:], image.device)
    positions = bend(grid[None].expand(len(image), -1, -1, -1))
    bent = detector(functional.grid_sample(image, positions, "bilinear", "reflection", align_corners=True))
    points = (found.points - bend(bent.points)).abs().mean()
    carried = sampling.inverse(found.jacobians) @ bend.jacobian(bent.points) @ bent.jacobians
    jacobians = (torch.eye(2, device=image.device) - carried).abs().mean()
    return points, jacobians
