"""The pictures that the checks of lesson 08 show."""

import cv2
import numpy as np

from course import plots
from course.exercises.exercise import View


def _large(image) -> np.ndarray:
    return cv2.resize(np.clip(np.asarray(image), 0, 255).astype(np.uint8), (216, 216), interpolation=cv2.INTER_NEAREST)


def bars(title: str, names, right, theirs=None, ylabel: str = ""):
    """Numbers (K,) as pairs of bars: the right ones, and theirs."""
    place = np.arange(len(names))
    figure, grid = plots.new(max(4.5, 0.75 * len(names)), 2.8, title=title)
    axes = grid[0, 0]
    axes.bar(place - 0.2, np.ravel(right), 0.4, color=plots.GREEN, label="right", edgecolor=plots.BLACK)
    if theirs is not None:
        axes.bar(place + 0.2, np.nan_to_num(np.ravel(theirs).astype(float)), 0.4, color=plots.VERMILION, label="yours",
                 hatch="//", edgecolor=plots.BLACK)
    axes.axhline(0, color=plots.BLACK, linewidth=0.8)
    axes.set(xticks=place, xticklabels=names, ylabel=ylabel)
    axes.tick_params(labelsize=8)
    axes.legend(fontsize=8)
    words = ", ".join(f"{name} {float(value):.3g}" for name, value in zip(names, np.ravel(right)))
    plots.describe(figure, f"{title}: the right numbers as bars ({words}), and yours beside them.")
    return figure


def draw_pair(view: View):
    """Photo, source, the right coarse picture and yours, their pixels enlarged."""
    coarse, target, source = view.right[:3]
    pictures = {"target: the photo": target, "source": source, "coarse: right": coarse}
    if view.theirs is not None:
        pictures["coarse: yours"] = view.theirs[0]
    return plots.faces([_large(image) for image in pictures.values()], titles=list(pictures), columns=len(pictures),
                       title="make_pair: there and back", side=2.2)


def _weights(values: dict, when: str) -> tuple:
    """(names, numbers) of the weights in what a run told, as `weights_of` names them."""
    found = {name.removesuffix(when): np.ravel(value) for name, value in values.items() if name.endswith(when)}
    return [f"{name}\n[{k}]" for name, value in found.items() for k in range(len(value))], np.concatenate(
        list(found.values()))


def draw_step(view: View):
    """How far eight of the weights went as bars, right beside yours: those that differ most, or else move most."""
    from . import small

    before = np.concatenate([p.detach().numpy().ravel() for p in small.small_network().parameters()])
    names, after = _weights(view.right, " after")
    right = after - before
    theirs = None if view.theirs is None else _weights(view.theirs, " after")[1] - before
    told = np.abs(right) if theirs is None else np.abs(np.nan_to_num(theirs) - right) + 1e-3 * np.abs(right)
    shown = np.argsort(-told)[:8]
    figure = bars("train_step: how far eight of the weights went", [names[k] for k in shown], right[shown],
                  None if theirs is None else theirs[shown], "change")
    figure.set_size_inches(10.5, 3.2)
    figure.axes[0].tick_params(axis="x", labelsize=6)
    return figure


def draw_equivariance(view: View):
    """The two losses and what is learned from each as bars, right beside yours."""
    def row(values):
        return None if values is None else [float(values[name]) for name in view.right]

    names = [name.replace(" of the loss", "\nof the loss\n") for name in view.right]
    return bars("equivariance_loss: " + view.says, names, row(view.right), row(view.theirs), "value")


def draw_matching(view: View):
    """The loss and how long the gradients for both sides are as bars, right beside yours."""
    sides = [name for name in view.right if name != "loss"]

    def row(values):
        lengths = [np.linalg.norm(np.concatenate([np.ravel(layer) for layer in values[name]])) for name in sides]
        return [float(values["loss"]), *map(float, lengths)]

    return bars("feature_matching: " + view.says, ["loss", *(name.replace(" for", "\nfor") for name in sides)],
                row(view.right), None if view.theirs is None else row(view.theirs), "loss; length of the gradient")


def draw_overfit(view: View):
    """The loss before each step on the same batch as curves, right with discs and yours with crosses."""
    figure, grid = plots.new(5.6, 2.9, title="overfit_one_batch: " + view.says)
    axes = grid[0, 0]
    axes.plot(np.ravel(view.right["losses"]), "-o", color=plots.GREEN, label="right", markersize=7)
    if view.theirs is not None:
        axes.plot(np.ravel(view.theirs["losses"]), "--x", color=plots.VERMILION, label="yours")
    axes.set(xlabel="step", ylabel="L1")
    axes.legend(fontsize=8)
    plots.describe(figure, "The loss before each step on the same batch: right, and yours.")
    return figure


def draw_resume(view: View):
    """The weights some steps later as bars, right beside yours; of a missing file, what is said."""
    if not isinstance(view.right, dict):
        theirs = "nothing yet" if view.theirs is None else str(view.theirs)
        figure, grid = plots.new(5.6, 1.6, title="save_and_resume: " + view.says)
        grid[0, 0].axis("off")
        grid[0, 0].text(0.5, 0.5, f"right: {view.right}\nyours: {theirs}", ha="center", va="center", fontsize=11)
        plots.describe(figure, f"For {view.says}: right is that {view.right}; yours: {theirs}.")
        return figure
    names, right = _weights(view.right, " later")
    theirs = None
    if view.theirs is not None:
        theirs = _weights(view.theirs, " later")[1]
    figure = bars("save_and_resume: the weights some steps later", [name.replace(" of the ", "\nof the ") for name in
                                                                    names], right, theirs, "weight")
    figure.axes[0].tick_params(axis="x", labelsize=6)
    return figure


def draw_mean(view: View):
    """The numbers of the running mean as bars, right beside yours."""
    right = {name: np.ravel(value) for name, value in view.right["the mean"].items()}
    theirs = None if view.theirs is None else np.concatenate(
        [np.ravel(value) for value in view.theirs["the mean"].values()])
    names = [f"{name}[{k}]" for name, value in right.items() for k in range(len(value))]
    figure = bars("ema_update: the mean's numbers", names, np.concatenate(list(right.values())), theirs, "value")
    figure.set_size_inches(9, 3.4)
    figure.axes[0].tick_params(axis="x", labelrotation=75, labelsize=7)
    return figure
