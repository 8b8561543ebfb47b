"""The network that looks whether a mouth is covered: four convolutions and a sum, and what it sees of a face."""

import numpy as np
import torch
from torch import nn

from . import crops

SIZE = 48  # px of the crop
CHANNELS = (3, 16, 32, 48, 64)


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


def as_seen(image: np.ndarray, points: np.ndarray) -> torch.Tensor:
    """What the network sees of a face: uint8 (H, W, 3), points (78, 2) in pixels -> float32 (3, 48, 48)."""
    return torch.from_numpy(crops.cut_tight(image, points, SIZE)).permute(2, 0, 1).float() / 255
