"""Answers that students give in lesson 09: right ones in styles unlike ours, wrong ones without a bug card."""

ANSWERS = {
    "relative_motion": {
        "right": [
            '''
import numpy as np
from scipy.spatial import ConvexHull

def relative_motion(source, driving, start, scale=None):
    if scale is None:
        scale = ConvexHull(source).volume ** 0.5 / ConvexHull(start).volume ** 0.5
    return np.array([source + (frame - start) * scale for frame in driving])
''',
            '''
import cv2
import numpy as np

def area(points):
    return cv2.contourArea(cv2.convexHull(np.asarray(points, np.float32)))

def relative_motion(source, driving, start, scale=None):
    if scale is None:
        scale = (area(source) / area(start)) ** 0.5
    return scale * driving - scale * start + source
''',
        ],
        "wrong": [
            '''
def relative_motion(source, driving, start, scale=None):
    return start + (driving - start) * (1 if scale is None else scale)
''',
            '''
import numpy as np

def relative_motion(source, driving, start, scale=None):
    if scale is None:
        scale = np.ptp(source, axis=0).max() / np.ptp(start, axis=0).max()
    return source + scale * (driving - start)
''',
        ],
    },
    "find_best_frame": {
        "right": [
            '''
def find_best_frame(values, rest):
    best, least = 0, float("inf")
    for t in range(len(values)):
        far = sum((values[t, k] - rest[k]) ** 2 for k in range(51))
        far += sum(((values[t, k] - rest[k]) / 30) ** 2 for k in range(51, 54))
        if far < least:
            best, least = t, far
    return best
''',
            '''
import numpy as np

def find_best_frame(values, rest):
    unit = np.concatenate([np.ones(51), 30 * np.ones(3)])
    return np.argmin(np.linalg.norm((values - rest)[:, :54] / unit, axis=1))
''',
        ],
        "wrong": [
            '''
import numpy as np

def find_best_frame(values, rest):
    return int(np.argmin(np.abs(values[:, 24] - rest[24])))
''',
            '''
def find_best_frame(values, rest):
    return len(values) - 1
''',
        ],
    },
    "retarget": {
        "right": [
            '''
import numpy as np

def retarget(values, start, rest):
    out = np.empty_like(values)
    for t, v in enumerate(values):
        for k in range(57):
            step = v[k] - start[k]
            if k in (8, 9) and step > 0:
                step *= min(2.0, max(1 - rest[k], 0.0) / max(1 - start[k], 1e-6))
            if k >= 54:
                step /= 1 + start[56]
            out[t, k] = rest[k] + step
    return out
''',
            '''
import numpy as np
from course import face

def retarget(values, start, rest):
    made = rest + values - start
    place = [face.INDEX[name] for name in ("headX", "headY", "headScale")]
    made[:, place] = rest[place] + (values - start)[:, place] / (1 + start[face.INDEX["headScale"]])
    for name in ("eyeBlinkLeft", "eyeBlinkRight"):
        k = face.INDEX[name]
        gain = np.clip((1 - rest[k]) / max(1 - start[k], 1e-6), 0, 2)
        falls = values[:, k] > start[k]
        made[falls, k] = rest[k] + gain * (values[falls, k] - start[k])
    return made
''',
        ],
        "wrong": [
            '''
def retarget(values, start, rest):
    return rest + values - start
''',
            '''
def retarget(values, start, rest):
    return rest + values
''',
        ],
    },
    "soft_mask": {
        "right": [
            '''
import numpy as np

def soft_mask(moves, edge):
    t = np.minimum(np.maximum(np.asarray(moves, np.float64) / edge, 0), 1)
    return 3 * t ** 2 - 2 * t ** 3
''',
            '''
import torch

def soft_mask(moves, edge):
    t = (torch.as_tensor(moves) / edge).clamp(0, 1)
    return (t * t * (3 - 2 * t)).numpy()
''',
        ],
        "wrong": [
            '''
import numpy as np

def soft_mask(moves, edge):
    return np.sin(np.clip(moves / edge, 0, 1) * np.pi / 2)
''',
            '''
import numpy as np

def soft_mask(moves, edge):
    return np.clip(moves - edge, 0, 1)
''',
        ],
    },
    "paste_back": {
        "right": [
            '''
import numpy as np

def paste_back(photo, region, mask, box):
    x0, y0, x1, y1 = box
    whole, layer = np.zeros(photo.shape[:2]), np.zeros(photo.shape)
    whole[y0:y1, x0:x1], layer[y0:y1, x0:x1] = mask, region
    whole = whole[..., None]
    return np.round(photo * (1 - whole) + layer * whole).astype(np.uint8)
''',
            '''
from course import images

def paste_back(photo, region, mask, box):
    left, top, right, bottom = box
    out = photo.copy()
    out[top:bottom, left:right] = images.alpha_blend(region, out[top:bottom, left:right], mask)
    return out
''',
            '''
import numpy as np

def paste_back(photo, region, mask, box):
    x0, y0, x1, y1 = box
    out = photo.astype(np.float32)
    out[y0:y1, x0:x1] += mask[..., None] * (region - out[y0:y1, x0:x1])
    return (out + 0.5).clip(0, 255).astype(np.uint8)
''',
        ],
        "wrong": [
            '''
def paste_back(photo, region, mask, box):
    return photo.copy()
''',
            '''
import numpy as np

def paste_back(photo, region, mask, box):
    x0, y0, x1, y1 = box
    out = photo.copy()
    out[y0:y1, x0:x1] = ((region.astype(int) + photo[y0:y1, x0:x1]) // 2).astype(np.uint8)
    return out
''',
        ],
    },
}
