"""An invisible mark in every frame: soft spots of a little more blue or a little more yellow, which trade places.

    a payload and the maker's key -> 64 x 64 signs (`chips`) -> spots of 16 px and more, two levels strong -> + a frame

Why there. Eyes see hardly any detail in blue against yellow, and the brightness stays as it was. Spots as large as the
blocks of a video codec outlive strong compression. And every half second blue and yellow change over: what stands
still, which is most of a talking head, then falls out of the difference of the two, and the mark is what is left.
"""

import cv2
import numpy as np

from . import chips

PITCH = 16  # px from spot to spot: a macroblock of H.264
NOMINAL_SIDE = 512  # px: larger films have larger spots, so that they outlive being made smaller
PERIOD = 1.0  # s: half of it as drawn, half of it turned over
# What a spot adds to red, green and blue where it is 1: Cb of BT.709, without brightness
DIRECTION = np.array([0.0, -0.187, 1.856], np.float32)
DECIBELS = 42.2  # peak signal to noise of a marked frame
# What a spot may be where nothing else is to be seen, and amid hair or cloth, which hide it; per level of texture
LEAST, MOST, PER_LEVEL = 0.65, 1.35, 0.12


def pitch(height: int, width: int) -> int:
    """Pixels from spot to spot in frames of this size."""
    return PITCH * max(1, round((height * width) ** 0.5 / NOMINAL_SIDE))


class Marker:
    """Puts one mark into frames, one after the other.

    Args:
        payload: 0 to 2**32 - 1, which everybody can read; key: the maker's own, for the signs that only its
            owner can look for; fps: frames a second.
    """

    def __init__(self, payload: int, key: bytes, fps: float = 25):
        self.payload, self.signs = payload, chips.plane(payload, key)
        self.fps, self._count, self._size, self._change = fps, 0, None, None

    def __call__(self, frame: np.ndarray) -> np.ndarray:
        """A marked copy of the next frame: uint8 (H, W, 3), RGB, or (H, W, 4), of which the last layer stays."""
        if frame.shape != self._size:
            self._prepare(frame)
        self._count += 1
        return embed_watermark(frame, self._change, self._count - 1, self.fps)

    def _prepare(self, frame: np.ndarray) -> None:
        height, width = frame.shape[:2]
        smooth = (spots(self.signs, height, width) * hiding(frame))[..., None] * DIRECTION
        change = np.zeros(frame.shape, np.int16)
        change[..., :3] = _rounded(smooth)
        self._size, self._change = frame.shape, change


def embed_watermark(frame: np.ndarray, change: np.ndarray, number: int, fps: float) -> np.ndarray:
    """A marked copy of a frame: the change is added in the first half of each period, and taken away in the second.

    Args:
        frame: uint8 (H, W, C); change: int16 (H, W, C), levels; number: of the frame, from 0; fps: frames a second.
    """
    turned = int(2 * number / fps / PERIOD + 1e-6) % 2
    return (cv2.subtract if turned else cv2.add)(frame, change, dtype=cv2.CV_8U)


def spots(signs: np.ndarray, height: int, width: int) -> np.ndarray:
    """Signs (64, 64) as a smooth picture, float32 (H, W): a spot's middle is its sign."""
    step = pitch(height, width)
    down, across = -(-height // step) + 1, -(-width // step) + 1
    shown = np.pad(signs, ((0, max(0, down - chips.SIDE)), (0, max(0, across - chips.SIDE))), mode="wrap")
    shown = np.ascontiguousarray(shown[:down, :across])
    return cv2.resize(shown, (across * step, down * step), interpolation=cv2.INTER_CUBIC)[:height, :width]


def hiding(frame: np.ndarray) -> np.ndarray:
    """How strong a spot may be in each place of a frame, uint8 (H, W, 3): float32 (H, W)."""
    light = cv2.cvtColor(frame[..., :3], cv2.COLOR_RGB2GRAY).astype(np.float32)
    texture = cv2.GaussianBlur(cv2.absdiff(light, cv2.GaussianBlur(light, (0, 0), 4)), (0, 0), 10)
    return np.clip(LEAST + PER_LEVEL * texture, LEAST, MOST)


def _rounded(change: np.ndarray) -> np.ndarray:
    """A change (H, W, 3) as whole numbers, as strong as `DECIBELS` says.

    Their mean over a spot is the number that was meant: they are rounded up as often as the rest says.
    """
    drawn = np.random.Generator(np.random.PCG64(0)).random((*change.shape[:2], 1), dtype=np.float32)
    wanted, strength = 255 * 10 ** (-DECIBELS / 20), 2.0
    for _ in range(3):  # rounding adds a little of its own; a ninth of the pixels tells how much
        some = np.floor(strength * change[::3, ::3] + drawn[::3, ::3])
        strength *= wanted / max(float(np.sqrt(np.square(some).mean())), 1e-6)
    return np.floor(strength * change + drawn).astype(np.int16)
