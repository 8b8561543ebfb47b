"""A text is said in a process of its own, while this one loads PyTorch and looks at the photo.

    with ahead.saying("Hello.", None, manner.Manner()):            # begins at once
        ...                                                        # loads, which takes as long
        spoken = ahead.said("Hello.", None, manner.Manner())       # takes what was said meanwhile

Threads would not do: whoever loads a package or a lexicon holds Python's lock. The other process (`ahead_worker.py`)
says the text as `synthesis.synthesize` does. What it does not manage is said here, by `synthesize` itself.
"""

import contextlib
import logging
import os
import pickle
import subprocess
import sys
from pathlib import Path

from .phonemes import Speech

_PACKAGE = Path(__file__).resolve().parent.parent
_open: list = []  # the `_Saying` of each context that is open


class _Saying:
    """The process that says one text."""

    def __init__(self, request: tuple):
        self.request = request
        # A session of its own: Ctrl-C in a terminal goes to the program that asks, which ends this one.
        self._process = subprocess.Popen([sys.executable, "-m", "course.speech.ahead_worker"], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, start_new_session=True, env=_environment())
        with contextlib.suppress(OSError):  # it ended already, which `answer` finds out
            with self._process.stdin as pipe:
                pickle.dump(request, pipe)

    def answer(self) -> Speech | None:
        """What was said, None where the process could not. Raises the `errors.CourseError` that it came upon."""
        try:
            records, said, problem = pickle.load(self._process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            return None
        for name, level, words in records:
            logging.getLogger(name).log(level, "%s", words)
        if problem is not None:
            raise problem
        return said

    def ended(self) -> bool:
        """Whether the process is through, or gone."""
        return self._process.poll() is not None

    def end(self) -> None:
        """End the process, in the middle of a sentence too."""
        self._process.kill()
        self._process.stdout.close()
        self._process.wait()


def _environment() -> dict:
    """Variables with which the process finds this package wherever it starts, and calculates in one thread."""
    before = os.environ.get("PYTHONPATH")
    return {**os.environ, "OMP_NUM_THREADS": "1",
            "PYTHONPATH": os.pathsep.join([str(_PACKAGE.parent), *([before] if before else [])])}


@contextlib.contextmanager
def saying(text: str, voice: str | None, settings):
    """A context in which another process says a text, for `said` to take; at its end that process is gone.

    text, voice, settings: as `synthesis.synthesize` takes them. Nothing is raised here: where no process can be
    started, `said` does the work.
    """
    try:
        _open.append(_Saying((text, voice, settings)))
    except OSError:
        yield
        return
    try:
        yield
    finally:
        _open.pop().end()


def speaking() -> bool:
    """Whether another process still says a text, or has not yet handed over what it said."""
    return bool(_open) and not _open[-1].ended()


def said(text: str, voice: str | None, settings) -> Speech:
    """A text as `Speech`: what another process has said of it, else as `synthesis.synthesize` says it.

    Args and raises as `synthesis.synthesize`.
    """
    if _open and _open[-1].request == (text, voice, settings):
        spoken = _open[-1].answer()
        if spoken is not None:
            return spoken
    from . import speakers, synthesis

    spoken = synthesis.synthesize(text, voice, settings)
    speakers.let_go()  # whoever shows a face that speaks needs the memory
    return spoken
