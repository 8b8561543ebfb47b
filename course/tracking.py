"""A driving video becomes a Motion: points in every frame, one face fitted to all, channels by least squares."""

import logging

import numpy as np
from tqdm.auto import tqdm

from . import errors, face_model, keypoints, motion, polish, video

MIN_TRACKED = 0.2  # share of frames in which the face must have been found


def track_video(path, fps: float = 25.0, steady: bool = True) -> motion.Motion:
    """The motion of the one face in a video: channels in that person's own frame, `fps` a second.

    Frames in which the face is lost are filled in between their neighbours, and counted in the log.

    Raises:
        errors.VideoError: it does not decode. errors.FaceError: hardly a face in it.
    """
    info = video.probe(path)
    frames = video.read_frames(path, fps=fps, max_side=720)
    total = round(info.duration * fps) if info.duration else None
    progress = tqdm(frames, total=total, desc="following the face", unit="frame", leave=False)
    points, tracked = keypoints.track_points(progress)
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
    moved = face_model.fit_motion(face, points, fps)
    return polish.steady(moved) if steady else moved
