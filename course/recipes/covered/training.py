"""Training the network of `keypoints/covered.py`: `course train covered`.

    labelled faces -> with a mask, with something else, or bare -> crops as badly placed as found ones -> cross-entropy
"""

import functools
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.nn import functional

from ...io import weights
from ...keypoints import covered_network, landmarks
from ...training import batches, labelled, loop, processes, schedules, updates
from ..keypoints import tiles as face_tiles
from ..keypoints.training import halves
from . import cloth


@dataclass(frozen=True)
class Recipe:
    """What the shipped weights were trained with."""

    steps: int = 900
    batch: int = 64
    learning_rate: float = 3e-3
    warmup: int = 100  # steps
    weight_decay: float = 0.02
    average: float = 0.995  # the weights that are kept are a running mean
    covered: float = 0.45  # share of the faces behind cloth
    elsewhere: float = 0.2  # share with something else covered
    workers: int = 1  # processes that make crops
    save_every: int = 100  # steps
    seed: int = 0


RECIPE = Recipe()


def train(data, *, steps: int | None = None, resume: bool = False, device: str = "cpu", logdir="runs/covered",
          out="runs/covered.safetensors", recipe: Recipe = RECIPE) -> Path:
    """Train on the "train" part of labelled folders and write the weights, half floats.

    Args and errors: as `keypoints.training.train`.
    """
    steps = steps or recipe.steps
    tiles = small_tiles(labelled.load_labelled(*data).part("train"))
    result = loop.train(CoveredTask(tiles, steps, recipe), loop.Config(
        steps=steps, batch=recipe.batch, precision="float32", clip=1.0, average=recipe.average,
        save_every=recipe.save_every, seed=recipe.seed, device=device, logdir=logdir, resume=resume))
    if processes.join(device).first:
        weights.write_weights(halves(result.averaged["covered"]), out)
    return Path(out)


def small_tiles(faces: labelled.LabelledFaces) -> face_tiles.Tiles:
    """The faces at half the landmarker's size, 144 px: the network sees less, and cloth is drawn four times as fast."""
    tiles = face_tiles.make_tiles(faces, posed=0)
    pictures = np.stack([cv2.resize(tile, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
                         for tile in tiles.images])
    # middles of pixels: x' = (x + 1/2) / 2 - 1/2
    return face_tiles.Tiles(pictures, tiles.points / 2 - 0.25, tiles.weights)


class CoveredTask(loop.Task):
    """What the training loop asks for: crops and a step."""

    averaged = ("covered",)

    def __init__(self, tiles: face_tiles.Tiles, steps: int, recipe: Recipe):
        """steps: of the whole run."""
        torch.manual_seed(recipe.seed)
        self.steps, self.recipe = steps, recipe
        self.networks = {"covered": covered_network.CoveredNet()}
        self.optimizers = {"covered": torch.optim.AdamW(self.networks["covered"].parameters(), recipe.learning_rate,
                                                        weight_decay=recipe.weight_decay)}
        self.batches = batches.Ahead(functools.partial(batch, tiles, recipe), steps, recipe.workers)

    def step(self, number: int, rows: slice, updater: updates.Updater) -> dict:
        """Batch `number` and one step on it: {"loss", "right": share of the faces told apart}."""
        schedules.set_learning_rate(self.optimizers["covered"], self.recipe.learning_rate,
                                    schedules.learning_rate_share(number, self.steps, self.recipe.warmup))
        net = self.networks["covered"]
        device = next(net.parameters()).device
        faces, labels = (part[rows].to(device) for part in self.batches.take(number))
        right = []

        def loss_of(faces, labels):
            logits = net(faces.float() / 255)
            right.append(((logits > 0) == (labels > 0.5)).float().mean())
            return functional.binary_cross_entropy_with_logits(logits, labels)

        loss = updater.update("covered", loss_of, faces, labels)
        return {"loss": loss, "right": float(torch.stack(right).mean())}


def batch(tiles: face_tiles.Tiles, recipe: Recipe, number: int) -> tuple:
    """Batch `number`, the same whoever makes it: crops uint8 (N, 3, 48, 48), labels float32 (N,), 1 for covered."""
    rng = np.random.default_rng((recipe.seed, number))
    made = [one(tiles, recipe, rng) for _ in range(recipe.batch)]
    faces, labels = zip(*made)
    return torch.stack(faces), torch.tensor(labels)


def one(tiles: face_tiles.Tiles, recipe: Recipe, rng) -> tuple:
    """A face as the network may meet it, uint8 (3, 48, 48), and whether its mouth is covered, 0.0 or 1.0."""
    index = rng.integers(len(tiles.images))
    image, points = tiles.images[index], tiles.points[index].astype(np.float64)
    share, hidden = rng.random(), 0.0
    if share < recipe.covered:
        image, hidden = cloth.covered(image, points, rng), 1.0
    elif share < recipe.covered + recipe.elsewhere:
        image = cloth.elsewhere(image, points, rng)
    seen = covered_network.as_seen(_coarse(_lit(image, rng), rng), _badly_found(points, hidden, rng))
    if rng.random() < 0.5:
        seen = seen.flip(-1)
    return (seen * 255).to(torch.uint8), hidden


def _badly_found(points: np.ndarray, hidden: float, rng) -> np.ndarray:
    """The points as a landmarker gives them: eyes nearly right, lips behind cloth anywhere near."""
    eye = landmarks.eye_distance(points)
    moved = points + rng.normal(0, 0.015, points.shape) * eye
    lips = landmarks.LIPS_OUTER
    moved[lips] += rng.normal(0, 0.14 if hidden else 0.05, 2) * eye  # the same spread for both would waste the hint
    return moved


def _coarse(image: np.ndarray, rng) -> np.ndarray:
    """A small face of a large photo, or one that was saved small: half of the time, uint8 in, uint8 out."""
    if rng.random() < 0.5:
        return image
    share = rng.uniform(0.12, 0.8)
    small = cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, image.shape[1::-1], interpolation=cv2.INTER_LINEAR if rng.random() < 0.5 else
                      cv2.INTER_CUBIC)


def _lit(image: np.ndarray, rng) -> np.ndarray:
    """Another light, another camera: uint8 in, uint8 out."""
    x = image.astype(np.float32) / 255
    across = np.linspace(-1, 1, x.shape[1], dtype=np.float32)[None, :, None]
    x = x * np.exp(rng.normal(0, 0.25) + rng.normal(0, 0.3) * across + rng.normal(0, 0.1, 3)).astype(np.float32)
    if rng.random() < 0.15:
        x = np.repeat(x.mean(axis=2, keepdims=True), 3, axis=2)
    return (np.clip(x, 0, 1) ** np.exp(rng.normal(0, 0.2)) * 255).astype(np.uint8)
