"""Lesson 10: curves without jitter, sharper pictures, colours as elsewhere, frames between frames, flicker."""

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


# ---------------------------------------------------------------- one_euro


def _euro(start=lambda first: first, of_speed=np.abs, speed_from="smoothed", per_second=True, smooth_speed=True,
          of_alpha=lambda a: a, turn=2 * np.pi):
    """A one-euro filter with one thing wrong."""

    def alpha(cutoff, fps):
        return of_alpha(1 / (1 + fps / (turn * np.maximum(cutoff, 1e-6))))

    def wrong(signal, fps, cutoff, beta, derivative_cutoff=1.0):
        smoothed = np.array(signal, dtype=np.float64)
        smoothed[0] = start(smoothed[0])
        speed = np.zeros_like(smoothed[0])
        for t in range(1, len(smoothed)):
            before = smoothed[t - 1] if speed_from == "smoothed" else signal[t - 1]
            change = (signal[t] - before) * (fps if per_second else 1)
            a = alpha(derivative_cutoff, fps)
            speed = a * change + (1 - a) * speed if smooth_speed else change
            a = alpha(np.maximum(cutoff + beta * of_speed(speed), 1e-6), fps)
            smoothed[t] = a * signal[t] + (1 - a) * smoothed[t - 1]
        return smoothed

    return wrong


def random_signal(rng):
    rows, columns = int(rng.integers(2, 30)), int(rng.integers(1, 4))
    cutoff = float(rng.uniform(0.3, 8)) if rng.random() < 0.7 else rng.uniform(0.3, 8, columns)
    return (np.cumsum(rng.normal(0, 1, (rows, columns)), axis=0), float(rng.uniform(10, 60)), cutoff,
            float(rng.uniform(0, 3)), float(rng.uniform(0.3, 4)))


# ---------------------------------------------------------------- unsharp_mask


def _blurred(image, sigma):
    import cv2

    return cv2.GaussianBlur(np.ascontiguousarray(image, np.float32), (0, 0), sigma)


def _sharp(of_detail=lambda d: d, of_image=lambda i, b: i, of_amount=lambda a: a, sigma_is=None, finish=whole):
    """An unsharp mask with one thing wrong."""

    def wrong(image, amount, sigma=1.0):
        blurred = _blurred(image, sigma if sigma_is is None else sigma_is)
        detail = of_detail(image.astype(np.float32) - blurred)
        return finish(of_image(image, blurred) + of_amount(amount) * detail)

    return wrong


def sharp_wraps(image, amount, sigma=1.0):
    return (np.round(image + amount * (image - _blurred(image, sigma))).astype(np.int64) % 256).astype(np.uint8)


def sharp_adds_the_blur(image, amount, sigma=1.0):
    return whole(image + amount * _blurred(image, sigma))


def random_picture(rng):
    """Any picture: soft, so that a rounding more or less does not show, with hard edges."""
    height, width = rng.integers(6, 14, 2)
    image = np.repeat(np.repeat(rng.integers(0, 256, (4, 4, 3)), 4, axis=0), 4, axis=1)[:height, :width]
    return image.astype(np.uint8), float(rng.uniform(0.2, 1.5)), float(rng.uniform(0.6, 2.5))


# ---------------------------------------------------------------- color_transfer


def _transfer(stretch=lambda wanted, own: wanted / own, most=2.0, space="lab", masks=(True, True), inside=False,
              channels=3, back=True):
    """A colour transfer with one thing wrong."""

    def wrong(image, reference, mask, reference_mask):
        from course.polish import colour

        if not mask.any() or not reference_mask.any():
            return image.copy()
        to, off = (colour.to_lab, colour.to_rgb) if space == "lab" else (np.float64, whole)
        moved, wanted = np.float64(to(image)), np.float64(to(reference))
        own = moved[mask] if masks[0] else moved.reshape(-1, 3)
        wanted = wanted[reference_mask] if masks[1] else wanted.reshape(-1, 3)
        times = np.minimum(stretch(wanted.std(axis=0), np.maximum(own.std(axis=0), 1e-6)), most)
        made = (moved - own.mean(axis=0)) * times + (wanted.mean(axis=0) if back else own.mean(axis=0))
        made[..., channels:] = moved[..., channels:]
        result = off(made)
        return np.where(mask[..., None], result, image) if inside else result

    return wrong


def random_colours(rng):
    pictures, masks = [], []
    for _ in range(2):
        height, width = rng.integers(3, 8, 2)
        middle, spread = rng.uniform(70, 190, 3), rng.uniform(4, 25)
        pictures.append(whole(rng.normal(middle, spread, (height, width, 3))))
        mask = rng.random((height, width)) < 0.6
        mask.flat[:3] = True
        masks.append(mask)
    return (*pictures, *masks)


# ---------------------------------------------------------------- interpolate_frames


def _between(of_t=lambda t: t, sign=1, unseen="both", flows="both", timed=True, power=2):
    """Frames between with one thing wrong."""

    def wrong(before, after, forwards, backwards, t):
        from course.polish import between

        t = of_t(t)
        to_before = t * (t * backwards - (1 - t) * forwards)
        to_after = (1 - t) * ((1 - t) * forwards - t * backwards)
        if flows == "one":
            to_before, to_after = t * backwards, (1 - t) * forwards
        to_before, to_after = sign * to_before, sign * to_after
        only_before = between.flow_warp(between.mismatch(forwards, backwards), to_before)
        only_after = between.flow_warp(between.mismatch(backwards, forwards), to_after)
        if unseen == "swapped":
            only_before, only_after = only_after, only_before
        if unseen == "none":
            only_before, only_after = 0 * only_before, 0 * only_after
        first, second = ((1 - t), t) if timed else (0.5, 0.5)
        first, second = first / (1 + only_after**power), second / (1 + only_before**power)
        share = (second / np.maximum(first + second, 1e-9))[..., None]
        return whole((1 - share) * between.flow_warp(before, to_before) + share * between.flow_warp(after, to_after))

    return wrong


def random_frames(rng):
    """Two soft pictures, and flows that nearly fit each other."""
    import cv2

    height, width = (int(v) for v in rng.integers(9, 15, 2))
    pictures = [cv2.resize(rng.integers(0, 256, (5, 5, 3)).astype(np.float32), (width, height)) for _ in range(2)]
    forwards = cv2.resize(rng.normal(0, 1.5, (3, 3, 2)).astype(np.float32), (width, height))
    backwards = -forwards + cv2.resize(rng.normal(0, 0.6, (4, 4, 2)).astype(np.float32), (width, height))
    return (*(whole(picture) for picture in pictures), forwards, backwards, float(rng.choice([0.25, 0.4, 0.5, 0.8])))


# ---------------------------------------------------------------- flicker


def _flicker(of=np.abs, warp=True, sign=1, looked=True, of_pairs=False, other_way=False, counted=3):
    """A flicker with one thing wrong."""

    def wrong(frames, flows, seen):
        from course.polish import between

        means, total, count = [0.0] if len(frames) < 2 else [], 0.0, 0
        for t in range(len(frames) - 1):
            here, there = (t + 1, t) if other_way else (t, t + 1)
            back = between.flow_warp(frames[there], sign * flows[t]) if warp else np.float32(frames[there])
            change = of(back - frames[here])
            chosen = change[seen[t]] if looked else change.reshape(-1, 3)
            total, count = total + float(chosen.sum()), count + counted * len(chosen)
            means.append(float(chosen.mean()) if len(chosen) else 0.0)
        return float(np.mean(means)) if of_pairs else total / count if count else 0.0

    return wrong


def flicker_in_bytes(frames, flows, seen):
    from course.polish import between

    total, count = 0.0, 0
    for t in range(len(frames) - 1):
        change = whole(between.flow_warp(frames[t + 1], flows[t])) - frames[t]  # uint8 wraps around
        total, count = total + float(change[seen[t]].sum()), count + 3 * int(seen[t].sum())
    return total / count if count else 0.0


def random_film(rng):
    import cv2

    count, height, width = int(rng.integers(2, 5)), 8, 9
    still = cv2.resize(rng.integers(30, 220, (4, 4, 3)).astype(np.float32), (width, height))
    frames = np.stack([whole(np.roll(still, t, axis=1) * rng.uniform(0.8, 1.15)) for t in range(count)])
    flows = np.zeros((count - 1, height, width, 2), np.float32) + np.float32([1, 0.3 * rng.normal()])
    return frames, flows, rng.random((count - 1, height, width)) < 0.7


# ---------------------------------------------------------------- the lesson's five

STEP = np.array([[0.0], [0], [1], [1], [1], [1], [1], [1]])
SHAKES = np.array([[0.0], [1], [-1], [1], [-1], [1], [-1], [1]])
TWO = np.stack([np.arange(10) * 2.0, np.sin(np.arange(10))], axis=1)

EDGE = np.repeat(np.uint8([60, 60, 60, 60, 60, 160, 160, 160, 160, 160])[None, :, None], 6, axis=0).repeat(3, axis=2)
LINE = np.repeat(np.uint8([20, 20, 20, 240, 20, 20, 20])[None, :, None], 5, axis=0).repeat(3, axis=2)
SPOTS = whole(120 + 90 * np.sin(np.arange(8 * 9 * 3) ** 1.3 / 9)).reshape(8, 9, 3)

SKIN = whole(np.array([190, 140, 120]) + 9 * np.sin(np.arange(48)).reshape(4, 4, 3))
PALE = whole(np.array([150, 150, 170]) + 5 * np.cos(1.7 * np.arange(60)).reshape(4, 5, 3))
HALF, OTHER = np.zeros((4, 4), bool), np.ones((4, 5), bool)
HALF[:, :2] = True
OTHER[0] = False

BAR = np.zeros((12, 20, 3), np.uint8) + np.uint8([40, 50, 60])
BAR[:, 4:8] = [220, 180, 120]
RIGHT = np.zeros((12, 20, 2), np.float32) + np.float32([4, 0])
RAMP = whole(np.arange(12 * 20 * 3).reshape(12, 20, 3) ** 0.9 / 2.2)
BLACK_WHITE = np.where(np.arange(20) % 8 < 4, np.uint8(0), np.uint8(255))[None, :, None].repeat(12, 0).repeat(3, 2)
BESIDE = -RIGHT.copy()
BESIDE[:, 10:] = [1, 1]  # the right half of the second frame is not seen in the first

LAMP = np.stack([np.full((4, 5, 3), level, np.uint8) for level in (100, 110, 100)])
GOES = np.stack([np.roll(RAMP[:6, :8], t, axis=1) for t in range(3)])
ONE_RIGHT = np.zeros((2, 6, 8, 2), np.float32) + np.float32([1, 0])
INSIDE = np.ones((2, 6, 8), bool)
INSIDE[:, :, -1] = False

EXERCISES = [
    Exercise(
        name="one_euro",
        lesson=10,
        title="curves that neither shake nor lag",
        place="polish.one_euro",
        cases=[
            case("a step from 0 to 1 at 25 frames a second", STEP, 25.0, 1.0, 0.5),
            case("the same step with beta 0", STEP, 25.0, 1.0, 0.0),
            case("a value that shakes from -1 to 1", SHAKES, 25.0, 1.0, 0.2),
            case("two columns, each with its own cutoff", TWO, 25.0, np.array([1.0, 3.0]), 0.3, 2.0),
        ],
        edges=[
            case("a single frame", np.array([[3.0, -2.0]]), 25.0, 1.0, 0.1),
            case("50 frames a second", TWO, 50.0, 1.0, 0.3),
            case("a value that falls", -TWO, 25.0, 1.5, 0.4),
            case("whole numbers", np.array([[0], [4], [4], [-3]]), 25.0, 2.0, 0.1),
        ],
        random=random_signal,
        random_count=40,
        random_label="random curves",
        rtol=1e-3,
        hints=[
            "What should the filter do with a head at rest, and what with a head that turns?",
            "Keep two numbers a column: the smoothed value and the smoothed speed. Each new frame first makes the "
            "speed new, then the cutoff out of it, then the value.",
            "a = alpha(derivative_cutoff); speed = a * (signal[t] - smoothed[t-1]) * fps + (1 - a) * speed; "
            "a = alpha(cutoff + beta * np.abs(speed)); smoothed[t] = a * signal[t] + (1 - a) * smoothed[t-1]",
        ],
        cards=[
            BugCard("no-beta", _euro(of_speed=lambda s: 0 * s),
                    "Right where beta is 0: the cutoff does not grow with the speed."),
            BugCard("signed-speed", _euro(of_speed=lambda s: s),
                    "Right where values rise: a falling value has a speed below 0, which lowers the cutoff. Take its "
                    "size."),
            BugCard("frames-for-seconds", _euro(per_second=False),
                    "It looks as if the speed were counted a frame: times fps, it is a second's."),
            BugCard("no-two-pi", _euro(turn=1.0),
                    "It looks as if the 2 pi were missing: a cutoff is in hertz, turns a second."),
            BugCard("alpha-turned-round", _euro(of_alpha=lambda a: 1 - a),
                    "It looks as if the two shares changed places: alpha belongs to what is new."),
            BugCard("from-nothing", _euro(start=lambda first: 0 * first),
                    "It looks as if the filter begins at 0: the first frame is its own smoothed value."),
            BugCard("raw-speed", _euro(smooth_speed=False),
                    "It looks as if the speed itself were not smoothed: then every tremor counts as haste."),
            BugCard("speed-of-the-noise", _euro(speed_from="raw"),
                    "It looks as if the speed were that from the last raw value: take it from the last smoothed one."),
        ],
        picture=drawn("draw_curves"),
    ),
    Exercise(
        name="unsharp_mask",
        lesson=10,
        title="a picture with more of its own detail",
        place="polish.unsharp_mask",
        cases=[
            case("an upright edge, amount 1", EDGE, 1.0, 1.0),
            case("an upright edge, amount 0.5", EDGE, 0.5, 1.0),
            case("a bright line on dark, amount 1.2 with a wide blur", LINE, 1.2, 2.0),
            case("a picture with spots", SPOTS, 0.8, 1.5),
        ],
        edges=[
            case("amount 0", SPOTS, 0.0, 1.0),
            case("a plain picture", np.full((5, 6, 3), 77, np.uint8), 2.0, 1.0),
            case("an edge from black to white", whole((EDGE.astype(float) - 60) * 2.55), 1.0, 1.0),
        ],
        random=random_picture,
        random_count=40,
        random_label="random pictures",
        atol=2.6,
        rtol=0.0,
        hints=[
            "What is in a picture that is not in its blurred copy?",
            "The difference of the two is the detail. Add some more of it, in floats, and clip to 0 to 255 before it "
            "becomes uint8 again.",
            "blurred = cv2.GaussianBlur(image.astype(np.float32), (0, 0), sigma); "
            "np.clip(np.round(image + amount * (image - blurred)), 0, 255).astype(np.uint8)",
        ],
        cards=[
            BugCard("softer", _sharp(of_detail=lambda d: -d),
                    "It looks as if the detail were taken away: image minus blurred is what is added."),
            BugCard("adds-the-blur", sharp_adds_the_blur,
                    "It looks as if the blurred picture itself were added: add what it lacks."),
            BugCard("detail-alone", _sharp(of_image=lambda i, b: 0.0),
                    "It looks as if only the detail is left: it comes on top of the image."),
            BugCard("on-the-blur", _sharp(of_image=lambda i, b: b),
                    "It looks as if the detail were added to the blurred picture: with amount 1 that is only the "
                    "image again."),
            BugCard("brightens-only", _sharp(of_detail=lambda d: np.maximum(d, 0)),
                    "Right on the bright side of an edge: the dark side must become darker. Was the difference taken "
                    "in uint8?"),
            BugCard("wraps-around", sharp_wraps,
                    "Right in the middle of the greys: beyond 255 uint8 begins again at 0. Clip first."),
            BugCard("always-one", _sharp(of_amount=lambda a: 1.0), "Right for amount 1: the amount is not used."),
            BugCard("sigma-one", _sharp(sigma_is=1.0), "Right for sigma 1: the sigma is not used."),
        ],
        picture=drawn("draw_sharpening"),
    ),
    Exercise(
        name="color_transfer",
        lesson=10,
        title="a picture in the colours of another",
        place="polish.color_transfer",
        cases=[
            case("a warm patch in the colours of a pale one", SKIN, PALE, np.ones((4, 4), bool), np.ones((4, 5), bool)),
            case("the pale one in warm colours, which it is stretched for", PALE, SKIN, OTHER, np.ones((4, 4), bool)),
            case("statistics of the left half alone", whole(SKIN * np.linspace(0.7, 1.2, 4)[:, None]), PALE, HALF,
                 OTHER),
            case("a reference of which some rows count", SKIN, whole(PALE * np.linspace(0.6, 1.2, 4)[:, None, None]),
                 np.ones((4, 4), bool), OTHER),
        ],
        edges=[
            case("an empty mask", SKIN, PALE, np.zeros((4, 4), bool), OTHER),
            case("a reference with an empty mask", SKIN, PALE, HALF, np.zeros((4, 5), bool)),
            case("a picture and itself", SKIN, SKIN, np.ones((4, 4), bool), np.ones((4, 4), bool)),
            case("a plain picture", np.full((3, 3, 3), [150, 120, 100], np.uint8), PALE, np.ones((3, 3), bool), OTHER),
            case("a reference with far more contrast", whole(150 + (PALE.astype(float) - 150) * 0.4),
                 whole(130 + (PALE.astype(float) - 150) * 5), np.ones((4, 5), bool), np.ones((4, 5), bool)),
        ],
        random=random_colours,
        random_count=40,
        random_label="random pairs of pictures",
        atol=1.5,
        rtol=0.0,
        hints=[
            "Which two numbers say where the values of a channel lie, and how far they reach?",
            "In Lab, channel by channel: take off the own mean, stretch by the quotient of the spreads, put on the "
            "reference's mean. Statistics come from under the masks, the change goes to every pixel.",
            "lab, wanted = polish.to_lab(image), polish.to_lab(reference)[reference_mask]; own = lab[mask]; "
            "stretch = np.minimum(wanted.std(axis=0) / np.maximum(own.std(axis=0), 1e-6), 2)",
        ],
        cards=[
            BugCard("in-rgb", _transfer(space="rgb"),
                    "It looks as if the statistics were those of red, green and blue: they belong to L, a and b."),
            BugCard("means-only", _transfer(lambda wanted, own: np.ones(3)),
                    "Right where the spreads agree: only the means are moved, and nothing is stretched."),
            BugCard("quotient-turned-round", _transfer(lambda wanted, own: own / np.maximum(wanted, 1e-6)),
                    "It looks as if the quotient were turned round: the reference's spread stands above."),
            BugCard("variances", _transfer(lambda wanted, own: (wanted / own) ** 2),
                    "It looks as if variances were divided: their roots, the deviations, are meant."),
            BugCard("no-limit", _transfer(most=np.inf),
                    "Right up to a stretch of 2: more than that only shows noise, so it ends there."),
            BugCard("whole-picture", _transfer(masks=(False, True)),
                    "Right where the mask is everywhere: statistics of the image come from under its mask."),
            BugCard("whole-reference", _transfer(masks=(True, False)),
                    "Right where the reference's mask is everywhere: its statistics come from under its mask."),
            BugCard("inside-only", _transfer(inside=True),
                    "Right under the mask: the mask says where to measure, and the whole image is changed."),
            BugCard("lightness-only", _transfer(channels=1),
                    "It looks as if only L were moved: a and b, the colours, go along."),
            BugCard("own-mean-again", _transfer(back=False),
                    "It looks as if the own mean were put on again: that of the reference is wanted."),
        ],
        picture=drawn("draw_transfer"),
    ),
    Exercise(
        name="interpolate_frames",
        lesson=10,
        title="the frame between two frames",
        place="polish.interpolate_frames",
        cases=[
            case("a bar that goes 4 pixels to the right, halfway", BAR, np.roll(BAR, 4, axis=1), RIGHT, -RIGHT, 0.5),
            case("the same bar at a quarter of the way", BAR, np.roll(BAR, 4, axis=1), RIGHT, -RIGHT, 0.25),
            case("two different pictures at rest, at 0.25", RAMP, RAMP[::-1].copy(), 0 * RIGHT, 0 * RIGHT, 0.25),
            case("a half that only the second frame shows", RAMP, RAMP[:, ::-1].copy(), RIGHT, BESIDE, 0.5),
        ],
        edges=[
            case("t = 0", RAMP, RAMP[::-1].copy(), RIGHT, BESIDE, 0.0),
            case("t = 1", RAMP, RAMP[::-1].copy(), RIGHT, BESIDE, 1.0),
            case("a half that only the second frame shows, at 0.8", RAMP, RAMP[:, ::-1].copy(), 0.5 * RIGHT,
                 BESIDE, 0.8),
            case("black beside white, half a pixel on", BLACK_WHITE, np.roll(BLACK_WHITE, 1, axis=1), RIGHT / 4,
                 -RIGHT / 4, 0.5),
            case("a half that only the first frame shows", RAMP[:, ::-1].copy(), RAMP, BESIDE, RIGHT, 0.5),
        ],
        random=random_frames,
        random_count=30,
        random_label="random pairs of frames",
        atol=1.5,
        rtol=0.0,
        hints=[
            "Where was a pixel of the moment t in the first frame, and where will it be in the second?",
            "Four steps: both flows from the moment, both frames warped by them, how little each can be trusted, and "
            "the weighted mean.",
            "first = (1 - t) / (1 + only_after**2); second = t / (1 + only_before**2); "
            "share = (second / (first + second))[..., None]",
        ],
        cards=[
            BugCard("mixed", _between(sign=0),
                    "Right where nothing moves: the frames are mixed where they stand. Warp both first."),
            BugCard("other-moment", _between(of_t=lambda t: 1 - t),
                    "Right halfway: t and 1 - t changed places."),
            BugCard("other-way", _between(sign=-1),
                    "Right where nothing moves: both warps go the other way. A flow says where to look, not where to "
                    "go."),
            BugCard("everything-seen", _between(unseen="none"),
                    "Right where both frames show everything: what only one of them shows is mixed with what is not "
                    "there."),
            BugCard("trust-swapped", _between(unseen="swapped"),
                    "Right where both frames show everything: the trust changed places. What only `after` shows "
                    "speaks against `before`."),
            BugCard("half-and-half", _between(timed=False),
                    "Right halfway: the nearer frame counts more, 1 - t and t."),
            BugCard("one-flow-each", _between(flows="one"),
                    "Right where the two flows are each other's opposite: each of yours is made of one flow only."),
            BugCard("mismatch-not-squared", _between(power=1),
                    "Right where both frames show everything: the mismatch is squared."),
        ],
        picture=drawn("draw_between"),
    ),
    Exercise(
        name="flicker",
        lesson=10,
        title="what changes without moving",
        place="polish.flicker",
        cases=[
            case("a grey wall, 100, 110 and 100", LAMP, np.zeros((2, 4, 5, 2), np.float32), np.ones((2, 4, 5), bool)),
            case("a picture that only moves", GOES, ONE_RIGHT, INSIDE),
            case("a picture that moves and darkens", whole(GOES * np.array([1, 0.9, 0.95])[:, None, None, None]),
                 ONE_RIGHT, INSIDE),
            case("one pair that is hardly seen", LAMP.repeat(1, axis=0) + np.uint8([[[[0]]], [[[0]]], [[[30]]]]),
                 np.zeros((2, 4, 5, 2), np.float32), np.stack([np.ones((4, 5), bool), np.eye(4, 5, dtype=bool)])),
        ],
        edges=[
            case("a single frame", LAMP[:1], np.zeros((0, 4, 5, 2), np.float32), np.zeros((0, 4, 5), bool)),
            case("nothing seen", LAMP, np.zeros((2, 4, 5, 2), np.float32), np.zeros((2, 4, 5), bool)),
            case("from white to black", np.stack([np.full((3, 3, 3), v, np.uint8) for v in (255, 0)]),
                 np.zeros((1, 3, 3, 2), np.float32), np.ones((1, 3, 3), bool)),
        ],
        random=random_film,
        random_count=40,
        random_label="random films",
        rtol=1e-3,
        atol=1e-3,
        hints=[
            "A pixel becomes darker from one frame to the next. When is that no flicker?",
            "Read the next frame where the flow says that this frame's pixels are, and compare. Add up over all pairs "
            "what is seen; divide once, at the end.",
            "change = np.abs(polish.flow_warp(frames[t + 1], flows[t]) - frames[t]); total += change[seen[t]].sum(); "
            "count += 3 * seen[t].sum()",
        ],
        cards=[
            BugCard("where-it-stands", _flicker(warp=False),
                    "Right where nothing moves: the next frame is read where this pixel was, not where it is."),
            BugCard("other-way", _flicker(sign=-1),
                    "Right where nothing moves: the flow leads from this frame to the next; yours goes back."),
            BugCard("everything-seen", _flicker(looked=False),
                    "Right where all is seen: pixels that the next frame does not show have nothing to compare with."),
            BugCard("signs-cancel", _flicker(of=lambda x: x),
                    "Brighter and darker cancel out here: take the size of each change."),
            BugCard("squared", _flicker(of=np.square), "It looks as if changes were squared: their sizes are meant."),
            BugCard("mean-of-means", _flicker(of_pairs=True),
                    "Right where every pair shows as much: divide once, at the end, so that each pixel counts alike."),
            BugCard("wrong-frame-warped", _flicker(other_way=True),
                    "It looks as if this frame were warped onto the next: the flow's grid is this frame's, so the next "
                    "one is warped."),
            BugCard("in-bytes", flicker_in_bytes,
                    "Right where frames become brighter: a difference of uint8 wraps around below 0. Take floats."),
            BugCard("colours-uncounted", _flicker(counted=1),
                    "Three times too much: each pixel has three colours, which are counted too."),
        ],
        picture=drawn("draw_flicker"),
    ),
]
