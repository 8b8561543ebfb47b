"""What the models of head movement see and make: movement without drift, and how far a mouth is open."""

import numpy as np

from .. import interpolation
from ..face import model as face_model
from . import motion

FPS = 25.0
MOVING = ("headPitch", "headYaw", "headRoll", "headX", "headY", "browInnerUp", "browOuterUpLeft", "browOuterUpRight")
HEAD = slice(0, 5)
# What counts as much as a degree: degrees, eye distances, channel units. Sizes of usual movement, not of this data.
UNIT = np.array([1.0, 1.0, 1.0, 0.02, 0.02, 0.1, 0.1, 0.1], np.float32)
DRIFT = 1.5  # s, standard deviation of the running mean that counts as drift
# What `idle_networks` are built for
CHANNELS = len(MOVING)
TOLD = 5  # numbers a frame about the mouth, `conditions`
SEEN = 2 * CHANNELS + 1 + TOLD  # position, speed, time since the last blink, mouth
WINDOW = 50  # frames that one latent of the VAE makes: 2 s
HISTORY = 16  # frames it continues from
LATENT = 16
SPEED = 0.25  # units a frame that count as 1 inside the networks
POSITION = 3.0  # units that count as 1 inside
TOP_SPEED = 2.0  # units a frame: 50 degrees a second; no frame differs more from the one before
SINCE = 0.5  # of 4 s: how long ago the last blink was, where nobody knows
REFRACTORY = 8  # frames between two blinks, at least
FULL_GAP = 0.15  # gap of the inner lips, in eye distances, that counts as an opening of 1


def without_drift(head: np.ndarray) -> np.ndarray:
    """Movement of the head about its own slow running mean: (T, C) -> (T, C)."""
    return head - slow(head)


def slow(curve: np.ndarray) -> np.ndarray:
    """The slow part of a movement, over seconds: (T, C) -> (T, C)."""
    return smooth(curve, DRIFT)


def smooth(curve: np.ndarray, seconds: float) -> np.ndarray:
    """A curve less its quick changes, at 25 frames a second: (T, ...) -> float64 (T, ...).

    seconds: standard deviation of the Gaussian over time.
    """
    return interpolation.gaussian(curve, seconds * FPS) if len(curve) else np.asarray(curve, np.float64)


def opening_of_gap(gap: np.ndarray) -> np.ndarray:
    """Gap of the inner lips in eye distances (T,) -> float32 opening (T,): 0 shut, 1 in an open vowel, 2 at most."""
    return np.clip(gap / FULL_GAP, 0, 2).astype(np.float32)


def opening_of(lips: motion.Motion) -> np.ndarray:
    """The same opening for spoken lips, read off the average face: Motion -> float32 (T,)."""
    model = face_model.FaceModel.load()
    # gap = (X_66 - X_62)_y,  X = mean + sum_j v_j D_j: what the channels add to lips at rest
    reach = model.channels[:, 66, 1] - model.channels[:, 62, 1]  # (51,)
    return opening_of_gap(lips.full()[:, : len(reach)] @ reach)


def conditions(opening: np.ndarray) -> np.ndarray:
    """What the models are told of the mouth: (T,) -> float32 (T, 5).

    The opening now; smoothed over a syllable, now, 0.2 s and 0.5 s ahead (a nod begins before its word); and over a
    second, which is whether anybody speaks at all.
    """
    if not len(opening):
        return np.zeros((0, 5), np.float32)
    syllable, speaking = smooth(opening, 0.1), smooth(opening, 1.0)
    ahead = [np.append(syllable[n:], np.full(min(n, len(syllable)), syllable[-1])) for n in (5, 12)]
    return np.stack([opening, syllable, *ahead, speaking], axis=1).astype(np.float32)


def since_blink(blinks: np.ndarray) -> np.ndarray:
    """Seconds since the last blink, at most 4, over 4: (..., T) -> float32 (..., T); 0 in the frame of a blink.

    Before the first one, as if there had been one 2 s before the beginning."""
    frames = np.arange(blinks.shape[-1])
    last = np.maximum.accumulate(np.where(blinks > 0, frames, -51), axis=-1)
    return (np.minimum((frames - last) / FPS, 4) / 4).astype(np.float32)
