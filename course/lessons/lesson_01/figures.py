"""The figures of lesson 01: boxes and anchors, overlap, precision and recall."""

import numpy as np
from matplotlib.patches import Rectangle

from course import plots


def rectangle(axes, box, colour=plots.BLUE, line="-", width=2.0, fill=None) -> None:
    """A box (4,) x1, y1, x2, y2 as an outline `width` points thick, `fill` its hatch."""
    x1, y1, x2, y2 = (float(v) for v in box[:4])
    axes.add_patch(Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, edgecolor=colour, linestyle=line, linewidth=width,
                             hatch=fill))


def frame(axes, boxes, title: str = "", margin: float = 0.12) -> None:
    """Axes that show all boxes (N, 4), y downwards."""
    boxes = np.asarray(boxes, float).reshape(-1, 4)
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if len(boxes):
        low = np.minimum(boxes[:, :2], boxes[:, 2:]).min(axis=0)
        high = np.maximum(boxes[:, :2], boxes[:, 2:]).max(axis=0)
        room = max((high - low).max(), 1e-6) * margin
        axes.set(xlim=(low[0] - room, high[0] + room), ylim=(high[1] + room, low[1] - room))
    axes.set(aspect="equal", xlabel="x", ylabel="y")
    axes.tick_params(labelsize=7)
    axes.set_title(title, fontsize=9)


def overlaps(pairs, values, title: str = "How much do two boxes overlap?"):
    """Pairs of boxes (4,), the part that both cover hatched, with their IoU above."""
    figure, grid = plots.new(max(2.0 * len(pairs), 3.4), 2.6, 1, len(pairs), title)
    reach = max(float(np.ptp(np.concatenate(pair).reshape(-1, 2), axis=0).max()) for pair in pairs) * 0.58
    for axes, (a, b), value in zip(grid[0], pairs, values):
        low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
        if (high > low).all():
            rectangle(axes, np.r_[low, high], plots.GREY, width=0, fill="////")
        rectangle(axes, a, plots.BLUE)
        rectangle(axes, b, plots.VERMILION, "--")
        frame(axes, [a, b], f"IoU {value:.2f}")
        x, y = (np.minimum(a[:2], b[:2]) + np.maximum(a[2:], b[2:])) / 2  # the same scale in all panels
        axes.set(xlabel="", ylabel="", xticks=[], yticks=[], xlim=(x - reach, x + reach), ylim=(y + reach, y - reach))
    plots.describe(figure, f"{title}: pairs of boxes, one solid and one dashed, the shared part hatched; IoU "
                           + ", ".join(f"{value:.2f}" for value in values) + ".")
    return figure


def anchors_on(image, levels, titles, face, title: str = "Anchors"):
    """One panel a level: the centres of its cells, the anchors that answer for `face` (4,), and the face dashed.

    levels: pairs (centres (N, 2), the answering anchors (K, 4)).
    """
    figure, grid = plots.new(2.4 * len(levels), 2.9, 1, len(levels), title)
    for axes, (centres, answering), words in zip(grid[0], levels, titles):
        plots.picture(axes, (np.asarray(image) * 0.6 + 100).astype(np.uint8), words)
        limits = axes.get_xlim(), axes.get_ylim()
        axes.scatter(*np.asarray(centres).T, s=3, color=plots.BLACK)
        for box in answering:
            rectangle(axes, box, plots.BLUE, width=1.2)
        rectangle(axes, face, plots.VERMILION, "--", 2)
        axes.set(xlim=limits[0], ylim=limits[1])
    plots.describe(figure, f"{title}: the same picture for each level with a dot in the middle of every cell; the "
                           "anchors that answer for the face are solid, the face's box dashed. " + "; ".join(titles))
    return figure


def precision_recall(curves: dict, marks: dict | None = None, title: str = "Precision and recall"):
    """{words: (precision (N,), recall (N,))} as lines; marks: {words: (recall, precision)}, chosen thresholds."""
    figure, grid = plots.new(6.2, 3.6, title=title)
    axes = grid[0, 0]
    for k, (words, (precision, recall)) in enumerate(curves.items()):
        axes.plot(recall, precision, plots.LINES[k % 4], color=plots.CYCLE[k % 7], label=words)
    for k, (words, place) in enumerate((marks or {}).items()):
        axes.plot(*place, marker="osD^"[k % 4], markersize=8, color=plots.BLACK, fillstyle="none", linestyle="",
                  label=words)
    axes.set(xlabel="recall: share of the faces that were found", ylabel="precision: share of right boxes",
             xlim=(0, 1.02), ylim=(0, 1.04))
    axes.grid(alpha=0.3)
    axes.legend(loc="best", fontsize=8)
    plots.describe(figure, f"{title}: precision against recall for {', '.join(curves)}"
                           + (f"; marked: {', '.join(marks)}." if marks else "."))
    return figure
