"""A process that makes one film after the other: a row as a line of JSON in, {} or {"problem": ...} out.

    python -m course.serving.row_worker
"""

import json
import os
import sys
import traceback

from .. import animation, errors, process
from . import analyses


def main() -> None:
    """Rows until the input ends."""
    process.keep_memory()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    with analyses.in_use(analyses.Cache()):
        for line in sys.stdin:
            answers.write(json.dumps(make(json.loads(line))) + "\n")
            answers.flush()


def make(row: dict) -> dict:
    """One film: {} once it is whole in its place, or {"problem": a line}."""
    name, value = row["drive"]
    try:
        clip = animation.animate(row["photo"], **{name: value}, **row["settings"])
        clip.save(row["output"], progress=False)
    except errors.CourseError as problem:
        return {"problem": " ".join(str(problem).split())}
    except MemoryError:
        return {"problem": "there is not enough memory: try fewer --workers, or a smaller size"}
    except Exception as problem:
        traceback.print_exc()
        return {"problem": f"it failed ({type(problem).__name__})"}
    return {}


if __name__ == "__main__":
    main()
