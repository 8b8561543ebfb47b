"""Training the finer look at the mouth: `course train lips`.

    labelled faces -> tiles, some with lips moved by our own warp -> the mouth, disturbed -> L1 on points and gaps
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from ..face import channels, posing
from ..face import model as face_model
from ..keypoints import alignment, crops, landmarks, lips
from ..rendering import mouth, portrait
from ..training import labelled
from . import near

UPPER, LOWER = [13, 14, 15], [19, 18, 17]  # inner lips, among the twenty points
# What mouths do: names of channels, and how far at most
OPENING = (("jawOpen", 0.9), ("mouthFunnel", 0.6), ("mouthPucker", 0.8), ("mouthUpperUpLeft", 0.6),
           ("mouthLowerDownLeft", 0.7), ("mouthSmileLeft", 0.8), ("mouthStretchLeft", 0.5))  # fmt: skip
CLOSING = (("mouthPucker", 1.0), ("mouthPressLeft", 0.8), ("mouthRollLower", 0.8), ("mouthRollUpper", 0.8),
           ("mouthShrugLower", 0.5), ("mouthSmileLeft", 0.8), ("mouthFrownLeft", 0.6))  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """What the shipped weights were trained with."""

    steps: int = 6000
    batch: int = 24
    learning_rate: float = 3e-3
    warmup: int = 100  # steps
    weight_decay: float = 0.02
    average: float = 0.997  # the weights that are kept are a running mean
    moved: int = 500  # faces of which there are further ones with moved lips
    each: int = 4  # as many of each
    gap: float = 1.0  # how much the gaps between the lips count beside the points
    coarse: float = 0.35  # share of the faces that are seen small
    smallest: float = 12.0  # eye distance in pixels of the smallest
    off: float = 0.05  # how badly the square is placed, as a share of its side
    dark: float = 0.3  # share of the mouths whose inside is darkened
    workers: int = 1  # processes that make crops
    save_every: int = 250  # steps
    seed: int = 0


RECIPE = Recipe()


def train(data, *, steps: int | None = None, resume: bool = False, device: str = "cpu", logdir="runs/lips",
          out="runs/lips.safetensors", recipe: Recipe = RECIPE) -> Path:
    """Train on the "train" part of labelled folders and write the weights, half floats.

    Args and errors: as `keypoints.training.train`.
    """
    faces = labelled.load_labelled(*data).part("train")
    tiles = near.make_tiles(faces, recipe, rarity, moved)
    task = near.NearTask(tiles, steps or recipe.steps, recipe, (len(lips.POINTS), lip_loss, batch))
    return near.learn(task, device, logdir, resume, out)


def moved(tile: np.ndarray, points: np.ndarray, rng):
    """As `near.make_tiles` asks: the face with lips and jaw moved by our own warp, teeth and dark inside by chance."""
    inside = mouth.MouthSettings(teeth=rng.uniform(0.1, 1.0), dark=rng.uniform(0.1, 0.4), tongue=rng.uniform(0.4, 1.0))
    face = face_model.fit_face(points)
    actor = portrait.Portrait(tile, points, portrait.PortraitSettings(inside=inside))

    def another() -> tuple:
        target = posing.posed_points(face, moved_lips(face.rest, rng)).astype(np.float32)
        return actor.render(target), target

    return another


def gaps(points):
    """Gaps between the inner lips, from points in the order of `lips.POINTS`: (..., 20, 2) -> (..., 3, 2)."""
    return points[..., LOWER, :] - points[..., UPPER, :]


def rarity(points: np.ndarray) -> float:
    """1 for lips that are a little apart, which are few, 0 for shut ones: points (78, 2)."""
    gap = np.linalg.norm(gaps(points[lips.POINTS]), axis=-1).mean() / landmarks.eye_distance(points)
    return float(np.interp(gap, [0.005, 0.02, 0.1, 0.3], [0, 1, 1, 0.6]))


def moved_lips(rest: np.ndarray, rng) -> np.ndarray:
    """Channel values (57,) away from a photo's: lips apart, shut, rounded or spread, and a small turn."""
    values = rest.copy()
    opens = rng.random() < 0.65
    if not opens:
        values[channels.INDEX["jawOpen"]] *= rng.uniform(0, 0.4)
    for name, most in OPENING if opens else CLOSING:
        if rng.random() < (0.8 if name == "jawOpen" else 0.3):
            amount = most * rng.uniform(0, 1) ** 1.5
            for own in (name, name.replace("Left", "Right")) if "Left" in name else (name,):
                share = 1.0 if rng.random() < 0.8 else rng.uniform(0, 1)
                values[channels.INDEX[own]] = np.clip(values[channels.INDEX[own]] + share * amount, 0, 1.2)
    for name in ("headPitch", "headYaw"):
        values[channels.INDEX[name]] += rng.normal(0, 4.0)
    return values


def lip_loss(found: torch.Tensor, true: torch.Tensor, gap: float) -> torch.Tensor:
    """L = mean |p - p*| + gap mean |g - g*|, g the gaps between the lips: (N, 20, 2) twice -> scalar."""
    return (found - true).abs().mean() + gap * (gaps(found) - gaps(true)).abs().mean()


def batch(tiles: near.Tiles, recipe: Recipe, number: int) -> tuple:
    """Batch `number`, the same whoever makes it: mouths uint8 (N, 96, 96, 3), points (N, 20, 2) in [0, 1]."""
    rng = np.random.default_rng((recipe.seed, number))
    made = [one(tiles, recipe, rng) for _ in range(recipe.batch)]
    mouths, points = (np.stack(part) for part in zip(*made))
    return torch.from_numpy(mouths), torch.from_numpy(points.astype(np.float32))


def one(tiles: near.Tiles, recipe: Recipe, rng) -> tuple:
    """The mouth of a face as the network may meet it: uint8 (96, 96, 3), and its points (20, 2) in [0, 1]."""
    index = rng.choice(len(tiles.images), p=tiles.weights)
    tile, points = tiles.images[index], tiles.points[index].astype(np.float64)
    if rng.random() < 0.5:
        tile, points = np.ascontiguousarray(tile[:, ::-1]), alignment.flip_keypoints(points, crops.TILE)
    if rng.random() < recipe.coarse:
        tile, points = near.small(tile, points, recipe, rng)
    matrix = near.misplaced(lips.square_of(points), lips.SIZE, rng, recipe.off)
    found = crops.apply(matrix, points[lips.POINTS])
    seen = crops.cut(tile, matrix, lips.SIZE)
    if rng.random() < recipe.dark:
        seen = _darkened(seen, found, rng)
    return near.seen(seen, rng), (found + 0.5) / lips.SIZE


def _darkened(seen: np.ndarray, points: np.ndarray, rng) -> np.ndarray:
    """The inside of the mouth in shadow, as when the light comes from above: uint8 (96, 96, 3), (20, 2)."""
    inside = np.zeros(seen.shape[:2], np.float32)
    outline = np.round(points[12:20] * 16).astype(np.int32)
    cv2.fillPoly(inside, [outline[:, None]], 1.0, cv2.LINE_AA, 4)
    inside = cv2.GaussianBlur(inside, (0, 0), rng.uniform(0.5, 2.0))[..., None] * rng.uniform(0.3, 0.95)
    return np.clip(seen * (1 - inside), 0, 255).astype(np.uint8)
