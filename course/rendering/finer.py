"""A picture that is read between its pixels thousands of times: cubic once, on a finer grid, and linear from then on.

OpenCV reads a float picture linearly nine times as fast as by cubic interpolation (Keys, 1981). So the cubic one is
worked out once, three points for each pixel along each side, and what lies between two of those is taken as straight.
At the pixels themselves both are the picture, to the bit.
"""

import threading

import cv2
import numpy as np

TIMES = 3  # odd, so that each pixel's middle is a point of the finer grid
MOST = 256 * 2**20  # bytes of a finer picture: a larger one is read as it is


def enlarged(picture: np.ndarray) -> np.ndarray:
    """float32 (H, W, C) -> (t H - t + 1, t W - t + 1, C): from the middle of the first pixel to that of the last, so
    that the middle of pixel x lies at t x."""
    whole = cv2.resize(picture, None, fx=TIMES, fy=TIMES, interpolation=cv2.INTER_CUBIC)
    return whole[TIMES // 2 : -(TIMES // 2), TIMES // 2 : -(TIMES // 2)]


class Finer:
    """picture: float32 (H, W, C), which must not change any more."""

    def __init__(self, picture: np.ndarray):
        self.picture, self._fine, self._lock = picture, None, threading.Lock()

    def __reduce__(self):
        return Finer, (self.picture,)  # what it has worked out is worked out as fast where it arrives

    def read(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """The picture at places (h, w) in its pixels, beyond its border as at it: float32 (h, w, C)."""
        if self.picture.nbytes * TIMES**2 > MOST:
            return cv2.remap(self.picture, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        with self._lock:
            if self._fine is None:
                self._fine = enlarged(self.picture)
        return cv2.remap(self._fine, TIMES * x, TIMES * y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
