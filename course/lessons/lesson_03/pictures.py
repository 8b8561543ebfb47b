"""The pictures that the checks of lesson 03 show."""

import numpy as np

from course import face, plots
from course.exercises.exercise import View

from . import head
from . import somebody as people

PARTS = ("eye", "eye", "nose", "mouth", "mouth", "chin", "forehead")  # the points of `head.HEAD`


def flat(points) -> np.ndarray:
    """x and y of the first frame, (K, 2)."""
    points = np.nan_to_num(np.asarray(points, float))
    return points.reshape(-1, *points.shape[-2:])[0, :, :2]


def draw_blend(view: View):
    """The first face at rest in grey, rightly moved as green rings, moved by you as crosses."""
    theirs = None if view.theirs is None else flat(view.theirs)
    figure = plots.compare_points(flat(view.right), theirs, flat(view.args[0]),
                                  title="blendshapes_to_points: " + view.says, names=("at rest", "right", "yours"))
    figure.axes[0].set(xlabel="x", ylabel="y")
    return figure


def draw_project(view: View):
    """The projected points, right as green rings and yours as crosses; of the small head each has its name."""
    theirs = None if view.theirs is None else flat(view.theirs)
    figure = plots.compare_points(flat(view.right), theirs, title="project: " + view.says)
    if np.array_equal(np.reshape(view.args[0], (-1, *np.shape(view.args[0])[-2:]))[0], head.HEAD):
        figure.axes[0].margins(0.14)
        for words, point in zip(PARTS, flat(view.right)):
            figure.axes[0].annotate(words, point, (4, 4), textcoords="offset points", fontsize=7, color=plots.GREEN)
    return figure


def bars(title: str, names, right, theirs, xlabel: str):
    """Numbers (K,) with names as bars, right above yours."""
    figure, grid = plots.new(6.4, 0.9 + 0.36 * len(names), title=title)
    axes, at = grid[0, 0], np.arange(len(names))
    axes.barh(at - 0.18, np.nan_to_num(right), 0.34, color=plots.GREEN, label="right")
    if theirs is not None:
        axes.barh(at + 0.18, np.nan_to_num(theirs), 0.34, color=plots.VERMILION, hatch="//", label="yours")
    axes.axvline(0, color=plots.BLACK, linewidth=0.8)
    axes.set(xlabel=xlabel)
    axes.set_yticks(at, names)
    axes.invert_yaxis()
    axes.legend(fontsize=8)
    return figure


def draw_pose(view: View):
    """Angles, scale and origin of the first frame as bars, right above yours."""
    def numbers(found):
        return np.concatenate([np.ravel(found[0])[:3], np.ravel(found[1])[:1], np.ravel(found[2])[:2]]).astype(float)

    whole = view.theirs is not None and all(part is not None for part in view.theirs)
    return bars("fit_pose: " + view.says, ["pitch", "yaw", "roll", "scale", "origin x", "origin y"],
                numbers(view.right), numbers(view.theirs) if whole else None, "degrees; pixels")


def draw_slopes(view: View):
    """Somebody's points, with an arrow for where the value that is furthest off moves each: rightly, and as you say."""
    right, theirs = np.asarray(view.right, float), view.theirs
    off = np.abs(right) if theirs is None else np.abs(np.nan_to_num(np.asarray(theirs, float)) - right)
    frame, value = np.unravel_index(np.argmax(off.sum(axis=(2, 3))), off.shape[:2])
    if off.max() < 1e-3 or theirs is None:  # nothing is wrong: one that everybody knows
        value = face.INDEX["jawOpen"]
    points = face.pose_points(people.somebody(), people.values_of(view.args[frame]))
    name, room = face.CHANNELS[value], 14 / max(np.abs(right[frame, value]).max(), 1e-9)  # the longest is 14 pixels
    panels = {"right": (right, plots.GREEN)} | ({} if theirs is None else {"yours": (theirs, plots.VERMILION)})
    figure, grid = plots.new(3.6 * len(panels), 3.8, 1, len(panels), f"point_slopes: {name}, {view.says}")
    for axes, (words, (slopes, colour)) in zip(grid[0], panels.items()):
        step = np.clip(np.nan_to_num(np.asarray(slopes, float)[frame, value]) * room, -200, 200)
        axes.scatter(*points.T, s=5, color=plots.GREY)
        axes.quiver(*points.T, *step.T, angles="xy", scale_units="xy", scale=1, color=colour, width=0.006)
        axes.set(aspect="equal", xlabel="x in pixels", ylabel="y in pixels")
        axes.invert_yaxis()
        axes.tick_params(labelsize=7)
        axes.set_title(f"{words}, the longest {np.abs(np.nan_to_num(slopes[frame, value])).max():.3g} pixels",
                       fontsize=9)
    plots.describe(figure, f"The points of a face, each with an arrow for how {name} moves it: right and yours.")
    return figure


def draw_step(view: View):
    """The new values of the frame that is furthest off as bars, right above yours."""
    right = np.asarray(view.right, float)
    theirs = None if view.theirs is None else np.nan_to_num(np.asarray(view.theirs, float))
    frame = worst_frame(right, theirs)
    return bars("fit_step: " + view.says, [f"value {k}" for k in range(right.shape[1])], right[frame],
                None if theirs is None else theirs[frame], f"after one round, frame {frame}")


def worst_frame(right, theirs) -> int:
    """The frame (of T, ...) in which two arrays differ most; 0 where there are no two."""
    if theirs is None:
        return 0
    off = np.abs(np.nan_to_num(np.asarray(theirs, float)) - np.asarray(right, float))
    return int(np.argmax(off.reshape(len(off), -1).max(axis=1)))


def draw_motion(view: View):
    """The nine largest channels of the frame that is furthest off as bars, right above yours."""
    right = np.asarray(view.right["channels"], float)
    theirs = view.theirs.get("channels") if isinstance(view.theirs, dict) else None
    frame = worst_frame(right, theirs)
    right = right[frame]
    theirs = None if theirs is None else np.nan_to_num(np.asarray(theirs, float)[frame])
    largest = np.abs(right) if theirs is None else np.maximum(np.abs(right), np.abs(theirs))
    shown = np.sort(np.argsort(-largest)[:9])
    return bars("fit_motion: " + view.says, [face.CHANNELS[k] for k in shown], right[shown],
                None if theirs is None else theirs[shown], "0 at rest, 1 full; head: 1 is 30 degrees")


def draw_gesture(view: View):
    """Pitch, yaw and roll over time as curves, right with discs and yours with crosses."""
    figure, grid = plots.new(8.4, 3.0, title="motion_model: " + view.says)
    axes, times = grid[0, 0], np.asarray(view.args[0], float)
    for k, name in enumerate(("pitch", "yaw", "roll")):
        axes.plot(times, view.right[:, k], plots.LINES[k], color=plots.GREEN, marker="o", label=f"{name}, right")
        if view.theirs is not None:
            axes.plot(times, np.nan_to_num(view.theirs[:, k]), plots.LINES[k], color=plots.VERMILION, marker="x",
                      label=f"{name}, yours")
    axes.set(xlabel="time in seconds", ylabel="degrees")
    axes.grid(alpha=0.3)
    figure.legend(loc="outside right upper", fontsize=8)
    return figure
