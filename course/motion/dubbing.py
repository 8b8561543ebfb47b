"""A film's movement with other words: head, eyes and brows of a driving film, lips of a text or a recording."""

import logging

import numpy as np

from ..face import channels
from ..io import back_and_forth
from ..keypoints import landmarks
from . import motion

LIPS = np.array([name.startswith(("jaw", "mouth")) for name in channels.CHANNELS])
# The points that go with the lips: the mouth, and the jaw without what lies before the ears
MOUTH_POINTS = np.r_[landmarks.JAW[3:-3], landmarks.LIPS_OUTER, landmarks.LIPS_INNER]


def lasting(film: motion.Motion, count: int) -> motion.Motion:
    """A film's motion for `count` frames: cut where it is longer, forwards and backwards where it is shorter.

    What was done is said in the log where it is not just a cut.
    """
    if count > len(film):
        logging.getLogger("course").warning("the driving film lasts %.1f s and the sound %.1f s: the film goes on "
                                            "backwards and forwards", film.duration, count / film.fps)
    at = back_and_forth.order(len(film), count)
    beside = None if film.beside is None else film.beside[at]
    return motion.Motion(film.values[at], film.channels, film.fps, beside)


def dubbed(film: np.ndarray, lips: np.ndarray) -> np.ndarray:
    """Channel values (T, 57) of a face as a film moves it, with the jaw and mouth of those that speak, (T, 57)."""
    return np.where(LIPS, lips, film)


def without_mouth(beside):
    """What points do beside the channels, (T, 78, 2) or None, with none of it at the mouth and the chin."""
    if beside is None:
        return None
    kept = beside.copy()
    kept[:, MOUTH_POINTS] = 0
    return kept
