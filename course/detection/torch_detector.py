"""The detector by the parts that the lessons build: the network of `network.py` and the boxes of `boxes.py`.

It runs where a network is given, or a student's part stands in the place of ours.
"""

import functools

import numpy as np
import torch

from ..io import weights
from . import boxes as detection_boxes
from . import constants, network, pictures


class TorchDetector:
    """A network, and what is asked of it: see `quick_detector.QuickDetector`."""

    def __init__(self, net: torch.nn.Module):
        """net: as `load_network` gives it."""
        self.net = net

    def look(self, image: np.ndarray, side: int) -> tuple:
        """As the function `look`, in NumPy's arrays."""
        return tuple(each.numpy() for each in look(self.net, image, side))

    def overlap(self, box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
        """Of one box (4,) with others (A, 4): IoU, (A,)."""
        return detection_boxes.iou(torch.from_numpy(box)[None], torch.from_numpy(boxes))[0].numpy()

    def kept(self, faces: np.ndarray, threshold: float) -> np.ndarray:
        """Which of some boxes with scores, (N, 5), non-maximum suppression leaves: indices (K,), best first."""
        faces = torch.from_numpy(faces)
        return detection_boxes.nms(faces[:, :4], faces[:, 4], threshold).numpy()


def look(net: torch.nn.Module, image: np.ndarray, side: int) -> tuple:
    """All anchors' answers for a picture, uint8 (H, W, 3), with its long side at `side` pixels.

    net: as `load_network` gives it. Returns boxes (A, 4) in pixels of the picture, and scores (A,), both tensors.
    """
    small, scale = pictures.shrink(image, side)
    padded = pictures.pad(small, max(constants.STRIDES))
    anchors = _anchors(*padded.shape[:2], detection_boxes.make_anchors)
    picture = torch.from_numpy(padded).permute(2, 0, 1)[None].float() / 255  # (1, 3, h, w), channels last in memory
    with torch.inference_mode():
        logits, offsets = net(picture)
        scores = torch.sigmoid(logits[0])
        boxes = detection_boxes.decode_boxes(offsets[0], anchors) / scale
    return boxes, scores


@functools.lru_cache(maxsize=16)
def _anchors(height, width, make) -> torch.Tensor:
    return make(height, width)  # `make` is part of what is remembered: another function gives other anchors


@functools.lru_cache(maxsize=1)
def shipped() -> TorchDetector:
    """The shipped network. Raises errors.WeightsError."""
    return TorchDetector(load_network())


def load_network(tensors: dict | None = None) -> torch.nn.Module:
    """The trained network, fused and ready for inference; `tensors` in place of the shipped weights.

    Raises:
        errors.WeightsError: the weights are missing, damaged or of another network.
    """
    tensors = tensors or weights.load_tensors(constants.WEIGHTS_FILE)
    net = weights.fill(network.DetectorNet(), tensors, constants.WEIGHTS_FILE)
    return network.fuse(net).to(memory_format=torch.channels_last)
