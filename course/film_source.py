"""A film as the source: the person in it says something else.

    film -> shots (points, a reference) -+
    text or sound -> lips ---------------+-> FilmMouth, frame by frame -> Clip

Lips and jaw are driven; head, eyes, brows and all that is around them are the film's. Where a frame's mouth cannot be
found the film's own stays. A film that is longer than what is said goes on with its lips at rest; one that is shorter
runs back and forth until all is said.
"""

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np

from . import errors, parallel, paths
from .face import channels, posing
from .face import model as face_model
from .io import back_and_forth, decoding, video
from .motion import film_person, inside, motion, transfer
from .polish import filters, stages
from .rendering import film_mouth, portrait

log = logging.getLogger("course")

FADE = 3  # frames in which the film's own mouth comes and goes
ENDINGS = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".ogv", ".wmv", ".flv")
PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*")
FILMS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"qt  ", b"M4V ", b"MSNV", b"dash")
ANGLES = np.array([channels.INDEX[name] for name in ("headPitch", "headYaw")])
# What has nothing to do in a film whose head, eyes and brows are its own.
IDLE_SETTINGS = {"expression": "expressions", "head": "movement of the head", "idle": "idle movement",
                 "relative": "a driving video", "face": "a choice of faces", "seed": "idle movement",
                 "force": "a photo whose mouth is hidden", "background": "a photo", "gaze": "the eyes of a photo",
                 "eyes_open": "the eyes of a photo", "driving_face": "a driving video", "strength": "a driving video"}


def is_film(source) -> bool:
    """Whether a photo's place is taken by a film: by the first bytes of the file, or by its name's ending."""
    if not isinstance(source, (str, bytes, Path)):
        return False
    path = paths.given(source, errors.ImageError, "a picture")
    try:
        if not path.is_file():  # opening a pipe would wait for whoever fills it
            return path.suffix.lower() in ENDINGS
        with open(path, "rb") as file:
            head = file.read(12)
    except (OSError, ValueError):
        return path.suffix.lower() in ENDINGS
    if head.startswith(PICTURES) or head[8:12] == b"WEBP":  # whatever its name says
        return False
    return path.suffix.lower() in ENDINGS or head[:4] == b"\x1aE\xdf\xa3" or head[8:12] == b"AVI " or (
        head[4:8] == b"ftyp" and head[8:12] in FILMS)


def check(drive: str, given: dict) -> None:
    """What a film as the source can do: drive is the name of what moves it, given the settings that were named.

    Raises `errors.CourseError`: it is moved by something that does not speak, or a setting would do nothing.
    """
    if drive not in ("text", "audio"):
        raise errors.CourseError(f"the source is a film, which says a text or a sound: {drive} moves a photo, so give "
                                 "one of the two")
    for name, value in given.items():
        if name in IDLE_SETTINGS and value is not None:
            raise errors.CourseError(f"a film as the source keeps its own head, eyes and brows: leave out {name}, "
                                     f"which is for {IDLE_SETTINGS[name]}")


def rate_of(path, options) -> float:
    """Frames a second of the film that is made. Raises `errors.VideoError`."""
    return options.fps or motion.kept_rate(decoding.probe(path).fps)


def side_of(path, options, most: int) -> int | None:
    """The longer side of its frames in pixels, None for the film's own; most: where nothing is said."""
    if options.size == "original":
        return None
    longer = max(decoding.probe(path).size)
    side = options.size or most
    if longer > side and not options.size:
        log.warning("the film is %d px on its longer side, what is made %d: size original keeps its own", longer, side)
    return side if longer > side else None


def speak(path, drive, options, side: int | None, networks: dict) -> video.Clip:
    """A film whose person says something else.

    Args:
        path: the film; drive: `animation.Drive`, lips at the film's rate and their sound; options:
        `animation.Settings`; side: the longer side of the frames, or None; networks: of `portrait.load_networks`,
        or {}.
    Returns:
        Clip: frames are made when it is saved, shown or iterated; its sound is the drive's alone.
    Raises:
        errors.VideoError, errors.FaceError: it does not decode, or shows no face that can be followed.
    """
    fps = drive.motion.fps
    shots = film_person.survey(path, fps, side)
    frames = shots[-1].stop
    total = max(frames, len(drive.motion))
    if total - frames > fps / 10:  # a frame more or less is nobody's business
        log.warning("the sound is %.1f s longer than the film, which runs back and forth", (total - frames) / fps)
    order = back_and_forth.order(frames, total)
    lips = _lips_only(drive.motion, total)
    return video.Clip(lambda: _render(path, shots, order, lips, options, side, networks), fps, drive.audio,
                      drive.sample_rate, total, sources=[Path(path).absolute()])


def _lips_only(moved: motion.Motion, total: int) -> motion.Motion:
    """The lips' channels of a motion and its tongue, at rest once it has ended: (total, 58)."""
    names = (*channels.CHANNELS, "tongueOut")  # the breath is the film's
    values = np.zeros((total, len(names)), np.float32)
    values[: len(moved)] = np.column_stack([moved.full() * transfer.LIPS, moved["tongueOut"]])
    return motion.Motion(values, names, moved.fps)


def _render(path, shots, order, lips, options, side, networks):
    """Frames one after the other, uint8 (H, W, 3)."""
    frames = back_and_forth.read(path, shots[-1].stop, len(order), lips.fps, side)
    number_of = np.concatenate([np.full(len(shot.points), k) for k, shot in enumerate(shots)])
    current = {"shot": None, "plan": None}

    def moments():
        for at, (film_frame, frame) in enumerate(zip(order, frames)):
            shot = number_of[film_frame]
            if shot != current["shot"]:
                current.update(shot=shot, plan=Plan(shots[shot], lips, options, networks))
            yield current["plan"], at, film_frame, frame

    def draw(moment):
        plan, at, film_frame, frame = moment
        return plan.draw(at, film_frame, frame)

    return parallel.ordered_map(draw, moments(), parallel.workers_for(options.device))


class Plan:
    """One shot, ready to be drawn.

    shot: of `film_person.survey`; lips: Motion of all the film that is made; options: `animation.Settings`; networks:
    of `networks_for`. person: its `face.Face`, in the reference; values: (T, 58), what it does at each moment.
    """

    def __init__(self, shot: film_person.Shot, lips: motion.Motion, options, networks: dict):
        self.shot, self.shares = shot, presence(shot.known)
        if shot.shut is None or not shot.known.any():
            self.shares = np.zeros(len(shot.known), np.float32)
            return
        at = _points_in(shot, shot.shut)
        self.person = face_model.fit_face(at)
        self.turns = turns(self.person, shot.points, lips.fps)
        opened = None if shot.opened is None else (shot.opened.pixels, _points_in(shot, shot.opened))
        still = replace(options, expression="neutral")
        self.values = inside.rows_for(lips, self.person, "speech", still)
        self.mouth = film_mouth.FilmMouth(shot.shut.pixels, at, opened, networks,
                                          stages.wants(options.polish, "detail"))

    def draw(self, at: int, film_frame: int, frame: np.ndarray) -> np.ndarray:
        """The frame at one moment: uint8 (H, W, 3)."""
        number = film_frame - self.shot.start
        if self.shares[number] <= 0:
            return frame
        return self.mouth.draw(frame, self.shot.points[number], self.posed(at, number), float(self.shares[number]),
                               inside.parted(self.values[at])[1])

    def posed(self, at: int, number: int) -> np.ndarray:
        """Where the points are in the reference at one moment, for one frame of the shot: (78, 2)."""
        values = inside.parted(self.values[at].astype(np.float64))[0]
        values[ANGLES] += self.turns[number]
        return posing.posed_points(self.person, values)


def _points_in(shot: film_person.Shot, picture: film_person.Picture) -> np.ndarray:
    """Where the face is in a picture of a shot: float64 (78, 2)."""
    return shot.points[picture.number].astype(np.float64) - picture.corner


def presence(known: np.ndarray) -> np.ndarray:
    """How much of the new mouth a frame shows: 0 where the film's own is not known, 1 from `FADE` frames beside it on,
    float32 (n,)."""
    from scipy.ndimage import distance_transform_edt

    if known.all():
        return np.ones(len(known), np.float32)
    return np.minimum(distance_transform_edt(known) / FADE, 1).astype(np.float32)


def turns(person: face_model.Face, points: np.ndarray, fps: float) -> np.ndarray:
    """How far the head is turned from the reference in each frame, pitch and yaw in degrees: points (n, 78, 2) in
    pixels -> (n, 2)."""
    angles, _, _ = face_model.fit_pose(_stable(points), person.shape)
    rest = face_model.fit_pose(_stable(face_model.pose_points(person, person.rest)[None]), person.shape)[0]
    away = transfer.limit_turn(angles - rest)[:, :2]
    ways = [filters.one_euro(way / 30, fps, 2.0, 10.0) for way in (away, away[::-1])]
    return (ways[0] + ways[1][::-1]) / 2 * 30


def _stable(points: np.ndarray) -> np.ndarray:
    """Points (n, 78, 2) of which only those count that speech does not move; the others are NaN."""
    kept = np.full(points.shape, np.nan)
    kept[:, film_mouth.HELD] = points[:, film_mouth.HELD]
    kept[:, 70:] = points[:, 70:]
    return kept


def networks_for(generator: str, device: str = "cpu") -> dict:
    """The animator's networks where the generator takes them, "gan", or {}; device: as in `animation.Settings`.

    Raises `errors.WeightsError`, or `errors.CourseError` without such a device.
    """
    return portrait.load_networks(device)["animator"] if generator == "gan" else {}
