"""Between two values: the smooth step."""

import numpy as np


def smoothstep(low, high, x):
    """0 below `low`, 1 above `high`, 3t^2 - 2t^3 between; works with low > high too."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)
