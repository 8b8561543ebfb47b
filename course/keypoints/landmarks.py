"""Which point is which: the iBUG-68 layout, and the ten points we keep beside it.

Points 0-67 are the 68 of iBUG 300-W (Sagonas et al., 2013). "Right" and "left" are the person's own:
in an unmirrored photo the right eye is on the left of the picture, and its points come first.
Points 68 and 69 are the right and left pupil; 70-77 run along the top of the forehead, from the
person's right to their left, where the hair begins.
"""

import numpy as np

N_IBUG = 68
N_POINTS = 78

JAW = np.arange(0, 17)
BROW_RIGHT = np.arange(17, 22)
BROW_LEFT = np.arange(22, 27)
NOSE = np.arange(27, 36)
EYE_RIGHT = np.arange(36, 42)  # outer corner, two upper lid, inner corner, two lower lid
EYE_LEFT = np.arange(42, 48)  # inner corner, two upper lid, outer corner, two lower lid
LIPS_OUTER = np.arange(48, 60)
LIPS_INNER = np.arange(60, 68)  # 60, 64 corners; 61-63 upper; 65-67 lower
PUPILS = np.array([68, 69])
FOREHEAD = np.arange(70, 78)

# upper lid, lower lid, pupil; each from the corner with the smaller number to the other one
LID_UPPER = (np.array([36, 37, 38, 39]), np.array([42, 43, 44, 45]))
LID_LOWER = (np.array([36, 41, 40, 39]), np.array([42, 47, 46, 45]))
LID_PUPIL = (68, 69)
EYE_OUTER_CORNERS = (36, 45)

# MediaPipe's mesh indices of the ten further points: two iris centres, eight along the hair line
MESH_EXTRA = np.array([468, 473, 21, 54, 103, 109, 338, 332, 284, 251])


def _flip_order() -> np.ndarray:
    order = np.arange(N_POINTS)
    mirrored_runs = [(0, 16), (17, 26), (31, 35), (48, 54), (60, 64), (70, 77), (68, 69)]
    for first, last in mirrored_runs:
        order[first : last + 1] = np.arange(last, first - 1, -1)
    pairs = [(36, 45), (37, 44), (38, 43), (39, 42), (40, 47), (41, 46), (55, 59), (56, 58), (65, 67)]
    for a, b in pairs:
        order[a], order[b] = b, a
    return order


# After a horizontal flip of the picture, point i is what was point FLIP[i].
FLIP = _flip_order()


def eye_distance(points: np.ndarray) -> np.ndarray:
    """Distance between the outer corners of the eyes: (..., 68 or 78, 2) -> (...), the field's yardstick."""
    right, left = EYE_OUTER_CORNERS
    return np.linalg.norm(points[..., right, :] - points[..., left, :], axis=-1)


def tight_boxes(points: np.ndarray) -> np.ndarray:
    """The box around the 68 points: (..., 68 or 78, 2) -> (..., 4) as x1, y1, x2, y2."""
    ibug = points[..., :N_IBUG, :]
    return np.concatenate([ibug.min(axis=-2), ibug.max(axis=-2)], axis=-1)


def share_inside(points: np.ndarray, shape) -> float:
    """The share of points (K, 2) that lie in a picture of shape (H, W): 1 where it shows all of them."""
    height, width = shape[:2]
    return float(((points >= -0.5) & (points <= np.array([width, height]) - 0.5)).all(axis=-1).mean())
