"""The pictures that the checks of lesson 02 show."""

import numpy as np

from course import plots
from course.exercises.exercise import View


def draw_heatmap(view: View):
    """The first map, right and yours, a ring at the point, and their difference."""
    points, sigma = view.args[0], view.args[2]
    maps = [view.right[0, 0]] + ([] if view.theirs is None else [view.theirs[0, 0],
                                 plots.abs_difference(view.right[0, 0], view.theirs[0, 0])])
    marks = {"the point": tuple(np.asarray(points, float)[0, 0])}
    titles = ["right", "yours", f"difference, at most {np.max(maps[-1]):.2g}"][: len(maps)]
    return plots.heatmap_row(maps, [marks] * len(maps), titles, f"gaussian_heatmap, sigma = {sigma:g} cells")


def draw_soft_argmax(view: View):
    """A map and its softmax, with the right place, the highest cell and yours marked."""
    map_ = np.asarray(view.args[0], float)[0, 0]
    p = np.exp(map_ - map_.max())
    p /= p.sum()
    marks = {"right": tuple(view.right["points"][0, 0])}
    row, column = np.unravel_index(map_.argmax(), map_.shape)
    hard = ((column + 0.5) / map_.shape[1], (row + 0.5) / map_.shape[0])
    theirs = (view.theirs or {}).get("points") if isinstance(view.theirs, dict) else None
    if theirs is not None and np.isfinite(theirs[0, 0]).all():
        marks = {"right": marks["right"], "argmax": hard,
                 "yours": tuple(np.clip(theirs[0, 0], 0, 1))}
    return plots.heatmap_row([map_, p], [{}, marks], ["the map", "its softmax"],
                             "soft_argmax: " + view.says, side=2.8)


def draw_similarity(view: View):
    """Target points in grey, the moved ones as green rings, those moved by your matrix as crosses."""
    source, target = (np.asarray(points, float) for points in view.args)

    def moved(matrix):
        return source @ np.asarray(matrix, float)[:, :2].T + np.asarray(matrix, float)[:, 2]

    theirs = view.theirs
    figure = plots.compare_points(moved(view.right), None if theirs is None else moved(theirs), target,
                                  title="similarity_transform: " + view.says, names=("target", "right", "yours"))
    figure.axes[0].set(xlabel="x", ylabel="y")
    return figure


def draw_flip(view: View):
    """A face by its points three times: given, rightly mirrored, yours; the two eyes in colours of their own."""
    points, width = np.asarray(view.args[0], float), view.args[1]
    sets = [("given", points), ("right", view.right), ("yours", view.theirs)]
    figure, grid = plots.new(8.4, 3.1, 1, 3, "flip_keypoints: " + view.says)
    for axes, (words, set_) in zip(grid[0], sets):
        axes.set(xlim=(-5, width + 4), ylim=(max(points[..., 1].max(), 1) + 12, -8), aspect="equal", xlabel="x")
        axes.set_title(words, fontsize=9)
        if set_ is None:
            axes.text(0.5, 0.5, "nothing yet", ha="center", va="center", transform=axes.transAxes, color=plots.GREY)
            continue
        face = np.nan_to_num(np.asarray(set_, float)).reshape(-1, *np.shape(set_)[-2:])[0]
        plots.draw_points(axes, face, plots.GREY, size=5)
        for eye, colour, marker in ((slice(36, 42), plots.BLUE, "o"), (slice(42, 48), plots.VERMILION, "^")):
            axes.scatter(*face[eye].T, s=26, color=colour, marker=marker, zorder=4,
                         label="36-41, right eye" if marker == "o" else "42-47, left eye")
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=8)
    plots.describe(figure, "Three faces drawn by their points: given, the right mirror image, yours; the points 36 to "
                           "41 of the right eye are blue discs, 42 to 47 of the left eye red triangles.")
    return figure


def draw_nme(view: View):
    """Faces by their true and found points, a dashed line for 100 %, and the right error and yours as bars."""
    found, true = (np.asarray(points, float) for points in view.args)
    figure, grid = plots.new(8.2, 3.2, 1, min(2, len(true)) + 1, "nme: " + view.says)
    for axes, f, t in zip(grid[0], found, true):
        axes.scatter(*t[:68].T, s=14, facecolors="none", edgecolors=plots.GREEN, label="true")
        axes.scatter(*f[:68].T, s=5, color=plots.VERMILION, label="found")
        axes.plot(*t[[36, 45]].T, color=plots.BLACK, linestyle="--", label="100 %")
        axes.set(aspect="equal", xlabel="x in pixels", ylabel="y in pixels")
        axes.invert_yaxis()
        axes.tick_params(labelsize=7)
    values = {"right": float(view.right)}
    if view.theirs is not None and np.isfinite(float(view.theirs)):
        values["yours"] = float(view.theirs)
    axes = grid[0, -1]
    bars = axes.bar(list(values), list(values.values()), color=[plots.GREEN, plots.VERMILION][: len(values)],
                    edgecolor=plots.BLACK, hatch=None)
    axes.bar_label(bars, fmt="%.3g")
    axes.set(ylabel="NME in percent")
    axes.margins(y=0.15)
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=8)
    plots.describe(figure, "Two faces by their points, true and found, with the line between the outer corners of the "
                           "eyes; beside them the right NME and yours as bars.")
    return figure
