"""The pictures that the checks of lesson 05 show."""

import numpy as np

from course import face, plots
from course.exercises.exercise import View

TALL = 3.0  # inches


def _decibels(power) -> np.ndarray:
    return 10 * np.log10(np.maximum(np.nan_to_num(np.asarray(power, float)), 1e-8))


def draw_mel(view: View):
    """The bands over time in decibels, right beside yours, in one scale."""
    shown = {"right": view.right} | ({} if view.theirs is None else {"yours": view.theirs})
    low, high = _decibels(view.right).min(), _decibels(view.right).max() + 1e-6
    figure, grid = plots.new(4.4 * len(shown), TALL, 1, len(shown), "mel_spectrogram: " + view.says)
    for axes, (words, power) in zip(grid[0], shown.items()):
        image = axes.imshow(_decibels(np.atleast_2d(power)), origin="lower", aspect="auto", cmap="viridis", vmin=low,
                            vmax=high, interpolation="nearest")
        axes.set(xlabel="frame", ylabel="mel band")
        axes.set_title(f"{words}: {' × '.join(map(str, np.shape(power)))}", fontsize=9)
    figure.colorbar(image, ax=list(grid[0]), label="dB")
    plots.describe(figure, f"mel_spectrogram for {view.says}: bands from low to high over frames, "
                           f"{' and '.join(shown)}.")
    return figure


def _bars(axes, rows, colour: str) -> None:
    """Visemes as bars in time, each as tall as its strength; rows: [(name, start, end, strength), ...]."""
    for name, start, end, strength in rows:
        start, end, strength = (float(np.nan_to_num(number)) for number in (start, end, strength))
        axes.bar(start, strength, end - start, align="edge", color=colour, edgecolor=plots.BLACK, alpha=0.6)
        axes.text((start + end) / 2, 0.06, str(name), ha="center", fontsize=8)
    axes.set(ylim=(0, 1.45), ylabel="strength")


def draw_visemes(view: View):
    """The visemes as bars over time, as tall as they are strong: right above, yours below."""
    shown = {"right": (view.right, plots.GREEN)}
    if view.theirs is not None:
        shown["yours"] = view.theirs, plots.VERMILION
    figure, grid = plots.new(7.2, 0.8 + 1.3 * len(shown), len(shown), 1, "phonemes_to_visemes: " + view.says,
                             sharex=True)
    for axes, (words, (rows, colour)) in zip(grid[:, 0], shown.items()):
        whole = [row for row in rows if np.size(row) == 4] if isinstance(rows, list) else []
        _bars(axes, whole, colour)
        axes.set_title(words, fontsize=9, loc="left")
    axes.set_xlabel("seconds")
    told = ", ".join(f"{row[0]} {float(row[1]):.2f} to {float(row[2]):.2f} s" for row in view.right)
    plots.describe(figure, f"phonemes_to_visemes for {view.says}: {told or 'none'}; yours below.")
    return figure


def _curves(axes, times, right, theirs, names) -> None:
    """Curves (T, C), right with discs and yours with crosses."""
    for k, name in enumerate(names):
        axes.plot(times, right[:, k], plots.LINES[k % 4], marker="o", color=plots.GREEN, label=f"{name}, right",
                  markersize=5)
        if theirs is not None:
            axes.plot(times, theirs[:, k], plots.LINES[k % 4], marker="x", color=plots.VERMILION,
                      label=f"{name}, yours")
    axes.grid(alpha=0.3)


def draw_mouth(view: View):
    """The channels over time as curves, right with discs and yours with crosses; the sounds as grey bands."""
    times, spans = view.args[0], view.args[1]
    right = np.asarray(view.right, float)
    theirs = None if view.theirs is None else np.nan_to_num(np.asarray(view.theirs, float))
    figure, grid = plots.new(7.4, TALL, title="coarticulate: " + view.says)
    axes = grid[0, 0]
    for number, (start, end) in enumerate(spans):
        axes.axvspan(start, end, color=plots.GREY, alpha=0.12 + 0.16 * (number % 2))
    _curves(axes, times, right, theirs, [f"channel {k}" for k in range(right.shape[1])])
    axes.set(xlabel="seconds; the grey bands are the sounds", ylabel="0 at rest, 1 full")
    figure.legend(loc="outside right upper", fontsize=8)
    plots.describe(figure, f"coarticulate for {view.says}: channels as curves over time, right and yours.")
    return figure


def draw_expression(view: View):
    """The three channels that move most, or are furthest off, over time: right with discs, yours with crosses."""
    times, right = view.args[1], np.asarray(view.right, float)
    theirs = None if view.theirs is None else np.nan_to_num(np.asarray(view.theirs, float))
    off = np.abs(right) if theirs is None else np.abs(theirs - right) + 1e-3 * np.abs(right)
    shown = np.argsort(-off.max(axis=0))[:3]
    figure, grid = plots.new(8.4, TALL, title="expression_from_speech: " + view.says)
    axes = grid[0, 0]
    for phrase in view.args[0]:
        axes.axvspan(phrase.start, phrase.end, color=plots.GREY, alpha=0.2)
        axes.text(phrase.start, 1.01, f" {phrase.mood}", fontsize=8, va="bottom", transform=axes.get_xaxis_transform())
    _curves(axes, times, right[:, shown], None if theirs is None else theirs[:, shown],
            [face.CHANNELS[k] for k in shown])
    axes.set(xlabel="seconds; the grey bands are the phrases", ylabel="0 at rest, 1 full; degrees")
    figure.legend(loc="outside right upper", fontsize=8)
    plots.describe(figure, f"expression_from_speech for {view.says}: {', '.join(face.CHANNELS[k] for k in shown)} "
                           "over time, right and yours.")
    return figure


def draw_vae(view: View):
    """The three numbers, and how long the three gradients are, as bars: right beside yours."""
    names = list(view.right)

    def row(values):
        return [float(np.linalg.norm(np.nan_to_num(np.asarray(values[name], float)))) if "gradient" in name else
                float(np.nan_to_num(np.asarray(values[name], float))) for name in names]

    at = np.arange(len(names))
    figure, grid = plots.new(8.0, 2.9, title="vae_loss: " + view.says)
    axes = grid[0, 0]
    axes.bar(at - 0.2, row(view.right), 0.4, color=plots.GREEN, edgecolor=plots.BLACK, label="right")
    if view.theirs is not None:
        axes.bar(at + 0.2, row(view.theirs), 0.4, color=plots.VERMILION, edgecolor=plots.BLACK, hatch="//",
                 label="yours")
    axes.axhline(0, color=plots.BLACK, linewidth=0.8)
    axes.set(xticks=at, xticklabels=[name.replace(" ", "\n") for name in names], ylabel="nats; length of a gradient")
    axes.tick_params(labelsize=8)
    axes.legend(fontsize=8)
    plots.describe(figure, f"vae_loss for {view.says}: " + ", ".join(
        f"{name} {value:.3g}" for name, value in zip(names, row(view.right))) + "; yours beside them.")
    return figure


def draw_rollout(view: View):
    """The places that the model goes through as curves, right with discs and yours with crosses."""
    right = np.asarray(view.right["values"], float)
    theirs = view.theirs.get("values") if isinstance(view.theirs, dict) else None
    theirs = None if theirs is None or np.shape(theirs) != right.shape else np.nan_to_num(np.asarray(theirs, float))
    figure, grid = plots.new(7.4, TALL, title="autoregressive_rollout: " + view.says)
    axes = grid[0, 0]
    _curves(axes, np.arange(len(right)), right[:, :3], None if theirs is None else theirs[:, :3],
            [f"value {k}" for k in range(min(3, right.shape[1]))])
    axes.set(xlabel="frame", ylabel="units")
    figure.legend(loc="outside right upper", fontsize=8)
    plots.describe(figure, f"autoregressive_rollout for {view.says}: the values of each frame, right and yours.")
    return figure
