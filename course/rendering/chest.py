"""Breath: shoulders and chest rise a little with the air and sink again, below a neck that takes it up.

The picture's borders stay as they are, and so does the face.
"""

import numpy as np

from ..interpolation import smoothstep
from ..polish import seam
from . import paste

RISE = 0.017  # radii that the shoulders rise with a full breath: 0.85 % of the way from chin to hair line
NECK = (1.1, 1.55)  # radii below the face's centre: from where to where the neck takes the movement up
SLOPE = 0.25  # so much higher shoulders are than the collar
STRIP = 0.2  # radii along the picture's borders that come to rest
OUTWARDS = (1.7, 2.5)  # radii to the side, or below, in which it comes to rest inside a large picture


class Chest:
    """Prepared once for a photo. weight: float32 (h, w) of the field's box, how far a pixel rises with the breath;
    mask: float32 (h, w), how far a frame counts there."""

    def __init__(self, field, shape, mask: np.ndarray):
        """field: a `HeadField`; shape: (H, W) of the photo; mask: float32 (h, w), what changes without breath."""
        self.field, self.size = field, np.float32(RISE * field.head.radius)
        weight = field.interpolated(self._share(field.nodes, shape).astype(np.float32))[..., 0]
        self.weight = np.ascontiguousarray(weight.clip(0, 1))
        self.mask = np.maximum(mask, paste.soft_mask(self.weight, 0.02))
        self.seam = seam.Seam(self.mask, field.box, (*shape, 3))

    def _share(self, nodes, shape) -> np.ndarray:
        """How far the nodes (n, n, 2) rise: (n, n, 1)."""
        side, up = self.field.head.coordinates(nodes)
        share = smoothstep(*NECK, SLOPE * smoothstep(0.4, 1.0, np.abs(side)) - up)
        share = share * (1 - smoothstep(*OUTWARDS, np.abs(side))) * (1 - smoothstep(*OUTWARDS, -up))
        height, width = shape
        ends = np.minimum(nodes, np.array([width - 1, height - 1]) - nodes).min(axis=-1)
        return (share * smoothstep(0, STRIP * self.field.head.radius, ends))[..., None]

    def rise(self, positions: np.ndarray, breath: float) -> None:
        """Let what is read at positions, float32 (h, w, 2), rise with a breath from 0 (out) to 1 (in), in place."""
        # what rises is read further down
        positions[..., 1] += self.weight * np.float32(breath * self.size)
