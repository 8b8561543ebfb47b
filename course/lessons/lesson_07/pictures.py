"""The pictures that the checks of lesson 07 show."""

import numpy as np

from course import plots
from course.exercises.exercise import View


def _curves(view: View, pairs, title: str):
    """Loss terms as curves over the logit; the case's logits as marks. pairs: (words, function, logits)."""
    figure, grid = plots.new(6.4, 3.3, title=title)
    axes, x = grid[0, 0], np.linspace(-6, 6, 200)
    for k, (words, function, logits) in enumerate(pairs):
        axes.plot(x, function(x), plots.LINES[k], color=plots.CYCLE[k], label=words)
        near = np.ravel(logits)[np.abs(np.ravel(logits)) <= 6]
        axes.plot(near, function(near), "os"[k % 2], color=plots.CYCLE[k], markersize=7)
    axes.axvline(0, color=plots.GREY, linewidth=0.8)
    axes.set(xlabel="logit x: left, D says fake; right, real", ylabel="what one picture adds")
    axes.legend(fontsize=8)
    words = f"right {float(view.right['loss']):.3g}"
    if view.theirs is not None:
        words += f", yours {float(view.theirs['loss']):.3g}"
    axes.set_title(f"the mean: {words}", fontsize=9)
    plots.describe(figure, f"{title}: each term against the logit, with a mark for every picture of the case; {words}.")
    return figure


def _softplus(x):
    return np.logaddexp(0, x)


def draw_generator_loss(view: View):
    """The loss of one fake against its logit, with a mark for every picture of the case."""
    return _curves(view, [("fake: -log D", lambda x: _softplus(-x), view.args[0])], "generator_loss: " + view.says)


def draw_discriminator_loss(view: View):
    """The losses of one real and one fake picture against the logit, with a mark for every picture of the case."""
    return _curves(view, [("real: -log D", lambda x: _softplus(-x), view.args[0]),
                          ("fake: -log(1 - D)", _softplus, view.args[1])], "discriminator_loss: " + view.says)


def draw_hinge(view: View):
    """The hinges of whoever's turn it is against the logit, with a mark for every picture of the case."""
    if len(view.args) < 2:
        return _curves(view, [("fake, G's turn: -x", lambda x: -x, view.args[0])], "hinge_loss: " + view.says)
    return _curves(view, [("fake: max(0, 1 + x)", lambda x: np.maximum(0, 1 + x), view.args[0]),
                          ("real: max(0, 1 - x)", lambda x: np.maximum(0, 1 - x), view.args[1])],
                   "hinge_loss: " + view.says)


def _maps(view: View, size: int, backwards: bool, title: str):
    """The maps of a network as squares, and under them what is asked of it, with the answers."""
    figure, grid = plots.new(7.4, 4.0, 2, 1, title, height_ratios=(1, 1.15))
    sides = [4 * 2**k for k in range(int(np.log2(size)) - 1)]
    axes, x = grid[0, 0], 0.0
    for side in sides[::-1] if backwards else sides:
        width = 0.35 + 0.3 * np.log2(side / 4)
        axes.add_patch(plots.Rectangle((x, -width / 2), width, width, facecolor="#CFE3F2", edgecolor=plots.BLUE))
        axes.text(x + width / 2, 0, f"{side}×{side}", ha="center", va="center", fontsize=8)
        x += width + 0.45
    ends = ("noise z", "picture") if not backwards else ("picture", "logit")
    axes.text(-0.15, 0, ends[0] + " →", ha="right", va="center", fontsize=9)
    axes.text(x - 0.3, 0, "→ " + ends[1], ha="left", va="center", fontsize=9)
    axes.set(xlim=(-1.2, x + 0.9), ylim=(-0.9, 0.9), aspect="equal")
    axes.axis("off")
    table = grid[1, 0]
    table.axis("off")
    for row, (name, right) in enumerate(view.right.items()):
        told = "" if view.theirs is None else _told(view.theirs[name])
        same = told == _told(right)
        table.text(0.02, 1 - 0.16 * row, name, fontsize=9, va="top", transform=table.transAxes)
        table.text(0.62, 1 - 0.16 * row, _told(right), fontsize=9, va="top", transform=table.transAxes)
        table.text(0.8, 1 - 0.16 * row, f"{'✓' if same else '✗'} yours: {told}" if told else "", fontsize=9, va="top",
                   color=plots.BLACK if same else plots.VERMILION, transform=table.transAxes)
    plots.describe(figure, f"{title}: the sides of the maps, {sides}, and what is asked of the network.")
    return figure


def _told(value) -> str:
    if isinstance(value, np.ndarray) and value.ndim:
        return str(tuple(int(v) for v in value))
    return "yes" if bool(value) else "no"


def draw_generator(view: View):
    """Squares for the maps from noise to picture, and below what is asked of the network, right beside yours."""
    return _maps(view, int(view.args[1]), False, "build_generator: " + view.says)


def draw_discriminator(view: View):
    """Squares for the maps from picture to logit, and below what is asked of the network, right beside yours."""
    return _maps(view, int(view.args[0]), True, "build_discriminator: " + view.says)


def draw_step(view: View):
    """The only weight of each player over three steps: right with discs, yours with squares."""
    figure, grid = plots.new(7.4, 3.0, 1, 2, "gan_step: " + view.says)
    for axes, name, start in zip(grid[0], ("a of G", "b of D"), view.args[:2]):
        steps = np.arange(len(view.right[name]) + 1)
        axes.plot(steps, [float(start), *view.right[name]], "-o", color=plots.GREEN, label="right")
        if view.theirs is not None:
            axes.plot(steps, [float(start), *view.theirs[name]], "--s", color=plots.VERMILION, label="yours",
                      fillstyle="none", markersize=9)
        axes.set(xlabel="step", ylabel=name, xticks=steps)
        axes.legend(fontsize=8)
    plots.describe(figure, "The only weight of the generator and the only one of the discriminator over three steps: "
                           "right, and yours.")
    return figure


def draw_r1(view: View):
    """The penalty and its slopes in D's weights as bars, right beside yours."""
    figure, grid = plots.new(6.2, 3.0, title="r1_penalty: " + view.says)
    axes = grid[0, 0]
    names = ["the penalty", *(f"slope in w{k + 1}" for k in range(len(view.right["its slope in D's weights"])))]
    place = np.arange(len(names))
    for k, (words, value, colour) in enumerate((("right", view.right, plots.GREEN),
                                                ("yours", view.theirs, plots.VERMILION))):
        if value is not None:
            numbers = [float(value["the penalty"]), *value["its slope in D's weights"]]
            axes.bar(place + 0.4 * k - 0.2, np.nan_to_num(numbers), 0.38, color=colour, label=words,
                     hatch="//" if k else None, edgecolor=plots.BLACK)
    axes.set(xticks=place, xticklabels=names, ylabel="value")
    axes.axhline(0, color=plots.BLACK, linewidth=0.8)
    axes.legend(fontsize=8)
    plots.describe(figure, "The penalty and its slopes in the discriminator's weights as bars: right, and yours.")
    return figure
