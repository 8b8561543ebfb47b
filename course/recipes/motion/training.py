"""Training the motion models: `course train motion --data TRACKS`. Both at once, a minute or two on one core."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from ... import errors
from ...io import weights
from ...motion import idle_features, idle_networks
from ...training import loop
from . import tracks as motion_data


@dataclass(frozen=True)
class Settings:
    """What the shipped weights were trained with."""

    steps: int = 300
    batch: int = 16
    length: int = 80  # frames of a piece for the autoregressive model; the VAE takes history and window out of it
    rate: float = 4e-3
    beta: float = 0.5  # of the VAE's KL term
    precision: float = 4.0  # of its reconstruction: an error of a quarter of `SPEED` is a standard deviation
    noise: float = 0.1  # added to what the autoregressive model sees, so that it learns to mend its own errors
    seed: int = 0


class MotionTask:
    """What the training loop asks for: both networks, a batch, a step each."""

    averaged = ("vae", "autoregressive")

    def __init__(self, tracks: list, settings: Settings, steps: int):
        torch.manual_seed(settings.seed)
        self.tracks, self.settings, self.steps = tracks, settings, steps
        self.networks = {"vae": idle_networks.MotionVAE(), "autoregressive": idle_networks.MotionGRU()}
        self.optimizers = {name: torch.optim.Adam(net.parameters(), settings.rate)
                           for name, net in self.networks.items()}

    def step(self, number: int, rows: slice, updater) -> dict:
        """Batch `number` and one step of each network."""
        settings = self.settings
        for optimizer in self.optimizers.values():
            for group in optimizer.param_groups:  # half a cosine down to a twentieth
                group["lr"] = settings.rate * (0.525 + 0.475 * float(np.cos(np.pi * min(1, number / self.steps))))
        made = motion_data.batch(self.tracks, number, settings.batch, settings.length, settings.seed)
        random = np.random.default_rng((settings.seed, number, 1))
        device = next(self.networks["vae"].parameters()).device
        numbers = (made["values"], made["blinks"], idle_features.since_blink(made["blinks"]), made["conditions"],
                   random.standard_normal((settings.batch, idle_networks.LATENT), np.float32),
                   random.standard_normal(made["values"].shape, np.float32))
        batch = [torch.from_numpy(part[rows]).to(device) for part in numbers]
        return {"vae": updater.update("vae", self.vae_loss, *batch),
                "autoregressive": updater.update("autoregressive", self.autoregressive_loss, *batch)}

    def vae_loss(self, values, blinks, since, told, latent_noise, _):
        """Reconstruct 2 s from their latent and the 0.64 s before them."""
        network, settings = self.networks["vae"], self.settings
        speeds = torch.diff(values, dim=1, prepend=values[:, :1])
        begin, end = idle_networks.HISTORY, idle_networks.HISTORY + idle_networks.WINDOW
        seen = idle_networks.seen_by(values, speeds, since, told)
        before, window = seen[:, :begin], seen[:, begin:end]
        mean, logvar = network.encode(before, window)
        # z = mean + e^(logvar / 2) eps
        latent = mean + torch.exp(0.5 * logvar) * latent_noise
        made, logits = network.decode(latent, before, told[:, begin:end])
        # speeds, and the positions that they add up to
        scale = settings.precision / idle_networks.SPEED
        true = torch.cat([speeds[:, begin:end] * scale, values[:, begin:end] - values[:, begin - 1 : begin]], dim=2)
        found = torch.cat([made * scale, made.cumsum(dim=1)], dim=2)
        loss, _, _ = idle_networks.vae_loss(true, found, mean, logvar, settings.beta)
        blinking = functional.binary_cross_entropy_with_logits(logits, blinks[:, begin:end])
        return loss / idle_networks.WINDOW + 8 * blinking  # a blink is one frame of many

    def autoregressive_loss(self, values, blinks, since, told, _, noise):
        """-log p(next frame): what frame t shows must tell the speed of frame t + 1."""
        speeds = torch.diff(values, dim=1, prepend=values[:, :1])
        blurred = idle_networks.SPEED * self.settings.noise * noise
        seen = idle_networks.seen_by(values[:, :-1] + blurred[:, :-1], speeds[:, :-1] + 0.2 * blurred[:, :-1],
                                     since[:, :-1], told[:, 1:])
        mean, log_deviation, logits, _ = self.networks["autoregressive"](seen)
        likelihood = idle_networks.gaussian_nll(speeds[:, 1:] / idle_networks.SPEED, mean, log_deviation)
        return likelihood + functional.binary_cross_entropy_with_logits(logits, blinks[:, 1:])

    def pictures(self, averaged: dict) -> dict:
        """Nothing to look at while it trains: `benchmarks/motion.py` draws the samples."""
        return {}


def train(folder, steps: int | None = None, resume: bool = False, device: str = "cpu", logdir="runs/motion",
          out="runs/motion.safetensors", settings: Settings = Settings(), live: bool = True) -> Path:
    """Train both models on a folder of tracks, or a list of `tracks.Track`; Ctrl-C saves, `resume` goes on.

    Raises:
        errors.CourseError: no tracks, or none as long as a piece; training.Stopped.
    """
    from safetensors.torch import save_file

    tracks = folder if isinstance(folder, list) else motion_data.load_tracks(folder)
    if not tracks:
        raise errors.CourseError("no tracks to learn from: give one or more")
    settings = replace(settings, steps=steps or settings.steps)
    task = MotionTask(tracks, settings, settings.steps)
    result = loop.train(task, loop.Config(
        steps=settings.steps, batch=settings.batch, clip=1.0, average=0.97, save_every=100, seed=settings.seed,
        device=device, logdir=logdir, resume=resume, live=live))
    tensors = {f"{name}.{key}": value.detach().cpu().contiguous() for name, network in result.averaged.items()
               for key, value in network.state_dict().items()}
    tensors["blink_shape"] = torch.from_numpy(motion_data.blink_shape(tracks))
    out = Path(out or weights.data_dir() / "motion.safetensors")
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = out.with_name(out.name + ".part")
    save_file(tensors, beside)
    beside.replace(out)
    return out
