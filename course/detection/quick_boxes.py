"""The arithmetic of `boxes.py` in NumPy, for a detector that runs without PyTorch: the same formulas, the same answers.
"""

import numpy as np

from . import constants


def overlaps(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Overlap of every box with every other: (N, 4), (M, 4) -> (N, M) in [0, 1]."""
    sides = np.minimum(a[:, None, 2:], b[None, :, 2:]) - np.maximum(a[:, None, :2], b[None, :, :2])
    intersection = sides.clip(0).prod(axis=2)
    union = areas(a)[:, None] + areas(b)[None, :] - intersection
    return intersection / np.maximum(union, 1e-9)


def areas(boxes: np.ndarray) -> np.ndarray:
    """Width times height: (N, 4) -> (N,)."""
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def anchors_of(height: int, width: int) -> np.ndarray:
    """All anchors for a picture of that size, in pixels: float32 (A, 4), in the order of the network's answers."""
    levels = []
    for stride, pair in zip(constants.STRIDES, constants.ANCHOR_SIZES):
        centres = [(np.arange(side // stride, dtype=np.float32) + 0.5) * stride for side in (height, width)]
        y, x, side = np.meshgrid(*centres, np.float32(pair), indexing="ij")  # (h, w, 2)
        levels.append(np.stack([x - side / 2, y - side / 2, x + side / 2, y + side / 2], axis=-1).reshape(-1, 4))
    return np.concatenate(levels)


def decoded(offsets: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """The network's offsets (A, 4) from anchors (A, 4) -> boxes (A, 4).

    x = x_a + 0.1 t_x w_a,   w = w_a exp(0.2 t_w)
    """
    offsets = offsets * np.float32(constants.OFFSET_SCALE)
    sides = anchors[:, 2:] - anchors[:, :2]
    centre = (anchors[:, :2] + anchors[:, 2:]) / 2 + offsets[:, :2] * sides
    half = sides * np.exp(np.minimum(offsets[:, 2:], 4.0)) / 2
    return np.concatenate([centre - half, centre + half], axis=1)


def kept(boxes: np.ndarray, scores: np.ndarray, threshold: float) -> np.ndarray:
    """Non-maximum suppression: boxes (N, 4), scores (N,) -> indices (K,) of those that stay, best first."""
    order, stay = np.argsort(-scores, kind="stable"), []
    while len(order):
        best, rest = order[0], order[1:]
        stay.append(best)
        order = rest[overlaps(boxes[best][None], boxes[rest])[0] <= threshold]
    return np.array(stay, int)
