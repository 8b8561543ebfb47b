"""Run a notebook from top to bottom, as a person with a clean home would, with no trace of this machine's habits."""

import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

import nbclient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from . import LessonError

TIMEOUT = 600  # seconds a cell, on a busy machine too; a whole lesson should need 120
OWN_LINE = re.compile(r"Cell In\[\d+\], line (\d+)")


def execute(notebook, lesson) -> float:
    """Run all cells in place; returns the seconds.

    lesson: the `source.Lesson` of which the notebook was made, cell by cell.
    Raises `LessonError`: a cell that raises, takes too long or kills the kernel, named with file and line.
    """
    running = [0]

    def begin_cell(cell, cell_index):
        running[0] = cell_index

    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        client = nbclient.NotebookClient(notebook, timeout=TIMEOUT, kernel_name="python3", record_timing=False,
                                         store_widget_state=False, on_cell_execute=begin_cell,
                                         resources={"metadata": {"path": folder}})
        try:
            # a kernel's own log (not what cells print) is of no use here
            client.execute(env=clean_environment(folder), stderr=subprocess.DEVNULL)
        except CellExecutionError as problem:
            raise LessonError(_said(problem, lesson.cells[running[0]], lesson)) from None
        except CellTimeoutError:
            line = lesson.cells[running[0]].line
            raise LessonError(f"{lesson.place(line)}: this cell ran for more than {TIMEOUT} s") from None
        except DeadKernelError:
            line = lesson.cells[running[0]].line
            raise LessonError(f"{lesson.place(line)}: the kernel died in this cell; was there memory enough?") from None
    return time.perf_counter() - begin


def clean_environment(folder) -> dict:
    """The surroundings of a kernel: no one's progress, profile or plotting backend; folder: an empty one."""
    environment = {key: value for key, value in os.environ.items() if key not in ("MPLBACKEND", "PYTHONWARNINGS")}
    for name, variable in (("home", "COURSE_HOME"), ("ipython", "IPYTHONDIR")):
        (Path(folder) / name).mkdir(exist_ok=True)
        environment[variable] = str(Path(folder) / name)
    return environment


def _said(problem, cell, lesson) -> str:
    """The line at which the cell raised, as the author sees it in the source."""
    found = OWN_LINE.search(re.sub(r"\x1b\[[0-9;]*m", "", problem.traceback))
    inside = int(found[1]) if found else 0
    if cell.kind == "exercise" and inside:
        inside -= 1  # the title's line, which the build adds
    text = " ".join(str(problem.evalue).split())[:300]
    return f"{lesson.place(cell.line + inside)}: this cell raises {problem.ename}: {text}"
