"""`course build --check`: are the committed notebooks what the sources give?"""

from pathlib import Path

from . import LessonError, build, clean, compose, source


def problems(root, paths, known=None):
    """Yield one line for each notebook that is not what its source gives, and each that has no source."""
    for path in paths:
        try:
            lesson = source.read(path, known)
            notebook = compose.authors_notebook(lesson, root)
        except LessonError as problem:
            yield from str(problem).splitlines()
            continue
        again = f"run: course build {lesson.number}"
        twin = build.project_path(root, lesson.name)
        if not lesson.is_project:
            yield from _student_problems(root, lesson, notebook, again)
            twin = build.executed_path(root, lesson.name)
        text = _twin_problem(twin, notebook)
        if text:
            yield f"{_short(twin)}: {text}; {again}"
    yield from _strays(root)


def _student_problems(root, lesson, notebook, again: str):
    """What is wrong with a lesson's notebook for students."""
    student = build.student_path(root, lesson.name)
    wanted = compose.to_text(compose.students_notebook(notebook)).encode()
    if not student.is_file():
        yield f"{_short(student)}: is not there; {again}"
    elif student.read_bytes() != wanted:
        yield f"{_short(student)}: is not what the source gives; {again}"


def _twin_problem(path, notebook) -> str:
    """What is wrong with an executed notebook, "" if nothing is."""
    if not path.is_file():
        return "is not there"
    twin = build.read_notebook(path)
    if twin is None:
        return "cannot be read"
    ours, theirs = notebook.cells, twin.cells
    if len(ours) != len(theirs):
        return f"has {len(theirs)} cells, the source {len(ours)}"
    for number, (cell, other) in enumerate(zip(ours, theirs)):
        for part in ("id", "cell_type", "source", "metadata"):
            if cell[part] != other.get(part):
                return f"cell {number} ({other.get('id')}) has another {part.replace('_', ' ')} than the source"
        if cell.cell_type == "code" and other.execution_count is None:
            return f"cell {number} ({other.id}) was never run"
    return next(clean.faults(twin, path.stat().st_size), "")


def _strays(root):
    """Notebooks that no source makes."""
    sources = {path.stem for path in (Path(root) / "solutions").glob("*.py")}
    for folder in ("notebooks", "solutions"):
        for path in sorted((Path(root) / folder).glob("*.ipynb")):
            if path.stem not in sources:
                yield f"{_short(path)}: has no source solutions/{path.stem}.py; delete it"
    projects = Path(root) / "notebooks" / source.PROJECTS
    for path in sorted(projects.glob("*.ipynb")):
        if not path.with_suffix(".py").is_file():
            yield f"{_short(path)}: has no source {path.stem}.py beside it; delete it"


def _short(path) -> str:
    return f"{path.parent.name}/{path.name}"
