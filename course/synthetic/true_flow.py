"""True optical flow of the formula faces: where each pixel of one picture lies in another of the same people."""

from dataclasses import dataclass

import torch

from . import scene


@dataclass
class Flow:
    """field: float32 (N, H, W, 2): for each pixel of the target picture, how far to the right and down the source
    picture shows the same spot, in pixels; visible: bool (N, H, W), where the source really shows it.

    It runs backwards, as every warp here does: target(x) = source(x + field(x)) wherever `visible`.
    """

    field: torch.Tensor
    visible: torch.Tensor

    @property
    def positions(self) -> torch.Tensor:
        """Where each pixel looks in the source, (N, H, W, 2), x then y, in pixels."""
        height, width = self.field.shape[1:3]
        return self.field + pixel_grid(height, width, self.field.device)


def pixel_grid(height: int, width: int, device=None) -> torch.Tensor:
    """Every pixel's own place: (height, width, 2), x then y."""
    y, x = torch.meshgrid(torch.arange(height, device=device), torch.arange(width, device=device), indexing="ij")
    return torch.stack([x, y], -1).float()


def flow(people, source: torch.Tensor, target: torch.Tensor, size: int = 64) -> Flow:
    """The flow between two states of the same people.

    Args:
        people: N of them; source, target: channel values (N, 57); size: pixels, square.
    Returns:
        Flow: (N, size, size, 2) in pixels, and where the source shows it, (N, size, size).
    Raises:
        errors.MotionError: channel values of another shape.

    Each pixel of the target shows a spot in some triangle, and the same spot of the same triangle is looked up in the
    source: exact, since between vertices both pictures are linear. The background stands still; what lies behind
    clear glasses moves as itself.
    """
    source, target = (scene.channel_values(people, values) for values in (source, target))
    before, after = (scene.build(people, values, size) for values in (source, target))
    front, old = scene.front(people, after), scene.front(people, before)
    grid = pixel_grid(size, size, people.identity.device)
    place = torch.cat([grid, torch.zeros_like(grid[..., :1])], -1).repeat(len(people), 1, 1, 1)
    slope = torch.zeros_like(place[..., 0])
    # place and normal, in the source, of the spots that the target shows
    about = [torch.cat([scene.pushed(layer, before), scene.normals(layer.places, layer.triangles)], -1)
             for layer in (before.figure, *before.hair)]
    spots = front.read(about)
    seen = front.material > 0
    place[seen] = spots[:, :3]
    slope[seen] = spots[:, 3:5].norm(dim=-1) / spots[:, 5].abs().clamp(min=0.1)
    # seen in the source as well: the four pixels around show the same thing at the same depth
    tolerance = 0.03 * before.unit[:, None, None] + 1.5 * slope
    visible = torch.ones_like(seen)
    who = torch.arange(len(people), device=place.device)[:, None, None]
    corner = place[..., :2].floor().long()
    for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
        # on a pixel's middle there is no next one to ask
        x = torch.where(place[..., 0] > corner[..., 0], corner[..., 0] + dx, corner[..., 0])
        y = torch.where(place[..., 1] > corner[..., 1], corner[..., 1] + dy, corner[..., 1])
        inside = (x >= 0) & (x < size) & (y >= 0) & (y < size)
        x, y = x.clamp(0, size - 1), y.clamp(0, size - 1)
        same = old.material[who, y, x] == front.material
        near = ((old.depth[who, y, x] - place[..., 2]).abs() < tolerance) | ~seen
        visible &= inside & same & near
    return Flow(place[..., :2] - grid, visible)
