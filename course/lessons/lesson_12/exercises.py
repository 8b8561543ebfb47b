"""Lesson 12: a stream, a clock that waits for nobody, a budget of time, a job that is looked at, a network exported."""

import numpy as np

from course.exercises.exercise import BugCard, Exercise, case

from . import jobs, on_time, trying


def drawn(name: str):
    """A function of `pictures`, which is imported when the first picture is drawn."""

    def draw(view):
        from . import pictures

        return getattr(pictures, name)(view)

    return draw


# ---------------------------------------------------------------- stream_frames


def all_first(function, items, workers):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(function, items))


def all_begun(function, items, workers):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(workers) as pool:
        waiting = [pool.submit(function, item) for item in items]
        for future in waiting:
            yield future.result()


def one_at_a_time(function, items, workers):
    yield from map(function, items)


def _stream(end=True, next_of=lambda waiting: waiting.popleft(), result=lambda future: [future.result()],
            deep=lambda workers: workers):
    """A stream with one thing wrong. result: a future -> what is handed on; it may end the stream by None."""

    def wrong(function, items, workers):
        from collections import deque
        from concurrent.futures import ThreadPoolExecutor

        waiting = deque()
        with ThreadPoolExecutor(workers) as pool:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) > deep(workers):
                    told = result(next_of(waiting))
                    if told is None:
                        return
                    yield from told
            while end and waiting:
                told = result(next_of(waiting))
                if told is None:
                    return
                yield from told

    return wrong


def _first_ready(waiting):
    from concurrent.futures import FIRST_COMPLETED, wait

    wait(waiting, return_when=FIRST_COMPLETED)
    future = next(one for one in waiting if one.done())
    waiting.remove(future)
    return future


def _skipped(future):
    return [] if future.exception() else [future.result()]


def _ended(future):
    return None if future.exception() else [future.result()]


def _handed_on(future):
    return [future.exception() or future.result()]


def random_stream(rng):
    count, workers = int(rng.integers(0, 9)), int(rng.integers(1, 4))
    take = int(rng.integers(1, count + 1)) if count and rng.random() < 0.4 else None
    fails = int(rng.integers(0, count)) if count and rng.random() < 0.4 else None
    return count, workers, take, fails


# ---------------------------------------------------------------- drop_late_frames


def _in_time(ready, k, now):
    return [j for j in range(k + 1) if ready[j] <= now]


def _shown(there=_in_time, pick=lambda ready, there: max(there), none=-1, now=lambda k, fps: k / fps):
    """What is shown with one thing wrong. there: frames to choose from; pick: one of them."""

    def wrong(ready, fps):
        found = [there(ready, k, now(k, fps)) for k in range(len(ready))]
        return np.array([pick(ready, one) if one else none for one in found], int)

    return wrong


def every_frame_waited_for(ready, fps):
    """One after the other, none left out: the next one as soon as it is ready."""
    shown, at = [], -1
    for k in range(len(ready)):
        if at + 1 < len(ready) and at + 1 <= k and ready[at + 1] <= k / fps:
            at += 1
        shown.append(at)
    return np.array(shown, int)


def only_in_time(ready, fps):
    """The frame of the moment, if it is ready; else the last one that was shown."""
    shown, at = [], -1
    for k in range(len(ready)):
        at = k if ready[k] <= k / fps else at
        shown.append(at)
    return np.array(shown, int)


def in_turn(ready, fps):
    """No frame before all those before it are ready."""
    shown = []
    for k in range(len(ready)):
        late = [j for j in range(k + 1) if ready[j] > k / fps]
        shown.append((min(late) if late else k + 1) - 1)
    return np.array(shown, int)


def random_ready(rng):
    fps, count = float(rng.choice([10.0, 12.5, 25.0])), int(rng.integers(3, 14))
    # in hundredths and a half: never just at the moment
    late = np.round(rng.normal(0.5, 1.2, count) / fps, 2) + 0.005
    return np.maximum(np.arange(count) / fps + late, 0.0005), fps


# ---------------------------------------------------------------- latency_budget


def _budget(begin=lambda ends: max(ends, default=0.0), end=lambda begin, seconds: begin + seconds):
    """A budget with one thing wrong."""

    def wrong(stages):
        times = {}
        for name, (seconds, needs) in stages.items():
            start = float(begin([times[other][1] for other in needs]))
            times[name] = start, float(end(start, seconds))
        return times

    return wrong


def one_after_the_other(stages):
    times, now = {}, 0.0
    for name, (seconds, _) in stages.items():
        times[name], now = (now, now + seconds), now + seconds
    return times


def after_the_longest(stages):
    times = {}
    for name, (seconds, needs) in stages.items():
        longest = max(needs, key=lambda other: stages[other][0]) if needs else None
        begin = times[longest][1] if needs else 0.0
        times[name] = begin, begin + seconds
    return times


def as_long_as_the_others(stages):
    begins = {name: max((stages[other][0] for other in needs), default=0.0) for name, (_, needs) in stages.items()}
    return {name: (begin, begin + stages[name][0]) for name, begin in begins.items()}


def random_stages(rng):
    names = [str(name) for name in rng.permutation(["read", "find", "fit", "speak", "lips", "paint", "write"])]
    count, stages = int(rng.integers(2, 8)), {}
    for number, name in enumerate(names[:count]):
        needs = tuple(other for other in names[:number] if rng.random() < 0.4)
        stages[name] = round(float(rng.uniform(0.05, 2)), 2), needs
    return (stages,)


# ---------------------------------------------------------------- validate_job


def _validate(unknown=True, missing=lambda job, name: name not in job, types=None, is_bool=True, outside=None,
              private=jobs.leads_inside, first=False, size=lambda text: len(text.strip())):
    """A look at a job with one thing wrong."""
    types = {"text": str, "address": str, "number": (int, float), "whole": int, "switch": bool} | (types or {})
    outside = outside or (lambda value, least, most: not least <= value <= most)

    def wrong(job, fields):
        problems = {name: "unknown" for name in job if name not in fields} if unknown else {}
        for name, (kind, needed, least, most) in fields.items():
            if missing(job, name):
                if needed:
                    problems[name] = "missing"
                continue
            value = job[name]
            if not isinstance(value, types[kind]) or is_bool and isinstance(value, bool) != (kind == "switch"):
                problems[name] = "wrong type"
            elif kind != "switch" and outside(size(value) if isinstance(value, str) else value, least, most):
                problems[name] = "out of range"
            elif kind == "address" and private(value):
                problems[name] = "private address"
        return dict(list(problems.items())[:1]) if first else problems

    return wrong


SMALL = {"text": ("text", True, 1, 8), "size": ("whole", False, 1, 9), "rate": ("number", False, 0.5, 2),
         "loud": ("switch", False, None, None), "tell": ("address", False, 8, 40)}


def random_job(rng):
    offered = {
        "text": ["Hi", "Hi there", "Hi there!", "", "  ", " Hi there! ", 5, None, ["Hi"]],
        "size": [1, 5, 9, 10, 0, -3, 2.5, True, "5", None],
        "rate": [0.5, 1, 2, 2.01, 0.1, float("nan"), float("inf"), "fast", False, None],
        "loud": [True, False, 0, 1, "yes", None],
        "tell": ["https://example.org/x", "http://10.0.0.7/x", "https://[::1]/", "http://localhost:8000/",
                 "ftp://a.org/b", "http://", 7, "https://example.org/" + "x" * 40, "http://8.8.8.8/"],
        "colour": ["red"], "Text": ["Hi"], "rates": [1.0],
    }
    job = {name: choices[int(rng.integers(len(choices)))] for name, choices in offered.items()
           if rng.random() < (0.6 if name in SMALL else 0.12)}
    return job, SMALL


# ---------------------------------------------------------------- export_animator


def _export(slope=0.1, kind="LeakyRelu", mode="CRD", skip=True, joins=True, before=True, twice_at_8=True, last=True):
    """An export with one thing wrong."""

    def wrong(net, graph):
        def leaky(x):
            return graph.node(kind, x, **({"alpha": slope} if slope and kind == "LeakyRelu" else {}))

        def through(layer, x):
            return graph.conv(leaky(x), layer) if before else leaky(graph.conv(x, layer))

        def residual(x, block):
            y = through(block.second, through(block.first, x))
            return graph.node("Add", x, y) if skip else y

        def joined(x, y):
            return graph.node("Add", x, y) if joins else y

        at_2 = residual(graph.conv(graph.unshuffle(graph.input), net.at_2[1]), net.at_2[2])
        at_4 = residual(graph.conv(at_2, net.at_4[0]), net.at_4[1])
        at_8 = residual(graph.conv(at_4, net.at_8[0]), net.at_8[1])
        at_8 = residual(at_8, net.at_8[2]) if twice_at_8 else at_8
        y = residual(joined(at_4, graph.twice(graph.conv(at_8, net.up_4))), net.join_4)
        y = residual(joined(at_2, graph.twice(graph.conv(y, net.up_2))), net.join_2)
        return graph.node("DepthToSpace", graph.conv(leaky(y) if last else y, net.paint[1]), blocksize=2,
                          **({"mode": mode} if mode else {}))

    return wrong


def random_net(rng):
    widths = tuple(int(width) for width in rng.integers(2, 7, 3))
    return widths, int(rng.integers(1, 3)), 8 * int(rng.integers(1, 3)), int(rng.integers(99))


# ---------------------------------------------------------------- the lesson's five

STEADY = np.array([0.02, 0.11, 0.21, 0.29])
SLOW = np.array([0.0, 0.17, 0.34, 0.51, 0.68, 0.85])
OVERTAKEN = np.array([0.0, 0.45, 0.19, 0.48, 0.38, 0.49])
HICCUP = np.array([0.0, 0.1, 0.55, 0.3, 0.61, 0.5, 0.6])

IN_A_ROW = {"voice": (1.0, ()), "lips": (0.25, ("voice",)), "paint": (0.5, ("lips",))}
SIDE_BY_SIDE = {"voice": (1.0, ()), "photo": (0.75, ()), "paint": (0.5, ("voice", "photo"))}
CROSSED = {"photo": (2.0, ()), "points": (0.25, ("photo",)), "voice": (1.5, ()), "lips": (1.0, ("voice",)),
           "paint": (0.5, ("points", "lips")), "write": (0.25, ("paint", "photo"))}

GOOD = {"text": "Hi there", "size": 4}

EXERCISES = [
    Exercise(
        name="stream_frames",
        lesson=12,
        title="frames handed on while the next are made",
        place="parallel.stream_frames",
        run=trying.run_stream,
        cases=[
            case("six frames, two at a time, some of them overtaken", 6, 2, None, None,
                 True),
            case("seven frames, three at a time", 7, 3, None, None, True),
            case("forty frames of which nobody wants more than two", 40, 2, 2),
            case("nine frames, the fifth of which cannot be made", 9, 1, None, 4),
        ],
        edges=[
            case("no frame at all", 0, 2),
            case("a single frame", 1, 2),
            case("fewer frames than workers", 2, 4),
            case("a film that is left after its first frame", 30, 3, 1),
            case("a last frame that cannot be made", 4, 1, None, 3),
        ],
        random=random_stream,
        random_count=30,
        random_label="random films",
        hints=[
            "What must you remember while the first frame is still being made and the second is done already?",
            "A queue of futures, the oldest in front. Each new item goes in at the back; as soon as there are more "
            "than `workers`, wait for the one in front and hand it on. At the end empty the queue.",
            "waiting = deque(); for item in items: waiting.append(pool.submit(function, item)); if len(waiting) > "
            "workers: yield waiting.popleft().result(); and after the loop: while waiting: yield "
            "waiting.popleft().result()",
        ],
        cards=[
            BugCard("all-first", all_first,
                    "The frames are right, and all of them are made before the first is handed on: with `yield` each "
                    "one goes out as soon as it is there."),
            BugCard("all-begun", all_begun,
                    "The frames go out one by one, but all of them are begun at once: whoever stops early has paid for "
                    "the whole film, and its memory. Begin a new one only when one has gone out."),
            BugCard("one-at-a-time", one_at_a_time,
                    "The frames are right, and never two are made at the same time: `pool.submit` begins one and does "
                    "not wait for it."),
            BugCard("as-they-come", _stream(next_of=_first_ready),
                    "It looks as if each frame went out as soon as it was ready: one that took longer is overtaken. "
                    "Wait for the oldest."),
            BugCard("last-ones-lost", _stream(end=False),
                    "The last frames are missing: when no more items come, some frames still wait."),
            BugCard("failed-left-out", _stream(result=_skipped),
                    "It looks as if a frame that cannot be made were left out in silence: its error has to come out "
                    "where the frame would have."),
            BugCard("ends-in-silence", _stream(result=_ended),
                    "It looks as if the film just ended where a frame cannot be made: nobody would know that it is not "
                    "whole. Let the error out."),
            BugCard("error-as-frame", _stream(result=_handed_on),
                    "It looks as if the error itself were handed on as a frame: `future.result()` raises it."),
        ],
        picture=drawn("draw_stream"),
    ),
    Exercise(
        name="drop_late_frames",
        lesson=12,
        title="what a clock that waits for nobody shows",
        no_place="a live face asks its painters at each moment, and never has all times in one list",
        solution=on_time.drop_late_frames,
        cases=[
            case("four frames, ready a little after they are due", STEADY, 10.0),
            case("frames that take far too long", SLOW, 10.0),
            case("a frame that is overtaken by others", OVERTAKEN, 10.0),
            case("two hiccups", HICCUP, 10.0),
            case("the same at five frames a second", HICCUP, 5.0),
        ],
        edges=[
            case("no frame at all", np.zeros(0), 25.0),
            case("a frame that is ready just when it is due", np.array([0.0, 0.04, 0.08]), 25.0),
            case("nothing ever ready", np.full(4, np.inf), 25.0),
            case("all of them ready before the beginning", np.full(5, -1.0), 25.0),
        ],
        random=random_ready,
        random_count=60,
        random_label="random times",
        hints=[
            "At the moment k / fps: which frames are ready, and which of those has its turn already?",
            "Of the frames 0 to k take those with ready <= k / fps. Shown is the newest, the one with the highest "
            "number; where there is none, -1.",
            "there = [j for j in range(k + 1) if ready[j] <= k / fps]; shown[k] = max(there, default=-1)",
        ],
        cards=[
            BugCard("every-frame-waited-for", every_frame_waited_for,
                    "It looks as if no frame were ever left out: then the picture falls behind the sound, further and "
                    "further. A late frame gives way to a newer one."),
            BugCard("ahead-of-its-time", _shown(lambda ready, k, now: _in_time(ready, len(ready) - 1, now)),
                    "It looks as if a frame were shown as soon as it is ready: it is made ahead, and its turn comes at "
                    "its own moment, so only frames up to k."),
            BugCard("only-in-time", only_in_time,
                    "It looks as if a frame had to be ready at its own moment to be shown at all: one that is a little "
                    "late is still newer than the one before it."),
            BugCard("in-turn", in_turn,
                    "It looks as if a frame had to wait for all those before it: one that was overtaken is of no use "
                    "any more, and stops nobody."),
            BugCard("last-made", _shown(pick=lambda ready, there: max(there, key=lambda j: (ready[j], j))),
                    "It looks as if the frame that was ready last were shown: one that was overtaken would take the "
                    "film back in time. The highest number counts."),
            BugCard("strictly-before", _shown(lambda ready, k, now: [j for j in range(k + 1) if ready[j] < now]),
                    "Right where no frame is ready just when it is due: then it is in time, so <= and not <."),
            BugCard("first-instead-of-none", _shown(none=0),
                    "Right once a frame is ready: before that there is none, -1, and not frame 0."),
            BugCard("a-frame-later", _shown(now=lambda k, fps: (k + 1) / fps),
                    "It looks as if it were asked one moment later: frame k is due at k / fps, counted from 0."),
            BugCard("always-ten", _shown(now=lambda k, fps: k / 10.0),
                    "Right for ten frames a second: fps is not used."),
        ],
        picture=drawn("draw_clock"),
    ),
    Exercise(
        name="latency_budget",
        lesson=12,
        title="when the first frame is there, and what it waits for",
        no_place="the system begins each stage when its input is there, and plans nothing",
        solution=on_time.latency_budget,
        cases=[
            case("three stages in a row", IN_A_ROW),
            case("a photo that is looked at while the voice speaks", SIDE_BY_SIDE),
            case("six stages that cross", CROSSED),
            case("four stages that need nothing", {"a": (0.5, ()), "b": (0.25, ()), "c": (1.0, ()), "d": (0.75, ())}),
        ],
        edges=[
            case("no stage at all", {}),
            case("a single stage", {"paint": (0.04, ())}),
            case("a stage that takes no time", {"a": (0.5, ()), "b": (0.0, ("a",)), "c": (0.25, ("b",))}),
        ],
        random=random_stages,
        random_count=50,
        random_label="random plans",
        hints=[
            "Which of all that a stage needs does it really wait for?",
            "A stage begins when the last of what it needs has ended, at 0 where it needs nothing, and ends so many "
            "seconds later. Each is listed after what it needs, so its ends are known.",
            "begin = max((times[other][1] for other in needs), default=0.0); times[name] = begin, begin + seconds",
        ],
        cards=[
            BugCard("one-after-the-other", one_after_the_other,
                    "Right where each stage needs the one before: what does not need each other runs side by side."),
            BugCard("all-at-once", _budget(begin=lambda ends: 0.0),
                    "It looks as if every stage began at 0: one that needs another waits for it."),
            BugCard("after-the-first", _budget(begin=lambda ends: min(ends, default=0.0)),
                    "Right where a stage needs one other: of several it waits for the one that ends last."),
            BugCard("after-the-last-named", _budget(begin=lambda ends: ends[-1] if ends else 0.0),
                    "It looks as if the stage that is named last counted: the one that ends last does, wherever it is "
                    "named."),
            BugCard("after-all-added", _budget(begin=lambda ends: sum(ends)),
                    "Right where a stage needs one other: the ends of several are not added up, the latest counts."),
            BugCard("after-the-longest", after_the_longest,
                    "It looks as if the longest of what it needs counted: a short one that begins late may end later."),
            BugCard("as-long-as-the-others", as_long_as_the_others,
                    "It looks as if a stage began after as many seconds as what it needs takes: that may have begun "
                    "late itself, so its end counts."),
            BugCard("seconds-for-end", _budget(end=lambda begin, seconds: seconds),
                    "The beginnings of the first stages are right: the second number is when a stage ends, not how "
                    "long it takes."),
        ],
        picture=drawn("draw_budget"),
    ),
    Exercise(
        name="validate_job",
        lesson=12,
        title="what is wrong with a job, all of it at once",
        no_place="the service reads what it is sent with pydantic, which does the same with types",
        solution=jobs.validate_job,
        run=trying.run_validate,
        cases=[
            case("a job with nothing wrong", GOOD, SMALL),
            case("a job without its text", {"size": 4}, SMALL),
            case("a field that nobody knows", {"text": "Hi", "colour": "red"}, SMALL),
            case("three things wrong at once", {"text": "Hi", "size": 99, "rate": "fast", "colour": "red"}, SMALL),
            case("numbers at their ends", {"text": "Hi there", "size": 9, "rate": 0.5}, SMALL),
            case("a whole number for a rate", {"text": "Hi", "rate": 2}, SMALL),
            case("True for a size", {"text": "Hi", "size": True}, SMALL),
            case("an address at home", {"text": "Hi", "tell": "http://192.168.0.1/done"}, SMALL),
            case("a public address", {"text": "Hi", "tell": "https://example.org/done"}, SMALL),
            case("False for a switch", {"text": "Hi", "loud": False}, SMALL),
        ],
        edges=[
            case("an empty job", {}, SMALL),
            case("a rate that is no number", {"text": "Hi", "rate": float("nan")}, SMALL),
            case("a text of spaces", {"text": "   "}, SMALL),
            case("a text with spaces around it", {"text": "  Hi there  "}, SMALL),
            case("None for the text", {"text": None}, SMALL),
            case("a size of 0", {"text": "Hi", "size": 0}, SMALL),
            case("1 for a switch", {"text": "Hi", "loud": 1}, SMALL),
            case("2.5 for a whole number", {"text": "Hi", "size": 2.5}, SMALL),
            case("the limits of a whole service", {"photo": "me", "text": "Hi", "strength": 4, "webhook": "https://[::1]/"},
                 jobs.FIELDS),
        ],
        random=random_job,
        random_count=80,
        random_label="random jobs",
        hints=[
            "Whoever sends the job wants to mend all of it at once. How do you go on after the first problem?",
            "First the names that no field has. Then field by field: is it there, is it of its type, is it within its "
            "limits, and an address: does it lead inside? One problem a field, the first that is found. `True` is an "
            "int in Python.",
            "problems = {name: \"unknown\" for name in job if name not in fields}; for name, (kind, needed, least, "
            "most) in fields.items(): ...; if not isinstance(value, TYPES[kind]) or isinstance(value, bool) != (kind "
            "== \"switch\"): ...; elif not least <= size <= most: ...",
        ],
        cards=[
            BugCard("first-only", _validate(first=True),
                    "Right where one thing is wrong: of several only the first is told, and whoever mends it is sent "
                    "back again."),
            BugCard("unknown-accepted", _validate(unknown=False),
                    "It looks as if names that no field has were accepted: a `rates` that nobody reads is a `rate` "
                    "that somebody misspelt."),
            BugCard("true-is-one", _validate(is_bool=False),
                    "Right for everything but True and False: in Python they are whole numbers, too, so "
                    "`isinstance(True, int)` is true."),
            BugCard("ends-left-out", _validate(outside=lambda value, least, most: not least < value < most),
                    "It looks as if the limits themselves were refused: the least and the most are allowed."),
            BugCard("nan-within", _validate(outside=lambda value, least, most: value < least or value > most),
                    "Right for all numbers: NaN is neither below the least nor above the most. Ask whether it is "
                    "within, and turn that round."),
            BugCard("falsy-is-missing", _validate(missing=lambda job, name: not job.get(name)),
                    "It looks as if 0, False and an empty text counted as not there: ask `name in job`."),
            BugCard("none-is-missing", _validate(missing=lambda job, name: job.get(name) is None),
                    "It looks as if None counted as not there: it is there, and of no type that is allowed."),
            BugCard("no-whole-rates", _validate(types={"number": float}),
                    "It looks as if a number had to have a point: 2 is as good a number as 2.0."),
            BugCard("inside-accepted", _validate(private=lambda address: False),
                    "Right but for addresses: one that leads to this machine or its network opens the door to whatever "
                    "stands there unlocked."),
            BugCard("spaces-counted", _validate(size=len),
                    "It looks as if spaces around a text counted: three of them are nothing to say."),
        ],
        picture=drawn("draw_job"),
    ),
    Exercise(
        name="export_animator",
        lesson=12,
        title="the animator as a file that needs no torch",
        no_place="the system has its networks written down already, see rendering/quick_networks.py",
        solution="course.lessons.lesson_12.exporting:export_animator",
        run=trying.run_export,
        cases=[
            case("a small network and one square", (4, 6, 8), 1, 8, 0),
            case("other numbers and two squares", (4, 6, 8), 2, 16, 1),
            case("another width at each step", (3, 5, 4), 1, 8, 2),
        ],
        edges=[
            case("a narrow network", (1, 1, 1), 1, 8, 3),
            case("five squares at once", (2, 2, 2), 5, 8, 4),
            case("a square of 24 pixels", (4, 4, 4), 1, 24, 5),
        ],
        random=random_net,
        random_count=12,
        random_label="random networks",
        atol=1e-4,
        rtol=1e-3,
        hints=[
            "Read `forward` from top to bottom. Which names does each line take, and which does it make?",
            "Two small functions of your own, one for the leaky ReLU, one for a `Residual`; then line by line. ONNX "
            "has its own ideas of what is usual: a slope of 0.01, and another order of the channels in `DepthToSpace`.",
            "at_2 = residual(graph.conv(graph.unshuffle(graph.input), net.at_2[1]), net.at_2[2]); ...; return "
            "graph.node(\"DepthToSpace\", graph.conv(leaky(y), net.paint[1]), blocksize=2, mode=\"CRD\")",
        ],
        cards=[
            BugCard("usual-slope", _export(slope=None),
                    "It looks as if the leaky ReLU had ONNX's own slope, 0.01: torch was given 0.1, so say alpha=0.1."),
            BugCard("plain-relu", _export(kind="Relu"),
                    "It looks as if the ReLU were not leaky: what is below 0 goes on at a tenth."),
            BugCard("other-channel-order", _export(mode=None),
                    "It looks as if DepthToSpace took the channels in ONNX's own order, DCR: torch's PixelShuffle is "
                    "mode=\"CRD\"."),
            BugCard("not-residual", _export(skip=False),
                    "It looks as if a `Residual` gave f(x) alone: it is x + f(x)."),
            BugCard("not-joined", _export(joins=False),
                    "It looks as if the way up forgot what the way down had seen: at_4 and at_2 are added."),
            BugCard("relu-afterwards", _export(before=False),
                    "It looks as if the leaky ReLU in a `Residual` came after each convolution: it comes before."),
            BugCard("one-block-too-few", _export(twice_at_8=False),
                    "It looks as if there were one `Residual` at an eighth of the size: there are two, at_8[1] and "
                    "at_8[2]."),
            BugCard("last-relu-forgotten", _export(last=False),
                    "It looks as if the last convolution had no leaky ReLU before it: `paint` begins with one."),
        ],
        picture=drawn("draw_export"),
    ),
]
