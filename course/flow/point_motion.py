"""Moving a picture by points that are known: first-order motion and a thin plate, each as one flow.

    points in the target, the same points in the source -> a flow (where each pixel of the target looks) -> the target

`first_order` has a network that finds its own points; here they are given: the true ones of a formula face, or those
that the face model predicts for a photo. So what is seen is the motion model alone, without the errors of a finder.

All of it works in [-1, 1], as `sampling` does, and goes backwards: from the target into the source.
"""

from dataclasses import dataclass

import torch

from . import sampling

# Ten of the 68: chin, sides of the jaw, brows, corners of the eyes, tip of the nose, lips and corners of the mouth.
TEN = (8, 3, 13, 19, 24, 36, 45, 30, 51, 57)
REACH = 0.35  # neighbours this near say how the picture turns and stretches around a point (exp(-r^2 / 2 REACH^2))
SPREAD = 0.3  # how fast a point's say fades with the distance
STILL = 0.6  # as far from all points as this, a pixel would as soon stand still


@dataclass
class Moved:
    """flow: positions (N, H, W, 2) in [-1, 1] of the source; masks: (N, K + 1, H, W), the first stands still, or None
    where nothing is shared out."""

    flow: torch.Tensor
    masks: torch.Tensor | None = None


def to_unit(points: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """Pixels (..., 2) to [-1, 1]: -1 is the middle of the first pixel, +1 that of the last."""
    return 2 * points / points.new_tensor([max(width - 1, 1), max(height - 1, 1)]) - 1


def to_pixels(points: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """The way back: [-1, 1] to pixels, (..., 2)."""
    return (points + 1) / 2 * points.new_tensor([width - 1, height - 1])


def local_matrices(at: torch.Tensor, to: torch.Tensor, chosen, reach: float = REACH) -> torch.Tensor:
    """The 2x2 matrix around each chosen point, read off how its neighbours move: (N, P, 2) twice -> (N, K, 2, 2).

    Weighted least squares: A = argmin sum_i w_i |(to_i - to_k) - A (at_i - at_k)|^2 with w_i = exp(-|at_i - at_k|^2 /
    2 reach^2), and a little that draws A to the identity, where the neighbours lie on one line.
    """
    chosen = list(chosen)
    away = at[:, None] - at[:, chosen, None]  # (N, K, P, 2)
    moved = to[:, None] - to[:, chosen, None]
    weight = torch.exp(-(away**2).sum(-1, keepdim=True) / (2 * reach**2))
    # A = M_to M^-1 with M = sum w d d^T + e 1, M_to = sum w d_to d^T + e 1
    eye = 0.01 * torch.eye(2, dtype=at.dtype)
    own = (weight * away).transpose(2, 3) @ away + eye
    both = (weight * moved).transpose(2, 3) @ away + eye
    return both @ torch.linalg.inv(own)


def first_order_flow(source, target, size: int, chosen=TEN, jacobians: bool = True, spread: float = SPREAD,
                     still: float = STILL) -> Moved:
    """K affine motions and one that stands still, mixed by how near each pixel is to each point.

    Args:
        source, target: all points (N, P, 2) in [-1, 1]; chosen: which of them carry a motion; size: pixels, square.
        jacobians: False leaves every matrix at 1, so that around each point the picture is only shifted.
    """
    grid = sampling.identity_grid(size, size)
    at, to = target[:, list(chosen)], source[:, list(chosen)]
    matrix = local_matrices(target, source, chosen)
    if not jacobians:
        matrix = torch.eye(2, dtype=grid.dtype).expand_as(matrix)
    moving = sampling.affine_flow(at, to, matrix, grid)  # (N, K, H, W, 2)
    standing = grid[None, None].expand(len(moving), 1, -1, -1, -1)
    # how strongly a point claims a pixel: -|z - p|^2 / (2 spread^2); standing still claims all of them alike
    claims = -((grid[None, None] - at[:, :, None, None]) ** 2).sum(-1) / (2 * spread**2)
    alike = torch.full_like(claims[:, :1], -(still**2) / (2 * spread**2))
    masks, flow = sampling.soft_masks(torch.cat([alike, claims], 1), torch.cat([standing, moving], 1))
    return Moved(flow, masks)


def nails(points: torch.Tensor, count: int = 24, far: float = 2.0) -> torch.Tensor:
    """Points that hold the sheet down around the face: (P, 2) -> (count, 2) in [-1, 1].

    An ellipse around all points and, within the picture, a wider one than the head is.
    """
    low, high = points.min(0).values, points.max(0).values
    middle, half = (low + high) / 2, (high - low) / 2
    middle = middle - torch.stack([half[0] * 0, 0.35 * half[1]])  # the points end at the brows, the head does not
    angle = torch.arange(count) * 2 * torch.pi / count
    return middle + far * torch.stack([half[0] * torch.cos(angle), 1.2 * half[1] * torch.sin(angle)], 1)


def spline_flow(source, target, size: int, nailed: bool = True) -> Moved:
    """One smooth sheet through all points, (N, P, 2) in [-1, 1]; nailed down around the head.

    A thin plate (Bookstein, "Principal warps", 1989). size: pixels a side of the flow, (N, size, size, 2).
    """
    grid = sampling.identity_grid(size, size)
    flows = []
    for to, at in zip(source, target):
        held = nails(at) if nailed else at[:0]
        places = torch.cat([at, held])
        shifts = torch.cat([to - at, held * 0])  # the sheet carries how far, so that nails are zeros
        flows.append(grid + sampling.thin_plate_spline(places, shifts, grid.reshape(-1, 2)).view_as(grid))
    return Moved(torch.stack(flows))


METHODS = {"first-order": first_order_flow, "spline": spline_flow}


def render(image: torch.Tensor, moved: Moved, visible: torch.Tensor | None = None,
           behind: torch.Tensor | None = None) -> torch.Tensor:
    """Read the source along the flow: image (N, C, H, W) -> (N, C, H, W).

    visible: (N, 1, h, w) in [0, 1], what the source really shows; the rest is taken from `behind` (N, C, H, W), or
    left black.
    """
    warped = sampling.bilinear_sample(image, moved.flow)
    if visible is None:
        return warped
    kept = sampling.occlude(warped, visible)
    return kept if behind is None else kept + sampling.occlude(behind, 1 - visible)


def flow_errors(flow: torch.Tensor, truth, moving: torch.Tensor) -> torch.Tensor:
    """Mean distance from the true flow for each picture, (N,) in pixels, where the spot belongs to the person and the
    source shows it; truth: `synthetic.Flow`; moving: bool (N, H, W)."""
    height, width = flow.shape[1:3]
    off = (to_pixels(flow, height, width) - truth.positions).norm(dim=-1)
    counted = truth.visible & moving
    return (off * counted).sum((1, 2)) / counted.sum((1, 2)).clamp(min=1)
