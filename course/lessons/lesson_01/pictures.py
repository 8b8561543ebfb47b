"""The pictures that the checks of lesson 01 show."""

import numpy as np

from course import plots
from course.exercises.exercise import View

from . import figures


def worst(right, theirs) -> tuple:
    """The index at which two arrays differ most, the first one where they do not."""
    right = np.asarray(right, float)
    if theirs is None or not right.size:
        return (0,) * right.ndim
    off = np.abs(np.asarray(theirs, float) - right)
    return tuple(int(k) for k in np.unravel_index(np.argmax(np.nan_to_num(off, nan=np.inf)), off.shape))


def nothing(title: str):
    """A picture for a case without boxes."""
    figure, grid = plots.new(3.2, 1.2, title=title)
    grid[0, 0].set_axis_off()
    grid[0, 0].text(0.5, 0.5, "no box", ha="center", va="center", transform=grid[0, 0].transAxes, color=plots.GREY)
    plots.describe(figure, f"{title}: there is no box to draw.")
    return figure


def draw_iou(view: View):
    """The pair of boxes that is furthest off, the part that both cover hatched, the right IoU and yours above."""
    if not np.size(view.right):
        return nothing("iou: " + view.says)
    row, column = worst(view.right, view.theirs)
    pair = np.asarray(view.args[0], float)[row], np.asarray(view.args[1], float)[column]
    value = float(view.right[row, column])
    words = f"right {value:.3g}"
    if view.theirs is not None:
        words += f", yours {float(view.theirs[row, column]):.3g}"
    return figures.overlaps([pair], [value], "iou: " + words)


def _boxes(sets, title):
    """{words: boxes (N, 4) or None} in panels side by side."""
    figure, grid = plots.new(2.9 * len(sets), 2.6, 1, len(sets), title)
    every = np.concatenate([np.asarray(boxes, float).reshape(-1, 4) for boxes in sets.values() if boxes is not None])
    looks = {"right": (plots.GREEN, "-"), "yours": (plots.VERMILION, "--")}
    for axes, (words, boxes) in zip(grid[0], sets.items()):
        for box in () if boxes is None else np.asarray(boxes, float).reshape(-1, 4):
            if np.isfinite(box).all():
                figures.rectangle(axes, box, *looks.get(words, (plots.BLUE, ":")), 1.5)
        figures.frame(axes, every, words if boxes is not None else words + ": nothing yet")
    plots.describe(figure, f"{title}: boxes as outlines, {', '.join(sets)} side by side.")
    return figure


def draw_anchors(view: View):
    """All anchors as outlines, right beside yours; a grey line runs through their middles in the order of the answers.
    """
    figure = _boxes({"right": view.right, "yours": view.theirs}, "make_anchors: " + view.says)
    for axes, boxes in zip(figure.axes, (view.right, view.theirs)):
        boxes = np.zeros((0, 4)) if boxes is None else np.asarray(boxes, float).reshape(-1, 4)
        middle = (boxes[:, :2] + boxes[:, 2:]) / 2
        axes.plot(*middle.T, color=plots.GREY, linewidth=0.8, marker=".", markersize=3)  # the order of the answers
        axes.plot(*middle[:1].T, color=plots.BLACK, marker="o", markersize=4, linestyle="")
        axes.set_title(axes.get_title() + ("" if len(boxes) == 0 else "; the line is their order"), fontsize=9)
    return figure


def _named(box: tuple, right) -> str:
    """Which box is drawn, where there are several."""
    return "the box" if np.size(right) == 4 else f"box [{', '.join(map(str, box))}]"


def draw_offsets(view: View):
    """The four numbers of the box that is furthest off as bars, right beside yours."""
    if not np.size(view.right):
        return nothing("encode_boxes: " + view.says)
    box = worst(view.right, view.theirs)[:-1]
    figure, grid = plots.new(6, 3, title="encode_boxes: the four offsets of " + _named(box, view.right))
    axes, place, aside = grid[0, 0], np.arange(4), 0.0 if view.theirs is None else 0.2
    names = ("centre x", "centre y", "width", "height")
    axes.bar(place - aside, view.right[box], 0.4, color=plots.GREEN, label="right", edgecolor=plots.BLACK)
    if view.theirs is not None:
        axes.bar(place + 0.2, np.nan_to_num(view.theirs[box]), 0.4, color=plots.VERMILION, label="yours",
                 hatch="//", edgecolor=plots.BLACK)
    axes.axhline(0, color=plots.BLACK, linewidth=0.8)
    axes.set(xticks=place, xticklabels=names, ylabel="offset")
    axes.legend(fontsize=8)
    plots.describe(figure, "The four offsets of one box as bars: right, and yours.")
    return figure


def draw_decoded(view: View):
    """The box that is furthest off three times: its anchor, right, and yours."""
    if not np.size(view.right):
        return nothing("decode_boxes: " + view.says)
    box = worst(view.right, view.theirs)[:-1]
    return _boxes({"anchor": np.asarray(view.args[1], float)[box[-1:]], "right": view.right[box],
                   "yours": None if view.theirs is None else view.theirs[box]},
                  "decode_boxes: " + _named(box, view.right))


def draw_nms(view: View):
    """The boxes with their scores three times: given, those that rightly stay solid, those that you keep solid."""
    boxes, scores = np.asarray(view.args[0], float), np.asarray(view.args[1], float)
    kept = {"given": range(len(boxes)), "right keeps": view.right, "yours keeps": view.theirs}
    figure, grid = plots.new(8.6, 2.5, 1, 3, "nms: " + view.says)
    for axes, (words, chosen) in zip(grid[0], kept.items()):
        stays = set() if chosen is None else {int(k) for k in np.ravel(chosen) if 0 <= k < len(boxes)}
        for k, box in enumerate(boxes):
            on = k in stays
            figures.rectangle(axes, box, plots.BLUE if on else plots.GREY, "-" if on else ":", 2 if on else 1)
            axes.text(box[0] + 1, box[1] + 6 + 9 * (k % 4), f"{k}: {scores[k]:.2f}", fontsize=7, va="center")
        figures.frame(axes, boxes, words if chosen is not None else words + ": nothing yet")
    plots.describe(figure, "Three panels of boxes with their scores: all, those that rightly stay, those you keep; "
                           "solid ones stay, dotted ones are dropped.")
    return figure


def draw_average_precision(view: View):
    """Precision against recall, as measured and as it counts, with the right area and yours in the title."""
    from course import evaluation

    scores, right, total = view.args
    precision, recall = evaluation.precision_recall(np.asarray(scores), np.asarray(right), total)
    falling = np.maximum.accumulate(precision[::-1])[::-1]
    words = f"right {float(view.right):.3g}" + ("" if view.theirs is None else f", yours {float(view.theirs):.3g}")
    return figures.precision_recall({"after each box": (precision, recall), "the best from here on":
                                             (falling, recall)}, title="average_precision: " + words)
