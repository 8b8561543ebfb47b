"""Standard streams that end no work: closed, full, gone, or of an alphabet too small for a name.

What a program says beside its work is worth less than the work: a film is made whether or not anybody hears of it.
"""

import contextlib
import logging
import os
import sys


class Tolerant:
    """A text stream that goes on where its own cannot be written.

    problem: the OSError that lost the first line, or None. Letters that the stream does not know are written as
    Python writes them in source, such as \\u5f71.
    """

    def __init__(self, stream):
        self._stream, self.problem = stream, None

    def __getattr__(self, name: str):
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write as far as it goes; returns the length of `text`."""
        if self.problem is None:
            try:
                self._stream.write(text)
            except UnicodeEncodeError:
                alphabet = self._stream.encoding or "ascii"
                self.write(text.encode(alphabet, "backslashreplace").decode(alphabet))
            except (OSError, ValueError, AttributeError) as problem:  # full or gone; closed; none at all
                self._give_up(problem)
        return len(text)

    def flush(self) -> None:
        """As a stream's own; what cannot be written is lost."""
        if self.problem is None:
            try:
                self._stream.flush()
            except (OSError, ValueError, AttributeError) as problem:
                self._give_up(problem)

    def _give_up(self, problem: Exception) -> None:
        """Send what is still to come nowhere: Python writes out what is left when it ends, and would complain."""
        self.problem = problem
        with contextlib.suppress(OSError, ValueError, AttributeError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


class LogLines(logging.StreamHandler):
    """Log lines to whatever stands for standard error when they are written."""

    def __init__(self):
        logging.Handler.__init__(self)

    @property
    def stream(self):
        """The stream of this moment."""
        return sys.stderr


@contextlib.contextmanager
def tolerant():
    """A context in which `sys.stdout` and `sys.stderr` are `Tolerant`; gives the first of them."""
    open_closed()
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (Tolerant(stream) for stream in before)
    try:
        yield sys.stdout
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = before


def open_closed() -> None:
    """Open standard streams that were closed (`2>&-`) to nowhere.

    Else the next file that is opened gets their number, and what a library says on standard error lands in the film.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            with contextlib.suppress(OSError):
                os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # it takes the lowest number that is free
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # it stays open as long as the process
