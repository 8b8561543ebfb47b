"""The process of the command: it loads without looking for rubbish on the way, and ends as soon as its work is done."""

import atexit
import contextlib
import ctypes
import gc
import os
import sys
import threading


@contextlib.contextmanager
def loading():
    """A context in which a package is loaded that stays, such as PyTorch with its half a million objects.

    Python looks through all objects for those that nobody needs whenever there are many more than before: while
    loading, that is a fifth of the time and finds nothing. Afterwards what was loaded is left out of the search.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.enable()


TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # of glibc's mallopt(3)


def keep_memory() -> None:
    """Let this process keep the memory that it frees. A frame takes and frees some hundred large arrays: the system
    would take each back, and clean it for the next one, which is a tenth of a film's time.

    Where the C library is not glibc nothing happens.
    """
    with contextlib.suppress(OSError, TypeError, AttributeError):  # Windows, macOS, musl
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(TRIM_THRESHOLD, 2**30)
        mallopt(MMAP_THRESHOLD, 2**25)  # the most that it takes: larger arrays are few


def leave(code: int) -> None:
    """End this process with an exit code, when all is written and closed.

    Python takes every object apart before it ends: with PyTorch that is a second of work, and nobody gets anything of
    it. What was registered to be done at the end (`atexit`) is done; where a thread still works, Python's own way waits
    for it.
    """
    if any(thread is not threading.main_thread() and not thread.daemon for thread in threading.enumerate()):
        raise SystemExit(code)
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # full or gone; closed; none at all
            stream.flush()
    os._exit(code)
