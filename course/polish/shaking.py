"""Frames without tremor of place and of brightness: each frame is moved, or lit, towards its neighbours."""

from collections import deque

import cv2
import numpy as np

from . import between

TREMOR = 1.5  # pixels at 256 px of height that a tremor is large; more is movement, and stays
SOFT = 1 / 24  # of the height: tremor is the same over a patch of this size
REACH = 4  # frames to each side that say how bright a frame should be
DARK = 8  # grey levels: below, a level more or less says nothing of the light
JUMP = 0.12  # share by which brightness changes at a cut, or when somebody lights a lamp: that is no flicker


def steady_frames(frames):
    """Each frame drawn where it lies between its neighbours: uint8 (H, W, 3), one by one -> the same.

    A pixel that was at p - a, is at p and will be at p + b moves by (b - a) / 4, which leaves even movement as it is
    and takes three quarters of the tremor (weights 1, 2, 1). Frames keep their sharpness: they are moved, not mixed.
    """
    before, now = None, None
    for after in frames:
        if before is not None:
            yield _between_neighbours(before, now, after)
        elif now is not None:
            yield now
        before, now = now, after
    if now is not None:
        yield now


def _between_neighbours(before, now, after) -> np.ndarray:
    back, ahead = between.dense_flow(now, before), between.dense_flow(now, after)
    height = now.shape[0]
    off = cv2.GaussianBlur((back + ahead) / 4, (0, 0), max(SOFT * height, 1))
    size = np.linalg.norm(off, axis=-1, keepdims=True) / (TREMOR * height / 256)
    off = off / (1 + size**4)  # a blink and a cut are no tremor
    return np.clip(np.round(between.flow_warp(now, -off)), 0, 255).astype(np.uint8)


def even_brightness(frames, reach: int = REACH):
    """Each frame as bright as its neighbours, colour by colour: uint8 (H, W, 3), one by one -> the same.

    How much brighter a frame is than the one before, the median of all pixels says, which a mouth that opens does not
    change. reach: frames to each side. Beyond a jump of more than `JUMP`, a cut or a lamp, nothing is evened.
    """
    window, levels, made = deque(), deque(), 0
    for frame in _and_none(frames, reach):
        if frame is not None:
            levels.append(np.zeros(3) if not window else levels[-1] + brighter(window[-1], frame))
            window.append(frame)
            if len(window) <= made + reach:
                continue
        if made < len(window):
            yield _lit(window[made], np.array(levels) - levels[made])
            made += 1
        if made > reach:
            window.popleft()
            levels.popleft()
            made -= 1


def _and_none(frames, count: int):
    yield from frames
    yield from [None] * count


def brighter(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """By how much a frame is brighter than another, colour by colour: uint8 (H, W, 3) twice -> (3,), as a logarithm.
    """
    small = [cv2.resize(frame, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float64) for frame in (before, after)]
    told = np.minimum(*small) > DARK
    shares = np.log(np.maximum(small[1], 1) / np.maximum(small[0], 1))
    return np.array([np.median(shares[..., c][told[..., c]]) if told[..., c].any() else 0.0 for c in range(3)])


def _lit(frame: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """A frame at the mean of its neighbours' levels (N, 3), logarithms beside its own."""
    level = levels[(np.abs(levels) < JUMP).all(axis=1)].mean(axis=0)
    if np.abs(level).max() * 255 < 0.25:
        return frame
    return np.clip(np.round(frame * np.exp(level)), 0, 255).astype(np.uint8)
