"""Training the finer look at the eyes: `course train lids`.

    labelled faces -> tiles, some with lids moved by our own warp -> both eyes, disturbed -> L1 on points and gaps
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from ..face import channels, posing
from ..face import model as face_model
from ..keypoints import alignment, crops, lids
from ..rendering import portrait
from ..training import labelled
from . import near

LOOKS = (("eyeLookOutLeft", "eyeLookInRight"), ("eyeLookInLeft", "eyeLookOutRight"),
         ("eyeLookUpLeft", "eyeLookUpRight"), ("eyeLookDownLeft", "eyeLookDownRight"))


@dataclass(frozen=True)
class Recipe:
    """What the shipped weights were trained with."""

    steps: int = 1500
    batch: int = 24  # faces, two eyes each
    learning_rate: float = 3e-3
    warmup: int = 100  # steps
    weight_decay: float = 0.02
    average: float = 0.997  # the weights that are kept are a running mean
    moved: int = 420  # faces of which there are further ones with moved lids
    each: int = 3  # as many of each
    gap: float = 1.0  # how much the gaps between the lids count beside the points
    coarse: float = 0.45  # share of the faces that are seen small
    smallest: float = 9.0  # eye distance in pixels of the smallest
    glasses: float = 0.2  # share of the eyes behind a drawn rim
    workers: int = 1  # processes that make crops
    save_every: int = 250  # steps
    seed: int = 0


RECIPE = Recipe()


def train(data, *, steps: int | None = None, resume: bool = False, device: str = "cpu", logdir="runs/lids",
          out="runs/lids.safetensors", recipe: Recipe = RECIPE) -> Path:
    """Train on the "train" part of labelled folders and write the weights, half floats.

    Args and errors: as `keypoints.training.train`.
    """
    faces = labelled.load_labelled(*data).part("train")
    tiles = near.make_tiles(faces, recipe, rarity, moved)
    task = near.NearTask(tiles, steps or recipe.steps, recipe, (lids.POINTS.shape[1], eye_loss, batch))
    return near.learn(task, device, logdir, resume, out)


def moved(tile: np.ndarray, points: np.ndarray, rng):
    """As `near.make_tiles` asks: the face with lids, gaze and brows moved by our own warp."""
    face, actor = face_model.fit_face(points), portrait.Portrait(tile, points)

    def another() -> tuple:
        target = posing.posed_points(face, moved_lids(face.rest, rng)).astype(np.float32)
        return actor.render(target), target

    return another


def gaps(points):
    """Gaps between the lids, from points in the order of `lids.POINTS`: (..., 7, 2) -> (..., 2, 2), downwards."""
    return points[..., [5, 4], :] - points[..., [1, 2], :]


def rarity(points: np.ndarray) -> float:
    """0 for eyes as open as most, 1 for shut ones, which are few: points (78, 2)."""
    eyes = points[lids.POINTS]  # (2, 7, 2)
    width = np.linalg.norm(eyes[:, 3] - eyes[:, 0], axis=-1).max()
    open_ = np.linalg.norm(gaps(eyes), axis=-1).mean(axis=1).min() / max(float(width), 1.0)
    return float(np.clip((0.27 - open_) / 0.15, 0, 1))


def moved_lids(rest: np.ndarray, rng) -> np.ndarray:
    """Channel values (57,) away from a photo's: lids shut, narrowed or widened, a gaze, brows, a small turn."""
    values = rest.copy()

    def add(name, amount):
        values[channels.INDEX[name]] = np.clip(values[channels.INDEX[name]] + amount, 0, 1.2)

    kind, shut = rng.random(), rng.choice([1.0, rng.uniform(0, 1), rng.uniform(0.3, 0.9)])
    for side in ("Left", "Right"):
        own = shut if rng.random() < 0.85 else rng.uniform(0, 1)
        if kind < 0.85:
            add("eyeBlink" + side, own * max(0.0, 1 - rest[channels.INDEX["eyeBlink" + side]]))
            add("eyeSquint" + side, rng.uniform(0, 0.8) if kind < 0.25 else 0.0)
        else:
            add("eyeWide" + side, own)
        add("browDown" + side, rng.uniform(0, 0.8) if rng.random() < 0.3 else 0.0)
    for pair in LOOKS:
        amount = max(0.0, rng.normal(0, 0.35))
        for name in pair:
            add(name, amount if rng.random() < 0.5 else 0.0)
    for name in ("headPitch", "headYaw"):
        values[channels.INDEX[name]] += rng.normal(0, 4.0)
    return values


def eye_loss(found: torch.Tensor, true: torch.Tensor, gap: float) -> torch.Tensor:
    """L = mean |p - p*| + gap mean |g - g*|, g the gaps between the lids: (N, 7, 2) twice -> scalar."""
    return (found - true).abs().mean() + gap * (gaps(found) - gaps(true)).abs().mean()


def batch(tiles: near.Tiles, recipe: Recipe, number: int) -> tuple:
    """Batch `number`, the same whoever makes it: eyes uint8 (N, 2, 64, 64, 3), points (N, 2, 7, 2) in [0, 1]."""
    rng = np.random.default_rng((recipe.seed, number))
    made = [one(tiles, recipe, rng) for _ in range(recipe.batch)]
    eyes, points = (np.stack(part) for part in zip(*made))
    return torch.from_numpy(eyes), torch.from_numpy(points.astype(np.float32))


def one(tiles: near.Tiles, recipe: Recipe, rng) -> tuple:
    """Both eyes of a face as the network may meet them: uint8 (2, 64, 64, 3), and their points (2, 7, 2) in [0, 1]."""
    index = rng.choice(len(tiles.images), p=tiles.weights)
    tile, points = tiles.images[index], tiles.points[index].astype(np.float64)
    if rng.random() < 0.5:
        tile, points = np.ascontiguousarray(tile[:, ::-1]), alignment.flip_keypoints(points, crops.TILE)
    if rng.random() < recipe.coarse:
        tile, points = near.small(tile, points, recipe, rng)
    matrices = [near.misplaced(matrix, lids.SIZE, rng) for matrix in lids.squares_of(points)]
    eyes = lids.cut(tile, matrices)
    found = np.stack([crops.apply(matrix, points[row]) for matrix, row in zip(matrices, lids.POINTS)])
    found[1, :, 0] = lids.SIZE - 1 - found[1, :, 0]
    if rng.random() < recipe.glasses:
        eyes = np.stack([_behind_glasses(eye, rng) for eye in eyes])
    return np.stack([near.seen(eye, rng) for eye in eyes]), (found + 0.5) / lids.SIZE


def _behind_glasses(eye: np.ndarray, rng) -> np.ndarray:
    """A rim round the eye, and light in the lens."""
    size, factor = lids.SIZE, 16
    centre = rng.uniform([0.42, 0.48], [0.58, 0.68]) * size
    half = rng.uniform([0.38, 0.22], [0.52, 0.42]) * size
    power = rng.uniform(2, 5)
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    cos, sin = np.cos(turn), np.sin(turn)
    radius = (np.abs(cos) ** power + np.abs(sin) ** power) ** (-1 / power)
    rim = np.round((centre + half * radius[:, None] * np.stack([cos, sin], axis=1)) * factor).astype(np.int32)
    colour = tuple(int(v) for v in (rng.uniform(0, 60, 3) if rng.random() < 0.6 else rng.uniform(0, 255, 3)))
    drawn = eye.copy()
    cv2.polylines(drawn, [rim[:, None]], True, colour, int(rng.integers(1, 5)), cv2.LINE_AA, 4)
    if rng.random() < 0.4:  # a reflection
        lens, light = np.zeros((size, size), np.float32), rng.uniform([0.2, 0.2], [0.8, 0.8]) * size
        cv2.ellipse(lens, tuple(int(v) for v in light), tuple(int(v) for v in rng.uniform(2, 14, 2)),
                    float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
        lens = cv2.GaussianBlur(lens, (0, 0), rng.uniform(0.7, 4))[..., None] * rng.uniform(0.2, 0.9)
        drawn = np.clip(drawn + lens * (rng.uniform(180, 255) - drawn), 0, 255).astype(np.uint8)
    share = rng.uniform(0.5, 1.0)
    return np.clip(eye + share * (drawn.astype(np.float32) - eye), 0, 255).astype(np.uint8)


