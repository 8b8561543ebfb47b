"""The widgets as a student has them: a slider is moved in a real JupyterLab, and the picture changes."""

import pytest
from jupyter_in_browser import Widget, notebook_of

WIDGETS = ("mixer.FaceMixer", "mover.KeypointMover", "mover.HeatmapSharpness")


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """A notebook with the first lessons' three widgets, run from top to bottom in the browser."""
    cells = ["from course import plots\nfrom course.lessons.lesson_00 import widget as mixer\n"
             "from course.lessons.lesson_02 import widget as mover", *(f"panel = {name}()\npanel" for name in WIDGETS),
             'plots.show(plots.pipeline(["photo"]))']
    with notebook_of(tmp_path_factory.mktemp("lab"), *cells) as opened:
        yield opened


@pytest.mark.parametrize("name", WIDGETS)
def test_moving_a_slider_changes_the_picture(notebook, name):
    widget = Widget(notebook, name)
    readout = widget.cell.locator(".widget-readout").first
    reading = readout.inner_text()
    assert widget.changed_by(lambda: widget.press("ArrowRight", 12))
    assert readout.inner_text() != reading
    widget.cell.locator("button", has_text="back to the start").click()
    notebook.page.wait_for_function("([readout, before]) => readout.innerText === before",
                                    arg=[readout.element_handle(), reading], timeout=60_000)


def test_a_figure_has_its_words_in_the_page(notebook):
    image = notebook.cell("plots.pipeline").locator("img")
    assert "Lit: photo." in image.get_attribute("alt")
    assert image.evaluate("image => image.naturalWidth") > 600


def test_nothing_in_the_notebook_is_an_error(notebook):
    kinds = ("error", "stderr")
    found = notebook.page.locator(", ".join(f'[data-mime-type="application/vnd.jupyter.{kind}"]' for kind in kinds))
    assert found.all_inner_texts() == []
