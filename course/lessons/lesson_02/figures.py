"""The figures of lesson 02: a circle read from its maps, errors seen from near."""

import numpy as np

from course import images, plots


def read_again(true, readings: dict, cells: int, title: str = ""):
    """A path of points and what was read of it, one panel a way of reading, over the grid of cells.

    true: (K, 2) in [0, 1]; readings: {words: points (K, 2) in [0, 1]}; cells: of the maps, a side. Above each panel
    stands the mean distance in cells.
    """
    true = np.asarray(true, float) * cells
    low, high = np.floor(true.min(axis=0)) - 0.5, np.ceil(true.max(axis=0)) + 0.5
    figure, grid = plots.new(3.9 * len(readings), 4.1, 1, len(readings), title)
    for axes, (words, points) in zip(grid[0], readings.items()):
        points = np.asarray(points, float) * cells
        off = np.linalg.norm(points - true, axis=1).mean()
        axes.plot(*true.T, color=plots.BLACK, linewidth=1, label="true")
        axes.scatter(*points.T, s=9, color=plots.VERMILION, label="read", zorder=3)
        ticks = np.arange(cells + 1)
        axes.set(xticks=ticks, yticks=ticks, xlim=(low[0], high[0]), ylim=(high[1], low[1]), aspect="equal",
                 xlabel="x in cells", ylabel="y in cells")
        axes.grid(color=plots.GREY, alpha=0.4, linewidth=0.5)
        axes.tick_params(labelsize=6)
        axes.set_title(f"{words}: {off:.3f} cells off", fontsize=9)
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=8)
    plots.describe(figure, f"{title}: a circle over the grid of cells, and the points that were read of it: "
                           + ", ".join(readings) + ".")
    return figure


def from_near(pictures, found, true, margin: float = 0.12) -> tuple:
    """Pictures cut to their faces, with the points that go with them.

    Args:
        pictures: N of uint8 (H, W, 3); found, true: (N, K, 2) pixels; margin: room round the 68 points, in shares of
        the face's longer side.
    Returns:
        N squares, found and true in their pixels.
    """
    cut, offsets = [], []
    for picture, one, other in zip(pictures, np.asarray(found, float), np.asarray(true, float)):
        both = np.concatenate([one[:68], other[:68]])
        low, high = both.min(axis=0), both.max(axis=0)
        side = int(np.ceil((high - low).max() * (1 + 2 * margin)))
        x, y = (low + high) / 2
        cut.append(images.crop_square(picture, x, y, side))
        offsets.append([round(x - side / 2), round(y - side / 2)])
    offsets = np.array(offsets, float)[:, None]
    return cut, found - offsets, true - offsets
