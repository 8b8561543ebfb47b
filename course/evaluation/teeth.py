"""Does an open mouth show a row of teeth, or a bright band?

    frame, points -> the strip under the upper lip, laid straight -> its brightness along the arch, upper and lower half
                  -> ripple: what both halves share at the distances of teeth

Gaps between teeth are dark, upright, and stand a tooth's width apart: so the same profile is seen in the upper and in
the lower half of the strip. A band has no profile; the light that falls off to the corners is too slow to count, lips
and grain are not alike in both halves, and so the mean horizontal gradient, which counts them all, cannot tell the two
apart.
"""

import cv2
import numpy as np

from ..keypoints import landmarks
from ..rendering import curves, mouth

LEAST_GAP = 4.0  # mm between the inner lips of a mouth that is measured
FROM, TO = 0.9, 4.5  # mm under the upper lip
REACH = 13.0  # mm to both sides of the middle
COLUMNS, ROWS = 104, 12
SLOW = 3.2  # mm: the standard deviation of a blur that leaves what is slower than teeth
BRIGHT = 0.8  # times the lips' brightness: what is darker is no tooth


def ripple(frame: np.ndarray, points: np.ndarray) -> float:
    """How strongly the light under the upper lip rises and falls as teeth do, beside its mean; 0 for a band.

    Args:
        frame: uint8 (H, W, 3); points: (68 or 78, 2) pixels.
    Returns:
        about 0.01 to 0.1; NaN where the lips are shut, or what shows under the upper one is not bright.
    """
    grey = strip(frame, points)
    return float("nan") if grey is None else profile_ripple(grey)


def strip(frame: np.ndarray, points: np.ndarray) -> np.ndarray | None:
    """What shows under the upper lip, straight: float32 (ROWS, COLUMNS) in grey levels; None where nothing bright
    does."""
    points = np.asarray(points, np.float64)
    mm = mouth.millimetre(points)
    gap = np.linalg.norm(points[[61, 62, 63]] - points[[67, 66, 65]], axis=1).max() / mm
    if gap < LEAST_GAP:
        return None
    places = strip_places(points, mm, min(TO, gap - FROM))
    pixels = cv2.remap(frame, places, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    grey = pixels.astype(np.float32).mean(axis=-1)
    lips = mouth.colours_near(frame, points[[50, 51, 52, 56, 57, 58]], mm).mean()
    return grey if np.median(grey) > BRIGHT * lips else None


def strip_places(points: np.ndarray, mm: float, depth: float) -> np.ndarray:
    """Where the strip lies, from `FROM` to `depth` mm under the upper lip: pixels, float32 (ROWS, COLUMNS, 2)."""
    frame = curves.frame_between(points[60], points[64])
    half = min(REACH * mm, 0.75 * frame.half)
    u = np.linspace(-half, half, COLUMNS) / frame.half
    above = curves.read(curves.tabulate(frame, points[mouth.UPPER_INNER]), u)
    v = above[None] + np.linspace(FROM, depth, ROWS)[:, None] * mm
    return frame.pixels(np.broadcast_to(u, v.shape), v).astype(np.float32)


def profile_ripple(grey: np.ndarray) -> float:
    """The ripple of a strip, float32 (ROWS, COLUMNS) in grey levels."""
    half = len(grey) // 2
    profiles = np.stack([np.median(grey[:half], axis=0), np.median(grey[half:], axis=0)])
    light = np.log(np.maximum(profiles, 4).astype(np.float64))  # (2, COLUMNS)
    x = np.linspace(-1, 1, COLUMNS)
    light -= np.stack([np.polyval(np.polyfit(x, row, 4), x) for row in light])  # as it falls off to the sides
    swing = light - _blurred(light, SLOW * COLUMNS / (2 * REACH))
    edge = COLUMNS // 12
    upper, lower = swing[:, edge:-edge]
    # sqrt(cov(upper, lower)): what only one half has is not of teeth
    return float(np.sqrt(max(float((upper * lower).mean() - upper.mean() * lower.mean()), 0.0)))


def _blurred(rows, sigma):
    return np.stack([cv2.GaussianBlur(row[None], (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101)[0]
                     for row in rows.astype(np.float32)])


def gradient(grey: np.ndarray) -> float:
    """The mean horizontal gradient of a strip (ROWS, COLUMNS) beside its mean brightness: the measure that fails."""
    return float(np.abs(np.diff(grey, axis=1)).mean() / max(float(grey.mean()), 1.0))


def with_band(frame: np.ndarray, points: np.ndarray) -> np.ndarray:
    """A frame whose teeth are painted over by a band: of their colour, as light at the sides as they are, without
    gaps. uint8 (H, W, 3), points (68 or 78, 2) -> uint8 (H, W, 3)."""
    points = np.asarray(points, np.float64)
    height, width = frame.shape[:2]
    mm = mouth.millimetre(points)
    inside = np.zeros((height, width), np.uint8)
    at = np.round(points[landmarks.LIPS_INNER] * 16).astype(np.int32)
    cv2.fillPoly(inside, [at[:, None]], 255, cv2.LINE_AA, 4)
    share = cv2.GaussianBlur(inside.astype(np.float32) / 255, (0, 0), max(0.5, 0.4 * mm))
    weight = (inside > 0).astype(np.float32) + 1e-4
    slow = [cv2.GaussianBlur(plane.astype(np.float32) * weight, (0, 0), sigmaX=7 * mm, sigmaY=1.2 * mm)
            for plane in cv2.split(frame)]
    band = cv2.merge(slow) / cv2.GaussianBlur(weight, (0, 0), sigmaX=7 * mm, sigmaY=1.2 * mm)[..., None]
    rng = np.random.default_rng(0)
    grain = np.std(frame.astype(np.float32) - cv2.GaussianBlur(frame, (0, 0), 1.0)) * 0.3
    band = band + rng.normal(0, grain, (height, width, 1))
    return np.clip(frame + share[..., None] * (band - frame) + 0.5, 0, 255).astype(np.uint8)
