"""Places: where a student's part stands in the running system in place of ours.

    course.use(iou)                  a function that passed its check goes to its place
    course.use(iou, force=True)      a wrong one too, to see what that bug does to a face
    course.use("mine")               all parts that you have finished, from your own folder, checked again
    course.use()                     whose part is in each place
    course.reset(), course.reset("iou")    ours again

A place is named "detection.iou": the function `iou` of `course.detection`. It works since the package calls its
functions through their modules.
"""

import contextlib
import functools
import importlib
import inspect
import os
import sys
import threading
from dataclasses import dataclass, field

from . import errors

LOG = "COURSE_CALLS"  # names a file to which each student's part is written when the system first calls it


class PartError(errors.CourseError):
    """A part that cannot go to its place, or that stopped while it stood there."""


@dataclass
class _Place:
    """A name in a module of the package, and what the package itself has there."""

    name: str  # "detection.iou", by the module in which it really stands
    module: object
    attribute: str
    original: object

    @property
    def standing(self):
        return getattr(self.module, self.attribute)

    def put(self, thing) -> None:
        setattr(self.module, self.attribute, thing)


@dataclass
class _Swap:
    exercise: object
    place: _Place
    part: object  # the student's
    forced: bool = False
    standing: object = None  # what stands in the module: the part in a wrapper
    calls: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


_places: dict[str, _Place] = {}  # by every name that was asked for
_swaps: dict[str, _Swap] = {}  # by the real name of the place


def _place(name: str) -> _Place:
    if name not in _places:
        module_name, _, attribute = name.rpartition(".")
        try:
            module = importlib.import_module(f"{__package__}.{module_name}")
            original = getattr(module, attribute)
        except (ImportError, AttributeError, ValueError) as problem:
            raise PartError(f"there is no place {name!r} in the package: {problem}") from None
        if attribute not in vars(module):  # a second name for what stands elsewhere: the system calls it there
            module = sys.modules[original.__module__]
        real = f"{module.__name__.partition('.')[2]}.{attribute}"
        known = next((place for place in _places.values() if place.name == real), None)
        _places[name] = known or _Place(real, module, attribute, original)
    return _places[name]


def original(name: str):
    """What the package itself has in this place, whatever stands there now."""
    return _place(name).original


def use(part=None, *, name: str | None = None, force: bool = False) -> "Placed":
    """Put a part into its place; `use()` says whose part is where, `use("mine")` brings back all of yours.

    Args:
        part: a function or class that passed its check; "mine"; or nothing.
        name: the exercise's name, where the function is called otherwise.
        force: also one that does not pass.
    Returns:
        what was done, in a line. As a context (`with course.use(f):`) it is undone at the end.
    Raises:
        PartError: the part has no place, or has not passed its check.
    """
    if part is None:
        return Placed(_listing())
    if isinstance(part, str):
        if part != "mine":
            raise PartError(f'course.use({part!r}): give the function itself, or "mine" for all that you have finished')
        return _use_mine()

    from .exercises import answers, desk, registry

    exercise = registry.find(name or getattr(part, "__name__", type(part).__name__))
    if not exercise.place:
        raise PartError(f"{exercise.name} has no place in the system: {exercise.no_place}")
    place, part = _place(exercise.place), answers.part_of(part)
    if answers.is_ours(exercise, part):
        before = _forget(place)
        return Placed(f"{exercise.name}: ours stays in {place.name}, until yours is right", {place.name: before})
    if not force and not desk.passes(exercise, part):
        raise PartError(f'{exercise.name} does not pass its check: see check("{exercise.name}"),'
                        " or say force=True to put it there as it is")
    before = _swaps.get(place.name)
    forced = force and not desk.passed(exercise, part)
    _put(exercise, place, part, forced)
    whose = "yours, unchecked," if forced else "yours"
    return Placed(f'{exercise.name}: {whose} stands in {place.name} now, course.reset("{exercise.name}") takes it back',
                  {place.name: before})


def reset(name: str | None = None) -> "Placed":
    """Ours again: in all places, or in that of one exercise (or in one place, "detection.iou")."""
    if name is None:
        names = [swap.exercise.name for swap in _swaps.values()]
        before = {swap.place.name: _forget(swap.place) for swap in list(_swaps.values())}
        return Placed(f"ours again: {', '.join(names)}" if names else "ours is in every place", before)
    if "." not in name:
        from .exercises import registry

        exercise = registry.find(name)
        if not exercise.place:
            return Placed(f"{name} has no place in the system: {exercise.no_place}")
        name = exercise.place
    place = _place(name)
    return Placed(f"{place.name}: ours again", {place.name: _forget(place)})


class Placed:
    """What was done, as a line; as a context, what is undone at its end."""

    def __init__(self, line: str, before: dict | None = None):
        self._line, self._before = line, before or {}  # place -> the swap that stood there, or None

    def __repr__(self):
        return self._line

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for name, swap in self._before.items():
            _forget(_place(name))
            if swap:
                _swaps[name] = swap
                swap.place.put(swap.standing)


def counts() -> dict[str, int]:
    """How often the system has called each part that stands in place of ours."""
    return {name: swap.calls for name, swap in _swaps.items()}


def in_use() -> dict[str, object]:
    """The student's parts that stand in the system now, by the names of their exercises."""
    return {swap.exercise.name: swap.part for swap in _swaps.values()}


class Calls:
    """How often a place was called."""

    def __init__(self):
        self.calls = 0


@contextlib.contextmanager
def counted(name: str):
    """Count the calls of what stands in a place: `with counted("detection.iou") as seen: ...; seen.calls`."""
    place, seen, lock = _place(name), Calls(), threading.Lock()
    standing = place.standing

    def count():
        with lock:
            seen.calls += 1

    place.put(_class_with(standing, count) if inspect.isclass(standing) else _function_with(standing, count))
    try:
        yield seen
    finally:
        place.put(standing)


@contextlib.contextmanager
def as_shipped():
    """The package as it is without any student's part: what a check compares with."""
    known = {place.name: place for place in _places.values()}.values()
    standing = [(place, place.standing) for place in known]
    for place in known:
        place.put(place.original)
    try:
        yield
    finally:
        for place, thing in standing:
            place.put(thing)


# ---------------------------------------------------------------- how a part stands in its place


def _put(exercise, place: _Place, part, forced: bool = False) -> None:
    swap = _Swap(exercise, place, part, forced)

    def count():
        with swap.lock:
            swap.calls += 1
            if swap.calls == 1 and not forced and os.environ.get(LOG):
                with open(os.environ[LOG], "a", encoding="utf-8") as file:
                    file.write(f"{exercise.name}\n")

    if inspect.isclass(part):
        swap.standing = _class_with(part, count, lambda problem: _named(problem, swap))
    else:
        from .exercises import forms

        swap.standing = _function_with(part, count, lambda problem: _named(problem, swap), forms.of(exercise))
    _swaps[place.name] = swap
    place.put(swap.standing)


def _forget(place: _Place):
    swap = _swaps.pop(place.name, None)
    place.put(place.original)
    return swap


def _function_with(function, count, named=None, form=None):
    @functools.wraps(function)
    def standing(*args, **kwargs):
        count()
        try:
            value = function(*args, **kwargs)
        except (KeyboardInterrupt, PartError):
            raise
        except BaseException as problem:
            if named is None:
                raise
            raise named(problem) from problem
        return form.give(value, args, kwargs) if form else value

    standing.__part__ = function
    return standing


def _class_with(cls, count, named=None):
    """A subclass that counts how often it is made, and whose methods name the part when they stop."""

    def __init__(self, *args, **kwargs):
        count()
        cls.__init__(self, *args, **kwargs)

    members = {"__module__": cls.__module__, "__doc__": cls.__doc__, "__qualname__": cls.__qualname__}
    if named:
        own = {key: value for key, value in vars(cls).items() if inspect.isfunction(value) and key != "__init__"}
        members |= {key: _function_with(value, lambda: None, named) for key, value in own.items()}
    members |= {"__init__": _function_with(__init__, lambda: None, named), "__part__": cls}
    return type(cls)(cls.__name__, (cls,), members)


def _named(problem: BaseException, swap: _Swap) -> PartError:
    from .exercises import words

    return PartError(f"your {swap.exercise.name}, in place of {swap.place.name}, stops with"
                     f" {words.of_error(problem, swap.part)}"
                     f' · course.reset("{swap.exercise.name}") takes it back')


def _listing() -> str:
    from .exercises import registry

    lines = []
    for exercise in registry.every():
        if exercise.place:
            swap = _swaps.get(_place(exercise.place).name)
            whose = "ours" if swap is None or swap.exercise is not exercise else "yours"
            lines.append((whose, _place(exercise.place).name))
    return "\n".join(f"{whose:<6} {place}" for whose, place in lines) or "no exercise has a place yet"


def _use_mine() -> Placed:
    from .exercises import answers, desk, home, registry

    placed, refused, before = [], [], {}
    for exercise in registry.every():
        if not exercise.place or not home.has(exercise.name):
            continue
        try:
            part = home.bring(exercise.name)
            right = not answers.is_ours(exercise, part) and desk.passes(exercise, part)
        except KeyboardInterrupt:
            raise
        except BaseException:  # whatever stands in that file
            right = False
        if right:
            place = _place(exercise.place)
            before[place.name] = _swaps.get(place.name)
            _put(exercise, place, part)
        (placed if right else refused).append(exercise.name)
    line = f"yours: {', '.join(placed)}" if placed else "nothing of yours to bring back yet"
    if refused:
        line += f" · not right any more, so ours stays: {', '.join(refused)}"
    return Placed(line, before)
