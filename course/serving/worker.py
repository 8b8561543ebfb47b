"""A worker process: it takes jobs from the store, one at a time, until its server is gone.

    python -m course.serving.worker '{"folder": ..., "name": ..., "limits": {...}, "rules": {...}}'

The server holds the other end of its standard input: a byte there means that there may be work, its end that the
server is gone, killed perhaps; then the worker ends at once, whatever it does, for the next server gives the job out
again. That is listened for before anything heavy is imported, which the first job waits for: a worker that has none
takes next to no memory. One that has had none for a while ends, and its server starts a fresh one.
"""

import json
import os
import sys
import threading
import time

from . import store

IDLE = 5.0  # seconds between two looks where nobody calls
REST = 600.0  # seconds without a job after which a worker gives its memory back


def main(arguments: list) -> None:
    """Work until the server is gone, or there has been nothing to do for long."""
    called, told = threading.Event(), json.loads(arguments[0])
    threading.Thread(target=_listen, args=[called], daemon=True).start()
    jobs = store.Store(told["folder"])
    while not jobs.counts().get("created"):
        _wait(called)
    from . import work

    worker, last = work.Worker.of(told), time.monotonic()
    while time.monotonic() - last < REST:
        if worker.work():
            last = time.monotonic()
        else:
            _wait(called)


def _wait(called: threading.Event) -> None:
    called.wait(IDLE)
    called.clear()


def _listen(called: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 64):
        called.set()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
