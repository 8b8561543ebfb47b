"""`course studio`: a notebook with one cell, opened in Voilà or JupyterLab."""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ... import errors
from .. import children

# The first that is installed shows it: Voilà as a page of its own, JupyterLab as a notebook whose cell is to be run
SHOWN_BY = ("voila", "jupyterlab")
# Voilà's own page would fetch an icon font elsewhere
ONLY_HERE = ("default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' data: blob: ws: wss:; "
             "frame-ancestors 'self'")
HELP = "# Studio\nRun the cell below: click it and press Shift+Enter."


@dataclass(frozen=True)
class Opening:
    """How the studio is opened. given: arguments of `course.studio`; port: None takes the usual one; browser: whether
    one is opened; by: one of `SHOWN_BY`, or None for the first that is installed."""

    given: dict
    port: int | None = None
    browser: bool = True
    by: str | None = None


def run(opening: Opening) -> int:
    """Show the studio until it is stopped; the exit code. Raises `errors.CourseError`: nothing is here to show it."""
    by = shown_by(opening.by)
    with tempfile.TemporaryDirectory(prefix="studio-") as folder:
        notebook = Path(folder) / "studio.ipynb"
        notebook.write_text(json.dumps(notebook_of(opening.given, by != "voila")), encoding="utf-8")
        process = subprocess.Popen(command_of(by, notebook, opening), env=children.environment())
        try:
            return process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()


def shown_by(asked: str | None) -> str:
    """Which of `SHOWN_BY` shows it. Raises `errors.CourseError`: it is not installed, or none is."""
    found = [name for name in ([asked] if asked else SHOWN_BY) if importlib.util.find_spec(name)]
    if not found:
        raise errors.CourseError(f"the studio is shown by {' or '.join([asked] if asked else SHOWN_BY)}, which is not "
                                 "installed: pip install voila (or jupyterlab)")
    return found[0]


def command_of(by: str, notebook: Path, opening: Opening) -> list:
    """The words of the command that shows a notebook."""
    words = [sys.executable, "-m", by, str(notebook)]
    if by == "jupyterlab" and hasattr(os, "geteuid") and os.geteuid() == 0:
        words.append("--allow-root")  # as in a container; it listens on this machine alone
    if by == "voila":
        words.append(f"--Voila.tornado_settings={{'headers': {{'Content-Security-Policy': {ONLY_HERE!r}}}}}")
    if opening.port is not None:
        words.append(f"--port={opening.port}")
    return words if opening.browser else [*words, "--no-browser"]


def notebook_of(given: dict, helped: bool = True) -> dict:
    """A notebook whose cell makes the studio, as JSON; given: arguments of `course.studio`; helped: with a line that
    says what to press."""
    words = ", ".join(f"{name}={_written(value)}" for name, value in given.items() if value is not None)
    code = f"from pathlib import Path\n\nimport course\n\ncourse.studio({words})"
    cells = [{"cell_type": "markdown", "id": "help", "metadata": {}, "source": HELP},
             {"cell_type": "code", "id": "studio", "metadata": {}, "source": code, "outputs": [],
              "execution_count": None}]
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    shown = cells if helped else cells[1:]
    return {"cells": shown, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def _written(value) -> str:
    return f"Path({str(value)!r})" if isinstance(value, Path) else repr(value)
