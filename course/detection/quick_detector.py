"""The shipped detector as onnxruntime calculates it, without PyTorch: what `network.py` and `boxes.py` say."""

import functools

import numpy as np

from .. import swapped
from ..io import onnx_weights
from . import constants, pictures, quick_boxes


class QuickDetector:
    """The shipped network and the arithmetic of `quick_boxes.py`; as `torch_detector.TorchDetector`."""

    def __init__(self, run):
        """run: pictures, float32 (1, 3, H, W) from 0 to 255 -> scores (1, A), offsets (1, 4 A)."""
        self._run = run

    def look(self, image: np.ndarray, side: int) -> tuple:
        """All anchors' answers for uint8 (H, W, 3), its long side at `side` pixels: boxes (A, 4) in its pixels, and
        scores (A,)."""
        small, scale = pictures.shrink(image, side)
        padded = pictures.pad(small, max(constants.STRIDES))
        scores, offsets = self._run(onnx_weights.pictures(padded[None]))
        return quick_boxes.decoded(offsets.reshape(-1, 4), _anchors(*padded.shape[:2])) / scale, scores[0]

    def overlap(self, box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
        """Of one box (4,) with others (A, 4): IoU, (A,)."""
        return quick_boxes.overlaps(box[None], boxes)[0]

    def kept(self, faces: np.ndarray, threshold: float) -> np.ndarray:
        """Which of some boxes with scores, (N, 5), non-maximum suppression leaves: indices (K,), best first."""
        return quick_boxes.kept(faces[:, :4], faces[:, 4], threshold)


def shipped() -> QuickDetector | None:
    """The shipped detector; None where a student's part is to be asked, or without onnxruntime.

    Raises errors.WeightsError.
    """
    if swapped.is_any("course.detection.boxes", "iou", "area", "make_anchors", "decode_boxes", "nms"):
        return None
    return _detector()


@functools.lru_cache(maxsize=1)
def _detector() -> QuickDetector | None:
    try:
        return QuickDetector(_written())
    except ImportError:
        return None


@functools.lru_cache(maxsize=16)
def _anchors(height: int, width: int) -> np.ndarray:
    return quick_boxes.anchors_of(height, width)


def _written():
    graph = onnx_weights.WrittenGraph(constants.WEIGHTS_FILE)
    x, seen = graph.line(graph.input, 4 / 255, -2), []  # (x / 255 - 1/2) 4
    for layer in ("stem.0", "stem.1"):
        x = _conv_norm(graph, x, layer, 2)
    for stage in range(len(constants.STRIDES)):
        x = _conv_norm(graph, x, f"stages.{stage}.0", 2)
        y = graph.layer(_conv_norm(graph, x, f"stages.{stage}.1.first"), f"stages.{stage}.1.second",
                        f"stages.{stage}.1.norm")
        x = graph.relu(graph.sum(x, y))
        seen.append(x)
    levels = [graph.layer(x, f"laterals.{level}") for level, x in enumerate(seen)]
    for finer in range(len(levels) - 2, -1, -1):
        levels[finer] = graph.sum(levels[finer], graph.twice(levels[finer + 1]))
    features = [_conv_norm(graph, _conv_norm(graph, x, f"smooth.{level}"), "head") for level, x in enumerate(levels)]
    scores = _in_order(graph, features, "score", constants.ANCHORS_PER_CELL)
    return graph.run(graph.node("Sigmoid", scores),
                     _in_order(graph, features, "offset", 4 * constants.ANCHORS_PER_CELL))


def _conv_norm(graph, x: str, name: str, stride: int = 1) -> str:
    return graph.relu(graph.layer(x, f"{name}.0", f"{name}.1", stride))


def _in_order(graph, features: list, name: str, width: int) -> str:
    """What a layer answers on all levels, level by level and row by row, a cell's answers side by side."""
    answers = [graph.node("Transpose", graph.layer(x, name, width=width), perm=(0, 2, 3, 1)) for x in features]
    return graph.node("Concat", *(graph.node("Flatten", each, axis=1) for each in answers), axis=1)
