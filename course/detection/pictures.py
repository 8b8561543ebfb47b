"""What the detector's network gets of a picture: shrunk, and padded until its sides can be halved often enough."""

import cv2
import numpy as np

from .. import images


def shrink(image: np.ndarray, side: int) -> tuple:
    """The picture (H, W, 3) with its long side at most `side` pixels, and the factor: never enlarged."""
    height, width = image.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return image, 1.0
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA), scale


def pad(image: np.ndarray, multiple: int) -> np.ndarray:
    """The picture (H, W, 3) with mid-grey to the right and below, until both sides are multiples of `multiple`."""
    height, width = image.shape[:2]
    return images.crop_box(image, (0, 0, width + -width % multiple, height + -height % multiple), "grey")
