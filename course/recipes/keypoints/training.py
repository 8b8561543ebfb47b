"""Training the landmarker: `course train keypoints`.

    labelled faces -> tiles, posed anew by our own warp -> crops, made ahead in another process -> L1 on the points

`training.train` runs it; the weights that are kept are a running mean.
"""

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ...evaluation import metrics
from ...io import weights
from ...keypoints import crops as keypoint_crops
from ...keypoints import landmarks
from ...keypoints import network as keypoint_network
from ...training import batches, labelled, loop, processes, schedules, updates
from . import tiles as landmark_data


@dataclass(frozen=True)
class Recipe:
    """What the shipped weights were trained with."""

    steps: int = 2800
    batch: int = 32
    learning_rate: float = 2e-3
    warmup: int = 200  # steps
    weight_decay: float = 0.02
    average: float = 0.998  # the weights that are kept are a running mean
    posed: int = 3  # further expressions of every face, made by our own warp
    workers: int = 1  # processes that make crops
    check_every: int = 250  # steps between measurements on faces that are not trained on
    seed: int = 0


RECIPE = Recipe()

# Lips and lids decide how a driven face looks; the outline of the cheek hardly can be told exactly.
POINT_WEIGHTS = np.ones(landmarks.N_POINTS, np.float32)
POINT_WEIGHTS[np.r_[landmarks.LIPS_OUTER, landmarks.LIPS_INNER, landmarks.EYE_RIGHT, landmarks.EYE_LEFT]] = 2.0
POINT_WEIGHTS[landmarks.JAW] = 0.8
POINT_WEIGHTS[landmarks.FOREHEAD] = 0.5


def point_loss(found: torch.Tensor, true: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """L = mean_k w_k |p_k - p*_k|_1 / size of the face: (N, 78, 2) twice, (78,) -> scalar.

    L1, not L2: a few badly labelled points should not pull as hard as all the others together.
    """
    size = (true.amax(dim=1) - true.amin(dim=1)).mean(dim=1)[:, None, None]  # (N, 1, 1)
    return ((found - true).abs() / size * weights[:, None]).mean()


def train(data, *, steps: int | None = None, resume: bool = False, device: str = "cpu", logdir="runs/keypoints",
          out="runs/keypoints.safetensors", recipe: Recipe = RECIPE) -> Path:
    """Train on the "train" part of labelled folders and write the weights, half floats.

    Args:
        data: folders with pictures and `labels.npz` (`training.load_labelled`); steps: of the whole run, None for the
            recipe's; resume: go on from `logdir`'s checkpoint, with the same numbers as without a stop; device: cpu,
            cuda or mps; logdir: gets the checkpoint and TensorBoard's files; out: the weights' file.
    Returns:
        `out`.
    Raises:
        training.Stopped: Ctrl-C, with everything saved; errors.CourseError: no labels, nothing to resume from;
        errors.OutputError: a place that cannot be written.
    """
    steps = steps or recipe.steps
    faces = labelled.load_labelled(*data)
    tiles = landmark_data.make_tiles(faces.part("train"), recipe.posed, recipe.seed)
    tiles.weights = tiles.weights / tiles.weights.sum()
    unseen = faces.part("validation")
    task = KeypointsTask(tiles, validation_crops(unseen) if len(unseen) else None, steps, recipe)
    result = loop.train(task, loop.Config(
        steps=steps, batch=recipe.batch, precision="float32", clip=1.0, average=recipe.average,
        picture_every=recipe.check_every, save_every=recipe.check_every, seed=recipe.seed, device=device,
        logdir=logdir, resume=resume))
    if processes.join(device).first:
        weights.write_weights(halves(result.averaged["landmarker"]), out)
    return Path(out)


class KeypointsTask(loop.Task):
    """What the training loop asks for: crops, a step, the error on faces that are not trained on."""

    averaged = ("landmarker",)

    def __init__(self, tiles: landmark_data.Tiles, checks: tuple | None, steps: int, recipe: Recipe):
        """tiles: with weights that add up to 1; checks: what `validation_crops` gives, None for nothing to measure;
        steps: of the whole run."""
        torch.manual_seed(recipe.seed)
        self.checks, self.steps, self.recipe = checks, steps, recipe
        net = keypoint_network.Landmarker().to(memory_format=torch.channels_last)
        self.networks = {"landmarker": net}
        self.optimizers = {"landmarker": torch.optim.AdamW(net.parameters(), recipe.learning_rate,
                                                           weight_decay=recipe.weight_decay)}
        self.batches = batches.Ahead(functools.partial(batch, tiles, recipe), steps, recipe.workers)
        self.weights = torch.from_numpy(POINT_WEIGHTS)

    def step(self, number: int, rows: slice, updater: updates.Updater) -> dict:
        """Batch `number` and one step on it: {"loss"}."""
        schedules.set_learning_rate(self.optimizers["landmarker"], self.recipe.learning_rate,
                                    schedules.learning_rate_share(number, self.steps, self.recipe.warmup))
        net = self.networks["landmarker"]
        device = next(net.parameters()).device
        crops, points = (part[rows].to(device) for part in self.batches.take(number))
        self.weights = self.weights.to(device)

        def loss_of(crops, points):
            return point_loss(net(as_pictures(crops)), points, self.weights)

        return {"loss": updater.update("landmarker", loss_of, crops, points)}

    def check(self, averaged: dict) -> dict:
        """{"validation, %": see `validate`}."""
        return {"validation, %": validate(averaged["landmarker"], self.checks)} if self.checks else {}


def batch(tiles: landmark_data.Tiles, recipe: Recipe, number: int) -> tuple:
    """Batch `number`, the same whoever makes it: crops uint8 (N, 128, 128, 3), points (N, 78, 2) in [0, 1]."""
    rng = np.random.default_rng((recipe.seed, number))
    made = [landmark_data.sample(tiles, rng, keypoint_network.SETTINGS.crop) for _ in range(recipe.batch)]
    crops, points = (np.stack(part) for part in zip(*made))
    return torch.from_numpy(crops), torch.from_numpy(points)


def as_pictures(crops: torch.Tensor) -> torch.Tensor:
    """uint8 (N, S, S, 3) -> float32 (N, 3, S, S) in [0, 1], channels last."""
    return crops.permute(0, 3, 1, 2).float().div(255)


def validation_crops(faces: labelled.LabelledFaces) -> tuple:
    """Crops (N, 3, 128, 128) around roughly placed boxes, and their points (N, 78, 2) in [0, 1]."""
    rng = np.random.default_rng(1)
    tiles = landmark_data.make_tiles(faces, posed=0)
    size, crops, points = keypoint_network.SETTINGS.crop, [], []
    for tile, label in zip(tiles.images, tiles.points):
        center, side = keypoint_crops.square_around(label)
        center = center + rng.uniform(-0.04, 0.04, 2) * side
        matrix = keypoint_crops.square_matrix(center, side * np.exp(rng.uniform(-0.06, 0.1)), size)
        crops.append(keypoint_crops.cut(tile, matrix, size))
        points.append(keypoint_crops.apply(matrix, label) / size + 0.5 / size)
    return as_pictures(torch.from_numpy(np.stack(crops))), np.stack(points)


@torch.inference_mode()
def validate(net: keypoint_network.Landmarker, checks: tuple) -> float:
    """Mean distance over 68 points as a percentage of the distance between the eyes' outer corners (`metrics.nme`).

    net: ready to be asked (`eval()`); checks: what `validation_crops` gives.
    """
    crops, true = checks
    return float(metrics.nme(net(crops.to(next(net.parameters()).device)).cpu().numpy(), true))


def halves(net: torch.nn.Module) -> dict:
    """What ships: the weights as half floats, without batch norm's counters of batches."""
    return {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in net.state_dict().items()
            if not name.endswith("num_batches_tracked")}
