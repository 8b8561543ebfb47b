"""The discriminator of the animator: real or painted, answered for every patch of a square.

Patches as in Isola et al., "Image-to-image translation with conditional adversarial networks" (2017).
"""

import torch.nn.functional as F
from torch import nn

from ...rendering import animator_crops


class PatchDiscriminator(nn.Module):
    """Squares with the target's masks (N, 5, S, S) -> logits (N, 1, S/8 - 2, S/8 - 2), one for each patch.

    Spectral norms (Miyato et al., 2018) keep it from growing sure faster than the generator can follow.
    `features` also returns what its layers saw, for feature matching.
    """

    def __init__(self, width: int = 32, n_inputs: int = 3 + animator_crops.N_TARGET_MASKS):
        super().__init__()
        norm = nn.utils.parametrizations.spectral_norm
        self.layers = nn.ModuleList([
            norm(nn.Conv2d(n_inputs, width, 4, 2, 1)),
            norm(nn.Conv2d(width, 2 * width, 4, 2, 1)),
            norm(nn.Conv2d(2 * width, 4 * width, 4, 2, 1)),
        ])
        self.last = norm(nn.Conv2d(4 * width, 1, 3))

    def forward(self, squares):
        """(N, C, S, S) in [0, 1] -> logits (N, 1, h, w), one a patch."""
        return self.features(squares)[0]

    def features(self, squares) -> tuple:
        """Logits, and the layers' answers as a list."""
        seen, x = [], squares * 2 - 1
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.2)
            seen.append(x)
        return self.last(x), seen
