"""The figures of lesson 08: rows of squares, what a run does over its steps, a face that is bent."""

import numpy as np

from course import images, plots

from . import long_run as animator_run


def as_pictures(squares) -> np.ndarray:
    """Tensors (N, 3, S, S) in [0, 1], or pictures already, as uint8 (N, S, S, 3)."""
    if hasattr(squares, "permute"):
        squares = images.from_tensor(squares)
    return np.asarray(squares)


def rows(named: dict, title: str = "", side: float = 1.05, alt: str = ""):
    """Rows of squares with their names on the left: {name: (N, S, S, 3) or tensor (N, 3, S, S)}."""
    sheets = {name: np.concatenate(list(as_pictures(squares)), axis=1) for name, squares in named.items()}
    count = next(iter(sheets.values())).shape[1] / next(iter(sheets.values())).shape[0]
    figure, grid = plots.new(side * count + 1.0, side * len(sheets) + (0.35 if title else 0.05), len(sheets), 1, title)
    for axes, (name, sheet) in zip(grid[:, 0], sheets.items()):
        axes.imshow(sheet, interpolation="bicubic", aspect="equal")
        axes.set(xticks=[], yticks=[])
        axes.set_ylabel(name, rotation=0, ha="right", va="center", fontsize=9)
    plots.describe(figure, alt or f"{title}: {len(sheets)} rows of the same {round(count)} squares, from above: "
                                  f"{', '.join(sheets)}.")
    return figure


def long_run(run, title: str = "The long run, on held-out mouths"):
    """Its error over the steps, between the lips and over the whole square, beside the warp's (`long_run.LongRun`)."""
    figure, grid = plots.new(8.6, 3.1, 1, 2, title)
    steps = np.append(0, run.curve["step"])
    for axes, (words, warp, made) in zip(grid[0], (("between the lips", "warp inside", "network inside"),
                                                   ("over the whole square", "warp", "network"))):
        axes.axhline(run.curve[warp][0], color=plots.BLACK, linestyle="--", label="the warp alone")
        values = np.append(run.curve[warp][0], run.curve[made])  # before its first step it adds nothing to the warp
        axes.plot(steps, values, "-o", color=plots.BLUE, markersize=3.5, label="repainted")
        axes.axvline(animator_run.JUDGED_FROM, color=plots.VERMILION, linestyle=":", label="the judge joins")
        axes.set(xlabel="training step", ylabel="L1, of 255", title=words, ylim=(0, 1.12 * values[0]), xlim=(0, None))
        axes.grid(alpha=0.3)
        axes.legend(fontsize=8, loc="lower left")
    plots.describe(figure, f"{title}: the mean error between the lips falls from {run.curve['warp inside'][0]:.1f} for "
                           f"the warp to {run.curve['network inside'].min():.1f} of 255; it stands at "
                           f"{run.curve['network inside'][-1]:.1f} at step {steps[-1]:.0f}.")
    return figure


def batch_curves(curves: dict, title: str = "One batch, again and again"):
    """{name: losses over the steps} on a logarithmic scale, L1 in grey levels of 255."""
    figure, grid = plots.new(7.4, 2.6 + 0.3 * len(curves), title=title)
    axes = grid[0, 0]
    for number, (name, losses) in enumerate(curves.items()):
        axes.plot(255 * np.asarray(losses), plots.LINES[number % 4], color=plots.CYCLE[number % 7],
                  marker="osD^vP"[number % 6], markevery=max(1, len(losses) // 6), markersize=4,
                  label=f"{name}: {255 * losses[-1]:.1f}")
    axes.set(xlabel="step", ylabel="L1, of 255", yscale="log")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("{x:g}")
    axes.tick_params(axis="y", which="both", labelsize=7)
    axes.grid(alpha=0.3, which="both")
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
    words = ", ".join(f"{name} {255 * losses[0]:.1f} to {255 * losses[-1]:.1f}" for name, losses in curves.items())
    plots.describe(figure, f"{title}: L1 over the steps; {words}.")
    return figure


def bent(pictures, points, titles, title: str = "The same face, bent"):
    """Pictures with one or two sets of points on each: points [{name: (K, 2)}, ...]."""
    figure, grid = plots.new(3.1 * len(pictures), 3.6, 1, len(pictures), title)
    for axes, image, sets, words in zip(grid[0], pictures, points, titles):
        plots.picture(axes, image, words)
        for number, (name, found) in enumerate(sets.items()):
            look = {"facecolors": "none", "edgecolors": plots.SKY, "s": 22, "linewidths": 1.3} if number == 0 else \
                {"color": plots.VERMILION, "marker": "x", "s": 14, "linewidths": 1.1}
            axes.scatter(*np.asarray(found)[:68].T, label=name, **look)
        axes.legend(fontsize=7, loc="lower right")
    plots.describe(figure, f"{title}: {'; '.join(titles)}.")
    return figure
