"""A small file of text beside a film: written beside its place and moved there when whole."""

import os
import uuid
from pathlib import Path

from .. import errors, paths


def check(path, others=()) -> Path:
    """Whether it may be written there. Raises `errors.OutputError`: it is one of the `others`, or a folder."""
    path = paths.given(path, errors.OutputError, "a text")
    if any(paths.same_file(other, path) or Path(other).absolute() == path.absolute() for other in others):
        raise errors.OutputError(f"{paths.shortened(path)} is needed for something else: choose another name")
    if path.is_dir():
        raise errors.OutputError(f"{paths.shortened(path)} is a folder: name a file in it")
    return path


def write(path, text: str) -> Path:
    """Write a text in UTF-8; folders on the way are made. Raises `errors.OutputError`."""
    path = check(path)
    part = path.with_name(f".{path.stem[:40]}-{uuid.uuid4().hex[:8]}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)
    except OSError as problem:
        raise errors.OutputError(f"{paths.shortened(path)} cannot be written ({problem.strerror}): choose another "
                                 "place") from None
    finally:
        part.unlink(missing_ok=True)
    return path
