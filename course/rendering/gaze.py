"""Eyes that look aside: the iris goes where its point goes, under lids that stay.

A thin plate through a pupil moves that one place, and what lies around it ever less: the iris is drawn out, and an
eye seems to look aside a third of what it is told. So the field leaves pupils out, and here the iris is moved whole,
pixel by pixel, between the lids alone.
"""

import numpy as np

from ..interpolation import smoothstep
from ..keypoints.landmarks import LID_LOWER, LID_PUPIL, LID_UPPER
from . import curves

IRIS = 0.4  # the radius of an iris, in half eye widths
LEAST = 0.02  # pixels: less is left alone
STEEPEST = 0.55  # of the room behind an iris: further it would be drawn out
FLATTEST = 0.2  # of the gap between the lids: so far up or down the rest of the eye is not folded
EDGE = 1.0  # pixels over which it ends at the lids


def look_aside(positions: np.ndarray, origin: np.ndarray, target: np.ndarray, points: np.ndarray) -> None:
    """Let both irises reach their places along the eyes, positions in place.

    Args:
        positions: float32 (h, w, 2), where each pixel looks in the photo; origin: (2,), the first pixel's place, x, y.
        target: (78, 2), points of the frame, within `Lids.limited`; points: (78, 2), the photo's own.
    """
    for side in (0, 1):
        frame = curves.frame_between(*target[LID_UPPER[side][[0, -1]]])
        box = _box(target, side, origin, positions.shape)
        if box is None or frame.half < 2:
            continue
        x0, y0, x1, y1 = box
        own = curves.frame_between(*points[LID_UPPER[side][[0, -1]]])
        place = target[LID_PUPIL[side]] - origin
        seen = positions[int(round(place[1])), int(round(place[0]))] + place - np.round(place)  # the field is smooth
        asked, rise = (float((points[LID_PUPIL[side]] - seen) @ axis) for axis in (own.along, own.across))
        if abs(asked) + abs(rise) < LEAST:
            continue
        corner = np.array([*origin, *origin])
        u, v = frame.grid(np.array(box) + corner)
        at = float(frame.coordinates(target[LID_PUPIL[side]])[0])
        share, (inside, middle, most) = _share(u, at), _between_lids(u, v, frame, target, side)
        along, across = _bounded(asked, at, own.half) * share * inside, np.clip(rise, -most, most) * share * middle
        for k in (0, 1):
            positions[y0:y1, x0:x1, k] += along * np.float32(own.along[k]) + across * np.float32(own.across[k])


def _box(target, side: int, origin, shape) -> tuple | None:
    """The pixels of an eye, x0, y0, x1, y1, where all of them lie within (h, w), else None."""
    around = target[np.concatenate([LID_UPPER[side], LID_LOWER[side], [LID_PUPIL[side]]])] - origin
    x0, y0 = np.floor(around.min(axis=0) - 2).astype(int)
    x1, y1 = np.ceil(around.max(axis=0) + 3).astype(int)
    return (x0, y0, x1, y1) if x0 >= 0 and y0 >= 0 and x1 <= shape[1] and y1 <= shape[0] else None


def _share(u, at: float) -> np.ndarray:
    """1 on the iris, 0 in the corners: float32 (h, w). u: (h, w), along the eye; at: where the iris is, the same."""
    room = np.where(u > at, 1 - at, 1 + at).clip(0.1)
    start = np.minimum(IRIS, room / 2)
    return smoothstep(0, 1, (room - np.abs(u - at)) / (room - start)).astype(np.float32)


def _bounded(asked: float, at: float, half: float) -> float:
    """How many pixels further along the eye an iris looks, so that what it leaves behind does not fold; half: pixels"""
    behind = max(1 - np.sign(asked) * at, 0.1)  # the photo is read from where the eye comes from
    most = STEEPEST * (behind - min(IRIS, behind / 2)) * half
    return float(np.clip(asked, -most, most))


def _between_lids(u, v, frame, target, side: int) -> tuple:
    """1 between the lids, 0 beyond them, once with a sharp edge and once falling off from the middle; and how many
    pixels up or down may be asked: (h, w) each. u, v: (h, w), along and below the line between the corners."""
    upper, lower = (curves.read(curves.tabulate(frame, target[lid[side]]), u) for lid in (LID_UPPER, LID_LOWER))
    below, above = v - upper, lower - v
    inside = smoothstep(-EDGE, EDGE, below) * smoothstep(-EDGE, EDGE, above)
    gap = np.maximum(below + above, 1.0)
    # 4 b a / (b + a)^2 is 1 half way between the lids; its slope is 4 / gap at them
    return inside, 4 * below.clip(0) * above.clip(0) / gap**2, FLATTEST * gap
