"""The shipped network of `lips` in NumPy: the same answers as `lip_networks.VisemeNet`, for one sound at a time.

A film by a recording needs no PyTorch then, whose import takes longer than hearing a minute.
"""

import functools

import numpy as np

from .. import swapped
from ..io import weights

WEIGHTS = "speech.safetensors"
DILATIONS = (1, 2, 4, 8, 1, 2, 4, 8)  # of `lip_networks.Settings`
EPSILON = 1e-5  # of a batch norm


def is_ours() -> bool:
    """Whether no student's class stands in the place of the network."""
    return not swapped.is_any(f"{__name__.rpartition('.')[0]}.lip_networks", "VisemeNet")


@functools.lru_cache(maxsize=1)
def load() -> "Network":
    """The shipped network. Raises `errors.WeightsError`: missing, damaged, or another version's."""
    arrays = weights.load_arrays(WEIGHTS)
    try:
        network = Network(arrays)
        network.hear(np.zeros((network.entry.source, 2), np.float32), network.start())  # shapes show only now
    except (KeyError, ValueError):
        raise weights.misfit(WEIGHTS) from None
    return network


class Back:
    """A convolution that sees the present and the past: weight (D, C, K), bias (D,).

    y(t) = b + sum_k W_k x(s t + k d), where x begins with what is remembered
    """

    def __init__(self, weight: np.ndarray, bias: np.ndarray, dilation: int = 1, stride: int = 1):
        self.taps, self.bias = np.ascontiguousarray(weight.transpose(2, 0, 1)), bias[:, None]
        self.dilation, self.stride, self.source = dilation, stride, weight.shape[1]
        self.past = dilation * (len(self.taps) - 1) + 1 - stride

    def run(self, x: np.ndarray, state: np.ndarray) -> tuple:
        """(C, T) behind what `state` (C, past) holds of before -> (D, T / stride), the next state."""
        count = x.shape[1] // self.stride
        x = np.concatenate([state, x], axis=1)
        y = self.bias
        for k, tap in enumerate(self.taps):
            first = k * self.dilation
            y = y + tap @ x[:, first : first + self.stride * count : self.stride]
        return y, x[:, x.shape[1] - self.past :]


class Network:
    """All layers by their weights, {name: array}. usual: (80,), the mean spectrum of speech."""

    def __init__(self, arrays: dict):
        self.usual = arrays["usual"]
        self.entry = Back(arrays["entry.conv.weight"], arrays["entry.conv.bias"], stride=2)
        self.blocks = [self._block(arrays, f"blocks.{i}", dilation) for i, dilation in enumerate(DILATIONS)]
        self.norm = [each[:, None] for each in normed(arrays, "norm")]
        self.heads = [(arrays[f"heads.{i}.weight"][..., 0], arrays[f"heads.{i}.bias"][:, None]) for i in range(3)]

    @staticmethod
    def _block(arrays: dict, name: str, dilation: int) -> tuple:
        """A block's convolution, its batch norm within, W' = g W, b' = g b + c; and what mixes its channels."""
        gain, shift = normed(arrays, f"{name}.norm")
        wide = Back(gain[:, None, None] * arrays[f"{name}.wide.conv.weight"],
                    gain * arrays[f"{name}.wide.conv.bias"] + shift, dilation)
        return wide, arrays[f"{name}.mix.weight"][..., 0], arrays[f"{name}.mix.bias"][:, None]

    def start(self) -> list:
        """The state before any sound."""
        return [np.zeros((back.source, back.past), np.float32)
                for back in (self.entry, *(wide for wide, _, _ in self.blocks))]

    def hear(self, features: np.ndarray, state: list) -> tuple:
        """Features (81, 2 T) -> probabilities (V, T), curves (C, T), gates (2, T) of T moments.

        state: from `start`, is carried on in place.
        """
        x, state[0] = self.entry.run(features, state[0])
        for i, (wide, mix, bias) in enumerate(self.blocks, start=1):
            y, state[i] = wide.run(x, state[i])
            x = x + mix @ np.maximum(y, 0) + bias
        gain, shift = self.norm
        x = np.maximum(gain * x + shift, 0)
        logits, curves, gates = (weight @ x + bias for weight, bias in self.heads)
        likely = np.exp(logits - logits.max(axis=0))
        return likely / likely.sum(axis=0), curves, 0.5 + 0.5 * np.tanh(0.5 * gates)


def normed(arrays: dict, name: str) -> tuple:
    """A batch norm of that name as y = g x + c: g and c, (C,) each.

    g = w / sqrt(v + e),   c = b - g m
    """
    gain = arrays[f"{name}.weight"] / np.sqrt(arrays[f"{name}.running_var"] + EPSILON)
    return gain, arrays[f"{name}.bias"] - gain * arrays[f"{name}.running_mean"]
