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
CHUNK = 200_000  # spots tried in one step: few enough to stay in the processor's cache


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

    def read(self, values: torch.Tensor, triangles: torch.Tensor, where: torch.Tensor) -> torch.Tensor:
        """Values at the vertices, (V, A) shared or (N, V, A), read in some pixels: where (N, H, W) bool -> (P, A)."""
        pixels = torch.nonzero(where.reshape(-1))[:, 0]
        corners = triangles.index_select(0, self.triangle.reshape(-1).index_select(0, pixels))  # (P, 3)
        if values.dim() == 3:
            corners = corners + (pixels // self.triangle[0].numel() * values.shape[1])[:, None]
            values = values.reshape(-1, values.shape[-1])
        weights = self.weights.view(-1, 3).index_select(0, pixels)
        # p = w0 p0 + w1 p1 + w2 p2
        mixed = weights[:, :1] * values.index_select(0, corners[:, 0])
        for k in (1, 2):
            mixed += weights[:, k : k + 1] * values.index_select(0, corners[:, k])
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
    a, b, c = (places[:, triangles[:, k]].view(-1, 3) for k in range(3))  # (N * T, 3) each
    # twice the area; its sign tells front from back
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    edge = places.new_tensor([width - 1, height - 1])
    low = torch.minimum(torch.minimum(a, b), c)[:, :2].ceil().clamp(min=0)
    high = torch.minimum(torch.maximum(torch.maximum(a, b), c)[:, :2].floor(), edge)
    alive = area.view(count, -1) > 1e-9
    if two_sided is not None:
        alive |= two_sided & (area.view(count, -1) < -1e-9)
    if shown is not None:
        alive &= shown
    long = (high - low).amax(-1) + 1
    alive = torch.nonzero(alive.view(-1) & ((high - low).amin(-1) >= 0))[:, 0]
    # classes of box sizes: 1, 2, 4, ... pixels
    size_class = torch.log2(long[alive]).ceil().long()
    size_class, order = torch.sort(size_class, stable=True)
    alive = alive[order]
    a, b, c, area, low = (t.index_select(0, alive) for t in (a, b, c, area, low))
    inverse = 1 / area
    # the weights of corners b and c are linear in x and y:  w = w0 + wx x + wy y, from the low corner of the box
    bx, by = (c[:, 1] - a[:, 1]) * inverse, (a[:, 0] - c[:, 0]) * inverse
    cx, cy = (a[:, 1] - b[:, 1]) * inverse, (b[:, 0] - a[:, 0]) * inverse
    dx, dy = low[:, 0] - a[:, 0], low[:, 1] - a[:, 1]
    b0, c0 = dx * bx + dy * by, dx * cx + dy * cy
    room = (edge - low).floor()
    nearest = places[..., 2].min() if places.numel() else 0.0
    depths = torch.stack([a[:, 2] - nearest, b[:, 2] - a[:, 2], c[:, 2] - a[:, 2]], -1) * DEPTHS
    low = low.long()
    first = (torch.div(alive, n_triangles, rounding_mode="floor") * height + low[:, 1]) * width + low[:, 0]
    names = torch.stack([first, alive % n_triangles], -1)
    buffer = torch.full((count * height * width,), FAR, dtype=torch.int64, device=places.device)
    counts = torch.bincount(size_class) if len(alive) else size_class
    start = 0
    for k, number in enumerate(counts.tolist()):
        block = 1 << k
        steps = torch.arange(block, device=places.device, dtype=places.dtype)
        x, y = steps[None, None, :], steps[None, :, None]
        for begin in range(start, start + number, max(1, CHUNK // (block * block))):
            some = slice(begin, min(begin + max(1, CHUNK // (block * block)), start + number))
            at = (some, None, None)
            wb = b0[at] + x * bx[at] + y * by[at]  # (t, block, block)
            wc = c0[at] + x * cx[at] + y * cy[at]
            inside = (wb >= 0) & (wc >= 0) & (wb + wc <= 1) & (x <= room[some, 0, None, None])
            inside &= y <= room[some, 1, None, None]
            hits = torch.nonzero(inside.view(-1))[:, 0]
            which = hits >> (2 * k)
            z = depths[some].index_select(0, which)
            z = z[:, 0] + wb.view(-1).index_select(0, hits) * z[:, 1] + wc.view(-1).index_select(0, hits) * z[:, 2]
            name = names[some].index_select(0, which)
            pixel = name[:, 0] + ((hits >> k) & (block - 1)) * width + (hits & (block - 1))
            buffer.scatter_reduce_(0, pixel, (z.long() << TRIANGLE_BITS) + name[:, 1], "amin")
        start += number
    return _resolve(buffer.view(count, height, width), places, triangles)


def _resolve(buffer, places, triangles) -> Fragments:
    count, height, width = buffer.shape
    pixels = torch.nonzero(buffer.view(-1) != FAR)[:, 0]
    triangle = buffer.view(-1).index_select(0, pixels) & ((1 << TRIANGLE_BITS) - 1)
    corners = triangles.index_select(0, triangle)
    corners = corners + (pixels // (height * width) * places.shape[1])[:, None]
    flat = places.reshape(-1, 3)
    a, b, c = (flat.index_select(0, corners[:, k]) for k in range(3))
    dx, dy = pixels % width - a[:, 0], pixels // width % height - a[:, 1]
    b, c = b - a, c - a
    area = b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0]
    wb = (dx * c[:, 1] - dy * c[:, 0]) / area
    wc = (dy * b[:, 0] - dx * b[:, 1]) / area
    every = torch.full_like(buffer, -1)
    every.view(-1)[pixels] = triangle
    weights = places.new_zeros(*buffer.shape, 3)
    weights.view(-1, 3)[pixels] = torch.stack([1 - wb - wc, wb, wc], dim=-1)
    depth = places.new_full(buffer.shape, float("inf"))
    depth.view(-1)[pixels] = a[:, 2] + wb * b[:, 2] + wc * c[:, 2]
    return Fragments(every, weights, depth)
