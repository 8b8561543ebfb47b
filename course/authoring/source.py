"""A lesson as its author writes it: one text file, cut into cells, each with the line it begins at.

The text is jupytext's percent format, read by jupytext. What is added here is what a lesson must be: exercises with
a title, a solution and a check, and no cell that would behave otherwise in the hands of a student. Everything that is
wrong is found at once, each with file and line.
"""

import ast
import importlib
import re
import traceback
from dataclasses import dataclass, field
from pathlib import Path

import jupytext

from . import LessonError, minutes

FILE_NAME = re.compile(r"(\d\d)_[a-z0-9]+(_[a-z0-9]+)*\.py")
PROJECTS = "projects"  # the folder in notebooks/ that holds the projects' sources and notebooks
PROJECT_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\.py")
MARKER = re.compile(r"#\s*%%(?!%)")
TITLE = re.compile(r"exercise: (?P<name>[A-Za-z_]\w*) · difficulty (?P<difficulty>[1-5])/5 · (?P<minutes>\d+) min"
                   r"(?P<optional> · optional)?")
TITLE_FORM = "# %% exercise: NAME · difficulty 2/5 · 10 min"
CHECK = re.compile(r'(\w+) = check\("(\w+)"\)')
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"

METADATA = {"tags", "slideshow", "jupyter", "cellView"}  # what an author may say of a cell
JUPYTEXT = {"title", "lines_to_next_cell", "lines_to_end_of_cell_marker", "cell_marker", "region_name"}
CHECKED = "nbval-check-output"
# Tags and comments by which a cell would slip through the proof: skipped, or allowed to raise
ESCAPES = {"raises-exception", "nbval-raises-exception", "nbval-skip", "nbval-ignore-output"}
ESCAPE_COMMENT = re.compile(r"^\s*#\s*(NBVAL_\w+|PYTEST_VALIDATE_\w+)\s*$", re.M)


@dataclass
class Exercise:
    """What a title line says: `exercise: iou · difficulty 2/5 · 10 min`, with ` · optional` where it is."""

    name: str
    difficulty: int
    minutes: int
    optional: bool = False

    @property
    def points(self) -> int:
        """Solutions are public, so points count completion: the difficulty, or nothing where it is optional."""
        return 0 if self.optional else self.difficulty


@dataclass
class Cell:
    """One cell: kind "text", "code", "exercise" or "check"; line, that of its `# %%`, counts from 1."""

    kind: str
    source: str
    line: int
    metadata: dict = field(default_factory=dict)
    exercise: Exercise | None = None  # of an exercise's cell and of its check


@dataclass
class Lesson:
    """A lesson's source, read, or a project's, which has no exercises."""

    path: Path
    cells: list

    @property
    def name(self) -> str:
        """Its file's, without .py: "02_find_the_keypoints"."""
        return self.path.stem

    @property
    def is_project(self) -> bool:
        """Whether it lies in the projects' folder."""
        return self.path.parent.name == PROJECTS

    @property
    def number(self) -> str:
        """What `course build` calls it: its first two characters, "02"; a project's whole name."""
        return self.name if self.is_project else self.name[:2]

    @property
    def notebook(self) -> str:
        """Where a student finds it in the repository: "notebooks/02_find_the_keypoints.ipynb"."""
        return f"notebooks/{PROJECTS}/{self.name}.ipynb" if self.is_project else f"notebooks/{self.name}.ipynb"

    @property
    def exercises(self) -> list:
        """What the title lines of its exercises say, in order: `Exercise`s."""
        return [cell.exercise for cell in self.cells if cell.kind == "exercise"]

    def place(self, line: int) -> str:
        """`solutions/02_find_the_keypoints.py:17`, for a message."""
        return f"{self.path.parent.name}/{self.path.name}:{line}"


def read(path, known=None) -> Lesson:
    """Read a lesson or a project; LessonError with one line for each thing that is wrong.

    known: the names of the exercises which the lesson may hold; default: those of its
    `course/lessons/lesson_NN/exercises.py`.
    """
    lesson = Lesson(Path(path), [])
    if not (PROJECT_NAME if lesson.is_project else FILE_NAME).fullmatch(lesson.path.name):
        kind = "project is named name.py" if lesson.is_project else "lesson is named NN_name.py"
        raise LessonError(f"{lesson.place(1)}: a {kind}, with small letters, digits and _ alone")
    _read_cells(lesson)
    problems = sorted(set(_problems(lesson)))
    if not problems and not lesson.is_project:
        problems = sorted([*_registry_problems(lesson, known), *minutes.problems(lesson)])
    if problems:
        raise LessonError("\n".join(f"{lesson.place(line)}: {text}" for line, text in problems))
    return lesson


def _read_cells(lesson: Lesson) -> None:
    """jupytext's cells, with their lines, kinds and exercises."""
    try:
        text = lesson.path.read_text(encoding="utf-8")
        notebook = jupytext.reads(text, fmt="py:percent")
    except OSError as problem:
        raise LessonError(f"{lesson.place(1)}: cannot be read: {problem.strerror}") from None
    except Exception as problem:  # jupytext and nbformat raise many kinds
        line = str(problem).strip().splitlines()
        raise LessonError(f"{lesson.place(1)}: jupytext cannot read it: {line[0] if line else problem!r}") from None
    lines = [number for number, line in enumerate(text.splitlines(), 1) if MARKER.match(line)]
    if not lines or len(lines) != len(notebook.cells):
        raise LessonError(f"{lesson.place(1)}: every cell begins with a line `# %%`, nothing stands before the first")
    exercise = None  # of the cell before, waiting for its check
    for line, cell in zip(lines, notebook.cells):
        title = cell.metadata.get("title", "")
        metadata = {key: value for key, value in cell.metadata.items() if key not in JUPYTEXT}
        kind = {"markdown": "text", "code": "code"}.get(cell.cell_type, cell.cell_type)
        matched = TITLE.fullmatch(title)
        if kind == "code" and matched:
            exercise = Exercise(matched["name"], int(matched["difficulty"]), int(matched["minutes"]),
                                bool(matched["optional"]))
            lesson.cells.append(Cell("exercise", cell.source, line, metadata, exercise))
            continue
        if kind == "code" and exercise and cell.source.strip() == f'{exercise.name} = check("{exercise.name}")':
            kind = "check"
        lesson.cells.append(Cell(kind, cell.source, line, metadata, exercise if kind == "check" else None))
        if kind != "text":
            exercise = None
        if title.lower().startswith("exercise"):
            lesson.cells[-1].metadata["title"] = title  # no exercise after all: said below


# ---------------------------------------------------------------- what can be wrong


def _problems(lesson: Lesson):
    """Yield (line, text) for each thing that is wrong in the lesson's own text."""
    first = lesson.cells[0]
    for exercise in lesson.exercises if lesson.is_project else ():
        yield first.line, f"a project has no exercises, and this one has {exercise.name}: say what to change instead"
    if first.kind != "text" or not first.source.startswith("# "):
        yield first.line, "the first cell is text with the lesson's title: # %% [markdown], then # # Title"
    seen = {}
    for index, cell in enumerate(lesson.cells):
        yield from _cell_problems(cell)
        if cell.kind == "exercise":
            name = cell.exercise.name
            if name in seen:
                yield cell.line, f"exercise {name} is already in line {seen[name]}"
            seen[name] = cell.line
            yield from _exercise_problems(cell)
            following = next((other for other in lesson.cells[index + 1:] if other.kind != "text"), None)
            if following is None or following.kind != "check":
                yield cell.line, f'exercise {name} has no check: the next code cell is {name} = check("{name}")'


def _cell_problems(cell: Cell):
    """What any cell can have wrong."""
    if cell.kind not in ("text", "code", "exercise", "check"):
        yield cell.line, f"cells are text or code, not {cell.kind}"
    if not cell.source.strip():
        yield cell.line, "the cell is empty"
    for key in sorted(set(cell.metadata) - METADATA):
        if key == "title":
            yield cell.line, f"this is not an exercise's title: it has the form {TITLE_FORM}"
        else:
            yield cell.line, f"a cell has no option {key}: the options are {', '.join(sorted(METADATA))}"
    tags = cell.metadata.get("tags", [])
    for tag in sorted(ESCAPES & set(tags)):
        yield cell.line, f"tag {tag}: no cell may be skipped by the proof, and none but a student's can raise"
    for comment in ESCAPE_COMMENT.findall(cell.source):
        yield cell.line, f'comment {comment}: say it with tags=["{CHECKED}"], the only one that a lesson has'
    if cell.kind == "text" and CHECKED in tags:
        yield cell.line, f"tag {CHECKED}: text has no output"
    if cell.kind in ("text", "code"):
        for marker in ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS"):
            if marker in cell.source:
                yield cell.line, f"{marker} stands in a cell which is no exercise: {TITLE_FORM}"
    matched = CHECK.fullmatch(cell.source.strip()) if cell.kind == "code" else None
    if matched and matched[1] != matched[2]:
        yield cell.line, f'the check of {matched[2]} is {matched[2]} = check("{matched[2]}")'
    elif matched:
        yield cell.line, f"the check of {matched[2]} does not follow its exercise"
    elif cell.kind == "code" and re.search(r"\bgrade\(", cell.source):
        yield cell.line, "grade is called by hidden tests alone, which the build adds"


def _exercise_problems(cell: Cell):
    """One function or class of the exercise's name; its solution between markers, inside a function."""
    name = cell.exercise.name
    lines = cell.source.splitlines()
    marks = [(number, line.strip()) for number, line in enumerate(lines, 1)
             if "BEGIN SOLUTION" in line or "END SOLUTION" in line]
    for number, mark in marks:
        if mark not in (BEGIN, END):
            yield cell.line + number, f"the solution's markers are the lines {BEGIN} and {END}"
    wanted = [BEGIN, END] * max(1, len(marks) // 2)
    if [mark for _, mark in marks] != wanted:
        yield cell.line, f"exercise {name} needs its solution between {BEGIN} and {END}"
        return
    try:
        tree = ast.parse(cell.source)
    except SyntaxError as problem:
        yield cell.line + (problem.lineno or 0), f"exercise {name} is not Python: {problem.msg}"
        return
    kinds = (ast.FunctionDef, ast.ClassDef)
    if len(tree.body) != 1 or not isinstance(tree.body[0], kinds) or tree.body[0].name != name:
        yield cell.line, f"exercise {name} is one function or class named {name}, and nothing beside it"
        return
    if ast.get_docstring(tree.body[0]) is None:
        yield cell.line, f"exercise {name} has no docstring: it tells the student what goes in and what comes out"
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for number, mark in marks:
        column = len(lines[number - 1]) - len(lines[number - 1].lstrip())
        inside = any(node.lineno < number <= node.end_lineno + 1 and column > node.col_offset for node in functions)
        if mark == BEGIN and not inside:
            yield cell.line + number, f"the solution of {name} is outside a function: the student's cell would raise"
    for (begin, _), (end, _) in zip(marks[::2], marks[1::2]):
        if not "".join(lines[begin:end - 1]).strip():
            yield cell.line + begin, f"the solution of {name} is empty"


def _registry_problems(lesson: Lesson, known):
    """Every exercise of the text is one that can be checked, and the other way round."""
    where = f"course/lessons/lesson_{lesson.number}/exercises.py"
    if known is None:
        known = registered(lesson)
    for cell in lesson.cells:
        if cell.kind == "exercise" and cell.exercise.name not in known:
            yield cell.line, f"exercise {cell.exercise.name} is unknown: {where} does not define it in EXERCISES"
    missing = set(known) - {exercise.name for exercise in lesson.exercises}
    for name in sorted(missing):
        yield lesson.cells[-1].line, f"{where} defines exercise {name}, which the lesson does not have"


def registered(lesson: Lesson) -> set:
    """The names of the exercises of lesson "02": those in EXERCISES of `course/lessons/lesson_02/exercises.py`.

    None where there is no such file. Raises `LessonError`: it cannot be imported.
    """
    name = f"course.lessons.lesson_{lesson.number}.exercises"
    try:
        return {exercise.name for exercise in importlib.import_module(name).EXERCISES}
    except ModuleNotFoundError as problem:
        if problem.name in (name, name.rpartition(".")[0]):
            return set()
        raised = problem
    except Exception as problem:  # whatever an author's module raises
        raised = problem
    where = f"course/lessons/lesson_{lesson.number}/exercises.py"
    line = next((frame.lineno for frame in reversed(traceback.extract_tb(raised.__traceback__))
                 if Path(frame.filename).as_posix().endswith(where)), getattr(raised, "lineno", None) or 1)
    text = " ".join(str(raised).split())[:300]
    raise LessonError(f"{where}:{line}: cannot be imported: {type(raised).__name__}: {text}") from None
