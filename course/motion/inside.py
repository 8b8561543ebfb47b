"""What no point shows, carried to the film beside the 57 channels: the tongue inside the mouth, and the breath."""

import numpy as np

from ..face import channels
from ..face import model as face_model
from . import direction, motion, strength, transfer


def rows_for(moved: motion.Motion, face: face_model.Face, mode: str, options) -> np.ndarray:
    """`transfer.values_for`, and the tongue behind it: float32 (T, 58), as `face.MOTION_CHANNELS` begin.

    Raises `errors.MotionError` as `transfer.values_for`.
    """
    return with_tongue(transfer.values_for(moved, face, mode, options), moved, options)


def with_tongue(values: np.ndarray, moved: motion.Motion, options) -> np.ndarray:
    """Rows (T, 57) with what the tongue of a motion as long does: float32 (T, 58).

    It goes with the mouth: options are `animation.Settings`, of which `strength` counts. Nobody's photo shows it at
    rest, so it is the same for every face.
    """
    most = strength.strengths(options.strength)[channels.INDEX["jawOpen"]]
    return np.column_stack([values, (moved["tongueOut"] * most).clip(0, 1)]).astype(np.float32)


def with_breath(rows: np.ndarray, breath: np.ndarray, options) -> np.ndarray:
    """Rows (T, 58) with a breath (T,) behind them: float32 (T, 59).

    It goes with the head: options are `animation.Settings`, of which `head` and `strength` count. A head that is told
    to keep still does not breathe, and none breathes deeper than it does.
    """
    most = direction.head_strength(options.head) * strength.strengths(options.strength)[channels.INDEX["headY"]]
    return np.column_stack([rows, (breath * min(most, 1.0)).clip(0, 1)]).astype(np.float32)


def breathing(values: np.ndarray, breath: float) -> np.ndarray:
    """A row (57,) that breathes: (59,), the tongue at rest."""
    return np.append(values, [0.0, breath])


def parted(values: np.ndarray) -> tuple:
    """A row (57,), (58,) or (59,) -> the channels that points show (57,), `tongueOut`, and the breath, 0 to 1; 0 where
    the row does not say."""
    count = len(channels.CHANNELS)
    tongue, breath = (float(values[k]) if len(values) > k else 0.0 for k in (count, count + 1))
    return values[:count], tongue, breath
