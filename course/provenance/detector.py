"""Is one picture of a face a frame of a film of ours? A small network that looks at pixels alone.

    picture -> the largest face -> a square of 128 px -> network -> a score in [0, 1]

It knows no mark, no manifest and no other frame, and it was taught nothing but films of this system: data/fakes.md says
what that is worth.
"""

import functools

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from .. import errors, images
from ..detection import detector
from ..io import weights
from ..keypoints import crops, find, landmarks

WEIGHTS = "fakes.safetensors"
SIZE = 128  # px of the square that the network sees
ROOM = 1.25  # its side, in sides of the square that the landmarker sees
LIMIT = 0.5  # from this score on a picture counts as a frame of a film
CHANNELS = (6, 24, 32, 48, 64, 96)
DETAIL = 6.0  # how much fine detail is enlarged before the network sees it beside the picture


class FakesNet(nn.Module):
    """Faces (N, 3, 128, 128) in [0, 1] -> logits (N,): above 0, more likely a frame of a film than a photo."""

    def __init__(self):
        super().__init__()
        layers = []
        for before, after in zip(CHANNELS, CHANNELS[1:]):  # 128 -> 64 -> 32 -> 16 -> 8 -> 4 px
            layers += [nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
        self.layers = nn.Sequential(*layers)
        # few people are learned from: a third of what is seen is left out in training (Srivastava et al., 2014)
        self.head = nn.Sequential(nn.Flatten(), nn.Dropout(1 / 3), nn.Linear(CHANNELS[-1] * 16, 1))

    def forward(self, faces):
        """(N, 3, 128, 128) -> (N,)."""
        fine = faces - functional.avg_pool2d(faces, 3, 1, 1, count_include_pad=False)
        return self.head(self.layers(torch.cat([faces - 0.5, DETAIL * fine], 1)))[:, 0]


@functools.lru_cache(maxsize=1)
def load_fakes() -> FakesNet:
    """The shipped network, ready to use. Raises `errors.WeightsError`."""
    return weights.fill(FakesNet(), weights.load_tensors(WEIGHTS), WEIGHTS)


def face_square(image: np.ndarray, points: np.ndarray, size: int = SIZE) -> np.ndarray:
    """The face that the network sees, upright or not as it stands there.

    Args:
        image: uint8 (H, W, 3); points: (78, 2) in pixels; size: pixels a side; more than `SIZE` shows more around it,
            in the same scale.
    Returns:
        uint8 (size, size, 3).
    """
    centre, side = crops.square_around(points)
    return crops.cut(image, crops.square_matrix(centre, side * ROOM * size / SIZE, size), size)


@torch.inference_mode()
def scores(squares: np.ndarray, network: FakesNet | None = None) -> np.ndarray:
    """Faces uint8 (N, 128, 128, 3) from `face_square` -> float32 (N,) in [0, 1]. Raises `errors.WeightsError`."""
    network = network or load_fakes()
    seen = torch.from_numpy(np.ascontiguousarray(squares)).permute(0, 3, 1, 2).float() / 255
    return torch.sigmoid(network(seen)).numpy()


def detect_fake(image, points: np.ndarray | None = None, network: FakesNet | None = None) -> float:
    """How much one picture of a face looks like a frame of a film of ours, in [0, 1].

    From `LIMIT` on it counts as one. A score is no probability, and no proof: how often it is wrong, and about whom,
    stands in data/fakes.md. Films of other systems were not tried.

    Args:
        image: path, PIL picture or array, see `images.as_image`; the largest face in it is looked at.
        points: float (78, 2), pixels, where they are known; else they are found.
        network: the shipped one by default.
    Raises:
        errors.ImageError: no picture; errors.FaceError: no face in it, or points of another shape;
        errors.WeightsError.
    """
    image = images.as_image(image)
    points = largest_face(image) if points is None else np.asarray(points, np.float32)
    if points is None:
        raise errors.FaceError(f"no face found (best score {detector.best_score(image):.2f}): the detector of films "
                               "looks at faces alone, so give a picture that shows one")
    if points.shape != (landmarks.N_POINTS, 2) or not np.isfinite(points).all():
        raise errors.FaceError(f"a face has {landmarks.N_POINTS} points (x, y) that are numbers, not an array of shape "
                               f"{points.shape}: take them from keypoints.find_points")
    return float(scores(face_square(image, points)[None], network)[0])


def largest_face(image: np.ndarray) -> np.ndarray | None:
    """The points (78, 2) of the largest face of uint8 (H, W, 3), or None. Raises `errors.WeightsError`."""
    boxes = detector.detect_faces(image)
    if not len(boxes):
        return None
    sides = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    return find.find_points(image, boxes[[int(sides.argmax())]])[0]
