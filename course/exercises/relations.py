"""What a wrong answer has to do with the right one, where no bug card agrees: "the right answer times 255".

A relation is told only if it holds on every test, to the precision of the numbers, and if the tests could have shown
otherwise: numbers that differ, in more than one test. So what is told is a fact about the answers, not a guess at the
mistake behind it.
"""

import itertools
import math

import numpy as np

from . import arithmetic, values

SEVERAL = 2  # tests, at least, that must show the relation
MOST = 5_000_000  # numbers in one answer: of more nothing is told
PARTS = 3  # more parts of an answer than these are not named


class _Unlike(Exception):
    """Two values that are not of the same form, so that nothing can be said."""


def find(exercise, tests: list, given: list, failing: list) -> str:
    """A sentence about a wrong answer, "" where there is nothing to tell.

    tests, given: each test and the outcome of the answer there; failing: those of the tests that went wrong.
    """
    whole = len(given) == len(tests)
    if whole and not any(outcome.error or outcome.changed or _size(outcome.value) > MOST for outcome in given):
        told = _related(exercise, tests, given)
        if told:
            return told
    return _few_fail(tests, failing) if whole else ""


def _size(value) -> int:
    if isinstance(value, (list, dict)):
        return sum(map(_size, value.values() if isinstance(value, dict) else value))
    return value.size if isinstance(value, np.ndarray) else 1


def _related(exercise, tests: list, given: list) -> str:
    rights = [test.right.value for test in tests]
    theirs = [values.fit(outcome.value, right) for outcome, right in zip(given, rights)]
    for words in (_same_always(theirs, rights), _given_back(given), _other_order(exercise, theirs, rights)):
        if words:
            return words
    try:
        parts = _parts(theirs, rights)
    except _Unlike:
        return ""
    wrong = {path: rows for path, rows in parts.items() if not all(_right(exercise, *row) for row in rows)}
    if not wrong:
        typed = any(values.wrong_type(t, r, exercise.exact_dtype) for t, r in zip(theirs, rights))
        return "All the numbers are right: only their type is not." if typed else ""
    if not all(values.is_numbers(t) and values.is_numbers(r) for rows in wrong.values() for t, r in rows):
        return ""
    told = _no_gradient(parts, wrong, exercise)
    return told or _one_relation(parts, wrong, [outcome.shapes for outcome in given])


def _one_relation(parts: dict, wrong: dict, shapes: list) -> str:
    """One relation that all the parts of the answer that are wrong have to the right ones."""
    numbers = [path for path, rows in parts.items() if values.is_numbers(rows[0][1])]
    which = _subject(wrong, all_of_it=len(wrong) == len(numbers))
    rows = [arithmetic.Row(np.asarray(t), np.asarray(r), number)
            for one in wrong.values() for number, (t, r) in enumerate(one)]
    told = arithmetic.relation(rows, shapes if len({len(one) for one in wrong.values()} | {len(shapes)}) == 1 else [])
    return f"{which} {told}." if which and told else ""


def _subject(wrong: dict, all_of_it: bool) -> str:
    if all_of_it:
        return "Everything you give"
    places = list(dict.fromkeys(values.where(path) for path in wrong))
    if len(places) > PARTS:
        places = list(dict.fromkeys(values.where(path[:1]) for path in wrong))
    return f"What you give {' and '.join(places)}" if len(places) <= PARTS else ""


def _right(exercise, theirs, right) -> bool:
    if not values.is_numbers(right) or not values.is_numbers(theirs):
        return bool(np.all(theirs == right)) if type(theirs) is type(right) else False
    return np.shape(theirs) == np.shape(right) and values.close(theirs, right, exercise.atol, exercise.rtol)


def _parts(theirs: list, rights: list) -> dict:
    """{path: [(theirs, right) of each test]}; lists whose length differs from test to test are one part.

    Raises `_Unlike`: the answers are not of the form of the right ones.
    """
    found = [list(_pairs(t, r)) for t, r in zip(theirs, rights)]
    if len({tuple(path for path, _, _ in leaves) for leaves in found}) > 1:
        found = [[(tuple(step for step in path if not isinstance(step, tuple)), t, r) for path, t, r in leaves]
                 for leaves in found]
    parts: dict = {}
    for path, t, r in itertools.chain(*found):
        parts.setdefault(path, []).append((t, r))
    return parts


def _pairs(theirs, right, path: tuple = ()):
    if isinstance(right, list):
        if not isinstance(theirs, list) or len(theirs) != len(right):
            raise _Unlike
        for number, (t, r) in enumerate(zip(theirs, right), 1):
            yield from _pairs(t, r, (*path, (number, len(right))))
    elif isinstance(right, dict):
        if not isinstance(theirs, dict) or set(theirs) != set(right):
            raise _Unlike
        for key in right:
            yield from _pairs(theirs[key], right[key], (*path, key))
    else:
        yield path, theirs, right


# ---------------------------------------------------------------- about the whole answer


def _same_always(theirs: list, rights: list) -> str:
    """The answer hangs on nothing that it is given."""
    if len(theirs) < SEVERAL or all(values.identical(right, rights[0]) for right in rights):
        return ""
    if all(values.identical(one, theirs[0]) for one in theirs):
        return f"You give the same answer whatever you are given: {values.briefly(theirs[0])}."
    if all(values.is_numbers(one) and np.asarray(one).dtype.kind in "biuf" for one in (*theirs, *rights)):
        numbers, right = (np.concatenate([np.ravel(one) for one in all_of]) for all_of in (theirs, rights))
        if numbers.size >= SEVERAL and (numbers == numbers[0]).all() and len(np.unique(right)) > 1:
            return f"You give {values.number(numbers[0].item())} everywhere, whatever you are given."
    return ""


def _given_back(given: list) -> str:
    """One of the arguments comes back as it was."""
    for name in given[0].echoes:
        if all(name in outcome.echoes for outcome in given):
            return f"You give back {f'`{name}`' if isinstance(name, str) else f'argument {name + 1}'} as it was given."
    return ""


def _other_order(exercise, theirs: list, rights: list) -> str:
    """The values that are returned together stand in another order."""
    count = len(rights[0]) if isinstance(rights[0], list) else 0
    if not 2 <= count <= 4 or not all(isinstance(one, list) and len(one) == count for one in (*theirs, *rights)):
        return ""
    for order in itertools.permutations(range(count)):
        shown = 0
        for t, r in zip(theirs, rights):
            moved = [r[place] for place in order]
            if not _alike(exercise, values.fit(t, moved), moved):
                break
            shown += not _alike(exercise, values.fit(t, r), r)
        else:
            if shown >= SEVERAL:
                names = ", ".join(str(place + 1) for place in order)
                return f"The values that you return are right, but in another order: numbers {names} of the answer."
    return ""


def _alike(exercise, theirs, right) -> bool:
    if values.wrong_type(theirs, right) or values.wrong_shape(theirs, right):
        return False
    return values.close(theirs, right, exercise.atol, exercise.rtol)


# ---------------------------------------------------------------- gradients


def _no_gradient(parts: dict, wrong: dict, exercise) -> str:
    """The values are right; of what should be learned from there is nothing."""
    if not all(_of_gradient(path) for path in wrong) or all(_of_gradient(path) for path in parts):
        return ""
    for rows in wrong.values():
        if any(np.any(t) for t, _ in rows) or sum(bool(np.any(r)) for _, r in rows) < min(SEVERAL, len(rows)):
            return ""
    places = list(dict.fromkeys(_reached(path, parts, exercise) for path in wrong))
    return f"The values are right, but no gradient reaches {' and '.join(places)}."


def _of_gradient(path: tuple) -> bool:
    return any(word in str(step) for step in path for word in ("gradient", "slope"))


def _reached(path: tuple, parts: dict, exercise) -> str:
    """What a gradient is taken by: "`maps`", "the fakes"."""
    from . import answers, inputs

    names = inputs.names(answers.ours(exercise))
    first = str(path[0])
    if " for " in first or " in " in first:
        return first.partition(" for " if " for " in first else " in ")[2]
    if len(path) > 1 and isinstance(path[1], str):
        return f"`{path[1]}`"
    if len(path) > 1 and path[1][1] == len(names):
        return f"`{names[path[1][0] - 1]}`"
    return f"`{names[0]}`" if len(names) == 1 and len(path) == 1 else "its inputs"


# ---------------------------------------------------------------- how many fail


def _few_fail(tests: list, failing: list) -> str:
    """Which cases are wrong, where that says something: the few on the edge."""
    groups = {test.group for test in failing}
    right = len(tests) - len(failing)
    if groups == {"edge"} and len(failing) <= 2 and right > len(failing):
        if len(failing) == 1:
            return "All other cases are right."
        return f"All other cases are right, but for {failing[1].case.says}."
    if groups == {"random"} and len(failing) <= math.ceil(0.1 * sum(test.group == "random" for test in tests)):
        count = sum(test.group == "random" for test in tests)
        return f"All but {len(failing)} of the {count} random ones are right, and so is every other case."
    return ""
