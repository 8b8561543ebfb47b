"""A row of upper teeth cut out of a smile and laid straight.

    photo, points -> between the lips, in millimetres -> which pixels are tooth -> the line of their edges
                  -> straightened along that line -> freed of the photo's light

What stays of a row is its shape: where teeth end, how light falls on each, the gaps between them. Colour and light
come from the photo that it is drawn into. (Otsu's threshold: "A threshold selection method", 1979.)
"""

from typing import NamedTuple

import cv2
import numpy as np

from ...interpolation import smoothstep
from ...rendering import curves, mouth, teeth

STRIP = (-14.0, 16.0)  # mm above and below the line between the corners of the mouth
FINE = teeth.WIDTH / (2 * teeth.HALF)  # pixels a millimetre in the strip
LEAST_MM = 0.85  # pixels a millimetre that the photo must have
LEAST_HEIGHT = 5.5  # mm of the front teeth that the lips must show
FRONT = 13.0  # mm from the midline in which a row is judged
SHIFTS = 4.0  # mm that the midline of the teeth may lie beside that of the lips
LEAST_GAP = 4.0  # mm between the lips
REDDEST = 1.75  # red over the weaker of green and blue: a tongue is redder
TURNED = 0.09  # eye distances that the tip of the nose may lie beside the middle of the eyes


class Cut(NamedTuple):
    """row: float32 (HEIGHT, WIDTH, 2), as `rendering.teeth` draws it; bow: mm that edges rise at `teeth.BOW` from the
    midline; height: mm of tooth seen; gaps, alike, rough: how deep gaps are, how symmetric the row, how far its edges
    are from a smooth line in mm; torn: how much tooth lies beneath what is none; below: how much beneath the edges."""

    row: np.ndarray
    bow: float
    height: float
    gaps: float
    alike: float
    rough: float
    torn: float
    below: float


def cut(image: np.ndarray, points: np.ndarray) -> Cut | None:
    """The row of a photo uint8 (H, W, 3) with points (78, 2); None where it shows none that could be used."""
    points = points.astype(np.float64)
    mm = mouth.millimetre(points)
    if mm < LEAST_MM or turned(points) > TURNED:
        return None
    strip, inside = straight(image, points, mm)
    white = strip[..., 1:].min(axis=-1)  # enamel has much green and blue, lips and gums have little
    if inside.sum() < 60 * FINE or white[inside].max() < 60:
        return None
    found, _ = cv2.threshold(white[inside].astype(np.uint8)[None], 0, 255, cv2.THRESH_OTSU)
    bright = inside & (white >= found)
    if np.median(strip[..., 0][bright] / np.maximum(white[bright], 1)) > REDDEST:
        return None
    first, last = runs(np.where(inside, white, 0), found)
    line = edge_line(last, first)
    if line is None:
        return None
    return measured(strip, white, found, line, first)


def smiles(points: np.ndarray) -> bool:
    """Whether the lips stand far enough apart to show a row: points (78, 2)."""
    return bool(np.linalg.norm(points[62] - points[66]) > LEAST_GAP * mouth.millimetre(points))


def turned(points: np.ndarray) -> float:
    """How far the nose's tip lies beside the middle of the eyes: points (78, 2) -> eye distances."""
    across = points[45] - points[36]
    return float(abs((points[30] - (points[36] + points[45]) / 2) @ across) / max(across @ across, 1e-6))


def straight(image, points, mm) -> tuple:
    """The mouth upright, float32 (h, WIDTH, 3), rows of `STRIP`, and what lies between the lips, bool (h, WIDTH)."""
    frame = curves.frame_between(points[60], points[64])
    xs = teeth.columns() * mm
    ys = np.arange(*STRIP, 1 / FINE) * mm
    x, y = np.meshgrid(xs, ys)
    places = frame.pixels(x / frame.half, y).astype(np.float32)
    strip = cv2.remap(image, places, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    above, below = (curves.read(curves.tabulate(frame, points[which]), xs / frame.half)
                    for which in (mouth.UPPER_INNER, mouth.LOWER_INNER))
    inside = (y > above + 0.2 * mm) & (y < below - 0.6 * mm) & (np.abs(xs) < 0.93 * frame.half)
    return strip, inside


def runs(white, least) -> tuple:
    """First and last row of the uppermost teeth in each column: white (h, w), 0 outside the mouth -> two (w,), NaN
    where there is none."""
    first, last = np.full(white.shape[1], np.nan), np.full(white.shape[1], np.nan)
    for column, values in enumerate(white.T):
        bright = np.flatnonzero(values >= least)
        if len(bright) < 3 * FINE:
            continue
        start = bright[0]
        dark = np.flatnonzero(values[start:] < least)
        end = start + dark[0] if len(dark) else len(values)
        first[column], last[column] = start, end
    return first, last


def edge_line(last, first):
    """The smooth line of the edges of the teeth in rows, (WIDTH,), by a robust parabola; None if hardly any is seen."""
    xs = teeth.columns()
    seen = np.isfinite(last) & (np.abs(xs) < 22)
    if (seen & (np.abs(xs) < FRONT)).sum() < 0.8 * (np.abs(xs) < FRONT).sum():
        return None
    weights = np.ones(seen.sum())
    for _ in range(8):
        line = np.polyfit(xs[seen], last[seen], 2, w=weights)
        off = np.abs(np.polyval(line, xs[seen]) - last[seen]) / FINE
        weights = 1 / (0.4 + off)
    return np.polyval(line, xs)


def measured(strip, white, least, line, first) -> Cut | None:
    """The straightened row and how good it is; None where too little of it is seen."""
    xs = teeth.columns()
    front = np.abs(xs) < FRONT
    height = float(np.nanmedian((line - first)[front & np.isfinite(first)]) / FINE)
    if not LEAST_HEIGHT <= height < 12:
        return None
    rows = line[None] - teeth.heights()[:, None] * FINE
    top = np.where(np.isfinite(first), first, line - height * FINE) + 0.8 * FINE
    shown = np.maximum(rows, cv2.blur(top[None].astype(np.float32), (15, 1))[0][None])  # what the lip hides goes on
    places = np.stack(np.broadcast_arrays(np.arange(teeth.WIDTH)[None], shown), -1).astype(np.float32)
    light = cv2.remap(strip.mean(-1), places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    whiteness = cv2.remap(white.astype(np.float32), places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    alpha = smoothstep(0.72 * least, 1.08 * least, whiteness)
    shade = freed(light, alpha)
    shift, alike = midline(shade * alpha)
    row = np.roll(np.stack([shade, alpha], -1), shift, axis=1).astype(np.float32)
    edges = alpha[:, front].sum(0) / FINE
    rough = float(np.abs(edges - cv2.blur(edges[None], (25, 1))[0]).mean())
    bow = float((line[teeth.WIDTH // 2] - np.interp([-teeth.BOW, teeth.BOW], xs, line).mean()) / FINE)
    middle = row[:, np.abs(xs) < FRONT, 1]
    torn = float(np.maximum(np.diff(middle[teeth.heights() < 4], axis=0), 0).sum(axis=0).mean())
    return Cut(row, bow, height, gap_depth(row), alike, rough, torn, float(middle[-1].mean()))


def freed(light, alpha) -> np.ndarray:
    """Light (h, w) without its slow changes from side to side and from top to bottom: about 1 on every tooth."""
    weight = alpha + 1e-3
    def slow(axis, sigma):
        kernel = (sigma, 0.01) if axis == 1 else (0.01, sigma)
        mean = (light * weight).sum(1 - axis, keepdims=True) / weight.sum(1 - axis, keepdims=True)
        return cv2.GaussianBlur(mean.astype(np.float32), (0, 0), sigmaX=kernel[0], sigmaY=kernel[1],
                                borderType=cv2.BORDER_REPLICATE)
    across = slow(1, 5 * FINE)
    light = light / np.maximum(across, 1)
    down = (light * weight).sum(1, keepdims=True) / weight.sum(1, keepdims=True)
    return np.clip(light / np.maximum(down, 0.1), 0.3, 1.5)


def midline(row) -> tuple:
    """Columns to roll a row (h, w) by so that its two halves mirror each other best, and how well they then do."""
    profile = row[teeth.heights() > 0.5].mean(0)
    profile = profile - cv2.blur(profile[None], (41, 1))[0]
    reach = np.abs(teeth.columns()) < FRONT
    best = max(range(-round(SHIFTS * FINE), round(SHIFTS * FINE) + 1),
               key=lambda by: likeness(np.roll(profile, by), reach))
    return best, likeness(np.roll(profile, best), reach)


def likeness(profile, reach) -> float:
    """Correlation of a profile (w,) with its mirror image where `reach`, with a gap in the middle asked for."""
    values, mirror = profile[reach], profile[::-1][reach]
    middle = len(profile) // 2
    gap = profile[middle - 1 : middle + 1].mean() / (np.abs(values).max() + 1e-6)
    return float(np.corrcoef(values, mirror)[0, 1] - 0.3 * gap) if values.std() > 1e-6 else 0.0


def gap_depth(row) -> float:
    """How much darker the darkest places between the front teeth are than the teeth: (h, w, 2) -> 0 to 1."""
    heights = teeth.heights()
    profile = row[(heights > 1.5) & (heights < 5)][..., 0].mean(0)[np.abs(teeth.columns()) < FRONT]
    return float(np.percentile(profile, 90) - np.percentile(profile, 5))
