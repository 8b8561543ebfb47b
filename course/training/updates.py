"""One step of an optimiser, with what large training needs around `loss.backward()`.

A batch in parts, so that it fits into memory; half precision, where the machine is faster with it; gradients
averaged over processes; a limit on their length. Without any of these `Updater.update` does what these three lines do:

    optimizer.zero_grad()
    loss_of(*batch).backward()
    optimizer.step()
"""

import contextlib

import torch
from torch import nn

from .. import errors
from .processes import Processes

PRECISIONS = ("auto", "float32", "bfloat16", "float16")


def choose_precision(precision: str, device: str) -> torch.dtype:
    """The type that convolutions calculate in.

    "auto" is float32 on a CPU; on a GPU bfloat16 where its units have it (Ampere and later), else float16.
    Raises:
        errors.CourseError: an unknown name.
    """
    if precision not in PRECISIONS:
        raise errors.CourseError(f"there is no precision {precision!r}: choose from {', '.join(PRECISIONS)}")
    if precision != "auto":
        return getattr(torch, precision)
    if not device.startswith("cuda"):
        return torch.float32
    return torch.bfloat16 if torch.cuda.get_device_capability()[0] >= 8 else torch.float16


class Updater:
    """Moves the weights of several networks, each with its own optimiser.

    Args:
        networks, optimizers: by name; accumulate: parts that a batch is worked on in, one after another;
        precision: the type for convolutions and products, weights and their steps stay float32;
        clip: the gradient's greatest length; processes: who shares the work.
    """

    def __init__(self, networks: dict, optimizers: dict, *, accumulate: int = 1, precision: torch.dtype = torch.float32,
                 clip: float | None = None, device: str = "cpu", processes: Processes | None = None):
        self.networks, self.optimizers = networks, optimizers
        self.accumulate, self.precision, self.clip = accumulate, precision, clip
        self.kind = device.partition(":")[0]  # "cpu" of "cpu", "cuda" of "cuda:1"
        # float16 ends at 6e-8: losses are multiplied by a large number, and the gradients divided by it again.
        scaled = precision == torch.float16
        self.scalers = {name: _scaler(self.kind, scaled) for name in optimizers}
        self.losses = {name: _Loss(network) for name, network in networks.items()}
        if processes is not None and processes.count > 1:
            devices = [processes.local] if self.kind == "cuda" else None
            self.losses = {name: nn.parallel.DistributedDataParallel(loss, device_ids=devices, broadcast_buffers=False)
                           for name, loss in self.losses.items()}

    def autocast(self):
        """A context in which convolutions and products are worked out in `precision`."""
        return torch.autocast(self.kind, self.precision, enabled=self.precision != torch.float32)

    def exact(self):
        """A context in which everything is worked out in float32, for what half precision would spoil."""
        return torch.autocast(self.kind, enabled=False)

    def update(self, name: str, loss_of, *batch: torch.Tensor) -> float:
        """One step of `name`'s optimiser down the gradient of loss_of(*batch); returns the loss.

        loss_of: takes as many tensors as `batch` has, of any number of rows, and gives their mean loss.
        """
        optimizer, scaler, loss_module = self.optimizers[name], self.scalers[name], self.losses[name]
        parts = self._parts(batch)
        optimizer.zero_grad(set_to_none=True)
        total = 0.0
        for number, part in enumerate(parts):
            # L = 1/K sum_k L_k, and so the gradients of the parts add up to the batch's
            with _apart(loss_module, number + 1 < len(parts)):
                with self.autocast():
                    loss = loss_module(loss_of, *part) / len(parts)
                scaler.scale(loss).backward()
            total += loss.item()
        if self.clip is not None:
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(self.networks[name].parameters(), self.clip)
        scaler.step(optimizer)
        scaler.update()
        return total

    def state(self) -> dict:
        """What a checkpoint needs beside networks and optimisers."""
        return {name: scaler.state_dict() for name, scaler in self.scalers.items()}

    def restore(self, state: dict) -> None:
        """Go on from what `state` gave."""
        for name, scaler in self.scalers.items():
            if state[name]:
                scaler.load_state_dict(state[name])

    def _parts(self, batch: tuple) -> list:
        rows = len(batch[0])
        if rows % self.accumulate:
            raise errors.CourseError(f"a batch of {rows} cannot be split into {self.accumulate} equal parts: "
                                     "change batch or accumulate")
        return list(zip(*(tensor.split(rows // self.accumulate) for tensor in batch)))


class _Loss(nn.Module):
    """The whole way to a loss as one module: DistributedDataParallel wants one call forward for one backward, while
    a GAN's discriminator looks twice."""

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network

    def forward(self, loss_of, *part):
        return loss_of(*part)


def _apart(loss_module: nn.Module, more: bool):
    """Gradients stay in each process until the last part of the batch, and are averaged once."""
    distributed = isinstance(loss_module, nn.parallel.DistributedDataParallel)
    return loss_module.no_sync() if distributed and more else contextlib.nullcontext()


def _scaler(kind: str, enabled: bool):
    if hasattr(torch.amp, "GradScaler"):
        return torch.amp.GradScaler(kind, enabled=enabled)
    return torch.cuda.amp.GradScaler(enabled=enabled and kind == "cuda")  # torch 2.2


@contextlib.contextmanager
def frozen(network: nn.Module):
    """A context in which gradients flow through a network, and none is worked out for its own weights."""
    trained = [p for p in network.parameters() if p.requires_grad]
    for parameter in trained:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in trained:
            parameter.requires_grad_(True)
