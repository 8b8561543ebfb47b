"""Photos of one tone, black and white or sepia: their colour follows from how light a place is.

What is painted into such a photo has to be of its tone, or a red mouth opens in a grey face.
"""

from typing import NamedTuple

import numpy as np

OFF = 1.2  # grey levels: further off its tone, in the mean, no photo of one tone is (those with colours: 2 and more)


class Tone(NamedTuple):
    """Colour by lightness: c = a + b l + d l^2, rows (3, 3) of a, b, d by channel; only: whether there is no other."""

    curve: np.ndarray
    only: bool

    def of(self, colour: np.ndarray) -> np.ndarray:
        """A colour (..., 3) as this photo would show it: as it is, or in the photo's one tone."""
        if not self.only:
            return colour
        level = np.asarray(colour, float).mean(-1)
        return np.clip(_powers(level) @ self.curve, 0, 255)


def tone_of(colours: np.ndarray) -> Tone:
    """The tone of a face: colours (n, 3) of places that differ in colour, skin, lips, eyes and brows."""
    colours = np.asarray(colours, float)
    powers = _powers(colours.mean(1))
    curve = np.linalg.lstsq(powers, colours, rcond=None)[0]
    return Tone(curve, bool(np.abs(powers @ curve - colours).mean() < OFF))


def _powers(level: np.ndarray) -> np.ndarray:
    return np.stack([np.ones_like(level), level, level**2 / 255], axis=-1)
