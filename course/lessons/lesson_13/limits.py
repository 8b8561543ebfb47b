"""Where to draw the line between a photo and a fake, and what an accusation is worth."""

import numpy as np


def detect_fake(scores, of_photos, share):
    """Which pictures are called fake: bool (N,).

    Those that score above a limit, the lowest score of a known photo above which at most a share of the photos lie.

    Args:
        scores: (N,), more is more like a fake; of_photos: (M,), those of known photos; share: of them, 0 to
            below 1.
    """
    for limit in sorted(of_photos):
        if np.mean(np.asarray(of_photos) > limit) <= share:
            return np.asarray(scores) > limit


def worth(caught: float, accused: float, fakes: float) -> float:
    """Of those that are called fake, the share that is.

    caught: the share of fakes that are called so; accused: the share of photos that are; fakes: their share among all
    that is looked at.
    """
    right, wrong = caught * fakes, accused * (1 - fakes)
    return right / (right + wrong) if right + wrong else float("nan")
