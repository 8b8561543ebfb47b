"""How often a detector is wrong, and about whom: two rates for each group of people, with intervals.

One rate for all hides that a detector may work for some people and not for others; a rate without an interval hides
how few people it was counted on.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from . import detector

ALL = "all"


@dataclass(frozen=True)
class Rate:
    """wrong of `of`: rate, the share; low, high: the interval. wrong is a fraction where people have several pictures;
    of nobody the rate is nan, and the interval all there is, 0 to 1."""

    wrong: float
    of: int
    rate: float
    low: float
    high: float

    def __str__(self) -> str:
        if not self.of:
            return "nobody"
        return f"{self.rate:.0%} ({self.low:.0%} to {self.high:.0%}) of {self.of}"


@dataclass(frozen=True)
class Errors:
    """photos: the share of photos taken for films (false alarms); films: the share of films taken for photos."""

    photos: Rate
    films: Rate


def error_by_group(scores, labels, groups, people=None, limit: float = detector.LIMIT, level: float = 0.95) -> dict:
    """How often a detector is wrong, group by group.

    Args:
        scores: (N,) in [0, 1], as `detect_fake` gives them; labels: (N,), true where the picture is of a film (a
            fake), false for a photo.
        groups: N names: to which group the person belongs.
        people: N names or numbers: who is in the picture. Pictures of one person resemble each other, so each person
            counts once, with the share of his or her pictures that are wrong. None: every picture is somebody else.
        limit: from this score on a picture is taken for a film; level: of the intervals (Wilson, 1927).
    Returns:
        {"all": Errors, group: Errors, ...}, groups in the order of their names.
    Raises:
        ValueError: lists of several lengths, scores that are no numbers from 0 to 1, a group named "all", a level
            that is not between 0 and 1.
    """
    scores, labels, groups = np.asarray(scores, float), np.asarray(labels).astype(bool), np.asarray(groups).astype(str)
    people = np.arange(len(scores)) if people is None else np.asarray(people)
    if scores.ndim != 1 or {len(labels), len(groups), len(people)} != {len(scores)}:
        raise ValueError(f"scores, labels, groups and people must be of one length, not {scores.shape}, "
                         f"{labels.shape}, {groups.shape} and {people.shape}")
    if not ((scores >= 0) & (scores <= 1)).all():
        raise ValueError("scores must be numbers from 0 to 1")
    if ALL in groups:
        raise ValueError(f'no group can be named "{ALL}": that is what all of them together are called')
    wrong = (scores >= limit) != labels
    found = {}
    for name in (ALL, *sorted(set(groups.tolist()))):
        inside = np.ones(len(scores), bool) if name == ALL else groups == name
        photos, films = (_rate(wrong[rows], people[rows], level) for rows in (inside & ~labels, inside & labels))
        found[name] = Errors(photos, films)
    return found


def _rate(wrong: np.ndarray, people: np.ndarray, level: float) -> Rate:
    """The rate over people, of rows of one kind."""
    if not len(wrong):
        return Rate(0, 0, math.nan, 0.0, 1.0)
    _, who = np.unique(people, return_inverse=True)
    each = np.bincount(who, wrong) / np.bincount(who)
    total = float(each.sum())
    return Rate(total, len(each), total / len(each), *wilson(total, len(each), level))


def wilson(wrong: float, of: int, level: float = 0.95) -> tuple:
    """The interval (low, high) in which the true share lies, where `wrong` were counted among `of`.

    `evaluation.rates_by_group` has the same formula written out, as lesson 13 teaches it.
    It holds for few and for none, unlike share +- 2 deviations, which of none of ten would say exactly none.
    (Wilson, "Probable inference, the law of succession, and statistical inference", 1927.)
    Raises ValueError: a level that is not between 0 and 1, or more than there are.
    """
    if not 0 < level < 1:
        raise ValueError(f"the level of an interval lies between 0 and 1, not at {level}")
    if not 0 <= wrong <= of or not of:
        raise ValueError(f"{wrong} of {of} is no share")
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = wrong / of
    # (p + z^2/2n +- z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n)
    middle = share + z * z / (2 * of)
    around = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, (middle - around) / (1 + z * z / of)), min(1.0, (middle + around) / (1 + z * z / of))
