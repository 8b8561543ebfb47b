"""How the network reads the points of one face.

Two looks: the first at the detector's box, the second at the same face turned upright and centred. The second
look sees the crop and its mirror image and takes the mean of both, which is steadier than either; and eyes and mouth
are looked at once more from near (`lids`, `lips`).
"""

import functools
from typing import NamedTuple

import numpy as np

from .. import images
from . import alignment, landmarks, lids, lips, quick_landmarker
from . import crops as keypoint_crops

WEIGHTS = "keypoints.safetensors"
MARGIN = 4  # px kept around the square that is cut out, so that its border is read as in the whole picture


class Look(NamedTuple):
    """What one look of the network found.

    points: float32 (78, 2) in pixels; doubt: how far the crop and its mirror image disagree, as a share of the face
    (0 where only the crop was looked at); spread: how wide the heatmaps are, as a share of the crop: 0.11 to 0.14 on
    a face that shows, above 0.17 where there is none.
    """

    points: np.ndarray
    doubt: float
    spread: float


def points_in_box(image: np.ndarray, box: np.ndarray) -> np.ndarray:
    """The points of one face, float32 (78, 2) in pixels, by both looks at its box. Raises as `look_in_box`."""
    return look_in_box(image, box).points


def look_in_box(image: np.ndarray, box: np.ndarray) -> Look:
    """Both looks at a detector's box.

    Args:
        image: uint8 (H, W, 3); box: (4,) or (5,), x1, y1, x2, y2 in pixels, brows to chin.
    Raises:
        errors.WeightsError: no weights, or damaged ones.
    """
    center, side = keypoint_crops.square_from_box(box)
    return second_look(image, look(image, center, side, 0.0, mirrored=False).points)


def second_look(image: np.ndarray, points: np.ndarray) -> Look:
    """The look at a face upright and centred, by points (78, 2) of a first one. Raises errors.WeightsError."""
    found = upright_look(image, points)
    return found._replace(points=lips.refined(image, found.points))


def upright_look(image: np.ndarray, points: np.ndarray) -> Look:
    """The same before the mouth is looked at from near, by which nobody can tell whether there is a face at all."""
    right, left = points[landmarks.EYE_OUTER_CORNERS[0]], points[landmarks.EYE_OUTER_CORNERS[1]]
    tilt = float(np.degrees(np.arctan2(left[1] - right[1], left[0] - right[0])))
    center, side = _upright_square(points, tilt)
    found = look(image, center, side, tilt, mirrored=True)
    return found._replace(points=lids.refined(image, found.points))


def _upright_square(points: np.ndarray, tilt: float) -> tuple:
    """The square around the points as they lie once the tilt is undone."""
    turn = keypoint_crops.square_matrix((0, 0), 1, 1, tilt)[:, :2]
    center, side = keypoint_crops.square_around(points @ turn.T)
    return turn.T @ center, side


def look(image: np.ndarray, center, side: float, tilt: float, mirrored: bool) -> Look:
    """One look of the network at a square.

    Args:
        image: uint8 (H, W, 3); center: (2,), side: of the square, pixels; tilt: of the face, degrees clockwise.
        mirrored: look at the mirror image too and take the mean.
    Raises:
        errors.WeightsError: no weights, or damaged ones.
    """
    points_of, size = quick_landmarker.network(WEIGHTS) or _torch_network(), quick_landmarker.CROP
    matrix = _crop_matrix(center, side, size, tilt)
    crop = _cut(image, matrix, size)
    crops = np.stack([crop, crop[:, ::-1]]) if mirrored else crop[None]
    found, spread = points_of(crops)  # (1 or 2, 78, 2) in [0, 1], (1 or 2, 78)
    found = found * size - 0.5  # the middle of the first pixel is 0 in a picture, half a pixel in [0, 1]
    points, doubt = found[0], 0.0
    if mirrored:
        back = alignment.flip_keypoints(found[1], size)
        doubt = float(np.linalg.norm(points - back, axis=1).mean() / max(np.ptp(points, axis=0).max(), 1e-6))
        points = (points + back) / 2
    inverse = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2]
    return Look(keypoint_crops.apply(inverse, points).astype(np.float32), doubt, float(spread[0].mean()))


def _crop_matrix(center, side: float, size: int, tilt: float) -> np.ndarray:
    """(2, 3): the tilted square's corners in the picture go to the corners of a `size` crop, and all else with them."""
    angle = np.deg2rad(tilt)
    along = max(side, 1e-3) * np.array([np.cos(angle), np.sin(angle)])
    down = np.array([-along[1], along[0]])
    steps = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])  # around the square, (4, 2)
    corners = np.asarray(center, float) + (steps - 0.5) @ np.array([along, down])
    return alignment.similarity_transform(corners, steps * float(size))


def _cut(image: np.ndarray, matrix: np.ndarray, size: int) -> np.ndarray:
    """The crop (size, size, 3): first the upright square that holds it, then that square turned and scaled."""
    image, matrix = images.shrunk(image, matrix)
    inverse = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2]
    x, y = (int(v) for v in keypoint_crops.apply(inverse, np.array([size / 2, size / 2])))
    reach = 2 * int(np.ceil(size * np.sqrt(abs(np.linalg.det(inverse[:, :2])) / 2) + MARGIN))
    part = images.crop_square(image, x, y, reach)
    corner = np.array([x, y]) - reach // 2
    matrix = np.column_stack([matrix[:, :2], keypoint_crops.apply(matrix, corner)])
    return keypoint_crops.cut(part, matrix, size)


@functools.lru_cache(maxsize=1)
def _torch_network():
    """As `quick_landmarker.network`, by the parts that the lessons build."""
    import torch

    from . import heatmaps

    network, _ = load_network()

    @torch.inference_mode()
    def points_of(crops: np.ndarray) -> tuple:
        maps = network.maps(torch.from_numpy(crops).permute(0, 3, 1, 2).float().div(255))  # (N, 78, 32, 32)
        return heatmaps.soft_argmax(maps).numpy(), heatmaps.spread(maps).numpy()

    return points_of


def load_network(tensors: dict | None = None) -> tuple:
    """The landmarker ready to look, batch norms folded into their convolutions: (network, crop size in pixels).

    tensors: in place of the shipped weights. Raises errors.WeightsError: missing, damaged or of another network.
    """
    import torch

    from ..io import weights
    from . import network

    tensors = weights.load_tensors(WEIGHTS) if tensors is None else tensors
    net = network.fold_norms(weights.fill(network.Landmarker(), tensors, WEIGHTS))
    return net.to(memory_format=torch.channels_last), network.SETTINGS.crop
