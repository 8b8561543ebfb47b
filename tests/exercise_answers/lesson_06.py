"""Answers that students give in lesson 06: right ones in styles unlike ours, wrong ones without a bug card."""

ANSWERS = {
    "identity_grid": {
        "right": [
            '''
import torch

def identity_grid(height, width, device=None):
    grid = torch.zeros(height, width, 2, device=device)
    for i in range(height):
        for j in range(width):
            grid[i, j, 0] = 2 * j / (width - 1) - 1 if width > 1 else 0
            grid[i, j, 1] = 2 * i / (height - 1) - 1 if height > 1 else 0
    return grid
''',
            '''
import numpy as np

def identity_grid(height, width, device=None):
    row = lambda n: np.linspace(-1, 1, n) if n > 1 else np.zeros(1)
    return np.dstack(np.meshgrid(row(width), row(height)))
''',
        ],
        "wrong": [
            '''
import torch

def identity_grid(height, width, device=None):
    y, x = torch.meshgrid(torch.linspace(-1, 1, height), torch.linspace(1, -1, width), indexing="ij")
    return torch.stack([x, y], dim=-1)
''',
            '''
import torch

def identity_grid(height, width, device=None):
    y, x = torch.meshgrid(torch.linspace(1, -1, height), torch.linspace(-1, 1, width), indexing="ij")
    return torch.stack([x, y], dim=-1)
''',
        ],
    },
    "bilinear_sample": {
        "right": [
            '''
import torch

def bilinear_sample(image, positions):
    return torch.nn.functional.grid_sample(image, positions, padding_mode="border", align_corners=True)
''',
            '''
import torch

def bilinear_sample(image, positions):
    height, width = image.shape[2:]
    x = (positions[..., 0] + 1) / 2 * (width - 1)
    y = (positions[..., 1] + 1) / 2 * (height - 1)
    # a tent over each pixel: its weight falls from 1 to 0 within one pixel
    wx = (1 - (x.clamp(0, width - 1)[..., None] - torch.arange(width)).abs()).clamp(min=0)
    wy = (1 - (y.clamp(0, height - 1)[..., None] - torch.arange(height)).abs()).clamp(min=0)
    return torch.einsum("ncij,nhwi,nhwj->nchw", image, wy, wx)
''',
            '''
import torch

def bilinear_sample(image, positions):
    height, width = image.shape[2:]
    x = ((positions[..., 0] + 1) / 2 * (width - 1)).clamp(0, width - 1)
    y = ((positions[..., 1] + 1) / 2 * (height - 1)).clamp(0, height - 1)
    left, top = x.floor().long(), y.floor().long()
    right, bottom = (left + 1).clamp(max=width - 1), (top + 1).clamp(max=height - 1)
    a, b = (x - left)[:, None], (y - top)[:, None]
    n = torch.arange(len(image))[:, None, None]
    read = lambda row, column: image[n, :, row, column].movedim(-1, 1)
    return ((1 - a) * (1 - b) * read(top, left) + a * (1 - b) * read(top, right)
            + (1 - a) * b * read(bottom, left) + a * b * read(bottom, right))
''',
            '''
import torch

def bilinear_sample(image, positions):
    n, c, h, w = image.shape
    x, y = ((positions[..., k] + 1) * (side - 1) / 2 for k, side in ((0, w), (1, h)))
    x, y = x.clamp(0, w - 1), y.clamp(0, h - 1)
    x0, y0 = x.detach().floor().clamp(max=max(w - 2, 0)), y.detach().floor().clamp(max=max(h - 2, 0))
    a, b = (x - x0)[:, None], (y - y0)[:, None]
    flat = image.flatten(2)

    def pixel(right, below):
        index = ((y0 + below).clamp(max=h - 1) * w + (x0 + right).clamp(max=w - 1)).long().flatten(1)
        return flat.gather(2, index[:, None].expand(-1, c, -1)).view(n, c, *x.shape[1:])

    return (pixel(0, 0) * (1 - a) * (1 - b) + pixel(1, 0) * a * (1 - b) + pixel(0, 1) * (1 - a) * b
            + pixel(1, 1) * a * b)
''',
        ],
        "wrong": [
            '''
import torch

def bilinear_sample(image, positions):
    return torch.nn.functional.grid_sample(image, positions, mode="bicubic", padding_mode="border",
                                           align_corners=True)
''',
            '''
import torch

def bilinear_sample(image, positions):
    return torch.nn.functional.grid_sample(image, positions, padding_mode="reflection", align_corners=True)
''',
        ],
    },
    "affine_flow": {
        "right": [
            '''
def affine_flow(at, to, matrix, grid):
    away = grid[None, None] - at[:, :, None, None]
    return to[:, :, None, None] + (matrix[:, :, None, None] @ away[..., None])[..., 0]
''',
            '''
import numpy as np

def affine_flow(at, to, matrix, grid):
    p, q, A, z = (np.asarray(v, np.float64) for v in (at, to, matrix, grid))
    out = np.zeros((*p.shape[:2], *z.shape))
    for n in range(p.shape[0]):
        for k in range(p.shape[1]):
            out[n, k] = q[n, k] + (z - p[n, k]) @ A[n, k].T
    return out
''',
        ],
        "wrong": [
            '''
def affine_flow(at, to, matrix, grid):
    away = grid[None, None] - at[:, :, None, None]
    return to[:, :, None, None] - (matrix[:, :, None, None] @ away[..., None])[..., 0]
''',
            '''
def affine_flow(at, to, matrix, grid):
    return grid
''',
        ],
    },
    "soft_masks": {
        "right": [
            '''
import torch

def soft_masks(logits, flows):
    e = torch.exp(logits - logits.max(dim=1, keepdim=True).values)
    masks = e / e.sum(dim=1, keepdim=True)
    return masks, torch.einsum("nkhw,nkhwc->nhwc", masks, flows)
''',
            '''
import numpy as np
from scipy.special import softmax

def soft_masks(logits, flows):
    masks = softmax(np.asarray(logits), axis=1)
    return [masks, (masks[..., None] * np.asarray(flows)).sum(axis=1)]
''',
        ],
        "wrong": [
            '''
import torch

def soft_masks(logits, flows):
    logits -= logits.max(dim=1, keepdim=True).values  # in place: the caller's claims are lost
    masks = torch.softmax(logits, dim=1)
    return masks, (masks[..., None] * flows).sum(1)
''',
            '''
import torch

def soft_masks(logits, flows):
    masks = torch.softmax(-logits, dim=1)
    return masks, (masks[..., None] * flows).sum(1)
''',
        ],
    },
    "thin_plate_spline": {
        "right": [
            '''
from scipy.interpolate import RBFInterpolator

def thin_plate_spline(points, values, queries):
    return RBFInterpolator(points.numpy(), values.numpy(), kernel="thin_plate_spline")(queries.numpy())
''',
            '''
import torch

def thin_plate_spline(points, values, queries):
    def u(a, b):
        r = torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist")
        return torch.where(r > 0, r**2 * torch.log(r + (r == 0)), torch.zeros_like(r))
    n, d = values.shape
    plane = lambda p: torch.cat([torch.ones(len(p), 1, dtype=p.dtype), p], dim=1)
    top = torch.cat([u(points, points), plane(points)], dim=1)
    low = torch.cat([plane(points).T, torch.zeros(3, 3, dtype=points.dtype)], dim=1)
    right = torch.cat([values, torch.zeros(3, d, dtype=values.dtype)])
    w = torch.linalg.inv(torch.cat([top, low])) @ right
    return torch.cat([u(queries, points), plane(queries)], dim=1) @ w
''',
        ],
        "wrong": [
            '''
from scipy.interpolate import RBFInterpolator

def thin_plate_spline(points, values, queries):
    return RBFInterpolator(points.numpy(), values.numpy(), kernel="cubic")(queries.numpy())
''',
            '''
from scipy.interpolate import RBFInterpolator

def thin_plate_spline(points, values, queries):
    return RBFInterpolator(points.numpy(), values.numpy(), kernel="thin_plate_spline", smoothing=0.1)(queries.numpy())
''',
        ],
    },
    "occlude": {
        "right": [
            '''
import torch

def occlude(moved, visible):
    visible = torch.nn.functional.interpolate(visible, size=moved.shape[-2:], mode="bilinear", align_corners=True)
    return visible * moved
''',
            '''
import torch
from course import flow

def occlude(moved, visible):
    grid = flow.identity_grid(*moved.shape[2:])[None].expand(len(moved), -1, -1, -1)
    return moved * torch.nn.functional.grid_sample(visible, grid, padding_mode="border", align_corners=True)
''',
        ],
        "wrong": [
            '''
import torch

def occlude(moved, visible):
    visible = torch.nn.functional.interpolate(visible, moved.shape[2:], mode="bilinear", align_corners=True)
    moved *= visible  # in place: what was moved is lost
    return moved
''',
            '''
import torch

def occlude(moved, visible):
    visible = torch.nn.functional.interpolate(visible, moved.shape[2:], mode="bicubic", align_corners=True)
    return moved * visible
''',
        ],
    },
    "lucas_kanade": {
        "right": [
            '''
import numpy as np

def lucas_kanade(source, target, radius=5):
    gy, gx = np.gradient(source)
    d = target - source
    flow = np.zeros((*source.shape, 2))
    for i in range(source.shape[0]):
        for j in range(source.shape[1]):
            w = (slice(max(i - radius, 0), i + radius + 1), slice(max(j - radius, 0), j + radius + 1))
            g = np.stack([gx[w].ravel(), gy[w].ravel()], axis=1)
            flow[i, j] = np.linalg.solve(g.T @ g + 1e-3 * np.eye(2), g.T @ d[w].ravel())
    return flow
''',
            '''
import numpy as np
from scipy.signal import convolve2d

def lucas_kanade(source, target, radius=5):
    gy, gx = np.gradient(source)
    d = target - source
    box = np.ones((2 * radius + 1, 2 * radius + 1))
    s = lambda p: convolve2d(p, box, mode="same")
    m = np.moveaxis(np.array([[s(gx * gx), s(gx * gy)], [s(gx * gy), s(gy * gy)]]), (0, 1), (-2, -1))
    b = np.stack([s(gx * d), s(gy * d)], axis=-1)
    return np.linalg.solve(m + 1e-3 * np.eye(2), b[..., None])[..., 0]
''',
        ],
        "wrong": [
            '''
import numpy as np

def lucas_kanade(source, target, radius=5):
    return np.zeros((*source.shape, 2))
''',
            '''
import numpy as np
from scipy.ndimage import uniform_filter

def lucas_kanade(source, target, radius=5):
    gy, gx = np.gradient(source)
    d = target - source
    s = lambda p: uniform_filter(p, 2 * radius + 1)
    xx, xy, yy = s(gx * gx) + 1e-3, s(gx * gy), s(gy * gy) + 1e-3
    bx, by = s(gx * d), s(gy * d)
    return np.stack([yy * bx - xy * by, xx * by - xy * bx], -1) / (xx * yy - xy * xy)[..., None]
''',
        ],
    },
}
