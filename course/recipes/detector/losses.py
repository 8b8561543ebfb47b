"""What the detector is told it did wrong: anchors matched with faces, focal loss, and the distance of boxes."""

import torch
import torch.nn.functional as F

from ...detection import boxes as detection_boxes
from . import recipe


def match(boxes: torch.Tensor, ignore: torch.Tensor, anchors: torch.Tensor, settings=recipe.RECIPE) -> tuple:
    """Which anchors answer for which face.

    Args: boxes (F, 4) faces; ignore (I, 4) neither face nor background; anchors (A, 4).
    Returns: label (A,) 1 face, 0 background, -1 not asked; box (A, 4) the face each face anchor answers for.
    """
    label = torch.zeros(len(anchors), dtype=torch.long)
    target = anchors.clone()
    if len(ignore):
        corner = torch.maximum(anchors[:, None, :2], ignore[:, :2])  # (A, I, 2)
        other = torch.minimum(anchors[:, None, 2:], ignore[:, 2:])
        covered = (other - corner).clamp(min=0).prod(dim=-1) / detection_boxes.area(anchors)[:, None]  # (A, I)
        label[(covered > 0.4).any(dim=1) | (detection_boxes.iou(anchors, ignore) > 0.2).any(dim=1)] = -1
    if len(boxes):
        overlap = detection_boxes.iou(anchors, boxes)  # (A, F)
        best, face = overlap.max(dim=1)
        label[best >= settings.background_overlap] = -1
        label[best >= settings.face_overlap] = 1
        top, index = overlap.topk(settings.best_anchors, dim=0)  # (best_anchors, F)
        usable = top > 0.15
        label[index[usable]] = 1
        face[index[usable]] = torch.arange(len(boxes)).expand_as(index)[usable]
        target[label == 1] = boxes[face[label == 1]]
    return label, target


def focal_loss(logits: torch.Tensor, label: torch.Tensor, alpha: float, gamma: float) -> torch.Tensor:
    """Binary cross-entropy in which what is already right hardly counts; logits, label (A,) -> (A,).

    FL = -alpha_t (1 - p_t)^gamma log p_t (Lin et al., 2017). Anchors with label -1 count nothing.
    """
    truth = (label == 1).float()
    p = torch.sigmoid(logits)
    p_t = torch.where(truth > 0, p, 1 - p)
    alpha_t = torch.where(truth > 0, alpha, 1 - alpha)
    cross_entropy = F.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    return (label >= 0) * alpha_t * (1 - p_t) ** gamma * cross_entropy


def detector_loss(logits, offsets, labels, targets, anchors, settings=recipe.RECIPE) -> torch.Tensor:
    """Focal loss of the scores plus smooth L1 of the offsets, both per face anchor.

    logits (N, A), offsets (N, A, 4), labels (N, A), targets (N, A, 4) boxes -> a scalar.
    """
    face = labels == 1
    count = face.sum().clamp(min=1)
    score_loss = focal_loss(logits, labels, settings.focal_alpha, settings.focal_gamma).sum() / count
    wanted = detection_boxes.encode_boxes(targets, anchors)  # (N, A, 4)
    box_loss = F.smooth_l1_loss(offsets[face], wanted[face], beta=0.2, reduction="sum") / count
    return score_loss + 0.25 * box_loss
