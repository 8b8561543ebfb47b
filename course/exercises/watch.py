"""Does an answer ask ours for its numbers? Looked at in two ways while it works.

A trap stands in the code of our function: whoever calls it, from whatever thread, is noticed and gets the right answer.
On small cases a profile looks at each call too, and finds copies that were made of our code. An answer that switches
the profile off is noticed. A person who means to get round this can; who hands in ours unawares cannot.
"""

import contextlib
import inspect
import sys
import threading
import types

from . import answers

# held from the start: an answer may exchange them
_set, _get = sys.setprofile, sys.getprofile


class Watch:
    """What is seen of one answer, over all its calls."""

    def __init__(self, reference, answer):
        """reference: our function or class; answer: the student's."""
        own = answers.codes(answer)
        self._codes = answers.codes(reference) - own
        functions = [function for function in answers.functions(reference) if function.__code__ not in own]
        self._others = {thread.ident for thread in threading.enumerate()} - {threading.get_ident()}
        self._traps = [(function, function.__code__, _trap(function, function.__code__, self._note),
                        inspect.signature(function)) for function in functions]
        self.asked = False  # it called ours
        self.switched_off = False  # it switched off the profile

    def _note(self) -> None:
        if threading.get_ident() not in self._others:  # what ran before is not the answer's
            self.asked = True

    @contextlib.contextmanager
    def on(self, closely: bool):
        """A context in which calls of ours are noted; closely: copies of our code too, which takes time."""
        with self._trapped(), self._profiled() if closely and self._codes else contextlib.nullcontext():
            yield

    @contextlib.contextmanager
    def _trapped(self):
        for function, _, trap, signature in self._traps:
            function.__code__, function.__signature__ = trap, signature  # the names of its parameters are asked for
        try:
            yield
        finally:
            for function, code, _, _ in self._traps:
                function.__code__ = code
                del function.__signature__

    @contextlib.contextmanager
    def _profiled(self):
        codes = self._codes

        def note(frame, event, _):
            if event == "call" and frame.f_code in codes:
                self._note()

        def asked_for(function):
            if function is note:
                _set(note)  # a thread that begins
            else:
                self.switched_off = True

        before, of_threads = _get(), threading.getprofile()
        threading.setprofile(note)
        sys.setprofile = asked_for
        _set(note)
        try:
            yield
        finally:
            _set(before)  # Python itself takes a profile away in which an exception came up, as in deep recursion
            sys.setprofile = _set
            threading.setprofile(of_threads)


def _trap(function, code, note):
    """Code that notes that it runs, and then does what the function does."""
    ours = types.FunctionType(code, function.__globals__, function.__name__, function.__defaults__)
    ours.__kwdefaults__ = function.__kwdefaults__

    def call(*args, **kwargs):
        note()
        return ours(*args, **kwargs)

    constants = tuple(call if constant == _MARK else constant for constant in _template.__code__.co_consts)
    return _template.__code__.replace(co_consts=constants, co_name=code.co_name, co_filename=code.co_filename,
                                      co_firstlineno=code.co_firstlineno)


_MARK = "here stands what is called"


def _template(*args, **kwargs):
    called = "here stands what is called"
    return called(*args, **kwargs)
