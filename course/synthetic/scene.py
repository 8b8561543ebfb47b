"""From people and channel values to a scene: every vertex placed in the picture, layer by layer.

Three layers lie over the background: the figure with the frame of its glasses, the hair (whose triangles have
ragged edges), and the lenses. Each is a mesh with a canon (see `parts`), so each pixel of each layer
knows which spot of the person it shows, and where that spot lies in another scene of the same people.
"""

from dataclasses import dataclass, replace

import torch
from torch.nn.functional import normalize

from .. import errors
from ..face import channels as face_channels
from . import glasses, parts, raster
from . import hair as synthetic_hair

N_BLENDSHAPES = len(face_channels.BLENDSHAPES)


@dataclass
class Layer:
    """One mesh of N people.

    places: (N, V, 3), x and y in pixels, z in the same scale, away from the viewer; canon: (N, V, 3) or (V, 3);
    shade: (V,); behind: (V,) units; triangles: (T, 3); material: (T,); two_sided: (T,); shown: (N, T) or None.
    """

    places: torch.Tensor
    canon: torch.Tensor
    triangles: torch.Tensor
    material: torch.Tensor
    two_sided: torch.Tensor
    shade: torch.Tensor
    behind: torch.Tensor
    shown: torch.Tensor | None = None


@dataclass
class Scene:
    """figure, lenses: a `Layer` each; hair: two, its inside and its outside; unit: (N,) pixels a unit; size: pixels;
    keypoints: (N, 68, 2)."""

    figure: Layer
    hair: tuple
    lenses: Layer
    unit: torch.Tensor
    size: int
    keypoints: torch.Tensor


def build(people, values: torch.Tensor, size: int) -> Scene:
    """Place N people with channel values (N, 57) in a picture of `size` pixels, square."""
    device = str(people.identity.device)
    figure = parts.figure(device)
    n = len(people)
    channels = values[:, :N_BLENDSHAPES]
    # X = mean + sum_k identity_k B_k + sum_j channel_j D_j
    known = figure.n_identity
    own = (people.identity @ figure.basis[:known]).view(n, -1, 3)
    moved = (channels @ figure.basis[known:]).view(n, -1, 3)
    shape = turn_eyes(figure.mean + own + moved, channels, figure)
    hair_shape, hair_canon, hair_turns = synthetic_hair.strands(people, own[:, figure.head])
    frame, lens, lens_canon = glasses.shapes(people, own[:, figure.bridge])
    whole = torch.cat([shape, frame], 1)
    ones = whole.new_ones(frame.shape[1])
    placed = place(whole, torch.cat([figure.turns, ones]), people, values, size)
    frame_triangles, lens_triangles = glasses.triangles(device)

    def both(first, value, count):
        return torch.cat([first, first.new_full((count,), value)])

    n_frame, n_bare = len(frame_triangles), len(figure.triangles)
    shown = torch.cat([glasses.worn(people).new_ones(n, n_bare), glasses.worn(people)[:, None].expand(n, n_frame)], 1)
    layer = Layer(placed, torch.cat([figure.canon, frame.new_zeros(frame.shape[1], 3)]),
                  torch.cat([figure.triangles, frame_triangles + figure.mean.shape[0]]),
                  both(figure.material, parts.NUMBER["glasses"], n_frame), both(figure.two_sided, True, n_frame),
                  both(figure.shade, 1.0, len(ones)), both(figure.behind, 0.0, len(ones)), shown)
    hair_triangles = synthetic_hair.skull(device).triangles
    hair_shape = place(hair_shape, hair_turns[..., None], people, values, size)
    outer = _plain_layer(hair_shape, hair_canon, hair_triangles, "hair", synthetic_hair.worn(people))
    inner = replace(outer, triangles=hair_triangles.flip(1))
    for side in (outer, inner):
        side.two_sided = torch.zeros_like(side.two_sided)
    lens_layer = _plain_layer(place(lens, 1.0, people, values, size), lens_canon, lens_triangles, "glasses",
                              glasses.worn(people))
    return Scene(layer, (inner, outer), lens_layer, size / people.frame[:, 0], size, placed[:, figure.knots, :2])


def _plain_layer(places, canon, triangles, material, worn) -> Layer:
    n_vertices, n_triangles = places.shape[1], len(triangles)
    return Layer(places, canon, triangles, triangles.new_full((n_triangles,), parts.NUMBER[material]),
                 torch.ones(n_triangles, dtype=torch.bool, device=places.device), places.new_ones(n_vertices),
                 places.new_zeros(n_vertices), worn[:, None].expand(-1, n_triangles))


def channel_values(people, values=None) -> torch.Tensor:
    """Channel values as float32 (N, 57) beside the people; without any, all rest at 0. Raises `errors.MotionError`."""
    if values is None:
        values = torch.zeros(len(people), len(face_channels.CHANNELS))
    values = torch.as_tensor(values, dtype=torch.float32, device=people.identity.device)
    if values.shape != (len(people), len(face_channels.CHANNELS)):
        raise errors.MotionError(f"{len(people)} people need channel values ({len(people)}, "
                                 f"{len(face_channels.CHANNELS)}); these have {tuple(values.shape)}")
    return values


def pushed(layer: Layer, scene: Scene, samples: int = 1) -> torch.Tensor:
    """The places in a picture `samples` times as large, with the depths that are compared: (N, V, 3)."""
    places = (layer.places + 0.5) * samples - 0.5
    behind = layer.behind * scene.unit[:, None] * samples  # (N, V)
    return torch.cat([places[..., :2], places[..., 2:] + behind[..., None]], -1)


def find(layer: Layer, scene: Scene, samples: int = 1) -> raster.Fragments:
    """What each pixel sees of a layer, in a picture `samples` times as large: fields (N, H, W)."""
    size = scene.size * samples
    return raster.rasterize(pushed(layer, scene, samples), layer.triangles, size, size, layer.two_sided, layer.shown)


@dataclass
class Front:
    """What lies in front in each pixel.

    layers: [(Fragments, Layer), ...], the figure and the hair's two; layer: int64 (N, H, W), number in that list, of
    no meaning where material is 0; material: int64 (N, H, W), 0 is background; depth: (N, H, W), infinite there.
    """

    layers: list
    layer: torch.Tensor
    material: torch.Tensor
    depth: torch.Tensor

    def read(self, values: list) -> torch.Tensor:
        """Values at the vertices of each layer, (N, V, A) each -> (P, A) for the pixels that show a person."""
        out = self.depth.new_zeros(*self.material.shape, values[0].shape[-1])
        for number, ((found, layer), own) in enumerate(zip(self.layers, values)):
            mine = (self.layer == number) & (self.material > 0)
            out[mine] = found.read(own, layer.triangles, mine)
        return out[self.material > 0]


def front(people, scene: Scene, samples: int = 1) -> Front:
    """Find what lies in front in each pixel, in a picture `samples` times as large: fields (N, H, W)."""
    found = find(scene.figure, scene, samples)
    material = torch.where(found.covered, scene.figure.material[found.triangle.clamp(min=0)], 0)
    depth, number = found.depth, torch.zeros_like(material)
    layers = [(found, scene.figure)]
    for layer in scene.hair:  # the inside of the hair lies behind its outside, which may be cut away
        found = find(layer, scene, samples)
        nearer = found.covered & (found.depth < depth)
        strands = found.read(layer.canon, layer.triangles, nearer)
        nearer[nearer.clone()] = synthetic_hair.covers(strands, people, torch.nonzero(nearer)[:, 0])
        material = torch.where(nearer, parts.NUMBER["hair"], material)
        depth = torch.where(nearer, found.depth, depth)
        number = torch.where(nearer, len(layers), number)
        layers.append((found, layer))
    return Front(layers, number, material, depth)


def normals(places: torch.Tensor, triangles: torch.Tensor) -> torch.Tensor:
    """Unit normals at the vertices, outwards where the triangles' front is: (N, V, 3), (T, 3) -> (N, V, 3)."""
    a, b, c = (places[:, triangles[:, k]] for k in range(3))
    across = torch.cross(c - a, b - a, dim=-1)
    total = torch.zeros_like(places)
    for k in range(3):
        total.index_add_(1, triangles[:, k], across)
    return normalize(total, dim=-1)


# ---------------------------------------------------------------- pose


def turn_eyes(shape, channels, figure) -> torch.Tensor:
    """Eyeballs turned so that the pupils move as the channels say: shape (N, V, 3), channels (N, 51) -> (N, V, 3).

    sin(angle) = shift / radius
    """
    shift = torch.einsum("nc,cex->nex", channels, figure.pupils)  # (N, 2, 2), right and left
    angles = torch.asin((shift / parts.EYE_RADIUS).clamp(-0.9, 0.9))
    shape = shape.clone()
    for k, eye in enumerate(figure.eyes):
        direction = figure.canon[eye]
        centre = (shape[:, eye] - parts.EYE_RADIUS * direction).mean(1, keepdim=True)
        rotation = about_y(-angles[:, k, 0]) @ about_x(angles[:, k, 1])
        shape[:, eye] = centre + parts.EYE_RADIUS * direction @ rotation.transpose(1, 2)
    return shape


def about_x(angle) -> torch.Tensor:
    """Rotations about the axis to the right: (N,) radians -> (N, 3, 3)."""
    cos, sin, one, zero = torch.cos(angle), torch.sin(angle), torch.ones_like(angle), torch.zeros_like(angle)
    return torch.stack([one, zero, zero, zero, cos, -sin, zero, sin, cos], -1).view(-1, 3, 3)


def about_y(angle) -> torch.Tensor:
    """Rotations about the axis downwards: (N,) radians -> (N, 3, 3)."""
    cos, sin, one, zero = torch.cos(angle), torch.sin(angle), torch.ones_like(angle), torch.zeros_like(angle)
    return torch.stack([cos, zero, sin, zero, one, zero, -sin, zero, cos], -1).view(-1, 3, 3)


def about_z(angle) -> torch.Tensor:
    """Rotations about the axis away from the viewer: (N,) radians -> (N, 3, 3)."""
    cos, sin, one, zero = torch.cos(angle), torch.sin(angle), torch.ones_like(angle), torch.zeros_like(angle)
    return torch.stack([cos, -sin, zero, sin, cos, zero, zero, zero, one], -1).view(-1, 3, 3)


def place(shape, turns, people, values, size: int) -> torch.Tensor:
    """Head pose and camera, as `face.project` has them: (N, V, 3) in units -> (N, V, 3) in pixels.

    turns: how far each vertex follows the rotation; the neck does so less and less, the shoulders not at all.
    """
    head = values[:, N_BLENDSHAPES:]
    pitch, yaw, roll = torch.deg2rad(head[:, :3]).unbind(1)
    rotation = about_z(roll) @ about_y(-yaw) @ about_x(pitch)
    turned = shape @ rotation.transpose(1, 2)
    if not isinstance(turns, float):
        turned = shape + (turns[:, None] if turns.dim() == 1 else turns) * (turned - shape)
    # x = unit ((1 + headScale) R X + (headX, headY) - middle of the frame) + middle of the picture
    shift = torch.cat([head[:, 3:5] - people.frame[:, 1:], torch.zeros_like(head[:, :1])], dim=1)
    unit = (size / people.frame[:, 0])[:, None, None]
    placed = unit * ((1 + head[:, 5])[:, None, None] * turned + shift[:, None])
    return placed + placed.new_tensor([(size - 1) / 2, (size - 1) / 2, 0])
