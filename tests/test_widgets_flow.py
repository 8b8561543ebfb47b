"""The sliders of lesson 06, without a browser."""

import numpy as np
import pytest

pytest.importorskip("ipywidgets")

from course.lessons.lesson_06 import widget


@pytest.fixture(scope="module")
def pointer():
    return widget.FlowUnderPointer()


@pytest.fixture(scope="module")
def nose():
    return widget.PointAndMatrix()


def differ(a, b) -> float:
    """The share of pixels that differ clearly."""
    return float((np.abs(a.astype(int) - b).max(axis=2) > 30).mean())


@pytest.mark.parametrize("setting", [{"right": 0.2}, {"down": -0.2}, {"turn": 30}, {"stretch": 1.5}])
def test_every_slider_moves_the_nose(nose, setting):
    assert differ(nose.draw({}), nose.draw(setting)) > 0.01
    wide = nose.draw(setting | {"follows": 1.2})
    assert differ(nose.draw(setting), wide) > 0.01, "what follows changes nothing"


def test_the_nose_goes_where_the_sliders_say(nose):
    """The pixel at the nose's new place looks at its old one, whatever turns around it."""
    size, start = nose.SIZE, nose.mover.source[0, nose.POINT]
    flow = nose.moved({"right": 0.2, "down": 0.1, "turn": 25}).flow[0]
    place = ((start + start.new_tensor([0.2, 0.1]) + 1) / 2 * (size - 1)).round().long()
    assert (flow[place[1], place[0]] - start).norm() < 0.03


def test_a_clockwise_turn_looks_counterclockwise(nose):
    right, down = nose.matrix({"turn": 90}) @ [1.0, 0.0]
    assert abs(right) < 1e-9 and down == pytest.approx(-1)  # what lies right of the point was above it


def test_the_pointer_shows_each_flow_and_its_error(pointer):
    start = pointer.draw({})
    for name in pointer.METHODS[1:]:
        assert differ(start, pointer.draw({"flow": name})) > 0.001, name
    assert pointer.off({"flow": "the truth"}) == 0
    assert pointer.off({"flow": "first-order"}) < pointer.off({"flow": "nothing moves"})
    assert differ(start, pointer.draw({"x": 30})) > 0.001 and differ(start, pointer.draw({"y": 40})) > 0.001


def test_no_flow_moves_nothing(pointer):
    y, x = np.mgrid[: pointer.SIZE, : pointer.SIZE]
    np.testing.assert_allclose(pointer.flows["nothing moves"], np.stack([x, y], -1), atol=1e-3)
