"""What a face does, measured with a ruler on its points: no model of expressions, no bounds, no network.

    points (T, 68 or 78, 2) -> eleven lengths and angles a frame, in the order of `gains.CHANNELS`

Lengths are in eye distances of a head seen from the front, along the head's own axes: so a turned head measures as one
that looks straight ahead, as far as weak perspective goes.
"""

import numpy as np

from ..face import model as face_model
from ..keypoints import landmarks

# What expressions do not move: corners of the eyes, nose, the contour beside the ears
RIGID = np.array([0, 1, 15, 16, 27, 28, 29, 30, 31, 33, 35, 36, 39, 42, 45])
LEAST = 0.01  # eye distances: movement with a smaller standard deviation is no movement


def measures(points: np.ndarray) -> np.ndarray:
    """Eleven numbers a frame, each larger the more of its channel there is: (T, 68 or 78, 2) -> (T, 11)."""
    points = np.asarray(points, float)[:, : landmarks.N_IBUG]
    held = np.full((len(points), landmarks.N_POINTS, 2), np.nan)
    held[:, RIGID] = points[:, RIGID]
    angles, size, _ = face_model.fit_pose(held, face_model.FaceModel.load().mean)
    roll = np.radians(angles[:, 2])
    axes = np.stack([np.cos(roll), np.sin(roll), -np.sin(roll), np.cos(roll)], axis=1).reshape(-1, 2, 2)
    upright = np.einsum("tij,tkj->tki", axes, points) / size[:, None, None]  # (T, 68, 2)

    def apart(a, b):
        return np.linalg.norm(upright[:, a] - upright[:, b], axis=-1)

    def height(*rows):
        return -upright[:, list(rows), 1].mean(axis=1)

    width = upright[:, 54, 0] - upright[:, 48, 0]
    eyes = height(36, 39, 42, 45)
    return np.stack([
        -(apart(37, 41) + apart(38, 40)) / 2,
        -(apart(43, 47) + apart(44, 46)) / 2,
        height(48, 54) - height(51, 57, 62, 66) + width / 2,  # corners up and apart
        apart(62, 66),
        height(*range(17, 27)) - eyes,
        eyes - height(21, 22),
        -width,
        height(50, 51, 52, 61, 62, 63) - height(33),
        *angles.T,
    ], axis=1)  # fmt: skip


# the least standard deviation that counts: eye distances, and degrees for the head
MOVES = np.array([LEAST] * 8 + [2.0] * 3)
