"""Boxes: overlap, anchors, offsets and non-maximum suppression.

A box is x1, y1, x2, y2 in pixels: the tight one around the 68 points, from the eyebrows to the chin.
"""

import torch

from . import constants


def iou(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Overlap of every box with every other: (N, 4), (M, 4) -> (N, M) in [0, 1].

    IoU = area of the intersection / area of the union
    """
    top_left = torch.maximum(a[:, None, :2], b[None, :, :2])  # (N, M, 2)
    bottom_right = torch.minimum(a[:, None, 2:], b[None, :, 2:])  # (N, M, 2)
    sides = (bottom_right - top_left).clamp(min=0)  # boxes apart would have negative sides
    intersection = sides[..., 0] * sides[..., 1]  # (N, M)
    union = area(a)[:, None] + area(b)[None, :] - intersection
    return intersection / union.clamp(min=1e-9)


def area(boxes: torch.Tensor) -> torch.Tensor:
    """Width times height: (N, 4) -> (N,)."""
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def make_anchors(height: int, width: int, strides=constants.STRIDES, sizes=constants.ANCHOR_SIZES) -> torch.Tensor:
    """All anchors for a picture of that size, in pixels (multiples of the largest stride): (A, 4).

    Square boxes round the centre of every cell, in the order in which `DetectorNet` answers. SSD's default
    boxes (Liu et al., 2016), square only because a face nearly is.

    strides: pixels from cell to cell, one a level; sizes: pixels a side, as many a level as a cell has anchors.
    """
    levels = []
    for stride, pair in zip(strides, sizes):
        y = (torch.arange(height // stride) + 0.5) * stride  # centres of the cells
        x = (torch.arange(width // stride) + 0.5) * stride
        y, x, side = torch.meshgrid(y, x, torch.tensor(pair, dtype=torch.float32), indexing="ij")  # (h, w, 2)
        boxes = torch.stack([x - side / 2, y - side / 2, x + side / 2, y + side / 2], dim=-1)
        levels.append(boxes.reshape(-1, 4))
    return torch.cat(levels)


def encode_boxes(boxes: torch.Tensor, anchors: torch.Tensor) -> torch.Tensor:
    """What the network shall answer at each anchor: boxes (A, 4), anchors (A, 4) -> offsets (A, 4).

    t_x = (x - x_a) / w_a / 0.1,   t_w = log(w / w_a) / 0.2,   likewise y and h; x, y are centres (Girshick et al.,
    2014); 0.1 and 0.2 (`OFFSET_SCALE`) bring all four to about one spread
    """
    center, side = _center_side(boxes)
    anchor_center, anchor_side = _center_side(anchors)
    offsets = torch.cat([(center - anchor_center) / anchor_side, torch.log(side / anchor_side)], dim=-1)
    return offsets / offsets.new_tensor(constants.OFFSET_SCALE)


def decode_boxes(offsets: torch.Tensor, anchors: torch.Tensor) -> torch.Tensor:
    """The way back: offsets (..., A, 4), anchors (A, 4) -> boxes (..., A, 4).

    x = x_a + 0.1 t_x w_a,   w = w_a exp(0.2 t_w)
    """
    offsets = offsets * offsets.new_tensor(constants.OFFSET_SCALE)
    anchor_center, anchor_side = _center_side(anchors)
    center = anchor_center + offsets[..., :2] * anchor_side
    side = anchor_side * torch.exp(offsets[..., 2:].clamp(max=4.0))  # e^4: an untrained net must not overflow
    return torch.cat([center - side / 2, center + side / 2], dim=-1)


def _center_side(boxes):
    return (boxes[..., :2] + boxes[..., 2:]) / 2, boxes[..., 2:] - boxes[..., :2]


def nms(boxes: torch.Tensor, scores: torch.Tensor, threshold: float) -> torch.Tensor:
    """Non-maximum suppression: boxes (N, 4), scores (N,) -> int64 (K,), indices of those that stay, best first.

    Take the best box, drop all that overlap it by more than `threshold` (an IoU), and so on with what is left.
    """
    order = torch.argsort(scores, descending=True, stable=True)
    kept = []
    while len(order):
        best, rest = order[0], order[1:]
        kept.append(best)
        overlap = iou(boxes[best][None], boxes[rest])[0]  # (rest,)
        order = rest[overlap <= threshold]
    return torch.stack(kept) if kept else torch.zeros(0, dtype=torch.long)
