"""How close is a made picture to the true one, and a made movement to the true one?

Pictures are uint8 (H, W, 3). Errors between pictures are in parts of full white, as the papers print them.
A metric that takes `mask`, bool (H, W), counts only where it is true.
"""

import cv2
import numpy as np

from ..keypoints import landmarks

SIGMA, RADIUS = 1.5, 5  # px: the window of SSIM is a Gaussian cut off to 11 x 11 (Wang et al., 2004)
K1, K2 = 0.01, 0.03
WHITE = 255.0

# How far the regions around mouth and eyes reach beyond their points, in parts of the eye distance.
MOUTH_MARGIN, EYE_MARGIN = 0.08, 0.06


def l1(made: np.ndarray, true: np.ndarray, mask: np.ndarray | None = None) -> float:
    """Mean absolute difference: uint8 (H, W, 3) twice, bool (H, W) -> 0 (the same) to 1; NaN under an empty mask."""
    # L1 = 1/N sum |made - true|
    difference = cv2.absdiff(made, true).mean(axis=2) / WHITE  # (H, W)
    if mask is None:
        return float(difference.mean())
    return float(difference[mask].mean()) if mask.any() else float("nan")


def psnr(made: np.ndarray, true: np.ndarray) -> float:
    """Peak signal-to-noise ratio, uint8 (H, W, 3) twice -> decibels; more is better, infinite for equal pictures."""
    # MSE = 1/N sum (made - true)^2
    error = float(((made.astype(np.float64) - true.astype(np.float64)) ** 2).mean())
    if error == 0:
        return float("inf")
    # PSNR = 10 log10(white^2 / MSE)
    return float(10 * np.log10(WHITE**2 / error))


def ssim(made: np.ndarray, true: np.ndarray) -> float:
    """Structural similarity, uint8 (H, W, 3) twice -> -1 to 1 (the same): the mean over pixels and colour channels.

    Windows that reach over the border do not count: the pictures are larger than 10 pixels each way.
    """
    return float(ssim_map(made, true)[RADIUS:-RADIUS, RADIUS:-RADIUS].mean())


def ssim_map(made: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Structural similarity of the windows around all pixels, uint8 (H, W, 3) twice -> (H, W, 3).

    Compares the mean, the contrast and the pattern in a Gaussian window (Wang, Bovik, Sheikh and Simoncelli,
    "Image quality assessment", 2004).
    """
    x, y = made.astype(np.float64), true.astype(np.float64)
    mean_x, mean_y = window_mean(x), window_mean(y)
    # var x = E[x^2] - E[x]^2,   cov = E[x y] - E[x] E[y]
    variance_x = window_mean(x * x) - mean_x**2
    variance_y = window_mean(y * y) - mean_y**2
    covariance = window_mean(x * y) - mean_x * mean_y
    c1, c2 = (K1 * WHITE) ** 2, (K2 * WHITE) ** 2  # keep flat regions from dividing by zero
    # SSIM = (2 mx my + c1) (2 cov + c2) / ((mx^2 + my^2 + c1) (vx + vy + c2))
    return ((2 * mean_x * mean_y + c1) * (2 * covariance + c2)
            / ((mean_x**2 + mean_y**2 + c1) * (variance_x + variance_y + c2)))


def window_mean(image: np.ndarray) -> np.ndarray:
    """Each pixel's mean over the 11 x 11 window around it, weighted by a Gaussian: float (H, W, 3) -> (H, W, 3)."""
    side = 2 * RADIUS + 1
    return cv2.GaussianBlur(image, (side, side), SIGMA, borderType=cv2.BORDER_REFLECT)


def akd(made: np.ndarray, true: np.ndarray) -> float:
    """Average keypoint distance in pixels: (..., K, 2), (..., K, 2) -> mean Euclidean distance.

    The points are those that one and the same judge finds in the made and in the true frames. Where it found none
    they are NaN, here or there, and do not count; NaN if that leaves nothing.
    """
    # AKD = 1/N sum |made - true|
    distance = np.linalg.norm(made - true, axis=-1)
    known = distance[np.isfinite(distance)]
    return float(known.mean()) if known.size else float("nan")


def nme(found: np.ndarray, true: np.ndarray) -> float:
    """Normalised mean error in percent: (N, K, 2), (N, K, 2) -> float; only the first 68 of K points count.

    The distance between the outer corners of the eyes is 100 %, so that a large picture of a face and a small one
    count alike (300-W; Sagonas et al., 2013).
    """
    # NME = 100 / N sum_n (1/68 sum_k |found_nk - true_nk|) / |true_n,36 - true_n,45|
    distance = np.linalg.norm(found - true, axis=-1)[:, : landmarks.N_IBUG].mean(axis=1)  # (N,)
    return float((distance / landmarks.eye_distance(true)).mean() * 100)


def jitter(points: np.ndarray, reference: np.ndarray | None = None) -> float:
    """How much points shake, in pixels a frame squared: (T, K, 2) -> mean length of the second difference.

    With a reference (T, K, 2), such as the same points in the true film, only the shaking that is not in
    the reference counts. NaN below three frames.
    """
    if len(points) < 3:
        return float("nan")
    moved = points if reference is None else points - reference
    # a_t = p_{t+1} - 2 p_t + p_{t-1}
    acceleration = moved[2:] - 2 * moved[1:-1] + moved[:-2]  # (T - 2, K, 2)
    return float(np.linalg.norm(acceleration, axis=-1).mean())


def hull_mask(points: np.ndarray, height: int, width: int, margin: float = 0) -> np.ndarray:
    """Inside of the convex hull of points (K, 2) in pixels, grown by `margin` pixels: bool (H, W)."""
    mask = np.zeros((height, width), np.uint8)
    hull = cv2.convexHull(np.round(points).astype(np.int32))
    cv2.fillConvexPoly(mask, hull, 1)
    reach = round(margin)
    if reach > 0:
        mask = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)))
    return mask.astype(bool)


def face_mask(points: np.ndarray, height: int, width: int) -> np.ndarray:
    """From the eyebrows to the chin: the hull of the 68 points (68 or 78, 2) -> bool (H, W)."""
    return hull_mask(points[: landmarks.N_IBUG], height, width)


def mouth_mask(points: np.ndarray, height: int, width: int) -> np.ndarray:
    """The lips and a little around them: points (68 or 78, 2) -> bool (H, W)."""
    return hull_mask(points[landmarks.LIPS_OUTER], height, width, MOUTH_MARGIN * landmarks.eye_distance(points))


def eyes_mask(points: np.ndarray, height: int, width: int) -> np.ndarray:
    """Both eyes with their lids: points (68 or 78, 2) -> bool (H, W)."""
    margin = EYE_MARGIN * landmarks.eye_distance(points)
    right = hull_mask(points[landmarks.EYE_RIGHT], height, width, margin)
    return right | hull_mask(points[landmarks.EYE_LEFT], height, width, margin)


def precision_recall(scores: np.ndarray, right: np.ndarray, total: int) -> tuple:
    """Precision and recall after the best box, the best two, and so on: scores (N,), right (N,) -> (N,), (N,).

    right: whether each box sits on a face; total: how many faces there are, found or not.
    """
    order = np.argsort(-np.asarray(scores, np.float64), kind="stable")
    hits = np.cumsum(np.asarray(right, bool)[order])  # (N,)
    # precision = hits / boxes shown,   recall = hits / faces there are
    return hits / np.arange(1, len(hits) + 1), hits / max(total, 1)


def average_precision(scores: np.ndarray, right: np.ndarray, total: int) -> float:
    """Area under the precision-recall curve, 0 to 1: scores (N,), right bool (N,), how many faces there are.

    At each recall the best precision that can be had at it or beyond counts, so that the curve only falls
    (Everingham et al., "The Pascal visual object classes challenge", 2010; every point, as from 2010 on).
    """
    precision, recall = precision_recall(scores, right, total)
    # p(r) = max precision at recalls >= r,   AP = sum (r_k - r_{k-1}) p(r_k)
    falling = np.maximum.accumulate(precision[::-1])[::-1]
    return float((np.diff(recall, prepend=0.0) * falling).sum())
