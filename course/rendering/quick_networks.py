"""The networks of a frame as onnxruntime calculates them: a quarter sooner than torch, the same numbers to a millionth.

What is taught and trained are torch's modules. Here the same layers are written down once more, from their weights; so
those that ship run without PyTorch, whose import alone takes longer than a short film.
"""

import functools

import numpy as np

from .. import errors
from ..io import onnx_graph, weights

SLOPE = 0.1  # of a leaky ReLU below 0, `animator_networks.SLOPE`


class Quick:
    """A network that runs from its weights, without PyTorch. `shipped_networks` adds torch's module.

    file: name of its weights; name: "mouth" or "eye" of the animator, "matting" or "refiner" of the layers.
    """

    def __init__(self, file: str, name: str, arrays: dict):
        """arrays: {weight: float32 array}, all of the network's. Raises errors.WeightsError: they are another's."""
        self.file, self.name = file, name
        try:
            written = WRITERS[CLASSES[name]](arrays)
            self._session = onnx_graph.session(written, keeps=False)
            channels = self._session.get_inputs()[0].shape[1]
            self.run(np.zeros((1, channels, 16, 16), np.float32))  # shapes that do not fit show only now
        except Exception as problem:  # onnxruntime raises what it likes
            raise weights.misfit(file) from problem

    def run(self, inputs: np.ndarray) -> np.ndarray:
        """What `runner` gives of the network."""
        return self._session.run(None, {onnx_graph.Graph.input: inputs})[0]


def runner(network):
    """A function from float32 (N, C, H, W) to float32 (N, c, H, W) that calculates as the network does, or None where
    it has to be asked itself: one of another class, on another device, or without onnxruntime.

    network: a `Quick`; or a module of torch. An `AnimatorNetwork` and a `Matting` are written down between their
    `PixelUnshuffle` and their `PixelShuffle`; of a `Refiner` its `trunk`.
    """
    if isinstance(network, Quick):
        return network.run
    if _class_of(network) not in WRITERS:
        return None
    own = _weights(network)
    if any(each.device.type != "cpu" or each.is_inference() for each in own):
        return None
    # torch counts how often a tensor was written to: a network that has learnt since is written down again
    return _runner(network, tuple(each._version for each in own))


def asked(network, inputs: np.ndarray):
    """What torch itself calculates: a network as in `runner`, float32 (N, C, H, W) -> an array, or a tuple of arrays
    where the network gives several."""
    import torch

    network = network.module() if isinstance(network, Quick) else network
    if hasattr(network, "ask"):  # an `on_device.Network`
        return network.ask(inputs)
    with torch.inference_mode():
        given = network(torch.from_numpy(inputs).contiguous(memory_format=torch.channels_last))
        return tuple(each.numpy() for each in given) if isinstance(given, tuple) else given.numpy()


def _class_of(network) -> str:
    """"animator_networks.AnimatorNetwork"; "" for a class that does not stand in this room."""
    room, _, file = type(network).__module__.rpartition(".")
    return f"{file}.{type(network).__qualname__}" if room == __name__.rpartition(".")[0] else ""


@functools.lru_cache(maxsize=8)
def _weights(network) -> list:
    return list(network.parameters())  # torch takes as long to list them as to calculate a layer


@functools.lru_cache(maxsize=8)
def _runner(network, _versions):
    arrays = {name: value.detach().numpy() for name, value in network.state_dict().items()}
    try:
        session = onnx_graph.session(WRITERS[_class_of(network)](arrays), keeps=False)
    except ImportError:
        return None
    return lambda inputs: session.run(None, {onnx_graph.Graph.input: inputs})[0]


def unshuffled(squares: np.ndarray) -> np.ndarray:
    """`PixelUnshuffle(2)`: (N, S, S, C) -> float32 (N, 4 C, S / 2, S / 2), channels as torch orders them."""
    n, side, _, channels = squares.shape
    parts = squares.reshape(n, side // 2, 2, side // 2, 2, channels).transpose(0, 5, 2, 4, 1, 3)
    return parts.astype(np.float32, order="C").reshape(n, 4 * channels, side // 2, side // 2)


def shuffled(parts: np.ndarray) -> np.ndarray:
    """`PixelShuffle(2)`: (N, 4 C, s, s) -> (N, 2 s, 2 s, C)."""
    n, channels, side, _ = parts.shape
    parts = parts.reshape(n, channels // 4, 2, 2, side, side).transpose(0, 4, 2, 5, 3, 1)
    return parts.reshape(n, 2 * side, 2 * side, channels // 4)


# ---------------------------------------------------------------- written down


class _Graph(onnx_graph.Graph):
    """A graph whose layers have the names of a network's weights, each of which is there to be used."""

    def __init__(self, arrays: dict, first: str):
        super().__init__(arrays[f"{first}.weight"].shape[1])
        self.arrays, self.used = arrays, set()

    def layer(self, x: str, name: str, stride: int = 1) -> str:
        """A convolution of that name."""
        names = f"{name}.weight", f"{name}.bias"
        self.used.update(names)
        return self.convolved(x, *(self.arrays[each] for each in names), (stride, stride))

    def residual(self, x: str, name: str) -> str:
        """An `animator_networks.Residual` of that name."""
        y = self.layer(self.leaky(x), f"{name}.first")
        return self.node("Add", x, self.layer(self.leaky(y), f"{name}.second"))

    def leaky(self, x: str) -> str:
        """A leaky ReLU."""
        return self.node("LeakyRelu", x, alpha=SLOPE)

    def up(self, x: str, name: str, beside: str, times: int = 2, how: str = "nearest") -> str:
        """A convolution's answer, made larger, and what lies beside it."""
        return self.node("Add", beside, self.larger(self.layer(x, name), times, how))

    def written(self, y: str) -> bytes:
        """The model. Raises errors.WeightsError: weights are left over, so they are of another network."""
        if left := self.arrays.keys() - self.used:
            raise errors.WeightsError(f"weights that no layer takes: {', '.join(sorted(left))}")
        return self.model(y)


def _animator(arrays: dict) -> bytes:
    graph = _Graph(arrays, "at_2.1")
    at_2 = graph.residual(graph.layer(graph.input, "at_2.1"), "at_2.2")
    at_4 = graph.residual(graph.layer(at_2, "at_4.0", 2), "at_4.1")
    at_8 = graph.residual(graph.residual(graph.layer(at_4, "at_8.0", 2), "at_8.1"), "at_8.2")
    y = graph.residual(graph.up(at_8, "up_4", at_4), "join_4")
    y = graph.residual(graph.up(y, "up_2", at_2), "join_2")
    return graph.written(graph.layer(graph.leaky(y), "paint.1"))


def _matting(arrays: dict) -> bytes:
    graph = _Graph(arrays, "first.1")
    seen = [graph.residual(graph.layer(graph.input, "first.1"), "first.2")]
    depth = sum(name.startswith("down.") and name.endswith(".0.weight") for name in arrays)
    for k in range(depth):
        seen.append(graph.residual(graph.layer(seen[-1], f"down.{k}.0", 2), f"down.{k}.1"))
    y = graph.residual(graph.residual(seen.pop(), "deepest.0"), "deepest.1")
    for k in reversed(range(depth)):
        y = graph.residual(graph.up(y, f"up.{k}", seen.pop()), f"join.{k}")
    return graph.written(graph.layer(graph.leaky(y), "last.1"))


def _refiner(arrays: dict) -> bytes:
    graph = _Graph(arrays, "fine.0")
    fine = graph.residual(graph.layer(graph.input, "fine.0"), "fine.1")
    coarse = graph.residual(graph.layer(fine, "coarse.0", 2), "coarse.1")
    coarse = graph.residual(graph.residual(graph.layer(coarse, "coarse.2", 2), "coarse.3"), "coarse.4")
    y = graph.residual(graph.up(coarse, "up", fine, 4, "linear"), "join")
    return graph.written(graph.layer(graph.leaky(y), "last.1"))


WRITERS = {"animator_networks.AnimatorNetwork": _animator, "layers_networks.Matting": _matting,
           "layers_networks.Refiner": _refiner}
CLASSES = {"mouth": "animator_networks.AnimatorNetwork", "eye": "animator_networks.AnimatorNetwork",
           "matting": "layers_networks.Matting", "refiner": "layers_networks.Refiner"}
