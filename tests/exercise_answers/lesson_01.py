"""Answers that students give in lesson 01: right ones in styles unlike ours, wrong ones without a bug card."""

ANSWERS = {
    "iou": {
        "right": [
            '''
import torch

def iou(a, b):
    out = torch.zeros(len(a), len(b))
    for i in range(len(a)):
        for j in range(len(b)):
            w = max(0.0, float(min(a[i, 2], b[j, 2]) - max(a[i, 0], b[j, 0])))
            h = max(0.0, float(min(a[i, 3], b[j, 3]) - max(a[i, 1], b[j, 1])))
            area = lambda r: float((r[2] - r[0]) * (r[3] - r[1]))
            out[i, j] = w * h / (area(a[i]) + area(b[j]) - w * h)
    return out
''',
            '''
import torchvision

def iou(a, b):
    return torchvision.ops.box_iou(a, b)
''',
        ],
        "wrong": [
            '''
import torch

def iou(a, b):
    low = torch.maximum(a[:, None, :2], b[None, :, :2])
    high = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    return (high - low).clamp(min=0).prod(dim=2)
''',
            '''
def iou(a, b):
    return 0.5
''',
        ],
    },
    "make_anchors": {
        "right": [
            '''
import torch

def make_anchors(height, width, strides=(8, 16, 32, 64), sizes=((14, 22), (34, 52), (80, 125), (190, 290))):
    rows = []
    for stride, pair in zip(strides, sizes):
        for i in range(height // stride):
            for j in range(width // stride):
                for s in pair:
                    x, y = (j + 0.5) * stride, (i + 0.5) * stride
                    rows.append([x - s / 2, y - s / 2, x + s / 2, y + s / 2])
    return torch.tensor(rows)
''',
            '''
import numpy as np

def make_anchors(height, width, strides=(8, 16, 32, 64), sizes=((14, 22), (34, 52), (80, 125), (190, 290))):
    levels = []
    for stride, pair in zip(strides, sizes):
        i, j = np.mgrid[: height // stride, : width // stride]
        centre = np.stack([j, i, j, i], -1)[:, :, None] * stride + stride / 2
        half = np.array(pair)[:, None] / 2 * np.array([-1, -1, 1, 1])
        levels.append((centre + half).reshape(-1, 4))
    return np.concatenate(levels).astype(np.float32)
''',
        ],
        "wrong": [
            '''
import torch

def make_anchors(height, width, strides=(8, 16, 32, 64), sizes=((14, 22), (34, 52), (80, 125), (190, 290))):
    rows = []
    for stride, pair in zip(strides, sizes):
        for i in range(height // stride):
            for j in range(width // stride):
                for s in pair:
                    x, y = (j + 0.5) * stride, (i + 0.5) * stride
                    rows.append([x - s // 2, y - s // 2, x + s // 2, y + s // 2])
    return torch.tensor(rows)
''',
            '''
import torch

def make_anchors(height, width, strides=(8, 16, 32, 64), sizes=((14, 22), (34, 52), (80, 125), (190, 290))):
    rows = []
    for stride, pair in zip(strides, sizes):
        for i in range(height // stride):
            for j in range(width // stride):
                for s in pair:
                    x, y = (j + 0.5) * stride, (i + 0.5) * stride
                    rows.append([x - s / 2, y - s / 2, x + s / 2, y + s / 2])
    return torch.tensor(rows[::-1])
''',
            '''
import torch

def make_anchors(height, width, strides=(8, 16, 32, 64), sizes=((14, 22), (34, 52), (80, 125), (190, 290))):
    rows = []
    for stride, (small, large) in zip(strides, [pair[:2] if len(pair) > 1 else pair * 2 for pair in sizes]):
        for i in range(height // stride):
            for j in range(width // stride):
                for s in (small, large):
                    x, y = (j + 0.5) * stride, (i + 0.5) * stride
                    rows.append([x - s / 2, y - s / 2, x + s / 2, y + s / 2])
    return torch.tensor(rows)
''',
        ],
    },
    "encode_boxes": {
        "right": [
            '''
import torch

def encode_boxes(boxes, anchors):
    x1, y1, x2, y2 = boxes.unbind(-1)
    a1, b1, a2, b2 = anchors.unbind(-1)
    w, h = a2 - a1, b2 - b1
    return torch.stack([10 * ((x1 + x2) - (a1 + a2)) / (2 * w), 10 * ((y1 + y2) - (b1 + b2)) / (2 * h),
                        5 * torch.log((x2 - x1) / w), 5 * torch.log((y2 - y1) / h)], dim=-1)
''',
            '''
import numpy as np

def encode_boxes(boxes, anchors):
    b, a = np.asarray(boxes, np.float64), np.asarray(anchors, np.float64)
    a = np.broadcast_to(a, b.shape)
    side = a[..., 2:] - a[..., :2]
    move = (b[..., :2] + b[..., 2:] - a[..., :2] - a[..., 2:]) / 2 / side / 0.1
    grow = (np.log(b[..., 2:] - b[..., :2]) - np.log(side)) / 0.2
    return np.concatenate([move, grow], axis=-1)
''',
        ],
        "wrong": [
            '''
import torch

def encode_boxes(boxes, anchors):
    return boxes - anchors
''',
            '''
import torch

def encode_boxes(boxes, anchors):
    side = anchors[..., 2:] - anchors[..., :2]
    move = (boxes[..., :2] + boxes[..., 2:] - anchors[..., :2] - anchors[..., 2:]) / 2 / side / 0.1
    return torch.cat([move, torch.log2((boxes[..., 2:] - boxes[..., :2]) / side) / 0.2], dim=-1)
''',
        ],
    },
    "decode_boxes": {
        "right": [
            '''
import torch

def decode_boxes(offsets, anchors):
    dx, dy, dw, dh = offsets.unbind(-1)
    x1, y1, x2, y2 = anchors.unbind(-1)
    w, h = x2 - x1, y2 - y1
    x, y = (x1 + x2) / 2 + dx * w / 10, (y1 + y2) / 2 + dy * h / 10
    w, h = w * torch.exp(dw / 5), h * torch.exp(dh / 5)
    return torch.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], dim=-1)
''',
            '''
import numpy as np

def decode_boxes(offsets, anchors):
    t, a = np.asarray(offsets, np.float64) * [0.1, 0.1, 0.2, 0.2], np.asarray(anchors, np.float64)
    side = a[..., 2:] - a[..., :2]
    middle = a[..., :2] + side / 2 + t[..., :2] * side
    half = side * np.exp(t[..., 2:]) / 2
    return np.concatenate([middle - half, middle + half], axis=-1).astype(np.float32)
''',
        ],
        "wrong": [
            '''
def decode_boxes(offsets, anchors):
    return anchors + offsets
''',
            '''
import torch

def decode_boxes(offsets, anchors):
    side = anchors[..., 2:] - anchors[..., :2]
    middle = anchors[..., :2] + offsets[..., :2] * 0.1 * side
    side = side * torch.exp(offsets[..., 2:] * 0.2)
    return torch.cat([middle, middle + side], dim=-1)
''',
        ],
    },
    "nms": {
        "right": [
            '''
import torchvision

def nms(boxes, scores, threshold):
    return torchvision.ops.nms(boxes, scores, threshold)
''',
            '''
import numpy as np

def nms(boxes, scores, threshold):
    b, s = np.asarray(boxes, np.float64), np.asarray(scores)
    kept = []
    for k in np.argsort(-s):
        fine = True
        for j in kept:
            w = min(b[k, 2], b[j, 2]) - max(b[k, 0], b[j, 0])
            h = min(b[k, 3], b[j, 3]) - max(b[k, 1], b[j, 1])
            shared = max(w, 0) * max(h, 0)
            both = np.prod(b[k, 2:] - b[k, :2]) + np.prod(b[j, 2:] - b[j, :2]) - shared
            fine = fine and shared <= threshold * both
        if fine:
            kept.append(int(k))
    return np.array(kept, dtype=np.int64)
''',
        ],
        "wrong": [
            '''
import torch

def nms(boxes, scores, threshold):
    return torch.argsort(scores, descending=True)
''',
            '''
import torch

def nms(boxes, scores, threshold):
    return torch.nonzero(scores > threshold)[:, 0]
''',
        ],
    },
    "average_precision": {
        "right": [
            '''
def average_precision(scores, right, total):
    ranked = [bool(r) for _, r in sorted(zip(scores, right), key=lambda pair: -pair[0])]
    precision, hits = [], 0
    for k, r in enumerate(ranked, 1):
        hits += r
        precision.append(hits / k)
    return sum(max(precision[k:]) for k, r in enumerate(ranked) if r) / max(total, 1)
''',
            '''
import numpy as np

def average_precision(scores, right, total):
    hits = np.cumsum(np.asarray(right)[np.argsort(scores)[::-1]])
    recall = np.concatenate([[0], hits / total, [1]])
    precision = np.concatenate([[0], hits / (np.arange(len(hits)) + 1), [0]])
    for k in range(len(precision) - 1, 0, -1):
        precision[k - 1] = max(precision[k - 1], precision[k])
    steps = np.where(recall[1:] != recall[:-1])[0]
    return np.sum((recall[steps + 1] - recall[steps]) * precision[steps + 1])
''',
        ],
        "wrong": [
            '''
def average_precision(scores, right, total):
    return sum(right) / total
''',
            '''
import numpy as np

def average_precision(scores, right, total):
    return float(np.trapezoid(np.cumsum(right), dx=1.0))
''',
        ],
    },
}
