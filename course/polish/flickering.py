"""How much a film flickers: what changes along the movement, which movement does not explain."""

import numpy as np

from . import between

SEEN = 1.0  # pixels that a way there and back may miss: further, and the next frame does not show the pixel


def flicker(frames: np.ndarray, flows: np.ndarray, seen: np.ndarray) -> float:
    """Mean change of a pixel from frame to frame, followed where it goes: grey levels.

    The warping error of Lai et al., "Learning blind video temporal consistency", 2018, as a mean of sizes.

    Args:
        frames: uint8 (T, H, W, 3); flows: (T - 1, H, W, 2), where each pixel of a frame is in the next one, pixels;
            seen: bool (T - 1, H, W), whether the next frame shows it. Only those count.
    Returns:
        0 for a film that only moves; 0 without anything to compare.
    """
    # f = mean |I_t(x) - I_t+1(x + F_t(x))| over all that is seen
    total, count = 0.0, 0
    for t in range(len(frames) - 1):
        change = np.abs(between.flow_warp(frames[t + 1], flows[t]) - frames[t])
        total += change[seen[t]].sum(dtype=np.float64)
        count += 3 * int(seen[t].sum())
    return float(total / count) if count else 0.0


def film_flicker(frames, mask: np.ndarray | None = None) -> float:
    """The flicker of frames uint8 (H, W, 3), one by one, their flow found here: grey levels, a mean over pairs.

    mask: bool (H, W), where it is looked at. NaN below two frames.
    """
    found, before = [], None
    for frame in frames:
        if before is not None:
            forwards, backwards = between.dense_flow(before, frame), between.dense_flow(frame, before)
            seen = between.mismatch(forwards, backwards) < SEEN
            seen = seen if mask is None else seen & mask
            found.append(flicker(np.stack([before, frame]), forwards[None], seen[None]))
        before = frame
    return float(np.mean(found)) if found else float("nan")
