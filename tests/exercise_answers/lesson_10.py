"""Answers that students give in lesson 10: right ones in styles unlike ours, wrong ones without a bug card."""

ANSWERS = {
    "one_euro": {
        "right": [
            '''
import math
import numpy as np

def one_euro(signal, fps, cutoff, beta, derivative_cutoff=1.0):
    signal = np.asarray(signal, float)
    cutoffs = np.broadcast_to(cutoff, signal.shape[1])
    out = signal.copy()
    for c in range(signal.shape[1]):
        speed = 0.0
        for t in range(1, len(signal)):
            tau = 1 / (2 * math.pi * derivative_cutoff)
            a = 1 / (1 + tau * fps)
            speed = a * (signal[t, c] - out[t - 1, c]) * fps + (1 - a) * speed
            tau = 1 / (2 * math.pi * (cutoffs[c] + beta * abs(speed)))
            a = 1 / (1 + tau * fps)
            out[t, c] = a * signal[t, c] + (1 - a) * out[t - 1, c]
    return out
''',
            '''
import numpy as np

def one_euro(signal, fps, cutoff, beta, derivative_cutoff=1.0):
    def alpha(hertz):
        w = 2 * np.pi * hertz / fps
        return w / (w + 1)

    rows = [np.array(signal[0], dtype=np.float64)]
    speed = np.zeros_like(rows[0])
    for row in signal[1:]:
        speed += alpha(derivative_cutoff) * ((row - rows[-1]) * fps - speed)
        rows.append(rows[-1] + alpha(cutoff + beta * np.abs(speed)) * (row - rows[-1]))
    return np.stack(rows).astype(np.float32)
''',
            '''
import torch

def one_euro(signal, fps, cutoff, beta, derivative_cutoff=1.0):
    x = torch.as_tensor(signal).double()
    cutoff = torch.as_tensor(cutoff).double()
    smooth = [x[0]]
    dx = torch.zeros_like(x[0])
    for value in x[1:]:
        a = 1 / (1 + fps / (2 * torch.pi * derivative_cutoff))
        dx = a * (value - smooth[-1]) * fps + (1 - a) * dx
        a = 1 / (1 + fps / (2 * torch.pi * (cutoff + beta * dx.abs())))
        smooth.append(a * value + (1 - a) * smooth[-1])
    return torch.stack(smooth)
''',
        ],
        "wrong": [
            "def one_euro(signal, fps, cutoff, beta, derivative_cutoff=1.0):\n"
            "    return signal.mean(axis=0) + 0 * signal\n",
            "import numpy as np\n\ndef one_euro(signal, fps, cutoff, beta, derivative_cutoff=1.0):\n"
            "    out = np.array(signal, float)\n    for t in range(1, len(out)):\n"
            "        out[t] = 0.3 * signal[t] + 0.7 * out[t - 1]\n    return out\n",
            "import numpy as np\n\ndef one_euro(signal, fps, cutoff, beta, derivative_cutoff=1.0):\n"
            "    out = np.array(signal, float)\n    for t in range(1, len(out) - 1):\n"
            "        out[t] = (signal[t - 1] + signal[t] + signal[t + 1]) / 3\n    return out\n",
        ],
    },
    "unsharp_mask": {
        "right": [
            '''
import cv2

def unsharp_mask(image, amount, sigma=1.0):
    blurred = cv2.GaussianBlur(image, (0, 0), sigma)
    return cv2.addWeighted(image, 1 + amount, blurred, -amount, 0)
''',
            '''
import numpy as np
from scipy.ndimage import gaussian_filter

def unsharp_mask(image, amount, sigma=1.0):
    image = image.astype(float)
    soft = gaussian_filter(image, (sigma, sigma, 0), mode="mirror")
    return np.clip(image + amount * (image - soft), 0, 255).round().astype(np.uint8)
''',
            '''
import cv2
import numpy as np

def unsharp_mask(image, amount, sigma=1.0):
    channels = []
    for c in range(3):
        x = image[:, :, c].astype(np.float64)
        detail = x - cv2.GaussianBlur(x, (0, 0), sigmaX=sigma, sigmaY=sigma)
        channels.append(np.minimum(np.maximum(np.rint(x + amount * detail), 0), 255))
    return np.stack(channels, axis=2).astype(np.uint8)
''',
        ],
        "wrong": [
            "def unsharp_mask(image, amount, sigma=1.0):\n    return image.copy()\n",
            "import cv2\n\ndef unsharp_mask(image, amount, sigma=1.0):\n"
            "    return cv2.GaussianBlur(image, (0, 0), sigma)\n",
            "import cv2\nimport numpy as np\n\ndef unsharp_mask(image, amount, sigma=1.0):\n"
            "    edges = cv2.Laplacian(image.astype(np.float32), cv2.CV_32F)\n"
            "    return np.clip(image - amount * edges, 0, 255).astype(np.uint8)\n",
        ],
    },
    "color_transfer": {
        "right": [
            '''
import warnings
import numpy as np
from skimage import color

def color_transfer(image, reference, mask, reference_mask):
    if mask.sum() == 0 or reference_mask.sum() == 0:
        return image.copy()
    lab, other = color.rgb2lab(image), color.rgb2lab(reference)
    for c in range(3):
        own, wanted = lab[..., c][mask], other[..., c][reference_mask]
        times = min(wanted.std() / max(own.std(), 1e-6), 2)
        lab[..., c] = (lab[..., c] - own.mean()) * times + wanted.mean()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.rint(255 * color.lab2rgb(lab)).astype(np.uint8)
''',
            '''
import numpy as np
from course import polish

def color_transfer(image, reference, mask, reference_mask):
    if not (mask.any() and reference_mask.any()):
        return image.copy()
    source = polish.to_lab(image).reshape(-1, 3)
    own = source[mask.ravel()]
    wanted = polish.to_lab(reference).reshape(-1, 3)[reference_mask.ravel()]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.nan_to_num(wanted.std(0) / own.std(0), nan=0.0, posinf=2.0)
    ratio = np.clip(ratio, 0, 2)
    return polish.to_rgb(((source - own.mean(0)) * ratio + wanted.mean(0)).reshape(image.shape))
''',
            '''
import numpy as np
from course import polish

def color_transfer(image, reference, mask, reference_mask):
    if not np.count_nonzero(mask) or not np.count_nonzero(reference_mask):
        return np.array(image)
    def look(picture, where):
        values = polish.to_lab(picture)[np.nonzero(where)]
        return np.mean(values, axis=0), np.sqrt(np.var(values, axis=0))
    (m, s), (m_r, s_r) = look(image, mask), look(reference, reference_mask)
    k = np.where(s < 1e-6, 2, np.minimum(s_r / (s + 1e-12), 2))
    return polish.to_rgb(m_r + k * (polish.to_lab(image) - m))
''',
        ],
        "wrong": [
            "def color_transfer(image, reference, mask, reference_mask):\n    return image.copy()\n",
            "import numpy as np\nfrom skimage.exposure import match_histograms\n\n"
            "def color_transfer(image, reference, mask, reference_mask):\n"
            "    return match_histograms(image, reference, channel_axis=-1).round().astype(np.uint8)\n",
            "import numpy as np\nfrom course import polish\n\n"
            "def color_transfer(image, reference, mask, reference_mask):\n"
            "    if not mask.any() or not reference_mask.any():\n        return image.copy()\n"
            "    lab, wanted = polish.to_lab(image), polish.to_lab(reference)[reference_mask]\n"
            "    own = lab[mask]\n"
            "    return polish.to_rgb((lab - own.mean()) * min(wanted.std() / own.std(), 2) + wanted.mean())\n",
        ],
    },
    "interpolate_frames": {
        "right": [
            '''
import numpy as np
from course import polish

def interpolate_frames(before, after, forwards, backwards, t):
    s = 1 - t
    f0 = -s * t * forwards + t**2 * backwards
    f1 = s**2 * forwards - t * s * backwards
    miss0 = polish.flow_warp(polish.mismatch(forwards, backwards), f0)
    miss1 = polish.flow_warp(polish.mismatch(backwards, forwards), f1)
    w0 = s * (1 + miss0**2)
    w1 = t * (1 + miss1**2)
    w = (w0 / (w0 + w1))[:, :, None]
    out = w * polish.flow_warp(before, f0) + (1 - w) * polish.flow_warp(after, f1)
    return np.rint(np.clip(out, 0, 255)).astype(np.uint8)
''',
            '''
import cv2
import numpy as np

def interpolate_frames(before, after, forwards, backwards, t):
    h, w = before.shape[:2]
    x, y = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))

    def read(image, flow):
        return cv2.remap(np.float32(image), x + np.float32(flow[..., 0]), y + np.float32(flow[..., 1]),
                         cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)

    def lost(a, b):
        there_and_back = a + read(b, a)
        return np.sqrt((there_and_back ** 2).sum(axis=2))

    to0 = t * t * backwards - t * (1 - t) * forwards
    to1 = (1 - t) ** 2 * forwards - t * (1 - t) * backwards
    trust0 = 1 / (1 + read(lost(backwards, forwards), to1) ** 2)
    trust1 = 1 / (1 + read(lost(forwards, backwards), to0) ** 2)
    total = (1 - t) * trust0 + t * trust1
    mixed = np.zeros(before.shape)
    for c in range(3):
        mixed[..., c] = ((1 - t) * trust0 * read(before[..., c], to0) + t * trust1 * read(after[..., c], to1)) / total
    return np.clip(mixed + 0.5, 0, 255).astype(np.uint8)
''',
            '''
import numpy as np
from course import polish

def interpolate_frames(before, after, forwards, backwards, t):
    flows = [t * (t * backwards - (1 - t) * forwards), (1 - t) * ((1 - t) * forwards - t * backwards)]
    frames = [polish.flow_warp(frame, flow) for frame, flow in zip((before, after), flows)]
    lost = [polish.flow_warp(polish.mismatch(a, b), flow)
            for a, b, flow in ((forwards, backwards, flows[0]), (backwards, forwards, flows[1]))]
    weights = np.stack([(1 - t) / (1 + lost[1] ** 2), t / (1 + lost[0] ** 2)])
    weights = weights / weights.sum(axis=0)
    return np.clip(np.round(np.einsum("khw,khwc->hwc", weights, np.stack(frames))), 0, 255).astype(np.uint8)
''',
        ],
        "wrong": [
            "def interpolate_frames(before, after, forwards, backwards, t):\n"
            "    return before if t < 0.5 else after\n",
            "import numpy as np\nfrom course import polish\n\n"
            "def interpolate_frames(before, after, forwards, backwards, t):\n"
            "    return np.clip(polish.flow_warp(before, -t * forwards), 0, 255).astype(np.uint8)\n",
            "import numpy as np\nfrom course import polish\n\n"
            "def interpolate_frames(before, after, forwards, backwards, t):\n"
            "    a = polish.flow_warp(before, -forwards / 2)\n    b = polish.flow_warp(after, -backwards / 2)\n"
            "    return np.clip(np.round((a + b) / 2), 0, 255).astype(np.uint8)\n",
        ],
    },
    "flicker": {
        "right": [
            '''
import numpy as np
from course import polish

def flicker(frames, flows, seen):
    changes = [np.abs(polish.flow_warp(frames[t + 1], flows[t]) - frames[t])[seen[t]] for t in range(len(flows))]
    values = np.concatenate(changes) if changes else np.zeros((0, 3))
    return float(values.mean()) if values.size else 0.0
''',
            '''
import cv2
import numpy as np

def flicker(frames, flows, seen):
    total, pixels = 0.0, 0
    for now, then, flow, mask in zip(frames[:-1], frames[1:], flows, seen):
        h, w = mask.shape
        x, y = np.meshgrid(np.arange(w), np.arange(h))
        back = cv2.remap(then.astype(np.float32), (x + flow[..., 0]).astype(np.float32),
                         (y + flow[..., 1]).astype(np.float32), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        total += (np.abs(now - back).mean(axis=2) * mask).sum()
        pixels += mask.sum()
    return total / pixels if pixels else 0.0
''',
            '''
import numpy as np
from course import polish

def flicker(frames, flows, seen):
    if seen.sum() == 0:
        return 0.0
    moved = np.stack([polish.flow_warp(frame, flow) for frame, flow in zip(frames[1:], flows)])
    error = np.abs(moved - frames[:-1].astype(float))
    return float((error * seen[..., None]).sum() / (3 * seen.sum()))
''',
        ],
        "wrong": [
            "def flicker(frames, flows, seen):\n    return 0.0\n",
            "import numpy as np\n\ndef flicker(frames, flows, seen):\n"
            "    return float(np.std([frame.mean() for frame in frames]))\n",
            "import numpy as np\nfrom course import polish\n\ndef flicker(frames, flows, seen):\n"
            "    worst = [np.abs(polish.flow_warp(frames[t + 1], flows[t]) - frames[t])[seen[t]].max(initial=0)\n"
            "             for t in range(len(flows))]\n    return float(max(worst, default=0.0))\n",
        ],
    },
}
