"""The shipped models of idle movement in NumPy: the same rollouts as in `idle_networks`, for one person at a time.

The networks are so small that a film waits longer for PyTorch's import than for all that they calculate.
"""

import functools

import numpy as np

from .. import swapped
from ..io import weights
from .idle_features import CHANNELS, HISTORY, LATENT, POSITION, REFRACTORY, SINCE, SPEED, TOLD, TOP_SPEED, WINDOW

WEIGHTS = "motion.safetensors"
NETWORKS = ("autoregressive", "vae")
TAUGHT = ("MotionGRU", "MotionVAE", "autoregressive_rollout", "gru_rollout", "seen_by", "soft_limit", "vae_rollout")


def is_ours() -> bool:
    """Whether all of `idle_networks` that runs here in another way is the package's own: no student's part."""
    return not swapped.is_any(f"{__name__.rpartition('.')[0]}.idle_networks", *TAUGHT)


@functools.lru_cache(maxsize=1)
def load() -> dict:
    """The shipped weights: {"autoregressive": {name: float32 array}, "vae": ..., "blink_shape": (15,)}.

    Raises:
        errors.WeightsError: missing, damaged, or another version's.
    """
    arrays = weights.load_arrays(WEIGHTS)
    found = {network: {name.removeprefix(f"{network}."): value for name, value in arrays.items()
                       if name.startswith(f"{network}.")} for network in NETWORKS}
    try:
        for kind, own in found.items():  # a frame of each: names and shapes that do not fit show only now
            _rollout_of(kind)(own, np.zeros((1, TOLD), np.float32), np.zeros((1, CHANNELS + 1), np.float32))
        return found | {"blink_shape": arrays["blink_shape"]}
    except (KeyError, ValueError):
        raise weights.misfit(WEIGHTS) from None


def rollout(kind: str, told: np.ndarray, noise: np.ndarray) -> tuple:
    """Movement of the shipped network of that kind.

    Args:
        kind: one of `NETWORKS`; told: float32 (T, 5), the mouth; noise: (T, 9), as in `idle_networks.gru_rollout` and
            `vae_rollout`.
    Returns:
        values (T, 8) in units, and blinks (T,) of 0 and 1, float32.
    Raises:
        errors.WeightsError: as `load`.
    """
    return _rollout_of(kind)(load()[kind], told, noise)


def _rollout_of(kind: str):
    return vae_curves if kind == "vae" else gru_curves


class GRU:
    """A recurrent layer (Cho et al., 2014), its gates in torch's order: reset, update, new."""

    def __init__(self, arrays: dict, name: str, end: str = ""):
        """arrays: {weight: array}; name: of the layer; end: of its weights' names."""
        kinds = "weight_ih", "bias_ih", "weight_hh", "bias_hh"
        # (I, 3 H), (3 H,), (H, 3 H), (3 H,)
        self.seen, self.seen_bias, self.held, self.held_bias = (
            np.ascontiguousarray(arrays[f"{name}.{kind}_l0{end}"].T) for kind in kinds)
        self.width = len(self.held)

    def run(self, inputs: np.ndarray, state: np.ndarray) -> np.ndarray:
        """Inputs (T, I), the state before them (H,) -> the states after each, (T, H).

        r = s(W_r x + U_r h),   z = s(W_z x + U_z h),   n = tanh(W_n x + b_n + r (U_n h + c_n)),   h' = (1 - z) n + z h
        """
        width, states = self.width, np.empty((len(inputs), self.width), np.float32)
        for t, seen in enumerate(inputs @ self.seen + self.seen_bias):
            held = state @ self.held + self.held_bias
            reset, update = sigmoid(seen[: 2 * width] + held[: 2 * width]).reshape(2, width)
            new = np.tanh(seen[2 * width :] + reset * held[2 * width :])
            states[t] = state = (1 - update) * new + update * state
        return states


def gru_curves(arrays: dict, told: np.ndarray, noise: np.ndarray) -> tuple:
    """As `idle_networks.gru_rollout`, by the weights of a `MotionGRU`: values (T, 8), blinks (T,)."""
    cell, keep = GRU(arrays, "cell"), sigmoid(arrays["keep"])
    state, value, speed = np.zeros(cell.width, np.float32), *np.zeros((2, CHANNELS), np.float32)
    values, lids = np.zeros((len(told), CHANNELS), np.float32), Lids()
    for t, now in enumerate(told):
        seen = np.concatenate([value / POSITION, speed / SPEED, [lids.since], now], dtype=np.float32)
        state = cell.run(seen[None], state)[0]
        found = linear(arrays, "out", np.maximum(linear(arrays, "hidden", state), 0))
        mean = keep * seen[CHANNELS : 2 * CHANNELS] + found[:CHANNELS]
        deviation = np.exp(found[CHANNELS : 2 * CHANNELS].clip(-5, 1))
        lids.go_on(sigmoid(found[-1]), noise[t, -1])
        # v_t ~ N(m, s),  x_t = x_{t-1} + v_t
        speed = soft_limit(SPEED * mean + SPEED * deviation * noise[t, :CHANNELS], TOP_SPEED)
        value = values[t] = value + speed
    return values, np.array(lids.shut, np.float32)


def vae_curves(arrays: dict, told: np.ndarray, noise: np.ndarray) -> tuple:
    """As `idle_networks.vae_rollout`, by the weights of a `MotionVAE`: values (T, 8), blinks (T,)."""
    history, decoder, lids = GRU(arrays, "history"), GRU(arrays, "decoder"), Lids()
    values, speeds = np.zeros((2, HISTORY, CHANNELS), np.float32)
    since, told_all = [SINCE] * HISTORY, np.concatenate([told[:1].repeat(HISTORY, axis=0), told])
    for first in range(0, len(told), WINDOW):
        here = slice(first, min(first + WINDOW, len(told)))  # of what is asked for
        before = slice(len(values) - HISTORY, len(values))
        seen = np.column_stack([values[before] / POSITION, speeds[before] / SPEED, np.float32(since[before]),
                                told_all[before]])
        past = history.run(seen, np.zeros(history.width, np.float32))[-1]
        latent = np.zeros(LATENT, np.float32)
        drawn = noise[here, :CHANNELS].ravel()[:LATENT]
        latent[: len(drawn)] = drawn
        state = np.tanh(linear(arrays, "start", np.concatenate([past, latent])))
        count = here.stop - here.start
        hidden = decoder.run(np.column_stack([np.tile(latent, (count, 1)), told[here]]), state)
        made = soft_limit(SPEED * linear(arrays, "speed", hidden), TOP_SPEED)
        asked = np.column_stack([np.tile(past, (count, 1)), told[here]])
        logits = linear(arrays, "blink.2", np.maximum(linear(arrays, "blink.0", asked), 0))[:, 0]
        for chance, draw in zip(sigmoid(logits), noise[here, -1]):
            lids.go_on(chance, draw)
            since.append(lids.since)
        values = np.concatenate([values, values[-1] + np.cumsum(made, axis=0)])
        speeds = np.concatenate([speeds, made])
    return values[HISTORY:], np.array(lids.shut, np.float32)


class Lids:
    """Whether the lids shut, frame by frame: a draw against a chance, never twice within `REFRACTORY` frames.

    since: how long ago they last did, of 4 s; shut: 0 or 1 for each frame so far.
    """

    def __init__(self):
        self.since, self.shut = SINCE, []

    def go_on(self, chance: float, draw: float) -> None:
        """One more frame: the chance that they shut, and a number drawn evenly from 0 to 1."""
        now = bool(draw < chance) and self.since * 100 >= REFRACTORY
        self.since = 0.0 if now else min(1.0, self.since + 0.01)  # 0.04 s of 4 s
        self.shut.append(float(now))


def linear(arrays: dict, name: str, x: np.ndarray) -> np.ndarray:
    """x W^T + b of the layer of that name: (..., I) -> (..., O)."""
    return x @ arrays[f"{name}.weight"].T + arrays[f"{name}.bias"]


def sigmoid(x):
    """1 / (1 + e^-x), for numbers (...) of any size."""
    return 0.5 + 0.5 * np.tanh(0.5 * x)


def soft_limit(x, limit: float):
    """x while it is small, never beyond the limit: limit tanh(x / limit), (...) -> (...)."""
    return limit * np.tanh(x / limit)
