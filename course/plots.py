"""The figures that the lessons show. Each function returns a matplotlib `Figure`; `show` puts it into the notebook.

Colours are Okabe and Ito's, which people with any kind of colour vision tell apart, and never speak alone: what
differs in colour differs in shape or line as well. Every figure carries a text for those who cannot see it.
"""

import base64
import functools
import html
import io
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from PIL import Image

from . import notebook
from .keypoints import landmarks

BLACK, ORANGE, SKY, GREEN, BLUE, VERMILION, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7")
GREY = "#8A8A8A"
CYCLE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)
LINES = ("-", "--", "-.", ":")
DPI = 100
LARGEST_PNG = 90_000  # bytes

# Which points are joined by a line when a face is drawn: runs of the 68, and whether a run closes.
RUNS = ((landmarks.JAW, False), (landmarks.BROW_RIGHT, False), (landmarks.BROW_LEFT, False),
        (landmarks.NOSE[:4], False), (landmarks.NOSE[4:], False), (landmarks.EYE_RIGHT, True),
        (landmarks.EYE_LEFT, True), (landmarks.LIPS_OUTER, True), (landmarks.LIPS_INNER, True))


# ---------------------------------------------------------------- into the notebook


def show(figure: Figure, alt: str = "") -> None:
    """Put a figure into the notebook, with `alt` or the figure's own words for those who cannot see it."""
    from IPython.display import display

    display(shown(figure, alt), raw=True)


def shown(figure: Figure, alt: str = "") -> dict:
    """What a notebook gets of a figure: a picture with its words, and the words alone."""
    alt = alt or describe(figure)
    kind, data = encode(figure)
    source = f"data:{kind};base64,{base64.b64encode(data).decode()}"
    return {"text/html": f'<img alt="{html.escape(alt)}" src="{source}" style="max-width: 100%">', "text/plain": alt}


def describe(figure: Figure, alt: str | None = None) -> str:
    """Give a figure its words, or, without `alt`, say them: failing all else, its titles."""
    if alt is not None:
        figure.set_label(alt)
    titles = [figure.get_suptitle(), *(axes.get_title() for axes in figure.axes)]
    return figure.get_label() or "Figure: " + "; ".join(title for title in titles if title)


def encode(figure: Figure) -> tuple:
    """The figure as ("image/png" or "image/jpeg", bytes): PNG keeps lines sharp, JPEG keeps photos small."""
    drawn = io.BytesIO()  # drawn once: that takes longest
    figure.savefig(drawn, format="png", dpi=DPI, bbox_inches="tight", pad_inches=0.05, pil_kwargs={"compress_level": 1})
    picture = Image.open(drawn).convert("RGB")
    file = io.BytesIO()
    if drawn.tell() <= 2 * LARGEST_PNG:  # larger ones hold photos: no effort would make them small
        picture.save(file, "png", dpi=(DPI, DPI))
    if 0 < file.tell() <= LARGEST_PNG:
        return "image/png", file.getvalue()
    file = io.BytesIO()
    picture.save(file, "jpeg", dpi=(DPI, DPI), quality=88)
    return "image/jpeg", file.getvalue()


def pixels(figure: Figure, dpi: float = DPI) -> np.ndarray:
    """A figure as a picture, uint8 (H, W, 3), for a film: its inches times `dpi` in size, nothing cut off."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure.set_dpi(dpi)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def new(width: float, height: float, rows: int = 1, columns: int = 1, title: str = "", **options) -> tuple:
    """A figure in inches and its axes, (rows, columns)."""
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, **options)
    if title:
        figure.suptitle(title, fontsize=11)
    return figure, axes


# ---------------------------------------------------------------- pictures and points


def picture(axes, image, title: str = "", extent=None) -> None:
    """One picture, uint8 (H, W, 3), or a map (H, W), on axes without ticks."""
    image = np.asarray(image)
    # a map begins at 0, so that a map of one value shows which
    options = {} if image.ndim == 3 else {"cmap": "viridis", "vmin": 0, "vmax": max(float(image.max()), 1e-9)}
    axes.imshow(image, extent=extent, **options)
    axes.set(xticks=[], yticks=[])
    axes.set_title(title, fontsize=9)


def draw_points(axes, points, colour: str = VERMILION, size: float = 9, lines: bool = True, edge: str = "white",
                **marks) -> None:
    """Points (K, 2) in pixels; 68 or 78 of them are joined to a face.

    size: area of a mark in square points; edge: its rim's colour; marks: further options of matplotlib's `scatter`.
    """
    points = np.asarray(points)
    if lines and len(points) in (landmarks.N_IBUG, landmarks.N_POINTS):
        for run, closed in RUNS:
            along = points[np.append(run, run[:1]) if closed else run]
            axes.plot(*along.T, color=colour, linewidth=0.9, alpha=0.8)
    axes.scatter(*points.T, s=size, color=colour, edgecolors=edge, linewidths=0.4, zorder=3, **marks)


def draw_box(axes, box, colour: str = SKY, label: str = "", width: float = 2) -> None:
    """x1, y1, x2, y2 in pixels."""
    x1, y1, x2, y2 = (float(v) for v in box[:4])
    axes.add_patch(Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, edgecolor=colour, linewidth=width))
    if label:
        axes.text(x1 + 2, y1 - 5, label, fontsize=8, color="white",
                  bbox={"facecolor": BLACK, "pad": 1.5, "edgecolor": "none"})


def faces(images, points=None, boxes=None, titles=None, title: str = "", columns: int = 4, side: float = 2.3,
          size: float = 9, alt: str = "") -> Figure:
    """Pictures in a row (or several), each with its points (K, 2) and boxes (N, 4), where they are given.

    Args:
        images: N pictures, uint8 (H, W, 3), or maps (H, W); points, boxes, titles: N of each, or None.
        columns: pictures in a row; side: width of one in inches; size: of a point's mark; alt: the figure's words.
    """
    images = list(images)
    figure, panels = _in_rows(images, titles, title, columns, side, 0.35 if title else 0)
    for index, axes in enumerate(panels):
        limits = axes.get_xlim(), axes.get_ylim()
        if points is not None and points[index] is not None:
            draw_points(axes, points[index], SKY, size=size, edge=BLACK)  # no skin is blue
        for box in boxes[index] if boxes is not None else ():
            draw_box(axes, box, width=2 if len(boxes[index]) < 5 else 1)  # many lie on each other
        axes.set(xlim=limits[0], ylim=limits[1])
    describe(figure, alt or f"{title or 'Pictures'}: {'; '.join(titles) if titles else f'{len(images)} pictures'}.")
    return figure


def _in_rows(images: list, titles, title: str, columns: int, side: float, room: float) -> tuple:
    """A figure with pictures in rows, `room` inches besides: figure, the axes of each picture."""
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    tall = max(image.shape[0] / image.shape[1] for image in images)
    figure, grid = new(columns * side, rows * (side * tall + 0.3) + room, rows, columns, title)
    panels = list(grid.flat)
    for axes in panels[len(images) :]:
        axes.axis("off")
    for index, image in enumerate(images):
        picture(panels[index], image, titles[index] if titles else "")
    return figure, panels[: len(images)]


def numbered_points(image, points, title: str = "The 68 points and their numbers") -> Figure:
    """A face, large, each of its 68 points with its number."""
    points = np.asarray(points)[: landmarks.N_IBUG]
    low, high = points.min(axis=0) - 25, points.max(axis=0) + 25
    figure, grid = new(6.4, 6.4 * (high - low)[1] / (high - low)[0] + 0.4, title=title)
    axes = grid[0, 0]
    picture(axes, (np.asarray(image) * 0.45 + 140).astype(np.uint8))  # paler, so that the numbers can be read
    colours = dict.fromkeys(range(68), BLACK)
    for colour, runs in ((BLUE, (landmarks.EYE_RIGHT, landmarks.EYE_LEFT)), (GREEN, (landmarks.NOSE,)),
                         (VERMILION, (landmarks.LIPS_OUTER, landmarks.LIPS_INNER))):
        colours.update({int(k): colour for run in runs for k in run})
    draw_points(axes, points, GREY, size=5)
    middle = {k: points[list(run)].mean(axis=0) for run, _ in RUNS for k in run}
    for k, (x, y) in enumerate(points):
        away = np.array([x, y]) - middle[k]
        inside = k >= 60  # the numbers of the inner lip would lie on those of the outer one
        away = away / max(np.linalg.norm(away), 1e-6) * (2.0 if inside else 6.5)
        axes.text(x + away[0], y + away[1], str(k), fontsize=5.5 if inside else 7.5, color=colours[k], ha="center",
                  va="center")
    axes.set(xlim=(low[0], high[0]), ylim=(high[1], low[1]))
    describe(figure, "A pale photo of a face with 68 numbered points: 0 to 16 along the jaw, 17 to 26 the brows, 27 "
                     "to 35 the nose, 36 to 47 the eyes, 48 to 67 the lips. The person's right side comes first.")
    return figure


def error_arrows(images, found, true, titles=None, title: str = "", columns: int = 3, side: float = 3.1) -> Figure:
    """On each picture an arrow from every true point (green ring) to where it was found (orange-red dot).

    images: N pictures; found, true: (N, K, 2) pixels. Only the first 68 points are drawn.
    """
    found, true = np.asarray(found)[:, :68], np.asarray(true)[:, :68]
    figure, panels = _in_rows(list(images), titles, title, columns, side, 0.6)
    for index, axes in enumerate(panels):
        limits = axes.get_xlim(), axes.get_ylim()
        step = found[index] - true[index]
        axes.quiver(*true[index].T, *step.T, angles="xy", scale_units="xy", scale=1, color=BLACK, width=0.006, zorder=2)
        axes.scatter(*true[index].T, s=16, facecolors="none", edgecolors=GREEN, linewidths=1.2, label="true")
        axes.scatter(*found[index].T, s=6, color=VERMILION, label="found", zorder=3)
        axes.set(xlim=limits[0], ylim=limits[1])
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=8)
    describe(figure, f"{title or 'Error arrows'}: on each face a ring at every true point, a dot where it was found "
                     f"and an arrow from one to the other. {'; '.join(titles) if titles else ''}")
    return figure


# ---------------------------------------------------------------- heatmaps


def heatmap_row(maps, marks=(), titles=None, title: str = "", side: float = 2.4, behind=None) -> Figure:
    """Maps (H, W) side by side, with marked places.

    marks: for each map {words: (x, y) in [0, 1]}; behind: pictures to lay the maps over.
    """
    maps = [np.asarray(map_) for map_ in maps]
    figure, grid = new(len(maps) * side, side + (0.95 if any(marks) else 0.6), 1, len(maps), title)
    shapes = {}
    for index, axes in enumerate(grid[0]):
        if behind is not None:
            picture(axes, behind[index], extent=(0, 1, 1, 0))
        axes.imshow(maps[index], extent=(0, 1, 1, 0), cmap="viridis", alpha=None if behind is None else 0.65)
        axes.set(xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
        axes.tick_params(labelsize=7)
        axes.set_xlabel("x", fontsize=8)
        axes.set_ylabel("y" if index == 0 else "", fontsize=8)
        axes.set_title(titles[index] if titles else "", fontsize=9)
        for number, (words, (x, y)) in enumerate(marks[index].items() if index < len(marks) else ()):
            look = (("o", "none", "white"), ("s", "none", ORANGE), ("X", VERMILION, "white"))[number % 3]
            shapes[words] = axes.scatter([x], [y], s=70, marker=look[0], facecolors=look[1], edgecolors=look[2],
                                         linewidths=1.6, zorder=3)
        axes.set(xlim=(0, 1), ylim=(1, 0))
    if shapes:
        legend = figure.legend(shapes.values(), shapes.keys(), loc="outside lower center", ncols=3, fontsize=8)
        legend.get_frame().set_facecolor("#BBBBBB")
    describe(figure, f"{title or 'Heatmaps'}: {'; '.join(titles) if titles else f'{len(maps)} maps'}.")
    return figure


# ---------------------------------------------------------------- the pipeline

STAGES = {  # key: (words, its lessons, x, y)
    "photo": ("photo", (), 0, 1), "detection": ("find\nthe face", (1,), 1, 1),
    "keypoints": ("find the\nkeypoints", (2, 4), 2, 1), "face_model": ("pose\nthe face", (3,), 3, 1),
    "words": ("text, sound\nor video", (), 1, 0), "speech": ("hear the\nmotion", (5,), 2, 0),
    "motion": ("motion:\ncurves", (3, 5), 3, 0), "warping": ("move\nthe pixels", (6,), 4.1, 0.5),
    "paste": ("paste\nback", (0, 9), 5.1, 0.5), "polish": ("polish", (10,), 6.1, 0.5),
    "video": ("film", (12, 13), 7.1, 0.5), "measure": ("measure it", (11,), 7.1, -0.45),
    "gan": ("GAN: real\nor made?", (7,), 6.1, -0.45), "training": ("train the\nanimator", (8,), 5.1, -0.45),
}
ARROWS = (("photo", "detection"), ("detection", "keypoints"), ("keypoints", "face_model"), ("words", "speech"),
          ("speech", "motion"), ("face_model", "warping"), ("motion", "warping"), ("warping", "paste"),
          ("paste", "polish"), ("polish", "video"), ("video", "measure"), ("gan", "training"), ("training", "warping"))
HALF = np.array([0.4, 0.3])  # of a box's width and height


def pipeline(lit=(), title: str = "From a photo to a film") -> Figure:
    """The whole system as boxes and arrows; the stages named in `lit` (keys of `STAGES`) stand out.

    A box names the lessons about it that there are.
    """
    figure, grid = new(9.6, 3.3, title=title)
    axes = grid[0, 0]
    there = _lessons_there()
    for key, (words, lessons, x, y) in STAGES.items():
        numbers = ", ".join(f"{number:02d}" for number in lessons if number in there)
        label = f"lesson{'s' if ',' in numbers else ''} {numbers}" if numbers else ""
        _stage(axes, words, label, (x, y), key in lit)
    for start, end in ARROWS:
        axes.add_patch(FancyArrowPatch(*_ends(STAGES[start][2:], STAGES[end][2:]), arrowstyle="-|>",
                                       mutation_scale=11, color="#444444", shrinkA=1, shrinkB=1))
    axes.set(xlim=(-0.5, 7.6), ylim=(-0.85, 1.42))
    axes.axis("off")
    names = [STAGES[key][0].replace("\n", " ") for key in lit]
    describe(figure, "The pipeline: photo, find the face, find the keypoints, pose the face; beside it text, sound or "
                     "video become motion; both meet in moving the pixels, then paste back, polish, film, which is "
                     "measured. Below, a GAN judges what is real while the animator is trained, which then moves the "
                     "pixels. "
                     + (f"Lit: {', '.join(names)}." if names else ""))
    return figure


def _stage(axes, words: str, lesson: str, middle: tuple, on: bool) -> None:
    x, y = middle
    axes.add_patch(FancyBboxPatch((x - HALF[0], y - HALF[1]), *(2 * HALF), boxstyle="round,pad=0,rounding_size=0.08",
                                  facecolor=ORANGE if on else "#F2F2F2", edgecolor=BLACK if on else GREY,
                                  linewidth=2.4 if on else 1))
    axes.text(x, y + (0.06 if lesson else 0), words, ha="center", va="center", fontsize=8.5,
              fontweight="bold" if on else "normal")
    if lesson:
        axes.text(x, y - 0.21, lesson, ha="center", va="center", fontsize=6.5, color="#333333")


def _ends(start: tuple, end: tuple) -> tuple:
    """Where an arrow between two boxes begins and ends: at their sides, left of `start` where `end` lies there, below
    it where `end` lies straight below."""
    (x0, y0), (x1, y1) = start, end
    if x1 > x0:
        return (x0 + HALF[0], y0), (x1 - HALF[0], y1 + 0.12 * np.sign(y0 - y1))
    if x0 == x1:
        return (x0, y0 - HALF[1]), (x1, y1 + HALF[1])
    if y0 == y1:
        return (x0 - HALF[0], y0), (x1 + HALF[0], y1)
    return (x0 - HALF[0], y0), (x1, y1 + HALF[1] * np.sign(y0 - y1))


@functools.cache
def _lessons_there() -> frozenset:
    """The numbers of the lessons that the package has."""
    folder = Path(__file__).parent / "lessons"
    return frozenset(int(path.name[-2:]) for path in folder.glob("lesson_[0-9][0-9]"))


# ---------------------------------------------------------------- film and motion


def film_strip(frames, times=None, count: int = 6, fps: float = 25, title: str = "", side: float = 1.6) -> Figure:
    """`count` frames of a clip, evenly spread, or the frames at `times` (seconds), each with its time."""
    fps = getattr(frames, "fps", fps)
    kept, wanted = [], None
    if times is not None:
        wanted = {round(t * fps) for t in times}
    elif hasattr(frames, "__len__"):
        wanted = {int(i) for i in np.linspace(0, len(frames) - 1, count).round()}
    for index, frame in enumerate(frames):
        if wanted is None or index in wanted:
            kept.append((index / fps, frame))
    if wanted is None:
        kept = [kept[int(i)] for i in np.linspace(0, len(kept) - 1, count).round()]
    figure = faces([frame for _, frame in kept], titles=[f"{t:.2f} s" for t, _ in kept], title=title,
                   columns=len(kept), side=side)
    describe(figure, f"{title or 'Film strip'}: {len(kept)} frames at {', '.join(f'{t:.2f}' for t, _ in kept)} s.")
    return figure


def motion_curves(motion, channels=None, title: str = "Motion: named channels over time") -> Figure:
    """Some channels of a `Motion` over time; without names, the five that move most, ten degrees counting as 1."""
    if channels is None:
        reach = {name: np.ptp(motion[name]) / (10 if name in ("headPitch", "headYaw", "headRoll") else 1)
                 for name in motion.channels}
        channels = sorted(reach, key=reach.get, reverse=True)[:5]
    figure, grid = new(8.4, 2.9, title=title)
    axes = grid[0, 0]
    times = np.arange(len(motion)) / motion.fps
    for number, name in enumerate(channels):
        axes.plot(times, motion[name], color=CYCLE[number % 7], linestyle=LINES[number % 4], label=name)
    turns = set(channels) <= {"headPitch", "headYaw", "headRoll"}
    axes.set(xlabel="time in seconds", ylabel="degrees" if turns else "0 at rest, 1 full")
    axes.grid(alpha=0.3)
    figure.legend(loc="outside right upper", fontsize=8)
    describe(figure, f"{title}: curves of {', '.join(channels)} over {motion.duration:.1f} seconds.")
    return figure


# ---------------------------------------------------------------- right, theirs, difference


def compare(right, theirs, given=None, difference=None, title: str = "", titles=("given", "right", "yours",
            "difference"), side: float = 2.2) -> Figure:
    """Pictures or maps side by side: what was given, the right answer, theirs (None: not yet), and the difference."""
    right = np.asarray(right)
    panels = [(titles[0], given)] * (given is not None) + [(titles[1], right), (titles[2], theirs)]
    if theirs is not None:
        gap = abs_difference(right, theirs) if difference is None else np.asarray(difference)
        panels.append((f"{titles[3]}, at most {gap.max(initial=0):.3g}", gap))
    figure, grid = new(side * len(panels), side + 0.55, 1, len(panels), title)
    for axes, (words, image) in zip(grid[0], panels):
        if image is None:
            axes.text(0.5, 0.5, "nothing yet", ha="center", va="center", transform=axes.transAxes, color=GREY)
            axes.set(xticks=[], yticks=[])
            axes.set_box_aspect(1)
            axes.set_title(words, fontsize=9)
        else:
            picture(axes, image, words)
    describe(figure, f"{title or 'Comparison'}: {', '.join(words for words, _ in panels)} side by side.")
    return figure


def abs_difference(right, theirs) -> np.ndarray:
    """|theirs - right| as a map (H, W): the mean over colours; numbers that are none count as the largest."""
    gap = np.abs(np.asarray(theirs, np.float64) - np.asarray(right, np.float64))
    gap = np.nan_to_num(gap, nan=255.0 if np.asarray(right).dtype == np.uint8 else 1.0)
    gap = gap.mean(axis=2) if gap.ndim == 3 else gap
    return np.where(gap < 1e-6, 0.0, gap)  # rounding is no difference


def compare_points(right, theirs=None, given=None, image=None, title: str = "", side: float = 3.6,
                   names=("given", "right", "yours")) -> Figure:
    """Sets of points (K, 2) in one plot: given (grey), right (green rings), theirs (orange-red crosses)."""
    figure, grid = new(max(side + 1, 0.075 * len(title)), side + 0.4, title=title)
    axes = grid[0, 0]
    if image is not None:
        axes.imshow(image, alpha=0.55)
    if given is not None:
        axes.scatter(*np.asarray(given).T, s=14, color=GREY, marker=".", label=names[0])
    axes.scatter(*np.asarray(right).T, s=34, facecolors="none", edgecolors=GREEN, linewidths=1.4, label=names[1])
    if theirs is not None:
        axes.scatter(*np.asarray(theirs, float).T, s=22, marker="x", color=VERMILION, linewidths=1.2, label=names[2])
        gap = np.stack([np.asarray(right, float), np.asarray(theirs, float)])
        if np.isfinite(gap).all() and np.abs(gap[1] - gap[0]).max() > 1e-3:
            axes.plot(*np.moveaxis(gap, 2, 0), color=VERMILION, linewidth=0.6, alpha=0.7)
    axes.set(xlabel="x in pixels", ylabel="y in pixels", aspect="equal")
    if image is None:
        axes.invert_yaxis()
    axes.tick_params(labelsize=7)
    figure.legend(loc="outside lower center", ncols=3, fontsize=8)
    describe(figure, f"{title or 'Points'}: {', '.join(names)} in one plot.")
    return figure


def shape_clouds(sets, titles, title: str = "", side: float = 3.4) -> Figure:
    """Many faces' points in one plot each: sets of (N, K, 2); where they agree, the cloud is dense."""
    figure, grid = new(side * len(sets), side + 0.5, 1, len(sets), title)
    for axes, points, words in zip(grid[0], sets, titles):
        points = np.asarray(points)[:, : landmarks.N_IBUG]
        axes.scatter(*points.reshape(-1, 2).T, s=2, color=BLUE, alpha=0.12, linewidths=0, rasterized=True)
        axes.set(aspect="equal", xlabel="x in pixels", ylabel="y in pixels")
        axes.invert_yaxis()
        axes.tick_params(labelsize=7)
        axes.set_title(words, fontsize=9)
    describe(figure, f"{title or 'Clouds of points'}: {'; '.join(titles)}.")
    return figure


# ---------------------------------------------------------------- learning


def learning_curves(curves: dict, steps, total: int | None = None, title: str = "", ylabel: str = "error in percent",
                    logarithmic: bool = True) -> Figure:
    """{name: values at steps} as lines, and under them a bar that shows how far the training is."""
    figure = Figure(figsize=(7.2, 3.6), layout="constrained")
    axes, bar = figure.subplots(2, 1, height_ratios=(20, 1))
    for number, (name, values) in enumerate(curves.items()):
        axes.plot(steps, values, color=CYCLE[number % 7], linestyle=LINES[number % 4], marker="osD^"[number % 4],
                  markersize=4, label=f"{name}: {values[-1]:.1f}" if len(values) else name)
    axes.set(xlabel="training step", ylabel=ylabel, title=title, xlim=(0, total or max(steps, default=1)))
    if logarithmic:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")
    axes.grid(alpha=0.3, which="both")
    axes.legend(fontsize=8)
    done = steps[-1] if len(steps) else 0
    bar.barh([0], [total or done], color="#DDDDDD")
    bar.barh([0], [done], color=BLUE)
    bar.set(xlim=(0, max(total or done, 1)), yticks=[], xticks=[], xlabel=f"step {done} of {total or done}")
    last = ", ".join(f"{name} {values[-1]:.1f}" for name, values in curves.items() if len(values))
    describe(figure, f"{title}: learning curves after {done} of {total or done} steps; {last}.")
    return figure


class LiveCurve:
    """Learning curves that grow in the notebook while something trains: call it with the step and {name: value}."""

    def __init__(self, total: int, title: str, ylabel: str = "error in percent", logarithmic: bool = True):
        """total: steps of the whole training; logarithmic: the scale of errors; an even one is for what begins at
        nothing and rises."""
        self.total, self.looks = total, {"title": title, "ylabel": ylabel, "logarithmic": logarithmic}
        self.steps, self.curves, self.output = [], {}, notebook.Output()

    def __call__(self, step: int, values: dict) -> None:
        self.steps.append(step)
        for name, value in values.items():
            self.curves.setdefault(name, []).append(value)
        self.output.show(shown(learning_curves(self.curves, self.steps, self.total, **self.looks)))
