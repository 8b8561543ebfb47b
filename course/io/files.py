"""Files that a person named: checked before a library opens them, and never taken for an address."""

import os
import stat
from pathlib import Path

LONGEST_SHOWN = 80  # characters of a name in a message


def regular_file(path, kind_error) -> Path:
    """The path of a file that is there, is a file, holds something and may be read.

    Asked first, since a pipe or a device would be waited for without end, and since what FFmpeg says about a file
    that is not there is no help.

    Args:
        path: str or path object. kind_error: the class to raise, one of `errors`.
    Raises:
        kind_error: one line.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise kind_error(f"a file is named by text or a Path, not by {type(path).__name__}: give its name")
    path = Path(path)
    shown = _shown(path)
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise kind_error(f"{shown} is a folder: name a file in it")
        if not stat.S_ISREG(found.st_mode):
            raise kind_error(f"{shown} is no regular file but a pipe or a device: name a file")
        if not found.st_size:
            raise kind_error(f"{shown} is empty: save or download it again")
        with open(path, "rb"):
            return path
    except PermissionError:
        raise kind_error(f"{shown} may not be read: check its permissions") from None
    except (FileNotFoundError, NotADirectoryError):
        raise kind_error(f"there is no file {shown}: check the name and the folder") from None
    except OSError as problem:  # a name too long, links that go round in circles, a disk that fails
        raise kind_error(f"there is no file {shown} that can be read ({problem.strerror}): check the name") from None
    except ValueError:
        raise kind_error(f"there is no file {shown!r}: no name holds a zero byte") from None


def address_of(path) -> str:
    """A file's name for FFmpeg, in which "10:30.mp4" or "http:x.mp4" is no address and "-x.mp4" no option."""
    return f"file:{Path(path).absolute()}"


def _shown(path: Path) -> str:
    text = os.fsencode(path).decode("utf-8", "replace")
    return text if len(text) <= LONGEST_SHOWN else f"{text[:50]}...{text[-25:]}"
