"""A film that is shorter than its sound: its frames forwards, then backwards, then forwards again, and no jump.

    frames 0 1 2 3, ten wanted -> 0 1 2 3 2 1 0 1 2 3
"""

import itertools

import numpy as np

from . import decoding

HELD = 96_000_000  # bytes of frames held at once while a film runs backwards


def order(frames: int, total: int) -> np.ndarray:
    """Which frame of a film of `frames` is shown at each of `total` moments: int (total,), back and forth."""
    if frames < 2:
        return np.zeros(total, int)
    at = np.arange(total) % (2 * frames - 2)
    return np.where(at < frames, at, 2 * frames - 2 - at)


def read(path, frames: int, total: int, fps: float | None = None, max_side: int | None = None):
    """The frames of a film one after the other in that order.

    A codec only knows the way forwards: for the way back the film is read again from its beginning, and pieces of it
    are kept and turned round. That takes time, and memory that does not grow with the length of the film.

    Args:
        path: a video file; frames: how many it gives at this rate; total: how many are wanted;
        fps, max_side: as in `decoding.read_frames`.
    Returns:
        a generator of uint8 (H, W, 3).
    Raises:
        errors.VideoError: as `decoding.read_frames`.
    """
    left = total
    for run in itertools.count():
        first = 0 if run == 0 else 1  # the frame at which the film turns is shown once
        if frames - first < 1 or left <= 0:
            break
        count = min(frames - first, left)
        if run % 2:
            yield from _backwards(path, frames - 1 - count, frames - 1, fps, max_side)
        else:
            yield from _piece(path, first, first + count, fps, max_side)
        left -= count
    if left > 0 and frames == 1:
        yield from itertools.islice(itertools.cycle(_piece(path, 0, 1, fps, max_side)), left)


def _piece(path, start: int, stop: int, fps, max_side):
    frames = decoding.read_frames(path, fps, max_side)
    try:
        yield from itertools.islice(frames, start, stop)
    finally:
        frames.close()


def _backwards(path, start: int, stop: int, fps, max_side):
    """Frames stop - 1 down to start."""
    width, height = decoding.probe(path).size
    scale = min(1.0, (max_side or max(width, height)) / max(width, height))
    held = max(1, int(HELD / (3 * width * height * scale**2)))
    while stop > start:
        begin = max(start, stop - held)
        yield from reversed(list(_piece(path, begin, stop, fps, max_side)))
        stop = begin
