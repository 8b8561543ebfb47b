"""The simple rule that the network has to beat: how much fine detail a face has, and where, weighed by a straight line.

    a face -> detail at four scales, in its middle and in all of it, and noise -> logistic regression

(Cox, "The regression analysis of binary sequences", 1958.)
"""

import cv2
import numpy as np


def features(face: np.ndarray) -> np.ndarray:
    """uint8 (128, 128, 3) -> float64 (20,): logarithms of mean contrasts."""
    found = []
    picture = cv2.cvtColor(face, cv2.COLOR_RGB2YCrCb).astype(np.float32)
    for _ in range(4):  # detail that is lost from each scale to the next coarser one
        fine = np.abs(picture - cv2.GaussianBlur(picture, (0, 0), 1.0))
        side = fine.shape[0]
        inner = slice(side // 4, 3 * side // 4)
        middle, all_of_it = fine[inner, inner].mean(axis=(0, 1)), fine.mean(axis=(0, 1))
        found += [middle[0], all_of_it[0], middle[1:].mean(), all_of_it[1:].mean()]
        picture = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    light = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY).astype(np.float32)
    noise = np.abs(light - cv2.medianBlur(light, 3))
    steps = [np.abs(np.diff(light, axis=axis)).mean() for axis in (0, 1)]
    found += [noise.mean(), np.median(noise), *steps]
    return np.log(np.array(found, np.float64) + 1e-3)


class Line:
    """Logistic regression on standardised features; `fit` returns one."""

    def __init__(self, mean: np.ndarray, scale: np.ndarray, weights: np.ndarray):
        """mean, scale: (D,); weights: (D + 1,), the constant last."""
        self.mean, self.scale, self.weights = mean, scale, weights

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Features (N, D) -> (N,) in [0, 1]."""
        return 1 / (1 + np.exp(-_with_one((rows - self.mean) / self.scale) @ self.weights))


def fit(rows: np.ndarray, labels: np.ndarray, ridge: float = 1.0) -> Line:
    """The line that fits features (N, D) to labels (N,) best, by Newton's method; ridge keeps weights small."""
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    x, y = _with_one((rows - mean) / scale), labels.astype(float)
    weights, keep = np.zeros(x.shape[1]), ridge * np.eye(x.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-x @ weights))
        # w += (X' P X + r)^-1 (X' (y - p) - r w)
        hessian = (x * (p * (1 - p))[:, None]).T @ x + keep
        weights = weights + np.linalg.solve(hessian, x.T @ (y - p) - keep @ weights)
    return Line(mean, scale, weights)


def _with_one(rows: np.ndarray) -> np.ndarray:
    return np.concatenate([rows, np.ones((len(rows), 1))], axis=1)
