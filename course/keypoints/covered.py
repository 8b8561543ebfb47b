"""Is the mouth covered? A small network that looks at a face's lower half and knows masks and scarves.

Over a mask the landmarker still gives lips, where lips would be, and a film would paint a mouth on the cloth.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

from . import crops, quick_covered

if TYPE_CHECKING:
    from . import covered_network

WEIGHTS = "covered.safetensors"
LIMIT = 0.9  # from this probability on the mouth counts as covered: see data/covered.md for what that misses


def probability(image: np.ndarray, points: np.ndarray, network: covered_network.CoveredNet | None = None) -> float:
    """How likely a mask, a scarf or the like covers the mouth, in [0, 1].

    image: uint8 (H, W, 3); points: (78, 2) in pixels; network: the shipped one by default. Raises
    `errors.WeightsError`.
    """
    quick = None if network else quick_covered.network(WEIGHTS)
    if quick:
        return float(quick(crops.cut_tight(image, points, quick_covered.SIZE)))
    import torch

    from . import covered_network

    network = network or load_covered()
    with torch.inference_mode():
        return float(torch.sigmoid(network(covered_network.as_seen(image, points)[None]))[0])


@functools.lru_cache(maxsize=1)
def load_covered() -> covered_network.CoveredNet:
    """The shipped network, ready to use. Raises `errors.WeightsError`."""
    from ..io import weights
    from . import covered_network

    return weights.fill(covered_network.CoveredNet(), weights.load_tensors(WEIGHTS), WEIGHTS)
