"""A mask prepared once for many frames: nearly all of its pixels are 0 or 1, and only the few between are mixed."""

import cv2
import numpy as np


class Seam:
    """mask: float32 (h, w) in [0, 1]; `lay` then does what `images.alpha_blend` does with it."""

    def __init__(self, mask: np.ndarray):
        self.inside = (mask >= 1).astype(np.uint8)
        self.count = int(self.inside.sum())
        self.rows, self.columns = np.nonzero((mask > 0) & (mask < 1))
        self.shares = mask[self.rows, self.columns][:, None]  # (n, 1)
        self.total = float(mask.sum(dtype=np.float64))

    def lay(self, front: np.ndarray, back: np.ndarray) -> None:
        """Lay one picture over another, uint8 (h, w, 3) twice, `back` in place: its pixels stay where the mask is 0."""
        edge = self.rows, self.columns
        below = back[edge].astype(np.float32)
        # mixed = alpha front + (1 - alpha) back, rounded
        mixed = below + self.shares * (front[edge] - below) + 0.5
        cv2.copyTo(front, self.inside, back)
        back[edge] = mixed.astype(np.uint8)

    def mean(self, values: np.ndarray) -> float:
        """The mean of uint8 (h, w), each pixel as often as the mask says; 0 for an empty mask."""
        inside = cv2.mean(values, self.inside)[0] * self.count
        edge = float((values[self.rows, self.columns] * self.shares[:, 0]).sum(dtype=np.float64))
        return (inside + edge) / max(self.total, 1e-6)
