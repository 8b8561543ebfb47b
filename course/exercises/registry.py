"""Which exercises there are: the lists `EXERCISES` of the files `lesson_NN.py` in this folder."""

import difflib
import functools
import importlib
import pkgutil
import sys

from .exercise import Exercise, ExerciseError

LESSONS = {
    0: "Bring a photo to life", 1: "Find the face", 2: "Find the keypoints", 3: "Pose the face",
    4: "See with features", 5: "Hear the motion", 6: "Move the pixels", 7: "GAN losses", 8: "Train the animator",
    9: "Animate a portrait", 10: "Polish the video", 11: "Measure it", 12: "Ship it", 13: "Use it responsibly",
}  # fmt: skip

_registered = {}  # name -> Exercise: those that stand in no lesson of this folder


def every() -> list[Exercise]:
    """All exercises, lesson by lesson, in the order of their lessons."""
    return sorted({**_shipped(), **_registered}.values(), key=lambda exercise: exercise.lesson)


def find(name: str) -> Exercise:
    if name in _registered:
        return _registered[name]
    if name not in _shipped():
        near = difflib.get_close_matches(str(name), [*_shipped(), *_registered], 1)
        meant = f": is {near[0]!r} meant?" if near else ""
        raise ExerciseError(f"there is no exercise {name!r}{meant}")
    return _shipped()[name]


def register(exercise: Exercise) -> Exercise:
    """Add an exercise that stands in no lesson of this folder (a lesson of your own, a test)."""
    if exercise.name in _shipped():
        raise ExerciseError(f"there is an exercise {exercise.name!r} already, in lesson"
                            f" {_shipped()[exercise.name].lesson:02d}: choose another name")
    _registered[exercise.name] = exercise
    return exercise


def unregister(name: str) -> None:
    _registered.pop(name, None)


@functools.cache
def _shipped() -> dict:
    found = {}
    package = sys.modules[__package__]
    for name in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        if not name.startswith("lesson_"):
            continue
        for exercise in importlib.import_module(f"{__package__}.{name}").EXERCISES:
            if exercise.name in found:
                raise ExerciseError(f"two exercises are called {exercise.name!r}: in lessons"
                                    f" {found[exercise.name].lesson:02d} and {exercise.lesson:02d}")
            if name != f"lesson_{exercise.lesson:02d}":
                raise ExerciseError(f"exercise {exercise.name!r} stands in {name}.py,"
                                    f" but says that it is of lesson {exercise.lesson:02d}")
            found[exercise.name] = exercise
    return found
