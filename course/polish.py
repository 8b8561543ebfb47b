"""The last touch: movement without jitter, pictures without the softness of resampling."""

import cv2
import numpy as np

from . import motion

# Where the one-euro filter starts to follow: hertz at rest, and how much faster with speed.
# Chosen on tracks with half a pixel of noise: firmer settings shake less and follow the true movement worse.
LIP_CUTOFF, HEAD_CUTOFF = 12.0, 8.0
BETA = 10.0  # hertz a unit a second; a unit is one full blendshape or thirty degrees

MAX_SHARPEN = 0.8
SIGMA = 1.0  # px, the blur that cubic resampling comes closest to


def one_euro(signal: np.ndarray, fps: float, cutoff, beta: float, derivative_cutoff: float = 1.0) -> np.ndarray:
    """Smooth slow movement much and fast movement little: (T, C) -> (T, C).

    cutoff: hertz, a number or (C,). Casiez, Roussel and Vogel, "1 euro filter", 2012.
    """
    smoothed = np.array(signal, dtype=np.float64)
    speed = np.zeros_like(smoothed[0])
    for t in range(1, len(smoothed)):
        # dx = a x' + (1 - a) dx_before
        a = _alpha(derivative_cutoff, fps)
        speed = a * (signal[t] - smoothed[t - 1]) * fps + (1 - a) * speed
        # f_c = f_min + beta |dx|
        a = _alpha(cutoff + beta * np.abs(speed), fps)
        smoothed[t] = a * signal[t] + (1 - a) * smoothed[t - 1]
    return smoothed.astype(np.float32)


def _alpha(cutoff, fps: float):
    # alpha = 1 / (1 + tau / T_e), tau = 1 / (2 pi f_c), T_e = 1 / fps
    return 1 / (1 + fps / (2 * np.pi * np.maximum(cutoff, 1e-6)))


def steady(moved: motion.Motion) -> motion.Motion:
    """A tracked motion with its jitter taken out and no lag: filtered forwards and backwards, the mean of both."""
    heads = np.array([name.startswith("head") for name in moved.channels])
    cutoff = np.where(heads, HEAD_CUTOFF, LIP_CUTOFF)
    # degrees move in larger numbers than blendshapes, which go from 0 to 1
    size = np.array([1 / 30 if name in motion.HEAD[:3] else 1.0 for name in moved.channels])
    scaled = moved.values * size
    forwards = one_euro(scaled, moved.fps, cutoff, BETA)
    backwards = one_euro(scaled[::-1], moved.fps, cutoff, BETA)[::-1]
    return motion.Motion((forwards + backwards) / 2 / size, moved.channels, moved.fps)


def unsharp_mask(image: np.ndarray, amount: float, sigma: float = SIGMA) -> np.ndarray:
    """image + amount (image - blurred): uint8 (H, W, 3) -> uint8 (H, W, 3); sigma in pixels."""
    blurred = cv2.GaussianBlur(image, (0, 0), sigma)
    return cv2.addWeighted(image, 1 + amount, blurred, -amount, 0)


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
    # sharpening by `amount` multiplies fine contrast by about 1 + amount
    amount = float(np.clip(wanted / max(detail(frame[box], weight), 1e-6) - 1, 0, MAX_SHARPEN))
    if amount < 0.02:
        return frame
    sharp = unsharp_mask(frame[box], amount)
    restored = frame.copy()
    restored[box] = cv2.blendLinear(sharp, np.ascontiguousarray(frame[box]), weight, 1 - weight)
    return restored


def detail(image: np.ndarray, weight: np.ndarray) -> float:
    """Mean fine contrast, |image - blurred| in grey levels, under a weight (H, W)."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    fine = cv2.absdiff(grey, cv2.GaussianBlur(grey, (0, 0), SIGMA))
    return float((fine * weight).sum() / max(weight.sum(), 1e-6))
