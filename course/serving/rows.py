"""A table of films to make: one row a film, read and checked before any work.

    photo,text,voice,output   ->   Row(number=2, photo=..., drive=("text", "Hello!"), settings={"voice": ...}, ...)
"""

import csv
import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

from .. import animation, errors, paths, settings
from ..io import downloads, encoding

DRIVES = ("text", "audio", "driving", "motion")
SWITCHES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


@dataclass
class Row:
    """One film. number: of the row in the table, the head being 1; drive: what moves the photo, a name out of `DRIVES`
    and the words or the path; problem: why it cannot be made, or None; mark: 64 hex digits of all that goes in, the
    content of its files included."""

    number: int
    photo: Path | None = None
    drive: tuple = ()
    settings: dict = field(default_factory=dict)
    output: Path | None = None
    problem: str | None = None
    mark: str = ""

    def files(self) -> list:
        """The files that go in."""
        return [self.photo] + ([] if self.drive[0] == "text" else [self.drive[1]])


def read_rows(table: Path) -> list:
    """The rows of a CSV table; what is wrong with one stands in its `problem`.

    Raises:
        errors.CourseError: no such file, no table, a column that is missing or unknown.
    """
    table = paths.filled_file(table, errors.CourseError, "a table of jobs")
    try:
        with open(table, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="", restval="")
            names = [name.strip() for name in reader.fieldnames or []]
            _check_columns(names, table)
            reader.fieldnames = names
            rows = [_row(number, cells, table.parent) for number, cells in enumerate(reader, start=2)]
    except (csv.Error, UnicodeDecodeError) as problem:
        raise errors.CourseError(f"{table} is no CSV table in UTF-8 ({problem}): save it as one") from None
    if not rows:
        raise errors.CourseError(f"{table} has no row below its head: give one for each film")
    _check_outputs(rows)
    return rows


def _check_columns(names: list, table: Path) -> None:
    known = ["photo", "output", *DRIVES, *settings.SETTINGS]
    for name in names:
        if name not in known:
            raise errors.CourseError(f"{table} has a column {name[:40]!r}, which is not known: {', '.join(known)} are")
        if names.count(name) > 1:
            raise errors.CourseError(f"{table} has two columns {name!r}: keep one")
    for name in ("photo", "output"):
        if name not in names:
            raise errors.CourseError(f"{table} has no column {name!r}: its first line names the columns, photo, "
                                     f"output, and one or more of {', '.join(DRIVES)}")


def _row(number: int, cells: dict, folder: Path) -> Row:
    row = Row(number)
    try:
        _fill(row, {name: (value or "").strip() for name, value in cells.items() if name}, "" in cells, folder)
    except errors.CourseError as problem:
        row.problem = " ".join(str(problem).split())
    return row


def _fill(row: Row, cells: dict, too_many: bool, folder: Path) -> None:
    if too_many:
        raise errors.CourseError("it has more cells than the head: put words with a comma in them between quotes")
    if not cells["output"]:
        raise errors.CourseError("it names no output")
    row.output = folder / paths.given(cells["output"], errors.OutputError, "the film")
    if not cells["photo"]:
        raise errors.CourseError("it names no photo")
    given = [(name, cells[name]) for name in DRIVES if cells.get(name)]
    if len(given) != 1:
        raise errors.CourseError(f"it needs exactly one of {', '.join(DRIVES)}; it has "
                                 f"{', '.join(name for name, _ in given) or 'none'}")
    name, value = given[0]
    row.photo = paths.regular_file(folder / paths.given(cells["photo"]), errors.ImageError, "a picture")
    if name != "text":
        value = paths.regular_file(folder / paths.given(value), *animation.FILES[name])
    row.drive = name, value
    row.settings = settings.checked({name: setting_of(name, cells[name]) for name in settings.SETTINGS
                                     if cells.get(name)})
    encoding.check_output(row.output, row.files())
    row.mark = mark_of(row)


def setting_of(name: str, word: str):
    """A setting as a cell of a table gives it. Raises `errors.CourseError`."""
    if not isinstance(settings.SETTINGS[name], settings.Switch):
        return settings.of_text(name, word)
    if word.lower() not in SWITCHES:
        raise errors.CourseError(f"{name} must be yes or no, not {settings.shown(word)}")
    return SWITCHES[word.lower()]


def mark_of(row: Row) -> str:
    """What all that goes into a film comes to: 64 hex digits, others if a file's content or a setting changes."""
    digest = hashlib.sha256(repr((row.drive[0], sorted(row.settings.items()))).encode())
    if row.drive[0] == "text":
        digest.update(row.drive[1].encode("utf-8", "surrogatepass"))
    for path in row.files():
        digest.update(downloads.file_sha256(path).encode())
    return digest.hexdigest()


def _check_outputs(rows: list) -> None:
    seen = {}
    for row in rows:
        if row.output is not None and row.problem is None:
            first = seen.setdefault(os.path.normpath(row.output.absolute()), row.number)
            if first != row.number:
                row.problem = f"row {first} has the same output: give each film a name of its own"
