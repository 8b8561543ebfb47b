"""Training the landmarker: crops made on the fly in processes of their own, L1 on the points, a mean of weights."""

import csv
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tqdm.auto import tqdm

from ... import errors
from ...evaluation import metrics
from ...keypoints import crops as keypoint_crops
from ...keypoints import landmarks
from ...keypoints import network as keypoint_network
from ...training import checkpoints, loop
from ...training import labelled as data
from . import tiles as landmark_data


@dataclass(frozen=True)
class TrainSettings:
    """What the shipped weights were trained with."""

    steps: int = 2800
    batch: int = 32
    learning_rate: float = 2e-3
    warmup: int = 200  # steps
    weight_decay: float = 0.02
    average: float = 0.998  # the weights that are kept are a running mean
    posed: int = 3  # further expressions of every face, made by our own warp
    workers: int = 1  # processes that make crops
    report_every: int = 250  # steps
    seed: int = 0


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


class Crops(torch.utils.data.IterableDataset):
    """Endless batches; batch number b is the same whoever makes it, so that a resumed run sees what it missed."""

    def __init__(self, tiles: landmark_data.Tiles, settings: TrainSettings, first: int, last: int):
        self.tiles, self.settings, self.first, self.last = tiles, settings, first, last

    def __iter__(self):
        worker = torch.utils.data.get_worker_info()
        offset, stride = (worker.id, worker.num_workers) if worker else (0, 1)
        for number in range(self.first + offset, self.last, stride):
            rng = np.random.default_rng((self.settings.seed, number))
            batch = [landmark_data.sample(self.tiles, rng, keypoint_network.SETTINGS.crop)
                     for _ in range(self.settings.batch)]
            crops = np.stack([crop for crop, _ in batch])
            points = np.stack([points for _, points in batch])
            yield torch.from_numpy(crops), torch.from_numpy(points)


def train(folders, steps: int | None = None, resume: bool = False, device: str = "cpu", logdir="runs",
          out="runs/keypoints.safetensors", settings: TrainSettings = TrainSettings()) -> Path:
    """Train on the "train" part of labelled folders; writes the weights at every report, and a checkpoint beside.

    Ctrl-C saves and stops; `resume` goes on with the same numbers.
    """
    steps = steps or settings.steps
    logdir, out = Path(logdir) / "keypoints", Path(out)
    logdir.mkdir(parents=True, exist_ok=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    labelled = data.load_labelled(*folders)
    tiles = landmark_data.make_tiles(labelled.part("train"), settings.posed, settings.seed)
    tiles.weights = tiles.weights / tiles.weights.sum()
    checks = validation_crops(labelled.part("validation"))

    torch.manual_seed(settings.seed)
    net = keypoint_network.Landmarker().to(device, memory_format=torch.channels_last)
    mean = torch.optim.swa_utils.AveragedModel(net, multi_avg_fn=running_mean(settings.average), use_buffers=True)
    optimizer = torch.optim.AdamW(net.parameters(), settings.learning_rate, weight_decay=settings.weight_decay)
    begin = _resume(logdir, net, mean, optimizer, device) if resume else 0
    if begin >= steps:
        raise errors.CourseError(f"the checkpoint is already at step {begin}: ask for more with --steps")

    weights = torch.from_numpy(POINT_WEIGHTS).to(device)
    loader = torch.utils.data.DataLoader(Crops(tiles, settings, begin, steps), batch_size=None,
                                         num_workers=settings.workers,
                                         prefetch_factor=4 if settings.workers else None)
    progress = tqdm(loader, total=steps, initial=begin, desc="training the landmarker", unit="step")
    step, started, losses = begin, time.perf_counter(), []
    try:
        for crops, points in progress:
            for group in optimizer.param_groups:
                group["lr"] = settings.learning_rate * schedule(step, steps, settings.warmup)
            crops = crops.to(device).permute(0, 3, 1, 2).float().div(255)  # (N, 3, 128, 128), channels last
            loss = point_loss(net(crops), points.to(device), weights)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            mean.update_parameters(net)
            losses.append(loss.item())
            step += 1
            if step % settings.report_every == 0 or step == steps:
                error = validate(mean.module, checks, device)
                minutes = (time.perf_counter() - started) / 60
                _report(logdir, step, np.mean(losses), error, minutes)
                progress.set_postfix(loss=f"{np.mean(losses):.4f}", validation=f"{error:.2f}%")
                losses = []
                save(mean.module, out)
                _checkpoint(logdir, step, net, mean, optimizer)
    except KeyboardInterrupt:
        _checkpoint(logdir, step, net, mean, optimizer)
        raise
    return out


def running_mean(decay: float):
    """mean <- d mean + (1 - d) value, with d = min(decay, (1 + n) / (10 + n)) after n steps.

    The mean is short at first, or the weights a network starts with would count for a thousand steps.
    """

    @torch.no_grad()
    def update(means, values, count):
        share = 1 - min(decay, (1 + float(count)) / (10 + float(count)))
        for mean, value in zip(means, values):
            if mean.is_floating_point():
                mean.lerp_(value, share)
            else:
                mean.copy_(value)

    return update


def schedule(step: int, steps: int, warmup: int) -> float:
    """The learning rate's factor: a straight rise, then half a cosine to nothing."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 + 0.5 * math.cos(math.pi * (step - warmup) / max(steps - warmup, 1))


def validation_crops(faces: data.LabelledFaces) -> tuple:
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
    stack = torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).float().div(255)
    return stack, np.stack(points)


def validate(net, checks: tuple, device: str) -> float:
    """Mean distance over 68 points as a percentage of the distance between the eyes' outer corners."""
    crops, true = checks
    net.eval()
    with torch.inference_mode():
        found = net(crops.to(device)).cpu().numpy()
    net.train()
    return metrics.nme(found, true)


def save(net, path) -> Path:
    """Weights as half floats in a .safetensors, moved into place when whole."""
    from safetensors.torch import save_file

    tensors = {name: (t.half() if t.is_floating_point() else t).contiguous() for name, t in net.state_dict().items()
               if not name.endswith("num_batches_tracked")}
    path = Path(path)
    beside = path.with_name(path.name + ".part")
    save_file(tensors, beside)
    beside.replace(path)
    return path


def _checkpoint(logdir, step, net, mean, optimizer) -> None:
    checkpoints.save(logdir / loop.CHECKPOINT, {"step": step, "net": net.state_dict(), "mean": mean.state_dict(),
                                                    "optimizer": optimizer.state_dict()})


def _resume(logdir, net, mean, optimizer, device) -> int:
    state = checkpoints.load(logdir / loop.CHECKPOINT, device)
    net.load_state_dict(state["net"])
    mean.load_state_dict(state["mean"])
    optimizer.load_state_dict(state["optimizer"])
    return state["step"]


def _report(logdir, step, loss, error, minutes) -> None:
    path = logdir / "log.csv"
    fresh = not path.exists()
    with open(path, "a", newline="") as file:
        writer = csv.writer(file)
        if fresh:
            writer.writerow(["step", "loss", "validation_percent", "minutes"])
        writer.writerow([step, f"{loss:.5f}", f"{error:.3f}", f"{minutes:.1f}"])
