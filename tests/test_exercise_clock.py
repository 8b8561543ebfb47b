"""How long an answer may take: its own work counts, not what else the machine does."""

import signal
import time

import pytest

from course.exercises import clock, judge
from course.exercises.exercise import Exercise, case

BUSY = "\n    until = time.thread_time() + {}\n    while time.thread_time() < until: pass\n"


def verdict(body: str, seconds: float):
    scope = {"time": time}
    exec(f"def answer(n):\n    {body}\n    return n", scope)
    exercise = Exercise(name="toy", lesson=1, title="toy", no_place="toy", solution=lambda n: n, seconds=seconds,
                        cases=[case("one", 1), case("two", 2)], hints=["a", "b", "c"])
    begin = time.monotonic()
    found = judge.judge(exercise, scope["answer"])
    return found, time.monotonic() - begin


@pytest.mark.parametrize("body", [
    "time.sleep(0.5)",  # as on a machine where others have the processor
    "import hashlib, threading; t = threading.Thread(target=hashlib.pbkdf2_hmac, args=('sha256', b'', b'', 500_000));"
    " t.start(); t.join()",  # as a library's threads
])  # fmt: skip
def test_what_others_do_is_not_counted(body):
    found, took = verdict(body, 0.2)
    assert found.state == "right", found.text
    assert took > 0.2


def test_work_is_counted_over_all_calls():
    assert verdict(BUSY.format(0.2), 0.8)[0].state == "right"
    found, took = verdict(BUSY.format(0.5), 0.8)
    assert found.why == "for two it was still at work after 0.8 seconds, and was stopped." and took < 30


def test_who_only_waits_is_stopped_too(monkeypatch):
    assert clock.Clock(1).wall == 60 and clock.Clock(30).wall == 180
    monkeypatch.setattr(clock, "AT_LEAST", 0)
    found, took = verdict("while True: time.sleep(0.01)", 0.2)
    assert found.why == ("for one it was not done after 1.2 seconds, though it worked for fewer than 0.2 of them,"
                         " and was stopped.")
    assert 1.1 < took < 15


def test_a_clock_that_was_set_before_goes_on():
    rings = []
    before = signal.signal(signal.SIGALRM, lambda *_: rings.append(time.monotonic()))
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with clock.Clock(5).running():
            time.sleep(0.1)
        time.sleep(0.5)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert len(rings) == 1
