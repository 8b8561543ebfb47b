"""What is told of a wrong answer that no card knows: true on every test, or not told."""

import math
import re

import numpy as np
import pytest
import torch

from course.exercises import arithmetic, judge
from course.exercises.exercise import BugCard, Exercise, case

RNG = np.random.default_rng(1)
ROWS = [RNG.uniform(-3, 3, (n, 4, 3)) for n in (1, 2, 3, 5)]


def toy(solution, *cases, edges=(), run=None, **more) -> Exercise:
    return Exercise(name="toy", lesson=1, title="toy", no_place="toy", solution=solution, run=run, hints=list("abc"),
                    cases=[case(f"case {n}", *args) for n, args in enumerate(cases)],
                    edges=[case(f"edge {n}", *args) for n, args in enumerate(edges)], **more)


def fact(answer, solution=lambda x: x + 0.0, cases=None, **more) -> str:
    exercise = toy(solution, *(cases or [(row,) for row in ROWS]), **more)
    found = judge.judge(exercise, answer)
    assert found.state == "wrong", found.text
    assert (found.fact in " ".join(found.text.split())) and found.line.endswith(found.fact)
    return found.fact


TWICE = {"solution": lambda x: 2 * x}


@pytest.mark.parametrize("answer, words", [
    (lambda x: -2 * x, "Everything you give has the opposite sign."),
    (lambda x: 1 - 2 * x, "Everything you give is 1 less the right answer."),
    (lambda x: 4 * x, "Everything you give is the right answer times 2."),
    (lambda x: (510 * x).astype(np.float32), "Everything you give is the right answer times 255."),
    (lambda x: 2 * x / 255, "Everything you give is the right answer divided by 255."),
    (lambda x: np.radians(2 * x), "Everything you give is the right answer times π/180, as radians are to degrees."),
    (lambda x: 2.46 * x, "Everything you give is the right answer times 1.23."),
    (lambda x: 2 * x + 1, "Everything you give is the right answer plus 1."),
    (lambda x: 2 * x - 0.5, "Everything you give is the right answer less 0.5."),
    (lambda x: 4 * x - 1, "Everything you give is the right answer times 2, less 1."),
    (lambda x: 2 * x[..., ::-1], "Everything you give is right, but the last axis is the other way round, as BGR is to"
     " RGB."),
    (lambda x: 2 * x[..., [1, 2, 0]], "Everything you give is right, but the last axis stands in the order [1, 2, 0]."),
    (lambda x: 2 * x[::-1], "Everything you give is right, but the first axis is the other way round."),
    (lambda x: 2 * x.transpose(2, 0, 1), "Everything you give is right, but its axes stand in another order: it is the"
     " answer's .transpose(2, 0, 1)."),
    (lambda x: 4 * x**2, "Everything you give is the square of the right answer."),
    (lambda x: np.exp(2 * x), "Everything you give is exp of the right answer."),
    (lambda x: abs(2 * x), "Everything you give is the right answer without its sign."),
    (lambda x: np.rint(2 * x), "Everything you give is the right answer rounded to a whole number."),
    (lambda x: (2 * x).astype(int), "Everything you give is the right answer with its decimals cut off."),
    (lambda x: np.clip(2 * x, 0, 1), "Everything you give is the right answer cut off at 0 and 1."),
    (lambda x: 0 * x, "You give 0 everywhere, whatever you are given."),
    (lambda x: 3, "You give the same answer whatever you are given: 3."),
    (lambda x: x, "You give back `x` as it was given."),
    (lambda x: 2 * x[0], "Everything you give is the first part of the right answer alone."),
    (lambda x: 2 * x[-1], "Everything you give is the last part of the right answer alone."),
    (lambda x: 2 * x[None], "Everything you give is right but for an axis of length 1 that is too many."),
    (lambda x: 2 * x.reshape(-1), "Everything you give has the right numbers in their order, but not the right shape."),
    (lambda x: 2 * x * len(x), "Everything you give is the right answer times x.shape[0]."),
    (lambda x: 2 * x / x.size, "Everything you give is the right answer divided by the number of values in `x`."),
    (lambda x: RNG.uniform(size=x.shape), ""),
    (lambda x: 2 * x + (x > 1), ""),
    (lambda x: 2 * x * (1 + 0.01 * np.sign(x)), ""),
])  # fmt: skip
def test_a_relation_is_told(answer, words):
    assert fact(answer, **TWICE) == words


def test_relations_of_other_values():
    matrices = [(RNG.normal(size=(n, 3)),) for n in (2, 3, 4)]
    assert fact(lambda x: x.T, cases=matrices) == "Everything you give is the right answer transposed."
    squares = [(RNG.normal(size=(5, 5)),) for _ in range(3)]
    assert fact(lambda x: x.T, cases=squares) == "Everything you give is the right answer transposed."
    points = [(RNG.normal(size=(n, 2)),) for n in (3, 4)]
    assert fact(lambda x: x[:, ::-1], cases=points) == (
        "Everything you give is right, but the two numbers of the last axis are exchanged, as x and y.")
    assert fact(lambda x: ~(x > 0), lambda x: x > 0) == (
        "Everything you give is the opposite: True where the answer is False.")
    assert fact(lambda x: 2 * x, lambda x: (2 * x).astype("float32"), exact_dtype=True) == (
        "All the numbers are right: only their type is not.")
    assert fact(lambda x: [x.max(), x.min()], lambda x: [x.min(), x.max()]) == (
        "The values that you return are right, but in another order: numbers 2, 1 of the answer.")


def test_a_part_is_named():
    def ours(x):
        return {"loss": x.mean(), "size": float(x.size), "all": x}

    def both(x):
        return {"loss": x.mean(), "size": float(x.size), "all": x}

    assert fact(lambda x: both(x) | {"loss": x.mean() / 2}, ours) == (
        "What you give under 'loss' is the right answer divided by 2.")
    assert fact(lambda x: both(x) | {"loss": -x.mean(), "all": -x}, ours) == (
        "What you give under 'loss' and under 'all' has the opposite sign.")
    assert fact(lambda x: both(x) | {"loss": -x.mean(), "all": 2 * x}, ours) == ""
    assert fact(lambda x: (x.min(), 2 * x.max()), lambda x: (x.min(), x.max())) == (
        "What you give in number 2 of 2 is the right answer times 2.")


def test_a_gradient_that_does_not_arrive():
    def run(function, a, b):
        given = [torch.tensor(a, requires_grad=True), torch.tensor(b, requires_grad=True)]
        loss = function(*given)
        gradients = torch.autograd.grad(loss, given, allow_unused=True) if loss.requires_grad else [None, None]
        gradients = [torch.zeros_like(x) if g is None else g for x, g in zip(given, gradients)]
        return {"loss": loss, "gradients": gradients}

    def ours(real, fake):
        return (real * fake).sum()

    pairs = [tuple(RNG.normal(size=(2, n))) for n in (3, 4)]
    more = {"solution": ours, "run": run, "cases": pairs}
    assert fact(lambda a, b: (a.detach() * b).sum(), **more) == "The values are right, but no gradient reaches `real`."
    assert fact(lambda a, b: (a * b).sum().detach(), **more) == (
        "The values are right, but no gradient reaches `real` and `fake`.")
    assert fact(lambda a, b: (a * b).sum().detach() * 2, **more) == ""
    assert fact(lambda a, b: (a * b).sum() * 2, **more) == "Everything you give is the right answer times 2."


def test_what_is_right_but_for_a_few():
    def ours(x):
        return x.sum(axis=0)

    edges = [(np.zeros((0, 3)),), (np.full((1, 3), np.inf),)]
    more = {"edges": edges}
    assert fact(lambda x: x.sum(axis=0) / len(x) * len(x) if len(x) else np.ones(3), ours, **more) == (
        "All other cases are right.")
    assert fact(lambda x: x.sum(axis=0) if len(x) else x[0], ours, **more) == "All other cases are right."
    assert fact(lambda x: x.sum(axis=0) if len(x) > 1 else 0 * x.sum(axis=0) - 1, ours, edges=edges) == ""
    bad = lambda x: x.sum(axis=0) if len(x) > 1 or x.size and np.isfinite(x).all() else np.ones(3)  # noqa: E731
    assert fact(bad, ours, edges=edges) == "All other cases are right, but for edge 1."

    numbers = {"random": lambda rng: (rng.uniform(0, 1, (2, 3)),), "random_count": 40}
    assert re.fullmatch("All but [1-4] of the 40 random ones are right, and so is every other case.",
                        fact(lambda x: x.sum(axis=0) + (0 < x.flat[0] < 0.05), ours, **numbers))


def test_a_card_goes_before():
    exercise = toy(lambda x: x + 0, *[(row,) for row in ROWS],
                   cards=[BugCard("twice", lambda x: 2 * x, "Said by a card.")])
    found = judge.judge(exercise, lambda x: x * 2)
    assert found.diagnosis == "Said by a card." and found.fact == ""
    assert judge.judge(exercise, lambda x: x * 3).diagnosis == "Everything you give is the right answer times 3."


def test_nothing_is_told_of_what_is_seen_once_or_is_too_large():
    assert fact(lambda x: 2 * x, cases=[(np.ones(3),)]) == ""
    assert fact(lambda x: 2 * x, cases=[(np.ones(3),), (np.ones(2),)]) == ""  # or "plus 1"
    assert fact(lambda x: np.zeros((9 * 10**4, 10**4)), cases=[(np.ones(3),), (np.ones(2),)]) == ""


# ---------------------------------------------------------------- never a false one


def claimed(words: str, right: np.ndarray, count) -> np.ndarray:
    """What the words say that theirs is; written anew, from the words alone."""
    r = right.astype(float)
    said = {"has the opposite sign": -r, "is the square of the right answer": r * r,
            "is the right answer without its sign": abs(r), "is one divided by the right answer": 1 / r,
            "is the square root of the right answer": r**0.5, "is the logarithm of the right answer": np.log(r),
            "is exp of the right answer": np.exp(r), "is the right answer rounded to a whole number": np.round(r),
            "is the right answer rounded down to a whole number": r // 1,
            "is the right answer rounded up to a whole number": -(-r // 1),
            "is the right answer with its decimals cut off": np.sign(r) * (abs(r) // 1),
            "is the right answer cut off at 0 and 1": np.where(r < 0, 0, np.where(r > 1, 1, r)),
            "is the right answer, with 0 for all that is negative": np.where(r < 0, 0, r),
            "is right, but the last axis is the other way round": np.flip(right, -1),
            "is right, but the first axis is the other way round": np.flip(right, 0),
            "is the right answer transposed": np.swapaxes(right, 0, -1),
            "is right, but the two numbers of the last axis are exchanged, as x and y": np.flip(right, -1),
            "is right, but the last axis is the other way round, as BGR is to RGB": np.flip(right, -1),
            "is the right answer times a.shape[0]": r * count, "is the right answer divided by a.shape[0]": r / count}
    if words in said:
        return said[words]
    order = re.fullmatch(r"is right, but the last axis stands in the order \[(.*)\]", words)
    if order:
        return np.take(right, [int(n) for n in order[1].split(", ")], axis=-1)
    less = re.fullmatch(r"is (\S+) less the right answer", words)
    if less:
        return float(less[1]) - r
    made, rest = r, words.removeprefix("is the right answer ")
    assert rest != words, words
    for step in rest.split(", "):
        if "radians are" in step or "degrees are" in step:
            continue
        value = step.split(" ", 1)[1].removeprefix("by ")
        known = {"π/180": math.pi / 180, "180/π": 180 / math.pi, "π": math.pi, "2π": 2 * math.pi, "ln 2": math.log(2),
                 "ln 10": math.log(10)}
        amount = known[value] if value in known else float(value)
        made = {"times": made * amount, "plus": made + amount, "less": made - amount, "divided": made / amount,
                }[step.split(" ", 1)[0]]
    return made


FEW = [0, 1, -1, 2, 3, 0.5, 255, 4, -2, 0.25]
ANSWERS = [
    lambda r, n: -r, lambda r, n: 1 - r, lambda r, n: 2 * r, lambda r, n: r / 2, lambda r, n: r + 1, lambda r, n: r * r,
    lambda r, n: np.flip(r, -1), lambda r, n: np.flip(r, 0), lambda r, n: abs(r), lambda r, n: np.round(r),
    lambda r, n: np.clip(r, 0, 1), lambda r, n: r * n, lambda r, n: r / n, lambda r, n: np.sqrt(abs(r)),
    lambda r, n: r * math.pi / 180, lambda r, n: 2 * r - 1, lambda r, n: np.roll(r, 1, -1), lambda r, n: r,
    lambda r, n: r + n, lambda r, n: np.sort(r, -1), lambda r, n: 0 * r + 3, lambda r, n: np.exp(r),
]  # fmt: skip


def drawn(rng):
    """A few tests of few different numbers; sometimes the last test, or one number, is another thing than the rest."""
    answer, other = (ANSWERS[i] for i in rng.integers(0, len(ANSWERS), 2))
    width, tests, shapes, rows = rng.integers(1, 5), rng.integers(1, 5), [], []
    spoiled = rng.choice(["no", "no", "last", "one number"])
    for test in range(tests):
        height = int(rng.integers(1, 4))
        right = rng.choice(FEW[: rng.integers(2, 11)], (height, width)).astype(float)
        theirs = np.array((other if spoiled == "last" and test == tests - 1 else answer)(right, height), float)
        if spoiled == "one number" and test == tests - 1:
            theirs.flat[rng.integers(theirs.size)] += rng.choice([1, 0.01, -255])
        rows.append(arithmetic.Row(theirs, right, test))
        shapes.append({"a": (height,), "b": (7,)})
    return rows, shapes


def test_no_relation_is_told_that_does_not_hold():
    """Few numbers, many chances to be alike: whatever is told is so on every row, by the words alone."""
    told = 0
    for seed in range(3000):
        rows, shapes = drawn(np.random.default_rng(seed))
        with np.errstate(all="ignore"):
            words, different = arithmetic.relation(rows, shapes), 0
            for row, shape in zip(rows, shapes) if words else ():
                said = claimed(words.replace("the number of values in `a`", "a.shape[0]"), row.right, shape["a"][0])
                largest = abs(said[np.isfinite(said)]).max(initial=1)
                np.testing.assert_allclose(row.theirs, said, 6e-4, 1e-5 * largest, err_msg=f"{seed}: {words}")
                different += not np.allclose(row.right, said, equal_nan=True)
        told += bool(words)
        assert not words or different >= 2, f"{seed}: {words}"
    assert told > 500


def test_of_answers_that_have_nothing_to_do_with_it_nothing_is_told():
    for seed in range(300):
        rng = np.random.default_rng(seed)
        rows = [arithmetic.Row(*rng.normal(size=(2, *rng.integers(1, 4, rng.integers(1, 4)))), test)
                for test in range(rng.integers(2, 6))]
        if sum(row.right.size for row in rows) > 3:
            assert arithmetic.relation(rows, [{"a": (3,)} for _ in rows]) == "", seed
