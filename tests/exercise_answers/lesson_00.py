"""Answers that students give in lesson 00: right ones in styles unlike ours, wrong ones without a bug card."""

ANSWERS = {
    "crop_square": {
        "right": [
            '''
import numpy as np

def crop_square(image, x, y, side):
    pad = side + 200
    padded = np.pad(image, ((pad, pad), (pad, pad), (0, 0)), mode="edge")
    left, top = int(np.round(x - side / 2)) + pad, int(np.round(y - side / 2)) + pad
    return padded[top:top + side, left:left + side]
''',
            '''
import numpy as np

def crop_square(image, x, y, side):
    height, width = image.shape[0], image.shape[1]
    left, top = round(x - side / 2), round(y - side / 2)
    square = np.zeros((side, side, 3), dtype=np.uint8)
    for i in range(side):
        for j in range(side):
            square[i, j] = image[min(max(top + i, 0), height - 1), min(max(left + j, 0), width - 1)]
    return square
''',
            '''
import cv2
import numpy as np

def crop_square(image, x, y, side):
    h, w = image.shape[:2]
    left, top = round(x - side / 2), round(y - side / 2)
    columns = np.clip(np.arange(left, left + side), 0, w - 1).astype(np.float32)
    rows = np.clip(np.arange(top, top + side), 0, h - 1).astype(np.float32)
    return cv2.remap(image, *np.meshgrid(columns, rows), cv2.INTER_NEAREST)
''',
        ],
        "wrong": [
            '''
import numpy as np

def crop_square(image, x, y, side):
    height, width = image.shape[:2]
    columns = np.clip(round(x - (side - 1) / 2) + np.arange(side), 0, width - 1)
    rows = np.clip(round(y - (side - 1) / 2) + np.arange(side), 0, height - 1)
    return image[rows[:, None], columns]
''',
            '''
import numpy as np

def crop_square(image, x, y, side):
    height, width = image.shape[:2]
    columns = (round(x - side / 2) + np.arange(side)) % width
    rows = (round(y - side / 2) + np.arange(side)) % height
    return image[rows[:, None], columns]
''',
            '''
def crop_square(image, x, y, side):
    height, width = image.shape[:2]
    left = min(max(round(x - side / 2), 0), max(width - side, 0))
    top = min(max(round(y - side / 2), 0), max(height - side, 0))
    return image[top:top + side, left:left + side]
''',
        ],
    },
    "alpha_blend": {
        "right": [
            '''
import numpy as np

def alpha_blend(front, back, alpha):
    mixed = np.empty(front.shape)
    for channel in range(3):
        mixed[..., channel] = back[..., channel] + alpha * (front[..., channel].astype(float) - back[..., channel])
    return np.uint8(mixed + 0.5)
''',
            '''
import cv2
import numpy as np

def alpha_blend(front, back, alpha):
    a = np.dstack([alpha] * 3).astype(np.float64)
    mixed = cv2.add(cv2.multiply(a, front.astype(np.float64)), cv2.multiply(1 - a, back.astype(np.float64)))
    return np.round(mixed).astype("uint8")
''',
            '''
import numpy as np
import torch

def alpha_blend(front, back, alpha):
    f, b = torch.from_numpy(front.copy()).float(), torch.from_numpy(back.copy()).float()
    return torch.lerp(b, f, torch.from_numpy(alpha.copy())[:, :, None].expand_as(f)).round().to(torch.uint8)
''',
        ],
        "wrong": [
            '''
import numpy as np

def alpha_blend(front, back, alpha):
    a = alpha[..., None]
    return np.ceil(a * front + (1 - a) * back).astype(np.uint8)
''',
            '''
import numpy as np

def alpha_blend(front, back, alpha):
    return (front // 2 + back // 2).astype(np.uint8)
''',
            '''
import numpy as np

def alpha_blend(front, back, alpha):
    a = alpha[..., None] ** 2
    return np.rint(a * front + (1 - a) * back).astype(np.uint8)
''',
        ],
    },
    "in_between": {
        "right": [
            '''
import numpy as np

def in_between(start, end, share):
    share = np.asarray(share)[:, np.newaxis]
    return (1 - share) * np.asarray(start) + share * np.asarray(end)
''',
            '''
import numpy as np

def in_between(start, end, share):
    start, end = np.atleast_2d(start), np.atleast_2d(end)
    rows = np.zeros((len(share), start.shape[-1]))
    for k, t in enumerate(share):
        a, b = start[k % len(start)], end[k % len(end)]
        rows[k] = a + t * (b - a)
    return rows
''',
            '''
import torch

def in_between(start, end, share):
    start, end, share = (torch.as_tensor(x, dtype=torch.float64) for x in (start, end, share))
    return torch.lerp(start, end, share[:, None])
''',
        ],
        "wrong": [
            '''
import numpy as np

def in_between(start, end, share):
    return start + np.linspace(0, 1, len(share))[:, None] * (end - start)
''',
            '''
import numpy as np

def in_between(start, end, share):
    return start + (share[:, None] * (end - start)).astype(int)
''',
            '''
import numpy as np

def in_between(start, end, share):
    return np.outer(1 - share, start) + np.outer(share, end)
''',
        ],
    },
}
