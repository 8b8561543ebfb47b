"""The animator at work: mouth and eyes of a warped frame, repainted by the trained networks.

    warped frame -> squares round mouth and eyes -> AnimatorNetwork -> what to add -> back into the frame

A warp can only move what the photo shows. The networks have seen how mouths open and lids lift in other photos.
"""

import functools

import cv2
import numpy as np

from .. import images
from ..interpolation import smoothstep
from ..io import weights
from ..polish import colour
from . import animator_crops, quick_networks

WEIGHTS = "animator.safetensors"
OFF_SKIN = 9  # pixels of the square, the side of what lips and lids are grown by
STILL, MOVED = 0.004, 0.02  # eye distances: a part that moved less than the first is left alone


class Animator:
    """Prepared once for a face of a photo: image uint8 (H, W, 3), points (78, 2); `draw` then repaints frames."""

    def __init__(self, image: np.ndarray, points: np.ndarray, networks: dict | None = None):
        """
        Args:
            image: uint8 (H, W, 3); points: (78, 2) in its pixels.
            networks: {"mouth": ..., "eye": ...}, each an `AnimatorNetwork`, or one of
                `shipped_networks.shipped`; the shipped ones by default.
        Raises:
            errors.WeightsError: the weights are missing or damaged.
        """
        self.networks = networks or load_networks()
        self.points = points.astype(np.float64)
        self.there, self.sources, self.windows = {}, {}, {}
        for part in animator_crops.PARTS:
            matrix = animator_crops.matrix_of(part, self.points)
            self.there[part.name] = animator_crops.place(self.points, matrix)  # (78, 2)
            masks = animator_crops.source_masks(part, self.there[part.name])
            square = animator_crops.cut(image, matrix, part.size)
            self.sources[part.name] = np.concatenate([square, masks], axis=-1)  # (S, S, 4)
            self.windows[part.name] = animator_crops.window_of(part.network, part.size)[..., None]

    def draw(self, region: np.ndarray, origin, target: np.ndarray, matched: bool = False) -> None:
        """Repaint the parts of a warped picture that have moved.

        Args:
            region: uint8 (h, w, 3), changed in place; origin: its corner (x, y) in the photo; target: (78, 2);
            matched: the paint's skin gets the colours that it had before.
        """
        shifted = target - np.asarray(origin)
        moved = [(part, self.activity(part, target)) for part in animator_crops.PARTS]
        for name in ("mouth", "eye"):
            parts = [(part, share) for part, share in moved if part.network == name and share > 0]
            if not parts:
                continue
            matrices = [animator_crops.matrix_of(part, shifted) for part, _ in parts]
            squares = [self._square(region, part, shifted, matrix) for (part, _), matrix in zip(parts, matrices)]
            painted = self._paint(name, squares)
            if matched:
                painted = [match(paint, square, name) for paint, square in zip(painted, squares)]
            for (part, share), matrix, paint in zip(parts, matrices, painted):
                add(region, paint * (255 * share) * self.windows[part.name], matrix)

    def activity(self, part, target: np.ndarray) -> float:
        """0 where a part stands as in the photo, wherever the head is; 1 once it has changed its shape visibly."""
        here = animator_crops.place(target, animator_crops.matrix_of(part, target))
        off = np.abs((here - self.there[part.name])[CHANGING[part.name]]).max() * part.side / part.size
        return float(smoothstep(STILL, MOVED, off))

    def _square(self, region, part, points, matrix) -> np.ndarray:
        """The network's nine channels: uint8 (S, S, 9)."""
        warp = animator_crops.cut(region, matrix, part.size)
        masks = animator_crops.target_masks(part, animator_crops.place(points, matrix))
        return np.concatenate([warp, masks, self.sources[part.name]], axis=-1)

    def _paint(self, name: str, squares: list) -> np.ndarray:
        """What to add to each square: float32 (N, S, S, 3) in parts of white."""
        network, squares = self.networks[name], np.stack(squares)
        quick = quick_networks.runner(network)
        if quick:
            return quick_networks.shuffled(quick(quick_networks.unshuffled(squares) / np.float32(255)))
        inputs = squares.transpose(0, 3, 1, 2).astype(np.float32) / 255
        return quick_networks.asked(network, inputs).transpose(0, 2, 3, 1)


CHANGING = {  # the points by which a part is seen to have changed
    "mouth": np.arange(48, 68),
    "right eye": np.array([*range(17, 22), *range(36, 42), 68]),
    "left eye": np.array([*range(22, 27), *range(42, 48), 69]),
}


def match(paint: np.ndarray, square: np.ndarray, network: str) -> np.ndarray:
    """What to add to a square, (S, S, 3) in parts of white, so that its skin keeps the colours that it had.

    square: uint8 (S, S, 9), what the network was shown; network: "mouth" or "eye".
    """
    plain = np.ascontiguousarray(square[..., :3])
    painted = np.clip(plain + 255 * paint + 0.5, 0, 255).astype(np.uint8)
    matched = colour.match_colours(painted, plain, skin_of(square, network))
    return (matched.astype(np.float32) - plain) / 255


def skin_of(square: np.ndarray, network: str) -> np.ndarray:
    """Where a square shows skin that may be repainted, some pixels off lips and lids: uint8 (S, S, 9) -> bool (S, S).
    """
    other = square[..., 3 : 3 + animator_crops.N_TARGET_MASKS].max(axis=-1) > 0
    near = cv2.dilate(other.astype(np.uint8), np.ones((OFF_SKIN, OFF_SKIN), np.uint8)) > 0
    return (animator_crops.window_of(network, len(square)) > 0.5) & ~near


def add(region: np.ndarray, paint: np.ndarray, matrix: np.ndarray) -> None:
    """Lay colours (S, S, 3), which may be negative, back over uint8 (h, w, 3), in place; matrix: region -> square."""
    size, (height, width) = len(paint), region.shape[:2]
    back = cv2.invertAffineTransform(matrix)
    corners = np.array([[0, 0], [size, 0], [0, size], [size, size]]) @ back[:, :2].T + back[:, 2]
    x0, y0 = np.maximum(np.floor(corners.min(axis=0)), 0).astype(int)
    x1, y1 = np.minimum(np.ceil(corners.max(axis=0)) + 1, [width, height]).astype(int)
    if x1 <= x0 or y1 <= y0:
        return
    inside = matrix.copy()
    inside[:, 2] += matrix[:, :2] @ [x0, y0]
    laid = images.cut(paint, inside, (x1 - x0, y1 - y0), "black", backwards=True)
    patch = region[y0:y1, x0:x1]
    patch[:] = cv2.add(patch, laid, dtype=cv2.CV_8U)  # rounded, and kept between 0 and 255


@functools.lru_cache(maxsize=1)
def load_networks() -> dict:
    """The shipped networks, ready for inference: {"mouth": ..., "eye": ...}. Raises errors.WeightsError."""
    return networks_of(weights.load_tensors(WEIGHTS))


def networks_of(tensors: dict) -> dict:
    """Both networks out of one file's tensors, named "mouth...." and "eye....", as wide as those are. Raises
    errors.WeightsError."""
    from . import animator_networks

    networks = {name: animator_networks.AnimatorNetwork(_widths(tensors, name)) for name in ("mouth", "eye")}
    return weights.into_networks(tensors, networks, WEIGHTS)


def _widths(tensors: dict, name: str) -> tuple:
    """Channels at strides 2, 4, 8 of a network whose tensors these are; as they are trained, where they are not."""
    from . import animator_networks

    layers = [tensors.get(f"{name}.{layer}.weight") for layer in ("at_2.1", "at_4.0", "at_8.0")]
    return animator_networks.WIDTHS if any(layer is None for layer in layers) else tuple(map(len, layers))
