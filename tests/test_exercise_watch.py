"""Ways round the work that a check can see, and right answers that look like one and are not."""

import sys
import threading
import time

import numpy as np
import pytest
from exercise_toys import RIGHT, notebook_fixture, toys_fixture  # noqa: F401 (fixtures)

from course.exercises import answers, desk, judge, registry, seal, values, watch

pytestmark = pytest.mark.usefixtures("toys")
ASKS = "✗ iou  this asks our own function for the answer: write yours in its place."
OURS = "from course import toy_parts\n"


def verdict(notebook, capsys, source: str) -> str:
    capsys.readouterr()
    notebook.check("iou", source)
    return capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize("source", [
    "import threading\ndef iou(a, b):\n    found = []\n"
    "    t = threading.Thread(target=lambda: found.append(toy_parts.iou(a, b)))\n    t.start(); t.join()\n"
    "    return found[0]",
    "from concurrent.futures import ThreadPoolExecutor\ndef iou(a, b):\n    with ThreadPoolExecutor(1) as pool:\n"
    "        return pool.submit(toy_parts.iou, a, b).result()",
    "import _thread, time\ndef iou(a, b):\n    found = []\n"
    "    _thread.start_new_thread(lambda: found.append(toy_parts.iou(a, b)), ())\n"
    "    while not found: time.sleep(0.001)\n    return found[0]",
    "import sys\nfrom sys import setprofile\ndef iou(a, b):\n    setprofile(None)\n    return toy_parts.iou(a, b)",
    # on edge cases and random ones alone
    RIGHT["iou"].replace("def iou", "def base") + "def iou(a, b):\n    return base(a, b) if len(a) == 1 == len(b) and"
    " a[0, 0] == 0 and b[0, 0] == 1 else toy_parts.iou(a, b)",
    "from course.exercises import answers, registry\ndef iou(a, b):\n"
    "    return answers.ours(registry.find('iou'))(a, b)",
    "from course.exercises import judge, registry\ndef iou(a, b):\n    try: judge.tests(registry.find('iou'))\n"
    "    except Exception: pass\n    return toy_parts.np.zeros((len(a), len(b)))",
    "import types\ncopy = types.FunctionType(toy_parts.iou.__code__, vars(toy_parts))\n"
    "def iou(a, b):\n    return copy(a, b)",
])  # fmt: skip
def test_who_asks_ours_is_refused(notebook, capsys, source):
    assert verdict(notebook, capsys, OURS + source) == ASKS
    assert notebook.grade("iou").endswith(ASKS[8:])
    assert verdict(notebook, capsys, RIGHT["iou"]).startswith("✓ iou"), "nothing is left of it"


def test_who_switches_the_profile_off_is_told(notebook, capsys):
    source = OURS + ("import sys, types\ncopy = types.FunctionType(toy_parts.iou.__code__, vars(toy_parts))\n"
                     "def iou(a, b):\n    sys.setprofile(None)\n    return copy(a, b)")
    assert verdict(notebook, capsys, source).startswith("✗ iou  this ")
    source = RIGHT["iou"].replace("    rows = []", "    import sys; sys.setprofile(None)\n    rows = []")
    assert verdict(notebook, capsys, source).startswith("✗ iou  this switches off what looks at it while it is tried")
    assert sys.setprofile is watch._set and sys.getprofile() is None and threading.getprofile() is None


@pytest.mark.parametrize("line", ["judge._problem = lambda *a: None", "values.close = lambda *a: True",
                                  "judge._same = lambda *a: True", "guard.Outcome.slow = False",
                                  "judge._verdict.__code__ = (lambda *a: None).__code__"])
@pytest.mark.parametrize("within", [True, False])
def test_a_check_that_was_changed_is_put_back(notebook, capsys, line, within):
    line = f"from course.exercises import guard, judge, values; {line}"
    body = "return np.zeros((len(a), len(b)))"
    source = f"def iou(a, b):\n    {line}\n    {body}" if within else f"{line}\ndef iou(a, b):\n    {body}"
    said = verdict(notebook, capsys, source)
    assert said.startswith("✗ iou  ") and "changes the check itself" in said
    assert verdict(notebook, capsys, f"def iou(a, b):\n    {body}").startswith("✗ iou  for the two boxes drawn here")
    assert verdict(notebook, capsys, RIGHT["iou"]).startswith("✓ iou")


def test_the_right_answers_stand_in_no_frame(notebook, capsys):
    notebook.run("seen = []")
    source = '''def iou(a, b):
    import sys
    frame = sys._getframe(1)
    while frame is not None:
        if "exercises" in frame.f_code.co_filename and "tests" not in frame.f_code.co_filename:
            for value in frame.f_locals.values():
                for one in (value if isinstance(value, list) else [value]):
                    if hasattr(one, "right") or type(one).__name__ == "Test":
                        seen.append(frame.f_code.co_name)
        frame = frame.f_back
    return np.zeros((len(a), len(b)))'''
    assert "for the two boxes drawn here" in verdict(notebook, capsys, source)
    assert notebook["seen"] == []


# ---------------------------------------------------------------- no right answer is refused


@pytest.mark.parametrize("change", [
    ("    rows = []", "    import threading\n    t = threading.Thread(target=len, args=([],)); t.start(); t.join()\n"
                      "    rows = []"),
    ("    rows = []", "    import cProfile\n    p = cProfile.Profile(); p.enable(); p.disable()\n    rows = []"),
    ("    rows = []", "    def deep(): deep()\n    try: deep()\n    except RecursionError: pass\n    rows = []"),
    ("    rows = []", "    import inspect; inspect.currentframe().f_back\n    rows = []"),
])  # fmt: skip
def test_a_right_answer_may_do_much(notebook, capsys, change):
    assert verdict(notebook, capsys, RIGHT["iou"].replace(*change)).startswith("✓ iou")


def test_a_thread_that_ran_before_may_use_ours(notebook, capsys):
    """A film that is made in the background is not the answer's doing."""
    ours, going = sys.modules["course.toy_parts"].iou, True
    boxes = np.array([[0.0, 0, 2, 2]])

    def work():
        while going:
            assert ours(boxes, boxes) == 1

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for _ in range(5):
            assert verdict(notebook, capsys, RIGHT["iou"]).startswith("✓ iou")
    finally:
        going = False
        thread.join()


def test_ours_is_itself_again_and_takes_all_its_arguments(notebook):
    def ours(a, b=2, *rest, c=3, **more):
        return a, b, rest, c, more

    code, seen = ours.__code__, watch.Watch(ours, len)
    with seen.on(closely=False):
        assert ours(1) == (1, 2, (), 3, {}) and ours(1, 5, 6, c=7, d=8) == (1, 5, (6,), 7, {"d": 8})
    assert ours.__code__ is code and seen.asked
    seen = watch.Watch(ours, len)
    with seen.on(closely=True):
        pass
    assert not seen.asked and not seen.switched_off


def test_the_methods_of_our_class_are_watched(notebook, capsys):
    notebook.check("Smoother", "from course import toy_parts\nclass Smoother:\n    def __init__(self, share):\n"
                               "        self.ours = toy_parts.Smoother(share)\n"
                               "    def step(self, value):\n        return self.ours.step(value)")
    assert "asks our own function" in capsys.readouterr().out


def test_looking_costs_next_to_nothing(notebook):
    """All but the small cases are tried without a profile: a trap takes no time."""
    exercise = registry.find("iou")
    notebook.run(RIGHT["iou"])
    reference, answer, seconds = answers.ours(exercise), notebook["iou"], {}
    case = judge.tests(exercise)[3].case
    for _ in range(5):
        for kind in ("plain", "seen"):
            seen = watch.Watch(reference, answer)
            begin = time.thread_time()
            for _ in range(200):
                if kind == "seen":
                    with seen.on(closely=False):
                        answer(*case.args)
                else:
                    answer(*case.args)
            seconds[kind] = min(time.thread_time() - begin, seconds.get(kind, 9))
    assert seconds["seen"] - seconds["plain"] < 200 * 50e-6  # 50 microseconds a call


def test_a_seal_mends_what_was_exchanged():
    found = seal.Seal(values)
    before = values.close, values.Shape
    values.close, values.Shape = len, tuple
    assert sorted(found.mended()) == ["Shape", "close"] and (values.close, values.Shape) == before
    assert found.mended() == [] and judge.seal.mended() == [] and desk.judge is judge
