"""A smaller Refiner that answers as the larger one does, in half the time (Hinton et al., 2015).

Trained on the pictures themselves it was better on drawn people, and pulled at the necks of real ones; imitating the
larger one it is as good on both.
"""

import numpy as np
import torch

from ...rendering import layers_networks
from ...training import loop, schedules, updates
from . import recipe as layers_recipe
from . import refiner

WIDTHS = (16, 48)  # channels at strides 1, and 2 and 4
RATE = 1e-3
AWAY = 3.0  # what a difference in what is taken away counts beside one of the flow, in cells of the square
CHANGED, STRENGTHS = 0.4, (-0.3, 0.9)  # share of batches whose movements are made weaker, or turned round, by so much


class RefinerDistillationTask(loop.Task):
    """What `training.train` asks for: the smaller network beside its teacher."""

    averaged = ("refiner",)

    def __init__(self, teacher: layers_networks.Refiner, movements: refiner.Movements, unseen: refiner.Movements,
                 steps: int, recipe: layers_recipe.Recipe):
        torch.manual_seed(recipe.seed)
        self.teacher, self.movements, self.unseen = teacher.eval().requires_grad_(False), movements, unseen
        self.steps, self.recipe = steps, recipe
        self.networks = {"refiner": layers_networks.Refiner(WIDTHS)}
        self.optimizers = {"refiner": torch.optim.Adam(self.networks["refiner"].parameters(), RATE)}

    def step(self, number: int, rows: slice, updater: updates.Updater) -> dict:
        """Batch `number` and one step on it: {"flow", "away"}, how far the two are apart."""
        schedules.set_learning_rate(self.optimizers["refiner"], RATE, schedules.learning_rate_share(
            number, self.steps, min(50, self.steps // 10)))
        rng = np.random.default_rng((self.recipe.seed, number))
        chosen = loop.batch_numbers(number, self.recipe.batch, len(self.movements), self.recipe.seed)
        batch = self.movements.batch(chosen, rng)
        if rng.random() < CHANGED:  # also what drawn people do not show
            batch["movement"] = batch["movement"] * float(rng.uniform(*STRENGTHS))
        device = next(self.networks["refiner"].parameters()).device
        self.teacher, told, names = self.teacher.to(device), {}, list(batch)

        def loss(*tensors):
            parts = self.differences(self.networks["refiner"], dict(zip(names, tensors)))
            told.update({name: float(value.detach()) for name, value in parts.items()})
            return parts["flow"] + AWAY * parts["away"]

        updater.update("refiner", loss, *(each[rows].to(device) for each in batch.values()))
        return told

    def differences(self, net, batch: dict) -> dict:
        """Mean distance of the flows, in cells of the square, and of the shares taken away."""
        with torch.no_grad():
            wanted_flow, wanted_away = refiner.refine(self.teacher, batch)
        flow, away = refiner.refine(net, batch)
        return {"flow": (flow - wanted_flow).abs().mean() * refiner.FIELD_UNIT,
                "away": (away - wanted_away).abs().mean()}

    def check(self, averaged: dict) -> dict:
        """The same on people that neither has seen."""
        net = averaged["refiner"]
        batch = {name: each.to(next(net.parameters()).device)
                 for name, each in self.unseen.batch(np.arange(min(64, len(self.unseen)))).items()}
        with torch.inference_mode():
            found = self.differences(net, batch)
        return {f"unseen {name}": float(value) for name, value in found.items()}


def distil(teacher: layers_networks.Refiner, movements: refiner.Movements, unseen: refiner.Movements,
           config: loop.Config, recipe: layers_recipe.Recipe) -> layers_networks.Refiner:
    """The averaged smaller network, trained on the larger one's answers."""
    task = RefinerDistillationTask(teacher, movements, unseen, config.steps, recipe)
    result = loop.train(task, config)
    small = result.averaged["refiner"].cpu().eval()
    print(f"smaller refiner: {result.steps} steps; {task.check({'refiner': small})}; held-out people: "
          f"{refiner.validate(small, unseen)}")
    return small
