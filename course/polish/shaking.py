"""Frames without tremor of place and of brightness: each frame is moved, or lit, towards its neighbours."""

from collections import deque

import cv2
import numpy as np

from . import between

TREMOR = 1.5  # pixels at 256 px of height that a tremor is large; more is movement, and stays
SOFT = 1 / 24  # of the height: tremor is the same over a patch of this size
REACH = 4  # frames to each side that say how bright a frame should be
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
    """Each frame as bright as its neighbours in the mean, colour by colour: uint8 (H, W, 3), one by one -> the same.

    reach: frames to each side. Neighbours that are brighter or darker by more than `JUMP` do not count.
    """
    window, levels, made = deque(), deque(), 0
    frames = iter(frames)
    done = False
    while not done or made < len(window):
        while not done and len(window) < made + reach + 1:
            frame = next(frames, None)
            done = frame is None
            if not done:
                window.append(frame)
                levels.append(np.maximum(frame.mean(axis=(0, 1)), 1.0))
        if made < len(window):
            yield _lit(window[made], levels[made], np.array(levels))
            made += 1
        while made > reach:
            window.popleft()
            levels.popleft()
            made -= 1


def _lit(frame, own, levels) -> np.ndarray:
    near = levels[(np.abs(levels / own - 1) < JUMP).all(axis=1)]
    gain = near.mean(axis=0) / own
    if np.abs(gain - 1).max() * 255 < 0.25:
        return frame
    return np.clip(np.round(frame * gain), 0, 255).astype(np.uint8)
