"""Lids as a layer: a blink drawn over the eye instead of squeezing the eye flat.

Pulling the points of the lids together in a backward warp folds the picture where they meet. So the warp gets
the lids only within narrow limits (`limited`), and what is left of the closing is skin from above the eye, drawn
down to where the lid's edge should be, with the photo's own lash line at its end and a crease above.
"""

from dataclasses import dataclass

import numpy as np

from . import curves, warping
from .curves import smoothstep

# upper lid, lower lid, pupil; each from the corner with the smaller number to the other one
UPPER = (np.array([36, 37, 38, 39]), np.array([42, 43, 44, 45]))
LOWER = (np.array([36, 41, 40, 39]), np.array([42, 47, 46, 45]))
PUPIL = (68, 69)


@dataclass
class LidSettings:
    """Openings are lid distances as a part of the eye's width."""

    closed: float = 0.07  # tracked lids never quite meet: below this an eye counts as shut
    shut_in_photo: float = 0.11  # an eye that is no further open than this in the photo is left alone
    least: float = 0.86  # the warp narrows an opening to this part of the photo's, the layer does the rest
    most: float = 1.3  # and widens it at most so far
    gaze: float = 0.13  # a pupil moves at most so far, in eye widths
    crease: float = 0.10
    lash: float = 0.055  # thickness of the lash line in eye widths


class Lids:
    """Both eyes of a photo."""

    def __init__(self, image: np.ndarray, points: np.ndarray, settings: LidSettings | None = None):
        self.settings = settings or LidSettings()
        self.points = points = points.astype(np.float64)
        self.eyes = [Eye(image, points, side, self.settings) for side in (0, 1)]

    def limited(self, target: np.ndarray, blink=None):
        """Target points whose lids and pupils the warp can bear, and how far the layer closes each eye.

        Args:
            target: (78, 2); blink: None to read it off the target, or (right, left) from 0 to 1.
        Returns:
            (78, 2); [right, left] from 0 (the layer does nothing) to 1 (shut).
        """
        safe, closing = target.copy(), []
        for side, eye in enumerate(self.eyes):
            closing.append(eye.limit(safe, target, None if blink is None else blink[side]))
        return safe, closing

    def draw(self, region, origin, safe, closing) -> None:
        """Close the eyes of a frame in place: region uint8 (h, w, 3), its corner (x, y), `limited`'s results."""
        for eye, amount in zip(self.eyes, closing):
            if amount > 0:
                eye.draw(region, origin, safe, amount)


class Eye:
    """One eye of a photo. `side`: 0 is the person's right, 1 the left."""

    def __init__(self, image, points, side: int, settings: LidSettings):
        self.settings, self.side = settings, side
        self.points = points
        self.opening = opening(points, side)
        self.is_shut = self.opening < settings.shut_in_photo
        self._fit_colours(image)

    def _fit_colours(self, image):
        """Lid skin along the eye from above its crease and from below, and the dark of the lashes."""
        frame = curves.frame_between(self.points[UPPER[self.side][0]], self.points[UPPER[self.side][-1]])
        width = 2 * frame.half
        upper = curves.tabulate(frame, self.points[UPPER[self.side]])
        lower = curves.tabulate(frame, self.points[LOWER[self.side]])
        u = np.linspace(-0.8, 0.8, 9)
        rows = []
        for curve, sign, near, far in ((upper, -1, 0.16, 0.30), (lower, 1, 0.14, 0.26)):
            offsets = np.linspace(near, far, 4) * width * sign
            v = curves.read(curve, u)[None] + offsets[:, None]
            places = frame.pixels(np.broadcast_to(u, v.shape), v).astype(np.float32)
            rows.append(warping.sample(image, places, smooth=False).reshape(-1, 3).astype(np.float64))
        above, below = np.median(rows[0], 0), np.median(rows[1], 0)
        # A pair of glasses or a shadow may lie above the eye; skin below it may be darker: lean to the lighter one.
        lighter = above if above.mean() > below.mean() else below
        self.skin = 0.5 * lighter + 0.5 * (above + below) / 2
        v = curves.read(upper, u)[None] + np.linspace(-0.05, 0.06, 4)[:, None] * width
        edge = warping.sample(image, frame.pixels(np.broadcast_to(u, v.shape), v).astype(np.float32), smooth=False)
        edge = edge.reshape(-1, 3).astype(np.float64)
        dark = edge[edge.mean(1) <= np.percentile(edge.mean(1), 20)].mean(0)
        self.lash = np.minimum(dark, 0.5 * self.skin)

    def limit(self, safe, target, blink) -> float:
        """Put this eye's lids and pupil within the limits, in place; returns how far the layer closes it."""
        settings, side = self.settings, self.side
        corners = UPPER[side][[0, -1]]
        carry = warping.similarity(self.points[corners], target[corners])
        own = warping.transform(carry, self.points)  # the photo's eye, as it lies between the target's corners
        if self.is_shut:
            inner = np.concatenate([UPPER[side][1:-1], LOWER[side][1:-1], [PUPIL[side]]])
            safe[inner] = own[inner]
            return 0.0
        ratio = opening(target, side) / self.opening if blink is None else 1 - blink
        shut = settings.closed / self.opening if blink is None else 0.0
        warped = bounded(ratio, settings.least, settings.most)
        self._narrow(safe, target, own, warped, blink is None)
        self._look(safe, target, own, ratio)
        return float(np.clip((warped - ratio) / max(warped - shut, 1e-3), 0, 1))

    def _narrow(self, safe, target, own, ratio, from_target):
        """Lids of the photo's own shape, opened by `ratio`; where the target is within the limits, the target's."""
        side = self.side
        upper, lower = UPPER[side][1:-1], LOWER[side][1:-1]
        width = np.linalg.norm(own[UPPER[side][0]] - own[UPPER[side][-1]])
        middle = (own[upper] * 0.25 + own[lower] * 0.75)  # lids meet low
        plain = own.copy()
        plain[upper] = middle + (own[upper] - middle) * ratio
        plain[lower] = middle + (own[lower] - middle) * ratio
        for group in (upper, lower):
            off = target[group] - plain[group] if from_target else np.zeros((2, 2))
            size = np.linalg.norm(off, axis=1, keepdims=True)
            # small differences go through, large ones stop at a tenth of the eye
            safe[group] = plain[group] + off * (0.05 * width) / (0.05 * width + size)

    def _look(self, safe, target, own, ratio):
        """The pupil follows the target within limits; under a closing lid it stays (trackers lose it there)."""
        pupil = PUPIL[self.side]
        width = np.linalg.norm(own[UPPER[self.side][0]] - own[UPPER[self.side][-1]])
        off = (target[pupil] - own[pupil]) * smoothstep(0.2, 0.6, ratio)
        size, limit = np.linalg.norm(off), self.settings.gaze * width
        safe[pupil] = own[pupil] + off * limit / (limit**4 + size**4 + 1e-12) ** 0.25

    def draw(self, region, origin, safe, amount: float) -> None:
        """Draw the lid over the eye in place, closed by `amount`."""
        points = safe[np.concatenate([UPPER[self.side], LOWER[self.side][1:-1]])]
        frame = curves.frame_between(safe[UPPER[self.side][0]], safe[UPPER[self.side][-1]])
        width = 2 * frame.half
        if width < 3:
            return
        box = box_around(points, 0.45 * width, origin, region.shape)
        if box is None:
            return
        x0, y0, x1, y1 = box
        places = warping.identity_grid(y1 - y0, x1 - x0) + np.array([x0 + origin[0], y0 + origin[1]], np.float32)
        u, v = frame.coordinates(places)
        top = curves.read(curves.tabulate(frame, safe[UPPER[self.side]]), u) / width
        bottom = curves.read(curves.tabulate(frame, safe[LOWER[self.side]]), u) / width
        v = v / width
        edge = top + (bottom - top) * amount  # where the lid ends now
        patch = region[y0:y1, x0:x1]
        colours = self._lid(patch, frame, places - places[0, 0], u, v, top, edge, width, amount, places[0, 0])
        patch[:] = np.clip(colours + 0.5, 0, 255).astype(np.uint8)

    def _lid(self, patch, frame, inside, u, v, top, edge, width, amount, corner):
        settings = self.settings
        pixel = 1 / width
        soft = max(0.02, 0.8 * pixel)
        # Skin: the strip above the eye, from `strip` over the old edge, stretched down to the new one
        strip, lash = 0.20, settings.lash
        drop = edge - top
        start = top - strip
        part = np.clip((v - start) / np.maximum(strip - lash * 0.8 + drop, 1e-3), 0, 1)
        source_v = start + part * (strip - lash * 0.8)
        look = frame.pixels(u, source_v * width) - corner
        stretched = warping.sample(patch, look.astype(np.float32)).astype(np.float32)
        # Smooth shading of its own: the lid is a ball under skin, lightest in its middle
        down = np.clip((v - top) / np.maximum(drop, 1e-3), 0, 1)
        ball = 0.93 + 0.10 * np.sin(np.pi * np.clip(0.15 + 0.75 * down, 0, 1)) - 0.10 * np.abs(u) ** 2
        own = ball[..., None] * self.skin
        blend = smoothstep(0.0, 0.10, v - (top - strip * 0.55))[..., None] * 0.62
        lid = stretched + blend * (own - stretched)
        corners = smoothstep(1.06, 0.88, np.abs(u))
        fade_in = smoothstep(0.0, 0.12, amount)
        cover = smoothstep(-strip, -strip * 0.5, v - top) * smoothstep(soft, -soft, v - edge) * corners * fade_in
        result = patch + cover[..., None] * (lid - patch)
        # The crease stays where the lid's edge was
        crease = np.exp(-(((v - top + 0.06) / 0.035) ** 2)) * 0.16 * corners * smoothstep(0.1, 0.6, amount)
        result = result * (1 - crease[..., None])
        # Lashes: a dark line along the edge, thicker in the middle, and their shadow on the eye below
        thick = np.maximum(lash * (0.55 + 0.45 * (1 - np.abs(np.clip(u, -1, 1)) ** 2)), 0.9 * pixel)
        line = np.exp(-(((v - edge) / (0.55 * thick)) ** 2)) * smoothstep(1.04, 0.9, np.abs(u)) * fade_in * 0.8
        under = smoothstep(0.10, 0.0, v - edge) * (v > edge) * 0.3 * fade_in * corners * (1 - amount)
        result = result * (1 - under[..., None])
        return result + line[..., None] * (self.lash - result)


def opening(points: np.ndarray, side: int) -> float:
    """How far an eye is open: mean lid distance over the distance of its corners."""
    upper, lower = UPPER[side], LOWER[side]
    width = np.linalg.norm(points[upper[0]] - points[upper[-1]])
    gaps = np.linalg.norm(points[upper[1:-1]] - points[lower[1:-1]], axis=1)
    return float(gaps.mean() / max(width, 1e-3))


def bounded(ratio: float, least: float, most: float) -> float:
    """`ratio` where it is close to 1, softly stopped at `least` and `most`."""
    room = (most - 1) if ratio > 1 else (1 - least)
    return 1 + room * np.tanh((ratio - 1) / room)


def box_around(points, margin, origin, shape):
    """The box around points (n, 2) within a region, in the region's pixels; None if it is empty."""
    low = np.floor(points.min(0) - margin - origin).astype(int)
    high = np.ceil(points.max(0) + margin - origin).astype(int) + 1
    x0, y0 = np.maximum(low, 0)
    x1, y1 = np.minimum(high, [shape[1], shape[0]])
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None
