"""Right or wrong: one answer tried on all cases of its exercise, beside ours.

Order: does it run, the type, the shape, are its inputs as they were, the numbers; small cases first, then edge cases,
then random ones. Told is the smallest of the group that fails.
"""

import contextlib
import sys
import textwrap
import zlib
from dataclasses import dataclass, replace

import numpy as np

from . import answers, arithmetic, clock, guard, inputs, places, relations, values, words
from . import watch as watching
from .exercise import BugCard, Case, Exercise, ExerciseError, View
from .seal import Seal

WIDTH = 100
INDENT = 9  # of the second line and those after it, at most
MARKS = {"right": "✓", "wrong": "✗", "not yet": "○"}
HELP = "hint(1) · hint(2) · hint(3) · solution()"


@dataclass(frozen=True)
class Verdict:
    """What came out: "right", "wrong" or "not yet", why, and what there is to see."""

    exercise: Exercise
    state: str
    why: str  # a sentence; for what is right, what was looked at
    view: View | None = None
    card: BugCard | None = None
    fact: str = ""  # where no card agrees: what the answer has to do with the right one
    given: tuple = ()  # the outcome of each test, as far as it was tried

    @property
    def diagnosis(self) -> str:
        """What there is to say about the mistake, "" where nothing is known of it."""
        return self.card.diagnosis if self.card else self.fact

    @property
    def text(self) -> str:
        """The verdict as the student reads it. No times, no counts of tries: the same answer gets the same text."""
        head = f"{MARKS[self.state]} {self.exercise.name}  "
        if self.state != "wrong":
            return head + self.why
        indent = " " * min(len(head), INDENT)
        lines = _wrapped(head + self.why, indent)
        told = _wrapped(indent + self.diagnosis, indent) if self.diagnosis else []
        last = f"{told[-1]}          {HELP}" if told else ""
        told = [*told[:-1], last] if last and len(last) <= WIDTH + 12 else [*told, indent + HELP]
        return "\n".join([*lines, *told])

    @property
    def line(self) -> str:
        """The same in one line, for an exception."""
        return f"{self.exercise.name}: {self.why} {self.diagnosis}".rstrip()


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


@dataclass(frozen=True)
class Test:
    """A case, its group ("small", "edge", "random"), and the reference's outcome."""

    __test__ = False  # nothing for pytest
    case: Case
    group: str
    seed: int
    right: guard.Outcome


class _Prepared:
    """The tests of each exercise. While an answer works they are not to be had, and who asks for them is noted."""

    def __init__(self):
        kept: dict[Exercise, list[Test]] = {}  # exercises are compared by identity; in no frame that an answer sees
        self.get, self.put, self.pop, self.clear = kept.get, kept.__setitem__, kept.pop, kept.clear
        self.closed, self.asked = False, False

    def tests(self, exercise: Exercise) -> list[Test] | None:
        """All tests, or None where they are not made yet. Raises `ExerciseError`: an answer is at work."""
        if self.closed:
            self.asked = True
            raise ExerciseError("the answers are not to be had while yours is tried")
        return self.get(exercise)

    @contextlib.contextmanager
    def away(self):
        """A context in which an answer works."""
        self.closed, self.asked = True, False
        try:
            yield
        finally:
            self.closed = False


_prepared = _Prepared()


def judge(exercise: Exercise, answer) -> Verdict:
    """Try an answer. Nothing is printed, and it never raises for what an answer does.

    Raises `ExerciseError`: our own answer fails, or the exercise is not well formed.
    """
    with places.as_shipped(), guard.quiet():
        return _judge(exercise, answer)


def of_outcomes(exercise: Exercise, given: list[guard.Outcome]) -> Verdict:
    """Judge what an answer gave elsewhere: outcomes on all tests. Bug cards are not asked.

    Raises `ExerciseError` as `judge` does.
    """
    with places.as_shipped(), guard.quiet():
        return _verdict(exercise, None, given, cards=())


def missing(exercise: Exercise) -> Verdict:
    """The verdict where there is no answer yet."""
    with places.as_shipped(), guard.quiet():
        return _not_yet(exercise, tests(exercise))


def refused(exercise: Exercise) -> Verdict:
    """The verdict where our own function was handed in."""
    return Verdict(exercise, "wrong", "this is our own function: write yours in the cell above.")


def tests(exercise: Exercise) -> list[Test]:
    """All that an answer is tried on, with the right answers; made once.

    Raises `ExerciseError`: ours fails on one of them.
    """
    known = _prepared.tests(exercise)
    if known is None:
        reference, found = answers.ours(exercise), []
        for number, (group, case) in enumerate(_cases(exercise)):
            right = guard.call(reference, case, exercise.run, clock.Clock(600), number, reference=reference)
            if right.error is not None:
                raise ExerciseError(f"exercise {exercise.name!r}: our own answer fails for {case.says}:"
                                    f" {words.of_error(right.error, reference)}") from right.error
            found.append(Test(case, group, number, right))
        _prepared.put(exercise, found)
        return found
    return known


def outcomes(exercise: Exercise, answer, watch: bool = False) -> list[guard.Outcome]:
    """An answer on every test, as far as its time reaches.

    watch: it is refused where it asks ours for the answers, or changes the check.
    """
    time, found, reference = clock.Clock(exercise.seconds), [], answers.ours(exercise)
    seen = watching.Watch(reference, answer) if watch else None
    for group, case, seed in [(test.group, test.case, test.seed) for test in tests(exercise)]:
        looks = seen.on(closely=group == "small") if seen else None
        with _prepared.away():
            found.append(guard.call(answer, case, exercise.run, time, seed, looks, reference))
        if seen:
            found[-1].refused = _refused(seen)
        if found[-1].slow or found[-1].refused or isinstance(found[-1].error, NotImplementedError):
            break
    if seen and seal.mended():
        found[-1].refused = "changes the check itself"
    return found


def _refused(seen: watching.Watch) -> str:
    """Why this is no answer, as it reads on after "this"; "" where nothing was seen."""
    if seen.asked or _prepared.asked:
        return "asks our own function for the answer"
    return "switches off what looks at it while it is tried" if seen.switched_off else ""


def _cases(exercise: Exercise):
    yield from (("small", case) for case in exercise.cases)
    yield from (("edge", case) for case in exercise.edges)
    for number in range(exercise.random_count if exercise.random else 0):
        made = exercise.random(np.random.default_rng([zlib.crc32(exercise.name.encode()), number]))
        if isinstance(made, tuple):
            made = Case("", made)
        if not isinstance(made, Case):
            raise ExerciseError(f"exercise {exercise.name!r}: its `random` must give a tuple of arguments or a case,"
                                f" not {values.kind_of(made)}")
        label = f"number {number + 1} of the {exercise.random_count} {exercise.random_label}"
        yield "random", made if made.says else replace(made, says=label)


def _judge(exercise: Exercise, answer) -> Verdict:
    if seal.mended():
        return Verdict(exercise, "wrong", "something here changes the check itself: run the notebook from its top.")
    if not callable(answer):
        what = "function" if exercise.kind == "function" else "class"
        return Verdict(exercise, "wrong", f"{exercise.name} is {values.kind_of(answer)}, not a {what}.",
                       _view(exercise, tests(exercise)[0], None, "wrong"))
    return _verdict(exercise, answer, outcomes(exercise, answer, watch=True), exercise.cards)


def _verdict(exercise: Exercise, answer, given: list[guard.Outcome], cards) -> Verdict:
    """From what an answer gave. answer: the function itself, for the words about its exceptions, or None."""
    all_tests, given_ = tests(exercise), tuple(given)
    if given and isinstance(given[0].error, NotImplementedError):
        return replace(_not_yet(exercise, all_tests), given=given_)
    refused_for = next((outcome.refused for outcome in given if outcome.refused), "")
    if refused_for:
        return Verdict(exercise, "wrong", f"this {refused_for}: write yours in its place.", given=given_)
    failing = [(test, outcome, why) for test, outcome in zip(all_tests, given)
               if (why := _problem(exercise, answer, test, outcome))]
    if not failing and len(given) != len(all_tests):
        return Verdict(exercise, "wrong", f"of {len(all_tests)} cases only {len(given)} were tried.", given=given_)
    if not failing:
        view = _view(exercise, all_tests[0], given[0], "right")
        return Verdict(exercise, "right", _praise(exercise, all_tests), view, given=given_)
    group = failing[0][0].group
    of_group = [entry for entry in failing if entry[0].group == group]
    test, outcome, why = min(of_group, key=lambda entry: _size(entry[0].case))
    card = find_card(exercise, given) if cards and len(given) == len(all_tests) else None
    fact = "" if card else relations.find(exercise, all_tests, given, [test for test, _, _ in failing])
    view = _view(exercise, test, outcome, "wrong")
    return Verdict(exercise, "wrong", f"for {test.case.says} {why}.", view, card, fact, given_)


def _not_yet(exercise: Exercise, all_tests: list[Test]) -> Verdict:
    why = "not yet: this picture is what it should do" if exercise.picture else f"not yet: {exercise.title}"
    return Verdict(exercise, "not yet", why, _view(exercise, all_tests[0], None, "not yet"))


def _praise(exercise: Exercise, all_tests: list[Test]) -> str:
    array = any(isinstance(item, np.ndarray) for item in _flat(all_tests[0].right.value))
    looked = ["shape" if array else "type", "values"]
    looked += ["edge cases"] if exercise.edges else []
    looked += [f"{exercise.random_count} {exercise.random_label}"] if exercise.random else []
    return " · ".join(looked)


def _problem(exercise: Exercise, answer, test: Test, outcome: guard.Outcome) -> str | None:
    """What is wrong, as it reads on after "for the two boxes drawn here"; None when nothing."""
    if outcome.slow and outcome.error.waited:
        return (f"it was not done after {outcome.error.waited:g} seconds, though it worked for fewer than"
                f" {exercise.seconds:g} of them, and was stopped")
    if outcome.slow:
        return f"it was still at work after {exercise.seconds:g} seconds, and was stopped"
    if outcome.error is not None:
        return f"it stops with {words.of_error(outcome.error, answer)}"
    right = test.right.value
    theirs = values.fit(outcome.value, right)
    what = values.wrong_type(theirs, right, exercise.exact_dtype)
    if what:
        return "you give nothing (None): a `return` may be missing" if theirs is None else f"you give {what}"
    shapes = None if exercise.any_shape else values.wrong_shape(theirs, right)
    if shapes:
        given, answer_ = map(values.shape_words, shapes[:2])
        return f"you give {given}{' ' + shapes[2] if shapes[2] else ''}, the answer is {answer_}"
    if outcome.changed and not exercise.changes_inputs:
        names = ", ".join(f"argument {key + 1}" if isinstance(key, int) else f"`{key}`" for key in outcome.changed)
        return f"it changes the {names} that it was given: work on a copy"
    if _same(exercise, theirs, right):
        return None
    if exercise.any_shape and values.wrong_shape(theirs, right):
        where, given, answer_ = "", values.briefly(theirs), values.briefly(right)
    else:
        where, given, answer_ = values.difference(theirs, right, exercise.atol, exercise.rtol)
    return f"you give {given}{' ' + where if where else ''}, the answer is {answer_}"


def _same(exercise: Exercise, theirs, right) -> bool:
    if exercise.same:
        return bool(exercise.same(theirs, right))
    return values.close(theirs, right, exercise.atol, exercise.rtol)


def _size(case: Case) -> int:
    """How many numbers a call is given."""
    return sum(int(np.size(item)) if isinstance(item, np.ndarray) else len(item) if isinstance(item, str) else 1
               for item in _flat(values.plain([list(case.args), case.kwargs])))


def _flat(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _flat(item)
    else:
        yield value


def _view(exercise: Exercise, test: Test, outcome: guard.Outcome | None, state: str) -> View:
    args, kwargs = values.copied((test.case.args, test.case.kwargs))
    right, theirs, at = test.right.value, None, ()
    if outcome is not None and outcome.error is None:
        fitted = values.fit(outcome.value, right)
        shapes = not values.wrong_type(fitted, right) and values.wrong_shape(fitted, right)
        if not values.wrong_type(fitted, right) and (exercise.any_shape or not shapes):
            theirs = fitted
            at = () if shapes else values.worst(fitted, right, exercise.atol, exercise.rtol)
    return View(tuple(values.plain(args)), values.plain(kwargs), values.copied(right), values.copied(theirs), state,
                test.case.says, at)


# ---------------------------------------------------------------- bug cards


def find_card(exercise: Exercise, given: list[guard.Outcome]) -> BugCard | None:
    """The card whose answer agrees with these outcomes on every test; None when there is none."""
    return next((card for card in exercise.cards if agrees(exercise, card, given)), None)


def agrees(exercise: Exercise, card: BugCard, given: list[guard.Outcome]) -> bool:
    """Whether the card's wrong answer agrees with these outcomes on every test, as far as they go."""
    wrong, time = card_answer(exercise, card), clock.Clock(2 * exercise.seconds)
    for test, theirs in zip(tests(exercise), given):
        outcome = guard.call(wrong, test.case, exercise.run, time, test.seed)
        if not _alike(exercise, theirs, outcome, test.right.value):
            return False
    return True


def card_answer(exercise: Exercise, card: BugCard):
    """The wrong function (or class) of a card."""
    if callable(card.wrong):
        return card.wrong
    scope = {"__name__": "bug_card"}
    exec(compile(card.wrong, f"<bug card {card.name}>", "exec"), scope)
    return scope[exercise.name]


def _alike(exercise: Exercise, a: guard.Outcome, b: guard.Outcome, right) -> bool:
    if a.error is not None or b.error is not None:
        return type(a.error) is type(b.error) and str(a.error) == str(b.error) and not a.slow
    if bool(a.changed) != bool(b.changed):
        return False
    a, b = values.fit(a.value, right), values.fit(b.value, right)
    exact = exercise.exact_dtype
    if bool(values.wrong_type(a, right, exact)) != bool(values.wrong_type(b, right, exact)):
        return False
    a = values.fit(a, b)
    if values.wrong_type(a, b) or values.wrong_shape(a, b):
        return False
    if values.close(a, b, exercise.atol, exercise.rtol):
        return True
    comparable = exercise.same and not values.wrong_type(b, right) and not values.wrong_shape(b, right)
    return bool(comparable and exercise.same(a, b) and exercise.same(a, right) == exercise.same(b, right))


seal = Seal(sys.modules[__name__], answers, arithmetic, clock, guard, inputs, relations, values, watching, words)
