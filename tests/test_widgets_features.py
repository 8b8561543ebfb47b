"""The three panels of lesson 04, without a browser."""

import numpy as np
import pytest

pytest.importorskip("ipywidgets")

from course.lessons.lesson_04 import people, sees
from course.lessons.lesson_04 import widget as widget_04


@pytest.fixture(scope="module")
def kernel():
    return widget_04.KernelInHand()


@pytest.fixture(scope="module")
def same():
    return widget_04.SamePlace()


@pytest.fixture(scope="module")
def between():
    return widget_04.SharpOrMean()


def differ(a, b) -> float:
    """The share of pixels that differ clearly."""
    return float((np.abs(a.astype(int) - b).max(axis=2) > 30).mean())


@pytest.mark.parametrize("name, setting", [("kernel", {"turn": 60}), ("kernel", {"width": 3}), ("same", {"point": 30}),
                                           ("same", {"other": 3}), ("same", {"by": "pixels around"}),
                                           ("between", {"share": 0.8})])
def test_each_control_changes_the_picture(request, name, setting):
    panel = request.getfixturevalue(name)
    assert set(setting) <= set(panel.controls)
    assert differ(panel.draw({}), panel.draw(setting)) > 0.002


def test_the_picture_at_rest_is_that_of_the_controls(kernel, same, between):
    for panel in (kernel, same, between):
        assert np.array_equal(panel.draw({}), panel.draw(panel.settings()))


def test_a_kernel_answers_to_edges_across_it_and_to_nothing_along_it(kernel):
    """Bright on the right: 1 at 0 degrees, -1 at 180, 0 at 90."""
    import torch

    from course import features

    picture = torch.zeros(1, 1, 31, 31)
    picture[..., 16:] = 1
    answers = [features.conv2d(picture, widget_04.edge_kernel(turn, 1.5))[0, 0, 8].numpy() for turn in (0, 90, 180)]
    assert answers[0].max() > 0.3 and np.allclose(answers[2], -answers[0], atol=1e-5)
    assert np.abs(answers[1]).max() < 1e-5
    assert np.abs(kernel.answer({"turn": 0})).max() > 0.05


def test_each_point_is_looked_for_in_the_face_that_was_chosen(same):
    album = people.album()
    for other in (1, 4):
        true = same.asked({"point": 8, "other": other})[2]
        np.testing.assert_allclose(true, album.points[other * people.STATES, 8])
    assert same.off({"point": 30, "other": 3}) < same.off({"point": 30, "other": 3, "by": "untrained, layer 1/8"})
    assert list(same.controls["by"].options) == list(sees.WAYS)


def test_only_the_trunk_dislikes_the_mean(between):
    """Pixels and the untrained network like it best of all, the trunk least."""
    for words, curve in between.curves.items():
        if words.startswith("trunk"):
            assert curve[-1] == curve.max() > 1.3 * curve[0]
        else:
            assert curve[-1] <= curve[0] and curve[-1] < 1.01 * curve.min()


def test_the_stills_say_what_they_show(kernel, same, between):
    assert "turned by 45°" in kernel.stills({}, {"turn": 45}, title="Two kernels").get_label()
    assert "pixels around: " in same.stills({"by": "pixels around"}, title="One way").get_label()
    assert "pixels, squared ends at 0." in between.stills({}, {"share": 1}, title="The way").get_label()
