"""The look from near as onnxruntime calculates it, without PyTorch: what `near_network.py` says; and by that itself."""

import functools

import numpy as np

from .. import swapped
from ..io import onnx_weights
from . import quick_landmarker


def network(file: str, points: int, size: int):
    """A function from squares, uint8 (N, size, size, 3), to points, float32 (N, points, 2) in [0, 1] of the square;
    None where a student's part is to be asked, or without onnxruntime.

    Raises errors.WeightsError.
    """
    return None if swapped.is_any("course.keypoints.heatmaps", "soft_argmax") else _network(file, points, size)


@functools.lru_cache(maxsize=2)
def _network(file: str, points: int, size: int):
    try:
        run = _written(file, points, size // 4)
    except ImportError:
        return None

    def points_of(squares: np.ndarray) -> np.ndarray:
        means = run(onnx_weights.pictures(squares))[0].reshape(len(squares), points, 3)
        return means[..., :2] + np.float32(0.5)

    return points_of


def _written(file: str, points: int, side: int):
    graph = onnx_weights.WrittenGraph(file)
    at_2 = _down(graph, graph.line(graph.input, 2 / 255, -1), "at_2")
    at_4 = _residual(graph, _down(graph, at_2, "at_4.0"), "at_4.1")
    at_8 = _residual(graph, _down(graph, at_4, "at_8.0"), "at_8.1")
    at_16 = _residual(graph, _down(graph, at_8, "at_16.0"), "at_16.1")
    y = graph.relu(graph.sum(at_8, graph.twice(graph.layer(at_16, "up_8"))))
    y = graph.relu(graph.sum(at_4, graph.twice(graph.layer(y, "up_4"))))
    maps = graph.layer(_residual(graph, y, "join"), "maps", width=points)
    return graph.run(quick_landmarker.centres(graph, maps, side))


def _down(graph, x: str, name: str) -> str:
    return graph.relu(graph.layer(x, f"{name}.0", f"{name}.1", stride=2))


def _residual(graph, x: str, name: str) -> str:
    y = graph.relu(graph.layer(x, f"{name}.layers.0", f"{name}.layers.1"))
    return graph.relu(graph.sum(x, graph.layer(y, f"{name}.layers.3", f"{name}.layers.4")))


@functools.lru_cache(maxsize=2)
def by_torch(file: str, points: int):
    """The same function by the parts that the lessons build. Raises errors.WeightsError."""
    import torch

    from ..io import weights
    from . import near_network

    net = weights.fill(near_network.NearNetwork(points), weights.load_tensors(file), file)

    @torch.inference_mode()
    def points_of(squares: np.ndarray) -> np.ndarray:
        return net(torch.from_numpy(squares).permute(0, 3, 1, 2).float().div(255)).numpy()

    return points_of
