"""From a picture to faces: the small detector looks coarsely, then finely, and again where it is in doubt.

The network (`network.py`) answers at every anchor: is a face here, and how must the anchor be moved
and stretched to fit it? What anchors and boxes are stands in `boxes.py`. A box is x1, y1, x2, y2 in pixels: the
tight one around the 68 points, from the eyebrows to the chin. Both are asked through a `TorchDetector`, or, where all
parts are ours, through a `QuickDetector`, which says the same without PyTorch.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from .. import errors, images
from . import quick_detector

if TYPE_CHECKING:
    import torch

BACKENDS = ("auto", "course", "face-alignment", "sfd", "blazeface")

log = logging.getLogger("course")


@dataclass(frozen=True)
class DetectorSettings:
    """Numbers that belong to the weights; the thresholds were chosen on the validation part."""

    working_side: int = 320  # the picture's long side is shrunk to this; faces from 12 px up are then found
    fine_sides: tuple = (960, 2880)  # looked at as well where nothing, or only small faces, came up before
    small_face: float = 64  # working pixels: below this there may be further, still smaller ones
    doubt: tuple = (0.4, 0.88)  # first scores from one to the other are settled by a second look
    min_score: float = 0.75  # of the mean of all looks, for a face too small for a third opinion
    agreed_score: float = 0.62  # the same where the landmarker agrees with itself about the face
    agreed: float = 0.06  # how far apart its looks may be, as a share of the face (see `agreement`)
    agreed_from: float = 32  # pixels: smaller faces have no points to agree about
    close_up: int = 192  # pixels: the side of the second look's picture
    close_up_face: float = 0.6  # how much of it the face fills
    nms_iou: float = 0.4


SETTINGS = DetectorSettings()


# ---------------------------------------------------------------- from a picture to faces


def detect_faces(image: np.ndarray, backend: str = "auto") -> np.ndarray:
    """The faces in a picture, best first.

    Args:
        image: uint8 (H, W, 3), RGB.
        backend: "course" is our own detector. "auto" is the same, and where it finds nothing face-alignment's if
            its weights are in the cache (the log says so). "sfd", or "face-alignment" for short, and "blazeface"
            always ask that package.
    Returns:
        float32 (N, 5): x1, y1, x2, y2, score in [0, 1]; (0, 5) when there is none.
    Raises:
        errors.FaceError: no such backend, or its package is not installed.
        errors.WeightsError: its weights are not there.
    """
    if backend not in BACKENDS:
        raise errors.FaceError(f"there is no face detector {backend!r}: choose one of {', '.join(BACKENDS)}")
    if backend in ("auto", "course"):
        faces = _find(_shipped(), image, SETTINGS)
        return faces if len(faces) or backend == "course" else _second_opinion(image)
    from . import face_alignment

    return face_alignment.detect(image, "blazeface" if backend == "blazeface" else "sfd")


def best_score(image: np.ndarray) -> float:
    """The highest score, 0 to 1, our detector gives to any place in uint8 (H, W, 3); 0 below the first look's limit.

    Raises errors.WeightsError.
    """
    sides = [side for side in (SETTINGS.working_side, *SETTINGS.fine_sides)
             if side == SETTINGS.working_side or max(image.shape[:2]) * 3 > side]
    asked = _shipped()
    found = [_candidates(asked, image, side, SETTINGS, most=5) for side in sides]
    settled = [_settled(asked, image, face, SETTINGS)[4] for face in np.concatenate(found)]
    return float(max(settled, default=0.0))


def score_at(image: np.ndarray, box) -> float:
    """How sure our detector is of a face just here, seen from near: the mean of the picture's score and its mirror's.

    image: uint8 (H, W, 3); box: (4,), x1, y1, x2, y2 in pixels, tight round the 68 points.
    """
    return float(np.mean(_close_up_scores(_shipped(), image, np.asarray(box, np.float32), SETTINGS)))


def _second_opinion(image) -> np.ndarray:
    from . import face_alignment

    for name in ("sfd", "blazeface"):
        if face_alignment.available(name):
            faces = face_alignment.detect(image, name)
            log.info("our detector found no face; face-alignment's %s found %d", name, len(faces))
            return faces
    return np.zeros((0, 5), np.float32)


def find_faces(net: torch.nn.Module, image: np.ndarray, settings: DetectorSettings = SETTINGS) -> np.ndarray:
    """What a given network finds in uint8 (H, W, 3): float32 (N, 5), best first.

    Coarse to fine: the finer looks happen only where the coarse one leaves doubt. A face whose score is neither
    high nor low is looked at again from near, and in the mirror; what counts is the mean. What is still in doubt
    then must be a face to the landmarker too.
    """
    from . import torch_detector

    return _find(torch_detector.TorchDetector(net), image, settings)


def _shipped():
    """Our own detector, in the quick way where that is the same."""
    quick = quick_detector.shipped()
    if quick:
        return quick
    from . import torch_detector

    return torch_detector.shipped()


def _find(asked, image, settings) -> np.ndarray:
    long_side = max(image.shape[:2])
    faces = _faces_at(asked, image, settings.working_side, settings)
    looked_at = settings.working_side
    for side in settings.fine_sides:
        if long_side <= looked_at or not _doubtful(faces, looked_at / long_side, settings):
            break
        finer = _faces_at(asked, image, side, settings)
        faces = _merge(asked, np.concatenate([faces, finer]), settings.nms_iou)
        looked_at = side
    return faces


def _doubtful(faces, scale, settings) -> bool:
    """Nothing found, or some face so small in the picture looked at that others may have been smaller still."""
    if not len(faces):
        return True
    return float((faces[:, 2] - faces[:, 0]).min() * scale) < settings.small_face


def _faces_at(asked, image, side, settings) -> np.ndarray:
    candidates = _candidates(asked, image, side, settings)
    scored = [_settled(asked, image, face, settings) for face in candidates]
    faces = np.array([face for face in scored if _is_face(image, face, settings)], np.float32).reshape(-1, 5)
    return faces[np.argsort(-faces[:, 4], kind="stable")]


def _candidates(asked, image, side, settings, most: int = 50) -> np.ndarray:
    """What one look finds, the doubtful ones included: (N, 5), best first."""
    boxes, scores = asked.look(image, side)
    likely = scores >= settings.doubt[0]
    faces = np.concatenate([boxes[likely], scores[likely, None]], axis=1)
    return _merge(asked, faces, settings.nms_iou)[:most]


def _settled(asked, image, face, settings) -> np.ndarray:
    """A doubtful face (5,) with the mean of three scores: the first, from near, and from near in the mirror."""
    if face[4] >= settings.doubt[1]:
        return face
    return np.append(face[:4], (face[4] + sum(_close_up_scores(asked, image, face, settings))) / 3)


def _is_face(image, face, settings) -> bool:
    """Whether a settled face (5,) is one: sure of itself, or confirmed by the landmarker."""
    if face[4] >= settings.doubt[1]:
        return True
    if max(face[2] - face[0], face[3] - face[1]) < settings.agreed_from:
        return bool(face[4] >= settings.min_score)
    from ..keypoints import agreement  # one room further on: the points have the last word about a doubtful face

    return bool(face[4] >= settings.agreed_score) and agreement.disagreement(image, face) <= settings.agreed


def _close_up_scores(asked, image, face, settings) -> list:
    """The score of a face (5,) with the picture cut out round it, as it is and mirrored."""
    share = settings.close_up_face
    face_side = max(face[2] - face[0], face[3] - face[1], 1.0)
    canvas = int(min(settings.close_up, 2 * face_side / share) + 0.5)  # enlarged to twice its size at most
    scale = canvas * share / face_side
    low = (face[:2] + face[2:4]) / 2 - canvas / scale / 2
    crop = _cut_out(image, low, canvas / scale, canvas)
    middle = np.float32([1 - share, 1 - share, 1 + share, 1 + share]) * canvas / 2
    scores = []
    for picture in (crop, np.ascontiguousarray(crop[:, ::-1])):
        boxes, answers = asked.look(picture, canvas)
        near = asked.overlap(middle, boxes) > settings.nms_iou  # (A,)
        scores.append(float((answers * near).max()))
    return scores


def _cut_out(image, low, side, canvas) -> np.ndarray:
    """The square from `low` with that side, grey where the picture ends, shrunk or enlarged to `canvas`."""
    square = images.crop_box(image, [*np.floor(low), *np.ceil(low + side)], "grey")
    shrinks = canvas < square.shape[0]
    return cv2.resize(square, (canvas, canvas), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


def _merge(asked, faces, threshold) -> np.ndarray:
    return faces[asked.kept(faces, threshold)]
