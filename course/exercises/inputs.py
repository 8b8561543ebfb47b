"""What an answer does with its arguments: does it change one in place, does it give one back?

An exercise's `run` makes arguments of its own (tensors of arrays, lists of layers), so comparing a case before and
after shows nothing. Here the answer itself is wrapped: each call's arguments are compared before and after.

Compared are numbers in arrays, tensors, lists, tuples and dicts, and the arrays and tensors that an object has as its
attributes. Networks and their weights, optimisers and functions are no inputs: a training step may change them.
"""

import functools
import inspect
import numbers

import numpy as np

from . import values

DEEPEST = 4  # lists in lists: what lies deeper is not compared


class Calls:
    """What the calls of one answer did with their arguments: names of parameters, positions where there are none."""

    def __init__(self, reference):
        """reference: our function or class, whose parameters have the names that the docstring tells."""
        self.changed: list = []
        self.echoes: set | None = None  # which were given back as they were, in every call
        self.shapes: dict = {}  # of the arrays and lists in the first call
        self._reference = reference
        self._busy = False  # within a call: what an answer gives to its own functions is its own business

    def watched(self, answer):
        """The answer in a wrapper that looks at the arguments; a class as one derived from it."""
        if not inspect.isclass(answer):
            return self._function(answer, self._reference) if callable(answer) else answer
        members = {"__module__": answer.__module__, "__doc__": answer.__doc__, "__qualname__": answer.__qualname__}
        for kind in reversed(answer.__mro__):
            if kind.__module__ == answer.__module__:
                members |= {name: made for name, method in vars(kind).items() if (made := self._method(name, method))}
        try:
            return type(answer)(answer.__name__, (answer,), members)
        except TypeError:  # a class that lets nothing be derived from it
            return answer

    def _method(self, name: str, method):
        """A method in a wrapper, or None where it is not one."""
        ours = getattr(self._reference, name, None)
        if isinstance(method, (staticmethod, classmethod)):
            return type(method)(self._function(method.__func__, getattr(ours, "__func__", ours)))
        return self._function(method, ours, own=1) if inspect.isfunction(method) else None

    def _function(self, function, reference, own: int = 0):
        """own: arguments in front that are the answer's own, `self`."""
        @functools.wraps(function)
        def watched(*args, **kwargs):
            if self._busy:
                return function(*args, **kwargs)
            self._busy = True
            try:
                given = dict(enumerate(args[own:], own)) | kwargs
                before = {key: kept(item) for key, item in given.items()}
                value = function(*args, **kwargs)
                self.note(reference, before, given, value)
                return value
            finally:
                self._busy = False

        return watched

    def note(self, reference, before: dict, given: dict, value) -> None:
        """Note one call: its arguments before (see `kept`) and after it, by position or name, and what it gave."""
        for key, was in before.items():
            if not values.identical(was, kept(given[key], copies=False)):
                self.changed = list(dict.fromkeys([*self.changed, name_of(reference, key)]))
        self.shapes = self.shapes or {name_of(reference, key): shape for key, item in given.items()
                                      if (shape := _shape(item))}
        echoes = {name_of(reference, key) for key, item in given.items() if _is_same(item, value)}
        self.echoes = echoes if self.echoes is None else self.echoes & echoes


@functools.lru_cache(maxsize=200)
def _parameters(function) -> tuple:
    """(name, whether it takes all positions from here on) of each parameter; none where they are not known."""
    try:
        found = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return ()
    return tuple((name, parameter.kind is parameter.VAR_POSITIONAL) for name, parameter in found.items())


def names(function) -> list[str]:
    """The names of all parameters; none where they are not known."""
    return [name for name, _ in _parameters(function)]


def name_of(function, key) -> str | int:
    """The name of the parameter at a position; a name stays, and a position where no name is known."""
    for number, (name, takes_rest) in enumerate(() if isinstance(key, str) else _parameters(function)):
        if number == key or takes_rest:
            return name
    return key


# ---------------------------------------------------------------- before and after

_NOTHING = object()  # stands for what is not compared


def kept(value, depth: int = DEEPEST, copies: bool = True):
    """The numbers of a value, all that is compared; copies=False: they may change with it."""
    if isinstance(value, np.ndarray):
        return _NOTHING if value.dtype == object else value.copy() if copies else value
    if values.is_tensor(value):
        return _kept_tensor(value, copies)
    if _is_record(value):  # its numbers may be counters, its lists a log
        value = [item for item in vars(value).values() if isinstance(item, np.ndarray) or values.is_tensor(item)]
    if depth and isinstance(value, (list, tuple)):
        return [kept(item, depth - 1, copies) for item in value]
    if depth and isinstance(value, dict):
        return {key: kept(item, depth - 1, copies) for key, item in value.items()}
    return value if isinstance(value, (numbers.Number, str, bytes)) else _NOTHING


def _is_record(value) -> bool:
    """A thing with fields; not a function, a class, a network or an optimiser."""
    return hasattr(value, "__dict__") and not callable(value) and not hasattr(value, "state_dict")


def _kept_tensor(tensor, copies: bool):
    """Outside of any graph. A network's weights are no input."""
    if type(tensor).__name__ == "Parameter" or tensor.device.type == "meta" or "strided" not in str(tensor.layout):
        return _NOTHING
    tensor = tensor.detach()
    return tensor.clone() if copies else tensor


# ---------------------------------------------------------------- of arguments and what was given


def _shape(value) -> tuple:
    """Of an array, a tensor or a list of numbers; () of all else."""
    if isinstance(value, np.ndarray) or values.is_tensor(value):
        return tuple(value.shape)
    return (len(value),) if isinstance(value, list) else ()


def _is_same(item, value) -> bool:
    """Whether an argument came back, as itself or in the same numbers."""
    if item is value:
        return values.is_numbers(item) or values.is_tensor(item) or isinstance(item, (list, dict))
    if not _shape(item) or _shape(item) != _shape(value):
        return False
    item, value = values.plain(item), values.plain(value)
    if isinstance(item, list) or isinstance(value, list):
        return values.identical(item, value)
    return item.dtype.kind in "biuf" and bool(np.array_equal(item, value))
