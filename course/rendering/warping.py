"""Moving pixels: where each pixel of the new picture looks in the old one, and how it is read there.

All warps here go backwards: a position (x, y) in pixels for every pixel of the result, so that no pixel of the
result stays empty. `sample` is what the system runs; `bilinear_sample` is the same thing written out. `flow.sampling`
is the twin of this file in torch, for batches and gradients: NumPy and OpenCV are quicker for one frame.
"""

import cv2
import numpy as np

from ..keypoints import crops


def identity_grid(height: int, width: int) -> np.ndarray:
    """Where nothing moves, every pixel looks at itself: float32 (height, width, 2), x then y, in pixels."""
    y, x = np.mgrid[:height, :width]
    return np.stack([x, y], axis=-1).astype(np.float32)


def normalised(positions: np.ndarray, height: int, width: int) -> np.ndarray:
    """Pixels to the [-1, 1] of `torch.nn.functional.grid_sample(align_corners=True)`; any shape (..., 2)."""
    # -1 is the centre of the first pixel, +1 the centre of the last
    return 2 * positions / np.array([max(width - 1, 1), max(height - 1, 1)], np.float32) - 1


def bilinear_sample(image: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Read an image between its pixels.

    Args:
        image: (H, W, C); positions: (h, w, 2), x and y in pixels of `image`. Outside, the border is repeated.
    Returns:
        float32 (h, w, C).
    """
    height, width = image.shape[:2]
    x = np.clip(positions[..., 0], 0, width - 1)
    y = np.clip(positions[..., 1], 0, height - 1)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    a, b = (x - left)[..., None], (y - top)[..., None]  # (h, w, 1), how far to the next pixel
    pixels = image.astype(np.float32)
    # I(x, y) = (1-b) [(1-a) I00 + a I01] + b [(1-a) I10 + a I11]
    upper = (1 - a) * pixels[top, left] + a * pixels[top, right]
    lower = (1 - a) * pixels[bottom, left] + a * pixels[bottom, right]
    return ((1 - b) * upper + b * lower).astype(np.float32)


def sample(image: np.ndarray, positions: np.ndarray, smooth: bool = True) -> np.ndarray:
    """`bilinear_sample` at speed, in the type of the image; `smooth` takes cubic weights, which blur less."""
    how = cv2.INTER_CUBIC if smooth else cv2.INTER_LINEAR
    return cv2.remap(image, np.ascontiguousarray(positions, np.float32), None, how, borderMode=cv2.BORDER_REPLICATE)


def similarity(source: np.ndarray, target: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """The turn, size and shift that carry points closest to others: (n, 2), (n, 2) -> float64 (2, 3).

    Least squares in closed form (Umeyama, 1991; in the plane it is one complex division). Points that all
    coincide give a pure shift.
    """
    w = np.ones(len(source)) if weights is None else np.asarray(weights, np.float64)
    w = w / w.sum()
    a = source @ np.array([1, 1j])
    b = target @ np.array([1, 1j])
    mean_a, mean_b = w @ a, w @ b
    spread = w @ np.abs(a - mean_a) ** 2
    # z = sum w conj(a - mean_a) (b - mean_b) / sum w |a - mean_a|^2: its angle is the turn, its size the scale
    z = w @ (np.conj(a - mean_a) * (b - mean_b)) / spread if spread > 1e-9 else 1.0
    shift = mean_b - z * mean_a
    z = complex(z)
    return np.array([[z.real, -z.imag, shift.real], [z.imag, z.real, shift.imag]])


def transform(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Points (..., 2) through an affine (2, 3)."""
    return crops.apply(matrix, points)


def inverted(matrix: np.ndarray) -> np.ndarray:
    """The affine (2, 3) that undoes this one; a flat one (no area left) is undone as a pure shift."""
    square = matrix[:, :2]
    if abs(np.linalg.det(square)) < 1e-9:
        return np.hstack([np.eye(2), -matrix[:, 2:]])
    inverse = np.linalg.inv(square)
    return np.hstack([inverse, -inverse @ matrix[:, 2:]])


def thin_plate_spline(points, values, queries, smoothing: float = 0.0) -> np.ndarray:
    """The smoothest surface through values at scattered points, read at other places.

    A thin sheet of metal held at `points` bends as little as it can (Duchon, 1977; Bookstein, 1989).

    Args:
        points: (n, 2); values: (n, d); queries: (m, 2); smoothing: 0 goes through all values, more bends less.
    Returns:
        float64 (m, d).
    """
    return evaluate_spline(points, fit_spline(points, values, smoothing), queries)


def spline_kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """U(r) = r^2 log r between all pairs: (n, 2), (m, 2) -> (n, m), in the type of the points."""
    squared, other = a[:, :1] - b[:, 0], a[:, 1:] - b[:, 1]
    squared *= squared
    other *= other
    squared += other
    # r^2 log r = r^2 log(r^2) / 2; the least number keeps log(0) away, where U is 0
    np.log(np.add(squared, np.finfo(squared.dtype).tiny, out=other), out=other)  # in place: there are many of them
    squared *= other
    squared *= 0.5
    return squared


def fit_spline(points: np.ndarray, values: np.ndarray, smoothing: float = 0.0) -> np.ndarray:
    """Weights (n + 3, d) of the spline: n kernels, then 1, x, y."""
    points = np.asarray(points, np.float64)
    n = len(points)
    # [K + s I   P] [w]   [v]
    # [P^T       0] [a] = [0]      the lower rows keep the kernels from doing what the affine part can do
    system = np.zeros((n + 3, n + 3))
    system[:n, :n] = spline_kernel(points, points) + smoothing * np.eye(n)
    system[:n, n] = system[n, :n] = 1
    system[:n, n + 1 :] = points
    system[n + 1 :, :n] = points.T
    right = np.zeros((n + 3, np.shape(values)[1]))
    right[:n] = values
    try:
        weights = np.linalg.solve(system, right)
    except np.linalg.LinAlgError:
        weights = np.full_like(right, np.nan)
    if not np.isfinite(weights).all() or np.abs(weights).max() > 1e6 * (1 + np.abs(right).max()):
        # points that coincide or lie on one line: the least of all solutions
        weights = np.linalg.lstsq(system, right, rcond=None)[0]
    return weights


def evaluate_spline(points: np.ndarray, weights: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """f(q) = sum w_i U(|q - p_i|) + a_0 + a_x x + a_y y: (n, 2), (n + 3, d), (m, 2) -> (m, d)."""
    n = len(points)
    kernel = spline_kernel(np.asarray(queries), np.asarray(points, np.asarray(queries).dtype))  # (m, n)
    weights = weights.astype(kernel.dtype)
    return kernel @ weights[:n] + weights[n] + queries @ weights[n + 1 :]
