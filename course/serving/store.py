"""Jobs and uploads on disk: one SQLite file in write-ahead mode, which a killed server finds again as it was.

A job is created, started by one worker, and done, in error, or rejected. Only the worker that a job is given to can
finish it, and its film is moved to its place within the same transaction: a worker that lives on after its server was
killed, and whose job another has been given, changes nothing.
"""

import contextlib
import json
import os
import secrets
import sqlite3
import time
from dataclasses import dataclass, field
from pathlib import Path

from .. import errors

PREFIXES = {"talk": "tlk_", "animation": "anm_", "clip": "clp_", "image": "img_", "audio": "aud_", "driver": "drv_"}
SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL, owner TEXT NOT NULL,
  once TEXT, request TEXT NOT NULL, plan TEXT NOT NULL, base TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'created',
  created REAL NOT NULL, started REAL, modified REAL NOT NULL, worker TEXT, attempts INTEGER NOT NULL DEFAULT 0,
  facts TEXT, problem TEXT, hook TEXT, hook_tries INTEGER NOT NULL DEFAULT 0, hook_after REAL NOT NULL DEFAULT 0,
  persist INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX IF NOT EXISTS jobs_once ON jobs (owner, kind, once) WHERE once IS NOT NULL;
CREATE INDEX IF NOT EXISTS jobs_state ON jobs (state, number);
CREATE TABLE IF NOT EXISTS uploads (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL, owner TEXT NOT NULL,
  name TEXT NOT NULL, suffix TEXT NOT NULL, media TEXT NOT NULL, facts TEXT NOT NULL, created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL);
"""


@dataclass
class Job:
    """A row of `jobs`. request: as it came; plan: what to do (`plans.py`); base: the address of the server as its
    client knows it; facts: of the film; problem: {"kind", "description"}; hook: None, "waiting", "sent" or "failed";
    times in seconds since 1970."""

    number: int
    id: str
    kind: str
    owner: str
    request: dict
    plan: dict
    base: str
    state: str
    created: float
    started: float | None
    modified: float
    worker: str | None
    attempts: int
    facts: dict = field(default_factory=dict)
    problem: dict | None = None
    hook: str | None = None
    hook_tries: int = 0
    persist: bool = False


@dataclass
class Upload:
    """A row of `uploads`: a file that somebody sent. kind: image, audio or driver; name: what its sender called it;
    suffix: of the file here; media: its type; facts: such as {"duration": 1.5}."""

    number: int
    id: str
    kind: str
    owner: str
    name: str
    suffix: str
    media: str
    facts: dict
    created: float


@dataclass(frozen=True)
class Order:
    """A job to be. once: a word by which a client that asks again gets the same job; hook: whether somebody is to be
    told when it is done."""

    kind: str
    owner: str
    request: dict
    plan: dict
    base: str
    once: str | None = None
    hook: bool = False
    persist: bool = False


class Store:
    """The folder of a server: its jobs and uploads, and the files that belong to them.

    Raises `errors.OutputError`: the folder cannot be made or written.
    """

    def __init__(self, folder):
        self.folder = Path(folder).absolute()
        try:
            for name in ("", "uploads", "results", "work"):
                (self.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._open() as database:
                database.executescript("PRAGMA journal_mode=WAL;" + SCHEMA)
        except (OSError, sqlite3.Error) as problem:
            raise errors.OutputError(f"{self.folder} cannot hold the jobs ({problem}): choose another --folder"
                                     ) from None

    @contextlib.contextmanager
    def _open(self):
        """A transaction that has the right to write from its beginning."""
        database = sqlite3.connect(self.folder / "jobs.db", timeout=30, isolation_level=None)
        database.row_factory = sqlite3.Row
        try:
            database.execute("PRAGMA synchronous=FULL")  # what was answered with 201 is on the disk
            database.execute("BEGIN IMMEDIATE")
            yield database
            if database.in_transaction:
                database.execute("COMMIT")
        except BaseException:
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise
        finally:
            database.close()

    @contextlib.contextmanager
    def _read(self):
        database = sqlite3.connect(self.folder / "jobs.db", timeout=30, isolation_level=None)
        database.row_factory = sqlite3.Row
        try:
            yield database
        finally:
            database.close()

    # ------------------------------------------------------------ jobs, as clients see them

    def add_job(self, order: Order, most_waiting: int) -> Job | None:
        """A new job, or the one that the same owner asked for with the same `once`; None if the queue is full."""
        now, identifier = time.time(), new_id(order.kind)
        with self._open() as database:
            if order.once is not None:
                row = database.execute("SELECT * FROM jobs WHERE owner=? AND kind=? AND once=?",
                                       (order.owner, order.kind, order.once)).fetchone()
                if row:
                    return _job(row)
            waiting = database.execute("SELECT COUNT(*) FROM jobs WHERE state='created'").fetchone()[0]
            if waiting >= most_waiting:
                return None
            database.execute(
                "INSERT INTO jobs (id, kind, owner, once, request, plan, base, created, modified, hook, persist) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (identifier, order.kind, order.owner, order.once, json.dumps(order.request), json.dumps(order.plan),
                 order.base, now, now, "pending" if order.hook else None, order.persist))
            return _job(database.execute("SELECT * FROM jobs WHERE id=?", (identifier,)).fetchone())

    def job(self, identifier: str, kind: str | None = None, owner: str | None = None) -> Job | None:
        """A job by its id, of a kind and an owner where these are given."""
        with self._read() as database:
            row = database.execute("SELECT * FROM jobs WHERE id=?", (identifier,)).fetchone()
        job = _job(row) if row else None
        return job if job and kind in (None, job.kind) and owner in (None, job.owner) else None

    def jobs(self, kind: str, owner: str, limit: int, before: int | None = None) -> list:
        """The jobs of an owner, newest first, those with a `number` below `before`."""
        with self._read() as database:
            rows = database.execute(
                "SELECT * FROM jobs WHERE kind=? AND owner=? AND number<? ORDER BY number DESC LIMIT ?",
                (kind, owner, before if before is not None else 2**62, limit)).fetchall()
        return [_job(row) for row in rows]

    def delete_job(self, identifier: str) -> None:
        """Remove a job and its files; one that is being worked on finds nothing to finish."""
        with self._open() as database:
            database.execute("DELETE FROM jobs WHERE id=?", (identifier,))
            self._remove_results(identifier)

    def counts(self) -> dict:
        """How many jobs are in each state: {"created": 3, ...}."""
        with self._read() as database:
            return dict(database.execute("SELECT state, COUNT(*) FROM jobs GROUP BY state").fetchall())

    # ------------------------------------------------------------ jobs, as workers see them

    def take(self, worker: str) -> Job | None:
        """The oldest job that nobody works on, now this worker's; None if there is none."""
        with self._read() as database:  # most looks find nothing, and need not wait for who writes
            if not database.execute("SELECT 1 FROM jobs WHERE state='created' LIMIT 1").fetchone():
                return None
        now = time.time()
        with self._open() as database:
            row = database.execute("SELECT id FROM jobs WHERE state='created' ORDER BY number LIMIT 1").fetchone()
            if not row:
                return None
            database.execute("UPDATE jobs SET state='started', worker=?, started=?, modified=?, attempts=attempts+1 "
                             "WHERE id=?", (worker, now, now, row["id"]))
            return _job(database.execute("SELECT * FROM jobs WHERE id=?", (row["id"],)).fetchone())

    def finish(self, identifier: str, worker: str, facts: dict, files: dict) -> bool:
        """Mark a job done and move its files to their place: {suffix: path}; False if it is not this worker's."""
        with self._open() as database:
            changed = self._settle(database, identifier, worker, "done", facts=facts)
            if changed:
                for suffix, path in files.items():
                    os.replace(path, self.result(identifier, suffix))
        return changed

    def fail(self, identifier: str, worker: str, kind: str, description: str) -> bool:
        """Mark a job as one that cannot be done; False if it is not this worker's."""
        with self._open() as database:
            return self._settle(database, identifier, worker, "error",
                                problem={"kind": kind, "description": description})

    def _settle(self, database, identifier, worker, state, facts=None, problem=None) -> bool:
        done = database.execute(
            "UPDATE jobs SET state=?, modified=?, facts=?, problem=?, "
            "hook=CASE hook WHEN 'pending' THEN 'waiting' ELSE hook END WHERE id=? AND worker=? AND state='started'",
            (state, time.time(), json.dumps(facts or {}), json.dumps(problem) if problem else None, identifier, worker))
        return done.rowcount == 1

    def give_back(self, worker: str | None, attempts: int) -> None:
        """The jobs of a worker that is gone (None: of all) wait again, those tried so often are in error."""
        with self._open() as database:
            rows = database.execute("SELECT id, worker, attempts FROM jobs WHERE state='started' AND (? IS NULL OR "
                                    "worker=?)", (worker, worker)).fetchall()
            for row in rows:
                if row["attempts"] >= attempts:
                    self._settle(database, row["id"], row["worker"], "error", problem={
                        "kind": "InternalError", "description": f"the work was cut off {row['attempts']} times"})
                else:
                    database.execute("UPDATE jobs SET state='created', worker=NULL WHERE id=?", (row["id"],))

    def overdue(self, seconds: float) -> list:
        """The jobs that somebody has worked on for longer than that."""
        with self._read() as database:
            rows = database.execute("SELECT * FROM jobs WHERE state='started' AND started<?",
                                    (time.time() - seconds,)).fetchall()
        return [_job(row) for row in rows]

    # ------------------------------------------------------------ who wants to be told

    def hooks(self, limit: int = 20) -> list:
        """Jobs that are settled and whose webhook has not been called."""
        with self._read() as database:
            rows = database.execute("SELECT * FROM jobs WHERE hook='waiting' AND hook_after<=? ORDER BY number LIMIT ?",
                                    (time.time(), limit)).fetchall()
        return [_job(row) for row in rows]

    def told(self, identifier: str, success: bool, tries: int = 5) -> None:
        """A webhook was called, or could not be: then it is tried again, later each time."""
        with self._open() as database:
            if success:
                database.execute("UPDATE jobs SET hook='sent' WHERE id=?", (identifier,))
            else:
                database.execute("UPDATE jobs SET hook_tries=hook_tries+1, hook_after=?+5*(1<<(2*hook_tries)), "
                                 "hook=CASE WHEN hook_tries+1>=? THEN 'failed' ELSE hook END WHERE id=?",
                                 (time.time(), tries, identifier))

    # ------------------------------------------------------------ uploads

    def add_upload(self, upload: Upload, file: Path, most: int) -> bool:
        """Keep a file that somebody sent; False if its owner has too many."""
        with self._open() as database:
            there = database.execute("SELECT COUNT(*) FROM uploads WHERE owner=?", (upload.owner,)).fetchone()[0]
            if there >= most:
                return False
            database.execute("INSERT INTO uploads (id, kind, owner, name, suffix, media, facts, created) "
                             "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                             (upload.id, upload.kind, upload.owner, upload.name, upload.suffix, upload.media,
                              json.dumps(upload.facts), upload.created))
            os.replace(file, self.upload_file(upload))
        return True

    def upload(self, identifier: str, kind: str | None = None, owner: str | None = None) -> Upload | None:
        """An upload by its id, of a kind and an owner where these are given."""
        with self._read() as database:
            row = database.execute("SELECT * FROM uploads WHERE id=?", (identifier,)).fetchone()
        upload = _upload(row) if row else None
        return upload if upload and kind in (None, upload.kind) and owner in (None, upload.owner) else None

    def uploads(self, kind: str, owner: str, limit: int, before: int | None = None) -> list:
        """The uploads of an owner, newest first, those with a `number` below `before`."""
        with self._read() as database:
            rows = database.execute(
                "SELECT * FROM uploads WHERE kind=? AND owner=? AND number<? ORDER BY number DESC LIMIT ?",
                (kind, owner, before if before is not None else 2**62, limit)).fetchall()
        return [_upload(row) for row in rows]

    def delete_upload(self, upload: Upload) -> None:
        """Remove an upload and its file."""
        with self._open() as database:
            database.execute("DELETE FROM uploads WHERE id=?", (upload.id,))
            self.upload_file(upload).unlink(missing_ok=True)

    # ------------------------------------------------------------ files, and what is old

    def upload_file(self, upload: Upload) -> Path:
        """Where the file of an upload lies."""
        return self.folder / "uploads" / (upload.id + upload.suffix)

    def result(self, identifier: str, suffix: str) -> Path:
        """Where a file of a job lies, such as its ".mp4"."""
        return self.folder / "results" / (identifier + suffix)

    def _remove_results(self, identifier: str) -> None:
        for path in (self.folder / "results").glob(identifier + ".*"):
            path.unlink(missing_ok=True)

    def forget_old(self, hours: float) -> None:
        """Remove uploads and settled jobs of before that many hours; jobs that say persist stay."""
        before = time.time() - hours * 3600
        with self._read() as database:
            jobs = database.execute("SELECT id FROM jobs WHERE modified<? AND NOT persist AND state IN "
                                    "('done', 'error', 'rejected')", (before,)).fetchall()
            uploads = database.execute("SELECT * FROM uploads WHERE created<?", (before,)).fetchall()
        for row in jobs:
            self.delete_job(row["id"])
        for row in uploads:
            self.delete_upload(_upload(row))

    def secret(self) -> bytes:
        """32 bytes that addresses of files are signed with; the same for the life of the folder."""
        with self._open() as database:
            database.execute("INSERT OR IGNORE INTO secrets VALUES ('files', ?)", (secrets.token_bytes(32),))
            return bytes(database.execute("SELECT value FROM secrets WHERE name='files'").fetchone()[0])


def new_id(kind: str) -> str:
    """An id that nobody can guess, such as "tlk_" and 22 letters."""
    return PREFIXES[kind] + secrets.token_urlsafe(16)


def _job(row: sqlite3.Row) -> Job:
    taken = {name: row[name] for name in ("number", "id", "kind", "owner", "base", "state", "created", "started",
                                          "modified", "worker", "attempts", "hook", "hook_tries")}
    return Job(**taken, request=json.loads(row["request"]), plan=json.loads(row["plan"]), persist=bool(row["persist"]),
               facts=json.loads(row["facts"] or "{}"), problem=json.loads(row["problem"]) if row["problem"] else None)


def _upload(row: sqlite3.Row) -> Upload:
    return Upload(**{name: row[name] for name in row.keys() if name != "facts"}, facts=json.loads(row["facts"]))
