"""The figures of lesson 11: bars of a measure, where two pictures are alike, crowds, lips, intervals, the vote."""

import numpy as np

from course import plots
from course.evaluation import intervals, lip_sync, metrics

from . import films, pictures, scores, system

LABIALS = ("m", "b", "p")  # sounds for which lips are shut


def bars(told: dict, measure: str):
    """One measure of all films, a bar each; the one that it likes best is hatched: {film: number}."""
    unit, way = scores.MEASURES[measure]
    good = scores.goodness(measure, told)
    best = max(good.values())
    figure, grid = plots.new(6.4, 2.6, title=f"{measure}: {'more' if way > 0 else 'less'} is better")
    axes = grid[0, 0]
    values = np.array([told[name] for name in told])
    shown = np.nan_to_num(values)
    drawn = axes.barh(range(len(values)), shown, color=plots.SKY, edgecolor=plots.BLACK)
    for bar, name in zip(drawn, told):
        if good[name] == best:
            bar.set(hatch="///", facecolor=plots.ORANGE)
    words = [f"{value:.3g}" if np.isfinite(value) else "no answer" for value in values]
    axes.bar_label(drawn, [word + (" · best" if good[name] == best else "") for word, name in zip(words, told)],
                   fontsize=8, padding=3)
    axes.set(yticks=range(len(values)), xlabel=unit or "no unit", xlim=(min(0, 1.2 * shown.min()), 1.2 * shown.max()))
    axes.set_yticklabels(list(told), fontsize=9)
    axes.invert_yaxis()
    winners = ", ".join(name for name in told if good[name] == best)
    plots.describe(figure, f"{measure}, a bar for each film: "
                           + ", ".join(f"{name} {value:.3g}" for name, value in told.items()) + f". Best: {winners}.")
    return figure


def likeness(take: films.Take, names: tuple, title: str = "Where SSIM finds films alike"):
    """A frame of the true film and of others, and around which pixels they are alike."""
    number = films.loudest(take)
    true = take.true.frames[number]
    figure, grid = plots.new(2.1 * (1 + len(names)), 4.6, 2, 1 + len(names), title)
    plots.picture(grid[0, 0], true, "true")
    grid[1, 0].axis("off")
    said = []
    for column, name in enumerate(names, 1):
        frame = take.films[name].frames[number]
        plots.picture(grid[0, column], frame, name)
        alike = metrics.ssim_map(frame, true).mean(axis=2)
        shown = grid[1, column].imshow(alike, cmap="cividis", vmin=-0.2, vmax=1)
        grid[1, column].set(xticks=[], yticks=[])
        said.append(f"{name} {alike.mean():.2f}")
        grid[1, column].set_title(f"mean {alike.mean():.2f}", fontsize=9)
    figure.colorbar(shown, ax=grid[1, 0], location="left", shrink=0.9, label="alike")
    plots.describe(figure, f"{title}: maps, dark where the windows differ; means: {', '.join(said)}.")
    return figure


def crowd(take: films.Take, names: tuple, title: str = "Films as crowds"):
    """Every frame as a dot, along the two directions in which the true film varies most, with its ellipse."""
    figure, grid = plots.new(6.6, 3.6, title=title)
    axes, true = grid[0, 0], scores.seen(take.true)
    rows = {"true": true} | {name: scores.seen(take.films[name]) for name in names}
    for number, (name, row) in enumerate(rows.items()):
        dots, colour = scores.along(row, true, 2), plots.CYCLE[number % 7]
        axes.scatter(*dots.T, s=16, marker="osX^"[number % 4], color=colour, alpha=0.6, label=name)
        axes.plot(*pictures.ellipse(dots), plots.LINES[number % 4], color=colour)
    axes.set(xlabel="first direction of the features", ylabel="second direction")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    plots.describe(figure, f"{title}: a dot for each frame and an ellipse for each film: {', '.join(rows)}.")
    return figure


def lips(take: films.Take, names: tuple, title: str = "How far the lips are apart"):
    """The mouth of the true film and of others over time, with the loudness, and grey where lips have to be shut."""
    figure, grid = plots.new(8.4, 3.0, title=title)
    axes = grid[0, 0]
    seconds = (np.arange(len(take.loud)) + 0.5) / films.FPS
    for index, sound in enumerate(closures(take)):
        axes.axvspan(sound.start, sound.end, color=plots.GREY, alpha=0.35, label=None if index else "m, b, p")
        axes.text((sound.start + sound.end) / 2, 1.04, sound.symbol, ha="center", fontsize=8)
    axes.plot(seconds, take.loud, ":", color=plots.GREY, linewidth=2, label="loudness")
    rows = {"true": take.true} | {name: take.films[name] for name in names}
    most = max(lip_sync.mouth_opening(film.points).max() for film in rows.values())
    for number, (name, film) in enumerate(rows.items()):
        axes.plot(seconds, lip_sync.mouth_opening(film.points) / most, plots.LINES[number % 3],
                  color=(plots.GREEN, plots.VERMILION, plots.BLUE)[number % 3], label=name)
    axes.set(xlabel="seconds", ylabel="from shut to widest", ylim=(-0.03, 1.14))
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    plots.describe(figure, f"{title}: {', '.join(rows)} over seconds, beside the loudness; grey where m, b and p are "
                           "said and lips have to be shut.")
    return figure


def closures(take: films.Take) -> list:
    """The sounds of a take for which lips are shut."""
    return [sound for sound in take.said.phonemes if sound.symbol in LABIALS]


def left_open(take: films.Take, film: films.Film) -> float:
    """How far the lips are apart where they have to be shut, in percent of the eye distance: the least of each m, b
    and p, a mean over them."""
    opening = lip_sync.mouth_opening(film.points)
    least = []
    for sound in closures(take):
        first, last = int(sound.start * films.FPS), int(np.ceil(sound.end * films.FPS))
        least.append(opening[first:last].min())
    return 100 * float(np.mean(least)) if least else float("nan")


def table(rows: list, keys=("face_l1", "psnr", "ssim", "akd"), title: str = "The system, and how sure that is"):
    """Each film of the system's own table as a dot, with means and their intervals; below, our less the triangles."""
    figure, grid = plots.new(9.6, 3.6, 2, len(keys), title, height_ratios=(2.2, 1))
    told = []
    for column, key in enumerate(keys):
        upper, lower = grid[:, column]
        for number, method in enumerate(system.METHODS):
            values = system.column(rows, method, key)
            _interval(upper, values, number)
            told.append(f"{key} of {system.METHODS[method]} {values.mean():.3g}")
        upper.set_title(system.table.COLUMNS[key][0], fontsize=9)
        upper.set(yticks=range(len(system.METHODS)), ylim=(len(system.METHODS) - 0.5, -0.5))
        upper.set_yticklabels(list(system.METHODS.values()) if column == 0 else [], fontsize=8)
        _interval(lower, system.column(rows, "ships", key) - system.column(rows, "warp", key), 0)
        lower.axvline(0, color=plots.BLACK, linewidth=1)
        lower.set(yticks=[0], ylim=(0.6, -0.6))
        lower.set_yticklabels(["system less\ntriangles"] if column == 0 else [], fontsize=8)
        for axes in (upper, lower):
            axes.grid(alpha=0.3, axis="x")
            axes.tick_params(axis="x", labelsize=7)
    plots.describe(figure, f"{title}: dots for films, bars for the intervals of their means; {'; '.join(told)}. Below, "
                           "the differences between the system and the triangles, film by film.")
    return figure


def _interval(axes, values: np.ndarray, height: float) -> None:
    axes.scatter(values, np.full(len(values), height), s=14, color=plots.GREY)
    low, high = intervals.bootstrap_interval(values)
    axes.plot([low, high], [height + 0.22] * 2, color=plots.VERMILION, linewidth=3, solid_capstyle="butt")
    axes.plot([values.mean()], [height + 0.22], "|", color=plots.BLACK, markersize=11, markeredgewidth=2)


def vote(chosen, good: dict, whose: str, title: str = "A vote beside the numbers"):
    """Places of all films by the vote and by each measure, and how often each measure agrees with the vote.

    chosen: the film preferred in each pair; good: {measure: {film: number, more being better}}; whose: "your vote".
    """
    places = {whose: scores.ranks(scores.wins(chosen))} | {name: scores.ranks(row) for name, row in good.items()}
    order = sorted(places[whose], key=lambda name: places[whose][name])
    cells = np.array([[places[column][name] for column in places] for name in order])
    figure, grid = plots.new(9.8, 3.9, 1, 2, title, width_ratios=(1.5, 1))
    left, right = grid[0]
    left.imshow(cells, cmap="cividis_r", vmin=1, vmax=len(order) + 3, aspect="auto")
    for (row, column), place in np.ndenumerate(cells):
        left.text(column, row, f"{place:g}", ha="center", va="center", fontsize=10,
                  fontweight="bold" if column == 0 else "normal", color="white" if place > 5 else "black")
    left.axvline(0.5, color="white", linewidth=5)
    left.set(xticks=range(len(places)), yticks=range(len(order)), xlabel="place, 1 is best")
    left.set_xticklabels(list(places), fontsize=8, rotation=25)
    left.set_yticklabels(order, fontsize=9)
    told = []
    for number, (name, row) in enumerate(good.items()):
        agreed = scores.agreeing(chosen, row)
        right.barh(number, agreed.mean(), color=plots.SKY, edgecolor=plots.BLACK, height=0.5)
        right.plot(intervals.bootstrap_interval(agreed), [number + 0.38] * 2, color=plots.VERMILION, linewidth=3)
        told.append(f"{name} {agreed.mean():.0%}")
    right.axvline(0.5, color=plots.BLACK, linestyle="--", linewidth=1)
    right.set(yticks=range(len(good)), xlim=(0, 1.02), xlabel="share of the eight pairs (dashed: a coin)")
    right.set_yticklabels(list(good), fontsize=8)
    right.set_title(f"agrees with {whose}", fontsize=9)
    right.invert_yaxis()
    best = ", ".join(f"{name} {places[whose][name]:g}" for name in order)
    plots.describe(figure, f"{title}: places by {whose}: {best}. Agrees with it in pairs: {', '.join(told)}.")
    return figure
