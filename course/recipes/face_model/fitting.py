"""How the weights of the face model are found; `training.py` is the command.

All shapes are three-dimensional landmarks with the head pose taken out, in eye distances, and each is used
twice, as it is and in the mirror, so that the model comes out symmetric. Three unknowns are found in turns:

    what each face does      values     bounded least squares with the displacements as they stand
    what each channel does   D          ridge regression on those values towards the drawn displacements
    how people differ        mean, B    the rest: per person, then principal components over people

Recordings are few, and channels that they hardly show keep their drawn displacement: a ridge term as strong as
`Recipe.drawn` frames of full movement stands behind each.
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from ... import errors
from ...face import channels as face_channels
from ...face import least_squares
from ...face import model as face_model
from ...keypoints import landmarks
from ...training import labelled
from . import drawn_channels

# Left out of the building, so that the round trip on them is a fair figure for what ships.
HELD_OUT_TRACKS = ("d10", "s20")
# The origin, where the head turns on the neck: below the outer corners of the eyes and behind them, in eye distances
NECK_BELOW, NECK_BEHIND = 0.45, 0.6
CLOSED_GAP = 0.005  # between the inner lips of a closed mouth, as the teacher draws it
# Bones, or nearly: corners of the eyes, bridge and tip of the nose, the contour beside the ears
STABLE = np.array([0, 1, 15, 16, 27, 28, 29, 30, 33, 36, 39, 42, 45])


@dataclass
class Recipe:
    """What the shipped weights were made with.

    rounds: of the turns above; components: of the identity basis; drawn: strength of the drawing, in frames of
    full movement; frame, picture: what a frame of a track and a picture count for; depth: trust in z against
    x and y; scores: spread allowed between the teacher's scores and the values found.
    """

    rounds: int = 6
    components: int = 32
    drawn: float = 30.0
    frame: float = 0.25
    picture: float = 0.25
    depth: float = 0.5
    scores: float = 0.3


@dataclass
class Track:
    """One person over time: points (T, 78, 3) in pixels, scores (T, 51), rotation (T, 3, 3), size (2,), fps."""

    name: str
    points: np.ndarray
    scores: np.ndarray
    rotation: np.ndarray
    size: np.ndarray
    fps: float


def load_tracks(folder) -> list:
    """All tracks of a folder of .npz files (mesh478, keypoints68, blendshapes, pose, fps, size).

    Raises:
        errors.CourseError: no such folder, no .npz in it, or one that is no track.
    """
    files = sorted(Path(folder).glob("*.npz"))
    if not files:
        raise errors.CourseError(f"{folder} holds no .npz tracks: name the folder with the tracked motion")
    tracks = []
    for file in files:
        try:
            tracks.append(_load_track(file))
        except (KeyError, ValueError, IndexError, OSError, EOFError, zipfile.BadZipFile) as problem:
            raise errors.CourseError(f"{file} holds no tracked motion ({problem}): take it out of the folder, or name "
                                     "the folder of the tracks") from None
    return tracks


def _load_track(file: Path) -> Track:
    with np.load(file) as track:
        mesh = track["mesh478"].astype(np.float64)
        ibug = track["keypoints68"].astype(np.float64)
        extra = mesh[:, landmarks.MESH_EXTRA]
        nearest = np.argmin(((mesh[0, None, :468, :2] - ibug[0, :, None]) ** 2).sum(axis=2), axis=1)  # (68,)
        points = np.concatenate([np.concatenate([ibug, mesh[:, nearest, 2:]], axis=2), extra], axis=1)
        u, _, vt = np.linalg.svd(track["pose"][:, :3, :3].astype(np.float64))
        turned = np.diag([1.0, -1.0, -1.0])  # the teacher's y points up and its z towards the viewer
        scores = track["blendshapes"][:, -len(face_channels.BLENDSHAPES) :].astype(np.float64)
        return Track(file.stem, points, scores, turned @ (u @ vt) @ turned, track["size"], float(track["fps"]))


# ---------------------------------------------------------------- alignment


def similarity(shapes: np.ndarray, target: np.ndarray, trust: np.ndarray) -> np.ndarray:
    """Shapes (N, 78, 3) moved, turned and scaled onto a target (78, 3) by weights (78,) (Umeyama, 1991)."""
    trust = trust[:, None] / trust.sum()
    middle = (trust * shapes).sum(axis=1, keepdims=True)
    goal = (trust * target).sum(axis=0)
    centred, aim = shapes - middle, target - goal
    u, stretch, vt = np.linalg.svd(np.swapaxes(centred, 1, 2) @ (trust * aim))
    flip = np.ones((len(shapes), 3))
    flip[:, 2] = np.sign(np.linalg.det(u @ vt))
    rotation = u * flip[:, None] @ vt
    scale = (stretch * flip).sum(axis=1) / (trust * centred**2).sum(axis=(1, 2))
    return scale[:, None, None] * centred @ rotation + goal


def _upright(tracks: list) -> np.ndarray:
    """The mean shape as the teacher's head pose says it stands: (78, 3), eye distance 1, symmetric."""
    shapes = np.concatenate([np.einsum("tji,tnj->tni", track.rotation, track.points)[::10] for track in tracks])
    right, left = landmarks.EYE_OUTER_CORNERS
    shapes -= (shapes[:, right] + shapes[:, left])[:, None] / 2
    shapes /= landmarks.eye_distance(shapes)[:, None, None]
    return _centred(shapes.mean(axis=0))


def _centred(shape: np.ndarray) -> np.ndarray:
    """Symmetric, eye distance 1, origin where the head turns on the neck."""
    shape = (shape + drawn_channels.mirror(shape)) / 2
    right, left = landmarks.EYE_OUTER_CORNERS
    shape = shape - (shape[right] + shape[left]) / 2
    return shape / landmarks.eye_distance(shape) - np.array([0, NECK_BELOW, NECK_BEHIND])


# A parted mouth at rest is closed by moving its points towards each other, the lower lip further: the inner
# point, the one across, how far, and which point of the outer line goes along.
LIP_PAIRS = ((61, 67, (49, 50), (59, 58)), (62, 66, (51,), (57,)), (63, 65, (52, 53), (56, 55)))
UPPER_SHARE = 0.3


def close_lips(shapes: np.ndarray, gap: float = CLOSED_GAP) -> np.ndarray:
    """Faces at rest keep their lips together: (..., 78, 3) -> (..., 78, 3). Differences of faces: gap=0.

    Without it an open mouth would be taken for a person's nature and never for jawOpen.
    """
    closed = shapes.copy()
    for upper, lower, above, below in LIP_PAIRS:
        parted = shapes[..., lower, 1] - shapes[..., upper, 1] - gap
        for points, share in (((upper, *above), UPPER_SHARE), ((lower, *below), UPPER_SHARE - 1)):
            for point in points:
                closed[..., point, 1] += share * parted
    return closed


# ---------------------------------------------------------------- the three turns


def find_values(offsets, channels, scores, spread, depth: float, scored: float) -> np.ndarray:
    """Bounded values (N, 51) that explain offsets from neutral (N, 78, 3), near the teacher's scores."""
    weight = np.sqrt(np.array([1, 1, depth]))
    basis = (channels * weight).reshape(len(channels), -1)  # (51, 234)
    prior, near = face_model.NOISE**2 / spread**2, face_model.NOISE**2 / scored**2
    hessian = basis @ basis.T + np.diag(prior + near)
    gradient = (offsets * weight).reshape(len(offsets), -1) @ basis.T + near * scores
    upper = np.full(len(channels), face_model.UPPER)
    hessian = np.broadcast_to(hessian, (len(offsets), *hessian.shape))
    return least_squares.solve(hessian, gradient, scores, 0 * upper, upper)


def find_channels(offsets, values, trust, drawn, regions, strength: float) -> np.ndarray:
    """Displacements (51, 78, 3) by ridge regression of offsets (N, 78, 3) on values (N, 51) towards `drawn`.

    A point is moved only by the channels in whose region it lies: regions (51, 78) bool.
    D = drawn + (V'V + strength)^-1 V'(Y - V drawn), point by point.
    """
    channels = drawn.copy()
    for point in range(offsets.shape[1]):
        own = np.flatnonzero(regions[:, point])
        if not len(own):
            continue
        used = values[:, own]  # (N, O)
        left = offsets[:, point] - used @ drawn[own, point]  # (N, 3)
        weighted = (used * trust[:, None]).T
        channels[own, point] += np.linalg.solve(weighted @ used + strength * np.eye(len(own)), weighted @ left)
    return channels


def principal_components(shapes: np.ndarray, count: int) -> tuple:
    """Mean (78, 3) and `count` components (K, 78, 3), scaled so that each coefficient varies by 1."""
    both = np.concatenate([shapes, drawn_channels.mirror(shapes)])
    mean = both.mean(axis=0)
    flat = (both - mean).reshape(len(both), -1)
    _, stretch, vt = np.linalg.svd(flat, full_matrices=False)
    spread = stretch[:count] / np.sqrt(len(flat))
    return mean, (spread[:, None] * vt[:count]).reshape(-1, *mean.shape)


def build(tracks: list, pictures: labelled.LabelledFaces, recipe: Recipe | None = None) -> face_model.FaceModel:
    """The model out of tracks of people over time and labelled pictures of many people."""
    recipe = recipe or Recipe()
    drawn = drawn_channels.fields()
    regions = np.stack([drawn_channels.region(name) for name in face_channels.BLENDSHAPES])  # (51, 78)
    bones = np.zeros(landmarks.N_POINTS)
    bones[STABLE] = 1
    mean = _upright(tracks)
    moving = [similarity(track.points, mean, bones) for track in tracks]
    still = similarity(pictures.points.astype(np.float64), mean, bones)
    channels, spread = drawn, np.full(len(drawn), 0.5)
    identity = np.zeros((0, *mean.shape))
    usual = np.median(pictures.blendshapes, axis=0)
    scores = [_as_values(track.scores, usual) for track in tracks]
    picture_scores = _as_values(pictures.blendshapes.astype(np.float64), usual)
    for _ in tqdm(range(recipe.rounds), desc="building the face model", unit="round"):
        offsets, values = [], []
        for shapes, score in zip(moving, scores):
            own = _neutral(shapes, score, channels, spread, recipe)
            offsets.append(shapes - own)
            values.append(find_values(offsets[-1], channels, score, spread, recipe.depth, recipe.scores))
        people = _without_expression(still, picture_scores, mean, identity, channels, spread, recipe)
        still_offsets = still - people
        still_values = find_values(still_offsets, channels, picture_scores, spread, recipe.depth, recipe.scores)
        offsets, values = np.concatenate(offsets + [still_offsets]), np.concatenate(values + [still_values])
        trust = np.r_[np.full(len(values) - len(still), recipe.frame), np.full(len(still), recipe.picture)]
        both = np.concatenate([offsets, drawn_channels.mirror(offsets)])
        both_values = np.concatenate([values, values[:, drawn_channels.MIRRORED]])
        channels = find_channels(both, both_values, np.r_[trust, trust], drawn, regions, recipe.drawn)
        channels = (channels + drawn_channels.mirror(channels)[drawn_channels.MIRRORED]) / 2
        neutral = close_lips(still - np.tensordot(still_values, channels, axes=1))
        mean, identity = principal_components(neutral, recipe.components)
        spread = _spread(both_values)
    return _finish(mean, identity, channels, spread)


def _as_values(scores: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """The teacher's scores in our units: rest is what most people score, and a shut eye is 1 (it says 0.65)."""
    full = np.ones(len(usual))
    for name in ("eyeBlinkLeft", "eyeBlinkRight"):
        full[face_channels.BLENDSHAPES.index(name)] = 0.65
    return np.clip((scores - usual) / (full - usual), 0, 1)


def _neutral(shapes, scores, channels, spread, recipe: Recipe) -> np.ndarray:
    """One person's face at rest (78, 3), out of frames in which it moves; three turns are enough."""
    values = scores
    for _ in range(3):
        own = close_lips((shapes - np.tensordot(values, channels, axes=1)).mean(axis=0))
        values = find_values(shapes - own, channels, scores, spread, recipe.depth, recipe.scores)
    return own


def _without_expression(shapes, scores, mean, identity, channels, spread, recipe: Recipe) -> np.ndarray:
    """Each picture's person at rest (N, 78, 3): mean and identity, as far as the identity basis reaches."""
    values = scores
    people = np.broadcast_to(mean, shapes.shape)
    if not len(identity):
        return people
    basis = identity.reshape(len(identity), -1)
    inner = basis @ basis.T + face_model.NOISE**2 * np.eye(len(basis))
    for _ in range(3):
        left = shapes - mean - np.tensordot(values, channels, axes=1)
        amounts = np.linalg.solve(inner, basis @ left.reshape(len(left), -1).T).T  # (N, K)
        people = mean + np.tensordot(amounts, identity, axes=1)
        values = find_values(shapes - people, channels, scores, spread, recipe.depth, recipe.scores)
    return people


def _spread(values: np.ndarray) -> np.ndarray:
    """The prior of each channel: how far it goes in the recordings, 0.15 at least and 0.6 at most."""
    return np.clip(np.sqrt((values**2).mean(axis=0)) * 1.5, 0.15, 0.6)


def _gaze_in_all_directions(spread: np.ndarray) -> np.ndarray:
    """Eyes go as far out and up as in and down: one pupil is little evidence, so a tight prior would hold them back."""
    even = spread.copy()
    gaze = [i for i, name in enumerate(face_channels.BLENDSHAPES) if name.startswith("eyeLook")]
    even[gaze] = spread[gaze].max()
    return even


def _finish(mean, identity, channels, spread) -> face_model.FaceModel:
    """All in units of the mean's own eye distance, with the origin inside the head."""
    scale = 1 / landmarks.eye_distance(mean)
    return face_model.FaceModel(_centred(mean), identity * scale, channels * scale,
                                _gaze_in_all_directions(spread))
