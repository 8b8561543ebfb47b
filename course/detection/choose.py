"""Which of the faces that were found are meant."""

import numpy as np

from .. import errors
from . import detector

MIN_FACE = 40  # px, the longer side of the box around the points: below this nothing can be told from noise
MIN_SHOWN = 16  # px, the same in the film, where the photo has more of it
CLEARLY_LARGEST = 1.5  # a face this much larger than the next one is taken without asking


def choose_faces(boxes: np.ndarray, face, image: np.ndarray) -> np.ndarray:
    """Which of the faces that were found are meant: boxes (N, 5) in pixels -> those chosen, (K, 5), largest first.

    Args:
        face: "largest", "all", a number (0 is the largest), or None: the only one, or one clearly the largest.
        image: uint8 (H, W, 3), where the boxes were found.
    Raises:
        errors.FaceError: no face, one below `MIN_FACE` px, several and none clearly meant, or no face of that number.
    """
    height, width = image.shape[:2]
    if not len(boxes):
        raise errors.FaceError(f"no face found in the {width}x{height} picture (best score "
                               f"{detector.best_score(image):.2f}): use a photo with the face upright and well lit")
    sides = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    order = np.argsort(-sides)
    boxes, sides = boxes[order], sides[order]
    chosen = _pick(len(boxes), sides, face)
    smallest = sides[chosen].min()
    if smallest < MIN_FACE:
        raise errors.FaceError(f"the face is only {smallest:.0f} px large; {MIN_FACE} px or more are needed: "
                               "use a larger picture or a crop of it at higher resolution")
    return boxes[chosen]


def smallest_side(boxes: np.ndarray) -> float:
    """The longer side, in pixels, of the smallest of boxes (N, 5)."""
    return float(np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]).min())


def check_scaled(boxes: np.ndarray, scale: float, shape: tuple) -> None:
    """Whether chosen faces, (N, 5) in pixels of a photo, can be seen in a film that is `scale` times as large.

    shape: (height, width) of the film. Raises `errors.FaceError`, which names the size that would do.
    """
    side = smallest_side(boxes) * scale
    if side < MIN_SHOWN:
        enough = int(np.ceil(max(shape) * MIN_SHOWN / side / 16)) * 16
        raise errors.FaceError(f"the face would be only {side:.0f} px large in a film of {shape[1]}x{shape[0]} px: "
                               f"a size of {enough} or more shows it, or a photo cut closer to it")


def _pick(count: int, sides: np.ndarray, face) -> list:
    if face == "all":
        return list(range(count))
    if face == "largest" or count == 1 and face is None:
        return [0]
    if face is None:
        if sides[0] >= CLEARLY_LARGEST * sides[1]:
            return [0]
        raise errors.FaceError(f"{count} faces found and none clearly the largest: choose --face largest, "
                               f"--face all, or --face 0 to {count - 1} (0 is the largest)")
    try:
        number = int(face)
    except (TypeError, ValueError):
        raise errors.FaceError(f"face {face!r} is unknown: use largest, all, or a number") from None
    if not 0 <= number < count:
        raise errors.FaceError(f"there is no face {number}: {count} found, so use 0 to {count - 1}")
    return [number]
