"""Cuts: where a film jumps from one frame to the next, told by its face and its picture, and how to bridge them."""

import cv2
import numpy as np

from ..face import model as face_model

JUMP = 0.45  # face sizes from one frame to the next: no head moves so far
GROWTH = 1.18  # and none grows or shrinks so much
SMALL = 16  # pixels a side of the grey picture that is compared
# How much more a picture changes than its face has moved: below 0.02 in real films, above 0.19 at cuts between shots.
CHANGE = 0.12


def small_picture(frame: np.ndarray) -> np.ndarray:
    """A frame, uint8 (H, W, 3), as a small grey picture: float32 (16, 16)."""
    step = max(1, min(frame.shape[:2]) // 128)
    grey = cv2.cvtColor(np.ascontiguousarray(frame[::step, ::step]), cv2.COLOR_RGB2GRAY)
    return cv2.resize(grey, (SMALL, SMALL), interpolation=cv2.INTER_AREA).astype(np.float32)


def jumps(before: np.ndarray, now: np.ndarray) -> bool:
    """Whether a face at points (78, 2) cannot have come from where it was in the frame before."""
    moved, grown = _movement(before, now)
    return moved > JUMP or grown > np.log(GROWTH)


def changes(before: np.ndarray, now: np.ndarray, picture_before: np.ndarray, picture: np.ndarray, shape) -> bool:
    """Whether two `small_picture`s differ by more than their faces, at points (78, 2) of (H, W) pixels, have moved."""
    moved, grown = _movement(before, now)
    allowed = CHANGE + 1.5 * moved + 2 * grown
    if _difference(picture_before, picture) <= allowed:
        return False
    # a camera that is shaken moves all of the picture with the face
    shift = (now.mean(axis=0) - before.mean(axis=0)) * (SMALL / np.array(shape[1::-1]))
    shaken = cv2.warpAffine(picture_before, np.column_stack([np.eye(2), shift]), (SMALL, SMALL),
                            borderMode=cv2.BORDER_REPLICATE)
    return _difference(shaken, picture) > allowed


def _difference(one: np.ndarray, other: np.ndarray) -> float:
    """1 - correlation."""
    one, other = one - one.mean(), other - other.mean()
    return 1 - float((one * other).sum() / max(np.linalg.norm(one) * np.linalg.norm(other), 1e-6))


def _movement(before: np.ndarray, now: np.ndarray) -> tuple:
    """How far a face went in its sizes, and the log of how much it grew or shrank."""
    old, new = (max(float(np.ptp(points, axis=0).max()), 1e-6) for points in (before, now))
    return float(np.linalg.norm(now.mean(axis=0) - before.mean(axis=0))) / min(old, new), abs(np.log(new / old))


def rejoined(points: np.ndarray, cuts: list) -> np.ndarray:
    """A film's points as if it had no cuts: place and size go on from where they were.

    Args:
        points: (T, 78, 2) pixels; cuts: numbers of the frames before which the film was cut.
    Returns:
        (T, 78, 2): everything from a cut on is shifted and scaled, so that the head stands where it stood before.
    """
    points = points.copy()
    for cut in cuts:
        _, scales, origins = face_model.fit_pose(points[cut - 1 : cut + 1].astype(float),
                                                 face_model.FaceModel.load().mean)
        points[cut:] = (points[cut:] - origins[1]) * (scales[0] / scales[1]) + origins[0]
    return points
