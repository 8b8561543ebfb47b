"""The widgets as a student has them: a slider is moved in a real JupyterLab, and the picture changes."""

import io

import nbformat
import numpy as np
import pytest
from jupyter_in_browser import Notebook, browser_or_skip, jupyterlab, page_of
from PIL import Image

WIDGETS = ("FaceMixer", "KeypointMover", "HeatmapSharpness")
HANDLE = ".noUi-handle, .ui-slider-handle"  # of ipywidgets 8, and of 7


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """A notebook with the lessons' three widgets, run from top to bottom in the browser."""
    browser = browser_or_skip()
    folder = tmp_path_factory.mktemp("lab")
    (folder / "notebooks").mkdir()
    cells = [nbformat.v4.new_code_cell("from course import plots, widgets")]
    for name in WIDGETS:
        cells.append(nbformat.v4.new_code_cell(f"panel = widgets.{name}()\npanel"))
    cells.append(nbformat.v4.new_code_cell('plots.show(plots.pipeline(["photo"]))'))
    made = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "language": "python",
                                                                          "display_name": "Python 3"}})
    nbformat.write(made, folder / "notebooks" / "widgets.ipynb")
    with jupyterlab(folder) as address, page_of(browser) as page:
        opened = Notebook(page, address, "widgets.ipynb")
        opened.run_all()
        yield opened


def picture_of(cell) -> np.ndarray:
    shot = cell.locator(".jp-OutputArea-output img").first.screenshot()
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)


@pytest.mark.parametrize("name", WIDGETS)
def test_moving_a_slider_changes_the_picture(notebook, name):
    cell, page = notebook.cell(f"widgets.{name}"), notebook.page
    image = cell.locator(".jp-OutputArea-output img").first
    image.wait_for(state="visible", timeout=60_000)
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image.element_handle())
    before, address = picture_of(cell), image.get_attribute("src")
    reading = cell.locator(".widget-readout").first.inner_text()
    handle = cell.locator(HANDLE).first
    handle.focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("([image, before]) => image.src !== before && image.complete",
                           arg=[image.element_handle(), address], timeout=60_000)
    page.wait_for_timeout(3000)  # the last of twelve pictures
    assert cell.locator(".widget-readout").first.inner_text() != reading
    after = picture_of(cell)
    assert after.shape == before.shape and (np.abs(after - before).max(axis=2) > 30).mean() > 0.002
    cell.locator("button", has_text="back to the start").click()
    page.wait_for_function("([readout, before]) => readout.innerText === before",
                           arg=[cell.locator(".widget-readout").first.element_handle(), reading], timeout=60_000)


def test_a_figure_has_its_words_in_the_page(notebook):
    image = notebook.cell("plots.pipeline").locator("img")
    assert "Lit: photo." in image.get_attribute("alt")
    assert image.evaluate("image => image.naturalWidth") > 600


def test_nothing_in_the_notebook_is_an_error(notebook):
    kinds = ("error", "stderr")
    found = notebook.page.locator(", ".join(f'[data-mime-type="application/vnd.jupyter.{kind}"]' for kind in kinds))
    assert found.all_inner_texts() == []
