"""Is the mouth covered? A small network that looks at a face's lower half and knows masks and scarves.

Over a mask the landmarker still gives lips, where lips would be, and a film would paint a mouth on the cloth.
"""

import functools

import numpy as np
import torch
from torch import nn

from ..io import weights
from . import crops

WEIGHTS = "covered.safetensors"
SIZE = 48  # px of the crop
CHANNELS = (3, 16, 32, 48, 64)
LIMIT = 0.9  # from this probability on the mouth counts as covered: see data/covered.md for what that misses


class CoveredNet(nn.Module):
    """Crops of faces (N, 3, 48, 48) in [0, 1] -> logits (N,): above 0, the mouth is more likely covered than not."""

    def __init__(self):
        super().__init__()
        layers = []
        for before, after in zip(CHANNELS, CHANNELS[1:]):  # 48 -> 24 -> 12 -> 6 -> 3 px
            layers += [nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
        self.layers = nn.Sequential(*layers)
        self.head = nn.Linear(CHANNELS[-1] * 9, 1)

    def forward(self, faces):
        """(N, 3, 48, 48) -> (N,)."""
        return self.head(self.layers(faces - 0.5).flatten(1))[:, 0]


@functools.lru_cache(maxsize=1)
def load_covered() -> CoveredNet:
    """The shipped network, ready to use. Raises `errors.WeightsError`."""
    return weights.fill(CoveredNet(), weights.load_tensors(WEIGHTS), WEIGHTS)


def as_seen(image: np.ndarray, points: np.ndarray) -> torch.Tensor:
    """What the network sees of a face: uint8 (H, W, 3), points (78, 2) in pixels -> float32 (3, 48, 48)."""
    return torch.from_numpy(crops.cut_tight(image, points, SIZE)).permute(2, 0, 1).float() / 255


@torch.inference_mode()
def probability(image: np.ndarray, points: np.ndarray, network: CoveredNet | None = None) -> float:
    """How likely a mask, a scarf or the like covers the mouth, in [0, 1].

    image: uint8 (H, W, 3); points: (78, 2) in pixels; network: the shipped one by default. Raises
    `errors.WeightsError`.
    """
    network = network or load_covered()
    return float(torch.sigmoid(network(as_seen(image, points)[None]))[0])
