"""The pictures that the checks of lesson 07 show."""

import numpy as np

from course import plots
from course.exercises.exercise import View


def _curves(view: View, pairs, title: str):
    """Loss terms over the logit with a mark for each picture of the case, and the gradients, right and yours.

    pairs: (words, function, the logits' name), in the order of the case's arguments.
    """
    figure, grid = plots.new(8.6, 3.4, 1, 2, title)
    far = max(6.0, 1.05 * max(float(np.abs(logits).max(initial=0)) for logits in view.args))
    axes, line = grid[0, 0], np.linspace(-far, far, 401)
    for k, ((words, function, _), logits) in enumerate(zip(pairs, view.args)):
        axes.plot(line, function(line), plots.LINES[k], color=plots.CYCLE[k], label=words)
        axes.plot(np.ravel(logits), function(np.ravel(logits)), "os"[k % 2], color=plots.CYCLE[k], markersize=7)
    axes.axvline(0, color=plots.GREY, linewidth=0.8)
    axes.set(xlabel="logit: left, D says fake; right, real", ylabel="what one picture adds")
    axes.legend(fontsize=8)
    words = f"right {float(view.right['loss']):.3g}"
    if view.theirs is not None:
        words += f", yours {float(view.theirs['loss']):.3g}"
    axes.set_title(f"the mean: {words}", fontsize=9)
    names = [name for _, _, name in pairs[: len(view.args)]]
    _gradients(grid[0, 1], view, names)
    plots.describe(figure, f"{title}. Left: each term against the logit, with a mark for every picture of the case; "
                           f"{words}. Right: the gradient for each logit, right and yours.")
    return figure


def _gradients(axes, view: View, names):
    """The gradient of the loss for each logit of the case: right as rings, yours as crosses."""
    axes.set_title("the gradient for each logit", fontsize=9)
    if len(view.right) == 1:
        axes.set(xticks=[], yticks=[])
        axes.text(0.5, 0.5, "not asked for here:\nthe curve may have a kink", ha="center", va="center", fontsize=9,
                  transform=axes.transAxes)
        return
    for values, mark, colour, words in ((view.right, "o", plots.GREEN, "right"), (view.theirs, "x", plots.VERMILION,
                                                                                  "yours")):
        if values is not None:
            every = np.concatenate([np.ravel(values[f"gradient for the {name}"]) for name in names]).astype(float)
            axes.plot(np.arange(len(every)), np.nan_to_num(every), mark, color=colour, label=words, fillstyle="none",
                      markersize=9, markeredgewidth=2)
    logits = [f"{name.split()[0]}\n{value:.3g}" for name, logits in zip(names, view.args) for value in np.ravel(logits)]
    axes.axhline(0, color=plots.BLACK, linewidth=0.8)
    axes.set_xticks(np.arange(len(logits)), logits, fontsize=8)
    axes.set(xlabel="each logit", xlim=(-0.5, len(logits) - 0.5))
    axes.legend(fontsize=8)


def _softplus(x):
    return np.logaddexp(0, x)


def draw_generator_loss(view: View):
    """The loss of one fake against its logit, with a mark for every picture of the case; and the gradients."""
    return _curves(view, [("fake: -log D", lambda x: _softplus(-x), "fake logits")], "generator_loss: " + view.says)


def draw_discriminator_loss(view: View):
    """The losses of one real and one fake picture against the logit, with marks for the case; and the gradients."""
    return _curves(view, [("real: -log D", lambda x: _softplus(-x), "real logits"),
                          ("fake: -log(1 - D)", _softplus, "fake logits")], "discriminator_loss: " + view.says)


def draw_hinge(view: View):
    """The hinges of whoever's turn it is against the logit, with marks for the case; and the gradients."""
    if len(view.args) < 2:
        return _curves(view, [("fake, G's turn: minus the logit", lambda x: -x, "fake logits")],
                       "hinge_loss: " + view.says)
    return _curves(view, [("fake: max(0, 1 + logit)", lambda x: np.maximum(0, 1 + x), "fake logits"),
                          ("real: max(0, 1 - logit)", lambda x: np.maximum(0, 1 - x), "real logits")],
                   "hinge_loss: " + view.says)


def _maps(view: View, size: int, backwards: bool, title: str):
    """The maps of a network as squares, and under them what is asked of it, with the answers."""
    figure, grid = plots.new(7.4, 4.6, 2, 1, title, height_ratios=(1, 1.6))
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
        place = 1 - row / len(view.right)
        told = "" if view.theirs is None else _told(view.theirs[name])
        same = told == _told(right)
        table.text(0.02, place, name, fontsize=9, va="top", transform=table.transAxes)
        table.text(0.62, place, _told(right), fontsize=9, va="top", transform=table.transAxes)
        table.text(0.8, place, f"{'✓' if same else '✗'} yours: {told}" if told else "", fontsize=9, va="top",
                   color=plots.BLACK if same else plots.VERMILION, transform=table.transAxes)
    plots.describe(figure, f"{title}: the sides of the maps, {sides}, and what is asked of the network.")
    return figure


def _told(value) -> str:
    if isinstance(value, str):
        return value
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
    """The penalty and its gradient in D's weights as bars, right beside yours."""
    figure, grid = plots.new(6.2, 3.0, title="r1_penalty: " + view.says)
    axes = grid[0, 0]
    names = ["the penalty", *(f"gradient in w{k + 1}" for k in range(len(view.right["its gradient in D's weights"])))]
    place = np.arange(len(names))
    for k, (words, value, colour) in enumerate((("right", view.right, plots.GREEN),
                                                ("yours", view.theirs, plots.VERMILION))):
        if value is not None:
            numbers = [float(value["the penalty"]), *value["its gradient in D's weights"]]
            axes.bar(place + 0.4 * k - 0.2, np.nan_to_num(numbers), 0.38, color=colour, label=words,
                     hatch="//" if k else None, edgecolor=plots.BLACK)
    axes.set(xticks=place, xticklabels=names, ylabel="value")
    axes.axhline(0, color=plots.BLACK, linewidth=0.8)
    axes.legend(fontsize=8)
    plots.describe(figure, "The penalty and its gradient in the discriminator's weights as bars: right, and yours.")
    return figure
