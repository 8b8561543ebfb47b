"""The pictures that the checks of lesson 06 show."""

import numpy as np

from course import plots
from course.exercises.exercise import View

from . import figures


def draw_grid(view: View):
    """The numbers of a small grid, x above y in each pixel, right beside yours."""
    figure, grid = plots.new(8, 2.9, 1, 2, "identity_grid: " + view.says)
    for axes, words, values in zip(grid[0], ("right", "yours"), (view.right, view.theirs)):
        axes.set_title(words if values is not None else words + ": nothing yet", fontsize=9)
        height, width = np.shape(view.right)[:2]
        axes.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5), xlabel="column", ylabel="row",
                 xticks=range(width), yticks=range(height))
        for row in range(height if values is not None else 0):
            for column in range(width):
                x, y = np.asarray(values, float)[row, column]
                axes.text(column, row, f"x {x:.3g}\ny {y:.3g}", ha="center", va="center",
                          fontsize=9 if max(height, width) < 5 else 5)
    plots.describe(figure, "Two tables of positions, x and y for each pixel: the right ones, and yours.")
    return figure


def _map(values):
    return None if values is None else np.nan_to_num(np.asarray(values, float))[0, 0]


def draw_reading(view: View):
    """The picture that is read, what is rightly read, what you read, and the difference."""
    read_right = view.right["what is read"]
    read_theirs = None if view.theirs is None else view.theirs["what is read"]

    def words(name, values):
        few = values is not None and _map(values).size <= 4
        return name + ": " + ", ".join(f"{value:.3g}" for value in _map(values).ravel()) if few else name

    title = "bilinear_sample: " + view.says
    if view.verdict == "wrong" and read_theirs is not None and np.allclose(read_theirs, read_right, 1e-4, 1e-4):
        title += "\nwhat is read is right, its gradient is not"
    return plots.compare(_map(read_right), _map(read_theirs), given=_map(view.args[0]), title=title,
                         titles=("the picture", words("right", read_right), words("yours", read_theirs), "difference"))


def draw_motion(view: View):
    """For the first point: arrows from each pixel to where it looks, right beside yours."""
    grid = np.asarray(view.args[3], float)
    sets = {"right": view.right, "yours": view.theirs}
    fields = {words: None if v is None else np.nan_to_num(np.asarray(v, float)[0, 0]) - grid
              for words, v in sets.items()}
    marks = {"p": np.asarray(view.args[0], float)[0, 0], "q": np.asarray(view.args[1], float)[0, 0]}
    return figures.arrows_of(grid, fields, "affine_flow: " + view.says, marks=marks)


def draw_masks(view: View):
    """The masks of the first pixel as bars, right beside yours."""
    figure, grid = plots.new(5.6, 3, title="soft_masks: " + view.says)
    axes, right = grid[0, 0], np.asarray(view.right[0], float)[0, :, 0, 0]
    at = np.arange(len(right))
    axes.bar(at - 0.2, right, 0.4, color=plots.GREEN, label="right", edgecolor=plots.BLACK)
    theirs = view.theirs[0] if isinstance(view.theirs, (list, tuple)) and len(view.theirs) else None
    if theirs is not None and np.shape(theirs) == np.shape(view.right[0]):
        axes.bar(at + 0.2, np.nan_to_num(np.asarray(theirs, float)[0, :, 0, 0]), 0.4, color=plots.VERMILION,
                 hatch="//", label="yours", edgecolor=plots.BLACK)
    axes.axhline(0, color=plots.BLACK, linewidth=0.8)
    axes.set(xlabel="motion", ylabel="share of the first pixel", xticks=at)
    axes.legend(fontsize=8)
    plots.describe(figure, "The share of each motion in the first pixel as bars: right, and yours.")
    return figure


def draw_sheet(view: View):
    """Arrows to where each place goes when the sheet's two values are taken for a shift, right beside yours."""
    places = np.asarray(view.args[2], float)
    sets = {"right": view.right, "yours": view.theirs}
    fields = {words: None if v is None else np.nan_to_num(np.asarray(v, float)) for words, v in sets.items()}
    return figures.arrows_of(places, fields, "thin_plate_spline: " + view.says,
                                marks={"held here": np.asarray(view.args[0], float)})


def draw_hidden(view: View):
    """The map of what is visible, what is rightly left of the picture, what you leave, and the difference."""
    return plots.compare(_map(view.right), _map(view.theirs), given=_map(view.args[1]), title="occlude: " + view.says,
                         titles=("what is visible", "right", "yours", "difference"))


def draw_found(view: View):
    """The flow as arrows, four times as long, over the pale source: right beside yours."""
    source = np.asarray(view.args[0], float)
    y, x = np.mgrid[: source.shape[0], : source.shape[1]]
    grid = np.stack([x, y], -1).astype(float)
    some = (slice(1, None, 3), slice(1, None, 3))
    fields = {words: None if v is None else 4 * np.nan_to_num(np.asarray(v, float))[some]
              for words, v in {"right": view.right, "yours": view.theirs}.items()}
    return figures.arrows_of(grid[some], fields, "lucas_kanade: " + view.says + " (arrows 4 times as long)",
                                behind=source)
