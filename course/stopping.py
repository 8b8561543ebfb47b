"""Being stopped: Ctrl-C, a closed terminal (SIGHUP) or SIGTERM end the work once, and it puts things away in peace."""

import contextlib
import signal
import sys
import threading
import time

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # the last is unknown to Windows
VOLLEY = 3.0  # seconds in which further signals mean the same: people press Ctrl-C four times
_watches: list = []  # the `Watch` of each context that is open, the innermost last


class Stopped(KeyboardInterrupt):
    """What these signals raise. A kind of its own: where KeyboardInterrupt itself comes out of `exec`, Python ends
    with SIGINT whatever is made of it afterwards.
    """


class Watch:
    """The handler of those signals. number: the signal that asked for the stop, or None."""

    def __init__(self):
        self.number, self._last = None, -VOLLEY

    def __call__(self, number: int, frame) -> None:
        """Raise `Stopped`, unless that was done a moment ago and files are being put away."""
        now = time.monotonic()
        if now - self._last >= VOLLEY:
            self.number, self._last = number, now
            raise Stopped

    @property
    def exit_code(self) -> int:
        """What a shell expects of a program that a signal ended: 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP."""
        return 128 + (self.number or signal.SIGINT)


@contextlib.contextmanager
def watched(for_good: bool = False):
    """A context that these signals end with `Stopped`; gives its `Watch`.

    A signal that is ignored stays so (`nohup`). for_good: the process ends after this; once stopped it is then deaf to
    these signals, so that Python's own tidying up is not cut off.
    """
    watch, before, told = Watch(), {}, sys.unraisablehook
    if threading.current_thread() is threading.main_thread():
        for number in (getattr(signal, name) for name in NAMES if hasattr(signal, name)):
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, watch)
    try:
        _watches.append(watch)
        # what was raised in a destructor goes no further than this; `going_on` asks again
        sys.unraisablehook = lambda lost: None if isinstance(lost.exc_value, Stopped) else told(lost)
        yield watch
    finally:
        _watches.remove(watch)
        sys.unraisablehook = told
        for number, handler in before.items():
            deaf = for_good and watch.number is not None
            signal.signal(number, signal.SIG_IGN if deaf else signal.SIG_DFL if handler is None else handler)


def going_on(items):
    """The items, until these signals have asked for a stop: then `Stopped` is raised once more, in the main thread.

    What the handler raises can get lost: in a destructor, or in a library that takes it for a failure of its own.
    """
    main = threading.current_thread() is threading.main_thread()
    for item in items:
        if main and any(watch.number for watch in _watches):
            raise Stopped
        yield item
