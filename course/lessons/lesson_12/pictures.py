"""The pictures that the checks of lesson 12 show."""

import numpy as np

from course import plots
from course.exercises.exercise import View

ROWS = 12  # lines of text in a picture, at most


def draw_stream(view: View):
    """The frames as they come out, right and yours, in the order in which they did."""
    count, workers = view.args[:2]
    rows = {"right": view.right, "yours": view.theirs}
    figure, grid = plots.new(7.4, 2.3, title="stream_frames: " + view.says)
    axes, said = grid[0, 0], []
    for height, (words, came) in enumerate(rows.items()):
        frames = [frame if isinstance(frame, str) else f"{float(frame):.0f}" for frame in _list(came, "frames")][:16]
        for place, frame in enumerate(frames):
            axes.text(place, -height, frame[:6], ha="center", va="center", fontsize=9,
                      bbox={"boxstyle": "round", "facecolor": plots.SKY if words == "right" else "white"})
        for line, (key, value) in enumerate(_facts(came)):
            axes.text(len(frames) + 0.2, -height + 0.22 - 0.22 * line, f"{key}: {value}", fontsize=7, va="center")
        said.append(f"{words}: {', '.join(frames) or 'nothing'}")
    axes.set(xlim=(-0.7, max(16, count + 6)), ylim=(-1.6, 0.6), xticks=[], yticks=[0, -1],
             xlabel="frames in the order in which they came")
    axes.set_yticklabels([words if came is not None else words + ": nothing yet" for words, came in rows.items()])
    plots.describe(figure, f"stream_frames, {view.says}: {count} frames, {workers} at a time. {'; '.join(said)}.")
    return figure


def _list(came, key: str) -> list:
    return list(np.atleast_1d(came[key])) if isinstance(came, dict) and key in came else []


def _facts(came) -> list:
    return [(key, value) for key, value in came.items() if key != "frames"] if isinstance(came, dict) else []


def draw_clock(view: View):
    """When each frame is ready, when it is due, and which one is shown at each moment: right and yours."""
    ready, fps = np.asarray(view.args[0], float), float(view.args[1])
    figure, grid = plots.new(6.8, 3.0, title="drop_late_frames: " + view.says)
    on_clock(grid[0, 0], ready, fps, {"right": view.right, "yours": view.theirs})
    told = f"; yours {np.asarray(view.theirs).tolist()[:12]}" if view.theirs is not None else "; yours: nothing yet"
    plots.describe(figure, f"drop_late_frames, {view.says}, {fps:g} frames a second: ready at "
                           f"{np.round(ready, 2).tolist()[:12]} s; shown {np.asarray(view.right).tolist()[:12]}{told}.")
    return figure


def on_clock(axes, ready: np.ndarray, fps: float, shown: dict) -> None:
    """A dot where a frame is ready, and a line for what is shown: {words: (T,) frames or None}."""
    moments, finite = np.arange(len(ready)) / fps, np.isfinite(ready)
    axes.plot(moments, np.arange(len(ready)), ":", color=plots.GREY, label="due")
    axes.plot(ready[finite], np.flatnonzero(finite), "o", color=plots.BLACK, markersize=4, label="ready")
    for number, (words, frames) in enumerate(shown.items()):
        if frames is not None and len(ready):
            ends = np.append(moments, len(ready) / fps)
            axes.step(ends, np.append(frames, frames[-1:]), where="post", label=words,
                      color=(plots.GREEN, plots.VERMILION)[number % 2], linestyle=("-", "--")[number % 2], linewidth=2)
    axes.set(xlabel="seconds", ylabel="frame")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))


def draw_budget(view: View):
    """A bar for each stage: right, and yours below it."""
    stages = view.args[0]
    figure, grid = plots.new(6.8, max(1.9, 0.42 * len(stages) + 1.2), title="latency_budget: " + view.says)
    on_budget(grid[0, 0], {"right": view.right, "yours": view.theirs}, list(stages))
    told = "; ".join(f"{name} {float(begin):.2f} to {float(end):.2f} s" for name, (begin, end) in view.right.items())
    plots.describe(figure, f"latency_budget, {view.says}: {told or 'nothing'}.")
    return figure


def on_budget(axes, times: dict, names: list) -> None:
    """Bars over seconds, a row a stage: times {words: {name: (begin, end)} or None}."""
    height = 0.8 / max(1, sum(found is not None for found in times.values()))
    for number, (words, found) in enumerate(times.items()):
        for row, name in enumerate(names):
            if isinstance(found, dict) and name in found:
                begin, end = (float(np.nan_to_num(second)) for second in found[name])
                axes.barh(row - 0.4 + height * (number + 0.5), end - begin, height * 0.9, left=begin, edgecolor="black",
                          color=(plots.SKY, plots.ORANGE)[number % 2], hatch=("", "//")[number % 2],
                          label=words if row == 0 else None)
    axes.set(xlabel="seconds", yticks=range(len(names)), yticklabels=names, ylim=(len(names) - 0.4, -0.6))
    axes.grid(alpha=0.3, axis="x")
    if len(times) > 1 and axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))


def draw_job(view: View):
    """The job as it came, and beside it what is wrong with it: right and yours."""
    job, fields = view.args[:2]
    columns = {"the job": [f"{name}: {str(value)[:26]!r}" if isinstance(value, str) else f"{name}: {value}"
                           for name, value in job.items()]}
    for words, told in (("right", view.right), ("yours", view.theirs)):
        columns[words if told is not None else words + ": nothing yet"] = (
            [f"{name}: {str(problem)[:24]}" for name, problem in sorted(told.items(), key=str) if problem != "right"]
            or ["nothing is wrong"] if isinstance(told, dict) else [])
    height = 0.8 + 0.17 * min(max(map(len, columns.values())), ROWS)
    figure, grid = plots.new(8.0, height, 1, 3, "validate_job: " + view.says)
    for axes, (words, told) in zip(grid[0], columns.items()):
        axes.axis("off")
        axes.set_title(words, fontsize=9)
        axes.text(0, 1, "\n".join(told[:ROWS]), va="top", family="monospace", fontsize=8, transform=axes.transAxes)
    told = "; ".join(f"{words}: {', '.join(lines) or 'nothing'}" for words, lines in columns.items())
    plots.describe(figure, f"validate_job, {view.says}. {told}.")
    return figure


def draw_export(view: View):
    """What is painted on the first square: right, yours, and where they differ; one colour of it."""
    right, yours = (_paint(came) for came in (view.right, view.theirs))
    if yours is not None and np.shape(yours) != np.shape(right):
        yours = None
    shown = {"right": right, "yours": yours, "difference": None if yours is None else yours - right}
    most = max(float(np.abs(right).max()), 1e-6)
    figure, grid = plots.new(7.2, 2.5, 1, 3, "export_animator: " + view.says)
    for axes, (words, picture) in zip(grid[0], shown.items()):
        axes.set(xticks=[], yticks=[])
        axes.set_title(words if picture is not None else words + ": nothing yet", fontsize=9)
        if picture is None:
            axes.set_box_aspect(1)
        else:
            axes.imshow(np.nan_to_num(picture), cmap="cividis", vmin=-most, vmax=most)
    off = "nothing yet" if yours is None else f"off by {float(np.abs(np.nan_to_num(yours - right)).max()):.2g} at most"
    plots.describe(figure, f"export_animator, {view.says}: what the exported network paints, red, as a map; yours: "
                           f"{off}.")
    return figure


def _paint(came):
    """The first square's first colour, (S, S), or None."""
    paint = came.get("paint") if isinstance(came, dict) else None
    return np.asarray(paint, float)[0, 0] if paint is not None and np.ndim(paint) == 4 else None
