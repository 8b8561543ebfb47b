"""The words of `course serve` and `course animate-many`."""

import argparse
import dataclasses
from pathlib import Path

from .. import errors, paths


def add(commands) -> None:
    """Add both commands to the parser of `course`."""
    _add_serve(commands)
    _add_many(commands)


def _add_serve(commands) -> None:
    command = commands.add_parser("serve", help="D-ID's API on this machine: photo and text in, film out",
                                  description="D-ID's /talks, /animations, /images and /audios on this "
                                              "machine. Needs the extra `serve`; /docs is the API on a page.")
    command.add_argument("--host", default="127.0.0.1", help="where to listen (default: %(default)s)")
    command.add_argument("--port", type=int, default=8000, help="default: %(default)s; 0 takes any that is free")
    command.add_argument("--folder", type=paths.given, default="served",
                         help="of jobs, uploads and films; all is kept there (default: %(default)s)")
    command.add_argument("--key", action="append", default=[], metavar="KEY|@FILE",
                         help="who asks must show it: needed beyond this machine; @FILE has one a line; repeatable")
    command.add_argument("--allow-urls", nargs="*", metavar="HOST",
                         help="fetch pictures and sounds from public addresses and call webhooks there, or only "
                              "those of these hosts; never private ones (default: none)")
    command.add_argument("--address", metavar="URL", help="how clients reach it, where that is not where it listens")
    command.add_argument("--workers", type=int, metavar="N", help="processes that make films (default: one a core)")
    command.add_argument("--limit", action="append", default=[], metavar="NAME=NUMBER",
                         help="change a limit, such as seconds=60 (of a film), waiting=100 (jobs), rate=600 (requests "
                              "a minute), keep_hours=12; a wrong name lists all; may be repeated")
    command.add_argument("--size", metavar="PX", help="longer side of the films (default: the photo's, to 1280)")
    command.add_argument("--log", type=paths.given, metavar="FILE",
                         help="a line of JSON for each film: time, id, hashes of photo and words, consent (default: "
                              "no log)")
    command.set_defaults(run=run_serve)


def run_serve(options) -> None:
    """`course serve`."""
    from .. import settings
    from . import server

    if options.workers is not None and not 1 <= options.workers <= 256:
        raise errors.CourseError(f"--workers is a number from 1 to 256, not {options.workers}")
    if not 0 <= options.port <= 65535:
        raise errors.CourseError(f"--port is a number from 0 to 65535, not {options.port}")
    size = settings.of_text("size", options.size)
    server.serve(server.ServerOptions(
        options.host, options.port, options.folder, keys_of(options.key),
        None if options.allow_urls is None else tuple(name.lower() for name in options.allow_urls), options.workers,
        size, options.address, limits_of(options.limit), options.log and options.log.absolute()))


def keys_of(words: list) -> tuple:
    """Keys as the command line names them, those in files read. Raises `errors.CourseError`."""
    keys = []
    for word in words:
        if word.startswith("@"):
            path = paths.filled_file(word[1:], errors.CourseError, "a file of keys")
            keys += path.read_text(encoding="utf-8", errors="replace").split()
        else:
            keys.append(word)
    return tuple(keys)


def limits_of(words: list):
    """`limits.Limits` with those that "name=number" changes. Raises `errors.CourseError`."""
    from . import limits

    usual, changed = dataclasses.asdict(limits.Limits()), {}
    for word in words:
        name, _, value = word.partition("=")
        if name not in usual:
            raise errors.CourseError(f"there is no limit {name!r}: {', '.join(usual)} are")
        try:
            changed[name] = type(usual[name])(value)
            good = 0 < changed[name] < 1e15
        except ValueError:
            good = False
        if not good:
            raise errors.CourseError(f"--limit {name} is a number above 0, such as {usual[name]}, not {value[:40]!r}")
    return limits.Limits(**changed)


def _add_many(commands) -> None:
    command = commands.add_parser(
        "animate-many", help="a table of photos and texts -> a film for each row",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="A film for each row of a CSV table with the columns photo, output, and one of text, audio,\n"
                    "driving and motion; further columns are settings of `course animate` (voice, size, ...).\n"
                    "Names of files count from the table's folder. Rows that are done are left out when it is\n"
                    "called again; a row that fails is told and the rest goes on.")
    command.add_argument("table", type=paths.given, metavar="JOBS.csv")
    command.add_argument("--workers", type=int, metavar="N", help="processes on this machine (default: one a core)")
    command.add_argument("--dask", metavar="ADDRESS", help="work on this Dask cluster instead, such as "
                                                           "tcp://scheduler:8786; needs the extra `dask`")
    command.set_defaults(run=run_many)


def run_many(options) -> int:
    """`course animate-many`; 1 if some rows failed."""
    from . import many

    if options.workers is not None and options.dask:
        raise errors.CourseError("--workers counts processes here, --dask works elsewhere: give one of the two")
    if options.workers is not None and not 1 <= options.workers <= 256:
        raise errors.CourseError(f"--workers is a number from 1 to 256, not {options.workers}")
    return many.animate_many(Path(options.table), options.workers, options.dask)
