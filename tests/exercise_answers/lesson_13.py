"""Answers that students give in lesson 13: right ones in styles unlike ours, wrong ones without a bug card."""

ANSWERS = {
    "embed_watermark": {
        "right": [
            '''
import numpy as np

def embed_watermark(frame, change, number, fps):
    way = 1 if (number / fps) % 1 < 0.5 else -1
    return np.clip(frame.astype(np.int16) + way * change, 0, 255).astype(np.uint8)
''',
            '''
import cv2
import numpy as np

def embed_watermark(frame, change, number, fps):
    half = int(number / (fps / 2))
    up, down = np.maximum(change, 0).astype(np.uint8), np.maximum(-change, 0).astype(np.uint8)
    if half % 2:
        up, down = down, up
    return cv2.subtract(cv2.add(frame, up), down)
''',
            '''
import math
import numpy as np

def embed_watermark(frame, change, number, fps):
    second = number / fps
    marked = frame.astype(float)
    if second - math.floor(second) >= 0.5:
        marked -= change
    else:
        marked += change
    marked[marked > 255] = 255
    marked[marked < 0] = 0
    return marked.astype("uint8")
''',
            '''
import torch

def embed_watermark(frame, change, number, fps):
    sign = -1 if number % fps >= fps / 2 else 1
    return (torch.as_tensor(frame).int() + sign * torch.as_tensor(change).int()).clamp(0, 255).to(torch.uint8)
''',
        ],
        "wrong": [
            "def embed_watermark(frame, change, number, fps):\n    return frame.copy()\n",
            "import numpy as np\n\ndef embed_watermark(frame, change, number, fps):\n"
            "    way = np.sin(2 * np.pi * number / fps)\n"
            "    return np.clip(frame + np.round(way * change), 0, 255).astype(np.uint8)\n",
            "import numpy as np\n\ndef embed_watermark(frame, change, number, fps):\n"
            "    way = 1 if number / fps % 1 < 0.5 else 0\n"
            "    return np.clip(frame.astype(int) + way * change, 0, 255).astype(np.uint8)\n",
        ],
    },
    "read_watermark": {
        "right": [
            '''
import numpy as np

def read_watermark(values, whose, signs, count):
    soft = np.zeros(count)
    for value, number, sign in zip(values, whose, signs):
        if number >= 0:
            soft[number] += value * sign
    return soft
''',
            '''
import numpy as np

def read_watermark(values, whose, signs, count):
    belongs = np.arange(count)[:, None] == np.asarray(whose)
    return belongs @ (values * signs)
''',
            '''
import torch

def read_watermark(values, whose, signs, count):
    whose = torch.as_tensor(whose).long()
    told = torch.as_tensor(values).double() * torch.as_tensor(signs).double()
    keep = whose >= 0
    return torch.zeros(count, dtype=torch.float64).index_add_(0, whose[keep], told[keep])
''',
            '''
def read_watermark(values, whose, signs, count):
    values = values / signs
    return [float(values[whose == number].sum()) for number in range(count)]
''',
        ],
        "wrong": [
            "import numpy as np\n\ndef read_watermark(values, whose, signs, count):\n    return np.zeros(count)\n",
            "import numpy as np\n\ndef read_watermark(values, whose, signs, count):\n"
            "    return np.array([np.max((values * signs)[whose == k], initial=0) for k in range(count)])\n",
            "import numpy as np\n\ndef read_watermark(values, whose, signs, count):\n"
            "    coded = whose > 0\n"
            "    return np.bincount(whose[coded], (values * signs)[coded], minlength=count)\n",
        ],
    },
    "sign_manifest": {
        "right": [
            '''
import hashlib
import json
from course.lessons.lesson_13 import signatures

def sign_manifest(statement, film, key):
    claim = dict(statement)
    claim["sha256"] = hashlib.new("sha256", film).hexdigest()
    text = json.dumps(claim, sort_keys=True, separators=(",", ":"))
    return dict(claim=claim, signature=signatures.sign(text.encode("utf-8"), key).hex())
''',
            '''
import hashlib
import json
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

def sign_manifest(statement, film, key):
    digest = hashlib.sha256()
    for start in range(0, len(film), 16):
        digest.update(film[start:start + 16])
    claim = statement | {"sha256": digest.hexdigest()}
    ordered = {name: claim[name] for name in sorted(claim)}
    text = json.dumps(ordered, separators=(",", ":")).encode("ascii")
    return {"signature": Ed25519PrivateKey.from_private_bytes(key).sign(text).hex(), "claim": ordered}
''',
            '''
import binascii
import hashlib
import json
from course.lessons.lesson_13.signatures import sign

def sign_manifest(statement, film, key):
    claim = {}
    for name, value in statement.items():
        claim[name] = value
    claim["sha256"] = binascii.hexlify(hashlib.sha256(film).digest()).decode()
    encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
    signature = sign(encoder.encode(claim).encode(), key)
    return {"claim": claim, "signature": "".join(f"{byte:02x}" for byte in signature)}
''',
        ],
        "wrong": [
            "def sign_manifest(statement, film, key):\n    return {'claim': dict(statement), 'signature': ''}\n",
            "import hashlib\nimport hmac\nimport json\n\ndef sign_manifest(statement, film, key):\n"
            "    claim = {**statement, 'sha256': hashlib.sha256(film).hexdigest()}\n"
            "    text = json.dumps(claim, sort_keys=True, separators=(',', ':')).encode()\n"
            "    return {'claim': claim, 'signature': hmac.new(key, text, 'sha256').hexdigest()}\n",
            "import hashlib\nimport json\nfrom course.lessons.lesson_13 import signatures\n\n"
            "def sign_manifest(statement, film, key):\n"
            "    claim = {**statement, 'hash': hashlib.sha256(film).hexdigest()}\n"
            "    text = json.dumps(claim, sort_keys=True, separators=(',', ':')).encode()\n"
            "    return {'claim': claim, 'signature': signatures.sign(text, key).hex()}\n",
        ],
    },
    "detect_fake": {
        "right": [
            '''
import numpy as np

def detect_fake(scores, of_photos, share):
    limit = np.quantile(of_photos, 1 - share, method="inverted_cdf")
    return np.asarray(scores) > limit
''',
            '''
def detect_fake(scores, of_photos, share):
    highest_first = sorted(of_photos, reverse=True)
    may = int(share * len(of_photos))
    limit = highest_first[may]
    return [bool(score > limit) for score in scores]
''',
            '''
import numpy as np

def detect_fake(scores, of_photos, share):
    photos = np.sort(of_photos)
    innocent = np.ceil((1 - share) * len(photos) - 1e-9).astype(int)
    return np.searchsorted(photos, scores, side="left") >= max(np.searchsorted(
        photos, photos[innocent - 1], side="right"), 1)
''',
        ],
        "wrong": [
            "import numpy as np\n\ndef detect_fake(scores, of_photos, share):\n"
            "    return np.zeros(len(scores), bool)\n",
            "import numpy as np\n\ndef detect_fake(scores, of_photos, share):\n"
            "    return np.asarray(scores) > of_photos.mean() + 2 * of_photos.std()\n",
            "import numpy as np\n\ndef detect_fake(scores, of_photos, share):\n"
            "    return np.asarray(scores) > np.quantile(scores, 1 - share) if len(scores) else np.zeros(0, bool)\n",
        ],
    },
    "error_by_group": {
        "right": [
            '''
import math

def error_by_group(wrong, groups, z=1.96):
    counted = {}
    for bad, group in zip(wrong, groups):
        hits, count = counted.get(group, (0, 0))
        counted[group] = hits + int(bad), count + 1
    answer = {}
    for group, (hits, n) in counted.items():
        p = hits / n
        denominator = 1 + z**2 / n
        middle = p + z**2 / (2 * n)
        half = z * math.sqrt((p * (1 - p) + z**2 / (4 * n)) / n)
        answer[group] = (p, (middle - half) / denominator, (middle + half) / denominator)
    return answer
''',
            '''
import numpy as np

def error_by_group(wrong, groups, z=1.96):
    names, index = np.unique(np.asarray(groups, dtype=object).astype(str), return_inverse=True)
    n = np.bincount(index, minlength=len(names))
    hits = np.bincount(index, weights=np.asarray(wrong, float), minlength=len(names)) if len(names) else n
    misses = n - hits
    middle = (hits + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * np.sqrt(hits * misses / np.maximum(n, 1) + z * z / 4)
    return {str(name): [h / k, m - w, m + w] for name, h, k, m, w in zip(names, hits, n, middle, half)}
''',
            '''
import numpy as np

def error_by_group(wrong, groups, z=1.96):
    wrong = np.asarray(wrong)
    answer = {}
    for group in sorted(set(groups)):
        own = wrong[[name == group for name in groups]]
        n, p = own.size, own.sum() / own.size
        # where |p - t| = z sqrt(t (1 - t) / n): a quadratic in t
        low, high = sorted(np.roots([1 + z * z / n, -2 * p - z * z / n, p * p]).real)
        answer[group] = (p, low, high)
    return answer
''',
        ],
        "wrong": [
            "def error_by_group(wrong, groups, z=1.96):\n    return {group: (0.0, 0.0, 1.0) for group in groups}\n",
            "import numpy as np\n\ndef error_by_group(wrong, groups, z=1.96):\n    found = {}\n"
            "    for group in set(groups):\n        own = wrong[np.array(groups) == group]\n"
            "        p, n = own.mean(), len(own)\n        half = z * np.sqrt(p * (1 - p) / max(n - 1, 1))\n"
            "        found[group] = (p, p - half, p + half)\n    return found\n",
            "import numpy as np\n\ndef error_by_group(wrong, groups, z=1.96):\n    found = {}\n"
            "    for group in set(groups):\n        own = wrong[np.array(groups) == group]\n"
            "        n, p = len(own) + 4, (own.sum() + 2) / (len(own) + 4)\n"
            "        half = z * np.sqrt(p * (1 - p) / n)\n"
            "        found[group] = (own.mean(), p - half, p + half)\n    return found\n",
        ],
    },
}
