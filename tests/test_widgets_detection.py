"""Lesson 01's widget: what it counts, what it draws, and its slider moved in a real JupyterLab."""

import nbformat
import numpy as np
import pytest
from jupyter_in_browser import Notebook, browser_or_skip, jupyterlab, page_of
from test_widgets_browser import HANDLE, picture_of

from course import demo, detection, images, widgets_detection

pytest.importorskip("ipywidgets")


@pytest.fixture(scope="module")
def explorer():
    return widgets_detection.ThresholdExplorer()


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


def test_it_moves_in_a_browser(tmp_path):
    browser = browser_or_skip()
    (tmp_path / "notebooks").mkdir()
    cells = [nbformat.v4.new_code_cell("from course import widgets_detection\n"
                                       "panel = widgets_detection.ThresholdExplorer()\npanel")]
    made = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "language": "python",
                                                                          "display_name": "Python 3"}})
    nbformat.write(made, tmp_path / "notebooks" / "widget.ipynb")
    with jupyterlab(tmp_path) as address, page_of(browser) as page:
        notebook = Notebook(page, address, "widget.ipynb")
        notebook.run_all()
        cell = notebook.cell("ThresholdExplorer")
        image = cell.locator(".jp-OutputArea-output img").first
        image.wait_for(state="visible", timeout=60_000)
        page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image.element_handle())
        before = picture_of(cell)
        cell.screenshot(path=str(tmp_path / "before.png"))
        cell.locator(HANDLE).first.focus()
        for _ in range(40):
            page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(4000)
        cell.screenshot(path=str(tmp_path / "after.png"))
        after = picture_of(cell)
        assert after.shape == before.shape and (np.abs(after - before).max(axis=2) > 30).mean() > 0.002
        assert float(cell.locator(".widget-readout").first.inner_text()) < 0.2
