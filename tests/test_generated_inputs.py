"""A few calls put together by chance end well; `benchmarks/generated_inputs.py` makes hundreds."""

import re
import subprocess
import sys

from conftest import CHECKOUT


def test_calls_by_chance_make_films_or_say_in_one_line_why_not():
    done = subprocess.run(
        [sys.executable, CHECKOUT / "benchmarks" / "generated_inputs.py", "--count", "8", "--seed", "4"],
        capture_output=True, text=True)
    counts = re.search(r"^8 calls in \d+ s: (\d+) films, (\d+) refused in one line$", done.stdout, re.M)
    assert done.returncode == 0 and counts, done.stdout + done.stderr
    assert int(counts[1]) >= 2 and int(counts[2]) >= 2
