"""The second of the layers' networks learns how outlines really move: turned people -> a small flow, what is hidden."""

import numpy as np
import torch
import torch.nn.functional as F

from ...rendering import layers_networks, layers_parts, layers_square
from ...training import loop, schedules, updates
from ..animator import squares as animator_squares
from . import matting
from . import recipe as layers_recipe


class Movements:
    """Pairs of turned people with what the matting made of their photos, in memory; draws batches."""

    def __init__(self, pairs: dict, matting_net: layers_networks.Matting):
        self.pairs = dict(pairs)
        mattes = []
        with torch.inference_mode():
            for first in range(0, len(pairs["photo"]), 16):
                matte = layers_networks.matte_of(matting_net(matting.photo_inputs(pairs, slice(first, first + 16))))
                mattes.append((matte[:, 0] * 255).round().byte().numpy())
        self.pairs["matte"] = np.concatenate(mattes)
        self.pairs["filled"] = np.stack([layers_square.filled(*each) for each in zip(
            pairs["photo"], self.pairs["matte"], pairs["inside"])])

    def __len__(self):
        return len(self.pairs["photo"])

    def batch(self, chosen, rng=None) -> dict:
        """Names -> tensors (N, C, S, S); with `rng` half of them mirrored."""
        pictures = {name: animator_squares.to_tensor(self.pairs[name][chosen]) for name in (
            "photo", "filled", "target")}
        maps = {name: animator_squares.to_tensor(self.pairs[name][chosen][..., None]) for name in (
            "inside", "face", "matte", "target_inside", "target_face", "target_person")}
        movement = torch.from_numpy(self.pairs["movement"][chosen].astype(np.float32)).permute(0, 3, 1, 2)
        batch = pictures | maps | {"movement": movement}
        if rng is None:
            return batch
        turned = torch.from_numpy(rng.random(len(chosen)) < 0.5)[:, None, None, None]
        batch = {name: torch.where(turned, each.flip(-1), each) for name, each in batch.items()}
        batch["movement"][:, :1] *= torch.where(turned, -1.0, 1.0)
        return batch


class RefinerTask(loop.Task):
    """What `training.train` asks for."""

    averaged = ("refiner",)

    def __init__(self, movements: Movements, unseen: Movements, steps: int, recipe: layers_recipe.Recipe):
        torch.manual_seed(recipe.seed)
        self.movements, self.unseen, self.steps, self.recipe = movements, unseen, steps, recipe
        self.networks = {"refiner": layers_networks.Refiner()}
        self.optimizers = {"refiner": torch.optim.Adam(self.networks["refiner"].parameters(), recipe.rate)}

    def step(self, number: int, rows: slice, updater: updates.Updater) -> dict:
        """Batch `number` and one step on it: {"L1", "outline", "slope"}, see `movement_losses`."""
        schedules.set_learning_rate(self.optimizers["refiner"], self.recipe.rate, schedules.learning_rate_share(
            number, self.steps, min(50, self.steps // 10)))
        rng = np.random.default_rng((self.recipe.seed, number))
        chosen = loop.batch_numbers(number, self.recipe.batch, len(self.movements), self.recipe.seed)
        batch = self.movements.batch(chosen, rng)
        device = next(self.networks["refiner"].parameters()).device
        names, numbers = list(batch), {}

        def loss(*tensors):
            parts = movement_losses(self.networks["refiner"], dict(zip(names, tensors)))
            numbers.update({name: float(value.detach()) for name, value in parts.items()})
            return parts["L1"] + self.recipe.outline * parts["outline"] + self.recipe.smooth * parts["slope"]

        updater.update("refiner", loss, *(each[rows].to(device) for each in batch.values()))
        return numbers

    def pictures(self, averaged: dict) -> dict:
        """Ten held-out movements, one a column: photo, the plain movement, layers alone, refined, the truth."""
        net = averaged["refiner"]
        batch = self.unseen.batch(np.linspace(0, len(self.unseen) - 1, 10).astype(int))
        batch = {name: each.to(next(net.parameters()).device) for name, each in batch.items()}
        with torch.no_grad():
            rows = [batch["photo"], layers_networks.look_up(batch["photo"], batch["movement"], UNIT),
                    compose(batch, *nothing(batch))[0], compose(batch, *refine(net, batch))[0], batch["target"]]
        return {"movements": torch.cat([torch.cat(list(row), 2) for row in rows], 1).clamp(0, 1).cpu()}


UNIT, FIELD_UNIT = layers_square.unit_of(layers_networks.SIZE), layers_square.unit_of(layers_networks.FIELD_SIZE)


def refine(net, batch: dict) -> tuple:
    """The Refiner's flow (N, 2, s, s) and the share it takes away (N, 1, s, s)."""
    small = [F.interpolate(batch[name], size=batch["movement"].shape[-2:], mode="area")
             for name in ("matte", "inside", "target_face", "face")]
    return net(layers_networks.frame_inputs(batch["movement"], *small, FIELD_UNIT))


def nothing(batch: dict) -> tuple:
    """What the Refiner would answer if it knew nothing."""
    return torch.zeros_like(batch["movement"]), torch.zeros_like(batch["movement"][:, :1])


def compose(batch: dict, flow, away) -> tuple:
    """The frame (N, 3, S, S), and how much of it is person (N, 1, S, S).

    I = (1 - away) own(q + d + flow) + (1 - o) plate,   o = (1 - away) matte(q + d + flow)
    """
    hole = layers_networks.hole_of(batch["matte"], UNIT)
    own, plate = layers_parts.part(batch["photo"], batch["matte"], hole, batch["inside"], batch["filled"])
    moved = layers_networks.look_up(torch.cat([own, batch["matte"]], dim=1), batch["movement"] + flow, UNIT)
    left = 1 - F.interpolate(away, size=moved.shape[-2:], mode="bilinear", align_corners=False)
    person = left * moved[:, 3:]
    return left * moved[:, :3] + (1 - person) * plate, person


def movement_losses(net, batch: dict) -> dict:
    """L1: of the picture, little of it on the face; outline: of the occlusion; slope: how much the flow changes."""
    flow, away = refine(net, batch)
    made, person = compose(batch, flow, away)
    return picture_losses(made, person, batch) | {
        "slope": (flow.diff(dim=-1).abs().mean() + flow.diff(dim=-2).abs().mean()) * FIELD_UNIT}


def picture_losses(made, person, batch: dict) -> dict:
    """Mean distance, inside the photo and little of it on the face: of the frame (N, 3, S, S), "L1", and of how much
    is person (N, 1, S, S), "outline"."""
    weight = batch["target_inside"] * (1 - 0.9 * batch["target_face"])
    return {"L1": ((made - batch["target"]).abs().mean(dim=1, keepdim=True) * weight).sum() / weight.sum(),
            "outline": ((person - batch["target_person"]).abs() * weight).sum() / weight.sum()}


@torch.inference_mode()
def validate(net, movements: Movements) -> dict:
    """L1 of held-out pictures: the plain movement, layers without the Refiner, and with it; the outline's, too."""
    sums, count = {}, 0
    for first in range(0, len(movements), 16):
        batch = movements.batch(np.arange(first, min(first + 16, len(movements))))
        n = len(batch["photo"])
        plain = layers_networks.look_up(batch["photo"], batch["movement"], UNIT)
        ways = {"plain": (plain, torch.ones_like(batch["matte"])), "layers": compose(batch, *nothing(batch)),
                "refined": compose(batch, *refine(net, batch)),
                "flow only": compose(batch, refine(net, batch)[0], nothing(batch)[1])}
        for name, (made, person) in ways.items():
            for loss, value in picture_losses(made, person, batch).items():
                sums[f"{name}: {loss}"] = sums.get(f"{name}: {loss}", 0.0) + n * float(value)
        count += n
    return {name: round(value / count, 4) for name, value in sums.items()}
