"""A smaller animator that answers as a larger one does: a third of the work in every frame.

    squares -> larger network (learnt, with a discriminator) -> paint  <--L1-->  paint <- smaller network <- squares

What teeth and lids should look like the larger one found out against a discriminator; the smaller one has only to
imitate its answers, which is far easier (Hinton et al., "Distilling the knowledge in a neural network", 2015).
"""

from dataclasses import dataclass

import numpy as np
import torch

from ...rendering import animator_crops, animator_networks
from ...training import loop, schedules, updates
from . import losses
from . import squares as animator_squares

WIDTHS = (16, 32, 64)  # channels at strides 2, 4, 8; whole multiples of what a processor multiplies at once
STEPS = {"mouth": 5000, "eye": 4200}


@dataclass(frozen=True)
class Recipe:
    """inside: what a difference between lips or lids counts beside one on the skin; edges: what one in the slope from
    pixel to pixel counts, without which the smaller one blurs what it is unsure of."""

    batch: int = 16
    rate: float = 1e-3
    inside: float = 3.0
    edges: float = 1.0
    seed: int = 0


RECIPE = Recipe()


class DistillationTask(loop.Task):
    """What `training.train` asks for: the smaller network beside its teacher."""

    averaged = ("generator",)

    def __init__(self, teacher: animator_networks.AnimatorNetwork, squares: animator_squares.Squares,
                 unseen: animator_squares.Squares, steps: int, recipe: Recipe = RECIPE):
        torch.manual_seed(recipe.seed)
        self.teacher, self.squares, self.unseen = teacher.eval().requires_grad_(False), squares, unseen
        self.steps, self.recipe = steps, recipe
        network = animator_networks.AnimatorNetwork(WIDTHS).to(memory_format=torch.channels_last)
        self.networks = {"generator": network}
        self.optimizers = {"generator": torch.optim.Adam(network.parameters(), recipe.rate)}
        self.window = torch.from_numpy(animator_crops.window_of(squares.part, squares.size))

    def step(self, number: int, rows: slice, updater: updates.Updater) -> dict:
        """The smaller network on batch `number`: the same one in every run with this seed."""
        recipe = self.recipe
        share = schedules.learning_rate_share(number, self.steps, min(200, self.steps // 10))
        schedules.set_learning_rate(self.optimizers["generator"], recipe.rate, share)
        rng = np.random.default_rng((recipe.seed, number))
        chosen = loop.batch_numbers(number, recipe.batch, len(self.squares), recipe.seed)
        device = next(self.networks["generator"].parameters()).device
        inputs = self.squares.batch(chosen, rng)[0][rows].to(device)
        self.teacher, self.window = self.teacher.to(device), self.window.to(device)
        with torch.no_grad():
            wanted = self.teacher(inputs)
        told = {}

        def loss(inputs, wanted):
            parts = self.differences(self.networks["generator"](inputs), wanted, inputs[:, 3:4])
            told.update({name: float(value.detach()) for name, value in parts.items()})
            return parts["L1"] + recipe.edges * parts["edges"]

        updater.update("generator", loss, inputs, wanted)
        return told

    def differences(self, made: torch.Tensor, wanted: torch.Tensor, inside: torch.Tensor) -> dict:
        """How far paint (N, 3, S, S) is from the teacher's, and its slopes from the teacher's slopes; inside:
        (N, 1, S, S) in [0, 1]."""
        made, wanted = self.window * made, self.window * wanted
        weight = self.recipe.inside
        # |d/dx (I - T)| + |d/dy (I - T)|
        across = losses.weighted_l1(made.diff(dim=-1), wanted.diff(dim=-1), inside[..., 1:], weight)
        down = losses.weighted_l1(made.diff(dim=-2), wanted.diff(dim=-2), inside[..., 1:, :], weight)
        return {"L1": losses.weighted_l1(made, wanted, inside, weight), "edges": across + down}

    def check(self, averaged: dict) -> dict:
        """How far the two are apart on squares that neither was trained on, in grey levels within the window."""
        net, sums, total = averaged["generator"], 0.0, 0.0
        device = next(net.parameters()).device
        with torch.inference_mode():
            for first in range(0, len(self.unseen), 64):
                inputs = self.unseen.batch(np.arange(first, min(first + 64, len(self.unseen))))[0].to(device)
                off = (net(inputs) - self.teacher(inputs)).abs().mean(dim=1) * self.window
                sums, total = sums + float(off.sum()), total + float(self.window.sum()) * len(inputs)
        return {"grey levels from the teacher": 255 * sums / total}


def distil(part: str, teacher: animator_networks.AnimatorNetwork, pairs: dict, config: loop.Config,
           recipe: Recipe = RECIPE) -> animator_networks.AnimatorNetwork:
    """The averaged smaller network of "mouth" or "eye", trained on what `training.make_all_pairs` gives."""
    squares, unseen = (animator_squares.Squares(pairs[group][part], part) for group in ("train", "validation"))
    task = DistillationTask(teacher, squares, unseen, config.steps, recipe)
    result = loop.train(task, config)
    print(f"smaller {part}: {result.steps} steps; {task.check(result.averaged)}")
    return result.averaged["generator"].cpu()
