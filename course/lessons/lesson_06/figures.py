"""The figures of lesson 06: flow fields, masks, warped pictures, errors."""

import numpy as np
from matplotlib.ticker import NullLocator

from course import plots


def quiver(axes, places, steps, colour=plots.BLUE, width: float = 0.006) -> None:
    """An arrow from each place (..., 2) as long as its step (..., 2), in the units of the axes."""
    x, y = np.reshape(places, (-1, 2)).T
    u, v = np.reshape(steps, (-1, 2)).T
    axes.quiver(x, y, u, v, angles="xy", scale_units="xy", scale=1, color=colour, width=width, zorder=3)


def arrows_of(places, fields: dict, title: str = "", marks: dict | None = None, behind=None, side: float = 3.2):
    """Arrows at places (..., 2), one panel for each {words: steps like places, or None}; marks: {words: (x, y)}."""
    figure, grid = plots.new(max(side * len(fields), 0.078 * len(title)), side + 0.7, 1, len(fields), title)
    start = np.reshape(places, (-1, 2))
    every = [start, *(start + np.reshape(steps, (-1, 2)) for steps in fields.values() if steps is not None)]
    low, high = np.min(np.concatenate(every), 0), np.max(np.concatenate(every), 0)
    middle, half = (low + high) / 2, max(float((high - low).max()) * 0.58, 0.1)
    for axes, (words, steps) in zip(grid[0], fields.items()):
        if behind is not None:
            axes.imshow(behind, cmap="gray", alpha=0.5)
        axes.scatter(*np.reshape(places, (-1, 2)).T, s=8, color=plots.GREY)
        if steps is not None:
            quiver(axes, places, steps, plots.GREEN if words == "right" else plots.VERMILION)
        for number, (name, at) in enumerate((marks or {}).items()):
            axes.scatter(*np.reshape(at, (-1, 2)).T, s=60, marker="os^"[number % 3], facecolors="none",
                         edgecolors=plots.BLACK, linewidths=1.4, label=name, zorder=4)
        axes.set(xlim=(middle[0] - half, middle[0] + half), ylim=(middle[1] + half, middle[1] - half), aspect="equal",
                 xlabel="x", ylabel="y")
        axes.set_title(words if steps is not None else words + ": nothing yet", fontsize=9)
        axes.tick_params(labelsize=7)
    if marks:
        figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=8)
    plots.describe(figure, f"{title}: an arrow from each place to where it looks; {', '.join(fields)} side by side.")
    return figure


def flows(images, fields, titles, title: str = "", step: int = 6, points=None, **layout):
    """Pale pictures with a field of arrows over each, one every `step` pixels.

    images: uint8 (H, W, 3) each; fields: (H, W, 2) in pixels, or None; points: (K, 2) in pixels, or None, for each;
    layout: `columns` and `side`, how many stand in a row and how large each is, in inches.
    """
    figure, panels = _panels(len(images), title, **layout)
    for axes, image, field, words, marked in zip(panels, images, fields, titles, points or [None] * len(images)):
        image = np.asarray(image)
        plots.picture(axes, (image * 0.45 + 140).astype(np.uint8), words)
        if field is not None:
            some = (slice(step // 2, None, step),) * 2
            y, x = np.mgrid[: image.shape[0], : image.shape[1]]
            quiver(axes, np.stack([x, y], -1)[some].astype(float), np.asarray(field, float)[some])
        if marked is not None:
            axes.scatter(*np.asarray(marked).T, s=26, marker="o", facecolors=plots.ORANGE, edgecolors=plots.BLACK,
                         zorder=4)
        axes.set(xlim=(-0.5, image.shape[1] - 0.5), ylim=(image.shape[0] - 0.5, -0.5))
    plots.describe(figure, f"{title}: on each pale picture arrows from pixels to where they look. {'; '.join(titles)}.")
    return figure


def _panels(count: int, title: str, columns: int = 4, side: float = 2.4) -> tuple:
    """A figure and `count` axes of it, row after row; those left over are blank."""
    columns = min(columns, count)
    rows = -(-count // columns)
    figure, grid = plots.new(columns * side, rows * (side + 0.3) + 0.35, rows, columns, title)
    for axes in grid.flat[count:]:
        axes.axis("off")
    return figure, grid.flat[:count]


def masks(image, shares, points, title: str = "", count: int = 4):
    """Who follows whom: the K + 1 shares (K + 1, H, W) of some motions laid over the pale picture."""
    shown = [0, *np.linspace(1, len(shares) - 1, count - 1).round().astype(int)]
    figure, grid = plots.new(2.3 * count, 2.7, 1, count, title)
    pale = (np.asarray(image) * 0.5 + 127).astype(np.uint8)
    for axes, k in zip(grid[0], shown):
        plots.picture(axes, pale, "stands still" if k == 0 else f"follows point {k}")
        drawn = axes.imshow(shares[k], cmap="viridis", alpha=0.6, vmin=0, vmax=0.5)
        if k:
            axes.scatter(*points[k - 1], s=40, marker="o", facecolors=plots.ORANGE, edgecolors=plots.BLACK)
    figure.colorbar(drawn, ax=grid[0].tolist(), label="share, up to a half", shrink=0.8)
    plots.describe(figure, f"{title}: for {count} of the motions, how much each pixel follows it, over a pale face.")
    return figure


def bars(values: dict, title: str = "", xlabel: str = "", marked=()):
    """{words: number} as bars, those in `marked` hatched: a matplotlib `Figure`."""
    figure, grid = plots.new(7, 0.9 + 0.36 * len(values), title=title)
    axes, at = grid[0, 0], np.arange(len(values))
    drawn = axes.barh(at, list(values.values()), 0.62, edgecolor=plots.BLACK,
                      color=[plots.ORANGE if words in marked else plots.BLUE for words in values],
                      hatch=["//" if words in marked else "" for words in values])
    axes.bar_label(drawn, fmt=" %.2f", fontsize=8)
    axes.set_yticks(at, values)
    axes.set(xlabel=xlabel)
    axes.yaxis.set_minor_locator(NullLocator())
    axes.margins(x=0.12)
    axes.invert_yaxis()
    plots.describe(figure, f"{title}: " + "; ".join(f"{words} {value:.2f}" for words, value in values.items()) + ".")
    return figure
