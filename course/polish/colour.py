"""Colours of one picture as in another: means and spreads in Lab (Reinhard et al., 2001), and the cast of a light."""

import cv2
import numpy as np

MOST_SPREAD = 2.0  # times that a transfer may stretch a channel: more shows noise
LEAST_PIXELS = 12  # fewer say nothing about colours
NORM = 6  # of the mean that stands for the light: 1 is the mean itself, more listens to bright pixels


def to_lab(image: np.ndarray) -> np.ndarray:
    """CIE Lab, white D65: RGB, uint8 or float in [0, 1], (H, W, 3) -> float32 (H, W, 3), L from 0 to 100."""
    image = np.asarray(image)
    scaled = image.astype(np.float32) / (255 if image.dtype == np.uint8 else 1)
    return cv2.cvtColor(np.ascontiguousarray(scaled), cv2.COLOR_RGB2LAB)


def to_rgb(lab: np.ndarray) -> np.ndarray:
    """Lab (H, W, 3) -> uint8 (H, W, 3), RGB; colours that no screen shows become the nearest ends."""
    rgb = cv2.cvtColor(np.ascontiguousarray(lab, np.float32), cv2.COLOR_LAB2RGB)
    return np.clip(np.round(rgb * 255), 0, 255).astype(np.uint8)


def color_transfer(image: np.ndarray, reference: np.ndarray, mask: np.ndarray,
                   reference_mask: np.ndarray) -> np.ndarray:
    """The whole image, moved so that its pixels under a mask have the reference's mean and spread in Lab.

    Reinhard, Ashikhmin, Gooch and Shirley, "Color transfer between images", 2001.

    Args:
        image: uint8 (H, W, 3); mask: bool (H, W); reference: uint8 (h, w, 3); reference_mask: bool (h, w).
    Returns:
        uint8 (H, W, 3); the image itself where one of the masks is empty.
    """
    if not mask.any() or not reference_mask.any():
        return image.copy()
    lab, wanted = to_lab(image), to_lab(reference)[reference_mask]
    own = lab[mask]
    # l' = (s_r / s) (l - m) + m_r, for L, a and b
    stretch = np.minimum(wanted.std(axis=0) / np.maximum(own.std(axis=0), 1e-6), MOST_SPREAD)
    return to_rgb((lab - own.mean(axis=0)) * stretch + wanted.mean(axis=0))


def look_of(image: np.ndarray) -> tuple:
    """Mean (3,) and spread (3,) of a picture's pixels in Lab: uint8 (H, W, 3)."""
    lab = to_lab(image).reshape(-1, 3)
    return lab.mean(axis=0), lab.std(axis=0)


def from_look(frame: np.ndarray, own: tuple, wanted: tuple) -> np.ndarray:
    """A frame of a film whose look, from `look_of`, shall be another: uint8 (H, W, 3) -> uint8 (H, W, 3).

    As `color_transfer`, but with the statistics of one frame for the whole film, so that nothing flickers.
    """
    stretch = np.minimum(wanted[1] / np.maximum(own[1], 1e-6), MOST_SPREAD)
    return to_rgb((to_lab(frame) - own[0]) * stretch + wanted[0])


def match_colours(painted: np.ndarray, plain: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """A painted patch in the colours that its skin had before: uint8 (H, W, 3) twice, bool (H, W) -> uint8 (H, W, 3).

    painted: with what a network has drawn; plain: the same patch of the moved photo; skin: where both show skin.
    """
    if skin.sum() < LEAST_PIXELS:
        return painted
    return color_transfer(painted, plain, skin, skin)


def colour_error(image: np.ndarray, true: np.ndarray, mask: np.ndarray) -> float:
    """How far the mean colour under a mask is off: uint8 (H, W, 3) twice, bool (H, W) -> Lab units; about 2 is seen."""
    if not mask.any():
        return float("nan")
    return float(np.linalg.norm(to_lab(image)[mask].mean(axis=0) - to_lab(true)[mask].mean(axis=0)))


def shades_of_grey(image: np.ndarray) -> np.ndarray:
    """Gains (3,) for R, G, B that make the light of a picture grey: uint8 (H, W, 3).

    The light's colour is taken for the Minkowski mean of all pixels (Finlayson and Trezzi, "Shades of gray and colour
    constancy", 2004). Brightness as a whole stays.
    """
    values = np.maximum(image.reshape(-1, 3).astype(np.float64), 1)
    light = (values**NORM).mean(axis=0) ** (1 / NORM)
    return light.mean() / light


def saturated(image: np.ndarray, times: float) -> np.ndarray:
    """So many times the colour at the same lightness: uint8 (H, W, 3) -> uint8 (H, W, 3); 0 is grey, 1 as it is."""
    if times == 1:
        return image
    return to_rgb(to_lab(image) * np.array([1, times, times], np.float32))
