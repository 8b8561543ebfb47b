"""nbgrader itself, on our lessons: what it releases is what we commit, and it gives points to whom they belong.

`nbgrader generate_assignment` and `nbgrader autograde` run as an instructor runs them; for the real lessons all in one
process, which saves minutes. Submissions of nine kinds are graded: three that are right in one way or another, six that
are not.

The small lesson is handed in whole. Of a real lesson only setup, exercises and checks are handed in, so that it takes
seconds; with COURSE_GRADE_WHOLE=1 in the environment all its cells run (minutes).
"""

import ast
import copy
import importlib
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import toy_lesson
from conftest import CHECKOUT

from course.authoring import build, compose, gradebook, source

WHOLE = bool(os.environ.get("COURSE_GRADE_WHOLE"))
LESSONS = [path.stem for path in sorted((CHECKOUT / "solutions").glob("*.py"))]
GRADED = LESSONS if WHOLE else LESSONS[::3]  # each is a kernel and a notebook

RIGHT = ("right", "another style", "warns on stderr")
WRONG = ("wrong", "unsolved", "syntax error", "ours handed back", "wrong, checked twice", "sys.exit")
KINDS = RIGHT + WRONG


ALL = """
import json, sys
from nbgrader.apps import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader

app = NbGrader()
app.load_config_file()
api = NbGraderAPI(config=app.config)
for arguments in json.loads(sys.argv[2]):
    done = getattr(api, sys.argv[1])(*arguments)
    if not done["success"]:
        sys.exit(f"{arguments}: {done['error']} {done['log']}")
    sys.stderr.write(done["log"])
"""


class Course:
    """A folder laid out by `course build --nbgrader`, and nbgrader working in it."""

    def __init__(self, folder, root, paths, known=None):
        self.folder = folder
        gradebook.lay_out(root, paths, folder, known)
        if known:  # an exercise that the process which gives the points must know
            with open(folder / "nbgrader_config.py", "a", encoding="utf-8") as file:
                file.write(f"\nimport sys\nsys.path.insert(0, {str(Path(__file__).parent)!r})\n"
                           "import toy_lesson\ntoy_lesson.register()\n")

    def run(self, *arguments) -> str:
        """`nbgrader ARGUMENTS`; returns what it said."""
        done = subprocess.run([sys.executable, "-m", "nbgrader", *arguments], cwd=self.folder, text=True,
                              capture_output=True, env=os.environ | {"COURSE_HOME": str(self.folder / "nobody")})
        assert "hook failed" not in done.stderr
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout + done.stderr

    def run_all(self, action: str, arguments: list) -> None:
        """One of nbgrader's actions for many arguments in one process, by nbgrader's own interface for programs."""
        done = subprocess.run([sys.executable, "-c", ALL, action, json.dumps(arguments)], cwd=self.folder, text=True,
                              capture_output=True, env=os.environ | {"COURSE_HOME": str(self.folder / "nobody")})
        assert done.returncode == 0 and "hook failed" not in done.stderr, done.stderr[-3000:]

    def released(self, name: str):
        return nbformat.read(self.folder / "release" / name / f"{name}.ipynb", as_version=4)

    def submit(self, student: str, name: str, notebook) -> None:
        path = self.folder / "submitted" / student / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)

    def points(self, name: str) -> dict:
        """{student: {grade_id: points}}."""
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}") as book:
            return {one.student.id: {grade.name: grade.score for page in one.notebooks for grade in page.grades}
                    for one in book.assignment_submissions(name)}


@pytest.fixture(autouse=True, scope="module")
def alembic_is_found():
    """nbgrader calls `alembic` by its name: as in an activated environment, our programs are on the path."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
        yield


def cell(notebook, name: str):
    return next(one for one in notebook.cells if one.id == name)


# ---------------------------------------------------------------- submissions


class AtTheTop(ast.NodeTransformer):
    """Put statements first into each function that a caller can see: not into those within functions."""

    def __init__(self, statements: str):
        self.statements = ast.parse(statements).body

    def visit_FunctionDef(self, node):
        node.body[:0] = self.statements
        return node


def with_first(text: str, statements: str) -> str:
    return ast.unparse(ast.fix_missing_locations(AtTheTop(statements).visit(ast.parse(text))))


WARN = "import os, sys, warnings\nwarnings.warn('careful')\nprint('note', file=sys.stderr)\nos.write(2, b'from C')"


def submission(kind: str, name: str, answers: dict, ours: str):
    """What a student of this kind writes for an exercise: the cell's text, or None where it is left as it was."""
    return {
        "right": answers["right"][0],
        "another style": answers["right"][-1],
        "warns on stderr": with_first(answers["right"][0], WARN),
        "wrong": answers["wrong"][0],
        "unsolved": None,
        "syntax error": f"def {name}(:\n    return 1",
        "ours handed back": ours,
        "wrong, checked twice": answers["wrong"][-1],
        "sys.exit": with_first(answers["right"][0], "import sys\nsys.exit(0)"),
    }[kind]


def hand_in(notebook, kind: str, name: str, answers: dict, ours: str) -> None:
    """Write a student's answer to one exercise into the notebook."""
    text = submission(kind, name, answers, ours)
    if text is not None:
        cell(notebook, f"exercise-{name}").source = text
    if kind == "wrong, checked twice":
        index = notebook.cells.index(cell(notebook, f"check-{name}"))
        notebook.cells.insert(index, nbformat.v4.new_code_cell(f'{name} = check("{name}")', id=f"again-{name}"))


def grade(course: Course, name: str, notebook, students: dict, answers: dict, ours: dict) -> dict:
    """Hand in for students {student: {exercise: kind}}, grade; returns {student: {exercise: points}}."""
    for student, kinds in students.items():
        own = copy.deepcopy(notebook)
        for exercise, kind in kinds.items():
            hand_in(own, kind, exercise, answers[exercise], ours[exercise])
        course.submit(student, name, own)
    course.run("autograde", name)
    return {student: {exercise: points[f"check_{exercise}"] for exercise in students[student]}
            for student, points in course.points(name).items()}


def expected(students: dict, points: dict) -> dict:
    return {student: {exercise: points[exercise] if kind in RIGHT else 0 for exercise, kind in kinds.items()}
            for student, kinds in students.items()}


# ---------------------------------------------------------------- the small lesson

ANSWERS = {
    "add_up": {"right": ["import numpy as np\n\ndef add_up(values):\n    return np.cumsum(np.array(values, float))",
                         "from itertools import accumulate\nadd_up = lambda values: list(accumulate(values))"],
               "wrong": ["def add_up(values):\n    return sum(values)", "def add_up(values):\n    return values"]},
    "Counter": {"right": ["class Counter:\n    total = 0\n    def count(self, n):\n"
                          "        self.total = self.total + n\n        return self.total",
                          "class Base:\n    def count(self, n):\n"
                          "        self.all.append(n)\n        return sum(self.all)\n"
                          "class Counter(Base):\n    def __init__(self):\n        self.all = []"],
                "wrong": ["class Counter:\n    def count(self, n):\n        return n", "class Counter:\n    pass"]},
}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The small lesson as a course, released."""
    root = tmp_path_factory.mktemp("checkout")
    course = Course(tmp_path_factory.mktemp("course") / "here", root, [toy_lesson.write(root)], toy_lesson.KNOWN)
    course.run("generate_assignment", toy_lesson.NAME)
    return course


def test_release_is_the_students_notebook(small, tmp_path):
    lesson = source.read(toy_lesson.write(tmp_path), toy_lesson.KNOWN)
    student = compose.students_notebook(compose.authors_notebook(lesson, tmp_path))
    assert small.released(toy_lesson.NAME).cells == student.cells


def test_points_go_to_whom_they_belong(small):
    """Each kind of submission for each of two exercises, beside another kind for the other."""
    students = {f"student{n}": {"add_up": kind, "Counter": KINDS[n - 4]} for n, kind in enumerate(KINDS)}
    ours = {"add_up": "add_up = ours_add_up", "Counter": "class Counter(OursCounter):\n    pass"}
    given = grade(small, toy_lesson.NAME, small.released(toy_lesson.NAME), students, ANSWERS, ours)
    assert given == expected(students, {"add_up": 2, "Counter": 3})
    assert sum(sum(points.values()) for points in given.values()) == 3 * 2 + 3 * 3


SHOW = """
import json
from IPython.display import display
def shown(*lists):
    outcomes = [{"changed": [], "refused": "", "value": ["list", [["float", float(x).hex()] for x in row]]}
                for row in lists]
    display({"application/vnd.living-portraits.outputs+json": {"exercise": "add_up", "outcomes": outcomes}}, raw=True)
"""
WAYS_ROUND = {  # what stands in the cell of the exercise, and is no answer to it
    "grade does nothing": "import course.exercises as e\ne.grade = lambda name: None",
    "the judge is patched": "from course.exercises import judge, values\njudge._problem = lambda *a: None\n"
                            "values.close = lambda *a: True\ndef add_up(values):\n    return values",
    "it says that it is right": "import course.exercises as e\n"
                                "e.grade = lambda name: print('✓ add_up  shape · values · edge cases')",
    "it prints a verdict": SHOW + "import course.exercises as e\ne.grade = lambda n: display({"
                           "'application/vnd.living-portraits.outputs+json': {'exercise': n, 'verdict': 'right',"
                           " 'outcomes': []}}, raw=True)",
    "outputs for other inputs": SHOW + "import course.exercises as e\ne.grade = lambda n: shown([2, 4, 6], [])",
    "too few outputs": SHOW + "import course.exercises as e\ne.grade = lambda n: shown([1, 3, 6])",
    "two sets of outputs": SHOW + "import course.exercises as e\n"
                           "e.grade = lambda n: [shown([1, 3, 6], []), shown([1, 3, 6], [])]",
    "a number as the cell's value": "import course.exercises as e\ne.grade = lambda name: 2.0",
    "no data": "import course.exercises as e\nfrom IPython.display import display\ne.grade = lambda n: display({"
               "'application/vnd.living-portraits.outputs+json': [1, {'a': None}]}, raw=True)",
    "what equals everything": "class Same(list):\n    def __eq__(self, _): return True\n"
                              "    def __abs__(self): return 0\ndef add_up(values):\n    return Same()",
}


def test_points_cannot_be_bought_with_a_line(small):
    """Whatever the notebook's process says of itself: only the right outputs for the inputs give points."""
    for number, text in enumerate(WAYS_ROUND.values()):
        own = copy.deepcopy(small.released(toy_lesson.NAME))
        hand_in(own, "right", "Counter", ANSWERS["Counter"], "")
        cell(own, "exercise-add_up").source = text
        small.submit(f"way{number}", toy_lesson.NAME, own)
    honest = copy.deepcopy(small.released(toy_lesson.NAME))
    for name in ANSWERS:
        hand_in(honest, "right", name, ANSWERS[name], "")
    honest.cells.append(nbformat.v4.new_code_cell("raise SystemExit"))
    small.submit("honest", toy_lesson.NAME, honest)
    small.run("autograde", toy_lesson.NAME)
    points = small.points(toy_lesson.NAME)
    given = {kind: points[f"way{number}"]["check_add_up"] for number, kind in enumerate(WAYS_ROUND)}
    assert given == dict.fromkeys(WAYS_ROUND, 0)
    assert points["honest"] == {"check_add_up": 2, "check_Counter": 3}
    # who takes away `grade` takes it from every exercise; nobody else's points are touched
    assert points["way9"]["check_Counter"] == 3


def test_the_marked_notebook_says_what_the_judge_said(small):
    path = small.folder / "autograded" / "way4" / toy_lesson.NAME / f"{toy_lesson.NAME}.ipynb"
    found = cell(nbformat.read(path, as_version=4), "check-add_up").outputs
    assert found[-1].evalue.startswith("add_up: for 1, 2 and 3 you give [2, 4, 6], the answer is [1, 3, 6].")
    assert not [output for output in found if "vnd.living-portraits" in str(output)], "what was handed out stays in it"


def test_no_grade_leaves_anything_in_the_instructors_home(small):
    assert not (small.folder / "nobody").exists()


# ---------------------------------------------------------------- the real lessons


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """All lessons as a course, released."""
    course = Course(tmp_path_factory.mktemp("course") / "here", CHECKOUT, build.lesson_paths(CHECKOUT))
    course.run_all("generate_assignment", [[name] for name in LESSONS])
    return course


@pytest.mark.parametrize("name", LESSONS)
def test_release_of_a_lesson_is_what_is_committed(real, name):
    committed = nbformat.read(build.student_path(CHECKOUT, name), as_version=4)
    assert real.released(name).cells == committed.cells


@pytest.fixture(scope="module")
def graded(real):
    """{lesson: (what was handed in, the points)}: of each kind of submission some, of every third lesson all exercises.

    A student a lesson, whose exercises are of one kind after the other; with COURSE_GRADE_WHOLE each lesson, and as
    many students as it takes to hand in each kind for it.
    """
    handed, turn = {}, 0
    for name in GRADED:
        lesson = source.read(CHECKOUT / "solutions" / f"{name}.py")
        exercises = [one.name for one in lesson.exercises]
        answers = importlib.import_module(f"exercise_answers.lesson_{lesson.number}").ANSWERS
        notebook = real.released(name)
        if not WHOLE:
            _leave_out_what_shows_and_trains(notebook, lesson)
        handed[name] = {}
        for number in range(math.ceil(len(KINDS) / len(exercises)) if WHOLE else 1):
            kinds = {exercise: KINDS[(turn + k) % len(KINDS)] for k, exercise in enumerate(exercises)}
            turn += len(exercises)
            handed[name][f"student{number}"] = kinds
            own = copy.deepcopy(notebook)
            for exercise, kind in kinds.items():
                hand_in(own, kind, exercise, answers[exercise], _ours(exercise))
            real.submit(f"student{number}", name, own)
    real.run_all("autograde", [[name, student] for name in GRADED for student in handed[name]])
    return {name: (handed[name], real.points(name)) for name in GRADED}


@pytest.mark.parametrize("name", GRADED)
def test_points_for_a_lesson_go_to_whom_they_belong(graded, name):
    handed, points = graded[name]
    exercises = {one.name: one.points for one in source.read(CHECKOUT / "solutions" / f"{name}.py").exercises}
    given = {student: {exercise: points[student][f"check_{exercise}"] for exercise in exercises} for student in handed}
    assert given == expected(handed, exercises)


def test_every_kind_was_handed_in(graded):
    assert {kind for handed, _ in graded.values() for kinds in handed.values() for kind in kinds.values()} == set(KINDS)


def _leave_out_what_shows_and_trains(notebook, lesson) -> None:
    """Keep the setup, which is the first code, exercises, checks, and what an answer may use."""
    setup = next(index for index, one in enumerate(lesson.cells) if one.kind == "code")
    notebook.cells = [made for index, (made, one) in enumerate(zip(notebook.cells, lesson.cells))
                      if one.exercise or index == setup or one.kind == "code" and _only_names_things(one.source)]


def _only_names_things(text: str) -> bool:
    """A cell of imports and definitions, which an answer may use."""
    try:
        body = ast.parse(text).body
    except SyntaxError:  # one of IPython's own commands
        return False
    return all(isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)) for node in body)


def _ours(exercise: str) -> str:
    """A cell that hands our own function back, as a student would find it."""
    from course.exercises import registry

    found = registry.find(exercise)
    if found.place:
        module, function = found.place.rsplit(".", 1)
        return f"from course.{module} import {function} as {exercise}"
    return (f"from course.exercises import answers, registry\n{exercise} = answers.ours(registry.find({exercise!r}))")
