"""Hard light for training pictures: a lamp at one side, the sun behind, coloured lamps, stripes of shadow.

Light multiplies, and cameras store about its 2.2th root, so everything here happens on pixels raised to 2.2.
"""

import cv2
import numpy as np

GAMMA = 2.2
COARSE = 2  # pixels
LINEAR = ((np.arange(256) / 255) ** GAMMA).astype(np.float32)


def relight(rng: np.random.Generator, image: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """The picture under another light: uint8 (H, W, 3), boxes (F, 4) of its faces -> uint8 (H, W, 3).

    The edge of the light falls on one of the faces, for it is there that it makes finding them hard.
    """
    if len(boxes):
        box = boxes[int(rng.integers(len(boxes)))]
        center, reach = (box[:2] + box[2:]) / 2, max(float((box[2:] - box[:2]).max()), 8.0)
    else:
        center, reach = rng.uniform(0, len(image), 2), len(image) * rng.uniform(0.1, 0.6)
    small = -(-image.shape[0] // COARSE), -(-image.shape[1] // COARSE)  # light changes slowly: enough, and quicker
    field = _pick(rng, LIGHTS)(rng, small, center / COARSE, reach / COARSE).astype(np.float32)
    field = cv2.resize(field, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)  # (H, W, 3)
    linear = cv2.LUT(image, LINEAR) * field
    # exposure: what the photographer would have done about it, more or less
    exposure = (0.2 / max(float(linear.mean()), 1e-3)) ** rng.uniform(0.2, 0.9)
    lit = cv2.pow(np.clip(linear * min(exposure, 6.0), 0, 1), 1 / GAMMA)
    return (lit * 255).astype(np.uint8)


def side_light(rng, shape, center, reach):
    """One half bright, the other in the dark; the edge hard or soft, the two lamps of different colour."""
    lit = _step(rng, shape, center, reach)[..., None]
    dark = np.exp(rng.uniform(np.log(0.04), np.log(0.4)))
    return lit * lamp(rng) + (1 - lit) * dark * lamp(rng)


def two_lamps(rng, shape, center, reach):
    """Coloured light from both sides and little between, as on a stage."""
    first = _step(rng, shape, center + rng.normal(0, 0.25, 2) * reach, reach)[..., None]
    second = _step(rng, shape, center + rng.normal(0, 0.25, 2) * reach, reach)[..., None]
    return first * lamp(rng, 0.8) + second * lamp(rng, 0.8) + rng.uniform(0.02, 0.2)


def back_light(rng, shape, center, reach):
    """A dark head before something bright."""
    head = _spot(rng, shape, center, reach * rng.uniform(0.8, 1.3))
    dark = np.exp(rng.uniform(np.log(0.04), np.log(0.4)))
    return (1 - head * (1 - dark))[..., None] * lamp(rng)


def spot_light(rng, shape, center, reach):
    """A face in the light of a lamp or a screen, the rest in the dark; or a part of the face only."""
    lit = _spot(rng, shape, center + rng.normal(0, 0.3, 2) * reach, reach * rng.uniform(0.4, 1.2))
    dark = np.exp(rng.uniform(np.log(0.04), np.log(0.4)))
    return (dark + lit * (1 - dark))[..., None] * lamp(rng)


def blinds(rng, shape, center, reach):
    """Stripes or leaves of shadow over everything."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    angle = rng.uniform(0, np.pi)
    along = ((x - center[0]) * np.cos(angle) + (y - center[1]) * np.sin(angle)) / (reach * rng.uniform(0.15, 0.8))
    if rng.random() < 0.5:
        wave = np.sin(2 * np.pi * along)
    else:
        coarse = rng.normal(size=(int(rng.integers(3, 9)),) * 2).astype(np.float32)
        wave = cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)
    lit = 1 / (1 + np.exp(-wave * rng.uniform(2, 15)))
    dark = rng.uniform(0.05, 0.5)
    return (dark + lit * (1 - dark))[..., None] * lamp(rng)


def lamp(rng, colourful: float = 0.35) -> np.ndarray:
    """The colour of a light (3,), brightest channel 1: mostly near white, at times neon."""
    if rng.random() < colourful:
        color = rng.uniform(0.02, 1, 3) ** 1.5
    else:
        warm = rng.normal(0, 0.15)  # from candle to blue sky
        color = np.array([1 + warm, 1, 1 - warm])
    return (color / color.max()).astype(np.float32)


def _step(rng, shape, center, reach):
    """0 to 1 across a line near the centre: float32 (H, W)."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    offset = rng.normal(0, 0.2) * reach
    along = (x - center[0]) * np.cos(angle) + (y - center[1]) * np.sin(angle) - offset
    width = reach * np.exp(rng.uniform(np.log(0.02), np.log(0.6)))
    return 1 / (1 + np.exp(-np.clip(along / width, -30, 30)))


def _spot(rng, shape, center, radius):
    """1 near the centre, 0 far off: float32 (H, W)."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    distance = np.hypot((x - center[0]) * rng.uniform(0.8, 1.3), (y - center[1]) * rng.uniform(0.8, 1.2)) / radius
    return 1 / (1 + np.exp(np.clip((distance - 1) / rng.uniform(0.05, 0.4), -30, 30)))


def _pick(rng, options):
    return options[int(rng.integers(len(options)))]


LIGHTS = (side_light, side_light, two_lamps, back_light, spot_light, blinds)
