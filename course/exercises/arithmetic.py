"""Relations between numbers: is what somebody gives always the right answer times two, turned, rounded, ...?

Each relation is a function of the right answer. It holds if it gives theirs on every row, to the precision of the
numbers, and if at least two tests show that it is another thing than the right answer itself.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from . import values

RELATIVE = 2e-4  # float32, after a few operations
SEVERAL = 2  # tests that must show it
KNOWN = {
    math.pi / 180: "times π/180, as radians are to degrees", 180 / math.pi: "times 180/π, as degrees are to radians",
    math.pi: "times π", 2 * math.pi: "times 2π", 1 / math.log(2): "divided by ln 2", math.log(2): "times ln 2",
    1 / math.log(10): "divided by ln 10", math.log(10): "times ln 10",
}  # fmt: skip
FUNCTIONS = (
    (np.square, "is the square of the right answer"),
    (np.sqrt, "is the square root of the right answer"),
    (np.abs, "is the right answer without its sign"),
    (np.reciprocal, "is one divided by the right answer"),
    (np.log, "is the logarithm of the right answer"),
    (np.exp, "is exp of the right answer"),
    (np.rint, "is the right answer rounded to a whole number"),
    (np.floor, "is the right answer rounded down to a whole number"),
    (np.ceil, "is the right answer rounded up to a whole number"),
    (np.trunc, "is the right answer with its decimals cut off"),
    (lambda x: np.clip(x, 0, 1), "is the right answer cut off at 0 and 1"),
    (lambda x: np.maximum(x, 0), "is the right answer, with 0 for all that is negative"),
)


@dataclass(frozen=True, eq=False)
class Row:
    """What somebody gives in one test, or a part of it, and what is right."""

    theirs: np.ndarray
    right: np.ndarray
    test: int  # its number


def relation(rows: list[Row], shapes: list[dict]) -> str:
    """What all of theirs is in terms of what is right, as it reads on after "Everything you give"; "" for nothing.

    shapes: of the arguments in each test, {name: shape}, where they are known.
    """
    if any(row.theirs.dtype.kind not in "biuf" or row.right.dtype.kind not in "biuf" for row in rows):
        return ""
    if any(row.theirs.shape != row.right.shape for row in rows):
        return _reshaped(rows)
    if any(row.right.dtype.kind == "b" or row.theirs.dtype.kind == "b" for row in rows):
        return _bools(rows) or _turned(rows)
    return _affine(rows) or _turned(rows) or _by_a_count(rows, shapes) or _function(rows)


# ---------------------------------------------------------------- whether it holds


def holds(rows: list[Row], function) -> bool:
    """Whether theirs is a function of the right answer on each row, and is seen to be another thing in two tests."""
    shown = set()
    for row in rows:
        with np.errstate(all="ignore"):
            made = np.asarray(function(row.right))
        if made.shape != row.theirs.shape or not equal(row.theirs, made):
            return False
        if row.theirs.shape != row.right.shape or not equal(made, row.right):
            shown.add(row.test)
    return len(shown) >= SEVERAL


def equal(a, b) -> bool:
    """The same numbers to the precision of float32 beside the largest of them; whole numbers to the bit."""
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype.kind in "biu" and b.dtype.kind in "biu":
        return bool(np.array_equal(a, b))
    a, b = a.astype(float), b.astype(float)
    finite = np.isfinite(a)
    if not np.array_equal(finite, np.isfinite(b)):
        return False
    if not np.array_equal(a[~finite], b[~finite], equal_nan=True):
        return False
    a, b = a[finite], b[finite]
    largest = np.abs(b).max(initial=0)
    return bool((np.abs(a - b) <= RELATIVE * np.abs(b) + 1e-6 * largest).all())


def _varied(rows: list[Row], count: int) -> bool:
    """Whether there are so many different numbers, in two tests at least: else anything is a multiple of anything."""
    numbers = [np.unique(np.round(row.right[np.isfinite(row.right)].astype(float), 6)) for row in rows]
    nonzero = {row.test for row, found in zip(rows, numbers) if np.any(found)}
    return len(nonzero) >= SEVERAL and len(np.unique(np.concatenate(numbers))) >= count


# ---------------------------------------------------------------- times, plus


def _affine(rows: list[Row]) -> str:
    """theirs = a right + b."""
    finite = [np.isfinite(row.right) & np.isfinite(row.theirs) for row in rows]
    right = np.concatenate([row.right[mask].astype(float) for row, mask in zip(rows, finite)])
    theirs = np.concatenate([row.theirs[mask].astype(float) for row, mask in zip(rows, finite)])
    if right.size < 2 or not _varied(rows, 2):
        return ""
    low, high = np.argmin(right), np.argmax(right)
    largest = np.argmax(np.abs(right))
    candidates = [(_nice(theirs[largest] / right[largest]), 0.0), (1.0, _nice(float(np.median(theirs - right))))]
    if _varied(rows, 4) and right[high] > right[low]:
        slope = _nice((theirs[high] - theirs[low]) / (right[high] - right[low]))
        rest = theirs[low] - slope * right[low]
        candidates.append((slope, _nice(rest) if abs(rest) > 1e-6 * np.abs(theirs).max() else 0.0))
    for a, b in candidates:
        if a and math.isfinite(a) and math.isfinite(b) and holds(rows, lambda x, a=a, b=b: a * x.astype(float) + b):
            return _affine_words(a, b)
    return ""


def _nice(number: float) -> float:
    """The whole number, the fraction or the known constant that is meant."""
    number = float(number)
    if not math.isfinite(number) or not number:
        return number
    wholes = (float(round(number)), 1 / round(1 / number) if abs(number) < 1 else 0.0, round(2 * number) / 2)
    for meant in (*wholes, *KNOWN, *(-known for known in KNOWN)):
        if meant and abs(number - meant) <= RELATIVE * abs(meant):
            return meant
    return number


def _affine_words(a: float, b: float) -> str:
    if (a, b) == (-1, 0):
        return "has the opposite sign"
    if a == -1 and b > 0:
        return f"is {values.number(b, 4)} less the right answer"
    factor = "" if a == 1 else KNOWN.get(a) or (
        f"divided by {values.number(1 / a, 4)}" if abs(a) < 1 and (1 / a).is_integer() else
        f"times {values.number(a, 4)}")
    offset = f"{'plus' if b > 0 else 'less'} {values.number(abs(b), 4)}" if b else ""
    return "is the right answer " + ", ".join(filter(None, (factor, offset)))


def _by_a_count(rows: list[Row], shapes: list[dict]) -> str:
    """A sum in place of a mean: times the length of an argument, which differs from test to test."""
    if not shapes or not _varied(rows, 2):
        return ""
    common = set.intersection(*({(name, axis) for name, shape in one.items() for axis in (*range(len(shape)), None)}
                                for one in shapes))
    for name, axis in sorted(common, key=str):
        counts = [math.prod(one[name]) if axis is None else one[name][axis] for one in shapes]
        if len(set(counts)) < SEVERAL or not all(counts):
            continue
        what = f"the number of values in `{name}`" if axis is None else f"{name}.shape[{axis}]"
        for power, words in ((1, "times"), (-1, "divided by")):
            made = [Row(row.theirs, row.right * float(counts[row.test]) ** power, row.test) for row in rows]
            if _equal_all(rows, made):
                return f"is the right answer {words} {what}"
    return ""


def _equal_all(rows: list[Row], made: list[Row]) -> bool:
    """Whether `made` is theirs everywhere, and not the right answer in two tests."""
    shown = {row.test for row, other in zip(rows, made) if not equal(other.right, row.right)}
    return len(shown) >= SEVERAL and all(equal(other.theirs, other.right) for other in made)


# ---------------------------------------------------------------- turned


def _turned(rows: list[Row]) -> str:
    """Axes exchanged, or read the other way."""
    shapes = {row.right.shape[-1:] for row in rows}
    length = next(iter(shapes))[0] if len(shapes) == 1 and () not in shapes else 0
    if 2 <= length <= 4:
        for order in itertools.permutations(range(length)):
            if order != tuple(range(length)) and holds(rows, lambda x, order=order: x[..., list(order)]):
                return _order_words(order)
    if all(row.right.ndim for row in rows):
        if holds(rows, lambda x: x[..., ::-1]):
            return "is right, but the last axis is the other way round"
        if holds(rows, lambda x: x[::-1]):
            return "is right, but the first axis is the other way round"
    return _transposed(rows)


def _order_words(order: tuple) -> str:
    if order == (1, 0):
        return "is right, but the two numbers of the last axis are exchanged, as x and y"
    if order == (2, 1, 0):
        return "is right, but the last axis is the other way round, as BGR is to RGB"
    return f"is right, but the last axis stands in the order {list(order)}"


def _transposed(rows: list[Row]) -> str:
    axes = {row.right.ndim for row in rows}
    count = axes.pop() if len(axes) == 1 else 0
    if not 2 <= count <= 4:
        return ""
    for order in itertools.permutations(range(count)):
        if holds(rows, lambda x, order=order: x.transpose(order)):
            return "is the right answer transposed" if count == 2 else (
                f"is right, but its axes stand in another order: it is the answer's .transpose{order}")
    return ""


# ---------------------------------------------------------------- another shape


def _reshaped(rows: list[Row]) -> str:
    """The right numbers in another shape, or only some of them."""
    told = _transposed(rows)
    if told:
        return told
    if _same_numbers(rows):
        more = {row.theirs.ndim - row.right.ndim for row in rows}
        if all(_without_ones(row.theirs) == _without_ones(row.right) for row in rows) and more in ({1}, {-1}):
            return "is right but for an axis of length 1 that is " + ("missing" if more == {-1} else "too many")
        return "has the right numbers in their order, but not the right shape"
    for function, words in ((lambda x: x[0], "is the first part of the right answer alone"),
                            (lambda x: x[-1], "is the last part of the right answer alone"),
                            (lambda x: x[:1], "is the first part of the right answer alone"),
                            (lambda x: x[-1:], "is the last part of the right answer alone")):
        if all(row.right.ndim and len(row.right) for row in rows) and holds(rows, function):
            return words
    return ""


def _without_ones(array: np.ndarray) -> tuple:
    return tuple(size for size in array.shape if size != 1)


def _same_numbers(rows: list[Row]) -> bool:
    shown = {row.test for row in rows if row.theirs.shape != row.right.shape}
    return len(shown) >= SEVERAL and all(
        row.theirs.size == row.right.size and equal(row.theirs.ravel(), row.right.ravel()) for row in rows) and any(
        row.right.size > 0 for row in rows)


# ---------------------------------------------------------------- others


def _function(rows: list[Row]) -> str:
    if not _varied(rows, 3):
        return ""
    return next((words for function, words in FUNCTIONS
                 if holds(rows, lambda x, function=function: function(x.astype(float)))), "")


def _bools(rows: list[Row]) -> str:
    both = set(np.concatenate([row.right.ravel() for row in rows]).astype(bool).tolist()) == {True, False}
    if both and holds(rows, lambda x: ~x.astype(bool)):
        return "is the opposite: True where the answer is False"
    return ""
