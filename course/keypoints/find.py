"""68 points on every face of a picture, and ten more: the detector says where the faces are, `reading` reads them."""

import numpy as np

from .. import errors
from ..detection import detector
from . import landmarks, reading

BACKENDS = ("auto", "embedded", "face-alignment")


def find_keypoints(image: np.ndarray, boxes=None, backend: str = "auto") -> np.ndarray:
    """The 68 iBUG points of every face.

    Args:
        image: uint8 (H, W, 3), RGB.
        boxes: (N, 4) or (N, 5), x1, y1, x2, y2 in pixels; None asks `detection.detect_faces`.
        backend: "auto" and "embedded" use our own network; "face-alignment" uses FAN (Bulat and Tzimiropoulos, 2017).
    Returns:
        float32 (N, 68, 2), pixels, one row a face, in the order of the boxes.
    Raises:
        errors.FaceError: unknown backend, or boxes of another shape. errors.WeightsError: its weights are not here.
    """
    if backend not in BACKENDS:
        raise errors.FaceError(f"unknown backend {backend!r} for keypoints: choose from {', '.join(BACKENDS)}")
    if boxes is None:
        boxes = detector.detect_faces(image, backend="face-alignment" if backend == "face-alignment" else "auto")
    if backend == "face-alignment":
        from ..detection import face_alignment

        return face_alignment.landmarks(image, boxes)
    return find_points(image, boxes)[:, : landmarks.N_IBUG]


def find_points(image: np.ndarray, boxes=None) -> np.ndarray:
    """All 78 points (see `landmarks`) of every face.

    Args:
        image: uint8 (H, W, 3), RGB; boxes: (N, 4) or (N, 5), pixels; None asks `detection.detect_faces`.
    Returns:
        float32 (N, 78, 2), pixels, in the order of the boxes.
    Raises:
        errors.FaceError: boxes of another shape or not finite. errors.WeightsError: the weights are not here.
    """
    boxes = _as_boxes(detector.detect_faces(image) if boxes is None else boxes)
    found = [reading.points_in_box(image, box) for box in boxes]
    return np.stack(found) if found else np.zeros((0, landmarks.N_POINTS, 2), np.float32)


def _as_boxes(boxes) -> np.ndarray:
    boxes = np.asarray(boxes, np.float32)
    if boxes.size == 0:
        return np.zeros((0, 5), np.float32)
    if boxes.ndim != 2 or boxes.shape[1] not in (4, 5) or not np.isfinite(boxes).all():
        raise errors.FaceError(f"boxes must have shape (N, 4) or (N, 5) and be finite; these have {boxes.shape}")
    return boxes
