"""The slider of lesson 07, without a browser and in a real JupyterLab."""

import numpy as np
import pytest

pytest.importorskip("ipywidgets")

import nbformat
from jupyter_in_browser import Notebook, browser_or_skip, jupyterlab, page_of
from test_widgets_browser import HANDLE, picture_of

from course import places, widgets_gan


@pytest.fixture(scope="module")
def ring():
    return widgets_gan.RingInMotion(steps=40)


def differ(a, b) -> float:
    """The share of pixels that differ clearly."""
    return float((np.abs(a.astype(int) - b).max(axis=2) > 30).mean())


def test_the_step_and_the_game_change_the_picture(ring):
    last = ring.draw({"step": 40})
    assert differ(ring.draw({"step": 0}), last) > 0.01
    hasty = ring.draw({"step": 40, "game": "no R1, hasty generator"})
    assert differ(last, hasty) > 0.01


def test_every_step_of_the_slider_was_recorded(ring):
    slider = ring.controls["step"]
    assert (slider.min, slider.max, slider.step) == (0, 40, 2)
    for film in ring.films.values():
        assert film.steps == list(range(0, 41, 2)) and len(film.points) == len(film.judged) == 21
    assert ring.seen({"step": 17})[0] in (16, 18)


def test_each_film_plays_its_game():
    """The saturating film asks for the saturating loss, the others never do."""
    for words, changes in widgets_gan.GAMES.items():
        with places.counted("gan_losses.saturating_generator_loss") as seen:
            widgets_gan.record(2, pictures=1, **changes)
        assert bool(seen.calls) == words.startswith("saturating"), words


def test_the_landscape_is_what_the_discriminator_says():
    film = widgets_gan.record(4, pictures=2)
    assert film.steps == [0, 2, 4]
    assert all(one.shape == (widgets_gan.CELLS,) * 2 and 0 < one.min() <= one.max() < 1 for one in film.judged)
    assert not np.array_equal(film.judged[0], film.judged[-1])


def test_the_stills_say_what_they_show(ring):
    figure = ring.stills({"step": 0}, {"step": 40}, title="Two steps")
    assert "step 40: " in figure.get_label() and figure.get_label().startswith("Two steps")


def test_in_the_browser_it_moves(tmp_path):
    browser = browser_or_skip()
    (tmp_path / "notebooks").mkdir()
    cell = nbformat.v4.new_code_cell("from course import widgets_gan\npanel = widgets_gan.RingInMotion(steps=100)\n"
                                     "panel")
    made = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": {"name": "python3", "language": "python",
                                                                           "display_name": "Python 3"}})
    nbformat.write(made, tmp_path / "notebooks" / "gan.ipynb")
    with jupyterlab(tmp_path) as address, page_of(browser) as page:
        notebook = Notebook(page, address, "gan.ipynb")
        notebook.run_all()
        cell = notebook.cell("widgets_gan.RingInMotion")
        image = cell.locator(".jp-OutputArea-output img").first
        image.wait_for(state="visible", timeout=60_000)
        page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image.element_handle())
        before = picture_of(cell)
        cell.screenshot(path=str(tmp_path / "before.png"))
        cell.locator(HANDLE).first.focus()
        for _ in range(20):
            page.keyboard.press("ArrowRight")
        page.wait_for_timeout(3000)
        cell.screenshot(path=str(tmp_path / "step.png"))
        moved = picture_of(cell)
        assert (np.abs(moved - before).max(axis=2) > 30).mean() > 0.002
        cell.locator("select").first.select_option("no R1, hasty generator")
        page.wait_for_timeout(2000)
        cell.screenshot(path=str(tmp_path / "game.png"))
        assert (np.abs(picture_of(cell) - moved).max(axis=2) > 30).mean() > 0.002
