"""The sliders of lesson 03, without a browser and in a real JupyterLab."""

import io

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("ipywidgets")

import nbformat
from jupyter_in_browser import Notebook, browser_or_skip, jupyterlab, page_of

from course import motion, widgets_pose


@pytest.fixture(scope="module")
def panel():
    return widgets_pose.FacePose()


def test_every_channel_has_one_slider(panel):
    names = [name for group in panel.GROUPS.values() for name in group]
    assert sorted(names) == sorted(motion.CHANNELS)


@pytest.mark.parametrize("name", motion.CHANNELS)
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
    browser = browser_or_skip()
    (tmp_path / "notebooks").mkdir()
    cell = nbformat.v4.new_code_cell("from course import widgets_pose\npanel = widgets_pose.FacePose()\npanel")
    made = nbformat.v4.new_notebook(cells=[cell], metadata={
        "kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}})
    nbformat.write(made, tmp_path / "notebooks" / "pose.ipynb")
    with jupyterlab(tmp_path) as address, page_of(browser) as page:
        notebook = Notebook(page, address, "pose.ipynb")
        notebook.run_all()
        there = notebook.cell("widgets_pose.FacePose")
        image = there.locator(".jp-OutputArea-output img").first
        image.wait_for(state="visible", timeout=60_000)
        page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image.element_handle())
        there.locator("select").first.select_option("jaw and lips")
        slider = there.locator(".widget-slider:visible", has_text="jawOpen").first
        slider.wait_for(state="visible", timeout=30_000)
        assert not there.locator(".widget-slider", has_text="headYaw").first.is_visible()
        before = np.asarray(Image.open(io.BytesIO(image.screenshot())).convert("RGB")).astype(int)
        slider.locator(".noUi-handle, .ui-slider-handle").first.focus()
        address_before = image.get_attribute("src")
        for _ in range(12):
            page.keyboard.press("ArrowRight")
        page.wait_for_function("([image, before]) => image.src !== before && image.complete",
                               arg=[image.element_handle(), address_before], timeout=60_000)
        page.wait_for_timeout(3000)
        assert slider.locator(".widget-readout").first.inner_text() != "0.00"
        after = np.asarray(Image.open(io.BytesIO(image.screenshot())).convert("RGB")).astype(int)
        assert after.shape == before.shape and (np.abs(after - before).max(axis=2) > 30).mean() > 0.002
