"""The landmarker as onnxruntime calculates it, without PyTorch: what `network.py` and `heatmaps.py` say.

The softmax of each map and its centre of mass are layers as well, so that a few numbers come out of it, and no maps.
"""

import functools

import numpy as np

from .. import swapped
from ..io import onnx_weights
from . import landmarks

CROP, MAP = 128, 32  # px a side of the crops and of the maps


def network(file: str):
    """A function from crops, uint8 (N, 128, 128, 3), to points, float32 (N, 78, 2) in [0, 1] of the crop, and to how
    wide their maps are, (N, 78) in shares of the map; None where a student's part is to be asked, or without
    onnxruntime.

    Raises errors.WeightsError.
    """
    if swapped.is_any("course.keypoints.heatmaps", "soft_argmax", "spread"):
        return None
    return _network(file)


@functools.lru_cache(maxsize=1)
def _network(file: str):
    try:
        run = _written(file)
    except ImportError:
        return None

    def points_of(crops: np.ndarray) -> tuple:
        means = run(onnx_weights.pictures(crops))[0].reshape(len(crops), landmarks.N_POINTS, 3)
        # s^2 = E x^2 - (E x)^2 + E y^2 - (E y)^2, x and y from the middle of the map
        spread = np.sqrt(np.maximum(means[..., 2] - (means[..., :2] ** 2).sum(axis=-1), 0))
        return means[..., :2] + np.float32(0.5), spread

    return points_of


def _written(file: str):
    graph = onnx_weights.WrittenGraph(file)
    x, seen = graph.line(graph.input, 2 / 255, -1), []
    for level, blocks in enumerate((0, 1, 2, 2)):
        x = graph.relu(graph.layer(x, f"downs.{level}.0.0", f"downs.{level}.0.1", stride=2))
        for block in range(1, blocks + 1):
            x = _residual(graph, x, f"downs.{level}.{block}")
        seen.append(x)
    y = graph.relu(graph.sum(seen[2], graph.twice(graph.layer(x, "up_16.0", "up_16.1"))))
    y = graph.twice(graph.layer(_residual(graph, y, "join_16"), "up_32.0", "up_32.1"))
    y = _residual(graph, graph.relu(graph.sum(graph.layer(seen[1], "skip_32.0", "skip_32.1"), y)), "join_32")
    return graph.run(centres(graph, graph.layer(y, "heatmaps", width=landmarks.N_POINTS), MAP))


def _residual(graph, x: str, name: str) -> str:
    y = graph.relu(graph.layer(x, f"{name}.first", f"{name}.first_norm"))
    return graph.relu(graph.sum(x, graph.layer(y, f"{name}.second", f"{name}.second_norm")))


def centres(graph, maps: str, size: int) -> str:
    """Of each map's softmax the means of x, y and x^2 + y^2, from its middle, in shares of its side:
    (N, K, size, size) -> (N K, 3)."""
    at = (np.arange(size) + 0.5) / size - 0.5
    y, x = (grid.ravel() for grid in np.meshgrid(at, at, indexing="ij"))
    shares = graph.node("Softmax", graph.node("Flatten", maps, axis=2), axis=1)
    return graph.node("MatMul", shares, graph.constant(np.stack([x, y, x**2 + y**2], axis=1)))
