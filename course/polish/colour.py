"""Colours of one picture as in another: means and spreads in Lab (Reinhard et al., 2001), and the cast of a light."""

import numpy as np

MOST_SPREAD = 2.0  # times that a transfer may stretch a channel: more shows noise
LEAST_PIXELS = 12  # fewer say nothing about colours
NORM = 6  # of the mean that stands for the light: 1 is the mean itself, more listens to bright pixels
# From linear sRGB to CIE XYZ (IEC 61966-2-1), and the white that a screen shows
TO_XYZ = np.float32([[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]])
TO_LIGHT = np.linalg.inv(TO_XYZ.astype(np.float64)).astype(np.float32)
WHITE = np.float32([0.95047, 1.0, 1.08883])


def to_lab(image: np.ndarray) -> np.ndarray:
    """CIE Lab, white D65: RGB, uint8 or float in [0, 1], (..., 3) -> float32 (..., 3), L from 0 to 100."""
    image = np.asarray(image)
    rgb = image.astype(np.float32) / (255 if image.dtype == np.uint8 else 1)
    light = np.where(rgb > 0.04045, ((rgb + 0.055) / 1.055) ** 2.4, rgb / 12.92)  # sRGB's curve taken off
    x, y, z = np.moveaxis(_root(light @ TO_XYZ.T / WHITE), -1, 0)
    # L = 116 f(Y) - 16,   a = 500 (f(X) - f(Y)),   b = 200 (f(Y) - f(Z))
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1).astype(np.float32)


def to_rgb(lab: np.ndarray) -> np.ndarray:
    """Lab (..., 3) -> uint8 (..., 3), RGB; colours that no screen shows become the nearest ends."""
    lab = np.asarray(lab, np.float32)
    y = (lab[..., 0] + 16) / 116
    f = np.maximum(np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=-1), 0)
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * WHITE
    light = np.clip(xyz @ TO_LIGHT.T, 0, 1)
    rgb = np.where(light > 0.0031308, 1.055 * light ** (1 / 2.4) - 0.055, 12.92 * light)
    return np.clip(np.round(rgb * 255), 0, 255).astype(np.uint8)


def _root(t: np.ndarray) -> np.ndarray:
    # f(t) = t^(1/3) above (6/29)^3, and the straight line that goes on from there below
    return np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)


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
