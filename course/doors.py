"""Doors: the names of a room, handed on from its files.

A folder of the package is a room, and its `__init__` the door: `detection.iou` is the `iou` of `detection/boxes.py`.
A name is looked up anew each time, so whatever stands in the file is what comes through the door, a student's part
too; and a name that is set at the door is set in the file, where the running system looks it up. A file is loaded when
the first of its names is asked for.
"""

import importlib
import sys

from . import renamed

ModuleType = type(sys)


class Door(ModuleType):
    """A package whose public names stand in its files; `__door__` says in which: {name: file}."""

    def __getattr__(self, name: str):
        if name in vars(self)["__door__"]:
            return getattr(file_of(self, name), name)
        if name.startswith("_"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        try:
            return importlib.import_module(f"{self.__name__}.{name}")
        except ModuleNotFoundError as problem:
            if problem.name != f"{self.__name__}.{name}":
                raise
        return renamed.find(self.__name__, name)  # what stood here before there were rooms

    def __setattr__(self, name: str, value) -> None:
        if name in vars(self)["__door__"]:
            file = file_of(self, name)
            vars(self)["__before__"].setdefault(name, getattr(file, name))
            setattr(file, name, value)
        else:
            super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        """What was set at the door is taken back: the file has again what it had."""
        if name in vars(self)["__before__"]:
            setattr(file_of(self, name), name, vars(self)["__before__"].pop(name))
        else:
            super().__delattr__(name)

    def __dir__(self):
        return sorted({*vars(self), *self.__door__})


def open_door(package: str, names: dict) -> None:
    """Make a package a door.

    Args:
        package: its `__name__`.
        names: {file without .py: its public names, with spaces between}.
    """
    module = sys.modules[package]
    table = {name: file for file, line in names.items() for name in line.split()}
    vars(module).update(__door__=table, __before__={}, __all__=sorted(table))
    module.__class__ = Door


def file_of(door: ModuleType, name: str) -> ModuleType:
    """The file in which a name of a door stands, loaded."""
    return importlib.import_module(f"{door.__name__}.{door.__door__[name]}")
