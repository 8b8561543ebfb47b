"""What changes over every half second, out of two seconds of frames: the mark, and little else.

    frames -> 16 mean pictures, one for each sixteenth of the period -> a complex picture (what swings, and when)
    a moment at which it begins -> the mean of one half period minus that of the other
"""

import cv2
import numpy as np

from . import watermark

BINS = 16  # of a period
WORKING = 256  # samples: the root of the picture's area while it is looked at
TINTS = np.array([[-0.1146, -0.3854, 0.5], [0.5, -0.4542, -0.0458]], np.float32)  # Cb and Cr of BT.709
LOADING = 0.2  # of the variance in both
USUAL = 32  # spots along the root of the area of most films


class Period:
    """One period of a film, (16, h, w, 3), as the mean of all of them.

    Args:
        frames: iterable of uint8 (H, W, 3), RGB, of one size; fps: frames a second.
    """

    def __init__(self, frames, fps: float):
        self.sums, self.counts, self.scale = None, np.zeros(BINS, np.int64), (1.0, 1.0)
        for number, frame in enumerate(frames):
            if self.sums is None:
                self._begin(*frame.shape[:2])
            moment = int(np.floor(number / fps / watermark.PERIOD * BINS + 1e-6)) % BINS
            cv2.accumulate(cv2.resize(frame[..., :3], self.size, interpolation=cv2.INTER_AREA), self.sums[moment])
            self.counts[moment] += 1
        self.there = np.flatnonzero(self.counts)
        self.means = [self.sums[moment] / self.counts[moment] for moment in self.there]

    def _begin(self, height: int, width: int) -> None:
        shrink = min(1.0, WORKING / (height * width) ** 0.5)
        self.size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
        self.scale = (width / self.size[0], height / self.size[1])  # px a sample
        self.sums = np.zeros((BINS, self.size[1], self.size[0], 3), np.float32)

    def swing(self) -> np.ndarray:
        """What swings once a period, complex64 (h, w, 3): its angle says when. A single moment is itself."""
        if len(self.there) == 1:
            return self.means[0].astype(np.complex64)
        turns = np.exp(-2j * np.pi * self.there / BINS)
        turns -= turns.mean()  # what stands still falls out
        return _weighted(self.means, turns.real) + 1j * _weighted(self.means, turns.imag)

    def difference(self, angle: float) -> np.ndarray:
        """The half period in which a swing of this angle is up, minus the other: float32 (h, w, 3)."""
        if len(self.there) == 1:
            return self.means[0]
        up = np.cos(2 * np.pi * self.there / BINS + angle) > 0
        if up.all() or not up.any():
            return self.means[0] * 0
        return _weighted(self.means, np.where(up, 1 / up.sum(), -1 / (~up).sum()))


def _weighted(pictures: list, weights: np.ndarray) -> np.ndarray:
    total = np.zeros_like(pictures[0])
    for picture, weight in zip(pictures, weights):
        cv2.scaleAdd(picture, float(weight), total, total)
    return total


def best_line(picture: np.ndarray) -> np.ndarray:
    """The line through the colours on which the mark stands out, float32 (3,).

    That is Fisher's in the plane of Cb and Cr: the mark's direction divided by the covariance of what the picture
    itself does, and of a share that does not let a mark cancel itself out where it is most of what there is.

    Args:
        picture: float32 or complex (h, w, 3).
    """
    spot = (picture.shape[0] * picture.shape[1]) ** 0.5 / USUAL
    covariance = np.zeros((2, 2))
    for part in [picture.real, picture.imag] if np.iscomplexobj(picture) else [picture]:
        tints = cv2.transform(np.ascontiguousarray(part, np.float32), TINTS)  # (h, w, 2)
        fine = tints - cv2.GaussianBlur(tints, (0, 0), 1.5 * spot)
        power = cv2.GaussianBlur((fine**2).sum(axis=2), (0, 0), spot)
        rows, weight = fine.reshape(-1, 2), 1 / (power.reshape(-1, 1) + power.mean() + 1e-6)
        covariance += (rows * weight).T @ rows / weight.sum()
    line = np.linalg.solve(covariance + LOADING * (covariance.trace() + 1e-6) * np.eye(2), [1.0, 0.0])
    return (line / np.linalg.norm(line) @ TINTS).astype(np.float32)
