"""The pictures that the checks of lesson 10 show."""

import numpy as np

from course import plots
from course.exercises.exercise import View


def _finite(values) -> np.ndarray:
    return np.nan_to_num(np.asarray(values, float), posinf=0, neginf=0)


def _picture(values) -> np.ndarray:
    """Anything of shape (H, W, 3) as grey levels that can be drawn."""
    return np.clip(np.round(_finite(values)), 0, 255).astype(np.uint8)


def draw_curves(view: View):
    """A column of the signal, what the filter rightly makes of it, and yours, over the frames."""
    column = view.at[1] if len(view.at) == 2 else 0
    figure, grid = plots.new(6.6, 2.8, title="one_euro: " + view.says)
    axes = grid[0, 0]
    axes.plot(view.args[0][:, column], color=plots.GREY, marker=".", label="given")
    axes.plot(view.right[:, column], color=plots.GREEN, linewidth=3, alpha=0.6, label="right")
    if view.theirs is not None:
        axes.plot(_finite(view.theirs)[:, column], "--", color=plots.VERMILION, label="yours")
    axes.set(xlabel="frame", ylabel="value")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    plots.describe(figure, f"one_euro, {view.says}: the given values, the right curve"
                           + (", and yours." if view.theirs is not None else "; yours: nothing yet."))
    return figure


def draw_sharpening(view: View):
    """A row through the picture: as it was, rightly sharpened, yours."""
    row = view.at[0] if len(view.at) == 3 else len(view.right) // 2
    channel = view.at[2] if len(view.at) == 3 else 0
    figure, grid = plots.new(7.4, 2.8, 1, 2, "unsharp_mask: " + view.says, width_ratios=(1, 2.2))
    plots.picture(grid[0, 0], np.hstack([view.args[0], view.right]), "given, right")
    axes = grid[0, 1]
    axes.plot(view.args[0][row, :, channel], color=plots.GREY, marker=".", label="given")
    axes.plot(view.right[row, :, channel], color=plots.GREEN, linewidth=3, alpha=0.6, label="right")
    if view.theirs is not None:
        axes.plot(_finite(view.theirs)[row, :, channel], "--", color=plots.VERMILION, label="yours")
    axes.set(xlabel=f"pixel of row {row}", ylabel="grey level")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    plots.describe(figure, f"unsharp_mask, {view.says}: the picture beside the right answer, and the grey levels of a "
                           "row: given, right, yours.")
    return figure


def draw_transfer(view: View):
    """The picture, the reference, the right answer, yours; what counts is framed by what does not being paler."""
    image, reference, mask, reference_mask = view.args[:4]
    shown = {"given": _paler(image, mask), "reference": _paler(reference, reference_mask), "right": view.right,
             "yours": None if view.theirs is None else _picture(view.theirs)}
    figure, grid = plots.new(7.6, 2.4, 1, 4, "color_transfer: " + view.says)
    for axes, (words, picture) in zip(grid[0], shown.items()):
        _shown(axes, words, picture)
    plots.describe(figure, f"color_transfer, {view.says}: the picture and the reference, paler where masks do not "
                           "count, the right answer and yours.")
    return figure


def _paler(image, mask) -> np.ndarray:
    return _picture(np.where(np.asarray(mask, bool)[..., None], image, 0.35 * _finite(image) + 160))


def _shown(axes, words: str, picture) -> None:
    axes.set(xticks=[], yticks=[])
    axes.set_title(words if picture is not None else words + ": nothing yet", fontsize=9)
    if picture is None:
        axes.set_box_aspect(1)
    else:
        axes.imshow(picture, interpolation="nearest")


def draw_between(view: View):
    """Before, the right frame between, yours, after."""
    before, after, _, _, t = view.args[:5]
    shown = {"before": before, f"right, t = {t:g}": view.right,
             "yours": None if view.theirs is None else _picture(view.theirs), "after": after}
    figure, grid = plots.new(8.4, 2.2, 1, 4, "interpolate_frames: " + view.says)
    for axes, (words, picture) in zip(grid[0], shown.items()):
        _shown(axes, words, picture)
    plots.describe(figure, f"interpolate_frames, {view.says}: the frame before, the right one at {t:g}, yours, the "
                           "frame after.")
    return figure


def draw_flicker(view: View):
    """The frames in a row, and the right number beside yours."""
    frames = view.args[0]
    yours = "nothing yet" if view.theirs is None else f"{float(_finite(view.theirs)):.3g}"
    figure, grid = plots.new(max(1.6 * len(frames), 3.6), 2.3, 1, len(frames), "flicker: " + view.says)
    for number, (axes, frame) in enumerate(zip(grid[0], frames)):
        _shown(axes, f"frame {number}", frame)
    figure.supxlabel(f"right {float(view.right):.3g} grey levels, yours {yours}", fontsize=9)
    plots.describe(figure, f"flicker, {view.says}: {len(frames)} frames. Right {float(view.right):.3g}, yours {yours}.")
    return figure
