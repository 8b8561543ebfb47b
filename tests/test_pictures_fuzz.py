"""Damaged films and photos, in a process of their own: each is read or refused in one line; none ends the process.

COURSE_FUZZ_SECONDS=600 reads on for ten minutes, COURSE_FUZZ_SEED=1 begins with other cases. Each case is made
from its number, so what is found can be looked at again: tests/fuzzed_pictures.py.
"""

import collections
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

import fuzzed_pictures

HERE = Path(__file__).parent
SECONDS = float(os.environ.get("COURSE_FUZZ_SECONDS", 4))
FIRST = 1_000_000 * int(os.environ.get("COURSE_FUZZ_SEED", 0))  # number of the first case
HANG = 20.0  # seconds for one file


def follow(folder: Path, first: int, seconds: float):
    """Run the reading process once: (outcomes as (outcome, case line), last case line, "end", "death" or "hang")."""
    path = os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, str(HERE / "fuzzed_pictures.py"), str(folder), str(first), str(seconds)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                               env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"})
    lines = queue.Queue()
    threading.Thread(target=_pump, args=(process.stdout, lines), daemon=True).start()
    case, outcomes = None, []
    while True:
        try:
            line = lines.get(timeout=HANG + (20 if case is None else 0))
        except queue.Empty:
            process.kill()
            process.wait()
            return outcomes, case, "hang"
        if line is None:
            return outcomes, case, "death" if process.wait() else "end"
        if line.startswith("case"):
            case = line.strip()
        else:
            outcomes.append((line.strip(), case))


def _pump(stream, lines) -> None:
    for line in stream:
        lines.put(line)
    lines.put(None)


def test_damaged_films_and_photos_are_read_or_refused(tmp_path):
    fuzzed_pictures.seeds(tmp_path)
    end, first, found, bad = time.monotonic() + SECONDS, FIRST, collections.Counter(), []
    while time.monotonic() < end:
        outcomes, case, how = follow(tmp_path, first, end - time.monotonic())
        found.update(outcome.split()[0] for outcome, _ in outcomes)
        bad += [f"{case}: {outcome}" for outcome, case in outcomes if outcome.startswith("traceback")]
        if how != "end":
            bad.append(f"{case}: {how}")
        if case is None:
            break
        first = int(case.split()[1]) + 1
    print(f"{sum(found.values())} files, cases {FIRST} to {first - 1}: {dict(found)}")
    assert not bad, "\n".join(bad)
    assert found["read"] and found["refused"]
