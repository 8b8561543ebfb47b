"""Training the motion models: `course train motion`. Both at once, a minute or two on one core."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from ... import errors
from ...io import weights
from ...motion import idle_features, idle_networks
from ...training import loop, processes, schedules
from . import tracks as motion_data


@dataclass(frozen=True)
class Recipe:
    """What the shipped weights were trained with."""

    steps: int = 300
    batch: int = 16
    length: int = 80  # frames of a piece for the autoregressive model; the VAE takes history and window out of it
    rate: float = 4e-3
    beta: float = 0.5  # of the VAE's KL term
    precision: float = 4.0  # of its reconstruction: an error of a quarter of `SPEED` is a standard deviation
    noise: float = 0.1  # added to what the autoregressive model sees, so that it learns to mend its own errors
    seed: int = 0


RECIPE = Recipe()


class MotionTask(loop.Task):
    """What the training loop asks for: both networks, a batch, a step each. `benchmarks/motion.py` draws samples."""

    averaged = ("vae", "autoregressive")

    def __init__(self, tracks: list, steps: int, recipe: Recipe):
        torch.manual_seed(recipe.seed)
        self.tracks, self.steps, self.recipe = tracks, steps, recipe
        self.networks = {"vae": idle_networks.MotionVAE(), "autoregressive": idle_networks.MotionGRU()}
        self.optimizers = {name: torch.optim.Adam(net.parameters(), recipe.rate)
                           for name, net in self.networks.items()}

    def step(self, number: int, rows: slice, updater) -> dict:
        """Batch `number` and one step of each network."""
        recipe = self.recipe
        for optimizer in self.optimizers.values():
            schedules.set_learning_rate(optimizer, recipe.rate, schedules.learning_rate_share(
                number, self.steps, warmup=0, least=0.05))
        batch = self.batch(self.tracks, number, rows)
        return {"vae": updater.update("vae", self.vae_loss, *batch),
                "autoregressive": updater.update("autoregressive", self.autoregressive_loss, *batch)}

    def batch(self, tracks: list, number: int, rows: slice = slice(None)) -> list:
        """Batch `number` out of some tracks, on the networks' device: what the losses below are given."""
        recipe = self.recipe
        made = motion_data.batch(tracks, number, recipe.batch, recipe.length, recipe.seed)
        random = np.random.default_rng((recipe.seed, number, 1))
        device = next(self.networks["vae"].parameters()).device
        numbers = (made["values"], made["blinks"], idle_features.since_blink(made["blinks"]), made["conditions"],
                   random.standard_normal((recipe.batch, idle_networks.LATENT), np.float32),
                   random.standard_normal(made["values"].shape, np.float32))
        return [torch.from_numpy(part[rows]).to(device) for part in numbers]

    def vae_loss(self, values, blinks, since, told, latent_noise, _):
        """Reconstruct 2 s from their latent and the 0.64 s before them."""
        terms, blinking = self.vae_terms(values, blinks, since, told, latent_noise)
        return terms[0] / idle_networks.WINDOW + 8 * blinking  # a blink is one frame of many

    def vae_terms(self, values, blinks, since, told, latent_noise) -> tuple:
        """What `vae_loss` says of a batch, (loss, reconstruction, KL), nats a window, and the loss of the blinks.

        Tensors as `step` makes them: values (N, T, 8), blinks (N, T), since (N, T), told (N, T, 5), noise (N, 16).
        """
        network, recipe = self.networks["vae"], self.recipe
        speeds = torch.diff(values, dim=1, prepend=values[:, :1])
        begin, end = idle_networks.HISTORY, idle_networks.HISTORY + idle_networks.WINDOW
        seen = idle_networks.seen_by(values, speeds, since, told)
        before, window = seen[:, :begin], seen[:, begin:end]
        mean, logvar = network.encode(before, window)
        # z = mean + e^(logvar / 2) eps
        latent = mean + torch.exp(0.5 * logvar) * latent_noise
        made, logits = network.decode(latent, before, told[:, begin:end])
        # speeds, and the positions that they add up to
        scale = recipe.precision / idle_networks.SPEED
        true = torch.cat([speeds[:, begin:end] * scale, values[:, begin:end] - values[:, begin - 1 : begin]], dim=2)
        found = torch.cat([made * scale, made.cumsum(dim=1)], dim=2)
        terms = idle_networks.vae_loss(true, found, mean, logvar, recipe.beta)
        return terms, functional.binary_cross_entropy_with_logits(logits, blinks[:, begin:end])

    def autoregressive_loss(self, values, blinks, since, told, _, noise):
        """-log p(next frame): what frame t shows must tell the speed of frame t + 1."""
        speeds = torch.diff(values, dim=1, prepend=values[:, :1])
        blurred = idle_networks.SPEED * self.recipe.noise * noise
        seen = idle_networks.seen_by(values[:, :-1] + blurred[:, :-1], speeds[:, :-1] + 0.2 * blurred[:, :-1],
                                     since[:, :-1], told[:, 1:])
        mean, log_deviation, logits, _ = self.networks["autoregressive"](seen)
        likelihood = idle_networks.gaussian_nll(speeds[:, 1:] / idle_networks.SPEED, mean, log_deviation)
        return likelihood + functional.binary_cross_entropy_with_logits(logits, blinks[:, 1:])


def train(data, *, steps: int | None = None, resume: bool = False, device: str = "cpu", logdir="runs/motion",
          out="runs/motion.safetensors", recipe: Recipe = RECIPE) -> Path:
    """Train both models and write their weights, running means, and the shape of a blink, into one file.

    Args:
        data: one folder of tracks, in a list as the command gives it or by itself, a list of `tracks.Track`, or None;
            steps: in all, None for the recipe's; resume: go on from the checkpoint in `logdir`; device: cpu, cuda or
            mps; logdir: gets the checkpoint and TensorBoard's files; out: the weights' file.
    Returns:
        `out`.
    Raises:
        training.Stopped: Ctrl-C, with everything saved; errors.CourseError: no tracks, nothing to resume from;
        errors.OutputError: a place that cannot be written.
    """
    tracks = tracks_of(data)
    task = MotionTask(tracks, steps or recipe.steps, recipe)
    result = loop.train(task, loop.Config(
        steps=task.steps, batch=recipe.batch, clip=1.0, average=0.97, save_every=100, seed=recipe.seed, device=device,
        logdir=logdir, resume=resume))
    tensors = {f"{name}.{key}": value for name, network in result.averaged.items()
               for key, value in network.state_dict().items()}
    tensors["blink_shape"] = torch.from_numpy(motion_data.blink_shape(tracks))
    if processes.join(device).first:
        weights.write_weights(tensors, out)
    return Path(out)


def tracks_of(data) -> list:
    """The tracks that `train` is given in one way or another, those that ship by default: list of `tracks.Track`.

    Raises `errors.CourseError`.
    """
    if isinstance(data, list | tuple) and data and isinstance(data[0], motion_data.Track):
        return list(data)
    folders = [data] if isinstance(data, str | Path) else list(data or [])
    if not folders:
        return motion_data.shipped()
    if len(folders) != 1:
        raise errors.CourseError("the motion models learn from one folder of tracked motion: give --data one FOLDER")
    return motion_data.load_tracks(folders[0])
