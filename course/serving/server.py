"""`course serve`: the API and its workers, in one folder that one server holds at a time."""

import contextlib
import ipaddress
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from .. import errors, settings
from . import addresses, extras, limits, operator_log, pool, store

SHORTEST_KEY = 16  # letters
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class ServerOptions:
    """How a server is set up.

    host, port: where it listens; folder: of its jobs and files; keys: who may ask, needed beyond loopback; hosts: None
    for no fetching of addresses, () for all public ones, or the names of those allowed; workers: processes, None for
    one a core; size: longer side of films in pixels, None for the photo's own; address: under which clients know the
    server where that is not where it listens, such as https://portraits.example.org; most: the limits; answer,
    model: who answers on the live page, as in `live.replies.load_replier`; log: path of the operator's log
    (`operator_log.py`), or None; label: what every film shows, as settings of `animate`: {"label", "label_corner",
    "label_language"}.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    folder: Path = Path("served")
    keys: tuple = ()
    hosts: tuple | None = None
    workers: int | None = None
    size: int | None = None
    address: str | None = None
    most: limits.Limits = field(default_factory=limits.Limits)
    answer: str | None = None
    model: str | None = None
    log: Path | None = None
    label: dict = field(default_factory=dict)


def serve(options: ServerOptions) -> None:
    """Serve until stopped.

    Raises:
        errors.CourseError: what it needs is not installed, no key beyond loopback, a folder or a port that another
            server has.
    """
    extras.need("serve", "fastapi", "uvicorn", "python_multipart")
    check(options)
    from . import app, guard, handling, listening
    from .live import replies, sessions

    replies.load_replier(options.answer, options.model, addresses.Rules(options.hosts))  # whether there is one

    jobs = store.Store(options.folder)
    with held(jobs.folder), listening.bound(options.host, options.port) as socket:
        port = socket.getsockname()[1]
        gate = guard.Gate(hosts_of(options, port), tuple(options.keys), jobs.secret(), options.most)
        rules = addresses.Rules(options.hosts)
        workers = pool.Pool(jobs, options.most, rules, workers_of(options), _hook_answer(jobs), options.log)
        base = options.address.rstrip("/") if options.address else None
        live = sessions.Sessions(options.most.live, sessions.Answering(options.answer, options.model, options.hosts))
        service = handling.Service(jobs, gate, rules, workers.wake, base, options.size, live, options.label)
        workers.start()
        print(f"serving on http://{_shown(options.host)}:{port} (the API on a page: /docs, a face to talk with: "
              f"/live), files in {jobs.folder}; Ctrl-C stops", file=sys.stderr, flush=True)
        try:
            listening.run(app.make_app(service), socket, options.most, live.close)
        finally:
            live.close()
            workers.stop()


def check(options: ServerOptions) -> None:
    """Whether a server may be set up so. Raises `errors.CourseError`."""
    if not options.keys and not is_loopback(options.host):
        raise errors.CourseError(f"{options.host} can be reached from other machines: give a --key that they must "
                                 "show, or serve on 127.0.0.1")
    if options.host.strip("[]") in ("0.0.0.0", "::") and not options.address:
        raise errors.CourseError(f"{options.host} is every address of this machine: say with --address by which one "
                                 "clients reach it, such as http://192.168.1.5:8000")
    for key in options.keys:
        if len(key) < SHORTEST_KEY or not key.isascii() or not key.isprintable() or " " in key:
            raise errors.CourseError(f"a key has {SHORTEST_KEY} letters or more, plain ones without spaces: "
                                     "python -c 'import secrets; print(secrets.token_urlsafe(24))' makes one")
    settings.checked({"size": options.size})
    if options.log:
        operator_log.OperatorLog(options.log).check()
    if options.address and urlsplit(options.address).scheme not in ("http", "https"):
        raise errors.CourseError("--address is how clients reach this server, such as https://portraits.example.org")


def workers_of(options: ServerOptions) -> int:
    """How many processes make films."""
    return (os.cpu_count() or 1) if options.workers is None else options.workers


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a host's address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def hosts_of(options: ServerOptions, port: int) -> frozenset:
    """Every Host header that this server goes by, in small letters: of loopback, of where it listens, of its
    address."""
    names = {*LOOPBACK, _shown(options.host).lower()}
    found = {f"{name}:{port}" for name in names} | (names if port == 80 else set())
    if options.address:
        found.add(urlsplit(options.address).netloc.lower())
    return frozenset(found)


@contextlib.contextmanager
def held(folder: Path):
    """A context in which this process alone serves a folder. Raises `errors.CourseError`."""
    with open(folder / "lock", "w") as file:
        try:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:  # Windows: nothing holds it
            pass
        except OSError:
            raise errors.CourseError(f"another server has the folder {folder}: stop it, or choose another --folder"
                                     ) from None
        yield


def _hook_answer(jobs: store.Store):
    from . import answers

    secret = jobs.secret()
    return lambda job: answers.film(job, secret)


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
