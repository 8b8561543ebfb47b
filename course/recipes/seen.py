"""What our landmarker sees of each channel: `course train seen`.

    a face at rest -> points; the same face moved by our warp, channels known -> points; the difference -> displacements

Many people, each with several mixtures of channels. What the landmarker saw is regressed on what the channels were,
towards the displacements of the face model: a channel of which little is seen gets a small displacement.
"""

from pathlib import Path

import numpy as np
import torch
from tqdm.auto import tqdm

from .. import images
from ..face import channels, posing
from ..face import model as face_model
from ..io import weights
from ..keypoints import crops, landmarks, reading
from ..rendering import portrait
from ..training import labelled
from . import table
from .face_model import drawn_channels

PEOPLE, MIXTURES = 330, 7
SIDE, ROOM = 256, 1.55  # pixels of a picture, and its side in extents of the face
RIDGE = 4.0  # how strongly a displacement is drawn to the face model's, in frames of full movement
OUTLIER = 0.15  # eye distances: what is further off was read wrongly
# Of the labelled pictures, which nobody warped, 0.78 of a brow's way is seen, of warped ones 0.63. So this share of
# what was measured counts. Of lids that shut and of lips, which are looked at from near, all is seen.
SHARE = 0.65
BROWS = np.r_[17:27]
# The contour beside the ears and the hair line hold the head's place: what moves them in the landmarker's eyes while
# the head stands still counts whole, for every channel
HOLDING = np.r_[0:3, 14:17, landmarks.FOREHEAD]
TOGETHER = [  # channels that are moved together, beside every channel by itself
    [name + side for side in ("Left", "Right")]
    for name in ("browDown", "browOuterUp", "cheekSquint", "eyeBlink", "eyeBlink", "eyeLookDown", "eyeLookUp",
                 "eyeSquint", "eyeWide", "mouthDimple", "mouthFrown", "mouthLowerDown", "mouthPress", "mouthSmile",
                 "mouthStretch", "mouthUpperUp", "noseSneer")
] + [["browInnerUp", "browOuterUpLeft", "browOuterUpRight"], ["eyeLookInLeft", "eyeLookOutRight"],
     ["eyeLookOutLeft", "eyeLookInRight"], ["mouthRollLower", "mouthRollUpper"], ["mouthClose", "jawOpen"], ["jawOpen"],
     *[[name] for name in channels.BLENDSHAPES if not name.endswith(("Left", "Right"))]]


def train(data, *, steps=None, resume: bool = False, device: str = "cpu", logdir=None,
          out="runs/seen.safetensors") -> Path:
    """Measure what is seen on the training part of labelled pictures and write it.

    Args:
        data: folders of labelled pictures; steps, resume, device: there is nothing to choose; logdir: not needed; out:
            the weights' file.
    Returns:
        `out`.
    Raises:
        errors.CourseError: no labelled pictures, or a choice that there is none of; errors.OutputError: a place that
        cannot be written.
    """
    table.refuse_steps("model of what is seen", steps, resume, device)
    faces = labelled.load_labelled(*data).part("train")
    rng = np.random.default_rng(0)
    changes, moved = [], []
    for index in tqdm(rng.permutation(len(faces))[:PEOPLE], desc="looking at moved faces", unit="face"):
        picture, points = closely(images.load_image(faces.paths[index]), faces.points[index, :, :2])
        theirs = looked_at(picture, points, rng, MIXTURES)
        changes.append(theirs[0])
        moved.append(theirs[1])
    fields = displacements(np.concatenate(changes), np.concatenate(moved), face_model.FaceModel.load().channels)
    weights.write_weights({"displacements": torch.from_numpy(fields.astype(np.float32))}, out)
    print(f"{out}: what is seen of {len(fields)} channels, on {len(changes)} people")
    return Path(out)


def closely(image: np.ndarray, points: np.ndarray) -> tuple:
    """A picture round one face, uint8 (SIDE, SIDE, 3), and its points (78, 2) there."""
    low, high = points.min(axis=0), points.max(axis=0)
    matrix = crops.square_matrix((low + high) / 2, float((high - low).max()) * ROOM, SIDE)
    return crops.cut(image, matrix, SIDE), crops.apply(matrix, points)


def looked_at(picture: np.ndarray, points: np.ndarray, rng, mixtures: int) -> tuple:
    """One person moved and looked at: changes of the channels (N, 51), and how far points were seen to go (N, 78, 2).

    points: (78, 2), roughly where they are. The way of the points is in eye distances, along the tilted head's axes.
    """
    points = _read(picture, points)
    face, actor = face_model.fit_face(points), portrait.Portrait(picture, points)
    changes, moved = [], []
    for _ in range(mixtures):
        values = mixture(face.rest, rng)
        seen = _read(actor.render(posing.posed_points(face, values)), points)
        changes.append((values - face.rest)[: face_model.N_CHANNELS])
        moved.append(posing.beside_model(face, face.rest[None], seen[None])[0])
    return np.stack(changes), np.stack(moved)


def _read(picture, points) -> np.ndarray:
    """The landmarker's points (78, 2), as in a film: by a look at where they were, and one more."""
    return reading.second_look(picture, reading.second_look(picture, points).points).points


def mixture(rest: np.ndarray, rng) -> np.ndarray:
    """Values (57,) away from a photo's: one to three groups of channels, each by an amount of its own."""
    values = rest.copy()
    for group in rng.permutation(len(TOGETHER))[: rng.integers(1, 4)]:
        amount = rng.uniform(0.15, 1)
        for name in TOGETHER[group]:
            column = channels.INDEX[name]
            values[column] = np.clip(values[column] + amount * rng.uniform(0.8, 1.2), 0, 1.1)
    return values


def displacements(changes: np.ndarray, moved: np.ndarray, plain: np.ndarray) -> np.ndarray:
    """The displacement of each channel as it is seen: (51, 78, 2).

    S = D + (V'V + ridge)^-1 V'(Y - V D), with every row also in the mirror.

    Args:
        changes: V, (N, 51); moved: Y, (N, 78, 2), eye distances; plain: D, the face model's, (51, 78, 3).
    """
    flat = plain[..., :2]
    both = np.concatenate([changes, changes[:, drawn_channels.MIRRORED]])
    seen = np.concatenate([moved, moved[:, landmarks.FLIP] * np.array([-1.0, 1.0])])
    left = (seen - np.tensordot(both, flat, axes=1)).clip(-OUTLIER, OUTLIER)
    inner = both.T @ both + RIDGE * np.eye(len(flat))
    less = np.linalg.solve(inner, both.T @ left.reshape(len(left), -1)).reshape(flat.shape)
    found = flat.copy()
    found[:, HOLDING] += less[:, HOLDING]
    upper = [column for column, name in enumerate(channels.BLENDSHAPES) if name.startswith(("eye", "brow"))]
    own = np.ix_(upper, BROWS)
    found[own] += SHARE * less[own]
    return found
