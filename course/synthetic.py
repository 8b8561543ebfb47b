"""Faces from a formula: an endless data set of people who do not exist, with exact answers.

    people = synthetic.People.random(64, seed=1)
    picture = synthetic.render(people, size=64)        # .image (64, 3, 64, 64), .keypoints (64, 68, 2), masks, ...
    images, keypoints = synthetic.sample(64, size=64, seed=1)

A face is a mesh (`synthetic_head`, `synthetic_parts`) that the same 57 channels move as every other face here;
its colours are formulas of the place on the mesh (`synthetic_shading`), and a z-buffer (`synthetic_raster`) finds
what each pixel sees. Since every pixel knows its spot on the mesh, keypoints, masks and optical flow are exact.

Units: pixels, where (0, 0) is the middle of the first pixel. All of it is torch, batched, on CPU or GPU.
"""

from dataclasses import dataclass

import torch
from torch.nn.functional import avg_pool2d, normalize

from . import errors, motion
from . import synthetic_parts as parts
from . import synthetic_raster as raster
from . import synthetic_shading as shading
from .synthetic_people import People, random_motion

__all__ = ["People", "Rendered", "random_motion", "render", "sample"]

BLOCK = 8  # faces drawn together: few enough to stay in the processor's cache


@dataclass
class Rendered:
    """image float32 (N, 3, H, W) in [0, 1]; keypoints float32 (N, 68, 2), pixels, iBUG order."""

    image: torch.Tensor
    keypoints: torch.Tensor


def pose(people: People, values: torch.Tensor, size: int, figure) -> torch.Tensor:
    """Every vertex in the picture: (N, V, 3), x and y in pixels, z in the same scale."""
    n = len(people)
    channels = values[:, : len(motion.BLENDSHAPES)]
    # X = mean + sum_k identity_k B_k + sum_j channel_j D_j
    amounts = torch.cat([people.identity, channels], dim=1)
    shape = figure.mean + (amounts @ figure.basis).view(n, -1, 3)
    shape = turn_eyes(shape, channels, figure)
    return place(shape, figure.turns, people, values, size)


def turn_eyes(shape, channels, figure) -> torch.Tensor:
    """Eyeballs turned so that the pupils move as the channels say."""
    shift = torch.einsum("nc,cex->nex", channels, figure.pupils)  # (N, 2, 2), right and left
    angles = torch.asin((shift / parts.EYE_RADIUS).clamp(-0.9, 0.9))
    shape = shape.clone()
    for k, eye in enumerate(figure.eyes):
        ball = shape[:, eye]
        direction = figure.canon[eye]
        centre = (ball - parts.EYE_RADIUS * direction).mean(1, keepdim=True)
        rotation = about_y(-angles[:, k, 0]) @ about_x(angles[:, k, 1])
        shape[:, eye] = centre + parts.EYE_RADIUS * direction @ rotation.transpose(1, 2)
    return shape


def about_x(angle) -> torch.Tensor:
    cos, sin, one, zero = torch.cos(angle), torch.sin(angle), torch.ones_like(angle), torch.zeros_like(angle)
    return torch.stack([one, zero, zero, zero, cos, -sin, zero, sin, cos], -1).view(-1, 3, 3)


def about_y(angle) -> torch.Tensor:
    cos, sin, one, zero = torch.cos(angle), torch.sin(angle), torch.ones_like(angle), torch.zeros_like(angle)
    return torch.stack([cos, zero, sin, zero, one, zero, -sin, zero, cos], -1).view(-1, 3, 3)


def about_z(angle) -> torch.Tensor:
    cos, sin, one, zero = torch.cos(angle), torch.sin(angle), torch.ones_like(angle), torch.zeros_like(angle)
    return torch.stack([cos, -sin, zero, sin, cos, zero, zero, zero, one], -1).view(-1, 3, 3)


def place(shape, turns, people: People, values, size: int) -> torch.Tensor:
    """Head pose and camera: (N, V, 3) in units -> (N, V, 3) in pixels. `turns` (V,) shares in the rotation."""
    head = values[:, len(motion.BLENDSHAPES) :]
    pitch, yaw, roll = torch.deg2rad(head[:, :3]).unbind(1)
    rotation = about_z(roll) @ about_y(-yaw) @ about_x(pitch)  # as `face_model.rotation_matrix`
    turned = shape @ rotation.transpose(1, 2)
    shape = shape + turns[:, None] * (turned - shape)
    shape = (1 + head[:, 5])[:, None, None] * shape
    shift = torch.cat([head[:, 3:5] - people.frame[:, 1:], torch.zeros_like(head[:, :1])], dim=1)
    scale = size / people.frame[:, 0]
    placed = scale[:, None, None] * (shape + shift[:, None])
    return placed + placed.new_tensor([(size - 1) / 2, (size - 1) / 2, 0])


def normals(places: torch.Tensor, triangles: torch.Tensor) -> torch.Tensor:
    """Outward unit normals at the vertices: (N, V, 3)."""
    a, b, c = (places[:, triangles[:, k]] for k in range(3))
    across = torch.cross(c - a, b - a, dim=-1)
    total = torch.zeros_like(places)
    for k in range(3):
        total.index_add_(1, triangles[:, k], across)
    return normalize(total, dim=-1)


def render(people: People, values: torch.Tensor | None = None, size: int = 64, samples: int | None = None) -> Rendered:
    """Draw people with given channel values.

    Args:
        people: N of them. values: (N, 57) in the order of `motion.CHANNELS`; without it all rest at 0.
        size: pixels, square. samples: each pixel is the mean of samples x samples.
    """
    if values is None:
        values = torch.zeros(len(people), len(motion.CHANNELS), device=people.identity.device)
    if values.shape != (len(people), len(motion.CHANNELS)):
        raise errors.MotionError(f"{len(people)} people need channel values ({len(people)}, {len(motion.CHANNELS)}); "
                                 f"these have {tuple(values.shape)}")
    samples = samples or (3 if size <= 64 else 2)
    blocks = [slice(i, i + BLOCK) for i in range(0, len(people), BLOCK)]
    blocks = [_render(people[block], values[block], size, samples) for block in blocks]
    return Rendered(*(torch.cat(column) for column in zip(*blocks)))


def _render(people, values, size, samples):
    figure = parts.figure(str(people.identity.device))
    places = pose(people, values, size, figure)
    keypoints = places[:, figure.knots, :2]
    fine = size * samples
    scale = torch.tensor(float(samples))
    enlarged = (places + places.new_tensor([0.5, 0.5, 0])) * scale - places.new_tensor([0.5, 0.5, 0])
    unit = (fine / people.frame[:, 0])[:, None]
    pushed = enlarged.clone()
    pushed[..., 2] += figure.behind * unit
    found = raster.rasterize(pushed, figure.triangles, fine, fine, figure.two_sided)
    image = background(people, fine)
    covered = found.covered
    who = torch.nonzero(covered)[:, 0]
    n = len(people)
    vertex = torch.cat([figure.canon.expand(n, -1, -1), normals(enlarged, figure.triangles),
                        figure.shade[None, :, None].expand(n, -1, 1)], -1)
    spots = found.interpolate(vertex, figure.triangles)[covered]
    material = figure.material[found.triangle[covered]]
    image[covered] = paint(spots, material, people, who)
    image = shading.encode(avg_pool2d(image.permute(0, 3, 1, 2), samples))
    return image, keypoints


def paint(spots, material, people, who) -> torch.Tensor:
    """spots (P, 7): canon, normal, shade -> linear light (P, 3)."""
    out = spots.new_zeros(len(spots), 3)
    for name, painter in PAINTERS.items():
        mine = torch.nonzero(material == parts.NUMBER[name])[:, 0]
        if len(mine):
            canon, normal, shade = spots[mine, :3], normalize(spots[mine, 3:6], dim=-1), spots[mine, 6]
            facing = torch.where(normal[:, 2:] > 0, -normal, normal)
            albedo, shine = painter(canon, people, who[mine])[:2]
            out[mine] = shading.lit(albedo, facing, shade, shine, people, who[mine])
    return out


PAINTERS = {"skin": shading.skin, "lips": shading.inner_lips, "mouth": shading.mouth, "teeth": shading.teeth,
            "tongue": shading.tongue, "eyes": shading.eyes, "clothes": shading.clothes}


def background(people, size) -> torch.Tensor:
    """Two colours from above to below and soft spots of a third: linear (N, size, size, 3)."""
    at = (torch.arange(size, device=people.identity.device) + 0.5) / size
    y, x = at[None, :, None, None], at[None, None, :, None]
    colours = shading.linear(people.background)[:, :, None, None]  # (N, 3, 1, 1, 3)
    image = colours[:, 0] + y * (colours[:, 1] - colours[:, 0])
    image = image.expand(-1, -1, size, -1).clone()
    for k in range(people.spots.shape[1]):
        cx, cy, radius, strength = people.spots[:, k, :, None, None, None].unbind(1)
        near = torch.hypot(x - cx, y - cy) / radius
        image = image + (0.5 * strength * shading.step(1.1, 0.8, near)) * (colours[:, 2] - image)
    return image


def sample(n: int, size: int = 64, seed: int = 0, strength: float = 1.0) -> tuple:
    """N random people doing random things: images (N, 3, size, size) in [0, 1] and keypoints (N, 68, 2), pixels."""
    picture = render(People.random(n, seed), random_motion(n, seed, strength), size)
    return picture.image, picture.keypoints
