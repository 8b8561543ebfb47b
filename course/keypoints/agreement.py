"""Whether the landmarker agrees with itself about a face: where it does not, there is probably none.

On a real face two looks at different crops put the points at the same places, and so does a look at the mirror
image. On a wheel, a cup or a pineapple each look makes up a face of its own.
"""

import numpy as np

from . import crops, reading


def disagreement(image: np.ndarray, box: np.ndarray) -> float:
    """How far apart three looks put the points, as a share of the face: below 0.06 on nearly every real one.

    d = (|second - first| + |second - mirrored|) / size,   means over the 78 points

    Args:
        image: uint8 (H, W, 3), RGB; box: (4,) or more, x1, y1, x2, y2 in pixels; what comes after is not read.
    Returns:
        d, a float of 0 or more.
    Raises:
        errors.WeightsError: the landmarker's weights are missing or damaged.
    """
    center, side = crops.square_from_box(box)
    first = reading.look(image, center, side, 0.0, mirrored=False).points
    second, doubt, _ = reading.upright_look(image, first)
    size = max(float(np.ptp(second, axis=0).max()), 1e-6)
    return float(np.linalg.norm(second - first, axis=1).mean() / size + doubt)
