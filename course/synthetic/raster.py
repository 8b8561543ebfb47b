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
        """Where there is any triangle: bool (N, H, W)."""
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
    """Find the nearest triangle behind the middle of each pixel (Pineda, 1988; z-buffer: Catmull, 1974).

    Args:
        places: (N, V, 3), x and y in pixels (0 is the middle of the first), z away from the viewer.
        triangles: int64 (T, 3), clockwise as seen in the picture where their front shows.
        two_sided: bool (T,), triangles whose back shows as well. shown: bool (N, T), those that are there at all.
    Returns:
        Fragments of N pictures, (N, height, width).
    """
    count = len(places)
    corners = tuple(places[:, triangles[:, k]].view(-1, 3) for k in range(3))  # (N * T, 3) each
    area = _doubled_area(*corners)
    edge = places.new_tensor([width - 1, height - 1])
    low, high = _boxes(corners, edge)
    alive = _facing(area.view(count, -1), two_sided, shown).view(-1) & ((high - low).amin(-1) >= 0)
    alive, counts = _by_size(torch.nonzero(alive)[:, 0], (high - low).amax(-1) + 1)
    low = low.index_select(0, alive)
    pixel = low.long()
    first = (torch.div(alive, len(triangles), rounding_mode="floor") * height + pixel[:, 1]) * width + pixel[:, 0]
    nearest = places[..., 2].min() if places.numel() else 0.0
    a, b, c, area = (t.index_select(0, alive) for t in (*corners, area))
    trial = Trial(_edge_weights(a, b, c, area, low), (edge - low).floor(),
                  torch.stack([a[:, 2] - nearest, b[:, 2] - a[:, 2], c[:, 2] - a[:, 2]], -1) * DEPTHS,
                  first, alive % len(triangles))
    buffer = torch.full((count * height * width,), FAR, dtype=torch.int64, device=places.device)
    start = 0
    for power, number in enumerate(counts.tolist()):
        together = max(1, CHUNK >> (2 * power))
        for begin in range(start, start + number, together):
            _draw(buffer, trial, slice(begin, min(begin + together, start + number)), power, width)
        start += number
    return _resolve(buffer.view(count, height, width), places, triangles)


@dataclass
class Trial:
    """T triangles that are to be tried on the block of pixels from the low corner of each one's box.

    weights: (T, 6), see `_edge_weights`; room: (T, 2), whole pixels from the low corner to the picture's last column
    and row; depths: (T, 3), of corner a and how far b and c lie behind it, in steps; first: int64 (T,), the low
    corner's number among the pixels of all pictures; triangle: int64 (T,).
    """

    weights: torch.Tensor
    room: torch.Tensor
    depths: torch.Tensor
    first: torch.Tensor
    triangle: torch.Tensor


def _doubled_area(a, b, c) -> torch.Tensor:
    """Twice the area of triangles (T,); its sign tells front from back."""
    return (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])


def _boxes(corners, edge) -> tuple:
    """First and last column and row of pixels whose middles a triangle can cover, inside the picture: (T, 2) twice."""
    a, b, c = corners
    low = torch.minimum(torch.minimum(a, b), c)[:, :2].ceil().clamp(min=0)
    return low, torch.minimum(torch.maximum(torch.maximum(a, b), c)[:, :2].floor(), edge)


def _facing(area, two_sided, shown) -> torch.Tensor:
    """Which triangles can be seen at all, by their doubled area (N, T): bool (N, T)."""
    seen = area > 1e-9
    if two_sided is not None:
        seen |= two_sided & (area < -1e-9)
    if shown is not None:
        seen &= shown
    return seen


def _by_size(alive, long) -> tuple:
    """Triangles sorted into classes of box sizes, 1, 2, 4, ... pixels: their numbers (A,), how many of each class."""
    size_class = torch.log2(long[alive]).ceil().long()
    size_class, order = torch.sort(size_class, stable=True)
    return alive[order], torch.bincount(size_class) if len(alive) else size_class


def _edge_weights(a, b, c, area, low) -> torch.Tensor:
    """The weights of corners b and c are linear in x and y, w = w0 + wx x + wy y from the low corner of the box:
    (T, 6), b's w0, wx, wy and c's."""
    inverse = 1 / area
    bx, by = (c[:, 1] - a[:, 1]) * inverse, (a[:, 0] - c[:, 0]) * inverse
    cx, cy = (a[:, 1] - b[:, 1]) * inverse, (b[:, 0] - a[:, 0]) * inverse
    dx, dy = low[:, 0] - a[:, 0], low[:, 1] - a[:, 1]
    return torch.stack([dx * bx + dy * by, bx, by, dx * cx + dy * cy, cx, cy], -1)


def _draw(buffer, trial: Trial, some: slice, power: int, width: int) -> None:
    """Try some triangles on blocks of 2^power pixels a side, and keep in `buffer` (N * H * W,) the nearest of each."""
    block = 1 << power
    steps = torch.arange(block, device=buffer.device, dtype=trial.weights.dtype)
    x, y = steps[None, None, :], steps[None, :, None]
    b0, bx, by, c0, cx, cy = (w[:, None, None] for w in trial.weights[some].unbind(-1))
    wb = b0 + x * bx + y * by  # (t, block, block)
    wc = c0 + x * cx + y * cy
    inside = (wb >= 0) & (wc >= 0) & (wb + wc <= 1) & (x <= trial.room[some, 0, None, None])
    inside &= y <= trial.room[some, 1, None, None]
    hits = torch.nonzero(inside.view(-1))[:, 0]
    which = hits >> (2 * power)
    z = trial.depths[some].index_select(0, which)
    z = z[:, 0] + wb.view(-1).index_select(0, hits) * z[:, 1] + wc.view(-1).index_select(0, hits) * z[:, 2]
    pixel = trial.first[some].index_select(0, which)
    pixel = pixel + ((hits >> power) & (block - 1)) * width + (hits & (block - 1))
    name = (z.long() << TRIANGLE_BITS) + trial.triangle[some].index_select(0, which)
    buffer.scatter_reduce_(0, pixel, name, "amin")


def _resolve(buffer, places, triangles) -> Fragments:
    """From the nearest triangle of each pixel, int64 (N, H, W), to its place in the triangle and its depth."""
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
