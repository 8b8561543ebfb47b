"""The figures of lesson 04."""

import numpy as np

from course import images, plots


def as_pictures(pictures) -> list:
    """float (N, 3, H, W) in [0, 1] -> N pictures uint8 (H, W, 3)."""
    return [images.from_tensor(one) for one in pictures]


def growth(fields: dict, title: str = ""):
    """How much a unit sees after each layer: {network: [pixels after 1, 2, ... layers]}."""
    figure, grid = plots.new(7.2, 3.4, title=title)
    axes = grid[0, 0]
    for number, (name, seen) in enumerate(fields.items()):
        axes.plot(range(1, len(seen) + 1), seen, color=plots.CYCLE[number], linestyle=plots.LINES[number % 4],
                  marker="osD^"[number % 4], markersize=4, label=f"{name}: {seen[-1]} px at the end")
    axes.axhline(128, color=plots.GREY, linewidth=1)
    axes.text(0.6, 131, "a face in the landmarker", fontsize=8, color="#555555", va="bottom")
    axes.set(xlabel="layers from the picture on", ylabel="pixels that a unit sees", yscale="log")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.grid(alpha=0.3, which="both")
    axes.legend(fontsize=8)
    words = "; ".join(f"{name} {seen[-1]} pixels after {len(seen)} layers" for name, seen in fields.items())
    plots.describe(figure, f"{title}: a line for each network that rises with every layer. {words}.")
    return figure


def fields_on_face(face, slopes: dict, computed: dict, half: dict, title: str = ""):
    """A face, and over it what moves the middle unit of each layer: slopes {layer: (H, W)}, sides in pixels of the
    square computed and of that which holds half of the slope, {layer: pixels}."""
    figure, grid = plots.new(2.5 * len(slopes), 3.2, 1, len(slopes), title)
    pale = (np.asarray(face) * 0.35 + 165).astype(np.uint8)
    middle = np.asarray(face).shape[0] / 2
    for axes, (layer, slope) in zip(grid[0], slopes.items()):
        plots.picture(axes, pale, f"layer {layer}: {computed[layer]} px computed\n"
                      f"half of the slope within {half[layer]}")
        shown = np.sqrt(np.asarray(slope) / slope.max())
        axes.imshow(np.dstack([np.full((*shown.shape, 3), (0.84, 0.37, 0.0)), shown]))
        for side, line in ((computed[layer], "-"), (half[layer], "--")):
            corner = middle - side / 2
            axes.plot(corner + np.array([0, side, side, 0, 0]), corner + np.array([0, 0, side, side, 0]), line,
                      color=plots.BLACK, linewidth=1.3)
        axes.set(xlim=(-0.5, 2 * middle - 0.5), ylim=(2 * middle - 0.5, -0.5))
    words = "; ".join(f"{layer} {computed[layer]} computed, half of the slope within {half[layer]}" for layer in slopes)
    plots.describe(figure, f"{title}: on a pale face the pixels that move a unit, by layer, in pixels: {words}.")
    return figure


def favourites(sheets: dict, title: str = ""):
    """Sheets of pieces side by side: {words: rows of pieces (3, s, s)}; each row is what excites one channel."""
    figure, grid = plots.new(2.75 * len(sheets), 3.1, 1, len(sheets), title)
    for axes, (words, rows) in zip(grid[0], sheets.items()):
        plots.picture(axes, _sheet(rows), words)
        for spine in axes.spines.values():
            spine.set_visible(False)
    plots.describe(figure, f"{title}: sheets of small pieces of faces, a row for each channel. {'; '.join(sheets)}.")
    return figure


def _sheet(rows, side: int = 60, gap: int = 5) -> np.ndarray:
    """Rows of pieces (3, s, s) as one picture, each `side` pixels wide."""
    import cv2

    made = np.full((len(rows) * (side + 3 * gap), len(rows[0]) * (side + gap), 3), 255, np.uint8)
    for y, row in enumerate(rows):
        for x, piece in enumerate(row):
            drawn = cv2.resize(images.from_tensor(piece), (side, side), interpolation=cv2.INTER_NEAREST)
            top, left = y * (side + 3 * gap), x * (side + gap)
            made[top : top + side, left : left + side] = drawn
    return made


def bars(values: dict, title: str = "", ylabel: str = "", line: float | None = None, line_words: str = ""):
    """Groups of bars: {group: {words: number}}, with an optional level line."""
    names = list(next(iter(values.values())))
    figure, grid = plots.new(1.4 * len(values) + 3.4, 3.2, title=title)
    axes, wide = grid[0, 0], 0.8 / len(names)
    for number, name in enumerate(names):
        at = np.arange(len(values)) - 0.4 + wide * (number + 0.5)
        drawn = axes.bar(at, [group[name] for group in values.values()], wide, label=name, edgecolor=plots.BLACK,
                         color=plots.CYCLE[number], hatch=("", "//", "..", "xx")[number % 4])
        axes.bar_label(drawn, fmt="%.3g", fontsize=8, padding=1)
    if line is not None:
        axes.axhline(line, color=plots.BLACK, linewidth=1.2, linestyle=":", label=line_words)
    axes.set(xticks=range(len(values)), ylabel=ylabel)
    axes.set_xticklabels(values)
    axes.margins(y=0.15)
    figure.legend(loc="outside right upper", fontsize=8)
    words = "; ".join(f"{group}: " + ", ".join(f"{name} {value:.3g}" for name, value in of.items())
                      for group, of in values.items())
    plots.describe(figure, f"{title}: bars. {words}.")
    return figure


def tables(cosines: dict, who, title: str = ""):
    """Tables of cosines between pictures, (N, N) each, {words: table}; who (N,) says whose picture each is."""
    figure, grid = plots.new(2.75 * len(cosines) + 0.7, 3.5, 1, len(cosines), title)
    who = np.asarray(who)
    edges = np.flatnonzero(np.diff(who)) + 0.5
    told = []
    for axes, (words, table) in zip(grid[0], cosines.items()):
        one, two = middle_cosines(table, who)
        shown = axes.imshow(table, cmap="PuOr_r", vmin=-1, vmax=1)
        for edge in edges:
            axes.axhline(edge, color=plots.BLACK, linewidth=0.6)
            axes.axvline(edge, color=plots.BLACK, linewidth=0.6)
        axes.set(xticks=[], yticks=[], xlabel="picture", ylabel="picture")
        axes.set_title(f"{words}\none person {one:.2f}, two {two:.2f}\nright order: {in_order(table, who):.0%}",
                       fontsize=9)
        told.append(f"{words}: one person {one:.2f}, two people {two:.2f}")
    figure.colorbar(shown, ax=grid[0, -1], label="cosine", shrink=0.7)
    plots.describe(figure, f"{title}: tables of cosines between pictures. {'; '.join(told)}.")
    return figure


def _pairs(table: np.ndarray, who) -> tuple:
    """The cosines of two pictures of one person, and of two people's, from a table (N, N)."""
    first, second = np.triu_indices(len(who), 1)
    same = np.asarray(who)[first] == np.asarray(who)[second]
    values = np.asarray(table)[first, second]
    return values[same], values[~same]


def middle_cosines(table: np.ndarray, who) -> tuple:
    """The medians of the cosines (N, N) within one person and between two."""
    return tuple(float(np.median(part)) for part in _pairs(table, who))


def in_order(table: np.ndarray, who) -> float:
    """How often a pair of one person has the larger cosine than a pair of two people: 1 always, 0.5 by chance."""
    one, two = _pairs(table, who)
    return float((one[:, None] > two[None]).mean())


def paintings(made: dict, title: str = ""):
    """What painters made, over the shares they took: {words: `painter.Painting`}."""
    figure, grid = plots.new(2.3 * len(made), 3.6, 2, len(made), title, height_ratios=(3, 1))
    for (above, below), (words, one) in zip(grid.T, made.items()):
        plots.picture(above, images.from_tensor(one.picture[0]), words)
        shares = one.shares.numpy()
        below.bar(np.arange(len(shares)) + 1, shares, color=plots.BLUE, edgecolor=plots.BLACK, linewidth=0.5)
        below.set(ylim=(0, 1), xticks=[1, len(shares)], xlabel="right picture")
        below.set_ylabel("share" if below is grid[1, 0] else "")
        below.tick_params(labelsize=7)
    words = "; ".join(f"{name}: largest share {float(one.shares.max()):.2f}" for name, one in made.items())
    plots.describe(figure, f"{title}: a picture for each painter, over the shares of the right pictures. {words}.")
    return figure
