"""A film made in a thread of its own, which tells how far it is and can be stopped."""

import contextlib
import logging
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest import mock

from ... import animation, errors, stopping
from ... import settings as settings_table
from ...face import channels
from ...io import video
from ...motion import motion
from .. import analyses

log = logging.getLogger("course")

STEP = 0.1  # seconds between two words about progress
FILM, TABLE, MOTION = "portrait.mp4", "portrait.csv", "portrait.npz"
GIF = "portrait.gif"
_one_at_a_time = threading.Lock()  # what stands before `animate` for a while stands there for the whole process


@dataclass(frozen=True)
class Order:
    """What to make: the photo's file, {"text": words} or {"audio": path}, settings of `course.animate`, and a folder
    for what comes out."""

    photo: Path
    drive: dict
    settings: dict
    folder: Path


@dataclass
class Film:
    """What came out. clip: to make it again in another format; motion: movement away from the photo's own expression,
    which `course.animate(photo, motion=...)` shows again; files: {name: path}; seconds: that it took."""

    clip: video.Clip
    motion: motion.Motion
    files: dict = field(default_factory=dict)
    seconds: float = 0.0


class Rendering(threading.Thread):
    """Work that goes on while the page stays alive.

    work: called with `tell(words, done, total)`, which raises `stopping.Stopped` once it is to end; told: called with
    the same three; ended: called with what `work` gave, or with the exception. Both are called from this thread.
    """

    def __init__(self, work, told, ended):
        super().__init__(name="course-studio", daemon=True)
        self.work, self.told, self.ended = work, told, ended
        self._stop_asked, self._last = threading.Event(), 0.0

    def run(self) -> None:
        """Do the work."""
        try:
            result = self.work(self.tell)
        except (Exception, stopping.Stopped) as problem:
            if not isinstance(problem, (errors.CourseError, stopping.Stopped)):
                log.exception("the studio's work failed")
            result = problem
        self.ended(result)

    def stop(self) -> None:
        """End it at its next step."""
        self._stop_asked.set()

    def tell(self, words: str, done: int = 0, total: int = 0) -> None:
        """How far it is; not more often than can be seen. Raises `stopping.Stopped`."""
        if self._stop_asked.is_set():
            raise stopping.Stopped
        now = time.monotonic()
        if now - self._last >= STEP or not total or done == total:
            self._last = now
            self.told(words, done, total)


def make(order: Order, cache: analyses.Cache, tell) -> Film:
    """The film of an order. Raises `errors.CourseError`; `tell` as `Rendering` gives it."""
    begin = time.perf_counter()
    tell("reading the photo and the words")
    seen = []
    with _one_at_a_time, analyses.in_use(cache), _seen(seen):
        clip = animation.animate(order.photo, **order.drive, **order.settings)
    _, actors = cache.items()[-1]
    film = Film(clip, _motion_of(seen[-1], actors[0], order.settings))
    film.files[FILM] = save(clip, order.folder / FILM, tell)
    for name in (MOTION, TABLE):
        film.files[name] = film.motion.save(order.folder / name)
    film.seconds = time.perf_counter() - begin
    return film


def save(clip: video.Clip, path: Path, tell) -> Path:
    """A clip as a file, with `tell` told of every frame."""
    return clip.save(path, progress=lambda done, total: tell("drawing frames", done, total or 0))


@contextlib.contextmanager
def _seen(kept: list):
    """A context in which each `Drive` that `animate` makes is kept as well."""

    def keeping(drive):
        def call(value, options):
            kept.append(drive(value, options))
            return kept[-1]

        return call

    with mock.patch.dict(animation.DRIVES, {name: keeping(drive) for name, drive in animation.DRIVES.items()}):
        yield


def _motion_of(drive: animation.Drive, actor: animation.Actor, settings: dict) -> motion.Motion:
    """What the face does, away from the photo's own expression."""
    options = replace(animation.Settings(), **settings_table.checked(settings) | drive.asked)
    rows = drive.rows(actor.face, options)
    rows[:, : len(channels.CHANNELS)] -= actor.face.rest
    return motion.Motion(rows, channels.MOTION_CHANNELS[: rows.shape[1]], drive.motion.fps)
