"""Lesson 00: a square cut out of a photo, one picture laid over another, and the frames between two."""

import numpy as np

from course import interpolation
from course.exercises.exercise import BugCard, Exercise, View, case


def chart(height: int, width: int) -> np.ndarray:
    """A chequered picture without two equal pixels: redder to the right, bluer downwards."""
    rows, columns = np.mgrid[:height, :width]
    light = (columns // 4 + rows // 4) % 2 * 90
    picture = np.stack([columns * 160 // width + light, 50 + light + 0 * rows, rows * 160 // height + light], axis=2)
    return picture.astype(np.uint8)


# ---------------------------------------------------------------- crop_square


def random_crops(rng):
    height, width = rng.integers(20, 50, 2)
    side = int(rng.integers(1, 60))
    left, top = rng.integers(-10, width + 10) - side // 2, rng.integers(-10, height + 10) - side // 2
    # x - side / 2 stays clear of one half, where people may round either way
    x, y = np.array([left, top]) + side / 2 + rng.uniform(-0.4, 0.4, 2)
    return chart(height, width), float(x), float(y), side


def x_and_y_swapped(image, x, y, side):
    height, width = image.shape[:2]
    columns = np.clip(round(y - side / 2) + np.arange(side), 0, width - 1)
    rows = np.clip(round(x - side / 2) + np.arange(side), 0, height - 1)
    return image[rows[:, None], columns]


def centre_as_corner(image, x, y, side):
    height, width = image.shape[:2]
    columns = np.clip(round(x) + np.arange(side), 0, width - 1)
    rows = np.clip(round(y) + np.arange(side), 0, height - 1)
    return image[rows[:, None], columns]


def plain_slice(image, x, y, side):
    left, top = round(x - side / 2), round(y - side / 2)
    return image[top : top + side, left : left + side]


def slice_from_zero(image, x, y, side):
    left, top = round(x - side / 2), round(y - side / 2)
    return image[max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)]


def black_border(image, x, y, side):
    left, top = round(x - side / 2), round(y - side / 2)
    rows, columns = top + np.arange(side), left + np.arange(side)
    height, width = image.shape[:2]
    square = image[np.clip(rows, 0, height - 1)[:, None], np.clip(columns, 0, width - 1)].copy()
    square[(rows < 0) | (rows >= height)] = 0
    square[:, (columns < 0) | (columns >= width)] = 0
    return square


def pairs_not_grid(image, x, y, side):
    height, width = image.shape[:2]
    columns = np.clip(round(x - side / 2) + np.arange(side), 0, width - 1)
    rows = np.clip(round(y - side / 2) + np.arange(side), 0, height - 1)
    return image[rows, columns]


def corner_not_rounded(image, x, y, side):
    height, width = image.shape[:2]
    columns = np.clip(int(x - side / 2) + np.arange(side), 0, width - 1)
    rows = np.clip(int(y - side / 2) + np.arange(side), 0, height - 1)
    return image[rows[:, None], columns]


def rounded_too_early(image, x, y, side):
    height, width = image.shape[:2]
    columns = np.clip(round(x) - side // 2 + np.arange(side), 0, width - 1)
    rows = np.clip(round(y) - side // 2 + np.arange(side), 0, height - 1)
    return image[rows[:, None], columns]


def not_clipped(image, x, y, side):
    columns, rows = round(x - side / 2) + np.arange(side), round(y - side / 2) + np.arange(side)
    return image[rows[:, None], columns]


def clipped_one_too_far(image, x, y, side):
    height, width = image.shape[:2]
    columns = np.clip(round(x - side / 2) + np.arange(side), 0, width)
    rows = np.clip(round(y - side / 2) + np.arange(side), 0, height)
    return image[rows[:, None], columns]


def draw_crop(view: View):
    from matplotlib.patches import Rectangle

    from course import plots

    image, x, y, side = view.args
    figure = plots.compare(view.right, view.theirs, given=image, title="crop_square: " + view.says)
    left, top = round(x - side / 2), round(y - side / 2)
    axes = figure.axes[0]
    axes.add_patch(Rectangle((left - 0.5, top - 0.5), side, side, fill=False, edgecolor="white", linewidth=3))
    axes.add_patch(Rectangle((left - 0.5, top - 0.5), side, side, fill=False, edgecolor="black", linestyle="--"))
    axes.plot([x], [y], "w+", markersize=10)
    height, width = image.shape[:2]
    axes.set(xlim=(min(left, 0) - 2, max(left + side, width) + 2), ylim=(max(top + side, height) + 2, min(top, 0) - 2))
    return figure


# ---------------------------------------------------------------- alpha_blend


def random_blends(rng):
    height, width = rng.integers(2, 12, 2)
    front, back = rng.integers(0, 256, (2, height, width, 3), dtype=np.uint8)
    alpha = rng.random((height, width)).astype(np.float32)
    mixed = alpha[..., None] * front.astype(float) + (1 - alpha[..., None].astype(float)) * back
    # near one half, different ways of calculating may round to different sides
    alpha[(np.abs(mixed % 1 - 0.5) < 0.01).any(axis=2)] = 1
    return front, back, alpha


def weights_swapped(front, back, alpha):
    a = alpha[..., None]
    return np.rint((1 - a) * front + a * back).astype(np.uint8)


def channel_axis_missing(front, back, alpha):
    return np.rint(alpha * front + (1 - alpha) * back).astype(np.uint8)


def cut_not_rounded(front, back, alpha):
    a = alpha[..., None]
    return (a * front + (1 - a) * back).astype(np.uint8)


def wraps_around(front, back, alpha):
    return np.rint(back + alpha[..., None] * (front - back)).astype(np.int64).astype(np.uint8)


def cut_twice(front, back, alpha):
    a = alpha[..., None]
    return (a * front).astype(np.uint8) + ((1 - a) * back).astype(np.uint8)


def hard_edge(front, back, alpha):
    return np.where(alpha[..., None] > 0.5, front, back)


def stays_float(front, back, alpha):
    a = alpha[..., None]
    return a * front + (1 - a) * back


def draw_blend(view: View):
    from course import plots

    front, back, alpha = view.args
    figure, grid = plots.new(9.6, 2.3, 1, 6 if view.theirs is not None else 5, "alpha_blend: " + view.says)
    theirs = view.theirs
    panels = [("front", front), ("back", back), ("alpha", alpha), ("right", view.right), ("yours", theirs)]
    if theirs is not None:
        gap = plots.abs_difference(view.right, theirs)
        panels.append((f"difference, at most {gap.max(initial=0):.3g}", gap))
    for axes, (words, image) in zip(grid[0], panels):
        if image is None:
            axes.text(0.5, 0.5, "nothing yet", ha="center", va="center", transform=axes.transAxes, color=plots.GREY)
            axes.set(xticks=[], yticks=[])
            axes.set_title(words, fontsize=9)
        else:
            image = np.asarray(image)
            if image.ndim == 3 and image.dtype != np.uint8:
                image = np.clip(np.nan_to_num(image), 0, 255).astype(np.uint8)
            plots.picture(axes, image, words)
    plots.describe(figure, "Side by side: front, back, alpha, the right mixture, yours and the difference.")
    return figure


# ---------------------------------------------------------------- in_between


def random_rows(rng):
    count = int(rng.integers(1, 6))
    return rng.normal(0, 5, count), rng.normal(0, 5, count), rng.uniform(0, 1, int(rng.integers(1, 8)))


def ends_swapped(start, end, share):
    return end + share[:, None] * (start - end)


def start_forgotten(start, end, share):
    return share[:, None] * (end - start) + 0 * start


def end_in_whole(start, end, share):
    return start + share[:, None] * end


def share_without_axis(start, end, share):
    return start + share * (end - start)


def jumps(start, end, share):
    return np.where(share[:, None] < 0.5, start, end)


def eased(start, end, share):
    return start + interpolation.smoothstep(0, 1, share)[:, None] * (end - start)


def always_halfway(start, end, share):
    return (start + end) / 2 + 0 * share[:, None]


def draw_rows(view: View):
    """Each slider over the share of the way, rightly with discs and yours with crosses."""
    from course import plots

    share = np.asarray(view.args[2], float)
    figure, grid = plots.new(8.4, 2.9, title="in_between: " + view.says)
    axes = grid[0, 0]
    for k, right in enumerate(np.asarray(view.right).T[:4]):
        line = plots.LINES[k % len(plots.LINES)]
        axes.plot(share, right, line, color=plots.GREEN, marker="o", label=f"slider {k}, right")
        if view.theirs is not None:
            axes.plot(share, np.nan_to_num(np.asarray(view.theirs, float)[:, k]), line, color=plots.VERMILION,
                      marker="x", label=f"slider {k}, yours")
    axes.set(xlabel="share of the way", ylabel="value")
    axes.grid(alpha=0.3)
    figure.legend(loc="outside right upper", fontsize=8)
    plots.describe(figure, "The value of each slider over the share of the way: right as discs, yours as crosses.")
    return figure


STRIPES = np.where(np.arange(8)[:, None, None] // 2 % 2, [250, 200, 40], [200, 90, 20]) + np.zeros((8, 8, 3), int)
STRIPES = STRIPES.astype(np.uint8)  # (8, 8, 3), lying, yellow and brown
BARS = np.where(np.arange(8)[None, :, None] // 2 % 2, [20, 60, 120], [90, 190, 250]) + np.zeros((8, 8, 3), int)
BARS = BARS.astype(np.uint8)  # (8, 8, 3), standing, two blues
RAMP = np.tile(np.linspace(0, 1, 8, dtype=np.float32), (8, 1))
ONE_PIXEL = (np.full((1, 1, 3), 200, np.uint8), np.full((1, 1, 3), 100, np.uint8))

EXERCISES = [
    Exercise(
        name="crop_square",
        lesson=0,
        title="a square cut out of a picture",
        place="images.crop_square",
        cases=[
            case("a square of 12 px around (14, 10)", chart(24, 32), 14, 10, 12),
            case("a square of 2 px around (5, 3)", chart(24, 32), 5, 3, 2),
            case("a square of 5 px around (14.7, 9.3)", chart(24, 32), 14.7, 9.3, 5),
        ],
        edges=[
            case("a square that reaches over the left edge", chart(24, 32), 2, 12, 10),
            case("a square that reaches over the lower right corner", chart(24, 32), 30, 23, 8),
            case("a square larger than the picture", chart(24, 32), 16, 12, 40),
            case("a square that lies outside the picture", chart(24, 32), -20, 50, 6),
            case("a centre between pixels", chart(24, 32), 14.3, 9.8, 6),
            case("a square of one pixel", chart(24, 32), 7.4, 11.6, 1),
            case("a picture of one pixel", chart(5, 7)[2:3, 3:4].copy(), 0.5, 0.6, 3),
            case("a tall picture", chart(40, 9), 6, 31, 12),
            case("a picture whose columns lie one after the other in memory", np.asfortranarray(chart(24, 32)), 14, 10,
                 12),
        ],
        random=random_crops,
        random_count=60,
        random_label="random squares",
        exact_dtype=True,
        hints=[
            "Where is the square's left edge, if x is its middle and side its width? And which index of image is "
            "the row: the first or the second?",
            "Make two lists of indices, the columns left, left + 1, ... and the rows top, top + 1, ..., side of "
            "each. Push every index that lies outside back to the border with np.clip. Then read all of them at once.",
            "columns = np.clip(round(x - side / 2) + np.arange(side), 0, width - 1), rows alike with y and height, "
            "and return image[rows[:, None], columns].",
        ],
        cards=[
            BugCard("x-and-y-swapped", x_and_y_swapped,
                    "It looks as if x and y have changed places: an image is indexed [row, column], which is [y, x]."),
            BugCard("centre-as-corner", centre_as_corner,
                    "It looks as if (x, y) became the square's upper left corner: it is the middle, so the square "
                    "begins half a side before it."),
            BugCard("plain-slice", plain_slice,
                    "It looks like a plain slice: a negative start counts from the other end of the picture, and "
                    "a slice ends where the picture ends."),
            BugCard("slice-from-zero", slice_from_zero,
                    "It looks as if the square is cut off at the picture's edge: then it is no square any more. "
                    "Repeat the pixels of the border instead."),
            BugCard("black-border", black_border,
                    "It looks as if the part outside is black: a dark edge misleads a network. Repeat the nearest "
                    "pixel of the border instead."),
            BugCard("pairs-not-grid", pairs_not_grid,
                    "It looks like image[rows, columns]: two lists of one length are read in pairs, which gives the "
                    "diagonal. rows[:, None] makes every row meet every column."),
            BugCard("cut-not-rounded", corner_not_rounded,
                    "It looks as if the corner's decimals are cut off: int(2.8) is 2, and int(-2.8) is -2. Use round."),
            BugCard("rounded-too-early", rounded_too_early,
                    "It looks as if the centre is rounded and then moved by side // 2: that loses the half pixel of an "
                    "odd side. Round once, x - side / 2 as a whole."),
            BugCard("not-clipped", not_clipped,
                    "It looks as if rows and columns outside are read as they are: there is none after the last, and "
                    "-1 is the last one. Push them back to the border with np.clip."),
            BugCard("one-too-far", clipped_one_too_far,
                    "It looks as if you clip to width and height: counted from 0, the last column is width - 1, the "
                    "last row height - 1."),
        ],
        picture=draw_crop,
    ),
    Exercise(
        name="alpha_blend",
        lesson=0,
        title="one picture laid over another",
        place="images.alpha_blend",
        cases=[
            case("stripes that fade in from left to right, over bars", STRIPES, BARS, RAMP),
            case("one pixel, 200 over 100 with alpha 0.25", *ONE_PIXEL, np.full((1, 1), 0.25, np.float32)),
            case("one pixel, 100 over 200 with alpha 0.726", *ONE_PIXEL[::-1], np.full((1, 1), 0.726, np.float32)),
            case("one pixel, 200 over 100 with alpha 0.504", *ONE_PIXEL, np.full((1, 1), 0.504, np.float32)),
        ],
        edges=[
            case("alpha 1 everywhere", chart(4, 6), chart(4, 6)[::-1].copy(), np.ones((4, 6), np.float32)),
            case("alpha 0 everywhere", chart(4, 6), chart(4, 6)[::-1].copy(), np.zeros((4, 6), np.float32)),
            case("white over white", np.full((2, 3, 3), 255, np.uint8), np.full((2, 3, 3), 255, np.uint8),
                 np.full((2, 3), 0.3, np.float32)),
            case("pictures that lie column by column in memory", *(np.asfortranarray(p) for p in (STRIPES, BARS)),
                 np.asfortranarray(RAMP)),
            case("three rows of three pixels", STRIPES[:3, :3].copy(), BARS[:3, 1:4].copy(), RAMP[:3, 2:5].copy()),
        ],
        random=random_blends,
        random_count=60,
        random_label="random mixtures",
        exact_dtype=True,
        hints=[
            "What should come out where alpha is 1, and where it is 0? What shape has alpha, and what shape have the "
            "pictures?",
            "alpha (H, W) needs a third axis of length 1 to meet (H, W, 3): alpha[..., None]. The mixture is a "
            "number with decimals: round it before it becomes uint8.",
            "a = alpha[..., None]; mixed = a * front + (1 - a) * back; return np.rint(mixed).astype(np.uint8)",
        ],
        cards=[
            BugCard("weights-swapped", weights_swapped,
                    "It looks as if alpha weighs the back: where alpha is 1 only the front should be seen."),
            BugCard("channel-axis-missing", channel_axis_missing,
                    "It looks as if alpha (H, W) is multiplied by a picture (H, W, 3) as it is: give it a third "
                    "axis, alpha[..., None]."),
            BugCard("cut-not-rounded", cut_not_rounded,
                    "It looks as if the decimals are cut off: astype(np.uint8) makes 128.9 into 128, and the picture "
                    "a little too dark. Round first, with np.rint."),
            BugCard("wraps-around", wraps_around,
                    "It looks as if front - back is taken in uint8, where 20 - 250 is 26: bytes wrap around. Go to "
                    "float before you subtract."),
            BugCard("hard-edge", hard_edge,
                    "It looks as if each pixel is taken whole from one picture: alpha between 0 and 1 should mix "
                    "them."),
            BugCard("stays-float", stays_float,
                    "The numbers are right, but they are floats: a picture is uint8. Round, then astype(np.uint8)."),
            BugCard("cut-twice", cut_twice,
                    "It looks as if front and back are made uint8 before they are added: each loses its decimals. Add "
                    "first, then round once."),
        ],
        picture=draw_blend,
    ),
    Exercise(
        name="in_between",
        lesson=0,
        title="the frames between two faces",
        place="motion.in_between",
        cases=[
            case("two sliders on their way from (0, 10) to (1, 4)", np.array([0.0, 10]), np.array([1.0, 4]),
                 np.array([0, 0.25, 0.5, 1])),
            case("three sliders at 0.3 of their way", np.array([2.0, 0, -1]), np.array([0.0, -4, 3]),
                 np.array([0.3])),
        ],
        edges=[
            case("as many shares as sliders", np.array([0.0, 1, 2]), np.array([3.0, 5, 9]), np.array([0.2, 0.5, 0.9])),
            case("one slider", np.array([3.0]), np.array([-3.0]), np.array([0, 0.1, 0.8])),
            case("rows that are the same", np.array([0.4, -7]), np.array([0.4, -7]), np.array([0, 0.3, 1])),
            case("no share at all", np.array([0.0, 1]), np.array([1.0, 0]), np.zeros(0)),
            case("a start and an end of its own for each of three shares", np.arange(6.0).reshape(3, 2),
                 np.array([[5.0, 0], [2, 9], [-4, 4]]), np.array([0.1, 0.5, 0.75])),
            case("whole numbers", np.array([0, 10]), np.array([3, 20]), np.array([0.5, 0.9])),
            case("numbers in float32", np.array([0.5, 8], np.float32), np.array([1, -8], np.float32),
                 np.array([0.25, 0.6], np.float32)),
        ],
        random=random_rows,
        random_count=40,
        random_label="random rows",
        hints=[
            "Where is a slider that goes from 2 to 6 when a quarter of the way is done?",
            "Start, plus the share of the way times how far it is from start to end. share is (N,) and a row is (C,): "
            "share[:, None] makes them meet as (N, C).",
            "return start + share[:, None] * (end - start)",
        ],
        cards=[
            BugCard("ends-swapped", ends_swapped,
                    "It looks as if the film runs backwards: share 0 is the start, share 1 the end."),
            BugCard("start-forgotten", start_forgotten,
                    "It looks as if start is not added: share times the difference is how far to go from there."),
            BugCard("end-in-whole", end_in_whole,
                    "It looks as if share times end is added to start: at share 1 that is both together. Add share "
                    "times (end - start)."),
            BugCard("share-without-axis", share_without_axis,
                    "It looks as if each slider gets a share of its own: every share makes a whole row. share[:, None] "
                    "is (N, 1), and meets a row (C,) as (N, C)."),
            BugCard("jumps", jumps,
                    "It looks as if the face jumps from start to end at the half: go there little by little."),
            BugCard("eased", eased,
                    "It looks like the smooth step 3t² - 2t³, which starts and stops softly: here the way is straight, "
                    "at one speed."),
            BugCard("always-halfway", always_halfway,
                    "It looks as if every row is the mean of both: share says how far each row is on its way."),
        ],
        picture=draw_rows,
    ),
]
