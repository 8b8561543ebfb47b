"""What D-ID's config asks of a movement and `course.animate` has no word for: expressions from frame to frame, and a
film that ends as it began."""

import contextlib
import functools
from dataclasses import dataclass, replace
from unittest import mock

import numpy as np

from .. import animation
from ..interpolation import smoothstep
from ..motion import expressions, expressive, motion

BACK = 0.8  # seconds in which a fluent film comes back to its first pose


@dataclass(frozen=True)
class Changes:
    """fluent: the last pose is the first; shown: (frame, name of an expression, strength) in order of frames, frames
    counted at 25 a second; transition: frames in which one gives way to the next."""

    fluent: bool = False
    shown: tuple = ()
    transition: int = 20


@contextlib.contextmanager
def applied(changes: Changes):
    """A context in which whatever moves a photo is changed so, before it meets the photo."""
    if not changes.fluent and not changes.shown:
        yield
        return
    changed = {name: functools.partial(_driven, drive, changes) for name, drive in animation.DRIVES.items()}
    with mock.patch.dict(animation.DRIVES, changed):
        yield


def _driven(drive, changes: Changes, value, options):
    made = drive(value, options)
    moved = made.motion
    values = moved.full()
    values += expressive.over_lips(values, expression_values(changes, len(values), moved.fps))
    if changes.fluent:
        values = ended_as_begun(values, moved.fps)
    return replace(made, motion=motion.of_rows(values, moved, moved.beside))


def expression_values(changes: Changes, frames: int, fps: float) -> np.ndarray:
    """The expressions of `changes` over time: float32 (frames, 57), each standing until the next has come."""
    values = np.zeros((frames, len(expressions.expression(None))), np.float32)
    times = np.arange(frames) * motion.FPS / fps  # in frames of 25 a second
    for start, name, strength in changes.shown:
        kind, _, own = name.partition(":")
        wanted = expressions.expression(kind) * np.float32(strength * float(own or 1))
        if start == 0:
            come = np.ones(frames, np.float32)
        else:
            come = smoothstep(start, start + max(changes.transition, 1), times).astype(np.float32)
        values += come[:, None] * (wanted - values)
    return values


def ended_as_begun(values: np.ndarray, fps: float) -> np.ndarray:
    """Channel values (T, 57) whose last frame is their first: in their last `BACK` seconds they go there."""
    count = min(len(values), max(2, round(BACK * fps)))
    share = smoothstep(0, 1, np.linspace(0, 1, count)).astype(np.float32)[:, None]
    values = values.copy()
    values[-count:] += share * (values[0] - values[-count:])
    return values
