"""Lids as a layer: a blink drawn over the eye instead of squeezing the eye flat.

Pulling the points of the lids together in a backward warp folds the picture where they meet. So the warp gets
the lids only within narrow limits (`limited`), and what is left of the closing is a curtain of skin, coloured
after the skin around the eye, drawn down to where the lid's edge should be, with lashes along its end.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from ..interpolation import smoothstep
from ..keypoints.landmarks import LID_LOWER, LID_PUPIL, LID_UPPER
from . import curves, warping

SKIN_REACH, SKIN_SAMPLES, GRAIN_SAMPLES = 1.2, 33, 24
UNSEEN = 0.004  # a lid that is shut no further changes no pixel by half a grey level: most open eyes are so


@dataclass
class LidSettings:
    """Openings are lid distances as a part of the eye's width."""

    closed: float = 0.045  # of an eye that is shut the landmarker reads 0.03 to 0.065: so far open counts as shut
    shut_in_photo: float = 0.11  # an eye that is no further open than this in the photo is left alone
    least: float = 0.86  # the warp narrows an opening to this part of the photo's, the layer does the rest
    most: float = 1.3  # and widens it at most so far
    gaze: float = 0.13  # a pupil moves at most so far, in eye widths
    margin: float = 0.13  # the lid's skin begins so far above the open eye, in eye widths
    most_margin: float = 0.28  # and at most so far, where lashes and liner are thick
    crease: float = 0.05  # the fold above it, the same
    lash: float = 0.09  # half thickness of the lash line
    lash_strength: float = 0.85
    grain_rows: float = 0.3  # how much skin below the eye lends its pores


@dataclass
class Curtain:
    """How a lid hangs over a piece of the picture; all maps (h, w), heights in eye widths below the corner line.

    u: place along the eye, -1 and 1 at its corners; v: height; top, bottom: the open lids there; edge: where the lid
    ends now; amount: how far it is shut, 0 to 1; pixel: one pixel, in eye widths.
    """

    u: np.ndarray
    v: np.ndarray
    top: np.ndarray
    bottom: np.ndarray
    edge: np.ndarray
    amount: float
    pixel: float


class Lids:
    """Both eyes of a photo: image uint8 (H, W, 3), points (78, 2) in its pixels."""

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
            if amount > UNSEEN:
                eye.draw(region, origin, safe, amount)


class Eye:
    """One eye of a photo: image uint8 (H, W, 3), points (78, 2); `side`: 0 is the person's right, 1 the left."""

    def __init__(self, image, points, side: int, settings: LidSettings):
        self.settings, self.side = settings, side
        self.points = points
        self.opening = opening(points, side)
        self.is_shut = self.opening < settings.shut_in_photo
        self._fit_colours(image)

    def _fit_colours(self, image):
        """The skin over a shut eye, as it can be told from the skin around it, and how dark the lashes are."""
        settings = self.settings
        frame = curves.frame_between(self.points[LID_UPPER[self.side][0]], self.points[LID_UPPER[self.side][-1]])
        width = 2 * frame.half
        upper = curves.tabulate(frame, self.points[LID_UPPER[self.side]])
        lower = curves.tabulate(frame, self.points[LID_LOWER[self.side]])
        u = np.linspace(-SKIN_REACH, SKIN_REACH, SKIN_SAMPLES)
        self.margin = self._lash_band(image, frame, u, upper)
        rows = -(self.margin + np.linspace(0.0, 0.05, 5)[:, None]) * width
        self.above = _smooth_row(_band(image, frame, u, upper, rows))
        self.below = _smooth_row(_band(image, frame, u, lower, np.linspace(0.08, 0.14, 5)[:, None] * width))
        # The lash line against the skin beside it: 1 has no lashes, 0 is black
        band = _band(image, frame, u, upper, np.linspace(-0.06, 0.015, 6)[:, None] * width)
        skin = 0.75 * self.above + 0.25 * self.below
        inner = np.abs(u) < 0.8
        ratio = np.clip(band.min(0)[inner] / np.maximum(skin[inner], 1), 0, 1)
        self.lash = np.clip(np.median(ratio, 0), 0.15, 0.6)
        # Pores and grain, from the skin below the eye, turned upside down
        rows = np.linspace(0.10, 0.10 + settings.grain_rows, GRAIN_SAMPLES) * width
        patch = _band(image, frame, np.linspace(-1, 1, 2 * GRAIN_SAMPLES), lower, rows[:, None])
        coarse = cv2.GaussianBlur(patch, (0, 0), 2.0)
        grain = (patch - coarse).mean(-1)[::-1]
        self.grain = np.clip(grain - grain.mean(), -10, 10).astype(np.float32)

    def _lash_band(self, image, frame, u, upper) -> np.ndarray:
        """How far above the lid's points lashes and liner reach, in eye widths, (SKIN_SAMPLES,): the lid covers them.

        Upwards from the eye it gets dark (lashes) and light again (skin): the place where most of the light is back.
        """
        offsets = np.linspace(0.0, self.settings.most_margin, 20)
        light = _band(image, frame, u, upper, -offsets[:, None] * 2 * frame.half).mean(-1)  # (20, SKIN_SAMPLES)
        light = cv2.GaussianBlur(light, (0, 0), 1.5, borderType=cv2.BORDER_REPLICATE)
        margin = np.full(len(u), self.settings.margin)
        for column in range(len(u)):
            lash = int(light[:9, column].argmin())
            rise = light[lash:, column]
            back = np.flatnonzero(rise >= rise[0] + 0.85 * (rise.max() - rise[0]))
            margin[column] = offsets[lash + back[0]] + 0.03
        margin = np.clip(margin, self.settings.margin, self.settings.most_margin)
        return cv2.GaussianBlur(margin[None].astype(np.float32), (0, 0), 2.5, borderType=cv2.BORDER_REPLICATE)[0]

    def limit(self, safe, target, blink) -> float:
        """Put this eye's lids and pupil within the limits, in place; returns how far the layer closes it, 0 to 1.

        safe, target: (78, 2); blink: None to read it off the target, or how far the eye is shut, 0 to 1.
        """
        settings, side = self.settings, self.side
        corners = LID_UPPER[side][[0, -1]]
        carry = warping.similarity(self.points[corners], target[corners])
        own = warping.transform(carry, self.points)  # the photo's eye, as it lies between the target's corners
        if self.is_shut:
            inner = np.concatenate([LID_UPPER[side][1:-1], LID_LOWER[side][1:-1], [LID_PUPIL[side]]])
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
        upper, lower = LID_UPPER[side][1:-1], LID_LOWER[side][1:-1]
        width = np.linalg.norm(own[LID_UPPER[side][0]] - own[LID_UPPER[side][-1]])
        middle = (own[upper] * 0.25 + own[lower] * 0.75)  # lids meet low
        plain = own.copy()
        plain[upper] = middle + (own[upper] - middle) * ratio
        plain[lower] = middle + (own[lower] - middle) * ratio
        for group in (upper, lower):
            off = target[group] - plain[group] if from_target else np.zeros((2, 2))
            size = np.linalg.norm(off, axis=1, keepdims=True)
            # small differences go through, large ones stop at a tenth of the eye
            safe[group] = plain[group] + off * (0.05 * width) / (0.05 * width + size + 1e-9)

    def _look(self, safe, target, own, ratio):
        """The pupil follows the target within limits; under a closing lid it stays (trackers lose it there)."""
        pupil = LID_PUPIL[self.side]
        width = np.linalg.norm(own[LID_UPPER[self.side][0]] - own[LID_UPPER[self.side][-1]])
        off = (target[pupil] - own[pupil]) * smoothstep(0.2, 0.6, ratio)
        size, limit = np.linalg.norm(off), self.settings.gaze * width
        safe[pupil] = own[pupil] + off * limit / (limit**4 + size**4 + 1e-12) ** 0.25

    def draw(self, region, origin, safe, amount: float) -> None:
        """Draw the lid over the eye in place, closed by `amount`, 0 to 1.

        Args:
            region: uint8 (h, w, 3); origin: its corner (x, y) in the photo; safe: (78, 2), points of `limited`.
        """
        points = safe[np.concatenate([LID_UPPER[self.side], LID_LOWER[self.side][1:-1]])]
        frame = curves.frame_between(safe[LID_UPPER[self.side][0]], safe[LID_UPPER[self.side][-1]])
        width = 2 * frame.half
        if width < 3:
            return
        box = box_around(points, 0.45 * width, origin, region.shape)
        if box is None:
            return
        x0, y0, x1, y1 = box
        places = warping.identity_grid(y1 - y0, x1 - x0) + np.array([x0 + origin[0], y0 + origin[1]], np.float32)
        patch = region[y0:y1, x0:x1]
        patch[:] = np.clip(self._lid(patch, self._curtain(safe, frame, places, amount)) + 0.5, 0, 255)

    def _curtain(self, safe, frame, places, amount: float) -> Curtain:
        """How the lid hangs over places (h, w, 2) of the frame."""
        width = 2 * frame.half
        u, v = (each.astype(np.float32) for each in frame.coordinates(places))  # what follows takes half the time so
        top = curves.read(curves.tabulate(frame, safe[LID_UPPER[self.side]]), u) / width
        rounded = cv2.GaussianBlur(curves.tabulate(frame, safe[LID_LOWER[self.side]])[None], (0, 0), 7.0)[0]
        bottom = curves.read(rounded, u) / width
        # lids are rounder between the points than the curve through them: they meet a little below it, and one that is
        # half shut leaves the gap that it should
        rounder = 0.045 * np.sqrt(np.clip(1 - u**4, 0, 1))
        edge = top + (bottom - top) * amount + rounder * amount**4
        return Curtain(u, v / width, top, bottom + rounder, edge, amount, 1 / width)

    def _lid(self, patch, curtain: Curtain) -> np.ndarray:
        """The lid over a piece of the picture: uint8 (h, w, 3) -> float (h, w, 3) in grey levels."""
        settings, amount = self.settings, curtain.amount
        u, v, top, bottom, edge = curtain.u, curtain.v, curtain.top, curtain.bottom, curtain.edge
        margin = _along(self.margin, u)
        soft = max(0.012, 0.7 * curtain.pixel)
        corners = smoothstep(1.24, 0.98, np.abs(u))
        fade_in = smoothstep(0.0, 0.15, amount)
        # Skin between the lid's root and its edge, drawn out like a curtain: 0 at the root, 1 at the edge
        down = np.clip((v - (top - margin)) / np.maximum(edge - top + margin, 1e-3), 0, 1.2)
        skin = self._skin(u, down)
        cover = smoothstep(-1.15 * margin, -0.6 * margin, v - top) * smoothstep(soft, -soft, v - edge)
        cover = cover * corners * fade_in
        # the eye below lies in the shadow of the lid
        shadow = smoothstep(0.14, 0.0, v - edge) * smoothstep(-soft, soft, v - edge) * (bottom > edge)
        result = patch * (1 - 0.35 * fade_in * corners * shadow * (1 - amount))[..., None]
        result = result + cover[..., None] * (skin - result)
        crease = np.exp(-(((v - top + settings.crease) / 0.04) ** 2)) * smoothstep(1.0, 0.5, np.abs(u))
        result = result * (1 - 0.03 * smoothstep(0.2, 0.8, amount) * crease)[..., None]
        # Lashes: a dark line along the edge, thin at the inner and outer corner
        thick = np.maximum(settings.lash * (0.45 + 0.55 * np.clip(1 - u**2, 0, 1)), 0.75 * curtain.pixel)
        away = (v - edge) / thick
        line = np.exp(-np.where(away > 0, away * 1.2, away * 1.6) ** 2) * smoothstep(1.06, 0.72, np.abs(u)) * fade_in
        dark = 1 - line[..., None] * (1 - self.lash) * settings.lash_strength
        return result * dark

    def _skin(self, u, down):
        """Skin of the lid: (h, w, 3) from places along the eye and down the lid."""
        above, below = _along(self.above, u), _along(self.below, u)
        share = smoothstep(0.0, 1.0, down)[..., None] * 0.8
        # the lid is a ball under skin: light in its middle, darker towards its edge
        ball = 0.96 + 0.07 * np.sin(np.pi * np.clip(down * 0.9, 0, 1)) - 0.05 * smoothstep(0.7, 1.0, down)
        places = np.stack([(u + 1) / 2 * (2 * GRAIN_SAMPLES - 1), down * (GRAIN_SAMPLES - 1)], -1)
        grain = warping.sample(self.grain, places.astype(np.float32), smooth=False)
        return (above + share * (below - above)) * ball[..., None] + grain[..., None]


def _along(row: np.ndarray, u: np.ndarray) -> np.ndarray:
    """A row of values (SKIN_SAMPLES, ...) along the eye, read at u (h, w): (h, w, ...)."""
    at = (np.clip(u, -SKIN_REACH, SKIN_REACH) + SKIN_REACH) * ((SKIN_SAMPLES - 1) / (2 * SKIN_REACH))
    index = np.minimum(at.astype(np.int32), SKIN_SAMPLES - 2)
    part = (at - index).reshape(*at.shape, *[1] * (row.ndim - 1))
    return row[index] * (1 - part) + row[index + 1] * part


def _band(image, frame, u, curve, offsets) -> np.ndarray:
    """Colours along a curve at distances (n, 1) or (n, len(u)) in pixels below it: float32 (n, len(u), 3)."""
    v = curves.read(curve, u)[None] + offsets
    places = frame.pixels(np.broadcast_to(u, v.shape), v).astype(np.float32)
    return warping.sample(image, places, smooth=False).astype(np.float32)


def _smooth_row(band) -> np.ndarray:
    """One smooth row of colours (n, 3) from a band (m, n, 3); a rim of glasses or a hair is outvoted."""
    row = np.median(band, axis=0)
    return cv2.GaussianBlur(row[None], (0, 0), 3.0, borderType=cv2.BORDER_REPLICATE)[0].astype(np.float32)


def opening(points: np.ndarray, side: int) -> float:
    """How far an eye is open: mean lid distance over the distance of its corners, points (78, 2), side 0 or 1.

    The eye aspect ratio of Soukupova and Cech, "Real-time eye blink detection using facial landmarks" (2016).
    """
    upper, lower = LID_UPPER[side], LID_LOWER[side]
    width = np.linalg.norm(points[upper[0]] - points[upper[-1]])
    gaps = np.linalg.norm(points[upper[1:-1]] - points[lower[1:-1]], axis=1)
    return float(gaps.mean() / max(width, 1e-3))


def bounded(ratio: float, least: float, most: float) -> float:
    """`ratio` where it is close to 1, softly stopped at `least` and `most`."""
    room = (most - 1) if ratio > 1 else (1 - least)
    return 1 + room * np.tanh((ratio - 1) / room)


def box_around(points, margin, origin, shape) -> tuple | None:
    """The box around points (n, 2) within a region, in the region's pixels; None if it is empty.

    margin: pixels around the points; origin: the region's corner (x, y) in the picture; shape: the region's.
    """
    low = np.floor(points.min(0) - margin - origin).astype(int)
    high = np.ceil(points.max(0) + margin - origin).astype(int) + 1
    x0, y0 = np.maximum(low, 0)
    x1, y1 = np.minimum(high, [shape[1], shape[0]])
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None
