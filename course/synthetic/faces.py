"""Faces from a formula: an endless data set of people who do not exist, with exact answers.

    people = synthetic.People.random(64, seed=1)
    picture = synthetic.render(people, size=64)        # .image (64, 3, 64, 64), .keypoints (64, 68, 2), masks
    images, keypoints = synthetic.sample(64, size=64, seed=1)

A face is a mesh (`head`, `parts`) that the same 57 channels move as every other face here;
its colours are formulas of the place on the mesh (`shading`), and a z-buffer (`raster`) finds
what each pixel sees. Since every pixel knows its spot on the mesh, keypoints, masks and optical flow are exact.

Units: pixels, where (0, 0) is the middle of the first pixel. All of it is torch, batched, on CPU or GPU.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import avg_pool2d, interpolate, normalize

from ..interpolation import smoothstep
from . import hair, parts, shading
from . import scene as synthetic_scene
from .people import People, random_motion
from .true_flow import flow

BLOCK = 1 << 18  # fine pixels drawn together: few enough to stay near a processor's cache; a GPU takes more
MASKS = parts.MATERIALS


@dataclass
class Rendered:
    """Pictures and the truth about them.

    image: float32 (N, 3, H, W) in [0, 1]; keypoints: float32 (N, 68, 2), pixels, iBUG order;
    masks: float32 (N, M, H, W), the share of each pixel that shows each of `MASKS`; they add up to 1.
    """

    image: torch.Tensor
    keypoints: torch.Tensor
    masks: torch.Tensor

    def mask(self, *names: str) -> torch.Tensor:
        """The share of each pixel that shows any of these, (N, H, W): `mask("teeth", "tongue", "mouth")`."""
        return self.masks[:, [parts.NUMBER[name] for name in names]].sum(1)


def render(people: People, values: torch.Tensor | None = None, size: int = 64, samples: int = 2,
           background: torch.Tensor | None = None) -> Rendered:
    """Draw people with given channel values.

    Args:
        people: N of them. values: (N, 57) in the order of `face.CHANNELS`; without it all rest at 0.
        size: pixels, square. samples: each pixel is the mean of samples x samples.
        background: linear light (N, size, size, 3) to stand before; their own (`background_of`) without it.
    Returns:
        Rendered: (N, 3, size, size), (N, 68, 2), (N, M, size, size).
    Raises:
        errors.MotionError: channel values of another shape.
    """
    values = synthetic_scene.channel_values(people, values)
    background = background_of(people, size) if background is None else background
    together = BLOCK // (size * samples) ** 2 * (16 if values.is_cuda else 1)
    blocks = [slice(i, i + max(1, together)) for i in range(0, len(people), max(1, together))]
    blocks = [_draw(people[block], values[block], background[block], size, samples) for block in blocks]
    return Rendered(*(torch.cat(column) for column in zip(*blocks)))


def _draw(people, values, background, size, samples) -> tuple:
    scene = synthetic_scene.build(people, values, size)
    front = synthetic_scene.front(people, scene, samples)
    material, depth, covered = front.material, front.depth, front.material > 0
    about = [_about(scene.figure, len(people)), _about(scene.hair[0], len(people))]
    spots = front.read([about[0], about[1], about[1]])  # (P, 7); both sides of the hair are one sheet
    who = torch.nonzero(covered)[:, 0]
    lamp = shadows(depth, people, scene.unit * samples, samples)[covered]
    image = background.repeat_interleave(samples, 1).repeat_interleave(samples, 2)
    image[covered], lip = paint(spots, material[covered], lamp, people, who)
    material[covered] = torch.where(lip > 0.5, material.new_tensor(parts.NUMBER["lips"]), material[covered])
    image = lenses(image, material, depth, people, scene, samples)
    image = shading.encode(avg_pool2d(image.permute(0, 3, 1, 2), samples))
    masks = torch.stack([avg_pool2d((material == k).to(image.dtype), samples) for k in range(len(MASKS))], 1)
    return image, scene.keypoints, masks


def _about(layer, n) -> torch.Tensor:
    """canon, normal, shade of every vertex: (N, V, 7)."""
    canon = layer.canon if layer.canon.dim() == 3 else layer.canon.expand(n, -1, -1)
    normal = synthetic_scene.normals(layer.places, layer.triangles)
    return torch.cat([canon, normal, layer.shade[None, :, None].expand(n, -1, 1)], -1)


def paint(spots, material, lamp, people, who) -> tuple:
    """What light comes from each spot: linear (P, 3), and how much of it is lip (P,).

    spots: (P, 7), canon, normal and shade; material: int64 (P,); lamp: (P,), how much of it arrives; who: int64 (P,).
    """
    out, lip = spots.new_zeros(len(spots), 3), spots.new_zeros(len(spots))
    for name, painter in PAINTERS.items():
        mine = torch.nonzero(material == parts.NUMBER[name])[:, 0]
        if not len(mine):
            continue
        canon, normal, shade = spots[mine, :3], normalize(spots[mine, 3:6], dim=-1), spots[mine, 6]
        facing = torch.where(normal[:, 2:] > 0, -normal, normal)
        albedo, shine, *more = painter(canon, people, who[mine])
        surface = shading.Surface(albedo, shine, facing, shade, lamp[mine], wet=name == "eyes")
        out[mine] = shading.lit(surface, people, who[mine])
        if name == "skin":
            lip[mine] = more[0]
    return out, lip


PAINTERS = {"skin": shading.skin, "lips": shading.inner_lips, "mouth": shading.mouth, "teeth": shading.teeth,
            "tongue": shading.tongue, "eyes": shading.eyes, "clothes": shading.clothes, "hair": hair.paint,
            "glasses": shading.frame}


def shadows(depth, people, unit, samples) -> torch.Tensor:
    """How much of the lamp reaches each fine pixel: depth (N, H, W) -> (N, H, W) in [0, 1].

    Small steps towards the lamp, and what lies in front there is in the way (shadows in the space of the picture).
    unit: (N,), fine pixels a unit.
    """
    n, size = len(depth), depth.shape[1] // samples
    far = 9.0
    coarse = (depth[:, samples // 2 :: samples, samples // 2 :: samples] / unit[:, None, None]).clamp(max=far)
    y, x = torch.meshgrid(*(torch.arange(size, device=depth.device, dtype=depth.dtype),) * 2, indexing="ij")
    light = people.light[:, None, None] * 1.0
    blocked = torch.zeros_like(coarse)
    who = torch.arange(n, device=depth.device)[:, None, None]
    pixels = (unit / samples)[:, None, None]
    for reach in (0.05, 0.09, 0.14, 0.20, 0.28, 0.38, 0.50):
        at_x = (x + reach * light[..., 0] * pixels).round().long().clamp(0, size - 1)
        at_y = (y + reach * light[..., 1] * pixels).round().long().clamp(0, size - 1)
        in_front = coarse + reach * light[..., 2] - coarse[who, at_y, at_x]
        blocked = torch.maximum(blocked, smoothstep(0.015, 0.10, in_front) * (in_front < 0.75))
    soft = avg_pool2d(blocked[:, None], 3, 1, 1, count_include_pad=False)
    soft = interpolate(soft, scale_factor=samples, mode="bilinear", align_corners=False)[:, 0]
    return 1 - 0.75 * soft


def lenses(image, material, depth, people, scene, samples) -> torch.Tensor:
    """Glass before the eyes, a breath of white, or dark: linear light (N, H, W, 3) of fine pixels -> the same, changed.
    """
    glass = synthetic_scene.find(scene.lenses, scene, samples)
    before = glass.covered & (glass.depth < depth)
    if not before.any():
        return image
    who = torch.nonzero(before)[:, 0]
    canon = scene.lenses.canon
    x, y, _ = glass.read(canon, scene.lenses.triangles, before).unbind(-1)
    dark = people.glasses[who, 5]
    streak = smoothstep(0.03, 0.0, (torch.remainder(x + 0.9 * y + 0.05, 0.36) - 0.12).abs() - 0.03)
    tint = shading.linear(people.glasses_colour)[who] * 0.25 + 0.01
    seen = image[before]
    seen = shading.lerp(seen, tint, 0.86 * dark)
    image[before] = seen + (0.035 * streak * people.light_colour[who].mean(-1))[:, None]
    material[before] = torch.where(dark > 0.5, material.new_tensor(parts.NUMBER["glasses"]), material[before])
    return image


def background_of(people, size) -> torch.Tensor:
    """Two colours from above to below and soft spots of a third: linear (N, size, size, 3)."""
    at = (torch.arange(size, device=people.identity.device) + 0.5) / size
    y, x = at[None, :, None, None], at[None, None, :, None]
    colours = shading.linear(people.background)[:, :, None, None]  # (N, 3, 1, 1, 3)
    image = colours[:, 0] + y * (colours[:, 1] - colours[:, 0])
    image = image.expand(-1, -1, size, -1).clone()
    for k in range(people.spots.shape[1]):
        cx, cy, radius, strength = people.spots[:, k, :, None, None, None].unbind(1)
        near = torch.hypot(x - cx, y - cy) / radius
        image = image + (0.5 * strength * smoothstep(1.1, 0.8, near)) * (colours[:, 2] - image)
    return image


def sample(n: int, size: int = 64, seed=0, strength: float = 1.0) -> tuple:
    """N random people doing random things: images (N, 3, size, size) in [0, 1] and keypoints (N, 68, 2), pixels."""
    picture = render(People.random(n, seed), random_motion(n, seed, strength), size)
    return picture.image, picture.keypoints


def moving_pair(n: int, size: int = 64, seed=0, strength: float = 1.0) -> tuple:
    """N people twice, doing one thing and then another: source and target `Rendered`, and the `Flow` between them.

    Pictures (N, 3, size, size) in [0, 1], flow (N, size, size, 2) in pixels; the same for the same seed.
    """
    people = People.random(n, seed)
    source, target = (random_motion(n, (*np.atleast_1d(seed), k), strength) for k in (0, 1))
    return render(people, source, size), render(people, target, size), flow(people, source, target, size)


def batches(batch: int, size: int = 64, seed: int = 0):
    """Endless pairs of images (batch, 3, size, size) and keypoints (batch, 68, 2), never the same face twice.

    Batch k of a seed is always the same: `for images, keypoints in synthetic.batches(32): ...`
    """
    k = 0
    while True:
        picture = render(People.random(batch, (seed, k)), random_motion(batch, (seed, k)), size)
        yield picture.image, picture.keypoints
        k += 1


class Faces(torch.utils.data.Dataset):
    """N faces drawn once and kept as bytes, for training loops that go over them many times.

    Item i: image float32 (3, size, size) in [0, 1], keypoints float32 (68, 2) in pixels. 64 px: 12 KB a face.
    """

    def __init__(self, n: int, size: int = 64, seed: int = 0, progress: bool = False):
        from tqdm.auto import trange

        drawn = []
        for k in trange(0, n, 64, disable=not progress, desc="drawing faces"):
            image, keypoints = sample(min(64, n - k), size, (seed, k))
            drawn.append(((image * 255).round().byte(), keypoints))
        self.images, self.keypoints = (torch.cat(column) for column in zip(*drawn))

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, i) -> tuple:
        return self.images[i].float() / 255, self.keypoints[i]
