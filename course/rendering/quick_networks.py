"""The networks of a frame as onnxruntime calculates them: a quarter sooner than torch, the same numbers to a millionth.

What is taught and trained are torch's modules. Here the same layers are written down once more, from their weights.
"""

import functools

import numpy as np
from torch import nn

from ..io import onnx_graph
from . import animator_networks, layers_networks


def runner(network):
    """A function from float32 (N, C, H, W) to float32 (N, c, H, W) that calculates as the network does, or None where
    it has to be asked itself: one of another class, on another device, or without onnxruntime.

    network: an `AnimatorNetwork`, between its `PixelUnshuffle` and its `PixelShuffle`; or a `Refiner`'s `trunk`.
    """
    if type(network) not in WRITERS:
        return None
    weights = _weights(network)
    if any(each.device.type != "cpu" or each.is_inference() for each in weights):
        return None
    # torch counts how often a tensor was written to: a network that has learnt since is written down again
    return _runner(network, tuple(each._version for each in weights))


@functools.lru_cache(maxsize=8)
def _weights(network) -> list:
    return list(network.parameters())  # torch takes as long to list them as to calculate a layer


@functools.lru_cache(maxsize=8)
def _runner(network, _versions):
    try:
        session = onnx_graph.session(WRITERS[type(network)](network), keeps=False)
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


def _animator(net: animator_networks.AnimatorNetwork) -> bytes:
    graph = onnx_graph.Graph(net.at_2[1].in_channels)
    at_2 = _layers(graph, net.at_2[1:], graph.input)
    at_4 = _layers(graph, net.at_4, at_2)
    at_8 = _layers(graph, net.at_8, at_4)
    y = _layer(graph, net.join_4, graph.node("Add", at_4, graph.larger(_layer(graph, net.up_4, at_8), 2, "nearest")))
    y = _layer(graph, net.join_2, graph.node("Add", at_2, graph.larger(_layer(graph, net.up_2, y), 2, "nearest")))
    return graph.model(_layers(graph, net.paint[:-1], y))


def _refiner(net: layers_networks.Refiner) -> bytes:
    graph = onnx_graph.Graph(layers_networks.N_FRAME)
    fine = _layers(graph, net.fine, graph.input)
    coarse = graph.larger(_layer(graph, net.up, _layers(graph, net.coarse, fine)), 4, "linear")
    return graph.model(_layers(graph, net.last, _layer(graph, net.join, graph.node("Add", fine, coarse))))


WRITERS = {animator_networks.AnimatorNetwork: _animator, layers_networks.Refiner: _refiner}


def _layers(graph, layers, x: str) -> str:
    for layer in layers:
        x = _layer(graph, layer, x)
    return x


def _layer(graph, layer, x: str) -> str:
    if isinstance(layer, nn.Conv2d):
        return graph.conv(x, layer)
    if isinstance(layer, nn.LeakyReLU):
        return graph.node("LeakyRelu", x, alpha=float(layer.negative_slope))
    if isinstance(layer, animator_networks.Residual):
        y = graph.node("LeakyRelu", x, alpha=animator_networks.SLOPE)
        y = graph.node("LeakyRelu", _layer(graph, layer.first, y), alpha=animator_networks.SLOPE)
        return graph.node("Add", x, _layer(graph, layer.second, y))
    raise TypeError(f"no way to write down {type(layer).__name__}")
