"""The proof of every lesson: both its notebooks run, show what is stored, and are what the source gives.

For each notebook a line is printed: cells run, outputs compared, seconds. A lesson should need 120 s on two cores.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from conftest import CHECKOUT

from course.authoring import build, checking, source
from course.exercises import registry

LESSONS = [path.stem for path in sorted((CHECKOUT / "solutions").glob("*.py"))]
SECONDS = 120


def run_with_nbval(path, home, calls=None) -> float:
    """Run a notebook's cells with nbval-lax, in a home of its own; returns the seconds.

    calls: a file to which the package writes the name of each part of the student's that it calls.
    """
    more = {"COURSE_HOME": str(home)} | ({"COURSE_CALLS": str(calls)} if calls else {})
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=600", "-q",
         "-p", "no:cacheprovider", "--rootdir", str(path.parent), "--color=no", path.name],
        cwd=path.parent, env=os.environ | more, capture_output=True, text=True)
    seconds = time.perf_counter() - begin
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    cells = sum(cell.cell_type == "code" for cell in nbformat.read(path, as_version=4).cells)
    assert re.search(rf"^{cells} passed", done.stdout, re.M), "a cell was not run:\n" + done.stdout[-2000:]
    return seconds


def report(record_property, path, compared: int, seconds: float) -> None:
    """A line for the end of the run; conftest.py prints it."""
    cells = sum(cell.cell_type == "code" for cell in nbformat.read(path, as_version=4).cells)
    late = f"  more than {SECONDS} s" if seconds > SECONDS else ""
    record_property("lesson", f"{path.parent.name}/{path.name}: {cells} cells run, {compared} outputs compared, "
                              f"{seconds:.0f} s{late}")


def everyone_home() -> dict:
    """What is in the home of whoever runs the tests: {path: time of its last change}."""
    folder = Path.home() / ".living-portraits"
    return {path: path.stat().st_mtime_ns for path in [folder, *folder.rglob("*")] if path.exists()}


def copied(path, tmp_path, change=None):
    """A copy of a notebook in an empty folder of the same name: the kernel's working folder."""
    notebook = nbformat.read(path, as_version=4)
    if change:
        change(notebook)
    made = tmp_path / path.parent.name / path.name
    made.parent.mkdir()
    nbformat.write(notebook, made)
    return made


def compared(notebook) -> list:
    return [cell for cell in notebook.cells if source.CHECKED in cell.metadata.get("tags", [])]


@pytest.mark.parametrize("name", LESSONS)
def test_solution_shows_what_is_stored(name, tmp_path, record_property):
    """Proof 1, and 3 as far as it is seen: with our answers put in, every check is green.

    Proof 6: the running system really calls each exercise's function, put in its place by `course.use`.
    """
    path = build.executed_path(CHECKOUT, name)
    notebook = nbformat.read(path, as_version=4)
    assert all(cell.outputs for cell in compared(notebook)), "nbval passes a marked cell that has no stored output"
    for exercise in source.read(CHECKOUT / "solutions" / f"{name}.py").exercises:
        check = next(cell for cell in notebook.cells if cell.id == f"check-{exercise.name}")
        assert check in compared(notebook)
        assert check.outputs[0].data["text/plain"].startswith(f"✓ {exercise.name} ")
    before = everyone_home()
    calls = tmp_path / "calls.txt"
    seconds = run_with_nbval(copied(path, tmp_path), tmp_path / "home", calls)
    report(record_property, path, len(compared(notebook)), seconds)
    assert everyone_home() == before
    own = (exercise for exercise in registry.every() if exercise.lesson == int(name[:2]))
    assert set(calls.read_text().split()) == {exercise.name for exercise in own if exercise.place}


NOT_YET = """
from course.exercises import grade

try:
    grade({name!r})
except AssertionError:
    pass
else:
    raise RuntimeError("{name} counts as solved")
"""


@pytest.mark.parametrize("name", LESSONS)
def test_students_notebook_runs_to_its_end_with_nothing_solved(name, tmp_path, record_property):
    """Proof 2; and no exercise counts as solved at the end."""
    path = build.student_path(CHECKOUT, name)
    exercises = source.read(CHECKOUT / "solutions" / f"{name}.py").exercises

    def ask_at_the_end(notebook):
        for exercise in exercises:
            notebook.cells.append(nbformat.v4.new_code_cell(NOT_YET.format(name=exercise.name)))

    before = everyone_home()
    home = tmp_path / "home"
    seconds = run_with_nbval(copied(path, tmp_path, ask_at_the_end), home)
    report(record_property, path, 0, seconds)
    assert everyone_home() == before
    assert not list(home.glob("mine/*")), "an answer was kept, though nothing was solved"


def test_notebooks_are_what_the_sources_give():
    """Proof 5."""
    assert list(checking.problems(CHECKOUT, build.lesson_paths(CHECKOUT))) == []


# ---------------------------------------------------------------- the proof itself


@pytest.fixture
def small(tmp_path):
    """A notebook with one cell, which shows 40 and is compared."""
    cell = nbformat.v4.new_code_cell("x = 20\nprint(2 * x)", metadata={"tags": [source.CHECKED]}, execution_count=1,
                                     outputs=[nbformat.v4.new_output("stream", text="40\n")])
    path = tmp_path / "small.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    return path


@pytest.mark.parametrize("code", ["x = 20\nprint(3 * x)", "print(x)"])
def test_the_proof_sees_other_outputs_and_errors(small, tmp_path, code):
    notebook = nbformat.read(small, as_version=4)
    notebook.cells[0].source = code
    nbformat.write(notebook, small)
    with pytest.raises(AssertionError):
        run_with_nbval(small, tmp_path / "home")


def test_the_proof_is_content_with_what_is_right(small, tmp_path):
    assert run_with_nbval(small, tmp_path / "home") > 0
