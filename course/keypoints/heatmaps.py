"""A point as a picture: heatmaps, and the way back from a heatmap to a point.

Points are in [0, 1] of the picture's width and height. A map's cell (row i, column j) has its centre at
x = (j + 1/2) / W, y = (i + 1/2) / H.
"""

import torch


def gaussian_heatmap(points: torch.Tensor, size: int, sigma: float = 1.5) -> torch.Tensor:
    """A round hill at every point, 1 at its top: (..., K, 2) in [0, 1] -> (..., K, size, size).

    points: x and y; sigma: the hill's width in cells. Drawn as targets for heatmap networks since Tompson et al.,
    "Joint training of a convolutional network and a graphical model for human pose estimation" (2014).
    """
    # h_ij = exp(-((j + 1/2 - W x)^2 + (i + 1/2 - H y)^2) / (2 sigma^2))
    centres = torch.arange(size, dtype=points.dtype, device=points.device) + 0.5
    across = (centres - size * points[..., 0, None]) ** 2  # (..., K, W)
    down = (centres - size * points[..., 1, None]) ** 2  # (..., K, H)
    return torch.exp(-(down[..., :, None] + across[..., None, :]) / (2 * sigma**2))


def soft_argmax(maps: torch.Tensor) -> torch.Tensor:
    """The centre of mass of each map's softmax: (N, K, H, W) -> (N, K, 2), x and y in [0, 1].

    Unlike the argmax it has a gradient and is finer than a cell (Sun et al., "Integral Human Pose Regression", 2018).
    """
    # p = softmax(h);  x = sum_ij p_ij x_j,  y = sum_ij p_ij y_i
    height, width = maps.shape[-2:]
    p = maps.flatten(2).softmax(dim=2).unflatten(2, (height, width))  # (N, K, H, W)
    xs = (torch.arange(width, device=maps.device, dtype=p.dtype) + 0.5) / width
    ys = (torch.arange(height, device=maps.device, dtype=p.dtype) + 0.5) / height
    x = (p.sum(dim=2) * xs).sum(dim=-1)  # (N, K)
    y = (p.sum(dim=3) * ys).sum(dim=-1)
    return torch.stack([x, y], dim=-1)


def hard_argmax(maps: torch.Tensor) -> torch.Tensor:
    """The centre of each map's highest cell: (N, K, H, W) -> (N, K, 2), x and y in [0, 1]."""
    height, width = maps.shape[-2:]
    best = maps.flatten(2).argmax(dim=2)  # (N, K)
    return torch.stack([(best % width + 0.5) / width, (best // width + 0.5) / height], dim=-1)


def spread(maps: torch.Tensor) -> torch.Tensor:
    """How far each map's softmax lies from its own centre of mass: (N, K, S, S) -> (N, K), in shares of the map.

    The less there is to see, the wider the maps.
    """
    # s^2 = E x^2 - (E x)^2 + E y^2 - (E y)^2: three sums a map
    size = maps.shape[-1]
    at = (torch.arange(size, device=maps.device, dtype=maps.dtype) + 0.5) / size - 0.5
    y, x = (grid.flatten() for grid in torch.meshgrid(at, at, indexing="ij"))
    means = maps.flatten(2).softmax(dim=2) @ torch.stack([x, y, x**2 + y**2], dim=1)  # (N, K, 3)
    return (means[..., 2] - means[..., 0] ** 2 - means[..., 1] ** 2).clamp(min=0).sqrt()
