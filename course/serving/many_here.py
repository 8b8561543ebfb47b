"""The rows of a table in processes of this machine, each of which does one after the other.

A process that dies, killed for its memory perhaps, takes no other row along: its row is tried once more in a new one.
"""

import contextlib
import json
import queue
import subprocess
import sys
import threading

from . import children
from . import rows as tables

TRIES = 2
DIED = ("the process that made it died twice, for want of memory perhaps: try fewer --workers, or a smaller size")


def made(rows: list, workers: int):
    """The rows as they are done, in the order in which they are."""
    waiting, done = queue.SimpleQueue(), queue.SimpleQueue()
    for row in sorted(rows, key=lambda row: str(row.photo)):  # rows of one photo are neighbours: it is looked at once
        waiting.put(row)
    hands = [_Hand(waiting, done) for _ in range(workers)]
    for hand in hands:
        hand.start()
    try:
        for _ in rows:
            yield done.get()
    finally:  # also on Ctrl-C
        for hand in hands:
            hand.stop()


class _Hand(threading.Thread):
    """A thread that gives rows to a process of its own."""

    def __init__(self, waiting: queue.SimpleQueue, done: queue.SimpleQueue):
        super().__init__(daemon=True)
        self.waiting, self.done, self.child = waiting, done, None
        self.lock, self.stopped = threading.Lock(), False

    def run(self) -> None:
        """Row after row, until none is left."""
        while not self.stopped:
            try:
                row = self.waiting.get_nowait()
            except queue.Empty:
                break
            told = next((told for told in (self._ask(row) for _ in range(TRIES)) if told is not None),
                        {"problem": DIED})
            row.problem = told.get("problem")
            self.done.put(row)
        self.stop()

    def stop(self) -> None:
        """End the process, whatever it does."""
        with self.lock:
            self.stopped = True
            if self.child is not None:
                self.child.kill()
                self.child.wait()

    def _ask(self, row: tables.Row) -> dict | None:
        """What the process says of a row; None if it died over it."""
        child = self._living()
        if child is None:
            return None
        told = {"photo": str(row.photo), "drive": [row.drive[0], str(row.drive[1])], "settings": row.settings,
                "output": str(row.output)}
        with contextlib.suppress(OSError):
            child.stdin.write(json.dumps(told).encode() + b"\n")
            child.stdin.flush()
            line = child.stdout.readline()
            if line:
                return json.loads(line)
        child.wait()
        return None

    def _living(self) -> subprocess.Popen | None:
        """The process, started again if it died; None once all is to stop."""
        with self.lock:
            if self.stopped:
                return None
            if self.child is None or self.child.poll() is not None:
                command = [sys.executable, "-m", "course.serving.row_worker"]
                self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                              env=children.environment(), start_new_session=True)
            return self.child
