"""What stands around the networks of `layers`, for one frame in NumPy: the same numbers as the functions of the same
names in `layers_networks`, which are for batches and gradients.
"""

import functools

import cv2
import numpy as np

from ..interpolation import smoothstep
from . import layers_square


def matte_of(logits: np.ndarray) -> np.ndarray:
    """Logits (...) -> how much of each pixel is person, float32 (...) in [0, 1]."""
    return smoothstep(0.35, 0.65, sigmoid(logits))


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-x), for numbers (...) of any size."""
    return 0.5 + 0.5 * np.tanh(0.5 * x)  # e^-x itself goes beyond what float32 can hold


class Still:
    """What the Refiner is told of a photo, the same in every frame: matte, inside, face, float32 (s, s) each."""

    def __init__(self, matte: np.ndarray, inside: np.ndarray, face: np.ndarray):
        self.maps = matte, inside, face
        # both in one number: they are read at the same places. One row and column more, for what lies right and below
        self._both = np.pad(matte + 1j * inside, ((0, 1), (0, 1)), mode="edge").astype(np.complex64)

    def look_up(self, movement: np.ndarray, unit: float) -> tuple:
        """Matte and inside, (s, s) each, read where the movement (s, s, 2), in radii, says; unit: pixels a radius.

        I'(q) = I(q + unit d(q)), between pixels linearly; the border goes on
        """
        size = len(movement)
        at = np.arange(size, dtype=np.float32)
        x = np.clip(at + np.float32(unit) * movement[..., 0], 0, size - 1)
        y = np.clip(at[:, None] + np.float32(unit) * movement[..., 1], 0, size - 1)
        left, top = x.astype(np.int32), y.astype(np.int32)
        x, y, first = x - left, y - top, top * (size + 1) + left  # where the upper left of four pixels lies
        pixels = self._both.ravel()
        one, right, below, across = (pixels.take(first + beside) for beside in (0, 1, size + 1, size + 2))
        upper, lower = one + x * (right - one), below + x * (across - below)
        moved = upper + y * (lower - upper)
        return moved.real, moved.imag

    def frame_inputs(self, movement: np.ndarray, face_there: np.ndarray, unit: float) -> np.ndarray:
        """The Refiner's eight channels: movement (s, s, 2), face in the frame (s, s) -> float32 (1, 8, s, s)."""
        matte, inside, face_here = self.maps
        inputs = np.empty((1, 8, *matte.shape), np.float32)
        inputs[0, :2] = np.moveaxis(movement, -1, 0)
        inputs[0, 2:4] = self.look_up(movement, unit)
        inputs[0, 4:] = matte, inside, face_there, face_here
        return inputs


def answer(frames: np.ndarray, y: np.ndarray) -> tuple:
    """What `Refiner.trunk` said, where something may move: (1, 8, s, s), (1, 3, s, s) -> flow (1, 2, s, s) in radii,
    share taken away (1, 1, s, s)."""
    share = moving_of(frames[0, 0], frames[0, 1]) * free_of_face(frames[0, 6]) * above_shoulders(frames.shape[-1])
    return np.float32(layers_square.MOST_FLOW) * share * np.tanh(y[:, :2]), share * sigmoid(y[:, 2:] - 4)


def moving_of(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """1 where something moves near by, 0 where all stands still: a movement in radii, (s, s) twice -> (s, s)."""
    near = cv2.dilate(cv2.magnitude(x, y), np.ones((9, 9), np.uint8))
    return np.clip(near / np.float32(0.08), 0, 1)


def free_of_face(face: np.ndarray) -> np.ndarray:
    """Where the flow may be corrected: 0 on the face, 1 away from it: float32 (s, s) -> the same."""
    mean = cv2.blur(face, (5, 5), borderType=cv2.BORDER_CONSTANT)
    return np.maximum(1 - 2 * mean, 0)


@functools.lru_cache(maxsize=4)
def above_shoulders(size: int) -> np.ndarray:
    """1 down to the chin, 0 from the shoulders on: float32 (size, 1)."""
    down = (np.arange(size) - (size - 1) / 2) / layers_square.unit_of(size)  # radii
    return smoothstep(layers_square.SHOULDERS, layers_square.CHIN, down).astype(np.float32)[:, None]
