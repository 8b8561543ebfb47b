"""Optical flow: where each pixel looks, found from two pictures alone (Lucas and Kanade, 1981).

The flow runs backwards, as every warp here does: target(x) = source(x + flow(x)), in pixels, x to the right and y
down.
"""

import cv2
import numpy as np
from scipy.ndimage import map_coordinates

STIFFNESS = 1e-3  # of the wish not to move, in units of squared brightness: decides where nothing can be seen


def window_sum(values: np.ndarray, radius: int) -> np.ndarray:
    """The sum over the square of 2 radius + 1 pixels around each pixel, of what lies in the picture: (H, W) twice."""
    side = 2 * radius + 1
    return cv2.boxFilter(np.asarray(values, np.float64), -1, (side, side), normalize=False,
                         borderType=cv2.BORDER_CONSTANT)


def lucas_kanade(source: np.ndarray, target: np.ndarray, radius: int = 5) -> np.ndarray:
    """One step of Lucas and Kanade: grey pictures (H, W) in [0, 1] -> flow (H, W, 2), x then y, in pixels.

    Within a window all pixels move alike, by v, and little: source(x + v) = source(x) + g . v. The v with the least
    squares, and a little stiffness e, solves a system of two equations:

        [sum gx gx + e   sum gx gy    ] [vx]   [sum gx d]
        [sum gx gy       sum gy gy + e] [vy] = [sum gy d]       with d = target - source
    """
    gy, gx = np.gradient(source)
    difference = target - source
    xx, xy, yy = (window_sum(product, radius) for product in (gx * gx, gx * gy, gy * gy))
    bx, by = (window_sum(g * difference, radius) for g in (gx, gy))
    xx, yy = xx + STIFFNESS, yy + STIFFNESS
    area = xx * yy - xy * xy  # Cramer's rule
    return np.stack([yy * bx - xy * by, xx * by - xy * bx], axis=-1) / area[..., None]


def grey(image: np.ndarray) -> np.ndarray:
    """uint8 or [0, 1] (H, W, 3) -> float64 (H, W) in [0, 1]."""
    image = np.asarray(image, np.float64) / (255 if np.asarray(image).dtype == np.uint8 else 1)
    return image @ [0.299, 0.587, 0.114]


def find_flow(source: np.ndarray, target: np.ndarray, radius: int = 5, levels: int = 3, rounds: int = 4) -> np.ndarray:
    """Coarse to fine: grey pictures (H, W) in [0, 1] -> flow (H, W, 2) in pixels.

    A step sees about a pixel far. So it begins on pictures halved again and again, where all movements are small, and
    on each level it warps the source by what is known and asks for the rest (Bouguet, "Pyramidal implementation of the
    Lucas Kanade feature tracker", 2000).

    radius: of the window, pixels; levels: pictures at most, the first included; rounds: steps a level.
    """
    pyramid = [(np.float64(source), np.float64(target))]
    while len(pyramid) < levels and min(pyramid[-1][0].shape) >= 4 * radius:
        pyramid.append(tuple(cv2.pyrDown(picture) for picture in pyramid[-1]))
    flow = np.zeros((*pyramid[-1][0].shape, 2))
    for before, after in reversed(pyramid):
        height, width = before.shape
        if flow.shape[:2] != before.shape:
            scale = np.array([width / flow.shape[1], height / flow.shape[0]])
            flow = cv2.resize(flow, (width, height), interpolation=cv2.INTER_LINEAR) * scale
        for _ in range(rounds):
            y, x = np.mgrid[:height, :width]
            warped = map_coordinates(before, [y + flow[..., 1], x + flow[..., 0]], order=1, mode="nearest")
            flow = flow + np.clip(lucas_kanade(warped, after, radius), -1.5, 1.5)
            flow = cv2.medianBlur(flow.astype(np.float32), 5).astype(np.float64)  # one odd pixel carries nobody along
    return flow
