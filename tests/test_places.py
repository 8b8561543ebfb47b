"""course.use and course.reset: a student's part in the running system, on a toy system of the tests."""

import sys
import threading

import numpy as np
import pytest
import torch
from exercise_toys import RIGHT, notebook_fixture, toys_fixture  # noqa: F401 (fixtures)

import course
from course import errors
from course.exercises import desk, home, judge, places

pytestmark = pytest.mark.usefixtures("toys")
BOXES = np.array([[0.0, 0, 2, 2], [5, 5, 9, 9]])
WRONG = "def iou(a, b):\n    return np.zeros((len(a), len(b)))"


@pytest.fixture(name="parts")
def parts_fixture(toys):
    return sys.modules["course.toy_parts"]


def test_a_checked_part_is_called_by_the_system(notebook, parts):
    ours = parts.iou
    notebook.check("iou", RIGHT["iou"])
    said = course.use(notebook["iou"])
    assert repr(said) == 'iou: yours stands in toy_parts.iou now, course.reset("iou") takes it back'
    assert parts.most_alike(BOXES, BOXES[::-1]).tolist() == [1, 0]
    assert places.counts() == {"toy_parts.iou": 1} and places.in_use() == {"iou": notebook["iou"]}
    assert places.original("toy_parts.iou") is ours is not parts.iou
    assert repr(course.reset("iou")) == "toy_parts.iou: ours again"
    assert parts.iou is ours and places.counts() == {}


def test_a_part_that_was_not_checked_is_checked_silently(notebook, parts, capsys):
    notebook.run(RIGHT["iou"] + "course.use(iou)")
    assert capsys.readouterr() == ("", "") and places.in_use() == {"iou": notebook["iou"]}


def test_a_wrong_part_is_refused_in_one_line_and_let_in_by_force(notebook, parts):
    notebook.run(WRONG)
    with pytest.raises(errors.CourseError, match="^iou does not pass its check: .*force=True") as problem:
        course.use(notebook["iou"])
    assert "\n" not in str(problem.value) and places.in_use() == {}
    assert "yours, unchecked, stands in toy_parts.iou" in repr(course.use(notebook["iou"], force=True))
    assert parts.most_alike(BOXES, BOXES[::-1]).tolist() == [0, 0]


def test_what_check_handed_back_leaves_ours_in_place(notebook, parts):
    ours = parts.iou
    notebook.check("iou", WRONG)
    assert repr(course.use(notebook["iou"])) == "iou: ours stays in toy_parts.iou, until yours is right"
    assert parts.iou is ours
    notebook.check("iou", RIGHT["iou"])
    course.use(notebook["iou"])
    notebook.check("iou", WRONG)
    course.use(notebook["iou"])
    assert parts.iou is ours


def test_a_context_takes_the_part_back_and_puts_the_one_before_in_place(notebook, parts):
    ours = parts.iou
    notebook.check("iou", RIGHT["iou"])
    right = notebook["iou"]
    course.use(right)
    notebook.run(WRONG.replace("iou", "no_overlap"))
    with course.use(notebook["no_overlap"], name="iou", force=True):
        assert parts.most_alike(BOXES, BOXES[::-1]).tolist() == [0, 0]
    assert parts.most_alike(BOXES, BOXES[::-1]).tolist() == [1, 0] and places.in_use() == {"iou": right}
    with course.reset():
        assert parts.iou is ours
    assert places.in_use() == {"iou": right}
    with pytest.raises(ZeroDivisionError), course.use(notebook["no_overlap"], name="iou", force=True):
        1 / 0  # noqa: B018
    assert places.in_use() == {"iou": right}


def test_an_error_in_a_part_names_the_part_and_its_line(notebook, parts):
    notebook.run("def iou(a, b):\n    first = a\n    return first[9]")
    course.use(notebook["iou"], force=True)
    with pytest.raises(places.PartError) as problem:
        parts.most_alike(BOXES, BOXES)
    assert str(problem.value) == (
        "your iou, in place of toy_parts.iou, stops with IndexError: index 9 is out of bounds for axis 0 with size 2,"
        ' in line 3: `return first[9]` · course.reset("iou") takes it back')
    notebook.run("def iou(a, b):\n    import sys; sys.exit()")
    course.use(notebook["iou"], force=True)
    with pytest.raises(errors.CourseError, match="your iou, .* SystemExit"):
        parts.most_alike(BOXES, BOXES)


def test_the_stop_button_is_no_error_of_the_part(notebook, parts):
    notebook.run("def iou(a, b):\n    raise KeyboardInterrupt")
    course.use(notebook["iou"], force=True)
    with pytest.raises(KeyboardInterrupt):
        parts.most_alike(BOXES, BOXES)


def test_a_part_in_numpy_gives_the_system_its_tensor(notebook, parts):
    notebook.check("soft_pick", RIGHT["soft_pick"])
    # the notebook's later cells, written for tensors, go on with a tensor too
    assert isinstance(notebook["soft_pick"](torch.zeros(2, 2, 2)), torch.Tensor)
    course.use(notebook["soft_pick"])
    assert parts.picked(torch.eye(4).reshape(4, 2, 2) * 90) == [0, 1, 2, 3]
    for dtype in (torch.float32, torch.float64):
        value = parts.soft_pick(torch.zeros(2, 2, 2, dtype=dtype))
        assert isinstance(value, torch.Tensor) and value.dtype == dtype


def test_a_part_in_torch_gives_the_system_its_array(notebook, parts):
    notebook.run("import torch\n" + RIGHT["iou"].replace("def iou", "def base"))
    notebook.check("iou", "def iou(a, b):\n    return torch.from_numpy(base(a, b)).requires_grad_()")
    course.use(notebook["iou"])
    assert isinstance(parts.iou(BOXES, BOXES), np.ndarray) and parts.iou(BOXES, BOXES).dtype == np.float64
    assert parts.iou(BOXES.astype(np.float32), BOXES.astype(np.float32)).dtype == np.float32


def test_a_part_in_torch_is_given_what_torch_can_read(notebook, parts):
    notebook.run("import torch\n" + RIGHT["iou"].replace("def iou", "def base"))
    notebook.check("iou", "def iou(a, b):\n    a, b = torch.as_tensor(a), torch.as_tensor(b)\n"
                          "    a[:0] @ b[:0].T\n    return base(a.numpy(), b.numpy())")
    course.use(notebook["iou"])
    expected = places.original("toy_parts.iou")(BOXES, BOXES[::-1])
    # the check gives both in one precision and in order: the system may not
    assert np.allclose(parts.iou(BOXES, BOXES[::-1].astype(np.float32)), expected)
    assert np.allclose(notebook["iou"](BOXES.astype(np.float64), BOXES[::-1].copy()), expected)


def test_a_class_in_place_counts_and_names_itself(notebook, parts):
    notebook.check("Smoother", RIGHT["Smoother"])
    course.use(notebook["Smoother"])
    assert parts.smooth([1.0, 2.0, 4.0]) == [1, 1.5, 2.75]
    assert places.counts() == {"toy_parts.Smoother": 1}
    assert isinstance(parts.Smoother(1), notebook["Smoother"])
    notebook.run("class Smoother:\n    def __init__(self, share): pass\n    def step(self, v): return v[0]")
    with course.use(notebook["Smoother"], force=True), pytest.raises(places.PartError, match="your Smoother, in place"):
        parts.smooth([1.0])


def test_a_part_asked_back_from_its_place_is_the_students(notebook, parts, capsys):
    notebook.check("iou", RIGHT["iou"])
    mine = notebook["iou"]
    course.use(mine)
    notebook.check("iou", "from course.toy_parts import iou")
    assert "✗" not in capsys.readouterr().out and notebook["iou"] is mine


def test_a_check_sees_the_package_as_shipped(notebook, parts, toys, capsys):
    """A wrong part in the system changes neither the right answers nor what others are judged by."""
    notebook.run(WRONG)
    with course.use(notebook["iou"], force=True):
        judge._prepared.clear()
        notebook.check("iou", RIGHT["iou"])
        assert parts.most_alike(BOXES, BOXES[::-1]).tolist() == [0, 0]  # and it still stands there
    assert capsys.readouterr().out.startswith("✓ iou")


def test_use_says_whose_part_is_where(notebook, parts):
    notebook.check("iou", RIGHT["iou"])
    course.use(notebook["iou"])
    lines = repr(course.use()).splitlines()
    assert "yours  toy_parts.iou" in lines and "ours   toy_parts.soft_pick" in lines
    assert repr(course.reset()) == "ours again: iou" and repr(course.reset()) == "ours is in every place"
    assert "yours" not in repr(course.use())


def test_what_has_no_place_says_why(notebook):
    notebook.run("def split(row):\n    return row")
    for act in (lambda: course.use(notebook["split"]), lambda: course.use(notebook["split"], force=True)):
        with pytest.raises(errors.CourseError, match="split has no place in the system: nothing in the system splits"):
            act()
    assert "nothing in the system splits" in repr(course.reset("split"))
    with pytest.raises(errors.CourseError, match="no exercise 'most_alike'"):
        course.use(sys.modules["course.toy_parts"].most_alike)
    with pytest.raises(errors.CourseError, match="give the function itself"):
        course.use("iou")
    with pytest.raises(errors.CourseError, match="no place 'toy_parts.nothing'"):
        places.original("toy_parts.nothing")


def test_mine_brings_all_back_and_checks_them_again(notebook, parts):
    assert repr(course.use("mine")) == "nothing of yours to bring back yet"
    for name in ("iou", "soft_pick", "Smoother"):
        notebook.check(name, RIGHT[name])
    desk.forget()
    home.source_file("soft_pick").write_text("def soft_pick(maps):\n    return maps\n")
    ours = parts.soft_pick
    said = course.use("mine")
    assert repr(said) == "yours: iou, Smoother · not right any more, so ours stays: soft_pick"
    assert set(places.in_use()) == {"iou", "Smoother"} and parts.soft_pick is ours
    assert parts.most_alike(BOXES, BOXES[::-1]).tolist() == [1, 0] and parts.smooth([1.0, 3.0]) == [1, 2]
    for text in ("def iou(", "raise SystemExit", "from course.toy_parts import iou", "iou = None"):
        home.source_file("iou").write_text(text)
        desk.forget()
        course.reset()
        assert "ours stays: iou, soft_pick" in repr(course.use("mine"))


def test_counted_counts_ours_and_theirs_from_many_threads(notebook, parts):
    ours = parts.iou
    with places.counted("toy_parts.iou") as seen:
        workers = [threading.Thread(target=parts.most_alike, args=(BOXES, BOXES)) for _ in range(20)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert seen.calls == 20
        notebook.check("iou", RIGHT["iou"])
    assert seen.calls == 20  # what a check does is not the system
    assert parts.iou is ours
    with places.counted("toy_parts.Smoother") as seen:
        parts.smooth([1.0, 2.0])
    assert seen.calls == 1


def test_calls_are_logged_for_the_proof_that_a_lesson_uses_its_parts(notebook, parts, monkeypatch, tmp_path):
    monkeypatch.setenv(places.LOG, str(tmp_path / "calls"))
    notebook.run(WRONG)
    with course.use(notebook["iou"], force=True):
        parts.most_alike(BOXES, BOXES)
    assert not (tmp_path / "calls").exists()  # a wrong one in the museum proves nothing
    notebook.check("iou", RIGHT["iou"])
    course.use(notebook["iou"])
    assert not (tmp_path / "calls").exists()
    parts.most_alike(BOXES, BOXES)
    parts.most_alike(BOXES, BOXES)
    assert (tmp_path / "calls").read_text() == "iou\n"


def test_import_course_stays_light():
    import subprocess

    loaded = subprocess.run(
        [sys.executable, "-c", "import course, sys; course.use, course.reset, course.progress;"
         "import course.exercises; print([m for m in ('torch', 'matplotlib', 'cv2', 'IPython') if m in sys.modules])"],
        capture_output=True, text=True, check=True)  # fmt: skip
    assert loaded.stdout.strip() == "[]"
