"""From a lesson's source to notebooks: the author's (solutions, hidden tests) and, through nbgrader, the student's.

The student's notebook is made by nbgrader's own preprocessors, in the order in which `nbgrader generate_assignment`
runs them, so that a course laid out for nbgrader releases the same cells.
"""

import logging
import re
from pathlib import Path

import nbformat
from nbgrader import preprocessors
from traitlets.config import Config

from . import LessonError
from .cell_ids import cell_ids

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

STUB = "raise NotImplementedError"  # what stands in a student's notebook in the solution's place
HIDDEN_TEST = """
### BEGIN HIDDEN TESTS
from course.exercises import grade
grade("{name}")
### END HIDDEN TESTS"""
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# nbgrader's `GenerateAssignment.preprocessors` without what needs its database, headers of its own or autotests
RELEASE = (preprocessors.LockCells, preprocessors.ClearSolutions, preprocessors.ClearOutput,
           preprocessors.CheckCellMetadata, preprocessors.ComputeChecksums, preprocessors.ClearHiddenTests,
           preprocessors.ClearMarkScheme, preprocessors.ComputeChecksums, preprocessors.CheckCellMetadata)
PLACEHOLDER = re.compile(r"\{\{(repository|colab)\}\}")


def authors_notebook(lesson, root) -> nbformat.NotebookNode:
    """The whole lesson, without outputs: what nbgrader calls the source.

    lesson: `source.Lesson`; root: the checkout, whose `pyproject.toml` holds the repository's address.
    """
    notebook = nbformat.v4.new_notebook(metadata=nbformat.from_dict(NOTEBOOK_METADATA))
    for cell, name in zip(lesson.cells, cell_ids(lesson.cells)):
        text = _filled_in(lesson, cell, root)
        if cell.kind == "text":
            made = nbformat.v4.new_markdown_cell(text, id=name, metadata=cell.metadata)
        else:
            made = nbformat.v4.new_code_cell(text, id=name, metadata=cell.metadata)
        if cell.kind == "exercise":
            made.source = f"{title(cell.exercise)}\n{made.source}"
            made.metadata["nbgrader"] = _nbgrader(cell.exercise.name, solution=True)
        elif cell.kind == "check":
            made.source += HIDDEN_TEST.format(name=cell.exercise.name)
            made.metadata["nbgrader"] = _nbgrader(f"check_{cell.exercise.name}", points=cell.exercise.points)
        notebook.cells.append(made)
    nbformat.validate(notebook)
    return notebook


def title(exercise) -> str:
    """The line above an exercise, for the student: its name, difficulty and minutes."""
    optional = " · optional" if exercise.optional else ""
    return f"# Exercise: {exercise.name} · difficulty {exercise.difficulty}/5 · {exercise.minutes} min{optional}"


def _nbgrader(grade_id: str, solution: bool = False, points: int | None = None) -> dict:
    """nbgrader's metadata (schema 3) of a solution's cell, or of a check's, which has points."""
    grade = points is not None
    metadata = {"schema_version": 3, "grade_id": grade_id, "grade": grade, "solution": solution, "locked": grade,
                "task": False}
    if grade:
        metadata["points"] = points
    return metadata


def _filled_in(lesson, cell, root) -> str:
    """`{{repository}}` becomes the repository's address, `{{colab}}` that of this lesson in Colab."""

    def value(match):
        address = repository(root)
        if not address:
            raise LessonError(f"{lesson.place(cell.line)}: {match[0]} needs the repository's address: give it in "
                              "pyproject.toml as Repository under [project.urls]")
        if match[1] == "repository":
            return address
        owner_and_name = re.sub(r"^https://github\.com/|(\.git)?/?$", "", address)
        return f"https://colab.research.google.com/github/{owner_and_name}/blob/main/{lesson.notebook}"

    return PLACEHOLDER.sub(value, cell.source)


def repository(root) -> str:
    """The repository's address, which stands in `pyproject.toml` alone; "" where it does not."""
    path = Path(root) / "pyproject.toml"
    if not path.is_file():
        return ""
    return tomllib.loads(path.read_text(encoding="utf-8")).get("project", {}).get("urls", {}).get("Repository", "")


def nbgrader_config() -> Config:
    """What we ask of nbgrader, here and in a course laid out for it (`gradebook.py`)."""
    config = Config()
    config.ClearSolutions.code_stub = {"python": STUB}
    return config


def students_notebook(notebook) -> nbformat.NotebookNode:
    """The author's notebook as a student gets it: no solutions, no hidden tests, no outputs."""
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    made, resources = nbformat.from_dict(notebook), {}
    for preprocessor in RELEASE:
        made, resources = preprocessor(config=nbgrader_config())(made, resources)
    return made


def to_text(notebook) -> str:
    """The notebook's file: the same notebook gives the same bytes."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook, indent=1) + "\n"
