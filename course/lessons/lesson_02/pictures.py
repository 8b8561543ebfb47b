"""The pictures that the checks of lesson 02 show."""

import numpy as np

from course import plots
from course.exercises.exercise import View


def furthest_off(right, theirs) -> tuple:
    """Picture and point (n, k) at which two arrays (N, K, ...) differ most; (0, 0) where they do not."""
    right = np.asarray(right, float)
    if theirs is None or not right.size:
        return 0, 0
    off = np.nan_to_num(np.abs(np.asarray(theirs, float) - right), nan=np.inf)
    return tuple(int(k) for k in np.unravel_index(np.argmax(off), off.shape)[:2])


def draw_heatmap(view: View):
    """The map that is furthest off, right and yours, a ring at the point, and their difference."""
    points, sigma = np.asarray(view.args[0], float), view.args[2]
    title = f"gaussian_heatmap, sigma = {sigma:g} cells"
    if not points.size:
        return plots.heatmap_row([np.zeros((view.args[1], view.args[1]))], [{}], ["no point, no map"], title)
    at = furthest_off(view.right, view.theirs)
    maps = [view.right[at]] + ([] if view.theirs is None else [view.theirs[at],
                               plots.abs_difference(view.right[at], view.theirs[at])])
    marks = {"the point": tuple(points[at])}
    titles = ["right", "yours", f"difference, at most {np.max(maps[-1]):.2g}"][: len(maps)]
    return plots.heatmap_row(maps, [marks] * len(maps), titles, title)


def draw_soft_argmax(view: View):
    """The map that is furthest off and its softmax, with the right place, the highest cell and yours marked."""
    theirs = (view.theirs or {}).get("points") if isinstance(view.theirs, dict) else None
    at = furthest_off(view.right["points"], theirs)
    map_ = np.asarray(view.args[0], float)[at]
    p = np.exp(map_ - map_.max())
    p /= p.sum()
    marks = {"right": tuple(view.right["points"][at])}
    row, column = np.unravel_index(map_.argmax(), map_.shape)
    hard = ((column + 0.5) / map_.shape[1], (row + 0.5) / map_.shape[0])
    if theirs is not None and np.isfinite(theirs[at]).all():
        marks = {"right": marks["right"], "argmax": hard, "yours": tuple(np.clip(theirs[at], 0, 1))}
    return plots.heatmap_row([map_, p], [{}, marks], ["the map", "its softmax"],
                             "soft_argmax: " + view.says, side=2.8)


def draw_similarity(view: View):
    """Source and target as they are, and beside them the target with the source moved: rightly, and by your matrix."""
    source, target = (np.asarray(points, float) for points in view.args)
    sets = [[(source, "source", plots.BLUE), (target, "target", plots.BLACK)]]
    sets.append([(_moved(source, view.right), "right", plots.GREEN), (target, "target", plots.BLACK)])
    if view.theirs is not None and np.isfinite(np.asarray(view.theirs, float)).all():
        sets[1].insert(1, (_moved(source, view.theirs), "yours", plots.VERMILION))
    figure, grid = plots.new(8.4, 3.9, 1, 2, "similarity_transform: " + view.says)
    for axes, shown, words in zip(grid[0], sets, ("given", "the source, moved by the matrix")):
        for points, name, colour in shown:
            _draw_set(axes, points, name, colour)
        axes.margins(0.14)
        axes.set(aspect="equal", xlabel="x", ylabel="y")
        axes.invert_yaxis()
        axes.tick_params(labelsize=7)
        axes.set_title(words, fontsize=9)
    drawn = {word: handle for axes in grid[0] for handle, word in zip(*axes.get_legend_handles_labels())}
    figure.legend(drawn.values(), drawn.keys(), loc="outside lower center", ncols=4, fontsize=8)
    plots.describe(figure, "Left the source (triangles) and the target (dots); right the target again, with the source "
                           "moved rightly (rings) and by your matrix (crosses).")
    return figure


def _moved(source, matrix) -> np.ndarray:
    matrix = np.asarray(matrix, float)
    return source @ matrix[:, :2].T + matrix[:, 2]


def _draw_set(axes, points, name: str, colour: str) -> None:
    """Points (K, 2), each set so that it hides no other: rings are wide, crosses thin, the target's dots on top."""
    look = {"source": {"marker": "^", "s": 30}, "target": {"marker": ".", "s": 26, "zorder": 5},
            "right": {"marker": "o", "s": 90, "facecolors": "none", "edgecolors": colour, "linewidths": 1.4},
            "yours": {"marker": "x", "s": 50, "linewidths": 1.2}}[name]
    axes.scatter(*points.T, label=name, **({} if name == "right" else {"color": colour}), **look)
    if len(points) <= 8:  # few enough to see the shape that they make
        axes.plot(*np.vstack([points, points[:1]]).T, color=colour, linewidth=0.8, alpha=0.6)


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
