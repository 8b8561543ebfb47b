"""Between two values: the smooth step."""

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
