"""What a mouth does inside, carried to the film: the tongue, beside the 57 channels that points show."""

import numpy as np

from ..face import channels
from ..face import model as face_model
from . import motion, strength, transfer


def rows_for(moved: motion.Motion, face: face_model.Face, mode: str, options) -> np.ndarray:
    """`transfer.values_for`, and the tongue behind it: float32 (T, 58), in the order of `face.MOTION_CHANNELS`.

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


def parted(values: np.ndarray) -> tuple:
    """A row (57,) or (58,) -> the channels that points show (57,), and `tongueOut`, 0 where the row does not say."""
    count = len(channels.CHANNELS)
    return values[:count], float(values[count]) if len(values) > count else 0.0
