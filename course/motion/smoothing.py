"""A tracked Motion without its jitter: Kalman's smoother for the head, one-euro for what a face does."""

import numpy as np

from ..face import channels
from ..interpolation import smoothstep
from ..polish import filters
from . import motion

# A face moves suddenly, lips and lids above all: there the one-euro filter follows. Chosen on a film whose true points
# are known: firmer settings shake less and lose more of the lips.
LIP_CUTOFF, BETA, SPEED_CUTOFF = 6.0, 20.0, 4.0  # hertz at rest, hertz a unit a second, hertz of the speed
# A head is heavy and goes on as it went, and what points do beside the channels is mostly noise
HEAD_AGILITY, BESIDE_AGILITY = 80.0, 20.0
# Eye distances a second. In a head that goes fast nobody sees jitter, and everybody a film that does not follow
SLOW, FAST = 0.25, 0.8
ARM = np.array([0.02, 0.02, 0.012, 1.0, 1.0, 1.0])  # eye distances that a face goes for a degree, or a unit
# The most of each that is noise, as the landmarker makes it: degrees, eye distances, a ratio; eye distances
HEAD_NOISE = np.array([0.35, 0.35, 0.25, 0.008, 0.008, 0.006])
BESIDE_NOISE = 0.004


def steady(moved: motion.Motion) -> motion.Motion:
    """A tracked motion (T, C) with its jitter taken out and no lag: every filter goes both ways."""
    heads = np.array([name in channels.HEAD for name in moved.channels])
    noise = np.array([HEAD_NOISE[channels.HEAD.index(name)] for name in moved.channels if name in channels.HEAD])
    values, fast = np.array(moved.values, float), np.zeros((len(moved), 1))
    if heads.any() and len(moved) > 1:
        own = values[:, heads]
        calm = filters.kalman(own, moved.fps, HEAD_AGILITY, noise)
        arm = np.array([ARM[channels.HEAD.index(name)] for name in moved.channels if name in channels.HEAD])
        speed = np.linalg.norm(np.gradient(calm, axis=0) * moved.fps * arm, axis=1, keepdims=True)
        fast = smoothstep(SLOW, FAST, speed)
        values[:, heads] = calm + (own - calm) * fast
    if not heads.all():
        values[:, ~heads] = both_ways(values[:, ~heads], moved.fps)
    return motion.Motion(values, moved.channels, moved.fps, _steady_points(moved, fast))


def both_ways(values: np.ndarray, fps: float) -> np.ndarray:
    """Channels (T, C) from 0 to 1 through the one-euro filter forwards and backwards, the mean of both: (T, C)."""
    forwards = filters.one_euro(values, fps, LIP_CUTOFF, BETA, SPEED_CUTOFF)
    backwards = filters.one_euro(values[::-1], fps, LIP_CUTOFF, BETA, SPEED_CUTOFF)[::-1]
    return (forwards + backwards) / 2


def _steady_points(moved: motion.Motion, fast: np.ndarray):
    """What the points do beside the channels, (T, 78, 2), without its jitter; None where there is none of it.

    fast: (T, 1), 1 where the head goes so fast that all stays as it is.
    """
    if moved.beside is None:
        return None
    rows = moved.beside.reshape(len(moved), -1)
    calm = filters.kalman(rows, moved.fps, BESIDE_AGILITY, BESIDE_NOISE)
    return (calm + (rows - calm) * fast).reshape(moved.beside.shape)
