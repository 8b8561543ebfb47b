"""In which form an answer must stand in the running system: a tensor, an array, a tuple, in which precision.

A check accepts what is right in any form (lists for arrays, NumPy for torch, float64 for float32); the system
wants what ours gives. So what a student's part gives is brought to that form, and what it is given to the form in which
the check gave it: torch does not multiply float32 by float64, nor read an array backwards.
"""

import functools
import inspect
from dataclasses import dataclass

import numpy as np

from . import answers, clock, guard, places, values
from .exercise import Exercise


@dataclass(frozen=True)
class Form:
    """What ours gives: "tensor", "array", "number", "tuple", "list" or "" (left as it is)."""

    kind: str
    dtype: str = ""
    follows: bool = False  # its precision is that of the arguments
    parts: tuple = ()

    def give(self, value, args, kwargs):
        """A student's value in this form, as far as it can be brought there."""
        try:
            return self._give(value, [*args, *kwargs.values()])
        except (TypeError, ValueError, RuntimeError):
            return value

    def _give(self, value, given: list):
        if self.kind in ("tuple", "list"):
            if not isinstance(value, (tuple, list, np.ndarray)) or len(value) != len(self.parts):
                return value
            made = [part._give(item, given) for part, item in zip(self.parts, value)]
            return tuple(made) if self.kind == "tuple" else made
        if self.kind == "number":
            return value.item() if hasattr(value, "item") and np.ndim(value) == 0 else value
        if self.kind == "array":
            return _as_array(value, self._wanted(given))
        if self.kind == "tensor":
            return _as_tensor(value, self._wanted(given), given)
        return value

    def _wanted(self, given: list) -> str:
        return (_float_of(given) or self.dtype) if self.follows else self.dtype


@functools.cache  # exercises are compared by identity
def of(exercise: Exercise) -> Form:
    """The form of our own answers, seen on the small cases."""
    return _seen(exercise)[0]


@functools.cache
def _seen(exercise: Exercise) -> tuple:
    """The form of our own answers on the small cases; and {number or name of an argument: its precision} of the arrays
    that come in one precision in all of them."""
    if exercise.kind == "class":
        return Form(""), {}
    given, made = [], []

    def watched(*args, **kwargs):
        value = answers.ours(exercise)(*args, **kwargs)
        given.append({key: _precision(item) for key, item in [*enumerate(args), *kwargs.items()]})
        made.append((_float_of([*args, *kwargs.values()]), value))
        return value

    with places.as_shipped(), guard.quiet():
        for case in exercise.cases:
            guard.call(watched, case, exercise.run, clock.Clock(600))
    form = _form([before for before, _ in made], [value for _, value in made]) if made else Form("")
    always = {key: kind for key, kind in (given[0] if given else {}).items()
              if kind and all(each.get(key) == kind for each in given)}
    return form, always


def _precision(item) -> str:
    return str(item.dtype) if isinstance(item, np.ndarray) and item.dtype.kind == "f" else ""


def taken(exercise: Exercise, args: tuple, kwargs: dict) -> tuple:
    """Arguments as the check gives them: arrays in its precision, and in the order in which they lie in memory."""
    wanted = _seen(exercise)[1]
    return (tuple(_as_given(item, wanted.get(number)) for number, item in enumerate(args)),
            {name: _as_given(item, wanted.get(name)) for name, item in kwargs.items()})


def _as_given(item, precision: str | None):
    if not isinstance(item, np.ndarray) or item.dtype.kind not in "fiub":
        return item
    if precision and item.dtype.kind == "f" and item.dtype != precision:
        item = item.astype(precision)
    return np.ascontiguousarray(item) if any(step < 0 for step in item.strides) else item


def fits(exercise: Exercise, part) -> bool:
    """Whether what a right part gives on the small cases has our form already."""
    if inspect.isclass(part):
        return True
    form, as_ours = of(exercise), []

    def watched(*args, **kwargs):
        value = part(*args, **kwargs)
        as_ours.append(_alike(value, form.give(value, args, kwargs)))
        return value

    with guard.quiet():
        for case in exercise.cases:
            guard.call(watched, case, exercise.run, clock.Clock(60))
    return all(as_ours)


def _alike(value, wanted) -> bool:
    if isinstance(wanted, (tuple, list)) and type(value) is type(wanted):
        return len(value) == len(wanted) and all(map(_alike, value, wanted))
    return value is wanted or (type(value) is type(wanted) and _dtype(value) == _dtype(wanted))


@dataclass(frozen=True)
class Bridge:
    """Between a student's part and whoever calls it: what goes in, and what comes out."""

    exercise: Exercise

    def take(self, args: tuple, kwargs: dict) -> tuple:
        """See `taken`."""
        return taken(self.exercise, args, kwargs)

    def give(self, value, args, kwargs):
        """See `Form.give`."""
        return of(self.exercise).give(value, args, kwargs)


def _form(given: list, made: list) -> Form:
    first = made[0]
    if isinstance(first, (tuple, list)):
        if any(not isinstance(value, type(first)) or len(value) != len(first) for value in made):
            return Form("")
        parts = tuple(_form(given, [value[number] for value in made]) for number in range(len(first)))
        return Form("tuple" if isinstance(first, tuple) else "list", parts=parts)
    dtype = _dtype(first)
    if isinstance(first, np.ndarray) or values.is_tensor(first):
        follows = all(_dtype(value) == before for before, value in zip(given, made))
        return Form("array" if isinstance(first, np.ndarray) else "tensor", dtype, follows)
    return Form("number") if isinstance(first, (int, float)) else Form("")


def _dtype(value) -> str:
    return str(getattr(value, "dtype", "")).removeprefix("torch.")


def _float_of(given: list) -> str:
    """The precision of the first argument that has one."""
    return next((_dtype(item) for item in given if "float" in _dtype(item)), "")


def _as_array(value, dtype: str):
    if values.is_tensor(value):
        value = value.detach().cpu().numpy()
    made = np.asarray(value)
    return made.astype(dtype) if _castable(made.dtype.kind, np.dtype(dtype).kind) else made


def _as_tensor(value, dtype: str, given: list):
    import torch

    if not values.is_tensor(value):
        device = next((item.device for item in given if values.is_tensor(item)), "cpu")
        value = torch.as_tensor(np.asarray(value), device=device)
    kinds = ["f" if item.is_floating_point else "b" if item == torch.bool else "c" if item.is_complex else "i"
             for item in (value.dtype, getattr(torch, dtype))]
    return value.to(getattr(torch, dtype)) if _castable(*kinds) else value


def _castable(kind: str, wanted: str) -> bool:
    return (wanted == "f" and kind in "fiu") or (wanted in "iu" and kind in "iu") or kind == wanted
