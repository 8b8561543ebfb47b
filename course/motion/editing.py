"""A motion as a strip of film: cut, joined, mixed, scaled, slowed, mirrored; and as a table that a spreadsheet opens.

`Motion` inherits these. None changes the motion it is asked of; each gives a new one.
"""

import csv
from dataclasses import replace

import numpy as np

from .. import errors
from ..face import channels as face_channels
from ..interpolation import smoothstep
from ..keypoints import landmarks
from . import strength

AGAINST = ("headYaw", "headRoll", "headX")  # what a mirror turns round
MOST_SLOWED = 100.0
SECONDS = "seconds"  # the first column of a table


class Editing:
    """The methods; `values` (T, C), `channels`, `fps` and `beside` (T, 78, 2) or None come with `Motion`."""

    def cut(self, start: float = 0.0, end: float | None = None) -> "Editing":
        """The part from `start` to `end` seconds, its own end where None is given.

        Raises `errors.MotionError`: a time before 0 or beyond the end, or no frame between the two.
        """
        end = self.duration if end is None else end
        for moment in (start, end):
            if not 0 <= moment <= self.duration + 1e-6:
                raise errors.MotionError(f"a motion of {self.duration:.2f} s cannot be cut at {moment:g} s: give "
                                         f"seconds from 0 to {self.duration:.2f}")
        first, last = round(start * self.fps), round(end * self.fps)
        if last <= first:
            raise errors.MotionError(f"there is no frame between {start:g} s and {end:g} s: the end comes after the "
                                     "start")
        return self._rows(np.arange(first, min(last, len(self))))

    def joined(self, other: "Editing", over: float = 0.2) -> "Editing":
        """This motion and then the other, at this one's rate; `over` seconds in which they blend count once.

        Raises `errors.MotionError`: a time below 0 or longer than one of them.
        """
        mine, theirs = self._alike(other)
        count = round(over * self.fps) if np.isfinite(over) else -1
        if not 0 <= count <= min(len(mine), len(theirs)):
            raise errors.MotionError(f"motions of {mine.duration:.2f} s and {theirs.duration:.2f} s cannot blend over "
                                     f"{over:g} s: give 0 to the length of the shorter")
        head, tail = len(mine) - count, count
        share = smoothstep(0, 1, (np.arange(count) + 0.5) / max(count, 1))

        def put(a, b):
            if a is None or b is None:
                return None
            part = share.reshape(-1, *[1] * (a.ndim - 1)).astype(np.float32)
            return np.concatenate([a[:head], (1 - part) * a[head:] + part * b[:tail], b[tail:]])

        return replace(mine, values=put(mine.values, theirs.values), beside=put(mine.beside, theirs.beside))

    def mixed(self, other: "Editing", share=0.5) -> "Editing":
        """(1 - share) times this motion and share times the other, as long as the shorter; share: a number or (T,).

        Raises `errors.MotionError`: a share that is no number from 0 to 1.
        """
        mine, theirs = self._alike(other)
        mine, theirs = (one._rows(np.arange(min(len(mine), len(theirs)))) for one in (mine, theirs))
        part = np.asarray(share, np.float32)
        if part.shape not in ((), (len(mine),)) or not ((part >= 0) & (part <= 1)).all():
            raise errors.MotionError(f"the share of a mix is a number from 0 to 1, or one a frame ({len(mine)})")
        part = np.broadcast_to(part, (len(mine),))

        def put(a, b):
            if a is None or b is None:
                return None
            own = part.reshape(-1, *[1] * (a.ndim - 1))
            return (1 - own) * a + own * b

        return replace(mine, values=put(mine.values, theirs.values), beside=put(mine.beside, theirs.beside))

    def added(self, other: "Editing", at: float = 0.0) -> "Editing":
        """This motion with the other on top of it from `at` seconds on, as a nod on speech; as long as this one.

        Raises `errors.MotionError`: a time before 0 or beyond the end.
        """
        if not 0 <= at < self.duration:
            raise errors.MotionError(f"a motion of {self.duration:.2f} s has nothing at {at:g} s to add to: give "
                                     f"seconds from 0 to {self.duration:.2f}")
        mine, theirs = self._alike(other)
        values, first = mine.values.copy(), round(at * self.fps)
        piece = theirs.values[: max(0, len(values) - first)]
        values[first : first + len(piece)] += piece
        return replace(mine, values=values)

    def scaled(self, given) -> "Editing":
        """Every channel so many times as large: a number, or by part, "mouth:1.2,head:0.5" (`motion.strengths`).

        Raises `errors.MotionError` as `motion.strengths`.
        """
        goes_with = dict(zip(face_channels.INSIDE, ("jawOpen", "headY")))
        part = [face_channels.INDEX[goes_with.get(name, name)] for name in self.channels]
        factors = strength.strengths(given)[part]
        beside = None if self.beside is None else self.beside * strength.of_points(given)[:, None].astype(np.float32)
        return replace(self, values=self.values * factors, beside=beside)

    def slowed(self, times: float) -> "Editing":
        """The same movement in so many times its length, at the same rate; below 1 it is faster.

        Raises `errors.MotionError`: not a number from 0.01 to 100.
        """
        if not 1 / MOST_SLOWED <= times <= MOST_SLOWED:
            raise errors.MotionError(f"a motion is slowed 0.01 to 100 times, not {times!r}")
        return replace(replace(self, fps=self.fps / times).resample(self.fps), fps=self.fps)

    def mirrored(self) -> "Editing":
        """As in a mirror: left and right change places, turns and shifts to a side go the other way."""
        names = tuple(_other_side(name) for name in self.channels)
        signs = np.array([-1 if name in AGAINST else 1 for name in names], np.float32)
        beside = None if self.beside is None else self.beside[:, landmarks.FLIP] * np.float32([-1, 1])
        return replace(self, values=self.values * signs, channels=names, beside=beside)

    def _rows(self, numbers: np.ndarray) -> "Editing":
        """The frames of these numbers."""
        beside = None if self.beside is None else self.beside[numbers]
        return replace(self, values=self.values[numbers], beside=beside)

    def _alike(self, other: "Editing") -> tuple:
        """This motion and another, both with the channels of both, at this one's rate."""
        if not isinstance(other, Editing):
            raise errors.MotionError(f"a motion goes together with another motion, not {type(other).__name__}")
        names = self.channels + tuple(name for name in other.channels if name not in self.channels)
        return tuple(replace(one, values=np.stack([one[name] for name in names], axis=1), channels=names)
                     for one in (self, other.resample(self.fps)))


def _other_side(name: str) -> str:
    if name.endswith("Left"):
        return name[:-4] + "Right"
    return name[:-5] + "Left" if name.endswith("Right") else name


# ---------------------------------------------------------------- a table


def write_table(file, values: np.ndarray, names: tuple, fps: float) -> None:
    """Rows (T, C) as CSV into an open text file: the seconds at which each frame begins, then the channels."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([SECONDS, *names])
    for number, row in enumerate(values):
        writer.writerow([f"{number / fps:.6f}", *(f"{value:.7g}" for value in row)])


def read_table(file, whose) -> tuple:
    """What `write_table` wrote: values (T, C), names, frames a second (25 where there is one frame only).

    Raises `errors.MotionError`, which names the line: no such table, or rows that are not one frame after the other.
    """
    rows = list(csv.reader(file))
    head = [word.strip() for word in rows[0]] if rows else []
    if head[:1] != [SECONDS] or len(rows) < 2:
        raise errors.MotionError(f"{whose} is no table of a motion: its first line is {SECONDS},jawOpen,... with a "
                                 "column for each channel, and a line for each frame follows")
    numbers = []
    for line, row in enumerate(rows[1:], start=2):
        if not any(word.strip() for word in row):
            continue
        try:
            numbers.append([float(word) for word in row])
        except ValueError:
            numbers.append([])
        if len(numbers[-1]) != len(head):
            raise errors.MotionError(f"{whose}, line {line}: {len(head)} numbers are needed, one a column")
    table = np.array(numbers)
    steps = np.diff(table[:, 0])
    step = float(table[-1, 0] - table[0, 0]) / len(steps) if len(steps) else 1 / 25
    if not step > 0 or (len(steps) and not np.abs(steps - step).max() < 0.2 * step + 1e-5):
        raise errors.MotionError(f"{whose}: the {SECONDS} must rise by the same step from line to line")
    rate = round(1 / step, 3)
    rate = float(round(rate)) if abs(rate - round(rate)) < 0.01 else rate
    return table[:, 1:].astype(np.float32), tuple(head[1:]), rate
