"""Putting a moved region back into the photo so that nobody sees where it ends."""

import numpy as np

from .. import images
from ..polish import seam


def paste_back(photo: np.ndarray, region: np.ndarray, mask: np.ndarray, box) -> np.ndarray:
    """photo (1 - mask) + region mask, inside a box; a new picture.

    Args:
        photo: uint8 (H, W, 3); region: uint8 (h, w, 3); mask: float32 (h, w) in [0, 1]; box: x0, y0, x1, y1.
    Returns:
        uint8 (H, W, 3); where the mask is 0 the photo's own pixels, to the bit.
    """
    x0, y0, x1, y1 = box
    result = photo.copy()
    result[y0:y1, x0:x1] = images.alpha_blend(region, photo[y0:y1, x0:x1], mask)
    return result


def lay_back(photo: np.ndarray, region: np.ndarray, prepared: seam.Seam) -> np.ndarray:
    """`paste_back` with a mask and a box that were prepared, where no student's part stands in its place: `is_ours`."""
    result = photo.copy()
    prepared.lay(region, result)
    return result


def is_ours() -> bool:
    """Whether `paste_back`, and `images.alpha_blend` within it, are ours: a student's part that stands in a place
    (`exercises.places`) carries the mark `__part__`."""
    return not any(hasattr(function, "__part__") for function in (paste_back, images.alpha_blend))


def soft_mask(moves: np.ndarray, edge: float) -> np.ndarray:
    """A mask (h, w) in [0, 1] from how much each pixel takes part (h, w): 1 from `edge` on, 0 where nothing moves."""
    mask = np.clip(moves / edge, 0, 1).astype(np.float32)  # `interpolation.smoothstep`, written out for lesson 09
    return mask * mask * (3 - 2 * mask)
