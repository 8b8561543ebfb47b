"""Two cores, two frames: work on several items at once while their results come in order."""

import os
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock

from threadpoolctl import threadpool_limits

MOST = 4  # frames at once: more would only wait for memory
MOST_ON_DEVICE = 16  # the same, where their networks run on an accelerator


def ordered_map(function, items, workers: int | None = None):
    """`map(function, items)` in threads, lazily: at most a few items ahead of what was taken, so memory stays flat.

    Threads are enough: OpenCV and PyTorch work outside Python's lock. With one worker no thread is started; without a
    number there are as many as cores, `MOST` at most. An error in `function` comes out where its result would have.
    """
    workers = workers or min(os.cpu_count() or 1, MOST)
    if workers == 1:
        yield from map(function, items)
        return
    with one_thread_each():
        yield from stream_frames(function, items, workers)


def workers_for(device: str) -> int | None:
    """How many frames to make at once, None for as many as `ordered_map` takes by itself.

    An accelerator works on several at once, while the processor does for each what is left to it.
    """
    return None if device == "cpu" else max(MOST, min(os.cpu_count() or 1, MOST_ON_DEVICE))


def stream_frames(function, items, workers: int):
    """`function` of each item, in order, `workers` at a time, the items at most workers + 1 ahead of what was taken.

    A generator: it begins when it is first asked, and stops when it is closed. An error in `function` comes out where
    its result would have.
    """
    pool, waiting = ThreadPoolExecutor(workers, thread_name_prefix="course"), deque()
    try:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:  # also when whoever takes the results stops early
        pool.shutdown(wait=True, cancel_futures=True)


def ahead(items, count: int = 2):
    """The items themselves, the next few of them fetched in another thread while this one works.

    An error while fetching comes out where its item would have.
    """
    iterator, end, waiting = iter(items), object(), deque()
    pool = ThreadPoolExecutor(1, thread_name_prefix="course")  # one: a generator runs in one thread at a time
    try:
        waiting.extend(pool.submit(next, iterator, end) for _ in range(count))
        while (item := waiting.popleft().result()) is not end:
            waiting.append(pool.submit(next, iterator, end))
            yield item
    finally:  # also when whoever takes the items stops early
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def one_thread_each():
    """A context in which NumPy and PyTorch calculate with one thread: frames are already made side by side.

    Both have one setting for the whole process, so the first to come in sets it and the last to leave puts it back.
    """
    global _inside, _put_back
    with _lock:
        if _inside == 0:
            _put_back = limit_threads()
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                _put_back()


def limit_threads():
    """Set the limit, one thread for NumPy and PyTorch each; the function returned lifts it again."""
    blas = threadpool_limits(limits=1, user_api="blas")
    torch = sys.modules.get("torch")  # importing it takes a second: where nobody has, nobody calculates with it
    if torch is None:
        return blas.restore_original_limits
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # threads that begin later take it over

    def put_back():
        blas.restore_original_limits()
        torch.set_num_threads(before)

    return put_back


_lock, _inside, _put_back = Lock(), 0, None
