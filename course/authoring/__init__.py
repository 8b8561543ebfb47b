"""The tools that turn the authors' text into lessons, and prove them. For authors and instructors; see CONTRIBUTING.md.

    solutions/NN_name.py ── source ── compose ──┬── execute ── clean ── solutions/NN_name.ipynb   (with outputs)
                                                └── release ─────────── notebooks/NN_name.ipynb   (to be solved)
    notebooks/projects/NAME.py, the same way ─────────────────────────── notebooks/projects/NAME.ipynb (with outputs)

`build` does the round, `checking` says whether the committed notebooks are what the sources give,
`gradebook` lays out a course for nbgrader, `slides` makes slides, `architecture` draws the rooms of the code.

jupytext, nbclient, nbconvert and nbgrader are extras of the distribution: import this package's modules only where
they are needed, through `needs_libraries`.
"""

import contextlib

from .. import errors

INSTALL = "pip install -e '.[authoring]'"  # lessons are built in a checkout


class LessonError(errors.CourseError):
    """A lesson's source that is not as it must be; the message begins with file and line."""


@contextlib.contextmanager
def needs_libraries(what: str):
    """A context that turns a missing library into the line that says how to get it.

    `with needs_libraries("course build"): ...` raises `errors.CourseError`.
    """
    try:
        yield
    except ModuleNotFoundError as problem:
        if (problem.name or "").split(".")[0] == "course":
            raise
        raise errors.CourseError(f"{what} needs the library {problem.name}: {INSTALL}") from None
