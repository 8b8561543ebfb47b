"""Idle movement by a learned model: the same channels as `idle.idle_motion`, from the weights in `data/`.

Head, brows and the moments of blinks come from the network; gaze, breath and what stress adds stay drawn by hand, as
in `motion/idle.py`: the tracks do not show where somebody looks, and know no words.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .. import errors
from ..face import channels
from ..interpolation import smoothstep
from ..io import weights
from . import emphasis, idle, idle_features, motion, quick_idle

WEIGHTS = quick_idle.WEIGHTS
KINDS = ("autoregressive", "vae")
EASE = 0.8  # s in which movement leaves the photo's pose, and comes back to it
# The networks learn from 106 s of seven people: most of their draws move a third as fast as those do, some run wild.
# Each draw is made larger or smaller until its head moves at about `AIM`, which brings every distance to the left-out
# people down (data/motion.md).
AIM = 9.0  # degrees a second, of people who talk
NEARER = 0.9  # 1 all draws at the same speed, 0 each at its own
LEAST, MOST = 0.7, 3.5  # times a draw's own size
LIMIT = np.array([9.0, 9.0, 7.0, 6.0, 6.0, 5.0, 5.0, 5.0])  # units; movement bends towards them and never passes


@functools.lru_cache(maxsize=2)
def load(path=None) -> dict:
    """Both networks by name, and "blink_shape": those that ship, or a file's. Raises `errors.WeightsError`."""
    from . import idle_networks

    tensors = weights.load_tensors(WEIGHTS if path is None else path)
    if "blink_shape" not in tensors:
        raise weights.misfit(WEIGHTS)
    networks = {"vae": idle_networks.MotionVAE(), "autoregressive": idle_networks.MotionGRU()}
    weights.into_networks(tensors, networks, WEIGHTS)
    return networks | {"blink_shape": tensors["blink_shape"].numpy()}


def curves(opening: np.ndarray, seed: int = 0, kind: str = "autoregressive", networks: dict | None = None) -> tuple:
    """Head and brows in units (T, 8), and blinks (T,), for a mouth's opening (T,) at 25 frames a second.

    The network starts 2 s before the clip, at rest, so that the clip does not begin in its first frames.

    Raises:
        errors.MotionError: no such kind; errors.WeightsError: no networks.
    """
    if kind not in KINDS:
        raise errors.MotionError(f"there is no motion model {kind!r}: choose from {', '.join(KINDS)}")
    before = idle_features.WINDOW
    padded = np.concatenate([np.full(before, opening[0] if len(opening) else 0.0), opening])
    told = idle_features.conditions(padded)
    random = np.random.default_rng((seed, KINDS.index(kind)))
    noise = np.concatenate([random.standard_normal((len(padded), idle_features.CHANNELS)),
                            random.random((len(padded), 1))], axis=1).astype(np.float32)
    values, blinks = _rolled_out(kind, networks, told, noise)
    values = livelier(values)
    # What the tracks were freed of when the networks learned, their own movement is freed of too: it cannot drift.
    values[:, idle_features.HEAD] = idle_features.without_drift(values[:, idle_features.HEAD])
    values = LIMIT * np.tanh(values / LIMIT)
    return values[before:], blinks[before:]


def _rolled_out(kind: str, networks: dict | None, told: np.ndarray, noise: np.ndarray) -> tuple:
    """Values (T, 8) and blinks (T,): of the shipped networks without PyTorch, of others by their own rollouts."""
    if networks is None and quick_idle.is_ours():
        return quick_idle.rollout(kind, told, noise)
    import torch

    from . import idle_networks

    network, told, noise = (networks or load())[kind], torch.from_numpy(told), torch.from_numpy(noise)
    with torch.inference_mode():
        rollout = idle_networks.vae_rollout if kind == "vae" else idle_networks.gru_rollout
        values, blinks, *_ = rollout(network, told, noise)
    return values.numpy(), blinks.numpy()


def livelier(values: np.ndarray) -> np.ndarray:
    """The same movement at the speed of people: (T, 8) in units -> float64 (T, 8).

    Shifts and brows grow by the root of what angles do; no frame differs more than `TOP_SPEED` from the one before.
    """
    speeds = np.diff(values, axis=0, prepend=np.zeros((1, values.shape[1]), values.dtype))
    own = float(np.sqrt(np.mean(speeds[:, :3] ** 2))) * idle_features.FPS if len(values) else 0.0  # degrees a second
    # s = (aim / own)^b
    size = min(MOST, max(LEAST, (AIM / max(own, 1e-6)) ** NEARER))
    times = np.array([size] * 3 + [size**0.5] * 5, values.dtype)
    return np.cumsum(quick_idle.soft_limit(speeds * times, idle_features.TOP_SPEED), axis=0, dtype=np.float64)


def idle_motion(lips: motion.Motion, seed: int = 0, strength: float = 1.0, accents=None, kind: str = "autoregressive",
                networks: dict | None = None, questions=()) -> motion.Motion:
    """Blinks, gaze, head and brows for spoken lips, as `idle.idle_motion` gives them by hand.

    Args:
        lips: a Motion over the lip channels; the others: as in `Manner`.
    Returns:
        Motion over all 57 channels, as long and at the same rate, offsets from the face at rest.
    Raises:
        errors.MotionError: no such kind; errors.WeightsError: no networks.
    """
    opening = idle_features.opening_of(lips.resample(idle_features.FPS))
    manner = Manner(seed, strength, () if accents is None else accents, kind, networks, questions)
    return from_opening(opening, len(lips), lips.fps, manner)


@dataclass
class Manner:
    """How somebody moves while nothing else is asked for.

    seed: the same one moves the same; strength: scales all head movement, 0 keeps the head still; accents: (seconds,
    strength 0 to 1) pairs where the speech is stressed; kind: one of `KINDS`; networks: as `load` gives
    them, those that ship by default; questions: seconds at which questions end.
    """

    seed: int = 0
    strength: float = 1.0
    accents: Sequence = ()
    kind: str = "autoregressive"
    networks: dict | None = None
    questions: Sequence = ()


def from_opening(opening: np.ndarray, count: int, fps: float, manner: Manner) -> motion.Motion:
    """The same for a mouth's opening, float (T,), at 25 frames a second: `count` frames at `fps`."""
    settings, times = idle.Settings(), (np.arange(count) + 0.5) / fps
    seed, strength = manner.seed, manner.strength
    made, blinks = curves(opening, seed, manner.kind, manner.networks)
    at = (np.arange(len(made)) + 0.5) / idle_features.FPS
    ease = smoothstep(0, EASE, times) * smoothstep(0, EASE, count / fps - times)
    values = {name: np.zeros(count) for name in channels.CHANNELS}
    for number, name in enumerate(idle_features.MOVING):
        curve = np.interp(times, at, made[:, number] * idle_features.UNIT[number])
        head = name in channels.HEAD
        values[name] = ease * (strength * curve if head else np.clip(curve, 0, None))
    looking, stressing, blinking = (np.random.default_rng((seed, part)) for part in (1, 3, 0))
    moments = [(np.floor(moment * fps) + 0.5) / fps for moment in at[blinks > 0] if 0.2 < moment < count / fps - 0.1]
    if not moments and count > 3 * fps:  # a face that does not blink for longer than this looks like a photo
        moments = idle.blink_moments(count / fps, fps, blinking, settings)
    shut = blink_curve(times, moments, (manner.networks or quick_idle.load())["blink_shape"])
    values["eyeBlinkLeft"], values["eyeBlinkRight"] = shut, shut
    idle.look_about(values, times, looking, settings)
    if len(manner.accents):
        emphasis.stress(values, times, strength, manner.accents, stressing)
    emphasis.ask(values, times, strength, manner.questions, stressing)
    return motion.Motion(np.stack(list(values.values()), axis=1), channels.CHANNELS, fps)


def blink_curve(times: np.ndarray, moments, shape: np.ndarray) -> np.ndarray:
    """Whole blinks of a measured shape (15,), one value every 0.04 s, at the given moments: (T,), 0 to 1."""
    around = (np.arange(len(shape)) - len(shape) // 2) / idle_features.FPS
    shut = np.zeros(len(times))
    for moment in moments:
        near = slice(*np.searchsorted(times, [moment - 0.3, moment + 0.3]))
        shut[near] = np.maximum(shut[near], np.interp(times[near] - moment, around, shape, left=0, right=0))
    return shut
