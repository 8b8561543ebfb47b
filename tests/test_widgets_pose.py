"""The sliders of lesson 03, without a browser."""

import numpy as np
import pytest

pytest.importorskip("ipywidgets")

from course import face
from course.lessons.lesson_03 import widget as widget_03


@pytest.fixture(scope="module")
def panel():
    return widget_03.FacePose()


def test_every_channel_has_one_slider(panel):
    names = [name for group in panel.GROUPS.values() for name in group]
    assert sorted(names) == sorted(face.CHANNELS)


@pytest.mark.parametrize("name", face.CHANNELS)
def test_every_slider_moves_points_and_picture(panel, name):
    before, after = panel.draw({}).astype(int), panel.draw({name: panel.controls[name].max}).astype(int)
    width = before.shape[1] // 2
    assert np.abs(after - before)[:, :width].max() > 30, "the points stay"
    assert np.abs(after - before)[:, width:].max() > 8, "the picture stays"


def test_only_the_chosen_group_is_seen_and_others_keep_their_values(panel):
    panel.controls["jawOpen"].value = 0.7
    panel.controls["channels"].value = "gaze"
    seen = [name for name, control in panel.controls.items() if control.layout.display != "none"]
    assert seen == ["channels", *panel.GROUPS["gaze"]] and panel.settings()["jawOpen"] == 0.7
    panel.children[0].children[-1].click()
    assert panel.settings()["jawOpen"] == 0 and panel.controls["channels"].value == "head"
