"""The figures of lesson 10: curves that shake, an edge, colours as clouds, numbers before and after."""

import numpy as np

from course import plots
from course.polish import colour, sharpness


def curves(rows: dict, title: str, ylabel: str, fps: float = 25.0):
    """{words: (T,)} over seconds; the first is drawn pale, as what is to be mended."""
    figure, grid = plots.new(7.2, 2.4, title=title)
    axes = grid[0, 0]
    looks = [{"color": plots.GREY, "linewidth": 1.2, "marker": "."},
             {"color": plots.GREEN, "linewidth": 3, "alpha": 0.6},
             {"color": plots.VERMILION, "linestyle": "--"}, {"color": plots.BLUE, "linestyle": ":", "linewidth": 2}]
    for look, (words, row) in zip(looks, rows.items()):
        axes.plot(np.arange(len(row)) / fps, row, label=words, **look)
    axes.set(xlabel="seconds", ylabel=ylabel)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    plots.describe(figure, f"{title}: {ylabel} over seconds, for {', '.join(rows)}.")
    return figure


def edge(title: str = "A soft edge, its blur, what the blur lacks, and the sum"):
    """How unsharp masking steepens an edge: four curves over a row of pixels."""
    along = np.arange(40)
    row = 70 + 110 / (1 + np.exp(-(along - 19.5) / 1.5))
    image = np.repeat(np.round(row).astype(np.uint8)[None, :, None], 3, axis=0).repeat(3, axis=2)
    sharp = sharpness.unsharp_mask(image, 1.0, 3.0)[1, :, 0].astype(float)
    detail = sharp - image[1, :, 0]
    figure, grid = plots.new(7.2, 2.6, title=title)
    axes = grid[0, 0]
    for words, values, look in (("picture", row, {"color": plots.GREY, "linewidth": 2}),
                                ("blurred", row - detail, {"color": plots.BLUE, "linestyle": ":", "linewidth": 2}),
                                ("detail", detail, {"color": plots.ORANGE, "linestyle": "-."}),
                                ("sum, amount 1", sharp, {"color": plots.VERMILION, "linestyle": "--"})):
        axes.plot(along, values, label=words, **look)
    axes.set(xlabel="pixel of a row", ylabel="grey level")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    plots.describe(figure, f"{title}: the detail is below 0 on the dark side, above 0 on the bright one; the sum is "
                           "steeper than the picture, and goes beyond it on both sides.")
    return figure


def clouds(pictures: dict, masks: dict, title: str = "Skin as clouds in Lab"):
    """The pixels under masks as dots, L over a and b over a: {words: uint8 (H, W, 3)}, {words: (H, W)}."""
    figure, grid = plots.new(7.4, 3.0, 1, 2, title)
    marks = ("o", "x", "+")
    for number, (words, picture) in enumerate(pictures.items()):
        lab = colour.to_lab(picture)[masks[words]]
        lab = lab[:: max(1, len(lab) // 250)]
        look = {"s": 10, "marker": marks[number % 3], "color": plots.CYCLE[number % 7], "alpha": 0.5, "label": words}
        grid[0, 0].scatter(lab[:, 1], lab[:, 0], **look)
        grid[0, 1].scatter(lab[:, 1], lab[:, 2], **look)
    grid[0, 0].set(xlabel="a, green to red", ylabel="L, dark to light")
    grid[0, 1].set(xlabel="a, green to red", ylabel="b, blue to yellow")
    for axes in grid[0]:
        axes.grid(alpha=0.3)
    grid[0, 1].legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    plots.describe(figure, f"{title}: clouds of dots for {', '.join(pictures)}, L over a and b over a.")
    return figure


def ladder(steps: dict, title: str = "What each part has mended"):
    """Numbers of a film after each step, a panel each: {step: {figure: number}}."""
    figures = list(next(iter(steps.values())))
    figure, grid = plots.new(9.4, 2.9, 1, len(figures), title)
    for axes, name in zip(grid[0], figures):
        values = [told[name] for told in steps.values()]
        bars = axes.barh(range(len(values)), values, color=plots.SKY, edgecolor=plots.BLACK)
        axes.bar_label(bars, fmt="%.3g", fontsize=7, padding=2)
        axes.set_title(name.replace(" (", "\n("), fontsize=8)
        axes.set(yticks=range(len(values)), xlim=(0, 1.35 * max([*values, 1e-9])))
        axes.set_yticklabels(list(steps) if axes is grid[0, 0] else [], fontsize=8)
        axes.tick_params(axis="x", labelsize=7)
        axes.invert_yaxis()
    plots.describe(figure, f"{title}: bars for {', '.join(steps)}; of each: {', '.join(figures)}.")
    return figure


def lamps(films: dict, title: str = "How bright the films are", fps: float = 12.5):
    """The mean grey level of films, {words: frames}, over seconds."""
    return curves({words: np.array([frame.mean() for frame in frames]) for words, frames in films.items()}, title,
                  "mean grey level", fps)
