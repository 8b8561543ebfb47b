"""Where the tip of the tongue is while somebody speaks: the one channel of a mouth that lips do not show.

l, n, t and d lift it behind the upper teeth, th brings it between the rows. It moves faster than lips do, and its
neighbours leave it alone: a vowel that follows rules little of it.
"""

import numpy as np

from . import lips, visemes

SHOWN = {"TH": 0.85, "DD": 0.5, "nn": 0.6}  # `tongueOut` at a viseme's height; the other sounds leave it at rest
RULE, OTHERS = 1.5, 0.6  # dominance of these sounds, and of the others
LEAD, LAG = 0.025, 0.025  # seconds in which it comes and goes
SURE = (0.15, 0.5)  # what the network gives to a sound from which on it counts, and counts in full: it hedges


def curve(phonemes, times: np.ndarray, blending: visemes.Blending | None = None) -> np.ndarray:
    """`tongueOut` of timed phonemes at the times (T,) in seconds: float32 (T,), 0 to 1; blended as lips are."""
    at = np.asarray(times, np.float64) + (blending or visemes.Blending()).ahead
    segments = visemes.segments_of(phonemes)
    spans = np.array([(one.start, one.end) for one in segments]).reshape(-1, 2)
    targets = np.array([SHOWN.get(one.viseme, 0.0) for one in segments])
    alphas = np.where(targets > 0, RULE, OTHERS)
    return visemes.coarticulate(at, spans, alphas, targets[:, None], LEAD, LAG)[:, 0].astype(np.float32)


def heard(said, times: np.ndarray) -> np.ndarray:
    """`tongueOut` of a recording at the times (T,) in seconds, as surely as its sounds are heard: float32 (T,).

    said: the `lips.Lips` of it.
    """
    shown = np.array([SHOWN.get(name, 0.0) for name in visemes.VISEME_NAMES])
    sure = np.clip((said.probabilities - SURE[0]) / (SURE[1] - SURE[0]), 0, 1)
    moments = np.arange(len(sure)) / lips.RATE
    return np.interp(times, moments, np.max(sure * shown, axis=1)).astype(np.float32)
