"""The whole pipeline: a photo and something that moves it become a Clip.

    photo -> detection -> keypoints -> face model -+
    text, sound, video, sliders -> motion ---------+-> portrait (warp, mouth, lids, paste-back) -> Clip

A face in the photo is an `Actor`: what was found out about it once, before the first frame. Every kind of
input becomes one array of channel values a frame, `(T, 57)`, in the order of `face.CHANNELS`.
"""

import logging
from dataclasses import dataclass, replace

import cv2
import numpy as np

from . import errors, images, parallel
from .detection import choose, detector
from .face import channels, posing
from .face import model as face_model
from .io import decoding, video
from .keypoints import find, landmarks
from .motion import motion, transfer
from .motion import spoken as motion_spoken
from .rendering import portrait
from .rendering import sharpness as polish

IDLE = ("autoregressive", "vae", "hand")


@dataclass
class Settings:
    """How a photo is animated.

    fps: frames a second, None for the driving video's or the Motion's own up to 60, else 25;
    head: strength of head movement (1 as made, 0 none); expression: "name" or "name:strength" out of
    `motion.EXPRESSIONS`; face: "largest", "all", a number counted from 0, largest first, or None (must be clear);
    relative: a driving video's movement is added to the photo's own pose, or else replaces it;
    size: longer side of the frames in pixels, None for the photo's own; seed: blinks and idle movement;
    idle: what moves head, brows and lids beside the lips: "autoregressive" or "vae" (learned, `learned_idle`), or
    "hand" (`idle`); polish: steady the driving points and bring back the detail that resampling took; generator:
    "warp" moves the photo's pixels and draws teeth and lids, "gan" has the trained animator repaint mouth and eyes,
    "auto" is the one of the two that `course evaluate` finds better.
    """

    fps: float | None = None
    seed: int = 0
    head: float = 1.0
    expression: str | None = None
    face: str | int | None = None
    relative: bool = True
    size: int | None = None
    voice: str | None = None
    polish: bool = True
    generator: str = "auto"
    idle: str = "autoregressive"


MOUTH_SHOWN = 0.75  # share of the lips' points that a photo should show
GENERATORS = ("auto", "gan", "warp")
AUTO = "gan"  # what "auto" means: data/animator.md has the figures


@dataclass
class Actor:
    """One face of the photo: its 78 points, its fitted face, and the picture taken apart for moving."""

    points: np.ndarray
    face: face_model.Face
    portrait: portrait.Portrait

    def frame(self, values: np.ndarray) -> np.ndarray:
        """The whole photo with this face posed by channel values (57,): uint8 (H, W, 3)."""
        return self.portrait.render(posing.posed_points(self.face, values))


def animate(photo, text=None, audio=None, driving=None, motion=None, **settings) -> video.Clip:
    """Make the person in a photo speak and move.

    Args:
        photo: path, PIL image or array (see `images.as_image`).
        text, audio, driving, motion: exactly one of: a sentence; a sound file; a video of a face; a `Motion`
            or the path of a saved one, taken as movement away from the photo's own expression.
        settings: fields of `Settings`.
    Returns:
        Clip: frames are made when it is saved, shown or iterated, so its length costs no memory.
    Raises:
        errors.CourseError: one line that says what is wrong and what to do.
    """
    given = {"text": text, "audio": audio, "driving": driving, "motion": motion}
    named = [name for name, value in given.items() if value is not None]
    if len(named) != 1:
        raise errors.CourseError(f"give exactly one of text, audio, driving, motion; got {', '.join(named) or 'none'}")
    options = _settings(settings)
    image = _sized(images.as_image(photo), options.size)
    # Words and sound are checked before the photo is analysed: a wrong voice should not take seconds to say.
    drive = DRIVES[named[0]](given[named[0]], options)
    actors = cast(image, options.face, options.generator)
    tracks = [transfer.values_for(drive.motion, actor.face, drive.mode, options) for actor in actors]
    return video.Clip(
        lambda: render(image, actors, tracks, options),
        fps=drive.motion.fps,
        audio=drive.audio,
        sample_rate=drive.sample_rate,
        n_frames=len(tracks[0]),
    )


def generate_animation(image, text: str) -> video.Clip:
    """A photo and a sentence: the whole system under its shortest name."""
    return animate(image, text=text)


# ---------------------------------------------------------------- the photo


def cast(image: np.ndarray, face=None, generator: str = "auto") -> list:
    """The chosen faces of a picture, uint8 (H, W, 3), as `Actor`s, largest first; face, generator: as in `Settings`.

    Raises:
        errors.FaceError: no face, one too small, several and none chosen, no such number; errors.WeightsError.
    """
    boxes = detector.detect_faces(image)
    boxes = choose.choose_faces(boxes, face, image)
    points = find.find_points(image, boxes)  # (N, 78, 2)
    if any(landmarks.share_inside(row[landmarks.LIPS_OUTER], image.shape) < MOUTH_SHOWN for row in points):
        logging.getLogger("course").warning("the photo ends before the mouth does, which is made up: "
                                            "use one that shows the whole face")
    return [make_actor(image, found, generator) for found in points]


def make_actor(image: np.ndarray, points: np.ndarray, generator: str = "auto") -> Actor:
    """Everything about one face that is worked out once.

    Args:
        image: uint8 (H, W, 3); points: (78, 2) in pixels; generator: as in `Settings`.
    Raises:
        errors.FaceError: points of another shape, or not numbers; errors.WeightsError: weights are missing.
    """
    networks = portrait.load_networks() if (AUTO if generator == "auto" else generator) == "gan" else {}
    return Actor(points, face_model.fit_face(points), portrait.Portrait(image, points, **networks))


# ---------------------------------------------------------------- what moves it


@dataclass
class Drive:
    """Movement and, where there is one, the sound that goes with it.

    mode: how the motion meets the photo: "speech", "offset", "relative" or "absolute" (see `motion.values_for`).
    """

    motion: motion.Motion
    mode: str
    audio: np.ndarray | None = None
    sample_rate: int | None = None


def drive_by_text(text: str, options: Settings) -> Drive:
    """A sentence -> speech, lips, idle movement."""
    from .speech import synthesis

    spoken = synthesis.synthesize(text, voice=options.voice)
    lips = motion_spoken.from_speech(spoken, fps=options.fps or motion.FPS)
    return Drive(_with_idle(lips, options, motion_spoken.accents(spoken)), "speech", spoken.samples, spoken.sample_rate)


def drive_by_audio(path, options: Settings) -> Drive:
    """A recording -> lips by the audio network, idle movement."""
    from .io import sound
    from .speech import hearing

    samples, rate = sound.load_audio(path)
    heard = hearing.hear(samples, rate)
    lips = motion_spoken.from_audio(heard, fps=options.fps or motion.FPS)
    return Drive(_with_idle(lips, options, motion_spoken.accents_of_sound(heard)), "speech", samples, rate)


def drive_by_video(path, options: Settings) -> Drive:
    """A video of one face -> its motion, and its sound if it has any."""
    from .io import sound
    from .motion import tracking

    # Sound first: it is read in a moment, and tracking takes minutes that a sound that cannot be used would waste.
    info = decoding.probe(path)
    samples, rate = sound.film_sound(path) if info.has_audio else (None, None)
    fps = options.fps or _kept_rate(info.fps, "the driving video")
    tracked = tracking.track_video(path, fps=fps, steady=options.polish)
    return Drive(tracked, "relative" if options.relative else "absolute", samples, rate)


def drive_by_motion(given, options: Settings) -> Drive:
    """A Motion, or a file of one: movement away from the photo's own expression."""
    loaded = given if isinstance(given, motion.Motion) else motion.Motion.load(given)
    return Drive(loaded.resample(options.fps or _kept_rate(loaded.fps, "the motion")), "offset")


def _kept_rate(fps: float, whose: str) -> float:
    kept = motion.kept_rate(fps)
    if kept != fps:
        logging.getLogger("course").warning("%s has %g frames a second: %g are made (--fps for another number)",
                                            whose, fps, kept)
    return kept


DRIVES = {"text": drive_by_text, "audio": drive_by_audio, "driving": drive_by_video, "motion": drive_by_motion}


def _with_idle(lips: motion.Motion, options: Settings, accents=()) -> motion.Motion:
    if options.idle == "hand":
        from .motion import idle

        moved = idle.idle_motion(len(lips), fps=lips.fps, seed=options.seed, strength=options.head, accents=accents)
    else:
        from .motion import learned_idle

        moved = learned_idle.idle_motion(lips, options.seed, options.head, accents, options.idle)
    return motion.Motion(lips.full() + moved.full(), channels.CHANNELS, lips.fps)


# ---------------------------------------------------------------- the film


def render(image: np.ndarray, actors: list, tracks: list, options: Settings):
    """Frames one after the other: every actor posed by their (T, 57) values, laid into the same photo."""
    masks = [actor.portrait.mask for actor in actors]
    sharpness = [polish.detail(image, mask) for mask in masks]

    def draw(moment):
        frame = None
        for actor, mask, sharp, values in zip(actors, masks, sharpness, moment):
            theirs = actor.frame(values)
            if options.polish:
                theirs = polish.restore_detail(theirs, sharp, mask)
            frame = theirs if frame is None else lay_in(frame, theirs, mask)
        return frame

    return parallel.ordered_map(draw, zip(*tracks))


def lay_in(frame: np.ndarray, theirs: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """One more face laid into a frame: uint8 (H, W, 3) twice, weight (H, W) -> uint8 (H, W, 3)."""
    weight = mask.astype(np.float32)
    return cv2.blendLinear(theirs, frame, weight, 1 - weight)


def _settings(given: dict) -> Settings:
    unknown = set(given) - set(Settings.__dataclass_fields__)
    if unknown:
        raise errors.CourseError(f"unknown setting {min(unknown)!r}: choose from "
                                 f"{', '.join(Settings.__dataclass_fields__)}")
    options = replace(Settings(), **{name: value for name, value in given.items() if value is not None})
    if options.fps is not None and not 1 <= options.fps <= 120:
        raise errors.CourseError(f"fps must lie between 1 and 120, not {options.fps:g}")
    if not 0 <= options.head <= 3:
        raise errors.CourseError(f"head must lie between 0 and 3, not {options.head:g}")
    if options.generator not in GENERATORS:
        raise errors.CourseError(f"there is no generator {options.generator!r}: choose from {', '.join(GENERATORS)}")
    if options.idle not in IDLE:
        raise errors.CourseError(f"there is no idle movement {options.idle!r}: choose from {', '.join(IDLE)}")
    if options.size is not None and not 64 <= options.size <= 4096:
        raise errors.CourseError(f"size must lie between 64 and 4096 px, not {options.size}")
    return options


def _sized(image: np.ndarray, size: int | None) -> np.ndarray:
    """The picture with its longer side at `size` pixels."""
    if size is None or size == max(image.shape[:2]):
        return image
    scale = size / max(image.shape[:2])
    height, width = (max(16, round(side * scale)) for side in image.shape[:2])
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)


