"""The pictures that the checks of lesson 13 show."""

import numpy as np

from course import plots
from course.exercises.exercise import View


def _finite(values) -> np.ndarray:
    return np.nan_to_num(np.asarray(values, float), posinf=0, neginf=0)


def draw_embedding(view: View):
    """The frame, the change, the right marked frame, yours: their last colour as levels."""
    frame, change, number, fps = view.args[:4]
    layer = min(2, np.shape(frame)[2] - 1)
    shown = {"frame, blue": frame, "change": change, "right": view.right, "yours": view.theirs}
    figure, grid = plots.new(8.4, 2.2, 1, 4, "embed_watermark: " + view.says)
    for axes, (words, picture) in zip(grid[0], shown.items()):
        axes.set(xticks=[], yticks=[])
        axes.set_title(words if picture is not None else words + ": nothing yet", fontsize=9)
        if picture is None:
            axes.set_box_aspect(1)
            continue
        levels = _finite(picture)[..., layer]
        low, high = (-6, 6) if words == "change" else (0, 255)
        axes.imshow(levels, cmap="gray", vmin=low, vmax=high)
        for (y, x), level in np.ndenumerate(levels[:6, :6]):
            axes.text(x, y, f"{level:.0f}", ha="center", va="center", fontsize=8,
                      color="white" if level < (low + high) / 2 else "black")
    plots.describe(figure, f"embed_watermark, {view.says}, {number / fps:.2f} s: the blue levels of the frame, the "
                           "change, the right answer and yours.")
    return figure


def draw_gathering(view: View):
    """A bar for each sign of the codeword: right and yours."""
    right = _finite(view.right)
    yours = None if view.theirs is None else _finite(view.theirs)
    figure, grid = plots.new(6.4, 2.6, title="read_watermark: " + view.says)
    axes, places = grid[0, 0], np.arange(len(right))
    axes.bar(places - 0.2, right, 0.38, color=plots.GREEN, label="right")
    if yours is not None:
        axes.bar(places + 0.2, yours, 0.38, color=plots.VERMILION, hatch="//", edgecolor="white", label="yours")
    axes.axhline(0, color=plots.BLACK, linewidth=0.8)
    axes.set(xlabel="sign of the codeword", ylabel="sum", xticks=places[:: max(1, len(places) // 12)])
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    plots.describe(figure, f"read_watermark, {view.says}: right {np.round(right, 2).tolist()}"
                           + (f", yours {np.round(yours, 2).tolist()}." if yours is not None
                              else "; yours: nothing yet."))
    return figure


def draw_manifest(view: View):
    """The statement, the right manifest and yours, as text."""
    statement, film = view.args[:2]
    figure, grid = plots.new(7.6, 1.9, 1, 2, "sign_manifest: " + view.says)
    for axes, words, manifest in zip(grid[0], ("right", "yours"), (view.right, view.theirs)):
        axes.axis("off")
        axes.set_title(words if manifest is not None else words + ": nothing yet", fontsize=9)
        if isinstance(manifest, dict):
            axes.text(0, 1, "\n".join(_lines(manifest)), va="top", family="monospace", fontsize=7,
                      transform=axes.transAxes)
    plots.describe(figure, f"sign_manifest, {view.says}: a film of {len(film)} bytes, {len(statement)} things stated; "
                           "the right claim and signature, and yours.")
    return figure


def _lines(manifest: dict):
    claim = manifest.get("claim")
    for name, value in sorted(claim.items()) if isinstance(claim, dict) else []:
        yield f"{name}: {str(value)[:24]}{'...' if len(str(value)) > 24 else ''}"
    yield ""
    yield f"signature: {str(manifest.get('signature'))[:20]}..."


def draw_limit(view: View):
    """Photos and what is asked about as dots over the score; who is rightly called fake, and who by you."""
    scores, of_photos, share = view.args[:3]
    rows = {"photos": (of_photos, np.zeros(len(of_photos), bool)), "right": (scores, np.asarray(view.right, bool))}
    if view.theirs is not None:
        rows["yours"] = scores, _finite(view.theirs) > 0
    figure, grid = plots.new(6.8, 2.4, title="detect_fake: " + view.says)
    axes = grid[0, 0]
    for height, (values, called) in enumerate(rows.values()):
        values = _finite(values)
        axes.plot(values[~called], np.full((~called).sum(), -height), "o", color=plots.BLUE, fillstyle="none")
        axes.plot(values[called], np.full(called.sum(), -height), "X", color=plots.VERMILION, markersize=9)
    axes.set(xlabel=f"score (circle: a photo, cross: called fake; share {share:.3g})", ylim=(-len(rows) + 0.4, 0.6),
             yticks=[-number for number in range(len(rows))], yticklabels=list(rows))
    axes.grid(alpha=0.3)
    told = [", ".join(f"{score:.2g}" for score in _finite(scores)[called]) or "none"
            for _, called in list(rows.values())[1:]]
    plots.describe(figure, f"detect_fake, {view.says}: rightly called fake are {told[0]}; "
                           + (f"by yours {told[1]}." if len(told) > 1 else "yours: nothing yet."))
    return figure


def draw_groups(view: View):
    """The rate of each group with its interval: right and yours."""
    right = view.right
    yours = view.theirs if isinstance(view.theirs, dict) else {}
    names = list(right)
    figure, grid = plots.new(6.4, max(1.8, 0.6 * len(names) + 1.2), title="error_by_group: " + view.says)
    axes = grid[0, 0]
    for words, found, colour, mark, off in (("right", right, plots.GREEN, "o", -0.12),
                                            ("yours", yours, plots.VERMILION, "X", 0.12)):
        for number, name in enumerate(names):
            if name in found:
                rate, low, high = (float(_finite(value)) for value in found[name])
                axes.plot([low, high], [number + off] * 2, color=colour, linewidth=2)
                axes.plot(rate, number + off, mark, color=colour, label=words if number == 0 else None)
    axes.set(xlabel="share of wrong ones", yticks=range(len(names)), yticklabels=names)
    axes.invert_yaxis()
    axes.grid(alpha=0.3)
    if names:
        axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    plots.describe(figure, f"error_by_group, {view.says}: "
                           + "; ".join(f"{name} {rate:.2f}, {low:.2f} to {high:.2f}"
                                       for name, (rate, low, high) in right.items()))
    return figure
