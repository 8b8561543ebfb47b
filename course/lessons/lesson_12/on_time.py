"""What a clock that waits for nobody shows, and what there is in a budget of time."""

import numpy as np


def drop_late_frames(ready, fps):
    """Which frame is shown when each one is due: ready (T,) seconds -> int (T,), -1 while there is none."""
    shown = []
    for k in range(len(ready)):
        in_time = [j for j in range(k + 1) if ready[j] <= k / fps]
        shown.append(max(in_time, default=-1))
    return np.array(shown, int)


def latency_budget(stages):
    """When each stage begins and ends: {name: (seconds, names of what it needs)} -> {name: (begin, end)}."""
    times = {}
    for name, (seconds, needs) in stages.items():
        begin = max((times[other][1] for other in needs), default=0.0)
        times[name] = begin, begin + seconds
    return times


def ready_times(count: int, milliseconds: float, workers: int, fps: float = 25.0, ahead: int = 2, seed: int = 0):
    """When frames of a live face are ready, had each of them to be begun `ahead` frames before it is due.

    count: frames; milliseconds: that one takes on average; workers: frames at a time. A frame for which no worker is
    free when it should be begun is left out. Returns seconds (count,), infinite for those.
    """
    rng, free, ready = np.random.default_rng(seed), np.zeros(workers), np.full(count, np.inf)
    takes = milliseconds / 1000 * rng.uniform(0.8, 1.3, count)
    for k in range(count):
        begin, worker = (k - ahead) / fps, int(free.argmin())
        if free[worker] <= begin + 1e-9 or k == 0:
            ready[k] = free[worker] = max(begin, free[worker]) + takes[k]
    return ready
