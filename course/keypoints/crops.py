"""Crops: the square around a face that the landmarker sees, cut, turned and scaled, and the way back."""

import numpy as np

from .. import images
from . import alignment, landmarks

# Where the right eye, the left eye and the mouth lie in every picture, as shares of its side.
PLACES = np.array([[0.30, 0.41], [0.70, 0.41], [0.50, 0.80]])


def cut_tight(image: np.ndarray, points: np.ndarray, size: int) -> np.ndarray:
    """One face with its eyes and mouth at `PLACES`: uint8 (H, W, 3), points (78, 2) pixels -> uint8 (size, size, 3).

    Everything is then where it is in every other picture, so the generator need not learn where a face may be.
    """
    eyes_and_mouth = [points[landmarks.EYE_RIGHT], points[landmarks.EYE_LEFT], points[landmarks.LIPS_OUTER]]
    found = np.stack([part.mean(axis=0) for part in eyes_and_mouth])  # (3, 2)
    matrix = alignment.similarity_transform(found, PLACES * size - 0.5)
    return cut(image, matrix, size)


TILE = 288  # px: faces are kept at this size, with room around them for turning and shifting
TILE_MARGIN = 1.9  # the tile's side over the longer side of the box around all 78 points
CROP_MARGIN = 1.22  # the same for the crop that the network sees


def square_around(points: np.ndarray) -> tuple:
    """Centre (2,) and side in pixels of the square that the network should see, from points (78, 2)."""
    low, high = points.min(axis=0), points.max(axis=0)
    return (low + high) / 2, float((high - low).max()) * CROP_MARGIN


def square_from_box(box: np.ndarray) -> tuple:
    """Centre (2,) and side from a detector's box (4,), x1, y1, x2, y2, brows to chin; the forehead lies above it."""
    x1, y1, x2, y2 = (float(v) for v in box[:4])
    y1 -= 0.27 * (y2 - y1)  # median over the training faces
    return np.array([(x1 + x2) / 2, (y1 + y2) / 2]), max(x2 - x1, y2 - y1) * CROP_MARGIN


def square_matrix(center, side: float, size: int, degrees: float = 0.0) -> np.ndarray:
    """(2, 3): takes picture pixels to pixels of a `size` crop; `degrees` of clockwise tilt are undone.

    center: (2,) and side: of the square in the picture, pixels.
    """
    scale = size / max(side, 1e-3)
    angle = np.deg2rad(degrees)
    turn = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.concatenate([turn, (size / 2 - turn @ np.asarray(center, float))[:, None]], axis=1)


def upright(points: np.ndarray) -> tuple:
    """How large a face is and how it is tilted, points (78, 2): an eye distance in pixels, and degrees clockwise."""
    right, left = (points[index] for index in landmarks.EYE_OUTER_CORNERS)
    # seen from the side eyes come together while the nose stays as long as it is
    unit = max(float(landmarks.eye_distance(points)), 1.65 * float(np.linalg.norm(points[27] - points[33])), 1.0)
    return unit, float(np.degrees(np.arctan2(*(left - right)[::-1])))


def apply(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Points through an affine: (2, 3), (..., 2) -> (..., 2)."""
    return points @ matrix[:, :2].T + matrix[:, 2]


def cut(image: np.ndarray, matrix: np.ndarray, size: int) -> np.ndarray:
    """What the landmarker sees: uint8 (H, W, 3), (2, 3) from the picture to the crop -> uint8 (size, size, 3).

    Averaged where it shrinks much; beyond the border its last pixels go on.
    """
    return images.cut(image, matrix, size, prepare=images.shrunk)
