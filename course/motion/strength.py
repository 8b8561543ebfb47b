"""How strongly a movement is shown, by part of the face: "1.2" for all of it, "mouth:1.2,eyes:0.8" for some parts."""

import numpy as np

from .. import errors
from ..face import channels
from ..keypoints import landmarks

PARTS = {  # beginnings of the channels' names
    "mouth": ("mouth", "jaw", "cheekPuff", "noseSneer"),
    "eyes": ("eye", "cheekSquint"),
    "brows": ("brow",),
    "head": ("head",),
}
MOST = 3.0


def strengths(given: str | float | None) -> np.ndarray:
    """Factors (57,) for the channels of a movement; ones for None.

    given: a number for all parts, or "part:number" of some of `PARTS`, with commas between them; parts that are not
    named keep 1.

    Raises:
        errors.MotionError: no such part, one named twice, or a number that is none from 0 to `MOST`.
    """
    factors = np.ones(len(channels.CHANNELS), np.float32)
    if given is None:
        return factors
    words = [word.strip() for word in str(given).split(",")]
    if len(words) == 1 and ":" not in words[0]:
        return factors * _number(words[0])
    named = set()
    for word in words:
        part, _, number = (piece.strip() for piece in word.partition(":"))
        if part not in PARTS:
            raise errors.MotionError(f"strength knows no part {part!r}: choose from {', '.join(PARTS)}, such as "
                                     "mouth:1.2,eyes:0.8, or give one number for all")
        if part in named:
            raise errors.MotionError(f"the strength of {part} is given twice: give it once")
        named.add(part)
        factors[[name.startswith(PARTS[part]) for name in channels.CHANNELS]] = _number(number)
    return factors


def of_points(given: str | float | None) -> np.ndarray:
    """The same for the 78 points, by the part of the face that each lies on: (78,)."""
    by_channel = strengths(given)
    factors = np.full(landmarks.N_POINTS, by_channel[channels.INDEX["headX"]])  # nose and hair line go with the head
    for points, name in ((landmarks.JAW, "jawOpen"), (np.arange(48, 68), "jawOpen"), (np.arange(17, 27), "browInnerUp"),
                         (np.r_[36:48, landmarks.PUPILS], "eyeBlinkLeft")):
        factors[points] = by_channel[channels.INDEX[name]]
    return factors


def _number(word: str) -> float:
    try:
        number = float(word)
    except ValueError:
        number = -1.0
    if not 0 <= number <= MOST:  # NaN is within no limits
        raise errors.MotionError(f"a strength is a number from 0 to {MOST:g}, not {word!r}")
    return number
