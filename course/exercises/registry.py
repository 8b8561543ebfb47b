"""Which exercises there are: the lists `EXERCISES` of `course/lessons/lesson_NN/exercises.py`."""

import difflib
import functools
import importlib
import pkgutil

from .exercise import Exercise, ExerciseError

LESSONS = {
    0: "Bring a photo to life", 1: "Find the face", 2: "Find the keypoints", 3: "Pose the face",
    4: "See with features", 5: "Hear the motion", 6: "Move the pixels", 7: "GAN losses", 8: "Train the animator",
    9: "Animate a portrait", 10: "Polish the video", 11: "Measure it", 12: "Ship it", 13: "Use it responsibly",
}  # fmt: skip

_registered = {}  # name -> Exercise: those that stand in no lesson of the package


def every() -> list[Exercise]:
    """All exercises, lesson by lesson, in the order of their lessons."""
    return sorted({**_shipped(), **_registered}.values(), key=lambda exercise: exercise.lesson)


def find(name: str) -> Exercise:
    """The exercise of that name. Raises `ExerciseError`: there is none; it says which name is near."""
    if name in _registered:
        return _registered[name]
    if name not in _shipped():
        near = difflib.get_close_matches(str(name), [*_shipped(), *_registered], 1)
        meant = f": is {near[0]!r} meant?" if near else ""
        raise ExerciseError(f"there is no exercise {name!r}{meant}")
    return _shipped()[name]


def register(exercise: Exercise) -> Exercise:
    """Add an exercise that stands in no lesson of the package (a lesson of your own, a test).

    Raises `ExerciseError`: a lesson of the package has one of that name.
    """
    if exercise.name in _shipped():
        raise ExerciseError(f"there is an exercise {exercise.name!r} already, in lesson"
                            f" {_shipped()[exercise.name].lesson:02d}: choose another name")
    _registered[exercise.name] = exercise
    return exercise


def unregister(name: str) -> None:
    """Take away an exercise that `register` added; nothing where there is none."""
    _registered.pop(name, None)


@functools.cache
def _shipped() -> dict:
    found = {}
    lessons = importlib.import_module("course.lessons")
    for name in sorted(module.name for module in pkgutil.iter_modules(lessons.__path__)):
        if not name.startswith("lesson_"):
            continue
        for exercise in importlib.import_module(f"course.lessons.{name}.exercises").EXERCISES:
            if exercise.name in found:
                raise ExerciseError(f"two exercises are called {exercise.name!r}: in lessons"
                                    f" {found[exercise.name].lesson:02d} and {exercise.lesson:02d}")
            if name != f"lesson_{exercise.lesson:02d}":
                raise ExerciseError(f"exercise {exercise.name!r} stands in lessons/{name},"
                                    f" but says that it is of lesson {exercise.lesson:02d}")
            found[exercise.name] = exercise
    return found
