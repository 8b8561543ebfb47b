"""Training the network of `provenance/detector.py`: `course train fakes`.

    labelled photos -> two short films of each, of the photo and of ours (`films`), kept beside the run
                    -> squares of faces, mirrored, shifted, in other light -> cross-entropy
"""

import functools
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.nn import functional
from tqdm.auto import tqdm

from ... import errors
from ...io import weights
from ...provenance import detector
from ...training import batches, kept, labelled, loop, processes, schedules, updates
from ..keypoints.training import halves
from . import films

# Sheets that this network is measured on, beside those that nothing is trained on: with them there are 319 people
MEASURED_SHEETS = frozenset({"SFHQ_variability_age_X_ethnicity_1", "textual_search_2_Age_top_10_matches.jpg"})
PART = 30  # photos whose films are kept in one file


@dataclass(frozen=True)
class Recipe:
    """What the shipped weights were trained with."""

    people: int = 270  # photos of which films are made, at most
    steps: int = 900
    batch: int = 32
    learning_rate: float = 2e-3
    warmup: int = 100  # steps
    weight_decay: float = 0.02
    average: float = 0.995  # the weights that are kept are a running mean
    workers: int = 1  # processes that make squares
    save_every: int = 100  # steps
    seed: int = 0


RECIPE = Recipe()


def train(data, *, steps: int | None = None, resume: bool = False, device: str = "cpu", logdir="runs/fakes",
          out="runs/fakes.safetensors", recipe: Recipe = RECIPE) -> Path:
    """Make films of the photos to be learned from, train on their faces, and write the weights, half floats.

    Args and errors: as `keypoints.training.train`; errors.FaceError: no film could be made.
    """
    steps = steps or recipe.steps
    weights.check_place(out)
    paths = learned_from(labelled.load_labelled(*data))[:recipe.people]
    seen = films_of(paths, Path(logdir), recipe.seed)
    result = loop.train(FakesTask(seen, steps, recipe), loop.Config(
        steps=steps, batch=recipe.batch, precision="float32", clip=1.0, average=recipe.average,
        save_every=recipe.save_every, seed=recipe.seed, device=device, logdir=logdir, resume=resume))
    if processes.join(device).first:
        weights.write_weights(halves(result.averaged["fakes"]), out)
    return Path(out)


def learned_from(faces: labelled.LabelledFaces) -> list:
    """The photos to learn from, N paths, in an order drawn once: no sheet of theirs is measured on."""
    some = faces.part("train")
    return _shuffled(some.take(~np.isin(some.sheets, list(MEASURED_SHEETS)))).paths


def measured_on(faces: labelled.LabelledFaces) -> labelled.LabelledFaces:
    """The photos that are measured on, in an order drawn once: of other people, on other sheets."""
    measured = labelled.HELD_OUT_SHEETS | labelled.VALIDATION_SHEETS | MEASURED_SHEETS
    return _shuffled(faces.take(np.isin(faces.sheets, list(measured))))


def _shuffled(faces: labelled.LabelledFaces) -> labelled.LabelledFaces:
    return faces.take(np.random.default_rng(0).permutation(len(faces)))


def films_of(paths: list, folder: Path, seed: int = 0) -> dict:
    """What `films.collect` gives for all of them, made once and kept in a folder, `PART` photos a file.

    Raises `errors.FaceError`: not one film could be made.
    """
    parts = []
    for first in tqdm(range(0, len(paths), PART), desc="making films", unit="part"):
        numbers = range(first, min(first + PART, len(paths)))
        make = functools.partial(films.collect, paths, numbers, seed)
        parts.append(kept.made_once(folder / f"films_{first:04d}.npz", make))
    seen = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {"film": []}
    if not len(seen["film"]):
        raise errors.FaceError("no photo shows a face that can be animated: give others with --data")
    return seen


class FakesTask(loop.Task):
    """What the training loop asks for: squares of faces and a step."""

    averaged = ("fakes",)

    def __init__(self, seen: dict, steps: int, recipe: Recipe):
        """seen: faces, film and photo as `films.collect` gives them; steps: of the whole run."""
        torch.manual_seed(recipe.seed)
        self.steps, self.recipe = steps, recipe
        self.networks = {"fakes": detector.FakesNet()}
        self.optimizers = {"fakes": torch.optim.AdamW(self.networks["fakes"].parameters(), recipe.learning_rate,
                                                      weight_decay=recipe.weight_decay)}
        self.batches = batches.Ahead(functools.partial(batch, seen, pairs_of(seen), recipe), steps, recipe.workers)

    def step(self, number: int, rows: slice, updater: updates.Updater) -> dict:
        """Batch `number` and one step on it: {"loss", "right": share of the faces told apart}."""
        schedules.set_learning_rate(self.optimizers["fakes"], self.recipe.learning_rate,
                                    schedules.learning_rate_share(number, self.steps, self.recipe.warmup))
        net = self.networks["fakes"]
        device = next(net.parameters()).device
        faces, labels = (part[rows].to(device) for part in self.batches.take(number))
        right = []

        def loss_of(faces, labels):
            logits = net(faces.permute(0, 3, 1, 2).float() / 255)
            right.append(((logits > 0) == (labels > 0.5)).float().mean())
            return functional.binary_cross_entropy_with_logits(logits, labels)

        loss = updater.update("fakes", loss_of, faces, labels)
        return {"loss": loss, "right": float(torch.stack(right).mean())}


def pairs_of(seen: dict) -> list:
    """For each photo of which there are films of both kinds, the numbers of their faces: [(of the photo, of ours)].

    Raises `errors.FaceError`: there are none.
    """
    pairs = []
    for photo in np.unique(seen["photo"]):
        both = tuple(np.flatnonzero((seen["photo"] == photo) & (seen["film"] == kind)) for kind in (False, True))
        if all(map(len, both)):
            pairs.append(both)
    if not pairs:
        raise errors.FaceError("no photo shows a face that can be animated: give others with --data")
    return pairs


def batch(seen: dict, pairs: list, recipe: Recipe, number: int) -> tuple:
    """Batch `number`, the same whoever makes it: squares uint8 (N, 128, 128, 3), labels float32 (N,), 1 for a film.

    Each person is in it twice, once of either kind, placed and lit alike: what is left to learn is the difference.
    """
    rng = np.random.default_rng((recipe.seed, number))
    squares = []
    for person in rng.integers(len(pairs), size=recipe.batch // 2):
        alike = int(rng.integers(2**32))
        for faces in pairs[person]:
            squares.append(varied(seen["faces"][rng.choice(faces)], np.random.default_rng(alike)))
    return torch.from_numpy(np.stack(squares)), torch.tensor([0.0, 1.0] * (recipe.batch // 2))


def varied(face: np.ndarray, rng) -> np.ndarray:
    """A face as it may be found, mirrored or not, in another light: uint8 (144, 144, 3) -> (128, 128, 3).

    Nothing that softens or sharpens: that is what tells films apart.
    """
    room = face.shape[0] - detector.SIZE
    y, x = (int(start) for start in rng.integers(0, room + 1, 2))
    square = face[y : y + detector.SIZE, x : x + detector.SIZE]
    square = square[:, ::-1] if rng.random() < 0.5 else square
    light = np.exp(rng.normal(0, 0.12) + rng.normal(0, 0.05, 3))
    table = np.clip(np.arange(256)[:, None] * light, 0, 255).round().astype(np.uint8)  # (256, 3)
    return cv2.LUT(np.ascontiguousarray(square), table[None])
