"""The look at eyes from near as onnxruntime calculates it, without PyTorch: what `lids_network.py` says."""

import functools

import numpy as np

from .. import swapped
from ..io import onnx_weights
from . import quick_landmarker

POINTS, MAP = 7, 16  # of an eye; px a side of the maps


def network(file: str):
    """A function from squares round one eye, uint8 (N, 64, 64, 3), to its points, float32 (N, 7, 2) in [0, 1] of the
    square; None where a student's part is to be asked, or without onnxruntime.

    Raises errors.WeightsError.
    """
    return None if swapped.is_any("course.keypoints.heatmaps", "soft_argmax") else _network(file)


@functools.lru_cache(maxsize=1)
def _network(file: str):
    try:
        run = _written(file)
    except ImportError:
        return None

    def points_of(eyes: np.ndarray) -> np.ndarray:
        means = run(onnx_weights.pictures(eyes))[0].reshape(len(eyes), POINTS, 3)
        return means[..., :2] + np.float32(0.5)

    return points_of


def _written(file: str):
    graph = onnx_weights.WrittenGraph(file)
    at_2 = _down(graph, graph.line(graph.input, 2 / 255, -1), "at_2")
    at_4 = _residual(graph, _down(graph, at_2, "at_4.0"), "at_4.1")
    at_8 = _residual(graph, _down(graph, at_4, "at_8.0"), "at_8.1")
    at_16 = _residual(graph, _down(graph, at_8, "at_16.0"), "at_16.1")
    y = graph.relu(graph.sum(at_8, graph.twice(graph.layer(at_16, "up_8"))))
    y = graph.relu(graph.sum(at_4, graph.twice(graph.layer(y, "up_4"))))
    maps = graph.layer(_residual(graph, y, "join"), "maps", width=POINTS)
    return graph.run(quick_landmarker.centres(graph, maps, MAP))


def _down(graph, x: str, name: str) -> str:
    return graph.relu(graph.layer(x, f"{name}.0", f"{name}.1", stride=2))


def _residual(graph, x: str, name: str) -> str:
    y = graph.relu(graph.layer(x, f"{name}.layers.0", f"{name}.layers.1"))
    return graph.relu(graph.sum(x, graph.layer(y, f"{name}.layers.3", f"{name}.layers.4")))
