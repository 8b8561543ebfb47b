"""The sliders of lesson 03, without a browser and in a real JupyterLab."""

import numpy as np
import pytest

pytest.importorskip("ipywidgets")

from jupyter_in_browser import widgets_in_browser

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


def test_in_the_browser_a_group_is_chosen_and_its_slider_moves_the_picture(tmp_path):
    with widgets_in_browser(tmp_path, "03", "widget.FacePose()") as (widget,):
        group = widget.cell.locator("select").first
        group.select_option("jaw and lips")
        slider = widget.cell.locator(".widget-slider:visible", has_text="jawOpen").first
        slider.wait_for(state="visible", timeout=30_000)
        assert not widget.cell.locator(".widget-slider", has_text="headYaw").first.is_visible()
        assert widget.changed_by(lambda: widget.press("ArrowRight", 12, slider))
        assert slider.locator(".widget-readout").first.inner_text() != "0.00"
        for name in widget_03.FacePose.GROUPS:
            group.select_option(name)
            labels = widget.cell.locator(".widget-slider:visible .widget-label")
            labels.nth(len(widget_03.FacePose.GROUPS[name]) - 1).wait_for(state="visible", timeout=30_000)
            widget.page.wait_for_timeout(500)  # those of the group before are hidden by now, too
            widget.check_layout()
            assert labels.count() == len(widget_03.FacePose.GROUPS[name])
            assert not any(labels.evaluate_all("all => all.map(one => one.scrollWidth > one.clientWidth)")), "cut names"
