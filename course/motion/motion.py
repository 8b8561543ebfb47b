"""`Motion`: named channels over time. Text, sound, a driving video and a slider all make one of these."""

import csv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import errors, paths
from ..face import channels as face_channels
from ..keypoints import landmarks
from . import editing

FPS = 25.0  # frames a second where nothing else says how many
FASTEST = 60.0  # and the most that a film's own rate makes


@dataclass
class Motion(editing.Editing):
    """Channels over time; `editing.Editing` has what cuts, joins and turns them.

    values: float32 (T, C), 0 to 1 for blendshapes and tongue, degrees, eye distances and a ratio for the head;
    channels: C names out of `face.MOTION_CHANNELS`; fps: frames a second; beside: float32 (T, 78, 2) or None, what the
    points of a film do that no channel does (`face.beside_model`). A channel that is not named rests at 0. Raises
    `errors.MotionError`: values of another shape or that are no numbers, unknown or repeated channels, no fps.
    """

    values: np.ndarray
    channels: tuple = face_channels.CHANNELS
    fps: float = FPS
    beside: np.ndarray | None = None

    def __post_init__(self):
        try:
            self.values = np.asarray(self.values, dtype=np.float32)
        except (TypeError, ValueError):
            raise errors.MotionError("motion values must be numbers, (frames, channels)") from None
        self.channels = tuple(self.channels)
        self.fps = float(self.fps)
        unknown = [name for name in self.channels if name not in face_channels.MOTION_CHANNELS]
        if unknown:
            raise errors.MotionError(f"unknown motion channel {unknown[0]!r}: see course.face.MOTION_CHANNELS")
        if len(set(self.channels)) < len(self.channels):
            raise errors.MotionError("a motion channel is named twice: give each one column")
        if self.values.ndim != 2 or self.values.shape[1] != len(self.channels) or not len(self.values):
            raise errors.MotionError(f"motion values must have shape (frames, {len(self.channels)}) with a frame "
                                     f"or more; these have {self.values.shape}")
        if not np.isfinite(self.values).all():
            raise errors.MotionError("motion values hold NaN or infinity: mend the frames they come from")
        if self.beside is not None:
            self.beside = np.asarray(self.beside, np.float32)
            if self.beside.shape != (len(self.values), landmarks.N_POINTS, 2) or not np.isfinite(self.beside).all():
                raise errors.MotionError(f"what points do beside the channels must be numbers of shape "
                                         f"({len(self.values)}, {landmarks.N_POINTS}, 2), not {self.beside.shape}")
        if not 0 < self.fps < float("inf"):
            raise errors.MotionError(f"frames a second must be above 0 and finite, not {self.fps}")

    def __len__(self) -> int:
        return len(self.values)

    @property
    def duration(self) -> float:
        """How long it is: seconds."""
        return len(self) / self.fps

    def __getitem__(self, name: str) -> np.ndarray:
        """One channel over time, (T,); zeros if this motion does not hold it.

        Raises `errors.MotionError`: no such channel.
        """
        if name not in face_channels.MOTION_CHANNELS:
            raise errors.MotionError(f"unknown motion channel {name!r}: see course.face.MOTION_CHANNELS")
        if name in self.channels:
            return self.values[:, self.channels.index(name)]
        return np.zeros(len(self), np.float32)

    def full(self) -> np.ndarray:
        """The channels that points show, in the order of `face.CHANNELS`: (T, 57)."""
        values = np.zeros((len(self), len(face_channels.CHANNELS)), np.float32)
        for column, name in enumerate(self.channels):
            if name in face_channels.INDEX:
                values[:, face_channels.INDEX[name]] = self.values[:, column]
        return values

    def resample(self, fps: float) -> "Motion":
        """The same motion at another frame rate, by linear interpolation: (T, C) -> (round(T fps / own fps), C)."""
        if fps == self.fps:
            return self
        count = max(1, round(self.duration * fps))
        at = np.clip((np.arange(count) + 0.5) / fps * self.fps - 0.5, 0, len(self) - 1)
        before = np.floor(at).astype(int)
        after, values = np.minimum(before + 1, len(self) - 1), self.values.astype(np.float64)
        beside = None
        if self.beside is not None:
            flat = self.beside.reshape(len(self), -1).astype(np.float64)
            beside = in_between(flat[before], flat[after], at - before).reshape(count, *self.beside.shape[1:])
        return Motion(in_between(values[before], values[after], at - before), self.channels, fps, beside)

    def save(self, path) -> Path:
        """Write a .npz, or by the name's ending a .csv (which leaves `beside` out), that `Motion.load` reads; returns
        its path. Raises `errors.OutputError`: it cannot be written.
        """
        path = paths.given(path, errors.OutputError, "a motion")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix.lower() == ".csv":
                with open(path, "w", encoding="utf-8", newline="") as file:
                    editing.write_table(file, self.values, self.channels, self.fps)
                return path
            with open(path, "wb") as file:
                more = {} if self.beside is None else {"beside": self.beside}
                np.savez_compressed(file, values=self.values, channels=np.array(self.channels), fps=self.fps, **more)
        except OSError as problem:
            raise errors.OutputError(f"{path} cannot be written ({problem}): choose another place") from None
        return path

    @classmethod
    def load(cls, path) -> "Motion":
        """Read what `save` wrote: (T, C) and its names. Raises `errors.MotionError`: no such file, or no saved motion.
        """
        path = paths.regular_file(path, errors.MotionError, "a saved motion")
        if path.suffix.lower() == ".csv":
            return cls._of_table(path)
        try:
            with np.load(path, allow_pickle=False) as file:
                return cls(file["values"], tuple(str(name) for name in file["channels"]), float(file["fps"]),
                           file["beside"] if "beside" in file else None)
        # NumPy's own words are left out: of a file of another kind they say how to load it unsafely
        except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile):
            raise errors.MotionError(f"{path} is no saved motion: save one with Motion.save") from None


    @classmethod
    def _of_table(cls, path: Path) -> "Motion":
        try:
            with open(path, encoding="utf-8-sig", newline="") as file:
                return cls(*editing.read_table(file, path))
        except (OSError, UnicodeDecodeError, csv.Error) as problem:
            raise errors.MotionError(f"{path} cannot be read as a table ({problem})") from None


def of_rows(values: np.ndarray, like: Motion, beside: np.ndarray | None = None) -> Motion:
    """Rows (T, 57) as a Motion at the rate of another, as long, that keeps what its tongue does; beside: as there."""
    names = tuple(name for name in like.channels if name in face_channels.INSIDE)
    inside = [like[name] for name in names]
    return Motion(np.column_stack([values, *inside]), face_channels.CHANNELS + names, like.fps, beside)


def in_between(start: np.ndarray, end: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Rows on the straight way from one row of values to another.

    Args:
        start, end: (C,), or one row for each share, (N, C); share: (N,), 0 at the start, 1 at the end.
    Returns:
        (N, C).
    """
    # v = a + t (b - a)
    return start + share[:, None] * (end - start)


def kept_rate(fps: float) -> float:
    """The frames a second at which a film of `fps` is followed: its own up to `FASTEST`, above it a whole part of them.

    What shows less than one frame a second is no film, and gets `FPS`.
    """
    if fps < 1:
        return FPS
    return fps / int(np.ceil(round(fps / FASTEST, 6)))


def frame_times(duration: float, fps: float) -> np.ndarray:
    """The times that a film of `duration` seconds shows, (T,) in seconds: the middle of each frame; one at least."""
    count = max(1, int(np.ceil(round(duration * fps, 6))))
    return (np.arange(count) + 0.5) / fps
