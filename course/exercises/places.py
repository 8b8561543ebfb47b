"""Places: where a student's part stands in the running system in place of ours.

A place is named "detection.iou": the function `iou` of the room `course.detection`, whichever of its files it stands
in. It works since the package calls its functions through their modules. `swap` puts parts into places.
"""

import contextlib
import functools
import importlib
import inspect
import sys
import threading
from dataclasses import dataclass, field

from course import doors, errors

LOG = "COURSE_CALLS"  # names a file to which each student's part is written when the system first calls it


class PartError(errors.CourseError):
    """A part that cannot go to its place, or that stopped while it stood there."""


@dataclass
class Place:
    """A name in a module of the package, and what the package itself has there."""

    name: str  # "detection.iou": the room and the function, whichever of its files it stands in
    module: object
    attribute: str
    original: object

    @property
    def standing(self):
        """What stands there now: ours, or a student's part in its wrapper."""
        return getattr(self.module, self.attribute)

    def put(self, thing) -> None:
        """Let something else stand there."""
        setattr(self.module, self.attribute, thing)


@dataclass
class Swap:
    """A student's part that stands in a place, and how often the system called it there."""
    exercise: object
    place: Place
    part: object  # the student's
    forced: bool = False
    standing: object = None  # what stands in the module: the part in a wrapper
    calls: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


_places: dict[str, Place] = {}  # by every name that was asked for
swaps: dict[str, Swap] = {}  # by the real name of the place


def place_of(name: str) -> Place:
    """The place of that name. Raises `PartError`: there is none."""
    if name not in _places:
        room, _, attribute = name.rpartition(".")
        try:
            module = importlib.import_module(f"course.{room}")
            original = getattr(module, attribute)
            if attribute in vars(module).get("__door__", ()):
                module = doors.file_of(module, attribute)
        except (ImportError, AttributeError, ValueError) as problem:
            raise PartError(f"there is no place {name!r} in the package: {problem}") from None
        real = _real_name(module, attribute)
        known = next((place for place in _places.values() if place.name == real), None)
        _places[name] = known or Place(real, module, attribute, original)
    return _places[name]


def _real_name(module, attribute: str) -> str:
    """ROOM.NAME where the room's door hands the name on, else by the file in which it stands."""
    room = sys.modules[module.__name__.rpartition(".")[0]]
    handed_on = vars(room).get("__door__", {}).get(attribute) == module.__name__.rpartition(".")[2]
    owner = room if handed_on and room.__name__ != "course" else module
    return f"{owner.__name__.partition('.')[2]}.{attribute}"


def original(name: str):
    """What the package itself has in this place, whatever stands there now. Raises `PartError`: no such place."""
    return place_of(name).original


def counts() -> dict[str, int]:
    """How often the system has called each part that stands in place of ours."""
    return {name: swap.calls for name, swap in swaps.items()}


def in_use() -> dict[str, object]:
    """The student's parts that stand in the system now, by the names of their exercises."""
    return {swap.exercise.name: swap.part for swap in swaps.values()}


class Calls:
    """How often a place was called."""

    def __init__(self):
        self.calls = 0


@contextlib.contextmanager
def counted(name: str):
    """Count the calls of what stands in a place: `with counted("detection.iou") as seen: ...; seen.calls`.

    Raises `PartError`: no such place.
    """
    place, seen, lock = place_of(name), Calls(), threading.Lock()
    standing = place.standing

    def count():
        with lock:
            seen.calls += 1

    place.put(class_with(standing, count) if inspect.isclass(standing) else function_with(standing, count))
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


def forget(place: Place):
    """Ours again in this place; returns the `Swap` that stood there, or None."""
    swap = swaps.pop(place.name, None)
    place.put(place.original)
    return swap


def function_with(function, count, named=None, bridge=None):
    """A function around a student's, to stand in a place.

    count: called before each call; named: problem -> the exception to raise in its stead (without it, the problem
    itself); bridge: a `forms.Bridge`, which brings what it is given and what it gives to the form that each side wants.
    """
    @functools.wraps(function)
    def standing(*args, **kwargs):
        count()
        try:
            taken, named_ones = bridge.take(args, kwargs) if bridge else (args, kwargs)
            value = function(*taken, **named_ones)
        except (KeyboardInterrupt, PartError):
            raise
        except BaseException as problem:
            if named is None:
                raise
            raise named(problem) from problem
        return bridge.give(value, args, kwargs) if bridge else value

    standing.__part__ = function
    return standing


def class_with(cls, count, named=None):
    """A subclass that counts how often it is made, and whose methods name the part when they stop.

    count: called each time; named: problem -> the exception to raise in its stead.
    """

    def __init__(self, *args, **kwargs):
        count()
        cls.__init__(self, *args, **kwargs)

    members = {"__module__": cls.__module__, "__doc__": cls.__doc__, "__qualname__": cls.__qualname__}
    if named:
        own = {key: value for key, value in vars(cls).items() if inspect.isfunction(value) and key != "__init__"}
        members |= {key: function_with(value, lambda: None, named) for key, value in own.items()}
    members |= {"__init__": function_with(__init__, lambda: None, named), "__part__": cls}
    return type(cls)(cls.__name__, (cls,), members)
