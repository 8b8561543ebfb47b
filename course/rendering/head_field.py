"""The motion of a head as one dense field: for every pixel of the new frame, where it looks in the photo.

Two parts are laid over each other. The rigid part turns, shifts and scales head and hair and fades out towards
shoulders, background and the border of the picture. The local part, a thin-plate spline, is what the face does
besides: it goes through the points and is nailed down on a ring around the head.

A head is round: when it turns, nose and cheeks travel, and the outline of skull and hair stays nearly where it was.
So the rigid part is two movements, one of the face and one of the skull, and from the middle of the face to the
outline the one gives way to the other. The skull's is the head's pose without its turning: how it tilts, how large
it is and where its middle lies.

Below the jaw begins the neck, which hands the movement down and ends at the collar: a chin that rises stretches it, one
that falls folds it. Collar and shoulders follow a little, and stay where only the jaw or the pitch of the head changes.

What takes part lies round the head as the photo has it. A head that goes further than a nod would come to the end of
that: so what takes part reaches from there to where the head is now, and no border cuts a face.
"""

import functools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..face import model as face_model
from ..interpolation import smoothstep
from ..keypoints import landmarks
from . import spread, warping

UPPER_LIP = np.array([49, 50, 51, 52, 53, 61, 62, 63])
LOWER_LIP = np.array([55, 56, 57, 58, 59, 65, 66, 67])

# What speech and looks do not move: bridge of the nose, corners of the eyes, hair line, sides of the jaw.
STABLE = np.array([27, 28, 29, 30, 36, 39, 42, 45, *landmarks.FOREHEAD, 0, 1, 2, 14, 15, 16])
# Those by which the pose of the skull is seen: all but mouth and lower jaw.
POSED = np.array([0, 1, 2, 14, 15, 16, *range(17, 48), *landmarks.FOREHEAD])
# Two points of a side, the outer one first, and which side it is: the outline beside corners of eyes and mouth
BESIDE = np.array([(0, 36, -1), (1, 36, -1), (2, 36, -1), (3, 48, -1), (4, 48, -1), (5, 48, -1),
                   (16, 45, 1), (15, 45, 1), (14, 45, 1), (13, 54, 1), (12, 54, 1), (11, 54, 1)])
# The same outline beside the brow, and what lies above the eye from inside outwards
BROWS = np.array([(0, 17, -1), (0, 18, -1), (0, 19, -1), (16, 26, 1), (16, 25, 1), (16, 24, 1)])
ABOVE = np.array([(17, 18, -1), (26, 25, 1)]), np.array([(70, 17, -1), (71, 18, -1), (77, 26, 1), (76, 25, 1)])
NARROWS, NARROWS_BROW, LEAST = 0.75, 0.55, 0.4  # of a side's breadth in the photo
# What may come into view: the outline beside eyes and mouth, and the ends of brow and forehead beside what lies further
# in. Up to so many times its breadth in the photo it widens as it would, and by `MORE` times that beyond at most: the
# first number counts for what is narrower there than the first of `BREADTHS` (radii), the second for what is broad.
# What lies behind counts as `HIDDEN` radii broad
RIMS = BESIDE, np.array([(17, 19, -1), (18, 20, -1), (26, 24, 1), (25, 23, 1),
                         (70, 72, -1), (71, 73, -1), (77, 75, 1), (76, 74, 1)])
WIDENS, MORE, BREADTHS, HIDDEN = (1.35, 2.2), 0.4, (0.08, 0.25), 0.02
SEEN, SEEN_BROW = 0.08, 0.02  # radii: a side that is narrower than this in the photo is hidden
# By these is seen how a head is held: what no expression moves
RIGID = np.array([0, 1, 2, 14, 15, 16, *range(27, 36), 36, 39, 42, 45])
# Where no point of the face lies the plate through them is not the face: x and y in the model's frame, and how much
# nearer to the viewer than the plate it is there (z, away from the viewer). Cheeks, by `synthetic.head`; the flanks of
# the nose, held so, made noses of plates.
SURFACE = np.array([(side * x, y, z) for side in (-1, 1) for x, y, z in (
    (0.44, -0.12, -0.162), (0.455, 0.15, -0.172), (0.47, 0.35, -0.119))])
FLANKED = np.array([1, 2, 3, 15, 14, 13])  # the point of the outline that each lies beside
CROWDED = 0.3  # of the way to it: a cheek that turns away goes no further, or it would fold over the border of the face
DRAWN = 0.12  # radii of a chin that are drawn out with what lies below it
UNDER = 0.5, 0.8  # radii to the side: from where and to where a lower border that has let the chin go holds again
SHOULDERS = 1.1  # radii below the face's centre: here the neck ends


@dataclass
class FieldSettings:
    """Distances are in face radii: half the way from chin to hair line."""

    smoothing: float = 2e-4  # bends less for noise in the points
    ring: float = 2.0  # where the local part is nailed down
    ring_points: int = 28
    nodes: int = 56  # a side of the grid on which the field is worked out
    whole: tuple = (1.3, 1.75, 1.0)  # to the side, up, down: moves fully with the head
    still: tuple = (2.2, 2.65, 2.3)  # the same: stands still
    neck: tuple = (0.9, 1.65)  # how far below the face's centre it begins and ends
    shortest: float = 0.45  # so long it is at least, also below a jaw that is wide open
    slope: float = 0.35  # so much higher it begins and ends at its sides, where the shoulders rise towards it
    longer: float = 3.0  # times as long as the head has risen it is at least: a shorter one would tear
    follows: float = 0.12  # share of the head's movement that is left at the collar
    border: float = 0.45  # width of the strip along the picture's border that comes to rest
    # A chin that falls from the first to the second takes along what is below it over the picture's lower border, and
    # the neck is so short then; one that rises draws it out
    lets_go: tuple = (0.04, 0.16)
    covered: float = 0.35
    draws: tuple = (0.0, 0.12)
    room: tuple = (0.1, 0.3)  # so near to that border it does so wholly, and so far from it not at all
    open_above: bool = False  # no such strip above the shoulders, where `layers` fills what comes in
    skull: tuple = (0.4, 1.6)  # from here on the skull's movement takes over from the face's; it alone is left
    near: float = 0.35  # a part of the head that is further than this from its place takes along what lies between
    max_parallax: float = 0.8  # how far the two may be apart: more is a mistake
    max_residual: float = 1.2  # a point further off than this is a mistake


class Head:
    """Where the head is in a photo of shape (H, W), by its points (78, 2) in pixels: centre (2,), radius in pixels, up
    and right as unit vectors (2,)."""

    def __init__(self, points: np.ndarray, shape):
        chin, top = points[8], points[landmarks.FOREHEAD].mean(0)
        width = np.linalg.norm(points[16] - points[0])
        up = top - chin
        length = float(np.linalg.norm(up))
        self.up = up / length if length > 1e-3 else np.array([0.0, -1.0])
        self.right = np.array([-self.up[1], self.up[0]])
        # a head that nods looks short, one that turns looks narrow: take the better of the two
        self.radius = float(np.clip(max(length / 2, 0.62 * width), 4.0, 4.0 * max(shape)))
        self.centre = chin + self.up * length / 2

    def coordinates(self, positions: np.ndarray):
        """Pixels (..., 2) -> side (...), up (...) in radii."""
        shifted = (positions - self.centre) / self.radius
        return shifted @ self.right, shifted @ self.up


def held(points: np.ndarray) -> tuple:
    """How a head is held, by points (78, 2): its rotation (3, 3), and pixels a unit."""
    return _held(points[RIGID].astype(np.float64).tobytes())


@functools.lru_cache(maxsize=16)
def _held(rigid: bytes) -> tuple:
    # the field and the light ask for the same points of a frame
    steady = np.full((1, landmarks.N_POINTS, 2), np.nan)
    steady[0, RIGID] = np.frombuffer(rigid).reshape(-1, 2)
    angles, scale, _ = face_model.fit_pose(steady, face_model.FaceModel.load().mean)
    return face_model.rotation_matrix(angles[0]), float(scale[0])


def elliptic_reach(side, up, settings: FieldSettings) -> np.ndarray:
    """0 where everything moves with the head, 1 where nothing does; between, along rays from the face's centre.

    side, up: (...) in radii, as `Head.coordinates` gives them.
    """
    distance = np.hypot(side, up) + 1e-9
    cos, sin = side / distance, up / distance

    def radius(extent):
        vertical = np.where(sin > 0, extent[1], extent[2])
        return 1 / np.hypot(cos / extent[0], sin / vertical)

    inner, outer = radius(settings.whole), radius(settings.still)
    return np.clip((distance - inner) / (outer - inner), 0, 1)


def of_face(side, up) -> np.ndarray:
    """How far places (...) in radii are of the face, which always moves whole, even where the picture cuts it off:
    (..., 1)."""
    return 1 - smoothstep(1.0, 1.25, np.hypot(side * 1.15, up))[..., None]


def reading_nodes(centre: float, dense: float, low: float, high: float, count: int):
    """Places along one axis, dense around the centre and wide outside, and how to find them again.

    x(t) = centre + dense sinh(t): smooth, so that cubic reading between the nodes stays exact.
    Args:
        centre, dense, low, high: pixels; x is between low and high; count: of nodes.
    Returns:
        nodes (count,); and a function from positions to fractions of an index.
    """
    start, stop = np.arcsinh((low - centre) / dense), np.arcsinh((high - centre) / dense)
    nodes = centre + dense * np.sinh(np.linspace(start, stop, count))
    return nodes, lambda x: (np.arcsinh((x - centre) / dense) - start) / (stop - start) * (count - 1)


def box_of(head: Head, shape, settings: FieldSettings) -> tuple:
    """All that can move in a picture of shape (H, W): x0, y0, x1, y1 in whole pixels."""
    height, width = shape
    reach = max(settings.still) + 0.1
    x0, y0 = np.floor(head.centre - reach * head.radius).astype(int)
    x1, y1 = np.ceil(head.centre + reach * head.radius).astype(int) + 1
    # a face at the very edge still gets a box with something in it
    return (min(max(x0, 0), width - 1), min(max(y0, 0), height - 1), max(min(x1, width), 1), max(min(y1, height), 1))


class Shares(NamedTuple):
    """How the nodes take part in a frame: where they lie in the photo if only the head moves, (nodes, nodes, 2), and
    how much of the rigid and of the local part each takes, (nodes, nodes, 1) each; far: whether more takes part than
    does while the head is near its place."""

    homes: np.ndarray
    rigid: np.ndarray
    local: np.ndarray
    far: bool = False


class HeadField:
    """What can be worked out once for a photo; `positions` then makes the field of a frame.

    box: x0, y0, x1, y1, all that can move; head: its `Head`; row_matrix, column_matrix: from nodes to pixels,
    (h, nodes), (nodes, w).
    """

    def __init__(self, points: np.ndarray, shape, settings: FieldSettings):
        """points: (78, 2) in pixels; shape: (H, W) of the photo. Raises errors.WeightsError: no face model."""
        self.settings = settings
        self.points = points.astype(np.float64)
        self.head = head = Head(self.points, shape)
        self._side = self.points @ head.right
        height, width = shape
        self.box = x0, y0, x1, y1 = box_of(head, shape, settings)
        xs, x_index = reading_nodes(head.centre[0], 1.1 * head.radius, x0, x1 - 1 + 1e-6, settings.nodes)
        ys, y_index = reading_nodes(head.centre[1], 1.1 * head.radius, y0, y1 - 1 + 1e-6, settings.nodes)
        self.nodes = np.stack(np.meshgrid(xs, ys), axis=-1)  # (nodes, nodes, 2)
        columns = spread.cubic_matrix(x_index(np.arange(x0, x1)).astype(np.float32), settings.nodes)
        self.column_matrix = np.ascontiguousarray(columns.T)
        self.row_matrix = spread.cubic_matrix(y_index(np.arange(y0, y1)).astype(np.float32), settings.nodes)
        angles = np.arange(settings.ring_points) * 2 * np.pi / settings.ring_points
        extent = settings.ring * head.radius
        self.ring = head.centre + extent * (np.outer(np.cos(angles), head.right) * 0.9
                                            + np.outer(np.sin(angles), head.up))
        self._border, self._open_below, self._in_box = self._ends(width, height)
        self._bottom = height - 1
        side, up = self.head.coordinates(self.nodes)
        self._below_chin = np.unravel_index(np.argmin(np.hypot(side, up + 1)), side.shape)
        self._own = *self._parts(side, up), of_face(side, up)
        *parts, face = self._own
        self._all_that_moves = np.maximum(np.maximum(*parts) * self._open_below, face)
        self.solid = face_model.FaceModel.load().mean  # (78, 3); anybody will do, since only the change of pose counts
        self.pose = self._pose(points)
        places = self.solid[:, :2]
        spline = warping.fit_spline(places, np.eye(len(places)))
        self._mixed = warping.evaluate_spline(places, spline, SURFACE[:, :2])  # (k, 78)
        self._turn = held(points)[0]
        self._surface = self._on_surface(self.points)
        self._hidden = self._behind()

    def _behind(self) -> np.ndarray:
        """Which points of the outline, and which places of `SURFACE`, lie behind what a turned photo shows: (k,), as
        `start` counts them. They would draw the nose before them along."""
        outer, inner, sign = BESIDE.T
        hidden = outer[sign * (self._side[outer] - self._side[inner]) < 0]
        return np.concatenate([hidden, landmarks.N_POINTS + np.flatnonzero(np.isin(FLANKED, hidden))])

    def _pose(self, points: np.ndarray) -> tuple:
        """How the skull is held: tilt in radians, pixels a unit, and where its middle lies (2,)."""
        steady = np.full((1, landmarks.N_POINTS, 2), np.nan)
        steady[0, POSED] = points[POSED]
        angles, scale, origin = face_model.fit_pose(steady, self.solid)
        return np.radians(angles[0, 2]), float(scale[0]), origin[0]

    def _on_surface(self, points: np.ndarray) -> np.ndarray:
        """Where the places of `SURFACE` are seen, by points (78, 2): (k, 2)."""
        turn, scale = held(points)
        # a plate through the points, and from it along the face's own z as that has turned, but for nods: of those the
        # points tell turn and shift too badly apart
        across = turn[:2, 0] / max(np.linalg.norm(turn[:2, 0]), 1e-6)
        plate, off = self._mixed @ points, scale * SURFACE[:, 2:] * ((turn - self._turn)[:2, 2] @ across) * across
        way = points[FLANKED] - plate
        room = np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-6)
        most, out = CROWDED * room, np.maximum((off * way).sum(axis=1, keepdims=True) / room, 0)
        off -= (out - most * np.tanh(out / most)) * way / room
        return plate + off

    def _ends(self, width, height) -> tuple:
        """What comes to rest, (nodes, nodes, 1) each: 0 along the picture's border, the same without its lower border,
        and 0 along the box's where that lies inside the picture; 1 further in."""
        side, up = self.head.coordinates(self.nodes)
        low, high = self.nodes, np.array([width - 1, height - 1]) - self.nodes
        across, above, below = np.minimum(low, high)[..., 0], low[..., 1], high[..., 1]
        if self.settings.open_above:
            # the body stays where the border cuts it; the head goes, and takes its hair with it
            across, above = across + 2 * self.head.radius * np.maximum(up + SHOULDERS, 0), np.inf
        x0, y0, x1, y1 = self.box
        cut = np.array([x0 > 0, y0 > 0]), np.array([x1 < width, y1 < height])
        inside = np.minimum(np.where(cut[0], low - [x0, y0], np.inf),
                            np.where(cut[1], high - [width - x1, height - y1], np.inf)).min(axis=-1)
        strip = self.settings.border * self.head.radius
        beside = np.minimum(across, above)
        # under the chin; shoulders rest
        beside = beside + (np.minimum(beside, below) - beside) * smoothstep(*UNDER, np.abs(side))
        return tuple(smoothstep(0, strip, np.minimum(distance, strip))[..., None]
                     for distance in (np.minimum(beside, below), beside, inside))

    def _parts(self, side, up) -> tuple:
        """How far places (...) in radii go with the head, and how far they may bend besides: (..., 1) each."""
        reach = elliptic_reach(side, up, self.settings)[..., None]
        return 1 - smoothstep(0, 1, reach), 1 - smoothstep(0.75, 1, reach)

    def _neck(self, side, up, neck) -> np.ndarray:
        """What is left of the head's movement at places (...) in radii, (..., 1): all down to where the neck begins,
        `follows` where it ends."""
        below = -up + self.settings.slope * smoothstep(0.3, 0.9, np.abs(side))
        return (1 - (1 - self.settings.follows) * smoothstep(*neck, below))[..., None]

    def _weights(self, side, up, neck, border) -> tuple:
        """How much of the rigid and of the local part places (...) in radii take, (..., 1) each; neck: from where to
        where it goes; border: `_border_of` the frame."""
        handed_on, face = self._neck(side, up, neck) * border, of_face(side, up)
        return tuple(np.maximum(part * handed_on, face) for part in self._parts(side, up))

    def _neck_of(self, chin: float, risen: float, goes: float) -> tuple:
        """From where to where the neck goes in a frame; chin: how far it is below the face's centre; risen: the head's
        way up; all in radii. goes: `_lets_go`."""
        begin, end = self.settings.neck
        begin = max(begin, chin)
        end = max(end, begin + max(self.settings.shortest, self.settings.longer * risen))
        return begin, end + goes * (min(end, begin + self.settings.covered) - end)

    def _lets_go(self, chin: np.ndarray) -> float:
        """How far the picture's lower border lets go of what is below a chin, 0 to 1; chin: where it is in the frame,
        (2,).

        A chin that falls would be pressed against that border, with its beard: it goes on, and what it shows there is
        in the photo.
        """
        _, room, risen = self._above_border(chin)
        return float(smoothstep(*self.settings.lets_go, -risen) * (1 - smoothstep(*self.settings.room, room)))

    def _above_border(self, chin: np.ndarray) -> tuple:
        """In radii: how far a chin is above the picture's lower border in the photo, how far in the frame, where it is
        at (2,), and how far up it has gone."""
        before, now = self.head.coordinates(np.stack([self.points[8], chin]))[1]
        rooms = (self._bottom - np.array([self.points[8, 1], chin[1]])) / self.head.radius
        return *rooms, now - before

    def drawn(self, chin: np.ndarray, y: np.ndarray) -> np.ndarray:
        """How much of a face's own movement is left at rows y (...) of the picture: (...) in [0, 1]; chin: as above.

        One that rises from near the lower border would show what is not in the photo. So what lies below it is drawn
        out.
        """
        before, now, risen = self._above_border(chin)
        share = smoothstep(*self.settings.draws, risen) * (1 - smoothstep(*self.settings.room, before))
        above = np.clip((self._bottom - y) / self.head.radius / max(now + DRAWN, DRAWN), 0, 1)
        return 1 - share * (1 - above)

    def shares(self, back, target: np.ndarray) -> Shares:
        """How the nodes take part in a frame; back: the ways home of `start`; target: (78, 2).

        Near its place in the photo the head moves what it moves there, but that the neck begins at the chin, wherever
        that is. Further away a node takes part if its way home leads through what does there. What shows the face
        shows it whole.
        """
        homes = self.home(self.nodes, back)
        side, up = self.head.coordinates(self.nodes)
        at_home = self.head.coordinates(homes)
        along, rise = ((there - here) for there, here in zip(at_home, (side, up)))
        face = of_face(*at_home)
        chin = -float(self.head.coordinates(target[8])[1])
        goes = self._lets_go(target[8])
        neck = self._neck_of(chin, -float(rise[self._below_chin]), goes)
        border = self._border + goes * (self._open_below - self._border)
        *parts, here = self._own
        face = np.maximum(face, here) * self.drawn(target[8], self.nodes[..., 1:])
        handed_on = self._neck(side, up, neck) * border
        near = Shares(homes, *(np.maximum(part * handed_on, face) for part in parts))
        gone = np.hypot(along, rise)
        if gone[self._all_that_moves[..., 0] > 0].max(initial=0) <= self.settings.near:  # most frames: nothing more
            return near
        part = np.maximum(1 - self.settings.near / np.maximum(gone, 1e-9), 0)
        along, rise = part * along, part * rise
        # the point q + t v of the way that comes closest to the face's centre: t = -q.v / v.v
        t = np.clip(-(side * along + up * rise) / np.maximum(along**2 + rise**2, 1e-9), 0, 1)
        rigid, _ = self._weights(side + t * along, up + t * rise, neck, border)
        rigid = np.maximum(rigid, face) * self._in_box
        if (rigid <= near.rigid).all():
            return near
        _, local = self._weights(side + along, up + rise, neck, border)
        local = np.where(part[..., None] > 0, np.maximum(local, face) * self._in_box, near.local)
        return Shares(homes, np.maximum(rigid, near.rigid), local, far=True)

    def moves(self, shares: Shares | None = None) -> np.ndarray:
        """How far each pixel of the box can take part while the head is near its place, or takes part in the frame of
        these shares: float32 (h, w)."""
        moves = self._all_that_moves
        if shares and shares.far:
            moves = np.maximum(np.maximum(shares.rigid, shares.local), moves)
        return self.interpolated(moves.astype(np.float32))[..., 0]

    def gone(self, matrix: np.ndarray) -> float:
        """How far a head is from its place in the photo, in radii, and from its size there, log of the ratio, together.

        matrix: `rigid` of a frame, (2, 3).
        """
        shift = np.linalg.norm(warping.transform(matrix, self.head.centre) - self.head.centre) / self.head.radius
        return float(shift + abs(np.log(max(np.hypot(*matrix[:, 0]), 1e-6))))

    def rigid(self, target: np.ndarray) -> np.ndarray:
        """The head's turn, size and shift from the photo to the target (78, 2): (2, 3)."""
        return warping.similarity(self.points[STABLE], target[STABLE])

    def unfolded(self, target: np.ndarray, matrix: np.ndarray) -> np.ndarray:
        """The target, its far cheek kept outside eye and mouth, and its near one beside them.

        Of a head that turns away the points of the outline go behind the cheek, where no picture shows them; what is
        seen as outline there is cheek. A warp that followed them would fold eye and nose over the border of the face.

        Args:
            target: (78, 2); matrix: `rigid` of it, (2, 3).
        Returns:
            (78, 2): the target itself where no side has become narrow, or wide.
        """
        size = float(np.hypot(*matrix[:, 0]))
        right = matrix[:, :2] @ self.head.right / max(size, 1e-9)
        moved = target
        for pairs in RIMS:
            moved = self._together(moved, right, size, pairs)
        moved = self._apart(moved, right, size, BESIDE)
        moved = self._apart(moved, right, size, BROWS, inwards=True)
        for pairs in ABOVE:
            moved = self._apart(moved, right, size, pairs)
        return moved

    def _together(self, points, right, size: float, pairs) -> np.ndarray:
        """Points (78, 2), the outer ones of pairs kept from going too far away from the inner ones: what is behind them
        in the photo cannot come into view, and a rim drawn out would take its place.

        right, size, pairs: as in `_apart`.
        """
        outer, inner, sign = pairs.T
        before = sign * (self._side[outer] - self._side[inner]) * size
        radius = max(self.head.radius * size, 1e-6)
        breadth = np.maximum(before, HIDDEN * radius)
        wider = sign * ((points[outer] - points[inner]) @ right) - before
        widens = WIDENS[0] + (WIDENS[1] - WIDENS[0]) * smoothstep(*BREADTHS, breadth / radius)
        free, room = (widens - 1) * breadth, MORE * breadth
        over = np.maximum(wider - free, 0)
        if not over.any():
            return points
        moved = np.array(points)
        moved[outer] -= ((over - room * (1 - np.exp(-over / room))) * sign)[:, None] * right
        return moved

    def _apart(self, points, right, size: float, pairs, inwards: bool = False) -> np.ndarray:
        """Points (78, 2) with those of a side that come too near to each other kept apart, the outer one or the inner
        one moved; as they are where there are none.

        right: (2,), the head's axis in the frame; size: the head's, as a ratio; pairs: (n, 3), as `BESIDE`.
        """
        outer, inner, sign = pairs.T
        side = points @ right
        before = sign * (self._side[outer] - self._side[inner]) * size
        after = sign * (side[outer] - side[inner])
        least = (SEEN_BROW if inwards else SEEN) * self.head.radius * size
        seen = before > least
        share = np.where(seen, after / np.where(seen, before, 1.0), 1.0)
        # a side that the photo hides shall be hidden no further
        over = np.where(seen, 0.0, np.maximum(before - least / 4 - after, 0))
        narrows = NARROWS_BROW if inwards else NARROWS
        if (share >= narrows).all() and not over.any():
            return points
        # below that a side still narrows, ever less, and never below LEAST of its breadth
        room = narrows - LEAST
        kept = np.where(share < narrows, LEAST + room * np.exp(np.minimum(share - narrows, 0) / room), share)
        moved, goes = np.array(points), inner if inwards else outer
        moved[goes] += (((kept - share) * before + over) * (-sign if inwards else sign))[:, None] * right
        return moved

    def start(self, target: np.ndarray, matrix: np.ndarray):
        """What the fields of a frame share.

        Args:
            target: (78, 2) pixels; matrix: `rigid` of it, (2, 3).
        Returns:
            the ways home of face and skull, two (2, 3); where each point, and after them each place of `SURFACE`, would
            be in the photo if only the head moved, (78 + k, 2); and how far it really is from there, (78 + k, 2).
        """
        back = warping.inverted(matrix), self._skull_home(target, matrix)
        held = self.home(np.concatenate([target, self._on_surface(target)]), back)  # in the photo's frame
        residual = np.concatenate([self.points, self._surface]) - held
        size = np.linalg.norm(residual, axis=1, keepdims=True)
        limit = self.settings.max_residual * self.head.radius
        return back, held, residual * np.minimum(1, limit / np.maximum(size, 1e-9))

    def spline(self, held, residual, used: np.ndarray):
        """The local part as a thin plate (`warping.fit_spline`) through some of the points.

        Args:
            held, residual: (78 + k + m, 2), from `start`, and m places that are held besides, as rims are; used:
                indices of the points that count, but for those that the photo hides; what comes after the points counts
                in any case.
        Returns:
            centres (n, 2) in radii around the head's centre, and weights (n + 3, 2) in pixels.
        """
        used = np.setdiff1d(np.concatenate([used, np.arange(landmarks.N_POINTS, len(held))]), self._hidden)
        centres = np.concatenate([held[used], self.ring])
        centres = (centres - self.head.centre) / self.head.radius
        values = np.concatenate([residual[used], np.zeros_like(self.ring)])
        return centres, warping.fit_spline(centres, values, self.settings.smoothing)

    def _skull_home(self, target: np.ndarray, matrix: np.ndarray) -> np.ndarray:
        """From the frame to the photo as the skull moves, but for its turns about the picture's two axes: (2, 3)."""
        (tilt, size, middle), (new_tilt, new_size, new_middle) = self.pose, self._pose(target)
        if min(size, new_size) < 1e-3:  # points that all coincide have no pose
            return warping.inverted(matrix)
        shrink = float(np.clip(size / new_size, 0.25, 4))
        cos, sin = shrink * np.cos(tilt - new_tilt), shrink * np.sin(tilt - new_tilt)
        linear = np.array([[cos, -sin], [sin, cos]])
        # p = s/s' R(tilt - tilt') (q - q0) + p0, pinned where the face's centre goes
        there = warping.transform(matrix, self.head.centre)
        apart = linear @ (there - new_middle) + middle - self.head.centre
        far = np.linalg.norm(apart) / (self.settings.max_parallax * self.head.radius)
        return np.concatenate([linear, (self.head.centre + apart / max(far, 1.0) - linear @ there)[:, None]], axis=1)

    def home(self, places, back) -> np.ndarray:
        """Where places (..., 2) of the frame lie in the photo if only the head moves, as far as it does: (..., 2).

        back: the ways home of `start`.
        """
        of_face, of_skull = (warping.transform(matrix, places) for matrix in back)
        side, up = self.head.coordinates((of_face + of_skull) / 2)
        share = smoothstep(*self.settings.skull, np.hypot(side / 0.9, up))[..., None]
        return of_face + share * (of_skull - of_face)

    def local(self, spline, places):
        """The local part at places (..., 2) of the photo: (..., 2) in pixels."""
        centres, weights = spline
        queries = ((places - self.head.centre) / self.head.radius).astype(np.float32)
        return warping.evaluate_spline(centres, weights, queries.reshape(-1, 2)).reshape(places.shape)

    def positions(self, spline, shares: Shares, stiffened=None) -> np.ndarray:
        """For every pixel of the box, where it looks in the photo: float32 (h, w, 2), x and y a plane each.

        stiffened: what becomes of the local part at places of the photo, (n, n, 2) and (n, n, 2) -> (n, n, 2), or None.
        """
        places = self.nodes + shares.rigid * (shares.homes - self.nodes)
        local, bends = np.zeros_like(places), shares.local[..., 0] > 0
        local[bends] = self.local(spline, places[bends])
        if stiffened is not None:
            local = stiffened(local, places)
        offsets = places + shares.local * local - self.nodes
        dense = self.interpolated(offsets.astype(np.float32))
        x0, y0, x1, y1 = self.box
        dense[..., 0] += np.arange(x0, x1, dtype=np.float32)
        dense[..., 1] += np.arange(y0, y1, dtype=np.float32)[:, None]
        return dense

    def interpolated(self, values: np.ndarray) -> np.ndarray:
        """Values on the nodes (nodes, nodes, c) to every pixel of the box, float32 (h, w, c), as `spread.spread`."""
        return spread.spread(values, self.row_matrix, self.column_matrix)
