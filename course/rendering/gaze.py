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
EDGE = 0.06  # half eye widths over which it ends at the lids, a pixel at least


def look_aside(positions: np.ndarray, origin: np.ndarray, target: np.ndarray, points: np.ndarray) -> None:
    """Let both irises reach their places, positions in place.

    Args:
        positions: float32 (h, w, 2), where each pixel looks in the photo; origin: (2,), the first pixel's place, x, y.
        target: (78, 2), points of the frame, within `Lids.limited`; points: (78, 2), the photo's own.
    """
    for side in (0, 1):
        pupil, lids = LID_PUPIL[side], (LID_UPPER[side], LID_LOWER[side])
        box = _box(target[np.concatenate([*lids, [pupil]])] - origin, positions.shape)
        frame, own = (curves.frame_between(*where[lids[0][[0, -1]]]) for where in (target, points))
        if box is None or frame.half < 2:
            continue
        place = target[pupil] - origin
        column, row = (int(number + 0.5) for number in place)
        off = points[pupil] - positions[row, column] - (place - (column, row))  # the field is smooth
        along, across = float(off @ own.along), float(off @ own.across)
        if abs(along) + abs(across) < LEAST:
            continue
        u, v = frame.grid(box + np.tile(origin, 2))
        at = float(frame.coordinates(target[pupil])[0])
        share, (inside, middle, most) = _share(u, at), _between_lids(u, v, frame, [target[lid] for lid in lids])
        along = _bounded(along, at, own.half) * inside * share
        across = np.minimum(np.maximum(across, -most), most) * middle * share
        x0, y0, x1, y1 = box
        for k in (0, 1):
            positions[y0:y1, x0:x1, k] += along * np.float32(own.along[k]) + across * np.float32(own.across[k])


def _box(eye: np.ndarray, shape) -> np.ndarray | None:
    """The pixels of an eye (n, 2) and a little around it, x0, y0, x1, y1; None where they do not all lie in (h, w)."""
    box = np.concatenate([np.floor(eye.min(axis=0)) - 2, np.ceil(eye.max(axis=0)) + 3]).astype(int)
    return box if box.min() >= 0 and box[2] <= shape[1] and box[3] <= shape[0] else None


def _share(u, at: float) -> np.ndarray:
    """1 on the iris, 0 in the corners: float32 (h, w). u: (h, w), along the eye; at: where the iris is, the same."""
    # where it begins to fall off and where it ends, on either side
    right, left = max(1 - at, 0.1), max(1 + at, 0.1)
    ends = at - left, at - min(IRIS, left / 2), at + min(IRIS, right / 2), at + right
    share = np.interp(u, ends, (0.0, 1.0, 1.0, 0.0)).astype(np.float32)
    return smoothstep(0, 1, share)


def _bounded(asked: float, at: float, half: float) -> float:
    """How many pixels further along the eye an iris looks, so that what it leaves behind does not fold; half: pixels"""
    behind = max(1 - np.sign(asked) * at, 0.1)  # the photo is read from where the eye comes from
    most = STEEPEST * (behind - min(IRIS, behind / 2)) * half
    return float(min(max(asked, -most), most))


def _between_lids(u, v, frame, lids) -> tuple:
    """1 between the lids, 0 beyond them, once with a sharp edge and once falling off from the middle; and how many
    pixels up or down may be asked: (h, w) each. u, v: (h, w), along and below the line between the corners."""
    upper, lower = (np.interp(u, *frame.coordinates(lid)).astype(np.float32) for lid in lids)
    edge = max(1.0, EDGE * frame.half)
    below, gap = v - upper, np.maximum(lower - upper, 1)
    above = gap - below
    inside = smoothstep(-edge, edge, np.minimum(below, above))
    # 4 b a / (b + a)^2 is 1 half way between the lids; its slope is 4 / gap at them
    return inside, 4 * np.maximum(below * above, 0) / (gap * gap), np.float32(FLATTEST) * gap
