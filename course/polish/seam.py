"""A mask prepared once for many frames: nearly all of its pixels are 0 or 1, and only the few between are mixed."""

import cv2
import numpy as np


class Seam:
    """Prepared for frames uint8 (H, W, 3); `lay` then does in a box of them what `images.alpha_blend` does.

    mask: float32 (h, w) in [0, 1]; box: x0, y0, x1, y1, where it lies; shape: of the frames.
    """

    def __init__(self, mask: np.ndarray, box, shape):
        x0, y0, x1, y1 = box
        self.part = slice(y0, y1), slice(x0, x1)
        self.inside = (mask == 1).astype(np.uint8)
        self.count, self.total = int(self.inside.sum()), float(mask.sum(dtype=np.float64))
        rows, columns = np.nonzero((mask != 0) & (mask != 1))
        self.shares = mask[rows, columns]  # (n,)
        # the same pixels counted one by one in the box and in the frame: numbers are looked up sooner than pairs
        self.here, self.there = rows * (x1 - x0) + columns, (rows + y0) * shape[1] + columns + x0

    def lay(self, front: np.ndarray, frame: np.ndarray) -> None:
        """Lay a picture, uint8 (h, w, 3), over the box of a frame, (H, W, 3), in place; where the mask is 0 it is left.
        """
        pixels = frame.reshape(-1, 3)
        below = pixels.take(self.there, axis=0).astype(np.float32)
        # mixed = alpha front + (1 - alpha) back, rounded
        mixed = front.reshape(-1, 3).take(self.here, axis=0) - below
        mixed *= self.shares[:, None]
        mixed += below
        mixed += 0.5
        cv2.copyTo(front, self.inside, frame[self.part])
        pixels[self.there] = np.clip(mixed, 0, 255).astype(np.uint8)  # also for a mask that leaves its range

    def mean(self, values: np.ndarray) -> float:
        """The mean of uint8 (h, w), each pixel as often as the mask says; 0 for an empty mask."""
        inside = cv2.mean(values, self.inside)[0] * self.count
        edge = float((values.take(self.here) * self.shares).sum(dtype=np.float64))
        return (inside + edge) / max(self.total, 1e-6)
