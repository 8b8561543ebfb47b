"""Living Portraits: a photo plus text, speech or a driving video becomes a talking portrait.

>>> import course
>>> clip = course.animate("me.jpg", text="Hello!")      # doctest: +SKIP
>>> clip.save("hello.mp4")                              # doctest: +SKIP

Importing this package is quick: torch and the rest load when they are first used.
"""

import importlib

__version__ = "0.1.0"

_PUBLIC = {
    "animate": ("course.animation", "animate"),
    "Clip": ("course.video", "Clip"),
    "Motion": ("course.motion", "Motion"),
    "CourseError": ("course.errors", "CourseError"),
    "use": ("course.swap", "use"),
    "reset": ("course.swap", "reset"),
    "progress": ("course.exercises.board", "progress"),
}

__all__ = ["Clip", "CourseError", "Motion", "__version__", "animate", "progress", "reset", "use"]


def __getattr__(name: str):
    if name not in _PUBLIC:
        raise AttributeError(f"module 'course' has no attribute {name!r}")
    module, attribute = _PUBLIC[name]
    return getattr(importlib.import_module(module), attribute)


def __dir__():
    return sorted(__all__)
