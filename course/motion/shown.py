"""How much of what a film's channels ask is seen in the picture that is drawn: less of most. So a film asks for more.

On another face (relative) tracks of real people drove portraits, and a judge saw less still than these shares say
(`benchmarks/expressions.py tracks`): about half of what is missing is made up for, since more looks like a grimace; of
puckers and raised lips more, of which a fit finds the least.
Where the film's own points correct the face (absolute), they bring most of it, and what the drawing loses is left.
"""

import numpy as np

from ..face import channels
from ..face import model as face_model

# Beginnings of names: the share that is seen of a driver's movement on another face. What is not named is seen as it
# is, or nearly.
SHARES = {"jawOpen": 0.78, "browInnerUp": 0.58, "browOuterUp": 0.58, "browDown": 0.45, "mouthPucker": 0.25,
          "mouthUpperUp": 0.36, "mouthSmile": 1.12,
          "eyeBlink": 0.89}  # of 500 faces the eyes are shut at 0.89 of a blink, 0.74 to 1.09
# Where the film's own points correct the face, brows and lips are where the film has them; what the drawing loses, no
# point brings back. On 14 portraits a ruler sees 0.82 of a smile, 0.75 of a pucker, 0.69 of raised brows, 0.56 of a
# frown and 0.44 of a raised lip (`benchmarks/expressions.py shown`). How much of that is made up for: about half, of a
# pucker, which a judge sees less than a ruler does, more than all, and of a raised lip, which soon is a sneer, little
SHARES_WITH_POINTS = {"jawOpen": 0.92, "browInnerUp": 0.85, "browOuterUp": 0.85, "browDown": 0.78, "mouthSmile": 0.87,
                      "mouthPucker": 0.53, "mouthUpperUp": 0.96}
MOST = 4.0  # times as much is asked at most
# How far a channel goes at most where that is further than others: looked at on faces, these are no grimaces yet. Brows
# that are raised as far are.
REACH = {"browDown": 1.55, "mouthUpperUp": 1.6}
# Much of a nod looks like a shift, and a fit takes it for one: this share of its turn is found
NOD = 0.87
OF_HEAD = np.array([name in channels.HEAD for name in channels.CHANNELS])
PITCH, PLACE = channels.INDEX["headPitch"], [channels.INDEX["headX"], channels.INDEX["headY"]]


def enough(values: np.ndarray, face: face_model.Face, beside: bool) -> np.ndarray:
    """A film's values on a photo's face, so much further from its rest that all of them is seen: (T, 57) -> (T, 57).

    beside: as in `asked`. There, what goes back from the photo's own expression goes as far as the film says: that a
    brow is no longer drawn down is seen well enough.
    """
    way = values - face.rest
    if not beside:
        return face.rest + way * asked(beside)
    return nodding(face.rest + way * np.where((way > 0) | OF_HEAD, asked(beside), 1.0), face)


def asked(beside: bool) -> np.ndarray:
    """How many times as much a film asks of each channel: (57,).

    beside: whether its points correct the face as well (`Motion.beside` in mode "absolute").
    """
    return np.minimum(1 / _named(SHARES_WITH_POINTS if beside else SHARES, 1.0), MOST)


def reach(usual: float) -> np.ndarray:
    """How far a film takes each channel at most: (51,), `usual` for most of them."""
    return _named(REACH, usual)[: len(channels.BLENDSHAPES)]


def nodding(values: np.ndarray, face: face_model.Face) -> np.ndarray:
    """The same with all of a nod's turn, and so much less of its shift that the face stays where it is: (T, 57)."""
    less, more = np.asarray(values, float), np.array(values, float)
    more[:, PITCH] += (1 / NOD - 1) * (less[:, PITCH] - face.rest[PITCH])
    more[:, PLACE] -= _middle(more, face) - _middle(less, face)
    return more


def _middle(values: np.ndarray, face: face_model.Face) -> np.ndarray:
    """Where the middle of a face lies at the head's channels of values (T, 57): (T, 2) in eye distances."""
    middle = np.broadcast_to(face.shape.mean(axis=0), (len(values), 1, 3))
    return face_model.project(middle, values[:, face_model.HEAD_COLUMNS])[:, 0]


def _named(numbers: dict, usual: float) -> np.ndarray:
    """A number for each channel by the beginning of its name: (57,)."""
    found = np.full(len(channels.CHANNELS), usual)
    for beginning, number in numbers.items():
        found[[name.startswith(beginning) for name in channels.CHANNELS]] = number
    return found
