"""The service of `course serve` in a notebook: on loopback, in a folder that is thrown away, while it is asked.

Its queue is real and its address is; the worker is called by hand, `work()`, so that the two can be seen apart.
"""

import contextlib
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import requests

from course import errors
from course.serving import addresses, extras, guard, limits, store, work

SECONDS = 60  # to wait for an answer


def missing() -> str:
    """What has to be installed for a service, "" where all is there."""
    try:
        extras.need("serve", "fastapi", "uvicorn", "python_multipart")
    except errors.CourseError as problem:
        return str(problem)
    return ""


@dataclass
class Service:
    """A service that answers. url: its address; jobs: its queue, on disk; worker: who makes the films."""

    url: str
    jobs: store.Store
    worker: work.Worker

    def upload(self, picture: np.ndarray) -> str:
        """Send a picture, uint8 (H, W, 3); the url that requests name it by."""
        data = cv2.imencode(".png", np.ascontiguousarray(picture[..., ::-1]))[1].tobytes()
        answer = requests.post(f"{self.url}/images", files={"image": ("me.png", data)}, timeout=SECONDS)
        return answer.json()["url"]

    def ask(self, request: dict) -> tuple:
        """POST /talks: (status, answer)."""
        answer = requests.post(f"{self.url}/talks", json=request, timeout=SECONDS)
        return answer.status_code, answer.json()

    def told(self, identifier: str) -> dict:
        """GET /talks/ID: what is known of a job."""
        return requests.get(f"{self.url}/talks/{identifier}", timeout=SECONDS).json()

    def forget(self, identifier: str) -> None:
        """DELETE /talks/ID."""
        requests.delete(f"{self.url}/talks/{identifier}", timeout=SECONDS)

    def work(self) -> bool:
        """Be the worker for one job; False where none waits."""
        return self.worker.work()

    def fetch(self, url: str, path) -> Path:
        """The file at an address that the service named."""
        path = Path(path)
        path.write_bytes(requests.get(url, timeout=SECONDS).content)
        return path


@contextlib.contextmanager
def running(size: int = 160):
    """A `Service` on 127.0.0.1 while the context lasts. size: longer side of its films in pixels.

    Raises `errors.CourseError`: what it needs is not installed.
    """
    if missing():
        raise errors.CourseError(missing())
    import uvicorn

    from course.serving import app, handling, listening, server

    with tempfile.TemporaryDirectory() as folder, listening.bound("127.0.0.1", 0) as socket:
        port, most, rules = socket.getsockname()[1], limits.Limits(), addresses.Rules(hosts=())
        jobs = store.Store(Path(folder))
        gate = guard.Gate(server.hosts_of(server.ServerOptions(), port), (), jobs.secret(), most)
        told = handling.Service(jobs, gate, rules, lambda: None, size=size)
        config = uvicorn.Config(app.make_app(told), log_level="error", lifespan="off", ws="none")
        answering = uvicorn.Server(config)
        thread = threading.Thread(target=answering.run, kwargs={"sockets": [socket]}, daemon=True)
        thread.start()
        try:
            while not answering.started and thread.is_alive():
                time.sleep(0.01)
            yield Service(f"http://127.0.0.1:{port}", jobs, work.Worker(jobs, "you", most, rules))
        finally:
            answering.should_exit = True
            thread.join(timeout=10)
