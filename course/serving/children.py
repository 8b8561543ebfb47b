"""The surroundings of a child process."""

import os
from pathlib import Path

import course


def environment() -> dict:
    """Variables with which a child finds this package wherever it starts, and calculates in one thread."""
    here = str(Path(course.__file__).resolve().parent.parent)
    given = os.environ.get("PYTHONPATH")
    return {"OMP_NUM_THREADS": "1", **os.environ, "PYTHONPATH": os.pathsep.join([here, *([given] if given else [])])}
