"""The formula face's body: head, ears, eyes, teeth, tongue, mouth and shoulders as one mesh with one set of channels.

Each part is a sheet of rows and columns bent into shape by a formula. What a part is made of is its material;
where a spot lies on it, at rest, is its canon: (V, 3) numbers that never change, from which its colour is painted.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from ..face import channels as face_channels
from ..interpolation import smoothstep
from ..keypoints import landmarks
from . import head as synthetic_head

# materials, in the order in which `Rendered.labels` counts them
MATERIALS = ("background", "skin", "lips", "mouth", "teeth", "tongue", "eyes", "clothes", "hair", "glasses")
NUMBER = {name: i for i, name in enumerate(MATERIALS)}

EYE_CENTRE = np.array([0.352, -0.458, -0.530])  # the person's left eye
EYE_RADIUS = 0.145
JAW_CHANNELS = ("jawOpen", "jawForward", "jawLeft", "jawRight")
# ways to differ that the 78 points do not tell, each about 1 between people
FORMS = ("wide", "long", "full", "nose", "nose width", "lips", "ridge", "eyes", "chin", "ears")


@dataclass
class Part:
    """One sheet. mean, canon: (V, 3); identity: (K + forms, V, 3); channels: (51, V, 3); triangles: (T, 3).

    turns: (V,) how far it follows the head's rotation; behind: pushed away from the viewer when depths are
    compared, so that lids and lips always cover what lies under them; eye: whether it turns as an eyeball;
    shade: (V,) how much of the room's light gets there.
    """

    material: str
    mean: np.ndarray
    triangles: np.ndarray
    identity: np.ndarray
    channels: np.ndarray
    canon: np.ndarray | None = None
    turns: np.ndarray | None = None
    behind: float = 0.0
    two_sided: bool = False
    eye: bool = False
    shade: np.ndarray | None = None


def sheet(rows: int, columns: int, flipped: bool = False) -> np.ndarray:
    """Triangles of a grid of vertices, row after row: (T, 3)."""
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = (x.ravel() for x in (index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]))
    triangles = np.concatenate([np.c_[a, b, c], np.c_[a, c, d]])
    return triangles[:, ::-1] if flipped else triangles


def grid(rows: int, columns: int):
    """Coordinates of a sheet's vertices, u across and v down, in [0, 1]: (rows columns,) each."""
    v, u = np.meshgrid(np.linspace(0, 1, rows), np.linspace(0, 1, columns), indexing="ij")
    return u.ravel(), v.ravel()


class Builder:
    """Parts hung onto the head."""

    def __init__(self):
        self.head = synthetic_head.build()
        self.forms = forms(self.head)
        self.identity = np.concatenate([self.head.identity, self.forms])  # (K + F, V, 3)

    def hung(self, material, mean, triangles, points, jaw: float = 0.0, **more) -> Part:
        """A part that follows the mean of some points through all people, and the jaw by a share.

        material: a name of `MATERIALS`; mean: (V, 3) units; triangles: (T, 3); points: numbers of the 68; jaw: 0 to 1.
        """
        vertices = self.head.knots[list(points)]
        identity = np.repeat(self.identity[:, vertices].mean(axis=1)[:, None], len(mean), axis=1)
        channels = np.zeros((len(face_channels.BLENDSHAPES), len(mean), 3))
        if jaw:
            for name in JAW_CHANNELS:
                j = face_channels.BLENDSHAPES.index(name)
                channels[j] = jaw * self.head.channels[j, self.head.knots[8]]
        return Part(material, mean, triangles, identity, channels, **more)

    def parts(self) -> list:
        """All twelve sheets, in the order in which their vertices are numbered."""
        return [self.skin(), self.lip_inside(-1), self.lip_inside(1), self.eye(-1), self.eye(1), self.teeth(True),
                self.teeth(False), self.tongue(), self.mouth(), self.ear(-1), self.ear(1), self.body()]

    def skin(self) -> Part:
        """Head and neck; the neck turns less and less towards the shoulders."""
        mean = self.head.mean
        below = self.head.row > synthetic_head.JAW_ROW
        turns = np.where(below, 1 - smoothstep(0.85, 1.55, mean[:, 1]), 1.0)
        return Part("skin", mean, self.head.triangles, self.identity, self.head.channels, mean, turns,
                    shade=hollows(self.head))

    def lip_inside(self, side: int) -> Part:
        """The red of the lips, rolled in behind the slit; side: upper -1, lower 1."""
        net, ends = self.head, synthetic_head.MOUTH_END
        edge = (net.row == synthetic_head.MOUTH_ROW) & (np.abs(net.column) <= ends)
        edge &= (net.side == side) | (np.abs(net.column) == ends)
        edge = np.flatnonzero(edge)
        edge = edge[np.argsort(net.column[edge])]
        inward = np.cos(net.column[edge] / ends * np.pi / 2) ** 0.5
        rings = [(0.0, 0.0), (0.018, 0.022), (0.040, 0.075), (0.06, 0.14)]
        mean = np.concatenate([net.mean[edge] + np.c_[0 * inward, side * y * inward, z * inward] for y, z in rings])
        rolled = np.repeat(np.arange(len(rings)) / (len(rings) - 1), len(edge))
        return Part("lips", mean, sheet(len(rings), len(edge), flipped=side < 0), np.tile(self.identity[:, edge],
                    (1, len(rings), 1)), np.tile(net.channels[:, edge], (1, len(rings), 1)),
                    np.c_[mean[:, 0], mean[:, 1], rolled], two_sided=True, shade=1 - 0.75 * rolled)

    def eye(self, side: int) -> Part:
        """One eyeball, open at the back; side: -1 the person's right, 1 the left."""
        u, v = grid(13, 25)
        angle, away = 2 * np.pi * u, np.radians(100) * v
        direction = np.c_[np.sin(away) * np.cos(angle), np.sin(away) * np.sin(angle), -np.cos(away)]
        centre = EYE_CENTRE * [side, 1, 1]
        points = landmarks.EYE_LEFT if side > 0 else landmarks.EYE_RIGHT
        return self.hung("eyes", centre + EYE_RADIUS * direction, sheet(13, 25, flipped=True), points,
                         canon=direction, behind=0.04, two_sided=True, eye=True)

    def teeth(self, upper: bool) -> Part:
        """One row of teeth along an arch, from the gum to its edge; the lower one goes with the jaw."""
        u, v = grid(6, 41)
        half = 0.29 if upper else 0.25
        along = (2 * u - 1) * half
        # an arch: flat in front, bending back at the canines
        x, z = np.sin(along / 0.29 * 1.25) * 0.235, 0.30 * (1 - np.cos(along / 0.29 * 1.25))
        if upper:
            mean = np.c_[x, 0.245 + 0.135 * v - 0.16 * along**2, z - 0.775 + 0.02 * (1 - v)]
            return self.hung("teeth", mean, sheet(6, 41), (33, 51), canon=np.c_[along, v, 0 * v], behind=0.03,
                             two_sided=True)
        mean = np.c_[0.94 * x, 0.348 + 0.125 * v, z - 0.735 + 0.02 * v]
        return self.hung("teeth", mean, sheet(6, 41), (8, 57), jaw=0.82, canon=np.c_[along, 1 - v, 0 * v + 1],
                         behind=0.03, two_sided=True)

    def tongue(self) -> Part:
        """The tongue, from its tip to its root, with a groove along the middle; it goes with the jaw."""
        u, v = grid(10, 17)
        angle, along = np.pi * u, v  # over the back of the tongue; from tip to root
        wide = 0.185 * np.sqrt(np.clip(1 - (1 - along) ** 2.2, 0, 1))
        high = 0.075 * np.sqrt(np.clip(1 - (1 - along) ** 2.5, 0, 1)) + 0.09 * along
        groove = 0.02 * np.exp(-((np.cos(angle) / 0.25) ** 2)) * along
        mean = np.c_[-wide * np.cos(angle), 0.435 - high * np.sin(angle) + groove, -0.70 + 0.5 * along]
        return self.hung("tongue", mean, sheet(10, 17), (8, 57), jaw=0.72, canon=np.c_[np.cos(angle), along, 0 * u],
                         behind=0.03, two_sided=True)

    def mouth(self) -> Part:
        """The hollow behind the lips: its roof stays with the skull, its floor goes with the jaw."""
        u, v = grid(13, 21)
        angle, deep = 2 * np.pi * u, v  # round the opening; from the rim to the back
        size = np.sqrt(np.clip(1 - deep**2, 0, 1))
        mean = np.c_[0.30 * np.cos(angle) * size, 0.36 + 0.17 * np.sin(angle) * size, -0.66 + 0.75 * deep
                     + 0.12 * np.cos(angle) ** 2 * size]
        part = self.hung("mouth", mean, sheet(13, 21), (33, 57), jaw=0.9, canon=np.c_[np.cos(angle), deep,
                         np.sin(angle)], behind=0.03, two_sided=True)
        part.channels *= smoothstep(-0.5, 0.5, np.sin(angle) * size)[None, :, None]
        return part

    def ear(self, side: int) -> Part:
        """One ear, as a bowl with a rim and a lobe; side: -1 the person's right, 1 the left."""
        u, v = grid(12, 25)
        angle, out = 2 * np.pi * u, v
        back, up = np.cos(angle), -np.sin(angle)
        lobe = 1 - 0.33 * np.clip(-up, 0, 1) ** 1.3
        rim = np.exp(-(((out - 0.80) / 0.14) ** 2)) * (0.45 + 0.55 * smoothstep(-0.75, 0.1, np.maximum(back, up)))
        bowl = np.exp(-((out / 0.42) ** 2))
        edge = smoothstep(0.86, 1.0, out)
        lift = 0.045 + 0.085 * np.clip(back * out, -0.3, 1) + 0.045 * rim - 0.05 * bowl - 0.09 * edge
        mean = np.c_[side * (0.765 + lift), -0.335 - 0.235 * up * out, 0.135 + 0.15 * back * out * lobe
                     + 0.04 * up * out]
        part = self.hung("skin", mean, sheet(12, 25, flipped=side > 0), (1, 15), canon=mean, two_sided=True,
                         shade=1 - 0.45 * bowl + 0.08 * rim - 0.15 * np.exp(-(((out - 0.62) / 0.1) ** 2)))
        # it follows the side of the head it sits on, and has a size of its own
        part.identity[:] = self.identity[:, self.head.knots[15 if side > 0 else 1]][:, None]
        part.identity[-len(FORMS) + FORMS.index("ears")] += (mean - [side * 0.78, -0.335, 0.05]) * [0.5, 0.12, 0.12]
        return part

    def body(self) -> Part:
        """Neck and shoulders in their clothes, which no channel moves."""
        u, v = grid(22, 49)
        angle = 2 * np.pi * u - np.pi
        y = 1.13 + 2.4 * v**1.35
        heights, widths = (1.13, 1.22, 1.35, 1.5, 1.7, 1.95, 2.3, 3.6), (0.60, 0.74, 1.0, 1.30, 1.60, 1.78, 1.85, 1.8)
        wide = np.interp(y, heights, widths)
        front = np.interp(y, (1.13, 1.3, 1.7, 2.4, 3.6), (0.38, 0.48, 0.70, 0.95, 1.0))
        back = np.interp(y, (1.13, 1.5, 2.0, 3.6), (0.55, 0.72, 0.85, 0.85))
        sin, cos = np.sin(angle), np.cos(angle)
        depth = np.where(cos > 0, front, back)
        # the collar lies lower in front than at the sides
        y = y + 0.28 * np.clip(cos, 0, 1) ** 2 * (1 - smoothstep(0, 0.35, v)) - 0.04 * np.clip(-cos, 0, 1) * (1 - v)
        mean = np.c_[wide * sin, y, 0.32 - depth * cos]
        part = Part("clothes", mean, sheet(22, 49), np.zeros((len(self.identity), len(mean), 3)),
                    np.zeros((len(face_channels.BLENDSHAPES), len(mean), 3)), np.c_[u, v, cos], np.zeros(len(mean)))
        return part


def forms(head) -> np.ndarray:
    """Soft changes of shape by formula: (F, V, 3) in units, in the order of `FORMS`, at a coefficient of 1."""
    p = head.mean
    x, y, z = p.T
    out = np.zeros((len(FORMS), len(p), 3))
    front = smoothstep(0.1, -0.5, z)
    above_neck = 1 - smoothstep(0.9, 1.5, y)
    below_jaw = np.where(head.row > synthetic_head.JAW_ROW + 3, above_neck, 1.0)

    def bump(cx, cy, wide, high):
        return (np.exp(-(((np.abs(x) - cx) / wide) ** 2) - ((y - cy) / high) ** 2) * front)[:, None]

    def put(name, value):
        out[FORMS.index(name)] = value

    side = np.sign(x)[:, None]
    put("wide", np.c_[0.045 * x, 0 * y, 0.02 * z] * below_jaw[:, None])
    put("long", np.c_[0 * x, 0.05 * np.clip(y + 0.45, 0, 1.3), 0 * z] * below_jaw[:, None])
    full = np.exp(-(((np.abs(x) - 0.52) / 0.22) ** 2) - ((y - 0.28) / 0.30) ** 2) * smoothstep(0.25, -0.3, z)
    put("full", np.c_[0.075 * np.sign(x) * full, 0.0 * full, -0.035 * full])
    put("nose", bump(0, -0.06, 0.15, 0.17) * [0, 0.02, -0.055])
    put("nose width", bump(0.14, 0.0, 0.09, 0.10) * side * [0.026, 0, 0])
    put("lips", bump(0, 0.36, 0.25, 0.12) * np.c_[0 * x, 0.16 * (y - 0.342), -0.016 + 0 * z])
    put("ridge", bump(0.28, -0.62, 0.28, 0.09) * [0, 0.006, -0.03])
    eye = bump(0.35, -0.455, 0.22, 0.15)
    put("eyes", eye * np.c_[0.11 * (x - 0.35 * np.sign(x)), 0.04 * (y + 0.455), 0 * z])
    put("chin", bump(0, 0.70, 0.24, 0.18) * [0, 0.045, -0.04])
    return out


def hollows(head) -> np.ndarray:
    """How much of the sky each spot of the skin sees, painted by hand: (V,) about 0.4 to 1."""
    x, y, z = head.mean.T
    x = np.abs(x)

    def spot(cx, cy, wide, high, dark):
        return dark * np.exp(-(((x - cx) / wide) ** 2) - ((y - cy) / high) ** 2) * smoothstep(0.0, -0.3, z)

    dark = (spot(0.215, -0.45, 0.07, 0.08, 0.22) + spot(0.35, -0.545, 0.17, 0.035, 0.20)
            + spot(0.0, 0.10, 0.14, 0.05, 0.22) + spot(0.20, 0.03, 0.035, 0.07, 0.20)
            + spot(0.0, 0.53, 0.16, 0.04, 0.16) + spot(0.30, 0.35, 0.035, 0.035, 0.18)
            + spot(0.35, -0.37, 0.15, 0.035, 0.08))
    under = smoothstep(0.84, 1.0, y) * (1 - 0.5 * smoothstep(1.1, 1.9, y)) * smoothstep(0.9, 0.2, z)
    throat = np.where(head.row > synthetic_head.JAW_ROW, 0.42 * under + 0.06, 0)
    return np.clip(1 - dark - throat, 0.3, 1)


@dataclass(frozen=True)
class Figure:
    """All parts as tensors on one device.

    mean: (V, 3); basis: (K + F + 51, V * 3); canon: (V, 3); turns, behind, shade: (V,); triangles: int64 (T, 3);
    material: int64 (T,); two_sided: bool (T,); eyes: two slices of vertices, right and left;
    knots: int64 (68,), the vertex of each keypoint; pupils: (51, 2, 2), how far the channels move each pupil;
    n_identity: rows of `basis` before the channels; head: the vertices of `head.build`; bridge: of the nose.
    """

    mean: torch.Tensor
    basis: torch.Tensor
    canon: torch.Tensor
    turns: torch.Tensor
    behind: torch.Tensor
    shade: torch.Tensor
    triangles: torch.Tensor
    material: torch.Tensor
    two_sided: torch.Tensor
    eyes: tuple
    knots: torch.Tensor
    pupils: torch.Tensor
    n_identity: int
    head: slice
    bridge: int


@lru_cache(maxsize=4)
def figure(device: str = "cpu") -> Figure:
    """The whole figure as tensors, (V, 3) and more; built once for a device.

    Raises `errors.WeightsError`: no face model.
    """
    from ..face import model as face_model

    builder = Builder()
    parts = builder.parts()
    starts = np.cumsum([0] + [len(part.mean) for part in parts])

    def joined(values):
        return torch.tensor(np.concatenate(values), dtype=torch.float32, device=device)

    basis = np.concatenate([np.concatenate([part.identity, part.channels]) for part in parts], axis=1)
    eyes = tuple(slice(starts[i], starts[i + 1]) for i in range(len(parts)) if parts[i].eye)
    pupils = face_model.FaceModel.load().channels[:, landmarks.PUPILS, :2]
    return Figure(
        mean=joined([part.mean for part in parts]),
        basis=torch.tensor(basis.reshape(len(basis), -1), dtype=torch.float32, device=device),
        canon=joined([part.mean if part.canon is None else part.canon for part in parts]),
        turns=joined([np.ones(len(part.mean)) if part.turns is None else part.turns for part in parts]),
        behind=joined([np.full(len(part.mean), part.behind) for part in parts]),
        shade=joined([np.ones(len(part.mean)) if part.shade is None else part.shade for part in parts]),
        triangles=torch.tensor(np.concatenate([part.triangles + s for part, s in zip(parts, starts)]), device=device),
        material=torch.tensor(np.repeat([NUMBER[part.material] for part in parts], [len(p.triangles) for p in parts]),
                              device=device),
        two_sided=torch.tensor(np.repeat([p.two_sided for p in parts], [len(p.triangles) for p in parts]),
                               device=device),
        eyes=eyes,
        knots=torch.tensor(builder.head.knots[: landmarks.N_IBUG], device=device),
        pupils=torch.tensor(pupils, dtype=torch.float32, device=device),
        n_identity=len(builder.identity),
        head=slice(0, len(builder.head.mean)),
        bridge=int(builder.head.knots[27]),
    )
