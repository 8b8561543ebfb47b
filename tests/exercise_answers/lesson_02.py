"""Answers that students give in lesson 02: right ones in styles unlike ours, wrong ones without a bug card."""

ANSWERS = {
    "gaussian_heatmap": {
        "right": [
            '''
import torch

def gaussian_heatmap(points, size, sigma=1.5):
    maps = torch.zeros(*points.shape[:2], size, size)
    for n in range(points.shape[0]):
        for k in range(points.shape[1]):
            x, y = points[n, k] * size
            for i in range(size):
                for j in range(size):
                    maps[n, k, i, j] = torch.exp(-((j + 0.5 - x) ** 2 + (i + 0.5 - y) ** 2) / (2 * sigma**2))
    return maps
''',
            '''
import numpy as np

def gaussian_heatmap(points, size, sigma=1.5):
    y, x = np.mgrid[:size, :size] + 0.5
    p = np.asarray(points)[:, :, :, None, None] * size
    return np.exp(-0.5 * (((x - p[:, :, 0]) / sigma) ** 2 + ((y - p[:, :, 1]) / sigma) ** 2))
''',
            '''
import torch

def gaussian_heatmap(points, size, sigma=1.5):
    line = (torch.arange(size) + 0.5) / size
    g = torch.exp(-0.5 * ((line - points.unsqueeze(-1)) * size / sigma).square())
    return torch.einsum("nki,nkj->nkij", g[:, :, 1], g[:, :, 0])
''',
        ],
        "wrong": [
            '''
import torch

def gaussian_heatmap(points, size, sigma=1.5):
    line = (torch.arange(size) + 0.5) / size
    d = (line - points.unsqueeze(-1)).abs() * size
    return torch.exp(-(d[:, :, 1, :, None] + d[:, :, 0, None, :]) / sigma)
''',
            '''
import torch

def gaussian_heatmap(points, size, sigma=1.5):
    cells = (points * size).long().clamp(0, size - 1)
    maps = torch.zeros(*points.shape[:2], size, size)
    for n in range(points.shape[0]):
        for k in range(points.shape[1]):
            maps[n, k, cells[n, k, 1], cells[n, k, 0]] = 1
    return maps
''',
        ],
    },
    "soft_argmax": {
        "right": [
            '''
import torch

def soft_argmax(maps):
    n, k, h, w = maps.shape
    p = torch.softmax(maps.reshape(n, k, h * w), dim=-1)
    y, x = torch.meshgrid((torch.arange(h) + 0.5) / h, (torch.arange(w) + 0.5) / w, indexing="ij")
    grid = torch.stack([x.reshape(-1), y.reshape(-1)], dim=1).to(maps.dtype)
    return p @ grid
''',
            '''
import torch

def soft_argmax(maps):
    maps = maps - maps.amax(dim=(2, 3), keepdim=True)
    e = torch.exp(maps)
    e = e / e.sum(dim=(2, 3), keepdim=True)
    h, w = maps.shape[2:]
    x = sum(e[:, :, :, j].sum(dim=2) * (j + 0.5) / w for j in range(w))
    y = sum(e[:, :, i].sum(dim=2) * (i + 0.5) / h for i in range(h))
    return torch.stack((x, y), dim=2)
''',
        ],
        "wrong": [
            '''
import torch

def soft_argmax(maps):
    n, k, h, w = maps.shape
    p = torch.softmax(maps.reshape(n, k, h * w), dim=-1).reshape(n, k, h, w)
    x = (p.sum(dim=2) * (torch.arange(w) + 0.5)).sum(dim=-1) / h
    y = (p.sum(dim=3) * (torch.arange(h) + 0.5)).sum(dim=-1) / w
    return torch.stack([x, y], dim=-1)
''',
            '''
import torch

def soft_argmax(maps):
    n, k, h, w = maps.shape
    p = torch.softmax(maps.detach().reshape(n, k, h * w), dim=1).reshape(n, k, h, w)
    x = (p.sum(dim=2) * (torch.arange(w) + 0.5) / w).sum(dim=-1)
    y = (p.sum(dim=3) * (torch.arange(h) + 0.5) / h).sum(dim=-1)
    return torch.stack([x, y], dim=-1)
''',
        ],
    },
    "similarity_transform": {
        "right": [
            '''
import numpy as np

def similarity_transform(source, target):
    s, t = source @ [1, 1j], target @ [1, 1j]
    ms, mt = s.mean(), t.mean()
    a = np.vdot(s - ms, t - mt) / np.vdot(s - ms, s - ms).real
    b = mt - a * ms
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])
''',
            '''
import numpy as np

def similarity_transform(source, target):
    rows, right = [], []
    for (x, y), (u, v) in zip(source, target):
        rows += [[x, -y, 1, 0], [y, x, 0, 1]]
        right += [u, v]
    a, b, c, d = np.linalg.lstsq(np.array(rows), np.array(right), rcond=None)[0]
    return [[a, -b, c], [b, a, d]]
''',
            '''
from skimage.transform import SimilarityTransform

def similarity_transform(source, target):
    if hasattr(SimilarityTransform, "from_estimate"):
        return SimilarityTransform.from_estimate(source, target).params[:2]
    transform = SimilarityTransform()
    transform.estimate(source, target)
    return transform.params[:2]
''',
        ],
        "wrong": [
            '''
import numpy as np

def similarity_transform(source, target):
    a, b = source - source.mean(axis=0), target - target.mean(axis=0)
    u, d, vt = np.linalg.svd(b.T @ a)
    r = u @ np.diag([1, np.sign(np.linalg.det(u @ vt))]) @ vt
    s = d[0] / (a**2).sum()
    return np.column_stack([s * r, target.mean(axis=0) - s * r @ source.mean(axis=0)])
''',
            '''
import numpy as np

def similarity_transform(source, target):
    s, t = (target[1] - target[0]) @ [1, 1j], (source[1] - source[0]) @ [1, 1j]
    a = s / t
    b = target[0] @ [1, 1j] - a * (source[0] @ [1, 1j])
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])
''',
        ],
    },
    "flip_keypoints": {
        "right": [
            '''
import numpy as np

def flip_keypoints(points, width):
    from course import keypoints
    mirrored = np.array(points, dtype=float)
    mirrored[..., 0] = (width - 1) - mirrored[..., 0]
    return np.take(mirrored, keypoints.FLIP[: mirrored.shape[-2]], axis=-2)
''',
            '''
import numpy as np
from course.keypoints import FLIP

def flip_keypoints(points, width):
    made = np.empty(points.shape)
    for i in range(points.shape[-2]):
        made[..., i, 0] = width - 1 - points[..., FLIP[i], 0]
        made[..., i, 1] = points[..., FLIP[i], 1]
    return made
''',
        ],
        "wrong": [
            '''
import numpy as np

def flip_keypoints(points, width):
    from course import keypoints
    mirrored = np.array(points, dtype=float)
    mirrored[..., 0] = width / 2 - mirrored[..., 0]
    return mirrored[..., keypoints.FLIP[: mirrored.shape[-2]], :]
''',
            '''
import numpy as np

def flip_keypoints(points, width):
    order = np.arange(points.shape[-2])
    order[36:42], order[42:48] = np.arange(42, 48), np.arange(36, 42)  # the eyes, each in its old order
    mirrored = points * np.array([-1, 1]) + np.array([width - 1, 0])
    return mirrored[..., order, :]
''',
        ],
    },
    "nme": {
        "right": [
            '''
import numpy as np

def nme(found, true):
    percents = []
    for f, t in zip(found, true):
        eyes = np.hypot(*(t[45] - t[36]))
        percents.append(100 * np.mean([np.hypot(*(a - b)) for a, b in zip(f[:68], t[:68])]) / eyes)
    return sum(percents) / len(percents)
''',
            '''
import torch

def nme(found, true):
    found, true = torch.as_tensor(found), torch.as_tensor(true)
    off = (found - true)[:, :68].square().sum(dim=2).sqrt()
    return (off / (true[:, 36] - true[:, 45]).norm(dim=1, keepdim=True)).mean() * 100
''',
        ],
        "wrong": [
            '''
import numpy as np

def nme(found, true):
    eyes = np.linalg.norm(true[:, 36] - true[:, 45], axis=-1)
    off = np.sqrt(((found - true)[:, :68] ** 2).mean(axis=(1, 2)))
    return (off / eyes).mean() * 100
''',
            '''
import numpy as np

def nme(found, true):
    sizes = np.sqrt(np.prod(np.ptp(true[:, :68], axis=1), axis=1))
    return (np.linalg.norm(found - true, axis=-1)[:, :68].mean(axis=1) / sizes).mean() * 100
''',
        ],
    },
}
