"""Many films by Dask: two workers in this very kernel, or one film after the other where Dask is not installed."""

import contextlib
import importlib.util
import os
import time
from dataclasses import dataclass

import numpy as np

from course import animation, io, motion

FRAMES, FPS = 7, 12.5
GESTURES = ({"jawOpen": 0.5}, {"mouthSmileLeft": 0.9, "mouthSmileRight": 0.9}, {"headYaw": 14.0},
            {"eyeBlinkLeft": 1.0, "mouthPucker": 0.7})


@dataclass
class Made:
    """A film, who made it, and from which second to which."""

    clip: io.Clip
    worker: str
    begin: float
    end: float


def is_there() -> bool:
    """Whether Dask's scheduler is installed."""
    return importlib.util.find_spec("distributed") is not None


def film(photo: np.ndarray, gesture: dict) -> Made:
    """A film in which a photo, uint8 (H, W, 3), makes a gesture {channel: how far} and comes back."""
    begin, way = time.perf_counter(), np.sin(np.linspace(0, np.pi, FRAMES))
    played = motion.Motion(np.stack([most * way for most in gesture.values()], axis=1), tuple(gesture), FPS)
    frames = list(animation.animate(photo, motion=played, fps=FPS))
    return Made(io.Clip(frames, FPS), who(), begin, time.perf_counter())


def who() -> str:
    """Who runs this: a worker of Dask by its name, or this kernel."""
    if not is_there():
        return "this kernel"
    import distributed

    try:
        return f"worker {distributed.get_worker().name}"
    except ValueError:
        return "this kernel"


def one_by_one(photo: np.ndarray, gestures=GESTURES) -> list:
    """The films one after the other, here."""
    return [film(photo, gesture) for gesture in gestures]


def by_dask(photo: np.ndarray, gestures=GESTURES, workers: int = 2) -> list:
    """The films by `workers` workers of Dask, as they come. The photo is sent once, and not with each film."""
    with _cluster(workers) as client:
        sent = client.scatter(photo, broadcast=True)
        return client.gather([client.submit(film, sent, gesture, pure=False) for gesture in gestures])


@contextlib.contextmanager
def _cluster(workers: int):
    import dask
    import distributed

    quiet = {"distributed.admin.tick.limit": "60s"}  # a frame may hold Python's lock for a while
    with dask.config.set(quiet), distributed.Client(
            processes=False, n_workers=workers, threads_per_worker=1, dashboard_address=None, set_as_default=False,
            silence_logs=50) as client:
        yield client


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
