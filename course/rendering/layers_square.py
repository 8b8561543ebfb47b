"""The square in which `layers` sees a photo: upright, round the head, as far as anything can move.

Its lengths are counted in face radii, so a network meets every head at one size. It may reach beyond the photo.
"""

import cv2
import numpy as np

from .. import images
from . import animator_crops, spread

SIZE, FIELD_SIZE = 128, 64  # pixels a side of the square: pictures, and everything that is smooth
CHIN, SHOULDERS = 0.6, 1.2  # radii below the middle of the face
MOST_FLOW = 0.5  # radii: the furthest that the Refiner may correct a movement
LEAST_WALL = 0.002  # share of the square that must show the wall, to fill the rest from it
REACH = 2.75  # radii from the face's centre to each side: `headwarp` moves nothing further out


def matrix_of(head, size: int) -> np.ndarray:
    """From the photo to the square: `head_field.Head` -> float64 (2, 3). Pixel centres lie at whole numbers in both."""
    scale = unit_of(size) / head.radius
    middle = (size - 1) / 2
    return np.array([[scale, 0, middle - scale * head.centre[0]], [0, scale, middle - scale * head.centre[1]]])


def unit_of(size: int) -> float:
    """Pixels of the square a radius."""
    return size / (2 * REACH)


def cut(photo: np.ndarray, matrix: np.ndarray, size: int) -> np.ndarray:
    """uint8 (H, W, 3) -> uint8 (size, size, 3); beyond the border the photo is mirrored."""
    return images.cut(photo, matrix, size, "mirror", images.blurred)


def inside(shape, matrix: np.ndarray, size: int) -> np.ndarray:
    """Where the square shows the photo of this shape (H, W): uint8 (size, size), 0 or 255 and between."""
    return images.cut(np.full(shape[:2], 255, np.uint8), matrix, size, "black")


def face(points: np.ndarray, matrix: np.ndarray, size: int) -> np.ndarray:
    """The face, as the rubber band round its points (78, 2) shows it: uint8 (size, size)."""
    placed = animator_crops.place(points, matrix).astype(np.float32)
    return animator_crops.polygon(cv2.convexHull(placed)[:, 0], size)


def connected(matte: np.ndarray, face: np.ndarray) -> np.ndarray:
    """The matte (S, S) in [0, 1] without what hangs together with no part of the face, uint8 (S, S): other people."""
    _, pieces = cv2.connectedComponents((matte > 0.1).astype(np.uint8))
    kept = np.setdiff1d(np.unique(pieces[face > 127]), 0)
    return matte * np.isin(pieces, kept)


def filled(photo: np.ndarray, matte: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """The square without its person: cv2's filling from the edges of the hole (Bertalmio et al., 2001).

    Args:
        photo: uint8 (S, S, 3); matte, inside: uint8 (S, S), the person, and where the square lies inside the photo.
    Returns:
        uint8 (S, S, 3); where the photo shows nothing but the person, the photo itself.
    """
    grow = max(3, round(0.055 * len(photo)) | 1)  # a little more than `layers_parts.GROWN` to each side
    hole = (cv2.dilate(matte, np.ones((grow, grow), np.uint8)) > 25) | (inside < 255)
    if (~hole).mean() < LEAST_WALL:
        return photo
    wall = cv2.inpaint(photo, hole.astype(np.uint8), 3, cv2.INPAINT_NS)
    # where two sides meet in the middle there is a seam
    return np.where(hole[..., None], cv2.GaussianBlur(wall, (0, 0), 0.012 * len(photo)), wall)


def from_box(values: np.ndarray, box, matrix: np.ndarray, size: int) -> np.ndarray:
    """Smooth values of a part of the photo, box x0, y0, x1, y1, (h, w, C) -> (size, size, C), 0 beyond the box."""
    shifted = matrix.copy()
    shifted[:, 2] += matrix[:, :2] @ box[:2]
    return images.cut(values, shifted, size, "black")


def to_box(values: np.ndarray, box, matrix: np.ndarray) -> np.ndarray:
    """Values of the square (size, size[, C]) brought to the pixels of a box: (h, w[, C]); its edge goes on beyond."""
    x0, y0, x1, y1 = box
    shifted = matrix.copy()
    shifted[:, 2] += matrix[:, :2] @ [x0, y0]
    return images.cut(values, shifted, (x1 - x0, y1 - y0), backwards=True)


def spreading(box, matrix: np.ndarray, size: int) -> tuple:
    """`to_box` as two matrices for `spread.spread`: (h, size), (size, w)."""
    x0, y0, x1, y1 = box
    rows, columns = (spread.linear_matrix(matrix[k, k] * np.arange(low, high) + matrix[k, 2], size)
                     for k, low, high in ((1, y0, y1), (0, x0, x1)))
    return rows, np.ascontiguousarray(columns.T)


def movement(field, positions: np.ndarray, size: int = 64) -> np.ndarray:
    """Where every pixel of the square looks, relative to itself, in radii: a `rendering.HeadField`'s positions, pixels
    (h, w, 2) of its box -> float32 (size, size, 2)."""
    x0, y0, x1, y1 = field.box
    offsets = positions.copy()
    offsets[..., 0] -= np.arange(x0, x1, dtype=np.float32)
    offsets[..., 1] -= np.arange(y0, y1, dtype=np.float32)[:, None]
    return from_box(offsets / np.float32(field.head.radius), field.box, matrix_of(field.head, size), size)
