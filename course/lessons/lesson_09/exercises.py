"""Lesson 09: another person's movement on a photo, the frame it counts from, and the way back into the photo."""

import numpy as np

from course.exercises.exercise import BugCard, Exercise, case


def drawn(name: str):
    """A function of `pictures`, which is imported when the first picture is drawn."""

    def draw(view):
        from . import pictures

        return getattr(pictures, name)(view)

    return draw


# As in face.CHANNELS: 51 blendshapes, then pitch, yaw, roll, x, y, scale
BLINK_LEFT, BLINK_RIGHT, JAW, PITCH, YAW, ROLL, X, Y, SCALE = 8, 9, 24, 51, 52, 53, 54, 55, 56
COLUMN = {"blink": [BLINK_LEFT, BLINK_RIGHT], "wink": [BLINK_LEFT], "jaw": [JAW], "smile": [43, 44], "yaw": [YAW],
          "pitch": [PITCH], "roll": [ROLL], "x": [X], "y": [Y], "scale": [SCALE]}


def one(**channels) -> np.ndarray:
    """Channel values (57,) with some of them named."""
    values = np.zeros(57)
    for name, value in channels.items():
        values[COLUMN[name]] = value
    return values


def film(*frames: dict) -> np.ndarray:
    return np.stack([one(**frame) for frame in frames])


# ---------------------------------------------------------------- relative_motion


def _hull(points, what="volume"):
    from scipy.spatial import ConvexHull

    return getattr(ConvexHull(np.asarray(points, float)), what)


def _relative(source, driving, start, scale, of_points):
    source, driving, start = (np.asarray(x, float) for x in (source, driving, start))
    scale = of_points(source, start) if scale is None else scale
    return source + scale * (driving - start)


def relative_absolute(source, driving, start, scale=None):
    return np.asarray(driving, float) + 0 * np.asarray(source, float)


def relative_unscaled(source, driving, start, scale=None):
    return _relative(source, driving, start, scale, lambda s, d: 1.0)


def relative_area(source, driving, start, scale=None):
    return _relative(source, driving, start, scale, lambda s, d: _hull(s) / _hull(d))


def relative_upside_down(source, driving, start, scale=None):
    return _relative(source, driving, start, scale, lambda s, d: np.sqrt(_hull(d) / _hull(s)))


def relative_perimeter(source, driving, start, scale=None):
    return _relative(source, driving, start, scale, lambda s, d: np.sqrt(_hull(s, "area") / _hull(d, "area")))


def relative_every_frame(source, driving, start, scale=None):
    if scale is None:
        scale = np.array([np.sqrt(_hull(source) / _hull(frame)) for frame in driving])[:, None, None]
    return _relative(source, driving, start, scale, None)


def relative_zero_is_none(source, driving, start, scale=None):
    return _relative(source, driving, start, scale if scale is not None and np.any(scale) else None,
                     lambda s, d: np.sqrt(_hull(s) / _hull(d)))


def relative_first_frame(source, driving, start, scale=None):
    scale = np.sqrt(_hull(source) / _hull(start)) if scale is None else scale
    return _relative(source, driving, driving[0], scale, None)


def relative_without_the_photo(source, driving, start, scale=None):
    moved = _relative(source, driving, start, scale, lambda s, d: np.sqrt(_hull(s) / _hull(d)))
    return moved - np.asarray(source, float) + np.asarray(start, float)


def random_faces(rng):
    source, start = rng.normal(0, 40, (9, 2)) * rng.uniform(0.5, 2, 2) + 100, rng.normal(0, 40, (9, 2)) + 80
    return source, start + rng.normal(0, 6, (3, 9, 2)), start


# ---------------------------------------------------------------- find_best_frame


def _best(values, rest, turn=1 / 30, place=0.0, pick=np.argmin, power=2, signed=False):
    weight = np.r_[np.ones(51), np.full(3, turn), np.full(3, place)]
    far = (values - rest) * weight
    return int(pick((far if signed else np.abs(far) ** power).sum(axis=1)))


def best_with_place(values, rest):
    return _best(values, rest, place=1.0)


def best_in_degrees(values, rest):
    return _best(values, rest, turn=1.0)


def best_of_everything(values, rest):
    return _best(values, rest, turn=1.0, place=1.0)


def best_is_worst(values, rest):
    return _best(values, rest, pick=np.argmax)


def best_of_rest(values, rest):
    return _best(values, 0 * rest)


def best_first(values, rest):
    return 0


def best_without_head(values, rest):
    return _best(values, rest, turn=0.0)


def best_squared_then_divided(values, rest):
    return _best(values, rest, turn=30**-0.5)


def best_by_amounts(values, rest):
    return _best(values, rest, power=1)


def best_signed(values, rest):
    return _best(values, rest, signed=True)


def random_films(rng):
    values = rng.uniform(0, 0.6, (int(rng.integers(4, 16)), 57))
    values[:, 51:54] = rng.normal(0, 20, (len(values), 3))
    values[:, 54:] = rng.normal(0, 1.5, (len(values), 3))
    rest = np.r_[rng.uniform(0, 0.6, 51), rng.normal(0, 12, 3), 0, 0, 0]
    return values, rest


# ---------------------------------------------------------------- retarget


def _retarget(values, start, rest, lids="fall", size=-1, limit=2.0, least=1e-6, beyond=0.0):
    scale = np.ones(values.shape)
    scale[:, 54:57] = (1 + start[56]) ** size
    with np.errstate(divide="ignore", invalid="ignore"):
        left = (1 - rest[8:10]).clip(beyond) / (1 - start[8:10]).clip(least)
    falls = (values[:, 8:10] > start[8:10]) | (lids == "both")
    scale[:, 8:10] = np.where(falls & (lids != "no"), np.minimum(left, limit), 1.0)
    return rest + scale * (values - start)


def retarget_difference(values, start, rest):
    return _retarget(values, start, rest, lids="no")


def retarget_any_size(values, start, rest):
    return _retarget(values, start, rest, size=0)


def retarget_times_size(values, start, rest):
    return _retarget(values, start, rest, size=1)


def retarget_both_ways(values, start, rest):
    return _retarget(values, start, rest, lids="both")


def retarget_no_limit(values, start, rest):
    return _retarget(values, start, rest, limit=np.inf)


def retarget_rest_beyond(values, start, rest):
    return _retarget(values, start, rest, beyond=-np.inf)


def retarget_start_beyond(values, start, rest):
    return _retarget(values, start, rest, least=-np.inf)


def retarget_both_beyond(values, start, rest):
    return _retarget(values, start, rest, least=-np.inf, beyond=-np.inf)


def retarget_absolute(values, start, rest):
    return np.array(values, float)


def random_performances(rng):
    rest, start = np.zeros((2, 57))
    rest[:51], start[:51] = rng.uniform(0, 0.7, (2, 51))
    start[BLINK_LEFT], rest[BLINK_RIGHT] = rng.choice([0.1, 0.5, 0.9, 1.05]), rng.choice([0.0, 0.4, 1.1])
    rest[51:54], start[51:] = rng.normal(0, 8, 3), np.r_[rng.normal(0, 8, 3), rng.uniform(-0.3, 0.3, 3)]
    values = np.tile(start, (4, 1))
    values[:, :51] = rng.uniform(0, 1, (4, 51))
    values[:, 51:] += rng.normal(0, 1, (4, 6)) * [8, 8, 8, 0.2, 0.2, 0.1]
    return values, start, rest


# ---------------------------------------------------------------- soft_mask


def mask_hard(moves, edge):
    return (np.asarray(moves) > 0).astype(np.float32)


def mask_threshold(moves, edge):
    return (np.asarray(moves) >= edge).astype(np.float32)


def mask_linear(moves, edge):
    return np.clip(moves / edge, 0, 1).astype(np.float32)


def mask_late(moves, edge):
    t = np.clip((moves - edge) / (1 - edge), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def mask_unclipped(moves, edge):
    t = moves / edge
    return (t * t * (3 - 2 * t)).astype(np.float32)


def mask_inside_out(moves, edge):
    t = np.clip(moves / edge, 0, 1)
    return (1 - t * t * (3 - 2 * t)).astype(np.float32)


def mask_square(moves, edge):
    return np.clip(moves / edge, 0, 1) ** 2


def mask_smoother(moves, edge):
    t = np.clip(moves / edge, 0, 1)
    return t**3 * (t * (6 * t - 15) + 10)


def random_moves(rng):
    return rng.uniform(0, 1, (5, 6)).astype(np.float32) ** 3, float(rng.uniform(0.02, 0.6))


# ---------------------------------------------------------------- paste_back


def _pasted(photo, box, mixed):
    x0, y0, x1, y1 = box
    result = photo.copy()
    result[y0:y1, x0:x1] = np.rint(mixed(photo[y0:y1, x0:x1].astype(float))).clip(0, 255)
    return result


def paste_hard(photo, region, mask, box):
    m = (mask > 0)[..., None]
    return _pasted(photo, box, lambda under: np.where(m, region, under))


def paste_swapped(photo, region, mask, box):
    m = mask[..., None]
    return _pasted(photo, box, lambda under: m * under + (1 - m) * region)


def paste_twice(photo, region, mask, box):
    m = mask[..., None]
    return _pasted(photo, box, lambda under: m * m * region + (1 - m) * under)


def paste_adds(photo, region, mask, box):
    m = mask[..., None]
    return _pasted(photo, box, lambda under: under + m * region)


def paste_on_black(photo, region, mask, box):
    m = mask[..., None]
    mixed = _pasted(photo, box, lambda under: m * region + (1 - m) * under)
    alone = np.zeros_like(photo)
    x0, y0, x1, y1 = box
    alone[y0:y1, x0:x1] = mixed[y0:y1, x0:x1]
    return alone


def paste_cut_off(photo, region, mask, box):
    x0, y0, x1, y1 = box
    m, result = mask[..., None], photo.copy()
    result[y0:y1, x0:x1] = (m * region + (1 - m) * photo[y0:y1, x0:x1]).astype(np.uint8)
    return result


def paste_box(photo, region, mask, box):
    return _pasted(photo, box, lambda under: region)


def random_patches(rng):
    height, width = rng.integers(5, 12, 2)
    y0, x0 = rng.integers(0, height - 2), rng.integers(0, width - 2)
    y1, x1 = rng.integers(y0 + 1, height + 1), rng.integers(x0 + 1, width + 1)
    # fifteenths: a mixture of whole numbers is then never half-way between two, and there is one way to round it
    mask = (rng.integers(-4, 20, (y1 - y0, x1 - x0)).clip(0, 15) / 15).astype(np.float32)
    photo = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    region = rng.integers(0, 256, (y1 - y0, x1 - x0, 3), dtype=np.uint8)
    return photo, region, mask, (int(x0), int(y0), int(x1), int(y1))


# ---------------------------------------------------------------- the lesson's five

SMALL = np.array([[0.0, 0], [4, 0], [4, 3], [0, 3], [2, 1]])
LARGE = 2 * SMALL + 10
WIDE = SMALL * [3, 0.8] + 5
STEPS = np.array([[0.0, 0], [1, 0], [0, -2]])[:, None]
OPENING = np.stack([SMALL, SMALL + [[0, 0], [0, 0], [0, 2], [0, 2], [0, 1]]])
RAMP = np.linspace(0, 1, 11, dtype=np.float32)
GREY = np.full((4, 5, 3), 100, np.uint8)
WHITE = np.full((2, 3, 3), 220, np.uint8)
FADE = np.array([[0, 0.5, 1], [0.25, 0.75, 1]], np.float32)
THIRDS = np.array([[1, 2, 4], [7, 11, 14]], np.float32) / 15

EXERCISES = [
    Exercise(
        name="relative_motion",
        lesson=9,
        title="movement instead of places",
        place="motion.relative_motion",
        cases=[
            case("a photo twice as large as the driver, who steps aside and up", LARGE, SMALL + STEPS, SMALL),
            case("a driver whose face grows longer", WIDE, OPENING, SMALL),
        ],
        edges=[
            case("a driver who stays at the start", WIDE, SMALL[None], SMALL),
            case("three channels, each with its own scale", np.array([0.1, 0.2, 5.0]),
                 np.array([[0.3, 0.2, 8.0], [0.0, 0.6, 2.0]]), np.array([0.1, 0.4, 10.0]), np.array([1.0, 2.0, 0.5])),
            case("points with the scale 1", LARGE, SMALL + STEPS, SMALL, 1.0),
            case("points with the scale 0", LARGE, SMALL + STEPS, SMALL, 0.0),
            case("points with a scale of 0 across and 2 down", LARGE, SMALL + STEPS, SMALL, np.array([0.0, 2.0])),
            case("a driver whose film does not begin at the start", LARGE, SMALL + STEPS[::-1], SMALL),
            case("a driver twice as large as the photo", SMALL, LARGE + STEPS, LARGE),
        ],
        random=random_faces,
        random_count=50,
        random_label="random shapes",
        atol=1e-3,
        hints=[
            "Where must the photo's points be in the frame in which the driver is at the start?",
            "Take how far each point of the driver went, multiply it by s, and add it to the photo's own points. An "
            "area grows with the square of a length.",
            "s = np.sqrt(ConvexHull(source).volume / ConvexHull(start).volume) if scale is None else scale; "
            "source + s * (driving - start)",
        ],
        cards=[
            BugCard("absolute", relative_absolute,
                    "It looks as if the driver's own places come back: that is absolute motion. Take the start away "
                    "and add the photo's points."),
            BugCard("unscaled", relative_unscaled,
                    "It looks as if the size of the faces does not count: pixels of a small driver are small steps for "
                    "a large photo."),
            BugCard("area", relative_area,
                    "It looks as if the root is missing: areas grow with the square, so a face twice as large would "
                    "move four times as far."),
            BugCard("upside-down", relative_upside_down,
                    "It looks as if the ratio stands upside down: a photo larger than the driver needs larger steps."),
            BugCard("perimeter", relative_perimeter,
                    "It looks like `ConvexHull(...).area`: in the plane that is the length round the points. Their "
                    "area is `.volume`."),
            BugCard("every-frame", relative_every_frame,
                    "It looks as if the scale is found anew in each frame: a mouth that opens would then shrink its "
                    "own movement. Take it from the start."),
            BugCard("zero-is-none", relative_zero_is_none,
                    "It looks as if a scale of 0 counts as none: 0 is a number, nothing moves by it. Ask `if scale is "
                    "None:`."),
            BugCard("first-frame", relative_first_frame,
                    "It looks as if movement is counted from the film's first frame: count it from `start`, which may "
                    "be another."),
            BugCard("onto-the-driver", relative_without_the_photo,
                    "It looks as if the movement is added to the driver's start: add it to the photo's own points."),
        ],
        picture=drawn("draw_relative"),
    ),
    Exercise(
        name="find_best_frame",
        lesson=9,
        title="the frame from which movement counts",
        place="motion.find_best_frame",
        cases=[
            case("three frames: a smile, a shut mouth, an open one, and a photo with shut lips",
                 film({"smile": 0.7}, {"smile": 0.1}, {"jaw": 0.6}), one()),
            case("a smiling photo, and a driver who smiles in frame 2 only",
                 film({}, {"jaw": 0.5}, {"smile": 0.6}), one(smile=0.8)),
        ],
        edges=[
            case("a driver with the right face far aside, and another in the middle",
                 film({"jaw": 0.5}, {"x": 2.0, "jaw": 0.1}, {"smile": 0.6}), one()),
            case("a slightly turned head against a wide open jaw", film({"jaw": 0.9}, {"yaw": 6.0}), one()),
            case("a head far turned against a jaw a little open", film({"yaw": 28.0}, {"jaw": 0.3}), one()),
            case("a head turned by 26.5 degrees against a jaw open by 0.9", film({"jaw": 0.9}, {"yaw": 26.5}), one()),
            case("a head bent by 27.5 degrees against a jaw open by 0.9", film({"pitch": 27.5}, {"jaw": 0.9}), one()),
            case("a head tilted by 6 degrees against a jaw open by 0.5", film({"jaw": 0.5}, {"roll": 6.0}), one()),
            case("a head tilted by 6 degrees against a jaw open by 0.15", film({"jaw": 0.15}, {"roll": -6.0}), one()),
            case("two small differences against one large", film({"jaw": 0.5}, {"jaw": 0.3, "smile": 0.2}), one()),
            case("a jaw shut too far against one a little open", film({"jaw": -0.6}, {"jaw": 0.2}), one()),
            case("two frames alike", film({"jaw": 0.4}, {"smile": 0.1}, {"smile": 0.1}), one()),
            case("a head turned by 2 degrees against a jaw open by 0.9", film({"jaw": 0.9}, {"yaw": 2.0}), one()),
            case("a single frame", film({"jaw": 1.0}), one()),
        ],
        random=random_films,
        random_count=60,
        random_label="random films",
        hints=[
            "What makes two faces look alike for this purpose, and what does not matter at all?",
            "Square the differences of the 51 blendshapes and of the three angles in thirties of degrees, add them for "
            "each frame, and take the frame with the smallest sum.",
            "far = np.c_[values[:, :51] - rest[:51], (values[:, 51:54] - rest[51:54]) / 30]; "
            "int(np.argmin((far ** 2).sum(axis=1)))",
        ],
        cards=[
            BugCard("place-counts", best_with_place,
                    "It looks as if the head's place and size count too: where a driver sits says nothing about the "
                    "face. Leave headX, headY and headScale out."),
            BugCard("degrees", best_in_degrees,
                    "It looks as if a degree weighs as much as a whole blendshape: divide the angles by 30, before "
                    "they are squared."),
            BugCard("squared-then-divided", best_squared_then_divided,
                    "It looks as if the squared degrees are divided by 30: divide first and square then, so by 900."),
            BugCard("amounts", best_by_amounts,
                    "It looks as if the differences are added up as they are: square them, one large one weighs more "
                    "than two small ones."),
            BugCard("signed", best_signed,
                    "It looks as if differences of opposite sign cancel each other: square them before you add."),
            BugCard("everything-alike", best_of_everything,
                    "It looks as if all 57 channels count alike: leave the last three out, a head's place and size, "
                    "and divide its angles by 30."),
            BugCard("worst", best_is_worst,
                    "It looks as if you take the frame that is least like the photo: `argmin`."),
            BugCard("neutral", best_of_rest,
                    "It looks as if you look for the most neutral frame: the photo may smile. Compare with rest."),
            BugCard("first", best_first,
                    "It looks as if it is always the first frame: that is the guess which this function replaces."),
            BugCard("without-head", best_without_head,
                    "It looks as if the head's turn does not count: a movement out of a turned head looks different."),
        ],
        picture=drawn("draw_best"),
    ),
    Exercise(
        name="retarget",
        lesson=9,
        title="one person's movement, another person's face",
        place="motion.retarget",
        cases=[
            case("a driver with half-shut lids (columns 8 and 9) who blinks, and a photo with open eyes",
                 film({"blink": 0.5}, {"blink": 0.75}, {"blink": 1.0}), one(blink=0.5), one()),
            case("a driver who starts a quarter larger and steps aside (column 54)",
                 film({"scale": 0.25, "x": 0.0}, {"scale": 0.25, "x": 0.5}), one(scale=0.25), one()),
        ],
        edges=[
            case("a lid that opens", film({"blink": 0.0}), one(blink=0.4), one(blink=0.7)),
            case("a driver who starts with one lid nearly shut", film({"wink": 1.0}), one(wink=0.95), one()),
            case("a photo whose lids are shut", film({"blink": 1.0, "jaw": 0.5}), one(blink=0.2), one(blink=1.0)),
            case("a photo whose lids are beyond shut", film({"blink": 0.9}), one(blink=0.1), one(blink=1.2)),
            case("a driver who starts with the lids beyond shut", film({"blink": 1.3}), one(blink=1.1), one(blink=0.3)),
            case("a driver and a photo with shut lids", film({"blink": 1.2}), one(blink=1.0), one(blink=1.0)),
            case("a driver with shut lids and a photo with nearly shut ones", film({"blink": 1.2}), one(blink=1.0),
                 one(blink=0.9999)),
            case("a driver who does nothing at all", film({"blink": 0.4, "jaw": 0.2}), one(blink=0.4, jaw=0.2),
                 one(blink=0.1)),
            case("a turned head and a head that comes nearer", film({"yaw": 20.0, "scale": 0.2, "jaw": 0.3}),
                 one(yaw=5.0, scale=-0.2), one(yaw=-8.0, jaw=0.1)),
        ],
        random=random_performances,
        random_count=50,
        random_label="random performances",
        hints=[
            "Which channels mean the same on any face, and which depend on where they begin?",
            "All of it is rest + scale * (values - start). The scale is 1, but for three columns (the head's place and "
            "size) and for two lids, and there only in frames where they fall.",
            "scale = np.ones(values.shape); scale[:, 54:57] = 1 / (1 + start[56]); "
            "left = (1 - rest[8:10]) / np.maximum(1 - start[8:10], 1e-6); "
            "scale[:, 8:10] = np.where(values[:, 8:10] > start[8:10], np.minimum(left, 2), 1)",
        ],
        cards=[
            BugCard("difference", retarget_difference,
                    "It looks as if the lids move as far as the driver's: of a driver with half-shut eyes the photo "
                    "would never shut its own."),
            BugCard("any-size", retarget_any_size,
                    "It looks as if the driver's size at the start does not count: who sits nearer takes larger steps "
                    "in the picture. Divide the head's place and size by 1 + headScale."),
            BugCard("times-size", retarget_times_size,
                    "It looks as if you multiply by the size at the start: a nearer driver's steps have to become "
                    "smaller. Divide."),
            BugCard("both-ways", retarget_both_ways,
                    "It looks as if opening lids are scaled as well: only a falling one has to arrive at shut."),
            BugCard("no-limit", retarget_no_limit,
                    "It looks as if nothing limits the lids' scale: where the driver's are nearly shut, jitter becomes "
                    "flutter. At most 2."),
            BugCard("photo-beyond-shut", retarget_rest_beyond,
                    "Right but for a photo whose lids are beyond shut: 1 - r is less than 0 there, and its lids would "
                    "open as the driver's fall. Take it as 0."),
            BugCard("driver-beyond-shut", retarget_start_beyond,
                    "Right but for a driver whose lids are shut at the start, or beyond: 1 - v0 is 0 or less there. "
                    "Take it as at least 1e-6."),
            BugCard("both-beyond-shut", retarget_both_beyond,
                    "Right but for lids that are beyond shut at rest or at the start: take 1 - r as at least 0, and 1 "
                    "- v0 as at least 1e-6."),
            BugCard("absolute", retarget_absolute,
                    "It looks as if the driver's own values come back: take the start away and add the photo's rest."),
        ],
        picture=drawn("draw_retarget"),
    ),
    Exercise(
        name="soft_mask",
        lesson=9,
        title="an edge that nobody sees",
        place="rendering.soft_mask",
        cases=[
            case("eleven pixels that take part by 0 to 1, with the edge 0.4", RAMP[None], 0.4),
        ],
        edges=[
            case("nothing moves", np.zeros((2, 3), np.float32), 0.02),
            case("everything moves", np.ones((2, 3), np.float32), 0.02),
            case("an edge of 1", RAMP[None], 1.0),
            case("pixels a little below 0 and above 1", RAMP[:, None] * 1.4 - 0.2, 0.5),
            case("exactly at the edge", np.array([[0.25, 0.5]]), 0.5),
        ],
        random=random_moves,
        random_count=40,
        random_label="random maps",
        hints=[
            "What must the mask be where nothing moves, and from `edge` on?",
            "Divide by the edge and keep that in [0, 1]; then bend it so that it starts and ends level.",
            "t = np.clip(moves / edge, 0, 1); t * t * (3 - 2 * t)",
        ],
        cards=[
            BugCard("hard", mask_hard,
                    "It looks as if everything that moves at all counts in full: the mask then ends with a step."),
            BugCard("threshold", mask_threshold,
                    "It looks as if the mask jumps from 0 to 1 at the edge: it should climb from 0 on."),
            BugCard("linear", mask_linear,
                    "It looks like a straight ramp: it has kinks at both ends, and eyes are good at kinks. Bend it."),
            BugCard("late", mask_late,
                    "It looks as if the ramp begins at the edge: it ends there, and begins at 0."),
            BugCard("unclipped", mask_unclipped,
                    "It looks as if nothing keeps the ramp in [0, 1]: beyond the edge the curve falls again."),
            BugCard("inside-out", mask_inside_out,
                    "It looks as if the mask is inside out: 1 belongs where the picture moves."),
            BugCard("square", mask_square,
                    "It looks as if the ramp is squared: that starts level and ends with a kink. Take t t (3 - 2 t)."),
            BugCard("smoother", mask_smoother,
                    "It looks like the smoother step of degree 5: a good edge, and another one. Here it is t t (3 - 2 "
                    "t)."),
        ],
        picture=drawn("draw_mask"),
    ),
    Exercise(
        name="paste_back",
        lesson=9,
        title="the face goes back into the photo",
        place="rendering.paste_back",
        cases=[
            case("a light patch of 2 x 3 pixels on grey", GREY, WHITE, FADE, (1, 1, 4, 3)),
        ],
        edges=[
            case("a mask of 0", GREY, WHITE, 0 * FADE, (1, 1, 4, 3)),
            case("a mask of 1", GREY, WHITE, np.ones_like(FADE), (1, 1, 4, 3)),
            case("a mask that makes fractions", GREY, WHITE - 3, THIRDS, (1, 1, 4, 3)),
            case("a box of one pixel", GREY, WHITE[:1, :1], FADE[1:, :1], (3, 2, 4, 3)),
            case("a box in the corner", GREY, WHITE, FADE, (2, 2, 5, 4)),
            case("a box as large as the photo", GREY, GREY + 100, np.full((4, 5), 0.3, np.float32), (0, 0, 5, 4)),
        ],
        random=random_patches,
        random_count=50,
        random_label="random patches",
        atol=0.25,  # every pixel to the bit: no case has a mixture that lies half-way
        rtol=0.0,
        exact_dtype=True,
        hints=[
            "Which pixels of the photo may change, and which must come back to the bit?",
            "Copy the photo. Inside the box each pixel is mask times region plus (1 - mask) times photo. The mask "
            "still needs an axis for the colours, and a picture's first axis is y.",
            "x0, y0, x1, y1 = box; out = photo.copy(); m = mask[..., None]; out[y0:y1, x0:x1] = "
            "np.rint(m * region + (1 - m) * photo[y0:y1, x0:x1])",
        ],
        cards=[
            BugCard("hard", paste_hard,
                    "It looks as if every pixel with any mask is taken in full: that is the hard edge which the mask "
                    "was made to hide."),
            BugCard("swapped", paste_swapped,
                    "It looks as if the weights are swapped: the mask belongs to the region."),
            BugCard("twice", paste_twice,
                    "It looks as if the mask is multiplied in twice: the weights no longer add up to 1, and a dark rim "
                    "appears."),
            BugCard("adds", paste_adds,
                    "It looks as if the region is added on top of the photo: take the photo down by 1 - mask."),
            BugCard("on-black", paste_on_black,
                    "It looks as if the rest of the photo is lost: begin with a copy of it."),
            BugCard("box", paste_box,
                    "It looks as if the mask is not used: the whole box is replaced."),
            BugCard("cut-off", paste_cut_off,
                    "It looks as if fractions are cut off: the picture would become darker with every frame. Round to "
                    "the nearest, np.rint, before it becomes uint8."),
        ],
        picture=drawn("draw_paste"),
    ),
]
