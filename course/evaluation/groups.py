"""How often something goes wrong, group by group, with the interval in which the truth may lie."""

import numpy as np


def rates_by_group(wrong, groups, z: float = 1.96) -> dict:
    """The share of wrong ones in each group, with Wilson's score interval.

    A group of few has a wide interval, and one without any mistake does not claim that it makes none: that is why it
    is Wilson's (1927) and not rate +- z standard errors.

    Args:
        wrong: bool (N,); groups: N names; z: standard errors, 1.96 for an interval that holds the truth 95 times
            of 100.
    Returns:
        {group: (rate, low, high)}, in the order of their names; without anybody, {}.
    """
    wrong, groups = np.asarray(wrong, float), np.asarray(groups)
    found = {}
    for group in sorted(set(groups.tolist())):
        own = wrong[groups == group]
        count, rate = len(own), own.mean()
        middle = (rate + z * z / (2 * count)) / (1 + z * z / count)
        half = z / (1 + z * z / count) * np.sqrt(rate * (1 - rate) / count + z * z / (4 * count**2))
        found[group] = float(rate), float(middle - half), float(middle + half)
    return found
