"""Lesson 09's drivers and its widget, without a browser."""

import numpy as np
import pytest

pytest.importorskip("ipywidgets")

from course import face
from course.lessons.lesson_09 import drivers
from course.lessons.lesson_09 import widget as widget_09


@pytest.fixture(scope="module")
def panel():
    return widget_09.Transfer()


def test_drivers_are_people_of_their_own_and_always_the_same():
    pictures = [drivers.portrait(name, 96) for name in drivers.PEOPLE]
    for k, picture in enumerate(pictures):
        assert picture.shape == (96, 96, 3) and (picture == drivers.portrait(list(drivers.PEOPLE)[k], 96)).all()
        assert all((picture != other).any() for other in pictures[:k])
    picture[:] = 0  # a copy: nobody else's picture turns black
    assert drivers.portrait(name := list(drivers.PEOPLE)[-1], 96).any(), name


def test_a_driver_can_be_drawn_doing_something():
    wide = np.zeros(57, np.float32)
    wide[face.INDEX["jawOpen"]] = 0.8
    still, opened = drivers.portrait(size=96), drivers.portrait(size=96, values=wide)
    assert np.abs(opened.astype(int) - still).max() > 40


def test_a_film_is_found_again_by_tracking(panel):
    played, found = drivers.performance(), panel.driver("Ada (bob)").moved
    assert len(found) == len(played)
    for name in ("jawOpen", "headYaw", "browInnerUp", "eyeBlinkLeft"):
        assert np.corrcoef(played[name], found[name])[0, 1] > 0.7, name


@pytest.mark.parametrize("carry", ["points", "channels"])
def test_absolute_takes_the_drivers_tilt_and_relative_keeps_the_photos(panel, carry):
    def tilt(points):
        x, y = points[45] - points[36]
        return np.degrees(np.arctan2(y, x))

    absolute, relative = panel.targets({"carry": carry, "frame": 0})
    assert tilt(absolute) - tilt(panel.actor.points) > 4
    assert abs(tilt(relative) - tilt(panel.actor.points)) < 1.5


def test_relative_and_absolute_open_the_mouth_with_the_driver(panel):
    def gap(points):
        return np.linalg.norm(points[62] - points[66]) / np.linalg.norm(points[36] - points[45])

    for carry in ("points", "channels"):
        shut, opened = (panel.targets({"carry": carry, "frame": frame}) for frame in (0, 4))
        assert all(gap(after) - gap(before) > 0.1 for before, after in zip(shut, opened)), carry


def test_every_control_changes_the_picture(panel):
    at_rest = panel.draw({})
    for settings in ({"driver": "Bela (beard)"}, {"carry": "channels"}, {"frame": 12}):
        assert (np.abs(panel.draw(settings).astype(int) - at_rest).max(axis=2) > 30).mean() > 0.005, settings
