"""Average precision against a case worked by hand and against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from course import evaluation


def test_average_precision_by_hand():
    scores, right = np.array([0.6, 0.9, 0.7, 0.8]), np.array([True, True, True, False])
    precision, recall = evaluation.precision_recall(scores, right, 4)
    assert precision == pytest.approx([1, 1 / 2, 2 / 3, 3 / 4])
    assert recall == pytest.approx([1 / 4, 1 / 4, 2 / 4, 3 / 4])
    # the falling curve is 1, 3/4, 3/4, 3/4: 1/4 * 1 + 1/4 * 3/4 + 1/4 * 3/4
    assert evaluation.average_precision(scores, right, 4) == pytest.approx(0.625)


def test_nothing_found_and_nothing_there():
    assert evaluation.average_precision(np.zeros(0), np.zeros(0, bool), 3) == 0
    assert evaluation.average_precision(np.array([0.5]), np.array([False]), 0) == 0


@pytest.mark.parametrize("seed", range(20))
def test_the_steps_are_scikit_learns_and_the_filled_curve_lies_above(seed):
    """scikit-learn leaves the teeth in and knows no missed face: equal where there are no teeth to fill."""
    rng = np.random.default_rng(seed)
    scores, right = rng.permutation(30) / 30, rng.random(30) < 0.5
    right[:1] = True
    precision, recall = evaluation.precision_recall(scores, right, int(right.sum()))
    steps = (np.diff(recall, prepend=0.0) * precision).sum()
    assert steps == pytest.approx(average_precision_score(right, scores))
    filled = evaluation.average_precision(scores, right, int(right.sum()))
    assert steps <= filled <= 1
    assert evaluation.average_precision(scores, right, 2 * int(right.sum())) == pytest.approx(filled / 2)
