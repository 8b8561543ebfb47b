"""Lesson 08's widget and figures: the long run as it ships, and its slider moved in a real JupyterLab."""

import numpy as np
import pytest

from course import io, plots
from course.lessons.lesson_08 import figures, long_run
from course.lessons.lesson_08 import widget as widget_08

pytest.importorskip("ipywidgets")


@pytest.fixture(scope="module")
def scrubber():
    return widget_08.RunScrubber()


def test_the_run_is_whole_small_and_better_than_the_warp():
    run = long_run.load()
    assert len(run.steps) >= 5 and run.steps == sorted(run.steps) and set(run.steps) <= set(run.curve["step"])
    count = len(run.squares["photo", 0])
    for key in [("photo", 0), ("warp", 0), ("target", 0), *(("network", step) for step in run.steps)]:
        assert run.squares[key].shape == (count, 96, 96, 3)
    assert (run.curve["network inside"] < run.curve["warp inside"]).all()
    assert sum(io.data_file(name).stat().st_size for name in (long_run.CURVE, long_run.SHEET)) < 400_000


def test_on_the_pictures_too_the_network_is_nearer_to_the_truth():
    """The sheet against the curve: rows in the right order."""
    run = long_run.load()
    truth = run.squares["target", 0].astype(int)
    warp, made = (np.abs(run.squares[key].astype(int) - truth).mean() for key in
                  (("warp", 0), ("network", run.steps[-1])))
    photo = np.abs(run.squares["photo", 0].astype(int) - truth).mean()
    assert made < warp < photo


def test_the_slider_changes_the_row_of_the_network_alone(scrubber):
    steps = scrubber.run.steps
    first, last = (scrubber.draw({"step": step}).astype(int) for step in (steps[0], steps[-1]))
    rows = [slice(26 + 96 * k, 26 + 96 * (k + 1)) for k in range(4)]
    changed = [np.abs(first[row] - last[row]).max() > 20 for row in rows]
    assert changed == [False, False, True, False]
    assert np.array_equal(scrubber.draw({"step": 0})[rows[2], 74:], scrubber.draw({"step": 0})[rows[1], 74:])
    before = scrubber.image.value
    scrubber.controls["step"].value = scrubber.run.steps[-1]
    assert scrubber.image.value != before
    scrubber.children[0].children[-1].click()
    assert scrubber.image.value == before


def test_figures_have_words_and_axes(scrubber):
    run = scrubber.run
    figure = figures.long_run(run)
    assert "falls from" in plots.describe(figure) and all(axes.get_xlabel() for axes in figure.axes)
    still = scrubber.stills({"step": run.steps[0]}, {"step": run.steps[-1]})
    assert [axes.get_ylabel() for axes in still.axes] == ["source", "warp", f"step {run.steps[0]}",
                                                          f"step {run.steps[-1]}", "truth"]
    curves = figures.batch_curves({"healthy": [0.02, 0.0101], "flat": [0.02, 0.02]})
    assert "healthy 5.1 to 2.6" in plots.describe(curves) and curves.axes[0].get_yscale() == "log"
