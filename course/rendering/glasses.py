"""Glasses in a photo, and how they stay one rigid piece while brows and lids move beneath them.

    photo, points -> upright patch round both eyes -> a closed path of most contrast round each eye -> are these rims?

A frame of glasses shows as contrast all round both eyes, and as a line across the bridge of the nose, where a bare face
is smooth. Along the rims and the bridge the face's own bending gives way to what a stiff bar does.
"""

from typing import NamedTuple

import cv2
import numpy as np

from ..interpolation import smoothstep
from ..keypoints import crops, landmarks

SIZE, UNIT = 256, 110.0  # pixels a side of the patch, and to an eye distance in it
LEAST, MOST, FLAT = 0.17, 0.44, 0.8  # radii of rims in eye distances; they are so many times as high as wide
ANGLES, RADII = 72, 40
STEP = 0.02  # what a step of one radius costs a path, in its contrast
# The logarithms of contrast round both eyes, below them and across the bridge, weighed by logistic regression on the
# training part of portraits and scenes, of which the likeliest 120 were looked at
WEIGHTS, OFFSET, FLOOR = np.array([3.384, 1.04, 3.771]), 8.953, 0.02
SURE = (-1.1, -0.5)  # scores from which on glasses are held a little, and whole
BAND = (0.05, 0.02)  # eye distances from a rim within which nothing is painted over it: not at all, and wholly
# Eye distances: outside the rims, which have a breadth, the face bends again between the first two, slowly, or a brow
# that rises would fold over them; and it always bends at a lid, and up to the third from it
FADES, FREE = (0.32, 0.06), (0.1, 0.02)
LARGER = 1.3  # times as large as the other a rim is at most
INSIDE = (0.0, 0.2)  # eye distances inside the face's outline, at which nothing is held, and wholly
# What moves with the frame: corners of the eyes and the top of the nose
SEATS = np.array([27, 36, 39, 42, 45])


class Patch(NamedTuple):
    """grey: float32 (SIZE, SIZE); matrix: (2, 3) from the picture to it; points: (78, 2) in it."""

    grey: np.ndarray
    matrix: np.ndarray
    points: np.ndarray


class Bar(NamedTuple):
    """Glasses in a frame: a bar, bent a little as a face is round.

    p = f + a + b u + c u^2,   u = (f . right - middle) / size

    p: places of the photo; f: where places of the frame would look in it if the head were as flat as a picture
    (`HeadField.rigid`), both in pixels. right: (2,); carried: (3, 2), a, b and c.
    """

    right: np.ndarray
    middle: float
    size: float
    carried: np.ndarray

    def _off(self, flat: np.ndarray) -> np.ndarray:
        a, b, c = self.carried
        # what is far from the glasses is held at their ends
        u = np.clip((flat @ self.right - self.middle) / self.size, -1.5, 1.5)[..., None]
        return a + u * (b + u * c)

    def looks(self, flat: np.ndarray) -> np.ndarray:
        """f (..., 2) -> p (..., 2)."""
        return flat + self._off(flat)

    def flat(self, places: np.ndarray) -> np.ndarray:
        """The way back: p (..., 2) -> f (..., 2)."""
        flat = places
        for _ in range(6):  # each round leaves a quarter of what was off, or less
            flat = places - self._off(flat)
        return flat


class Glasses:
    """The glasses of a photo.

    rims: float32 (2, ANGLES, 2), pixels of the photo, right and left; edges: (m, 2), the same of their outer ends;
    seats: (5, 2), of `SEATS`; share: how sure they are, 0 to 1.
    """

    def __init__(self, patch: Patch, paths: np.ndarray, share: float):
        """paths: (2, ANGLES, 2), the rims in the patch."""
        self.share, self.matrix = share, patch.matrix
        inverse = cv2.invertAffineTransform(patch.matrix)
        self.rims = crops.apply(inverse, paths).astype(np.float32)
        self.seats = crops.apply(inverse, patch.points[SEATS])
        self.edges = crops.apply(inverse, _edges(paths, patch.points))
        bridge = _bridge_row(patch)[0]
        self.stiff = _stiffness(paths, bridge, patch.points) * np.float32(share)
        self.drawn = smoothstep(*BAND, _distance(paths, bridge, filled=False)).astype(np.float32) * np.float32(share)

    def _read(self, weight: np.ndarray, places: np.ndarray) -> np.ndarray:
        """A map of the patch at places (h, w, 2) of the photo: float32 (h, w, 1), 0 outside."""
        at = crops.apply(self.matrix, places).astype(np.float32)
        return cv2.remap(weight, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)[..., None]

    def bar(self, seats: np.ndarray, right: np.ndarray) -> "Bar":
        """How the glasses lie in a frame; seats: (5, 2), where its `SEATS` would look in the photo if the head were as
        flat as a picture, see `Bar`; right: (2,), the head's axis."""
        along = seats @ right
        middle, size = float(along.mean()), max(float(np.ptp(along)), 1e-6)
        # carried by the eyes' corners and the nose, whatever lies above and below; bent to the side alone
        u, off = (along - middle) / size, self.seats - seats
        design = np.stack([np.ones_like(u), u, u * u], axis=1)
        carried = np.vstack([np.linalg.lstsq(design[:, :2], off, rcond=None)[0], np.zeros(2)])
        side = np.linalg.lstsq(design, off @ right, rcond=None)[0]
        return Bar(right, middle, size, carried + np.outer(side - carried @ right, right))

    def stiffened(self, local, places, looks) -> np.ndarray:
        """How far places look away from where the head's movement takes them, rims being stiff: (h, w, 2) pixels.

        Args:
            local: (h, w, 2), the same of a face that bends everywhere; places: (h, w, 2), where the head's movement
                takes them in the photo; looks: (h, w, 2), where they look as `Bar` says.
        """
        return local + self._read(self.stiff, looks) * (looks - places - local)

    def kept(self, region: np.ndarray, positions: np.ndarray, origin, target: np.ndarray):
        """The rims as the warp has moved them, to be laid over what is painted: a box x0, y0, x1, y1 of the region, its
        pixels uint8 (h, w, 3), and how far they count (h, w, 1); None where the box is empty.

        region: uint8 (H, W, 3); positions: (H, W, 2), where each pixel of it looks in the photo; origin: its corner (x,
        y) in the photo; target: (78, 2).
        """
        eyes = target[36:48] - origin
        reach = MOST * landmarks.eye_distance(target)
        x0, y0 = np.maximum(np.floor(eyes.min(axis=0) - reach), 0).astype(int)
        x1, y1 = np.minimum(np.ceil(eyes.max(axis=0) + reach), region.shape[1::-1]).astype(int)
        if x1 <= x0 or y1 <= y0:
            return None
        counts = self._read(self.drawn, positions[y0:y1, x0:x1])
        return (x0, y0, x1, y1), region[y0:y1, x0:x1].copy(), counts


def lay(region: np.ndarray, kept) -> None:
    """Lay rims of `Glasses.kept` over uint8 (H, W, 3), in place."""
    if kept is not None:
        (x0, y0, x1, y1), pixels, counts = kept
        patch = region[y0:y1, x0:x1]
        patch[:] = patch + counts * (pixels.astype(np.float32) - patch) + 0.5


def find(image: np.ndarray, points: np.ndarray) -> Glasses | None:
    """The glasses that a face wears: uint8 (H, W, 3), points (78, 2) in pixels -> `Glasses`, or None."""
    patch = _patch(image, points)
    noise = float(patch.grey.std()) + 5  # grey levels
    centres = [patch.points[eye].mean(axis=0) + [0, 0.05 * UNIT] for eye in (landmarks.EYE_RIGHT, landmarks.EYE_LEFT)]
    paths, contrast = zip(*(_rim(patch.grey, centre, noise) for centre in centres))
    share = float(smoothstep(*SURE, score(np.stack(contrast), _bridge_row(patch)[1])))
    return Glasses(patch, _alike(np.stack(paths), np.stack(centres)), share) if share > 0 else None


def score(contrast: np.ndarray, bridge: float) -> float:
    """How likely glasses are, as a logit: contrast (2, ANGLES) along the paths round both eyes, and on the bridge."""
    below = np.median(contrast[:, 6:31], axis=1).min()
    return float(WEIGHTS @ np.log(np.array([contrast.mean(), below, bridge]) + FLOOR) + OFFSET)


def _patch(image, points) -> Patch:
    right, left = (points[index] for index in landmarks.EYE_OUTER_CORNERS)
    unit = max(float(landmarks.eye_distance(points)), 1.65 * float(np.linalg.norm(points[27] - points[33])), 1.0)
    tilt = float(np.degrees(np.arctan2(*(left - right)[::-1])))
    matrix = crops.square_matrix(points[36:48].mean(axis=0), SIZE / UNIT * unit, SIZE, tilt)
    grey = cv2.cvtColor(crops.cut(image, matrix, SIZE), cv2.COLOR_RGB2GRAY).astype(np.float32)
    return Patch(grey, matrix, crops.apply(matrix, points))


def _bridge_row(patch: Patch) -> tuple:
    """The row of most contrast across the top of the nose: its middle (x, y), and that contrast beside the patch's."""
    middle = (patch.points[39] + patch.points[42]) / 2
    slope = np.abs(cv2.Sobel(cv2.GaussianBlur(patch.grey, (0, 0), 1), cv2.CV_32F, 0, 1)) / 8

    def around(picture, across, down):
        (x0, y0), (x1, y1) = (np.clip(middle + sign * np.array([across, down]) * UNIT, 0, SIZE).astype(int)
                              for sign in (-1, 1))
        return picture[y0:y1, x0:x1], y0

    rows, top = around(slope, 0.07, 0.22)
    near, _ = around(patch.grey, 0.7, 0.3)
    if not rows.size:
        return middle, 0.0
    means = rows.mean(axis=1)
    return np.array([middle[0], top + means.argmax()]), float(means.max() / (near.std() + 5))


def _rim(grey, centre, noise) -> tuple:
    """The closed path of most contrast round an eye: (ANGLES, 2) in the patch, and the contrast along it (ANGLES,)."""
    angles, radii = np.arange(ANGLES) * 2 * np.pi / ANGLES, np.linspace(LEAST, MOST, RADII) * UNIT
    x = centre[0] + np.outer(radii, np.cos(angles))
    y = centre[1] + FLAT * np.outer(radii, np.sin(angles))
    polar = cv2.remap(grey, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR,
                      borderMode=cv2.BORDER_REPLICATE)
    # a line is what the wide blur loses of the narrow one
    contrast = np.abs(cv2.GaussianBlur(polar, (0, 0), 1) - cv2.GaussianBlur(polar, (0, 0), 3)) / noise
    path = _best_path(np.tile(contrast, 3))[ANGLES : 2 * ANGLES]  # three times round: the middle one closes
    at = np.arange(ANGLES)
    return np.stack([x[path, at], y[path, at]], axis=1), contrast[path, at]


def _alike(paths: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Rims (2, ANGLES, 2) round centres (2, 2), neither much larger than the other: the outline of a face is no rim."""
    away = paths - centres[:, None]
    radii = np.linalg.norm(away, axis=-1)
    mirrored = radii[::-1, (ANGLES // 2 - np.arange(ANGLES)) % ANGLES]
    return centres[:, None] + away * np.minimum(1, LARGER * mirrored / radii)[..., None]


def _edges(paths: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The rims' outer ends inside the face: (2, ANGLES, 2), (78, 2) -> (6, 2), all in the patch."""
    middle, ends = points[27, 0], np.stack([paths[0, [32, 36, 40]], paths[1, [-4, 0, 4]]])
    for side, outline, sign in zip(ends, ([0, 1, 2], [16, 15, 14]), (-1, 1)):
        most = np.interp(side[:, 1], points[outline, 1], sign * (points[outline, 0] - middle)) - np.mean(INSIDE) * UNIT
        side[:, 0] = middle + sign * np.minimum(sign * (side[:, 0] - middle), most)
    return ends.reshape(-1, 2)


def _best_path(contrast: np.ndarray) -> np.ndarray:
    """The row of each column so that a path, at most a row up or down at a step, has most contrast: (R, A) -> (A,).

    Dynamic programming (Viterbi, 1967).
    """
    rows = np.arange(len(contrast))
    total, back = contrast[:, 0], []
    for column in contrast.T[1:]:
        beside = np.stack([np.r_[-np.inf, total[:-1]] - STEP, total, np.r_[total[1:], -np.inf] - STEP])
        best = beside.argmax(axis=0)
        back.append(rows + best - 1)
        total = beside[best, rows] + column
    path = [int(total.argmax())]
    for came in back[::-1]:
        path.append(int(came[path[-1]]))
    return np.array(path[::-1])


def _stiffness(paths: np.ndarray, bridge: np.ndarray, points: np.ndarray) -> np.ndarray:
    """How stiff glasses hold a face: 1 at rims, bridge and lenses, 0 at lids and far outside; float32 (SIZE, SIZE).

    paths: (2, ANGLES, 2); bridge: (2,); points: (78, 2), all in the patch.
    """
    eyes = np.full((SIZE, SIZE), 255, np.uint8)
    for eye in (landmarks.EYE_RIGHT, landmarks.EYE_LEFT):
        cv2.fillPoly(eyes, [np.round(points[eye]).astype(np.int32)[:, None]], 0)
    face = np.zeros((SIZE, SIZE), np.uint8)
    cv2.fillConvexPoly(face, cv2.convexHull(np.round(points).astype(np.int32)), 255)
    held = smoothstep(*FADES, _distance(paths, bridge, filled=True))
    held = held * smoothstep(*INSIDE, cv2.distanceTransform(face, cv2.DIST_L2, 5) / UNIT)
    return (held * (1 - smoothstep(*FREE, cv2.distanceTransform(eyes, cv2.DIST_L2, 5) / UNIT))).astype(np.float32)


def _distance(paths: np.ndarray, bridge: np.ndarray, filled: bool) -> np.ndarray:
    """Eye distances from rims and bridge, with `filled` from the lenses as well: (SIZE, SIZE)."""
    away = np.full((SIZE, SIZE), 255, np.uint8)
    ends = [path[np.abs(path - bridge).sum(axis=1).argmin()] for path in paths]
    for path in paths:
        outline = [np.round(path).astype(np.int32)[:, None]]
        cv2.polylines(away, outline, True, 0, 1)
        if filled:
            cv2.fillPoly(away, outline, 0)
    cv2.polylines(away, [np.round([ends[0], bridge, ends[1]]).astype(np.int32)[:, None]], False, 0, 1)
    return cv2.distanceTransform(away, cv2.DIST_L2, 5) / UNIT
