"""The process of `ahead`: a text comes in at the standard input, what was said goes out at the standard output.

In: a pickle of (text, voice, settings). Out: a pickle of (log records as (logger, level, words), `Speech` or None, the
`errors.CourseError` or None). Both ends are this package's own.
"""

import gc
import logging
import os
import pickle
import signal
import sys

from .. import errors


class _Kept(logging.Handler):
    """Log records, for the program that asks to say."""

    def __init__(self):
        super().__init__()
        self.records = []

    def emit(self, record) -> None:
        self.records.append((record.name, record.levelno, record.getMessage()))


def answer(text: str, voice: str | None, settings) -> tuple:
    """What goes out: (records, `Speech`, None), or (records, None, `errors.CourseError`)."""
    from . import synthesis

    kept = _Kept()
    logging.basicConfig(level=logging.WARNING, handlers=[kept])
    try:
        return kept.records, synthesis.synthesize(text, voice, settings), None
    except errors.CourseError as problem:
        return kept.records, None, problem


def main() -> None:
    """Say one text. Whatever else goes wrong ends the process without an answer, and the text is said elsewhere."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand in the answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program that asks
    gc.disable()  # a lexicon is a million objects, all of which stay until the end
    try:
        with out:
            pickle.dump(answer(*pickle.load(sys.stdin.buffer)), out, protocol=pickle.HIGHEST_PROTOCOL)
        code = 0
    except Exception:
        code = 1
    os._exit(code)


if __name__ == "__main__":
    main()
