"""How much of what a driver's face does is seen in the result, channel by channel.

    scores of the film (T, C), scores of what was made of it (T, C) -> gain and correlation of each channel

A gain of 1 means that all of it arrives, 0.5 half of it. Differences between two people at rest do not count: only how
the scores change over time does.
"""

import numpy as np

from ..face import channels

# channel: the blendshapes (means of them) or the angle of the head by which it is judged
CHANNELS = {
    "blink R": ("eyeBlinkRight",),
    "blink L": ("eyeBlinkLeft",),
    "smile": ("mouthSmileLeft", "mouthSmileRight"),
    "jaw": ("jawOpen",),
    "brow up": ("browInnerUp", "browOuterUpLeft", "browOuterUpRight"),
    "brow down": ("browDownLeft", "browDownRight"),
    "pucker": ("mouthPucker",),
    "lip up": ("mouthUpperUpLeft", "mouthUpperUpRight"),
    "pitch": ("headPitch",),
    "yaw": ("headYaw",),
    "roll": ("headRoll",),
}
# A channel whose standard deviation over the film is below this does not move there: its slope would be noise.
MOVES = np.array([0.08, 0.08, 0.05, 0.05, 0.04, 0.04, 0.05, 0.03, 2.0, 2.0, 2.0])


def of_values(values: np.ndarray) -> np.ndarray:
    """Values of all 57 channels (..., 57), NaN where unknown -> those of `CHANNELS` (..., 11)."""
    columns = [[channels.INDEX[name] for name in names] for names in CHANNELS.values()]
    return np.stack([values[..., column].mean(axis=-1) for column in columns], axis=-1)


def gains(made: np.ndarray, true: np.ndarray, moves=MOVES) -> tuple:
    """Gain and correlation over time of each channel.

    Args:
        made, true: (T, C), what a judge says of the result and of the film; moves: (C,) or a number, the least standard
            deviation that counts as movement.
    Returns:
        gains (C,), correlations (C,); NaN where the film does not move.
    """
    a, b = made - made.mean(axis=0), true - true.mean(axis=0)
    still = true.std(axis=0) < moves
    # g = sum a b / sum b^2: the slope of the regression of ours on the driver's
    product, power = (a * b).sum(axis=0), (b * b).sum(axis=0).clip(1e-12)
    slope = product / power
    correlation = product / np.sqrt((a * a).sum(axis=0).clip(1e-12) * power)
    return np.where(still, np.nan, slope), np.where(still, np.nan, correlation)


def mean_known(rows: list) -> np.ndarray:
    """The mean of rows (C,) over those that know a channel; NaN where none does."""
    stacked = np.stack(rows)
    known = np.isfinite(stacked)
    total = np.where(known, stacked, 0.0).sum(axis=0)
    return np.where(known.any(axis=0), total / known.sum(axis=0).clip(1), np.nan)


def lines(rows: list) -> list:
    """The table for a terminal: rows of (name, what, numbers (C,)) -> lines of text; "-" where nothing moves."""
    name_width = max([len(name) for name, _, _ in rows] + [4])
    what_width = max([len(what) for _, what, _ in rows] + [4])
    head = " " * (name_width + what_width + 2) + "".join(f"{heading:>10}" for heading in CHANNELS)
    text = [head]
    for name, what, numbers in rows:
        cells = "".join(f"{'-' if np.isnan(number) else format(number, '.2f'):>10}" for number in numbers)
        text.append(f"{name:<{name_width}}  {what:<{what_width}}{cells}")
    return text
