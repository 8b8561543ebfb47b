"""The whole pipeline: a photo and something that moves it become a Clip.

    photo -> detection -> keypoints -> face model -+
    text, sound, video, sliders -> motion ---------+-> portrait (warp, mouth, lids, paste-back) -> Clip

A face in the photo is an `Actor`: what was found out about it once, before the first frame. Every kind of
input becomes one array of channel values a frame, `(T, 57)`, in the order of `face.CHANNELS`, with the tongue behind
them where it moves, and the breath where somebody breathes.
"""

import logging
import os
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from . import devices, errors, film_source, finish, images, marking, parallel, paths
from . import settings as settings_table
from .detection import choose, detector
from .face import model as face_model
from .face import posing
from .io import decoding, encoding, video
from .keypoints import covered, find, landmarks
from .motion import breathing, direction, dubbing, expressive, inside, motion, transfer
from .motion import spoken as motion_spoken
from .polish import sharpness, stages
from .rendering import backdrop, portrait
from .speech import ahead

log = logging.getLogger("course")


@dataclass
class Settings:
    """How a photo is animated.

    fps: frames a second, None for the driving video's or the Motion's own up to 60, else 25;
    head: strength of head movement (1 as made, 0 none), or poses and gestures in time, "left@1s,nod@2s"
    (`motion.HEADS`), with such a number among them; gaze: "auto" (the default), or where the eyes look in time,
    "left@1s,10,-5@2s,camera@3s" (`motion.GAZES`, or degrees to the right and up);
    strength: of all that moves, or of parts, such as 1.2 or "mouth:1.2,eyes:0.8,brows:1,head:0.5" (`motion.strengths`);
    expression: "name" or "name:strength" out of `motion.EXPRESSIONS`, or "auto" (the default), the mood of each
    sentence as its words or its sound tell it, and "auto:strength"; "neutral" is none; in time
    "happy@2s:0.8,neutral@4s";
    eyes_open, lips_open: how far, in shares of what they would be, 1 as they are, 0 shut;
    face: "largest", "all", a number counted from 0, largest first, or None (must be clear);
    driving_face: which face of a driving video, 0 (the default) being the largest where it begins;
    relative: a driving video's movement is added to the photo's own pose, or else replaces it;
    size: longer side of the frames in pixels, None for the photo's own up to `DEFAULT_SIDE`, "original" for the
    photo's own in any case; seed: blinks and idle movement;
    idle: what moves head, brows and lids beside the lips: "autoregressive" or "vae" (learned, `learned_idle`), or
    "hand" (`idle`); polish: True, False, or some of `polish.STAGES` with commas between: steady the driving
    points, bring back the detail that resampling took, match the colours of what is painted; generator: "warp" moves
    the photo's pixels and draws teeth and lids, "gan" has the trained animator repaint mouth and eyes,
    "auto" is the one of the two that `course evaluate` finds better; device: what calculates its networks and reads the
    photo for them, "cpu", "cuda" or "mps"; voice, rate, pitch: who says a text (None for the
    best of its script), at how many times the voice's own pace, so many semitones above its own pitch; force: go on
    where the photo shows no mouth; background, logo, logo_at, subtitles: see `finish`. What is put in when the film is
    saved: watermark: an invisible mark; consent: a statement, the Path of a file with one, or False, kept in the signed
    manifest; label: words that people see, the Path of a picture, or "auto", in label_corner and label_language. What
    each may be says `settings.SETTINGS`.
    """

    fps: float | None = None
    seed: int = 0
    head: float | str = 1.0
    gaze: str | None = None
    eyes_open: float = 1.0
    lips_open: float = 1.0
    strength: float | str | None = None
    expression: str | None = None
    face: str | int | None = None
    driving_face: int | None = None
    relative: bool = True
    size: int | str | None = None
    voice: str | None = None
    rate: float = 1.0
    pitch: float = 0.0
    polish: bool | str = True
    generator: str = "auto"
    device: str = "cpu"
    idle: str = "autoregressive"
    force: bool = False
    background: str | None = None
    logo: str | None = None
    logo_at: str | None = None
    subtitles: str | None = None
    watermark: bool = True
    consent: str | Path | bool | None = None
    label: str | Path | None = None
    label_corner: str = "bottom-right"
    label_language: str = "en"


MOUTH_SHOWN = 0.75  # share of the lips' points that a photo should show
AUTO = "gan"  # what "auto" means: data/animator.md has the figures
DEFAULT_SIDE = 1280  # px: more takes minutes, and shows little more of a face


@dataclass
class Actor:
    """One face of the photo: its 78 points, its fitted face, and the picture taken apart for moving."""

    points: np.ndarray
    face: face_model.Face
    portrait: portrait.Portrait

    def frame(self, values: np.ndarray, beside: np.ndarray | None = None, matched: bool = False) -> np.ndarray:
        """The whole photo with this face posed by channel values (57,), or more as in `motion.inside`, and points moved
        beside them, (78, 2) as in `face.posed_points`: uint8 (H, W, 3). matched: as in `Portrait.render`."""
        values, out, breath = inside.parted(values)
        return self.portrait.render(self._posed(values, beside), matched=matched, tongue=out,
                                    breath=breath)

    def clear_frame(self, values: np.ndarray, beside: np.ndarray | None, still: np.ndarray,
                    matched: bool = False) -> tuple:
        """As `frame`, and how much of each pixel is the person, float32 (H, W); still: the same in the photo."""
        values, *rest = inside.parted(values)
        return self.portrait.render_clear(self._posed(values, beside), still, matched, *rest)

    def mask(self, values: np.ndarray, beside: np.ndarray | None = None) -> np.ndarray:
        """How far each pixel of that frame may differ from the photo: float32 (H, W)."""
        values, _, breath = inside.parted(values)
        return self.portrait.mask_at(self._posed(values, beside), breath=breath)

    def _posed(self, values, beside) -> np.ndarray:
        """The points of a frame, its head turned as far as the photo can show: (78, 2)."""
        return posing.posed_points(self.face, posing.in_sight(values, self.face.rest), beside)


def animate(photo, text=None, audio=None, driving=None, motion=None, **settings) -> video.Clip:
    """Make the person in a photo speak and move.

    Args:
        photo: path, PIL image or array (see `images.as_image`); or the path of a film, whose person then says a text
            or a sound: lips and jaw are driven, all else is the film's (`film_source`).
        text, audio, driving, motion: exactly one of: a sentence; a sound file; a video of a face; a `Motion`
            or the path of a saved one, taken as movement away from the photo's own expression. A video and a sentence
            or a sound file go together: head, eyes and brows of the video, lips and sound of the other.
        settings: fields of `Settings`; None is the default.
    Returns:
        Clip: frames are made when it is saved, shown or iterated, so its length costs no memory.
    Raises:
        errors.CourseError: one line that says what is wrong and what to do.
    """
    speaks = driving is not None and (text is not None) != (audio is not None) and motion is None
    film = paths.regular_file(driving, *FILES["driving"]) if speaks else None
    name, value = _drive({"text": text, "audio": audio, "driving": None if speaks else driving, "motion": motion})
    options = _settings(settings)
    if options.driving_face is not None and driving is None:
        raise errors.CourseError("driving_face is a face of the driving video: give a driving video, too")
    finishing = finish.Finish(options, name)
    if film_source.is_film(photo):
        film_source.check(name if film is None else "driving", settings)
        return _speaking_film(photo, name, value, options, finishing, settings)
    photo = _photo(photo)
    whole = images.as_image(photo)
    stamped = marking.stamp_for([photo], name if film is None else f"driving and {name}", options, settings)
    image = _sized(whole, options.size)
    # Words and sound are checked before the photo is analysed: a wrong voice should not take seconds to say. While
    # another process speaks, there is time for the photo.
    look = (image, options.face, options.generator, whole, options.force, options.device)
    looked = cast(*look) if ahead.speaking() else None
    drive = DRIVES[name](value, options) if film is None else drive_dubbed(film, name, value, options)
    direction.check_ends(options, drive.motion.duration)
    options = replace(options, **drive.asked)
    actors = looked or cast(*look)
    tracks = [drive.rows(actor.face, options) for actor in actors]
    beside = drive.beside(options)
    image = finishing.prepare(photo, image, [actor.portrait for actor in actors])
    return video.Clip(
        lambda: finishing.over(render(image, actors, tracks, options, beside, finishing.still), drive.motion.fps),
        fps=drive.motion.fps,
        audio=drive.audio,
        sample_rate=drive.sample_rate,
        n_frames=len(tracks[0]),
        sources=[source.absolute() for source in (photo, value, film, *finishing.sources) if isinstance(source, Path)],
        stamp=stamped,
    ).with_texts(finishing.texts(drive.cues), drive.cues)


def _speaking_film(film, name: str, value, options: Settings, finishing: finish.Finish, given: dict) -> video.Clip:
    """The person of a film says something else: see `film_source`."""
    film = paths.regular_file(film, errors.VideoError, "a film")
    stamped = marking.stamp_for([film], name, options, given, "film")
    side = film_source.side_of(film, options, DEFAULT_SIDE)
    # of what a drive brings beside the lips nothing is used, so it is made in the quickest way
    drive = DRIVES[name](value, replace(options, fps=film_source.rate_of(film, options), expression="neutral",
                                        idle="hand", head=0.0))
    networks = film_source.networks_for(AUTO if options.generator == "auto" else options.generator, options.device)
    said = film_source.speak(film, drive, options, side, networks)
    sources = [source.absolute() for source in (value, *finishing.sources) if isinstance(source, Path)]
    return video.Clip(lambda: finishing.over(iter(said), said.fps), said.fps, said.audio, said.sample_rate, len(said),
                      [*said.sources, *sources], stamped).with_texts(finishing.texts(drive.cues), drive.cues)


def generate_animation(image, text: str) -> video.Clip:
    """A photo and a sentence: the whole system under its shortest name."""
    return animate(image, text=text)


# ---------------------------------------------------------------- the photo


def cast(image: np.ndarray, face=None, generator: str = "auto", whole: np.ndarray | None = None,
         force: bool = False, device: str = "cpu") -> list:
    """The chosen faces of a picture, uint8 (H, W, 3), as `Actor`s, largest first; face, generator, force, device: as in
    `Settings`.

    whole: the photo as it was given, where `image` (H, W, 3) is a smaller copy: what is too small for the copy is
    looked for there.

    Raises:
        errors.FaceError: no face, one too small, several and none chosen, no such number, no mouth to be seen;
        errors.WeightsError.
    """
    points = _found(image, face, whole)
    for row in points:
        check_mouth(image, row, force)
    return [make_actor(image, found, generator, device) for found in points]


def check_mouth(image: np.ndarray, points: np.ndarray, force: bool) -> None:
    """A mouth that the photo, uint8 (H, W, 3), does not show would be made up; points: (78, 2).

    Raises `errors.FaceError`, or with `force` says it in the log.
    """
    if landmarks.share_inside(points[landmarks.LIPS_OUTER], image.shape) < MOUTH_SHOWN:
        why = "the photo ends before the mouth does"
    elif covered.probability(image, points) >= covered.LIMIT:
        why = "something covers the mouth, a mask perhaps"
    else:
        return
    if not force:
        raise errors.FaceError(f"{why}: use a photo that shows the whole face, or --force (force=True), which makes "
                               "a mouth up")
    log.warning("%s: it is made up", why)


def _found(image: np.ndarray, face, whole: np.ndarray | None) -> np.ndarray:
    boxes = detector.detect_faces(image)
    scale = 1.0 if whole is None else max(image.shape[:2]) / max(whole.shape[:2])
    if scale >= 1:
        return find.find_points(image, choose.choose_faces(boxes, face, image))
    in_whole = detector.detect_faces(whole)
    chosen = choose.choose_faces(in_whole, face, whole)
    choose.check_scaled(chosen, scale, image.shape[:2])
    if len(boxes) == len(in_whole) and choose.smallest_side(chosen) * scale >= choose.MIN_FACE:
        return find.find_points(image, choose.choose_faces(boxes, face, image))
    # middles of pixels: x' = s (x + 1/2) - 1/2
    return (find.find_points(whole, chosen) + 0.5) * np.float32(scale) - np.float32(0.5)


def make_actor(image: np.ndarray, points: np.ndarray, generator: str = "auto", device: str = "cpu") -> Actor:
    """Everything about one face that is worked out once.

    Args:
        image: uint8 (H, W, 3); points: (78, 2) in pixels; generator, device: as in `Settings`.
    Raises:
        errors.FaceError: points of another shape, or not numbers; errors.WeightsError: weights are missing;
        errors.CourseError: no such device here.
    """
    networks = portrait.load_networks(device) if (AUTO if generator == "auto" else generator) == "gan" else {}
    return Actor(points, face_model.fit_face(points), portrait.Portrait(image, points, **networks))


# ---------------------------------------------------------------- what moves it


@dataclass
class Drive:
    """Movement and, where there is one, the sound that goes with it.

    mode: how the motion meets the photo: "speech", "offset", "relative" or "absolute" (see `motion.values_for`);
    asked: settings that the text itself asks for, by its marks; lips: what speaks in the place of the motion's own
    mouth, or None; cues: what is said, as subtitles (`speech.captions`), where the words are known; breath: (T,)
    from 0 to 1, of who speaks or as a saved motion has it; None where the motion itself is somebody's.
    """

    motion: motion.Motion
    mode: str
    audio: np.ndarray | None = None
    sample_rate: int | None = None
    asked: dict = field(default_factory=dict)
    lips: motion.Motion | None = None
    cues: list | None = None
    breath: np.ndarray | None = None

    def values(self, face: face_model.Face, options: Settings) -> np.ndarray:
        """What a photo's face does: channel values (T, 57)."""
        values = transfer.values_for(self.motion, face, self.mode, options)
        if self.lips is None:
            return values
        return dubbing.dubbed(values, transfer.values_for(self.lips, face, "speech", options))

    def rows(self, face: face_model.Face, options: Settings) -> np.ndarray:
        """The same with the tongue behind them, and the breath: (T, 58) or (T, 59)."""
        rows = inside.with_tongue(self.values(face, options), self.lips or self.motion, options)
        return rows if self.breath is None else inside.with_breath(rows, self.breath, options)

    def beside(self, options: Settings) -> np.ndarray | None:
        """What its points do beside the channels: (T, 78, 2), or None."""
        beside = transfer.beside_for(self.motion, self.mode, options)
        return beside if self.lips is None else dubbing.without_mouth(beside)


def drive_by_text(text: str, options: Settings) -> Drive:
    """A sentence -> speech, lips, idle movement, and what its marks ask for."""
    from .motion import marks
    from .speech import captions, manner

    text, marked = marks.parted(text)
    spoken = ahead.said(text, options.voice, manner.Manner(options.rate, options.pitch))
    lips = motion_spoken.from_speech(spoken, fps=options.fps or motion.FPS)
    asked = marks.merged(options, marked, marks.moments(text, marked, spoken.phonemes))
    delivery = motion_spoken.delivery(text, spoken)
    moved = with_idle(lips, replace(options, **asked), delivery)
    cues = captions.of_speech(text, spoken) if options.subtitles else None
    return Drive(moved, "speech", spoken.samples, spoken.sample_rate, asked, cues=cues,
                 breath=breathing.of_film(len(moved), moved.fps, options.seed, delivery.phrases))


def drive_by_audio(path, options: Settings) -> Drive:
    """A recording -> lips by the audio network, idle movement."""
    from .io import sound
    from .speech import hearing

    samples, rate = sound.load_audio(path)
    heard = hearing.hear(samples, rate)
    lips = motion_spoken.from_audio(heard, fps=options.fps or motion.FPS)
    delivery = motion_spoken.delivery_of_sound(heard)
    return Drive(with_idle(lips, options, delivery), "speech", samples, rate,
                 breath=breathing.of_film(len(lips), lips.fps, options.seed, delivery.phrases))


def drive_by_video(path, options: Settings) -> Drive:
    """A video of one face -> its motion, and its sound if it has any."""
    from .io import sound

    # Sound first: it is read in a moment, and tracking takes minutes that a sound that cannot be used would waste.
    info = decoding.probe(path)
    samples, rate = sound.film_sound(path) if info.has_audio else (None, None)
    return Drive(_followed(path, info, options), _manner(options), samples, rate)


def drive_dubbed(film, name: str, value, options: Settings) -> Drive:
    """Head, eyes and brows of a driving film; lips, sound and length of a sentence or a recording.

    name: "text" or "audio", value: what it is; as long as it is heard, see `dubbing.lasting`.
    """
    info = decoding.probe(film)
    options = replace(options, fps=options.fps or _kept_rate(info.fps, "the driving video"))
    said = DRIVES[name](value, options)
    moved = dubbing.lasting(_followed(film, info, options), len(said.motion))
    return replace(said, motion=moved, mode=_manner(options), lips=said.motion, breath=None)


def _followed(path, info, options: Settings) -> motion.Motion:
    from .motion import tracking

    fps = options.fps or _kept_rate(info.fps, "the driving video")
    return tracking.track_video(path, fps=fps, steady=stages.wants(options.polish, "steady"),
                                face=options.driving_face or 0)


def _manner(options: Settings) -> str:
    return "relative" if options.relative else "absolute"


def drive_by_motion(given, options: Settings) -> Drive:
    """A Motion, or a file of one: movement away from the photo's own expression."""
    loaded = given if isinstance(given, motion.Motion) else motion.Motion.load(given)
    moved = loaded.resample(options.fps or _kept_rate(loaded.fps, "the motion"))
    return Drive(moved, "offset", breath=moved["breath"] if "breath" in moved.channels else None)


def _kept_rate(fps: float, whose: str) -> float:
    kept = motion.kept_rate(fps)
    if kept != fps:
        log.warning("%s has %g frames a second: %g are made (--fps for another number)",
                                            whose, fps, kept)
    return kept


DRIVES = {"text": drive_by_text, "audio": drive_by_audio, "driving": drive_by_video, "motion": drive_by_motion}


def with_idle(lips: motion.Motion, options: Settings, delivery=None) -> motion.Motion:
    """Spoken lips, what a face does beside them, and what it shows of the mood of what is said: all 57 channels, and
    the tongue where the lips have one.

    delivery: a `motion.Delivery`, or None for no stress and no mood; options: `head`, `idle`, `seed` and `expression`
    count.
    """
    delivery = delivery or motion_spoken.Delivery()
    accents, questions, head = delivery.accents, delivery.questions, direction.head_strength(options.head)
    if options.idle == "hand":
        from .motion import idle

        moved = idle.idle_motion(len(lips), fps=lips.fps, seed=options.seed, strength=head, accents=accents,
                                 questions=questions)
    else:
        from .motion import learned_idle

        moved = learned_idle.idle_motion(lips, options.seed, head, accents, options.idle, questions=questions)
    mood = direction.auto_share(options.expression, (np.arange(len(lips)) + 0.5) / lips.fps)
    shown = expressive.of_phrases(delivery.phrases, lips, mood, head)
    return motion.of_rows(lips.full() + moved.full() + shown.full(), lips)


# ---------------------------------------------------------------- the film


def render(image: np.ndarray, actors: list, tracks: list, options: Settings, beside=None, still=None):
    """Frames one after the other: every actor posed by their (T, 57) values, laid into the same photo.

    beside: what points do beside the channels, (T, 78, 2) from `transfer.beside_for`, or None; still: float32 (H, W),
    how much of each pixel of the photo is person, where frames shall have alpha, (H, W, 4).
    """
    detailed, matched = stages.wants(options.polish, "detail"), stages.wants(options.polish, "colour")
    restorers = [sharpness.Restorer(image, actor.portrait.mask) for actor in actors] if detailed else actors
    rooms = _rooms([actor.portrait.core for actor in actors]) if len(actors) > 1 else [None]

    def draw(moment):
        frame, (off, *poses) = None, moment
        for actor, restorer, values, room in zip(actors, restorers, poses, rooms):
            theirs, alpha = ((actor.frame(values, off, matched), None) if still is None
                             else actor.clear_frame(values, off, still, matched))
            if detailed:
                theirs = restorer.restore(theirs)
            if alpha is not None:
                theirs = backdrop.straight(theirs, alpha)
            frame = theirs if frame is None else lay_in(frame, theirs, actor.mask(values, off) * room)
        return frame

    offs = [None] * len(tracks[0]) if beside is None else beside
    return parallel.ordered_map(draw, zip(offs, *tracks), parallel.workers_for(options.device))


def _rooms(cores: list) -> list:
    """Where each person may be laid over those before, by their `Portrait.core`: float32 (H, W) each. A chest that
    breathes in front of another's face would take back what that one says."""
    rooms, taken = [], np.zeros_like(cores[0])
    for core in cores:
        rooms.append(1 - taken * (1 - core))
        taken = np.maximum(taken, core)
    return rooms


def lay_in(frame: np.ndarray, theirs: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """One more face laid into a frame: uint8 (H, W, 3) twice, weight (H, W) -> uint8 (H, W, 3)."""
    weight = mask.astype(np.float32)
    return cv2.blendLinear(theirs, frame, weight, 1 - weight)


# ---------------------------------------------------------------- what was given


def _drive(given: dict) -> tuple:
    """The one of text, audio, driving and motion that is there: its name and its value, of the right type."""
    named = [name for name, value in given.items() if value is not None]
    if len(named) != 1:
        raise errors.CourseError(f"give exactly one of text, audio, driving, motion; got {', '.join(named) or 'none'}")
    name, value = named[0], given[named[0]]
    if name == "text":
        if not isinstance(value, str):
            raise errors.TextError(f"text must be a string of words, not {settings_table.shown(value)}")
        return name, str(value)
    if isinstance(value, motion.Motion) and name == "motion":
        return name, value
    return name, paths.regular_file(value, *FILES[name])


# what stands in the file of each, and the error that says it does not
FILES = {"audio": (errors.AudioError, "a sound file"), "driving": (errors.VideoError, "a video"),
         "motion": (errors.MotionError, "a saved motion")}


def _photo(photo):
    """The photo as `images.as_image` takes it, a name as a path."""
    if isinstance(photo, (str, bytes, os.PathLike)):
        return paths.given(photo, errors.ImageError, "a picture")
    if hasattr(photo, "convert"):
        return photo
    try:
        return np.asarray(photo)
    except (TypeError, ValueError):  # rows of several lengths
        raise errors.ImageError("the photo must be a path, a picture or an array (H, W, 3), not "
                                f"{settings_table.shown(photo)}") from None


def _settings(given: dict) -> Settings:
    options = replace(Settings(), **settings_table.checked(given))
    check_device(options)
    return options


def check_device(options: Settings) -> None:
    """Raises `errors.CourseError` where a device is named that is not there, or would have nothing to do: before
    anybody speaks."""
    if options.device != "cpu" and options.generator == "warp":
        raise errors.CourseError(f"the warp has no networks that {options.device} could calculate: leave device or "
                                 "generator out")
    devices.check(options.device)


def _sized(image: np.ndarray, size) -> np.ndarray:
    """The picture with its longer side at `size` pixels; with what there is to say about it in the log."""
    longer = max(image.shape[:2])
    shape, shown = image.shape[:2], f"{image.shape[1]}x{image.shape[0]} px"
    if size is None and longer > DEFAULT_SIDE or isinstance(size, int) and size != longer:
        scale = (size or DEFAULT_SIDE) / longer
        shape = [max(16, round(side * scale)) for side in shape]
    height, width = shape
    encoding.check_size(width, height)
    if size is None and longer > DEFAULT_SIDE:
        log.warning("the photo is %s, the film %dx%d: size original keeps the photo's own", shown, width, height)
    elif not encoding.plays_anywhere(width, height):
        log.warning("a film of %dx%d px is beyond level 5.2 of H.264: many players will not show it, and making it "
                    "takes long", width, height)
    if (height, width) == image.shape[:2]:
        return image
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if max(shape) < longer else cv2.INTER_CUBIC)
