"""`course animate-many`: a film for each row of a table, in processes here or on a Dask cluster.

What is done stands in a file beside the table, a line a film, written when the film is whole in its place; called
again, only the rest is done.
"""

import json
import os
import sys
import time
from pathlib import Path

from .. import errors
from . import rows as tables


class Progress:
    """What is done of a table: JOBS.csv.done, a line of JSON for each film.

    Raises `errors.OutputError`: the file beside the table cannot be written.
    """

    def __init__(self, table: Path):
        self.path = table.with_name(table.name + ".done")
        self.done = {}
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
            self._file = open(self.path, "a", encoding="utf-8")
        except OSError as problem:
            raise errors.OutputError(f"{self.path} cannot be written ({problem.strerror}): it tells what is done"
                                     ) from None
        for line in lines:
            try:
                entry = json.loads(line)
                self.done[entry["output"]] = entry["mark"]
            except (ValueError, KeyError, TypeError):  # the last line of a process that was killed
                continue
        if lines:
            self._file.write("\n")

    def is_done(self, row: tables.Row) -> bool:
        """Whether the film of a row is there, made of what the row names now."""
        return self.done.get(str(row.output)) == row.mark and row.output.is_file()

    def add(self, row: tables.Row) -> None:
        """A film is whole in its place."""
        self.done[str(row.output)] = row.mark
        self._file.write(json.dumps({"row": row.number, "output": str(row.output), "mark": row.mark}) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def animate_many(table: Path, workers: int | None = None, dask: str | None = None) -> int:
    """Make the films of a table.

    Args:
        workers: processes here, None for one a core; dask: the address of a scheduler, to work there instead.
    Returns:
        0, or 1 if some rows failed, each of which a line on standard error tells.
    Raises:
        errors.CourseError: no table, an unknown column, no such cluster.
    """
    rows, begin = tables.read_rows(table), time.perf_counter()
    progress = Progress(Path(table))
    failed = [row for row in rows if row.problem]
    for row in failed:
        _tell(row)
    to_do = [row for row in rows if not row.problem and not progress.is_done(row)]
    left_out = len(rows) - len(failed) - len(to_do)
    for row in _made(to_do, workers, dask):
        if row.problem:
            failed.append(row)
            _tell(row)
        else:
            progress.add(row)
            print(f"{row.output}", flush=True)
    made = len(rows) - left_out - len(failed)
    told = [f"{made} films made in {time.perf_counter() - begin:.1f} s"]
    told += [f"{left_out} were there already"] if left_out else []
    told += [f"{len(failed)} failed"] if failed else []
    print(", ".join(told), file=sys.stderr)
    return 1 if failed else 0


def _made(rows: list, workers: int | None, dask: str | None):
    """The rows as their films come to be, or their problems are known."""
    if not rows:
        return iter(())
    if dask:
        from . import extras

        extras.need("dask", "distributed")
        from . import many_dask

        return many_dask.made(rows, dask)
    from . import many_here

    return many_here.made(rows, min(workers or os.cpu_count() or 1, len(rows)))


def _tell(row: tables.Row) -> None:
    print(f"course: row {row.number}: {row.problem}", file=sys.stderr, flush=True)
