"""A worker process: it takes jobs from the store, one at a time, until its server is gone.

    python -m course.serving.worker '{"folder": ..., "name": ..., "limits": {...}, "rules": {...}}'

The server holds the other end of its standard input: a byte there means that there may be work, its end that the
server is gone, killed perhaps; then the worker ends at once, whatever it does, for the next server gives the job out
again. That is listened for before anything heavy is imported.
"""

import json
import os
import sys
import threading

IDLE = 5.0  # seconds between two looks where nobody calls


def main(arguments: list) -> None:
    """Work until the server is gone."""
    called = threading.Event()
    threading.Thread(target=_listen, args=[called], daemon=True).start()
    from . import work

    worker = work.Worker.of(json.loads(arguments[0]))
    while True:
        if not worker.work():
            called.wait(IDLE)
            called.clear()


def _listen(called: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 64):
        called.set()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
