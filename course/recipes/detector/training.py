"""Training the detector: matching anchors to faces, the loss, and the loop with its checkpoint.

Everything is reproducible: picture k of step t is the composed picture number (seed, t, k), hard ones are
kept as numbers too, so a run that was stopped goes on as if it had not been.
"""

import csv
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from tqdm.auto import tqdm

from ... import errors
from ...detection import boxes as detection_boxes
from ...detection import detector
from ...detection import network as detector_network
from ...io import weights
from ...training import labelled, schedules
from . import losses, recipe
from . import scenes as detector_scenes


def train(data_folders, steps: int = 4000, resume: bool = False, device: str = "cpu", logdir=None, out=None,
          settings: recipe.Recipe = recipe.RECIPE) -> Path:
    """Train on the training part of the labelled folders and write the weights.

    Args:
        data_folders: folders with pictures and `labels.npz` (`training.load_labelled`).
        steps: length of the whole run; the learning rate falls to nothing at its end.
        resume: go on from `logdir`'s checkpoint.
        logdir: gets `checkpoint.pt` and `log.csv`; default `runs/detector`.
        out: the weights' file; default the shipped one.
    Returns: the path of the weights.
    Raises: errors.CourseError: no labels, or nothing to resume from.
    """
    logdir = Path(logdir or "runs/detector")
    out = Path(out or weights.data_dir() / detector.WEIGHTS_FILE)
    logdir.mkdir(parents=True, exist_ok=True)
    faces = labelled.load_labelled(*data_folders)
    composer = detector_scenes.SceneComposer(faces.part("train"))
    judge = Judge(faces.part("validation")) if len(faces.part("validation")) else None
    run = Run(settings, device)
    if resume:
        run.restore(logdir / "checkpoint.pt")
    progress = tqdm(range(run.step, steps), initial=run.step, total=steps, desc="training the detector", unit="step")
    for step in progress:
        loss = run.advance(composer, steps)
        if step % 10 == 0:
            progress.set_postfix(loss=f"{loss:.3f}", hard=len(run.hard))
        if (step + 1) % settings.report_every == 0 or step + 1 == steps:
            run.save(logdir / "checkpoint.pt")
            weights.write_weights(run.averaged(), out)
            report = {"step": step + 1, "loss": round(run.mean_loss, 4), "minutes": round(run.seconds / 60, 1)}
            report.update(judge(run.averaged()) if judge else {})
            _append(logdir / "log.csv", report)
            tqdm.write("  ".join(f"{name} {value}" for name, value in report.items()))
    return out


class Run:
    """A training run: network, optimiser, running mean, hard pictures; all of it goes into the checkpoint."""

    def __init__(self, settings: recipe.Recipe, device: str):
        torch.manual_seed(settings.seed)
        self.settings, self.device = settings, device
        self.net = detector_network.DetectorNet().to(device, memory_format=torch.channels_last)
        self.mean = {name: value.clone() for name, value in self.net.state_dict().items()}
        decayed = [p for p in self.net.parameters() if p.ndim > 1]
        others = [p for p in self.net.parameters() if p.ndim <= 1]
        groups = [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": others, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=settings.learning_rate)
        self.step, self.mean_loss, self.seconds = 0, 0.0, 0.0
        self.hard = []  # seeds of pictures in which the network fired at nothing

    def advance(self, composer, steps) -> float:
        """One step of `steps`; gives the loss."""
        started = time.time()
        rate = self.settings.learning_rate * schedules.learning_rate_share(self.step, steps, self.settings.warmup)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        seeds = self._seeds()
        scenes = [composer.compose(seed) for seed in seeds]
        anchors = detection_boxes.make_anchors(*scenes[0].image.shape[:2])
        matched = [losses.match(torch.from_numpy(s.boxes), torch.from_numpy(s.ignore), anchors, self.settings)
                   for s in scenes]
        labels = torch.stack([label for label, _ in matched]).to(self.device)  # (N, A)
        targets = torch.stack([target for _, target in matched]).to(self.device)  # (N, A, 4)
        pictures = torch.from_numpy(np.stack([s.image for s in scenes])).to(self.device)  # (N, H, W, 3)
        self.net.train()
        logits, offsets = self.net(pictures.permute(0, 3, 1, 2).float() / 255)
        loss = losses.detector_loss(logits, offsets, labels, targets, anchors.to(self.device), self.settings)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimizer.step()
        self._average()
        self._remember(seeds, torch.where(labels == 0, logits.detach(), -99.0).amax(dim=1).cpu())
        self.step += 1
        self.seconds += time.time() - started
        self.mean_loss += (loss.item() - self.mean_loss) / min(self.step, 100)
        return loss.item()

    def _seeds(self) -> list:
        """The numbers of this step's pictures: new ones, and a few hard ones from before."""
        rng = np.random.default_rng((self.settings.seed, self.step))
        n_hard = min(self.settings.hard_per_batch, len(self.hard) // 8)
        again = [self.hard[i] for i in rng.choice(len(self.hard), n_hard, replace=False)] if n_hard else []
        return [(self.settings.seed, self.step, k) for k in range(self.settings.batch - n_hard)] + again

    def _remember(self, seeds, worst):
        """Keep the numbers of pictures with a false alarm above one half, forget those that are quiet by now."""
        for seed, logit in zip(seeds, worst.tolist()):
            if seed in self.hard:
                self.hard.remove(seed)
            if logit > 0:
                self.hard.append(seed)
        self.hard = self.hard[-self.settings.hard_kept :]

    def _average(self):
        """Running mean of the weights; shorter at the start, when they still change much."""
        keep = min(self.settings.average, (1 + self.step) / (10 + self.step))
        for name, value in self.net.state_dict().items():
            if value.dtype.is_floating_point:
                self.mean[name].lerp_(value, 1 - keep)
            else:
                self.mean[name].copy_(value)

    def averaged(self) -> dict:
        """The weights to ship."""
        return {name: value.detach().cpu().contiguous() for name, value in self.mean.items()}

    def save(self, path):
        state = {"net": self.net.state_dict(), "mean": self.mean, "optimizer": self.optimizer.state_dict(),
                 "step": self.step, "mean_loss": self.mean_loss, "seconds": self.seconds,
                 "hard": [list(seed) for seed in self.hard], "settings": asdict(self.settings)}
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    def restore(self, path):
        if not path.is_file():
            raise errors.CourseError(f"there is no checkpoint {path} to resume from: train without --resume first")
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.net.load_state_dict(state["net"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.mean = state["mean"]
        self.step, self.mean_loss, self.seconds = state["step"], state["mean_loss"], state["seconds"]
        self.hard = [tuple(seed) for seed in state["hard"]]


class Judge:
    """Measures a network on pictures it is not trained on: single faces, crowds, and pictures without a face."""

    def __init__(self, faces, crowds: int = 48, faceless: int = 96):
        composer = detector_scenes.SceneComposer(faces)
        truth = [box[None] for box in composer.boxes]
        self.singles = list(zip([pyramid[0] for pyramid in composer.pyramids], truth))
        scenes = [composer.crowd(np.random.default_rng((1, k))) for k in range(crowds)]
        self.crowds = [(scene.image, scene.boxes) for scene in scenes]
        self.faceless = [composer.without_face(np.random.default_rng((2, k))).image for k in range(faceless)]

    def __call__(self, tensors: dict) -> dict:
        net = detector.load_network({name: value.clone() for name, value in tensors.items()})
        found = [recalled(detector.find_faces(net, image), boxes) for image, boxes in self.singles]
        crowded = [recalled(detector.find_faces(net, image), boxes) for image, boxes in self.crowds]
        alarms = [len(detector.find_faces(net, image)) for image in self.faceless]
        return {"recall": round(float(np.concatenate(found).mean()), 4),
                "crowd recall": round(float(np.concatenate(crowded).mean()), 4),
                "false alarms": int(sum(alarms))}


def recalled(faces: np.ndarray, truth: np.ndarray, threshold: float = 0.5) -> np.ndarray:
    """For every true box (F, 4), whether some found face (N, 5) overlaps it by IoU >= threshold: bool (F,)."""
    if not len(faces) or not len(truth):
        return np.zeros(len(truth), bool)
    overlap = detection_boxes.iou(torch.from_numpy(truth), torch.from_numpy(faces[:, :4]))
    return (overlap.amax(dim=1) >= threshold).numpy()


def _append(path, row: dict):
    new = not path.exists()
    with open(path, "a", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        if new:
            writer.writeheader()
        writer.writerow(row)
