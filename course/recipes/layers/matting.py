"""The first of the layers' networks learns where the person is: photos, formula people -> a matte."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from ...rendering import layers_networks
from ...training import loop, schedules, updates
from ..animator import squares as animator_squares
from . import data
from . import recipe as layers_recipe


@dataclass
class MattingSample:
    """One batch. squares: (N, 5, S, S); person: (N, 1, S, S); known: (N, 1, S, S), where that is known."""

    squares: torch.Tensor
    person: torch.Tensor
    known: torch.Tensor


class MattingSamples:
    """Photos, formula people and backgrounds in memory; draws batches."""

    def __init__(self, photos: dict, pairs: dict, backdrops: np.ndarray, recipe: layers_recipe.Recipe):
        self.photos, self.pairs, self.backdrops, self.recipe = photos, pairs, backdrops, recipe

    def __len__(self):
        return len(self.photos["photo"])

    def batch(self, chosen, rng) -> MattingSample:
        """The photos of these numbers, some of them replaced by formula people."""
        rows = [self.formula(rng) if rng.random() < self.recipe.formula else self.photo(number, rng)
                for number in chosen]
        photo, inside, face, person, known = (np.stack(column) for column in zip(*rows))
        [photo] = animator_squares.other_light(rng, animator_squares.to_tensor(photo))
        maps = [animator_squares.to_tensor(each[..., None]) for each in (inside, face, person, known)]
        turned = torch.from_numpy(rng.random(len(rows)) < 0.5)[:, None, None, None]
        photo, inside, face, person, known = (torch.where(turned, each.flip(-1), each) for each in (photo, *maps))
        return MattingSample(torch.cat([photo, inside, face], dim=1), person, known)

    def photo(self, number: int, rng) -> tuple:
        """Photo (S, S, 3), what of it is inside, face, person and known, (S, S) each: uint8."""
        photo, inside, face, person = (self.photos[name][number] for name in ("photo", "inside", "face", "person"))
        return self._changed(rng, photo, inside, face, person, inside, self.recipe.nearer)

    def formula(self, rng) -> tuple:
        """The same of a formula person, drawn by chance."""
        row = int(rng.integers(len(self.pairs["photo"])))
        photo, inside, face, person, known = (self.pairs[name][row] for name in (
            "photo", "inside", "face", "person", "target_inside"))
        return self._changed(rng, photo, inside, face, person, known, 0.0)  # they are cut off already

    def _changed(self, rng, photo, inside, face, person, known, nearer: float) -> tuple:
        if rng.random() < self.recipe.elsewhere:
            photo = data.before_another(photo, person, self.backdrops[rng.integers(len(self.backdrops))])
        frame = data.frame_of(inside)
        if rng.random() < nearer:
            frame = data.nearer_frame(rng, frame, face)
        photo, shown = data.framed(photo, frame)
        return photo, shown, face, person, known


class MattingTask(loop.Task):
    """What `training.train` asks for."""

    averaged = ("matting",)

    def __init__(self, samples: MattingSamples, unseen: MattingSamples, steps: int, recipe: layers_recipe.Recipe):
        torch.manual_seed(recipe.seed)
        self.samples, self.unseen, self.steps, self.recipe = samples, unseen, steps, recipe
        self.networks = {"matting": layers_networks.Matting()}
        self.optimizers = {"matting": torch.optim.Adam(self.networks["matting"].parameters(), recipe.rate)}

    def step(self, number: int, rows: slice, updater: updates.Updater) -> dict:
        """Batch `number` and one step on it: {"matte": the loss}."""
        schedules.set_learning_rate(self.optimizers["matting"], self.recipe.rate, schedules.learning_rate_share(
            number, self.steps, min(50, self.steps // 10)))
        rng = np.random.default_rng((self.recipe.seed, number))
        chosen = loop.batch_numbers(number, self.recipe.batch, len(self.samples), self.recipe.seed)
        sample = self.samples.batch(chosen, rng)
        device = next(self.networks["matting"].parameters()).device
        numbers = {}

        def loss(squares, person, known):
            value = matting_loss(self.networks["matting"](squares), person, known)
            numbers["matte"] = float(value.detach())
            return value

        updater.update("matting", loss, *(each[rows].to(device) for each in vars(sample).values()))
        return numbers

    def pictures(self, averaged: dict) -> dict:
        """Ten held-out squares, one a column: photo, matte, the teacher's or the true one."""
        net = averaged["matting"]
        sample = self.unseen.batch(np.arange(10) % len(self.unseen), np.random.default_rng(1))
        with torch.no_grad():
            matte = layers_networks.matte_of(net(sample.squares.to(next(net.parameters()).device))).cpu()
        rows = [sample.squares[:, :3], matte.expand(-1, 3, -1, -1), sample.person.expand(-1, 3, -1, -1)]
        return {"parts": torch.cat([torch.cat(list(row), 2) for row in rows], 1).clamp(0, 1)}


def matting_loss(logits, person, known) -> torch.Tensor:
    """Cross entropy where the answer is known: (N, 1, S, S) each."""
    entropy = F.binary_cross_entropy_with_logits(logits, person, reduction="none")
    return (entropy * known).sum() / known.sum().clamp(min=1)


@torch.inference_mode()
def validate(net, photos: dict) -> dict:
    """Held-out photos against the teacher: mean error, and overlap (intersection over union)."""
    off, both, either = [], 0.0, 0.0
    for first in range(0, len(photos["photo"]), 16):
        some = slice(first, first + 16)
        known, person = (animator_squares.to_tensor(photos[name][some][..., None]) for name in ("inside", "person"))
        found = torch.sigmoid(net(photo_inputs(photos, some)))
        off.append(((found - person).abs() * known).sum((1, 2, 3)) / known.sum((1, 2, 3)))
        both += float(((found > 0.5) & (person > 0.5) & (known > 0.5)).sum())
        either += float((((found > 0.5) | (person > 0.5)) & (known > 0.5)).sum())
    return {"error": round(float(torch.cat(off).mean()), 4), "overlap": round(both / either, 4)}


def photo_inputs(squares: dict, some) -> torch.Tensor:
    """The channels of `layers_networks.Matting`: (N, 5, S, S)."""
    return torch.cat([animator_squares.to_tensor(squares["photo"][some])] + [
        animator_squares.to_tensor(squares[name][some][..., None]) for name in ("inside", "face")], dim=1)
