"""Answers written from the student notebooks alone, by somebody who saw neither checks nor solutions.

The first list was looked at while bug cards were written, the second was not; what there is for lessons 04 and 05 came
from the cards' own authors, and stands in the first. `python benchmarks/students.py` counts.
"""

SEEN = [
    {"exercise": 'crop_square', "right": False, "label": 'int-instead-of-round', "common": True,
     "what": 'int() cuts towards zero where round() is asked for, so squares start a pixel too far left or right',
     "source": '''
import numpy as np

def crop_square(image, x, y, side):
    h, w = image.shape[:2]
    left = int(x - side / 2)
    top = int(y - side / 2)
    rows = np.clip(np.arange(top, top + side), 0, h - 1)
    cols = np.clip(np.arange(left, left + side), 0, w - 1)
    return image[rows][:, cols]
'''},
    {"exercise": 'crop_square', "right": False, "label": 'black-outside', "common": True,
     "what": "what lies outside of the picture is black instead of the border's pixels",
     "source": '''
import numpy as np

def crop_square(image, x, y, side):
    left, top = round(x - side / 2), round(y - side / 2)
    square = np.zeros((side, side, 3), dtype=np.uint8)
    for i in range(side):
        for j in range(side):
            if 0 <= top + i < image.shape[0] and 0 <= left + j < image.shape[1]:
                square[i, j] = image[top + i, left + j]
    return square
'''},
    {"exercise": 'crop_square', "right": True, "label": 'np-pad-edge', "common": False,
     "what": "pads the picture just as far as needed with np.pad(mode='edge') and slices",
     "source": '''
import numpy as np

def crop_square(image, x, y, side):
    height, width = image.shape[:2]
    left = int(round(float(x) - side / 2))
    top = int(round(float(y) - side / 2))
    before_y, after_y = max(0, -top), max(0, top + side - height)
    before_x, after_x = max(0, -left), max(0, left + side - width)
    big = np.pad(image, ((before_y, after_y), (before_x, after_x), (0, 0)), mode="edge")
    return big[top + before_y:top + before_y + side, left + before_x:left + before_x + side]
'''},
    {"exercise": 'alpha_blend', "right": False, "label": 'truncated', "common": True,
     "what": 'astype(uint8) cuts the decimals off instead of rounding',
     "source": '''
import numpy as np

def alpha_blend(front, back, alpha):
    a = alpha[..., None]
    mixed = a * front + (1 - a) * back
    return mixed.astype(np.uint8)
'''},
    {"exercise": 'alpha_blend', "right": False, "label": 'alpha-as-bytes', "common": False,
     "what": 'turns alpha into bytes and multiplies in uint8, which wraps around',
     "source": '''
import numpy as np

def alpha_blend(front, back, alpha):
    a = np.round(alpha * 255).astype(np.uint8)[:, :, None]
    return (a * front) // 255 + ((255 - a) * back) // 255
'''},
    {"exercise": 'alpha_blend', "right": True, "label": 'channel-by-channel', "common": False,
     "what": 'red, green and blue one after the other, in float64, rounded with np.rint',
     "source": '''
import numpy as np

def alpha_blend(front, back, alpha):
    result = np.empty_like(back)
    weight = alpha.astype(float)
    for c in range(3):
        f = front[:, :, c].astype(float)
        b = back[:, :, c].astype(float)
        result[:, :, c] = np.rint(weight * f + (1.0 - weight) * b)
    return result
'''},
    {"exercise": 'iou', "right": False, "label": 'negative-sides', "common": True,
     "what": 'the sides of the shared part are not clamped at 0: two negative ones make a positive area',
     "source": '''
import torch

def iou(a, b):
    a, b = a[:, None], b[None]
    w = torch.minimum(a[..., 2], b[..., 2]) - torch.maximum(a[..., 0], b[..., 0])
    h = torch.minimum(a[..., 3], b[..., 3]) - torch.maximum(a[..., 1], b[..., 1])
    inter = w * h
    area_a = (a[..., 2] - a[..., 0]) * (a[..., 3] - a[..., 1])
    area_b = (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])
    return inter / (area_a + area_b - inter)
'''},
    {"exercise": 'iou', "right": False, "label": 'plus-one-pixel', "common": True,
     "what": 'counts x2 - x1 + 1 pixels as old VOC code does',
     "source": '''
import torch

def iou(a, b):
    x1 = torch.max(a[:, None, 0], b[None, :, 0])
    y1 = torch.max(a[:, None, 1], b[None, :, 1])
    x2 = torch.min(a[:, None, 2], b[None, :, 2])
    y2 = torch.min(a[:, None, 3], b[None, :, 3])
    inter = (x2 - x1 + 1).clamp(min=0) * (y2 - y1 + 1).clamp(min=0)
    area_a = (a[:, 2] - a[:, 0] + 1) * (a[:, 3] - a[:, 1] + 1)
    area_b = (b[:, 2] - b[:, 0] + 1) * (b[:, 3] - b[:, 1] + 1)
    return inter / (area_a[:, None] + area_b[None] - inter)
'''},
    {"exercise": 'iou', "right": True, "label": 'double-loop', "common": False,
     "what": 'two Python loops over plain numbers',
     "source": '''
import torch

def iou(a, b):
    result = torch.zeros(len(a), len(b), dtype=torch.float32 if a.dtype != torch.float64 else torch.float64)
    for i, (ax1, ay1, ax2, ay2) in enumerate(a.tolist()):
        for j, (bx1, by1, bx2, by2) in enumerate(b.tolist()):
            w = min(ax2, bx2) - max(ax1, bx1)
            h = min(ay2, by2) - max(ay1, by1)
            if w > 0 and h > 0:
                shared = w * h
                whole = (ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1) - shared
                result[i, j] = shared / whole
    return result
'''},
    {"exercise": 'make_anchors', "right": False, "label": 'columns-before-rows', "common": True,
     "what": 'goes column by column instead of row by row: only the order is wrong',
     "source": '''
import torch

def make_anchors(height, width, strides=(8, 16, 32, 64),
                 sizes=((14, 22), (34, 52), (80, 125), (190, 290))):
    anchors = []
    for s, sides in zip(strides, sizes):
        for j in range(width // s):
            for i in range(height // s):
                x, y = (j + 0.5) * s, (i + 0.5) * s
                for a in sides:
                    anchors.append([x - a / 2, y - a / 2, x + a / 2, y + a / 2])
    return torch.tensor(anchors)
'''},
    {"exercise": 'make_anchors', "right": False, "label": 'size-before-cells', "common": True,
     "what": 'all cells with the first size, then all cells with the second: the sizes do not alternate in a cell',
     "source": '''
import torch

def make_anchors(height, width, strides=(8, 16, 32, 64),
                 sizes=((14, 22), (34, 52), (80, 125), (190, 290))):
    out = []
    for s, sides in zip(strides, sizes):
        y, x = torch.meshgrid(torch.arange(height // s), torch.arange(width // s), indexing="ij")
        x = (x.flatten() + 0.5) * s
        y = (y.flatten() + 0.5) * s
        for a in sides:
            out.append(torch.stack([x - a / 2, y - a / 2, x + a / 2, y + a / 2], dim=1))
    return torch.cat(out)
'''},
    {"exercise": 'make_anchors', "right": True, "label": 'list-comprehension', "common": False,
     "what": 'one nested list comprehension in the order of the words',
     "source": '''
import torch

def make_anchors(height, width, strides=(8, 16, 32, 64),
                 sizes=((14, 22), (34, 52), (80, 125), (190, 290))):
    return torch.tensor([[s * j + s / 2 - a / 2, s * i + s / 2 - a / 2, s * j + s / 2 + a / 2, s * i + s / 2 + a / 2]
                         for s, level in zip(strides, sizes)
                         for i in range(height // s)
                         for j in range(width // s)
                         for a in level], dtype=torch.float32).reshape(-1, 4)
'''},
    {"exercise": 'encode_boxes', "right": False, "label": 'corner-for-centre', "common": True,
     "what": 'takes the upper left corners for the centres',
     "source": '''
import torch

def encode_boxes(boxes, anchors):
    wa = anchors[..., 2] - anchors[..., 0]
    ha = anchors[..., 3] - anchors[..., 1]
    w = boxes[..., 2] - boxes[..., 0]
    h = boxes[..., 3] - boxes[..., 1]
    tx = (boxes[..., 0] - anchors[..., 0]) / wa / 0.1
    ty = (boxes[..., 1] - anchors[..., 1]) / ha / 0.1
    return torch.stack([tx, ty, torch.log(w / wa) / 0.2, torch.log(h / ha) / 0.2], dim=-1)
'''},
    {"exercise": 'encode_boxes', "right": False, "label": 'no-spread', "common": True,
     "what": 'forgets the divisions by 0.1 and 0.2',
     "source": '''
import torch

def encode_boxes(boxes, anchors):
    size, size_a = boxes[..., 2:] - boxes[..., :2], anchors[..., 2:] - anchors[..., :2]
    mid, mid_a = (boxes[..., 2:] + boxes[..., :2]) / 2, (anchors[..., 2:] + anchors[..., :2]) / 2
    return torch.cat([(mid - mid_a) / size_a, torch.log(size / size_a)], dim=-1)
'''},
    {"exercise": 'encode_boxes', "right": True, "label": 'difference-of-logs', "common": False,
     "what": 'log w - log w_a in place of the log of the ratio, built column by column in a new tensor',
     "source": '''
import torch

def encode_boxes(boxes, anchors):
    x1, y1, x2, y2 = boxes.unbind(dim=-1)
    ax1, ay1, ax2, ay2 = anchors.unbind(dim=-1)
    out = torch.empty_like(boxes)
    out[..., 0] = 5 * (x1 + x2 - ax1 - ax2) / (ax2 - ax1)
    out[..., 1] = 5 * (y1 + y2 - ay1 - ay2) / (ay2 - ay1)
    out[..., 2] = 5 * ((x2 - x1).log() - (ax2 - ax1).log())
    out[..., 3] = 5 * ((y2 - y1).log() - (ay2 - ay1).log())
    return out
'''},
    {"exercise": 'decode_boxes', "right": False, "label": 'shift-in-pixels', "common": True,
     "what": "adds 0.1 t to the centre without the anchor's width",
     "source": '''
import torch

def decode_boxes(offsets, anchors):
    w = (anchors[:, 2] - anchors[:, 0]) * torch.exp(0.2 * offsets[..., 2])
    h = (anchors[:, 3] - anchors[:, 1]) * torch.exp(0.2 * offsets[..., 3])
    x = (anchors[:, 0] + anchors[:, 2]) / 2 + 0.1 * offsets[..., 0]
    y = (anchors[:, 1] + anchors[:, 3]) / 2 + 0.1 * offsets[..., 1]
    return torch.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], dim=-1)
'''},
    {"exercise": 'decode_boxes', "right": False, "label": 'centre-and-size', "common": True,
     "what": 'gives back centre, width and height instead of the corners',
     "source": '''
import torch

def decode_boxes(offsets, anchors):
    size = anchors[:, 2:] - anchors[:, :2]
    centre = (anchors[:, 2:] + anchors[:, :2]) / 2
    xy = centre + 0.1 * offsets[..., :2] * size
    wh = size * torch.exp(0.2 * offsets[..., 2:])
    return torch.cat([xy, wh], dim=-1)
'''},
    {"exercise": 'decode_boxes', "right": True, "label": 'sign-trick', "common": False,
     "what": 'corners as centre plus (-1/2, +1/2) times the size, by broadcasting',
     "source": '''
import torch

def decode_boxes(offsets, anchors):
    pair = anchors.unflatten(-1, (2, 2))  # (A, corner, xy)
    size = pair[:, 1] - pair[:, 0]
    t_mid, t_size = offsets.split(2, dim=-1)
    mid = pair.mean(dim=1) + t_mid / 10 * size
    new = size * (t_size / 5).exp()
    half = torch.tensor([-0.5, 0.5], dtype=new.dtype, device=new.device)[:, None]
    return (mid[..., None, :] + half * new[..., None, :]).flatten(-2)
'''},
    {"exercise": 'nms', "right": False, "label": 'dropped-ones-silence', "common": True,
     "what": 'a box is dropped if any better one overlaps it, also one that was dropped itself',
     "source": '''
import torch

def nms(boxes, scores, threshold):
    def overlap(p, q):
        lo, hi = torch.max(p[:2], q[:2]), torch.min(p[2:], q[2:])
        shared = (hi - lo).clamp(min=0).prod()
        return shared / ((p[2:] - p[:2]).prod() + (q[2:] - q[:2]).prod() - shared)

    order = scores.argsort(descending=True)
    keep = []
    for n, k in enumerate(order):
        if all(overlap(boxes[k], boxes[m]) <= threshold for m in order[:n]):
            keep.append(int(k))
    return torch.tensor(keep, dtype=torch.long)
'''},
    {"exercise": 'nms', "right": False, "label": 'sorted-by-index', "common": True,
     "what": 'the right boxes, but sorted by index instead of best first',
     "source": '''
import torch

def nms(boxes, scores, threshold):
    def overlap(p, q):
        lo, hi = torch.max(p[:2], q[:2]), torch.min(p[2:], q[2:])
        shared = (hi - lo).clamp(min=0).prod()
        return shared / ((p[2:] - p[:2]).prod() + (q[2:] - q[:2]).prod() - shared)

    alive = torch.ones(len(boxes), dtype=torch.bool)
    for k in scores.argsort(descending=True):
        if not alive[k]:
            continue
        for m in range(len(boxes)):
            if scores[m] < scores[k] and overlap(boxes[k], boxes[m]) > threshold:
                alive[m] = False
    return torch.nonzero(alive).flatten()
'''},
    {"exercise": 'nms', "right": True, "label": 'numpy-shrinking-list', "common": False,
     "what": 'NumPy: the best of what is left, then the list is filtered',
     "source": '''
import numpy as np
import torch

def nms(boxes, scores, threshold):
    b = boxes.detach().cpu().numpy().astype(np.float64)
    left = np.argsort(-scores.detach().cpu().numpy(), kind="stable")
    areas = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    keep = []
    while left.size:
        best, left = left[0], left[1:]
        keep.append(int(best))
        w = np.maximum(0, np.minimum(b[best, 2], b[left, 2]) - np.maximum(b[best, 0], b[left, 0]))
        h = np.maximum(0, np.minimum(b[best, 3], b[left, 3]) - np.maximum(b[best, 1], b[left, 1]))
        union = areas[best] + areas[left] - w * h
        left = left[w * h <= threshold * union]
    return torch.tensor(keep, dtype=torch.long, device=boxes.device)
'''},
    {"exercise": 'average_precision', "right": False, "label": 'teeth-not-filled', "common": True,
     "what": 'sums the precision itself, without the best that comes after',
     "source": '''
import numpy as np

def average_precision(scores, right, total):
    order = np.argsort(-np.asarray(scores))
    hits = np.asarray(right)[order].astype(float)
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float((precision * hits).sum() / total)
'''},
    {"exercise": 'average_precision', "right": False, "label": 'not-sorted', "common": True,
     "what": 'never sorts by the scores',
     "source": '''
import numpy as np

def average_precision(scores, right, total):
    right = np.asarray(right, float)
    found = np.cumsum(right)
    precision = found / np.arange(1, len(right) + 1)
    recall = found / total
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(recall, prepend=0) * best))
'''},
    {"exercise": 'average_precision', "right": True, "label": 'plain-loop-from-the-end', "common": False,
     "what": 'walks from the worst box to the best and carries the best precision along',
     "source": '''
def average_precision(scores, right, total):
    pairs = sorted(zip([float(s) for s in scores], [bool(r) for r in right]), key=lambda p: -p[0])
    hits = sum(r for _, r in pairs)
    best, area = 0.0, 0.0
    for k in range(len(pairs), 0, -1):
        best = max(best, hits / k)
        if pairs[k - 1][1]:
            area += best / total
            hits -= 1
    return area
'''},
    {"exercise": 'gaussian_heatmap', "right": False, "label": 'half-forgotten', "common": True,
     "what": "the cell's middle is taken at j instead of j + 1/2",
     "source": '''
import torch

def gaussian_heatmap(points, size, sigma=1.5):
    cells = torch.arange(size)
    dx = cells[None, None, None, :] - points[..., 0, None, None] * size
    dy = cells[None, None, :, None] - points[..., 1, None, None] * size
    return torch.exp(-(dx ** 2 + dy ** 2) / (2 * sigma ** 2))
'''},
    {"exercise": 'gaussian_heatmap', "right": False, "label": 'x-and-y-swapped', "common": True,
     "what": 'x goes down the rows and y along the columns',
     "source": '''
import torch

def gaussian_heatmap(points, size, sigma=1.5):
    c = torch.arange(size, dtype=points.dtype) + 0.5
    i, j = torch.meshgrid(c, c, indexing="ij")
    x = points[:, :, 0].reshape(*points.shape[:2], 1, 1) * size
    y = points[:, :, 1].reshape(*points.shape[:2], 1, 1) * size
    return torch.exp(-((i - x) ** 2 + (j - y) ** 2) / (2 * sigma ** 2))
'''},
    {"exercise": 'gaussian_heatmap', "right": True, "label": 'outer-product', "common": False,
     "what": 'two one-dimensional bells, multiplied with einsum',
     "source": '''
import torch

def gaussian_heatmap(points, size, sigma=1.5):
    places = torch.arange(size, dtype=points.dtype, device=points.device) + 0.5
    bells = torch.exp(-0.5 * ((places - size * points[..., None]) / sigma) ** 2)  # (N, K, 2, size)
    return torch.einsum("nki,nkj->nkij", bells[:, :, 1], bells[:, :, 0])
'''},
    {"exercise": 'soft_argmax', "right": False, "label": 'softmax-over-columns', "common": True,
     "what": 'the softmax runs over the last axis only, so every row sums to 1',
     "source": '''
import torch

def soft_argmax(maps):
    n, k, h, w = maps.shape
    p = torch.softmax(maps, dim=-1)
    x = (p * (torch.arange(w) + 0.5) / w).sum(dim=(2, 3))
    y = (p * ((torch.arange(h) + 0.5) / h)[:, None]).sum(dim=(2, 3))
    return torch.stack([x, y], dim=-1)
'''},
    {"exercise": 'soft_argmax', "right": False, "label": 'plain-argmax', "common": True,
     "what": 'names the middle of the brightest cell: not finer than a cell, and without a gradient',
     "source": '''
import torch

def soft_argmax(maps):
    n, k, h, w = maps.shape
    flat = maps.reshape(n, k, -1).softmax(dim=-1)
    best = flat.argmax(dim=-1)
    x = (best % w + 0.5) / w
    y = (best // w + 0.5) / h
    return torch.stack([x, y], dim=-1)
'''},
    {"exercise": 'soft_argmax', "right": True, "label": 'marginals', "common": False,
     "what": 'logsumexp over one axis gives the marginals, then a matrix product with the middles',
     "source": '''
import torch

def soft_argmax(maps):
    height, width = maps.shape[-2:]
    columns = torch.logsumexp(maps, dim=2).softmax(dim=-1)  # (N, K, W)
    rows = torch.logsumexp(maps, dim=3).softmax(dim=-1)  # (N, K, H)
    def middles(n):
        return (torch.arange(n, device=maps.device, dtype=maps.dtype) + 0.5) / n
    return torch.stack([columns @ middles(width), rows @ middles(height)], dim=-1)
'''},
    {"exercise": 'similarity_transform', "right": False, "label": 'may-mirror', "common": True,
     "what": 'without Sigma: mirrored points get a mirror instead of a turn',
     "source": '''
import numpy as np

def similarity_transform(source, target):
    ma, mb = source.mean(axis=0), target.mean(axis=0)
    a, b = source - ma, target - mb
    u, d, vt = np.linalg.svd(b.T @ a)
    rot = u @ vt
    s = d.sum() / (a ** 2).sum()
    t = mb - s * rot @ ma
    return np.hstack([s * rot, t[:, None]])
'''},
    {"exercise": 'similarity_transform', "right": False, "label": 'scale-from-spreads', "common": False,
     "what": 'takes the ratio of the two spreads as the size, which is too large as soon as the shapes differ',
     "source": '''
import numpy as np

def similarity_transform(source, target):
    ma, mb = source.mean(axis=0), target.mean(axis=0)
    a, b = source - ma, target - mb
    u, d, vt = np.linalg.svd(b.T @ a)
    sigma = np.diag([1, np.sign(np.linalg.det(u @ vt))])
    rot = u @ sigma @ vt
    s = np.sqrt((b ** 2).sum() / (a ** 2).sum())
    return np.column_stack([s * rot, mb - s * rot @ ma])
'''},
    {"exercise": 'similarity_transform', "right": True, "label": 'complex-numbers', "common": False,
     "what": 'points as complex numbers: size and turn are one complex factor, by least squares',
     "source": '''
import numpy as np

def similarity_transform(source, target):
    a = source[:, 0] + 1j * source[:, 1]
    b = target[:, 0] + 1j * target[:, 1]
    da, db = a - a.mean(), b - b.mean()
    f = np.vdot(da, db) / np.vdot(da, da).real
    t = b.mean() - f * a.mean()
    return np.array([[f.real, -f.imag, t.real], [f.imag, f.real, t.imag]])
'''},
    {"exercise": 'flip_keypoints', "right": False, "label": 'width-minus-x', "common": True,
     "what": 'mirrors at W - x instead of W - 1 - x',
     "source": '''
import numpy as np
from course import keypoints

def flip_keypoints(points, width):
    flipped = points[..., keypoints.FLIP[:points.shape[-2]], :].copy()
    flipped[..., 0] = width - flipped[..., 0]
    return flipped
'''},
    {"exercise": 'flip_keypoints', "right": False, "label": 'first-axis', "common": True,
     "what": 'indexes the first axis, which is the wrong one as soon as there are several faces',
     "source": '''
import numpy as np
from course import keypoints

def flip_keypoints(points, width):
    new = np.array(points, dtype=float)
    new[..., 0] = width - 1 - new[..., 0]
    return new[keypoints.FLIP[:points.shape[-2]]]
'''},
    {"exercise": 'flip_keypoints', "right": True, "label": 'take-and-scale', "common": False,
     "what": "np.take along the points' axis, then times (-1, 1) plus (W - 1, 0)",
     "source": '''
import numpy as np
from course import keypoints

def flip_keypoints(points, width):
    points = np.asarray(points)
    order = np.asarray(keypoints.FLIP)[:points.shape[-2]]
    return np.take(points, order, axis=-2) * np.array([-1, 1]) + np.array([width - 1, 0])
'''},
    {"exercise": 'nme', "right": False, "label": 'ratio-of-means', "common": True,
     "what": 'divides the mean error of all faces by their mean eye distance instead of face by face',
     "source": '''
import numpy as np

def nme(found, true):
    off = np.linalg.norm(found[:, :68] - true[:, :68], axis=-1).mean()
    eyes = np.linalg.norm(true[:, 36] - true[:, 45], axis=-1).mean()
    return float(100 * off / eyes)
'''},
    {"exercise": 'nme', "right": False, "label": 'inner-corners', "common": True,
     "what": 'divides by the distance of the inner corners of the eyes (39 and 42)',
     "source": '''
import numpy as np

def nme(found, true):
    off = np.sqrt(((found[:, :68] - true[:, :68]) ** 2).sum(axis=2)).mean(axis=1)
    eyes = np.sqrt(((true[:, 39] - true[:, 42]) ** 2).sum(axis=1))
    return float((off / eyes).mean() * 100)
'''},
    {"exercise": 'nme', "right": True, "label": 'math-dist-loop', "common": False,
     "what": 'plain loops with math.dist',
     "source": '''
import math

def nme(found, true):
    faces = []
    for f, t in zip(found, true):
        eye = math.dist(t[36], t[45])
        faces.append(sum(math.dist(f[k], t[k]) for k in range(68)) / 68 / eye)
    return 100 * sum(faces) / len(faces)
'''},
    {"exercise": 'blendshapes_to_points', "right": False, "label": 'one-face-only', "common": True,
     "what": 'works for one face only: with (T, J) values einsum or the sum breaks',
     "source": '''
import numpy as np

def blendshapes_to_points(shape, values, channels):
    moved = shape.copy()
    for j in range(len(values)):
        moved = moved + values[j] * channels[j]
    return moved
'''},
    {"exercise": 'blendshapes_to_points', "right": False, "label": 'mean-of-arrows', "common": True,
     "what": 'takes the mean of the arrows instead of their sum',
     "source": '''
import numpy as np

def blendshapes_to_points(shape, values, channels):
    values = np.asarray(values)
    return shape + (values[..., None, None] * channels).mean(axis=-3)
'''},
    {"exercise": 'blendshapes_to_points', "right": True, "label": 'flat-matmul', "common": False,
     "what": 'channels as one flat matrix, a matrix product, and back into shape',
     "source": '''
import numpy as np

def blendshapes_to_points(shape, values, channels):
    values = np.asarray(values)
    count, points = channels.shape[:2]
    flat = values.reshape(-1, count) @ channels.reshape(count, points * 3) + np.ravel(shape)
    return flat.reshape(values.shape[:-1] + (points, 3))
'''},
    {"exercise": 'project', "right": False, "label": 'scale-forgets-the-one', "common": True,
     "what": 'multiplies by headScale instead of 1 + headScale, so a face at rest collapses',
     "source": '''
import numpy as np
from course import face as face_model

def project(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    rot = face_model.rotation_matrix(head[..., :3])
    turned = shapes @ np.swapaxes(rot, -1, -2)
    xy = turned[..., :2] * head[..., None, 5:6] + head[..., None, 3:5]
    return scale * xy + np.asarray(origin)
'''},
    {"exercise": 'project', "right": False, "label": 'shift-in-pixels', "common": True,
     "what": 'adds headX and headY after the scale, as if they were pixels',
     "source": '''
import numpy as np
from course import face as face_model

def project(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    rot = face_model.rotation_matrix(head[..., :3])
    turned = np.einsum("...ij,...kj->...ki", rot, shapes)
    bigger = (1 + head[..., 5])[..., None, None]
    return scale * bigger * turned[..., :2] + head[..., None, 3:5] + np.asarray(origin)
'''},
    {"exercise": 'project', "right": True, "label": 'own-three-rotations', "common": False,
     "what": 'writes the three rotations out with sine and cosine, coordinate by coordinate',
     "source": '''
import numpy as np

def project(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    shapes, head = np.asarray(shapes, float), np.asarray(head, float)
    pitch, yaw, roll = (np.deg2rad(head[..., k])[..., None] for k in range(3))
    x, y, z = shapes[..., 0], shapes[..., 1], shapes[..., 2]
    y, z = np.cos(pitch) * y - np.sin(pitch) * z, np.sin(pitch) * y + np.cos(pitch) * z
    x, z = np.cos(-yaw) * x + np.sin(-yaw) * z, -np.sin(-yaw) * x + np.cos(-yaw) * z
    x, y = np.cos(roll) * x - np.sin(roll) * y, np.sin(roll) * x + np.cos(roll) * y
    size = 1 + head[..., 5, None]
    u = scale * (size * x + head[..., 3, None]) + origin[0]
    v = scale * (size * y + head[..., 4, None]) + origin[1]
    return np.stack([u, v], axis=-1)
'''},
    {"exercise": 'fit_pose', "right": False, "label": 'nan-not-left-out', "common": True,
     "what": 'rows of NaN are not left out',
     "source": '''
import numpy as np
from course import face as face_model

def fit_pose(points, shape):
    xm = shape.mean(axis=0)
    angles, scales, origins = [], [], []
    for p in points:
        pm = p.mean(axis=0)
        a = (np.linalg.pinv(shape - xm) @ (p - pm)).T
        u, s, vt = np.linalg.svd(a, full_matrices=False)
        r = u @ vt
        full = np.vstack([r, np.cross(r[0], r[1])])
        scale = s.mean()
        angles.append(face_model.angles_of(full))
        scales.append(scale)
        origins.append(pm - scale * r @ xm)
    return np.array(angles), np.array(scales), np.array(origins)
'''},
    {"exercise": 'fit_pose', "right": False, "label": 'origin-is-the-mean', "common": True,
     "what": "gives the points' mean as the origin and forgets to take s R times the shape's mean off",
     "source": '''
import numpy as np
from course import face as face_model

def fit_pose(points, shape):
    angles, scales, origins = [], [], []
    for p in points:
        ok = ~np.isnan(p).any(axis=1)
        pm, xm = p[ok].mean(axis=0), shape[ok].mean(axis=0)
        a = np.linalg.lstsq(shape[ok] - xm, p[ok] - pm, rcond=None)[0].T
        u, s, vt = np.linalg.svd(a, full_matrices=False)
        r = u @ vt
        angles.append(face_model.angles_of(np.vstack([r, np.cross(r[0], r[1])])))
        scales.append(s.mean())
        origins.append(pm)
    return np.array(angles), np.array(scales), np.array(origins)
'''},
    {"exercise": 'fit_pose', "right": True, "label": 'eigen-square-root', "common": False,
     "what": 'the nearest turn as (A A^T)^(-1/2) A, by an eigendecomposition, and A by the normal equations',
     "source": '''
import numpy as np
from course import face as face_model

def fit_pose(points, shape):
    count = len(points)
    angles, scales, origins = np.zeros((count, 3)), np.zeros(count), np.zeros((count, 2))
    for t in range(count):
        known = np.isfinite(points[t]).all(axis=1)
        p, x = points[t][known].astype(float), np.asarray(shape, float)[known]
        pm, xm = p.mean(axis=0), x.mean(axis=0)
        a = np.linalg.solve((x - xm).T @ (x - xm), (x - xm).T @ (p - pm)).T  # (2, 3)
        squares, vectors = np.linalg.eigh(a @ a.T)
        s = np.sqrt(squares)
        r = vectors @ np.diag(1 / s) @ vectors.T @ a
        angles[t] = face_model.angles_of(np.stack([r[0], r[1], np.cross(r[0], r[1])]))
        scales[t] = s.sum() / 2
        origins[t] = pm - scales[t] * (r @ xm)
    return angles, scales, origins
'''},
    {"exercise": 'fit_motion', "right": False, "label": 'no-habit', "common": True,
     "what": 'bounds but no habit: the second sum is missing, so channels pull against each other',
     "source": '''
import numpy as np
from scipy.optimize import lsq_linear
from course import face as face_model, motion

def fit_motion(face, tracks, fps=25.0):
    sigma = np.concatenate([face.model.spread, np.full(6, 1e3)])
    low = np.concatenate([np.zeros(51), np.full(6, -np.inf)])
    high = np.concatenate([np.full(51, 1.2), np.full(6, np.inf)])
    rows = []
    for frame in tracks:
        ok = np.isfinite(frame).all(axis=1)
        v = np.clip(face.rest.astype(float), low, high)
        weight = 1 / (face.scale * face_model.NOISE)
        for _ in range(4):
            now = face_model.pose_points(face, v)
            step = 1e-4
            slopes = (face_model.pose_points(face, v + step * np.eye(57)) - now) / step
            J = slopes[:, ok].reshape(57, -1).T
            r = (frame[ok] - now[ok]).ravel() + J @ v
            A = np.vstack([weight * J, 1e-6 * np.eye(57)])
            b = np.concatenate([weight * r, np.zeros(57)])
            v = lsq_linear(A, b, bounds=(low, high)).x
        rows.append(v)
    return motion.Motion(np.array(rows), face_model.CHANNELS, fps)
'''},
    {"exercise": 'fit_motion', "right": False, "label": 'clipped-afterwards', "common": True,
     "what": 'solves without bounds and clips the result at the very end, which is not the best within the bounds',
     "source": '''
import numpy as np
from course import face as face_model, motion

def fit_motion(face, tracks, fps=25.0):
    sigma = np.concatenate([face.model.spread, np.full(6, 1e3)])
    low = np.concatenate([np.zeros(51), np.full(6, -np.inf)])
    high = np.concatenate([np.full(51, 1.2), np.full(6, np.inf)])
    rows = []
    for frame in tracks:
        ok = np.isfinite(frame).all(axis=1)
        v = np.clip(face.rest.astype(float), low, high)
        weight = 1 / (face.scale * face_model.NOISE)
        for _ in range(4):
            now = face_model.pose_points(face, v)
            step = 1e-4
            slopes = (face_model.pose_points(face, v + step * np.eye(57)) - now) / step
            J = slopes[:, ok].reshape(57, -1).T
            r = (frame[ok] - now[ok]).ravel() + J @ v
            A = np.vstack([weight * J, np.diag(1 / sigma)])
            b = np.concatenate([weight * r, np.zeros(57)])
            v = np.linalg.lstsq(A, b, rcond=None)[0]
        rows.append(np.clip(v, low, high))
    return motion.Motion(np.array(rows), face_model.CHANNELS, fps)
'''},
    {"exercise": 'fit_motion', "right": True, "label": 'scipy-least-squares', "common": False,
     "what": 'hands the whole sum of squares to scipy.optimize.least_squares, which linearises it itself',
     "source": '''
import numpy as np
from scipy.optimize import least_squares
from course import face as face_model, motion

def fit_motion(face, tracks, fps=25.0):
    tracks = np.asarray(tracks, float)
    weights = np.append(1 / face.model.spread, [1e-3] * 6)
    bounds = (np.append(np.zeros(51), [-np.inf] * 6), np.append(np.full(51, 1.2), [np.inf] * 6))
    scale = face.scale * face_model.NOISE
    values = np.zeros((len(tracks), 57))
    for t, seen in enumerate(tracks):
        known = ~np.isnan(seen).any(axis=1)

        def off(v):
            return np.append(((face_model.pose_points(face, v) - seen)[known] / scale).ravel(), weights * v)

        def slopes(v):
            here = face_model.pose_points(face, v)
            there = face_model.pose_points(face, v + 1e-5 * np.eye(57))
            jac = ((there - here)[:, known] / 1e-5 / scale).reshape(57, -1).T
            return np.vstack([jac, np.diag(weights)])

        begin = np.clip(np.asarray(face.rest, float), bounds[0] + 1e-3, bounds[1] - 1e-3)
        values[t] = least_squares(off, begin, jac=slopes, bounds=bounds, xtol=1e-10, ftol=1e-12, gtol=1e-10).x
    return motion.Motion(values, face_model.CHANNELS, fps)
'''},
    {"exercise": 'motion_model', "right": False, "label": 'direction-not-normalised', "common": True,
     "what": 'the length of the direction counts',
     "source": '''
import numpy as np

def motion_model(times, direction, speed, amplitude):
    times = np.asarray(times, float)
    if amplitude == 0:
        return np.zeros((len(times), 3))
    D = 15 / 8 * amplitude / speed
    u = np.clip(1 - np.abs(times / D - 1), 0, 1)
    s = 10 * u**3 - 15 * u**4 + 6 * u**5
    return amplitude * s[:, None] * np.asarray(direction, float)
'''},
    {"exercise": 'motion_model', "right": False, "label": 'mean-speed', "common": True,
     "what": 'takes the speed for the mean speed: the 15/8 is missing',
     "source": '''
import numpy as np

def motion_model(times, direction, speed, amplitude):
    times = np.asarray(times, float)
    d = np.asarray(direction, float)
    d = d / np.linalg.norm(d)
    if amplitude == 0:
        return np.zeros((len(times), 3))
    u = np.clip(1 - abs(times / (amplitude / speed) - 1), 0, 1)
    return np.outer(amplitude * (10 * u**3 - 15 * u**4 + 6 * u**5), d)
'''},
    {"exercise": 'motion_model', "right": True, "label": 'interp-and-polyval', "common": False,
     "what": 'u as a tent with np.interp, s with np.polyval',
     "source": '''
import numpy as np

def motion_model(times, direction, speed, amplitude):
    times = np.asarray(times, dtype=float)
    if not amplitude:
        return np.zeros(times.shape + (3,))
    way = 1.875 * amplitude / speed
    tent = np.interp(times, [0, way, 2 * way], [0, 1, 0])
    share = np.polyval([6, -15, 10, 0, 0, 0], tent)
    unit = np.asarray(direction, dtype=float) / np.sqrt(np.sum(np.square(direction)))
    return amplitude * share[:, np.newaxis] * unit[np.newaxis]
'''},
    {"exercise": 'identity_grid', "right": False, "label": 'edges-not-middles', "common": True,
     "what": "pixels' middles between outer edges at -1 and 1: the align_corners=False convention",
     "source": '''
import torch

def identity_grid(height, width, device=None):
    x = (torch.arange(width, device=device) + 0.5) * 2 / width - 1
    y = (torch.arange(height, device=device) + 0.5) * 2 / height - 1
    gy, gx = torch.meshgrid(y, x, indexing="ij")
    return torch.stack([gx, gy], dim=-1)
'''},
    {"exercise": 'identity_grid', "right": False, "label": 'zero-to-one', "common": True,
     "what": 'goes from 0 to 1',
     "source": '''
import torch

def identity_grid(height, width, device=None):
    ys = torch.linspace(0, 1, height, device=device)
    xs = torch.linspace(0, 1, width, device=device)
    return torch.stack(torch.meshgrid(xs, ys, indexing="xy"), dim=2)
'''},
    {"exercise": 'identity_grid', "right": True, "label": 'affine-grid', "common": False,
     "what": "torch's own affine_grid of the identity matrix",
     "source": '''
import torch
from torch.nn import functional as F

def identity_grid(height, width, device=None):
    same = torch.eye(2, 3, device=device)[None]
    return F.affine_grid(same, (1, 1, height, width), align_corners=True)[0]
'''},
    {"exercise": 'bilinear_sample', "right": False, "label": 'black-outside', "common": True,
     "what": 'outside of the picture it reads black',
     "source": '''
from torch.nn import functional as F

def bilinear_sample(image, positions):
    return F.grid_sample(image, positions, mode="bilinear", padding_mode="zeros", align_corners=True)
'''},
    {"exercise": 'bilinear_sample', "right": False, "label": 'nearest', "common": True,
     "what": 'reads the nearest pixel instead of mixing four, and has no gradient',
     "source": '''
import torch

def bilinear_sample(image, positions):
    n, c, h, w = image.shape
    x = ((positions[..., 0] + 1) * (w - 1) / 2).clamp(0, w - 1).round().long()
    y = ((positions[..., 1] + 1) * (h - 1) / 2).clamp(0, h - 1).round().long()
    return torch.stack([image[k][:, y[k], x[k]] for k in range(n)])
'''},
    {"exercise": 'bilinear_sample', "right": True, "label": 'by-hand-with-gather', "common": False,
     "what": 'the formula by hand: four gathers and the mixture',
     "source": '''
import torch

def bilinear_sample(image, positions):
    n, c, h, w = image.shape
    x = ((positions[..., 0] + 1) * (w - 1) / 2).clamp(0, w - 1)
    y = ((positions[..., 1] + 1) * (h - 1) / 2).clamp(0, h - 1)
    x0, y0 = x.floor().long(), y.floor().long()
    x1, y1 = (x0 + 1).clamp(max=w - 1), (y0 + 1).clamp(max=h - 1)
    a, b = (x - x0)[:, None], (y - y0)[:, None]
    flat = image.reshape(n, c, h * w)
    def pixel(row, column):
        index = (row * w + column).reshape(n, 1, -1).expand(-1, c, -1)
        return flat.gather(2, index).reshape(n, c, *x.shape[1:])
    top = (1 - a) * pixel(y0, x0) + a * pixel(y0, x1)
    bottom = (1 - a) * pixel(y1, x0) + a * pixel(y1, x1)
    return (1 - b) * top + b * bottom
'''},
    {"exercise": 'affine_flow', "right": False, "label": 'matrix-transposed', "common": True,
     "what": 'multiplies by the transposed matrix (row vector times A)',
     "source": '''
import torch

def affine_flow(at, to, matrix, grid):
    step = grid[None, None] - at[:, :, None, None]  # (N, K, H, W, 2)
    moved = torch.einsum("nkhwi,nkij->nkhwj", step, matrix)
    return to[:, :, None, None] + moved
'''},
    {"exercise": 'affine_flow', "right": False, "label": 'p-forgotten', "common": True,
     "what": 'A z + q: the point p is not taken off first',
     "source": '''
import torch

def affine_flow(at, to, matrix, grid):
    return to[:, :, None, None] + torch.einsum("nkij,hwj->nkhwi", matrix, grid)
'''},
    {"exercise": 'affine_flow', "right": True, "label": 'constant-part-first', "common": False,
     "what": 'A z plus the constant q - A p, by one matrix product',
     "source": '''
import torch

def affine_flow(at, to, matrix, grid):
    height, width = grid.shape[:2]
    constant = to - (matrix @ at.unsqueeze(-1)).squeeze(-1)  # (N, K, 2)
    columns = grid.reshape(-1, 2).t()  # (2, H W)
    turned = matrix @ columns  # (N, K, 2, H W)
    return (turned + constant.unsqueeze(-1)).transpose(-1, -2).reshape(*at.shape[:2], height, width, 2)
'''},
    {"exercise": 'soft_masks', "right": False, "label": 'softmax-over-the-wrong-axis', "common": True,
     "what": 'the softmax runs over the last axis, along a row of the picture',
     "source": '''
import torch

def soft_masks(logits, flows):
    masks = torch.softmax(logits, dim=-1)
    return masks, (masks[..., None] * flows).sum(dim=1)
'''},
    {"exercise": 'soft_masks', "right": False, "label": 'claims-over-their-sum', "common": True,
     "what": 'divides the claims by their sum without the exponential: negative masks for negative claims',
     "source": '''
import torch

def soft_masks(logits, flows):
    masks = logits / logits.sum(dim=1, keepdim=True)
    flow = (masks.unsqueeze(-1) * flows).sum(dim=1)
    return masks, flow
'''},
    {"exercise": 'soft_masks', "right": True, "label": 'logsumexp-einsum', "common": False,
     "what": 'exp of the claims minus their logsumexp, and einsum',
     "source": '''
import torch

def soft_masks(logits, flows):
    masks = (logits - logits.logsumexp(dim=1, keepdim=True)).exp()
    return masks, torch.einsum("nkhw,nkhwc->nhwc", masks, flows)
'''},
    {"exercise": 'thin_plate_spline', "right": False, "label": 'no-plane', "common": True,
     "what": 'only the dents: the plane is missing, so far away and for a tilted plane it is wrong',
     "source": '''
import torch
from course import flow

def thin_plate_spline(points, values, queries):
    def kernel(a, b):
        return flow.spline_kernel(((a[:, None] - b[None]) ** 2).sum(-1))
    w = torch.linalg.solve(kernel(points, points), values)
    return kernel(queries, points) @ w
'''},
    {"exercise": 'thin_plate_spline', "right": False, "label": 'log-of-zero', "common": True,
     "what": 'computes r^2 log r itself: 0 times -inf is NaN on the diagonal',
     "source": '''
import torch

def thin_plate_spline(points, values, queries):
    n = len(points)
    def U(r):
        return r ** 2 * torch.log(r)
    K = U(torch.cdist(points, points))
    P = torch.cat([torch.ones(n, 1), points.float()], dim=1).to(points.dtype)
    L = torch.cat([torch.cat([K, P], 1), torch.cat([P.T, torch.zeros(3, 3, dtype=P.dtype)], 1)], 0)
    sol = torch.linalg.solve(L, torch.cat([values, torch.zeros(3, values.shape[1], dtype=values.dtype)]))
    Q = torch.cat([torch.ones(len(queries), 1, dtype=P.dtype), queries], dim=1)
    return U(torch.cdist(queries, points)) @ sol[:n] + Q @ sol[n:]
'''},
    {"exercise": 'thin_plate_spline', "right": True, "label": 'doubled-kernel', "common": False,
     "what": 'r^2 log r^2 with xlogy: twice the kernel, so half the weights and the same sheet',
     "source": '''
import torch

def thin_plate_spline(points, values, queries):
    points, values, queries = (torch.as_tensor(one) for one in (points, values, queries))
    kind, n = values.dtype, points.shape[0]
    p, v, q = points.to(torch.float64), values.to(torch.float64), queries.to(torch.float64)

    def rows(z):
        squared = (z.unsqueeze(1) - p.unsqueeze(0)).square().sum(dim=2)
        return torch.hstack([torch.xlogy(squared, squared), torch.ones(len(z), 1, dtype=z.dtype), z])

    upper = rows(p)  # (n, n + 3)
    lower = torch.hstack([upper[:, n:].T, torch.zeros(3, 3, dtype=p.dtype)])
    goal = torch.vstack([v, torch.zeros(3, v.shape[1], dtype=v.dtype)])
    return (rows(q) @ torch.linalg.solve(torch.vstack([upper, lower]), goal)).to(kind)
'''},
    {"exercise": 'occlude', "right": False, "label": 'map-not-resized', "common": True,
     "what": "multiplies without bringing the coarser map to the picture's size",
     "source": '''
def occlude(moved, visible):
    return moved * visible
'''},
    {"exercise": 'occlude', "right": False, "label": 'other-corners', "common": True,
     "what": "resizes with align_corners=False, torch's default",
     "source": '''
from torch.nn import functional as F

def occlude(moved, visible):
    visible = F.interpolate(visible, size=moved.shape[-2:], mode="bilinear")
    return moved * visible
'''},
    {"exercise": 'occlude', "right": True, "label": 'read-by-grid-sample', "common": False,
     "what": 'reads the map at the identity grid with grid_sample',
     "source": '''
import torch
from torch.nn import functional as F

def occlude(moved, visible):
    n, _, height, width = moved.shape
    same = torch.eye(2, 3, dtype=moved.dtype, device=moved.device).repeat(n, 1, 1)
    grid = F.affine_grid(same, (n, 1, height, width), align_corners=True)
    if height == 1 or width == 1:  # interpolate reads a single row or column at the first one
        return moved * F.interpolate(visible, (height, width), mode="bilinear", align_corners=True)
    return moved * F.grid_sample(visible, grid, padding_mode="border", align_corners=True)
'''},
    {"exercise": 'lucas_kanade', "right": False, "label": 'slopes-swapped', "common": True,
     "what": "takes np.gradient's first answer for the slope along x",
     "source": '''
import numpy as np
from course import flow

def lucas_kanade(source, target, radius=5):
    gx, gy = np.gradient(source)
    d = target - source
    def window(values):
        return flow.window_sum(values, radius)
    a = window(gx * gx) + 0.001
    b = window(gx * gy)
    c = window(gy * gy) + 0.001
    e = window(gx * d)
    f = window(gy * d)
    det = a * c - b * b
    return np.stack([(c * e - b * f) / det, (a * f - b * e) / det], axis=-1)
'''},
    {"exercise": 'lucas_kanade', "right": False, "label": 'wrong-sign', "common": True,
     "what": 'd = source - target: everything looks the opposite way',
     "source": '''
import numpy as np
from course import flow

def lucas_kanade(source, target, radius=5):
    gy, gx = np.gradient(source)
    d = source - target
    def window(values):
        return flow.window_sum(values, radius)
    a = window(gx * gx) + 0.001
    b = window(gx * gy)
    c = window(gy * gy) + 0.001
    e = window(gx * d)
    f = window(gy * d)
    det = a * c - b * b
    return np.stack([(c * e - b * f) / det, (a * f - b * e) / det], axis=-1)
'''},
    {"exercise": 'lucas_kanade', "right": True, "label": 'scipy-and-solve', "common": False,
     "what": "sums with scipy's convolve, then one np.linalg.solve for all pixels",
     "source": '''
import numpy as np
from scipy.ndimage import convolve1d

def lucas_kanade(source, target, radius=5):
    source, target = np.asarray(source, float), np.asarray(target, float)
    slope = np.stack(np.gradient(source)[::-1], axis=-1)  # (H, W, 2): x, y
    change = target - source
    ones = np.ones(2 * radius + 1)

    def window(values):
        return convolve1d(convolve1d(values, ones, axis=0, mode="constant"), ones, axis=1, mode="constant")

    normal = window(slope[..., :, None] * slope[..., None, :]) + 0.001 * np.eye(2)
    right = window(slope * change[..., None])
    return np.linalg.solve(normal, right[..., None])[..., 0]
'''},
    {"exercise": 'generator_loss', "right": False, "label": 'log-of-sigmoid', "common": True,
     "what": 'takes the logarithm of a sigmoid: infinite for very negative logits',
     "source": '''
import torch

def generator_loss(fake_logits):
    return -torch.log(torch.sigmoid(fake_logits)).mean()
'''},
    {"exercise": 'generator_loss', "right": False, "label": 'saturating', "common": True,
     "what": 'minimises E[log(1 - D)], the saturating form',
     "source": '''
from torch.nn import functional as F

def generator_loss(fake_logits):
    return -F.softplus(fake_logits).mean()
'''},
    {"exercise": 'generator_loss', "right": True, "label": 'bce-with-logits', "common": False,
     "what": 'binary cross-entropy with logits against ones',
     "source": '''
import torch
from torch import nn

def generator_loss(fake_logits):
    return nn.BCEWithLogitsLoss()(fake_logits, torch.ones_like(fake_logits))
'''},
    {"exercise": 'discriminator_loss', "right": False, "label": 'both-in-one-mean', "common": True,
     "what": 'one mean over real and fake together, half of the sum and wrong for unequal numbers',
     "source": '''
import torch
from torch.nn import functional as F

def discriminator_loss(real_logits, fake_logits):
    logits = torch.cat([real_logits.flatten(), fake_logits.flatten()])
    labels = torch.cat([torch.ones(real_logits.numel()), torch.zeros(fake_logits.numel())])
    return F.binary_cross_entropy_with_logits(logits, labels)
'''},
    {"exercise": 'discriminator_loss', "right": False, "label": 'real-and-fake-exchanged', "common": True,
     "what": 'the signs of the two logits are exchanged',
     "source": '''
from torch.nn import functional as F

def discriminator_loss(real_logits, fake_logits):
    return F.softplus(real_logits).mean() + F.softplus(-fake_logits).mean()
'''},
    {"exercise": 'discriminator_loss', "right": True, "label": 'logaddexp', "common": False,
     "what": 'softplus written as logaddexp(0, x)',
     "source": '''
import torch

def discriminator_loss(real_logits, fake_logits):
    zero = torch.zeros((), dtype=real_logits.dtype, device=real_logits.device)
    from_real = torch.logaddexp(zero, -real_logits)
    from_fake = torch.logaddexp(zero, fake_logits)
    return from_real.sum() / from_real.numel() + from_fake.sum() / from_fake.numel()
'''},
    {"exercise": 'gan_step', "right": False, "label": 'steps-not-counted', "common": True,
     "what": 'players.steps does not grow',
     "source": '''
import torch
from course import gan

def gan_step(players, real, noise):
    g_loss_of, d_loss_of = gan.losses_of(players.settings.game)
    G, D = players.generator, players.discriminator
    fake = G(noise)
    players.discriminator_optimizer.zero_grad()
    d_loss = d_loss_of(D(real), D(fake.detach()))
    (d_loss + gan.smoothness(players, real)).backward()
    players.discriminator_optimizer.step()
    players.generator_optimizer.zero_grad()
    g_loss = g_loss_of(D(fake))
    g_loss.backward()
    players.generator_optimizer.step()
    return {"d_loss": d_loss.item(), "g_loss": g_loss.item()}
'''},
    {"exercise": 'gan_step', "right": False, "label": 'no-smoothness', "common": True,
     "what": "gan.smoothness is left out of the discriminator's loss",
     "source": '''
import torch
from course import gan

def gan_step(players, real, noise):
    g_loss_of, d_loss_of = gan.losses_of(players.settings.game)
    G, D = players.generator, players.discriminator
    fake = G(noise)
    players.discriminator_optimizer.zero_grad()
    d_loss = d_loss_of(D(real), D(fake.detach()))
    d_loss.backward()
    players.discriminator_optimizer.step()
    players.generator_optimizer.zero_grad()
    g_loss = g_loss_of(D(fake))
    g_loss.backward()
    players.generator_optimizer.step()
    players.steps += 1
    return {"d_loss": d_loss.item(), "g_loss": g_loss.item()}
'''},
    {"exercise": 'gan_step', "right": True, "label": 'no-grad-fakes', "common": False,
     "what": "the discriminator's fakes are made under no_grad, and zero_grad of both networks is done by hand",
     "source": '''
import torch
from course import gan

def gan_step(players, real, noise):
    generator_loss, discriminator_loss = gan.losses_of(players.settings.game)

    def turn(optimizer, module, loss):
        for parameter in module.parameters():
            parameter.grad = None
        loss.backward()
        optimizer.step()

    fake = players.generator(noise)
    with torch.no_grad():
        still = fake.clone()
    d = discriminator_loss(players.discriminator(real), players.discriminator(still))
    turn(players.discriminator_optimizer, players.discriminator, d + gan.smoothness(players, real))
    g = generator_loss(players.discriminator(fake))
    turn(players.generator_optimizer, players.generator, g)
    players.steps = players.steps + 1
    return {"d_loss": float(d.detach()), "g_loss": float(g.detach())}
'''},
    {"exercise": 'r1_penalty', "right": False, "label": 'no-graph', "common": True,
     "what": 'without create_graph, so no gradient reaches the discriminator',
     "source": '''
import torch

def r1_penalty(real_logits, real):
    grad, = torch.autograd.grad(real_logits.sum(), real, retain_graph=True)
    return grad.flatten(1).pow(2).sum(1).mean()
'''},
    {"exercise": 'r1_penalty', "right": False, "label": 'mean-over-pixels', "common": True,
     "what": "the mean over all numbers instead of the sum over a picture's, smaller by the number of pixels",
     "source": '''
import torch

def r1_penalty(real_logits, real):
    grad = torch.autograd.grad(outputs=real_logits.sum(), inputs=real, create_graph=True)[0]
    return (grad ** 2).mean()
'''},
    {"exercise": 'r1_penalty', "right": True, "label": 'sum-over-batch-size', "common": False,
     "what": 'grad_outputs of ones, all squares summed, over the number of pictures',
     "source": '''
import torch

def r1_penalty(real_logits, real):
    slopes = torch.autograd.grad(real_logits, real, grad_outputs=torch.ones_like(real_logits), create_graph=True)
    return torch.sum(slopes[0] * slopes[0]) / real.shape[0]
'''},
    {"exercise": 'hinge_loss', "right": False, "label": 'no-relu', "common": True,
     "what": 'without the max: who is right by more than 1 is still pulled',
     "source": '''
def hinge_loss(fake_logits, real_logits=None):
    if real_logits is None:
        return -fake_logits.mean()
    return (1 - real_logits).mean() + (1 + fake_logits).mean()
'''},
    {"exercise": 'hinge_loss', "right": False, "label": 'generator-with-margin', "common": True,
     "what": 'a hinge for the generator as well, max(0, 1 - x), where it should be -x',
     "source": '''
import torch

def hinge_loss(fake_logits, real_logits=None):
    if real_logits is None:
        return torch.relu(1 - fake_logits).mean()
    return torch.relu(1 - real_logits).mean() + torch.relu(1 + fake_logits).mean()
'''},
    {"exercise": 'hinge_loss', "right": True, "label": 'maximum-with-zeros', "common": False,
     "what": 'torch.maximum against zeros_like',
     "source": '''
import torch

def hinge_loss(fake_logits, real_logits=None):
    def above(x):
        return torch.maximum(x, torch.zeros_like(x)).mean()
    return -fake_logits.mean() if real_logits is None else above(1 - real_logits) + above(1 + fake_logits)
'''},
    {"exercise": 'build_generator', "right": False, "label": 'no-tanh', "common": True,
     "what": 'no tanh at the end (a batch norm in its place): the pictures leave [-1, 1]',
     "source": '''
import math
import torch
from torch import nn

def build_generator(latent=128, size=64, width=32):
    doublings = int(math.log2(size // 4))
    channels = width * 2 ** max(doublings - 1, 0)
    layers = [nn.Linear(latent, channels * 16), nn.Unflatten(1, (channels, 4, 4)), nn.BatchNorm2d(channels), nn.ReLU()]
    for _ in range(doublings - 1):
        layers += [nn.ConvTranspose2d(channels, channels // 2, 4, 2, 1), nn.BatchNorm2d(channels // 2), nn.ReLU()]
        channels //= 2
    layers += [nn.ConvTranspose2d(channels, 3, 4, 2, 1)]
    layers += [nn.BatchNorm2d(3)]
    return nn.Sequential(*layers)
'''},
    {"exercise": 'build_generator', "right": False, "label": 'always-64', "common": True,
     "what": 'four doublings whatever the size: 64 pixels also for a 32 pixel game',
     "source": '''
from torch import nn

def build_generator(latent=128, size=64, width=32):
    return nn.Sequential(
        nn.Linear(latent, width * 8 * 16), nn.Unflatten(1, (width * 8, 4, 4)), nn.ReLU(),
        nn.ConvTranspose2d(width * 8, width * 4, 4, 2, 1), nn.BatchNorm2d(width * 4), nn.ReLU(),
        nn.ConvTranspose2d(width * 4, width * 2, 4, 2, 1), nn.BatchNorm2d(width * 2), nn.ReLU(),
        nn.ConvTranspose2d(width * 2, width, 4, 2, 1), nn.BatchNorm2d(width), nn.ReLU(),
        nn.ConvTranspose2d(width, 3, 4, 2, 1), nn.Tanh())
'''},
    {"exercise": 'build_generator', "right": True, "label": 'module-class', "common": False,
     "what": 'a class of its own with a ModuleList and LeakyReLU, without batch norm',
     "source": '''
import torch
from torch import nn
from torch.nn import functional as F

def build_generator(latent=128, size=64, width=32):
    class Generator(nn.Module):
        def __init__(self):
            super().__init__()
            counts, side = [width], size // 2
            while side > 4:
                counts.insert(0, counts[0] * 2)
                side //= 2
            self.first = nn.Linear(latent, counts[0] * 16)
            self.ups = nn.ModuleList(nn.ConvTranspose2d(a, b, 4, stride=2, padding=1)
                                     for a, b in zip(counts, counts[1:] + [3]))

        def forward(self, z):
            x = self.first(z).view(len(z), -1, 4, 4)
            for up in self.ups:
                x = up(F.leaky_relu(x, 0.2))
            return torch.tanh(x)

    return Generator()
'''},
    {"exercise": 'build_discriminator', "right": False, "label": 'with-sigmoid', "common": True,
     "what": 'ends with a sigmoid: probabilities, not logits',
     "source": '''
from torch import nn

def build_discriminator(size=64, width=32):
    layers, channels, side = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)], width, size // 2
    while side > 4:
        layers += [nn.Conv2d(channels, channels * 2, 4, 2, 1), nn.LeakyReLU(0.2)]
        channels, side = channels * 2, side // 2
    layers += [nn.Flatten(), nn.Linear(channels * side * side, 1), nn.Flatten(0), nn.Sigmoid()]
    return nn.Sequential(*layers)
'''},
    {"exercise": 'build_discriminator', "right": False, "label": 'one-column', "common": True,
     "what": 'answers (N, 1) instead of (N,)',
     "source": '''
from torch import nn

def build_discriminator(size=64, width=32):
    layers, channels, side = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)], width, size // 2
    while side > 4:
        layers += [nn.Conv2d(channels, channels * 2, 4, 2, 1), nn.LeakyReLU(0.2)]
        channels, side = channels * 2, side // 2
    layers += [nn.Flatten(), nn.Linear(channels * side * side, 1)]
    return nn.Sequential(*layers)
'''},
    {"exercise": 'build_discriminator', "right": True, "label": 'module-with-strided-convs', "common": False,
     "what": 'a class with a ModuleDict of blocks, three-by-three convolutions of stride 2 and SiLU',
     "source": '''
import torch
from torch import nn

def build_discriminator(size=64, width=32):
    class Judge(nn.Module):
        def __init__(self):
            super().__init__()
            steps = 0
            while size >> steps > 4:
                steps += 1
            counts = [3] + [width << k for k in range(steps)]
            self.blocks = nn.ModuleDict({f"half{k}": nn.Conv2d(counts[k], counts[k + 1], 3, stride=2, padding=1)
                                         for k in range(steps)})
            self.head = nn.Linear(counts[-1] * 16, 1)

        def forward(self, pictures):
            x = pictures
            for block in self.blocks.values():
                x = torch.nn.functional.silu(block(x))
            return self.head(x.flatten(start_dim=1))[:, 0]

    return Judge()
'''},
    {"exercise": 'make_pair', "right": False, "label": 'source-not-spoiled', "common": True,
     "what": 'the source is not spoiled',
     "source": '''
from course import rendering

def make_pair(actor, elsewhere, spoil, jitter):
    target = actor.image
    source = actor.render(elsewhere)
    seen = jitter(elsewhere)
    wanted = jitter(actor.points)
    coarse = rendering.Portrait(source, seen).render(wanted)
    return coarse, target, source, wanted, seen
'''},
    {"exercise": 'make_pair', "right": False, "label": 'exact-points', "common": True,
     "what": 'the way back knows the points without errors',
     "source": '''
from course import rendering

def make_pair(actor, elsewhere, spoil, jitter):
    target = actor.image
    source = spoil(actor.render(elsewhere))
    seen = jitter(elsewhere)
    wanted = jitter(actor.points)
    coarse = rendering.Portrait(source, elsewhere).render(actor.points)
    return coarse, target, source, wanted, seen
'''},
    {"exercise": 'make_pair', "right": True, "label": 'names-of-the-formula', "common": False,
     "what": 'names of the formula, and the result collected in a dict first',
     "source": '''
def make_pair(actor, elsewhere, spoil, jitter):
    from course.rendering import Portrait

    S = spoil(actor.render(elsewhere))
    q, p = jitter(elsewhere), jitter(actor.points)
    second = Portrait(S, q)
    parts = dict(coarse=second.render(p), target=actor.image, source=S, wanted=p, seen=q)
    return tuple(parts[name] for name in ("coarse", "target", "source", "wanted", "seen"))
'''},
    {"exercise": 'train_step', "right": False, "label": 'no-clipping', "common": True,
     "what": 'the gradient is not held to a length of 1',
     "source": '''
import torch
from course import rendering

def train_step(net, optimizer, inputs, target, window, losses_of, weights):
    optimizer.zero_grad()
    made = rendering.repaint(net, inputs, window)
    losses = losses_of(made, target)
    total = sum(weights[name] * loss for name, loss in losses.items())
    total.backward()
    optimizer.step()
    return made.detach(), {name: loss.item() for name, loss in losses.items()}
'''},
    {"exercise": 'train_step', "right": False, "label": 'told-weighted', "common": True,
     "what": 'the losses told are multiplied by their weights',
     "source": '''
import torch
from course import rendering

def train_step(net, optimizer, inputs, target, window, losses_of, weights):
    optimizer.zero_grad()
    made = rendering.repaint(net, inputs, window)
    losses = losses_of(made, target)
    total = sum(weights[name] * loss for name, loss in losses.items())
    total.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimizer.step()
    return made.detach(), {name: weights[name] * loss.item() for name, loss in losses.items()}
'''},
    {"exercise": 'train_step', "right": True, "label": 'clipped-by-hand', "common": False,
     "what": 'gradients with autograd.grad, their common length by hand, then put into .grad',
     "source": '''
import torch
from course import rendering

def train_step(net, optimizer, inputs, target, window, losses_of, weights):
    made = rendering.repaint(net, inputs, window)
    losses = losses_of(made, target)
    total = 0
    for name in losses:
        total = total + losses[name] * weights[name]
    trained = [p for p in net.parameters() if p.requires_grad]
    slopes = torch.autograd.grad(total, trained, allow_unused=True)
    length = torch.sqrt(sum((g * g).sum() for g in slopes if g is not None))
    factor = 1.0 if float(length) <= 1 else 1 / length
    optimizer.zero_grad()
    for p, g in zip(trained, slopes):
        p.grad = None if g is None else g * factor
    optimizer.step()
    return made.detach(), {name: float(value.detach()) for name, value in losses.items()}
'''},
    {"exercise": 'overfit_one_batch', "right": False, "label": 'no-copy', "common": True,
     "what": 'trains the network itself instead of a copy',
     "source": '''
import copy
import torch
from course.recipes import animator

def overfit_one_batch(net, inputs, target, window, steps=60, rate=1e-3):
    pupil = net
    optimizer = torch.optim.Adam(pupil.parameters(), lr=rate)
    curve = []
    for _ in range(steps):
        _, losses = animator.train_step(pupil, optimizer, inputs, target, window, animator.l1_alone, {"l1": 1.0})
        curve.append(losses["l1"])
    return curve
'''},
    {"exercise": 'overfit_one_batch', "right": False, "label": 'new-adam-each-step', "common": False,
     "what": 'makes a new Adam in every step, which forgets its running means',
     "source": '''
import copy
import torch
from course.recipes import animator

def overfit_one_batch(net, inputs, target, window, steps=60, rate=1e-3):
    pupil = copy.deepcopy(net)
    curve = []
    for _ in range(steps):
        optimizer = torch.optim.Adam(pupil.parameters(), lr=rate)
        _, losses = animator.train_step(pupil, optimizer, inputs, target, window, animator.l1_alone, {"l1": 1.0})
        curve.append(losses["l1"])
    return curve
'''},
    {"exercise": 'overfit_one_batch', "right": True, "label": 'own-loop', "common": False,
     "what": "a loop of its own, with the clipping of the lesson's step, on a deep copy",
     "source": '''
import copy
import torch
from torch.nn import functional
from course import rendering

def overfit_one_batch(net, inputs, target, window, steps=60, rate=1e-3):
    twin = copy.deepcopy(net)
    adam = torch.optim.Adam(twin.parameters(), rate)
    told = []
    while len(told) < steps:
        adam.zero_grad(set_to_none=True)
        off = functional.l1_loss(rendering.repaint(twin, inputs, window), target)
        told.append(float(off.detach()))
        off.backward()
        torch.nn.utils.clip_grad_norm_(twin.parameters(), 1)
        adam.step()
    return told
'''},
    {"exercise": 'feature_matching', "right": False, "label": 'real-not-detached', "common": True,
     "what": 'the real features are not detached, so gradients flow into them as well',
     "source": '''
import torch

def feature_matching(fake_features, real_features):
    loss = 0
    for f, r in zip(fake_features, real_features):
        loss = loss + torch.abs(f - r).mean()
    return loss / len(fake_features)
'''},
    {"exercise": 'feature_matching', "right": False, "label": 'sum-over-layers', "common": True,
     "what": 'adds the layers up and forgets to divide by their number',
     "source": '''
from torch.nn import functional as F

def feature_matching(fake_features, real_features):
    return sum(F.l1_loss(f, r.detach()) for f, r in zip(fake_features, real_features))
'''},
    {"exercise": 'feature_matching', "right": True, "label": 'stacked-means', "common": False,
     "what": "each layer's mean stacked and averaged, the real ones under no_grad",
     "source": '''
import torch

def feature_matching(fake_features, real_features):
    with torch.no_grad():
        goals = [feature.clone() for feature in real_features]
    return torch.stack([(fake - goal).abs().mean() for fake, goal in zip(fake_features, goals)]).mean()
'''},
    {"exercise": 'save_and_resume', "right": False, "label": 'random-state-forgotten', "common": True,
     "what": "torch's random state is neither written nor put back",
     "source": '''
import torch
from course.training import checkpoints

def save_and_resume(path, parts, numbers=None):
    if numbers is not None:
        tree = {"parts": {name: part.state_dict() for name, part in parts.items()}, "numbers": numbers}
        checkpoints.save(path, tree)
        return numbers
    tree = checkpoints.load(path)
    for name, part in parts.items():
        part.load_state_dict(tree["parts"][name])
    return tree["numbers"]
'''},
    {"exercise": 'save_and_resume', "right": False, "label": 'random-state-not-put-back', "common": False,
     "what": 'the random state is written but never put back',
     "source": '''
import torch
from course.training import checkpoints

def save_and_resume(path, parts, numbers=None):
    if numbers is not None:
        tree = {"parts": {name: part.state_dict() for name, part in parts.items()},
                "numbers": numbers, "random": torch.get_rng_state()}
        checkpoints.save(path, tree)
        return numbers
    tree = checkpoints.load(path)
    for name, part in parts.items():
        part.load_state_dict(tree["parts"][name])
    return tree["numbers"]
'''},
    {"exercise": 'save_and_resume', "right": True, "label": 'flat-tree', "common": False,
     "what": 'a flat tree with prefixed names, and two inner functions',
     "source": '''
import torch
from course.training import checkpoints

def save_and_resume(path, parts, numbers=None):
    def write():
        tree = {"part " + name: parts[name].state_dict() for name in parts}
        tree["all numbers"] = dict(numbers)
        tree["torch random"] = torch.random.get_rng_state().clone()
        checkpoints.save(path, tree)
        return numbers

    def read():
        tree = checkpoints.load(path)
        [parts[name].load_state_dict(tree["part " + name]) for name in parts]
        torch.random.set_rng_state(tree["torch random"])
        return tree["all numbers"]

    return read() if numbers is None else write()
'''},
    {"exercise": 'ema_update', "right": False, "label": 'decay-swapped', "common": True,
     "what": 'decay and 1 - decay have changed places, so the mean follows at once',
     "source": '''
import torch

@torch.no_grad()
def ema_update(mean, network, decay):
    for m, n in zip(mean.state_dict().values(), network.state_dict().values()):
        if m.is_floating_point():
            m.mul_(1 - decay).add_(n, alpha=decay)
        else:
            m.copy_(n)
'''},
    {"exercise": 'ema_update', "right": False, "label": 'weights-only', "common": True,
     "what": 'buffers (the running means of a batch norm, the counters) are left where they were',
     "source": '''
import torch

def ema_update(mean, network, decay):
    with torch.no_grad():
        for m, n in zip(mean.parameters(), network.parameters()):
            m.copy_(decay * m + (1 - decay) * n)
'''},
    {"exercise": 'ema_update', "right": True, "label": 'through-a-new-state-dict', "common": False,
     "what": 'makes a new state dict and loads it',
     "source": '''
import torch

def ema_update(mean, network, decay):
    now = network.state_dict()
    with torch.no_grad():
        mixed = {}
        for name, old in mean.state_dict().items():
            new = now[name]
            mixed[name] = old * decay + new * (1 - decay) if torch.is_floating_point(old) else new.clone()
        mean.load_state_dict(mixed)
'''},
    {"exercise": 'equivariance_loss', "right": False, "label": 'derivative-forgotten', "common": True,
     "what": "the derivative of the bend is missing from the Jacobians' loss",
     "source": '''
import torch
from torch.nn import functional
from course import flow

def equivariance_loss(detector, image, found, bend):
    n, _, h, w = image.shape
    grid = flow.identity_grid(h, w, image.device).expand(n, -1, -1, -1)
    bent = functional.grid_sample(image, bend(grid), "bilinear", "reflection", align_corners=True)
    again = detector(bent)
    points = (found.points - bend(again.points)).abs().mean()
    turned = torch.linalg.inv(found.jacobians) @ again.jacobians
    jacobians = (torch.eye(2, device=image.device) - turned).abs().mean()
    return points, jacobians
'''},
    {"exercise": 'equivariance_loss', "right": False, "label": 'points-not-bent-back', "common": True,
     "what": 'compares the two sets of points without the bend',
     "source": '''
import torch
from torch.nn import functional
from course import flow

def equivariance_loss(detector, image, found, bend):
    n, _, h, w = image.shape
    grid = flow.identity_grid(h, w, image.device).expand(n, -1, -1, -1)
    bent = functional.grid_sample(image, bend(grid), "bilinear", "reflection", align_corners=True)
    again = detector(bent)
    points = (found.points - again.points).abs().mean()
    turned = torch.linalg.inv(found.jacobians) @ bend.jacobian(again.points) @ again.jacobians
    jacobians = (torch.eye(2, device=image.device) - turned).abs().mean()
    return points, jacobians
'''},
    {"exercise": 'equivariance_loss', "right": True, "label": 'linalg-solve', "common": False,
     "what": "solves with J_X instead of inverting it, and writes T' J_Y as einsum",
     "source": '''
import torch
from torch.nn import functional as F
from course import flow

def equivariance_loss(detector, image, found, bend):
    places = flow.identity_grid(image.shape[2], image.shape[3], device=image.device)
    places = places[None].repeat(len(image), 1, 1, 1)
    second = detector(F.grid_sample(image, bend(places), "bilinear", "reflection", align_corners=True))
    where = bend(second.points)
    loss_p = F.l1_loss(where, found.points)
    carried = torch.einsum("nkij,nkjl->nkil", bend.jacobian(second.points), second.jacobians)
    product = torch.linalg.solve(found.jacobians, carried)
    loss_j = F.l1_loss(product, torch.eye(2, dtype=product.dtype, device=product.device).expand_as(product))
    return loss_p, loss_j
'''},
    {"exercise": 'relative_motion', "right": False, "label": 'root-forgotten', "common": True,
     "what": 'the ratio of the areas without the square root',
     "source": '''
from scipy.spatial import ConvexHull

def relative_motion(source, driving, start, scale=None):
    if scale is None:
        scale = ConvexHull(source).volume / ConvexHull(start).volume
    return source + scale * (driving - start)
'''},
    {"exercise": 'relative_motion', "right": False, "label": 'length-of-the-band', "common": True,
     "what": 'uses .area, in the plane the length of the band, for the area',
     "source": '''
import numpy as np
from scipy.spatial import ConvexHull

def relative_motion(source, driving, start, scale=None):
    if scale is None:
        scale = np.sqrt(ConvexHull(source).area / ConvexHull(start).area)
    return source[None] + scale * (driving - start[None])
'''},
    {"exercise": 'relative_motion', "right": True, "label": 'shoelace-and-loop', "common": False,
     "what": "the hull's area by the shoelace formula over its corners, frame after frame",
     "source": '''
import numpy as np
from scipy.spatial import ConvexHull

def relative_motion(source, driving, start, scale=None):
    source, driving, start = (np.asarray(a, float) for a in (source, driving, start))

    def area(points):
        x, y = points[ConvexHull(points).vertices].T
        return abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2

    s = (area(source) / area(start)) ** 0.5 if scale is None else np.asarray(scale, float)
    moved = np.empty_like(driving)
    for t, frame in enumerate(driving):
        moved[t] = source + (frame - start) * s
    return moved
'''},
    {"exercise": 'find_best_frame', "right": False, "label": 'place-counts-too', "common": True,
     "what": 'place and size of the head are counted as well',
     "source": '''
import numpy as np

def find_best_frame(values, rest):
    d = values - rest
    d[:, 51:54] /= 30
    return int(np.argmin((d ** 2).sum(axis=1)))
'''},
    {"exercise": 'find_best_frame', "right": False, "label": 'degrees-not-divided', "common": True,
     "what": 'the angles are not divided by 30 degrees and drown everything else',
     "source": '''
import numpy as np

def find_best_frame(values, rest):
    return int(np.argmin(((values[:, :54] - rest[:54]) ** 2).sum(axis=1)))
'''},
    {"exercise": 'find_best_frame', "right": True, "label": 'min-with-key', "common": False,
     "what": "Python's min over frame numbers with a key",
     "source": '''
def find_best_frame(values, rest):
    def unlike(t):
        shape = sum((float(values[t][j]) - float(rest[j])) ** 2 for j in range(51))
        turn = sum(((float(values[t][a]) - float(rest[a])) / 30) ** 2 for a in (51, 52, 53))
        return shape + turn
    return min(range(len(values)), key=unlike)
'''},
    {"exercise": 'retarget', "right": False, "label": 'lids-in-every-frame', "common": True,
     "what": "the lids' gain also where they open (v below v0)",
     "source": '''
import numpy as np

def retarget(values, start, rest):
    change = values - start
    gain = np.ones_like(change, dtype=float)
    gain[:, 54:57] = 1 / (1 + start[56])
    for lid in (8, 9):
        left = max(1 - rest[lid], 0)
        full = min(2, left / max(1 - start[lid], 1e-6))
        gain[:, lid] = full
    return rest + gain * change
'''},
    {"exercise": 'retarget', "right": False, "label": 'place-gain-forgotten', "common": True,
     "what": 'place and size get no gain',
     "source": '''
import numpy as np

def retarget(values, start, rest):
    change = values - start
    gain = np.ones_like(change, dtype=float)
    for lid in (8, 9):
        left = max(1 - rest[lid], 0)
        full = min(2, left / max(1 - start[lid], 1e-6))
        gain[values[:, lid] > start[lid], lid] = full
    return rest + gain * change
'''},
    {"exercise": 'retarget', "right": True, "label": 'where-and-vectors', "common": False,
     "what": 'lids with np.where on both columns at once, the rest as one difference',
     "source": '''
import numpy as np

def retarget(values, start, rest):
    values, start, rest = (np.asarray(one, dtype=float) for one in (values, start, rest))
    out = rest + values - start
    lids, place = [8, 9], [54, 55, 56]
    way_photo = np.clip(1 - rest[lids], 0, None)
    way_driver = np.clip(1 - start[lids], 1e-6, None)
    falls = values[:, lids] > start[lids]
    step = values[:, lids] - start[lids]
    out[:, lids] = rest[lids] + np.where(falls, np.minimum(2.0, way_photo / way_driver), 1.0) * step
    out[:, place] = rest[place] + (values[:, place] - start[place]) / (1 + start[56])
    return out
'''},
    {"exercise": 'soft_mask', "right": False, "label": 'not-kept-in-range', "common": True,
     "what": 't is not kept in [0, 1]: beyond the edge the curve falls again',
     "source": '''
def soft_mask(moves, edge):
    t = moves / edge
    return t ** 2 * (3 - 2 * t)
'''},
    {"exercise": 'soft_mask', "right": False, "label": 'straight-ramp', "common": True,
     "what": 'a straight ramp with two kinks',
     "source": '''
import numpy as np

def soft_mask(moves, edge):
    return np.clip(moves / edge, 0, 1)
'''},
    {"exercise": 'soft_mask', "right": True, "label": 'polyval-of-minimum', "common": False,
     "what": 'np.interp for t and a polynomial object for the curve',
     "source": '''
import numpy as np

def soft_mask(moves, edge):
    t = np.interp(moves, [0.0, edge], [0.0, 1.0])
    return np.polynomial.Polynomial([0, 0, 3, -2])(t)
'''},
    {"exercise": 'paste_back', "right": False, "label": 'photo-changed', "common": True,
     "what": 'writes into the photo itself instead of a copy',
     "source": '''
import numpy as np

def paste_back(photo, region, mask, box):
    x0, y0, x1, y1 = box
    m = mask[..., None]
    photo[y0:y1, x0:x1] = np.rint(m * region + (1 - m) * photo[y0:y1, x0:x1])
    return photo
'''},
    {"exercise": 'paste_back', "right": False, "label": 'x-for-y', "common": True,
     "what": 'reads the box as y0, x0, y1, x1',
     "source": '''
import numpy as np

def paste_back(photo, region, mask, box):
    y0, x0, y1, x1 = box
    out = photo.copy()
    m = mask[:, :, None]
    out[y0:y1, x0:x1] = np.rint(m * region + (1 - m) * out[y0:y1, x0:x1]).astype(np.uint8)
    return out
'''},
    {"exercise": 'paste_back', "right": True, "label": 'whole-picture-layers', "common": False,
     "what": "lays region and mask on canvases of the photo's size and mixes the whole picture",
     "source": '''
import numpy as np

def paste_back(photo, region, mask, box):
    x0, y0, x1, y1 = (int(v) for v in box)
    weight = np.zeros(photo.shape[:2])
    weight[y0:y1, x0:x1] = mask
    layer = np.zeros(photo.shape, float)
    layer[y0:y1, x0:x1] = region
    mixed = weight[..., None] * layer + (1 - weight[..., None]) * photo
    return np.round(mixed).astype(np.uint8)
'''},
    {"exercise": 'bilinear_sample', "right": False, "label": 'height-for-width', "common": True,
     "what": 'uses the height for both axes: right for square pictures only',
     "source": '''
import torch

def bilinear_sample(image, positions):
    n, c, h, w = image.shape
    x = ((positions[..., 0] + 1) * (h - 1) / 2).clamp(0, w - 1)
    y = ((positions[..., 1] + 1) * (h - 1) / 2).clamp(0, h - 1)
    x0, y0 = x.floor().long(), y.floor().long()
    x1, y1 = (x0 + 1).clamp(max=w - 1), (y0 + 1).clamp(max=h - 1)
    a, b = (x - x0)[:, None], (y - y0)[:, None]
    flat = image.reshape(n, c, h * w)
    def pixel(row, column):
        index = (row * w + column).reshape(n, 1, -1).expand(-1, c, -1)
        return flat.gather(2, index).reshape(n, c, *x.shape[1:])
    top = (1 - a) * pixel(y0, x0) + a * pixel(y0, x1)
    bottom = (1 - a) * pixel(y1, x0) + a * pixel(y1, x1)
    return (1 - b) * top + b * bottom
'''},
    {"exercise": 'motion_model', "right": False, "label": 'answers-in-radians', "common": True,
     "what": 'gives radians where degrees are asked for',
     "source": '''
import numpy as np

def motion_model(times, direction, speed, amplitude):
    times, d = np.asarray(times, float), np.asarray(direction, float)
    theta = np.zeros((len(times), 3))
    if amplitude > 0:
        D = 15 / 8 * amplitude / speed
        for n, t in enumerate(times):
            u = min(max(1 - abs(t / D - 1), 0), 1)
            s = 10 * u**3 - 15 * u**4 + 6 * u**5
            theta[n] = np.deg2rad(amplitude) * s * d / np.linalg.norm(d)
    return theta
'''},
    {"exercise": 'nms', "right": True, "label": 'against-the-kept-ones', "common": False,
     "what": 'a plain Python list of kept boxes, each candidate compared with those only',
     "source": '''
import torch

def nms(boxes, scores, threshold):
    rows, kept = boxes.tolist(), []

    def overlap(p, q):
        w = min(p[2], q[2]) - max(p[0], q[0])
        h = min(p[3], q[3]) - max(p[1], q[1])
        if w <= 0 or h <= 0:
            return 0.0
        return w * h / ((p[2] - p[0]) * (p[3] - p[1]) + (q[2] - q[0]) * (q[3] - q[1]) - w * h)

    for k in sorted(range(len(rows)), key=lambda k: -float(scores[k])):
        if all(overlap(rows[k], rows[m]) <= threshold for m in kept):
            kept.append(k)
    return torch.tensor(kept, dtype=torch.long)
'''},
    {"exercise": 'conv2d', "right": True, "label": 'python-loops-over-places', "common": True,
     "what": 'a loop over every row and column, all kernels of one place at once',
     "source": '''
import torch

def conv2d(image, kernel, bias=None, stride=1, padding=0):
    if padding > 0:
        image = torch.nn.functional.pad(image, [padding] * 4)
    N, C, H, W = image.shape
    K, _, h, w = kernel.shape
    H2, W2 = (H - h) // stride + 1, (W - w) // stride + 1
    out = torch.empty(N, K, H2, W2)
    for r in range(H2):
        for c in range(W2):
            patch = image[:, :, r * stride:r * stride + h, c * stride:c * stride + w]
            out[:, :, r, c] = (patch[:, None] * kernel[None]).sum(dim=(2, 3, 4))
    if bias is not None:
        out += bias.reshape(1, K, 1, 1)
    return out
'''},
    {"exercise": 'conv2d', "right": False, "label": 'scipy-convolve', "common": True,
     "what": "scipy's convolve turns the kernel round",
     "source": '''
import numpy as np
from scipy.signal import convolve2d

def conv2d(image, kernel, bias=None, stride=1, padding=0):
    x = np.pad(np.asarray(image), ((0, 0), (0, 0), (padding,) * 2, (padding,) * 2))
    k = np.asarray(kernel)
    out = np.array([[sum(convolve2d(x[n, c], k[m, c], mode="valid") for c in range(k.shape[1]))
                     for m in range(len(k))] for n in range(len(x))])[:, :, ::stride, ::stride]
    return out if bias is None else out + np.asarray(bias)[:, None, None]
'''},
    {"exercise": 'conv2d', "right": False, "label": 'padding-forgotten', "common": True,
     "what": 'the sizes know of the padding, the picture does not',
     "source": '''
import torch

def conv2d(image, kernel, bias=None, stride=1, padding=0):
    N, C, H, W = image.shape
    K, _, h, w = kernel.shape
    H2, W2 = (H + 2 * padding - h) // stride + 1, (W + 2 * padding - w) // stride + 1
    out = torch.zeros(N, K, H2, W2)
    for i in range(h):
        for j in range(w):
            seen = image[:, :, i:i + stride * H2:stride, j:j + stride * W2:stride]
            out += torch.einsum("nchw,kc->nkhw", seen, kernel[:, :, i, j])
    return out if bias is None else out + bias[:, None, None]
'''},
    {"exercise": 'conv2d', "right": False, "label": 'bias-on-the-last-axis', "common": True,
     "what": 'the bias is added along the columns',
     "source": '''
import torch

def conv2d(image, kernel, bias=None, stride=1, padding=0):
    out = torch.nn.functional.conv2d(image, kernel, None, stride, padding)
    return out + bias if bias is not None else out
'''},
    {"exercise": 'receptive_field', "right": True, "label": 'two-lists', "common": False,
     "what": 'all distances first, then a sum',
     "source": '''
import numpy as np

def receptive_field(layers):
    strides = [layer[1] for layer in layers]
    apart = np.cumprod([1] + strides)
    grown = [(layer[0] - 1) * (layer[2] if len(layer) > 2 else 1) * a for layer, a in zip(layers, apart)]
    return int(1 + sum(grown)), int(apart[-1])
'''},
    {"exercise": 'receptive_field', "right": False, "label": 'stride-of-its-own', "common": True,
     "what": "multiplies with the layer's own stride before it reaches out",
     "source": '''
def receptive_field(layers):
    r, a = 1, 1
    for layer in layers:
        k, s = layer[:2]
        d = layer[2] if len(layer) == 3 else 1
        a *= s
        r += (k - 1) * d * a
    return r, a
'''},
    {"exercise": 'receptive_field', "right": False, "label": 'two-numbers-only', "common": True,
     "what": 'cannot take a dilation',
     "source": '''
def receptive_field(layers):
    r, a = 1, 1
    for k, s in layers:
        r += (k - 1) * a
        a *= s
    return r, a
'''},
    {"exercise": 'receptive_field', "right": False, "label": 'kernels-added', "common": True,
     "what": 'adds up kernels, less one each, whatever the strides',
     "source": '''
def receptive_field(layers):
    r, a = 1, 1
    for k, s, *rest in layers:
        d = rest[0] if rest else 1
        r = r + (k - 1) * d
        a = a * s
    return r, a
'''},
    {"exercise": 'cosine_similarity', "right": True, "label": 'normalised-first', "common": True,
     "what": 'both vectors made one long, with a little so that nothing is divided by 0',
     "source": '''
def cosine_similarity(a, b):
    a = a / a.norm(dim=-1, keepdim=True).clamp(min=1e-6)
    b = b / b.norm(dim=-1, keepdim=True).clamp(min=1e-6)
    return (a * b).sum(-1)
'''},
    {"exercise": 'cosine_similarity', "right": False, "label": 'nan-for-zeros', "common": True,
     "what": 'the formula as it stands',
     "source": '''
import torch

def cosine_similarity(a, b):
    return (a * b).sum(-1) / (torch.linalg.norm(a, dim=-1) * torch.linalg.norm(b, dim=-1))
'''},
    {"exercise": 'cosine_similarity', "right": False, "label": 'dot-of-matrices', "common": True,
     "what": '@ multiplies tables, not pairs',
     "source": '''
import torch

def cosine_similarity(a, b):
    return (a @ b.T) / (a.norm(dim=-1) * b.norm(dim=-1)).clamp(min=1e-8)
'''},
    {"exercise": 'cosine_similarity', "right": False, "label": 'torch-default-axis', "common": True,
     "what": "torch's own, along its default axis 1",
     "source": '''
import torch

def cosine_similarity(a, b):
    return torch.nn.functional.cosine_similarity(a, b)
'''},
    {"exercise": 'best_guess', "right": True, "label": 'median-of-torch', "common": True,
     "what": 'torch.median, which takes the lower of two middle ones',
     "source": '''
import torch

def best_guess(answers, loss):
    if loss == "squared":
        return torch.mean(answers, dim=0)
    if loss == "absolute":
        return torch.median(answers, dim=0).values
'''},
    {"exercise": 'best_guess', "right": False, "label": 'median-as-a-pair', "common": True,
     "what": 'torch.median gives values and places',
     "source": '''
def best_guess(answers, loss):
    return answers.mean(0) if loss == "squared" else answers.median(0)
'''},
    {"exercise": 'best_guess', "right": False, "label": 'mean-for-both', "common": True,
     "what": 'the mean whatever the loss',
     "source": '''
import torch

def best_guess(answers, loss):
    total = torch.zeros_like(answers[0])
    for answer in answers:
        total = total + answer
    return total / len(answers)
'''},
    {"exercise": 'best_guess', "right": False, "label": 'one-of-the-answers', "common": False,
     "what": 'chooses the best of the answers',
     "source": '''
def best_guess(answers, loss):
    p = 2 if loss == "squared" else 1
    costs = [((answers - a).abs() ** p).mean() for a in answers]
    return answers[costs.index(min(costs))]
'''},
    {"exercise": 'perceptual_distance', "right": True, "label": 'a-loop', "common": True,
     "what": 'a loop with a counter for the weights',
     "source": '''
def perceptual_distance(features_a, features_b, weights=None):
    d, i = 0, 0
    for layer in features_a.keys():
        w = weights[i] if weights is not None else 1
        d = d + w * (features_a[layer] - features_b[layer]).abs().mean()
        i += 1
    return d
'''},
    {"exercise": 'perceptual_distance', "right": False, "label": 'mse', "common": True,
     "what": 'mean squared differences',
     "source": '''
import torch

def perceptual_distance(features_a, features_b, weights=None):
    weights = weights or [1] * len(features_a)
    return sum(w * torch.nn.functional.mse_loss(features_a[k], features_b[k]) for w, k in zip(weights, features_a))
'''},
    {"exercise": 'perceptual_distance', "right": False, "label": 'item', "common": True,
     "what": 'gives a Python number, from which nobody learns',
     "source": '''
def perceptual_distance(features_a, features_b, weights=None):
    weights = weights or [1] * len(features_a)
    total = 0.0
    for w, a, b in zip(weights, features_a.values(), features_b.values()):
        total += w * (a - b).abs().mean().item()
    return total
'''},
    {"exercise": 'perceptual_distance', "right": False, "label": 'return-too-early', "common": True,
     "what": 'the return stands within the loop',
     "source": '''
def perceptual_distance(features_a, features_b, weights=None):
    weights = weights or [1] * len(features_a)
    total = 0
    for w, k in zip(weights, features_a):
        total += w * (features_a[k] - features_b[k]).abs().mean()
        return total
'''},
    {"exercise": 'mel_spectrogram', "right": True, "label": 'stacked-frames', "common": False,
     "what": 'frames stacked one by one',
     "source": '''
import numpy as np
from course import speech

def mel_spectrogram(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    padded = np.pad(samples, n_fft // 2)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    count = 1 + (len(padded) - n_fft) // hop
    frames = np.stack([padded[k * hop:k * hop + n_fft] * window for k in range(count)])
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    filters = speech.mel_filters(sample_rate, n_fft, n_mels, low, high)
    return filters @ power.T
'''},
    {"exercise": 'mel_spectrogram', "right": True, "label": 'matmul-then-transpose', "common": False,
     "what": 'power @ filters.T, then transposed',
     "source": '''
import numpy as np
from course import speech

def mel_spectrogram(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    padded = np.pad(samples, (n_fft // 2, n_fft // 2))
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    count = 1 + (len(padded) - n_fft) // hop
    frames = np.stack([padded[k * hop:k * hop + n_fft] * window for k in range(count)])
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    filters = speech.mel_filters(sample_rate, n_fft, n_mels, low, high)
    return (power @ filters.T).T
'''},
    {"exercise": 'mel_spectrogram', "right": False, "label": 'np-hanning', "common": True,
     "what": 'np.hanning(n_fft) is symmetric',
     "source": '''
import numpy as np
from course import speech

def mel_spectrogram(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    padded = np.pad(samples, n_fft // 2)
    window = np.hanning(n_fft)
    count = 1 + (len(padded) - n_fft) // hop
    frames = np.stack([padded[k * hop:k * hop + n_fft] * window for k in range(count)])
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    filters = speech.mel_filters(sample_rate, n_fft, n_mels, low, high)
    return filters @ power.T
'''},
    {"exercise": 'mel_spectrogram', "right": False, "label": 'no-square', "common": True,
     "what": 'the size of the spectrum, not squared',
     "source": '''
import numpy as np
from course import speech

def mel_spectrogram(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    padded = np.pad(samples, n_fft // 2)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    count = 1 + (len(padded) - n_fft) // hop
    frames = np.stack([padded[k * hop:k * hop + n_fft] * window for k in range(count)])
    power = np.abs(np.fft.rfft(frames, axis=1))
    filters = speech.mel_filters(sample_rate, n_fft, n_mels, low, high)
    return filters @ power.T
'''},
    {"exercise": 'mel_spectrogram', "right": False, "label": 'reflect', "common": True,
     "what": "librosa's older padding",
     "source": '''
import numpy as np
from course import speech

def mel_spectrogram(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    padded = np.pad(samples, n_fft // 2, mode='reflect')
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    count = 1 + (len(padded) - n_fft) // hop
    frames = np.stack([padded[k * hop:k * hop + n_fft] * window for k in range(count)])
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    filters = speech.mel_filters(sample_rate, n_fft, n_mels, low, high)
    return filters @ power.T
'''},
    {"exercise": 'mel_spectrogram', "right": False, "label": 'frames-first', "common": True,
     "what": 'one row a frame',
     "source": '''
import numpy as np
from course import speech

def mel_spectrogram(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    padded = np.pad(samples, n_fft // 2)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    count = 1 + (len(padded) - n_fft) // hop
    frames = np.stack([padded[k * hop:k * hop + n_fft] * window for k in range(count)])
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    filters = speech.mel_filters(sample_rate, n_fft, n_mels, low, high)
    return power @ filters.T
'''},
    {"exercise": 'mel_spectrogram', "right": False, "label": 'padded-before-only', "common": False,
     "what": 'zeros only in front',
     "source": '''
import numpy as np
from course import speech

def mel_spectrogram(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    padded = np.pad(samples, (n_fft // 2, 0))
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    count = 1 + (len(padded) - n_fft) // hop
    frames = np.stack([padded[k * hop:k * hop + n_fft] * window for k in range(count)])
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    filters = speech.mel_filters(sample_rate, n_fft, n_mels, low, high)
    return filters @ power.T
'''},
    {"exercise": 'phonemes_to_visemes', "right": True, "label": 'running-time', "common": False,
     "what": 'time runs along',
     "source": '''
from course import speech

def phonemes_to_visemes(phonemes):
    out = []
    for p in phonemes:
        shapes = speech.visemes_of(p.symbol)
        if not shapes:
            shapes = [('sil', 1.0)]
        length = (p.end - p.start) / len(shapes)
        t = p.start
        for name, s in shapes:
            if name in speech.VOWELS:
                s = s * speech.STRESS_GAIN[p.stress]
            out.append((name, t, t + length, s))
            t = t + length
    return out
'''},
    {"exercise": 'phonemes_to_visemes', "right": False, "label": 'stress-everywhere', "common": True,
     "what": 'consonants stressed too',
     "source": '''
from course import speech

def phonemes_to_visemes(phonemes):
    out = []
    for p in phonemes:
        shapes = speech.visemes_of(p.symbol)
        if not shapes:
            shapes = [('sil', 1.0)]
        length = (p.end - p.start) / len(shapes)
        t = p.start
        for name, s in shapes:
            if name != 'sil':
                s = s * speech.STRESS_GAIN[p.stress]
            out.append((name, t, t + length, s))
            t = t + length
    return out
'''},
    {"exercise": 'phonemes_to_visemes', "right": False, "label": 'pauses-skipped', "common": True,
     "what": 'continue at a pause',
     "source": '''
from course import speech

def phonemes_to_visemes(phonemes):
    out = []
    for p in phonemes:
        shapes = speech.visemes_of(p.symbol)
        if not shapes:
            continue
        length = (p.end - p.start) / len(shapes)
        t = p.start
        for name, s in shapes:
            if name in speech.VOWELS:
                s = s * speech.STRESS_GAIN[p.stress]
            out.append((name, t, t + length, s))
            t = t + length
    return out
'''},
    {"exercise": 'phonemes_to_visemes', "right": False, "label": 'length-for-end', "common": True,
     "what": 'length where the end belongs',
     "source": '''
from course import speech

def phonemes_to_visemes(phonemes):
    out = []
    for p in phonemes:
        shapes = speech.visemes_of(p.symbol)
        if not shapes:
            shapes = [('sil', 1.0)]
        length = (p.end - p.start) / len(shapes)
        t = p.start
        for name, s in shapes:
            if name in speech.VOWELS:
                s = s * speech.STRESS_GAIN[p.stress]
            out.append((name, t, length, s))
            t = t + length
    return out
'''},
    {"exercise": 'phonemes_to_visemes', "right": False, "label": 'to-the-end', "common": False,
     "what": 'each lasts to the end of its phoneme',
     "source": '''
from course import speech

def phonemes_to_visemes(phonemes):
    out = []
    for p in phonemes:
        shapes = speech.visemes_of(p.symbol)
        if not shapes:
            shapes = [('sil', 1.0)]
        length = (p.end - p.start) / len(shapes)
        t = p.start
        for name, s in shapes:
            if name in speech.VOWELS:
                s = s * speech.STRESS_GAIN[p.stress]
            out.append((name, t, p.end, s))
            t = t + length
    return out
'''},
    {"exercise": 'coarticulate', "right": True, "label": 'loops', "common": False,
     "what": 'loops over times and sounds',
     "source": '''
import numpy as np

def coarticulate(times, spans, alphas, targets, lead, lag):
    out = np.zeros((len(times), targets.shape[1]))
    for i, t in enumerate(times):
        weights = []
        for (start, end), alpha in zip(spans, alphas):
            a = start + (end - start) / 4
            b = end - (end - start) / 4
            d = max(a - t, 0) / lead + max(t - b, 0) / lag
            weights.append(alpha * np.exp(-d))
        if len(weights):
            out[i] = np.sum(np.array(weights)[:, None] * targets, axis=0) / np.sum(weights)
    return out
'''},
    {"exercise": 'coarticulate', "right": False, "label": 'lead-lag-swapped', "common": True,
     "what": 'lead after, lag before',
     "source": '''
import numpy as np

def coarticulate(times, spans, alphas, targets, lead, lag):
    out = np.zeros((len(times), targets.shape[1]))
    for i, t in enumerate(times):
        weights = []
        for (start, end), alpha in zip(spans, alphas):
            a = start + (end - start) / 4
            b = end - (end - start) / 4
            d = max(a - t, 0) / lag + max(t - b, 0) / lead
            weights.append(alpha * np.exp(-d))
        if len(weights):
            out[i] = np.sum(np.array(weights)[:, None] * targets, axis=0) / np.sum(weights)
    return out
'''},
    {"exercise": 'coarticulate', "right": False, "label": 'no-division', "common": True,
     "what": 'sum, not mean',
     "source": '''
import numpy as np

def coarticulate(times, spans, alphas, targets, lead, lag):
    out = np.zeros((len(times), targets.shape[1]))
    for i, t in enumerate(times):
        weights = []
        for (start, end), alpha in zip(spans, alphas):
            a = start + (end - start) / 4
            b = end - (end - start) / 4
            d = max(a - t, 0) / lead + max(t - b, 0) / lag
            weights.append(alpha * np.exp(-d))
        if len(weights):
            out[i] = np.sum(np.array(weights)[:, None] * targets, axis=0)
    return out
'''},
    {"exercise": 'coarticulate', "right": False, "label": 'whole-span', "common": True,
     "what": 'fades only outside the sound',
     "source": '''
import numpy as np

def coarticulate(times, spans, alphas, targets, lead, lag):
    out = np.zeros((len(times), targets.shape[1]))
    for i, t in enumerate(times):
        weights = []
        for (start, end), alpha in zip(spans, alphas):
            a = start
            b = end
            d = max(a - t, 0) / lead + max(t - b, 0) / lag
            weights.append(alpha * np.exp(-d))
        if len(weights):
            out[i] = np.sum(np.array(weights)[:, None] * targets, axis=0) / np.sum(weights)
    return out
'''},
    {"exercise": 'coarticulate', "right": False, "label": 'divided-by-count', "common": False,
     "what": 'divided by how many sounds there are',
     "source": '''
import numpy as np

def coarticulate(times, spans, alphas, targets, lead, lag):
    out = np.zeros((len(times), targets.shape[1]))
    for i, t in enumerate(times):
        weights = []
        for (start, end), alpha in zip(spans, alphas):
            a = start + (end - start) / 4
            b = end - (end - start) / 4
            d = max(a - t, 0) / lead + max(t - b, 0) / lag
            weights.append(alpha * np.exp(-d))
        if len(weights):
            out[i] = np.sum(np.array(weights)[:, None] * targets, axis=0) / len(weights)
    return out
'''},
    {"exercise": 'expression_from_speech', "right": True, "label": 'dict-of-shares', "common": False,
     "what": 'the largest share kept in a dict',
     "source": '''
import numpy as np
from course import motion

def expression_from_speech(phrases, times, lips):
    shares = {}
    for p in phrases:
        if p.strength == 0:
            continue
        e = (0.35 + 0.45 * p.strength) * motion.envelope(times, p.start, p.end)
        shares[p.mood] = np.maximum(e, shares.get(p.mood, 0))
    total = np.zeros((len(times), 57))
    for mood, share in shares.items():
        total = total + share[:, None] * motion.expression(mood)[None]
    total[:, motion.MOUTH] = total[:, motion.MOUTH] * motion.mouth_room(lips)[:, None]
    return total
'''},
    {"exercise": 'expression_from_speech', "right": False, "label": 'strength-alone', "common": True,
     "what": 'strength as it is',
     "source": '''
import numpy as np
from course import motion

def expression_from_speech(phrases, times, lips):
    shares = {}
    for p in phrases:
        if p.strength == 0:
            continue
        e = p.strength * motion.envelope(times, p.start, p.end)
        shares[p.mood] = np.maximum(e, shares.get(p.mood, 0))
    total = np.zeros((len(times), 57))
    for mood, share in shares.items():
        total = total + share[:, None] * motion.expression(mood)[None]
    total[:, motion.MOUTH] = total[:, motion.MOUTH] * motion.mouth_room(lips)[:, None]
    return total
'''},
    {"exercise": 'expression_from_speech', "right": False, "label": 'shares-summed', "common": True,
     "what": 'phrases of one mood add up',
     "source": '''
import numpy as np
from course import motion

def expression_from_speech(phrases, times, lips):
    shares = {}
    for p in phrases:
        if p.strength == 0:
            continue
        e = (0.35 + 0.45 * p.strength) * motion.envelope(times, p.start, p.end)
        shares[p.mood] = e + shares.get(p.mood, 0)
    total = np.zeros((len(times), 57))
    for mood, share in shares.items():
        total = total + share[:, None] * motion.expression(mood)[None]
    total[:, motion.MOUTH] = total[:, motion.MOUTH] * motion.mouth_room(lips)[:, None]
    return total
'''},
    {"exercise": 'expression_from_speech', "right": False, "label": 'no-room', "common": True,
     "what": 'the mouth does not give way',
     "source": '''
import numpy as np
from course import motion

def expression_from_speech(phrases, times, lips):
    shares = {}
    for p in phrases:
        if p.strength == 0:
            continue
        e = (0.35 + 0.45 * p.strength) * motion.envelope(times, p.start, p.end)
        shares[p.mood] = np.maximum(e, shares.get(p.mood, 0))
    total = np.zeros((len(times), 57))
    for mood, share in shares.items():
        total = total + share[:, None] * motion.expression(mood)[None]
    pass
    return total
'''},
    {"exercise": 'expression_from_speech', "right": False, "label": 'room-inverted', "common": False,
     "what": 'one minus the room',
     "source": '''
import numpy as np
from course import motion

def expression_from_speech(phrases, times, lips):
    shares = {}
    for p in phrases:
        if p.strength == 0:
            continue
        e = (0.35 + 0.45 * p.strength) * motion.envelope(times, p.start, p.end)
        shares[p.mood] = np.maximum(e, shares.get(p.mood, 0))
    total = np.zeros((len(times), 57))
    for mood, share in shares.items():
        total = total + share[:, None] * motion.expression(mood)[None]
    total[:, motion.MOUTH] *= 1 - motion.mouth_room(lips)[:, None]
    return total
'''},
    {"exercise": 'vae_loss', "right": True, "label": 'sums-and-means', "common": False,
     "what": '',
     "source": '''
import torch

def vae_loss(target, reconstruction, mean, logvar, beta=1.0):
    n = len(target)
    error = 0.5 * torch.sum((target - reconstruction).reshape(n, -1) ** 2, dim=1).mean()
    kl = -0.5 * torch.sum(1 + logvar - mean ** 2 - torch.exp(logvar), dim=1).mean()
    return error + beta * kl, error, kl
'''},
    {"exercise": 'vae_loss', "right": False, "label": 'kl-sign', "common": True,
     "what": 'the minus is forgotten',
     "source": '''
import torch

def vae_loss(target, reconstruction, mean, logvar, beta=1.0):
    n = len(target)
    error = 0.5 * torch.sum((target - reconstruction).reshape(n, -1) ** 2, dim=1).mean()
    kl = 0.5 * torch.sum(1 + logvar - mean ** 2 - torch.exp(logvar), dim=1).mean()
    return error + beta * kl, error, kl
'''},
    {"exercise": 'vae_loss', "right": False, "label": 'mse', "common": True,
     "what": 'a mean of squares as everywhere else',
     "source": '''
import torch

def vae_loss(target, reconstruction, mean, logvar, beta=1.0):
    n = len(target)
    error = 0.5 * ((target - reconstruction).reshape(n, -1) ** 2).mean(dim=1).mean()
    kl = -0.5 * torch.sum(1 + logvar - mean ** 2 - torch.exp(logvar), dim=1).mean()
    return error + beta * kl, error, kl
'''},
    {"exercise": 'vae_loss', "right": False, "label": 'kl-subtracted', "common": False,
     "what": 'error minus beta KL',
     "source": '''
import torch

def vae_loss(target, reconstruction, mean, logvar, beta=1.0):
    n = len(target)
    error = 0.5 * torch.sum((target - reconstruction).reshape(n, -1) ** 2, dim=1).mean()
    kl = -0.5 * torch.sum(1 + logvar - mean ** 2 - torch.exp(logvar), dim=1).mean()
    return error - beta * kl, error, kl
'''},
    {"exercise": 'autoregressive_rollout', "right": True, "label": 'filled-in-place', "common": False,
     "what": 'rows filled in',
     "source": '''
import torch

def autoregressive_rollout(predict, told, noise, limit=2.0, forced=None):
    x = torch.zeros(noise.shape[1])
    v = torch.zeros(noise.shape[1])
    state = None
    xs = torch.zeros_like(noise)
    means = torch.zeros_like(noise)
    for t in range(len(noise)):
        mean, deviation, state = predict(x, v, told[t], state)
        means[t] = mean
        if forced is not None:
            v, x = forced[t] - x, forced[t]
        else:
            v = limit * torch.tanh((mean + deviation * noise[t]) / limit)
            x = x + v
        xs[t] = x
    return xs, means
'''},
    {"exercise": 'autoregressive_rollout', "right": False, "label": 'state-lost', "common": True,
     "what": 'the state goes to _',
     "source": '''
import torch

def autoregressive_rollout(predict, told, noise, limit=2.0, forced=None):
    x = torch.zeros(noise.shape[1])
    v = torch.zeros(noise.shape[1])
    state = None
    xs = torch.zeros_like(noise)
    means = torch.zeros_like(noise)
    for t in range(len(noise)):
        mean, deviation, _ = predict(x, v, told[t], state)
        means[t] = mean
        if forced is not None:
            v, x = forced[t] - x, forced[t]
        else:
            v = limit * torch.tanh((mean + deviation * noise[t]) / limit)
            x = x + v
        xs[t] = x
    return xs, means
'''},
    {"exercise": 'autoregressive_rollout', "right": False, "label": 'clamp', "common": True,
     "what": 'cut off at the limit',
     "source": '''
import torch

def autoregressive_rollout(predict, told, noise, limit=2.0, forced=None):
    x = torch.zeros(noise.shape[1])
    v = torch.zeros(noise.shape[1])
    state = None
    xs = torch.zeros_like(noise)
    means = torch.zeros_like(noise)
    for t in range(len(noise)):
        mean, deviation, state = predict(x, v, told[t], state)
        means[t] = mean
        if forced is not None:
            v, x = forced[t] - x, forced[t]
        else:
            v = (mean + deviation * noise[t]).clamp(-limit, limit)
            x = x + v
        xs[t] = x
    return xs, means
'''},
    {"exercise": 'autoregressive_rollout', "right": False, "label": 'forced-speed-zero', "common": False,
     "what": 'x is set before v is taken',
     "source": '''
import torch

def autoregressive_rollout(predict, told, noise, limit=2.0, forced=None):
    x = torch.zeros(noise.shape[1])
    v = torch.zeros(noise.shape[1])
    state = None
    xs = torch.zeros_like(noise)
    means = torch.zeros_like(noise)
    for t in range(len(noise)):
        mean, deviation, state = predict(x, v, told[t], state)
        means[t] = mean
        if forced is not None:
            x = forced[t]; v = forced[t] - x
        else:
            v = limit * torch.tanh((mean + deviation * noise[t]) / limit)
            x = x + v
        xs[t] = x
    return xs, means
'''},
    {"exercise": 'autoregressive_rollout', "right": False, "label": 'no-limit', "common": True,
     "what": 'tanh is forgotten',
     "source": '''
import torch

def autoregressive_rollout(predict, told, noise, limit=2.0, forced=None):
    x = torch.zeros(noise.shape[1])
    v = torch.zeros(noise.shape[1])
    state = None
    xs = torch.zeros_like(noise)
    means = torch.zeros_like(noise)
    for t in range(len(noise)):
        mean, deviation, state = predict(x, v, told[t], state)
        means[t] = mean
        if forced is not None:
            v, x = forced[t] - x, forced[t]
        else:
            v = mean + deviation * noise[t]
            x = x + v
        xs[t] = x
    return xs, means
'''},
]

UNSEEN = [
    {"exercise": 'crop_square', "right": False, "label": 'centre-taken-for-the-corner', "common": True,
     "what": 'does not go back by half a side: (x, y) becomes the upper left corner',
     "source": '''
import numpy as np

def crop_square(image, x, y, side):
    height, width = image.shape[:2]
    left = round(x)
    top = round(y)
    rows = np.clip(top + np.arange(side), 0, height - 1)
    columns = np.clip(left + np.arange(side), 0, width - 1)
    return image[rows[:, None], columns]
'''},
    {"exercise": 'crop_square', "right": False, "label": 'rows-by-x', "common": True,
     "what": 'rows are counted from x and columns from y',
     "source": '''
import numpy as np

def crop_square(image, x, y, side):
    h, w, _ = image.shape
    a = int(round(x - side / 2))
    b = int(round(y - side / 2))
    ii = np.clip(np.arange(a, a + side), 0, h - 1)
    jj = np.clip(np.arange(b, b + side), 0, w - 1)
    return image[np.ix_(ii, jj)]
'''},
    {"exercise": 'crop_square', "right": False, "label": 'whole-half-of-an-odd-side', "common": True,
     "what": 'side // 2 in place of side / 2: a pixel off for many odd sides',
     "source": '''
import numpy as np

def crop_square(image, x, y, side):
    height, width = image.shape[:2]
    left = round(x - side // 2)
    top = round(y - side // 2)
    rows = np.clip(top + np.arange(side), 0, height - 1)
    columns = np.clip(left + np.arange(side), 0, width - 1)
    return image[rows[:, None], columns]
'''},
    {"exercise": 'crop_square', "right": False, "label": 'pushed-back-inside', "common": True,
     "what": 'moves the whole square back into the picture instead of repeating the border',
     "source": '''
def crop_square(image, x, y, side):
    h, w = image.shape[:2]
    left = min(max(round(x - side / 2), 0), max(w - side, 0))
    top = min(max(round(y - side / 2), 0), max(h - side, 0))
    return image[top:top + side, left:left + side]
'''},
    {"exercise": 'crop_square', "right": False, "label": 'mirrored-at-the-border', "common": False,
     "what": "mirrors the picture at its border (np.pad's reflect) instead of repeating the last pixel",
     "source": '''
import numpy as np

def crop_square(image, x, y, side):
    left, top = round(x - side / 2), round(y - side / 2)
    pad = side + max(0, -left, -top, left + side - image.shape[1], top + side - image.shape[0])
    big = np.pad(image, ((pad, pad), (pad, pad), (0, 0)), mode="symmetric")
    return big[top + pad:top + pad + side, left + pad:left + pad + side]
'''},
    {"exercise": 'crop_square', "right": True, "label": 'loop-with-min-and-max', "common": False,
     "what": 'two loops, each index kept inside with min and max',
     "source": '''
import numpy as np

def crop_square(image, x, y, side):
    height, width = len(image), len(image[0])
    square = np.empty((side, side, 3), np.uint8)
    first_row, first_column = int(np.rint(y - side / 2)), int(np.rint(x - side / 2))
    for i in range(side):
        row = max(0, min(first_row + i, height - 1))
        for j in range(side):
            square[i, j] = image[row, max(0, min(first_column + j, width - 1))]
    return square
'''},
    {"exercise": 'crop_square', "right": True, "label": 'take-with-mode-clip', "common": False,
     "what": "np.take twice with mode='clip', which repeats the border by itself",
     "source": '''
import numpy as np

def crop_square(image, x, y, side):
    steps = np.arange(side)
    rows = image.take(round(float(y) - side / 2) + steps, axis=0, mode="clip")
    return rows.take(round(float(x) - side / 2) + steps, axis=1, mode="clip")
'''},
    {"exercise": 'alpha_blend', "right": False, "label": 'front-and-back-exchanged', "common": True,
     "what": 'alpha weighs the back and 1 - alpha the front',
     "source": '''
import numpy as np

def alpha_blend(front, back, alpha):
    a = np.expand_dims(alpha, -1)
    return np.round(a * back + (1 - a) * front).astype(np.uint8)
'''},
    {"exercise": 'alpha_blend', "right": False, "label": 'difference-of-bytes', "common": True,
     "what": 'front - back in uint8 wraps around where the front is darker',
     "source": '''
import numpy as np

def alpha_blend(front, back, alpha):
    difference = front - back
    return np.rint(back + alpha[:, :, np.newaxis] * difference).astype(int).astype(np.uint8)
'''},
    {"exercise": 'alpha_blend', "right": False, "label": 'rounded-twice', "common": False,
     "what": 'rounds each of the two parts before adding, so it is off by one here and there',
     "source": '''
import numpy as np

def alpha_blend(front, back, alpha):
    a = alpha[..., None].astype(np.float64)
    return np.rint(a * front).astype(np.uint8) + np.rint((1 - a) * back).astype(np.uint8)
'''},
    {"exercise": 'alpha_blend', "right": False, "label": 'transposed-weights', "common": True,
     "what": "(front.T * alpha).T pairs alpha's rows with the picture's columns",
     "source": '''
import numpy as np

def alpha_blend(front, back, alpha):
    mixed = (front.T * alpha).T + (back.T * (1 - alpha)).T
    return np.rint(mixed).astype(np.uint8)
'''},
    {"exercise": 'alpha_blend', "right": True, "label": 'torch-lerp', "common": False,
     "what": 'torch.lerp in float64',
     "source": '''
import numpy as np
import torch

def alpha_blend(front, back, alpha):
    f, b = (torch.from_numpy(np.ascontiguousarray(p)).double() for p in (front, back))
    a = torch.from_numpy(np.ascontiguousarray(alpha)).double().unsqueeze(-1)
    return torch.lerp(b, f, a).round().to(torch.uint8).numpy()
'''},
    {"exercise": 'alpha_blend', "right": True, "label": 'back-plus-difference', "common": False,
     "what": 'back plus alpha times the difference, in whole numbers with signs and float64',
     "source": '''
import numpy as np

def alpha_blend(front, back, alpha):
    difference = np.subtract(front, back, dtype=np.int16)
    three = np.repeat(alpha[:, :, None].astype(np.float64), 3, axis=2)
    return np.round(back + three * difference).astype("uint8")
'''},
    {"exercise": 'iou', "right": False, "label": 'shared-counted-twice', "common": True,
     "what": 'the shared part is not taken off the union',
     "source": '''
import torch

def iou(a, b):
    upper = torch.maximum(a[:, None, :2], b[None, :, :2])
    lower = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    side = (lower - upper).clamp(min=0)
    shared = side[..., 0] * side[..., 1]
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    union = area_a[:, None] + area_b
    return shared / union
'''},
    {"exercise": 'iou', "right": False, "label": 'width-and-height', "common": True,
     "what": 'reads the boxes as x, y, width, height',
     "source": '''
import torch

def iou(a, b):
    ax, ay, aw, ah = a[:, None].unbind(-1)
    bx, by, bw, bh = b[None].unbind(-1)
    w = (torch.min(ax + aw, bx + bw) - torch.max(ax, bx)).clamp(min=0)
    h = (torch.min(ay + ah, by + bh) - torch.max(ay, by)).clamp(min=0)
    return w * h / (aw * ah + bw * bh - w * h)
'''},
    {"exercise": 'iou', "right": False, "label": 'over-the-smaller-area', "common": False,
     "what": 'divides by the smaller of the two areas: 1 for a box inside another',
     "source": '''
import torch

def iou(a, b):
    upper = torch.maximum(a[:, None, :2], b[None, :, :2])
    lower = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    side = (lower - upper).clamp(min=0)
    shared = side[..., 0] * side[..., 1]
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    union = torch.minimum(area_a[:, None], area_b[None])
    return shared / union
'''},
    {"exercise": 'iou', "right": False, "label": 'pairs-only', "common": True,
     "what": 'compares the first with the first, the second with the second: (N,) instead of (N, M)',
     "source": '''
import torch

def iou(a, b):
    x1 = torch.max(a[:, 0], b[:, 0])
    y1 = torch.max(a[:, 1], b[:, 1])
    x2 = torch.min(a[:, 2], b[:, 2])
    y2 = torch.min(a[:, 3], b[:, 3])
    inter = torch.clamp(x2 - x1, min=0) * torch.clamp(y2 - y1, min=0)
    area1 = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area2 = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    return inter / (area1 + area2 - inter)
'''},
    {"exercise": 'iou', "right": False, "label": 'width-twice', "common": True,
     "what": "a copied line: the second box's area is width times width",
     "source": '''
import torch

def iou(a, b):
    upper = torch.maximum(a[:, None, :2], b[None, :, :2])
    lower = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    side = (lower - upper).clamp(min=0)
    shared = side[..., 0] * side[..., 1]
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 2] - b[:, 0])
    union = area_a[:, None] + area_b - shared
    return shared / union
'''},
    {"exercise": 'iou', "right": True, "label": 'torchvision', "common": False,
     "what": 'asks torchvision.ops.box_iou',
     "source": '''
import torch
from torchvision.ops import box_iou

def iou(a, b):
    return torch.nan_to_num(box_iou(a, b))
'''},
    {"exercise": 'iou', "right": True, "label": 'numpy-outer', "common": False,
     "what": "NumPy's outer functions on the four columns",
     "source": '''
import numpy as np
import torch

def iou(a, b):
    p, q = (np.asarray(t.detach().cpu(), dtype=np.float64) for t in (a, b))
    w = np.minimum.outer(p[:, 2], q[:, 2]) - np.maximum.outer(p[:, 0], q[:, 0])
    h = np.minimum.outer(p[:, 3], q[:, 3]) - np.maximum.outer(p[:, 1], q[:, 1])
    both = np.where((w > 0) & (h > 0), w * h, 0.0)
    one = np.add.outer((p[:, 2] - p[:, 0]) * (p[:, 3] - p[:, 1]), (q[:, 2] - q[:, 0]) * (q[:, 3] - q[:, 1]))
    result = np.divide(both, one - both, out=np.zeros_like(both), where=both > 0)
    return torch.from_numpy(result).to(a.device, a.dtype if a.is_floating_point() else torch.float32)
'''},
    {"exercise": 'make_anchors', "right": False, "label": 'cell-corners', "common": True,
     "what": 'the half of j + 1/2 is forgotten: all anchors half a cell up and to the left',
     "source": '''
import torch

def make_anchors(height, width, strides=(8, 16, 32, 64),
                 sizes=((14, 22), (34, 52), (80, 125), (190, 290))):
    anchors = []
    for s, level in zip(strides, sizes):
        for i in range(height // s):
            for j in range(width // s):
                x = j * s
                y = i * s
                for a in level:
                    anchors.append((x - a / 2, y - a / 2, x + a / 2, y + a / 2))
    return torch.tensor(anchors, dtype=torch.float32)
'''},
    {"exercise": 'make_anchors', "right": False, "label": 'whole-halves', "common": False,
     "what": 'a // 2 cuts the half of an odd side off: 125 becomes 124',
     "source": '''
import torch

def make_anchors(height, width, strides=(8, 16, 32, 64),
                 sizes=((14, 22), (34, 52), (80, 125), (190, 290))):
    anchors = []
    for s, level in zip(strides, sizes):
        for i in range(height // s):
            for j in range(width // s):
                x = (j + 0.5) * s
                y = (i + 0.5) * s
                for a in level:
                    anchors.append((x - a // 2, y - a // 2, x + a // 2, y + a // 2))
    return torch.tensor(anchors, dtype=torch.float32)
'''},
    {"exercise": 'make_anchors', "right": False, "label": 'centre-and-sides', "common": True,
     "what": 'gives x, y, side, side instead of two corners',
     "source": '''
import torch

def make_anchors(height, width, strides=(8, 16, 32, 64),
                 sizes=((14, 22), (34, 52), (80, 125), (190, 290))):
    anchors = []
    for s, level in zip(strides, sizes):
        for i in range(height // s):
            for j in range(width // s):
                x = (j + 0.5) * s
                y = (i + 0.5) * s
                for a in level:
                    anchors.append((x, y, a, a))
    return torch.tensor(anchors, dtype=torch.float32)
'''},
    {"exercise": 'make_anchors', "right": False, "label": 'last-level-only', "common": True,
     "what": 'the list is begun anew in every level, so only the last one is left',
     "source": '''
import torch

def make_anchors(height, width, strides=(8, 16, 32, 64),
                 sizes=((14, 22), (34, 52), (80, 125), (190, 290))):
    for s, level in zip(strides, sizes):
        anchors = []
        for i in range(height // s):
            for j in range(width // s):
                x = (j + 0.5) * s
                y = (i + 0.5) * s
                for a in level:
                    anchors.append((x - a / 2, y - a / 2, x + a / 2, y + a / 2))
    return torch.tensor(anchors, dtype=torch.float32)
'''},
    {"exercise": 'make_anchors', "right": False, "label": 'height-and-width-exchanged', "common": True,
     "what": 'counts columns with the height and rows with the width',
     "source": '''
import torch

def make_anchors(height, width, strides=(8, 16, 32, 64),
                 sizes=((14, 22), (34, 52), (80, 125), (190, 290))):
    anchors = []
    for s, level in zip(strides, sizes):
        for i in range(width // s):
            for j in range(height // s):
                x = (j + 0.5) * s
                y = (i + 0.5) * s
                for a in level:
                    anchors.append((x - a / 2, y - a / 2, x + a / 2, y + a / 2))
    return torch.tensor(anchors, dtype=torch.float32)
'''},
    {"exercise": 'make_anchors', "right": True, "label": 'meshgrid-and-broadcast', "common": False,
     "what": 'meshgrid of the middles and one broadcast over the sides',
     "source": '''
import torch

def make_anchors(height, width, strides=(8, 16, 32, 64),
                 sizes=((14, 22), (34, 52), (80, 125), (190, 290))):
    levels = []
    for stride, sides in zip(strides, sizes):
        ys = torch.arange(height // stride) * stride + stride / 2
        xs = torch.arange(width // stride) * stride + stride / 2
        y, x = torch.meshgrid(ys, xs, indexing="ij")
        middle = torch.stack([x, y], dim=-1)[:, :, None]  # (rows, columns, 1, 2)
        half = torch.tensor(sides, dtype=torch.float32)[:, None] / 2
        levels.append(torch.cat([middle - half, middle + half], dim=-1).reshape(-1, 4))
    return torch.cat(levels)
'''},
    {"exercise": 'make_anchors', "right": True, "label": 'numpy-indices', "common": False,
     "what": 'np.indices and np.repeat, then a tensor',
     "source": '''
import numpy as np
import torch

def make_anchors(height, width, strides=(8, 16, 32, 64),
                 sizes=((14, 22), (34, 52), (80, 125), (190, 290))):
    found = np.zeros((0, 4), np.float32)
    for s, sides in zip(strides, sizes):
        i, j = np.indices((height // s, width // s)).reshape(2, -1)
        count = len(sides)
        x, y = np.repeat((j + 0.5) * s, count), np.repeat((i + 0.5) * s, count)
        a = np.tile(np.asarray(sides, float), i.size) / 2
        found = np.vstack([found, np.column_stack([x - a, y - a, x + a, y + a])])
    return torch.from_numpy(found.astype(np.float32))
'''},
    {"exercise": 'encode_boxes', "right": False, "label": 'no-logarithm', "common": True,
     "what": '(w - w_a) / w_a in place of the logarithm',
     "source": '''
import torch

def encode_boxes(boxes, anchors):
    w = boxes[..., 2] - boxes[..., 0]
    h = boxes[..., 3] - boxes[..., 1]
    wa = anchors[..., 2] - anchors[..., 0]
    ha = anchors[..., 3] - anchors[..., 1]
    dx = boxes[..., 0] + w / 2 - (anchors[..., 0] + wa / 2)
    dy = boxes[..., 1] + h / 2 - (anchors[..., 1] + ha / 2)
    return torch.stack([dx / wa / 0.1, dy / ha / 0.1, (w - wa) / wa / 0.2, (h - ha) / ha / 0.2], dim=-1)
'''},
    {"exercise": 'encode_boxes', "right": False, "label": 'times-instead-of-over', "common": True,
     "what": 'multiplies by 0.1 and 0.2 instead of dividing',
     "source": '''
import torch

def encode_boxes(boxes, anchors):
    w = boxes[..., 2] - boxes[..., 0]
    h = boxes[..., 3] - boxes[..., 1]
    wa = anchors[..., 2] - anchors[..., 0]
    ha = anchors[..., 3] - anchors[..., 1]
    dx = boxes[..., 0] + w / 2 - (anchors[..., 0] + wa / 2)
    dy = boxes[..., 1] + h / 2 - (anchors[..., 1] + ha / 2)
    return torch.stack([dx / wa * 0.1, dy / ha * 0.1, torch.log(w / wa) * 0.2, torch.log(h / ha) * 0.2], dim=-1)
'''},
    {"exercise": 'encode_boxes', "right": False, "label": 'width-for-height', "common": True,
     "what": "the shift in y is divided by the anchor's width: right for square anchors only",
     "source": '''
import torch

def encode_boxes(boxes, anchors):
    w = boxes[..., 2] - boxes[..., 0]
    h = boxes[..., 3] - boxes[..., 1]
    wa = anchors[..., 2] - anchors[..., 0]
    ha = anchors[..., 3] - anchors[..., 1]
    dx = boxes[..., 0] + w / 2 - (anchors[..., 0] + wa / 2)
    dy = boxes[..., 1] + h / 2 - (anchors[..., 1] + ha / 2)
    return torch.stack([dx / wa / 0.1, dy / wa / 0.1, torch.log(w / wa) / 0.2, torch.log(h / ha) / 0.2], dim=-1)
'''},
    {"exercise": 'encode_boxes', "right": False, "label": 'two-dimensions-only', "common": False,
     "what": 'indexes [:, k], which is wrong for boxes with more axes in front',
     "source": '''
import torch

def encode_boxes(boxes, anchors):
    bw, bh = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    aw, ah = anchors[:, 2] - anchors[:, 0], anchors[:, 3] - anchors[:, 1]
    bx, by = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    ax, ay = (anchors[:, 0] + anchors[:, 2]) / 2, (anchors[:, 1] + anchors[:, 3]) / 2
    return torch.stack([(bx - ax) / aw / 0.1, (by - ay) / ah / 0.1,
                        torch.log(bw / aw) / 0.2, torch.log(bh / ah) / 0.2], dim=1)
'''},
    {"exercise": 'encode_boxes', "right": True, "label": 'helper-for-centres', "common": False,
     "what": 'a helper that splits into centre and size, and chunk',
     "source": '''
import torch

def encode_boxes(boxes, anchors):
    def split(b):
        low, high = b.chunk(2, dim=-1)
        return (low + high) / 2, high - low

    (c, s), (ca, sa) = split(boxes), split(anchors)
    spread = torch.tensor([0.1, 0.1, 0.2, 0.2], dtype=boxes.dtype, device=boxes.device)
    return torch.cat([(c - ca) / sa, (s / sa).log()], dim=-1) / spread
'''},
    {"exercise": 'encode_boxes', "right": True, "label": 'matrix-to-centres', "common": False,
     "what": 'a 4x4 matrix turns corners into centres and sizes',
     "source": '''
import torch

def encode_boxes(boxes, anchors):
    turn = torch.tensor([[0.5, 0, -1, 0], [0, 0.5, 0, -1], [0.5, 0, 1, 0], [0, 0.5, 0, 1]],
                        dtype=boxes.dtype, device=boxes.device)
    b, a = boxes @ turn, anchors @ turn  # x, y, w, h
    first = 10 * (b[..., :2] - a[..., :2]) / a[..., 2:]
    second = 5 * torch.log(b[..., 2:] / a[..., 2:])
    return torch.cat((first, second), -1)
'''},
    {"exercise": 'decode_boxes', "right": False, "label": 'no-exp', "common": True,
     "what": 'w = w_a 0.2 t_w: the exponential is missing',
     "source": '''
import torch

def decode_boxes(offsets, anchors):
    wa, ha = anchors[..., 2] - anchors[..., 0], anchors[..., 3] - anchors[..., 1]
    xa, ya = anchors[..., 0] + wa / 2, anchors[..., 1] + ha / 2
    tx, ty, tw, th = offsets.unbind(-1)
    w = wa * 0.2 * tw
    h = ha * 0.2 * th
    x = xa + 0.1 * tx * wa
    y = ya + 0.1 * ty * ha
    return torch.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], dim=-1)
'''},
    {"exercise": 'decode_boxes', "right": False, "label": 'spreads-exchanged', "common": True,
     "what": '0.2 for the places and 0.1 for the sizes',
     "source": '''
import torch

def decode_boxes(offsets, anchors):
    wa, ha = anchors[..., 2] - anchors[..., 0], anchors[..., 3] - anchors[..., 1]
    xa, ya = anchors[..., 0] + wa / 2, anchors[..., 1] + ha / 2
    tx, ty, tw, th = offsets.unbind(-1)
    w = wa * torch.exp(0.1 * tw)
    h = ha * torch.exp(0.1 * th)
    x = xa + 0.2 * tx * wa
    y = ya + 0.2 * ty * ha
    return torch.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], dim=-1)
'''},
    {"exercise": 'decode_boxes', "right": False, "label": 'full-size-each-way', "common": True,
     "what": 'goes a whole width to each side of the centre',
     "source": '''
import torch

def decode_boxes(offsets, anchors):
    wa, ha = anchors[..., 2] - anchors[..., 0], anchors[..., 3] - anchors[..., 1]
    xa, ya = anchors[..., 0] + wa / 2, anchors[..., 1] + ha / 2
    tx, ty, tw, th = offsets.unbind(-1)
    w = wa * torch.exp(0.2 * tw)
    h = ha * torch.exp(0.2 * th)
    x = xa + 0.1 * tx * wa
    y = ya + 0.1 * ty * ha
    return torch.stack([x - w, y - h, x + w, y + h], dim=-1)
'''},
    {"exercise": 'decode_boxes', "right": False, "label": 'shift-in-new-widths', "common": False,
     "what": "measures the shift in the new width instead of the anchor's",
     "source": '''
import torch

def decode_boxes(offsets, anchors):
    wa, ha = anchors[..., 2] - anchors[..., 0], anchors[..., 3] - anchors[..., 1]
    xa, ya = anchors[..., 0] + wa / 2, anchors[..., 1] + ha / 2
    tx, ty, tw, th = offsets.unbind(-1)
    w = wa * torch.exp(0.2 * tw)
    h = ha * torch.exp(0.2 * th)
    x = xa + 0.1 * tx * w
    y = ya + 0.1 * ty * h
    return torch.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], dim=-1)
'''},
    {"exercise": 'decode_boxes', "right": True, "label": 'edge-by-edge', "common": False,
     "what": 'moves each edge of the anchor by itself, the centre never appears',
     "source": '''
import torch

def decode_boxes(offsets, anchors):
    low, high = anchors[..., :2], anchors[..., 2:]
    side = high - low
    shift = side * offsets[..., :2] * 0.1
    grow = side * torch.expm1(0.2 * offsets[..., 2:]) / 2
    return torch.cat([low + shift - grow, high + shift + grow], dim=-1)
'''},
    {"exercise": 'decode_boxes', "right": True, "label": 'numpy-inside', "common": False,
     "what": 'NumPy inside, a tensor outside',
     "source": '''
import numpy as np
import torch

def decode_boxes(offsets, anchors):
    t = np.asarray(offsets.detach().cpu(), np.float64)
    a = np.asarray(anchors.detach().cpu(), np.float64)
    size = a[:, 2:] - a[:, :2]
    mid = a[:, :2] + size / 2 + 0.1 * t[..., :2] * size
    new = size * np.exp(0.2 * t[..., 2:])
    boxes = np.concatenate([mid - new / 2, mid + new / 2], axis=-1)
    return torch.as_tensor(boxes, dtype=offsets.dtype, device=offsets.device)
'''},
    {"exercise": 'nms', "right": False, "label": 'worst-first', "common": True,
     "what": 'argsort without descending: keeps the box with the lowest score',
     "source": '''
import torch

def nms(boxes, scores, threshold):
    def overlaps(one, many):
        w = (torch.minimum(one[2], many[:, 2]) - torch.maximum(one[0], many[:, 0])).clamp(min=0)
        h = (torch.minimum(one[3], many[:, 3]) - torch.maximum(one[1], many[:, 1])).clamp(min=0)
        area = (many[:, 2] - many[:, 0]) * (many[:, 3] - many[:, 1])
        return w * h / ((one[2] - one[0]) * (one[3] - one[1]) + area - w * h)

    order = torch.argsort(scores)
    keep = []
    while len(order) > 0:
        best = order[0]
        keep.append(best.item())
        rest = order[1:]
        order = rest[overlaps(boxes[best], boxes[rest]) <= threshold]
    return torch.tensor(keep, dtype=torch.long)
'''},
    {"exercise": 'nms', "right": False, "label": 'equal-is-dropped', "common": False,
     "what": 'a box whose IoU is just the limit is dropped, though the limit is the largest IoU allowed',
     "source": '''
import torch

def nms(boxes, scores, threshold):
    def overlaps(one, many):
        w = (torch.minimum(one[2], many[:, 2]) - torch.maximum(one[0], many[:, 0])).clamp(min=0)
        h = (torch.minimum(one[3], many[:, 3]) - torch.maximum(one[1], many[:, 1])).clamp(min=0)
        area = (many[:, 2] - many[:, 0]) * (many[:, 3] - many[:, 1])
        return w * h / ((one[2] - one[0]) * (one[3] - one[1]) + area - w * h)

    order = torch.argsort(scores, descending=True)
    keep = []
    while len(order) > 0:
        best = order[0]
        keep.append(best.item())
        rest = order[1:]
        order = rest[overlaps(boxes[best], boxes[rest]) < threshold]
    return torch.tensor(keep, dtype=torch.long)
'''},
    {"exercise": 'nms', "right": False, "label": 'places-in-the-sorted-list', "common": True,
     "what": 'gives places in the list sorted by score instead of indices of the boxes',
     "source": '''
import torch

def nms(boxes, scores, threshold):
    boxes = boxes[scores.argsort(descending=True)]
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    gone = torch.zeros(len(boxes), dtype=torch.bool)
    keep = []
    for i in range(len(boxes)):
        if gone[i]:
            continue
        keep.append(i)
        low = torch.maximum(boxes[i, :2], boxes[:, :2])
        high = torch.minimum(boxes[i, 2:], boxes[:, 2:])
        inter = (high - low).clamp(min=0).prod(dim=1)
        gone |= inter / (area[i] + area - inter) > threshold
    return torch.tensor(keep, dtype=torch.long)
'''},
    {"exercise": 'nms', "right": False, "label": 'last-kept-one-only', "common": False,
     "what": 'compares a box only with the one that was kept last',
     "source": '''
import torch

def nms(boxes, scores, threshold):
    def overlap(p, q):
        side = (torch.minimum(p[2:], q[2:]) - torch.maximum(p[:2], q[:2])).clamp(min=0)
        shared = side[0] * side[1]
        return shared / ((p[2] - p[0]) * (p[3] - p[1]) + (q[2] - q[0]) * (q[3] - q[1]) - shared)

    keep = []
    for k in torch.argsort(scores, descending=True).tolist():
        if not keep or overlap(boxes[keep[-1]], boxes[k]) <= threshold:
            keep.append(k)
    return torch.tensor(keep, dtype=torch.long)
'''},
    {"exercise": 'nms', "right": False, "label": 'list-changed-while-walking', "common": True,
     "what": 'removes from the list that the for loop walks along, so every removal skips a box',
     "source": '''
import torch

def nms(boxes, scores, threshold):
    def overlap(p, q):
        w = max(0.0, float(min(p[2], q[2]) - max(p[0], q[0])))
        h = max(0.0, float(min(p[3], q[3]) - max(p[1], q[1])))
        return w * h / float((p[2] - p[0]) * (p[3] - p[1]) + (q[2] - q[0]) * (q[3] - q[1]) - w * h)

    left = torch.argsort(scores, descending=True).tolist()
    keep = []
    while left:
        best = left.pop(0)
        keep.append(best)
        for k in left:
            if overlap(boxes[best], boxes[k]) > threshold:
                left.remove(k)
    return torch.tensor(keep, dtype=torch.long)
'''},
    {"exercise": 'nms', "right": True, "label": 'torchvision-in-double', "common": False,
     "what": 'torchvision.ops.nms, in float64 so that equality is exact',
     "source": '''
import torch
from torchvision import ops

def nms(boxes, scores, threshold):
    if boxes.shape[0] == 0:
        return torch.zeros(0, dtype=torch.long, device=boxes.device)
    return ops.nms(boxes.double(), scores.double(), float(threshold))
'''},
    {"exercise": 'nms', "right": True, "label": 'whole-matrix-and-mask', "common": False,
     "what": 'the whole matrix of overlaps once, then a mask of boxes that are out',
     "source": '''
import torch

def nms(boxes, scores, threshold):
    low = torch.maximum(boxes[:, None, :2], boxes[:, :2])
    high = torch.minimum(boxes[:, None, 2:], boxes[:, 2:])
    shared = (high - low).clamp_min(0).prod(-1)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(-1)
    too_much = shared / (area[:, None] + area - shared).clamp_min(1e-30) > threshold
    order = scores.sort(descending=True, stable=True).indices
    out = torch.zeros(len(boxes), dtype=torch.bool, device=boxes.device)
    keep = []
    for k in order:
        if not out[k]:
            keep.append(k)
            out = out | too_much[k]
    return torch.stack(keep) if keep else order[:0]
'''},
    {"exercise": 'average_precision', "right": False, "label": 'first-step-lost', "common": True,
     "what": "np.diff without R_0 = 0 in front: the best box's step is lost",
     "source": '''
import numpy as np

def average_precision(scores, right, total):
    order = np.argsort(-np.asarray(scores, float))
    hits = np.cumsum(np.asarray(right, float)[order])
    precision = hits / np.arange(1, len(hits) + 1)
    recall = hits / total
    best = np.maximum.accumulate(precision[::-1])[::-1]
    steps = np.diff(recall)
    return float((steps * best[1:]).sum())
'''},
    {"exercise": 'average_precision', "right": False, "label": 'over-the-faces-found', "common": True,
     "what": 'divides by the faces that were found instead of all there are',
     "source": '''
import numpy as np

def average_precision(scores, right, total):
    order = np.argsort(-np.asarray(scores, float))
    hits = np.cumsum(np.asarray(right, float)[order])
    precision = hits / np.arange(1, len(hits) + 1)
    recall = hits / max(hits.max(initial=0), 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    steps = np.diff(np.concatenate([[0], recall]))
    return float((steps * best).sum())
'''},
    {"exercise": 'average_precision', "right": False, "label": 'eleven-points', "common": False,
     "what": 'the mean of the best precision at 11 recalls, as VOC did before 2010',
     "source": '''
import numpy as np

def average_precision(scores, right, total):
    order = np.argsort(-np.asarray(scores, float))
    hits = np.cumsum(np.asarray(right, float)[order])
    precision = hits / np.arange(1, len(hits) + 1)
    recall = hits / total
    return float(np.mean([precision[recall >= r].max(initial=0) for r in np.linspace(0, 1, 11)]))
'''},
    {"exercise": 'average_precision', "right": False, "label": 'worst-box-first', "common": True,
     "what": 'sorts ascending, the worst box first',
     "source": '''
import numpy as np

def average_precision(scores, right, total):
    order = np.argsort(np.asarray(scores, float))
    hits = np.cumsum(np.asarray(right, float)[order])
    precision = hits / np.arange(1, len(hits) + 1)
    recall = hits / total
    best = np.maximum.accumulate(precision[::-1])[::-1]
    steps = np.diff(np.concatenate([[0], recall]))
    return float((steps * best).sum())
'''},
    {"exercise": 'average_precision', "right": True, "label": 'torch-cummax', "common": False,
     "what": 'torch: cumsum and cummax of the reversed precision',
     "source": '''
import torch

def average_precision(scores, right, total):
    s, r = torch.as_tensor(scores).double(), torch.as_tensor(right).double()
    if s.numel() == 0:
        return 0.0
    r = r[s.argsort(descending=True)]
    found = r.cumsum(0)
    precision = found / torch.arange(1, len(r) + 1, dtype=torch.float64)
    filled = precision.flip(0).cummax(0).values.flip(0)
    return ((filled * r).sum() / total).item()
'''},
    {"exercise": 'average_precision', "right": True, "label": 'word-for-word', "common": False,
     "what": 'the formula word for word, with a max over all later boxes each time',
     "source": '''
import numpy as np

def average_precision(scores, right, total):
    order = sorted(range(len(scores)), key=lambda k: scores[k], reverse=True)
    P, Rec, found = [], [0.0], 0
    for n, k in enumerate(order, start=1):
        found += int(right[k])
        P.append(found / n)
        Rec.append(found / total)
    return sum((Rec[k + 1] - Rec[k]) * max(P[k:]) for k in range(len(P)))
'''},
    {"exercise": 'gaussian_heatmap', "right": False, "label": 'sigma-not-squared', "common": True,
     "what": 'divides by 2 sigma instead of 2 sigma squared',
     "source": '''
import torch

def gaussian_heatmap(points, size, sigma=1.5):
    middle = torch.arange(size, dtype=points.dtype, device=points.device) + 0.5
    dx = middle[None, :] - size * points[..., 0, None, None]  # (N, K, 1, size)
    dy = middle[:, None] - size * points[..., 1, None, None]  # (N, K, size, 1)
    squared = dx ** 2 + dy ** 2
    return torch.exp(-squared / (2 * sigma))
'''},
    {"exercise": 'gaussian_heatmap', "right": False, "label": 'brightest-cell-made-one', "common": False,
     "what": "divides each map by its largest value: the top lies at the point, not in a cell's middle",
     "source": '''
import torch

def gaussian_heatmap(points, size, sigma=1.5):
    middle = torch.arange(size, dtype=points.dtype, device=points.device) + 0.5
    dx = middle[None, :] - size * points[..., 0, None, None]  # (N, K, 1, size)
    dy = middle[:, None] - size * points[..., 1, None, None]  # (N, K, size, 1)
    squared = dx ** 2 + dy ** 2
    maps = torch.exp(-squared / (2 * sigma ** 2))
    return maps / maps.amax(dim=(2, 3), keepdim=True)
'''},
    {"exercise": 'gaussian_heatmap', "right": False, "label": 'point-moved-to-its-cell', "common": True,
     "what": 'moves the point to the middle of its cell first, so what is finer than a cell is lost',
     "source": '''
import torch

def gaussian_heatmap(points, size, sigma=1.5):
    middle = torch.arange(size, dtype=points.dtype, device=points.device) + 0.5
    dx = middle[None, :] - (torch.floor(size * points[..., 0, None, None]) + 0.5)  # (N, K, 1, size)
    dy = middle[:, None] - (torch.floor(size * points[..., 1, None, None]) + 0.5)  # (N, K, size, 1)
    squared = dx ** 2 + dy ** 2
    return torch.exp(-squared / (2 * sigma ** 2))
'''},
    {"exercise": 'gaussian_heatmap', "right": False, "label": 'size-minus-one', "common": True,
     "what": 'scales the points by size - 1 as if 1 were the middle of the last cell',
     "source": '''
import torch

def gaussian_heatmap(points, size, sigma=1.5):
    middle = torch.arange(size, dtype=points.dtype, device=points.device) + 0.5
    dx = middle[None, :] - (size - 1) * points[..., 0, None, None]  # (N, K, 1, size)
    dy = middle[:, None] - (size - 1) * points[..., 1, None, None]  # (N, K, size, 1)
    squared = dx ** 2 + dy ** 2
    return torch.exp(-squared / (2 * sigma ** 2))
'''},
    {"exercise": 'gaussian_heatmap', "right": False, "label": 'sums-to-one', "common": True,
     "what": 'normalises each map to the sum 1 instead of 1 at the top',
     "source": '''
import torch

def gaussian_heatmap(points, size, sigma=1.5):
    middle = torch.arange(size, dtype=points.dtype, device=points.device) + 0.5
    dx = middle[None, :] - size * points[..., 0, None, None]  # (N, K, 1, size)
    dy = middle[:, None] - size * points[..., 1, None, None]  # (N, K, size, 1)
    squared = dx ** 2 + dy ** 2
    maps = torch.exp(-squared / (2 * sigma ** 2))
    return maps / maps.sum(dim=(-2, -1), keepdim=True)
'''},
    {"exercise": 'gaussian_heatmap', "right": True, "label": 'four-loops', "common": False,
     "what": 'loops over pictures, points, rows and columns with math.exp',
     "source": '''
import math
import torch

def gaussian_heatmap(points, size, sigma=1.5):
    n, k = points.shape[:2]
    maps = torch.zeros(n, k, size, size, dtype=points.dtype)
    for picture in range(n):
        for point in range(k):
            x, y = (size * float(v) for v in points[picture, point])
            for i in range(size):
                for j in range(size):
                    squared = (j + 0.5 - x) ** 2 + (i + 0.5 - y) ** 2
                    maps[picture, point, i, j] = math.exp(-squared / (2 * sigma ** 2))
    return maps
'''},
    {"exercise": 'gaussian_heatmap', "right": True, "label": 'grid-of-places', "common": False,
     "what": 'one grid of places in [0, 1], distances in cells from the difference of vectors',
     "source": '''
import torch

def gaussian_heatmap(points, size, sigma=1.5):
    t = (torch.arange(size, device=points.device).to(points.dtype) + 0.5) / size
    grid = torch.stack(torch.meshgrid(t, t, indexing="xy"), dim=-1)  # (size, size, 2): x, y
    away = (grid - points.unsqueeze(2).unsqueeze(2)) * size / sigma
    return torch.exp(-away.square().sum(dim=-1).div(2))
'''},
    {"exercise": 'soft_argmax', "right": False, "label": 'corner-of-the-cell', "common": True,
     "what": 'j / W in place of (j + 1/2) / W',
     "source": '''
import torch

def soft_argmax(maps):
    n, k, h, w = maps.shape
    p = maps.reshape(n, k, h * w).softmax(dim=2).reshape(n, k, h, w)
    xs = (torch.arange(w, dtype=maps.dtype, device=maps.device)) / w
    ys = (torch.arange(h, dtype=maps.dtype, device=maps.device)) / h
    x = (p.sum(dim=2) * xs).sum(dim=-1)
    y = (p.sum(dim=3) * ys).sum(dim=-1)
    return torch.stack([x, y], dim=-1)
'''},
    {"exercise": 'soft_argmax', "right": False, "label": 'map-itself-as-weights', "common": True,
     "what": 'no softmax: the map over its sum, which fails for maps with negative numbers',
     "source": '''
import torch

def soft_argmax(maps):
    n, k, h, w = maps.shape
    p = maps / maps.sum(dim=(2, 3), keepdim=True)
    xs = (torch.arange(w, dtype=maps.dtype, device=maps.device) + 0.5) / w
    ys = (torch.arange(h, dtype=maps.dtype, device=maps.device) + 0.5) / h
    x = (p.sum(dim=2) * xs).sum(dim=-1)
    y = (p.sum(dim=3) * ys).sum(dim=-1)
    return torch.stack([x, y], dim=-1)
'''},
    {"exercise": 'soft_argmax', "right": False, "label": 'exp-by-hand', "common": True,
     "what": 'exp without taking the maximum away first runs over for large maps',
     "source": '''
import torch

def soft_argmax(maps):
    n, k, h, w = maps.shape
    p = torch.exp(maps) / torch.exp(maps).sum(dim=(2, 3), keepdim=True)
    xs = (torch.arange(w, dtype=maps.dtype, device=maps.device) + 0.5) / w
    ys = (torch.arange(h, dtype=maps.dtype, device=maps.device) + 0.5) / h
    x = (p.sum(dim=2) * xs).sum(dim=-1)
    y = (p.sum(dim=3) * ys).sum(dim=-1)
    return torch.stack([x, y], dim=-1)
'''},
    {"exercise": 'soft_argmax', "right": False, "label": 'through-numpy', "common": True,
     "what": 'right numbers, but by way of NumPy, so training cannot go through it',
     "source": '''
import numpy as np
import torch
from scipy.special import softmax

def soft_argmax(maps):
    m = maps.detach().cpu().numpy()
    p = softmax(m, axis=(2, 3))
    h, w = m.shape[2:]
    x = (p.sum(axis=2) * (np.arange(w) + 0.5) / w).sum(axis=-1)
    y = (p.sum(axis=3) * (np.arange(h) + 0.5) / h).sum(axis=-1)
    return torch.from_numpy(np.stack([x, y], axis=-1)).to(maps.dtype)
'''},
    {"exercise": 'soft_argmax', "right": False, "label": 'width-for-both', "common": False,
     "what": 'divides rows by the width as well: right for square maps only',
     "source": '''
import torch

def soft_argmax(maps):
    n, k, h, w = maps.shape
    p = maps.reshape(n, k, h * w).softmax(dim=2).reshape(n, k, h, w)
    xs = (torch.arange(w, dtype=maps.dtype, device=maps.device) + 0.5) / w
    ys = (torch.arange(h, dtype=maps.dtype, device=maps.device) + 0.5) / w
    x = (p.sum(dim=2) * xs).sum(dim=-1)
    y = (p.sum(dim=3) * ys).sum(dim=-1)
    return torch.stack([x, y], dim=-1)
'''},
    {"exercise": 'soft_argmax', "right": True, "label": 'one-matrix-of-places', "common": False,
     "what": 'all places as a matrix (H W, 2), one matrix product',
     "source": '''
import torch
from torch.nn import functional as F

def soft_argmax(maps):
    height, width = maps.shape[2:]
    rows = torch.linspace(0.5, height - 0.5, height, dtype=maps.dtype, device=maps.device) / height
    columns = torch.linspace(0.5, width - 0.5, width, dtype=maps.dtype, device=maps.device) / width
    places = torch.cartesian_prod(rows, columns).reshape(-1, 2).flip(1)
    return F.softmax(maps.flatten(2), dim=-1) @ places
'''},
    {"exercise": 'soft_argmax', "right": True, "label": 'exp-minus-maximum', "common": False,
     "what": 'the softmax by hand with the maximum taken away, loops over pictures and points',
     "source": '''
import torch

def soft_argmax(maps):
    points = []
    for picture in maps:
        for one in picture:
            e = torch.exp(one - one.max())
            p = e / e.sum()
            i = torch.arange(one.shape[0], dtype=one.dtype, device=one.device)[:, None]
            j = torch.arange(one.shape[1], dtype=one.dtype, device=one.device)[None]
            points += [(p * (j + 0.5)).sum() / one.shape[1], (p * (i + 0.5)).sum() / one.shape[0]]
    return torch.stack(points).reshape(maps.shape[0], maps.shape[1], 2)
'''},
    {"exercise": 'similarity_transform', "right": False, "label": 'turned-the-other-way', "common": True,
     "what": 'a and b exchanged in the sum: the turn goes the other way round',
     "source": '''
import numpy as np

def similarity_transform(source, target):
    mean_a, mean_b = source.mean(axis=0), target.mean(axis=0)
    a, b = source - mean_a, target - mean_b
    U, D, Vt = np.linalg.svd(a.T @ b)
    sigma = np.array([1.0, np.sign(np.linalg.det(U @ Vt))])
    R = U @ np.diag(sigma) @ Vt
    s = (D * sigma).sum() / (a ** 2).sum()
    t = mean_b - s * R @ mean_a
    return np.column_stack([s * R, t])
'''},
    {"exercise": 'similarity_transform', "right": False, "label": 'difference-of-the-means', "common": True,
     "what": 'the shift is the difference of the means, without s R',
     "source": '''
import numpy as np

def similarity_transform(source, target):
    mean_a, mean_b = source.mean(axis=0), target.mean(axis=0)
    a, b = source - mean_a, target - mean_b
    U, D, Vt = np.linalg.svd(b.T @ a)
    sigma = np.array([1.0, np.sign(np.linalg.det(U @ Vt))])
    R = U @ np.diag(sigma) @ Vt
    s = (D * sigma).sum() / (a ** 2).sum()
    t = mean_b - mean_a
    return np.column_stack([s * R, t])
'''},
    {"exercise": 'similarity_transform', "right": False, "label": 'affine-fit', "common": True,
     "what": 'least squares for any 2x3 matrix: it may shear and stretch',
     "source": '''
import numpy as np

def similarity_transform(source, target):
    A = np.hstack([source, np.ones((len(source), 1))])
    return np.linalg.lstsq(A, target, rcond=None)[0].T
'''},
    {"exercise": 'similarity_transform', "right": False, "label": 'sigma-missing-in-the-size', "common": False,
     "what": 'trace(D) instead of trace(D Sigma): too large where the points are mirrored',
     "source": '''
import numpy as np

def similarity_transform(source, target):
    mean_a, mean_b = source.mean(axis=0), target.mean(axis=0)
    a, b = source - mean_a, target - mean_b
    U, D, Vt = np.linalg.svd(b.T @ a)
    sigma = np.array([1.0, np.sign(np.linalg.det(U @ Vt))])
    R = U @ np.diag(sigma) @ Vt
    s = D.sum() / (a ** 2).sum()
    t = mean_b - s * R @ mean_a
    return np.column_stack([s * R, t])
'''},
    {"exercise": 'similarity_transform', "right": False, "label": 'column-negated-afterwards', "common": False,
     "what": 'where U V^T mirrors, negates the second column of R instead of the weaker direction',
     "source": '''
import numpy as np

def similarity_transform(source, target):
    mean_a, mean_b = source.mean(axis=0), target.mean(axis=0)
    a, b = source - mean_a, target - mean_b
    U, D, Vt = np.linalg.svd(b.T @ a)
    sigma = np.array([1.0, np.sign(np.linalg.det(U @ Vt))])
    R = U @ Vt
    if np.linalg.det(R) < 0:
        R[:, 1] *= -1
    s = (D * sigma).sum() / (a ** 2).sum()
    t = mean_b - s * R @ mean_a
    return np.column_stack([s * R, t])
'''},
    {"exercise": 'similarity_transform', "right": True, "label": 'four-unknowns', "common": False,
     "what": 'least squares for the four numbers a, b, tx, ty of a similarity',
     "source": '''
import numpy as np

def similarity_transform(source, target):
    x, y = np.asarray(source, float).T
    zero, one = np.zeros_like(x), np.ones_like(x)
    rows = np.concatenate([np.stack([x, -y, one, zero], 1), np.stack([y, x, zero, one], 1)])
    (c, s, tx, ty), *_ = np.linalg.lstsq(rows, np.asarray(target, float).T.ravel(), rcond=None)
    return np.array([[c, -s, tx], [s, c, ty]])
'''},
    {"exercise": 'similarity_transform', "right": True, "label": 'angle-by-arctan2', "common": False,
     "what": 'the best angle from two sums by arctan2, then size and shift',
     "source": '''
import numpy as np

def similarity_transform(source, target):
    mean_a, mean_b = np.mean(source, axis=0), np.mean(target, axis=0)
    spread = dot = cross = 0.0
    for p, q in zip(source, target):
        (ax, ay), (bx, by) = p - mean_a, q - mean_b
        dot += ax * bx + ay * by
        cross += ax * by - ay * bx
        spread += ax * ax + ay * ay
    angle, size = np.arctan2(cross, dot), np.hypot(cross, dot) / spread
    turn = size * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.concatenate([turn, (mean_b - turn @ mean_a)[:, None]], axis=1)
'''},
    {"exercise": 'flip_keypoints', "right": False, "label": 'numbers-not-exchanged', "common": True,
     "what": "mirrors the places, but a right eye keeps its left eye's numbers",
     "source": '''
import numpy as np

def flip_keypoints(points, width):
    flipped = np.array(points, dtype=float)
    flipped[..., 0] = width - 1 - flipped[..., 0]
    return flipped
'''},
    {"exercise": 'flip_keypoints', "right": False, "label": 'always-seventy-eight', "common": True,
     "what": 'uses the whole FLIP of 78 points also for 68',
     "source": '''
import numpy as np
from course import keypoints

def flip_keypoints(points, width):
    out = points.copy()
    out[..., 0] = width - 1 - out[..., 0]
    return out[..., keypoints.FLIP, :]
'''},
    {"exercise": 'flip_keypoints', "right": False, "label": 'exchanged-twice', "common": False,
     "what": 'exchanges each pair twice in a loop over all points, so nothing is exchanged in the end',
     "source": '''
import numpy as np
from course import keypoints

def flip_keypoints(points, width):
    out = np.array(points, dtype=float)
    out[..., 0] = (width - 1) - out[..., 0]
    for i in range(out.shape[-2]):
        j = keypoints.FLIP[i]
        keep = out[..., i, :].copy()
        out[..., i, :] = out[..., j, :]
        out[..., j, :] = keep
    return out
'''},
    {"exercise": 'flip_keypoints', "right": False, "label": 'whole-pixels', "common": True,
     "what": 'makes whole numbers of the places and loses what is finer than a pixel',
     "source": '''
import numpy as np
from course import keypoints

def flip_keypoints(points, width):
    order = keypoints.FLIP[:points.shape[-2]]
    x = width - 1 - points[..., order, 0].astype(int)
    y = points[..., order, 1].astype(int)
    return np.stack([x, y], axis=-1)
'''},
    {"exercise": 'flip_keypoints', "right": True, "label": 'assign-through-a-loop', "common": False,
     "what": 'fills a new array point by point',
     "source": '''
import numpy as np
from course.keypoints import FLIP

def flip_keypoints(points, width):
    points = np.asarray(points)
    mirrored = np.empty_like(points, dtype=np.result_type(points, np.float32))
    for i in range(points.shape[-2]):
        x, y = points[..., FLIP[i], 0], points[..., FLIP[i], 1]
        mirrored[..., i, 0] = width - 1 - x
        mirrored[..., i, 1] = y
    return mirrored
'''},
    {"exercise": 'flip_keypoints', "right": True, "label": 'columns-by-themselves', "common": False,
     "what": 'x and y taken apart, put in order by themselves and stacked again',
     "source": '''
import numpy as np
from course import keypoints

def flip_keypoints(points, width):
    order = np.arange(points.shape[-2])
    order = np.array([keypoints.FLIP[k] for k in order])
    x, y = points[..., 0], points[..., 1]
    return np.stack([(width - 1) - x[..., order], y[..., order]], axis=-1)
'''},
    {"exercise": 'nme', "right": False, "label": 'all-points-count', "common": True,
     "what": 'takes the mean over all K points instead of the first 68',
     "source": '''
import numpy as np

def nme(found, true):
    off = np.linalg.norm(found - true, axis=2).mean(axis=1)
    eyes = np.linalg.norm(true[:, 36] - true[:, 45], axis=1)
    return float(100 * np.mean(off / eyes))
'''},
    {"exercise": 'nme', "right": False, "label": 'root-mean-square', "common": True,
     "what": 'the root of the mean square instead of the mean distance',
     "source": '''
import numpy as np

def nme(found, true):
    squared = ((found[:, :68] - true[:, :68]) ** 2).sum(axis=-1)
    off = np.sqrt(squared.mean(axis=1))
    eyes = np.linalg.norm(true[:, 36] - true[:, 45], axis=-1)
    return float((off / eyes).mean() * 100)
'''},
    {"exercise": 'nme', "right": False, "label": 'eyes-of-the-found', "common": False,
     "what": 'divides by the eye distance of the found points instead of the true ones',
     "source": '''
import numpy as np

def nme(found, true):
    f, t = found[:, :68], true[:, :68]
    off = np.linalg.norm(f - t, axis=-1).mean(axis=1)
    eyes = np.linalg.norm(f[:, 36] - f[:, 45], axis=-1)
    return float(np.mean(100 * off / eyes))
'''},
    {"exercise": 'nme', "right": False, "label": 'norm-of-the-whole-matrix', "common": True,
     "what": 'the norm of the whole (68, 2) matrix over 68 instead of the mean of 68 norms',
     "source": '''
import numpy as np

def nme(found, true):
    total = 0
    for f, t in zip(found, true):
        eye = np.linalg.norm(t[36] - t[45])
        total += np.linalg.norm(f[:68] - t[:68]) / 68 / eye
    return 100 * total / len(true)
'''},
    {"exercise": 'nme', "right": True, "label": 'hypot', "common": False,
     "what": 'np.hypot on the columns, divided before the mean',
     "source": '''
import numpy as np

def nme(found, true):
    dx, dy = np.moveaxis(np.asarray(found, float)[:, :68] - np.asarray(true, float)[:, :68], -1, 0)
    ex, ey = np.moveaxis(np.asarray(true, float)[:, 36] - np.asarray(true, float)[:, 45], -1, 0)
    return float(100 * (np.hypot(dx, dy) / np.hypot(ex, ey)[:, None]).mean())
'''},
    {"exercise": 'nme', "right": True, "label": 'torch-vector-norm', "common": False,
     "what": 'torch.linalg.vector_norm',
     "source": '''
import numpy as np
import torch

def nme(found, true):
    f, t = (torch.as_tensor(np.asarray(p)).double()[:, :68] for p in (found, true))
    off = torch.linalg.vector_norm(f - t, dim=-1).mean(dim=1)
    eyes = torch.linalg.vector_norm(t[:, 36] - t[:, 45], dim=-1)
    return float((off / eyes).mean()) * 100
'''},
    {"exercise": 'blendshapes_to_points', "right": False, "label": 'neutral-forgotten', "common": True,
     "what": 'gives the arrows only, without the neutral face',
     "source": '''
import numpy as np

def blendshapes_to_points(shape, values, channels):
    return np.einsum("...j,jkc->...kc", values, channels)
'''},
    {"exercise": 'blendshapes_to_points', "right": False, "label": 'neutral-changed', "common": True,
     "what": 'adds into the neutral face that it was given, so the next call starts from a moved one',
     "source": '''
import numpy as np

def blendshapes_to_points(shape, values, channels):
    if np.ndim(values) == 1:
        for v, d in zip(values, channels):
            shape += v * d
        return shape
    return np.stack([blendshapes_to_points(shape.copy(), one, channels) for one in values])
'''},
    {"exercise": 'blendshapes_to_points', "right": False, "label": 'clipped-to-one', "common": False,
     "what": "cuts the values off at 1, though the lesson's channels go to 1.2",
     "source": '''
import numpy as np

def blendshapes_to_points(shape, values, channels):
    values = np.clip(values, 0, 1)
    return shape + np.tensordot(values, channels, axes=1)
'''},
    {"exercise": 'blendshapes_to_points', "right": False, "label": 'frames-pile-up', "common": True,
     "what": 'each frame starts from the last one instead of from the neutral face',
     "source": '''
import numpy as np

def blendshapes_to_points(shape, values, channels):
    values = np.asarray(values)
    flat = values.reshape(-1, values.shape[-1])
    moved, out = shape.copy(), []
    for frame in flat:
        for j in range(len(channels)):
            moved = moved + frame[j] * channels[j]
        out.append(moved)
    return np.array(out).reshape(values.shape[:-1] + shape.shape)
'''},
    {"exercise": 'blendshapes_to_points', "right": True, "label": 'sum-of-a-generator', "common": False,
     "what": 'adds up the channels one by one, broadcasting over everything in front',
     "source": '''
import numpy as np

def blendshapes_to_points(shape, values, channels):
    values = np.asarray(values)
    moved = np.broadcast_to(shape, values.shape[:-1] + np.shape(shape)).astype(float)
    for j, arrows in enumerate(channels):
        moved = moved + values[..., j, None, None] * arrows
    return moved
'''},
    {"exercise": 'blendshapes_to_points', "right": True, "label": 'torch-tensordot', "common": False,
     "what": 'torch.tensordot in float64, back to NumPy',
     "source": '''
import numpy as np
import torch

def blendshapes_to_points(shape, values, channels):
    v = torch.as_tensor(np.ascontiguousarray(values, dtype=np.float64))
    d = torch.as_tensor(np.ascontiguousarray(channels, dtype=np.float64))
    return np.asarray(shape, float) + torch.tensordot(v, d, dims=([-1], [0])).numpy()
'''},
    {"exercise": 'project', "right": False, "label": 'yaw-not-negated', "common": True,
     "what": 'a positive turn about y for yaw: the head looks to the left',
     "source": '''
import numpy as np
from course import face as face_model

def project(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    R = face_model.rotation_matrix(head[..., :3] * np.array([1, -1, 1]))
    turned = shapes @ np.swapaxes(R, -1, -2)
    larger = 1 + head[..., 5, None, None]
    shift = head[..., None, 3:5]
    return scale * (larger * turned[..., :2] + shift) + np.asarray(origin)
'''},
    {"exercise": 'project', "right": False, "label": 'inverse-turn', "common": True,
     "what": 'X @ R instead of X @ R.T: every turn goes the other way',
     "source": '''
import numpy as np
from course import face as face_model

def project(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    R = face_model.rotation_matrix(head[..., :3])
    turned = shapes @ R
    larger = 1 + head[..., 5, None, None]
    shift = head[..., None, 3:5]
    return scale * (larger * turned[..., :2] + shift) + np.asarray(origin)
'''},
    {"exercise": 'project', "right": False, "label": 'degrees-for-radians', "common": True,
     "what": 'writes the rotations itself and gives degrees to sin and cos',
     "source": '''
import numpy as np

def project(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    p, y, r = head[..., 0], -head[..., 1], head[..., 2]
    o, i = np.zeros_like(p), np.ones_like(p)

    def matrix(*rows):
        return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)

    Rx = matrix((i, o, o), (o, np.cos(p), -np.sin(p)), (o, np.sin(p), np.cos(p)))
    Ry = matrix((np.cos(y), o, np.sin(y)), (o, i, o), (-np.sin(y), o, np.cos(y)))
    Rz = matrix((np.cos(r), -np.sin(r), o), (np.sin(r), np.cos(r), o), (o, o, i))
    turned = shapes @ np.swapaxes(Rz @ Ry @ Rx, -1, -2)
    size = (1 + head[..., 5])[..., None, None]
    return scale * (size * turned[..., :2] + head[..., None, 3:5]) + np.asarray(origin)
'''},
    {"exercise": 'project', "right": False, "label": 'shift-made-larger-too', "common": False,
     "what": '1 + headScale multiplies the shift as well',
     "source": '''
import numpy as np
from course import face as face_model

def project(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    R = face_model.rotation_matrix(head[..., :3])
    turned = shapes @ np.swapaxes(R, -1, -2)
    larger = 1 + head[..., 5, None, None]
    shift = head[..., None, 3:5]
    return scale * larger * (turned[..., :2] + shift) + np.asarray(origin)
'''},
    {"exercise": 'project', "right": False, "label": 'origin-scaled', "common": True,
     "what": 'the origin is added before the scale, as if it were in units',
     "source": '''
import numpy as np
from course import face as face_model

def project(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    R = face_model.rotation_matrix(head[..., :3])
    turned = shapes @ np.swapaxes(R, -1, -2)
    larger = 1 + head[..., 5, None, None]
    shift = head[..., None, 3:5]
    return scale * (larger * turned[..., :2] + shift + np.asarray(origin))
'''},
    {"exercise": 'project', "right": True, "label": 'scipy-rotation', "common": False,
     "what": "scipy's Rotation from extrinsic angles x, y, z",
     "source": '''
import numpy as np
from scipy.spatial.transform import Rotation

def project(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    shapes, head = np.asarray(shapes, float), np.asarray(head, float)
    angles = (head[..., :3] * [1, -1, 1]).reshape(-1, 3)
    matrices = Rotation.from_euler("xyz", angles, degrees=True).as_matrix().reshape(head.shape[:-1] + (3, 3))
    flat = np.einsum("...ij,...kj->...ki", matrices[..., :2, :], shapes)
    flat = flat * (1 + head[..., 5:6, None]) + head[..., 3:5][..., None, :]
    return flat * scale + np.array(origin, float)
'''},
    {"exercise": 'project', "right": True, "label": 'one-affine-matrix', "common": False,
     "what": 'everything in one 2x4 matrix and a column of ones',
     "source": '''
import numpy as np
from course import face

def project(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    head, shapes = np.asarray(head, float), np.asarray(shapes, float)
    M = np.zeros(head.shape[:-1] + (2, 4))
    M[..., :3] = scale * (1 + head[..., 5])[..., None, None] * face.rotation_matrix(head[..., :3])[..., :2, :]
    M[..., 3] = scale * head[..., 3:5] + np.asarray(origin, float)
    ones = np.concatenate([shapes, np.ones(shapes.shape[:-1] + (1,))], axis=-1)
    return ones @ np.swapaxes(M, -1, -2)
'''},
    {"exercise": 'fit_pose', "right": False, "label": 'unknown-as-zero', "common": True,
     "what": 'puts unknown points at (0, 0) instead of leaving them out',
     "source": '''
import numpy as np
from course import face as face_model

def fit_pose(points, shape):
    angles, scales, origins = [], [], []
    for frame in points:
        p, X = np.nan_to_num(frame), shape
        p_mean, X_mean = p.mean(axis=0), X.mean(axis=0)
        A = np.linalg.lstsq(X - X_mean, p - p_mean, rcond=None)[0].T
        U, S, Vt = np.linalg.svd(A, full_matrices=False)
        R = U @ Vt
        s = (S[0] + S[1]) / 2
        angles.append(face_model.angles_of(np.vstack([R, np.cross(R[0], R[1])])))
        scales.append(s)
        origins.append(p_mean - s * R @ X_mean)
    return np.array(angles), np.array(scales), np.array(origins)
'''},
    {"exercise": 'fit_pose', "right": False, "label": 'rows-one-by-one', "common": False,
     "what": 'makes each row of A one long by itself: the rows do not stand upright on each other',
     "source": '''
import numpy as np
from course import face as face_model

def fit_pose(points, shape):
    angles, scales, origins = [], [], []
    for frame in points:
        known = ~np.isnan(frame).any(axis=1)
        p, X = frame[known], shape[known]
        p_mean, X_mean = p.mean(axis=0), X.mean(axis=0)
        A = np.linalg.lstsq(X - X_mean, p - p_mean, rcond=None)[0].T
        S = np.linalg.norm(A, axis=1)
        R = A / S[:, None]
        s = (S[0] + S[1]) / 2
        angles.append(face_model.angles_of(np.vstack([R, np.cross(R[0], R[1])])))
        scales.append(s)
        origins.append(p_mean - s * R @ X_mean)
    return np.array(angles), np.array(scales), np.array(origins)
'''},
    {"exercise": 'fit_pose', "right": False, "label": 'third-row-turned-round', "common": True,
     "what": 'r2 x r1 for the third row: a mirror, not a turn',
     "source": '''
import numpy as np
from course import face as face_model

def fit_pose(points, shape):
    angles, scales, origins = [], [], []
    for frame in points:
        known = ~np.isnan(frame).any(axis=1)
        p, X = frame[known], shape[known]
        p_mean, X_mean = p.mean(axis=0), X.mean(axis=0)
        A = np.linalg.lstsq(X - X_mean, p - p_mean, rcond=None)[0].T
        U, S, Vt = np.linalg.svd(A, full_matrices=False)
        R = U @ Vt
        s = (S[0] + S[1]) / 2
        angles.append(face_model.angles_of(np.vstack([R, np.cross(R[1], R[0])])))
        scales.append(s)
        origins.append(p_mean - s * R @ X_mean)
    return np.array(angles), np.array(scales), np.array(origins)
'''},
    {"exercise": 'fit_pose', "right": False, "label": 'larger-stretch', "common": True,
     "what": 'takes the larger stretch for the scale instead of the mean of both',
     "source": '''
import numpy as np
from course import face as face_model

def fit_pose(points, shape):
    angles, scales, origins = [], [], []
    for frame in points:
        known = ~np.isnan(frame).any(axis=1)
        p, X = frame[known], shape[known]
        p_mean, X_mean = p.mean(axis=0), X.mean(axis=0)
        A = np.linalg.lstsq(X - X_mean, p - p_mean, rcond=None)[0].T
        U, S, Vt = np.linalg.svd(A, full_matrices=False)
        R = U @ Vt
        s = S[0]
        angles.append(face_model.angles_of(np.vstack([R, np.cross(R[0], R[1])])))
        scales.append(s)
        origins.append(p_mean - s * R @ X_mean)
    return np.array(angles), np.array(scales), np.array(origins)
'''},
    {"exercise": 'fit_pose', "right": False, "label": 'means-left-in', "common": True,
     "what": 'solves without taking the means away',
     "source": '''
import numpy as np
from course import face as face_model

def fit_pose(points, shape):
    angles, scales, origins = [], [], []
    for frame in points:
        known = ~np.isnan(frame).any(axis=1)
        p, X = frame[known], shape[known]
        p_mean, X_mean = p.mean(axis=0), X.mean(axis=0)
        A = np.linalg.lstsq(X, p, rcond=None)[0].T
        U, S, Vt = np.linalg.svd(A, full_matrices=False)
        R = U @ Vt
        s = (S[0] + S[1]) / 2
        angles.append(face_model.angles_of(np.vstack([R, np.cross(R[0], R[1])])))
        scales.append(s)
        origins.append(p_mean - s * R @ X_mean)
    return np.array(angles), np.array(scales), np.array(origins)
'''},
    {"exercise": 'fit_pose', "right": True, "label": 'column-of-ones-and-polar', "common": False,
     "what": "a column of ones takes the means out, scipy's polar decomposition finds the turn",
     "source": '''
import numpy as np
from scipy.linalg import polar
from course import face as face_model

def fit_pose(points, shape):
    result = []
    for frame in np.asarray(points, float):
        known = np.flatnonzero(~np.isnan(frame[:, 0] + frame[:, 1]))
        X, p = np.asarray(shape, float)[known], frame[known]
        solved = np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), p, rcond=None)[0]
        turn, stretch = polar(solved[:3].T, side="left")  # A = stretch @ turn
        s = np.trace(stretch) / 2
        third = np.cross(turn[0], turn[1])
        result.append((face_model.angles_of(np.array([turn[0], turn[1], third])), s,
                       p.mean(axis=0) - s * turn @ X.mean(axis=0)))
    angles, scales, origins = zip(*result)
    return np.stack(angles), np.array(scales), np.stack(origins)
'''},
    {"exercise": 'fit_pose', "right": True, "label": 'weights-all-frames-at-once', "common": False,
     "what": 'all frames at once with weights 0 and 1, normal equations, batched SVD',
     "source": '''
import numpy as np
from course import face as face_model

def fit_pose(points, shape):
    points, shape = np.asarray(points, float), np.asarray(shape, float)
    w = np.isfinite(points).all(axis=-1).astype(float)  # (T, K)
    p = np.where(w[..., None] > 0, points, 0.0)
    count = w.sum(axis=1)[:, None]
    p_mean, x_mean = p.sum(axis=1) / count, w @ shape / count
    dx = (shape - x_mean[:, None]) * w[..., None]  # (T, K, 3)
    dp = (p - p_mean[:, None]) * w[..., None]
    A = np.swapaxes(np.linalg.solve(np.swapaxes(dx, 1, 2) @ dx, np.swapaxes(dx, 1, 2) @ dp), 1, 2)
    u, s, vt = np.linalg.svd(A, full_matrices=False)
    rows = u @ vt
    full = np.concatenate([rows, np.cross(rows[:, 0], rows[:, 1])[:, None]], axis=1)
    scale = s.mean(axis=1)
    origin = p_mean - scale[:, None] * np.einsum("tij,tj->ti", rows, x_mean)
    return face_model.angles_of(full), scale, origin
'''},
    {"exercise": 'fit_motion', "right": False, "label": 'no-bounds', "common": True,
     "what": 'no bounds: lids are less than open and lips less than shut',
     "source": '''
import numpy as np
from course import face as face_model, motion

def fit_motion(face, tracks, fps=25.0):
    spread = np.concatenate([face.model.spread, 1e3 * np.ones(6)])
    lower = np.array([0.0] * 51 + [-np.inf] * 6)
    upper = np.array([1.2] * 51 + [np.inf] * 6)
    unit = face.scale * face_model.NOISE
    found = []
    for frame in tracks:
        known = ~np.isnan(frame).any(axis=1)
        v = np.array(face.rest, float)
        for _ in range(4):
            now = face_model.pose_points(face, v)
            slopes = (face_model.pose_points(face, v + 1e-4 * np.eye(57)) - now) / 1e-4
            J = slopes[:, known].reshape(57, -1).T / unit
            r = (frame - now)[known].ravel() / unit + J @ v
            A = np.concatenate([J, np.diag(1 / spread)])
            b = np.concatenate([r, np.zeros(57)])
            v = np.linalg.lstsq(A, b, rcond=None)[0]
        found.append(v)
    return motion.Motion(np.array(found), face_model.CHANNELS, fps)
'''},
    {"exercise": 'fit_motion', "right": False, "label": 'fps-lost', "common": True,
     "what": 'the Motion always runs at 25 frames a second',
     "source": '''
import numpy as np
from scipy.optimize import lsq_linear
from course import face as face_model, motion

def fit_motion(face, tracks, fps=25.0):
    spread = np.concatenate([face.model.spread, 1e3 * np.ones(6)])
    lower = np.array([0.0] * 51 + [-np.inf] * 6)
    upper = np.array([1.2] * 51 + [np.inf] * 6)
    unit = face.scale * face_model.NOISE
    found = []
    for frame in tracks:
        known = ~np.isnan(frame).any(axis=1)
        v = np.array(face.rest, float)
        for _ in range(4):
            now = face_model.pose_points(face, v)
            slopes = (face_model.pose_points(face, v + 1e-4 * np.eye(57)) - now) / 1e-4
            J = slopes[:, known].reshape(57, -1).T / unit
            r = (frame - now)[known].ravel() / unit + J @ v
            A = np.concatenate([J, np.diag(1 / spread)])
            b = np.concatenate([r, np.zeros(57)])
            v = lsq_linear(A, b, (lower, upper)).x
        found.append(v)
    return motion.Motion(np.array(found), face_model.CHANNELS)
'''},
    {"exercise": 'fit_motion', "right": False, "label": 'counted-from-the-rest', "common": True,
     "what": 'takes face.rest off, so values count from the photo and not from a neutral face',
     "source": '''
import numpy as np
from scipy.optimize import lsq_linear
from course import face as face_model, motion

def fit_motion(face, tracks, fps=25.0):
    spread = np.concatenate([face.model.spread, 1e3 * np.ones(6)])
    lower = np.array([0.0] * 51 + [-np.inf] * 6)
    upper = np.array([1.2] * 51 + [np.inf] * 6)
    unit = face.scale * face_model.NOISE
    found = []
    for frame in tracks:
        known = ~np.isnan(frame).any(axis=1)
        v = np.array(face.rest, float)
        for _ in range(4):
            now = face_model.pose_points(face, v)
            slopes = (face_model.pose_points(face, v + 1e-4 * np.eye(57)) - now) / 1e-4
            J = slopes[:, known].reshape(57, -1).T / unit
            r = (frame - now)[known].ravel() / unit + J @ v
            A = np.concatenate([J, np.diag(1 / spread)])
            b = np.concatenate([r, np.zeros(57)])
            v = lsq_linear(A, b, (lower, upper)).x
        found.append(v - face.rest)
    return motion.Motion(np.array(found), face_model.CHANNELS, fps)
'''},
    {"exercise": 'fit_motion', "right": False, "label": 'pixels-not-in-noise', "common": False,
     "what": 'measures the first sum in pixels over the scale, without NOISE: habits weigh far too much',
     "source": '''
import numpy as np
from scipy.optimize import lsq_linear
from course import face as face_model, motion

def fit_motion(face, tracks, fps=25.0):
    spread = np.concatenate([face.model.spread, 1e3 * np.ones(6)])
    lower = np.array([0.0] * 51 + [-np.inf] * 6)
    upper = np.array([1.2] * 51 + [np.inf] * 6)
    unit = face.scale
    found = []
    for frame in tracks:
        known = ~np.isnan(frame).any(axis=1)
        v = np.array(face.rest, float)
        for _ in range(4):
            now = face_model.pose_points(face, v)
            slopes = (face_model.pose_points(face, v + 1e-4 * np.eye(57)) - now) / 1e-4
            J = slopes[:, known].reshape(57, -1).T / unit
            r = (frame - now)[known].ravel() / unit + J @ v
            A = np.concatenate([J, np.diag(1 / spread)])
            b = np.concatenate([r, np.zeros(57)])
            v = lsq_linear(A, b, (lower, upper)).x
        found.append(v)
    return motion.Motion(np.array(found), face_model.CHANNELS, fps)
'''},
    {"exercise": 'fit_motion', "right": True, "label": 'warm-start-until-still', "common": False,
     "what": 'begins each frame from the last one and stops when nothing moves any more',
     "source": '''
import numpy as np
from scipy import optimize
from course import face as face_model
from course.motion import Motion

def fit_motion(face, tracks, fps=25.0):
    habit = np.r_[1 / face.model.spread, np.full(6, 1e-3)]
    box = optimize.Bounds(np.r_[np.zeros(51), np.full(6, -np.inf)], np.r_[np.full(51, 1.2), np.full(6, np.inf)])
    v, values = np.clip(np.asarray(face.rest, float), box.lb, box.ub), []
    for frame in np.asarray(tracks, float):
        seen = np.isfinite(frame.sum(axis=1))
        for _ in range(12):
            batch = np.vstack([v, v + 1e-5 * np.eye(57), v - 1e-5 * np.eye(57)])
            poses = face_model.pose_points(face, batch)[:, seen].reshape(115, -1)
            J = ((poses[1:58] - poses[58:]) / 2e-5).T
            left = frame[seen].ravel() - poses[0] + J @ v
            k = 1 / (face.scale * face_model.NOISE)
            new = optimize.lsq_linear(np.vstack([k * J, np.diag(habit)]), np.r_[k * left, np.zeros(57)],
                                      bounds=box, method="bvls").x
            moved, v = np.abs(new - v).max(), new
            if moved < 1e-5:
                break
        values.append(v.copy())
    return Motion(np.stack(values), face_model.CHANNELS, fps=fps)
'''},
    {"exercise": 'motion_model', "right": False, "label": 'never-comes-back', "common": True,
     "what": 'goes out and stays there: u = t / D kept in [0, 1]',
     "source": '''
import numpy as np

def motion_model(times, direction, speed, amplitude):
    times = np.asarray(times, float)
    if amplitude == 0:
        return np.zeros((len(times), 3))
    direction = np.asarray(direction, float)
    D = 15 / 8 * amplitude / speed
    u = np.clip(times / D, 0, 1)
    s = 10 * u ** 3 - 15 * u ** 4 + 6 * u ** 5
    return amplitude * s[:, None] * direction / np.linalg.norm(direction)
'''},
    {"exercise": 'motion_model', "right": False, "label": 'zero-amplitude-divides', "common": True,
     "what": 'no guard for amplitude 0: 0 / 0 gives NaN',
     "source": '''
import numpy as np

def motion_model(times, direction, speed, amplitude):
    times = np.asarray(times, float)
    direction = np.asarray(direction, float)
    D = np.float64(15 / 8 * amplitude / speed)
    u = np.clip(1 - np.abs(times / D - 1), 0, 1)
    s = 10 * u ** 3 - 15 * u ** 4 + 6 * u ** 5
    return amplitude * s[:, None] * direction / np.linalg.norm(direction)
'''},
    {"exercise": 'motion_model', "right": False, "label": 'not-kept-in-range', "common": True,
     "what": 'u is not kept in [0, 1]: before and after the gesture the head flies off',
     "source": '''
import numpy as np

def motion_model(times, direction, speed, amplitude):
    times = np.asarray(times, float)
    if amplitude == 0:
        return np.zeros((len(times), 3))
    direction = np.asarray(direction, float)
    D = 15 / 8 * amplitude / speed
    u = 1 - np.abs(times / D - 1)
    s = 10 * u ** 3 - 15 * u ** 4 + 6 * u ** 5
    return amplitude * s[:, None] * direction / np.linalg.norm(direction)
'''},
    {"exercise": 'motion_model', "right": False, "label": 'sum-for-length', "common": False,
     "what": 'divides the direction by the sum of its absolute values instead of its length',
     "source": '''
import numpy as np

def motion_model(times, direction, speed, amplitude):
    times = np.asarray(times, float)
    if amplitude == 0:
        return np.zeros((len(times), 3))
    direction = np.asarray(direction, float)
    D = 15 / 8 * amplitude / speed
    u = np.clip(1 - np.abs(times / D - 1), 0, 1)
    s = 10 * u ** 3 - 15 * u ** 4 + 6 * u ** 5
    return amplitude * s[:, None] * direction / np.abs(direction).sum()
'''},
    {"exercise": 'motion_model', "right": True, "label": 'plain-loop', "common": False,
     "what": 'a loop over the times with if and elif',
     "source": '''
import math
import numpy as np

def motion_model(times, direction, speed, amplitude):
    angles = np.zeros((len(times), 3))
    if amplitude == 0:
        return angles
    length = math.sqrt(sum(float(c) ** 2 for c in direction))
    D = 15 * amplitude / (8 * speed)
    for n, t in enumerate(times):
        if t <= 0 or t >= 2 * D:
            continue
        u = t / D if t < D else 2 - t / D
        share = u ** 3 * (10 + u * (6 * u - 15))
        angles[n] = [amplitude * share * float(c) / length for c in direction]
    return angles
'''},
    {"exercise": 'motion_model', "right": True, "label": 'minimum-of-two-ramps', "common": False,
     "what": 'u as the smaller of two ramps, s by the incomplete beta function, np.outer',
     "source": '''
import numpy as np
from scipy.special import betainc

def motion_model(times, direction, speed, amplitude):
    t, d = np.asarray(times, np.float64), np.asarray(direction, np.float64)
    if amplitude == 0:
        return np.zeros((t.size, 3))
    D = 1.875 * amplitude / speed
    u = np.minimum(t, 2 * D - t) / D
    share = betainc(3, 3, u.clip(0, 1))  # 10 u^3 - 15 u^4 + 6 u^5
    return np.outer(share, amplitude * d / np.sqrt(d @ d))
'''},
    {"exercise": 'identity_grid', "right": False, "label": 'y-first', "common": True,
     "what": 'gives y then x',
     "source": '''
import torch

def identity_grid(height, width, device=None):
    def middles(n):
        return torch.linspace(-1, 1, n, device=device) if n > 1 else torch.zeros(n, device=device)
    y, x = torch.meshgrid(middles(height), middles(width), indexing="ij")
    return torch.stack([y, x], dim=-1)
'''},
    {"exercise": 'identity_grid', "right": False, "label": 'single-row-at-minus-one', "common": False,
     "what": 'linspace puts a single row or column at -1 instead of 0',
     "source": '''
import torch

def identity_grid(height, width, device=None):
    y, x = torch.meshgrid(torch.linspace(-1, 1, height, device=device),
                          torch.linspace(-1, 1, width, device=device), indexing="ij")
    return torch.stack([x, y], dim=-1)
'''},
    {"exercise": 'identity_grid', "right": False, "label": 'single-row-divides-by-zero', "common": True,
     "what": 'the formula as it stands: 0 / 0 for a single row',
     "source": '''
import torch

def identity_grid(height, width, device=None):
    j = torch.arange(width, dtype=torch.float32, device=device)
    i = torch.arange(height, dtype=torch.float32, device=device)
    x = 2 * j / (width - 1) - 1
    y = 2 * i / (height - 1) - 1
    return torch.stack([x.expand(height, width), y[:, None].expand(height, width)], dim=2)
'''},
    {"exercise": 'identity_grid', "right": False, "label": 'width-by-height', "common": True,
     "what": "meshgrid of x and y with 'ij': the shape is (width, height, 2)",
     "source": '''
import torch

def identity_grid(height, width, device=None):
    xs = torch.linspace(-1, 1, width, device=device) if width > 1 else torch.zeros(1, device=device)
    ys = torch.linspace(-1, 1, height, device=device) if height > 1 else torch.zeros(1, device=device)
    x, y = torch.meshgrid(xs, ys, indexing="ij")
    return torch.stack([x, y], dim=-1)
'''},
    {"exercise": 'identity_grid', "right": False, "label": 'over-width', "common": True,
     "what": 'divides by w instead of w - 1, so the last pixel does not reach +1',
     "source": '''
import torch

def identity_grid(height, width, device=None):
    grid = torch.zeros(height, width, 2, device=device)
    if width > 1:
        grid[:, :, 0] = 2 * torch.arange(width, device=device) / width - 1
    if height > 1:
        grid[:, :, 1] = (2 * torch.arange(height, device=device) / height - 1)[:, None]
    return grid
'''},
    {"exercise": 'identity_grid', "right": True, "label": 'two-loops', "common": False,
     "what": 'two loops over plain numbers',
     "source": '''
import torch

def identity_grid(height, width, device=None):
    def place(k, n):
        return 0.0 if n == 1 else 2 * k / (n - 1) - 1
    rows = [[[place(j, width), place(i, height)] for j in range(width)] for i in range(height)]
    return torch.tensor(rows, dtype=torch.float32, device=device)
'''},
    {"exercise": 'identity_grid', "right": True, "label": 'numpy-mgrid', "common": False,
     "what": "NumPy's mgrid, scaled about the middle",
     "source": '''
import numpy as np
import torch

def identity_grid(height, width, device=None):
    rows, columns = np.mgrid[:height, :width].astype(np.float64)
    x = (columns - (width - 1) / 2) / max((width - 1) / 2, 0.5)
    y = (rows - (height - 1) / 2) / max((height - 1) / 2, 0.5)
    return torch.from_numpy(np.dstack([x, y]).astype(np.float32)).to(device)
'''},
    {"exercise": 'bilinear_sample', "right": False, "label": 'other-corners', "common": True,
     "what": 'grid_sample with align_corners=False, the other convention',
     "source": '''
from torch.nn import functional as F

def bilinear_sample(image, positions):
    return F.grid_sample(image, positions, mode="bilinear", padding_mode="border", align_corners=False)
'''},
    {"exercise": 'bilinear_sample', "right": False, "label": 'shares-exchanged', "common": True,
     "what": 'a and b have changed places: the share to the right weighs what lies below',
     "source": '''
import torch

def bilinear_sample(image, positions):
    n, c, h, w = image.shape
    x = ((positions[..., 0] + 1) * (w - 1) / 2).clamp(0, w - 1)
    y = ((positions[..., 1] + 1) * (h - 1) / 2).clamp(0, h - 1)
    x0 = x.detach().floor().long()
    y0 = y.detach().floor().long()
    x1 = (x0 + 1).clamp(max=w - 1)
    y1 = (y0 + 1).clamp(max=h - 1)
    b = (x - x0).unsqueeze(1)
    a = (y - y0).unsqueeze(1)
    which = torch.arange(n, device=image.device)[:, None, None]
    pixels = image.permute(0, 2, 3, 1)  # (N, H, W, C)
    I00, I01 = pixels[which, y0, x0], pixels[which, y0, x1]
    I10, I11 = pixels[which, y1, x0], pixels[which, y1, x1]
    I00, I01, I10, I11 = (one.permute(0, 3, 1, 2) for one in (I00, I01, I10, I11))
    return (1 - b) * ((1 - a) * I00 + a * I01) + b * ((1 - a) * I10 + a * I11)
'''},
    {"exercise": 'bilinear_sample', "right": False, "label": 'goes-on-beyond-the-border', "common": False,
     "what": "keeps the pixels' numbers inside but not the place, so outside it goes on along the last slope",
     "source": '''
import torch

def bilinear_sample(image, positions):
    n, c, h, w = image.shape
    x = ((positions[..., 0] + 1) * (w - 1) / 2)
    y = ((positions[..., 1] + 1) * (h - 1) / 2)
    x0 = x.detach().floor().long().clamp(0, w - 1)
    y0 = y.detach().floor().long().clamp(0, h - 1)
    x1 = (x0 + 1).clamp(max=w - 1)
    y1 = (y0 + 1).clamp(max=h - 1)
    a = (x - x0).unsqueeze(1)
    b = (y - y0).unsqueeze(1)
    which = torch.arange(n, device=image.device)[:, None, None]
    pixels = image.permute(0, 2, 3, 1)  # (N, H, W, C)
    I00, I01 = pixels[which, y0, x0], pixels[which, y0, x1]
    I10, I11 = pixels[which, y1, x0], pixels[which, y1, x1]
    I00, I01, I10, I11 = (one.permute(0, 3, 1, 2) for one in (I00, I01, I10, I11))
    return (1 - b) * ((1 - a) * I00 + a * I01) + b * ((1 - a) * I10 + a * I11)
'''},
    {"exercise": 'bilinear_sample', "right": False, "label": 'first-picture-for-all', "common": True,
     "what": 'reads every row of the batch from the first picture',
     "source": '''
import torch

def bilinear_sample(image, positions):
    n, c, h, w = image.shape
    x = ((positions[..., 0] + 1) * (w - 1) / 2).clamp(0, w - 1)
    y = ((positions[..., 1] + 1) * (h - 1) / 2).clamp(0, h - 1)
    x0 = x.detach().floor().long()
    y0 = y.detach().floor().long()
    x1 = (x0 + 1).clamp(max=w - 1)
    y1 = (y0 + 1).clamp(max=h - 1)
    a = (x - x0).unsqueeze(1)
    b = (y - y0).unsqueeze(1)
    which = 0
    pixels = image.permute(0, 2, 3, 1)  # (N, H, W, C)
    I00, I01 = pixels[which, y0, x0], pixels[which, y0, x1]
    I10, I11 = pixels[which, y1, x0], pixels[which, y1, x1]
    I00, I01, I10, I11 = (one.permute(0, 3, 1, 2) for one in (I00, I01, I10, I11))
    return (1 - b) * ((1 - a) * I00 + a * I01) + b * ((1 - a) * I10 + a * I11)
'''},
    {"exercise": 'bilinear_sample', "right": False, "label": 'no-gradient', "common": False,
     "what": 'right numbers under no_grad: no gradient reaches picture or positions',
     "source": '''
import torch

@torch.no_grad()
def bilinear_sample(image, positions):
    n, c, h, w = image.shape
    x = ((positions[..., 0] + 1) * (w - 1) / 2).clamp(0, w - 1)
    y = ((positions[..., 1] + 1) * (h - 1) / 2).clamp(0, h - 1)
    x0 = x.detach().floor().long()
    y0 = y.detach().floor().long()
    x1 = (x0 + 1).clamp(max=w - 1)
    y1 = (y0 + 1).clamp(max=h - 1)
    a = (x - x0).unsqueeze(1)
    b = (y - y0).unsqueeze(1)
    which = torch.arange(n, device=image.device)[:, None, None]
    pixels = image.permute(0, 2, 3, 1)  # (N, H, W, C)
    I00, I01 = pixels[which, y0, x0], pixels[which, y0, x1]
    I10, I11 = pixels[which, y1, x0], pixels[which, y1, x1]
    I00, I01, I10, I11 = (one.permute(0, 3, 1, 2) for one in (I00, I01, I10, I11))
    return (1 - b) * ((1 - a) * I00 + a * I01) + b * ((1 - a) * I10 + a * I11)
'''},
    {"exercise": 'bilinear_sample', "right": True, "label": 'hat-functions', "common": False,
     "what": 'hat functions as two weight matrices and one einsum',
     "source": '''
import torch

def bilinear_sample(image, positions):
    height, width = image.shape[-2:]

    def weights(place, count):
        place = ((place + 1) * (count - 1) / 2).clamp(0, count - 1)
        cells = torch.arange(count, dtype=image.dtype, device=image.device)
        return (1 - (place.unsqueeze(-1) - cells).abs()).clamp(min=0)

    across, down = weights(positions[..., 0], width), weights(positions[..., 1], height)
    return torch.einsum("nchw,nijh,nijw->ncij", image, down, across)
'''},
    {"exercise": 'bilinear_sample', "right": True, "label": 'grid-sample-with-border', "common": False,
     "what": "torch's grid_sample with the right convention",
     "source": '''
import torch

def bilinear_sample(image, positions):
    return torch.nn.functional.grid_sample(image, positions, padding_mode="border", align_corners=True)
'''},
    {"exercise": 'affine_flow', "right": False, "label": 'shift-only', "common": True,
     "what": 'the matrix is not used: each pixel is only shifted',
     "source": '''
import torch

def affine_flow(at, to, matrix, grid):
    away = grid[None, None] - at[:, :, None, None, :]
    return to[:, :, None, None, :] + away
'''},
    {"exercise": 'affine_flow', "right": False, "label": 'step-turned-round', "common": True,
     "what": 'A (p - z) in place of A (z - p)',
     "source": '''
import torch

def affine_flow(at, to, matrix, grid):
    away = at[:, :, None, None, :] - grid[None, None]
    turned = (matrix[:, :, None, None] @ away[..., None])[..., 0]
    return to[:, :, None, None, :] + turned
'''},
    {"exercise": 'affine_flow', "right": False, "label": 'inverse-matrix', "common": True,
     "what": 'uses the inverse of A, the way from the old picture into the new one',
     "source": '''
import torch

def affine_flow(at, to, matrix, grid):
    away = grid[None, None] - at[:, :, None, None, :]
    turned = (torch.linalg.inv(matrix)[:, :, None, None] @ away[..., None])[..., 0]
    return to[:, :, None, None, :] + turned
'''},
    {"exercise": 'affine_flow', "right": False, "label": 'p-for-q', "common": True,
     "what": 'p and q have changed places',
     "source": '''
import torch

def affine_flow(at, to, matrix, grid):
    away = grid[None, None] - to[:, :, None, None, :]
    turned = (matrix[:, :, None, None] @ away[..., None])[..., 0]
    return at[:, :, None, None, :] + turned
'''},
    {"exercise": 'affine_flow', "right": True, "label": 'component-by-component', "common": False,
     "what": 'the two components written out by hand',
     "source": '''
import torch

def affine_flow(at, to, matrix, grid):
    def wide(t):
        return t[:, :, None, None]
    dx = grid[..., 0] - wide(at[..., 0])
    dy = grid[..., 1] - wide(at[..., 1])
    x = wide(to[..., 0]) + wide(matrix[..., 0, 0]) * dx + wide(matrix[..., 0, 1]) * dy
    y = wide(to[..., 1]) + wide(matrix[..., 1, 0]) * dx + wide(matrix[..., 1, 1]) * dy
    return torch.stack((x, y), dim=-1)
'''},
    {"exercise": 'affine_flow', "right": True, "label": 'loops-over-points', "common": False,
     "what": 'loops over pictures and points, each a row vector times A^T',
     "source": '''
import torch

def affine_flow(at, to, matrix, grid):
    pictures = []
    for n in range(at.shape[0]):
        motions = []
        for k in range(at.shape[1]):
            motions.append((grid - at[n, k]) @ matrix[n, k].T + to[n, k])
        pictures.append(torch.stack(motions))
    return torch.stack(pictures)
'''},
    {"exercise": 'soft_masks', "right": False, "label": 'hard-choice', "common": True,
     "what": 'each pixel follows the strongest claim alone',
     "source": '''
import torch

def soft_masks(logits, flows):
    best = logits.argmax(dim=1, keepdim=True)
    masks = torch.zeros_like(logits).scatter(1, best, 1.0)
    return masks, (masks.unsqueeze(-1) * flows).sum(dim=1)
'''},
    {"exercise": 'soft_masks', "right": False, "label": 'sigmoid-shares', "common": True,
     "what": 'a sigmoid for each claim: the masks do not add up to 1',
     "source": '''
import torch

def soft_masks(logits, flows):
    masks = torch.sigmoid(logits)
    return masks, (masks[..., None] * flows).sum(dim=1)
'''},
    {"exercise": 'soft_masks', "right": False, "label": 'softmax-over-pictures', "common": True,
     "what": 'the softmax runs over the pictures of the batch',
     "source": '''
import torch

def soft_masks(logits, flows):
    masks = torch.softmax(logits, dim=0)
    flow = (masks[..., None] * flows).sum(dim=1)
    return masks, flow
'''},
    {"exercise": 'soft_masks', "right": False, "label": 'mean-in-place-of-the-sum', "common": False,
     "what": 'the flow is the mean over the motions instead of the sum: K times too small',
     "source": '''
import torch

def soft_masks(logits, flows):
    masks = logits.softmax(dim=1)
    return masks, torch.mean(masks.unsqueeze(-1) * flows, dim=1)
'''},
    {"exercise": 'soft_masks', "right": True, "label": 'loop-over-motions', "common": False,
     "what": 'the maximum taken away by hand and a loop over the motions',
     "source": '''
import torch

def soft_masks(logits, flows):
    e = torch.exp(logits - logits.max(dim=1, keepdim=True).values)
    masks = e / e.sum(dim=1, keepdim=True)
    flow = 0
    for k in range(logits.shape[1]):
        flow = flow + masks[:, k, :, :, None] * flows[:, k]
    return masks, flow
'''},
    {"exercise": 'soft_masks', "right": True, "label": 'matrix-product', "common": False,
     "what": 'K moved to the end and a batched matrix product',
     "source": '''
import torch
from torch.nn import functional

def soft_masks(logits, flows):
    shares = functional.softmax(logits.movedim(1, -1), dim=-1)  # (N, H, W, K)
    mixed = shares.unsqueeze(-2) @ flows.movedim(1, -2)  # (N, H, W, 1, 2)
    return shares.movedim(-1, 1), mixed.squeeze(-2)
'''},
    {"exercise": 'thin_plate_spline', "right": False, "label": 'distance-for-its-square', "common": True,
     "what": 'gives the distance to spline_kernel, which takes its square',
     "source": '''
import torch
from course import flow

def thin_plate_spline(points, values, queries):
    points, values, queries = (torch.as_tensor(one) for one in (points, values, queries))
    dtype = values.dtype
    points, values, queries = points.double(), values.double(), queries.double()

    def kernel(a, b):
        squared = ((a[:, None] - b[None]) ** 2).sum(dim=-1)
        return flow.spline_kernel(squared.sqrt())

    def plane(z):
        return torch.cat([torch.ones(len(z), 1).to(z), z], dim=1)

    n = len(points)
    system = torch.zeros(n + 3, n + 3).to(points)
    system[:n, :n] = kernel(points, points)
    system[:n, n:] = plane(points)
    system[n:, :n] = plane(points).T
    right = torch.cat([values, torch.zeros(3, values.shape[1]).to(values)])
    unknowns = torch.linalg.solve(system, right)
    return (kernel(queries, points) @ unknowns[:n] + plane(queries) @ unknowns[n:]).to(dtype)
'''},
    {"exercise": 'thin_plate_spline', "right": False, "label": 'lower-rows-missing', "common": False,
     "what": 'solves only the upper rows by least squares: through all values, but not the smoothest sheet',
     "source": '''
import torch
from course import flow

def thin_plate_spline(points, values, queries):
    points, values, queries = (torch.as_tensor(one) for one in (points, values, queries))
    dtype = values.dtype
    points, values, queries = points.double(), values.double(), queries.double()

    def kernel(a, b):
        squared = ((a[:, None] - b[None]) ** 2).sum(dim=-1)
        return flow.spline_kernel(squared)

    def plane(z):
        return torch.cat([torch.ones(len(z), 1).to(z), z], dim=1)

    n = len(points)
    system = torch.zeros(n + 3, n + 3).to(points)
    system[:n, :n] = kernel(points, points)
    system[:n, n:] = plane(points)
    right = torch.cat([values, torch.zeros(3, values.shape[1]).to(values)])
    unknowns = torch.linalg.pinv(system[:n]) @ right[:n]
    return (kernel(queries, points) @ unknowns[:n] + plane(queries) @ unknowns[n:]).to(dtype)
'''},
    {"exercise": 'thin_plate_spline', "right": False, "label": 'plane-mixed-up', "common": True,
     "what": 'solves with the rows (1, x, y) and reads with (x, y, 1)',
     "source": '''
import torch
from course import flow

def thin_plate_spline(points, values, queries):
    points, values, queries = (torch.as_tensor(one) for one in (points, values, queries))
    dtype = values.dtype
    points, values, queries = points.double(), values.double(), queries.double()

    def kernel(a, b):
        squared = ((a[:, None] - b[None]) ** 2).sum(dim=-1)
        return flow.spline_kernel(squared)

    def plane(z):
        return torch.cat([torch.ones(len(z), 1).to(z), z], dim=1)

    n = len(points)
    system = torch.zeros(n + 3, n + 3).to(points)
    system[:n, :n] = kernel(points, points)
    system[:n, n:] = plane(points)
    system[n:, :n] = plane(points).T
    right = torch.cat([values, torch.zeros(3, values.shape[1]).to(values)])
    unknowns = torch.linalg.solve(system, right)
    return (kernel(queries, points) @ unknowns[:n] + torch.cat([queries, torch.ones(len(queries), 1).to(queries)], dim=1) @ unknowns[n:]).to(dtype)
'''},
    {"exercise": 'thin_plate_spline', "right": False, "label": 'smoothed', "common": False,
     "what": '0.01 on the diagonal: the sheet passes by its values',
     "source": '''
import torch
from course import flow

def thin_plate_spline(points, values, queries):
    points, values, queries = (torch.as_tensor(one) for one in (points, values, queries))
    dtype = values.dtype
    points, values, queries = points.double(), values.double(), queries.double()

    def kernel(a, b):
        squared = ((a[:, None] - b[None]) ** 2).sum(dim=-1)
        return flow.spline_kernel(squared)

    def plane(z):
        return torch.cat([torch.ones(len(z), 1).to(z), z], dim=1)

    n = len(points)
    system = torch.zeros(n + 3, n + 3).to(points)
    system[:n, :n] = kernel(points, points)
    system[:n, :n] += 0.01 * torch.eye(n).to(points)
    system[:n, n:] = plane(points)
    system[n:, :n] = plane(points).T
    right = torch.cat([values, torch.zeros(3, values.shape[1]).to(values)])
    unknowns = torch.linalg.solve(system, right)
    return (kernel(queries, points) @ unknowns[:n] + plane(queries) @ unknowns[n:]).to(dtype)
'''},
    {"exercise": 'thin_plate_spline', "right": False, "label": 'one-sheet-only', "common": True,
     "what": 'solves for the first column of values and repeats it: a flow needs two sheets',
     "source": '''
import torch
from course import flow

def thin_plate_spline(points, values, queries):
    points, values, queries = (torch.as_tensor(one) for one in (points, values, queries))
    dtype = values.dtype
    points, values, queries = points.double(), values.double(), queries.double()

    def kernel(a, b):
        squared = ((a[:, None] - b[None]) ** 2).sum(dim=-1)
        return flow.spline_kernel(squared)

    def plane(z):
        return torch.cat([torch.ones(len(z), 1).to(z), z], dim=1)

    n = len(points)
    system = torch.zeros(n + 3, n + 3).to(points)
    system[:n, :n] = kernel(points, points)
    system[:n, n:] = plane(points)
    system[n:, :n] = plane(points).T
    right = torch.cat([values, torch.zeros(3, values.shape[1]).to(values)])
    unknowns = torch.linalg.solve(system, right[:, :1]).expand(-1, values.shape[1])
    return (kernel(queries, points) @ unknowns[:n] + plane(queries) @ unknowns[n:]).to(dtype)
'''},
    {"exercise": 'thin_plate_spline', "right": True, "label": 'scipy-rbf', "common": False,
     "what": "scipy's RBFInterpolator with the thin plate kernel and a plane",
     "source": '''
import numpy as np
import torch
from scipy.interpolate import RBFInterpolator

def thin_plate_spline(points, values, queries):
    p, v, q = (np.asarray(torch.as_tensor(one).detach().cpu(), dtype=np.float64) for one in (points, values, queries))
    sheet = RBFInterpolator(p, v, kernel="thin_plate_spline", degree=1)
    return torch.from_numpy(sheet(q)).to(torch.as_tensor(values).dtype)
'''},
    {"exercise": 'thin_plate_spline', "right": True, "label": 'block-elimination', "common": False,
     "what": 'eliminates the plane first by QR: weights in the space that the plane leaves free',
     "source": '''
import torch

def thin_plate_spline(points, values, queries):
    points, values, queries = (torch.as_tensor(one) for one in (points, values, queries))
    kind = values.dtype
    p, v, q = (one.to(torch.float64) for one in (points, values, queries))
    n = len(p)

    def kernel(a):
        r2 = (a[:, None, 0] - p[None, :, 0]) ** 2 + (a[:, None, 1] - p[None, :, 1]) ** 2
        return torch.where(r2 > 0, 0.5 * r2 * torch.log(torch.where(r2 > 0, r2, torch.ones_like(r2))), 0.0)

    P = torch.column_stack([torch.ones(n, dtype=p.dtype), p])
    Q, upper = torch.linalg.qr(P, mode="complete")
    free = Q[:, 3:]
    K = kernel(p)
    w = free @ torch.linalg.solve(free.T @ K @ free, free.T @ v) if n > 3 else torch.zeros_like(v)
    a = torch.linalg.solve_triangular(upper[:3], Q[:, :3].T @ (v - K @ w), upper=True)
    return (kernel(q) @ w + torch.column_stack([torch.ones(len(q), dtype=q.dtype), q]) @ a).to(kind)
'''},
    {"exercise": 'occlude', "right": False, "label": 'turned-round', "common": True,
     "what": 'takes the visible away and keeps the hidden',
     "source": '''
from torch.nn import functional as F

def occlude(moved, visible):
    size = moved.shape[-2:]
    v = F.interpolate(visible, size=size, mode="bilinear", align_corners=True)
    return (1 - v) * moved
'''},
    {"exercise": 'occlude', "right": False, "label": 'nearest', "common": True,
     "what": "resizes the map with interpolate's default, the nearest cell",
     "source": '''
from torch.nn import functional as F

def occlude(moved, visible):
    size = moved.shape[-2:]
    v = F.interpolate(visible, size=size)
    return v * moved
'''},
    {"exercise": 'occlude', "right": False, "label": 'all-or-nothing', "common": True,
     "what": 'cuts the map at one half: a pixel is kept or taken away',
     "source": '''
from torch.nn import functional as F

def occlude(moved, visible):
    size = moved.shape[-2:]
    v = F.interpolate(visible, size=size, mode="bilinear", align_corners=True)
    return (v > 0.5).to(moved.dtype) * moved
'''},
    {"exercise": 'occlude', "right": False, "label": 'picture-made-small', "common": False,
     "what": "brings the picture to the map's size instead of the map to the picture's",
     "source": '''
from torch.nn import functional as F

def occlude(moved, visible):
    small = F.interpolate(moved, size=visible.shape[-2:], mode="bilinear", align_corners=True)
    return small * visible
'''},
    {"exercise": 'occlude', "right": True, "label": 'two-matrices', "common": False,
     "what": 'the resizing as two matrices of hat functions, left and right of the map',
     "source": '''
import torch

def occlude(moved, visible):
    def matrix(new, old):
        steps = torch.arange(new, dtype=moved.dtype, device=moved.device)
        place = steps * ((old - 1) / (new - 1) if new > 1 else 0.0)
        cells = torch.arange(old, dtype=moved.dtype, device=moved.device)
        return (1 - (place[:, None] - cells).abs()).clamp(min=0)

    rows, columns = matrix(moved.shape[2], visible.shape[2]), matrix(moved.shape[3], visible.shape[3])
    return moved * (rows @ visible @ columns.T)
'''},
    {"exercise": 'occlude', "right": True, "label": 'upsample-module', "common": False,
     "what": 'nn.Upsample, picture by picture, and mul',
     "source": '''
import torch
from torch import nn

def occlude(moved, visible):
    enlarge = nn.Upsample(size=tuple(moved.shape[2:]), mode="bilinear", align_corners=True)
    return torch.stack([torch.mul(picture, enlarge(one[None])[0]) for picture, one in zip(moved, visible)])
'''},
    {"exercise": 'lucas_kanade', "right": False, "label": 'no-stiffness', "common": True,
     "what": 'epsilon is forgotten: 0 / 0 where nothing is to be seen',
     "source": '''
import numpy as np
from course import flow

def lucas_kanade(source, target, radius=5):
    gy, gx = np.gradient(source)
    d = target - source
    xx = flow.window_sum(gx * gx, radius)
    xy = flow.window_sum(gx * gy, radius)
    yy = flow.window_sum(gy * gy, radius)
    xd = flow.window_sum(gx * d, radius)
    yd = flow.window_sum(gy * d, radius)
    det = xx * yy - xy ** 2
    vx = (yy * xd - xy * yd) / det
    vy = (xx * yd - xy * xd) / det
    return np.stack([vx, vy], axis=-1)
'''},
    {"exercise": 'lucas_kanade', "right": False, "label": 'y-first', "common": True,
     "what": 'answers y, x',
     "source": '''
import numpy as np
from course import flow

def lucas_kanade(source, target, radius=5):
    gy, gx = np.gradient(source)
    d = target - source
    xx = flow.window_sum(gx * gx, radius) + 0.001
    xy = flow.window_sum(gx * gy, radius)
    yy = flow.window_sum(gy * gy, radius) + 0.001
    xd = flow.window_sum(gx * d, radius)
    yd = flow.window_sum(gy * d, radius)
    det = xx * yy - xy ** 2
    vx = (yy * xd - xy * yd) / det
    vy = (xx * yd - xy * xd) / det
    return np.stack([vy, vx], axis=-1)
'''},
    {"exercise": 'lucas_kanade', "right": False, "label": 'mean-over-the-window', "common": False,
     "what": 'means over the window in place of sums, so epsilon weighs a hundred times as much',
     "source": '''
import numpy as np
from scipy.ndimage import uniform_filter

def lucas_kanade(source, target, radius=5):
    def window(values):
        return uniform_filter(values, 2 * radius + 1, mode="constant")

    gy, gx = np.gradient(source)
    d = target - source
    xx = window(gx * gx) + 0.001
    xy = window(gx * gy)
    yy = window(gy * gy) + 0.001
    xd = window(gx * d)
    yd = window(gy * d)
    det = xx * yy - xy ** 2
    vx = (yy * xd - xy * yd) / det
    vy = (xx * yd - xy * xd) / det
    return np.stack([vx, vy], axis=-1)
'''},
    {"exercise": 'lucas_kanade', "right": False, "label": 'slopes-of-the-target', "common": True,
     "what": 'takes the slopes of the target instead of the source',
     "source": '''
import numpy as np
from course import flow

def lucas_kanade(source, target, radius=5):
    gy, gx = np.gradient(target)
    d = target - source
    xx = flow.window_sum(gx * gx, radius) + 0.001
    xy = flow.window_sum(gx * gy, radius)
    yy = flow.window_sum(gy * gy, radius) + 0.001
    xd = flow.window_sum(gx * d, radius)
    yd = flow.window_sum(gy * d, radius)
    det = xx * yy - xy ** 2
    vx = (yy * xd - xy * yd) / det
    vy = (xx * yd - xy * xd) / det
    return np.stack([vx, vy], axis=-1)
'''},
    {"exercise": 'lucas_kanade', "right": False, "label": 'wrong-sign-in-the-inverse', "common": True,
     "what": 'a sign in the inverse of the 2x2 matrix: + in place of - beside the diagonal',
     "source": '''
import numpy as np
from course import flow

def lucas_kanade(source, target, radius=5):
    gy, gx = np.gradient(source)
    d = target - source
    xx = flow.window_sum(gx * gx, radius) + 0.001
    xy = flow.window_sum(gx * gy, radius)
    yy = flow.window_sum(gy * gy, radius) + 0.001
    xd = flow.window_sum(gx * d, radius)
    yd = flow.window_sum(gy * d, radius)
    det = xx * yy - xy ** 2
    vx = (yy * xd + xy * yd) / det
    vy = (xx * yd + xy * xd) / det
    return np.stack([vx, vy], axis=-1)
'''},
    {"exercise": 'lucas_kanade', "right": True, "label": 'least-squares-per-pixel', "common": False,
     "what": "np.linalg.lstsq for every pixel's window, with the root of epsilon as two more rows",
     "source": '''
import numpy as np

def lucas_kanade(source, target, radius=5):
    height, width = source.shape
    gy, gx = np.gradient(source.astype(float))
    d = target.astype(float) - source
    stiff = np.sqrt(0.001) * np.eye(2)
    found = np.zeros((height, width, 2))
    for i in range(height):
        for j in range(width):
            window = np.s_[max(0, i - radius):i + radius + 1, max(0, j - radius):j + radius + 1]
            A = np.vstack([np.column_stack([gx[window].ravel(), gy[window].ravel()]), stiff])
            found[i, j] = np.linalg.lstsq(A, np.append(d[window].ravel(), [0, 0]), rcond=None)[0]
    return found
'''},
    {"exercise": 'lucas_kanade', "right": True, "label": 'summed-area-tables', "common": False,
     "what": "window sums from cumulative sums, Cramer's rule",
     "source": '''
import numpy as np

def lucas_kanade(source, target, radius=5):
    source, target = np.float64(source), np.float64(target)
    height, width = source.shape
    top, bottom = np.clip(np.arange(height) - radius, 0, None), np.clip(np.arange(height) + radius + 1, None, height)
    left, right = np.clip(np.arange(width) - radius, 0, None), np.clip(np.arange(width) + radius + 1, None, width)

    def window(values):
        table = np.zeros((height + 1, width + 1))
        table[1:, 1:] = values.cumsum(axis=0).cumsum(axis=1)
        rows = table[bottom] - table[top]
        return rows[:, right] - rows[:, left]

    slope_y, slope_x = np.gradient(source)
    change = target - source
    a, b, c = window(slope_x ** 2) + 1e-3, window(slope_x * slope_y), window(slope_y ** 2) + 1e-3
    e, f = window(slope_x * change), window(slope_y * change)
    return np.dstack([c * e - b * f, a * f - b * e]) / (a * c - b * b)[..., None]
'''},
    {"exercise": 'generator_loss', "right": False, "label": 'sum-not-mean', "common": True,
     "what": 'the sum over all logits instead of their mean',
     "source": '''
from torch.nn import functional as F

def generator_loss(fake_logits):
    return F.softplus(-fake_logits).sum()
'''},
    {"exercise": 'generator_loss', "right": False, "label": 'small-number-in-the-log', "common": True,
     "what": 'log(sigmoid + 1e-8): finite, but flat and far too small for very negative logits',
     "source": '''
import torch

def generator_loss(fake_logits):
    return -torch.log(torch.sigmoid(fake_logits) + 1e-8).mean()
'''},
    {"exercise": 'generator_loss', "right": False, "label": 'plain-number', "common": True,
     "what": 'a Python number by .item(): nothing can be learned through it',
     "source": '''
import torch
from torch.nn import functional as F

def generator_loss(fake_logits):
    return F.softplus(-fake_logits).mean().item()
'''},
    {"exercise": 'generator_loss', "right": False, "label": 'bce-of-the-sigmoid', "common": False,
     "what": 'binary cross-entropy of the sigmoid, which torch stops at 100',
     "source": '''
import torch
from torch.nn import functional as F

def generator_loss(fake_logits):
    d = torch.sigmoid(fake_logits)
    return F.binary_cross_entropy(d, torch.ones_like(d))
'''},
    {"exercise": 'generator_loss', "right": True, "label": 'logsigmoid', "common": False,
     "what": "torch's logsigmoid with a minus",
     "source": '''
import torch.nn.functional as F

def generator_loss(fake_logits):
    return F.logsigmoid(fake_logits).mean().neg()
'''},
    {"exercise": 'generator_loss', "right": True, "label": 'log1p-by-hand', "common": False,
     "what": 'softplus by hand: the larger of 0 and -x plus log1p(exp(-|x|))',
     "source": '''
import torch

def generator_loss(fake_logits):
    x = fake_logits.reshape(-1)
    each = torch.clamp(-x, min=0) + torch.log1p(torch.exp(-torch.abs(x)))
    return each.sum() / x.numel()
'''},
    {"exercise": 'discriminator_loss', "right": False, "label": 'log-of-one-minus-sigmoid', "common": True,
     "what": 'log(sigmoid) and log(1 - sigmoid) as they stand: infinite for sure logits',
     "source": '''
import torch

def discriminator_loss(real_logits, fake_logits):
    real, fake = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
    return -torch.log(real).mean() - torch.log(1 - fake).mean()
'''},
    {"exercise": 'discriminator_loss', "right": False, "label": 'half-of-it', "common": True,
     "what": 'the mean of the two parts instead of their sum',
     "source": '''
import torch
from torch.nn import functional as F

def discriminator_loss(real_logits, fake_logits):
    real = F.binary_cross_entropy_with_logits(real_logits, torch.ones_like(real_logits))
    fake = F.binary_cross_entropy_with_logits(fake_logits, torch.zeros_like(fake_logits))
    return (real + fake) / 2
'''},
    {"exercise": 'discriminator_loss', "right": False, "label": 'fake-logits-detached', "common": False,
     "what": 'detaches the logits of the fakes instead of the pictures: the discriminator learns nothing from fakes',
     "source": '''
from torch.nn import functional as F

def discriminator_loss(real_logits, fake_logits):
    return F.softplus(-real_logits).mean() + F.softplus(fake_logits.detach()).mean()
'''},
    {"exercise": 'discriminator_loss', "right": False, "label": 'added-before-the-mean', "common": True,
     "what": 'adds the two tensors before the mean, which needs equal shapes',
     "source": '''
from torch.nn import functional as F

def discriminator_loss(real_logits, fake_logits):
    return (F.softplus(-real_logits) + F.softplus(fake_logits)).mean()
'''},
    {"exercise": 'discriminator_loss', "right": False, "label": 'minus-between', "common": True,
     "what": "subtracts the fakes' part instead of adding it",
     "source": '''
from torch.nn import functional as F

def discriminator_loss(real_logits, fake_logits):
    return F.softplus(-real_logits).mean() - F.softplus(fake_logits).mean()
'''},
    {"exercise": 'discriminator_loss', "right": True, "label": 'two-cross-entropies', "common": False,
     "what": 'two binary cross-entropies with logits',
     "source": '''
import torch
from torch import nn

def discriminator_loss(real_logits, fake_logits):
    judge = nn.BCEWithLogitsLoss(reduction="mean")
    yes = torch.full_like(real_logits, 1.0)
    no = torch.full_like(fake_logits, 0.0)
    return judge(real_logits, yes).add(judge(fake_logits, no))
'''},
    {"exercise": 'discriminator_loss', "right": True, "label": 'logsigmoid-of-both', "common": False,
     "what": 'logsigmoid of the real logits and of minus the fake ones',
     "source": '''
import torch
from torch.nn.functional import logsigmoid

def discriminator_loss(real_logits, fake_logits):
    log_real = logsigmoid(real_logits)  # log D(x)
    log_not_fake = logsigmoid(-fake_logits)  # log (1 - D(G(z)))
    return -(log_real.mean() + log_not_fake.mean())
'''},
    {"exercise": 'gan_step', "right": False, "label": 'discriminator-not-emptied', "common": True,
     "what": "the discriminator's gradients are not emptied, so those of the generator's turn pile up in it",
     "source": '''
from course import gan

def gan_step(players, real, noise):
    generator_loss, discriminator_loss = gan.losses_of(players.settings.game)
    fake = players.generator(noise)

    d_loss = discriminator_loss(players.discriminator(real), players.discriminator(fake.detach()))
    penalty = gan.smoothness(players, real)
    (d_loss + penalty).backward()
    players.discriminator_optimizer.step()

    players.generator_optimizer.zero_grad()
    g_loss = generator_loss(players.discriminator(fake))
    g_loss.backward()
    players.generator_optimizer.step()

    players.steps += 1
    return {"d_loss": d_loss.item(), "g_loss": g_loss.item()}
'''},
    {"exercise": 'gan_step', "right": False, "label": 'generator-first', "common": True,
     "what": 'the generator moves first, judged by a discriminator that has not moved yet',
     "source": '''
from course import gan

def gan_step(players, real, noise):
    g_loss_of, d_loss_of = gan.losses_of(players.settings.game)
    players.generator_optimizer.zero_grad()
    fake = players.generator(noise)
    g_loss = g_loss_of(players.discriminator(fake))
    g_loss.backward()
    players.generator_optimizer.step()
    players.discriminator_optimizer.zero_grad()
    d_loss = d_loss_of(players.discriminator(real), players.discriminator(fake.detach()))
    (d_loss + gan.smoothness(players, real)).backward()
    players.discriminator_optimizer.step()
    players.steps += 1
    return {"d_loss": float(d_loss), "g_loss": float(g_loss)}
'''},
    {"exercise": 'gan_step', "right": False, "label": 'told-with-the-penalty', "common": True,
     "what": 'd_loss is told with the penalty in it',
     "source": '''
from course import gan

def gan_step(players, real, noise):
    generator_loss, discriminator_loss = gan.losses_of(players.settings.game)
    fake = players.generator(noise)

    players.discriminator_optimizer.zero_grad()
    d_loss = discriminator_loss(players.discriminator(real), players.discriminator(fake.detach()))
    penalty = gan.smoothness(players, real)
    d_loss = d_loss + penalty
    d_loss.backward()
    players.discriminator_optimizer.step()

    players.generator_optimizer.zero_grad()
    g_loss = generator_loss(players.discriminator(fake))
    g_loss.backward()
    players.generator_optimizer.step()

    players.steps += 1
    return {"d_loss": d_loss.item(), "g_loss": g_loss.item()}
'''},
    {"exercise": 'gan_step', "right": False, "label": 'always-the-same-game', "common": True,
     "what": 'plays the non-saturating game whatever the settings say',
     "source": '''
from course import gan

def gan_step(players, real, noise):
    generator_loss, discriminator_loss = gan.losses_of("non-saturating")
    fake = players.generator(noise)

    players.discriminator_optimizer.zero_grad()
    d_loss = discriminator_loss(players.discriminator(real), players.discriminator(fake.detach()))
    penalty = gan.smoothness(players, real)
    (d_loss + penalty).backward()
    players.discriminator_optimizer.step()

    players.generator_optimizer.zero_grad()
    g_loss = generator_loss(players.discriminator(fake))
    g_loss.backward()
    players.generator_optimizer.step()

    players.steps += 1
    return {"d_loss": d_loss.item(), "g_loss": g_loss.item()}
'''},
    {"exercise": 'gan_step', "right": False, "label": 'counted-at-the-start', "common": False,
     "what": 'players.steps grows before smoothness looks at it, so R1 comes a step too early',
     "source": '''
from course import gan

def gan_step(players, real, noise):
    generator_loss, discriminator_loss = gan.losses_of(players.settings.game)
    players.steps += 1
    fake = players.generator(noise)

    players.discriminator_optimizer.zero_grad()
    d_loss = discriminator_loss(players.discriminator(real), players.discriminator(fake.detach()))
    penalty = gan.smoothness(players, real)
    (d_loss + penalty).backward()
    players.discriminator_optimizer.step()

    players.generator_optimizer.zero_grad()
    g_loss = generator_loss(players.discriminator(fake))
    g_loss.backward()
    players.generator_optimizer.step()

    return {"d_loss": d_loss.item(), "g_loss": g_loss.item()}
'''},
    {"exercise": 'gan_step', "right": True, "label": 'frozen-judge', "common": False,
     "what": "in the generator's turn the discriminator's numbers ask for no gradient",
     "source": '''
from course import gan

def gan_step(players, real, noise):
    G, D = players.generator, players.discriminator
    g_loss_of, d_loss_of = gan.losses_of(players.settings.game)
    fake = G(noise)
    # the discriminator's turn
    players.discriminator_optimizer.zero_grad(set_to_none=True)
    on_real, on_fake = D(real), D(fake.detach())
    d = d_loss_of(on_real, on_fake)
    total = d + gan.smoothness(players, real)
    total.backward()
    players.discriminator_optimizer.step()
    # the generator's turn
    learning = [p for p in D.parameters() if p.requires_grad]
    for p in learning:
        p.requires_grad_(False)
    players.generator_optimizer.zero_grad(set_to_none=True)
    g = g_loss_of(D(fake))
    g.backward()
    players.generator_optimizer.step()
    for p in learning:
        p.requires_grad_(True)
    players.steps += 1
    return dict(d_loss=float(d.detach()), g_loss=float(g.detach()))
'''},
    {"exercise": 'gan_step', "right": True, "label": 'autograd-grad', "common": False,
     "what": 'gradients by torch.autograd.grad, written into .grad by hand',
     "source": '''
import torch
from course import gan

def gan_step(players, real, noise):
    losses = dict(zip("gd", gan.losses_of(players.settings.game)))
    made = players.generator(noise)

    def move(loss, network, optimizer):
        parameters = [p for p in network.parameters() if p.requires_grad]
        slopes = torch.autograd.grad(loss, parameters, allow_unused=True)
        optimizer.zero_grad()
        for parameter, slope in zip(parameters, slopes):
            parameter.grad = slope
        optimizer.step()
        optimizer.zero_grad()

    d_loss = losses["d"](players.discriminator(real), players.discriminator(made.detach()))
    move(d_loss + gan.smoothness(players, real), players.discriminator, players.discriminator_optimizer)
    g_loss = losses["g"](players.discriminator(made))
    move(g_loss, players.generator, players.generator_optimizer)
    players.steps += 1
    return {"d_loss": d_loss.item(), "g_loss": g_loss.item()}
'''},
    {"exercise": 'r1_penalty', "right": False, "label": 'length-not-squared', "common": True,
     "what": 'the length of the slope instead of its square',
     "source": '''
import torch

def r1_penalty(real_logits, real):
    grad, = torch.autograd.grad(real_logits.sum(), real, create_graph=True)
    return grad.flatten(1).norm(dim=1).mean()
'''},
    {"exercise": 'r1_penalty', "right": False, "label": 'slope-of-the-mean', "common": True,
     "what": 'the slope of the mean logit: N squared times too small',
     "source": '''
import torch

def r1_penalty(real_logits, real):
    grad, = torch.autograd.grad(real_logits.mean(), real, create_graph=True)
    return grad.flatten(1).pow(2).sum(dim=1).mean()
'''},
    {"exercise": 'r1_penalty', "right": False, "label": 'around-one', "common": False,
     "what": '(length - 1) squared, the penalty of another game',
     "source": '''
import torch

def r1_penalty(real_logits, real):
    slope = torch.autograd.grad(real_logits.sum(), real, create_graph=True)[0]
    length = slope.reshape(len(real), -1).norm(2, dim=1)
    return ((length - 1) ** 2).mean()
'''},
    {"exercise": 'r1_penalty', "right": False, "label": 'channels-only', "common": True,
     "what": 'sums over axis 1 only, so for pictures the mean runs over the pixels as well',
     "source": '''
import torch

def r1_penalty(real_logits, real):
    (grad,) = torch.autograd.grad(outputs=real_logits.sum(), inputs=real, create_graph=True, retain_graph=True)
    return grad.square().sum(dim=1).mean()
'''},
    {"exercise": 'r1_penalty', "right": True, "label": 'einsum', "common": False,
     "what": 'flattened slopes with themselves by einsum',
     "source": '''
import torch

def r1_penalty(real_logits, real):
    slope = torch.autograd.grad(real_logits.sum(), real, create_graph=True)[0].reshape(real.shape[0], -1)
    return torch.einsum("ni,ni->n", slope, slope).mean()
'''},
    {"exercise": 'r1_penalty', "right": True, "label": 'picture-by-picture', "common": False,
     "what": 'one slope a picture in a loop',
     "source": '''
import torch

def r1_penalty(real_logits, real):
    total = 0
    for n in range(len(real_logits)):
        slope, = torch.autograd.grad(real_logits[n], real, create_graph=True)
        total = total + (slope[n] ** 2).sum()
    return total / len(real_logits)
'''},
    {"exercise": 'hinge_loss', "right": False, "label": 'truth-of-a-tensor', "common": True,
     "what": '`if not real_logits`: a tensor of several numbers has no truth value',
     "source": '''
import torch

def hinge_loss(fake_logits, real_logits=None):
    if not real_logits:
        return -fake_logits.mean()
    return torch.relu(1 - real_logits).mean() + torch.relu(1 + fake_logits).mean()
'''},
    {"exercise": 'hinge_loss', "right": False, "label": 'max-after-the-mean', "common": False,
     "what": 'the max of the mean instead of the mean of the max',
     "source": '''
import torch

def hinge_loss(fake_logits, real_logits=None):
    if real_logits is None:
        return -fake_logits.mean()
    return torch.relu(1 - real_logits.mean()) + torch.relu(1 + fake_logits.mean())
'''},
    {"exercise": 'hinge_loss', "right": False, "label": 'generator-pushes-down', "common": True,
     "what": "the generator's loss without its minus",
     "source": '''
import torch

def hinge_loss(fake_logits, real_logits=None):
    if real_logits is None:
        return fake_logits.mean()
    return torch.relu(1 - real_logits).mean() + torch.relu(1 + fake_logits).mean()
'''},
    {"exercise": 'hinge_loss', "right": False, "label": 'real-and-fake-exchanged', "common": True,
     "what": 'real ones are pushed below -1 and fakes above 1',
     "source": '''
import torch

def hinge_loss(fake_logits, real_logits=None):
    if real_logits is None:
        return -fake_logits.mean()
    return torch.relu(1 + real_logits).mean() + torch.relu(1 - fake_logits).mean()
'''},
    {"exercise": 'hinge_loss', "right": True, "label": 'margin-ranking', "common": False,
     "what": "torch's margin_ranking_loss against zeros",
     "source": '''
import torch
from torch.nn import functional as F

def hinge_loss(fake_logits, real_logits=None):
    if real_logits is None:
        return fake_logits.mean().neg()

    def beyond(logits, side):
        x = logits.reshape(-1)
        return F.margin_ranking_loss(x, torch.zeros_like(x), torch.full_like(x, side), margin=1.0)

    return beyond(real_logits, 1.0) + beyond(fake_logits, -1.0)
'''},
    {"exercise": 'hinge_loss', "right": True, "label": 'where', "common": False,
     "what": 'torch.where in place of the max',
     "source": '''
import torch

def hinge_loss(fake_logits, real_logits=None):
    if real_logits is not None:
        real = torch.where(real_logits < 1, 1 - real_logits, torch.zeros_like(real_logits))
        fake = torch.where(fake_logits > -1, 1 + fake_logits, torch.zeros_like(fake_logits))
        return real.sum() / real.numel() + fake.sum() / fake.numel()
    return 0 - fake_logits.sum() / fake_logits.numel()
'''},
    {"exercise": 'build_generator', "right": False, "label": 'sigmoid-at-the-end', "common": True,
     "what": 'a sigmoid in place of tanh: nothing below 0, so no dark pixel',
     "source": '''
import math
from torch import nn

def build_generator(latent=128, size=64, width=32):
    steps = int(math.log2(size)) - 2  # from 4 up to size
    c = width * 2 ** (steps - 1)
    parts = [nn.Linear(latent, c * 4 * 4), nn.Unflatten(1, (c, 4, 4)), nn.BatchNorm2d(c), nn.ReLU()]
    for _ in range(steps - 1):
        parts += [nn.ConvTranspose2d(c, c // 2, 4, stride=2, padding=1), nn.BatchNorm2d(c // 2), nn.ReLU()]
        c = c // 2
    parts += [nn.ConvTranspose2d(c, 3, 4, stride=2, padding=1), nn.Sigmoid()]
    return nn.Sequential(*parts)
'''},
    {"exercise": 'build_generator', "right": False, "label": 'one-doubling-too-many', "common": True,
     "what": 'log2(size) - 1 doublings: pictures twice as large as asked',
     "source": '''
import math
from torch import nn

def build_generator(latent=128, size=64, width=32):
    steps = int(math.log2(size)) - 1  # from 4 up to size
    c = width * 2 ** (steps - 1)
    parts = [nn.Linear(latent, c * 4 * 4), nn.Unflatten(1, (c, 4, 4)), nn.BatchNorm2d(c), nn.ReLU()]
    for _ in range(steps - 1):
        parts += [nn.ConvTranspose2d(c, c // 2, 4, stride=2, padding=1), nn.BatchNorm2d(c // 2), nn.ReLU()]
        c = c // 2
    parts += [nn.ConvTranspose2d(c, 3, 4, stride=2, padding=1), nn.Tanh()]
    return nn.Sequential(*parts)
'''},
    {"exercise": 'build_generator', "right": False, "label": 'latent-always-128', "common": True,
     "what": 'the linear layer takes 128 numbers whatever latent says',
     "source": '''
import math
from torch import nn

def build_generator(latent=128, size=64, width=32):
    steps = int(math.log2(size)) - 2  # from 4 up to size
    c = width * 2 ** (steps - 1)
    parts = [nn.Linear(128, c * 4 * 4), nn.Unflatten(1, (c, 4, 4)), nn.BatchNorm2d(c), nn.ReLU()]
    for _ in range(steps - 1):
        parts += [nn.ConvTranspose2d(c, c // 2, 4, stride=2, padding=1), nn.BatchNorm2d(c // 2), nn.ReLU()]
        c = c // 2
    parts += [nn.ConvTranspose2d(c, 3, 4, stride=2, padding=1), nn.Tanh()]
    return nn.Sequential(*parts)
'''},
    {"exercise": 'build_generator', "right": False, "label": 'width-not-used', "common": False,
     "what": 'always 32 channels: width changes nothing',
     "source": '''
import math
from torch import nn

def build_generator(latent=128, size=64, width=32):
    steps = int(math.log2(size)) - 2  # from 4 up to size
    c = 32 * 2 ** (steps - 1)
    parts = [nn.Linear(latent, c * 4 * 4), nn.Unflatten(1, (c, 4, 4)), nn.BatchNorm2d(c), nn.ReLU()]
    for _ in range(steps - 1):
        parts += [nn.ConvTranspose2d(c, c // 2, 4, stride=2, padding=1), nn.BatchNorm2d(c // 2), nn.ReLU()]
        c = c // 2
    parts += [nn.ConvTranspose2d(c, 3, 4, stride=2, padding=1), nn.Tanh()]
    return nn.Sequential(*parts)
'''},
    {"exercise": 'build_generator', "right": True, "label": 'upsample-and-convolve', "common": False,
     "what": 'nearest upsampling and convolutions, with group norm',
     "source": '''
import torch
from torch import nn

def build_generator(latent=128, size=64, width=32):
    def block(before, after):
        return nn.Sequential(nn.Conv2d(before, after, 3, padding=1), nn.GroupNorm(1, after), nn.LeakyReLU(0.2),
                             nn.Upsample(scale_factor=2))

    doublings = (size // 4).bit_length() - 1
    counts = [width * 2 ** k for k in reversed(range(doublings + 1))]
    net = nn.Sequential(nn.Linear(latent, counts[0] * 16), nn.Unflatten(1, (counts[0], 4, 4)), nn.LeakyReLU(0.2))
    for before, after in zip(counts, counts[1:]):
        net.append(block(before, after))
    net.append(nn.Conv2d(width, 3, 3, padding=1))
    net.append(nn.Tanh())
    return net
'''},
    {"exercise": 'build_generator', "right": True, "label": 'subclass-with-setattr', "common": False,
     "what": 'a class whose layers are numbered attributes, layer sizes found from the end',
     "source": '''
import torch
from torch import nn

class Painter(nn.Module):
    def __init__(self, latent, size, width):
        super().__init__()
        counts = [3, width]
        side = size // 2
        while side > 4:
            counts.append(counts[-1] * 2)
            side //= 2
        self.start = nn.Linear(latent, counts[-1] * 16)
        self.depth = len(counts) - 1
        for k in range(self.depth):
            setattr(self, f"norm{k}", nn.BatchNorm2d(counts[k + 1]))
            setattr(self, f"up{k}", nn.ConvTranspose2d(counts[k + 1], counts[k], 4, 2, 1))

    def forward(self, noise):
        x = self.start(noise).unflatten(1, (-1, 4, 4))
        for k in range(self.depth - 1, -1, -1):
            x = getattr(self, f"norm{k}")(x).relu()
            x = getattr(self, f"up{k}")(x)
        return x.tanh()

def build_generator(latent=128, size=64, width=32):
    return Painter(latent, size, width)
'''},
    {"exercise": 'build_discriminator', "right": False, "label": 'with-batch-norm', "common": True,
     "what": 'batch norm between the layers: pictures are judged by the company they keep',
     "source": '''
from torch import nn

def build_discriminator(size=64, width=32):
    parts = [nn.Conv2d(3, width, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
    side, c = size // 2, width
    while side > 4:
        parts += [nn.Conv2d(c, 2 * c, 4, stride=2, padding=1), nn.BatchNorm2d(2 * c), nn.LeakyReLU(0.2)]
        side, c = side // 2, 2 * c
    parts += [nn.Flatten(), nn.Linear(c * 16, 1), nn.Flatten(0)]
    return nn.Sequential(*parts)
'''},
    {"exercise": 'build_discriminator', "right": False, "label": 'squeezed', "common": False,
     "what": 'squeeze() without an axis: a batch of one gives a scalar instead of (1,)',
     "source": '''
import torch
from torch import nn

class Critic(nn.Module):
    def __init__(self, size, width):
        super().__init__()
        layers, c, side = [], 3, size
        while side > 4:
            after = width if c == 3 else c * 2
            layers += [nn.Conv2d(c, after, 4, 2, 1), nn.LeakyReLU(0.2)]
            c, side = after, side // 2
        self.body = nn.Sequential(*layers)
        self.head = nn.Linear(c * 16, 1)

    def forward(self, x):
        return self.head(self.body(x).flatten(1)).squeeze()

def build_discriminator(size=64, width=32):
    return Critic(size, width)
'''},
    {"exercise": 'build_discriminator', "right": False, "label": 'made-for-64', "common": True,
     "what": 'four halvings and a linear layer for 64 pixels only',
     "source": '''
from torch import nn

def build_discriminator(size=64, width=32):
    return nn.Sequential(
        nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2),
        nn.Conv2d(width, width * 2, 4, 2, 1), nn.LeakyReLU(0.2),
        nn.Conv2d(width * 2, width * 4, 4, 2, 1), nn.LeakyReLU(0.2),
        nn.Conv2d(width * 4, width * 8, 4, 2, 1), nn.LeakyReLU(0.2),
        nn.Flatten(), nn.Linear(width * 8 * 4 * 4, 1), nn.Flatten(0))
'''},
    {"exercise": 'build_discriminator', "right": False, "label": 'relu-on-the-logit', "common": True,
     "what": 'a ReLU after the last layer: no logit can be negative',
     "source": '''
from torch import nn

def build_discriminator(size=64, width=32):
    parts = [nn.Conv2d(3, width, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
    side, c = size // 2, width
    while side > 4:
        parts += [nn.Conv2d(c, 2 * c, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
        side, c = side // 2, 2 * c
    parts += [nn.Flatten(), nn.Linear(c * 16, 1), nn.Flatten(0), nn.ReLU()]
    return nn.Sequential(*parts)
'''},
    {"exercise": 'build_discriminator', "right": False, "label": 'width-not-used', "common": False,
     "what": 'always 32 channels: width changes nothing',
     "source": '''
from torch import nn

def build_discriminator(size=64, width=32):
    parts = [nn.Conv2d(3, 32, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
    side, c = size // 2, 32
    while side > 4:
        parts += [nn.Conv2d(c, 2 * c, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
        side, c = side // 2, 2 * c
    parts += [nn.Flatten(), nn.Linear(c * 16, 1), nn.Flatten(0)]
    return nn.Sequential(*parts)
'''},
    {"exercise": 'build_discriminator', "right": True, "label": 'last-convolution-as-linear', "common": False,
     "what": 'the linear layer as a 4x4 convolution without padding',
     "source": '''
import math
from torch import nn

def build_discriminator(size=64, width=32):
    halvings = round(math.log2(size / 4))
    net, before = nn.Sequential(), 3
    for k in range(halvings):
        after = width * 2 ** k
        net.add_module(f"conv{k}", nn.Conv2d(before, after, 4, 2, 1))
        net.add_module(f"act{k}", nn.LeakyReLU(0.2, inplace=True))
        before = after
    net.add_module("logit", nn.Conv2d(before, 1, 4))
    net.add_module("flat", nn.Flatten(start_dim=0))
    return net
'''},
    {"exercise": 'build_discriminator', "right": True, "label": 'built-from-the-inside', "common": False,
     "what": 'built by recursion: each level halves and hands on to the next',
     "source": '''
import torch
from torch import nn

def build_discriminator(size=64, width=32):
    class Judge(nn.Module):
        def __init__(self, side, before, after):
            super().__init__()
            self.halve = nn.Conv2d(before, after, kernel_size=4, stride=2, padding=1)
            side = side // 2
            self.rest = Judge(side, after, after * 2) if side > 4 else nn.Linear(after * side * side, 1)
            self.last = side <= 4

        def forward(self, x):
            x = nn.functional.leaky_relu(self.halve(x), 0.2)
            return self.rest(x.flatten(1)).reshape(-1) if self.last else self.rest(x)

    return Judge(size, 3, width)
'''},
    {"exercise": 'make_pair', "right": False, "label": 'from-the-photo', "common": True,
     "what": 'the coarse picture is warped from the photo itself, which knows the answer',
     "source": '''
from course import rendering

def make_pair(actor, elsewhere, spoil, jitter):
    target = actor.image
    source = spoil(actor.render(elsewhere))
    seen = jitter(elsewhere)
    wanted = jitter(actor.points)
    coarse = actor.render(wanted)
    return coarse, target, source, wanted, seen
'''},
    {"exercise": 'make_pair', "right": False, "label": 'seen-and-wanted-exchanged', "common": True,
     "what": 'seen and wanted have changed places, on the way back and in the answer',
     "source": '''
from course import rendering

def make_pair(actor, elsewhere, spoil, jitter):
    target = actor.image
    source = spoil(actor.render(elsewhere))
    wanted = jitter(elsewhere)
    seen = jitter(actor.points)
    coarse = rendering.Portrait(source, seen).render(wanted)
    return coarse, target, source, wanted, seen
'''},
    {"exercise": 'make_pair', "right": False, "label": 'jittered-anew', "common": False,
     "what": 'jitters once more for the answer, so the points told are not those that were used',
     "source": '''
from course import rendering

def make_pair(actor, elsewhere, spoil, jitter):
    target = actor.image
    source = spoil(actor.render(elsewhere))
    seen = jitter(elsewhere)
    wanted = jitter(actor.points)
    coarse = rendering.Portrait(source, jitter(elsewhere)).render(jitter(actor.points))
    return coarse, target, source, wanted, seen
'''},
    {"exercise": 'make_pair', "right": False, "label": 'way-back-from-the-clean-one', "common": False,
     "what": 'the way back starts from the unspoiled picture; only the source told is spoiled',
     "source": '''
from course import rendering

def make_pair(actor, elsewhere, spoil, jitter):
    target = actor.image
    clean = actor.render(elsewhere)
    source = spoil(clean)
    seen = jitter(elsewhere)
    wanted = jitter(actor.points)
    coarse = rendering.Portrait(clean, seen).render(wanted)
    return coarse, target, source, wanted, seen
'''},
    {"exercise": 'make_pair', "right": False, "label": 'target-spoiled-too', "common": True,
     "what": 'the target is spoiled as well: the network learns to paint noise',
     "source": '''
from course import rendering

def make_pair(actor, elsewhere, spoil, jitter):
    target = spoil(actor.image)
    source = spoil(actor.render(elsewhere))
    seen = jitter(elsewhere)
    wanted = jitter(actor.points)
    coarse = rendering.Portrait(source, seen).render(wanted)
    return coarse, target, source, wanted, seen
'''},
    {"exercise": 'make_pair', "right": True, "label": 'there-and-back', "common": False,
     "what": 'two steps with names of their own, errors drawn first',
     "source": '''
from course import rendering

def make_pair(actor, elsewhere, spoil, jitter):
    # there
    clean = actor.render(elsewhere)
    source = spoil(clean)
    # and back, with what a finder of points would believe
    believed, asked = jitter(elsewhere), jitter(actor.points)
    back = rendering.Portrait(source, points=believed)
    coarse = back.render(asked)
    return (coarse, actor.image, source, asked, believed)
'''},
    {"exercise": 'make_pair', "right": True, "label": 'inner-warp', "common": False,
     "what": 'an inner function W(X; a -> b) as in the formula',
     "source": '''
def make_pair(actor, elsewhere, spoil, jitter):
    from course import rendering

    def W(picture, a, b):
        return rendering.Portrait(picture, a).render(b)

    S = spoil(actor.render(elsewhere))
    q_tilde = jitter(elsewhere)
    p_tilde = jitter(actor.points)
    C = W(S, q_tilde, p_tilde)
    T = actor.image
    return C, T, S, p_tilde, q_tilde
'''},
    {"exercise": 'train_step', "right": False, "label": 'emptied-after-backward', "common": True,
     "what": 'the gradients are emptied between backward and step: nothing is learned',
     "source": '''
import torch
from course import rendering

def train_step(net, optimizer, inputs, target, window, losses_of, weights):
    made = rendering.repaint(net, inputs, window)
    losses = losses_of(made, target)
    loss = sum(weights[k] * losses[k] for k in losses)
    loss.backward()
    optimizer.zero_grad()
    torch.nn.utils.clip_grad_norm_(net.parameters(), max_norm=1.0)
    optimizer.step()
    return made.detach(), {k: float(v.detach()) for k, v in losses.items()}
'''},
    {"exercise": 'train_step', "right": False, "label": 'clipped-before-backward', "common": False,
     "what": 'clips before backward, when there is nothing to clip yet',
     "source": '''
import torch
from course import rendering

def train_step(net, optimizer, inputs, target, window, losses_of, weights):
    optimizer.zero_grad()
    made = rendering.repaint(net, inputs, window)
    losses = losses_of(made, target)
    loss = sum(weights[k] * losses[k] for k in losses)
    torch.nn.utils.clip_grad_norm_(net.parameters(), max_norm=1.0)
    loss.backward()
    optimizer.step()
    return made.detach(), {k: float(v.detach()) for k, v in losses.items()}
'''},
    {"exercise": 'train_step', "right": False, "label": 'each-number-clipped', "common": True,
     "what": 'clips each number of the gradient to 1 (clip_grad_value_) instead of its length',
     "source": '''
import torch
from course import rendering

def train_step(net, optimizer, inputs, target, window, losses_of, weights):
    optimizer.zero_grad()
    made = rendering.repaint(net, inputs, window)
    losses = losses_of(made, target)
    loss = sum(weights[k] * losses[k] for k in losses)
    loss.backward()
    torch.nn.utils.clip_grad_value_(net.parameters(), 1.0)
    optimizer.step()
    return made.detach(), {k: float(v.detach()) for k, v in losses.items()}
'''},
    {"exercise": 'train_step', "right": False, "label": 'made-with-its-graph', "common": True,
     "what": 'gives the picture back with its graph',
     "source": '''
import torch
from course import rendering

def train_step(net, optimizer, inputs, target, window, losses_of, weights):
    optimizer.zero_grad()
    made = rendering.repaint(net, inputs, window)
    losses = losses_of(made, target)
    loss = sum(weights[k] * losses[k] for k in losses)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), max_norm=1.0)
    optimizer.step()
    return made, {k: float(v.detach()) for k, v in losses.items()}
'''},
    {"exercise": 'train_step', "right": False, "label": 'weights-forgotten', "common": True,
     "what": 'adds the losses up without their weights',
     "source": '''
import torch
from course import rendering

def train_step(net, optimizer, inputs, target, window, losses_of, weights):
    optimizer.zero_grad()
    made = rendering.repaint(net, inputs, window)
    losses = losses_of(made, target)
    loss = sum(losses.values())
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), max_norm=1.0)
    optimizer.step()
    return made.detach(), {k: float(v.detach()) for k, v in losses.items()}
'''},
    {"exercise": 'train_step', "right": True, "label": 'stacked-dot-product', "common": False,
     "what": 'losses and weights as two vectors and their dot product',
     "source": '''
import torch
from course import rendering

def train_step(net, optimizer, inputs, target, window, losses_of, weights):
    optimizer.zero_grad(set_to_none=True)
    made = rendering.repaint(net, inputs, window)
    losses = losses_of(made, target)
    names = sorted(losses)
    values = torch.stack([losses[name] for name in names])
    factors = torch.tensor([float(weights[name]) for name in names], dtype=values.dtype, device=values.device)
    torch.dot(values, factors).backward()
    torch.nn.utils.clip_grad_norm_([p for group in optimizer.param_groups for p in group["params"]], 1)
    optimizer.step()
    return made.detach(), dict(zip(names, values.detach().tolist()))
'''},
    {"exercise": 'train_step', "right": True, "label": 'scaled-in-a-loop', "common": False,
     "what": 'gradients emptied by hand, scaled in a loop where they are too long',
     "source": '''
import math
from course.rendering import repaint

def train_step(net, optimizer, inputs, target, window, losses_of, weights):
    for p in net.parameters():
        p.grad = None
    picture = repaint(net, inputs, window)
    losses = losses_of(picture, target)
    told, total = {}, 0.0
    for name, value in losses.items():
        told[name] = value.item()
        total = total + weights[name] * value
    total.backward()
    slopes = [p.grad for p in net.parameters() if p.grad is not None]
    length = math.sqrt(sum(float(g.double().pow(2).sum()) for g in slopes))
    if length > 1:
        for g in slopes:
            g.div_(length)
    optimizer.step()
    return picture.detach().clone(), told
'''},
    {"exercise": 'overfit_one_batch', "right": False, "label": 'measured-after-the-step', "common": True,
     "what": "measures after each step instead of before it: the warp's own value is missing",
     "source": '''
import copy
import torch
from course import rendering
from course.recipes import animator

def overfit_one_batch(net, inputs, target, window, steps=60, rate=1e-3):
    pupil = copy.deepcopy(net)
    optimizer = torch.optim.Adam(pupil.parameters(), lr=rate)
    curve = []
    for _ in range(steps):
        animator.train_step(pupil, optimizer, inputs, target, window, animator.l1_alone, {"l1": 1.0})
        with torch.no_grad():
            curve.append(float((rendering.repaint(pupil, inputs, window) - target).abs().mean()))
    return curve
'''},
    {"exercise": 'overfit_one_batch', "right": False, "label": 'shallow-copy', "common": False,
     "what": 'copy.copy shares all weights with the original, which is trained as well',
     "source": '''
import copy
import torch
from course.recipes import animator

def overfit_one_batch(net, inputs, target, window, steps=60, rate=1e-3):
    pupil = copy.copy(net)
    optimizer = torch.optim.Adam(pupil.parameters(), lr=rate)
    curve = []
    for _ in range(steps):
        _, told = animator.train_step(pupil, optimizer, inputs, target, window, animator.l1_alone, {"l1": 1.0})
        curve.append(told["l1"])
    return curve
'''},
    {"exercise": 'overfit_one_batch', "right": False, "label": 'adam-on-the-original', "common": True,
     "what": "Adam was given the original's parameters: the copy never moves",
     "source": '''
import copy
import torch
from course.recipes import animator

def overfit_one_batch(net, inputs, target, window, steps=60, rate=1e-3):
    pupil = copy.deepcopy(net)
    optimizer = torch.optim.Adam(net.parameters(), lr=rate)
    curve = []
    for _ in range(steps):
        _, told = animator.train_step(pupil, optimizer, inputs, target, window, animator.l1_alone, {"l1": 1.0})
        curve.append(told["l1"])
    return curve
'''},
    {"exercise": 'overfit_one_batch', "right": False, "label": 'rate-ignored', "common": True,
     "what": "Adam's own rate, whatever was asked for",
     "source": '''
import copy
import torch
from course.recipes import animator

def overfit_one_batch(net, inputs, target, window, steps=60, rate=1e-3):
    pupil = copy.deepcopy(net)
    optimizer = torch.optim.Adam(pupil.parameters())
    curve = []
    for _ in range(steps):
        _, told = animator.train_step(pupil, optimizer, inputs, target, window, animator.l1_alone, {"l1": 1.0})
        curve.append(told["l1"])
    return curve
'''},
    {"exercise": 'overfit_one_batch', "right": True, "label": 'functional-call', "common": False,
     "what": 'no second module: cloned numbers, handed to the network by functional_call',
     "source": '''
import torch
from torch.func import functional_call
from course import rendering

def overfit_one_batch(net, inputs, target, window, steps=60, rate=1e-3):
    numbers = {name: p.detach().clone().requires_grad_() for name, p in net.named_parameters()}
    extra = {name: b.detach().clone() for name, b in net.named_buffers()}
    adam = torch.optim.Adam(list(numbers.values()), lr=rate)

    def copied(squares):
        return functional_call(net, (numbers, extra), (squares,))

    values = []
    for step in range(steps):
        loss = (rendering.repaint(copied, inputs, window) - target).abs().mean()
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(numbers.values()), 1.0)
        adam.step()
        values.append(loss.item())
    return values
'''},
    {"exercise": 'overfit_one_batch', "right": True, "label": 'list-comprehension', "common": False,
     "what": "the system's step in a list comprehension with a loss of its own",
     "source": '''
from copy import deepcopy
import torch
from course.recipes import animator

def overfit_one_batch(net, inputs, target, window, steps=60, rate=1e-3):
    learner = deepcopy(net)
    adam = torch.optim.Adam(params=learner.parameters(), lr=rate)

    def only_l1(made, truth):
        return {"l1": torch.nn.functional.l1_loss(made, truth)}

    return [animator.train_step(learner, adam, inputs, target, window, only_l1, {"l1": 1})[1]["l1"]
            for _ in range(steps)]
'''},
    {"exercise": 'feature_matching', "right": False, "label": 'fakes-detached', "common": True,
     "what": 'detaches the fakes instead of the real features: nothing can be learned',
     "source": '''
import torch

def feature_matching(fake_features, real_features):
    layers = [(f.detach() - r).abs().mean() for f, r in zip(fake_features, real_features)]
    return sum(layers) / len(layers)
'''},
    {"exercise": 'feature_matching', "right": False, "label": 'squares', "common": True,
     "what": 'squared differences instead of absolute ones',
     "source": '''
from torch.nn import functional as F

def feature_matching(fake_features, real_features):
    total = 0
    for f, r in zip(fake_features, real_features):
        total = total + F.mse_loss(f, r.detach())
    return total / len(fake_features)
'''},
    {"exercise": 'feature_matching', "right": False, "label": 'one-big-mean', "common": False,
     "what": 'one mean over all numbers of all layers, so large layers count for more',
     "source": '''
import torch

def feature_matching(fake_features, real_features):
    fake = torch.cat([f.flatten() for f in fake_features])
    real = torch.cat([r.detach().flatten() for r in real_features])
    return (fake - real).abs().mean()
'''},
    {"exercise": 'feature_matching', "right": False, "label": 'mean-before-abs', "common": False,
     "what": 'the absolute value of the mean difference: pluses and minuses cancel out',
     "source": '''
import torch

def feature_matching(fake_features, real_features):
    total = 0
    for f, r in zip(fake_features, real_features):
        total = total + torch.abs((f - r.detach()).mean())
    return total / len(fake_features)
'''},
    {"exercise": 'feature_matching', "right": True, "label": 'l1-loss-module', "common": False,
     "what": 'nn.L1Loss in a loop over indices',
     "source": '''
import torch
from torch import nn

def feature_matching(fake_features, real_features):
    measure = nn.L1Loss()
    total = fake_features[0].new_zeros(())
    for k in range(len(fake_features)):
        total = total + measure(fake_features[k], real_features[k].detach()) / len(fake_features)
    return total
'''},
    {"exercise": 'feature_matching', "right": True, "label": 'norm-over-count', "common": False,
     "what": '1-norms over the counts of numbers, as one dot product',
     "source": '''
import torch

def feature_matching(fake_features, real_features):
    sums = torch.stack([torch.linalg.vector_norm(f - r.data, ord=1) for f, r in zip(fake_features, real_features)])
    counts = torch.tensor([float(f.numel()) for f in fake_features], dtype=sums.dtype, device=sums.device)
    return torch.dot(sums, 1 / counts) / len(counts)
'''},
    {"exercise": 'save_and_resume', "right": False, "label": 'kept-in-memory', "common": False,
     "what": 'keeps everything in a global dict and writes no file: gone with the process',
     "source": '''
import copy
import torch

SAVED = {}

def save_and_resume(path, parts, numbers=None):
    if numbers is not None:
        SAVED[str(path)] = copy.deepcopy(({name: part.state_dict() for name, part in parts.items()},
                                          numbers, torch.get_rng_state()))
        return numbers
    states, told, random = copy.deepcopy(SAVED[str(path)])
    for name, part in parts.items():
        part.load_state_dict(states[name])
    torch.set_rng_state(random)
    return told
'''},
    {"exercise": 'save_and_resume', "right": False, "label": 'optimiser-left-out', "common": True,
     "what": "only networks are written and put back, Adam's memory is lost",
     "source": '''
import torch
from course.training import checkpoints

def save_and_resume(path, parts, numbers=None):
    if numbers is not None:
        states = {name: part.state_dict() for name, part in parts.items() if isinstance(part, torch.nn.Module)}
        checkpoints.save(path, {"parts": states, "numbers": numbers, "random": torch.get_rng_state()})
        return numbers
    tree = checkpoints.load(path)
    for name, part in parts.items():
        if name not in tree["parts"]:
            continue
        part.load_state_dict(tree["parts"][name])
    torch.set_rng_state(tree["random"])
    return tree["numbers"]
'''},
    {"exercise": 'save_and_resume', "right": False, "label": 'seed-for-the-state', "common": True,
     "what": 'writes the seed instead of the random state: the noise begins anew',
     "source": '''
import torch
from course.training import checkpoints

def save_and_resume(path, parts, numbers=None):
    if numbers is not None:
        states = {name: part.state_dict() for name, part in parts.items()}
        checkpoints.save(path, {"parts": states, "numbers": numbers, "random": torch.initial_seed() % 2 ** 32})
        return numbers
    tree = checkpoints.load(path)
    for name, part in parts.items():
        part.load_state_dict(tree["parts"][name])
    torch.manual_seed(tree["random"])
    return tree["numbers"]
'''},
    {"exercise": 'save_and_resume', "right": False, "label": 'nothing-told', "common": True,
     "what": 'returns nothing when it puts all back',
     "source": '''
import torch
from course.training import checkpoints

def save_and_resume(path, parts, numbers=None):
    if numbers is not None:
        states = {name: part.state_dict() for name, part in parts.items()}
        checkpoints.save(path, {"parts": states, "numbers": numbers, "random": torch.get_rng_state()})
        return numbers
    tree = checkpoints.load(path)
    for name, part in parts.items():
        part.load_state_dict(tree["parts"][name])
    torch.set_rng_state(tree["random"])
'''},
    {"exercise": 'save_and_resume', "right": False, "label": 'by-order-not-by-name', "common": False,
     "what": 'writes a list without names: with the parts in another order they are exchanged',
     "source": '''
import torch
from course.training import checkpoints

def save_and_resume(path, parts, numbers=None):
    if numbers is not None:
        states = [part.state_dict() for part in parts.values()]
        checkpoints.save(path, {"parts": states, "numbers": numbers, "random": torch.get_rng_state()})
        return numbers
    tree = checkpoints.load(path)
    for k, part in enumerate(parts.values()):
        part.load_state_dict(tree["parts"][k])
    torch.set_rng_state(tree["random"])
    return tree["numbers"]
'''},
    {"exercise": 'save_and_resume', "right": True, "label": 'early-return-for-reading', "common": False,
     "what": 'reads first and returns early, dict comprehension, default generator',
     "source": '''
import torch
from course.training import checkpoints

def save_and_resume(path, parts, numbers=None):
    generator = torch.default_generator
    if numbers is None:
        tree = checkpoints.load(path)
        generator.set_state(tree["noise"])
        for name in parts:
            parts[name].load_state_dict(tree["states"][name])
        return tree["told"]
    tree = {"told": numbers, "noise": generator.get_state(), "states": {}}
    for name in parts:
        tree["states"][name] = parts[name].state_dict()
    checkpoints.save(path, tree)
    return numbers
'''},
    {"exercise": 'save_and_resume', "right": True, "label": 'random-state-as-a-list', "common": False,
     "what": 'the random state as a list of whole numbers',
     "source": '''
import torch
from course.training import checkpoints

def save_and_resume(path, parts, numbers=None):
    saving = numbers is not None
    if saving:
        checkpoints.save(path, {"random": torch.random.get_rng_state().tolist(), "numbers": numbers,
                                "parts": dict((name, part.state_dict()) for name, part in parts.items())})
    else:
        tree = checkpoints.load(path)
        numbers = tree["numbers"]
        for name, state in tree["parts"].items():
            if name in parts:
                parts[name].load_state_dict(state)
        torch.random.set_rng_state(torch.tensor(tree["random"], dtype=torch.uint8))
    return numbers
'''},
    {"exercise": 'ema_update', "right": False, "label": 'leaf-changed-with-its-gradient', "common": True,
     "what": 'changes parameters in place outside of no_grad, which torch refuses',
     "source": '''
def ema_update(mean, network, decay):
    for m, n in zip(mean.parameters(), network.parameters()):
        m.mul_(decay).add_(n, alpha=1 - decay)
    for m, n in zip(mean.buffers(), network.buffers()):
        if m.is_floating_point():
            m.mul_(decay).add_(n, alpha=1 - decay)
        else:
            m.copy_(n)
'''},
    {"exercise": 'ema_update', "right": False, "label": 'counters-averaged', "common": True,
     "what": 'whole-number counters are averaged (and cut off) instead of copied',
     "source": '''
import torch

@torch.no_grad()
def ema_update(mean, network, decay):
    there = network.state_dict()
    for name, m in mean.state_dict().items():
        m.copy_(decay * m + (1 - decay) * there[name])
'''},
    {"exercise": 'ema_update', "right": False, "label": 'buffers-copied', "common": False,
     "what": 'all buffers are copied, though only counters should be',
     "source": '''
import torch

def ema_update(mean, network, decay):
    with torch.no_grad():
        for m, n in zip(mean.parameters(), network.parameters()):
            m.lerp_(n, 1 - decay)
        for m, n in zip(mean.buffers(), network.buffers()):
            m.copy_(n)
'''},
    {"exercise": 'ema_update', "right": False, "label": 'network-moved', "common": True,
     "what": 'moves the network towards the mean instead',
     "source": '''
import torch

@torch.no_grad()
def ema_update(mean, network, decay):
    for m, n in zip(mean.state_dict().values(), network.state_dict().values()):
        if n.is_floating_point():
            n.copy_(decay * m + (1 - decay) * n)
        else:
            n.copy_(m)
'''},
    {"exercise": 'ema_update', "right": True, "label": 'parameters-and-buffers', "common": False,
     "what": "parameters with torch's foreach functions, buffers in a loop",
     "source": '''
import torch

@torch.no_grad()
def ema_update(mean, network, decay):
    slow, fast = list(mean.parameters()), list(network.parameters())
    torch._foreach_mul_(slow, decay)
    torch._foreach_add_(slow, fast, alpha=1 - decay)
    fast_buffers = dict(network.named_buffers())
    for name, buffer in mean.named_buffers():
        if buffer.dtype.is_floating_point:
            buffer.mul_(decay).add_(fast_buffers[name], alpha=1 - decay)
        else:
            buffer.copy_(fast_buffers[name])
'''},
    {"exercise": 'ema_update', "right": True, "label": 'difference-on-data', "common": False,
     "what": 'through .data, a step of (1 - d) times the difference',
     "source": '''
from itertools import chain

def ema_update(mean, network, decay):
    pairs = zip(chain(mean.parameters(), mean.buffers()), chain(network.parameters(), network.buffers()))
    for slow, fast in pairs:
        if slow.is_floating_point():
            slow.data.add_((fast.data - slow.data) * (1 - decay))
        else:
            slow.data.copy_(fast.data)
'''},
    {"exercise": 'equivariance_loss', "right": False, "label": 'bend-on-the-wrong-side', "common": True,
     "what": 'bends the points of the picture instead of those of the bent picture',
     "source": '''
import torch
from torch.nn import functional
from course import flow

def equivariance_loss(detector, image, found, bend):
    n, _, height, width = image.shape
    grid = flow.identity_grid(height, width, image.device).expand(n, -1, -1, -1)
    bent = functional.grid_sample(image, bend(grid), "bilinear", "reflection", align_corners=True)
    there = detector(bent)
    off = bend(found.points) - there.points
    product = torch.linalg.inv(found.jacobians) @ bend.jacobian(there.points) @ there.jacobians
    wrong = torch.eye(2, device=image.device, dtype=image.dtype) - product
    return off.abs().mean(), wrong.abs().mean()
'''},
    {"exercise": 'equivariance_loss', "right": False, "label": 'derivative-at-p-of-x', "common": False,
     "what": "takes the bend's derivative at p_X instead of p_Y",
     "source": '''
import torch
from torch.nn import functional
from course import flow

def equivariance_loss(detector, image, found, bend):
    n, _, height, width = image.shape
    grid = flow.identity_grid(height, width, image.device).expand(n, -1, -1, -1)
    bent = functional.grid_sample(image, bend(grid), "bilinear", "reflection", align_corners=True)
    there = detector(bent)
    off = found.points - bend(there.points)
    product = torch.linalg.inv(found.jacobians) @ bend.jacobian(found.points) @ there.jacobians
    wrong = torch.eye(2, device=image.device, dtype=image.dtype) - product
    return off.abs().mean(), wrong.abs().mean()
'''},
    {"exercise": 'equivariance_loss', "right": False, "label": 'order-of-the-product', "common": False,
     "what": 'multiplies the matrices in another order',
     "source": '''
import torch
from torch.nn import functional
from course import flow

def equivariance_loss(detector, image, found, bend):
    n, _, height, width = image.shape
    grid = flow.identity_grid(height, width, image.device).expand(n, -1, -1, -1)
    bent = functional.grid_sample(image, bend(grid), "bilinear", "reflection", align_corners=True)
    there = detector(bent)
    off = found.points - bend(there.points)
    product = bend.jacobian(there.points) @ torch.linalg.inv(found.jacobians) @ there.jacobians
    wrong = torch.eye(2, device=image.device, dtype=image.dtype) - product
    return off.abs().mean(), wrong.abs().mean()
'''},
    {"exercise": 'equivariance_loss', "right": False, "label": 'inverse-of-the-other', "common": True,
     "what": "inverts the Jacobian of the bent picture instead of the picture's own",
     "source": '''
import torch
from torch.nn import functional
from course import flow

def equivariance_loss(detector, image, found, bend):
    n, _, height, width = image.shape
    grid = flow.identity_grid(height, width, image.device).expand(n, -1, -1, -1)
    bent = functional.grid_sample(image, bend(grid), "bilinear", "reflection", align_corners=True)
    there = detector(bent)
    off = found.points - bend(there.points)
    product = torch.linalg.inv(there.jacobians) @ bend.jacobian(there.points) @ found.jacobians
    wrong = torch.eye(2, device=image.device, dtype=image.dtype) - product
    return off.abs().mean(), wrong.abs().mean()
'''},
    {"exercise": 'equivariance_loss', "right": False, "label": 'squares', "common": True,
     "what": 'mean squares instead of mean absolute values',
     "source": '''
import torch
from torch.nn import functional
from course import flow

def equivariance_loss(detector, image, found, bend):
    n, _, height, width = image.shape
    grid = flow.identity_grid(height, width, image.device).expand(n, -1, -1, -1)
    bent = functional.grid_sample(image, bend(grid), "bilinear", "reflection", align_corners=True)
    there = detector(bent)
    off = found.points - bend(there.points)
    product = torch.linalg.inv(found.jacobians) @ bend.jacobian(there.points) @ there.jacobians
    wrong = torch.eye(2, device=image.device, dtype=image.dtype) - product
    return off.pow(2).mean(), wrong.pow(2).mean()
'''},
    {"exercise": 'equivariance_loss', "right": True, "label": 'inverse-by-hand', "common": False,
     "what": 'the 2x2 inverse by hand and the two products as einsum',
     "source": '''
import torch
from torch.nn import functional as F
from course import flow

def equivariance_loss(detector, image, found, bend):
    count, height, width = image.shape[0], image.shape[2], image.shape[3]
    z = torch.stack([flow.identity_grid(height, width, image.device)] * count)
    Y = F.grid_sample(image, bend(z), "bilinear", "reflection", align_corners=True)
    seen = detector(Y)
    L_p = torch.mean(torch.abs(found.points - bend(seen.points)))
    a, b, c, d = found.jacobians.flatten(2).unbind(-1)
    inverse = torch.stack([d, -b, -c, a], dim=-1).unflatten(-1, (2, 2)) / (a * d - b * c)[..., None, None]
    M = torch.einsum("nkab,nkbc,nkcd->nkad", inverse, bend.jacobian(seen.points), seen.jacobians)
    identity = torch.tensor([[1.0, 0.0], [0.0, 1.0]], device=M.device, dtype=M.dtype)
    return L_p, torch.mean(torch.abs(identity - M))
'''},
    {"exercise": 'equivariance_loss', "right": True, "label": 'solve-and-diagonal', "common": False,
     "what": 'torch.linalg.solve, and 1 taken off the diagonal in place of an identity',
     "source": '''
import torch
from torch.nn.functional import grid_sample
from course import flow

def equivariance_loss(detector, image, found, bend):
    grid = flow.identity_grid(*image.shape[-2:], device=image.device).unsqueeze(0)
    where = bend(grid.expand(image.size(0), *grid.shape[1:]))
    again = detector(grid_sample(image, where, "bilinear", "reflection", align_corners=True))
    p, J = again.points, again.jacobians
    first = (bend(p) - found.points).abs().sum() / p.numel()
    X = torch.linalg.solve(found.jacobians, bend.jacobian(p) @ J)
    entries = (X[..., 0, 0] - 1).abs() + (X[..., 1, 1] - 1).abs() + X[..., 0, 1].abs() + X[..., 1, 0].abs()
    return first, entries.mean() / 4
'''},
    {"exercise": 'relative_motion', "right": False, "label": 'ratio-upside-down', "common": True,
     "what": "the driver's area over the photo's: the scale is upside down",
     "source": '''
import numpy as np
from scipy.spatial import ConvexHull

def relative_motion(source, driving, start, scale=None):
    if scale is None:
        scale = np.sqrt(ConvexHull(start).volume / ConvexHull(source).volume)
    return source + scale * (driving - start)
'''},
    {"exercise": 'relative_motion', "right": False, "label": 'first-frame-for-the-start', "common": True,
     "what": 'counts from driving[0] instead of the start that was given',
     "source": '''
import numpy as np
from scipy.spatial import ConvexHull

def relative_motion(source, driving, start, scale=None):
    if scale is None:
        scale = np.sqrt(ConvexHull(source).volume / ConvexHull(driving[0]).volume)
    return source + scale * (driving - driving[0])
'''},
    {"exercise": 'relative_motion', "right": False, "label": 'truth-of-the-scale', "common": True,
     "what": '`if not scale`: breaks for an array, and takes a scale of 0 for none',
     "source": '''
import numpy as np
from scipy.spatial import ConvexHull

def relative_motion(source, driving, start, scale=None):
    if not scale:
        scale = np.sqrt(ConvexHull(source).volume / ConvexHull(start).volume)
    return source + scale * (driving - start)
'''},
    {"exercise": 'relative_motion', "right": False, "label": 'hull-of-every-frame', "common": False,
     "what": "measures the driver's hull anew in every frame, so an open mouth makes the face smaller",
     "source": '''
import numpy as np
from scipy.spatial import ConvexHull

def relative_motion(source, driving, start, scale=None):
    if scale is not None:
        return source + scale * (driving - start)
    mine = ConvexHull(source).volume
    return np.stack([source + np.sqrt(mine / ConvexHull(frame).volume) * (frame - start) for frame in driving])
'''},
    {"exercise": 'relative_motion', "right": False, "label": 'from-the-bounding-box', "common": True,
     "what": 'takes the area of the box round the points instead of their hull',
     "source": '''
import numpy as np

def relative_motion(source, driving, start, scale=None):
    if scale is None:
        scale = np.sqrt(np.ptp(source, axis=0).prod() / np.ptp(start, axis=0).prod())
    return source + scale * (driving - start)
'''},
    {"exercise": 'relative_motion', "right": True, "label": 'own-hull', "common": False,
     "what": "a hull of its own (Andrew's monotone chain), no SciPy",
     "source": '''
import numpy as np

def relative_motion(source, driving, start, scale=None):
    def area(points):
        ordered = sorted(map(tuple, np.asarray(points, float)))

        def half(sequence):
            chain = []
            for p in sequence:
                while len(chain) > 1 and ((chain[-1][0] - chain[-2][0]) * (p[1] - chain[-2][1])
                                          - (chain[-1][1] - chain[-2][1]) * (p[0] - chain[-2][0])) <= 0:
                    chain.pop()
                chain.append(p)
            return chain[:-1]

        band = half(ordered) + half(ordered[::-1])
        return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(band, band[1:] + band[:1])) / 2

    factor = (area(source) / area(start)) ** 0.5 if scale is None else scale
    return np.asarray(source)[None] + factor * (np.asarray(driving) - np.asarray(start)[None])
'''},
    {"exercise": 'relative_motion', "right": True, "label": 'delaunay-triangles', "common": False,
     "what": "the hull's area as the sum of its Delaunay triangles",
     "source": '''
import numpy as np
from scipy.spatial import Delaunay

def relative_motion(source, driving, start, scale=None):
    def size(points):
        corners = points[Delaunay(points).simplices]  # (n, 3, 2)
        u, v = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        return np.sqrt(np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]).sum() / 2)

    if scale is None:
        scale = size(source) / size(start)
    step = np.subtract(driving, start)
    return np.add(source, np.multiply(scale, step))
'''},
    {"exercise": 'find_best_frame', "right": False, "label": 'most-unlike', "common": True,
     "what": 'argmax: the frame least like the photo',
     "source": '''
import numpy as np

def find_best_frame(values, rest):
    d = values - rest
    shape = (d[:, :51] ** 2).sum(axis=1)
    turn = ((d[:, 51:54] / 30) ** 2).sum(axis=1)
    return int(np.argmax(shape + turn))
'''},
    {"exercise": 'find_best_frame', "right": False, "label": 'absolute-differences', "common": True,
     "what": 'absolute differences instead of squares',
     "source": '''
import numpy as np

def find_best_frame(values, rest):
    d = values - rest
    shape = np.abs(d[:, :51]).sum(axis=1)
    turn = np.abs(d[:, 51:54] / 30).sum(axis=1)
    return int(np.argmin(shape + turn))
'''},
    {"exercise": 'find_best_frame', "right": False, "label": 'divided-after-squaring', "common": True,
     "what": 'divides the square by 30 instead of squaring the thirtieth',
     "source": '''
import numpy as np

def find_best_frame(values, rest):
    d = values - rest
    shape = (d[:, :51] ** 2).sum(axis=1)
    turn = (d[:, 51:54] ** 2 / 30).sum(axis=1)
    return int(np.argmin(shape + turn))
'''},
    {"exercise": 'find_best_frame', "right": False, "label": 'rest-ignored', "common": False,
     "what": 'looks for the most neutral frame and forgets what the photo does',
     "source": '''
import numpy as np

def find_best_frame(values, rest):
    d = values
    shape = (d[:, :51] ** 2).sum(axis=1)
    turn = ((d[:, 51:54] / 30) ** 2).sum(axis=1)
    return int(np.argmin(shape + turn))
'''},
    {"exercise": 'find_best_frame', "right": True, "label": 'weights-and-norm', "common": False,
     "what": 'one vector of weights and a norm',
     "source": '''
import numpy as np

def find_best_frame(values, rest):
    weights = np.zeros(57)
    weights[:51] = 1
    weights[51:54] = 1 / 30
    distance = np.linalg.norm((np.asarray(values) - np.asarray(rest)) * weights, axis=1)
    return int(distance.argmin())
'''},
    {"exercise": 'find_best_frame', "right": True, "label": 'nearest-neighbour', "common": False,
     "what": "scipy's cdist on scaled columns",
     "source": '''
import numpy as np
from scipy.spatial.distance import cdist

def find_best_frame(values, rest):
    def compared(rows):
        rows = np.atleast_2d(np.asarray(rows, float))
        return np.hstack([rows[:, :51], rows[:, 51:54] / 30.0])
    return int(np.argmin(cdist(compared(values), compared(rest), "sqeuclidean")[:, 0]))
'''},
    {"exercise": 'retarget', "right": False, "label": 'start-forgotten', "common": True,
     "what": 'adds everything the driver does and forgets to take the start off',
     "source": '''
import numpy as np

def retarget(values, start, rest):
    g = np.ones((len(values), 57))
    g[:, 54:57] = 1 / (1 + start[56])
    for lid in (8, 9):
        falls = values[:, lid] > start[lid]
        photo = max(1 - rest[lid], 0)
        driver = max(1 - start[lid], 1e-6)
        g[falls, lid] = min(2, photo / driver)
    return rest + g * values
'''},
    {"exercise": 'retarget', "right": False, "label": 'two-forgotten', "common": True,
     "what": "the lids' gain has no upper end: jitter of lids nearly shut becomes huge",
     "source": '''
import numpy as np

def retarget(values, start, rest):
    g = np.ones((len(values), 57))
    g[:, 54:57] = 1 / (1 + start[56])
    for lid in (8, 9):
        falls = values[:, lid] > start[lid]
        photo = max(1 - rest[lid], 0)
        driver = max(1 - start[lid], 1e-6)
        g[falls, lid] = photo / driver
    return rest + g * (values - start)
'''},
    {"exercise": 'retarget', "right": False, "label": "own-size-for-the-driver's", "common": True,
     "what": "takes headScale from the photo's rest instead of the driver's start",
     "source": '''
import numpy as np

def retarget(values, start, rest):
    g = np.ones((len(values), 57))
    g[:, 54:57] = 1 / (1 + rest[56])
    for lid in (8, 9):
        falls = values[:, lid] > start[lid]
        photo = max(1 - rest[lid], 0)
        driver = max(1 - start[lid], 1e-6)
        g[falls, lid] = min(2, photo / driver)
    return rest + g * (values - start)
'''},
    {"exercise": 'retarget', "right": False, "label": 'beyond-shut', "common": False,
     "what": "1 - r is not kept at 0: a photo's lid beyond shut opens when the driver's falls",
     "source": '''
import numpy as np

def retarget(values, start, rest):
    g = np.ones((len(values), 57))
    g[:, 54:57] = 1 / (1 + start[56])
    for lid in (8, 9):
        falls = values[:, lid] > start[lid]
        photo = 1 - rest[lid]
        driver = max(1 - start[lid], 1e-6)
        g[falls, lid] = min(2, photo / driver)
    return rest + g * (values - start)
'''},
    {"exercise": 'retarget', "right": False, "label": 'columns-off-by-one', "common": True,
     "what": "the place's gain on columns 53 to 55: roll gets it and headScale does not",
     "source": '''
import numpy as np

def retarget(values, start, rest):
    g = np.ones((len(values), 57))
    g[:, 53:56] = 1 / (1 + start[56])
    for lid in (8, 9):
        falls = values[:, lid] > start[lid]
        photo = max(1 - rest[lid], 0)
        driver = max(1 - start[lid], 1e-6)
        g[falls, lid] = min(2, photo / driver)
    return rest + g * (values - start)
'''},
    {"exercise": 'retarget', "right": True, "label": 'frame-by-frame', "common": False,
     "what": 'loops over frames and channels with if and elif',
     "source": '''
import numpy as np

def retarget(values, start, rest):
    out = np.zeros((len(values), 57))
    for t in range(len(values)):
        for c in range(57):
            v, v0, r = float(values[t][c]), float(start[c]), float(rest[c])
            gain = 1.0
            if c >= 54:
                gain = 1 / (1 + float(start[56]))
            elif c in (8, 9) and v > v0:
                gain = min(2.0, max(0.0, 1 - r) / max(1e-6, 1 - v0))
            out[t, c] = r + gain * (v - v0)
    return out
'''},
    {"exercise": 'retarget', "right": True, "label": 'rises-and-falls', "common": False,
     "what": "splits the lids' change into a falling and an opening part",
     "source": '''
import numpy as np

def retarget(values, start, rest):
    change = np.asarray(values, float) - np.asarray(start, float)
    lids = np.array([8, 9])
    ratio = np.maximum(1 - np.asarray(rest, float)[lids], 0) / np.maximum(1 - np.asarray(start, float)[lids], 1e-6)
    gain = np.minimum(ratio, 2)
    change[:, lids] = np.maximum(change[:, lids], 0) * gain + np.minimum(change[:, lids], 0)
    change[:, 54:] /= 1 + float(start[56])
    return change + rest
'''},
    {"exercise": 'soft_mask', "right": False, "label": 'edge-not-used', "common": True,
     "what": 'the edge is not used: the mask is full only where q is 1',
     "source": '''
import numpy as np

def soft_mask(moves, edge):
    t = np.clip(moves, 0, 1)
    return t * t * (3 - 2 * t)
'''},
    {"exercise": 'soft_mask', "right": False, "label": 'kept-after-the-curve', "common": False,
     "what": 'keeps the result in [0, 1] instead of t: far beyond the edge the curve has fallen to 0',
     "source": '''
import numpy as np

def soft_mask(moves, edge):
    t = moves / edge
    return np.clip(t ** 2 * (3 - 2 * t), 0, 1)
'''},
    {"exercise": 'soft_mask', "right": False, "label": 'smoother-step', "common": False,
     "what": '6 t^5 - 15 t^4 + 10 t^3, another curve than the one asked for',
     "source": '''
import numpy as np

def soft_mask(moves, edge):
    t = np.clip(moves / edge, 0, 1)
    return t ** 3 * (t * (6 * t - 15) + 10)
'''},
    {"exercise": 'soft_mask', "right": False, "label": 'inside-out', "common": True,
     "what": '1 on the photo and 0 on the face',
     "source": '''
import numpy as np

def soft_mask(moves, edge):
    t = np.clip(moves / edge, 0, 1)
    return 1 - t * t * (3 - 2 * t)
'''},
    {"exercise": 'soft_mask', "right": True, "label": 'three-cases', "common": False,
     "what": 'np.where with the three cases',
     "source": '''
import numpy as np

def soft_mask(moves, edge):
    q = np.asarray(moves, dtype=float)
    rising = 3 * q ** 2 / edge ** 2 - 2 * q ** 3 / edge ** 3
    return np.where(q <= 0, 0.0, np.where(q >= edge, 1.0, rising))
'''},
    {"exercise": 'soft_mask', "right": True, "label": 'integral-of-the-slope', "common": False,
     "what": "scipy's incomplete beta function, whose curve this is",
     "source": '''
import numpy as np
from scipy.special import betainc

def soft_mask(moves, edge):
    return betainc(2, 2, np.minimum(np.maximum(moves, 0) / edge, 1).astype(np.float64))  # 3 t^2 - 2 t^3
'''},
    {"exercise": 'paste_back', "right": False, "label": 'view-for-a-copy', "common": False,
     "what": 'photo[:] is a view and no copy: the photo itself is changed',
     "source": '''
import numpy as np

def paste_back(photo, region, mask, box):
    x0, y0, x1, y1 = box
    result = photo[:]
    m = mask[..., None].astype(np.float64)
    mixed = m * region + (1 - m) * photo[y0:y1, x0:x1]
    result[y0:y1, x0:x1] = np.rint(mixed).astype(np.uint8)
    return result
'''},
    {"exercise": 'paste_back', "right": False, "label": 'decimals-cut-off', "common": True,
     "what": 'assigning floats to bytes cuts the decimals off instead of rounding',
     "source": '''
import numpy as np

def paste_back(photo, region, mask, box):
    x0, y0, x1, y1 = box
    result = photo.copy()
    m = mask[..., None].astype(np.float64)
    mixed = m * region + (1 - m) * photo[y0:y1, x0:x1]
    result[y0:y1, x0:x1] = mixed
    return result
'''},
    {"exercise": 'paste_back', "right": False, "label": 'black-outside', "common": True,
     "what": 'starts from an empty picture: outside of the box it is black',
     "source": '''
import numpy as np

def paste_back(photo, region, mask, box):
    x0, y0, x1, y1 = box
    result = np.zeros_like(photo)
    m = mask[..., None].astype(np.float64)
    mixed = m * region + (1 - m) * photo[y0:y1, x0:x1]
    result[y0:y1, x0:x1] = np.rint(mixed).astype(np.uint8)
    return result
'''},
    {"exercise": 'paste_back', "right": False, "label": 'mask-in-twice', "common": True,
     "what": 'the region is multiplied by the mask twice, so the weights add up to less than 1',
     "source": '''
import numpy as np

def paste_back(photo, region, mask, box):
    x0, y0, x1, y1 = box
    result = photo.copy()
    m = mask[..., None].astype(np.float64)
    mixed = m * (m * region) + (1 - m) * photo[y0:y1, x0:x1]
    result[y0:y1, x0:x1] = np.rint(mixed).astype(np.uint8)
    return result
'''},
    {"exercise": 'paste_back', "right": False, "label": 'mask-not-used', "common": True,
     "what": 'pastes the region whole, without the mask',
     "source": '''
import numpy as np

def paste_back(photo, region, mask, box):
    x0, y0, x1, y1 = box
    result = photo.copy()
    m = mask[..., None].astype(np.float64)
    mixed = m * region + (1 - m) * photo[y0:y1, x0:x1]
    result[y0:y1, x0:x1] = region
    return result
'''},
    {"exercise": 'paste_back', "right": True, "label": 'pixel-by-pixel', "common": False,
     "what": "loops over the box's pixels with Python's round",
     "source": '''
import numpy as np

def paste_back(photo, region, mask, box):
    x0, y0, x1, y1 = map(int, box)
    out = np.array(photo, copy=True)
    for i in range(y1 - y0):
        for j in range(x1 - x0):
            m = float(mask[i, j])
            if m == 0:
                continue
            for c in range(3):
                value = m * float(region[i, j, c]) + (1 - m) * float(photo[y0 + i, x0 + j, c])
                out[y0 + i, x0 + j, c] = round(value)
    return out
'''},
    {"exercise": 'paste_back', "right": True, "label": 'torch-and-gluing', "common": False,
     "what": 'torch in float64 inside, rows and columns glued together around it',
     "source": '''
import numpy as np
import torch

def paste_back(photo, region, mask, box):
    x0, y0, x1, y1 = box
    below = torch.from_numpy(photo[y0:y1, x0:x1].astype(np.float64))
    above = torch.from_numpy(region.astype(np.float64))
    weight = torch.from_numpy(np.asarray(mask, np.float64))[..., None]
    middle = (below + weight * (above - below)).round().numpy().astype(np.uint8)
    strip = np.concatenate([photo[y0:y1, :x0], middle, photo[y0:y1, x1:]], axis=1)
    return np.concatenate([photo[:y0], strip, photo[y1:]], axis=0)
'''},
]
