"""Being stopped: Ctrl-C, a closed terminal (SIGHUP) or SIGTERM end the work once, and it puts things away in peace."""

import contextlib
import signal
import threading
import time

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # the last is unknown to Windows
VOLLEY = 3.0  # seconds in which further signals mean the same: people press Ctrl-C four times


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
    watch, before = Watch(), {}
    if threading.current_thread() is threading.main_thread():
        for number in (getattr(signal, name) for name in NAMES if hasattr(signal, name)):
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, watch)
    try:
        yield watch
    finally:
        for number, handler in before.items():
            deaf = for_good and watch.number is not None
            signal.signal(number, signal.SIG_IGN if deaf else signal.SIG_DFL if handler is None else handler)
