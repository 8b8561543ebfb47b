"""The operator's log: a line of JSON for each film that was made, so that a complaint can be followed up.

    {"time": "2026-11-27T04:05:06Z", "id": "tlk_...", "owner": "key|...", "photo": "sha256:...", "text": "sha256:...",
     "consent": "...", "size": [512, 600], "seconds": 3.2}

No photo and no word of the text is in it: who complains brings the photo, whose hash is looked for, or the film's id. A
file that has grown too long is put aside, and the oldest is dropped. Several workers write to one log.
"""

import contextlib
import hashlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from .. import errors
from ..provenance import consent

MOST_BYTES = 10_000_000  # of one file
KEPT = 5  # files put aside: log.jsonl.1 is the newest of them


@dataclass(frozen=True)
class OperatorLog:
    """A log in a file. path: where; most: bytes after which it is put aside; kept: how many of these there are."""

    path: Path
    most: int = MOST_BYTES
    kept: int = KEPT

    def check(self) -> None:
        """Whether it can be written; leaves an empty file. Raises `errors.OutputError`."""
        with self._held() as file:
            file.write(b"")

    def add(self, told: dict) -> None:
        """Add a line. Raises `errors.OutputError`: it cannot be written; clients may read its words."""
        line = json.dumps(told, ensure_ascii=False).encode() + b"\n"
        with self._held() as file:
            file.write(line)

    @contextlib.contextmanager
    def _held(self):
        """A context with the file, open to be added to; no other process adds to it or puts it aside meanwhile."""
        try:
            with open(self._beside("lock"), "wb", opener=_private) as lock:
                _lock(lock)
                if self.path.is_file() and self.path.stat().st_size >= self.most:
                    self._put_aside()
                with open(self.path, "ab", opener=_private) as file:
                    yield file
        except OSError as problem:
            raise errors.OutputError(f"the operator's log cannot be written ({problem.strerror or 'the disk'}), and "
                                     "without it no film is given out: name a folder that is there and has room"
                                     ) from None

    def _put_aside(self) -> None:
        for number in range(self.kept, 0, -1):
            older = self._beside(str(number - 1)) if number > 1 else self.path
            if older.is_file():
                os.replace(older, self._beside(str(number)))

    def _beside(self, ending: str) -> Path:
        return self.path.with_name(f"{self.path.name}.{ending}")


def line_of(job, inputs, facts: dict) -> dict:
    """What the log says of a film.

    Args:
        job: a `store.Job`; inputs: its files, `making.Inputs`; facts: what came of it, as `making.make` tells.
    """
    told = {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "id": job.id, "owner": job.owner,
            "photo": _hash(inputs.photo.read_bytes())}
    if "text" in job.plan:
        told["text"] = _hash(job.plan["text"].encode())
    else:
        told["film" if "film" in job.plan else "sound"] = _hash(inputs.drive.read_bytes())
    said = consent.of(job.plan["settings"].get("consent"))
    return told | {"consent": str(said), "size": facts["metadata"].get("resolution"), "seconds": facts["duration"]}


def _hash(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _private(path, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _lock(file) -> None:
    try:
        import fcntl
    except ImportError:  # Windows: short lines that are added at once seldom meet
        return
    fcntl.flock(file, fcntl.LOCK_EX)
