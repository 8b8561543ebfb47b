"""Lesson 06: a photo whose points follow a Motion, and whose pixels follow the points."""

import numpy as np
import torch

from course import images
from course.flow import point_motion


class PhotoMover:
    """A photo whose points follow a `Motion` through the face model, and whose pixels follow the points.

    A small twin of `course.animate`, which bends a finer sheet and gives lips, lids and teeth pixels of their own.
    """

    def __init__(self, photo=None, size: int = 160):
        from .. import actors

        self.actor, self.size = actors.actor_of(photo, side=size), size
        picture = torch.from_numpy(self.actor.portrait.image.copy())
        self.image = picture.permute(2, 0, 1)[None].float() / 255  # (1, 3, size, size)
        self.source = self.unit(self.actor.points)

    def unit(self, points: np.ndarray) -> torch.Tensor:
        """(78, 2) pixels -> (1, 78, 2) in [-1, 1]."""
        return point_motion.to_unit(torch.from_numpy(np.asarray(points, np.float32))[None], self.size, self.size)

    def target(self, channels: dict) -> torch.Tensor:
        """Where the points go when {channel: value} is added to the photo's own: (1, 78, 2)."""
        from course.face import channels as face_channels
        from course.face import posing

        values = self.actor.face.rest.copy()
        for name, value in channels.items():
            values[face_channels.INDEX[name]] += value
        return self.unit(posing.posed_points(self.actor.face, values))

    def frame(self, channels: dict, method: str = "first-order", **options) -> np.ndarray:
        """The photo, moved by one of `METHODS`: uint8 (size, size, 3)."""
        moved = point_motion.METHODS[method](self.source, self.target(channels), self.size, **options)
        return images.from_tensor(point_motion.render(self.image, moved)[0])
