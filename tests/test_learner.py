"""A made-up learner, in short: two lessons, all answers right, then all wrong. In full: benchmarks/learner.py."""

import subprocess
import sys

import pytest
from conftest import CHECKOUT


@pytest.mark.parametrize("kind, says", [("right", "8 of 8 done"), ("wrong", "0 of 8 done")])
def test_verdicts_board_and_reel_come_out_right(kind, says):
    program = CHECKOUT / "benchmarks/learner.py"
    done = subprocess.run([sys.executable, program, kind, "--checks", "--lessons", "00", "13"], capture_output=True,
                          text=True)
    assert done.returncode == 0 and says in done.stdout, done.stdout + done.stderr[-2000:]
