"""The pieces of a face that the animator repaints: where they lie, and what it is told about them.

A piece is a small upright square round the mouth or one eye; the left eye is mirrored, so that one network
serves both. Beside the pixels the animator sees where lips and lids run, drawn as soft masks.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from .. import images
from ..interpolation import smoothstep
from ..keypoints import crops, landmarks

SUBPIXEL = 4  # bits after the point in OpenCV's polygons


@dataclass(frozen=True)
class Part:
    """name; size: pixels a side of the square; side: its width in eye distances; mirrored: it is flipped."""

    name: str
    size: int
    side: float
    mirrored: bool = False

    @property
    def network(self) -> str:
        """Which of the two networks repaints it."""
        return "mouth" if self.name == "mouth" else "eye"


MOUTH = Part("mouth", 96, 1.1)
EYE_RIGHT = Part("right eye", 64, 0.7)
EYE_LEFT = Part("left eye", 64, 0.7, mirrored=True)
PARTS = (MOUTH, EYE_RIGHT, EYE_LEFT)

N_TARGET_MASKS, N_SOURCE_MASKS = 2, 1
N_INPUTS = 3 + N_TARGET_MASKS + 3 + N_SOURCE_MASKS


def yardstick(part: Part, points: np.ndarray) -> float:
    """About the eye distance in pixels, also of a head that is turned away: points (78, 2).

    Seen from the side eyes come together while lengths along the face stay. For the mouth that length goes down to
    the chin, so that an open mouth fits its square; for an eye it must not depend on the jaw.
    """
    along = 0.8 * np.linalg.norm(points[27] - points[8]) if part.name == "mouth" else \
        1.65 * np.linalg.norm(points[27] - points[33])
    return float(max(landmarks.eye_distance(points), along, 1.0))


def matrix_of(part: Part, points: np.ndarray) -> np.ndarray:
    """The similarity from the picture to the square of a part: points (78, 2) -> float64 (2, 3).

    Pixel centres lie at whole numbers in both.
    """
    right, left = (points[index].astype(np.float64) for index in landmarks.EYE_OUTER_CORNERS)
    tilt = np.arctan2(*(left - right)[::-1])
    if part.name == "mouth":
        center = (points[33].astype(np.float64) + points[8]) / 2  # from the nose's base to the chin
    else:
        eye = points[landmarks.EYE_LEFT if part.mirrored else landmarks.EYE_RIGHT].astype(np.float64).mean(axis=0)
        brow = points[landmarks.BROW_LEFT if part.mirrored else landmarks.BROW_RIGHT].astype(np.float64).mean(axis=0)
        center = 0.75 * eye + 0.25 * brow
    scale = part.size / (part.side * yardstick(part, points))
    cos, sin = scale * np.cos(-tilt), scale * np.sin(-tilt)
    linear = np.array([[cos, -sin], [sin, cos]])
    if part.mirrored:
        linear[0] *= -1
    middle = (part.size - 1) / 2
    return np.concatenate([linear, (middle - linear @ center)[:, None]], axis=1)


def cut(image: np.ndarray, matrix: np.ndarray, size: int) -> np.ndarray:
    """The square of a picture: uint8 (H, W, 3) -> uint8 (size, size, 3). Beyond the border its last pixels go on."""
    return images.cut(*_near(image, matrix, size), size, prepare=images.blurred)


def _near(image, matrix, size: int) -> tuple:
    """The part of a picture that a square shows, and its matrix: all of it need not be blurred for that."""
    shrink = images.shrinkage(matrix)
    corners = crops.apply(cv2.invertAffineTransform(matrix), np.array([[0, 0], [size, 0], [0, size], [size, size]]))
    reach = 3 + 2 * shrink  # pixels: further than the blur of `images.blurred` looks
    height, width = image.shape[:2]
    x0, y0 = np.clip(np.floor(corners.min(axis=0) - reach), 0, [width - 1, height - 1]).astype(int)
    x1, y1 = np.clip(np.ceil(corners.max(axis=0) + reach), [x0 + 1, y0 + 1], [width, height]).astype(int)
    shifted = matrix.copy()
    shifted[:, 2] += matrix[:, :2] @ [x0, y0]
    return image[y0:y1, x0:x1], shifted


def place(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Points of the picture (78, 2) in the square."""
    return crops.apply(matrix, points)


def target_masks(part: Part, points: np.ndarray) -> np.ndarray:
    """Where things shall be, points (78, 2) already in the square: uint8 (size, size, 2), soft at the edges.

    Mouth: between the lips; the lips themselves. Eye: between the lids; the iris.
    """
    if part.name == "mouth":
        inner = polygon(points[landmarks.LIPS_INNER], part.size)
        return np.stack([inner, np.minimum(polygon(points[landmarks.LIPS_OUTER], part.size), 255 - inner)], axis=-1)
    corners = landmarks.EYE_LEFT if part.mirrored else landmarks.EYE_RIGHT
    between = polygon(points[corners], part.size)
    iris = np.zeros((part.size, part.size), np.uint8)
    center = points[landmarks.PUPILS[1 if part.mirrored else 0]]
    radius = 0.065 * part.size / part.side  # an iris is 11.7 mm wide, the outer corners are 90 mm apart
    factor = 1 << SUBPIXEL
    if np.abs(center).max() < 8 * part.size:
        cv2.circle(iris, tuple(int(v) for v in np.round(center * factor)), round(radius * factor), 255, -1,
                   cv2.LINE_AA, SUBPIXEL)
    return np.stack([between, np.minimum(iris, between)], axis=-1)


def source_masks(part: Part, points: np.ndarray) -> np.ndarray:
    """Where the photo shows the inside of the mouth or the eye: uint8 (size, size, 1)."""
    return target_masks(part, points)[..., :1]


def polygon(points: np.ndarray, size: int) -> np.ndarray:
    """A filled outline, drawn smoothly: (K, 2) -> uint8 (size, size)."""
    mask = np.zeros((size, size), np.uint8)
    at = np.clip(np.round(points * (1 << SUBPIXEL)), -1e6, 1e6).astype(np.int32)
    cv2.fillPoly(mask, [at[:, None]], 255, cv2.LINE_AA, SUBPIXEL)
    return mask


def window(size: int) -> np.ndarray:
    """How far each pixel of the square may be repainted: 1 inside, 0 at its border, float32 (size, size)."""
    ramp = smoothstep(0, 0.15 * size, np.minimum(np.arange(size), np.arange(size)[::-1]))
    return np.outer(ramp, ramp).astype(np.float32)


def window_of(network: str, size: int) -> np.ndarray:
    """The same for "mouth", all of the square, and for "eye": lids and what lies between, not the brow above them.

    A brow is only moved, which the warp does well; repainted it comes out elsewhere.
    """
    if network == "mouth":
        return window(size)
    y, x = np.mgrid[:size, :size] / (size - 1)
    r = np.hypot((x - LIDS[0]) / LIDS[2], (y - LIDS[1]) / LIDS[3])  # 1 on the ellipse round the lids
    return (window(size) * smoothstep(1.25, 0.75, r)).astype(np.float32)


LIDS = (0.52, 0.58, 0.42, 0.19)  # where the lids lie in an eye's square: centre x, y and half axes, in its sides
