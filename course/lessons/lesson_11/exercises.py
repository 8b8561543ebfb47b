"""Lesson 11: two numbers about pictures, one about points, one about crowds, one about lips, and how sure they are."""

import numpy as np

from course.exercises.exercise import BugCard, Exercise, case


def drawn(name: str):
    """A function of `pictures`, which is imported when the first picture is drawn."""

    def draw(view):
        from . import pictures

        return getattr(pictures, name)(view)

    return draw


def whole(values) -> np.ndarray:
    """Grey levels rounded into uint8."""
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


# ---------------------------------------------------------------- psnr


def _psnr(error=lambda d: np.mean(d**2), white=lambda true: 255.0, times=10, log=np.log10, sign=1, least=0.0):
    """A PSNR with one thing wrong."""

    def wrong(made, true):
        found = float(error(made.astype(np.float64) - true)) + least
        return float("inf") if found <= 0 else float(sign * times * log(white(true) ** 2 / found))

    return wrong


def psnr_in_bytes(made, true):
    error = float(((made - true).astype(np.float64) ** 2).mean())  # uint8 wraps around
    return float("inf") if error == 0 else float(10 * np.log10(255.0**2 / error))


def psnr_of_channels(made, true):
    error = ((made.astype(np.float64) - true) ** 2).mean(axis=(0, 1))
    with np.errstate(divide="ignore"):
        return float(np.mean(10 * np.log10(255.0**2 / error)))


def random_pair(rng):
    """Two pictures, close to each other."""
    height, width = rng.integers(2, 9, 2)
    true = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
    return whole(true + rng.normal(0, rng.uniform(1, 40), true.shape)), true


# ---------------------------------------------------------------- ssim


def _ssim(mean=None, crop=5, c1=(0.01 * 255) ** 2, c2=(0.03 * 255) ** 2, parts=(True, True), of_cov=lambda c: c,
          means_off=True, as_grey=False):
    """A structural similarity with one thing wrong."""

    def wrong(made, true):
        from course.evaluation import metrics

        x, y = made.astype(np.float64), true.astype(np.float64)
        if as_grey:
            x, y = (v.mean(axis=2, keepdims=True).repeat(3, axis=2) for v in (x, y))
        window = mean or metrics.window_mean
        mx, my = window(x), window(y)
        off = 1.0 if means_off else 0.0
        vx, vy = window(x * x) - off * mx**2, window(y * y) - off * my**2
        cov = of_cov(window(x * y) - off * mx * my)
        light = (2 * mx * my + c1) / (mx**2 + my**2 + c1) if parts[0] else 1.0
        pattern = (2 * cov + c2) / (vx + vy + c2) if parts[1] else 1.0
        map_ = light * pattern * np.ones_like(x)
        return float(map_[crop:-crop, crop:-crop].mean() if crop else map_.mean())

    return wrong


def even_window(values):
    import cv2

    return cv2.blur(values, (11, 11), borderType=cv2.BORDER_REFLECT)


def whole_picture(values):
    return np.broadcast_to(values.mean(axis=(0, 1)), values.shape)


def ssim_of_bytes(made, true):
    from course.evaluation import metrics

    window = metrics.window_mean
    mx, my = window(made.astype(float)), window(true.astype(float))
    # squares and products of uint8 wrap around
    vx, vy = window((made * made).astype(float)) - mx**2, window((true * true).astype(float)) - my**2
    cov = window((made * true).astype(float)) - mx * my
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    map_ = (2 * mx * my + c1) * (2 * cov + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))
    return float(map_[5:-5, 5:-5].mean())


def random_texture(rng):
    """Two pictures of 12 to 18 pixels: soft spots, and the same with noise, another light and another contrast."""
    import cv2

    height, width = (int(side) for side in rng.integers(12, 19, 2))
    true = cv2.resize(rng.integers(20, 236, (6, 6, 3)).astype(np.float32), (width, height))
    made = 128 + (true - 128) * rng.uniform(0.5, 1.2) + rng.uniform(-25, 25) + rng.normal(0, rng.uniform(1, 30),
                                                                                         true.shape)
    return whole(made), whole(true)


# ---------------------------------------------------------------- akd


def _akd(of=lambda d: np.linalg.norm(d, axis=-1), known=True, mean=np.mean, filled=None):
    """An average keypoint distance with one thing wrong."""

    def wrong(made, true):
        distance = of(np.asarray(made, float) - true)
        if filled is not None:
            distance = np.where(np.isfinite(distance), distance, filled)
        kept = distance[np.isfinite(distance)] if known else distance
        return float(mean(kept)) if kept.size else float("nan")

    return wrong


def akd_of_frames(made, true):
    distance = np.linalg.norm(np.asarray(made, float) - true, axis=-1)
    means = [row[np.isfinite(row)].mean() for row in np.atleast_2d(distance) if np.isfinite(row).any()]
    return float(np.mean(means)) if means else float("nan")


def random_points(rng):
    """Points of some frames, and the same beside themselves; now and then the judge saw nothing of one."""
    true = rng.uniform(0, 100, (int(rng.integers(1, 5)), int(rng.integers(2, 8)), 2))
    made = true + rng.normal(0, 3, true.shape)
    (made if rng.random() < 0.5 else true)[rng.random(true.shape[:2]) < 0.2] = np.nan
    return made, true


# ---------------------------------------------------------------- frechet_distance


def elementwise(a, b):
    return float(np.sqrt(np.abs(a @ b)).trace())


def roots(a, b):
    return float(np.sqrt(np.clip(np.linalg.eigvals(a @ b).real, 0, None)).sum())


def _frechet(cov=lambda x: np.cov(x, rowvar=False), centres=lambda d: d @ d, traces=True, cross=roots, times=2.0,
             finish=lambda d: d):
    """A Fréchet distance with one thing wrong."""

    def wrong(made, real):
        a, b = cov(made), cov(real)
        found = float(centres(made.mean(axis=0) - real.mean(axis=0)))
        if traces:
            found += float(np.trace(a) + np.trace(b) - times * cross(a, b))
        return float(finish(found))

    return wrong


def random_features(rng):
    """Two crowds of features that are correlated in ways of their own; some have fewer rows than features."""
    axes = int(rng.integers(2, 6))
    made, real = (rng.normal(0, 1, (int(rng.integers(3, 16)), axes)) @ rng.normal(0, 1, (axes, axes))
                  + rng.normal(0, 1, axes) for _ in range(2))
    return made, real


# ---------------------------------------------------------------- sync_error


def _pearson(a, b):
    a, b = a - a.mean(), b - b.mean()
    power = np.sqrt((a * a).sum() * (b * b).sum())
    return float((a * b).sum() / power) if power > 1e-12 else float("nan")


def _sync(alike=_pearson, sign=1, in_frames=False, ahead=True, of=lambda ms: ms, per_frame=True, wraps=False):
    """A sync error with one thing wrong."""

    def wrong(mouth, sound, fps=25.0, reach=10):
        count, best, found = len(mouth), -np.inf, float("nan")
        for shift in sorted(range(-reach if ahead else 0, reach + 1), key=abs):
            if wraps:
                a, b = np.roll(mouth, -shift), sound
            else:
                a = mouth[max(shift, 0) : count + min(shift, 0)]
                b = sound[max(-shift, 0) : count + min(-shift, 0)]
            said = alike(a, b)
            if said > best + 1e-9:
                best, found = said, of(sign * shift * (1.0 if in_frames else 1000.0 / (fps if per_frame else 25.0)))
        return float(found)

    return wrong


def without_means(a, b):
    rests = np.ptp(a) < 1e-9 or np.ptp(b) < 1e-9
    return float("nan") if rests else float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum() + 1e-12))


def sum_of_products(a, b):
    rests = np.ptp(a) < 1e-9 or np.ptp(b) < 1e-9
    return float("nan") if rests else float(((a - a.mean()) * (b - b.mean())).sum())


def size_of_pearson(a, b):
    return abs(_pearson(a, b))


def random_curves(rng):
    """A sound that swells or fades, and a mouth that follows it some frames later or before, with a will of its own."""
    count, reach = int(rng.integers(20, 32)), int(rng.integers(3, 9))
    shift = int(rng.integers(-reach, reach + 1))
    long = np.convolve(rng.normal(0, 1, count + 30), [0.3, 0.4, 0.3], "same")
    long += rng.normal() * np.arange(count + 30) / 12
    mouth = 0.3 * long[15 - shift : 15 - shift + count] + rng.normal(0, 0.15, count) + rng.uniform(-2, 2)
    return mouth, long[15 : 15 + count] + rng.uniform(0, 5), float(rng.choice([12.5, 25.0, 30.0])), reach


# ---------------------------------------------------------------- bootstrap_interval


def _interval(again=lambda rng, values, rounds: rng.choice(values, (rounds, len(values))),
              statistic=lambda drawn: drawn.mean(axis=1), outside=lambda level: (1 - level) / 2,
              finish=lambda low, high, values: (low, high)):
    """A bootstrap interval with one thing wrong."""

    def wrong(values, level=0.95, rounds=2000, seed=0):
        rng, values = np.random.default_rng(seed), np.asarray(values, float)
        means = statistic(again(rng, values, rounds))
        low, high = np.quantile(means, [outside(level), 1 - outside(level)])
        return tuple(float(end) for end in finish(low, high, values))

    return wrong


def _of_formula(size, factor=1.96):
    """Mean plus and minus a number of standard errors."""

    def wrong(values, level=0.95, rounds=2000, seed=0):
        values = np.asarray(values, float)
        half = factor * size(values) if len(values) > 1 else 0.0
        return float(values.mean() - half), float(values.mean() + half)

    return wrong


def interval_of_percent(values, level=0.95, rounds=2000, seed=0):
    rng, values = np.random.default_rng(seed), np.asarray(values, float)
    means = rng.choice(values, (rounds, len(values))).mean(axis=1)
    return tuple(float(end) for end in np.percentile(means, [(1 - level) / 2, (1 + level) / 2]))


def close_ends(theirs, right) -> bool:
    """Each end within a twentieth of the interval's width: another way of drawing moves it by less."""
    theirs, right = np.asarray(theirs, float), np.asarray(right, float)
    allowed = 0.05 * abs(right[1] - right[0]) + 1e-6 * (1 + np.abs(right).max())
    return bool(np.abs(theirs - right).max() <= allowed)


def random_values(rng):
    """Numbers that lean to one side, as errors do, and a level."""
    return (rng.gamma(1.5, rng.uniform(0.5, 3), int(rng.integers(9, 30))), float(rng.choice([0.8, 0.9, 0.95])), DRAWS,
            int(rng.integers(0, 99)))


# ---------------------------------------------------------------- the lesson's six

DRAWS = 12000  # so many that chance moves an end by a hundredth of the interval's width

GREYS = np.array([[50, 100], [150, 200]], np.uint8)[..., None].repeat(3, axis=2)
TINTED = GREYS + np.uint8([0, 3, 12])
DARK_GREYS = GREYS // 4

_ROWS, _COLUMNS = np.mgrid[:14, :15]
STRIPES = whole(128 + 70 * np.sin(_COLUMNS * 1.1))[..., None].repeat(3, axis=2)
DARKER = whole(STRIPES * 0.7)
FLATTER = whole(128 + (STRIPES.astype(float) - 128) * 0.5)
UNEVEN = whole(120 + 60 * np.sin(_COLUMNS[..., None] * [0.9, 0.5, 0.7] + _ROWS[..., None] * [0.3, 0.8, 0.1]))
FRAMED = UNEVEN.copy()
FRAMED[[0, 1, -2, -1]] = 255
TURNED = whole(255 - UNEVEN.astype(float))
FAINT = whole(128 + 7 * np.sin(np.mgrid[:14, :14][1] * 1.3))[..., None].repeat(3, axis=2)
REDDER = whole(UNEVEN * np.array([1.3, 0.9, 0.6]))

FOUR = np.array([[[10.0, 10], [20, 10], [10, 20], [20, 20]]])
TWO_FRAMES = np.concatenate([FOUR, FOUR + 5])
MOVED = TWO_FRAMES + np.array([[[3.0, 4]], [[6, 8]]])
PARTLY = MOVED.copy()
PARTLY[1, 1:] = np.nan
NOBODY = np.full((2, 4, 2), np.nan)

_AROUND = np.linspace(0, 2 * np.pi, 12, endpoint=False)
RING = np.stack([np.cos(_AROUND), np.sin(_AROUND)], axis=1)
ELLIPSE = RING * [3.0, 1.0]
ASLANT = ELLIPSE @ np.array([[np.cos(0.9), np.sin(0.9)], [-np.sin(0.9), np.cos(0.9)]])
THREE = np.stack([np.sin(np.arange(9) * k + k) for k in (1.0, 2.2, 3.1)], axis=1) * [1.0, 2.0, 0.5]

FIVE = np.sin(np.arange(30.0) ** 1.7).reshape(6, 5)

SAID = np.array([0, 0, 1, 4, 2, 0, 0, 1, 2, 1, 0, 0, 0, 3, 5, 3, 1, 0, 0, 2, 4, 1, 0, 0], float)
BEHIND = np.concatenate([np.zeros(3), SAID])[: len(SAID)] / 10
AHEAD = np.concatenate([SAID, np.zeros(2)])[2:] / 10
LOUD_END = SAID.copy()
LOUD_END[-6:] += 20  # something loud at the end

SKEWED = np.array([1.0, 1, 1, 2, 2, 2, 3, 4, 5, 20])
EIGHT = np.array([2.0, 3, 5, 6, 8, 9, 11, 13])

EXERCISES = [
    Exercise(
        name="psnr",
        lesson=11,
        title="how loud the picture is beside its error",
        place="evaluation.psnr",
        cases=[
            case("four greys, each off by 10", GREYS + np.uint8(10), GREYS),
            case("four greys, each darker by 10", GREYS - np.uint8(10), GREYS),
            case("four greys whose blue is off by 12", TINTED, GREYS),
            case("a dark picture, off by 3", DARK_GREYS + np.uint8(3), DARK_GREYS),
        ],
        edges=[
            case("a picture and itself", GREYS, GREYS),
            case("black and white", np.zeros((2, 2, 3), np.uint8), np.full((2, 2, 3), 255, np.uint8)),
            case("one pixel off by one", np.array([[[7, 8, 9], [7, 8, 9]]], np.uint8),
                 np.array([[[7, 8, 9], [7, 8, 8]]], np.uint8)),
        ],
        random=random_pair,
        random_count=40,
        random_label="random pairs of pictures",
        atol=1e-4,
        rtol=1e-5,
        hints=[
            "What happens to uint8 when you take 60 from 50?",
            "Floats first. Square the differences, take one mean over all of them, and compare 255 squared with it, in "
            "decibels. Without an error the answer is infinite.",
            "error = ((made.astype(float) - true) ** 2).mean(); 10 * np.log10(255**2 / error) if error else "
            "float('inf')",
        ],
        cards=[
            BugCard("in-bytes", psnr_in_bytes,
                    "Right where no pixel is darker than the true one: below 0, uint8 begins again at 255. Take "
                    "floats."),
            BugCard("white-is-one", _psnr(white=lambda true: 1.0),
                    "It looks as if white were 1: these pictures go up to 255."),
            BugCard("brightest-pixel", _psnr(white=lambda true: float(true.max())),
                    "It looks as if the peak were the brightest pixel there is: it is the brightest that there could "
                    "be, 255."),
            BugCard("not-squared", _psnr(error=lambda d: np.abs(d).mean()),
                    "It looks as if the sizes of the differences were averaged: their squares are meant."),
            BugCard("root-of-error", _psnr(error=lambda d: np.sqrt(np.mean(d**2))),
                    "It looks as if the error under 255 squared were a root: the mean of squares itself belongs "
                    "there."),
            BugCard("natural-log", _psnr(log=np.log),
                    "It looks as if the logarithm were the natural one: decibels are made with log10."),
            BugCard("twenty", _psnr(times=20),
                    "Twice too much: 20 belongs to a quotient of sizes, 10 to one of squares."),
            BugCard("turned-round", _psnr(sign=-1),
                    "It looks as if the quotient were turned round: more has to be better."),
            BugCard("mean-of-channels", psnr_of_channels,
                    "Right where all colours are off alike: take one mean of squares over everything, and one "
                    "logarithm."),
            BugCard("never-infinite", _psnr(least=1e-10),
                    "Right but for equal pictures: something small was added to the error, so that a perfect picture "
                    "has an end."),
        ],
        picture=drawn("draw_psnr"),
    ),
    Exercise(
        name="ssim",
        lesson=11,
        title="how alike light, contrast and pattern are",
        place="evaluation.ssim",
        cases=[
            case("stripes, and the same with half the contrast", FLATTER, STRIPES),
            case("stripes, and the same in less light", DARKER, STRIPES),
            case("a pattern, and its negative", TURNED, UNEVEN),
            case("a pattern, and the same in other colours", REDDER, UNEVEN),
        ],
        edges=[
            case("a picture and itself", STRIPES, STRIPES),
            case("two plain greys", np.full((12, 12, 3), 50, np.uint8), np.full((12, 12, 3), 100, np.uint8)),
            case("black and black", np.zeros((12, 13, 3), np.uint8), np.zeros((12, 13, 3), np.uint8)),
            case("black, and a grey that is nearly black", np.zeros((12, 12, 3), np.uint8),
                 np.full((12, 12, 3), 3, np.uint8)),
            case("two faint patterns that have nothing in common", FAINT, FAINT.transpose(1, 0, 2)),
            case("two that differ along the border alone", FRAMED, UNEVEN),
            case("eleven by eleven pixels, one window", UNEVEN[:11, :11], STRIPES[:11, :11]),
        ],
        random=random_texture,
        random_count=30,
        random_label="random pairs of pictures",
        atol=1e-4,
        rtol=1e-3,
        hints=[
            "Which means do you need of x, of y, of their squares and of their product?",
            "Variance is the mean of the square less the square of the mean; covariance the mean of the product less "
            "the product of the means. All five means are `window_mean`s.",
            "mx, my = window(x), window(y); vx = window(x * x) - mx**2; cov = window(x * y) - mx * my; "
            "s = (2*mx*my + c1) * (2*cov + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2)); s[5:-5, 5:-5].mean()",
        ],
        cards=[
            BugCard("border-counts", _ssim(crop=0),
                    "It looks as if windows that reach over the border counted: leave out 5 pixels on each side."),
            BugCard("light-only", _ssim(parts=(True, False)),
                    "It looks as if only the first of the two factors were there: contrast and pattern are the "
                    "second."),
            BugCard("pattern-only", _ssim(parts=(False, True)),
                    "Right where both are as bright: the factor with the two means is missing."),
            BugCard("white-is-one", _ssim(c1=0.01**2, c2=0.03**2),
                    "It looks as if the constants belonged to pictures from 0 to 1: here white is 255, so they are "
                    "(0.01 · 255)² and (0.03 · 255)²."),
            BugCard("whole-picture", _ssim(mean=whole_picture),
                    "It looks as if means were those of the whole picture: a window around each pixel has its own."),
            BugCard("means-left-in", _ssim(means_off=False),
                    "It looks as if the means were left in: take their squares and their product off."),
            BugCard("even-window", _ssim(mean=even_window),
                    "It looks as if all pixels of a window counted alike: its middle counts most, see `window_mean`."),
            BugCard("negative-is-alike", _ssim(of_cov=np.abs),
                    "Right where both rise together: a pattern and its negative have a covariance below 0, which has "
                    "to stay."),
            BugCard("in-grey", _ssim(as_grey=True),
                    "Right for greys: each colour channel has windows of its own, and the mean comes last."),
            BugCard("in-bytes", ssim_of_bytes,
                    "It looks as if uint8 were squared: 16 · 16 is 0 there. Take floats first."),
        ],
        picture=drawn("draw_ssim"),
    ),
    Exercise(
        name="akd",
        lesson=11,
        title="how far points are from where they should be",
        place="evaluation.akd",
        cases=[
            case("four points, each 3 to the right and 4 down", MOVED[:1], TWO_FRAMES[:1]),
            case("two frames, off by 5 and by 10", MOVED, TWO_FRAMES),
            case("two frames, of one of which the judge sees one point", PARTLY, TWO_FRAMES),
            case("four points that are off by 1, 1, 1 and 9", FOUR + np.array([[[1.0, 0], [0, -1], [-1, 0], [0, 9]]]),
                 FOUR),
        ],
        edges=[
            case("nothing seen in the made film", NOBODY, TWO_FRAMES),
            case("something missing in the true film", TWO_FRAMES, PARTLY),
            case("points where they should be", FOUR, FOUR),
            case("points without frames", MOVED[0], TWO_FRAMES[0]),
            case("whole numbers", MOVED.astype(int), TWO_FRAMES.astype(int)),
        ],
        random=random_points,
        random_count=40,
        random_label="random sets of points",
        hints=[
            "How long is the way from a point to where it should be?",
            "The length of each difference, over the last axis; then one mean over all that are known. A length with a "
            "NaN in it is NaN.",
            "distance = np.linalg.norm(made - true, axis=-1); known = distance[np.isfinite(distance)]; known.mean() if "
            "there is any, else NaN",
        ],
        cards=[
            BugCard("around-the-block", _akd(lambda d: np.abs(d).sum(axis=-1)),
                    "It looks as if you went along x and then along y: the straight way is shorter."),
            BugCard("mean-of-coordinates", _akd(np.abs),
                    "It looks as if the mean went over coordinates: a point has one distance, not two."),
            BugCard("squared", _akd(lambda d: (d**2).sum(axis=-1)),
                    "It looks as if distances were squared: the root is missing."),
            BugCard("root-mean-square", _akd(mean=lambda d: np.sqrt((d**2).mean())),
                    "Right where all distances are equal: the root belongs to each distance, before the mean, not to "
                    "the mean of squares."),
            BugCard("missing-is-nan", _akd(known=False),
                    "Right where every point is seen: one that is not makes the mean NaN. Leave it out."),
            BugCard("missing-is-perfect", _akd(filled=0.0),
                    "Right where every point is seen: one that is not seems to count as a distance of 0. So a face "
                    "that nobody recognises would win."),
            BugCard("mean-of-frames", akd_of_frames,
                    "Right where each frame has as many points: take one mean, so that every point counts alike."),
            BugCard("median", _akd(mean=np.median),
                    "It looks as if the median were taken: the mean is meant, which one bad point pulls along."),
        ],
        picture=drawn("draw_akd"),
    ),
    Exercise(
        name="frechet_distance",
        lesson=11,
        title="how far one crowd is from another",
        place="evaluation.frechet_distance",
        cases=[
            case("a ring, and the same moved by 3 and 4", RING + [3.0, 4.0], RING),
            case("a ring, and one twice as large", 2 * RING, RING),
            case("two ellipses, one turned", ASLANT, ELLIPSE),
            case("three features, 9 and 12 rows", THREE, np.concatenate([THREE, THREE[:3]]) * [2, 1, 1] + [0, 1, 0]),
        ],
        edges=[
            case("a crowd and itself", ASLANT, ASLANT),
            case("the same in another order", ASLANT[::-1].copy(), ASLANT),
            case("a crowd whose members are all alike", np.ones((5, 2)), RING),
            case("fewer rows than features", THREE[:2], THREE[2:4] + 1),
            case("three rows of five features", FIVE[:3], FIVE[3:]),
        ],
        random=random_features,
        random_count=40,
        random_label="random crowds",
        atol=1e-4,
        rtol=1e-3,
        hints=[
            "Two crowds have the same middle. What else can differ?",
            "The squared distance of the means, plus both traces, less twice the trace of the root of C1 C2. That "
            "trace is the sum of the roots of the eigenvalues of the product.",
            "c1, c2 = np.cov(made, rowvar=False), np.cov(real, rowvar=False); "
            "roots = np.sqrt(np.clip(np.linalg.eigvals(c1 @ c2).real, 0, None)).sum(); "
            "d @ d + np.trace(c1) + np.trace(c2) - 2 * roots",
        ],
        cards=[
            BugCard("means-only", _frechet(traces=False),
                    "Right where both crowds are spread alike: the covariances are missing."),
            BugCard("spread-only", _frechet(centres=lambda d: 0.0),
                    "Right where both crowds have the same middle: the distance of the means is missing."),
            BugCard("means-not-squared", _frechet(centres=np.linalg.norm),
                    "Right where both crowds have the same middle: the distance of the means is squared."),
            BugCard("root-of-it", _frechet(finish=lambda d: np.sqrt(max(d, 0.0))),
                    "It looks as if a root were taken at the end: d² is wanted, as FID reports it."),
            BugCard("root-of-each-number", _frechet(cross=elementwise),
                    "It looks as if np.sqrt took the root of each number: the root of a matrix is another thing."),
            BugCard("once", _frechet(times=1.0),
                    "It looks as if the root were taken off once: twice is right, or a crowd is far from itself."),
            BugCard("divided-by-n", _frechet(cov=lambda x: np.cov(x, rowvar=False, ddof=0)),
                    "It looks as if covariances were divided by N: N - 1 is what np.cov divides by, and what papers "
                    "use."),
            BugCard("features-alone", _frechet(cov=lambda x: np.diag(x.var(axis=0, ddof=1))),
                    "It looks as if each feature were taken alone: how they go together is in the rest of the "
                    "covariance."),
        ],
        picture=drawn("draw_crowds"),
    ),
    Exercise(
        name="sync_error",
        lesson=11,
        title="how far lips come behind their sound",
        place="evaluation.sync_error",
        cases=[
            case("a mouth that is 3 frames behind", BEHIND, SAID),
            case("a mouth that is 2 frames ahead", AHEAD, SAID),
            case("a mouth 3 frames behind, at 50 frames a second", BEHIND, SAID, 50.0),
            case("a sound that ends in a bang", BEHIND, LOUD_END, 25.0, 6),
        ],
        edges=[
            case("a mouth that rests", np.full(24, 0.3), SAID),
            case("silence", BEHIND, np.zeros(24)),
            case("a mouth that is right", SAID / 10, SAID),
            case("a mouth that shuts where it should open", 1 - BEHIND, SAID, 25.0, 5),
            case("a mouth 3 frames behind, with a reach of 2", BEHIND, SAID, 25.0, 2),
            case("a mouth 3 frames behind, with a reach of 3", BEHIND, SAID, 25.0, 3),
        ],
        random=random_curves,
        random_count=40,
        random_label="random curves",
        atol=1e-3,
        hints=[
            "If the mouth is 3 frames behind, which frame of the mouth belongs to frame 0 of the sound?",
            "For every shift cut both curves to what they share, and correlate. The best shift, in milliseconds, is "
            "the answer. A shift at which one of them rests has no correlation: leave it out.",
            "a = mouth[max(s, 0) : T + min(s, 0)]; b = sound[max(-s, 0) : T + min(-s, 0)]; a, b = a - a.mean(), "
            "b - b.mean(); r = (a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum())",
        ],
        cards=[
            BugCard("sign-turned", _sync(sign=-1),
                    "The sign is turned round: behind is above 0, ahead below."),
            BugCard("in-frames", _sync(in_frames=True),
                    "It looks as if you gave frames: the answer is in milliseconds, and a frame lasts 1000 / fps of "
                    "them."),
            BugCard("always-25", _sync(per_frame=False),
                    "Right at 25 frames a second: `fps` is not used."),
            BugCard("no-sign", _sync(of=abs),
                    "Right where the mouth is behind: one that is ahead has a time below 0."),
            BugCard("behind-only", _sync(ahead=False),
                    "Right where the mouth is behind: it may be ahead as well, so look at shifts below 0 too."),
            BugCard("means-left-in", _sync(without_means),
                    "It looks as if the means were left in: what is above its mean has to meet what is above its own."),
            BugCard("not-divided", _sync(sum_of_products),
                    "It looks as if the sum of products decided: where fewer or quieter frames meet, it is smaller "
                    "by itself. Divide by the root of both sums of squares."),
            BugCard("opposite-is-alike", _sync(size_of_pearson),
                    "It looks as if the size of the correlation decided: a mouth that shuts where it should open has "
                    "-1, which is as bad as can be."),
            BugCard("goes-round", _sync(wraps=True),
                    "It looks as if the end came in again at the beginning, as `np.roll` does: cut both curves to what "
                    "they share."),
        ],
        picture=drawn("draw_sync"),
    ),
    Exercise(
        name="bootstrap_interval",
        lesson=11,
        title="how sure a mean is",
        place="evaluation.bootstrap_interval",
        cases=[
            case("eight numbers from 2 to 13", EIGHT, 0.95, DRAWS),
            case("ten numbers, one of them far out", SKEWED, 0.95, DRAWS),
            case("eight numbers at a level of 0.8", EIGHT, 0.8, DRAWS),
            case("the same a hundred times smaller, all below 0", -EIGHT / 100, 0.9, DRAWS),
        ],
        edges=[
            case("numbers that are all alike", np.full(6, 2.5), 0.95, 100),
            case("a single number", np.array([4.0]), 0.95, 100),
            case("whole numbers", EIGHT.astype(int), 0.95, DRAWS),
            case("a level of 0.5", SKEWED, 0.5, DRAWS),
        ],
        random=random_values,
        random_count=12,
        random_label="random sets of numbers",
        same=close_ends,
        seconds=30.0,
        hints=[
            "If you had asked eight other people, which mean would you have got?",
            "Nobody knows them, so draw from the eight that you have, with replacement, eight at a time. Every draw "
            "has a mean. Where does the middle part of these means begin and end?",
            "rng = np.random.default_rng(seed); means = rng.choice(values, (rounds, len(values))).mean(axis=1); "
            "np.quantile(means, [(1 - level) / 2, (1 + level) / 2])",
        ],
        cards=[
            BugCard("without-replacement",
                    _interval(lambda rng, values, rounds: rng.permuted(np.tile(values, (rounds, 1)), axis=1)),
                    "Both ends are the mean: who draws all of them without putting any back always has the same ones."),
            BugCard("of-the-values", _interval(lambda rng, values, rounds: values[:, None].repeat(2, axis=1)),
                    "It looks as if the middle part of the values were taken: that of their means is far narrower."),
            BugCard("no-draws", _of_formula(lambda v: v.std(ddof=1)),
                    "It looks as if mean and standard deviation were used: that says how values differ, not how sure "
                    "their mean is."),
            BugCard("normal", _of_formula(lambda v: v.std(ddof=1) / np.sqrt(len(v))),
                    "It looks like the mean ± 1.96 standard errors: near it where values are many, but always as far "
                    "down as up, and at one level only."),
            BugCard("level-on-each-side", _interval(outside=lambda level: 1 - level),
                    "It looks as if 1 - level were left out on each side: half of it belongs on each."),
            BugCard("percent", interval_of_percent,
                    "Nearly the smallest means of all: np.percentile counts to 100, np.quantile to 1."),
            BugCard("median", _interval(statistic=lambda drawn: np.median(drawn, axis=1)),
                    "It looks as if medians were taken of the draws: the mean is what the interval is for."),
            BugCard("one-fewer", _interval(lambda rng, values, rounds: rng.choice(values, (rounds, max(len(values) // 2,
                                                                                                       1)))),
                    "It looks as if draws were smaller than the data, and so less sure: draw as many as there are."),
            BugCard("extremes", _interval(outside=lambda level: 0.0),
                    "It looks as if the smallest and the largest mean were taken: more rounds would make that wider "
                    "without end. Take the middle part."),
        ],
        picture=drawn("draw_interval"),
    ),
]
