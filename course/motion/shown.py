"""How much of what a film's channels ask is seen in the picture that is drawn: less of some, a little more of a turn.

Measured on fourteen portraits (`benchmarks/expressions.py shown`): each was drawn with one channel moved, and what a
judge saw of it was held against what was asked. So a film asks for more of what is shown too little.
"""

import numpy as np

from ..face import channels

# Beginnings of names: the share that is seen. What is not named is seen as it is, or nearly. A jaw's counts both ways:
# 0.95 of it is seen in what is drawn, and 0.92 of a film's is read.
SHARES = {"jawOpen": 0.88, "browInnerUp": 0.74, "browOuterUp": 0.74, "browDown": 0.58, "mouthPucker": 0.82,
          "mouthUpperUp": 0.43, "headYaw": 1.07}
# Where the film's own points correct the face, brows, lips and a turned head are where the film has them already.
WHERE_POINTS_COUNT = ("jawOpen",)
MOST = 1.6  # times as much is asked at most: what goes further looks made up


def asked(beside: bool) -> np.ndarray:
    """How many times as much a film asks of each channel: (57,).

    beside: whether its points correct the face as well (`Motion.beside` in mode "absolute").
    """
    factors = np.ones(len(channels.CHANNELS))
    for name, share in SHARES.items():
        if not beside or name in WHERE_POINTS_COUNT:
            factors[[other.startswith(name) for other in channels.CHANNELS]] = min(1 / share, MOST)
    return factors
