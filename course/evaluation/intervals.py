"""How sure is a mean? Intervals from the values alone, by drawing them again (Efron, 1979)."""

import numpy as np


def bootstrap_interval(values: np.ndarray, level: float = 0.95, rounds: int = 2000, seed: int = 0) -> tuple:
    """Between which two numbers the mean probably lies: (N,) -> (low, high).

    As many values as there are, drawn with replacement, have a mean of their own; of `rounds` such means the middle
    `level` lie in the interval (Efron, "Bootstrap methods: another look at the jackknife", 1979).

    values: one for each thing that was drawn at random, such as a person; frames of one film are no such things, since
    each is like the one before it.
    """
    values = np.asarray(values, float)
    drawn = np.random.default_rng(seed).integers(0, len(values), (rounds, len(values)))
    means = values[drawn].mean(axis=1)  # (rounds,)
    outside = (1 - level) / 2  # on each side
    low, high = np.quantile(means, [outside, 1 - outside])
    return float(low), float(high)
