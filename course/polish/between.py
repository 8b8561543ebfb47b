"""Frames between two frames, by optical flow in both directions.

    before, after -> flows both ways -> both warped to a moment between -> mixed, by time and by who can see it

The flow runs backwards, as every warp here does: target(x) = source(x + flow(x)), in pixels, x to the right, y down.
"""

import cv2
import numpy as np

CUT = 30.0  # grey levels that a warp may be off in the mean: beyond it two frames show different things
SAME = 1e-3  # frames: a moment this near to a frame is that frame


def dense_flow(target: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Where each pixel of the target is in the source: uint8 (H, W, 3) twice -> float32 (H, W, 2), x then y, pixels.

    Kroeger, Timofte, Dai and Van Gool, "Fast optical flow using dense inverse search", 2016. Pictures smaller than
    24 pixels have no movement.
    """
    grey = [cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY) for image in (target, source)]
    if min(grey[0].shape) < 24:  # its pyramid has no room
        return np.zeros((*grey[0].shape, 2), np.float32)
    return cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(*grey, None)


def flow_warp(image: np.ndarray, flow: np.ndarray) -> np.ndarray:
    """image(x + flow(x)), read between pixels by cubics: (H, W[, C]), (H, W, 2) in pixels -> float32 (H, W[, C]).

    Beyond the border its last pixels go on.
    """
    height, width = flow.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    image = np.ascontiguousarray(image, np.float32)
    return cv2.remap(image, x + np.float32(flow[..., 0]), y + np.float32(flow[..., 1]), cv2.INTER_CUBIC,
                     borderMode=cv2.BORDER_REPLICATE)


def mismatch(flow: np.ndarray, other: np.ndarray) -> np.ndarray:
    """How far from home one lands who goes along a flow and comes back along the other: (H, W, 2) twice -> (H, W) px.

    Large where a pixel of the first picture cannot be seen in the second.
    """
    return np.linalg.norm(flow + flow_warp(other, flow), axis=-1)


def interpolate_frames(before: np.ndarray, after: np.ndarray, forwards: np.ndarray, backwards: np.ndarray,
                       t: float) -> np.ndarray:
    """The frame at t between two frames: 0 is before, 1 is after.

    The flows from the moment to both frames are mixed out of the two that are known, and a candidate of each frame
    counts as far as the other frame sees its pixels too (Jiang et al., "Super SloMo", 2018).

    Args:
        before, after: uint8 (H, W, 3); forwards: (H, W, 2), where pixels of `before` are in `after`; backwards: where
            pixels of `after` are in `before`; t: 0 to 1.
    Returns:
        uint8 (H, W, 3).
    """
    # F_t->0 = -(1-t) t F_0->1 + t^2 F_1->0,   F_t->1 = (1-t)^2 F_0->1 - t (1-t) F_1->0
    to_before = t * (t * backwards - (1 - t) * forwards)
    to_after = (1 - t) * ((1 - t) * forwards - t * backwards)
    # what only one of the frames shows is taken from that one
    only_before = flow_warp(mismatch(forwards, backwards), to_before)
    only_after = flow_warp(mismatch(backwards, forwards), to_after)
    first, second = (1 - t) / (1 + only_after**2), t / (1 + only_before**2)
    share = (second / (first + second))[..., None]
    mixed = (1 - share) * flow_warp(before, to_before) + share * flow_warp(after, to_after)
    return np.clip(np.round(mixed), 0, 255).astype(np.uint8)


def in_between(before: np.ndarray, after: np.ndarray, moments) -> list:
    """The frames at some moments t, 0 to 1, between two: uint8 (H, W, 3) twice -> list of uint8 (H, W, 3).

    Across a cut there is nothing between: the nearer frame is shown again.
    """
    forwards, backwards = dense_flow(before, after), dense_flow(after, before)
    off = np.abs(flow_warp(after, forwards) - before).mean()
    if off > CUT:
        return [before if t < 0.5 else after for t in moments]
    return [interpolate_frames(before, after, forwards, backwards, t) for t in moments]


def at_rate(frames, fps: float, wanted: float):
    """The same film with more frames a second, or fewer: frames uint8 (H, W, 3), one by one -> the same.

    Moments lie in the middle of their frames, as in `Motion.resample`. Two frames are held at a time.
    """
    if wanted == fps:
        yield from frames
        return
    made, before, number, waiting = 0, None, -1, []
    for number, after in enumerate(frames):
        before = after if before is None else before
        waiting, at = [], (made + 0.5) / wanted * fps - 0.5
        while at <= number and number or at <= 0:
            waiting.append(np.clip(at - (number - 1), 0, 1) if number else 1.0)
            made += 1
            at = (made + 0.5) / wanted * fps - 0.5
        yield from _at(before, after, waiting)
        before = after
    for _ in range(made, round((number + 1) / fps * wanted)):  # what lies after the last frame's middle
        yield before


def _at(before, after, moments: list):
    """Frames at moments t between two, in order; near 0 and 1 the frames themselves."""
    inner = [t for t in moments if SAME < t < 1 - SAME]
    made = iter(in_between(before, after, inner) if inner else ())
    for t in moments:
        yield before if t <= SAME else after if t >= 1 - SAME else next(made)
