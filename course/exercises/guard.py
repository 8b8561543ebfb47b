"""Calling a stranger's function: whatever it does, the notebook goes on, nothing is printed, all is put back.

Caught: every exception, `sys.exit`, deep recursion, a loop without end (where signals exist and in the main thread).
Kept quiet: prints, warnings, logging, displays, figures, what C libraries write. Put back: the random state of
random, NumPy and torch, torch's gradient mode and default type, NumPy's error handling, the recursion limit, the
folder.
"""

import builtins
import contextlib
import io
import logging
import os
import random
import sys
import tempfile
import warnings
from dataclasses import dataclass, field

import numpy as np

from . import clock, inputs, values

DEPTH = 1500  # frames below ours: deeper is a function that calls itself without end


@dataclass
class Outcome:
    """What one call came to: a value in plain form (see `values.plain`), or the exception that ended it."""

    value: object = None
    error: BaseException | None = None
    changed: tuple = ()  # names of the arguments that it changed in place, positions where they have no name
    echoes: frozenset = frozenset()  # names of the arguments that it gave back as they were
    shapes: dict = field(default_factory=dict)  # of its arguments, by name
    refused: str = ""  # why it is no answer: it called ours, or it changed the check

    @property
    def slow(self) -> bool:
        """Whether it was stopped since its time was over."""
        return isinstance(self.error, clock.TooSlow)


def call(function, case, run, time: clock.Clock, seed: int = 0, seen=None, reference=None) -> Outcome:
    """One call on copies of the case's arguments.

    run: the exercise's way of trying an answer, or None. time: stops it. seed: of all random numbers. seen: a context
    that looks at the call, as `watch.Watch.on`. reference: ours, with the names of the parameters. Raises
    `KeyboardInterrupt` alone: every other exception is in the `Outcome`.
    """
    args, kwargs = values.copied((case.args, case.kwargs))
    _seed(seed)
    calls = inputs.Calls(reference)
    try:
        with time.running(), seen or contextlib.nullcontext():
            value = run(calls.watched(function), *args, **kwargs) if run else function(*args, **kwargs)
            plain = values.plain(value)
    except KeyboardInterrupt:
        raise  # the stop button
    except BaseException as problem:
        return Outcome(error=problem)
    given = {**dict(enumerate(args)), **kwargs}
    before = {**dict(enumerate(case.args)), **case.kwargs}
    if not run:  # else a case's arguments need not be the answer's
        calls.note(reference, {}, given, plain)
    changed = calls.changed or [key if run else inputs.name_of(reference, key) for key in before
                                if not values.identical(before[key], given[key])]
    return Outcome(plain, None, tuple(changed), frozenset(calls.echoes or ()), calls.shapes)


@contextlib.contextmanager
def quiet():
    """A context in which nothing reaches the notebook, and after which all states are as before."""
    limit, states, logging_level = sys.getrecursionlimit(), _states(), logging.root.manager.disable
    with contextlib.ExitStack() as stack:
        stack.callback(_restore, states)
        stack.callback(logging.disable, logging_level)
        stack.callback(sys.setrecursionlimit, limit)
        stack.enter_context(_silent_descriptors())
        stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
        stack.enter_context(contextlib.redirect_stderr(io.StringIO()))
        stack.enter_context(warnings.catch_warnings(record=True))
        stack.enter_context(_notebook_stays())
        stack.enter_context(_no_questions())
        stack.enter_context(_no_figures())
        stack.enter_context(_same_folder())
        stack.enter_context(np.errstate())
        warnings.simplefilter("always")
        logging.disable(logging.CRITICAL)
        sys.setrecursionlimit(_depth() + DEPTH)
        yield


def _depth() -> int:
    frame, count = sys._getframe(), 0
    while frame is not None:
        frame, count = frame.f_back, count + 1
    return count


@contextlib.contextmanager
def _silent_descriptors():
    """What C libraries write to the descriptors 1 and 2 goes nowhere."""
    kept = []
    try:
        with tempfile.TemporaryFile() as nowhere:
            for number in (1, 2):
                with contextlib.suppress(OSError):  # a process without a stdout
                    kept.append((number, os.dup(number)))
                    os.dup2(nowhere.fileno(), number)
            try:
                yield
            finally:
                for number, copy in kept:
                    os.dup2(copy, number)
                    os.close(copy)
    finally:
        kept.clear()


@contextlib.contextmanager
def _no_questions():
    """`input()` in a function that is called two hundred times would ask as often."""

    def refuse(*_):
        raise EOFError("nobody answers input() while a function is checked")

    before, builtins.input = builtins.input, refuse
    try:
        yield
    finally:
        builtins.input = before


@contextlib.contextmanager
def _no_figures():
    """Figures that were opened and left open would all be shown below the cell."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    before = set(pyplot.get_fignums()) if pyplot else set()
    try:
        yield
    finally:
        pyplot = sys.modules.get("matplotlib.pyplot")
        for number in set(pyplot.get_fignums()) - before if pyplot else ():
            pyplot.close(number)


@contextlib.contextmanager
def _same_folder():
    before = os.getcwd()
    try:
        yield
    finally:
        os.chdir(before)


@contextlib.contextmanager
def _notebook_stays():
    """Nothing is displayed; and `exit()`, which asks the kernel to stop, is an exception like `sys.exit` here."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None or not hasattr(shell, "ask_exit"):
        yield
        return

    from IPython.core.displaypub import CapturingDisplayPublisher

    def refuse(*_, **__):
        raise SystemExit

    before = shell.__dict__.get("ask_exit")
    keeps = getattr(shell, "keepkernel_on_exit", None)
    shell.__dict__["ask_exit"] = refuse
    publisher, shell.display_pub = shell.display_pub, CapturingDisplayPublisher()
    try:
        yield
    finally:
        shell.display_pub = publisher
        if before is None:
            del shell.__dict__["ask_exit"]
        else:
            shell.__dict__["ask_exit"] = before
        if hasattr(shell, "keepkernel_on_exit"):
            shell.keepkernel_on_exit = keeps


def _torch():
    return sys.modules.get("torch")  # not imported for this: who has not used it has no state to keep


def _seed(number: int) -> None:
    random.seed(number)
    np.random.seed(number)
    if _torch():
        _torch().default_generator.manual_seed(number)


def _states() -> dict:
    found = {"random": random.getstate(), "numpy": np.random.get_state()}
    torch = _torch()
    if torch:
        found["torch"] = torch.get_rng_state()
        found["grad"] = torch.is_grad_enabled()
        found["dtype"] = torch.get_default_dtype()
        if torch.cuda.is_available() and torch.cuda.is_initialized():
            found["cuda"] = torch.cuda.get_rng_state_all()
    return found


def _restore(states: dict) -> None:
    random.setstate(states["random"])
    np.random.set_state(states["numpy"])
    if "torch" in states:
        torch = _torch()
        torch.set_rng_state(states["torch"])
        torch.set_grad_enabled(states["grad"])
        torch.set_default_dtype(states["dtype"])
        if "cuda" in states:
            torch.cuda.set_rng_state_all(states["cuda"])
