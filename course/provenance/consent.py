"""What is said about the consent of the person in a photo: words, a file, that there is none, or nothing at all."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from .. import errors, paths

MOST = 20_000  # characters of a statement that go into the film


@dataclass(frozen=True)
class Consent:
    """given: True, False (there is none), or None: nothing was said. words: the statement; file: the name of the file
    that holds it, and sha256, of its bytes; "" where there is none."""

    given: bool | None = None
    words: str = ""
    file: str = ""
    sha256: str = ""

    def __str__(self) -> str:
        if self.given is None:
            return "nothing was said about consent"
        if not self.given:
            return "made without a statement of consent"
        return self.words or f"see the file {self.file} (SHA-256 {self.sha256[:16]}...)"


def of(given) -> Consent:
    """What `consent=` means.

    Args:
        given: None, nothing is said; False, there is none; a statement; or the `Path` of a file with it (a string is
            never taken for one: it may come from somebody who should not read files here). The words of a text file
            go into the film. Of any other, such as a scan or a recording, only its name and its SHA-256 do: a
            signature is not for everybody who sees the film.
    Raises:
        errors.CourseError: no words, too many, another type, a string that seems to be the name of a file, or a file
            that is not there.
    """
    if given is None or given is False:
        return Consent(given)
    if isinstance(given, Path):
        return _of_file(paths.regular_file(given, errors.CourseError, "a statement of consent"))
    if isinstance(given, str) and names_a_file(given):
        raise errors.CourseError(f"{paths.shortened(given)!r} seems to name a file: give a Path, or the words")
    if not isinstance(given, str):
        raise errors.CourseError("consent is a statement, a file with one, or False, not "
                                 f"{'True: say who agreed to what' if given is True else type(given).__name__}")
    return Consent(True, _checked(given))


def names_a_file(text: str) -> bool:
    """Whether somebody who writes this means a file: a single word that ends as files do."""
    return bool(re.fullmatch(r"\S+\.[A-Za-z0-9]{2,4}", text.strip()))


def _of_file(path: Path) -> Consent:
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    try:
        words = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        words = "\0"
    if "\0" in words:
        return Consent(True, "", path.name, digest)
    return Consent(True, _checked(words), path.name, digest)


def _checked(words: str) -> str:
    words = words.strip()
    if not words:
        raise errors.CourseError("the statement of consent has no words: say who agreed to what")
    if len(words) > MOST:
        raise errors.CourseError(f"the statement of consent has {len(words)} characters: {MOST} are the most")
    return words
