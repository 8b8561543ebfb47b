"""The animator's network as an ONNX file, and an animator that paints with it."""

import numpy as np
import torch

from course import animation
from course.rendering import animator

from . import onnx_graph

CHANNELS = 9  # of a square: warp, masks, photo, mask


def export_animator(net, graph):
    """Write an `AnimatorNetwork` into an empty graph; the name of what comes out."""

    def leaky(x):
        return graph.node("LeakyRelu", x, alpha=0.1)

    def residual(x, block):
        y = graph.conv(leaky(x), block.first)
        return graph.node("Add", x, graph.conv(leaky(y), block.second))

    at_2 = residual(graph.conv(graph.unshuffle(graph.input), net.at_2[1]), net.at_2[2])
    at_4 = residual(graph.conv(at_2, net.at_4[0]), net.at_4[1])
    at_8 = residual(residual(graph.conv(at_4, net.at_8[0]), net.at_8[1]), net.at_8[2])
    y = residual(graph.node("Add", at_4, graph.twice(graph.conv(at_8, net.up_4))), net.join_4)
    y = residual(graph.node("Add", at_2, graph.twice(graph.conv(y, net.up_2))), net.join_2)
    return graph.node("DepthToSpace", graph.conv(leaky(y), net.paint[1]), blocksize=2, mode="CRD")


class OnnxPainter:
    """An exported network that is called as torch's own: squares (N, 9, S, S) -> paint (N, 3, S, S), both tensors.

    S: a multiple of 8."""

    def __init__(self, network: torch.nn.Module, export=export_animator):
        """export: what writes the network into a graph."""
        graph = onnx_graph.Graph(CHANNELS)
        output = export(network, graph)
        self.file = graph.file(output)
        self.session = graph.session(output)

    def __call__(self, squares: torch.Tensor) -> torch.Tensor:
        """Squares (N, 9, S, S) -> paint (N, 3, S, S)."""
        return torch.from_numpy(self.session.run(None, {onnx_graph.Graph.input: squares.numpy()})[0])


def painters(export=export_animator) -> dict:
    """Both shipped networks, exported: {"mouth": ..., "eye": ...}."""
    return {name: OnnxPainter(network, export) for name, network in animator.load_networks().items()}


def painted_by(actor: animation.Actor, networks: dict, values: np.ndarray) -> np.ndarray:
    """A frame of an actor whose mouth and eyes are painted by other networks: values (57,) -> uint8 (H, W, 3)."""
    own = actor.portrait.animator
    before, own.networks = own.networks, networks
    try:
        return actor.frame(values)
    finally:
        own.networks = before


def largest_difference(network: torch.nn.Module, painter: OnnxPainter, squares: torch.Tensor) -> float:
    """By how much both paint otherwise at most, in parts of white: squares (N, 9, S, S)."""
    with torch.inference_mode():
        return float((network(squares) - painter(squares)).abs().max())
