"""Movement without jitter: the one-euro filter."""

import numpy as np

from ..face import channels
from . import motion

# Where the one-euro filter starts to follow: hertz at rest, and how much faster with speed.
# Chosen on tracks with half a pixel of noise: firmer settings shake less and follow the true movement worse.
LIP_CUTOFF, HEAD_CUTOFF = 12.0, 8.0
POINT_UNIT = 10.0  # a point goes about a tenth of an eye distance where a channel goes from 0 to 1
BETA = 30.0  # hertz a unit a second; a unit is one full blendshape or thirty degrees
SPEED_CUTOFF = 4.0  # hertz of the speed: slower, and a head that shakes would count as one at rest and be held back


def one_euro(signal: np.ndarray, fps: float, cutoff, beta: float, derivative_cutoff: float = 1.0) -> np.ndarray:
    """Smooth slow movement much and fast movement little: (T, C) -> float32 (T, C).

    cutoff: hertz at rest, a number or (C,); beta: hertz more for each unit a second; derivative_cutoff: hertz, of the
    speed itself. Casiez, Roussel and Vogel, "1 euro filter", 2012.
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
    """A tracked motion (T, C) with its jitter taken out and no lag: filtered forwards and backwards, the mean of both.
    """
    heads = np.array([name.startswith("head") for name in moved.channels])
    cutoff = np.where(heads, HEAD_CUTOFF, LIP_CUTOFF)
    # degrees move in larger numbers than blendshapes, which go from 0 to 1
    size = np.array([1 / 30 if name in channels.HEAD[:3] else 1.0 for name in moved.channels])
    scaled = moved.values * size
    forwards = one_euro(scaled, moved.fps, cutoff, BETA, SPEED_CUTOFF)
    backwards = one_euro(scaled[::-1], moved.fps, cutoff, BETA, SPEED_CUTOFF)[::-1]
    return motion.Motion((forwards + backwards) / 2 / size, moved.channels, moved.fps, _steady_points(moved))


def _steady_points(moved: motion.Motion):
    """What the points do beside the channels, (T, 78, 2), without its jitter; None where there is none of it."""
    if moved.beside is None:
        return None
    rows = moved.beside.reshape(len(moved), -1) * POINT_UNIT
    forwards, backwards = (one_euro(way, moved.fps, LIP_CUTOFF, BETA, SPEED_CUTOFF) for way in (rows, rows[::-1]))
    return ((forwards + backwards[::-1]) / (2 * POINT_UNIT)).reshape(moved.beside.shape)
