"""A driving video becomes a Motion: points in every frame, one face fitted to all, channels by least squares."""

import logging

import numpy as np

from .. import errors
from ..detection import detector
from ..face import channels
from ..face import model as face_model
from ..io import decoding, progress
from ..keypoints import landmarks, reading
from . import motion, smoothing

DOUBT = 0.05  # the crop and its mirror image disagree by this share of the face: it is probably no face any more
LOOK_AGAIN = 25  # frames after which the tracker asks the detector whether the face is still there
MIN_TRACKED = 0.2  # share of frames in which the face must have been found


def track_video(path, fps: float = 25.0, steady: bool = True) -> motion.Motion:
    """The motion of the one face in a video: channels in that person's own frame, `fps` a second.

    Frames in which the face is lost are filled in between their neighbours, and counted in the log.

    Raises:
        errors.VideoError: it does not decode. errors.FaceError: hardly a face in it.
    """
    info = decoding.probe(path)
    frames = decoding.read_frames(path, fps=fps, max_side=720)
    total = round(info.duration * fps) if info.duration else None
    points, tracked = track_points(progress.bar(frames, total=total, desc="following the face", unit="frame"))
    if not len(points) or tracked.mean() < MIN_TRACKED:
        raise errors.FaceError(f"{path} shows a face in {int(tracked.sum())} of {len(tracked)} frames: "
                               "use a video in which one face stays visible")
    lost = int((~tracked).sum())
    if lost:
        logging.getLogger("course").warning("the face was lost in %d of %d frames; they are filled in between",
                                            lost, len(tracked))
    return motion_from_points(points, tracked, fps, steady)


def motion_from_points(points: np.ndarray, tracked: np.ndarray, fps: float, steady: bool = True) -> motion.Motion:
    """Points (T, 78, 2) of one person -> Motion with all 57 channels, absolute in that person's frame.

    Whose face it is, one frame says, as one photo does: what that leaves unexplained is then the same on both
    sides and cancels. Several frames explain the film better and the photo's movement worse (measured: 1.4 px
    against 0.8 px at 256 px between the posed photo and the film's own points).
    """
    face = face_model.fit_face(points[np.flatnonzero(tracked)[0]])
    moved = fit_motion(face, points, fps)
    return smoothing.steady(moved) if steady else moved


def fit_motion(face: face_model.Face, tracks: np.ndarray, fps: float = 25.0) -> motion.Motion:
    """What a known face does in every frame, as a Motion.

    Args:
        face: from `fit_face`, of this person. tracks: (T, 78, 2) pixels; rows of NaN are points that are not known.
        fps: frames a second of the track.
    Returns:
        Motion: all 57 channels, absolute values in that face's frame.
    Raises:
        errors.FaceError: wrong shape, or too few points.
    """
    return motion.Motion(face_model.fit_channels(face, tracks), channels.CHANNELS, fps)


def track_points(frames) -> tuple:
    """The points of one face, the largest, through a video.

    The crop follows the points of the last frame; the detector is asked at the start, when the face is lost, and
    now and then. Frames in which it is lost are interpolated between their neighbours.

    Args:
        frames: iterable of uint8 (H, W, 3); only one is held at a time.
    Returns:
        points float32 (T, 78, 2) in pixels, tracked bool (T,): false where interpolated. Empty without a face.
    """
    rows, last = [], None
    for number, frame in enumerate(frames):
        if last is not None and number % LOOK_AGAIN == 0 and not _still_there(frame, last):
            last = None
        if last is not None:
            last = _follow(frame, last)
        if last is None:
            last = _largest(frame)
        rows.append(last)
    tracked = np.array([row is not None for row in rows], bool)
    if not tracked.any():
        return np.zeros((0, landmarks.N_POINTS, 2), np.float32), tracked
    unknown = np.full((landmarks.N_POINTS, 2), np.nan, np.float32)
    points = np.stack([unknown if row is None else row for row in rows])
    return interpolate_lost(points, tracked), tracked


def interpolate_lost(points: np.ndarray, tracked: np.ndarray) -> np.ndarray:
    """Fill frames in which the face was lost, on straight lines between their neighbours: (T, 78, 2), (T,)."""
    filled = points.copy()
    known, lost = np.flatnonzero(tracked), np.flatnonzero(~tracked)
    flat = filled.reshape(len(filled), -1)  # (T, 156), a view
    for column in range(flat.shape[1]):
        flat[lost, column] = np.interp(lost, known, flat[known, column])
    return filled


def _follow(frame: np.ndarray, last: np.ndarray):
    points, doubt = reading.second_look(frame, last)
    if doubt > DOUBT:
        return None
    # What moved far was cut off by the old crop: look once more where it is now.
    moved = np.abs(points.mean(axis=0) - last.mean(axis=0)).max()
    if moved > 0.06 * np.ptp(last, axis=0).max():
        points, doubt = reading.second_look(frame, points)
    return points if doubt <= DOUBT else None


def _largest(frame: np.ndarray):
    boxes = detector.detect_faces(frame)
    if not len(boxes):
        return None
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return reading.points_in_box(frame, boxes[np.argmax(areas)])


def _still_there(frame: np.ndarray, points: np.ndarray) -> bool:
    """Whether the detector, too, sees a face here; true where it sees none at all (a turned head is no lost one)."""
    boxes = detector.detect_faces(frame)
    if not len(boxes):
        return True
    x1, y1, x2, y2 = landmarks.tight_boxes(points)
    width = np.minimum(boxes[:, 2], x2) - np.maximum(boxes[:, 0], x1)
    height = np.minimum(boxes[:, 3], y2) - np.maximum(boxes[:, 1], y1)
    return bool((width.clip(0) * height.clip(0)).max() > 0.3 * (x2 - x1) * (y2 - y1))
