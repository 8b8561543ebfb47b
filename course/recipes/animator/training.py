"""Training the animator: `course train animator`.

    photos -> pairs (`pairs`, `formula_pairs`), made once and kept -> two networks, mouth and eye
           -> smaller ones that answer as they do (`distillation`): what ships

`training.train` runs it: curves and pictures for TensorBoard, checkpoints, resume.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from ... import images
from ...io import weights
from ...keypoints import reading
from ...rendering import animator, animator_crops, animator_networks
from ...training import kept, labelled, loop, processes, schedules, updates
from . import discriminator, distillation, formula_pairs, losses
from . import pairs as animator_pairs
from . import squares as animator_squares

FORMULA_PEOPLE = 220
HELD_OUT_PEOPLE = 20
STEPS = {"mouth": 2000, "eye": 1800}


@dataclass(frozen=True)
class Recipe:
    """Weights of the losses against L1's 1; `masks` off hides from the network where lips and lids run."""

    batch: int = 16
    rate: float = 4e-4
    inside: float = 3.0  # what an error between lips or lids counts beside one on the skin
    perceptual: float = 0.25
    adversarial: float = 0.02
    matching: float = 0.1
    masks: bool = True
    discriminator_from: float = 0.5  # share of the steps after which the discriminator joins
    seed: int = 0


RECIPE = Recipe()


class AnimatorTask(loop.Task):
    """What `training.train` asks for: one part's generator and discriminator, a step of both, pictures."""

    averaged = ("generator",)

    def __init__(self, squares: animator_squares.Squares, unseen: animator_squares.Squares, steps: int, recipe: Recipe):
        torch.manual_seed(recipe.seed)
        self.squares, self.unseen, self.steps, self.recipe = squares, unseen, steps, recipe
        self.networks = {"generator": animator_networks.AnimatorNetwork().to(memory_format=torch.channels_last),
                         "discriminator": discriminator.PatchDiscriminator()}
        self.optimizers = {name: torch.optim.Adam(network.parameters(), recipe.rate, betas=(0.5, 0.99))
                           for name, network in self.networks.items()}
        landmarker, _ = reading.load_network()  # its first layers tell likeness
        self.landmarker = landmarker.requires_grad_(False)
        self.window = torch.from_numpy(animator_crops.window_of(squares.part, squares.size))
        gaps = unseen.inside(np.arange(len(unseen))).sum(dim=(1, 2, 3)).numpy()
        self.shown = np.argsort(-gaps)[:: max(1, len(unseen) // 24)][:12]  # from wide open to shut

    def step(self, number: int, rows: slice, updater: updates.Updater) -> dict:
        """Both networks on batch `number`: the same one in every run with this seed."""
        recipe = self.recipe
        share = schedules.learning_rate_share(number, self.steps, min(50, self.steps // 10))
        for optimizer in self.optimizers.values():
            schedules.set_learning_rate(optimizer, recipe.rate, share)
        rng = np.random.default_rng((recipe.seed, number))
        chosen = loop.batch_numbers(number, recipe.batch, len(self.squares), recipe.seed)
        inputs, target = (tensor[rows] for tensor in self.squares.batch(chosen, rng))
        device = next(self.networks["generator"].parameters()).device
        inputs, target = inputs.to(device), target.to(device)
        self.window, self.landmarker = self.window.to(device), self.landmarker.to(device)
        playing = recipe.adversarial > 0 and number >= recipe.discriminator_from * self.steps
        numbers, made_of = {}, []

        def generator_loss(inputs, target):
            made = animator_networks.repaint(self.networks["generator"], inputs, self.window)
            made_of.append(made.detach())
            parts = self.likeness(made, target, inputs)
            if playing:
                parts["adversarial"], parts["feature matching"] = losses.adversarial_losses(
                    self.networks["discriminator"], made, target, animator_squares.masks_of(inputs))
            numbers.update({name: float(value.detach()) for name, value in parts.items()})
            return sum(getattr(recipe, WEIGHT_OF[name]) * value if name in WEIGHT_OF else value
                       for name, value in parts.items())

        with updates.frozen(self.networks["discriminator"]):
            updater.update("generator", generator_loss, inputs, target)
        if playing:
            numbers["discriminator"] = updater.update("discriminator", self.discriminator_loss, torch.cat(made_of),
                                                      target, inputs)
        return numbers

    def discriminator_loss(self, made, target, inputs) -> torch.Tensor:
        """See `losses.discriminator_loss`: made, target (N, 3, S, S), inputs (N, 9, S, S) -> scalar."""
        return losses.discriminator_loss(self.networks["discriminator"], made, target,
                                         animator_squares.masks_of(inputs))

    def likeness(self, made, target, inputs) -> dict:
        """The losses that need no discriminator."""
        parts = {"L1": losses.weighted_l1(made, target, inputs[:, 3:4], self.recipe.inside)}
        if self.recipe.perceptual:
            parts["perceptual"] = losses.perceptual_distance(self.landmarker, made, target)
        return parts

    def pictures(self, averaged: dict) -> dict:
        """Twelve held-out squares, one a column: photo, warp, network, what it should be."""
        net = averaged["generator"]
        device = next(net.parameters()).device
        inputs, target = (tensor.to(device) for tensor in self.unseen.batch(self.shown))
        with torch.no_grad():
            made = animator_networks.repaint(net, inputs, self.window.to(device))
        rows = [inputs[:, 5:8], inputs[:, :3], made, target]
        return {"squares": torch.cat([torch.cat(list(row), 2) for row in rows], 1).clamp(0, 1).cpu()}


WEIGHT_OF = {"perceptual": "perceptual", "adversarial": "adversarial", "feature matching": "matching"}


@torch.inference_mode()
def validate(net, squares: animator_squares.Squares) -> dict:
    """Mean L1 of the warp and of the repainted warp, between lips or lids and over the whole window."""
    window = torch.from_numpy(animator_crops.window_of(squares.part, squares.size))
    sums = dict.fromkeys(("warp inside", "network inside", "warp", "network"), 0.0)
    weight = {"inside": 0.0, "all": 0.0}
    for first in range(0, len(squares), 64):
        some = np.arange(first, min(first + 64, len(squares)))
        inputs, target = squares.batch(some)
        inside = squares.inside(some)
        for name, picture in (("warp", inputs[:, :3]), ("network", animator_networks.repaint(net, inputs, window))):
            off = (picture - target).abs().mean(dim=1, keepdim=True)
            sums[f"{name} inside"] += float((off * inside).sum())
            sums[name] += float((off * window).sum())
        weight["inside"] += float(inside.sum())
        weight["all"] += float(window.sum()) * len(some)
    return {name: round(value / weight["inside" if "inside" in name else "all"], 5) for name, value in sums.items()}


# ---------------------------------------------------------------- pairs


def make_all_pairs(folders, seed: int = 0) -> dict:
    """Pairs of photos and formula: {"train": {"mouth": arrays, "eye": arrays}, "validation": ...}."""
    faces = labelled.load_labelled(*folders)
    people = formula_pairs.people_twice(FORMULA_PEOPLE, seed)
    people = {"validation": people[:HELD_OUT_PEOPLE], "train": people[HELD_OUT_PEOPLE:]}
    made = {}
    for part in ("validation", "train"):
        photos = faces.part(part)
        pairs = animator_pairs.make_pairs(photos.paths, photos.points[..., :2], seed)
        formula_pairs.add_rendered_pairs(pairs, people[part], seed, len(photos.paths))
        shut = [k for k, points in enumerate(photos.points[..., :2])
                if formula_pairs.gap(points) < animator_pairs.PairRecipe.open_gap]
        cropped = (animator_pairs.around_the_face(images.load_image(photos.paths[k]), photos.points[k, :, :2],
                                                 animator_pairs.PairRecipe()) for k in shut)
        formula_pairs.add_joined_pairs(pairs["mouth"], cropped, people[part], seed, shut)
        made[part] = {name: each.arrays() for name, each in pairs.items()}
    return made


# ---------------------------------------------------------------- the command


def train(data, *, steps: int | None = None, resume: bool = False, device: str = "cpu", logdir="runs/animator",
          out="runs/animator.safetensors", recipe: Recipe = RECIPE) -> Path:
    """Train both networks, then the smaller ones that ship, and write the weights of these, running means, into a file.

    Args:
        data: folders made by `course data fetch`; steps: for the mouth (all others get as many in proportion), None for
            the recipe's; resume: go on from the checkpoints in `logdir`; device: cpu, cuda or mps; logdir: gets
            pairs, the larger networks, checkpoints and TensorBoard's files; out: the weights' file.
    Returns:
        `out`.
    Raises:
        training.Stopped: Ctrl-C, with everything saved; errors.CourseError: no labelled pictures, no checkpoint to
        resume from; errors.OutputError: a place that cannot be written.
    """
    logdir, share = Path(logdir), 1.0 if steps is None else steps / STEPS["mouth"]
    pairs = kept.made_once(logdir / "pairs.npz", lambda: make_all_pairs(data, recipe.seed))

    def larger(part: str, config: loop.Config) -> dict:
        return train_part(part, pairs, config, recipe)

    config = loop.Config(batch=recipe.batch, clip=1.0, average=0.998, save_every=100, seed=recipe.seed, device=device,
                         logdir=logdir, resume=resume)
    teachers = animator.networks_of(_both("animator", larger, STEPS, share, config))

    def smaller(part: str, config: loop.Config) -> dict:
        net = distillation.distil(part, teachers[part], pairs, config)
        unseen = animator_squares.Squares(pairs["validation"][part], part)
        print(f"L1 on held-out squares: {validate(net, unseen)}; the larger one's: {validate(teachers[part], unseen)}")
        return net.state_dict()

    tensors = _both("smaller", smaller, distillation.STEPS, share, config)
    if processes.join(device).first:
        weights.write_weights(tensors, out)
    return Path(out)


def _both(name: str, trained, all_steps: dict, share: float, config: loop.Config) -> dict:
    """The tensors of mouth and eye, by what `trained(part, config)` gives; a part that was done before is read."""
    tensors, logdir = {}, config.logdir
    for part, most in all_steps.items():
        done, place = logdir / f"{name}_{part}.safetensors", logdir / (part if name == "animator" else f"{name}_{part}")
        if config.resume and done.is_file():  # a run that was stopped later has this done
            tensors |= weights.read_weights(done, "delete it, it is made anew")
            continue
        first = name == "animator" and part == "mouth"
        again = config.resume and (first or (place / loop.CHECKPOINT).is_file())
        own = replace(config, steps=max(1, round(share * most)), logdir=place, resume=again)
        made = {f"{part}.{key}": value for key, value in trained(part, own).items()}
        if processes.join(config.device).first:
            weights.write_weights(made, done)
        tensors |= made
    return tensors


def train_part(part: str, pairs: dict, config: loop.Config, recipe: Recipe = RECIPE) -> dict:
    """Train one of the networks, "mouth" or "eye", on what `make_all_pairs` gives; returns its averaged weights."""
    squares = animator_squares.Squares(pairs["train"][part], part, recipe.masks)
    unseen = animator_squares.Squares(pairs["validation"][part], part, recipe.masks)
    result = loop.train(AnimatorTask(squares, unseen, config.steps, recipe), config)
    net = result.averaged["generator"].cpu()
    print(f"{part}: {result.steps} steps; L1 on held-out squares: {validate(net, unseen)}")
    return net.state_dict()
