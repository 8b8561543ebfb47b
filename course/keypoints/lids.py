"""A finer look at each eye: where its corners, its lids and its pupil are.

    points of the whole face -> a square round each eye -> a small network -> seven points of each eye

In the landmarker's crop of a whole face an eye is twenty pixels wide, and one that shuts is read as half shut. Here it
is seen nearly twice as large. The left eye is mirrored, so that one network serves both.
"""

import numpy as np

from . import crops, quick_near

WEIGHTS = "lids.safetensors"
SIZE = 64  # px of the square
SIDE = 0.62  # its width, in eye distances
# Corners, lids and pupil of the right eye; and of the left one in the same order, seen in the mirror
POINTS = np.array([[36, 37, 38, 39, 40, 41, 68], [45, 44, 43, 42, 47, 46, 69]])


def squares_of(points: np.ndarray) -> list:
    """Where each eye is looked at: points (78, 2) -> matrices (2, 3) from the picture to the square, right and left."""
    unit, tilt = crops.upright(points)
    return [crops.square_matrix(points[row[[0, 3]]].mean(axis=0), SIDE * unit, SIZE, tilt) for row in POINTS]


def cut(image: np.ndarray, matrices: list) -> np.ndarray:
    """What the network sees, the left eye mirrored: uint8 (H, W, 3), of `squares_of` -> uint8 (2, 64, 64, 3)."""
    right, left = (crops.cut(image, matrix, SIZE) for matrix in matrices)
    return np.stack([right, left[:, ::-1]])


def refined(image: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Points of a face with those of its eyes read anew: uint8 (H, W, 3), (78, 2) in pixels -> float32 (78, 2).

    Raises errors.WeightsError: no weights, or damaged ones.
    """
    matrices = squares_of(points)
    network = quick_near.network(WEIGHTS, POINTS.shape[1], SIZE) or quick_near.by_torch(WEIGHTS, POINTS.shape[1])
    found = network(cut(image, matrices)) * SIZE - 0.5  # (2, 7, 2)
    found[1, :, 0] = SIZE - 1 - found[1, :, 0]
    result = np.array(points, np.float32)
    for row, matrix, seen in zip(POINTS, matrices, found):
        inverse = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2]
        result[row] = crops.apply(inverse, seen)
    return result
