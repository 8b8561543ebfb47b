"""Expressions by name: happy, sad and others, as channel values; "auto" is none of its own."""

import numpy as np

from .. import errors
from ..face import channels

AUTO = "auto"  # the mood of what is said, sentence by sentence (`expressive.py`)
EXPRESSIONS = {
    "neutral": {},
    "happy": {"mouthSmileLeft": 0.55, "mouthSmileRight": 0.55, "cheekSquintLeft": 0.4, "cheekSquintRight": 0.4,
              "eyeSquintLeft": 0.2, "eyeSquintRight": 0.2, "browOuterUpLeft": 0.15, "browOuterUpRight": 0.15},
    "sad": {"mouthFrownLeft": 0.5, "mouthFrownRight": 0.5, "browInnerUp": 0.6, "mouthShrugLower": 0.2,
            "headPitch": 3.0},
    "surprised": {"browInnerUp": 0.7, "browOuterUpLeft": 0.6, "browOuterUpRight": 0.6, "eyeWideLeft": 0.5,
                  "eyeWideRight": 0.5, "jawOpen": 0.12},
    "angry": {"browDownLeft": 0.8, "browDownRight": 0.8, "eyeSquintLeft": 0.35, "eyeSquintRight": 0.35,
              "noseSneerLeft": 0.2, "noseSneerRight": 0.2, "mouthPressLeft": 0.2, "mouthPressRight": 0.2},
}  # fmt: skip


def expression(name: str | None) -> np.ndarray:
    """Channel values (57,) of "name" or "name:strength", to be added to a face; zeros for None and "auto".

    Raises:
        errors.MotionError: no such expression, or a strength that is no number from 0 to 2.
    """
    values = np.zeros(len(channels.CHANNELS), np.float32)
    if name is None:
        return values
    kind, amount = _parted(name)
    for channel, value in EXPRESSIONS.get(kind, {}).items():
        values[channels.INDEX[channel]] = value * amount
    return values


def auto_strength(name: str | None) -> float:
    """How strongly moods are shown: 1 for None and "auto", 0.5 for "auto:0.5", 0 for any other expression.

    Raises `errors.MotionError` as `expression`.
    """
    kind, amount = _parted(AUTO if name is None else name)
    return amount if kind == AUTO else 0.0


def _parted(name: str) -> tuple:
    kind, _, strength = str(name).partition(":")
    if kind not in EXPRESSIONS and kind != AUTO:
        raise errors.MotionError(f"unknown expression {kind!r}: choose from {', '.join([AUTO, *EXPRESSIONS])}")
    try:
        amount = float(strength or 1)
    except ValueError:
        amount = -1.0
    if not 0 <= amount <= 2:
        raise errors.MotionError(f"the strength of an expression is a number from 0 to 2, not {strength!r}")
    return kind, amount
