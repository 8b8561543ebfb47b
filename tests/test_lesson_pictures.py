"""The pictures of the first lessons: the case that fails is the one to be seen, and nothing hides anything."""

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot

from course.exercises import registry
from course.exercises.exercise import View
from course.lessons.lesson_02 import figures

matplotlib.use("agg")


def picture(name: str, args, right, theirs):
    figure = registry.find(name).picture(View(args, {}, right, theirs, "wrong", "a case"))
    yield figure
    pyplot.close(figure)


def test_the_pair_of_boxes_that_is_wrong_is_drawn():
    a, b = np.array([[0.0, 0, 4, 4], [50, 50, 54, 54]]), np.array([[0.0, 0, 4, 4]])
    for figure in picture("iou", (a, b), np.array([[1.0], [0.0]]), np.array([[1.0], [0.3]])):
        corners = {patch.get_xy() for patch in figure.axes[0].patches}
        assert (50, 50) in corners and "right 0, yours 0.3" in figure.get_suptitle()


@pytest.mark.parametrize("name", ["encode_boxes", "decode_boxes"])
def test_the_box_that_is_wrong_is_named(name):
    boxes = np.array([[0.0, 0, 4, 4], [2, 2, 8, 8]])
    right = np.zeros((2, 4)) if name == "encode_boxes" else boxes
    for figure in picture(name, (boxes, boxes), right, right + [[0.0], [1.0]]):
        assert "box [1]" in figure.get_suptitle()


def test_a_case_without_boxes_has_a_picture():
    nothing = np.zeros((0, 4))
    for name, right in (("iou", np.zeros((0, 0))), ("encode_boxes", nothing), ("decode_boxes", nothing)):
        for figure in picture(name, (nothing, nothing), right, right):
            assert "no box" in {text.get_text() for text in figure.axes[0].texts}


def test_source_target_and_both_moved_sets_are_seen():
    source, target = np.array([[0.0, 0], [4, 0], [4, 2]]), np.array([[10.0, 5], [10, 13], [6, 13]])
    right, theirs = np.array([[0.0, -2, 10], [2, 0, 5]]), np.array([[1.0, 0, 0], [0, 1, 0]])
    for figure in picture("similarity_transform", (source, target), right, theirs):
        drawn = [{mark.get_label(): mark for mark in axes.collections} for axes in figure.axes[:2]]
        assert set(drawn[0]) == {"source", "target"} and set(drawn[1]) == {"right", "yours", "target"}
        np.testing.assert_allclose(drawn[0]["source"].get_offsets(), source)
        np.testing.assert_allclose(drawn[1]["yours"].get_offsets(), source)  # their matrix moves nothing
        assert drawn[1]["target"].get_zorder() > drawn[1]["yours"].get_zorder()


def test_faces_seen_from_near_keep_their_points():
    picture_ = np.zeros((300, 400, 3), np.uint8)
    true = np.random.default_rng(0).uniform(100, 180, (1, 78, 2)).round()
    picture_[tuple(true[0, 30, ::-1].astype(int))] = 255  # y, x
    cut, found, moved = figures.from_near([picture_], true + 3, true)
    x, y = moved[0, 30].astype(int)
    assert cut[0].shape[0] < 120 and (cut[0][y, x] == 255).all()
    np.testing.assert_allclose(found - moved, 3)
