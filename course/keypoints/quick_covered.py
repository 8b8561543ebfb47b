"""The look whether a mouth is covered as onnxruntime calculates it, without PyTorch: what `covered_network.py` says."""

import functools

from ..io import onnx_weights

SIZE = 48  # px of the crop


@functools.lru_cache(maxsize=1)
def network(file: str):
    """A function from one face, uint8 (48, 48, 3), to the probability that its mouth is covered; None without
    onnxruntime.

    Raises errors.WeightsError.
    """
    try:
        run = _written(file)
    except ImportError:
        return None
    return lambda face: run(onnx_weights.pictures(face[None]))[0].item()


def _written(file: str):
    graph = onnx_weights.WrittenGraph(file)
    x = graph.line(graph.input, 1 / 255, -0.5)
    for layer in (0, 3, 6, 9):  # 48 -> 24 -> 12 -> 6 -> 3 px
        x = graph.relu(graph.layer(x, f"layers.{layer}", f"layers.{layer + 1}", stride=2))
    y = graph.dense(graph.node("Flatten", x, axis=1), "head", 64 * 3 * 3, 1)
    return graph.run(graph.node("Sigmoid", y))
