"""Whose landmarks measure a result: our own landmarker, or MediaPipe's as an independent one.

A judge that also drives the animation is a lenient one: it forgives in the result what it missed in the
driving frame. Figures to be compared with others' are therefore taken with `mediapipe`.
"""

import contextlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .. import errors
from ..face import channels
from ..face import model as face_model
from ..keypoints import find

NAMES = ("embedded", "mediapipe")

# The vertices of MediaPipe's 478-point mesh that lie nearest to iBUG's 68 points.
MESH_IBUG = np.array([
    162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389,
    71, 63, 105, 66, 107, 336, 296, 334, 293, 301, 168, 197, 5, 4, 75, 97, 2, 326, 305,
    33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
    61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87,
])  # fmt: skip


class Seen(NamedTuple):
    """What a judge sees of a face: points (68, 2) in pixels, and values (57,) of what it does and how it is held, in
    the order of `face.CHANNELS`; NaN where the judge does not say."""

    points: np.ndarray
    values: np.ndarray


@contextlib.contextmanager
def open_judge(name: str = "embedded", weights=None):
    """A function uint8 (H, W, 3) -> (68, 2) pixels, or None where it sees no face; use with `with`.

    Args:
        name: one of `NAMES`; weights: the file face_landmarker.task, for "mediapipe".
    Raises:
        errors.CourseError: no such judge, or MediaPipe is not installed; errors.WeightsError: no such file.
    """
    with open_look(name, weights) as look:

        def judge(frame: np.ndarray):
            seen = look(frame)
            return None if seen is None else seen.points

        yield judge


@contextlib.contextmanager
def open_look(name: str = "embedded", weights=None):
    """The same with all that the judge says: a function uint8 (H, W, 3) -> `Seen`, or None. Raises as `open_judge`."""
    if name == "embedded":
        yield _embedded
    elif name == "mediapipe":
        with _mediapipe(weights) as judge:
            yield judge
    else:
        raise errors.CourseError(f"there is no judge {name!r}: choose from {', '.join(NAMES)}")


def _embedded(frame: np.ndarray):
    found = find.find_keypoints(frame)  # (N, 68, 2)
    return Seen(found[0], np.full(len(channels.CHANNELS), np.nan)) if len(found) else None


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
        base_options=tasks.BaseOptions(model_asset_path=str(weights)), num_faces=1,
        output_face_blendshapes=True, output_facial_transformation_matrixes=True,
    )
    try:
        landmarker = tasks.vision.FaceLandmarker.create_from_options(options)
    except (RuntimeError, ValueError) as problem:
        why = str(problem).splitlines()[0]
        raise errors.WeightsError(f"{weights} cannot be used by mediapipe ({why}): download it again") from None

    def judge(frame: np.ndarray):
        picture = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(frame))
        found = landmarker.detect(picture)
        if not found.face_landmarks:
            return None
        mesh, (height, width) = found.face_landmarks[0], frame.shape[:2]
        # The mesh is in parts of width and height.
        points = np.array([(mesh[i].x * width, mesh[i].y * height) for i in MESH_IBUG], np.float32)
        scores = {category.category_name: category.score for category in found.face_blendshapes[0]}
        return Seen(points, values_of(scores, np.asarray(found.facial_transformation_matrixes[0])))

    with landmarker:
        yield judge


def values_of(scores: dict, matrix: np.ndarray) -> np.ndarray:
    """MediaPipe's scores by name and its matrix (4, 4) from head to camera, as values (57,); places are NaN."""
    values = np.full(len(channels.CHANNELS), np.nan)
    for name in channels.BLENDSHAPES:
        values[channels.INDEX[name]] = scores.get(name, np.nan)
    u, _, vt = np.linalg.svd(matrix[:3, :3].astype(float))  # its size is not the head's turn
    towards = np.diag([1.0, -1.0, -1.0])  # its y points up and its z towards the viewer
    values[face_model.HEAD_COLUMNS][:3] = face_model.angles_of(towards @ u @ vt @ towards)
    return values
