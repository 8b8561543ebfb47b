"""Pictures without the softness of resampling: the detail that the photo had."""

import cv2
import numpy as np

from . import seam

MAX_SHARPEN = 0.8
SIGMA = 1.0  # px, the blur that cubic resampling comes closest to


def unsharp_mask(image: np.ndarray, amount: float, sigma: float = SIGMA) -> np.ndarray:
    """image + amount (image - blurred): uint8 (H, W, 3) -> uint8 (H, W, 3); sigma in pixels."""
    blurred = cv2.GaussianBlur(image, (0, 0), sigma)
    return cv2.addWeighted(image, 1 + amount, blurred, -amount, 0)


class Restorer:
    """Brings the detail of a photo back into its frames: `restore_detail`, what the mask asks for worked out once.

    photo: uint8 (H, W, 3); mask: float32 (H, W), 1 where a frame may differ from the photo.
    """

    def __init__(self, photo: np.ndarray, mask: np.ndarray):
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        self.seam = None
        if len(rows):
            x0, y0, x1, y1 = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
            self.seam = seam.Seam(mask[y0:y1, x0:x1], (x0, y0, x1, y1), photo.shape)
            self.wanted = self.seam.mean(fine_detail(photo[self.seam.part]))

    def restore(self, frame: np.ndarray) -> np.ndarray:
        """A frame sharpened until it holds as much fine detail as the photo: uint8 (H, W, 3) -> uint8 (H, W, 3)."""
        if self.seam is None:
            return frame
        amount = amount_for(self.seam.mean(fine_detail(frame[self.seam.part])), self.wanted)
        if amount == 0:
            return frame
        restored = frame.copy()
        self.seam.lay(unsharp_mask(frame[self.seam.part], amount), restored)
        return restored


def restore_detail(frame: np.ndarray, wanted: float, mask: np.ndarray) -> np.ndarray:
    """Sharpen the moved part of a frame until it holds as much fine detail as the photo did, and no further.

    frame: uint8 (H, W, 3); wanted: `detail(photo, mask)`; mask: float32 (H, W), 1 where the frame may differ from
    the photo. Outside the mask nothing changes. A frame as sharp as the photo comes back as it is.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return frame
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    weight = mask[box]
    amount = amount_for(detail(frame[box], weight), wanted)
    if amount == 0:
        return frame
    sharp = unsharp_mask(frame[box], amount)
    restored = frame.copy()
    restored[box] = cv2.blendLinear(sharp, np.ascontiguousarray(frame[box]), weight, 1 - weight)
    return restored


def amount_for(found: float, wanted: float) -> float:
    """How much sharpening takes the detail that was found to what is wanted; 0 where it would hardly be seen."""
    # sharpening by `amount` multiplies fine contrast by about 1 + amount
    amount = float(np.clip(wanted / max(found, 1e-6) - 1, 0, MAX_SHARPEN))
    return amount if amount >= 0.02 else 0.0


def fine_detail(image: np.ndarray) -> np.ndarray:
    """Fine contrast, |image - blurred| in grey levels: uint8 (H, W, 3) -> uint8 (H, W)."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return cv2.absdiff(grey, cv2.GaussianBlur(grey, (0, 0), SIGMA))


def detail(image: np.ndarray, weight: np.ndarray) -> float:
    """Mean fine contrast, |image - blurred| in grey levels, under a weight (H, W)."""
    fine = fine_detail(image)
    return float((fine * weight).sum() / max(weight.sum(), 1e-6))
