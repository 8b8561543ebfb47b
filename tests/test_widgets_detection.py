"""Lesson 01's widget: what it counts, what it draws, and its slider moved in a real JupyterLab."""

import numpy as np
import pytest

from course import demo, detection, images
from course.lessons.lesson_01 import widget as widget_01

pytest.importorskip("ipywidgets")


@pytest.fixture(scope="module")
def explorer():
    return widget_01.ThresholdExplorer()


def test_a_higher_threshold_leaves_fewer_and_the_suppression_one(explorer):
    counts = [len(explorer.chosen({"threshold": value})[0]) for value in (0.02, 0.1, 0.5, 0.9)]
    assert counts == sorted(counts, reverse=True) and counts[0] > counts[2] > 1
    above, stays = explorer.chosen({"threshold": 0.5, "overlap": 0.4})
    everything = explorer.chosen({"threshold": 0.5, "overlap": 1.0})[1]
    assert len(stays) == 1 and len(everything) == len(above)
    found = detection.detect_faces(images.load_image(demo.photo_path()), "course")[0, :4]
    assert np.allclose(explorer.boxes[stays[0]].numpy(), found, atol=1)


def test_both_sliders_change_the_picture(explorer):
    start = explorer.draw({"threshold": 0.5, "overlap": 0.4}).astype(int)
    for settings in ({"threshold": 0.03, "overlap": 0.4}, {"threshold": 0.5, "overlap": 1.0}):
        assert (np.abs(explorer.draw(settings) - start).max(axis=2) > 40).mean() > 0.002
    before = explorer.image.value
    explorer.controls["threshold"].value = 0.05
    assert explorer.image.value != before
    explorer.children[0].children[-1].click()
    assert explorer.image.value == before
