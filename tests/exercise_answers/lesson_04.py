"""Answers that students give in lesson 04: right ones in styles unlike ours, wrong ones without a bug card."""

ANSWERS = {
    "conv2d": {
        "right": [
            "import torch\n\ndef conv2d(image, kernel, bias=None, stride=1, padding=0):\n"
            "    return torch.nn.functional.conv2d(image, kernel, bias, stride, padding)\n",
            '''
import torch
from torch.nn import functional as F

def conv2d(image, kernel, bias=None, stride=1, padding=0):
    n, _, height, width = image.shape
    k, _, h, w = kernel.shape
    columns = F.unfold(image, (h, w), padding=padding, stride=stride)
    out = kernel.reshape(k, -1) @ columns
    if bias is not None:
        out = out + bias.view(1, -1, 1)
    return out.view(n, k, (height + 2 * padding - h) // stride + 1, -1)
''',
            '''
import numpy as np

def conv2d(image, kernel, bias=None, stride=1, padding=0):
    x = np.pad(image.numpy(), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    kernel = kernel.numpy()
    K, C, h, w = kernel.shape
    rows = range(0, x.shape[2] - h + 1, stride)
    columns = range(0, x.shape[3] - w + 1, stride)
    out = np.zeros((len(x), K, len(rows), len(columns)), np.float32)
    for n in range(len(x)):
        for k in range(K):
            for r, top in enumerate(rows):
                for c, left in enumerate(columns):
                    out[n, k, r, c] = (x[n, :, top:top + h, left:left + w] * kernel[k]).sum()
            if bias is not None:
                out[n, k] += float(bias[k])
    return out
''',
            '''
import torch

def conv2d(image, kernel, bias=None, stride=1, padding=0):
    n, c, height, width = image.shape
    x = torch.zeros(n, c, height + 2 * padding, width + 2 * padding)
    x[:, :, padding:padding + height, padding:padding + width] = image
    windows = x.unfold(2, kernel.shape[2], stride).unfold(3, kernel.shape[3], stride)
    out = torch.tensordot(windows, kernel, dims=([1, 4, 5], [1, 2, 3])).permute(0, 3, 1, 2)
    return out if bias is None else out + bias.reshape(-1, 1, 1)
''',
        ],
        "wrong": [
            "import torch\n\ndef conv2d(image, kernel, bias=None, stride=1, padding=0):\n"
            "    return torch.relu(torch.nn.functional.conv2d(image, kernel, bias, stride, padding))\n",
            "import torch\n\ndef conv2d(image, kernel, bias=None, stride=1, padding=0):\n"
            "    return torch.nn.functional.conv2d(image, kernel, bias, stride, padding)[0]\n",
            "import torch\n\ndef conv2d(image, kernel, bias=None, stride=1, padding=0):\n"
            "    return torch.nn.functional.conv2d(image, kernel, bias, stride, padding) + 1\n",
        ],
    },
    "receptive_field": {
        "right": [
            '''
def receptive_field(layers):
    seen, apart = 1, 1
    for layer in layers:
        kernel, stride = layer[0], layer[1]
        dilation = layer[2] if len(layer) == 3 else 1
        seen = seen + dilation * (kernel - 1) * apart
        apart = apart * stride
    return seen, apart
''',
            '''
import math

def receptive_field(layers):
    layers = [(*layer, 1)[:3] for layer in layers]
    strides = [stride for _, stride, _ in layers]
    return (1 + sum((k - 1) * d * math.prod(strides[:i]) for i, (k, _, d) in enumerate(layers)), math.prod(strides))
''',
            '''
def receptive_field(layers):
    """From the end: one unit of the last layer, and how many of the layer before it needs."""
    if not layers:
        return 1, 1
    seen, apart = 1, 1
    for kernel, stride, *rest in reversed(layers):
        seen = (seen - 1) * stride + (kernel - 1) * (rest[0] if rest else 1) + 1
        apart *= stride
    return seen, apart
''',
            '''
def receptive_field(layers):
    first, last, nxt = 0, 0, 1
    for kernel, stride, *rest in layers:
        last += (kernel - 1) * (rest or [1])[0] * nxt
        nxt *= stride
    return [last - first + 1, nxt]
''',
        ],
        "wrong": [
            "def receptive_field(layers):\n    return sum(layer[0] for layer in layers), 1\n",
            "def receptive_field(layers):\n    seen = apart = 1\n    for k, s, *d in layers:\n"
            "        seen *= k\n        apart *= s\n    return seen, apart\n",
            "def receptive_field(layers):\n    seen = 1\n    for k, s, *d in layers:\n"
            "        seen += (k - 1) * s\n    return seen\n",
        ],
    },
    "cosine_similarity": {
        "right": [
            "import torch\n\ndef cosine_similarity(a, b):\n"
            "    return torch.nn.functional.cosine_similarity(a, b, dim=-1)\n",
            "import torch\n\ndef cosine_similarity(a, b):\n    n = torch.nn.functional.normalize\n"
            "    return (n(a, dim=-1) * n(b, dim=-1)).sum(-1)\n",
            "import numpy as np\n\ndef cosine_similarity(a, b):\n"
            "    a, b = np.asarray(a, float), np.asarray(b, float)\n"
            "    top = np.einsum('...d,...d->...', a, b)\n"
            "    below = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)\n"
            "    return np.divide(top, below, out=np.zeros_like(top), where=below > 0)\n",
            "import torch\n\ndef cosine_similarity(a, b):\n    lengths = a.norm(dim=-1) * b.norm(dim=-1)\n"
            "    return torch.where(lengths > 0, (a * b).sum(-1) / lengths, torch.zeros(()))\n",
        ],
        "wrong": [
            "def cosine_similarity(a, b):\n    return (a * b).mean(-1)\n",
            "import torch\n\ndef cosine_similarity(a, b):\n"
            "    a, b = a - a.mean(-1, keepdim=True), b - b.mean(-1, keepdim=True)\n"
            "    return torch.nn.functional.cosine_similarity(a, b, dim=-1)\n",
            "import torch\n\ndef cosine_similarity(a, b):\n"
            "    return torch.nn.functional.cosine_similarity(a, b, dim=-1).mean()\n",
        ],
    },
    "best_guess": {
        "right": [
            "import numpy as np\n\ndef best_guess(answers, loss):\n    answers = np.asarray(answers)\n"
            "    return np.mean(answers, 0) if loss == 'squared' else np.median(answers, 0)\n",
            "def best_guess(answers, loss):\n    if loss == 'squared':\n        return sum(answers) / len(answers)\n"
            "    return answers.median(dim=0).values\n",
            '''
def best_guess(answers, loss):
    if loss == "squared":
        return answers.sum(0) / answers.shape[0]
    ordered, n = answers.sort(dim=0).values, len(answers)
    return (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
''',
            '''
import torch

def best_guess(answers, loss):
    if loss == "absolute":
        return torch.sort(answers, 0)[0][len(answers) // 2]
    return torch.einsum("n...->...", answers) * (1 / len(answers))
''',
        ],
        "wrong": [
            "def best_guess(answers, loss):\n    return answers[0]\n",
            "def best_guess(answers, loss):\n    return answers.amax(0)\n",
            "def best_guess(answers, loss):\n    return answers.mean(0, keepdim=True)\n",
        ],
    },
    "perceptual_distance": {
        "right": [
            '''
import torch

def perceptual_distance(features_a, features_b, weights=None):
    total = torch.zeros(())
    for number, name in enumerate(features_a):
        weight = 1 if weights is None else weights[number]
        total = total + weight * torch.nn.functional.l1_loss(features_a[name], features_b[name])
    return total
''',
            '''
import torch

def perceptual_distance(features_a, features_b, weights=None):
    parts = torch.stack([torch.mean(torch.abs(a - b)) for a, b in zip(features_a.values(), features_b.values())])
    if weights is None:
        return parts.sum()
    return parts @ torch.tensor(weights, dtype=parts.dtype)
''',
            '''
def perceptual_distance(features_a, features_b, weights=None):
    names = list(features_b)
    weights = dict(zip(names, weights or [1] * len(names)))
    return sum(weights[n] * (features_b[n] - features_a[n]).abs().sum() / features_a[n].numel() for n in names)
''',
        ],
        "wrong": [
            "def perceptual_distance(features_a, features_b, weights=None):\n"
            "    return max((features_a[n] - features_b[n]).abs().mean() for n in features_a)\n",
            "def perceptual_distance(features_a, features_b, weights=None):\n    w = weights or [1] * len(features_a)\n"
            "    return sum(k * (features_a[n] - features_b[n]).abs().amax() for k, n in zip(w, features_a))\n",
            "def perceptual_distance(features_a, features_b, weights=None):\n    return 0.0\n",
        ],
    },
}
