"""The figures of lesson 12: memory, budgets, the live clock, parts of a frame, jobs on both sides, films by workers."""

import numpy as np

from course import plots

from . import pictures


def first_frames(arrivals: dict, title: str = "When each frame is there"):
    """Frames over seconds, a line for each way: {words: (T,) seconds}."""
    figure, grid = plots.new(6.8, 2.8, title=title)
    axes, said = grid[0, 0], []
    for number, (words, seconds) in enumerate(arrivals.items()):
        axes.plot(seconds, np.arange(1, len(seconds) + 1), plots.LINES[number % 4], marker=".", label=words,
                  color=plots.CYCLE[number % 7])
        said.append(f"{words}: the first after {seconds[0]:.2f} s, the last after {seconds[-1]:.2f} s")
    axes.set(xlabel="seconds", ylabel="frames that are there", xlim=(0, None))
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    plots.describe(figure, f"{title}. {'; '.join(said)}.")
    return figure


def budgets(times: dict, title: str = "The way to the first frame"):
    """A panel of bars for each plan: {words: {stage: (begin, end)}}."""
    rows = [max(len(found), 1) for found in times.values()]
    figure, grid = plots.new(7.6, 0.34 * sum(rows) + 0.9 * len(rows) + 0.6, len(rows), 1, title, height_ratios=rows)
    said = []
    for axes, (words, found) in zip(grid[:, 0], times.items()):
        pictures.on_budget(axes, {"": found}, list(found))
        end = max((end for _, end in found.values()), default=0.0)
        axes.set_title(f"{words}: first frame after {end:.2f} s", fontsize=9)
        axes.tick_params(labelsize=8)
        said.append(f"{words} {end:.2f} s")
    plots.describe(figure, f"{title}, a bar for each stage: {'; '.join(said)}.")
    return figure


def clock(shown: np.ndarray, fps: float, words: dict, title: str = "Your live face on its clock"):
    """Which frame was shown at each moment, (T,), and where sentences began: {frame: words}."""
    figure, grid = plots.new(7.0, 3.0, title=title)
    axes, moments = grid[0, 0], np.arange(len(shown)) / fps
    axes.plot(moments, np.arange(len(shown)), ":", color=plots.GREY, label="due")
    axes.step(moments, shown, where="post", color=plots.BLUE, linewidth=2, label="shown")
    for number in words:
        axes.axvline(number / fps, color=plots.ORANGE, linestyle="--",
                     label="a sentence begins" if number == min(words) else None)
    axes.set(xlabel="seconds", ylabel="frame")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    lag = float(np.mean(np.arange(len(shown)) - shown)) / fps * 1000
    plots.describe(figure, f"{title}: the frame shown over {len(shown) / fps:.1f} s, {lag:.0f} ms behind on average; "
                           f"{len(words)} sentences begin.")
    return figure


def gain(frame: float, networks: float, times=(1, 2, 5, 20, np.inf), title: str = "A frame with faster networks"):
    """Bars of the seconds of a frame, the networks' part hatched, for networks so many times as fast."""
    figure, grid = plots.new(6.8, 2.7, title=title)
    axes, rest = grid[0, 0], 1000 * (frame - networks)
    parts = [1000 * networks / time for time in times]
    axes.barh(range(len(times)), [rest] * len(times), color=plots.SKY, edgecolor="black", label="all else")
    axes.barh(range(len(times)), parts, left=rest, color=plots.ORANGE, edgecolor="black", hatch="//", label="networks")
    labels = ["as here" if time == 1 else "free" if np.isinf(time) else f"{time} times" for time in times]
    axes.set(xlabel="milliseconds a frame, on one core", yticks=range(len(times)), yticklabels=labels)
    axes.axvline(40, color=plots.BLACK, linestyle=":", label="25 a second")
    axes.invert_yaxis()
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    told = ", ".join(f"{label} {rest + part:.0f} ms" for label, part in zip(labels, parts))
    plots.describe(figure, f"{title}: {told}.")
    return figure


def by_workers(rows: dict, title: str = "Who made which film when"):
    """Bars over seconds: {words: list of `scaling.Made`}; a row for each worker of each way."""
    figure, grid = plots.new(7.2, 2.4, title=title)
    axes, names, said = grid[0, 0], [], []
    for number, (words, films) in enumerate(rows.items()):
        start = min(one.begin for one in films)
        for worker in sorted({one.worker for one in films}):
            for film, one in enumerate(films, 1):
                if one.worker == worker:
                    axes.barh(len(names), one.end - one.begin, left=one.begin - start, edgecolor="black",
                              color=(plots.SKY, plots.ORANGE)[number % 2], hatch=("", "//")[number % 2])
                    axes.text((one.begin + one.end) / 2 - start, len(names), str(film), ha="center", va="center",
                              fontsize=9, bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})
            names.append(f"{words}: {worker}" if worker != words else words)
        said.append(f"{words}: {len(films)} films in {max(one.end for one in films) - start:.1f} s")
    axes.set(xlabel="seconds", yticks=range(len(names)))
    axes.set_yticklabels(names, fontsize=8)
    axes.invert_yaxis()
    axes.grid(alpha=0.3, axis="x")
    plots.describe(figure, f"{title}. {'; '.join(said)}.")
    return figure
