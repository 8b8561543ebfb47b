"""A finer look at the mouth: where the outlines of both lips are.

    points of the whole face -> a square round the mouth -> a small network -> twenty points

In the landmarker's crop of a whole face lips are ten pixels high, and those that are a little apart are read as shut.
"""

import numpy as np

from . import crops, landmarks, quick_near

WEIGHTS = "lips.safetensors"
SIZE = 96  # px of the square
SIDE = 1.0  # its width, in eye distances
POINTS = np.concatenate([landmarks.LIPS_OUTER, landmarks.LIPS_INNER])


def square_of(points: np.ndarray) -> np.ndarray:
    """Where the mouth is looked at: points (78, 2) -> a matrix (2, 3) from the picture to the square."""
    unit, tilt = crops.upright(points)
    outline = points[landmarks.LIPS_OUTER]
    return crops.square_matrix((outline.min(axis=0) + outline.max(axis=0)) / 2, SIDE * unit, SIZE, tilt)


def refined(image: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Points of a face with those of its lips read anew: uint8 (H, W, 3), (78, 2) in pixels -> float32 (78, 2).

    Raises errors.WeightsError: no weights, or damaged ones.
    """
    matrix = square_of(points)
    network = quick_near.network(WEIGHTS, len(POINTS), SIZE) or quick_near.by_torch(WEIGHTS, len(POINTS))
    found = network(crops.cut(image, matrix, SIZE)[None])[0] * SIZE - 0.5  # (20, 2)
    result = np.array(points, np.float32)
    inverse = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2]
    result[POINTS] = crops.apply(inverse, found)
    return result
