"""A face posed by channel values: its points, with lips and lids that touch where they should."""

from dataclasses import replace

import numpy as np

from ..interpolation import smoothstep
from ..keypoints import landmarks
from . import channels
from . import model as face_model

YAW = channels.INDEX["headYaw"]
# How far a head turns as it is told, and how far at most, in degrees away from the photo: of one that looks at the
# viewer; and of one that is turned already, further the same way, and back. What such a photo hides of the far half of
# a face no picture can show, and further on its nose would be drawn over its cheek.
TURNS, ONWARDS, BACK = np.array([25.0, 30.0]), np.array([6.0, 12.0]), np.array([10.0, 16.0])
TURNED = 8.0, 28.0  # degrees: a photo up to the first counts as looking at the viewer, from the second on as turned


def in_sight(values: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Channel values (57,) with the head turned no further to the side than a photo of values `rest` (57,) can show."""
    held, turn = float(rest[YAW]), float(values[YAW] - rest[YAW])
    share = float(smoothstep(*TURNED, abs(held)))
    free, most = TURNS + share * ((ONWARDS if turn * held > 0 else BACK) - TURNS)
    if abs(turn) <= free:
        return values
    bounded = np.array(values, float)
    bounded[YAW] = held + np.sign(turn) * (free + (most - free) * np.tanh((abs(turn) - free) / (most - free)))
    return bounded


def posed_points(face: face_model.Face, values: np.ndarray, beside: np.ndarray | None = None) -> np.ndarray:
    """The photo's points moved to channel values (57,): (78, 2) pixels, lips and lids that touch where they should.

    beside: (78, 2), what each point does that no channel does, in eye distances along the head's own axes
    (`beside_model`), or None.
    """
    points = seal_lids(seal_lips(face_model.pose_points(face, values), face, values), face, values)
    if beside is None:
        return points
    head = np.asarray(values[face_model.HEAD_COLUMNS], float)
    return points + face.scale * (1 + head[5]) * beside @ _tilts(head[None, 2])[0].T


def beside_model(face: face_model.Face, values: np.ndarray, points: np.ndarray) -> np.ndarray:
    """What points do that the face model does not explain: (T, 57) values, (T, 78, 2) pixels -> (T, 78, 2).

    In eye distances, along the axes of the tilted head, so that it can be laid on another picture of that face.
    """
    head = np.asarray(values, float)[:, face_model.HEAD_COLUMNS]
    off = (points - face_model.pose_points(face, values)) / (face.scale * (1 + head[:, 5]))[:, None, None]
    return off @ _tilts(head[:, 2])


def _tilts(roll: np.ndarray) -> np.ndarray:
    """From the head's axes to the picture's: degrees (T,) -> (T, 2, 2)."""
    angle = np.radians(roll)
    return np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], axis=-1).reshape(-1, 2, 2)


def seal_lids(points: np.ndarray, face: face_model.Face, values: np.ndarray) -> np.ndarray:
    """Close what widened eyes and a fit's leftover keep open in a blink: (78, 2) pixels, values (57,) -> (78, 2).

    A lid that has gone the share c of its way down leaves at most 1 - c of the gap that the face had at rest.
    """
    sealed, rest = points.copy(), face_model.pose_points(face, face.rest)
    for side, blink in ((0, "eyeBlinkRight"), (1, "eyeBlinkLeft")):
        before = face.rest[channels.INDEX[blink]]
        share = float(np.clip((values[channels.INDEX[blink]] - before) / max(1 - before, 0.1), 0, 1))
        if share == 0:
            continue
        size = np.ptp(points[[36, 45]], axis=0).max() / max(np.ptp(rest[[36, 45]], axis=0).max(), 1e-3)
        for upper, lower in zip(landmarks.LID_UPPER[side][1:-1], landmarks.LID_LOWER[side][1:-1]):
            gap = points[upper] - points[lower]
            allowed = (1 - share) * np.linalg.norm(rest[upper] - rest[lower]) * size
            excess = gap * (1 - min(1.0, allowed / max(float(np.linalg.norm(gap)), 1e-6)))
            sealed[upper] -= 0.75 * excess  # lids meet low
            sealed[lower] += 0.25 * excess
    return sealed


def seal_lips(points: np.ndarray, face: face_model.Face, values: np.ndarray) -> np.ndarray:
    """Close the gap that a fit's leftover keeps open: (78, 2) pixels, values (57,) -> (78, 2).

    The leftover (`face.residual`) of a mouth open in the photo holds part of its gap. It counts in full as long
    as the mouth is as open as in the photo and fades as the model's own lips close, so m, b and p really shut.
    """
    bare = replace(face, residual=np.zeros_like(face.residual))
    now = face_model.pose_points(bare, values)
    at_rest = face_model.pose_points(bare, face.rest)
    sealed = points.copy()
    down = _chin_direction(now)
    for upper, lower, outer_lower in ((61, 67, 58), (62, 66, 57), (63, 65, 56)):
        gap_now = max(float((now[lower] - now[upper]) @ down), 0.0)
        gap_rest = max(float((at_rest[lower] - at_rest[upper]) @ down), 1e-3)
        gap = float((points[lower] - points[upper]) @ down)
        openness = min(gap_now / gap_rest, 1.0)
        wanted = gap_now + (gap - gap_now) * openness
        if gap > wanted or gap < 0 and gap_now > 0:
            shift = (max(wanted, 0.0) - gap) / 2 * down
            sealed[upper] -= shift
            sealed[lower] += shift
            sealed[outer_lower] += shift
    return sealed


def _chin_direction(points: np.ndarray) -> np.ndarray:
    """Unit vector from between the eyes to the chin, (2,)."""
    down = points[8] - points[27]
    return down / max(float(np.linalg.norm(down)), 1e-6)
