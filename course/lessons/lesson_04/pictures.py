"""The pictures that the checks of lesson 04 show."""

import numpy as np

from course import plots
from course.exercises.exercise import View


def _finite(values) -> np.ndarray:
    return np.nan_to_num(np.asarray(values, float), posinf=0, neginf=0)


def draw_convolution(view: View):
    """The picture, the kernel, what is rightly found, what you find: the numbers of the first channel of each."""
    at = view.at[:2] if len(view.at) == 4 else (0, 0)
    panels = {"the picture": view.args[0][at[0], 0], "the kernel": view.args[1][at[1], 0],
              "right": view.right[at], "yours": None if view.theirs is None else view.theirs[at]}
    figure, grid = plots.new(9.2, 2.9, 1, 4, "conv2d: " + view.says)
    for axes, (words, numbers) in zip(grid[0], panels.items()):
        _numbers(axes, words, numbers, marked=view.at[2:] if words in ("right", "yours") else ())
    plots.describe(figure, f"conv2d, {view.says}: the picture, the kernel, the right answer and yours as squares of "
                           "grey with their numbers.")
    return figure


def _numbers(axes, words: str, numbers, marked=()) -> None:
    """A map (H, W) as squares of grey with its numbers, where they are few."""
    axes.set(xticks=[], yticks=[])
    axes.set_title(words if numbers is not None else words + ": nothing yet", fontsize=9)
    if numbers is None:
        axes.set_box_aspect(1)
        return
    numbers = _finite(numbers)
    largest = max(float(np.abs(numbers).max(initial=0)), 1e-9)
    axes.imshow(numbers, cmap="PuOr_r", vmin=-2 * largest, vmax=2 * largest)
    if numbers.size <= 50:
        for (row, column), value in np.ndenumerate(numbers):
            axes.text(column, row, f"{value:.3g}", ha="center", va="center", fontsize=8 if numbers.size <= 16 else 6)
    if len(marked) == 2:
        axes.scatter([marked[1]], [marked[0]], s=420, marker="s", facecolors="none", edgecolors=plots.BLACK,
                     linewidths=2)


def draw_field(view: View):
    """A row of pixels, and what two neighbours of the last layer see of it: right, and yours."""
    rows = {"right": view.right, "yours": view.theirs}
    figure, grid = plots.new(7.6, 2.7, title="receptive_field: " + view.says)
    axes, ends = grid[0, 0], [1]
    for place, told in enumerate(rows.values()):
        if told is None:
            axes.text(0, place, "  nothing yet", va="center", fontsize=8)
            continue
        seen, apart = (float(np.clip(_finite(value), -500, 500)) for value in told)
        for unit, (start, colour) in enumerate(((0, plots.BLUE), (apart, plots.ORANGE))):
            axes.barh(place + 0.2 - 0.4 * unit, seen, 0.36, left=start, color=colour, edgecolor=plots.BLACK,
                      hatch="" if unit == 0 else "//")
        axes.text(max(seen, apart + seen), place, f"  sees {seen:g}, neighbours {apart:g} apart", va="center",
                  fontsize=8)
        ends.append(max(seen, apart + seen))
    axes.set(yticks=range(len(rows)), xlabel="pixels of the picture", xlim=(0, 1.75 * max(ends)), ylim=(1.6, -0.6))
    axes.set_yticklabels(rows)
    plots.describe(figure, f"receptive_field, {view.says}: bars for what a unit and its neighbour see. Right: "
                           f"{tuple(view.right)}. Yours: {'nothing yet' if view.theirs is None else view.theirs}.")
    return figure


def draw_angle(view: View):
    """Two vectors of the case as arrows in the plane that holds both, with the right cosine and yours."""
    right = _finite(view.right)
    at = view.at if len(view.at) == right.ndim else (0,) * right.ndim
    a, b = (np.broadcast_to(_finite(arg), (*right.shape, np.shape(arg)[-1]))[at] for arg in view.args[:2])
    cosine = float(np.clip(right[at], -1, 1))
    yours = "nothing yet" if view.theirs is None else f"{float(_finite(view.theirs)[at]):.3g}"
    figure, grid = plots.new(4.4, 3.4, title="cosine_similarity: " + view.says)
    axes, lengths = grid[0, 0], (np.linalg.norm(a), np.linalg.norm(b))
    tips = (np.array([lengths[0], 0]), lengths[1] * np.array([cosine, np.sqrt(1 - cosine**2)]))
    scale = max(*lengths, 1e-6)
    for tip, words, colour, line in zip(tips, ("a", "b"), (plots.BLUE, plots.VERMILION), ("-", "--")):
        axes.annotate("", tip / scale, (0, 0), arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 2,
                                                           "linestyle": line})
        axes.text(*(1.08 * tip / scale + [0, 0.05]), words, color=colour, fontsize=11, ha="center")
    axes.set(xlim=(-1.25, 1.25), ylim=(-0.25, 1.25), xticks=[], yticks=[], aspect="equal",
             xlabel=f"cosine: right {cosine:.3g}, yours {yours}")
    plots.describe(figure, f"Two vectors as arrows, at an angle whose cosine is {cosine:.3g}; yours: {yours}.")
    return figure


def draw_guess(view: View):
    """For one pixel: the answers as ticks, the mean loss of every guess as a curve, where it is least, and yours."""
    answers, loss = _finite(view.args[0]), view.args[1]
    at = view.at[1:] if len(view.at) == answers.ndim else (0,) * (answers.ndim - 1)
    values, power = answers[(slice(None), *at)], 2 if loss == "squared" else 1

    def cost(guess):
        return (np.abs(np.asarray(guess)[..., None] - values) ** power).mean(axis=-1)

    best = values.mean() if power == 2 else np.median(values)
    span = max(np.ptp(values), 0.2)
    along = np.linspace(values.min() - 0.3 * span, values.max() + 0.3 * span, 200)
    figure, grid = plots.new(6.2, 3.2, title=f"best_guess: {view.says}" + (f", pixel {list(at)}" if any(at) else ""))
    axes = grid[0, 0]
    axes.plot(along, cost(along), color=plots.BLUE, label="mean loss of a guess")
    axes.scatter(values, 0 * values, marker="|", s=200, color=plots.BLACK, label="right answers")
    axes.scatter([best], [cost(best)], marker="o", s=70, facecolors="none", edgecolors=plots.GREEN, linewidths=2,
                 label="right: the lowest place")
    theirs = view.theirs
    if isinstance(theirs, dict) and np.shape(theirs.get("guess")) == answers.shape[1:]:
        given = float(_finite(theirs["guess"])[at])
        axes.scatter([given], [cost(given)], marker="x", s=60, color=plots.VERMILION, zorder=4, label="yours")
    elif isinstance(theirs, dict) and np.shape(theirs["mean loss of each pixel"]) == answers.shape[1:]:
        axes.axhline(float(_finite(theirs["mean loss of each pixel"])[at]), color=plots.VERMILION, linestyle="--",
                     label="yours: its mean loss")
    axes.set(xlabel="the guess for this pixel", ylabel=f"mean {loss} difference")
    axes.legend(fontsize=8)
    plots.describe(figure, f"best_guess, {view.says}: the mean loss of each guess as a curve over the answers, its "
                           "lowest place, and yours.")
    return figure


def draw_distance(view: View):
    """Each layer's weighted mean difference as a bar, one on the other: their height is the answer. Beside it yours."""
    first, second = view.args[:2]
    weights = view.args[2] if len(view.args) > 2 and view.args[2] is not None else [1.0] * len(first)
    parts = [w * np.abs(_finite(first[name]) - _finite(second[name])).mean() for name, w in zip(first, weights)]
    figure, grid = plots.new(5.6, 3.2, title="perceptual_distance: " + view.says)
    axes, below = grid[0, 0], 0.0
    for number, (name, part) in enumerate(zip(first, parts)):
        axes.bar([0], [part], 0.5, bottom=below, color=plots.CYCLE[number % 7], edgecolor=plots.BLACK,
                 hatch=("", "//", "..", "xx")[number % 4], label=f"layer {name}: {part:.3g}")
        below += part
    words = "yours: nothing yet"
    if isinstance(view.theirs, dict) and np.ndim(view.theirs["distance"]) == 0:
        value = float(_finite(view.theirs["distance"]))
        words = f"yours: {value:.3g}"
        axes.bar([1], [value], 0.5, color="white", edgecolor=plots.VERMILION, linewidth=2)
    axes.axhline(0, color=plots.BLACK, linewidth=0.8)
    axes.set(xticks=[0, 1], xlim=(-0.6, 2.4), ylabel="distance")
    axes.set_xticklabels([f"right: {below:.3g}", words])
    axes.legend(fontsize=8, loc="upper right")
    if view.verdict == "wrong" and words == f"yours: {below:.3g}":
        axes.set_title("the number is right, its gradient is not", fontsize=9)
    plots.describe(figure, f"perceptual_distance, {view.says}: a bar of layers that add up to {below:.3g}; {words}.")
    return figure
