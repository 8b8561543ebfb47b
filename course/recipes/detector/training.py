"""Training the detector: `course train detector`.

    pictures composed from labelled faces -> anchors matched to faces -> focal loss and the boxes' distance

Everything follows from numbers: picture k of step t is the composed picture number (seed, t, k), and hard ones are
remembered as numbers too, so a run that was stopped goes on as if it had not been. `training.train` runs it.
"""

from pathlib import Path

import numpy as np
import torch

from ...detection import boxes as detection_boxes
from ...detection import network as detector_network
from ...io import weights
from ...training import labelled, loop, processes, schedules, updates
from . import losses, validation
from . import recipe as detector_recipe
from . import scenes as detector_scenes


def train(data, *, steps: int | None = None, resume: bool = False, device: str = "cpu", logdir="runs/detector",
          out="runs/detector.safetensors", recipe: detector_recipe.Recipe = detector_recipe.RECIPE) -> Path:
    """Train on the training part of labelled folders and write the weights, a running mean.

    Args:
        data: folders with pictures and `labels.npz` (`training.load_labelled`); steps: length of the whole run, at
            whose end the learning rate is nothing, None for the recipe's; resume: go on from `logdir`'s checkpoint;
            device: cpu, cuda or mps; logdir: gets the checkpoint and TensorBoard's files; out: the weights' file.
    Returns:
        `out`.
    Raises:
        training.Stopped: Ctrl-C, with everything saved; errors.CourseError: no labels, nothing to resume from;
        errors.OutputError: a place that cannot be written.
    """
    steps = steps or recipe.steps
    faces = labelled.load_labelled(*data)
    unseen = faces.part("validation")
    task = DetectorTask(detector_scenes.SceneComposer(faces.part("train")), steps, recipe,
                        validation.Validator(unseen) if len(unseen) else None)
    result = loop.train(task, loop.Config(
        steps=steps, batch=recipe.batch, precision="float32", clip=5.0, average=recipe.average,
        picture_every=recipe.check_every, save_every=recipe.check_every, seed=recipe.seed, device=device,
        logdir=logdir, resume=resume))
    if processes.join(device).first:
        weights.write_weights(result.averaged["detector"].state_dict(), out)
    return Path(out)


class DetectorTask(loop.Task):
    """What the training loop asks for: composed pictures, a step, the hard pictures that are drawn again."""

    averaged = ("detector",)

    def __init__(self, composer: detector_scenes.SceneComposer, steps: int, recipe: detector_recipe.Recipe,
                 validator: validation.Validator | None = None):
        """composer: makes the pictures; steps: of the whole run; validator: measures, None for nothing to measure."""
        torch.manual_seed(recipe.seed)
        self.composer, self.steps, self.recipe, self.validator = composer, steps, recipe, validator
        net = detector_network.DetectorNet().to(memory_format=torch.channels_last)
        decayed = [p for p in net.parameters() if p.ndim > 1]
        others = [p for p in net.parameters() if p.ndim <= 1]
        groups = [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": others, "weight_decay": 0.0}]
        self.networks = {"detector": net}
        self.optimizers = {"detector": torch.optim.AdamW(groups, lr=recipe.learning_rate)}
        self.hard = []  # numbers of pictures in which the network fired at nothing

    def step(self, number: int, rows: slice, updater: updates.Updater) -> dict:
        """One step on new pictures and a few hard ones; {"loss", "hard pictures": how many are remembered}."""
        schedules.set_learning_rate(self.optimizers["detector"], self.recipe.learning_rate,
                                    schedules.learning_rate_share(number, self.steps, self.recipe.warmup))
        net = self.networks["detector"]
        device = next(net.parameters()).device
        numbers = self._numbers(number, rows)
        pictures, labels, targets, anchors = self._batch(numbers)
        anchors = anchors.to(device)
        worst = []

        def loss_of(pictures, labels, targets):
            logits, offsets = net(pictures)
            worst.append(torch.where(labels == 0, logits.detach(), -99.0).amax(dim=1).cpu())
            return losses.detector_loss(logits, offsets, labels, targets, anchors, self.recipe)

        loss = updater.update("detector", loss_of, pictures.to(device), labels.to(device), targets.to(device))
        self._remember(numbers, torch.cat(worst))
        return {"loss": loss, "hard pictures": len(self.hard)}

    def _numbers(self, step: int, rows: slice) -> list:
        """The numbers of this step's pictures, of those that are this process's: new ones, and a few hard ones."""
        new = range(self.recipe.batch)[rows]
        rng = np.random.default_rng((self.recipe.seed, step))
        again = min(self.recipe.hard_per_batch * len(new) // self.recipe.batch, len(self.hard) // 8)
        chosen = rng.choice(len(self.hard), again, replace=False) if again else ()
        return [(self.recipe.seed, step, k) for k in new[: len(new) - again]] + [self.hard[i] for i in chosen]

    def _batch(self, numbers: list) -> tuple:
        """Pictures (N, 3, H, W) in [0, 1]; labels (N, A), targets (N, A, 4) and anchors (A, 4), see `losses.match`."""
        scenes = [self.composer.compose(number) for number in numbers]
        anchors = detection_boxes.make_anchors(*scenes[0].image.shape[:2])
        matched = [losses.match(torch.from_numpy(scene.boxes), torch.from_numpy(scene.ignore), anchors, self.recipe)
                   for scene in scenes]
        labels, targets = (torch.stack(part) for part in zip(*matched))
        pictures = torch.from_numpy(np.stack([scene.image for scene in scenes]))
        return pictures.permute(0, 3, 1, 2).float() / 255, labels, targets, anchors

    def _remember(self, numbers: list, worst: torch.Tensor) -> None:
        """Keep the numbers of pictures with a false alarm above one half, forget those that are quiet by now."""
        for number, logit in zip(numbers, worst.tolist()):
            if number in self.hard:
                self.hard.remove(number)
            if logit > 0:
                self.hard.append(number)
        self.hard = self.hard[-self.recipe.hard_kept :]

    def check(self, averaged: dict) -> dict:
        """See `validation.Validator.measure`."""
        return self.validator.measure(averaged["detector"].state_dict()) if self.validator else {}

    def state(self) -> dict:
        """The hard pictures."""
        return {"hard": self.hard}

    def restore(self, state: dict) -> None:
        """Know the hard pictures again."""
        self.hard = [tuple(number) for number in state["hard"]]
