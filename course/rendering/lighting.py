"""The light on a face that turns: what looks up towards the lamps gets brighter, what looks down gets darker.

    photo -> which way skin must look to be bright -> every frame: turn of the head -> how much brighter each place is

To first order a matt surface is as bright as it faces the light (spherical harmonics of the first order; Ramamoorthi
and Hanrahan, "An efficient representation for irradiance environment maps", 2001). So what a turn changes is a ratio
that knows nothing of the skin's own colour (quotient images; Shashua and Riklin-Raviv, 2001):

    log I' / I = b (R' - R) n        n: the face's normals, R, R': how it is held in the photo and now

The light b comes from the photo's skin; how far that can be believed, and that lamps and sky are above, was learnt from
drawn people whose light is known (`benchmarks/light.py`).
"""

import functools

import cv2
import numpy as np

from .. import images
from ..face import model as face_model
from ..interpolation import smoothstep
from ..keypoints import landmarks
from . import head_field, warping

# b = BELIEVED * what the skin says + ABOVE, fitted to pairs of pictures of 104 drawn people whose heads turn
# (`benchmarks/light.py`). Of how far from above the light comes skin says too little: noses, brows and chins throw
# shadows that a turn moves.
BELIEVED, ABOVE = 0.95, np.array([0.0, -0.2, 0.0])
MOST = 0.2  # log of the ratio, which never goes further
LEAST = 1e-3  # the same: less is not seen, and nothing is changed
EDGE = -0.08, 0.12  # radii inside the face's outline: from where and to where the light comes in
NODES = 48  # along the longer side of the grid on which it is worked out
LOOKED_AT, EYES = 160, 64  # pixels: side of the square in which skin is looked at, and between the eyes' outer corners
FLAT = 0.01  # keeps a face that tells nothing from telling anything
# What is no bare skin: points around which it lies, and how far beyond them, in parts of `EYES`
FEATURES = ((landmarks.EYE_RIGHT, 0.09), (landmarks.EYE_LEFT, 0.09), (landmarks.LIPS_OUTER, 0.05),
            (landmarks.BROW_RIGHT, 0.06), (landmarks.BROW_LEFT, 0.06), (np.arange(31, 36), 0.04))
RIM = 0.05  # the same: so far from its outline a face is not looked at


class Light:
    """Prepared once for a face of a photo; `shine` then lights its frames.

    towards: (3,), b above, x right, y down, z away from the viewer: which way skin looks that is bright.
    """

    def __init__(self, image: np.ndarray, points: np.ndarray, field: head_field.HeadField):
        """image: uint8 (H, W, 3); points: (78, 2) in its pixels; field: its own. Raises errors.WeightsError."""
        points = points.astype(np.float64)
        self.field, self.at_rest = field, head_field.held(points)[0]
        self.towards = BELIEVED * seen_in(image, points, self.at_rest) + ABOVE
        x0, y0, x1, y1 = field.box
        self.cell = -(-max(x1 - x0, y1 - y0) // NODES)  # whole pixels
        steps = [low + (np.arange(-(-(high - low) // self.cell)) + 0.5) * self.cell - 0.5
                 for low, high in ((x0, x1), (y0, y1))]
        self.places = np.stack(np.meshgrid(*steps), axis=-1)  # (n, m, 2), the middles of the cells
        self._normals = normals(points, self.places) * self._inside(points)[..., None]

    def _inside(self, points) -> np.ndarray:
        """1 on the face, 0 off it: (n, m)."""
        outline = cv2.convexHull(points[[*range(27), *landmarks.FOREHEAD]].astype(np.float32))
        far = [cv2.pointPolygonTest(outline, (float(x), float(y)), True) for x, y in self.places.reshape(-1, 2)]
        return smoothstep(*EDGE, np.reshape(far, self.places.shape[:2]) / self.field.head.radius)

    def ratios(self, target: np.ndarray, back) -> np.ndarray | None:
        """How many times as bright each node's place is: float32 (n, m); None where it hardly differs.

        target: (78, 2); back: the ways home of `HeadField.start`.
        """
        # b (R' - R) n
        log = self._normals @ (self.towards @ (head_field.held(target)[0] - self.at_rest))
        if np.abs(log).max() < LEAST:
            return None
        at = (self.field.home(self.places, back) - self.places[0, 0]) / self.cell
        moved = cv2.remap(log.astype(np.float32), at.astype(np.float32), None, cv2.INTER_LINEAR,
                          borderMode=cv2.BORDER_REPLICATE)
        return np.exp(np.float32(MOST) * np.tanh(moved / np.float32(MOST)))

    def shine(self, region: np.ndarray, target: np.ndarray, back) -> None:
        """Light a frame, uint8 (h, w, 3) of the field's box, in place; target, back: as in `ratios`."""
        ratios = self.ratios(target, back)
        if ratios is None:
            return
        cells = [np.flatnonzero((ratios != 1).any(axis=axis)) for axis in (1, 0)]
        if not len(cells[0]):
            return
        # beside what is lit one more cell, at whose middle the light is the photo's
        (top, bottom), (left, right) = ((max(each[0] - 1, 0), each[-1] + 2) for each in cells)
        part, cell = ratios[top:bottom, left:right], self.cell
        dense = cv2.resize(part, None, fx=cell, fy=cell, interpolation=cv2.INTER_LINEAR)
        patch = region[top * cell : bottom * cell, left * cell : right * cell]
        dense = dense[: patch.shape[0], : patch.shape[1]]
        patch[:] = cv2.multiply(patch, cv2.merge((dense, dense, dense)), dtype=cv2.CV_8U)


@functools.lru_cache(maxsize=1)
def model_normals() -> np.ndarray:
    """Which way the model's face looks at its 78 points, itself looking at the viewer: (78, 3), of length 1."""
    places, depth = np.split(face_model.FaceModel.load().mean, [2], axis=1)
    spline, step = warping.fit_spline(places, depth, 3e-3), 0.05
    slopes = [(warping.evaluate_spline(places, spline, places + way)
               - warping.evaluate_spline(places, spline, places - way))[:, 0] / (2 * step)
              for way in step * np.eye(2)]
    return _of_length_one(np.stack([*slopes, -np.ones(len(places))], axis=-1))


def normals(points: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Which way a face looks at places (..., 2) of its picture, turned so that it looks at the viewer: (..., 3).

    points: (78, 2), the face's in that picture.
    """
    middle, unit = points[27], max(landmarks.eye_distance(points), 1e-3)
    found = warping.thin_plate_spline((points - middle) / unit, model_normals(),
                                      ((places - middle) / unit).reshape(-1, 2), 1e-3)
    return _of_length_one(found.reshape(*places.shape[:-1], 3))


def _of_length_one(vectors):
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-6)


def seen_in(image: np.ndarray, points: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Which way skin looks that is bright in a photo, so much the more the longer: (3,), as `Light.towards`.

    The slopes of log brightness along the normals, by least squares that leave out what does not follow (Huber, 1964).
    image: uint8 (H, W, 3); points: (78, 2); held: (3, 3), how its head is.
    """
    unit = EYES / max(landmarks.eye_distance(points), 1e-3)
    matrix = np.column_stack([unit * np.eye(2), LOOKED_AT / 2 - unit * points[:landmarks.N_IBUG].mean(axis=0)])
    small = images.cut(image, matrix, LOOKED_AT, prepare=images.blurred)
    there = warping.transform(matrix, points)
    rows, columns = np.nonzero(_skin(there)[::2, ::2])
    if len(rows) < 50:
        return np.zeros(3)
    places = 2.0 * np.stack([columns, rows], axis=-1)
    bright = cv2.GaussianBlur(small.astype(np.float32).mean(axis=-1), (0, 0), 0.03 * EYES)[2 * rows, 2 * columns]
    known = np.column_stack([np.ones(len(rows)), normals(there, places) @ held.T])
    return _slopes(known, np.log(bright.astype(np.float64) + 4))[1:]


def _slopes(known, values) -> np.ndarray:
    """Robust least squares: (n, k), (n,) -> (k,); all but the first are drawn to 0 a little."""
    weights, drawn = np.ones(len(values)), FLAT * np.eye(known.shape[1])
    drawn[0, 0] = 1e-9
    for _ in range(8):
        weighted = known * (weights / len(values))[:, None]
        found = np.linalg.solve(weighted.T @ known + drawn, weighted.T @ values)
        off = np.abs(values - known @ found)
        usual = 1.4826 * np.median(off) + 1e-3
        weights = np.minimum(1, 1.5 * usual / np.maximum(off, 1e-9)) * (off < 4 * usual)
    return found


def _skin(points: np.ndarray) -> np.ndarray:
    """Where the square of `seen_in` shows bare skin, points (78, 2) in it: bool (LOOKED_AT, LOOKED_AT)."""
    brows = points[17:27]
    forehead = np.concatenate([brows, brows + 0.25 * (points[landmarks.FOREHEAD].mean(axis=0) - points[27])])
    face = np.maximum(_filled(points[: landmarks.N_IBUG]), _filled(forehead))
    face = cv2.erode(face, np.ones((2 * round(RIM * EYES) + 1,) * 2, np.uint8), borderValue=0)
    for indices, beyond in FEATURES:
        grown = cv2.dilate(_filled(points[indices]), np.ones((2 * round(beyond * EYES) + 1,) * 2, np.uint8))
        face[grown > 0] = 0
    return face > 0


def _filled(points) -> np.ndarray:
    mask = np.zeros((LOOKED_AT, LOOKED_AT), np.uint8)
    at = np.clip(np.round(points), -1e4, 1e4).astype(np.int32)
    return cv2.fillConvexPoly(mask, cv2.convexHull(at), 1)
