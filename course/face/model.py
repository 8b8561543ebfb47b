"""A linear three-dimensional face: one shape that can be posed, and the way back from points to motion.

A face is   X = mean + sum_k identity_k B_k + sum_j channel_j D_j        (78 points in three dimensions)
a picture   x = s R X + t,  the first two rows of it                     (weak perspective)

after Blanz and Vetter, "A morphable model for the synthesis of 3D faces" (1999), with one displacement field
D_j for each ARKit channel (blend shapes; Lewis et al., 2014). Motion is found by fitting, never by guessing from
scores: bounded Gauss-Newton least squares on the points.

Units: the model's outer-eye distance is 1; x right in the picture, y down, z away from the viewer; the origin
lies inside the head, where it turns on the neck.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .. import errors
from ..io import weights
from ..keypoints import landmarks
from . import channels as face_channels
from . import least_squares

WEIGHTS_FILE = "face_model.safetensors"
N_CHANNELS = len(face_channels.BLENDSHAPES)
HEAD_COLUMNS = slice(N_CHANNELS, N_CHANNELS + 6)  # headPitch, headYaw, headRoll, headX, headY, headScale
UPPER = 1.2  # a channel may exceed its full strength a little: people differ in reach
NOISE = 0.01  # what a point is expected to be off by, in eye distances; weighs the points against the priors
FAR = 9.0  # where a channel is said to have no bounds
HEAD_HABIT = 1e-6  # how strongly a head channel is drawn to 0, beside 1 / spread^2 of the others: hardly
ROUNDS = 6  # of Gauss-Newton
BLOCK = 256  # frames fitted together, so that memory does not grow with the length of a track


@dataclass(frozen=True)
class FaceModel:
    """The arrays that ship, float64.

    mean: (78, 3); identity: (K, 78, 3), each coefficient varying by about 1 between people;
    channels: (51, 78, 3), the displacement of each of `face.BLENDSHAPES` at 1;
    spread: (51,), how far each channel usually goes: its prior while fitting.
    """

    mean: np.ndarray
    identity: np.ndarray
    channels: np.ndarray
    spread: np.ndarray

    @classmethod
    @lru_cache(maxsize=1)
    def load(cls) -> "FaceModel":
        """The shipped model, read once: (78, 3), (K, 78, 3), (51, 78, 3), (51,). Raises `errors.WeightsError`."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        path = weights.data_file(WEIGHTS_FILE)
        try:
            arrays = load_file(path)
            return cls(*(arrays[name].astype(np.float64) for name in ("mean", "identity", "channels", "spread")))
        except (SafetensorError, OSError, ValueError, KeyError) as problem:
            raise errors.WeightsError(f"{path} cannot be read ({problem}): install the package again") from None


@dataclass
class Face:
    """One person in one picture.

    identity: (K,) coefficients; scale: pixels a unit; origin: (2,) pixels, where the model's origin lies;
    rest: (57,) channel values found in the picture (headX, headY and headScale are 0 there);
    residual: (78, 2) pixels, what the model leaves over at rest; shape: (78, 3), the person's neutral face
    in model units, residual included; model: what it was fitted with.
    """

    identity: np.ndarray
    scale: float
    origin: np.ndarray
    rest: np.ndarray
    residual: np.ndarray
    shape: np.ndarray
    model: FaceModel

    @property
    def eye_distance(self) -> float:
        """Pixels between the outer corners of the eyes, seen from the front."""
        right, left = landmarks.EYE_OUTER_CORNERS
        return float(self.scale * np.linalg.norm(self.shape[left] - self.shape[right]))


# ---------------------------------------------------------------- from the model to the picture


def blendshapes_to_points(shape: np.ndarray, values: np.ndarray, channels: np.ndarray) -> np.ndarray:
    """A neutral face and channel values -> the moved face: (78, 3), (..., 51), (51, 78, 3) -> (..., 78, 3)."""
    # X = shape + sum_j v_j D_j
    return shape + np.tensordot(values, channels, axes=1)


def rotation_matrix(angles: np.ndarray) -> np.ndarray:
    """Pitch, yaw, roll in degrees (..., 3) -> rotation (..., 3, 3); signs as in `face.HEAD`.

    R = R_z(roll) R_y(-yaw) R_x(pitch): with z away from the viewer a face turns towards the right of the
    picture by a negative angle about y.
    """
    pitch, yaw, roll = np.moveaxis(np.radians(np.asarray(angles, float)), -1, 0)
    return _about(2, roll) @ _about(1, -yaw) @ _about(0, pitch)


def angles_of(rotation: np.ndarray) -> np.ndarray:
    """The inverse of `rotation_matrix` for turns below 90 degrees: (..., 3, 3) -> degrees (..., 3)."""
    yaw = np.arcsin(np.clip(rotation[..., 2, 0], -1, 1))
    pitch = np.arctan2(rotation[..., 2, 1], rotation[..., 2, 2])
    roll = np.arctan2(rotation[..., 1, 0], rotation[..., 0, 0])
    return np.degrees(np.stack([pitch, yaw, roll], axis=-1))


def project(shapes: np.ndarray, head: np.ndarray, scale: float = 1.0, origin=(0.0, 0.0)) -> np.ndarray:
    """Weak perspective: shapes (..., 78, 3) and head channels (..., 6) -> points (..., 78, 2) in pixels.

    scale: pixels a unit; origin: pixels (2,). The formula is
    x = scale (1 + headScale) (R X)_xy + origin + scale (headX, headY).
    """
    head = np.asarray(head, float)
    rotation = rotation_matrix(head[..., :3])[..., :2, :]  # (..., 2, 3)
    turned = shapes @ np.swapaxes(rotation, -1, -2)  # (..., 78, 2)
    size = (1 + head[..., 5])[..., None, None]
    return scale * (size * turned + head[..., None, 3:5]) + np.asarray(origin)


def pose_points(face: Face, values: np.ndarray) -> np.ndarray:
    """A face with given channel values, in the picture: (..., 57) -> (..., 78, 2) pixels.

    At `face.rest` these are exactly the points that the face was fitted to.
    Raises `errors.MotionError`: the values do not end in 57.
    """
    values = np.asarray(values, float)
    if values.shape[-1] != len(face_channels.CHANNELS):
        raise errors.MotionError(f"channel values must end in {len(face_channels.CHANNELS)}; these have {values.shape}")
    moved = blendshapes_to_points(face.shape, values[..., :N_CHANNELS], face.model.channels)
    return project(moved, values[..., HEAD_COLUMNS], face.scale, face.origin)


# ---------------------------------------------------------------- from the picture to the model


def fit_pose(points: np.ndarray, shape: np.ndarray) -> tuple:
    """How a known shape is held: the best weak perspective (scaled orthographic pose; DeMenthon and Davis, 1995).

    Args:
        points: (T, 78, 2) pixels; rows of NaN are left out. shape: (78, 3).
    Returns:
        angles (T, 3) in degrees, scale (T,) pixels a unit, origin (T, 2) pixels.
    """
    seen = np.isfinite(points).all(axis=-1)[..., None] * 1.0  # (T, 78, 1)
    count = seen.sum(axis=1, keepdims=True)
    points = np.where(seen > 0, points, 0.0)
    middle_2d = (seen * points).sum(axis=1, keepdims=True) / count
    middle_3d = (seen * shape).sum(axis=1, keepdims=True) / count
    flat, solid = seen * (points - middle_2d), seen * (shape - middle_3d)
    # A = argmin |flat - solid A'|^2, a 2x3 matrix; the nearest scaled rotation to it is the pose
    moment = np.swapaxes(solid, 1, 2)  # (T, 3, 78)
    camera = np.swapaxes(np.linalg.solve(moment @ solid, moment @ flat), 1, 2)  # (T, 2, 3)
    u, stretch, vt = np.linalg.svd(camera, full_matrices=False)
    scale = stretch.mean(axis=1)
    rows = u @ vt  # (T, 2, 3)
    rotation = np.concatenate([rows, np.cross(rows[:, :1], rows[:, 1:])], axis=1)
    origin = middle_2d[:, 0] - scale[:, None] * np.einsum("tij,tj->ti", rows, middle_3d[:, 0])
    return angles_of(rotation), scale, origin


def fit_face(points: np.ndarray, model: FaceModel | None = None) -> Face:
    """Whose face this is, how it is held and what it does.

    Args:
        points: (78, 2) pixels of one photo; or (T, 78, 2), frames of one person, which tell identity from
            expression better. (68, 2) works too; rows of NaN are points that are not known.
    Returns:
        Face: for one photo `pose_points(face, face.rest)` gives back its points exactly; for several frames `rest`
        belongs to the first, and the residual is their mean.
    Raises:
        errors.FaceError: wrong shape, or too few points to tell a face.
    """
    model = model or FaceModel.load()
    frames = _as_frames(points)  # (T, 78, 2)
    angles, scales, origins = fit_pose(frames, model.mean)
    scale, origin = float(np.median(scales)), origins[0]
    start = _start(frames, angles, scales, origins, scale, origin, n_identity=len(model.identity))
    units = (frames - origin) / scale
    found = _fit_person(units, model, start)
    identity = found[:, HEAD_COLUMNS.stop :].mean(axis=0)
    shape = model.mean + np.tensordot(identity, model.identity, axes=1)
    if len(frames) > 1:
        found = _fit_channels(_bare(shape, model), units, found[:, : HEAD_COLUMNS.stop])
    return _settle(model, frames, found[:, : HEAD_COLUMNS.stop], identity, shape, scale, origin)


def fit_channels(face: Face, tracks: np.ndarray, bounded: bool = True) -> np.ndarray:
    """What a known face does in every frame: bounded least squares on the points.

    Args:
        face: from `fit_face`, of this person. tracks: (T, 78, 2) pixels; rows of NaN are points that are not known.
        bounded: whether channels are kept within 0 and `UPPER`.
    Returns:
        (T, 57) channel values, absolute in that face's frame.
    Raises:
        errors.FaceError: wrong shape, or too few points.
    """
    frames = _as_frames(tracks)
    units = (frames - face.origin) / face.scale
    angles, scales, origins = fit_pose(frames, face.shape)
    start = _start(frames, angles, scales, origins, face.scale, face.origin)
    start[:, :N_CHANNELS] = face.rest[:N_CHANNELS]
    bare = _bare(face.shape, face.model)
    blocks = range(0, len(frames), BLOCK)
    return np.concatenate([_fit_channels(bare, units[i : i + BLOCK], start[i : i + BLOCK], bounded) for i in blocks])


def point_slopes(face: Face, values: np.ndarray) -> np.ndarray:
    """How far each point moves for a rise of each channel by 1: the derivatives of `pose_points`.

    Args:
        face: anybody's; values: (T, 57), where to look.
    Returns:
        (T, 57, 78, 2) pixels: by channel, point, x and y. A step of one degree for the head's turns.
    """
    _, slopes = _linearise(np.asarray(values, float), face.shape, face.model.channels)
    return face.scale * slopes


# ---------------------------------------------------------------- inside


def _bare(shape, model) -> Face:
    """A face in model units: one pixel a unit, the origin at 0."""
    n_head = HEAD_COLUMNS.stop
    return Face(np.zeros(0), 1.0, np.zeros(2), np.zeros(n_head), np.zeros(shape[:, :2].shape), shape, model)


def _fit_channels(bare: Face, units, values, bounded: bool = True) -> np.ndarray:
    """Rounds of Gauss-Newton over T frames: points (T, 78, 2) in model units, a first guess (T, 57) -> (T, 57)."""
    weights, low, high = _habits(bare.model)
    if not bounded:
        low[:N_CHANNELS], high[:N_CHANNELS] = -FAR, FAR
    for _ in range(ROUNDS):
        slopes, errors_ = point_slopes(bare, values), units - pose_points(bare, values)
        values = least_squares.fit_step(values, slopes, errors_, weights, low, high)
    return values


def _fit_person(units, model, values) -> np.ndarray:
    """The same with the identity among the unknowns: (T, 78, 2), (T, 57 + K) -> (T, 57 + K).

    Minimises |points - project(mean + channels + identity)|^2 / noise^2 + |channels / spread|^2 + |identity|^2.
    """
    basis = np.concatenate([model.channels, model.identity])  # (M, 78, 3)
    weights, low, high = _habits(model, len(model.identity))
    for _ in range(ROUNDS):
        predicted, slopes = _linearise(values, model.mean, basis)
        values = least_squares.fit_step(values, slopes, units - predicted, weights, low, high)
    return values


def _habits(model, n_identity: int = 0) -> tuple:
    """How strongly each unknown is drawn to 0, and its bounds, in model units: three of (57 + n_identity,)."""
    weights = NOISE**2 * np.concatenate([model.spread**-2, np.full(6, HEAD_HABIT), np.ones(n_identity)])
    free = np.full(6 + n_identity, np.inf)
    return weights, np.r_[np.zeros(N_CHANNELS), -free], np.r_[np.full(N_CHANNELS, UPPER), free]


def _linearise(values, shape, basis) -> tuple:
    """Projected points (T, 78, 2) and their derivatives (T, P, 78, 2) by channels, head and identity."""
    n_frames, n_points = len(values), len(shape)
    head = values[:, HEAD_COLUMNS]
    amounts = np.concatenate([values[:, :N_CHANNELS], values[:, HEAD_COLUMNS.stop :]], axis=1)  # (T, M)
    moved = shape + np.tensordot(amounts, basis, axes=1)  # (T, 78, 3)
    size = (1 + head[:, 5])[:, None, None]
    rotation = rotation_matrix(head[:, :3])
    turned = moved @ rotation[:, :2].transpose(0, 2, 1)  # (T, 78, 2)
    predicted = size * turned + head[:, None, 3:5]
    by_basis = (basis.reshape(-1, 3) @ (size * rotation[:, :2]).transpose(0, 2, 1)).reshape(n_frames, len(basis), -1)
    by_head = np.zeros((n_frames, 6, n_points, 2))
    for axis, change in enumerate(_rotation_changes(head[:, :3])):
        by_head[:, axis] = size * (moved @ change[:, :2].transpose(0, 2, 1))
    by_head[:, 3, :, 0] = by_head[:, 4, :, 1] = 1
    by_head[:, 5] = turned
    by_head = by_head.reshape(n_frames, 6, -1)
    slopes = np.concatenate([by_basis[:, :N_CHANNELS], by_head, by_basis[:, N_CHANNELS:]], axis=1)
    return predicted, slopes.reshape(n_frames, -1, n_points, 2)


def _rotation_changes(angles) -> list:
    """dR by pitch, yaw and roll, for one degree each: three of (T, 3, 3)."""
    pitch, yaw, roll = np.moveaxis(np.radians(angles), -1, 0)
    x, y, z = _about(0, pitch), _about(1, -yaw), _about(2, roll)
    # d/da R_axis(a) = R_axis(a + 90 degrees), less the part along the axis, which does not change
    dx, dy, dz = (_about(axis, angle + np.pi / 2) - _along(axis)
                  for axis, angle in ((0, pitch), (1, -yaw), (2, roll)))
    degree = np.pi / 180
    return [z @ y @ dx * degree, z @ dy @ x * -degree, dz @ y @ x * degree]


def _about(axis: int, angle) -> np.ndarray:
    """Rotation about one axis, angle in radians (...) -> (..., 3, 3)."""
    i, j = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.zeros(np.shape(angle) + (3, 3))
    matrix[..., axis, axis] = 1
    matrix[..., i, i] = matrix[..., j, j] = np.cos(angle)
    matrix[..., j, i] = np.sin(angle)
    matrix[..., i, j] = -matrix[..., j, i]
    return matrix


def _along(axis: int) -> np.ndarray:
    return np.diag(np.eye(3)[axis])


def _start(frames, angles, scales, origins, scale, origin, n_identity: int = 0) -> np.ndarray:
    """First guess (T, 57 + n_identity): the pose found from the plain shape, all else at 0."""
    start = np.zeros((len(frames), HEAD_COLUMNS.stop + n_identity))
    start[:, N_CHANNELS : N_CHANNELS + 3] = angles
    start[:, N_CHANNELS + 3 : N_CHANNELS + 5] = (origins - origin) / scale
    start[:, N_CHANNELS + 5] = scales / scale - 1
    return start


def _settle(model, frames, values, identity, shape, scale, origin) -> Face:
    """The Face whose picture is the first frame: its head shift and size go into origin and scale."""
    head = values[:, HEAD_COLUMNS]
    rotation = rotation_matrix(head[:, :3])
    moved = blendshapes_to_points(shape, values[:, :N_CHANNELS], model.channels)
    left = frames - project(moved, head, scale, origin)  # (T, 78, 2) pixels
    left = np.where(np.isfinite(left), left, 0.0) / (scale * (1 + head[:, 5]))[:, None, None]
    # the rest of each frame, turned back into the head's own axes: (T, 78, 2) @ (T, 2, 3)
    beside = (left @ rotation[:, :2]).mean(axis=0)  # (78, 3)
    rest = values[0].copy()
    rest[HEAD_COLUMNS.stop - 3 :] = 0
    settled = float(scale * (1 + head[0, 5]))
    residual = settled * beside @ rotation[0, :2].T
    return Face(identity, settled, origin + scale * head[0, 3:5], rest, residual, shape + beside, model)


def _as_frames(points) -> np.ndarray:
    """(78, 2), (68, 2) or T of them -> float64 (T, 78, 2), unknown points NaN."""
    points = np.asarray(points, float)
    if points.ndim == 2:
        points = points[None]
    if points.ndim != 3 or points.shape[1:] not in ((landmarks.N_POINTS, 2), (landmarks.N_IBUG, 2)) or not len(points):
        raise errors.FaceError(f"a face is fitted to points of shape (78, 2) or (T, 78, 2), not {points.shape}")
    full = np.full((len(points), landmarks.N_POINTS, 2), np.nan)
    full[:, : points.shape[1]] = points
    enough = np.isfinite(full[:, : landmarks.N_IBUG]).all(axis=-1).sum(axis=1)
    if enough.min() < 20:
        raise errors.FaceError(f"frame {int(enough.argmin())} has only {int(enough.min())} known points of the face: "
                               "20 or more are needed, so fill the gap from its neighbours first")
    return full
