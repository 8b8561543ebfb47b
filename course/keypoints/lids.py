"""A finer look at each eye: where its corners, its lids and its pupil are.

    points of the whole face -> a square round each eye -> a small network -> seven points of each eye

In the landmarker's crop of a whole face an eye is twenty pixels wide, and one that shuts is read as half shut. Here it
is seen nearly twice as large. The left eye is mirrored, so that one network serves both.
"""

import functools

import numpy as np
import torch
from torch import nn

from ..io import weights
from . import crops, heatmaps, landmarks

WEIGHTS = "lids.safetensors"
SIZE = 64  # px of the square
SIDE = 0.62  # its width, in eye distances
WIDTHS = (16, 32, 48, 48)  # channels at strides 2, 4, 8, 16
# Corners, lids and pupil of the right eye; and of the left one in the same order, seen in the mirror
POINTS = np.array([[36, 37, 38, 39, 40, 41, 68], [45, 44, 43, 42, 47, 46, 69]])


class _Residual(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
                                    nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        return torch.relu(x + self.layers(x))


def _down(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU())


class LidNetwork(nn.Module):
    """Squares round one eye (N, 3, 64, 64) in [0, 1] -> its seven points (N, 7, 2) in [0, 1] of the square."""

    def __init__(self):
        super().__init__()
        a, b, c, d = WIDTHS
        self.at_2 = _down(3, a)
        self.at_4 = nn.Sequential(_down(a, b), _Residual(b))
        self.at_8 = nn.Sequential(_down(b, c), _Residual(c))
        self.at_16 = nn.Sequential(_down(c, d), _Residual(d))
        self.up_8, self.up_4, self.join = nn.Conv2d(d, c, 1), nn.Conv2d(c, b, 1), _Residual(b)
        self.maps = nn.Conv2d(b, POINTS.shape[1], 1)

    def forward(self, eyes):
        """(N, 3, 64, 64) in [0, 1] -> (N, 7, 2) in [0, 1], x right, y down."""
        at_4 = self.at_4(self.at_2(eyes * 2 - 1))  # (N, 32, 16, 16)
        at_8 = self.at_8(at_4)  # (N, 48, 8, 8)
        at_16 = self.at_16(at_8)  # (N, 48, 4, 4)
        y = torch.relu(at_8 + _twice(self.up_8(at_16)))
        return heatmaps.soft_argmax(self.maps(self.join(torch.relu(at_4 + _twice(self.up_4(y))))))


def _twice(x):
    return nn.functional.interpolate(x, scale_factor=2, mode="nearest")


def squares_of(points: np.ndarray) -> list:
    """Where each eye is looked at: points (78, 2) -> matrices (2, 3) from the picture to the square, right and left."""
    right, left = (points[index] for index in landmarks.EYE_OUTER_CORNERS)
    tilt = float(np.degrees(np.arctan2(*(left - right)[::-1])))
    # seen from the side eyes come together while the nose stays as long as it is
    unit = max(float(landmarks.eye_distance(points)), 1.65 * float(np.linalg.norm(points[27] - points[33])), 1.0)
    return [crops.square_matrix(points[row[[0, 3]]].mean(axis=0), SIDE * unit, SIZE, tilt) for row in POINTS]


def cut(image: np.ndarray, matrices: list) -> np.ndarray:
    """What the network sees, the left eye mirrored: uint8 (H, W, 3), of `squares_of` -> uint8 (2, 64, 64, 3)."""
    right, left = (crops.cut(image, matrix, SIZE) for matrix in matrices)
    return np.stack([right, left[:, ::-1]])


def refined(image: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Points of a face with those of its eyes read anew: uint8 (H, W, 3), (78, 2) in pixels -> float32 (78, 2).

    Raises errors.WeightsError: no weights, or damaged ones.
    """
    matrices = squares_of(points)
    eyes = torch.from_numpy(cut(image, matrices)).permute(0, 3, 1, 2).float().div(255)
    with torch.inference_mode():
        found = _network()(eyes).numpy() * SIZE - 0.5  # (2, 7, 2)
    found[1, :, 0] = SIZE - 1 - found[1, :, 0]
    result = np.array(points, np.float32)
    for row, matrix, seen in zip(POINTS, matrices, found):
        inverse = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2]
        result[row] = crops.apply(inverse, seen)
    return result


@functools.lru_cache(maxsize=1)
def _network() -> LidNetwork:
    return weights.fill(LidNetwork(), weights.load_tensors(WEIGHTS), WEIGHTS)
