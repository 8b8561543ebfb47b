"""The formula face's head: a mesh that the linear face model moves.

A net of rows (crown to neck) and columns (round the head) is laid over a head made of cross sections. Three slits
are cut into it, one for the mouth and one for each eye. Then it is pulled until certain of its knots lie exactly
on the 68 points of `face.FaceModel`, and everything between them follows as smoothly as it can: the displacement d
that minimises the bending |L d|^2, where L is the net's Laplacian (each knot less the mean of its neighbours;
Botsch and Sorkine, "On linear variational surface deformation methods", 2008). Each channel and each way in which
people differ is spread over the net in the same manner. Since the slits part the net, a jaw that opens pulls the
lower lip and leaves the upper one.

Units and axes are those of `face.FaceModel`: outer-eye distance 1, x right, y down, z away from the viewer.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import interpolate, sparse
from scipy.sparse.linalg import splu

from ..face import channels as face_channels
from ..face import model as face_model
from ..interpolation import smoothstep
from ..keypoints import landmarks

HALF = 34  # columns from the middle of the face to the back of the head
EYE_INNER, EYE_OUTER, MOUTH_END, LIP_CORNER, EAR = 6, 16, 9, 10, 23  # columns

# (row of the net, y in the middle of the face, y at the ear)
ROWS = ((0, -1.72, -1.72), (1, -1.71, -1.71), (3, -1.64, -1.60), (6, -1.42, -1.36), (9, -1.14, -1.08),
        (11, -0.97, -0.90), (14, -0.78, -0.72), (16, -0.66, -0.63), (18, -0.545, -0.54), (21, -0.45, -0.44),
        (24, -0.36, -0.37), (28, -0.20, -0.30), (32, 0.00, -0.24), (34, 0.085, -0.21), (37, 0.20, -0.18),
        (39, 0.262, -0.16), (43, 0.34, -0.13), (47, 0.45, -0.10), (51, 0.62, -0.08), (55, 0.79, -0.06),
        (57, 0.86, 0.06), (59, 0.95, 0.28), (61, 1.15, 0.55), (64, 1.60, 1.15), (67, 2.05, 1.75))
BROW_ROW, EYE_ROW, LIP_TOP_ROW, MOUTH_ROW, LIP_BOTTOM_ROW, JAW_ROW, LAST_ROW = 16, 21, 39, 43, 47, 55, 67

# Cross sections of skull and face: y, half width in front, half width behind, depth in front of and behind z = 0.1
SECTIONS = np.array([(-1.72, 0.00, 0.00, 0.00, 0.00), (-1.715, 0.10, 0.10, 0.10, 0.12),
                     (-1.69, 0.24, 0.24, 0.24, 0.32), (-1.62, 0.42, 0.42, 0.42, 0.58),
                     (-1.45, 0.62, 0.63, 0.64, 0.84), (-1.2, 0.755, 0.77, 0.80, 1.03),
                     (-1.0, 0.80, 0.82, 0.875, 1.11), (-0.7, 0.83, 0.84, 0.93, 1.14),
                     (-0.45, 0.80, 0.79, 0.93, 1.09), (-0.2, 0.78, 0.72, 0.93, 0.97),
                     (0.0, 0.77, 0.62, 0.93, 0.86), (0.34, 0.70, 0.52, 0.93, 0.72),
                     (0.79, 0.60, 0.50, 0.80, 0.62), (1.0, 0.50, 0.50, 0.62, 0.58), (2.2, 0.50, 0.50, 0.62, 0.58)])
Z_MIDDLE = 0.1

# Knots that lie on points of the face: point -> (row, column, side of a slit: -1 above, 1 below, 0 no slit here).
# Only the person's left half (positive columns) and the middle; the other half is its mirror.
KNOTS = {
    8: (JAW_ROW, 0, 0), 9: (JAW_ROW, 5, 0), 10: (JAW_ROW, 11, 0), 11: (JAW_ROW, 16, 0), 12: (JAW_ROW, 18, 0),
    13: (JAW_ROW, 20, 0), 14: (JAW_ROW, EAR, 0), 15: (33, EAR, 0), 16: (18, EAR - 1, 0),
    27: (20, 0, 0), 28: (25, 0, 0), 29: (29, 0, 0), 30: (31, 0, 0), 33: (34, 0, 0), 34: (34, 2, 0), 35: (33, 4, 0),
    51: (LIP_TOP_ROW, 0, 0), 52: (LIP_TOP_ROW, 3, 0), 53: (LIP_TOP_ROW + 1, 6, 0), 54: (MOUTH_ROW, LIP_CORNER, 0),
    55: (LIP_BOTTOM_ROW - 1, 6, 0), 56: (LIP_BOTTOM_ROW, 3, 0), 57: (LIP_BOTTOM_ROW, 0, 0),
}  # fmt: skip
# Lines along a row that run through points: (points, their columns, row, side); the edges of the slits, the brows
LINES = (
    ((42, 43, 44, 45), (6, 10, 14, 16), EYE_ROW, -1), ((42, 47, 46, 45), (6, 9, 13, 16), EYE_ROW, 1),
    (tuple(range(17, 27)), (-20, -17, -14, -10, -5, 5, 10, 14, 17, 20), BROW_ROW, 0),
    ((60, 61, 62, 63, 64), (-9, -3, 0, 3, 9), MOUTH_ROW, -1), ((60, 67, 66, 65, 64), (-9, -3, 0, 3, 9), MOUTH_ROW, 1),
)  # fmt: skip
# Where the surface passes besides: (row, column) and (x, y, z), the left half
SURFACE = {
    (24, 5): (0.150, -0.360, -0.800), (28, 3): (0.085, -0.215, -0.965), (28, 6): (0.190, -0.175, -0.800),
    (31, 2): (0.070, -0.075, -1.075), (32, 4): (0.163, -0.020, -0.915), (31, 6): (0.205, -0.060, -0.815),
    (33, 2): (0.065, 0.045, -0.985), (32, 0): (0.0, -0.020, -1.115), (33, 0): (0.0, 0.035, -1.035),
    (26, 11): (0.36, -0.290, -0.715), (30, 13): (0.44, -0.120, -0.725), (30, 17): (0.585, -0.150, -0.560),
    (36, 14): (0.455, 0.150, -0.665), (42, 15): (0.470, 0.350, -0.575), (50, 0): (0.0, 0.565, -0.795),
    (48, 6): (0.17, 0.500, -0.790), (52, 0): (0.0, 0.660, -0.815), (37, 0): (0.0, 0.165, -0.900),
    (37, 6): (0.19, 0.170, -0.845), (18, 10): (0.33, -0.580, -0.745),
    (18, 15): (0.50, -0.575, -0.660),
}  # fmt: skip


@dataclass(frozen=True)
class HeadMesh:
    """The net, float64.

    mean: (V, 3), rest; identity: (K, V, 3) and channels: (51, V, 3), displacements as in `face.FaceModel`;
    triangles: (T, 3); row, column: (V,) place in the net; side: (V,) -1 and 1 at the edges of the slits;
    knots: (78,) the vertex that is each point; -1 for the pupils, which lie on the eyeballs, and the hair line's eight,
    where the skull is left smooth.
    """

    mean: np.ndarray
    identity: np.ndarray
    channels: np.ndarray
    triangles: np.ndarray
    row: np.ndarray
    column: np.ndarray
    side: np.ndarray
    knots: np.ndarray


class Net:
    """Rows, columns and slits: which vertices there are and which are neighbours."""

    def __init__(self):
        self.names = {}  # (row, column, side) -> vertex
        corners = []
        for row in range(LAST_ROW):
            for column in range(-HALF, HALF):
                above = [self._vertex(row, column + k, 1) for k in (0, 1)]
                below = [self._vertex(row + 1, column + k, -1) for k in (0, 1)]
                corners.append((above[0], above[1], below[1], below[0]))
        quads = np.array(corners)
        self.row, self.column, self.side = np.array(list(self.names)).T
        # the diagonals mirror each other left and right
        right = (np.arange(len(quads)) % (2 * HALF) >= HALF)[:, None]
        a, b, c, d = quads.T
        first = np.where(right, np.c_[a, b, d], np.c_[a, b, c])
        second = np.where(right, np.c_[b, c, d], np.c_[a, c, d])
        self.triangles = np.concatenate([first, second])
        self.edges = np.unique(np.sort(np.concatenate([quads[:, [0, 1]], quads[:, [1, 2]], quads[:, [2, 3]],
                                                       quads[:, [3, 0]]]), axis=1), axis=0)

    def vertex(self, row: int, column: int, side: int = 0) -> int:
        """The number of a knot: row, column, and which side of a slit (-1 above, 1 below; of no meaning elsewhere)."""
        return self.names[row, column, side if self._slit(row, column) else 0]

    def _vertex(self, row, column, side) -> int:
        if column == HALF:
            column = -HALF  # closed at the back
        key = (row, column, side if self._slit(row, column) else 0)
        return self.names.setdefault(key, len(self.names))

    @staticmethod
    def _slit(row, column) -> bool:
        eye = row == EYE_ROW and EYE_INNER < abs(column) < EYE_OUTER
        return eye or (row == MOUTH_ROW and abs(column) < MOUTH_END)

    def laplacian(self) -> sparse.csr_matrix:
        """Each knot less the mean of its neighbours: (V, V)."""
        n = len(self.row)
        a, b = self.edges.T
        ones = np.ones(2 * len(a))
        near = sparse.coo_matrix((ones, (np.r_[a, b], np.r_[b, a])), shape=(n, n)).tocsr()
        near = sparse.diags(1 / np.asarray(near.sum(axis=1))[:, 0]) @ near
        return (sparse.identity(n) - near).tocsr()


class Smooth:
    """The least bent displacement through given ones: solve (L^T L) d = 0 with d fixed at some knots."""

    def __init__(self, net: Net, fixed: np.ndarray):
        bending = net.laplacian()
        bending = (bending.T @ bending).tocsc()
        self.fixed = fixed
        self.free = np.setdiff1d(np.arange(len(net.row)), fixed)
        self.across = bending[self.free][:, fixed]
        self.solve = splu(bending[self.free][:, self.free])

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """values: (F, ...) at the fixed knots -> (V, ...) at all."""
        flat = values.reshape(len(values), -1)
        whole = np.zeros((len(self.fixed) + len(self.free), flat.shape[1]))
        whole[self.fixed] = flat
        whole[self.free] = self.solve.solve(-(self.across @ flat))
        return whole.reshape(-1, *values.shape[1:])


def section(angle: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A point of the plain head: angle round it (0 in front, radians) and height -> (..., 3)."""
    before, behind, front, back = (interpolate.pchip_interpolate(SECTIONS[:, 0], SECTIONS[:, k], y)
                                   for k in (1, 2, 3, 4))
    cos, sin = np.cos(angle), np.sin(angle)
    width = before + (behind - before) * np.clip(0.4 - 1.2 * cos, 0, 1)
    depth = np.where(cos > 0, front, back)
    return np.stack([width * sin, y, Z_MIDDLE - depth * cos], axis=-1)


def plain_head(net: Net) -> np.ndarray:
    """The net over the cross sections: (V, 3)."""
    column = np.abs(net.column)
    at = np.interp(column, (0, EYE_INNER, EYE_OUTER, EAR, HALF), (0.0, 0.245, 0.67, 1.55, np.pi))
    rows, middle, ear = np.array(ROWS).T
    # from the middle of the face towards the ear each row bends to another height; behind it stays there
    bend = smoothstep(0, 1, np.clip(at / 1.5, 0, 1) ** 2)
    y = (1 - bend) * np.interp(net.row, rows, middle) + bend * np.interp(net.row, rows, ear)
    points = section(at * np.sign(net.column), y)
    # below the jaw the net goes in to the neck
    neck = smoothstep(0, 5, net.row - JAW_ROW)[:, None]
    angle = at * np.sign(net.column)
    column_of_neck = np.stack([0.47 * np.sin(angle), y, 0.30 - 0.48 * np.cos(angle)], axis=-1)
    return points + neck * (column_of_neck - points)


@lru_cache(maxsize=1)
def build() -> HeadMesh:
    """The head that the shipped face model moves; a second of work, once.

    Raises `errors.WeightsError`: no face model.
    """
    model = face_model.FaceModel.load()
    net = Net()
    plain = plain_head(net)
    weights, fixed, knots = _handles(net)  # (F, 78): each fixed knot as a mix of points
    surface, places = _surface(net)
    rigid = _rigid(net, np.r_[fixed, surface])
    # the shape at rest
    smooth = Smooth(net, np.r_[fixed, surface, rigid])
    target = np.concatenate([weights @ model.mean, places, plain[rigid]])
    mean = plain + smooth(target - plain[smooth.fixed])
    # the channels: the skull and the neck stay
    smooth = Smooth(net, np.r_[fixed, rigid])
    moved = np.einsum("fp,cpx->fcx", weights, model.channels)
    channels = smooth(np.concatenate([moved, np.zeros((len(rigid), *moved.shape[1:]))])).transpose(1, 0, 2)
    channels = channels + flesh(mean, net, channels)
    # people: the skull follows the face as far as a stretch along the axes can tell
    moved = np.einsum("fp,kpx->fkx", weights, model.identity)
    stretched = np.stack([_stretch(model.mean, field, mean[rigid]) for field in model.identity], axis=1)
    identity = smooth(np.concatenate([moved, stretched])).transpose(1, 0, 2)
    return HeadMesh(mean, identity, channels, net.triangles, net.row, net.column, net.side, knots)


def flesh(mean: np.ndarray, net: Net, channels: np.ndarray) -> np.ndarray:
    """What the points do not tell, cheeks that bulge and lift, as soft bumps; zero at the points themselves.

    mean: (V, 3); channels: (51, V, 3) -> (51, V, 3), to be added, in units.
    """
    extra = np.zeros_like(channels)
    front = np.clip((-0.2 - mean[:, 2]) / 0.2, 0, 1)

    def bump(x, y, wide, high, push):
        weight = np.exp(-(((mean[:, 0] - x) / wide) ** 2) - ((mean[:, 1] - y) / high) ** 2) * front
        return weight[:, None] * np.array(push)

    for name, sign in (("Left", 1), ("Right", -1)):
        index = face_channels.BLENDSHAPES.index
        extra[index("mouthSmile" + name)] += bump(sign * 0.44, -0.06, 0.13, 0.12, (sign * 0.02, -0.03, -0.055))
        extra[index("cheekSquint" + name)] += bump(sign * 0.42, -0.16, 0.14, 0.10, (0, -0.03, -0.03))
        extra[index("cheekPuff")] += bump(sign * 0.43, 0.24, 0.16, 0.17, (sign * 0.09, 0, -0.10))
        extra[index("mouthFrown" + name)] += bump(sign * 0.33, 0.46, 0.08, 0.10, (0, 0.01, -0.02))
        extra[index("noseSneer" + name)] += bump(sign * 0.17, -0.06, 0.06, 0.08, (sign * 0.01, -0.035, -0.01))
    held = _handles(net)[1]
    extra[:, held] = 0
    return extra


def _handles(net: Net) -> tuple:
    """Knots held by the points: weights (F, 78), vertices (F,), and the vertex of each point (78,)."""
    mixes, knots = {}, np.full(landmarks.N_POINTS, -1)
    for point, (row, column, side) in KNOTS.items():
        for here, sign in ((point, 1), (int(landmarks.FLIP[point]), -1)):
            knots[here] = net.vertex(row, sign * column, side)
            mixes[knots[here]] = np.eye(landmarks.N_POINTS)[here]
    for points, columns, row, side in LINES:
        for mirrored in (False, True) if row == EYE_ROW else (False,):
            here = landmarks.FLIP[list(points)] if mirrored else np.array(points)
            at = -np.array(columns) if mirrored else np.array(columns)
            knots[here] = [net.vertex(row, c, side) for c in at]
            inside = np.arange(min(at), max(at) + 1)
            order = np.argsort(at)
            # a spline through the points of the edge, with columns as its parameter: linear in the points
            curve = interpolate.CubicSpline(at[order], np.eye(landmarks.N_POINTS)[here[order]], bc_type="natural")
            along = curve(inside)
            for column, mix in zip(inside, along):
                mixes[net.vertex(row, column, side)] = mix
    return np.array(list(mixes.values())), np.array(list(mixes)), knots


def _surface(net: Net) -> tuple:
    """Knots held by `SURFACE`, both halves: vertices (S,), places (S, 3)."""
    found = {}
    for (row, column), place in SURFACE.items():
        for sign in (1, -1):
            found[net.vertex(row, sign * column)] = np.array(place) * [sign, 1, 1]
    return np.array(list(found)), np.array(list(found.values()))


def _rigid(net: Net, taken: np.ndarray) -> np.ndarray:
    """Knots of skull and neck that no channel moves: vertices (R,)."""
    skull = (net.row <= 7) | ((np.abs(net.column) >= EAR + 4) & (net.row < JAW_ROW + 3))
    neck = net.row >= JAW_ROW + 6
    return np.setdiff1d(np.flatnonzero(skull | neck), taken)


def _stretch(mean: np.ndarray, field: np.ndarray, places: np.ndarray) -> np.ndarray:
    """A displacement of the points, carried on to other places as a shift and a stretch along each axis."""
    carried = np.zeros_like(places)
    for axis in range(3):
        design = np.c_[mean[:, axis], np.ones(len(mean))]
        slope, shift = np.linalg.lstsq(design, field[:, axis], rcond=None)[0]
        carried[:, axis] = slope * np.clip(places[:, axis], -1.3, 1.3) + shift
    return carried
