"""Packages that only serving needs: there, or a line that says how to get them."""

import importlib

from .. import errors


def need(extra: str, *modules: str) -> None:
    """Whether the modules of an extra can be imported. Raises `errors.CourseError` that says what to install."""
    for name in modules:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as problem:
            if problem.name != name.partition(".")[0]:
                raise
            raise errors.CourseError(f"{name} is not installed, which this needs: "
                                     f"pip install 'living-portraits[{extra}]'") from None
