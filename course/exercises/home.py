"""The student's own folder: the sources of what is done, and when each exercise was tried.

`$COURSE_HOME`, or else `~/.living-portraits`. A folder that cannot be written stops nobody: then nothing is kept.
"""

import contextlib
import json
import linecache
import os
import tempfile
import time
from pathlib import Path

from .. import paths
from .exercise import Exercise


def folder() -> Path:
    """Where the student's own things are kept; it need not be there yet."""
    return paths.home_folder()


def marking() -> bool:
    """Whether nbgrader marks somebody's notebook in this process."""
    return bool(os.environ.get("NBGRADER_EXECUTION"))


def writes() -> bool:
    """Not while nbgrader marks somebody else's notebook: that is not this person's work."""
    return not marking()


def source_file(name: str) -> Path:
    """The file that holds the source of a right answer; it need not be there."""
    return folder() / "mine" / f"{name}.py"


def has(name: str) -> bool:
    """Whether the source of a right answer to this exercise is kept."""
    return source_file(name).is_file()


def keep(name: str, source: str) -> bool:
    """Write the source of a right answer; True when it is there now."""
    return writes() and _write(source_file(name), source)


def bring(name: str):
    """The kept function or class, made again. Raises whatever its text raises, and OSError where nothing is kept."""
    path = source_file(name)
    text = path.read_text(encoding="utf-8")
    linecache.checkcache(str(path))
    scope = {"__name__": f"mine_{name}", "__file__": str(path)}
    exec(compile(text, str(path), "exec"), scope)
    return scope[name]


def attempts(exercise: Exercise) -> list[dict]:
    """Earlier tries, oldest first: {"at", "verdict", "card"}."""
    try:
        found = json.loads(_attempts_file(exercise.name).read_text(encoding="utf-8"))
        return [dict(entry) for entry in found if isinstance(entry, dict)]
    except (OSError, ValueError, TypeError):
        return []


def add_attempt(exercise: Exercise, verdict: str, card: str | None) -> list[dict]:
    """All tries with this one, the last 200 of them."""
    entry = {"at": now(), "verdict": verdict, "card": card}
    tries = [*attempts(exercise), entry][-200:] if writes() else [entry]
    if writes():
        _write(_attempts_file(exercise.name), json.dumps(tries, indent=0))
    return tries


def now() -> str:
    """The time in words that sort, UTC: "2026-01-31T12:00:00Z"."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _attempts_file(name: str) -> Path:
    return folder() / "attempts" / f"{name}.json"


def _write(path: Path, text: str) -> bool:
    """Beside its place first, moved there when whole."""
    made = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(made, path)
        return True
    except OSError:
        if made:
            with contextlib.suppress(OSError):
                os.remove(made)
        return False
