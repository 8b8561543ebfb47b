"""The two steps of a film under the names that tutorials give them: made of features and actions, then made better.

    an Actor or a photo, and a Motion -> synthesize_video -> Clip -> postprocess -> Clip
"""

import os
from dataclasses import dataclass, fields, replace

import cv2
import numpy as np

from . import animation, errors, images, marking, parallel
from . import settings as settings_table
from .face import channels
from .io import video as film
from .keypoints import landmarks
from .motion import following
from .motion import motion as motion_files
from .polish import between, colour, shaking, sharpness

LONGEST, SHORTEST = 4096, 64  # pixels of the longer side
FASTEST = 120.0  # frames a second
EDGE = 0.12  # eye distances over which sharpening fades at the border of the face


# ---------------------------------------------------------------- features and actions -> film


def synthesize_video(features, actions, fps: float | None = None, **settings) -> film.Clip:
    """Parameters over time, natural and fluent, as a film: what a face is, and what it does.

    Args:
        features: the photo as the system has understood it, an `Actor`; or the photo itself, as in `animate`.
        actions: a `Motion` or its rows (T, 57) in the order of `face.CHANNELS`, movement away from the photo's own
            expression; or the file of a saved one.
        fps: frames a second; None for the Motion's own, and 25 for rows. settings: as in `animate`.
    Returns:
        Clip: frames are made when they are wanted.
    Raises:
        errors.CourseError: one line that says what is wrong and what to do.
    """
    moved = _motion_of(actions)
    if not isinstance(features, animation.Actor):
        return animation.animate(features, motion=moved, fps=fps, **settings)
    options = replace(animation.Settings(), **settings_table.checked({**settings, "fps": fps}))
    drive = animation.drive_by_motion(moved, options)
    values = drive.rows(features.face, options)
    picture = features.portrait.image
    return film.Clip(lambda: animation.render(picture, [features], [values], options), fps=drive.motion.fps,
                     n_frames=len(values), stamp=marking.stamp_for([picture], "motion", options, settings))


def _motion_of(actions):
    if isinstance(actions, (motion_files.Motion, str, os.PathLike)):
        return actions
    try:
        rows = np.asarray(actions, np.float32)
    except (TypeError, ValueError):
        rows = np.zeros(0)
    if rows.ndim != 2 or rows.shape[1] != len(channels.CHANNELS):
        raise errors.MotionError(f"actions must be a Motion or its rows (frames, {len(channels.CHANNELS)}), "
                                 f"not {settings_table.shown(actions)}")
    return motion_files.Motion(rows)


# ---------------------------------------------------------------- film -> better film


@dataclass
class Stages:
    """The stages of `postprocess`, in their order; each is left out at its default.

    even: brightness that flickers is evened out; steady: tremor is taken out, each frame drawn where it lies between
    its neighbours; like: a picture, uint8 (H, W, 3), whose colours the film gets; tint: the light's cast is taken out;
    saturation: times as much colour; size: longer side in pixels; sharpen: so much unsharp masking, on the face alone,
    0.5 is much; fps: frames a second, new ones made by optical flow.
    """

    even: bool = False
    steady: bool = False
    like: np.ndarray | None = None
    tint: bool = False
    saturation: float = 1.0
    size: int | None = None
    sharpen: float = 0.0
    fps: float | None = None


LIMITS = {
    "even": settings_table.Switch(), "steady": settings_table.Switch(), "tint": settings_table.Switch(),
    "saturation": settings_table.Number(0, 3), "size": settings_table.Number(SHORTEST, LONGEST, whole=True, unit=" px"),
    "sharpen": settings_table.Number(0, 3), "fps": settings_table.Number(1, FASTEST),
}  # fmt: skip


def postprocess(video, **stages) -> film.Clip:
    """A film made better, stage by stage: scaled, standardised, sharpened, steadied, with more frames a second.

    Args:
        video: a `Clip`, the path of a film, or frames uint8 (H, W, 3) of one size, taken for 25 a second.
        stages: fields of `Stages`, such as `steady=True, sharpen=0.4, fps=50`. Without any the film stays as it is.
    Returns:
        Clip: frames are made when they are wanted, few at a time; the sound stays.
    Raises:
        errors.CourseError: an unknown stage or a value beyond its limits; errors.VideoError: no film.
    """
    wanted = Stages(**{name: _checked(name, value) for name, value in stages.items() if value is not None})
    clip = _clip_of(video)
    rate = wanted.fps or clip.fps
    try:
        count = round(len(clip) / clip.fps * rate)
    except TypeError:  # a film that does not say how long it is
        count = None
    return film.Clip(lambda: _finished(clip, wanted), fps=rate, audio=clip.audio, sample_rate=clip.sample_rate,
                     n_frames=count, sources=clip.sources, stamp=clip.stamp)


def _checked(name: str, value):
    if name not in LIMITS and name != "like":
        known = ", ".join(field.name for field in fields(Stages))
        raise errors.CourseError(f"unknown stage {name!r}: choose from {known}")
    if name == "like":
        return images.as_image(value)
    try:
        return LIMITS[name].check(value)
    except settings_table.Wrong:
        raise errors.CourseError(f"{name} must be {LIMITS[name]}, not {settings_table.shown(value)}") from None


def _clip_of(video) -> film.Clip:
    if isinstance(video, film.Clip):
        return video
    if isinstance(video, (str, os.PathLike)):
        return film.load_video(video)
    frames = [np.asarray(frame) for frame in video] if hasattr(video, "__iter__") else []
    if not frames or any(frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3 or
                         frame.shape != frames[0].shape for frame in frames):
        raise errors.VideoError("a film is a Clip, a path, or frames uint8 (height, width, 3) of one size")
    return film.Clip(frames)


def _finished(clip: film.Clip, wanted: Stages):
    """The frames, each stage an iterator over the one before it."""
    frames = iter(clip)
    if wanted.even:
        frames = shaking.even_brightness(frames)
    if wanted.steady:
        frames = shaking.steady_frames(frames)
    if wanted.like is not None or wanted.tint or wanted.saturation != 1:
        frames = recoloured(frames, wanted.like, wanted.tint, wanted.saturation)
    if wanted.size:
        frames = (scaled(frame, wanted.size) for frame in frames)
    if wanted.sharpen:
        frames = sharpened_faces(frames, wanted.sharpen)
    if wanted.fps:
        frames = between.at_rate(frames, clip.fps, wanted.fps)
    return parallel.ahead(frames)


def recoloured(frames, like: np.ndarray | None, tint: bool, saturation: float):
    """Frames, uint8 (H, W, 3), in other colours; what is done the first frame says, so that nothing flickers."""
    wanted = None if like is None else colour.look_of(like)
    gain, own = None, None
    for frame in frames:
        if gain is None:
            gain = colour.shades_of_grey(frame) if tint else np.ones(3)
            own = colour.look_of(lit(frame, gain))
        frame = lit(frame, gain)
        yield colour.saturated(frame if wanted is None else colour.from_look(frame, own, wanted), saturation)


def lit(frame: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """uint8 (H, W, 3) times gains (3,), as another light would show it."""
    return frame if (gain == 1).all() else np.clip(np.round(frame * gain), 0, 255).astype(np.uint8)


def scaled(frame: np.ndarray, longer: int) -> np.ndarray:
    """A frame with its longer side at so many pixels: uint8 (H, W, 3) -> uint8 (h, w, 3)."""
    height, width = frame.shape[:2]
    scale = longer / max(height, width)
    size = max(16, round(width * scale)), max(16, round(height * scale))
    return cv2.resize(frame, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)


def sharpened_faces(frames, amount: float):
    """Frames, uint8 (H, W, 3), with the largest face sharpened and all else left as it is, to the bit."""
    follower = following.Follower()
    for frame in frames:
        points = follower.step(frame)
        yield frame if points is None else sharpened_face(frame, points, amount)


def sharpened_face(frame: np.ndarray, points: np.ndarray, amount: float) -> np.ndarray:
    """Unsharp masking inside the outline of a face: uint8 (H, W, 3), points (78, 2) -> uint8 (H, W, 3)."""
    reach = max(EDGE * landmarks.eye_distance(points), 1.0)
    inside = np.zeros(frame.shape[:2], np.uint8)
    cv2.fillConvexPoly(inside, cv2.convexHull(np.round(points).astype(np.int32)), 1)
    weight = np.clip(cv2.distanceTransform(inside, cv2.DIST_L2, 3) / reach, 0, 1).astype(np.float32)
    return cv2.blendLinear(sharpness.unsharp_mask(frame, amount), np.ascontiguousarray(frame), weight, 1 - weight)
