"""Live sessions of a server: each a process of its own, of which there are only so many at a time."""

import json
import secrets
import subprocess
import sys
import threading
from dataclasses import dataclass

from ... import errors
from .. import children

SECONDS = 120.0  # in which a face must be ready: a photo is taken apart and a voice loaded
LINE = 1 << 20  # letters of an answer
STOPS = "the server is being stopped"


@dataclass(frozen=True)
class Answering:
    """Who answers in a session; see `replies.load_replier`. hosts: as in `addresses.Rules`."""

    answer: str | None = None
    model: str | None = None
    hosts: tuple | None = None


class Sessions:
    """most: how many there may be at a time."""

    def __init__(self, most: int, answering: Answering):
        self.most, self.answering = most, answering
        self._lock, self._running = threading.Lock(), {}
        self._preparing, self._closed = set(), False

    def start(self, owner: str, asked: dict) -> tuple:
        """A session: its id, and the answer to the page's offer.

        Args:
            owner: who asks; asked: {"photo": path, "size", "settings", "offer"}.
        Raises:
            errors.CourseError: a face that is none, an offer that is none; Full.
        """
        identifier = "liv_" + secrets.token_urlsafe(16)
        with self._lock:
            self._forget()
            if self._closed:
                raise Full(STOPS)
            if len(self._running) >= self.most:
                raise Full(f"{self.most} live session{'s are' if self.most > 1 else ' is'} open already, which is the "
                           "most: close the other page, or start with --limit live=NUMBER")
            child = subprocess.Popen([sys.executable, "-m", "course.serving.live.worker"], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, text=True, env=children.environment(),
                                     start_new_session=True)  # Ctrl-C is for the server, which ends it
            self._running[identifier] = owner, child
            self._preparing.add(identifier)
        told = self._asked(child, asked | {"answer": self.answering.answer, "model": self.answering.model,
                                           "hosts": self.answering.hosts})
        with self._lock:
            self._preparing.discard(identifier)
        if self._closed:
            raise Full(STOPS)
        if "answer" not in told:
            self._end(identifier)
            raise errors.CourseError(told["problem"])
        return identifier, told["answer"]

    def end(self, owner: str, identifier: str) -> bool:
        """End a session of one's own: whether there was one."""
        with self._lock:
            if self._running.get(identifier, (None,))[0] != owner:
                return False
        self._end(identifier)
        return True

    def count(self) -> int:
        """How many there are now."""
        with self._lock:
            self._forget()
            return len(self._running)

    def close(self) -> None:
        """End all of them, those that are being prepared at once; none is opened after this."""
        with self._lock:
            self._closed = True
            for identifier in self._preparing:
                self._running[identifier][1].kill()
            found = list(self._running)
        for identifier in found:
            self._end(identifier)

    def _asked(self, child, asked: dict) -> dict:
        """What the process answers, or that it does not."""
        late = threading.Timer(SECONDS, child.kill)
        late.start()
        try:
            child.stdin.write(json.dumps(asked) + "\n")
            child.stdin.flush()
            return json.loads(child.stdout.readline(LINE))
        except (OSError, ValueError):
            return {"problem": "the face did not become ready: see what the server says"}
        finally:
            late.cancel()

    def _forget(self) -> None:
        for identifier, (_, child) in list(self._running.items()):
            if child.poll() is not None:
                self._running.pop(identifier)
                _close(child)

    def _end(self, identifier: str) -> None:
        with self._lock:
            _, child = self._running.pop(identifier, (None, None))
        if child is None:
            return
        _close(child)
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


class Full(errors.CourseError):
    """No further session can be opened now."""


def _close(child) -> None:
    for pipe in (child.stdin, child.stdout):
        try:
            pipe.close()
        except OSError:
            pass
