"""A driving video becomes a Motion: points in every frame, one face fitted to all, channels by least squares."""

import logging

import numpy as np

from .. import errors, parallel
from ..face import channels, posing
from ..face import model as face_model
from ..io import decoding, progress
from ..keypoints import landmarks
from . import cuts, following, motion, seen, smoothing, still_head

MOST_BESIDE = 0.08  # eye distances that a point goes beside the model at most
MIN_TRACKED = 0.2  # share of frames in which the face must have been found


def track_video(path, fps: float = 25.0, steady: bool = True, face: int = 0) -> motion.Motion:
    """The motion of one face in a video: channels in that person's own frame, `fps` a second.

    face: which one, 0 being the largest in the first frame that shows so many.

    Frames in which the face is lost are filled in between their neighbours, and counted in the log; so are cuts, over
    which the head goes on from where it was, and other faces.

    Raises:
        errors.VideoError: it does not decode. errors.FaceError: hardly a face in it, or none of that number.
    """
    info = decoding.probe(path)
    frames = decoding.read_frames(path, fps=fps, max_side=720)
    total = round(info.duration * fps) if info.duration else None
    bar = progress.bar(parallel.ahead(frames), total=total, desc="following the face", unit="frame")
    points, tracked, follower = _followed(bar, face)
    if not len(points) and follower.faces:
        most = follower.faces
        raise errors.FaceError(f"there is no face {face} in {path}: it shows {most} at once at most, so use "
                               f"{'0' if most == 1 else f'0 to {most - 1}'} (0 is the largest)")
    if not len(points) or tracked.mean() < MIN_TRACKED:
        raise errors.FaceError(f"{path} shows a face in {int(tracked.sum())} of {len(tracked)} frames: "
                               "use a video in which one face stays visible")
    _say(tracked, follower, fps)
    with parallel.one_thread_each():
        return motion_from_points(cuts.rejoined(points, follower.cuts), tracked, fps, steady)


def _say(tracked: np.ndarray, follower: following.Follower, fps: float) -> None:
    log, lost, jumps = logging.getLogger("course"), int((~tracked).sum()), follower.cuts
    if lost:
        log.warning("the face was lost in %d of %d frames; they are filled in between", lost, len(tracked))
    if jumps:
        log.warning("the film is cut in %d %s (first at %.1f s): the head goes on from where it was", len(jumps),
                    "place" if len(jumps) == 1 else "places", jumps[0] / fps)
    if follower.faces > 1:
        which = f"number {follower.face}" if follower.face else "the one that is largest at the start"
        log.warning("there are %d faces in the film: %s is followed (--driving-face N for another)", follower.faces,
                    which)


def motion_from_points(points: np.ndarray, tracked: np.ndarray, fps: float, steady: bool = True) -> motion.Motion:
    """Points (T, 78, 2) of one person -> Motion with all 57 channels, absolute in that person's frame.

    Whose face it is, one frame says, as one photo does: what that leaves unexplained is then the same on both
    sides and cancels. Several frames explain the film better and the photo's movement worse (measured: 1.4 px
    against 0.8 px at 256 px between the posed photo and the film's own points).
    """
    first = points[np.flatnonzero(tracked)[0]]
    person = fit_person(first)
    fitted = fit_motion(person, points, fps)
    # The landmarker sees less of some channels than there is, so what counts is the change since that first frame.
    found = lids_as_seen(person, still_head.standing_still(fitted.values), points)
    values = found + (face_model.fit_face(first).rest - person.rest)
    moved = motion.Motion(values, fitted.channels, fps, _beside(person, found, points))
    return smoothing.steady(moved) if steady else moved


def fit_person(points: np.ndarray) -> face_model.Face:
    """The face of a film's person by the points (78, 2) of one frame, moving as the landmarker sees faces move."""
    return face_model.fit_face(points, seen.model())


def lids_as_seen(person: face_model.Face, values: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Values (T, 57) whose lids leave the gap between them that is seen in points (T, 78, 2).

    A fit explains all points at once, and takes lids that a nodding head carries along for lids that fall. How far they
    are apart does not depend on that. Nor does it say by which of two that undo each other, a lid that falls and one
    that is raised: it is one of them, for a blink shuts an eye also where the other is asked for (`posing.seal_lids`).
    """
    found, off = np.array(values, float), posing.beside_model(person, values, points)
    for side, (name, raised) in enumerate((("eyeBlinkRight", "eyeWideRight"), ("eyeBlinkLeft", "eyeWideLeft"))):
        blink, wide = channels.INDEX[name], channels.INDEX[raised]
        upper, lower = landmarks.LID_UPPER[side][1:-1], landmarks.LID_LOWER[side][1:-1]
        # eye distances, from open to shut and from open to wide
        most, more = (float((way[upper, 1] - way[lower, 1]).mean()) for way in person.model.channels[[blink, wide]])
        wider = (off[:, lower, 1] - off[:, upper, 1]).mean(axis=1)  # than the fit says
        wider = np.where(np.isfinite(wider), wider, 0.0)
        falls = found[:, blink] * most + found[:, wide] * more - wider  # by both together, and by what they leave over
        found[:, blink] = np.clip(falls / most, 0.0, face_model.UPPER)
        found[:, wide] = np.clip(falls / more, 0.0, face_model.UPPER)  # `more` is below 0
    return found


def _beside(person: face_model.Face, values: np.ndarray, points: np.ndarray) -> np.ndarray:
    """What points do beside the model, within reason: (T, 78, 2) in eye distances."""
    off = posing.beside_model(person, values, points)
    off = np.where(np.isfinite(off), off, 0.0)  # points that are not known
    size = np.linalg.norm(off, axis=-1, keepdims=True)
    # |b| -> m tanh(|b| / m): a point that was read wrongly does not tear the face
    return off * MOST_BESIDE * np.tanh(size / MOST_BESIDE) / np.maximum(size, 1e-9)


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
    points, tracked, _ = _followed(frames, 0)
    return points, tracked


def _followed(frames, face: int) -> tuple:
    """What `track_points` gives, and the `Follower` that knows of cuts and other faces."""
    follower = following.Follower(face)
    with parallel.one_thread_each():  # beside a busy program two threads would wait for each other at every layer
        rows = [follower.step(frame) for frame in frames]
    tracked = np.array([row is not None for row in rows], bool)
    if not tracked.any():
        return np.zeros((0, landmarks.N_POINTS, 2), np.float32), tracked, follower
    unknown = np.full((landmarks.N_POINTS, 2), np.nan, np.float32)
    points = np.stack([unknown if row is None else row for row in rows])
    return interpolate_lost(points, tracked), tracked, follower


def interpolate_lost(points: np.ndarray, tracked: np.ndarray) -> np.ndarray:
    """Fill frames in which the face was lost, on straight lines between their neighbours: (T, 78, 2), (T,)."""
    filled = points.copy()
    known, lost = np.flatnonzero(tracked), np.flatnonzero(~tracked)
    flat = filled.reshape(len(filled), -1)  # (T, 156), a view
    for column in range(flat.shape[1]):
        flat[lost, column] = np.interp(lost, known, flat[known, column])
    return filled
