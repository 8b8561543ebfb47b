"""Moving pixels inside a network: the arithmetic of its twin `rendering.warping`, in torch, with gradients.

Positions are (x, y) in [-1, 1]: -1 is the middle of the first pixel, +1 of the last (`align_corners=True`), as
`warping.normalised` makes them. All warps go backwards: for each pixel of the result, where it looks.
"""

import math

import torch


def identity_grid(height: int, width: int, device=None) -> torch.Tensor:
    """Where nothing moves, every pixel looks at itself: (height, width, 2)."""
    y = torch.linspace(-1, 1, height, device=device) if height > 1 else torch.zeros(1, device=device)
    x = torch.linspace(-1, 1, width, device=device) if width > 1 else torch.zeros(1, device=device)
    y, x = torch.meshgrid(y, x, indexing="ij")
    return torch.stack([x, y], dim=-1)


def bilinear_sample(image: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
    """Read between pixels: (N, C, H, W) at (N, h, w, 2) -> (N, C, h, w). Outside, the border is repeated."""
    n, channels, height, width = image.shape
    x = ((positions[..., 0] + 1) / 2 * (width - 1)).clamp(0, width - 1)
    y = ((positions[..., 1] + 1) / 2 * (height - 1)).clamp(0, height - 1)
    left, top = x.detach().floor().long(), y.detach().floor().long()
    right, bottom = (left + 1).clamp(max=width - 1), (top + 1).clamp(max=height - 1)
    a, b = (x - left)[:, None], (y - top)[:, None]  # (N, 1, h, w), how far to the next pixel
    flat = image.flatten(2)

    def pixel(row, column):
        at = (row * width + column).flatten(1)[:, None].expand(-1, channels, -1)  # (N, C, h * w)
        return flat.gather(2, at).view(n, channels, *positions.shape[1:3])

    # I(x, y) = (1-b) [(1-a) I00 + a I01] + b [(1-a) I10 + a I11]
    upper = (1 - a) * pixel(top, left) + a * pixel(top, right)
    lower = (1 - a) * pixel(bottom, left) + a * pixel(bottom, right)
    return (1 - b) * upper + b * lower


def sample(image: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
    """`bilinear_sample` at speed, torch's own: (N, C, H, W) at (N, h, w, 2) -> (N, C, h, w)."""
    return torch.nn.functional.grid_sample(image, positions, "bilinear", "border", align_corners=True)


def affine_flow(at: torch.Tensor, to: torch.Tensor, matrix: torch.Tensor, grid: torch.Tensor) -> torch.Tensor:
    """A motion that is affine around each of K points: where each pixel looks, if it belongs to that point.

    The first two terms of a Taylor series about the point p (first-order motion; Siarohin et al., 2019):
    T(z) = q + A (z - p).

    Args:
        at: p, (N, K, 2); to: q, (N, K, 2); matrix: A, (N, K, 2, 2); grid: z, (H, W, 2).
    Returns:
        (N, K, H, W, 2).
    """
    away = grid[None, None] - at[:, :, None, None]  # (N, K, H, W, 2)
    return to[:, :, None, None] + torch.einsum("nkij,nkhwj->nkhwi", matrix, away)


def spline_kernel(squared: torch.Tensor) -> torch.Tensor:
    """U(r) = r^2 log r from r^2, (...) -> (...); 0 at 0."""
    return 0.5 * squared * torch.log(squared.clamp(min=torch.finfo(squared.dtype).tiny))


def thin_plate_spline(points: torch.Tensor, values: torch.Tensor, queries: torch.Tensor) -> torch.Tensor:
    """The smoothest surface through values (n, d) at points (n, 2), read at queries (m, 2) -> (m, d).

    f(q) = sum_i w_i U(|q - p_i|) + a_0 + a_x x + a_y y, with weights that solve
    [K P; P^T 0] [w; a] = [v; 0] (Duchon, 1977; Bookstein, 1989).
    """
    n = len(points)
    ones = points.new_ones(n, 1)
    system = points.new_zeros(n + 3, n + 3)
    system[:n, :n] = spline_kernel(((points[:, None] - points[None]) ** 2).sum(-1))
    system[:n, n:] = torch.cat([ones, points], 1)
    system[n:, :n] = system[:n, n:].T
    right = torch.cat([values, values.new_zeros(3, values.shape[1])])
    weights = torch.linalg.solve(system, right)
    kernel = spline_kernel(((queries[:, None] - points[None]) ** 2).sum(-1))  # (m, n)
    return kernel @ weights[:n] + weights[n] + queries @ weights[n + 1 :]


class RandomBend:
    """A smooth random deformation of the picture for each of N: a slight affine one and a thin plate's on top.

    z -> A [x, y, 1] + sum_i w_i U(|z - p_i|) at a grid of control points p_i. Its Jacobian is known in closed form:
    A's left part + sum_i w_i (2 log r + 1) (z - p_i)^T, since grad U = (2 log r + 1) (z - p_i).
    """

    def __init__(self, n: int, affine: float = 0.05, bend: float = 0.005, side: int = 5, generator=None, device=None):
        def normal(*shape):
            return torch.randn(*shape, generator=generator).to(device)

        self.affine = torch.eye(2, 3, device=device) + affine * normal(n, 2, 3)
        self.points = identity_grid(side, side, device).reshape(-1, 2)  # (P, 2)
        self.weights = bend * normal(n, 2, side * side)

    def __call__(self, z: torch.Tensor) -> torch.Tensor:
        """Where places go: (N, ..., 2) -> (N, ..., 2), in [-1, 1] and a little beyond."""
        flat = z.flatten(1, -2)
        squared = ((flat[:, :, None] - self.points) ** 2).sum(-1)  # (N, M, P)
        moved = flat @ self.affine[:, :, :2].transpose(1, 2) + self.affine[:, None, :, 2]
        moved = moved + spline_kernel(squared) @ self.weights.transpose(1, 2)
        return moved.view_as(z)

    def jacobian(self, z: torch.Tensor) -> torch.Tensor:
        """Its derivative by place: (N, K, 2) -> (N, K, 2, 2)."""
        away = z[:, :, None] - self.points  # (N, K, P, 2)
        squared = (away**2).sum(-1)
        slope = torch.log(squared.clamp(min=1e-12)) + 1  # 2 log r + 1
        return self.affine[:, None, :, :2] + torch.einsum("nip,nkp,nkpj->nkij", self.weights, slope, away)


def soft_masks(logits: torch.Tensor, flows: torch.Tensor) -> tuple:
    """Each pixel follows a mixture of K motions.

    Args:
        logits: (N, K, H, W), how strongly each motion claims each pixel; flows: (N, K, H, W, 2).
    Returns:
        masks (N, K, H, W), which add up to 1; the flow they make, (N, H, W, 2).
    """
    masks = torch.softmax(logits, dim=1)
    # T(z) = sum_k M_k(z) T_k(z)
    return masks, (masks[..., None] * flows).sum(1)


def occlude(moved: torch.Tensor, visible: torch.Tensor) -> torch.Tensor:
    """Take away what the warp could not have found: features (N, C, H, W) by a map (N, 1, h, w) in [0, 1]."""
    if visible.shape[2:] != moved.shape[2:]:
        visible = torch.nn.functional.interpolate(visible, moved.shape[2:], mode="bilinear", align_corners=True)
    return moved * visible


def gaussian_maps(points: torch.Tensor, grid: torch.Tensor, spread: float) -> torch.Tensor:
    """A soft spot at each point: (N, K, 2), (H, W, 2) -> (N, K, H, W), exp(-|z - p|^2 / (2 spread^2))."""
    squared = ((grid[None, None] - points[:, :, None, None]) ** 2).sum(-1)
    return torch.exp(-squared / (2 * spread**2))


def soft_argmax(heatmaps: torch.Tensor, grid: torch.Tensor) -> torch.Tensor:
    """The mean place of heatmaps that add up to 1: (N, K, H, W), (H, W, 2) -> (N, K, 2)."""
    return torch.einsum("nkhw,hwc->nkc", heatmaps, grid)


def inverse(matrix: torch.Tensor) -> torch.Tensor:
    """2x2 matrices undone: (..., 2, 2); flat ones are undone as if they had a little area left."""
    a, b, c, d = matrix.flatten(-2).unbind(-1)
    area = a * d - b * c
    area = torch.where(area.abs() < 1e-4, torch.full_like(area, math.copysign(1e-4, 1)), area)
    return torch.stack([d, -b, -c, a], -1).view_as(matrix) / area[..., None, None]
