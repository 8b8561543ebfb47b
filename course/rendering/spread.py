"""Values of a coarse grid brought to every pixel of a box: rows first, then columns, two products of matrices.

What comes out lies plane by plane in memory: so do matrices give it, and so does OpenCV read positions soonest.
"""

import numpy as np


def spread(values: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """float32 (n, m, c) by matrices (h, n) and (m, w) -> float32 (h, w, c), in which [..., k] is contiguous."""
    planes = np.empty((values.shape[2], len(rows), columns.shape[1]), np.float32)
    for k, plane in enumerate(planes):
        np.matmul(rows @ values[..., k], columns, out=plane)
    return np.moveaxis(planes, 0, -1)


def linear_matrix(index: np.ndarray, count: int) -> np.ndarray:
    """Linear interpolation at fractional indices (h,), the ends going on beyond, as a matrix: float32 (h, count)."""
    index = np.clip(index, 0, count - 1)
    first = np.minimum(np.floor(index).astype(int), max(count - 2, 0))
    matrix, at = np.zeros((len(index), count)), np.arange(len(index))
    part = index - first
    matrix[at, first] = 1 - part
    matrix[at, np.minimum(first + 1, count - 1)] += part
    return matrix.astype(np.float32)


def cubic_matrix(index: np.ndarray, count: int) -> np.ndarray:
    """Cubic interpolation at fractional indices (h,) as a matrix: float32 (h, count). Keys, 1981, a = -1/2."""
    matrix = np.zeros((len(index), count))
    first = np.floor(index).astype(int)
    for neighbour in (-1, 0, 1, 2):
        x = np.abs(index - first - neighbour)
        near = 1.5 * x**3 - 2.5 * x**2 + 1
        far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
        weight = np.where(x <= 1, near, np.where(x < 2, far, 0))
        np.add.at(matrix, (np.arange(len(index)), np.clip(first + neighbour, 0, count - 1)), weight)
    return matrix.astype(np.float32)
