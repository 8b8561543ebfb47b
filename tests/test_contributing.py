"""The steps of CONTRIBUTING.md, followed to the letter: the exercise in it becomes part of a lesson, and works."""

import re

import nbformat
import toy_lesson
from conftest import CHECKOUT

from course.authoring import build, source
from course.exercises import answers, exercise, judge, registry

TEXT = (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8")
DEFINITION, ANSWERS, LESSON = re.findall(r"^```python\n(.*?)^```", TEXT, re.M | re.S)


def defined(folder):
    """The module that the first block makes; a file, so that `solution()` can show its text."""
    path = folder / "lesson_98.py"
    path.write_text(DEFINITION, encoding="utf-8")
    scope = {"__name__": "lesson_98"}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), scope)
    return scope["MIRROR"]


def test_the_exercise_tells_right_from_wrong(tmp_path):
    mirror = defined(tmp_path)
    assert isinstance(mirror, exercise.Exercise) and 3 <= len(mirror.cards) <= 6
    assert judge.judge(mirror, answers.ours(mirror)).state == "right"
    for card in mirror.cards:
        assert judge.judge(mirror, judge.card_answer(mirror, card)).card is card
    given = eval("{" + ANSWERS + "}")["mirror"]
    for kind, state in (("right", "right"), ("wrong", "wrong")):
        assert len(given[kind]) == 2
        for text in given[kind]:
            scope = {}
            exec(text, scope)
            found = judge.judge(mirror, scope["mirror"])
            assert (found.state, found.card) == (state, None), found.text
    assert mirror.name not in {one.name for one in registry.every()}, "the example is of no lesson yet"


def test_the_lesson_is_built(tmp_path):
    setup = ("# %% [markdown]\n# # Mirrors\n\n# %%\nfrom course.exercises import check, registry\n"
             f"{DEFINITION}\nregistered = registry.register(MIRROR)\n\n")
    path = toy_lesson.write(tmp_path, setup + LESSON, "98_mirrors")
    assert "written" in build.build(path, tmp_path, known={"mirror"})
    assert [one.points for one in source.read(path, {"mirror"}).exercises] == [1]
    solved = nbformat.read(build.executed_path(tmp_path, "98_mirrors"), as_version=4)
    verdict, picture = next(cell for cell in solved.cells if cell.id == "check-mirror").outputs
    assert verdict.data["text/plain"].startswith("✓ mirror  ")
    assert picture.data["image/png"] and "alt" in picture.metadata["image/png"]
    student = nbformat.read(build.student_path(tmp_path, "98_mirrors"), as_version=4)
    assert "raise NotImplementedError" in next(cell for cell in student.cells if cell.id == "exercise-mirror").source
