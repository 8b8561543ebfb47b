"""The pictures that the checks of lesson 11 show."""

import numpy as np

from course import plots
from course.evaluation import lip_sync, metrics
from course.exercises.exercise import View


def said(value, unit: str = "") -> str:
    """An answer in a few characters: a number, two, or that there is none yet."""
    if value is None:
        return "nothing yet"
    numbers = [f"{float(number):.4g}" for number in np.atleast_1d(np.asarray(value, float))]
    return " to ".join(numbers) + (f" {unit}" if unit else "")


def both(view: View, unit: str = "") -> str:
    """What is right and what is theirs, in words."""
    return f"right {said(view.right, unit)}, yours {said(view.theirs, unit)}"


def draw_psnr(view: View):
    """Both pictures and the size of their difference; the numbers below."""
    made, true = view.args[:2]
    off = np.abs(made.astype(float) - true).max(axis=2)
    figure, grid = plots.new(6.6, 2.7, 1, 3, "psnr: " + view.says)
    words = ("made", "true", f"difference, white is {max(off.max(), 1):g}")
    for axes, word, picture in zip(grid[0], words, (made, true, off)):
        _pixels(axes, word, picture, 255 if picture.ndim == 3 else max(off.max(), 1))
    figure.supxlabel(both(view, "dB"), fontsize=9)
    plots.describe(figure, f"psnr, {view.says}: the made picture, the true one, and how far they differ, at most "
                           f"{off.max():g}; {both(view, 'dB')}.")
    return figure


def draw_ssim(view: View):
    """Both pictures and where they are alike; the numbers below."""
    made, true = view.args[:2]
    alike = metrics.ssim_map(made, true).mean(axis=2)
    figure, grid = plots.new(6.8, 2.7, 1, 3, "ssim: " + view.says)
    for axes, words, picture in zip(grid[0], ("made", "true"), (made, true)):
        _pixels(axes, words, picture, 255)
    axes = grid[0, 2]
    shown = axes.imshow(alike, cmap="cividis", vmin=-1, vmax=1, interpolation="nearest")
    axes.set(xticks=[], yticks=[])
    axes.set_title("alike, around each pixel", fontsize=9)
    reach, (height, width) = metrics.RADIUS, alike.shape
    axes.plot([reach - 0.5, width - reach - 0.5, width - reach - 0.5, reach - 0.5, reach - 0.5],
              [reach - 0.5, reach - 0.5, height - reach - 0.5, height - reach - 0.5, reach - 0.5], "w--", linewidth=1.2)
    figure.colorbar(shown, ax=axes, shrink=0.8)
    figure.supxlabel(f"inside the dashes: {both(view)}", fontsize=9)
    plots.describe(figure, f"ssim, {view.says}: the made picture, the true one, and how alike they are around each "
                           f"pixel; {both(view)}.")
    return figure


def _pixels(axes, words: str, picture, white: float) -> None:
    axes.imshow(picture, cmap="gray", vmin=0, vmax=max(float(white), 1e-9), interpolation="nearest")
    axes.set(xticks=[], yticks=[])
    axes.set_title(words, fontsize=9)


def draw_akd(view: View):
    """Where points are and where they should be, with arrows between; what was not seen is hollow."""
    made, true = (np.asarray(points, float).reshape(-1, 2) for points in view.args[:2])
    figure, grid = plots.new(5.6, 3.2, title="akd: " + view.says)
    axes = grid[0, 0]
    known = np.isfinite(made).all(axis=1) & np.isfinite(true).all(axis=1)
    axes.scatter(*true[known].T, s=40, marker="o", color=plots.GREEN, label="true")
    axes.scatter(*made[known].T, s=40, marker="X", color=plots.VERMILION, label="made")
    for a, b in zip(true[known], made[known]):
        axes.annotate("", b, a, arrowprops={"arrowstyle": "->", "color": plots.GREY})
    alone = np.where(np.isfinite(true), true, made)[~known]
    alone = alone[np.isfinite(alone).all(axis=1)]
    if len(alone):
        axes.scatter(*alone.T, s=60, facecolors="none", edgecolors=plots.BLACK, label="seen in one film only")
    if len(alone) or known.any():
        axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    axes.invert_yaxis()
    axes.set(xlabel="x in pixels", ylabel="y in pixels", aspect="equal")
    axes.grid(alpha=0.3)
    figure.supxlabel(both(view, "px"), fontsize=9)
    plots.describe(figure, f"akd, {view.says}: {known.sum()} points of {len(known)} are seen in both films; "
                           f"{both(view, 'px')}.")
    return figure


def draw_crowds(view: View):
    """Both crowds along their first two features."""
    figure, grid = plots.new(5.6, 3.2, title="frechet_distance: " + view.says)
    axes = grid[0, 0]
    for crowd, words, mark, colour in zip(view.args, ("made", "real"), ("X", "o"), (plots.VERMILION, plots.GREEN)):
        axes.scatter(crowd[:, 0], crowd[:, 1], s=34, marker=mark, color=colour, alpha=0.7, label=words)
        axes.plot(*ellipse(crowd[:, :2]), "--" if words == "made" else "-", color=colour)
    axes.set(xlabel="feature 0", ylabel="feature 1", aspect="equal")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.supxlabel(both(view), fontsize=9)
    plots.describe(figure, f"frechet_distance, {view.says}: two clouds of dots with an ellipse around each; "
                           f"{both(view)}.")
    return figure


def ellipse(crowd) -> np.ndarray:
    """Two standard deviations around a crowd (N, 2): the line (2, 60)."""
    sizes, axes = np.linalg.eigh(np.cov(crowd, rowvar=False))
    around = np.linspace(0, 2 * np.pi, 60)
    circle = np.stack([np.cos(around), np.sin(around)])
    return crowd.mean(axis=0)[:, None] + 2 * axes @ (np.sqrt(np.clip(sizes, 0, None))[:, None] * circle)


def draw_sync(view: View):
    """The curves over frames, and how they agree at every shift, with what is right and what is theirs."""
    mouth, sound = view.args[:2]
    fps = view.args[2] if len(view.args) > 2 else 25.0
    reach = view.args[3] if len(view.args) > 3 else lip_sync.REACH
    shifts = np.arange(-reach, reach + 1)
    agreeing = [lip_sync.agreement(mouth, sound, int(shift)) for shift in shifts]
    figure, grid = plots.new(8.2, 2.9, 1, 2, "sync_error: " + view.says)
    left, right = grid[0]
    left.plot(unit(sound), color=plots.GREY, linewidth=2, label="sound")
    left.plot(unit(mouth), "--", color=plots.BLUE, label="mouth")
    left.set(xlabel="frame", ylabel="from least to most")
    right.plot(1000 * shifts / fps, agreeing, color=plots.BLACK, marker=".")
    for value, words, line, colour in ((view.right, "right", "-", plots.GREEN),
                                       (view.theirs, "yours", "--", plots.VERMILION)):
        if value is not None and np.isfinite(float(value)):
            right.axvline(float(value), linestyle=line, color=colour, linewidth=2, label=words)
    right.set(xlabel="mouth behind the sound by, ms", ylabel="correlation")
    for axes in grid[0]:
        axes.grid(alpha=0.3)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(fontsize=8)
    figure.supxlabel(both(view, "ms"), fontsize=9)
    plots.describe(figure, f"sync_error, {view.says}: mouth and sound over frames, and their correlation at each "
                           f"shift; {both(view, 'ms')}.")
    return figure


def unit(curve) -> np.ndarray:
    """A curve from 0 to 1; one that rests is 0."""
    curve = np.asarray(curve, float)
    return (curve - curve.min()) / max(float(np.ptp(curve)), 1e-12)


def draw_interval(view: View):
    """The values as dots, and both intervals below them."""
    values = np.asarray(view.args[0], float)
    figure, grid = plots.new(6.6, 2.5, title="bootstrap_interval: " + view.says)
    axes = grid[0, 0]
    axes.scatter(values, np.zeros(len(values)), s=36, color=plots.GREY, alpha=0.7)
    axes.axvline(values.mean(), color=plots.BLACK, linewidth=1)
    rows = [("right", view.right, 1, plots.GREEN, "-"), ("yours", view.theirs, 2, plots.VERMILION, "--")]
    for _, ends, height, colour, line in rows:
        if ends is not None:
            ends = np.nan_to_num(np.asarray(ends, float))
            axes.plot(ends, [height, height], line, color=colour, linewidth=3, marker="|", markersize=14)
    axes.set(yticks=[0, 1, 2], ylim=(2.6, -0.6), xlabel="the line is the mean of the values")
    axes.set_yticklabels(["values", "right", "yours" if view.theirs is not None else "yours: nothing yet"])
    axes.grid(alpha=0.3, axis="x")
    plots.describe(figure, f"bootstrap_interval, {view.says}: {len(values)} values with their mean, and below them "
                           f"the intervals; {both(view)}.")
    return figure
