"""`course build`: from `solutions/NN_name.py` to the executed twin beside it and the student's notebook; from
`notebooks/projects/NAME.py` to the executed notebook beside it, which is the student's, too.

A notebook is written only when it changes. The executed twin remembers, in its metadata, a fingerprint of the code it
ran; while that is the same, an edit of the prose keeps the outputs and runs nothing.
"""

import hashlib
import json
import os
from pathlib import Path

import nbformat

import course

from .. import errors
from . import LessonError, clean, compose, execute, source

REMEMBERED = "living_portraits"  # the key of our metadata in an executed notebook
BUILD = 1  # part of the fingerprint: raise it when the build changes what it makes of the same code


def find_root() -> Path:
    """The checkout: this folder or one above it, else the one the package is in. Raises `errors.CourseError`: none."""
    here = Path.cwd()
    for folder in (here, *here.parents, Path(course.__file__).resolve().parent.parent):
        if (folder / "solutions").is_dir() and (folder / "pyproject.toml").is_file():
            return folder
    raise errors.CourseError("no folder solutions/ here: run this in a checkout of the course")


def lesson_paths(root, names=()) -> list:
    """The sources of all lessons, or of those named: "02", "02_find_the_keypoints" or the path of the source.

    Raises `errors.CourseError`: no lesson there, or none of that name.
    """
    paths = sorted((Path(root) / "solutions").glob("*.py"))
    if not paths:
        raise errors.CourseError(f"{Path(root).name}/solutions holds no lesson NN_name.py")
    if not names:
        return paths
    chosen = []
    for name in names:
        stem = Path(name).name.removesuffix(".py").removesuffix(".ipynb")
        found = [path for path in paths if path.stem == stem or path.stem.split("_")[0] == stem]
        if not found:
            raise errors.CourseError(f"no lesson {name}: there are {', '.join(path.stem for path in paths)}")
        chosen += [path for path in found if path not in chosen]
    return chosen


def project_paths(root, names=()) -> list:
    """The sources of all projects, or of those named: "market_report", its path, or "projects" for all."""
    paths = sorted((Path(root) / "notebooks" / source.PROJECTS).glob("*.py"))
    if not names or source.PROJECTS in names:
        return paths
    wanted = {Path(name).name.removesuffix(".py").removesuffix(".ipynb") for name in names}
    return [path for path in paths if path.stem in wanted]


def source_paths(root, names=()) -> list:
    """Lessons and projects, all or those named. Raises `errors.CourseError`: none of that name."""
    projects = project_paths(root, names)
    of_projects = {source.PROJECTS, *(path.stem for path in projects)}
    lessons = [name for name in names if Path(name).name.partition(".")[0] not in of_projects]
    return [*(lesson_paths(root, lessons) if lessons or not names else []), *projects]


def executed_path(root, name: str) -> Path:
    """`solutions/NN_name.ipynb`: the lesson with solutions and outputs."""
    return Path(root) / "solutions" / f"{name}.ipynb"


def student_path(root, name: str) -> Path:
    """`notebooks/NN_name.ipynb`: the lesson as a student gets it."""
    return Path(root) / "notebooks" / f"{name}.ipynb"


def project_path(root, name: str) -> Path:
    """`notebooks/projects/NAME.ipynb`: a project with its outputs, as a student gets it."""
    return Path(root) / "notebooks" / source.PROJECTS / f"{name}.ipynb"


def build(path, root, force: bool = False, known=None) -> str:
    """Build one lesson's two notebooks, or a project's one; returns the line that says what was done.

    known: see `source.read`. force: run it even if the outputs that are there belong to this code.
    Raises `LessonError`: the source is not as it must be, a cell raises, or the outputs hold what they may not.
    """
    lesson = source.read(path, known)
    notebook = compose.authors_notebook(lesson, root)
    place, student = project_path(root, lesson.name), False
    if not lesson.is_project:
        place = executed_path(root, lesson.name)
        student = write_if_changed(student_path(root, lesson.name),
                                   compose.to_text(compose.students_notebook(notebook)))
    wanted = fingerprint(lesson, notebook)
    before = read_notebook(place)
    same_code = before is not None and before.metadata.get(REMEMBERED) == wanted
    if same_code and not force and _take_outputs(notebook, before):
        how = "outputs kept"
    else:
        seconds = execute.execute(notebook, lesson)
        clean.clean(notebook, lesson)
        how = f"executed in {seconds:.0f} s"
    notebook.metadata = nbformat.from_dict({**compose.NOTEBOOK_METADATA, REMEMBERED: wanted})
    text = compose.to_text(notebook)
    for fault in clean.faults(notebook, len(text.encode())):
        raise LessonError(f"{lesson.place(1)}: its notebook {fault}")
    twin = write_if_changed(place, text)
    written = "written" if student or twin else "unchanged"
    return f"{lesson.name}: {how}, {len(text.encode()) / 1e6:.2f} MB, {written}"


def fingerprint(lesson, notebook) -> dict:
    """What the outputs of a lesson hang on: its code, its checks, and the version of the package."""
    checks = Path(course.__file__).parent / "lessons" / f"lesson_{lesson.number}" / "exercises.py"
    parts = {
        "code": [[cell.source, cell.metadata.get("tags", [])] for cell in notebook.cells if cell.cell_type == "code"],
        "checks": checks.read_text(encoding="utf-8") if checks.is_file() else "",
        "build": BUILD,
    }
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return {"fingerprint": digest[:32], "version": course.__version__}


def _take_outputs(notebook, before) -> bool:
    """Carry the outputs over from a notebook that ran the same code; False where it does not hold them all."""
    new = [cell for cell in notebook.cells if cell.cell_type == "code"]
    old = [cell for cell in before.cells if cell.cell_type == "code"]
    if [cell.source for cell in new] != [cell.source for cell in old]:
        return False
    if any(cell.execution_count is None for cell in old):
        return False
    for cell, ran in zip(new, old):
        cell.outputs, cell.execution_count = ran.outputs, ran.execution_count
    return True


def read_notebook(path):
    """A notebook, or None where there is none that can be read."""
    try:
        return nbformat.reads(Path(path).read_text(encoding="utf-8"), as_version=4)
    except (OSError, ValueError, nbformat.ValidationError):
        return None


def write_if_changed(path, text: str) -> bool:
    """Write a file whole or not at all; True if that changed anything. Raises OSError: it cannot be written."""
    path = Path(path)
    if path.is_file() and path.read_bytes() == text.encode():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(text.encode())
    os.replace(beside, path)
    return True
