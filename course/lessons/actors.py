"""The face that a lesson works with."""

import cv2
import numpy as np

from course import animation, demo, images

from . import widgets


def close_up(image: np.ndarray, points: np.ndarray) -> tuple:
    """A picture cut to the head around its points (78, 2), pixels: uint8 (S, S, 3), and the points in it (78, 2)."""
    low, high = points.min(axis=0), points.max(axis=0)
    side = int(2 * round(0.75 * float((high - low).max())))
    x, y = ((low + high) / 2).round()
    corner = np.array([round(x - side / 2), round(y - side / 2)])
    return images.crop_square(image, x, y, side), points - corner


def actor_of(photo=None, side: int = widgets.WIDTH) -> animation.Actor:
    """The largest face of a photo (the embedded one), cut to a square around the head, ready to be moved.

    photo: a path or uint8 (H, W, 3); side: pixels. Raises `errors.ImageError`, `errors.FaceError`.
    """
    image = images.as_image(demo.photo_path() if photo is None else photo)
    found = animation.cast(image, face="largest")[0]
    head, points = close_up(image, found.points)
    scale = side / len(head)
    head = cv2.resize(head, (side, side), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    return animation.make_actor(head, ((points + 0.5) * scale - 0.5).astype(np.float32))
