"""Lesson 13: a mark put in and read, a statement signed, fakes told by a limit, mistakes counted group by group."""

import json

import numpy as np

from course.exercises.exercise import BugCard, Exercise, case

from . import limits, signatures


def drawn(name: str):
    """A function of `pictures`, which is imported when the first picture is drawn."""

    def draw(view):
        from . import pictures

        return getattr(pictures, name)(view)

    return draw


# ---------------------------------------------------------------- embed_watermark


def _embed(turned, add=lambda frame, change: np.clip(frame.astype(int) + change, 0, 255).astype(np.uint8)):
    """A mark put in with one thing wrong. turned: (number, fps) -> whether the change is taken away."""

    def wrong(frame, change, number, fps):
        return add(frame, -change if turned(number, fps) else change)

    return wrong


def halves(number, fps):
    """Whether a frame is in the second half of its second."""
    return number / fps % 1 >= 0.5


def _wraps(frame, change):
    return (frame.astype(int) + change).astype(np.uint8)


def random_frame(rng):
    height, width = rng.integers(2, 6, 2)
    frame = rng.choice([0, 1, 2, 120, 254, 255], (height, width, 3)).astype(np.uint8)
    change = rng.integers(-6, 7, (height, width, 3)).astype(np.int16)
    return frame, change, int(rng.integers(0, 200)), float(rng.choice([10.0, 12.5, 24.0, 25.0, 30.0, 50.0]))


# ---------------------------------------------------------------- read_watermark


def _gather(of_values=lambda values: values, unsigned=False, finish=lambda soft, seen: soft):
    """What spots say, gathered with one thing wrong. finish: (sums, how many spots each has) -> answer."""

    def wrong(values, whose, signs, count):
        coded = whose >= 0
        told = of_values(np.asarray(values, float)) * (1 if unsigned else signs)
        soft = np.bincount(whose[coded], told[coded], minlength=count)
        return finish(soft, np.bincount(whose[coded], minlength=count))

    return wrong


def last_one_wins(values, whose, signs, count):
    soft = np.zeros(count)
    coded = whose >= 0
    soft[whose[coded]] += (values * signs)[coded]
    return soft


def below_nothing(values, whose, signs, count):
    soft = np.zeros(count)
    np.add.at(soft, whose, values * signs)  # -1 is the last
    return soft


def only_seen(values, whose, signs, count):
    coded = whose >= 0
    return np.bincount(whose[coded], (values * signs)[coded])


def random_spots(rng):
    count, spots = int(rng.integers(3, 8)), int(rng.integers(5, 60))
    return rng.normal(0, 1, spots), rng.integers(-2, count, spots), rng.choice([-1.0, 1.0], spots), count


# ---------------------------------------------------------------- sign_manifest


def _as_text(claim, **options) -> bytes:
    return json.dumps(claim, **({"sort_keys": True, "separators": (",", ":")} | options)).encode()


def _signed(text=lambda claim, statement, film: _as_text(claim), of_film=None):
    """A manifest signed with one thing wrong. text: what is signed; of_film: film -> what stands under "sha256"."""

    def wrong(statement, film, key):
        import hashlib

        digest = of_film(film) if of_film else hashlib.sha256(film).hexdigest()
        claim = {**statement, "sha256": digest}
        return {"claim": claim, "signature": signatures.sign(text(claim, statement, film), key).hex()}

    return wrong


def _digest(film) -> str:
    import hashlib

    return hashlib.sha256(film).hexdigest()


def _hash_alone(claim, statement, film):
    return claim["sha256"].encode()


def _other_hash(film):
    import hashlib

    return hashlib.md5(film).hexdigest()


def random_statement(rng):
    names = [str(name) for name in rng.permutation(["made_with", "consent", "photo", "voice", "at"])]
    chosen = names[: int(rng.integers(1, 5))]
    return ({name: f"{name} {int(rng.integers(100))}" for name in chosen}, rng.bytes(int(rng.integers(0, 60))),
            rng.bytes(32))


# ---------------------------------------------------------------- detect_fake


def _above(limit_of, compare=np.greater):
    """Fakes told by a limit that is found with one thing wrong: limit_of(of_photos, share)."""

    def wrong(scores, of_photos, share):
        return compare(np.asarray(scores), limit_of(np.asarray(of_photos), share))

    return wrong


def right_limit(of_photos, share):
    """The lowest score of a photo above which at most a share of the photos lie."""
    return next(limit for limit in sorted(of_photos) if np.mean(of_photos > limit) <= share)


def _other_tail(of_photos, share):
    return next(limit for limit in sorted(of_photos) if np.mean(of_photos > limit) <= 1 - share)


def random_scores(rng):
    photos = np.round(rng.beta(2, 5, int(rng.integers(5, 40))), 2)
    count = len(photos)
    share = (int(rng.integers(0, count - 1)) + 0.5) / count  # not on a step: nobody is wrong for a rounding
    mixed = np.concatenate([np.round(rng.beta(4, 3, 8), 2), rng.choice(photos, 5)])
    return mixed, photos, float(share)


# ---------------------------------------------------------------- error_by_group


def _rates(z_is=None, of=lambda rate, count, everyone: rate, interval=None, count_is=lambda count: count):
    """Rates with intervals, one thing wrong. interval: (rate, count, z) -> (low, high)."""

    def wrong(wrong, groups, z=1.96):
        wrong, groups = np.asarray(wrong, float), np.asarray(groups)
        z, found = z if z_is is None else z_is, {}
        for group in sorted(set(groups.tolist())):
            own = wrong[groups == group]
            rate = of(float(own.mean()), len(own), wrong)
            low, high = (interval or wilson)(rate, count_is(len(own)), z)
            found[group] = (rate, float(low), float(high))
        return found

    return wrong


def wilson(rate, count, z):
    """Wilson's score interval of a rate among so many: (low, high)."""
    middle = (rate + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * np.sqrt(rate * (1 - rate) / count + z * z / (4 * count**2))
    return middle - half, middle + half


def _wald(rate, count, z):
    half = z * np.sqrt(rate * (1 - rate) / count)
    return rate - half, rate + half


def _clipped_wald(rate, count, z):
    return tuple(np.clip(_wald(rate, count, z), 0, 1))


def _not_shrunk(rate, count, z):
    low, high = wilson(rate, count, z)
    return low * (1 + z * z / count), high * (1 + z * z / count)


def _about_the_rate(rate, count, z):
    low, high = wilson(rate, count, z)
    return rate - (high - low) / 2, rate + (high - low) / 2


def _no_root(rate, count, z):
    middle = (rate + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * (rate * (1 - rate) / count + z * z / (4 * count**2))
    return middle - half, middle + half


def random_groups(rng):
    count = int(rng.integers(4, 60))
    names = [str(name) for name in rng.choice(["glasses", "none", "a hat"], count)]
    return rng.random(count) < rng.uniform(0.05, 0.6), names, float(rng.choice([1.0, 1.645, 1.96, 2.576]))


# ---------------------------------------------------------------- the lesson's five

GREY = np.full((2, 3, 3), 120, np.uint8)
BLUER = np.zeros((2, 3, 3), np.int16)
BLUER[:, ::2, 2], BLUER[:, 1, 2] = 4, -4
BRIGHT, BLACK = np.full((2, 3, 3), 254, np.uint8), np.full((2, 3, 3), 1, np.uint8)

SPOTS = np.array([0.9, -0.4, 0.8, -1.1])
TWO_EACH = np.array([0, 1, 0, 1])
EVEN = np.ones(4)

KEY = bytes(range(32))
SAID = {"made_with": "Living Portraits"}
TWO_SAID = {"photo": "Hopper", "consent": "public domain"}

PHOTOS = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.9])
ASKED = np.array([0.15, 0.45, 0.65, 0.8, 0.95])

NINE = ["glasses"] * 4 + ["none"] * 5
NINE_WRONG = np.array([True, True, False, False, False, False, False, False, True])

EXERCISES = [
    Exercise(
        name="embed_watermark",
        lesson=13,
        title="a mark that turns over every half second",
        place="provenance.embed_watermark",
        cases=[
            case("frame 0 of a grey film", GREY, BLUER, 0, 25.0),
            case("frame 13 of it: 0.52 s", GREY, BLUER, 13, 25.0),
            case("frame 12: 0.48 s", GREY, BLUER, 12, 25.0),
            case("frame 30: 1.2 s", GREY, BLUER, 30, 25.0),
            case("frame 45: 1.8 s", GREY, BLUER, 45, 25.0),
            case("a bright frame, where 255 is the end", BRIGHT, BLUER, 2, 25.0),
            case("a dark frame, where 0 is the end", BLACK, BLUER, 2, 25.0),
        ],
        edges=[
            case("a change of nothing", GREY, 0 * BLUER, 7, 25.0),
            case("frame 15 at 30 frames a second, just half a second", GREY, BLUER, 15, 30.0),
            case("frame 25 at 50 frames a second", GREY, BLUER, 25, 50.0),
            case("frame 24 at 24 frames a second, just a second", GREY, BLUER, 24, 24.0),
            case("a frame with transparency", np.dstack([GREY, GREY[..., :1]]), np.dstack([BLUER, 0 * BLUER[..., :1]]),
                 14, 25.0),
        ],
        random=random_frame,
        random_count=60,
        random_label="random frames",
        exact_dtype=True,
        hints=[
            "At which second is frame `number`, and in which half of it?",
            "Add the change in the first half, subtract it in the second. A uint8 knows nothing above 255 and below 0: "
            "calculate in a larger type, clip, and go back.",
            "way = 1 if number / fps % 1 < 0.5 else -1; np.clip(frame.astype(int) + way * change, 0, 255)",
        ],
        cards=[
            BugCard("never-turned", _embed(lambda number, fps: False),
                    "Right in the first half of each second: in the second half the change is taken away."),
            BugCard("minus-first", _embed(lambda number, fps: not halves(number, fps)),
                    "It looks as if both halves changed places: a second begins with the change added."),
            BugCard("wraps-around", _embed(halves, _wraps),
                    "Right in the middle of the greys: beyond 255 uint8 begins again at 0. Clip first."),
            BugCard("once-only", _embed(lambda number, fps: number / fps >= 0.5),
                    "Right in the first second: it turns over again and again, so only the part of a second counts."),
            BugCard("a-second-each", _embed(lambda number, fps: number / fps % 2 >= 1),
                    "It looks as if it turned over every second: every half second is wanted."),
            BugCard("every-frame", _embed(lambda number, fps: number % 2 == 1),
                    "It looks as if it turned over with every frame: a codec would average that away."),
            BugCard("frames-rounded", _embed(lambda number, fps: number // int(fps / 2) % 2 == 1),
                    "Right where half a second is a whole number of frames: at 25 a second it is 12.5, so count in "
                    "seconds."),
            BugCard("always-25", _embed(lambda number, fps: halves(number, 25)),
                    "Right for 25 frames a second: fps is not used."),
        ],
        picture=drawn("draw_embedding"),
    ),
    Exercise(
        name="read_watermark",
        lesson=13,
        title="many faint spots, gathered into a codeword",
        place="provenance.read_signs",
        cases=[
            case("four spots for two signs of the codeword", SPOTS, TWO_EACH, EVEN, 2),
            case("the same four, two of them turned over", SPOTS, TWO_EACH, np.array([1.0, -1, -1, 1]), 2),
            case("two spots that carry something else", np.array([0.9, -0.4, 3.0, 5.0]), np.array([0, 1, -1, -2]), EVEN,
                 2),
            case("a codeword of four, of which two were seen", SPOTS, TWO_EACH, EVEN, 4),
            case("three spots against a loud one", np.array([0.2, 0.3, 0.2, -2.0]), np.zeros(4, int), EVEN, 1),
        ],
        edges=[
            case("no spot at all", np.zeros(0), np.zeros(0, int), np.zeros(0), 3),
            case("a single spot", np.array([-0.7]), np.array([1]), np.array([-1.0]), 2),
            case("spots that carry nothing", SPOTS, np.array([-1, -2, -1, -2]), EVEN, 2),
        ],
        random=random_spots,
        random_count=60,
        random_label="random sets of spots",
        hints=[
            "A spot was multiplied by 1 or -1 before it went in. What undoes that?",
            "One number for each sign of the codeword: the sum over all spots that carry it, each multiplied by its "
            "own sign. Spots with a number below 0 carry something else.",
            "soft = np.zeros(count); coded = whose >= 0; np.add.at(soft, whose[coded], (values * signs)[coded])",
        ],
        cards=[
            BugCard("last-one-wins", last_one_wins,
                    "Right where each sign was seen once: `soft[whose] += x` adds only the last of those with the same "
                    "index. `np.add.at` adds all."),
            BugCard("below-nothing", below_nothing,
                    "Right where every spot carries a sign: index -1 is the last one in Python, so the spots that "
                    "carry none went into it."),
            BugCard("not-turned-back", _gather(unsigned=True),
                    "Right where all signs are 1: multiply each spot by its own."),
            BugCard("a-vote-each", _gather(of_values=np.sign),
                    "It looks as if each spot had one vote: a loud one is surer, so the numbers themselves add up."),
            BugCard("means", _gather(finish=lambda soft, seen: soft / np.maximum(seen, 1)),
                    "Right where each sign was seen once: it looks as if means were taken. A sign seen by more spots "
                    "is surer, so add up."),
            BugCard("hard", _gather(finish=lambda soft, seen: np.sign(soft)),
                    "It looks as if only the signs were kept: how sure each one is helps whoever corrects the errors."),
            BugCard("sizes-alone", _gather(finish=lambda soft, seen: np.abs(soft)),
                    "Right where the sum is above 0: the sign of the sum is what was received."),
            BugCard("only-what-was-seen", only_seen,
                    "Right where the last sign was seen: the answer has `count` numbers, 0 where no spot spoke."),
        ],
        picture=drawn("draw_gathering"),
    ),
    Exercise(
        name="sign_manifest",
        lesson=13,
        title="a statement bound to a film, and signed",
        no_place="the films' own manifests are C2PA's, which its library signs",
        solution=signatures.sign_manifest,
        cases=[
            case("a film of three bytes and a single statement", SAID, b"abc", KEY),
            case("a statement whose names are not in order", TWO_SAID, b"abc", KEY),
            case("another film", SAID, b"abd", KEY),
            case("another key", SAID, b"abc", KEY[::-1]),
        ],
        edges=[
            case("an empty film", SAID, b"", KEY),
            case("nothing stated", {}, b"abc", KEY),
            case("a number among the statements", {"frames": 42, "fps": 25.0}, b"\x00\xff" * 20, KEY),
        ],
        random=random_statement,
        random_count=20,
        random_label="random statements",
        hints=[
            "What must be under the signature, so that the statement can be moved to no other film?",
            "Three steps: the film's hash goes into the claim, the claim becomes bytes in one certain way, the bytes "
            "are signed.",
            'claim = {**statement, "sha256": hashlib.sha256(film).hexdigest()}; text = json.dumps(claim, '
            'sort_keys=True, separators=(",", ":")).encode(); signatures.sign(text, key).hex()',
        ],
        cards=[
            BugCard("film-not-signed", _signed(lambda claim, statement, film: _as_text(statement)),
                    "The claim is right, and the signature is over the statement without the film's hash: it could be "
                    "moved to any other film."),
            BugCard("statement-not-signed", _signed(lambda claim, statement, film: film),
                    "The claim is right, and the signature is over the film alone: anybody could change what is "
                    "stated."),
            BugCard("hash-alone-signed", _signed(_hash_alone),
                    "The claim is right, and the signature is over the hash alone: anybody could change what is "
                    "stated."),
            BugCard("not-sorted", _signed(lambda claim, statement, film: _as_text(claim, sort_keys=False)),
                    "Right where the names are in order: with `sort_keys=True` the same claim is the same text "
                    "everywhere."),
            BugCard("with-spaces", _signed(lambda claim, statement, film: _as_text(claim, separators=None)),
                    "The claim is right, and its text has spaces: `separators=(\",\", \":\")` leaves them out."),
            BugCard("broken-hash", _signed(of_film=_other_hash),
                    "It looks as if the hash were MD5: two films with the same one can be made on purpose. SHA-256."),
        ],
        picture=drawn("draw_manifest"),
    ),
    Exercise(
        name="detect_fake",
        lesson=13,
        title="a limit that accuses few who are innocent",
        no_place="the system's detector gives a number, and where to draw the line is for people to say",
        solution=limits.detect_fake,
        cases=[
            case("eight photos, a quarter of which may be accused", ASKED, PHOTOS, 0.25),
            case("eight photos, none of which may be accused", ASKED, PHOTOS, 0.0),
            case("eight photos, half of which may be accused", ASKED, PHOTOS, 0.5),
            case("a score that a photo has too", np.array([0.6, 0.61]), PHOTOS, 0.25),
            case("a share between two steps", ASKED, PHOTOS, 0.3),
        ],
        edges=[
            case("a single photo", np.array([0.1, 0.9]), np.array([0.5]), 0.1),
            case("three photos with the same score", np.array([0.4, 0.5, 0.6]), np.array([0.2, 0.5, 0.5, 0.5]), 0.5),
            case("nothing to judge", np.zeros(0), PHOTOS, 0.25),
            case("photos in any order", ASKED, PHOTOS[[5, 0, 7, 2, 6, 1, 4, 3]], 0.25),
        ],
        random=random_scores,
        random_count=60,
        random_label="random sets of scores",
        hints=[
            "Which photos are accused when the limit is one photo's own score?",
            "Try the photos' scores as the limit, lowest first, and take the first above which no larger share of the "
            "photos lies than is allowed.",
            "limit = next(s for s in sorted(of_photos) if np.mean(of_photos > s) <= share); return scores > limit",
        ],
        cards=[
            BugCard("half", _above(lambda of_photos, share: 0.5),
                    "It looks as if 0.5 were the limit: it follows from the photos and the share."),
            BugCard("nobody-ever", _above(lambda of_photos, share: of_photos.max()),
                    "Right for the share 0: it looks as if the limit were the highest photo, whatever is allowed."),
            BugCard("other-tail", _above(_other_tail),
                    "Right for the share one half: the share lies above the limit, not below it."),
            BugCard("at-the-limit", _above(right_limit, np.greater_equal),
                    "Right where no score equals the limit: the photo at the limit is not accused, so > and not >=."),
            BugCard("turned-round", _above(right_limit, np.less_equal),
                    "It looks as if low scores were called fake: more is more like a fake."),
            BugCard("between-two", _above(lambda of_photos, share: np.quantile(of_photos, 1 - share)),
                    "It looks as if the limit lay between two photos, as `np.quantile` does it: it is the score of "
                    "one, `method=\"inverted_cdf\"`."),
            BugCard("one-too-few", _above(lambda of_photos, share: np.sort(of_photos)[
                min(len(of_photos) - 1, len(of_photos) - int(share * len(of_photos)))]),
                    "It looks as if one photo fewer were accused than is allowed: k photos lie above the (k + 1)-th "
                    "highest."),
        ],
        picture=drawn("draw_limit"),
    ),
    Exercise(
        name="error_by_group",
        lesson=13,
        title="whom it fails, and how sure that is",
        place="evaluation.rates_by_group",
        cases=[
            case("four with glasses and five without", NINE_WRONG, NINE, 1.96),
            case("the same with z = 1", NINE_WRONG, NINE, 1.0),
            case("one group without a mistake", np.array([False, False, False, True]), ["a", "a", "a", "b"], 1.96),
            case("nobody wrong", np.zeros(6, bool), ["a"] * 6, 1.96),
        ],
        edges=[
            case("a single person", np.array([True]), ["alone"], 1.96),
            case("nobody at all", np.zeros(0, bool), [], 1.96),
            case("a hundred in one group", np.arange(100) < 7, ["all"] * 100, 1.96),
            case("everybody wrong", np.ones(5, bool), ["a", "b", "a", "b", "b"], 1.96),
        ],
        random=random_groups,
        random_count=50,
        random_label="random groups",
        hints=[
            "Three of ten, or 300 of 1000: which do you trust more, and where does the formula say so?",
            "Group by group: how many there are, which share of them is wrong, then the two formulas with n of this "
            "group.",
            "for group in set(groups): own = wrong[groups == group]; n, p = len(own), own.mean(); "
            "middle = (p + z*z / (2*n)) / (1 + z*z / n); ...",
        ],
        cards=[
            BugCard("plain-interval", _rates(interval=_wald),
                    "It looks as if the interval were p plus or minus z standard errors: where nobody was wrong it "
                    "says that nobody ever will be."),
            BugCard("plain-and-cut", _rates(interval=_clipped_wald),
                    "It looks as if the interval were p plus or minus z standard errors, cut at 0 and 1: where nobody "
                    "was wrong it has no width."),
            BugCard("about-the-rate", _rates(interval=_about_the_rate),
                    "The width is right, and it lies about p: Wilson's middle is drawn towards one half."),
            BugCard("not-divided", _rates(interval=_not_shrunk),
                    "It looks as if the division by 1 + z^2 / n were missing."),
            BugCard("no-root", _rates(interval=_no_root),
                    "It looks as if the root were missing: under it stands a variance."),
            BugCard("z-unused", _rates(z_is=1.96), "Right for z = 1.96: z is not used."),
            BugCard("share-of-all", _rates(of=lambda rate, count, everyone: rate * count / len(everyone)),
                    "Right where there is one group: each group is divided by its own number, not by everybody's."),
            BugCard("counts-the-right", _rates(of=lambda rate, count, everyone: 1 - rate),
                    "It looks as if the right ones were counted: the rate is that of the wrong ones."),
            BugCard("of-the-mean", _rates(of=lambda rate, count, everyone: float(everyone.mean())),
                    "Right where there is one group: every group has the rate of all together."),
        ],
        picture=drawn("draw_groups"),
    ),
]
