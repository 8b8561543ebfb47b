"""Reading a lesson's source: what is right is read whole, what is wrong is named with file and line."""

import re

import pytest
import toy_lesson

from course.authoring import LessonError, minutes, source
from course.authoring.cell_ids import cell_ids


def read(root, text: str = toy_lesson.SOURCE, known=toy_lesson.KNOWN, name: str = toy_lesson.NAME):
    return source.read(toy_lesson.write(root, text, name), known)


def complaints(root, text: str, **more) -> list:
    with pytest.raises(LessonError) as caught:
        read(root, text, **more)
    return str(caught.value).splitlines()


def line_of(text: str, sign: str) -> int:
    return text[:text.index(sign)].count("\n") + 1


def test_cells_have_kinds_lines_and_exercises(tmp_path):
    lesson = read(tmp_path)
    assert [cell.kind for cell in lesson.cells] == ["text", "code", "text", "code", "text", "exercise", "check", "text",
                                                    "code", "exercise", "check", "code"]
    assert [cell.exercise.name for cell in lesson.cells if cell.exercise] == ["add_up", "add_up", "Counter", "Counter"]
    lines = toy_lesson.SOURCE.splitlines()
    assert all(lines[cell.line - 1].startswith("# %%") for cell in lesson.cells)
    exercise = lesson.exercises[0]
    assert (exercise.difficulty, exercise.minutes, exercise.points) == (2, 10, 2)
    assert r"\sum_{i \le n}" in lesson.cells[4].source


TIME = "# **Time:** {} minutes for you, a moment for the machine."


def test_the_minutes_are_those_of_the_words_and_the_exercises(tmp_path):
    text = toy_lesson.SOURCE.replace("# # Add things up\n", f"# # Add things up\n#\n{TIME.format(25)}\n", 1)
    assert minutes.wanted(read(tmp_path, text)) == 25  # 10 and 12, and a few words
    long = text.replace("# A test has no folder", f"# {'word ' * 1500}\n# A test has no folder")
    said = complaints(tmp_path, long)
    assert len(said) == 1 and re.search(r"the lesson says 25 minutes: 1\d\d\d words at 150 a minute and its exercises "
                                        r"are 35$", said[0])
    formulas = text.replace("# A test has no folder", f"# $${'a b ' * 1500}$$\n# A test has no folder")
    read(tmp_path, formulas)
    optional = text.replace("2/5 · 10 min", "2/5 · 10 min · optional").replace(TIME.format(25), TIME.format(15))
    read(tmp_path, optional)


def test_an_exercise_takes_what_its_difficulty_says(tmp_path):
    said = complaints(tmp_path, toy_lesson.SOURCE.replace("2/5 · 10 min", "2/5 · 20 min"))
    assert said == [f"solutions/{toy_lesson.NAME}.py:{line_of(toy_lesson.SOURCE, '# %% exercise: add_up')}: exercise "
                    "add_up: difficulty 2/5 takes 8 to 12 minutes, not 20"]


def test_an_optional_exercise_has_no_points(tmp_path):
    lesson = read(tmp_path, toy_lesson.SOURCE.replace("2/5 · 10 min", "2/5 · 10 min · optional"))
    assert [exercise.points for exercise in lesson.exercises] == [0, 3]


# What an author may get wrong: (what is replaced, by what, the line that is named, what is said)
ADD_UP = "# %% exercise: add_up"
SOLUTION = "    ### BEGIN SOLUTION\n    return np.cumsum(np.asarray(values, dtype=float))\n    ### END SOLUTION\n"
WRONG = {
    "title with a slip": ("difficulty 2/5 · 10 min", "difficulty 2 of 5, 10 min", ADD_UP, "it has the form"),
    "name twice": ("exercise: Counter", "exercise: add_up", "# %% exercise: add_up · difficulty 3", "already in line"),
    "no check": ('add_up = check("add_up")', "pass", ADD_UP, "has no check"),
    "another's check": ('add_up = check("add_up")', 'add_up = check("Counter")',
                        '# %% tags=["nbval-check-output"]\nadd_up', 'Counter = check("Counter")'),
    "check a cell too late": ('add_up = check("add_up")', 'print("now:")\n\n# %%\nadd_up = check("add_up")',
                              '# %%\nadd_up', "does not follow its exercise"),
    "no solution": (SOLUTION, "    return 1\n", ADD_UP, "needs its solution between"),
    "begin without end": (SOLUTION, SOLUTION.replace("    ### END SOLUTION\n", ""), ADD_UP, "needs its solution"),
    "empty solution": (SOLUTION, "    ### BEGIN SOLUTION\n    ### END SOLUTION\n", "    ### BEGIN SOL", "is empty"),
    "marker misspelled": (SOLUTION, SOLUTION.replace("### BEGIN", "# BEGIN"), "    # BEGIN SOLUTION", "the lines"),
    "solution outside": ("        self.total = 0\n        ### END SOLUTION\n",
                         "        self.total = 0\n        ### END SOLUTION\n\n    ### BEGIN SOLUTION\n    more = 1\n"
                         "    ### END SOLUTION\n", "    ### BEGIN SOLUTION\n    more", "outside a function"),
    "two functions": ("### END SOLUTION\n\n# %% tags", "### END SOLUTION\n\ndef more():\n    pass\n\n# %% tags", ADD_UP,
                      "nothing beside it"),
    "another name": ("def add_up(values):", "def add(values):", ADD_UP, "named add_up"),
    "no docstring": ('    """The running sums of a list of numbers: (N,) -> (N,)."""\n', "", ADD_UP, "no docstring"),
    "not Python": ("def add_up(values):", "def add_up(values)", "def add_up(values)", "is not Python"),
    "markers elsewhere": ("print(add_up([1, 2]))", "### BEGIN SOLUTION\nprint(3)\n### END SOLUTION",
                          '# %% tags=["nbval-check-output"]\n### BEGIN', "no exercise"),
    "grade by hand": ("print(add_up([1, 2]))", 'grade("add_up")', '# %% tags=["nbval-check-output"]\ngrade',
                      "hidden tests"),
    "skipped cell": ('# %% tags=["setup"]', '# %% tags=["nbval-skip"]', '# %% tags=["nbval-skip"]', "skipped"),
    "cell that may raise": ('# %% tags=["setup"]', '# %% tags=["raises-exception"]', '# %% tags=["raises', "can raise"),
    "nbval comment": ("print(add_up([1, 2]))", "# NBVAL_IGNORE_OUTPUT\nprint(3)",
                      '# %% tags=["nbval-check-output"]\n# NBVAL', "NBVAL_IGNORE_OUTPUT"),
    "unknown option": ('# %% tags=["setup"]', '# %% tag=["setup"]', '# %% tag=["setup"]', "no option tag"),
    "checked text": ("# %% [markdown]\n# ## Use", '# %% [markdown] tags=["nbval-check-output"]\n# ## Use',
                     '# %% [markdown] tags=["nbval-check-output"]', "text has no output"),
    "empty cell": ("print(add_up([1, 2]))", "", '# %% tags=["nbval-check-output"]\n\n', "is empty"),
    "raw cell": ("# %% [markdown]\n# ## Use", "# %% [raw]\n# ## Use", "# %% [raw]", "text or code, not raw"),
    "no title": ("# # Add things up", "# Add things up", "# %% [markdown] slideshow", "the first cell"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_named_with_its_line(tmp_path, what):
    old, new, sign, says = WRONG[what]
    text = toy_lesson.SOURCE.replace(old, new, 1)
    assert text != toy_lesson.SOURCE
    said = complaints(tmp_path, text)
    place = f"solutions/{toy_lesson.NAME}.py:{line_of(text, sign)}: "
    assert [line for line in said if line.startswith(place) and says in line], said
    assert all(re.match(rf"solutions/{toy_lesson.NAME}\.py:\d+: ", line) for line in said)


def test_everything_wrong_is_said_at_once(tmp_path):
    text = toy_lesson.SOURCE.replace("def add_up(values):", "def add(values):").replace('["setup"]', '["nbval-skip"]')
    assert len(complaints(tmp_path, text)) == 2


def test_exercises_of_the_text_and_of_the_checks_are_the_same(tmp_path):
    assert "add_up is unknown" in complaints(tmp_path, toy_lesson.SOURCE, known={"Counter"})[0]
    said = complaints(tmp_path, toy_lesson.SOURCE, known=toy_lesson.KNOWN | {"forgotten"})
    assert said == [f"solutions/{toy_lesson.NAME}.py:86: course/lessons/lesson_99/exercises.py defines exercise "
                    "forgotten, which the lesson does not have"]
    assert len(complaints(tmp_path, toy_lesson.SOURCE, known=None)) == 2  # there is no folder course/lessons/lesson_99


@pytest.mark.parametrize("name", ["9_add", "99-add", "99_Add", "add_99"])
def test_a_lesson_is_named_with_two_digits(tmp_path, name):
    assert "NN_name.py" in complaints(tmp_path, toy_lesson.SOURCE, name=name)[0]


@pytest.mark.parametrize("text", ["", "print(3)\n", "import course\n\n# %% [markdown]\n# # Title\n"])
def test_a_file_without_cells_is_refused(tmp_path, text):
    assert "every cell begins with a line `# %%`" in complaints(tmp_path, text)[0]


# ---------------------------------------------------------------- cell ids


def ids(root, text: str = toy_lesson.SOURCE) -> list:
    return cell_ids(read(root, text).cells)


def test_ids_are_legal_and_no_two_the_same(tmp_path):
    twice = "# %% [markdown]\n# ## Use\n\n# %%\nprint(1)\n\n# %%\nprint(1)\n\n# %% [markdown]\n# ## " + "long " * 40
    found = ids(tmp_path, toy_lesson.SOURCE + "\n" + twice + "\n\n# %% [markdown]\n# ## " + "long " * 39 + "\n")
    assert len(set(found)) == len(found)
    assert all(re.fullmatch("[a-zA-Z0-9-_]{1,64}", name) for name in found)


def test_an_edit_changes_the_id_of_its_own_cell_at_most(tmp_path):
    before = ids(tmp_path)
    edits = {
        "print(add_up([1, 2]))": ("print(add_up([1, 3]))", 1),
        "return np.cumsum(np.asarray(values, dtype=float))\n    ###": ("return np.cumsum(values)\n    ###", 0),
        "# $$s_n": ("# Words.\n#\n# $$s_n", 0),
        "# ## Use\n": ("# ## Use it\n", 1),
    }
    for old, (new, count) in edits.items():
        text = toy_lesson.SOURCE.replace(old, new)
        assert text != toy_lesson.SOURCE
        after = ids(tmp_path, text)
        assert sum(a != b for a, b in zip(before, after)) == count


def test_a_new_cell_changes_no_other_id(tmp_path):
    before = ids(tmp_path)
    heading = "# %% [markdown]\n# ## Use"
    after = ids(tmp_path, toy_lesson.SOURCE.replace(heading, f"# %%\nx = 1\n\n{heading}"))
    assert len(after) == len(before) + 1 and [name for name in after if name in before] == before
