"""Mutation testing of the exercises: what is changed, what a check says to it, and a sample of all of it."""

import ast
import re
import subprocess
import sys

import pytest
from conftest import CHECKOUT

from course.authoring import mutants
from course.exercises import exercise

TEXT = '''def halves(values, axis=-1):
    """Half of what is at least 1, and nothing else: (N,) -> (N,)."""
    found = np.clip(values, 0, None)
    if found.size > 3:
        found = found[1:]
    return np.where(found >= 1, found / 2, 0.0).sum(axis=axis)
'''


def changes(text: str) -> set:
    return {f"{mutant.before} -> {mutant.after}" for mutant in mutants.of_solution("f", ast.parse(text))}


@pytest.mark.parametrize("change", [
    "if found.size > 3: -> if found.size >= 3:", "if found.size > 3: -> if found.size <= 3:",
    "if found.size > 3: -> if found.size > 4:", "if found.size > 3: -> if True:",
    "found = found[1:] -> found = found[2:]", "found = found[1:] -> pass",
    "found = np.clip(values, 0, None) -> found = values",
    "return np.where(found >= 1, found / 2, 0.0).sum(axis=axis) -> "
    "return np.where(found > 1, found / 2, 0.0).sum(axis=axis)",
    "return np.where(found >= 1, found / 2, 0.0).sum(axis=axis) -> "
    "return np.where(found >= 1, found * 2, 0.0).sum(axis=axis)",
    "return np.where(found >= 1, found / 2, 0.0).sum(axis=axis) -> "
    "return np.where(found >= 1, found / 2, 0.0).mean(axis=axis)",
    "return np.where(found >= 1, found / 2, 0.0).sum(axis=axis) -> return np.where(found >= 1, found / 2, 0.0).sum()",
])
def test_operators_bounds_axes_and_calls_are_changed_one_at_a_time(change):
    assert change in changes(TEXT)


def test_signatures_docstrings_and_messages_stay():
    for mutant in mutants.of_solution("f", ast.parse(TEXT)):
        tree = ast.parse(mutant.source).body[0]
        assert ast.unparse(tree.args) == "values, axis=-1" and ast.get_docstring(tree).startswith("Half of what")
    assert not changes("def f():\n    raise ValueError('a' + 'b')")


def test_a_check_with_a_hole_accepts_a_mutant():
    def one(*cases):
        return exercise.Exercise(name="f", lesson=99, title="f", no_place="a test's", solution=lambda v: v > 3,
                                 cases=[exercise.case(f"{value}", value) for value in cases], hints=["", "", ""])

    tree = ast.parse("def f(v):\n    return v > 3")
    at_the_limit = next(mutant for mutant in mutants.of_solution("f", tree) if mutant.after == "return v >= 3")
    assert at_the_limit.key == "f: return v > 3  ->  return v >= 3"
    assert mutants.verdict(one(2, 4), at_the_limit, {}).state == "right"
    assert mutants.verdict(one(2, 4, 3), at_the_limit, {}).state == "wrong"


def test_a_sample_of_all_mutants_is_refused():
    """All of them: `make test-long`."""
    done = subprocess.run([sys.executable, CHECKOUT / "benchmarks" / "mutate_exercises.py", "--sample", "60", "--seed",
                           "5"], capture_output=True, text=True)
    assert done.returncode == 0 and re.search(r"^all +60 ", done.stdout, re.M), done.stdout + done.stderr
