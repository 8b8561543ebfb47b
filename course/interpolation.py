"""Between two values: the smooth step. Over time: the Gaussian."""

import numpy as np


def smoothstep(low, high, x):
    """0 below `low`, 1 above `high`, 3t^2 - 2t^3 between; works with low > high too.

    Hermite's cubic without slope at its ends, named after the RenderMan Interface (Pixar, 1988).

    Args:
        low, high: numbers, or arrays that broadcast with x, nowhere equal; x: number, array or torch.Tensor (...).
    Returns:
        (...) in [0, 1], in the type of x.
    """
    t = (x - low) / (high - low)
    t = t.clamp(0, 1) if hasattr(t, "clamp") else np.clip(t, 0, 1)  # a tensor has its own
    return t * t * (3 - 2 * t)


def gaussian(curve: np.ndarray, deviation: float) -> np.ndarray:
    """A curve averaged over time with the weights of a Gaussian: (T, ...), T > 0 -> float64 (T, ...).

    deviation: of the Gaussian, in steps of the curve; beyond its ends the curve goes on as it ends. The same numbers as
    `scipy.ndimage.gaussian_filter1d` gives along the first axis with mode "nearest", to rounding; loading that
    takes longer than all the smoothing of a film.
    """
    curve = np.asarray(curve, np.float64)
    reach = int(4 * deviation + 0.5)  # four deviations hold all but 1 in 15,000
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    ends = [(reach, reach)] + [(0, 0)] * (curve.ndim - 1)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(curve, ends, mode="edge"), len(weights), axis=0)
    return around @ (weights / weights.sum())
