"""The pictures that the checks of lesson 09 show."""

import numpy as np

from course import face, plots
from course.exercises.exercise import View


def draw_relative(view: View):
    """The points of the last frame, right and yours over the photo's; of channels, bars."""
    right = np.asarray(view.right, float)
    if right.ndim == 3:
        theirs = None if view.theirs is None else np.asarray(view.theirs, float)[-1]
        figure = plots.compare_points(right[-1], theirs, np.asarray(view.args[0], float),
                                      title="relative_motion: the last frame", names=("the photo", "right", "yours"))
        figure.axes[0].set(xlabel="x", ylabel="y")
        return figure
    names = [f"channel {k}" for k in range(right.shape[-1])]
    return bars("relative_motion: " + view.says, names, right[-1],
                None if view.theirs is None else np.asarray(view.theirs, float)[-1])


def bars(title: str, names, right, theirs):
    """Numbers (K,) with names as bars, right above yours."""
    figure, grid = plots.new(6.4, 0.9 + 0.36 * len(names), title=title)
    axes, at = grid[0, 0], np.arange(len(names))
    axes.barh(at - 0.18, np.nan_to_num(right), 0.34, color=plots.GREEN, label="right", edgecolor=plots.BLACK)
    if theirs is not None:
        axes.barh(at + 0.18, np.nan_to_num(theirs), 0.34, color=plots.VERMILION, hatch="//", label="yours",
                  edgecolor=plots.BLACK)
    axes.axvline(0, color=plots.BLACK, linewidth=0.8)
    axes.set(xlabel="value in the last frame")
    axes.set_yticks(at, names)
    axes.invert_yaxis()
    figure.legend(loc="outside right upper", fontsize=8)
    plots.describe(figure, f"{title}. Bars for {', '.join(names)}: right, and yours.")
    return figure


def draw_best(view: View):
    """How far each frame is from the photo as bars, with a ring on the right choice and a cross on yours."""
    values, rest = (np.asarray(x, float) for x in view.args)
    far = (values - rest)[:, :54] / np.r_[np.ones(51), np.full(3, 30.0)]
    far = np.sqrt((far**2).sum(axis=1))
    figure, grid = plots.new(6.4, 2.8, title="find_best_frame: how far each frame is from the photo")
    axes, at = grid[0, 0], np.arange(len(far))
    axes.bar(at, far, 0.6, color="#CCCCCC", edgecolor=plots.BLACK)
    top = max(float(far.max()), 1e-3)
    axes.plot(int(view.right), far[int(view.right)] + 0.08 * top, "o", color=plots.GREEN, markersize=10,
              markerfacecolor="none", markeredgewidth=2, label=f"right: {int(view.right)}")
    chosen = None if view.theirs is None else float(np.ravel(view.theirs)[0])
    if chosen is not None and np.isfinite(chosen) and 0 <= chosen < len(far):
        axes.plot(chosen, far[int(chosen)] + 0.08 * top, "x", color=plots.VERMILION, markersize=9,
                  markeredgewidth=2, label=f"yours: {chosen:g}")
    axes.set(xlabel="frame of the driver", ylabel="distance", xticks=at, ylim=(0, 1.25 * top))
    axes.legend(fontsize=8)
    plots.describe(figure, "Bars: the distance of each frame from the photo; marks: the right choice, and yours.")
    return figure


def draw_retarget(view: View):
    """The six channels of the last frame that move most as bars, right above yours."""
    unit = np.r_[np.ones(51), np.full(3, 30.0), np.ones(3)]
    right = np.asarray(view.right, float)[-1] / unit
    theirs = None if view.theirs is None else np.nan_to_num(np.asarray(view.theirs, float)[-1]) / unit
    rest = np.asarray(view.args[2], float) / unit
    weight = np.abs(right - rest) + (0 if theirs is None else np.abs(theirs - right)) + 1e-3 * np.abs(right)
    moved = np.flatnonzero(weight > 1e-4)  # what neither moves nor differs would be an empty row
    shown = np.sort(moved[np.argsort(-weight[moved])][:6]) if len(moved) else np.array([24])
    names = [face.CHANNELS[k] + (" / 30°" if 51 <= k < 54 else "") for k in shown]
    return bars("retarget: the last frame", names, right[shown], None if theirs is None else theirs[shown])


def draw_mask(view: View):
    """The mask of every pixel over how much it takes part: right as rings, yours as crosses."""
    moves, edge = np.asarray(view.args[0], float), float(view.args[1])
    order = np.argsort(moves.ravel())
    figure, grid = plots.new(6, 3, title="soft_mask: what each pixel gets")
    axes, at = grid[0, 0], moves.ravel()[order]
    axes.plot(at, np.ravel(view.right)[order], "o-", color=plots.GREEN, markerfacecolor="none", label="right")
    if view.theirs is not None:
        axes.plot(at, np.nan_to_num(np.ravel(view.theirs).astype(float))[order], "x--", color=plots.VERMILION,
                  label="yours")
    axes.axvline(edge, color=plots.GREY, linestyle=":", label="edge")
    axes.set(xlabel="how much the pixel takes part", ylabel="mask")
    axes.legend(fontsize=8)
    plots.describe(figure, "The mask over how much a pixel takes part: right, and yours.")
    return figure


def draw_paste(view: View):
    """Photo, region, mask, the right picture and yours, all at the photo's scale, the region where its box lies."""
    photo, region, mask, (x0, y0, x1, y1) = view.args
    place = (x0 - 0.5, x1 - 0.5, y1 - 0.5, y0 - 0.5)
    figure, grid = plots.new(9, 2.3, 1, 5, "paste_back: " + view.says)
    theirs = None
    if view.theirs is not None:
        theirs = np.nan_to_num(np.asarray(view.theirs, float)).clip(0, 255).astype(np.uint8)
    grey = np.repeat((mask[..., None] * 255).astype(np.uint8), 3, axis=2)
    panels = (("photo", photo), ("region", region), ("mask", grey), ("right", view.right), ("yours", theirs))
    for axes, (words, image) in zip(grid[0], panels):
        if image is None:
            axes.text(0.5, 0.5, "nothing yet", ha="center", va="center", transform=axes.transAxes, color=plots.GREY)
            axes.set(xticks=[], yticks=[])
            axes.set_box_aspect(photo.shape[0] / photo.shape[1])
            axes.set_title(words, fontsize=9)
        else:
            plots.picture(axes, np.asarray(image), words, place if words in ("region", "mask") else None)
            if np.shape(image) == photo.shape or words in ("region", "mask"):
                axes.set(xlim=(-0.5, photo.shape[1] - 0.5), ylim=(photo.shape[0] - 0.5, -0.5), facecolor="#CFE3F2")
    plots.describe(figure, "Side by side: photo, region, mask, the right picture, and yours.")
    return figure
