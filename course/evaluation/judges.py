"""Whose landmarks measure a result: our own landmarker, or MediaPipe's as an independent one.

A judge that also drives the animation is a lenient one: it forgives in the result what it missed in the
driving frame. Figures to be compared with others' are therefore taken with `mediapipe`.
"""

import contextlib
from pathlib import Path

import numpy as np

from .. import errors
from ..keypoints import find

NAMES = ("embedded", "mediapipe")

# The vertices of MediaPipe's 478-point mesh that lie nearest to iBUG's 68 points.
MESH_IBUG = np.array([
    162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389,
    71, 63, 105, 66, 107, 336, 296, 334, 293, 301, 168, 197, 5, 4, 75, 97, 2, 326, 305,
    33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
    61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87,
])  # fmt: skip


@contextlib.contextmanager
def open_judge(name: str = "embedded", weights=None):
    """A function uint8 (H, W, 3) -> (68, 2) pixels, or None where it sees no face; use with `with`.

    Args:
        name: one of `NAMES`; weights: the file face_landmarker.task, for "mediapipe".
    Raises:
        errors.CourseError: no such judge, or MediaPipe is not installed; errors.WeightsError: no such file.
    """
    if name == "embedded":
        yield _embedded
    elif name == "mediapipe":
        with _mediapipe(weights) as judge:
            yield judge
    else:
        raise errors.CourseError(f"there is no judge {name!r}: choose from {', '.join(NAMES)}")


def _embedded(frame: np.ndarray):
    found = find.find_keypoints(frame)  # (N, 68, 2)
    return found[0] if len(found) else None


@contextlib.contextmanager
def _mediapipe(weights):
    try:
        import mediapipe
        from mediapipe.tasks import python as tasks
    except ImportError:
        raise errors.CourseError("the judge mediapipe is not installed: run `pip install living-portraits[judge]`, "
                                 "or leave out --judge") from None
    if weights is None:
        raise errors.WeightsError("the judge mediapipe needs its weights: name the file face_landmarker.task "
                                  "with --judge-weights")
    if not Path(weights).is_file():
        raise errors.WeightsError(f"there is no file {weights}: name face_landmarker.task with --judge-weights")
    options = tasks.vision.FaceLandmarkerOptions(
        base_options=tasks.BaseOptions(model_asset_path=str(weights)), num_faces=1
    )
    try:
        landmarker = tasks.vision.FaceLandmarker.create_from_options(options)
    except (RuntimeError, ValueError) as problem:
        why = str(problem).splitlines()[0]
        raise errors.WeightsError(f"{weights} cannot be used by mediapipe ({why}): download it again") from None

    def judge(frame: np.ndarray):
        picture = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(frame))
        faces = landmarker.detect(picture).face_landmarks
        if not faces:
            return None
        height, width = frame.shape[:2]
        # The mesh is in parts of width and height.
        return np.array([(faces[0][i].x * width, faces[0][i].y * height) for i in MESH_IBUG], np.float32)

    with landmarker:
        yield judge
