"""Which triangle is in front in each pixel: a z-buffer in torch, for many pictures at once, on CPU or GPU.

Triangles are sorted by the size of their boxes, so that all of one class are tried on the same small block of
pixels in one step (Pineda, "A parallel algorithm for polygon rasterization", 1988, gives the edge functions).
Nothing here is random and no sum depends on an order, so the same input gives the same pixels.
"""

from dataclasses import dataclass

import torch

FAR = torch.iinfo(torch.int64).max
DEPTHS = 2.0**20  # steps a unit of depth
TRIANGLE_BITS = 24


@dataclass
class Fragments:
    """What each pixel shows.

    triangle: int64 (N, H, W), -1 where there is none; weights: float32 (N, H, W, 3), the place inside the triangle
    (barycentric); depth: float32 (N, H, W), infinite where there is none.
    """

    triangle: torch.Tensor
    weights: torch.Tensor
    depth: torch.Tensor

    @property
    def covered(self) -> torch.Tensor:
        return self.triangle >= 0

    def interpolate(self, values: torch.Tensor, triangles: torch.Tensor) -> torch.Tensor:
        """Values at the vertices, (V, A) shared or (N, V, A) -> (N, H, W, A); of no meaning where nothing is."""
        corners = triangles[self.triangle.clamp(min=0)]  # (N, H, W, 3)
        if values.dim() == 3:
            first = torch.arange(len(values), device=values.device) * values.shape[1]
            corners = corners + first[:, None, None, None]
            values = values.reshape(-1, values.shape[-1])
        # p = w0 p0 + w1 p1 + w2 p2
        mixed = 0
        for k in range(3):
            picked = values.index_select(0, corners[..., k].reshape(-1)).view(*corners.shape[:3], -1)
            mixed = mixed + self.weights[..., k : k + 1] * picked
        return mixed


def rasterize(places: torch.Tensor, triangles: torch.Tensor, height: int, width: int,
              two_sided: torch.Tensor | None = None, shown: torch.Tensor | None = None) -> Fragments:
    """Find the nearest triangle behind the middle of each pixel.

    Args:
        places: (N, V, 3), x and y in pixels (0 is the middle of the first), z away from the viewer.
        triangles: int64 (T, 3), clockwise as seen in the picture where their front shows.
        two_sided: bool (T,), triangles whose back shows as well. shown: bool (N, T), those that are there at all.
    Returns:
        Fragments.
    """
    count, n_triangles = len(places), len(triangles)
    a, b, c = (places[:, triangles[:, k]] for k in range(3))  # (N, T, 3) each
    # twice the area; its sign tells front from back
    area = (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (c[..., 0] - a[..., 0])
    low = torch.minimum(torch.minimum(a, b), c)[..., :2].ceil().clamp(min=0)
    high = torch.maximum(torch.maximum(a, b), c)[..., :2].floor()
    high = torch.minimum(high, high.new_tensor([width - 1, height - 1]))
    faces_us = area > 1e-9
    if two_sided is not None:
        faces_us |= two_sided & (area.abs() > 1e-9)
    if shown is not None:
        faces_us &= shown
    sides = (high - low).amin(-1)
    picture, triangle = torch.nonzero(faces_us & (sides >= 0), as_tuple=True)
    a, b, c, area, low, high = (t[picture, triangle] for t in (a, b, c, area, low, high))
    # the weights of corners b and c are linear in x and y:  w = wx x + wy y + w0
    inverse = 1 / area
    bx, by = (c[:, 1] - a[:, 1]) * inverse, (a[:, 0] - c[:, 0]) * inverse
    cx, cy = (a[:, 1] - b[:, 1]) * inverse, (b[:, 0] - a[:, 0]) * inverse
    long = (high - low).amax(-1) + 1
    buffer = torch.full((count * height * width,), FAR, dtype=torch.int64, device=places.device)
    nearest = float(places[..., 2].min()) if places.numel() else 0.0
    block = 1
    while len(long) and block < 2 * float(long.max()):
        of_class = torch.nonzero((long <= block) & (long > block // 2)).squeeze(1)
        for some in of_class.split(max(1, 4_000_000 // (block * block))):
            x0, y0 = low[some, 0, None, None], low[some, 1, None, None]  # (t, 1, 1)
            steps = torch.arange(block, device=places.device, dtype=places.dtype)
            x, y = x0 + steps[None, None, :], y0 + steps[None, :, None]
            dx, dy = x - a[some, 0, None, None], y - a[some, 1, None, None]
            wb = dx * bx[some, None, None] + dy * by[some, None, None]  # (t, block, block)
            wc = dx * cx[some, None, None] + dy * cy[some, None, None]
            inside = (wb >= 0) & (wc >= 0) & (wb + wc <= 1)
            inside &= (x <= high[some, 0, None, None]) & (y <= high[some, 1, None, None])
            which, row, column = torch.nonzero(inside, as_tuple=True)
            wb, wc = wb[inside], wc[inside]
            one = some[which]
            za = a[one, 2]
            z = za + wb * (b[one, 2] - za) + wc * (c[one, 2] - za)
            key = (((z - nearest) * DEPTHS).long() << TRIANGLE_BITS) + triangle[one]
            pixel = (picture[one] * height + low[one, 1].long() + row) * width + low[one, 0].long() + column
            buffer.scatter_reduce_(0, pixel, key, "amin")
        block *= 2
    return _resolve(buffer.view(count, height, width), places, triangles, nearest, n_triangles)


def _resolve(buffer, places, triangles, nearest, n_triangles) -> Fragments:
    covered = buffer != FAR
    triangle = torch.where(covered, buffer & ((1 << TRIANGLE_BITS) - 1), buffer.new_tensor(-1))
    picture, row, column = torch.nonzero(covered, as_tuple=True)
    corners = triangles[triangle[covered]]  # (P, 3)
    a, b, c = (places[picture, corners[:, k]] for k in range(3))
    weights = places.new_zeros(*buffer.shape, 3)
    depth = places.new_full(buffer.shape, float("inf"))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    dx, dy = column - a[:, 0], row - a[:, 1]
    wb = (dx * (c[:, 1] - a[:, 1]) - dy * (c[:, 0] - a[:, 0])) / area
    wc = (dy * (b[:, 0] - a[:, 0]) - dx * (b[:, 1] - a[:, 1])) / area
    weights[covered] = torch.stack([1 - wb - wc, wb, wc], dim=-1)
    depth[covered] = a[:, 2] + wb * (b[:, 2] - a[:, 2]) + wc * (c[:, 2] - a[:, 2])
    return Fragments(triangle, weights, depth)
