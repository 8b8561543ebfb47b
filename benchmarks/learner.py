"""A made-up learner goes through all student notebooks: do verdicts, board and reel come out right?

    python benchmarks/learner.py right                      # all lessons there are, every answer right: takes long
    python benchmarks/learner.py wrong --lessons 00 13      # some lessons, every answer wrong
    python benchmarks/learner.py right --checks             # only what stands up to each check, without the rest

The answers are those of `tests/exercise_answers`, in styles unlike ours. The learner's home is a folder that is thrown
away. In the end the board must show each exercise as done (or tried), and each lesson of the reel as made by the
learner's parts (or by ours). Exit code 1 where something does not come out right.
"""

import argparse
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbclient.exceptions
import nbformat

ROOT = Path(__file__).resolve().parents[1]
WANTED = {"right": ("✓", "done"), "wrong": ("✗", "tried")}
AFTERWARDS = """
import json, sys
from course.exercises import board, registry
from course.lessons import reel_pieces, reels

lessons, stage = json.loads(sys.argv[1]), reel_pieces.Stage()
found = reels.chapters(stage, lessons)
print(json.dumps({
    "board": {one.name: board.state(one) for one in registry.every() if one.lesson in lessons},
    "reel": {one.lesson: {"yours": one.yours, "ours": one.ours, "note": one.note, "frames": len(one.frames)}
             for one in found},
    "seconds": reels.joined(found, stage).duration,
}))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("kind", choices=WANTED)
    parser.add_argument("--lessons", nargs="+", default=[], help="numbers such as 00 13; all by default")
    parser.add_argument("--checks", action="store_true", help="only set-ups, exercises and their checks")
    options = parser.parse_args()
    notebooks = [path for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
                 if not options.lessons or path.name[:2] in options.lessons]
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        surroundings = clean(folder)
        for path in notebooks:
            begin = time.perf_counter()
            found, said = taken(path, options.kind, options.checks, surroundings)
            wrong += found
            print(f"{path.name:<34} {said} answers {options.kind}, {time.perf_counter() - begin:.0f} s", flush=True)
        told = after(surroundings, [int(path.name[:2]) for path in notebooks])
    wrong += afterwards(told, options.kind)
    made = {lesson: len(one["yours"]) for lesson, one in told["reel"].items()}
    done = sum(state == "done" for state in told["board"].values())
    print(f"board: {done} of {len(told['board'])} done; reel: {told['seconds']:.0f} s, {sum(made.values())} parts of "
          f"the learner in {sum(map(bool, made.values()))} lessons")
    print("\n".join(["not as it should be:", *wrong]) if wrong else "all as it should be")
    return 1 if wrong else 0


def clean(folder) -> dict:
    """The surroundings of the learner: a home and an IPython profile that are thrown away."""
    kept = {name: value for name, value in os.environ.items() if name not in ("MPLBACKEND", "PYTHONWARNINGS")}
    path = os.pathsep.join([str(ROOT), *filter(None, [kept.get("PYTHONPATH")])])
    return kept | {"COURSE_HOME": str(Path(folder) / "home"), "IPYTHONDIR": str(Path(folder) / "ipython"),
                   "PYTHONPATH": path}


def answers_of(lesson: str, kind: str) -> dict:
    """{exercise: source} of a lesson's last answers of a kind: the first are often loops, which make training slow."""
    spec = importlib.util.spec_from_file_location("answers", ROOT / f"tests/exercise_answers/lesson_{lesson}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: found[kind][-1] for name, found in module.ANSWERS.items()}


def taken(path: Path, kind: str, checks: bool, surroundings: dict) -> tuple:
    """Type all answers into a notebook and run it: what is not as it should be, and how many answers were judged."""
    notebook, answers = nbformat.read(path, as_version=4), answers_of(path.name[:2], kind)
    for cell in notebook.cells:
        if cell.id.startswith("exercise-"):
            cell.source = answers[cell.id.removeprefix("exercise-")].strip() + "\n"
    if checks:
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        notebook.cells = [code[0], *(cell for cell in code if cell.id.startswith(("exercise-", "check-")))]
    with tempfile.TemporaryDirectory() as folder:
        client = nbclient.NotebookClient(notebook, timeout=900, kernel_name="python3", allow_errors=True,
                                         resources={"metadata": {"path": folder}})
        try:
            client.execute(env=surroundings, stderr=subprocess.DEVNULL)
        except (nbclient.exceptions.DeadKernelError, nbclient.exceptions.CellTimeoutError, AssertionError) as problem:
            return [f"{path.name}: its kernel stopped ({type(problem).__name__})"], 0
    wrong, judged = [], 0
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        for output in outputs:
            if output.output_type == "error":
                wrong.append(f"{path.name}, {cell.id}: {output.ename}: {' '.join(output.evalue.split())[:200]}")
        if cell.id.startswith("check-"):
            judged += 1
            said = next((output.data.get("text/plain", "") for output in outputs if "data" in output), "nothing")
            if not re.match(WANTED[kind][0], said):
                wrong.append(f"{path.name}, {cell.id}: {said.splitlines()[0]}")
    return wrong, judged


def after(surroundings: dict, lessons: list) -> dict:
    """What board and reel say, asked in a process of its own as a student would, who comes back tomorrow."""
    done = subprocess.run([sys.executable, "-c", AFTERWARDS, json.dumps(lessons)], env=surroundings, check=True,
                          capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def afterwards(told: dict, kind: str):
    """What is not as it should be in board and reel."""
    for name, state in told["board"].items():
        if state != WANTED[kind][1]:
            yield f"board: {name} is {state}"
    for lesson, one in told["reel"].items():
        not_so = one["ours"] if kind == "right" else one["yours"]
        if not_so or one["note"]:
            yield f"reel: lesson {lesson}: {', '.join(not_so)} {one['note']}"


if __name__ == "__main__":
    sys.exit(main())
