"""The detectors S3FD and BlazeFace and the landmarker FAN of the package face-alignment, as plain functions.

They are heavier than our own and not needed: the package is optional and its weights are fetched by
`course data fetch face-alignment`. Left alone, face-alignment downloads what it lacks; here nothing is ever
downloaded, a missing file is an error that says where to get it. torch.compile is never run.

S3FD: Zhang et al., 2017. BlazeFace: Bazarevsky et al., 2019. FAN: Bulat and Tzimiropoulos, 2017.
"""

import importlib.util
import pickle
from functools import lru_cache
from pathlib import Path

import numpy as np

from .. import errors

# The files as face-alignment 1.5 looks for them in torch hub's cache
FILES = {
    "sfd": ("s3fd-619a316812.pth",),
    "blazeface": ("blazeface.pth", "anchors.npy"),
    "fan": ("2DFAN4-11f355bf06.pth.tar",),
}

# From each detector's box to the tight one round the 68 points, as parts of its width and height: x1, y1, x2, y2.
# BlazeFace measured on 168 training faces (medians); S3FD, whose box begins at the forehead, by its annotation rules.
TO_TIGHT = {"sfd": (0.0, 0.2, 0.0, 0.0), "blazeface": (0.05, 0.09, -0.06, 0.0)}

LONG_SIDE = 1280  # pixels; S3FD on more takes minutes and gigabytes
CROP = 256  # FAN's input, pixels
REACH = 200 / 195  # the crop's side as a part of the box's width + height, as in FAN's training
RAISE = 0.12  # of the box's height: the crop's centre lies that much above the box's


def available(name: str) -> bool:
    """Whether "sfd", "blazeface" or "fan" can be used here: the package is installed and its weights are cached."""
    return _installed() and all((_cache() / file).is_file() for file in FILES[name])


def detect(image: np.ndarray, detector: str = "sfd") -> np.ndarray:
    """Faces in uint8 (H, W, 3) by "sfd" or "blazeface": float32 (N, 5), best first.

    The boxes are brought to the course's convention, the tight box round the 68 points, on the average.

    Raises:
        errors.FaceError: the package is not installed, or no such detector.
        errors.WeightsError: the weights are not in the cache, or damaged.
    """
    if detector not in TO_TIGHT:
        raise errors.FaceError(f"face-alignment has no detector {detector!r} here: choose from {', '.join(TO_TIGHT)}")
    network = _load(detector)
    # BlazeFace takes 128x128 and no other size: left alone, the package would cut a square out of the middle
    small, scale = _at_most(image, 128, enlarge=True) if detector == "blazeface" else _at_most(image, LONG_SIDE)
    found = _rows(network.detect_from_image(_squared(small) if detector == "blazeface" else small))
    found[:, :4] = tighten(found[:, :4] / scale, detector)
    return found[np.argsort(-found[:, 4], kind="stable")]


def landmarks(image: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """The 68 points of every face by FAN: uint8 (H, W, 3), boxes (N, 4 or 5) tight round the face -> (N, 68, 2) pixels.

    FAN was trained on crops round the tight box of the points, which is ours. The picture's mirror image is
    looked at as well and the two sets of heatmaps are added up.

    Raises: as `detect`.
    """
    if not len(boxes):
        return np.zeros((0, 68, 2), np.float32)
    network = _load("fan")
    return np.stack([_face_points(network, image, box) for box in np.asarray(boxes, np.float64)])


def tighten(boxes: np.ndarray, detector: str) -> np.ndarray:
    """A detector's own boxes (N, 4) -> the tight ones (N, 4)."""
    width_height = np.tile(boxes[:, 2:] - boxes[:, :2], 2)  # (N, 4)
    return boxes + np.array(TO_TIGHT[detector]) * width_height


# ---------------------------------------------------------------- loading, without a download


def _load(name: str):
    """The network of that name; loaded once."""
    if not _installed():
        raise errors.FaceError(f"{name} needs the package face-alignment: pip install face-alignment")
    missing = [file for file in FILES[name] if not (_cache() / file).is_file()]
    if missing:
        raise errors.WeightsError(f"{', '.join(missing)} is not in {_cache()}: run `course data fetch face-alignment`")
    try:
        return _LOADERS[name](str(_cache()))
    except (RuntimeError, OSError, ValueError, EOFError, KeyError, pickle.UnpicklingError) as problem:
        reason = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
        raise errors.WeightsError(f"{name} of face-alignment does not load ({reason}): delete {', '.join(FILES[name])} "
                                  f"in {_cache()} and run `course data fetch face-alignment`") from problem


def _installed() -> bool:
    return importlib.util.find_spec("face_alignment") is not None


def _cache() -> Path:
    import torch

    return Path(torch.hub.get_dir()) / "checkpoints"


@lru_cache(maxsize=1)
def _sfd(cache: str):  # the folder is an argument so that another cache means loading again
    from face_alignment.detection.sfd import FaceDetector

    return FaceDetector(device="cpu", path_to_detector=str(Path(cache) / FILES["sfd"][0]))


@lru_cache(maxsize=1)
def _blazeface(cache: str):
    from face_alignment.detection.blazeface import FaceDetector

    weights, anchors = (str(Path(cache) / file) for file in FILES["blazeface"])
    return FaceDetector(device="cpu", path_to_detector=weights, path_to_anchor=anchors)


@lru_cache(maxsize=1)
def _fan(cache: str):
    import torch
    from face_alignment.models import FAN

    network = FAN(4)  # four hourglasses
    network.load_state_dict(torch.load(Path(cache) / FILES["fan"][0], map_location="cpu", weights_only=True))
    return network.eval()


_LOADERS = {"sfd": _sfd, "blazeface": _blazeface, "fan": _fan}


# ---------------------------------------------------------------- pictures and points


def _rows(found) -> np.ndarray:
    """face-alignment's list of boxes, whatever an empty one looks like, as float32 (N, 5)."""
    rows = [np.asarray(row, np.float32).reshape(-1)[[0, 1, 2, 3, -1]] for row in found if len(row)]
    return np.stack(rows) if rows else np.zeros((0, 5), np.float32)


def _at_most(image, side, enlarge=False) -> tuple:
    """The picture with its long side at `side`, and the factor; smaller ones stay unless they shall be enlarged."""
    import cv2

    scale = side / max(image.shape[:2])
    if scale == 1 or (scale > 1 and not enlarge):
        return image, 1.0
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR), scale


def _squared(image) -> np.ndarray:
    side = max(image.shape[:2])
    square = np.zeros((side, side, 3), np.uint8)
    square[: image.shape[0], : image.shape[1]] = image
    return square


def _face_points(network, image, box) -> np.ndarray:
    """One face: the crop, its mirror image, the heatmaps' peaks, back into the picture: (68, 2)."""
    import cv2
    import torch
    from face_alignment.utils import flip

    x1, y1, x2, y2 = box[:4]
    side = max(REACH * (x2 - x1 + y2 - y1), 1.0)
    corner = np.array([(x1 + x2) / 2, (y1 + y2) / 2 - RAISE * (y2 - y1)]) - side / 2
    scale = CROP / side
    # a pixel's centre is at +0.5, in the picture and in the crop
    matrix = np.array([[scale, 0, (0.5 - corner[0]) * scale - 0.5], [0, scale, (0.5 - corner[1]) * scale - 0.5]])
    shrink = cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR
    crop = _cut(image, matrix, scale, shrink)
    picture = torch.from_numpy(crop).permute(2, 0, 1)[None].float() / 255  # (1, 3, 256, 256)
    with torch.inference_mode():
        heat = network(picture)[-1] + flip(network(flip(picture))[-1], is_label=True)  # (1, 68, 64, 64)
    return (peaks(heat[0].numpy()) / heat.shape[-1] * side + corner).astype(np.float32)


def _cut(image, matrix, scale, interpolation) -> np.ndarray:
    import cv2

    if interpolation == cv2.INTER_AREA:  # a warp would skip pixels: shrink first
        shrunk = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        fx, fy = shrunk.shape[1] / image.shape[1], shrunk.shape[0] / image.shape[0]
        matrix = matrix @ np.array([[1 / fx, 0, 0.5 / fx - 0.5], [0, 1 / fy, 0.5 / fy - 0.5], [0, 0, 1]])
        image = shrunk
    return cv2.warpAffine(image, matrix, (CROP, CROP), flags=cv2.INTER_LINEAR)


def peaks(heat: np.ndarray) -> np.ndarray:
    """Where each heatmap is highest, a quarter of a cell towards the higher neighbour: (K, h, w) -> (K, 2) in cells.

    As in FAN's own reading, and in Newell et al., "Stacked hourglass networks for human pose estimation" (2016).
    """
    count, height, width = heat.shape
    best = heat.reshape(count, -1).argmax(axis=1)
    y, x = np.divmod(best, width)
    padded = np.pad(heat, ((0, 0), (1, 1), (1, 1)), mode="edge")
    k = np.arange(count)
    right = np.sign(padded[k, y + 1, x + 2] - padded[k, y + 1, x])
    below = np.sign(padded[k, y + 2, x + 1] - padded[k, y, x + 1])
    return np.stack([x + 0.5 + 0.25 * right, y + 0.5 + 0.25 * below], axis=1)
