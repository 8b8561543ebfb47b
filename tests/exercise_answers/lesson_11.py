"""Answers that students give in lesson 11: right ones in styles unlike ours, wrong ones without a bug card."""

ANSWERS = {
    "psnr": {
        "right": [
            '''
import math
import numpy as np

def psnr(made, true):
    difference = made.astype(np.int64) - true.astype(np.int64)
    total = int((difference * difference).sum())
    if total == 0:
        return math.inf
    return 20 * math.log10(255) - 10 * math.log10(total / difference.size)
''',
            '''
import torch

def psnr(made, true):
    error = torch.nn.functional.mse_loss(torch.from_numpy(made).double(), torch.from_numpy(true).double())
    return 10 * torch.log10(255.0 ** 2 / error)
''',
            '''
import numpy as np
from skimage.metrics import peak_signal_noise_ratio

def psnr(made, true):
    with np.errstate(divide="ignore"):
        return peak_signal_noise_ratio(true, made, data_range=255)
''',
        ],
        "wrong": [
            "import numpy as np\n\ndef psnr(made, true):\n    return float(np.abs(made.astype(float) - true).mean())\n",
            "import numpy as np\n\ndef psnr(made, true):\n"
            "    error = ((made.astype(float) - true) ** 2).sum()\n"
            "    return float('inf') if error == 0 else float(10 * np.log10(255.0 ** 2 / error))\n",
            "import numpy as np\n\ndef psnr(made, true):\n"
            "    error = np.var(made.astype(float) - true)\n"
            "    return float('inf') if error == 0 else float(10 * np.log10(255.0 ** 2 / error))\n",
        ],
    },
    "ssim": {
        "right": [
            '''
import numpy as np
from skimage.metrics import structural_similarity

def ssim(made, true):
    return structural_similarity(made, true, channel_axis=2, gaussian_weights=True, sigma=1.5,
                                 use_sample_covariance=False, data_range=255)
''',
            '''
import numpy as np
import torch

def ssim(made, true):
    at = torch.arange(11, dtype=torch.float64) - 5
    line = torch.exp(-at ** 2 / (2 * 1.5 ** 2))
    kernel = torch.outer(line, line)
    kernel = (kernel / kernel.sum()).expand(3, 1, 11, 11)

    def mean(values):
        return torch.nn.functional.conv2d(values, kernel, groups=3)

    x, y = (torch.from_numpy(v).double().permute(2, 0, 1)[None] for v in (made, true))
    mx, my = mean(x), mean(y)
    vx, vy, cov = mean(x * x) - mx ** 2, mean(y * y) - my ** 2, mean(x * y) - mx * my
    light = (2 * mx * my + 2.55 ** 2) / (mx ** 2 + my ** 2 + 2.55 ** 2)
    pattern = (2 * cov + 7.65 ** 2) / (vx + vy + 7.65 ** 2)
    return (light * pattern).mean()
''',
            '''
import numpy as np
from scipy.ndimage import gaussian_filter

def ssim(made, true):
    channels = []
    for c in range(3):
        x, y = made[:, :, c].astype(float), true[:, :, c].astype(float)
        mean = lambda v: gaussian_filter(v, 1.5, truncate=3.5)
        ux, uy = mean(x), mean(y)
        sx, sy, sxy = mean(x ** 2) - ux ** 2, mean(y ** 2) - uy ** 2, mean(x * y) - ux * uy
        c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
        s = ((2 * ux * uy + c1) * (2 * sxy + c2)) / ((ux ** 2 + uy ** 2 + c1) * (sx + sy + c2))
        channels.append(s[5:-5, 5:-5].mean())
    return float(np.mean(channels))
''',
        ],
        "wrong": [
            "import numpy as np\n\ndef ssim(made, true):\n"
            "    return float(1 - np.abs(made.astype(float) - true).mean() / 255)\n",
            "import numpy as np\n\ndef ssim(made, true):\n"
            "    return float(np.corrcoef(made.ravel() + 1e-9, true.ravel() + 1e-9)[0, 1]) if made.std() * true.std() "
            "else 1.0\n",
            "from course import evaluation as e\n\ndef ssim(made, true):\n"
            "    x, y = made.astype(float), true.astype(float)\n    mx, my = e.window_mean(x), e.window_mean(y)\n"
            "    vx, vy = e.window_mean(x * x) - mx**2, e.window_mean(y * y) - my**2\n"
            "    c1, c2 = 2.55**2, 7.65**2\n"
            "    light = (2 * mx * my + c1) / (mx**2 + my**2 + c1)\n"
            "    contrast = (2 * abs(vx * vy) ** 0.5 + c2) / (vx + vy + c2)\n"
            "    return float((light * contrast)[5:-5, 5:-5].mean())\n",
        ],
    },
    "akd": {
        "right": [
            '''
import math

def akd(made, true):
    made, true = made.reshape(-1, 2).tolist(), true.reshape(-1, 2).tolist()
    lengths = [math.hypot(a - c, b - d) for (a, b), (c, d) in zip(made, true)]
    lengths = [length for length in lengths if not math.isnan(length)]
    return sum(lengths) / len(lengths) if lengths else math.nan
''',
            '''
import warnings
import numpy as np

def akd(made, true):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.nanmean(np.sqrt(((made - true) ** 2).sum(axis=-1)))
''',
            '''
import torch

def akd(made, true):
    difference = torch.as_tensor(made).double() - torch.as_tensor(true).double()
    return torch.nanmean(difference.pow(2).sum(dim=-1).sqrt())
''',
        ],
        "wrong": [
            "import numpy as np\n\ndef akd(made, true):\n"
            "    return float(np.linalg.norm(np.nan_to_num(made - true)))\n",
            "import numpy as np\n\ndef akd(made, true):\n    distance = np.linalg.norm(made - true, axis=-1)\n"
            "    distance = distance[np.isfinite(distance)]\n"
            "    return float(distance.max()) if distance.size else float('nan')\n",
            "import numpy as np\n\ndef akd(made, true):\n"
            "    off = (made - true).reshape(-1, 2)\n    off = off[np.isfinite(off).all(axis=1)]\n"
            "    return float(np.linalg.norm(off.mean(axis=0))) if len(off) else float('nan')\n",
        ],
    },
    "frechet_distance": {
        "right": [
            '''
import numpy as np
from scipy import linalg

def frechet_distance(made, real):
    m1, m2 = np.mean(made, axis=0), np.mean(real, axis=0)
    c1, c2 = np.cov(made, rowvar=False), np.cov(real, rowvar=False)
    values, vectors = linalg.eigh(c1)
    half = vectors @ np.diag(np.sqrt(np.clip(values, 0, None))) @ vectors.T
    cross = np.sqrt(np.clip(linalg.eigvalsh(half @ c2 @ half), 0, None)).sum()
    return float(((m1 - m2) ** 2).sum() + np.trace(c1 + c2) - 2 * cross)
''',
            '''
import torch

def frechet_distance(made, real):
    a, b = torch.from_numpy(made).double(), torch.from_numpy(real).double()
    mean_a, mean_b = a.mean(0), b.mean(0)
    a, b = (a - mean_a) / (len(a) - 1) ** 0.5, (b - mean_b) / (len(b) - 1) ** 0.5
    cross = torch.linalg.svdvals(a @ b.T).sum()  # the nuclear norm
    return (mean_a - mean_b).square().sum() + a.square().sum() + b.square().sum() - 2 * cross
''',
            '''
import numpy as np

def frechet_distance(made, real):
    def look(rows):
        centre = sum(rows) / len(rows)
        off = rows - centre
        return centre, off.T @ off / (len(rows) - 1)

    (m1, c1), (m2, c2) = look(made), look(real)
    root = np.sqrt(np.linalg.eigvals(c1.dot(c2)).astype(complex)).real.sum()
    return np.linalg.norm(m1 - m2) ** 2 + c1.trace() + c2.trace() - 2 * root
''',
        ],
        "wrong": [
            "import numpy as np\n\ndef frechet_distance(made, real):\n"
            "    return float(np.mean([np.linalg.norm(real - row, axis=1).min() for row in made]))\n",
            "import numpy as np\n\ndef frechet_distance(made, real):\n"
            "    d = made.mean(0) - real.mean(0)\n    c = np.cov(made, rowvar=False) - np.cov(real, rowvar=False)\n"
            "    return float(d @ d + np.abs(np.trace(c)))\n",
            "import numpy as np\n\ndef frechet_distance(made, real):\n"
            "    d = made.mean(0) - real.mean(0)\n    c = np.cov(made, rowvar=False) - np.cov(real, rowvar=False)\n"
            "    return float(d @ d + np.linalg.norm(c) ** 2)\n",
        ],
    },
    "sync_error": {
        "right": [
            '''
import numpy as np

def sync_error(mouth, sound, fps=25.0, reach=10):
    if np.std(mouth) < 1e-9 or np.std(sound) < 1e-9:
        return float("nan")
    best = None
    for size in range(reach + 1):
        for shift in {-size, size}:
            a = mouth[shift:] if shift >= 0 else mouth[:shift]
            b = sound[:len(sound) - shift] if shift >= 0 else sound[-shift:]
            if np.std(a) < 1e-9 or np.std(b) < 1e-9:
                continue
            r = np.corrcoef(a, b)[0, 1]
            if best is None or r > best[0] + 1e-9:
                best = r, shift
    return 1000 * best[1] / fps
''',
            '''
import numpy as np

def sync_error(mouth, sound, fps=25.0, reach=10):
    table = {}
    for shift in range(-reach, reach + 1):
        pairs = [(mouth[t], sound[t - shift]) for t in range(len(mouth)) if 0 <= t - shift < len(sound)]
        a, b = np.array(pairs).T
        a, b = a - a.mean(), b - b.mean()
        bottom = np.linalg.norm(a) * np.linalg.norm(b)
        if bottom > 1e-9:
            table[shift] = round(float(a @ b / bottom), 9)
    if not table:
        return np.nan
    best = max(table, key=lambda shift: (table[shift], -abs(shift)))
    return best / fps * 1000
''',
            '''
import torch

def sync_error(mouth, sound, fps=25.0, reach=10):
    mouth, sound = torch.as_tensor(mouth).double(), torch.as_tensor(sound).double()
    shifts = sorted(range(-reach, reach + 1), key=abs)
    scores = []
    for s in shifts:
        a = mouth.narrow(0, max(s, 0), len(mouth) - abs(s))
        b = sound.narrow(0, max(-s, 0), len(sound) - abs(s))
        a, b = a - a.mean(), b - b.mean()
        power = a.norm() * b.norm()
        scores.append((a @ b / power).item() if power > 1e-6 else -9.0)
    if max(scores) == -9.0:
        return float("nan")
    top = [k for k, score in enumerate(scores) if score >= max(scores) - 1e-9][0]
    return shifts[top] * 1000.0 / fps
''',
        ],
        "wrong": [
            "def sync_error(mouth, sound, fps=25.0, reach=10):\n"
            "    return 1000.0 * (int(mouth.argmax()) - int(sound.argmax())) / fps\n",
            "import numpy as np\n\ndef sync_error(mouth, sound, fps=25.0, reach=10):\n"
            "    if np.std(mouth) < 1e-9 or np.std(sound) < 1e-9:\n        return float('nan')\n"
            "    return float(1 - np.corrcoef(mouth, sound)[0, 1])\n",
            "import numpy as np\n\ndef sync_error(mouth, sound, fps=25.0, reach=10):\n"
            "    a, b = mouth - mouth.mean(), sound - sound.mean()\n"
            "    full = np.correlate(a, b, 'full')\n"
            "    return 1000.0 * (int(full.argmax()) - len(sound) + 1) / fps\n",
        ],
    },
    "bootstrap_interval": {
        "right": [
            '''
import numpy as np

def bootstrap_interval(values, level=0.95, rounds=2000, seed=0):
    rng = np.random.default_rng(seed)
    n = len(values)
    means = sorted(sum(row) / n for row in np.asarray(values)[rng.integers(n, size=(rounds, n))].tolist())
    cut = int((1 - level) / 2 * rounds)
    return means[cut], means[-1 - cut]
''',
            '''
import torch

def bootstrap_interval(values, level=0.95, rounds=2000, seed=0):
    values = torch.as_tensor(values).double()
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randint(len(values), (rounds, len(values)), generator=generator)
    means = values[drawn].mean(dim=1)
    return means.quantile((1 - level) / 2), means.quantile((1 + level) / 2)
''',
            '''
import numpy as np

def bootstrap_interval(values, level=0.95, rounds=2000, seed=0):
    rng = np.random.RandomState(seed)
    times = rng.multinomial(len(values), np.ones(len(values)) / len(values), size=rounds)
    means = times @ np.asarray(values, dtype=float) / len(values)
    return list(np.percentile(means, [50 * (1 - level), 50 * (1 + level)]))
''',
        ],
        "wrong": [
            "def bootstrap_interval(values, level=0.95, rounds=2000, seed=0):\n"
            "    return float(min(values)), float(max(values))\n",
            "import numpy as np\n\ndef bootstrap_interval(values, level=0.95, rounds=2000, seed=0):\n"
            "    rng = np.random.default_rng(seed)\n"
            "    means = rng.choice(values, (rounds, len(values))).mean(axis=1)\n"
            "    half = means.std()\n    return float(means.mean() - half), float(means.mean() + half)\n",
            "import numpy as np\n\ndef bootstrap_interval(values, level=0.95, rounds=2000, seed=0):\n"
            "    rng = np.random.default_rng(seed)\n    sums = rng.choice(values, (rounds, len(values))).sum(axis=1)\n"
            "    return tuple(float(end) for end in np.quantile(sums, [(1 - level) / 2, (1 + level) / 2]))\n",
        ],
    },
}
