"""68 points on every face of a picture (and ten more inside), and the points of one face through a video.

Two looks: the first at the detector's box, the second at the same face turned upright and centred. The second
look sees the crop and its mirror image and takes the mean of both, which is steadier than either.
"""

import functools
import importlib

import numpy as np

from . import alignment, detection, errors, images, landmark_data, landmarks

WEIGHTS = "keypoints.safetensors"
BACKENDS = ("auto", "embedded", "face-alignment")

DOUBT = 0.05  # the crop and its mirror image disagree by this share of the face: it is probably no face any more
MARGIN = 4  # px kept around the square that is cut out, so that its border is read as in the whole picture
LOOK_AGAIN = 25  # frames after which the tracker asks the detector whether the face is still there


# What lesson 02 teaches, by the module in which the running system calls it.
TAUGHT = {"gaussian_heatmap": "heatmaps", "soft_argmax": "heatmaps", "similarity_transform": "alignment",
          "flip_keypoints": "alignment", "nme": "metrics"}


def __getattr__(name: str):
    if name in TAUGHT:
        return getattr(importlib.import_module(f"course.{TAUGHT[name]}"), name)
    raise AttributeError(f"module 'course.keypoints' has no attribute {name!r}")


def find_keypoints(image: np.ndarray, boxes=None, backend: str = "auto") -> np.ndarray:
    """The 68 iBUG points of every face.

    Args:
        image: uint8 (H, W, 3), RGB.
        boxes: (N, 4) or (N, 5), x1, y1, x2, y2 in pixels; None asks `detection.detect_faces`.
        backend: "auto" and "embedded" use our own network; "face-alignment" uses FAN (Bulat and Tzimiropoulos, 2017).
    Returns:
        float32 (N, 68, 2), pixels, one row a face, in the order of the boxes.
    Raises:
        errors.FaceError: unknown backend. errors.WeightsError: its weights are not here.
    """
    if backend not in BACKENDS:
        raise errors.FaceError(f"unknown backend {backend!r} for keypoints: choose from {', '.join(BACKENDS)}")
    if boxes is None:
        boxes = detection.detect_faces(image, backend="face-alignment" if backend == "face-alignment" else "auto")
    if backend == "face-alignment":
        from . import face_alignment_backend

        return face_alignment_backend.landmarks(image, boxes)
    return find_points(image, boxes)[:, : landmarks.N_IBUG]


def find_points(image: np.ndarray, boxes=None) -> np.ndarray:
    """All 78 points (see `landmarks`) of every face: float32 (N, 78, 2), pixels."""
    boxes = _as_boxes(detection.detect_faces(image) if boxes is None else boxes)
    found = [_points_in_box(image, box) for box in boxes]
    return np.stack(found) if found else np.zeros((0, landmarks.N_POINTS, 2), np.float32)


def track_points(frames) -> tuple:
    """The points of one face, the largest, through a video.

    The crop follows the points of the last frame; the detector is asked at the start, when the face is lost, and
    now and then. Frames in which it is lost are interpolated between their neighbours.

    Args:
        frames: iterable of uint8 (H, W, 3); only one is held at a time.
    Returns:
        points float32 (T, 78, 2) in pixels, tracked bool (T,): false where interpolated. Empty without a face.
    """
    rows, last = [], None
    for number, frame in enumerate(frames):
        if last is not None and number % LOOK_AGAIN == 0 and not _still_there(frame, last):
            last = None
        if last is not None:
            last = _follow(frame, last)
        if last is None:
            last = _largest(frame)
        rows.append(last)
    tracked = np.array([row is not None for row in rows], bool)
    if not tracked.any():
        return np.zeros((0, landmarks.N_POINTS, 2), np.float32), tracked
    unknown = np.full((landmarks.N_POINTS, 2), np.nan, np.float32)
    points = np.stack([unknown if row is None else row for row in rows])
    return interpolate_lost(points, tracked), tracked


def interpolate_lost(points: np.ndarray, tracked: np.ndarray) -> np.ndarray:
    """Fill frames in which the face was lost, on straight lines between their neighbours: (T, 78, 2), (T,)."""
    filled = points.copy()
    known, lost = np.flatnonzero(tracked), np.flatnonzero(~tracked)
    flat = filled.reshape(len(filled), -1)  # (T, 156), a view
    for column in range(flat.shape[1]):
        flat[lost, column] = np.interp(lost, known, flat[known, column])
    return filled


# ---------------------------------------------------------------- one face


def _points_in_box(image: np.ndarray, box: np.ndarray) -> np.ndarray:
    center, side = landmark_data.square_from_box(box)
    first, _ = look(image, center, side, 0.0, mirrored=False)
    return second_look(image, first)[0]


def second_look(image: np.ndarray, points: np.ndarray) -> tuple:
    right, left = points[landmarks.EYE_OUTER_CORNERS[0]], points[landmarks.EYE_OUTER_CORNERS[1]]
    tilt = float(np.degrees(np.arctan2(left[1] - right[1], left[0] - right[0])))
    center, side = _upright_square(points, tilt)
    return look(image, center, side, tilt, mirrored=True)


def _upright_square(points: np.ndarray, tilt: float) -> tuple:
    """The square around the points as they lie once the tilt is undone."""
    turn = landmark_data.square_matrix((0, 0), 1, 1, tilt)[:, :2]
    center, side = landmark_data.crop_square(points @ turn.T)
    return turn.T @ center, side


def look(image: np.ndarray, center, side: float, tilt: float, mirrored: bool) -> tuple:
    """One look of the network at a square: points (78, 2) in pixels, and the doubt.

    mirrored: look at the mirror image too and take the mean; the doubt is then how far the two disagree, as a
    share of the face, else 0.
    """
    import torch

    size = _network()[1]
    matrix = _crop_matrix(center, side, size, tilt)
    crop = _cut(image, matrix, size)
    crops = np.stack([crop, crop[:, ::-1]]) if mirrored else crop[None]
    with torch.inference_mode():
        batch = torch.from_numpy(crops).permute(0, 3, 1, 2).float().div(255)  # (1 or 2, 3, 128, 128)
        found = _network()[0](batch).numpy()  # (1 or 2, 78, 2) in [0, 1]
    found = found * size - 0.5  # the middle of the first pixel is 0 in a picture, half a pixel in [0, 1]
    points, doubt = found[0], 0.0
    if mirrored:
        back = alignment.flip_keypoints(found[1], size)
        doubt = float(np.linalg.norm(points - back, axis=1).mean() / max(np.ptp(points, axis=0).max(), 1e-6))
        points = (points + back) / 2
    inverse = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2]
    return landmark_data.apply(inverse, points).astype(np.float32), doubt


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
    image, matrix = landmark_data.shrunk(image, matrix)
    inverse = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2]
    x, y = (int(v) for v in landmark_data.apply(inverse, np.array([size / 2, size / 2])))
    reach = 2 * int(np.ceil(size * np.sqrt(abs(np.linalg.det(inverse[:, :2])) / 2) + MARGIN))
    part = images.crop_square(image, x, y, reach)
    corner = np.array([x, y]) - reach // 2
    matrix = np.column_stack([matrix[:, :2], landmark_data.apply(matrix, corner)])
    return landmark_data.cut(part, matrix, size)


def _follow(frame: np.ndarray, last: np.ndarray):
    points, doubt = second_look(frame, last)
    if doubt > DOUBT:
        return None
    # What moved far was cut off by the old crop: look once more where it is now.
    moved = np.abs(points.mean(axis=0) - last.mean(axis=0)).max()
    if moved > 0.06 * np.ptp(last, axis=0).max():
        points, doubt = second_look(frame, points)
    return points if doubt <= DOUBT else None


def _largest(frame: np.ndarray):
    boxes = detection.detect_faces(frame)
    if not len(boxes):
        return None
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return _points_in_box(frame, boxes[np.argmax(areas)])


def _still_there(frame: np.ndarray, points: np.ndarray) -> bool:
    """Whether the detector, too, sees a face here; true where it sees none at all (a turned head is no lost one)."""
    boxes = detection.detect_faces(frame)
    if not len(boxes):
        return True
    x1, y1, x2, y2 = landmarks.tight_boxes(points)
    width = np.minimum(boxes[:, 2], x2) - np.maximum(boxes[:, 0], x1)
    height = np.minimum(boxes[:, 3], y2) - np.maximum(boxes[:, 1], y1)
    return bool((width.clip(0) * height.clip(0)).max() > 0.3 * (x2 - x1) * (y2 - y1))


def _as_boxes(boxes) -> np.ndarray:
    boxes = np.asarray(boxes, np.float32)
    if boxes.size == 0:
        return np.zeros((0, 5), np.float32)
    if boxes.ndim != 2 or boxes.shape[1] not in (4, 5) or not np.isfinite(boxes).all():
        raise errors.FaceError(f"boxes must have shape (N, 4) or (N, 5) and be finite; these have {boxes.shape}")
    return boxes


@functools.lru_cache(maxsize=1)
def _network() -> tuple:
    return load_network()


def load_network(tensors: dict | None = None) -> tuple:
    """The landmarker ready to look, batch norms folded into their convolutions: (network, crop size)."""
    import torch

    from . import landmarker, weights

    net = landmarker.Landmarker()
    tensors = weights.load_tensors(WEIGHTS) if tensors is None else tensors
    try:
        missing, unknown = net.load_state_dict({k: v.float() for k, v in tensors.items()}, strict=False)
    except RuntimeError as problem:
        raise errors.WeightsError(f"{WEIGHTS} does not fit this version ({problem}): install again") from None
    if unknown or any(not name.endswith("num_batches_tracked") for name in missing):
        raise errors.WeightsError(f"{WEIGHTS} does not fit this version: install the package again")
    net = landmarker.fold_norms(net.eval())
    return net.to(memory_format=torch.channels_last), landmarker.SETTINGS.crop
