"""The figures of lesson 07: two losses and their gradients, and sheets of generated faces."""

import numpy as np

from course import plots


def two_losses(title: str = "Which loss still teaches while the fakes are bad?"):
    """log(1 - D) and -log D against the logit, and how steep they are."""
    x = np.linspace(-8, 6, 300)
    d = 1 / (1 + np.exp(-x))
    figure, grid = plots.new(8.4, 3.4, 1, 2, title)
    rows = (("log(1 - D), saturating", -np.logaddexp(0, x), d, "--", plots.VERMILION),
            ("-log D, non-saturating", np.logaddexp(0, -x), 1 - d, "-", plots.BLUE))
    for words, loss, gradient, line, colour in rows:
        grid[0, 0].plot(x, loss, line, color=colour, linewidth=2, label=words)
        grid[0, 1].plot(x, gradient, line, color=colour, linewidth=2, label=words)
    for axes, ylabel in zip(grid[0], ("loss of one fake", "length of its gradient")):
        axes.axvspan(-8, -3, color=plots.GREY, alpha=0.18)
        axes.set(xlabel="logit of a fake", ylabel=ylabel, xlim=(-8, 6))
        axes.grid(alpha=0.3)
    grid[0, 0].legend(fontsize=8, loc="lower left")
    grid[0, 1].text(-7.8, 0.5, "here training\nbegins: D is\nsure", fontsize=8.5, va="center")
    plots.describe(figure, "Two panels against the logit of a fake. Left: log(1 - D) is flat for very negative logits, "
                           "where training begins, and -log D falls steeply there. Right: the length of the gradient "
                           "is D for the first, nearly 0 there, and 1 - D for the second, nearly 1.")
    return figure


def sheets(pictures, titles, title: str = ""):
    """Sheets of faces side by side, uint8 (H, W, 3) each."""
    figure, grid = plots.new(4.4 * len(pictures), 4.7, 1, len(pictures), title)
    for axes, picture, words in zip(grid[0], pictures, titles):
        plots.picture(axes, picture, words)
    plots.describe(figure, f"{title or 'Generated faces'}: {'; '.join(titles)}.")
    return figure


def rings(samples: dict, title: str = ""):
    """{words: points (N, 2)} over the eight heaps, side by side, with how many heaps are found.

    Where all points lie outside of the picture, an arrow says where to and how far.
    """
    import torch

    from . import plane

    reach = 3.0
    figure, grid = plots.new(2.1 * len(samples), 2.9, 1, len(samples), title)
    truth, told = plane.sample_ring(300, torch.Generator().manual_seed(0)), []
    for axes, (words, points) in zip(grid[0], samples.items()):
        axes.scatter(*truth.T, s=8, color=plots.GREY, marker="s", alpha=0.5)
        axes.scatter(*points.T, s=6, color=plots.VERMILION, alpha=0.6)
        found, _ = plane.coverage(points)
        told.append(f"{words}: {found} of {plane.HEAPS} heaps")
        if bool((points.abs().amax(dim=1) > reach).all()):
            middle = points.mean(dim=0).numpy()
            tip = middle * 0.92 * reach / np.abs(middle).max()
            far = float(np.linalg.norm(middle))
            axes.annotate("", tip, 0.55 * tip, arrowprops={"arrowstyle": "-|>", "color": plots.VERMILION,
                                                           "linewidth": 2.5})
            axes.text(0, 0, f"all {len(points)} points\nare {far:,.0f} away", ha="center", va="center", fontsize=8)
            told[-1] += f", all points {far:,.0f} away from the middle"
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach), xticks=[], yticks=[], aspect="equal")
        axes.set_title(f"{words}\n{found} of {plane.HEAPS} heaps", fontsize=9)
    plots.describe(figure, f"{title}: generated points over eight heaps of data; {'; '.join(told)}.")
    return figure
