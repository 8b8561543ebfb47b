"""Masks and scarves drawn over faces, and things that cover something else: what the network learns from.

Cloth takes its light from the face below it, has folds, patterns and edges, and lies where masks lie: mostly over
nose and chin, sometimes under the nose.
"""

import cv2
import numpy as np

from ...keypoints import landmarks

NATURAL = ((235, 238, 240), (150, 195, 220), (35, 35, 40), (120, 190, 170), (40, 55, 95), (210, 180, 150))


def covered(image: np.ndarray, points: np.ndarray, rng) -> np.ndarray:
    """A face behind a mask or a scarf: uint8 (H, W, 3), points (78, 2) in pixels -> uint8 (H, W, 3)."""
    shape = scarf if rng.random() < 0.2 else mask
    return _dressed(image, shape(points, rng), points, rng)


def elsewhere(image: np.ndarray, points: np.ndarray, rng) -> np.ndarray:
    """A face with its mouth free and something else covered: eyes, forehead, a cheek or the neck."""
    eye = landmarks.eye_distance(points)
    down, across = _axes(points)
    kind = rng.integers(4)
    if kind == 0:  # dark glasses
        ends = points[list(landmarks.EYE_OUTER_CORNERS)]
        out = 0.25 * eye * across
        polygon = [ends[0] - out - 0.2 * eye * down, ends[1] + out - 0.2 * eye * down,
                   ends[1] + out + 0.25 * eye * down, ends[0] - out + 0.25 * eye * down]
    elif kind == 1:  # a hat or hair in the forehead
        top = points[landmarks.FOREHEAD]
        polygon = [*(top + rng.uniform(0, 0.25) * eye * down), *(top[::-1] - 0.6 * eye * down)]
    elif kind == 2:  # a collar or scarf that ends below the chin
        low = points[3:14] + rng.uniform(0.05, 0.3) * eye * down
        polygon = [*low, *(low[::-1] + 0.8 * eye * down)]
    else:  # a hand or hair at one cheek
        side = rng.choice([2, 14])
        middle = points[side] + rng.uniform(-0.1, 0.1) * eye * across
        turn = np.linspace(0, 2 * np.pi, 12)
        polygon = [middle + 0.3 * eye * (np.cos(t) * across + 1.5 * np.sin(t) * down) for t in turn]
    return _dressed(image, np.array(polygon), points, rng)


def mask(points: np.ndarray, rng) -> np.ndarray:
    """The outline of a mask, (P, 2): from the bridge of the nose, or below it, to the chin."""
    eye = landmarks.eye_distance(points)
    down, _ = _axes(points)
    if rng.random() < 0.12:  # worn below the nose
        nose, ears = points[33] + 0.05 * eye * down, (points[3], points[13])
    else:
        nose, ears = points[27] + rng.uniform(0.25, 0.85) * (points[30] - points[27]), (points[1], points[15])
    cheeks = [ear + rng.uniform(0.3, 0.6) * (nose - ear) + rng.uniform(-0.05, 0.1) * eye * down for ear in ears]
    low = points[2:15].copy()
    low[2:-2] += rng.uniform(0.0, 0.12) * eye * down
    if rng.random() < 0.3:  # smaller: it leaves the edge of the face free
        low = points[51] + rng.uniform(0.72, 0.95) * (low - points[51])
        return np.array([cheeks[0], nose, cheeks[1], *low[::-1]])
    return np.array([ears[0], cheeks[0], nose, cheeks[1], ears[1], *low[::-1]])


def scarf(points: np.ndarray, rng) -> np.ndarray:
    """The outline of a scarf, (P, 2): over mouth or nose, beyond the cheeks, down the neck."""
    eye = landmarks.eye_distance(points)
    down, across = _axes(points)
    top = points[30] + rng.uniform(-0.3, 0.25) * eye * down
    left, right = points[2] - rng.uniform(0.05, 0.4) * eye * across, points[14] + rng.uniform(0.05, 0.4) * eye * across
    return np.array([left, top, right, right + 1.6 * eye * down, left + 1.6 * eye * down])


def _axes(points: np.ndarray) -> tuple:
    """Down and to the right of a face as it is held, unit vectors (2,)."""
    down = points[8] - points[27]
    down = down / max(np.linalg.norm(down), 1e-6)
    return down, np.array([down[1], -down[0]])


def _dressed(image: np.ndarray, polygon: np.ndarray, points: np.ndarray, rng) -> np.ndarray:
    """Cloth laid over the polygon (P, 2), in the light of what it covers."""
    eye = landmarks.eye_distance(points)
    alpha = np.zeros(image.shape[:2], np.float32)
    cv2.fillPoly(alpha, [np.round(polygon * 16).astype(np.int32)], 1.0, lineType=cv2.LINE_AA, shift=4)
    alpha = cv2.GaussianBlur(alpha, (0, 0), max(0.5, rng.uniform(0.005, 0.03) * eye))[..., None]
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    light = cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.2, 0.6) * eye)
    inside = alpha[..., 0] > 0.5
    middle = float(np.median(light[inside])) if inside.any() else 128.0
    light = np.clip(light / max(middle, 1.0), 0.5, 1.4) * np.clip(middle / rng.uniform(110, 170), 0.35, 1.2)
    cloth = _pattern(image.shape, eye, points, rng) * light[..., None]
    cloth += rng.normal(0, rng.uniform(1, 8), image.shape)
    return np.clip(image * (1 - alpha) + cloth * alpha, 0, 255).astype(np.uint8)


def _pattern(shape: tuple, eye: float, points: np.ndarray, rng) -> np.ndarray:
    """Plain, folded, striped, checked or dotted cloth, float32 (H, W, 3)."""
    colour, other = _colour(rng), _colour(rng)
    down, across = _axes(points)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    v, u = (x * down[0] + y * down[1]) / eye, (x * across[0] + y * across[1]) / eye
    often = rng.uniform(3, 14)
    kind = rng.random()
    if kind < 0.4:
        share = np.zeros(shape[:2], np.float32)
    elif kind < 0.6:  # the folds of a surgical mask: lines across
        return colour * (1 - rng.uniform(0.03, 0.12) * (np.sin(often * 4 * v) > 0.8))[..., None]
    elif kind < 0.75:
        share = (np.sin(2 * often * (v if rng.random() < 0.5 else u)) > rng.uniform(-0.5, 0.5)).astype(np.float32)
    elif kind < 0.88:
        share = ((np.sin(2 * often * v) > 0) ^ (np.sin(2 * often * u) > 0)).astype(np.float32)
    else:
        share = ((np.sin(2 * often * v) * np.sin(2 * often * u)) > 0.5).astype(np.float32)
    return colour * (1 - share[..., None]) + other * share[..., None]


def _colour(rng) -> np.ndarray:
    """A colour that cloth has, float32 (3,): often one that masks have, else any."""
    if rng.random() < 0.5:
        colour = np.array(NATURAL[rng.integers(len(NATURAL))], np.float32)
    else:
        hue = np.uint8([[[rng.integers(180), rng.integers(20, 230), rng.integers(40, 250)]]])
        colour = cv2.cvtColor(hue, cv2.COLOR_HSV2RGB)[0, 0].astype(np.float32)
    return np.clip(colour + rng.normal(0, 12, 3), 5, 250).astype(np.float32)
