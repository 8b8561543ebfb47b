"""Names of files as people give them: text, bytes or `Path`, with `~` for the home folder; and what stands there."""

import os
import stat
from pathlib import Path

from . import errors

SHOWN = 80  # characters of a name that a message shows


def home_folder() -> Path:
    """The user's own folder, `$COURSE_HOME` or else `~/.living-portraits`; it need not be there yet."""
    return Path(os.environ.get("COURSE_HOME") or Path.home() / ".living-portraits")


def given(path, error=errors.CourseError, what: str = "a file") -> Path:
    """The path that somebody means.

    Args:
        path: str, bytes or path object; a `~` or `~name` at its beginning is a home folder, where there is one.
        error: the kind of `errors.CourseError` to raise; what: what should be there, such as "a sound file".
    Raises:
        error: it is of another type, empty, or holds a zero byte.
    """
    if not isinstance(path, (str, bytes, os.PathLike)):
        raise error(f"{what} is named by its path, not by {_a(type(path).__name__)}: give a string or a Path")
    text = os.fsdecode(path)
    if not text:
        raise error(f"the name of {what} is empty: give its path")
    if "\0" in text:
        raise error(f"{shortened(text)!r} is no name of {what}: there is a zero byte in it")
    try:
        return Path(text).expanduser()
    except RuntimeError:  # nobody of that name lives here: then it is a file's
        return Path(text)


def regular_file(path, error=errors.CourseError, what: str = "a file") -> Path:
    """The path of a file that can be read, as `given` gives it.

    Raises:
        error: nothing there, a folder, a pipe or a device (reading one may never end), or no permission.
    """
    path = given(path, error, what)
    try:
        mode = path.stat().st_mode
    except PermissionError:
        raise error(f"{shortened(path)} may not be read: check its permissions") from None
    except (FileNotFoundError, NotADirectoryError):
        raise error(f"there is no file {shortened(path)}: check the name and the folder") from None
    except OSError as problem:  # a name too long, links in a circle
        raise error(f"there is no file {shortened(path)} ({problem.strerror}): check the name") from None
    if stat.S_ISDIR(mode):
        raise error(f"{path} is a folder: name {what} in it")
    if not stat.S_ISREG(mode):
        raise error(f"{path} is no regular file: name {what}")
    if not os.access(path, os.R_OK):
        raise error(f"{path} may not be read: check its permissions")
    return path


def filled_file(path, error=errors.CourseError, what: str = "a file") -> Path:
    """The path of a file that can be read and holds something. Raises `error` as `regular_file`, or it is empty."""
    path = regular_file(path, error, what)
    if not path.stat().st_size:
        raise error(f"{path} is empty: save or download it again")
    return path


def same_file(first, second) -> bool:
    """Whether two names lead to one file that exists, through links of either kind too."""
    try:
        return os.path.samefile(first, second)
    except (OSError, ValueError):
        return False


def shortened(path) -> str:
    """A name as a message shows it: the middle of a long one is left out."""
    text = os.fsdecode(path)
    return text if len(text) <= SHOWN else f"{text[: SHOWN // 2]}...{text[-SHOWN // 4 :]}"


def _a(name: str) -> str:
    return f"an {name}" if name[0] in "aeiouAEIOU" else f"a {name}"
