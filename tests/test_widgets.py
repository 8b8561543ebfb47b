"""The widgets without a browser: a slider moves the picture, and the still strip draws the same."""

import io

import numpy as np
import pytest
from PIL import Image

from course import keypoints
from course.lessons import widgets
from course.lessons.lesson_00 import widget
from course.lessons.lesson_02 import widget as widget_02

pytest.importorskip("ipywidgets")


def shown(panel) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(panel.image.value)).convert("RGB")).astype(int)


@pytest.fixture(scope="module")
def mixer():
    return widget.FaceMixer()


@pytest.fixture(scope="module")
def mover():
    return widget_02.KeypointMover()


def test_mouth_opens_with_its_slider_and_shuts_with_the_button(mixer):
    before = shown(mixer)
    mixer.controls["jaw open"].value = 0.8
    opened = shown(mixer)
    mouth = mixer.actor.points[keypoints.LIPS_OUTER].mean(axis=0).astype(int)
    here = np.s_[mouth[1] - 20 : mouth[1] + 40, mouth[0] - 30 : mouth[0] + 30]
    assert np.abs(opened - before)[here].mean() > 10 > np.abs(opened - before)[:30, :30].mean()
    mixer.children[0].children[-1].click()
    assert mixer.controls["jaw open"].value == 0 and np.abs(shown(mixer) - before).max() == 0


def test_every_slider_of_the_mixer_does_something(mixer):
    before = mixer.draw({}).astype(int)
    for words, control in mixer.controls.items():
        assert np.abs(mixer.draw({words: control.max}).astype(int) - before).max() > 30, words


@pytest.mark.parametrize("group", list(widget_02.KeypointMover.GROUPS))
def test_face_follows_the_chosen_points(mover, group):
    rest, width = mover.actor.points, mover.actor.portrait.image.shape[1]
    target = mover.target({"points": group, "down": 0.15})
    chosen = mover.GROUPS[group]
    assert np.allclose(target[chosen] - rest[chosen], [0, 0.15 * keypoints.eye_distance(rest)], atol=1e-3)
    assert np.allclose(np.delete(target, chosen, axis=0), np.delete(rest, chosen, axis=0))
    moved, still = (mover.draw(settings).astype(int)[:, width:] for settings in
                    ({"points": group, "down": 0.15}, {"points": group}))
    x, y = rest[chosen].mean(axis=0).astype(int)
    assert np.abs(moved - still)[y - 20 : y + 20, x - 20 : x + 20].mean() > 2


def test_soft_argmax_comes_home_as_the_map_grows_sharp():
    panel = widget_02.HeatmapSharpness()
    far = [np.linalg.norm(np.subtract(panel.places({"sharpness": value, "second hill": 0.5})[1]["soft-argmax"],
                                      panel.TRUE)) for value in (1, 4, 20)]
    assert far[0] > far[1] > far[2] and far[2] < 0.03
    before = panel.image.value
    panel.controls["sharpness"].value = 15
    assert panel.image.value != before


def test_stills_are_as_many_as_settings(mixer):
    figure = mixer.stills({}, {"smile": 1}, {"eyes shut": 1}, title="Three")
    assert [axes.get_title() for axes in figure.axes] == ["at rest", "smile 1", "eyes shut 1"]


def test_only_what_old_ipywidgets_knows():
    import inspect
    import re

    used = set(re.findall(r"ipywidgets\.(\w+)", inspect.getsource(widgets)))
    assert used <= {"HBox", "VBox", "Image", "Button", "FloatSlider", "Dropdown"}  # all of them in 7.7 as in 8
