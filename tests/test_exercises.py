"""The judge, on toy exercises: what it accepts, what it survives, and in which words it refuses."""

import os
import random
import re
import sys
import warnings

import numpy as np
import pytest
import torch
from exercise_toys import RIGHT, notebook_fixture, toys_fixture  # noqa: F401 (fixtures)

from course import errors
from course.exercises import board, desk, guard, home, judge, registry, show, values
from course.exercises.exercise import BugCard, Exercise, ExerciseError, case

pytestmark = pytest.mark.usefixtures("toys")
HELP = "hint(1) · hint(2) · hint(3) · solution()"


def said(capsys) -> str:
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out.rstrip("\n")


# ---------------------------------------------------------------- the three verdicts


def test_right_in_another_style_is_accepted_and_handed_back(notebook, capsys):
    theirs = notebook.check("iou", RIGHT["iou"])
    assert theirs.__code__.co_filename.startswith("<cell")
    assert said(capsys) == "✓ iou  shape · values · edge cases · 40 random boxes"
    assert notebook.grade("iou") == ""
    assert said(capsys) == ""


def test_wrong_answer_gets_the_smallest_case_and_the_cards_words_and_ours_back(notebook, toys, capsys):
    notebook.run("from exercise_toys import counts_twice")
    back = notebook.check("iou", "def iou(a, b):\n    return counts_twice(a, b)")
    assert said(capsys).splitlines() == [
        "✗ iou  for the two boxes drawn here you give 0.125, the answer is 0.143.",
        f"       It looks as if the union counts the intersection twice.          {HELP}",
    ]
    assert back is sys.modules["course.toy_parts"].iou
    assert notebook.grade("iou") == ("iou: for the two boxes drawn here you give 0.125, the answer is 0.143. "
                                     "It looks as if the union counts the intersection twice.")


def test_without_an_answer_the_picture_says_what_it_should_do(notebook, capsys):
    back = notebook.check("iou", "def iou(a, b):\n    raise NotImplementedError")
    assert said(capsys) == "○ iou  not yet: this picture is what it should do"
    assert back is sys.modules["course.toy_parts"].iou
    assert notebook.grade("iou").startswith("iou: not yet")


def test_a_name_that_was_never_defined_is_not_yet(notebook, capsys):
    notebook.check("iou")
    notebook.check("iou")
    assert said(capsys).splitlines() == ["○ iou  not yet: this picture is what it should do"] * 2
    assert notebook.grade("iou")


def test_verdict_says_the_same_each_time(notebook, capsys):
    for _ in range(3):
        notebook.check("iou", "def iou(a, b):\n    return np.zeros((len(a), len(b)))")
    words = said(capsys).split("✗")
    assert len(words) == 4 and len(set(words[1:])) == 2  # the last one has no newline after it


def test_an_unknown_exercise_is_one_line_with_the_nearest_name(notebook):
    with pytest.raises(errors.CourseError, match="'iuo': is 'iou' meant"):
        notebook.run('check("iuo")')


# ---------------------------------------------------------------- every right answer


@pytest.mark.parametrize("body", [
    "return base(a, b).astype(np.float32)",
    "return base(a, b).tolist() if len(a) else base(a, b)",
    "return torch.from_numpy(base(a, b))",
    "return torch.from_numpy(base(a, b)).float().requires_grad_()",
    "print('looking'); import sys; print('x', file=sys.stderr); return base(a, b)",
    "import warnings; warnings.warn('a warning'); return base(a, b)",
    "import os; os.write(2, b'from below'); return base(a, b)",
    "from matplotlib import pyplot; pyplot.figure(); pyplot.show(); return base(a, b)",
    "np.random.seed(3); torch.manual_seed(4); return base(a, b)",
    "import sys; sys.setrecursionlimit(5000); return base(a, b)",
])  # fmt: skip
def test_right_answers_in_any_form(notebook, capfd, body):
    notebook.run("import torch\n" + RIGHT["iou"].replace("def iou", "def base"))
    notebook.check("iou", f"def iou(a, b):\n    {body}")
    captured = capfd.readouterr()
    assert captured.out.startswith("✓ iou") and captured.err == ""


def test_a_library_that_loads_slowly_is_no_slow_answer(notebook, capsys, tmp_path, monkeypatch):
    (tmp_path / "slow_library.py").write_text("import time, slow_part\ntime.sleep(0.6)\n")
    (tmp_path / "slow_part.py").write_text("import time\ntime.sleep(0.6)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    importer = __import__
    notebook.run(RIGHT["iou"].replace("def iou", "def base"))
    notebook.check("iou", "def iou(a, b):\n    import slow_library\n    return base(a, b)")
    notebook.check("iou", "def iou(a, b):\n    import slow_libary\n    return base(a, b)")
    notebook.check("iou", "def iou(a, b):\n    import decimal, slow_library\n    while True: pass")
    words = " ".join(said(capsys).split())
    assert words.startswith("✓ iou") and "ModuleNotFoundError: No module named 'slow_libary'" in words
    assert "still at work after 1 seconds" in words and __import__ is importer


def test_a_decorated_answer_stays_decorated(notebook, capsys):
    notebook.run("import torch")
    theirs = notebook.check("soft_pick", "@torch.no_grad()\n" + RIGHT["soft_pick"].strip())
    assert said(capsys).startswith("✓") and theirs.__wrapped__.__name__ == "soft_pick"


def test_numpy_is_as_good_as_torch_and_tuples_as_lists(notebook, capsys):
    notebook.check("soft_pick", RIGHT["soft_pick"])
    notebook.check("split", "def split(row):\n    return [row[:len(row) // 2].tolist(), np.int64(len(row))]")
    notebook.check("split", "split = lambda row: (row[:len(row) // 2], float(len(row)))")
    assert said(capsys).splitlines() == ["✓ soft_pick  shape · values"] + ["✓ split  shape · values"] * 2


def test_a_class_is_judged_by_what_its_objects_do(notebook, capsys):
    theirs = notebook.check("Smoother", RIGHT["Smoother"])
    assert isinstance(theirs, type) and said(capsys).startswith("✓ Smoother")
    notebook.check("Smoother", RIGHT["Smoother"].replace("(1 - self.share)", "self.share ** 2"))
    assert "✗ Smoother  for three numbers you give [1, 1, 1.5], the answer is [1, 1.5, 2.75]." in said(capsys)


# ---------------------------------------------------------------- every wrong one


@pytest.mark.parametrize("body, words", [
    ("return 'a text'", "for the two boxes drawn here you give a text, the answer is an array."),
    ("pass", "you give nothing (None): a `return` may be missing."),
    ("return np.zeros((len(b), len(a), 1))", "you give an array of shape (1, 1, 1), the answer is an array of shape "),
    ("return np.full((len(a), len(b)), np.nan)", "you give nan, the answer is 0.143."),
    ("return np.zeros((len(a), len(b)), complex)", "you give complex128, the answer holds numbers (float64)."),
    ("a[:] = 0; return np.full((len(a), len(b)), 1 / 7)", "it changes the `a` that it was given: work on a copy."),
    ("return a[4]", "it stops with IndexError: index 4 is out of bounds for axis 0 with size 1, in line 2: "
     "`return a[4]`."),
    ("import sys; sys.exit(3)", "it stops with SystemExit: it ends the program, in line 2"),
    ("exit()", "it stops with SystemExit: it ends the program, in line 2"),
    ("return iou(a, b)", "it stops with a RecursionError: it calls itself without an end."),
    ("raise KeyboardInterrupt if 0 else Exception", "it stops with Exception, in line 2"),
    ("while True: pass", "it was still at work after 1 seconds, and was stopped."),
    ("def g():\n        while True: yield 1\n    return sum(g())", "it was still at work after 1 seconds"),
    ("while True:\n        try: sum(range(99))\n        except BaseException: pass", "still at work after 1 seconds"),
    ("class D:\n        def __del__(self): sum(range(300))\n    while True: D()", "still at work after 1 seconds"),
    ("return np.zeros((10 ** 9, 10 ** 9))", "it stops with a MemoryError"),
    ("return np.zeros((9 * 10 ** 4, 10 ** 4))", "you give an array of shape (90000, 10000), the answer is"),
    ("input('how?')", "it stops with EOFError: nobody answers input() while a function is checked, in line 2"),
    ("import os; os.chdir('/'); return a[9]", "it stops with IndexError"),
])  # fmt: skip
def test_wrong_answers_are_survived_and_named(notebook, capfd, body, words):
    folder = os.getcwd()
    back = notebook.check("iou", f"def iou(a, b):\n    {body}")
    assert folder == os.getcwd()
    captured = capfd.readouterr()
    assert captured.out.startswith("✗ iou  for the two boxes drawn here ")
    assert " ".join(words.split()) in " ".join(captured.out.split()), captured.out
    assert captured.err == "" and "It looks" not in captured.out and captured.out.rstrip().endswith(HELP)
    assert back is sys.modules["course.toy_parts"].iou
    line = notebook.grade("iou")
    assert line.startswith("iou: for the two boxes") and "\n" not in line


def test_what_is_no_function_and_what_takes_other_arguments(notebook, capsys):
    notebook.check("iou", "iou = 3")
    notebook.check("iou", "def iou(a):\n    return a")
    notebook.check("Smoother", "class Smoother:\n    pass")
    words = " ".join(said(capsys).split())
    assert "✗ iou iou is a number, not a function." in words
    assert "TypeError: iou() takes 1 positional argument but 2 were given." in words
    assert "✗ Smoother for three numbers it stops with TypeError: Smoother() takes no arguments." in words


def test_edge_cases_come_after_small_ones_and_random_ones_last(notebook, capsys):
    right = RIGHT["iou"].replace("def iou", "def base")
    notebook.run(right)
    notebook.check("iou", "def iou(a, b):\n    return base(a, b) if len(a) else np.zeros(3)")
    assert "for no box at all you give an array of shape (3,), the answer is an array of shape (0, 1)." in said(capsys)
    notebook.check("iou", "def iou(a, b):\n    return base(a, b) + (len(b) > 1)")
    words = said(capsys)
    assert " of the 40 random boxes you give 1" in words
    number = int(words.split("for number ")[1].split()[0]) - 1
    several = [test for test in judge.tests(registry.find("iou")) if len(test.case.args[1]) > 1]
    failing = [test for test in several if test.group == "random"]
    assert len(failing[0].case.args[1]) in (2, 3)
    smallest = min(failing, key=lambda test: test.case.args[1].size)
    assert smallest.case.says.startswith(f"number {number + 1} ")


def test_the_smallest_of_the_small_cases_that_fail_is_told():
    three, one, two = (case(says, np.ones(count)) for says, count in (("three", 3), ("one", 1), ("two", 2)))
    exercise = Exercise(name="toy", lesson=1, title="toy", no_place="toy", solution=lambda row: row * 2,
                        cases=[three, two, one], edges=[case("none", np.ones(0))], hints=["a", "b", "c"])
    assert judge.judge(exercise, lambda row: row).why == "for one you give [1], the answer is [2]."
    found = judge.judge(exercise, lambda row: row * 2 if len(row) == 1 else row)
    assert found.why == "for two you give [1, 1], the answer is [2, 2]." and found.view.args[0].size == 2
    found = judge.judge(exercise, lambda row: {"loss": 3})
    assert found.why == "for one you give a dict, the answer is an array."


def test_a_shape_that_is_compared_is_told_as_a_shape():
    def run(function, row):
        made = function(torch.tensor(row))
        return {"the logits' shape": np.array(made.shape), "sum": made.sum()}

    exercise = Exercise(name="toy", lesson=1, title="toy", no_place="toy", solution=lambda row: row * 2, run=run,
                        cases=[case("four", np.ones(4))], hints=["a", "b", "c"])
    assert judge.judge(exercise, lambda row: 2 * row[:, None]).why == (
        "for four you give (4, 1) under \"the logits' shape\", the answer is (4,).")
    found = judge.judge(exercise, lambda row: row[:3] * 2)
    assert found.why == "for four you give (3,) under \"the logits' shape\", the answer is (4,)."


def test_a_wrong_shape_says_where():
    exercise = Exercise(name="toy", lesson=1, title="toy", no_place="toy", solution=lambda n: {"a": 1, "b": [n, [n]]},
                        cases=[case("three", np.ones(3))], hints=["a", "b", "c"])
    assert judge.judge(exercise, lambda n: {"a": 1, "b": [n, [n[:2]]]}).why == (
        "for three you give an array of shape (2,) in number 1 of 1 in number 2 of 2 under 'b',"
        " the answer is an array of shape (3,).")


def test_a_changed_random_state_and_settings_are_put_back(notebook, capsys):
    random.seed(1), np.random.seed(2), torch.manual_seed(3)
    before = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state()
    filters, limit, out = list(warnings.filters), sys.getrecursionlimit(), sys.stdout
    notebook.check("iou", '''def iou(a, b):
    import random, sys, torch, warnings
    random.random(); np.random.rand(); torch.rand(3)
    torch.set_grad_enabled(False); torch.set_default_dtype(torch.float64); np.seterr(all="raise")
    warnings.simplefilter("error"); sys.setrecursionlimit(9000); sys.stdout = None
    return a''')
    assert random.getstate() == before[0] and np.random.get_state()[1].tolist() == before[1]
    assert torch.equal(torch.get_rng_state(), before[2])
    assert torch.is_grad_enabled() and torch.get_default_dtype() == torch.float32
    assert np.geterr()["over"] == "warn" and sys.getrecursionlimit() == limit and warnings.filters == filters
    assert sys.stdout is out and "✗ iou" in said(capsys)


def test_cases_are_as_they_were_after_an_answer_that_changed_them(notebook, toys):
    notebook.check("iou", "def iou(a, b):\n    a[:] = 7; b *= 0\n    return a")
    assert toys["iou"].cases[0].args[0].tolist() == [[0, 0, 2, 2]]
    notebook.check("iou", RIGHT["iou"])
    assert notebook.grade("iou") == ""


# ---------------------------------------------------------------- our own handed back


@pytest.mark.parametrize("source", [
    "from course.toy_parts import iou",
    "import functools\nfrom course.toy_parts import iou as theirs\niou = functools.partial(theirs)",
    "import functools\nfrom course.toy_parts import iou as theirs\n"
    "@functools.wraps(theirs)\ndef iou(a, b):\n    return theirs(a, b)",
    "import types\nfrom course.toy_parts import iou as theirs\niou = types.FunctionType(theirs.__code__, vars())",
    "import functools\nfrom course.toy_parts import iou as theirs\niou = functools.lru_cache(theirs)",
    "from course.detection import detect_faces as iou",
])  # fmt: skip
def test_our_own_function_is_refused(notebook, capsys, source):
    notebook.check("iou", source)
    notebook.check("iou")
    assert said(capsys).count("✗ iou  this is our own function: write yours in the cell above.") == 2
    assert notebook.grade("iou") == "iou: this is our own function: write yours in the cell above."


@pytest.mark.parametrize("source", [
    "from course.toy_parts import iou as theirs\ndef iou(a, b):\n    return theirs(a, b)",
    "from course import toy_parts\ndef iou(a, b):\n    return toy_parts.iou(a, b) * 1.0",
    "from course import toy_parts\niou = lambda a, b: toy_parts.iou(a, b)",
])  # fmt: skip
def test_a_function_that_asks_ours_is_refused(notebook, capsys, source):
    notebook.check("iou", source)
    assert said(capsys).startswith("✗ iou  this asks our own function for the answer: write yours in its place.")
    assert notebook.grade("iou").startswith("iou: this asks our own function")


def test_our_class_and_its_children_are_refused(notebook, capsys):
    notebook.check("Smoother", "from course.toy_parts import Smoother")
    notebook.check("Smoother", "from course.toy_parts import Smoother as Ours\nclass Smoother(Ours):\n    pass")
    notebook.check("Smoother", "from course.toy_parts import Smoother as Ours\ndef Smoother(s):\n    return Ours(s)")
    words = said(capsys)
    assert words.count("this is our own function") == 2 and words.count("this asks our own function") == 1


def test_a_check_that_is_run_twice_judges_the_students_own_again(notebook, capsys):
    wrong = "def iou(a, b):\n    return np.zeros((len(a), len(b)))"
    notebook.check("iou", wrong)
    first = said(capsys)
    for _ in range(2):
        notebook.check("iou")
        assert said(capsys) == first
        assert notebook.grade("iou").startswith("iou: for the two boxes drawn here you give 0")
    assert notebook["iou"] is sys.modules["course.toy_parts"].iou
    notebook.check("iou", RIGHT["iou"])
    notebook.check("iou")
    assert said(capsys).count("✓") == 2 and notebook.grade("iou") == ""
    notebook.check("iou", wrong)
    assert said(capsys) == first and notebook.grade("iou")


def test_a_class_checked_twice_is_judged_as_the_students_own(notebook, capsys):
    notebook.check("Smoother", "class Smoother:\n    def __init__(self, share): pass\n    def step(self, v): return v")
    notebook.check("Smoother")
    assert said(capsys).count("✗ Smoother  for three numbers you give [1, 2, 4], the answer is [1, 1.5, 2.75].") == 2
    assert notebook.grade("Smoother")


def test_a_function_that_calls_itself_finds_itself_also_in_the_second_run(notebook, capsys):
    notebook.check("split", "def split(row, deep=1):\n    return split(row, 0) if deep else (row, 3)")
    notebook.check("split")
    words = said(capsys).split("✗ ")
    assert words[1].strip() == words[2].strip() and "asks our own" not in words[2]


def test_solution_typed_in_is_the_students_own(notebook, capsys):
    import inspect

    source = inspect.getsource(sys.modules["course.toy_parts"].iou)
    notebook.check("iou", source)
    assert said(capsys).startswith("✓")


@pytest.mark.parametrize("theirs, right, words", [
    (0.779, 1.6e-9, ("", "0.779", "0")),
    (1.0, 1.00004, ("", "1", "1.00004")),
    (1, 2, ("", "1", "2")),
    ([1.0, np.nan], [1.0, 2.0], ("", "[1, nan]", "[1, 2]")),
    (np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(2, 3) * [1, 1, 3], ("at [1, 2]", "5", "15")),
    ([np.zeros(2), 3], [np.zeros(2), 4], ("in number 2 of 2", "3", "4")),
    ({"a": "x", "b": True}, {"a": "x", "b": False}, ("under 'b'", "True", "False")),
    ({"after": {"0.bias": [1, 2], "0.weight": np.zeros((5, 2))}},
     {"after": {"0.bias": [1, 2], "0.weight": np.eye(5, 2)}},
     ("at [0, 0] in '0.weight' under 'after'", "0", "1")),
    ({"gradients": [1, np.zeros(9)]}, {"gradients": [1, np.eye(9)[8]]},
     ("at [8] in number 2 of 2 under 'gradients'", "0", "1")),
    ({"the logits' shape": np.array([4, 1])}, {"the logits' shape": np.array([4])},
     ("under \"the logits' shape\"", "(4, 1)", "(4,)")),
    (torch.zeros(4, 1).shape, torch.zeros(4).shape, ("", "(4, 1)", "(4,)")),

    (123456.0, 123457.0, ("", "123456", "123457")),
    (np.array([True, False, True, True, True]), np.ones(5, bool), ("at [1]", "False", "True")),
])  # fmt: skip
def test_a_difference_is_told_in_as_few_digits_as_show_it(theirs, right, words):
    plain = values.plain(right)
    fitted = values.fit(values.plain(theirs), plain)
    assert not values.close(fitted, plain, 1e-5, 0)
    assert values.difference(fitted, plain, 1e-5, 0) == words


# ---------------------------------------------------------------- bug cards


def test_every_card_speaks_and_no_other(toys):
    exercise = toys["iou"]
    for card in exercise.cards:
        found = judge.judge(exercise, judge.card_answer(exercise, card))
        assert found.state == "wrong" and found.card is card


def test_a_card_is_silent_unless_it_agrees_everywhere(notebook, capsys):
    """Like the card, but for boxes that lie apart; and an exception of the same kind with other words."""
    notebook.run("from exercise_toys import counts_twice, not_clipped")
    notebook.check("iou", "def iou(a, b):\n    return counts_twice(a, b) + (len(a) == 1) * (a[:, 2:3] < b[:1, 0])")
    notebook.check("iou", "def iou(a, b):\n    raise ValueError('something else')")
    words = said(capsys)
    assert words.count("✗") == 2 and "looks" not in words and "exception" not in words


def test_a_card_is_found_in_other_precision_and_form(notebook, capsys):
    notebook.run("from exercise_toys import counts_twice")
    notebook.check("iou", "def iou(a, b):\n    return counts_twice(a.astype('float32'), b.astype('float32'))")
    assert "counts the intersection twice" in said(capsys)


def test_a_card_may_be_a_change_in_place(capsys):
    def changes(row):
        row[:] = row[::-1].copy()
        return row

    exercise = registry.register(Exercise(
        name="backwards", lesson=1, title="backwards", no_place="toy", solution=lambda row: row[::-1],
        cases=[case("three numbers", np.arange(3))], hints=["a", "b", "c"],
        cards=[BugCard("in-place", changes, "It looks as if the row itself is turned round.")]))  # fmt: skip
    try:
        found = judge.judge(exercise, lambda row: np.copyto(row, row[::-1].copy()) or row)
        assert found.why == "for three numbers it changes the `row` that it was given: work on a copy."
        assert found.card.name == "in-place"
    finally:
        registry.unregister("backwards")


# ---------------------------------------------------------------- hints, solution, the board, what is kept


def test_hints_and_solution(notebook, capsys):
    notebook.run("hint(1); solution()")
    assert said(capsys) == 'which exercise? hint("iou", 1)\nwhich exercise? solution("iou")'
    notebook.check("iou")
    said(capsys)
    notebook.run('hint(); hint(2); hint("soft_pick", 3); hint("nothing", 1); hint(7)')
    assert said(capsys).splitlines() == [
        "iou, hint 1 of 3: What do both boxes cover?", "iou, hint 2 of 3: The larger of the left edges.",
        "soft_pick, hint 3 of 3: low = np.maximum(...)", "there is no exercise 'nothing'",
        "there are hints 1, 2 and 3, not 7"]  # fmt: skip
    notebook.run("solution(); solution('split')")
    assert said(capsys).startswith('def iou(a, b):\n    """Intersection over union')


def board_of(notebook, capsys, call: str = "progress()") -> list[str]:
    capsys.readouterr()
    notebook.run(call)
    return said(capsys).splitlines()


def test_the_board_tells_done_tried_and_open(notebook, capsys):
    notebook.check("split", "def split(row):\n    return row")
    notebook.check("iou", RIGHT["iou"])
    shown = board_of(notebook, capsys)
    assert shown[0].startswith("01 Find the face: 1 of ")
    own = [line for line in shown if line.startswith("   ")]
    marks = {line.split()[1]: line.split()[0] for line in own}
    assert (marks["iou"], marks["soft_pick"]) == ("✓", "○") and "split" not in marks
    assert shown[1 : len(own) + 1] == own, "this lesson stands first"
    others = shown[len(own) + 1 : -1]
    assert [line[:2] for line in others] == sorted(line[:2] for line in others)
    assert [line for line in others if line.startswith("03 Pose the face: 0 of ")]
    assert re.match(r"1 of \d+ done in all", shown[-1]) and 'course.use("mine")' in shown[-1]
    shown = board_of(notebook, capsys, "progress(3)")
    assert shown[0].startswith("03 Pose the face: 0 of ") and "   ✗ split" in "\n".join(shown)
    with pytest.raises(ExerciseError, match="no exercises in lesson 77: choose from 0, 1"):
        notebook.run("progress(77)")


def test_the_board_knows_in_which_lesson_you_are(notebook, capsys, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert board_of(notebook, capsys)[0].startswith("00 ")
    notebook.check("split", "def split(row):\n    return row")
    assert board_of(notebook, capsys)[0].startswith("03 ")
    desk.forget()  # another day: the last try counts, until it is known which notebook is open
    assert board_of(notebook, capsys)[0].startswith("03 ")
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/me/notebooks/02_find_the_keypoints.ipynb")
    assert board_of(notebook, capsys)[0].startswith("02 ")
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/me/notebooks/50_mine.ipynb")
    assert board_of(notebook, capsys)[0].startswith("03 ")
    notebook.check("iou", RIGHT["iou"])
    assert board_of(notebook, capsys)[0].startswith("01 ")


def test_the_other_lessons_are_folded_in_the_page(notebook):
    rows = [(exercise, board.state(exercise)) for exercise in registry.every()]
    page = board.as_html(rows, 3)
    first, *others = page.split("<details>")
    assert "split" in first and "iou" not in first and "<summary>" not in first
    lessons = {exercise.lesson for exercise, _ in rows}
    assert len(others) == len(lessons) - 1 and page.count("<tr>") == len(rows)
    assert all(re.match(r"<summary>\d\d [\w ]+: 0 of \d+ done</summary><table>", one) for one in others)


def test_a_right_answer_is_kept_with_all_that_it_needs(notebook, capsys):
    notebook.run("import numpy as np, math as m\nfrom itertools import product as pairs\nCORNERS = [0, 1]\n"
                 "EYE = np.eye(2)\nimage = np.zeros((900, 900))")
    notebook.run("def shared(p, q, k):\n    return max(0, min(p[k + 2], q[k + 2]) - max(p[k], q[k]))")
    notebook.check("iou", '''def area(p):
    image = m.prod(p[k + 2] - p[k] for k in CORNERS)
    return image * EYE[0, 0]

def iou(a, b):
    out = np.zeros((len(a), len(b)))
    for i, j in pairs(range(len(a)), range(len(b))):
        both = m.prod(shared(a[i], b[j], k) for k in CORNERS)
        out[i, j] = both / (area(a[i]) + area(b[j]) - both)
    return out''')
    assert said(capsys).startswith("✓")
    text = home.source_file("iou").read_text()
    assert text.startswith('# Your iou, as it passed its check; course.use("mine") brings it back.\n')
    text = text.split("\n\n", 1)[1]
    assert text.startswith("from itertools import product as pairs\nimport math as m\n")
    assert "CORNERS = [0, 1]" in text and "def shared" in text and "image = np" not in text
    desk.forget()
    back = home.bring("iou")
    assert judge.judge(registry.find("iou"), back).state == "right"


def test_an_answer_that_cannot_be_written_down_is_right_all_the_same(notebook, capsys):
    notebook.run("big = np.ones((2000, 2000))\n" + RIGHT["iou"].replace("def iou", "def base"))
    notebook.check("iou", "def iou(a, b):\n    return base(a, b) * big[0, 0]")
    assert said(capsys).startswith("✓") and not home.has("iou")


def test_a_folder_that_cannot_be_written_stops_nobody(notebook, monkeypatch, tmp_path, capsys):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "file"))
    notebook.check("iou", RIGHT["iou"])
    assert said(capsys).startswith("✓")


def test_nothing_is_kept_while_nbgrader_marks(notebook, monkeypatch, capsys):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    notebook.check("iou", RIGHT["iou"])
    assert not home.folder().exists()


def test_nothing_but_whole_files_stand_in_the_folder(notebook, capsys):
    notebook.check("iou", RIGHT["iou"])
    notebook.check("split", "split = 3")
    assert sorted(path.name for path in home.folder().rglob("*") if path.is_file()) == [
        "iou.json", "iou.py", "split.json"]  # fmt: skip
    assert [entry["verdict"] for entry in home.attempts(registry.find("iou"))] == ["right"]


# ---------------------------------------------------------------- what an author can get wrong


@pytest.mark.parametrize("change, words", [
    ({"name": "no name"}, "no Python name"),
    ({"place": None}, "say in no_place why it has none"),
    ({"hints": ["one"]}, "three hints"),
    ({"cases": []}, "at least one small case"),
    ({"kind": "class", "run": None}, "a `run`"),
    ({"cards": [BugCard("a", max, "A."), BugCard("a", min, "B.")]}, "the same name"),
])  # fmt: skip
def test_a_malformed_exercise_says_what_it_lacks(toys, change, words):
    import dataclasses

    with pytest.raises(ExerciseError, match=words) as problem:
        dataclasses.replace(toys["iou"], **change)
    assert "\n" not in str(problem.value)


def test_a_reference_that_fails_on_its_own_case_is_named(toys):
    import dataclasses

    broken = dataclasses.replace(toys["split"], cases=[case("a number", 3)])
    with pytest.raises(ExerciseError, match="'split': our own answer fails for a number: TypeError"):
        judge.tests(broken)


def test_guard_is_quiet_below_python_too(capfd):
    with guard.quiet():
        os.write(1, b"out")
        os.write(2, b"err")
    os.write(1, b"alive")
    assert capfd.readouterr() == ("alive", "")


def test_a_picture_is_told_where_the_answer_is_farthest_off():
    def ours(row):
        return {"loss": row.sum(), "parts": [row, np.outer(row, row)]}

    exercise = Exercise(name="toy", lesson=1, title="toy", no_place="toy", solution=ours, hints=["a", "b", "c"],
                        cases=[case("four", np.arange(1.0, 5))])
    step = np.zeros((4, 4))
    step[2, 1] = 3
    found = judge.judge(exercise, lambda row: {"loss": row.sum(), "parts": [row, np.outer(row, row) + step + 0.1]})
    assert found.view.at == ("parts", 1, 2, 1)
    found = judge.judge(exercise, lambda row: {"loss": 3, "parts": [row, np.outer(row, row)]})
    assert found.view.at == ("loss",)
    found = judge.judge(exercise, lambda row: {"loss": 10, "parts": [row, np.outer(row, row)]})
    assert found.state == "right" and found.view.at == ()
    assert judge.judge(exercise, lambda row: {"loss": 10, "parts": [row, row]}).view.at == ()


def test_picture_is_drawn_for_each_verdict(toys):
    exercise = toys["iou"]
    for answer in (None, judge.card_answer(exercise, exercise.cards[0]), lambda a, b: 3):
        found = judge.judge(exercise, answer) if answer else judge.missing(exercise)
        assert show.draw(exercise, found.view).startswith(b"\x89PNG")
