"""Sets of points laid onto each other: the best similarity, and the mirror image."""

import numpy as np

from . import landmarks


def similarity_transform(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The turn, size and shift that bring `source` nearest to `target`: (K, 2), (K, 2) -> (2, 3).

    The matrix M = [s R | t] minimises sum_k |s R source_k + t - target_k|^2; R turns and never mirrors.
    (Umeyama, "Least-squares estimation of transformation parameters between two point patterns", 1991.)
    """
    source, target = np.asarray(source, float), np.asarray(target, float)
    middle_s, middle_t = source.mean(axis=0), target.mean(axis=0)
    a, b = source - middle_s, target - middle_t  # (K, 2)
    # U D V' = svd(b' a / K);  R = U S V', S = diag(1, det(U V'));  s = trace(D S) / var(a);  t = mean_t - s R mean_s
    u, d, vt = np.linalg.svd(b.T @ a / len(a))
    signs = np.array([1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = u * signs @ vt
    scale = (d * signs).sum() / max((a**2).sum() / len(a), 1e-12)
    return np.column_stack([scale * rotation, middle_t - scale * rotation @ middle_s])


def flip_keypoints(points: np.ndarray, width: int) -> np.ndarray:
    """The points of the mirrored picture, in the usual order: (..., 68 or 78, 2) pixels -> the same shape.

    Mirroring takes column x to column width - 1 - x, and makes a right eye a left one: point i of the mirror
    image is what was point FLIP[i]. width: of the picture, pixels.
    """
    swapped = points[..., landmarks.FLIP[: points.shape[-2]], :]
    # x' = width - 1 - x,  y' = y
    return swapped * np.array([-1, 1]) + np.array([width - 1, 0])
