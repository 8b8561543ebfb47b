"""What the trainings of the looks from near share: `lids` and `lips`.

    labelled faces -> tiles, some moved by our own warp -> squares, misplaced and seen in another light -> steps
"""

import functools
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from tqdm.auto import tqdm

from .. import images
from ..io import weights
from ..keypoints import crops, landmarks, near_network
from ..training import batches, labelled, loop, processes, schedules, updates
from .keypoints.training import halves


@dataclass
class Tiles:
    """images: uint8 (N, TILE, TILE, 3); points: float32 (N, 78, 2) in tile pixels; weights: (N,), summing to 1."""

    images: np.ndarray
    points: np.ndarray
    weights: np.ndarray


def make_tiles(faces: labelled.LabelledFaces, recipe, rarity, moved) -> Tiles:
    """Every face cut out, and of the first `recipe.moved` of them more, moved by our own warp.

    rarity: of points (78, 2), 0 for what most faces show to 1 for what few do, which comes more often; moved: of a
    tile, its points and a generator, a function without arguments that gives another picture of that face and its
    points.
    """
    rng = np.random.default_rng(recipe.seed)
    pictures, points, rare = [], [], []
    for number, index in enumerate(tqdm(rng.permutation(len(faces)), desc="preparing faces", unit="face")):
        label = faces.points[index, :, :2]
        center, side = crops.square_around(label)
        matrix = crops.square_matrix(center, side / crops.CROP_MARGIN * crops.TILE_MARGIN, crops.TILE)
        tile = crops.cut(images.load_image(faces.paths[index]), matrix, crops.TILE)
        place = crops.apply(matrix, label).astype(np.float32)
        more = moved(tile, place, rng) if number < recipe.moved else None
        shown = [(tile, place), *(more() for _ in range(recipe.each if more else 0))]
        pictures += [picture for picture, _ in shown]
        points += [found.astype(np.float32) for _, found in shown]
        rare += [1.5 + 4 * rarity(place)] + [0.5] * (len(shown) - 1)
    rare = np.array(rare)
    return Tiles(np.stack(pictures), np.stack(points), rare / rare.sum())


def learn(task: "NearTask", device: str, logdir, resume: bool, out) -> Path:
    """Run a task and write its weights, half floats, to `out`; the rest as `keypoints.training.train`."""
    recipe = task.recipe
    result = loop.train(task, loop.Config(
        steps=task.steps, batch=recipe.batch, precision="float32", clip=1.0, average=recipe.average,
        save_every=recipe.save_every, seed=recipe.seed, device=device, logdir=logdir, resume=resume))
    if processes.join(device).first:
        weights.write_weights(halves(result.averaged["near"]), out)
    return Path(out)


class NearTask(loop.Task):
    """What the training loop asks for: squares and a step."""

    averaged = ("near",)

    def __init__(self, tiles: Tiles, steps: int, recipe, lesson: tuple):
        """steps: of the whole run; lesson: how many points, their loss, and `batch(tiles, recipe, number)`."""
        torch.manual_seed(recipe.seed)
        points, self.loss, batch = lesson
        self.steps, self.recipe = steps, recipe
        network = near_network.NearNetwork(points).to(memory_format=torch.channels_last)
        self.networks = {"near": network}
        self.optimizers = {"near": torch.optim.AdamW(network.parameters(), recipe.learning_rate,
                                                     weight_decay=recipe.weight_decay)}
        self.batches = batches.Ahead(functools.partial(batch, tiles, recipe), steps, recipe.workers)

    def step(self, number: int, rows: slice, updater: updates.Updater) -> dict:
        """Batch `number` and one step on it: {"loss"}."""
        schedules.set_learning_rate(self.optimizers["near"], self.recipe.learning_rate,
                                    schedules.learning_rate_share(number, self.steps, self.recipe.warmup))
        net = self.networks["near"]
        device = next(net.parameters()).device
        squares, points = (part[rows].to(device) for part in self.batches.take(number))
        squares, points = squares.flatten(0, -4), points.flatten(0, -3)  # both eyes of all faces

        def loss_of(squares, points):
            return self.loss(net(squares.permute(0, 3, 1, 2).float().div(255)), points, self.recipe.gap)

        return {"loss": updater.update("near", loss_of, squares, points)}


def small(tile, points, recipe, rng) -> tuple:
    """The face as small as in a large photo, its points with it."""
    whole = float(landmarks.eye_distance(points))
    scale = np.exp(rng.uniform(np.log(recipe.smallest), np.log(80.0))) / max(whole, 1.0)
    if scale >= 1:
        return tile, points
    size = max(16, round(crops.TILE * scale))
    scale = size / crops.TILE
    return cv2.resize(tile, (size, size), interpolation=cv2.INTER_AREA), (points + 0.5) * scale - 0.5


def misplaced(matrix: np.ndarray, size: int, rng, off: float = 0.03) -> np.ndarray:
    """A square of `size` pixels as badly placed as a landmarker places it: off by this share of its side."""
    middle = np.full(2, (size - 1) / 2)
    angle, larger = np.radians(rng.normal(0, 4)), np.exp(rng.normal(0, 0.07))
    turn = larger * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shift = middle - turn @ middle + rng.normal(0, off, 2) * size
    return np.column_stack([turn @ matrix[:, :2], turn @ matrix[:, 2] + shift])


def seen(square: np.ndarray, rng) -> np.ndarray:
    """Another light, another camera: uint8 (S, S, 3) in and out."""
    size = len(square)
    x = square.astype(np.float32) / 255
    across = np.linspace(-1, 1, size, dtype=np.float32)
    ramp = rng.normal(0, 0.25) * across[None, :, None] + rng.normal(0, 0.2) * across[:, None, None]
    x = np.clip(x * np.exp(rng.normal(0, 0.25) + ramp + rng.normal(0, 0.08, 3)), 0, 1) ** np.exp(rng.normal(0, 0.25))
    if rng.random() < 0.15:
        x = np.repeat(x.mean(axis=2, keepdims=True), 3, axis=2)
    if rng.random() < 0.3:
        x = cv2.GaussianBlur(x.astype(np.float32), (0, 0), rng.uniform(0.3, 1.8))
    if rng.random() < 0.4:
        x = x + rng.normal(0, rng.uniform(0.004, 0.05), (size, size, 1 if rng.random() < 0.5 else 3))
    x = (np.clip(x, 0, 1) * 255).astype(np.uint8)
    if rng.random() < 0.35:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(25, 92))]
        x = cv2.imdecode(cv2.imencode(".jpg", x, quality)[1], cv2.IMREAD_COLOR)
    return x
