"""Stopping a function that does not come to its end: its time is the processor's, so that a busy machine costs nothing.

Counted is the processor time of the thread that calls it. The threads of a linear algebra library work beside it and
are not counted, so an answer may use them; what waits or sleeps, or has its own threads work, meets the other limit,
`PATIENT` times as many seconds on the wall, a minute at least, less those in which it stood in the queue for a
processor.
"""

import builtins
import contextlib
import os
import signal
import sys
import threading
import time

# what looks and clears up must not be stopped in the middle
OWN = (contextlib.__file__, *(os.path.join(os.path.dirname(__file__), name) for name in
                              ("clock.py", "guard.py", "inputs.py", "watch.py")))
AGAIN = 0.2  # seconds between two rings of the clock
LOADING = 60  # seconds for all libraries that are loaded for the first time
_set, _get = sys.setprofile, sys.getprofile  # held from the start: an answer may exchange them
AT_LEAST = 60  # seconds on the wall
PATIENT = 6  # seconds on the wall for each second of processor time that is allowed


class TooSlow(BaseException):
    """The time is over. A BaseException, so that `except Exception` in a student's function lets it through."""

    def __init__(self, waited: float = 0.0):
        """waited: seconds on the wall, where it was those that were over."""
        super().__init__()
        self.waited = waited


class Clock:
    """Seconds left for all calls together; rings in the middle of a call where the system can."""

    def __init__(self, seconds: float):
        """seconds: of processor time."""
        self.patience = max(AT_LEAST, PATIENT * seconds)
        self.left, self.wall = seconds, self.patience
        self.works = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()

    @contextlib.contextmanager
    def running(self):
        """A context that raises `TooSlow` in the code inside once the time is over; libraries load outside of it."""
        if not self.works:
            yield
            return
        alarm = _Alarm(self)
        old_handler = signal.signal(signal.SIGALRM, alarm.ring)
        # again and again: the first ring may fall into a callback, where Python swallows exceptions
        old_left, old_interval = signal.setitimer(signal.ITIMER_REAL, max(alarm.soonest(), 0.01), AGAIN)
        start = time.monotonic()
        importer, builtins.__import__ = builtins.__import__, alarm.load
        try:
            yield
        finally:
            alarm.armed = False
            builtins.__import__ = importer
            if alarm.rings:
                sys.settrace(alarm.old_trace)
            self.left, self.wall = alarm.left()
            passed = time.monotonic() - start
            signal.setitimer(signal.ITIMER_REAL, max(old_left - passed, 0.001) if old_left else 0, old_interval)
            signal.signal(signal.SIGALRM, old_handler if old_handler is not None else signal.SIG_DFL)


class _Alarm:
    """What the timer calls: it stops the student's code, again and again where that swallows the exception."""

    def __init__(self, clock: Clock):
        self.clock = clock
        self.armed, self.rings, self.old_trace = True, 0, sys.gettrace()
        self.importer, self.loading, self.nested = builtins.__import__, 0.0, False
        self.start = self.now()

    @staticmethod
    def now() -> tuple[float, float]:
        """(seconds of this thread's processor time, seconds on the wall without those in which it waited for one)."""
        return time.thread_time(), time.monotonic() - _queued()

    def left(self) -> tuple[float, float]:
        """What is left of both kinds of seconds."""
        used, passed = (now - then for now, then in zip(self.now(), self.start))
        return self.clock.left - used, self.clock.wall - passed

    def soonest(self) -> float:
        """Seconds within which the time cannot be over: a thread works no faster than the clock on the wall."""
        return min(self.left())

    def ring(self, _, frame) -> None:
        """The timer's: raises `TooSlow` in the student's line."""
        if frame.f_code.co_name == "note":  # of the watcher: the student's line is the one below it
            frame = frame.f_back
        if not self.armed or frame.f_code.co_filename in OWN:
            return  # what clears up must not be stopped: next ring
        if not self.rings and self.soonest() > 0:
            signal.setitimer(signal.ITIMER_REAL, max(self.soonest(), 0.01), AGAIN)
            return
        self.rings += 1
        swallowed = _in_finalizer(frame)
        if self.rings > 1 or swallowed:  # an `except:` swallowed it, so the next line stops too, and the next
            sys.settrace(_stop)
            while frame is not None and frame.f_code.co_filename not in OWN:
                frame.f_trace, frame = _stop, frame.f_back
        if not swallowed:
            raise TooSlow(self.clock.patience if self.left()[0] > 0 else 0.0)

    def load(self, name, *args, **kwargs):
        """In place of `__import__`: a library that is loaded for the first time may take its time."""
        if name in sys.modules or self.nested or self.loading > LOADING:
            return self.importer(name, *args, **kwargs)
        begun, profile = self.now(), _get()
        signal.setitimer(signal.ITIMER_REAL, 0)
        self.nested = True
        _set(None)
        try:
            return self.importer(name, *args, **kwargs)
        finally:
            self.nested = False
            _set(profile)
            paused = [now - then for now, then in zip(self.now(), begun)]
            self.start = tuple(then + seconds for then, seconds in zip(self.start, paused))
            self.loading += paused[1]
            signal.setitimer(signal.ITIMER_REAL, max(self.soonest(), 0.01), AGAIN)


def _queued() -> float:
    """Seconds in which this thread could have worked and no processor was free; 0 where the system does not tell."""
    try:
        with open("/proc/thread-self/schedstat", encoding="ascii") as file:  # nanoseconds: at work, in the queue
            return int(file.read().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def _stop(frame, event, _):
    """As a trace function: no further line."""
    if event == "line" and frame.f_code.co_filename not in OWN and not _in_finalizer(frame):
        raise TooSlow
    return _stop


def _in_finalizer(frame) -> bool:
    """Python swallows every exception that comes out of a `__del__`."""
    while frame is not None and frame.f_code.co_filename not in OWN:
        if frame.f_code.co_name == "__del__":
            return True
        frame = frame.f_back
    return False
