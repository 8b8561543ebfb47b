"""Several processes, on one machine or many, that train one network together.

    torchrun --nproc-per-node 2 -m course train gan

starts the command twice and tells each copy, in environment variables, which one it is. Every process works on its
own rows of each batch; DistributedDataParallel averages the gradients, so all take the same step.
"""

import os
import random
from dataclasses import dataclass

import numpy as np
import torch
from torch import distributed

from .. import errors


@dataclass(frozen=True)
class Processes:
    """Which process this is. rank: 0 to count - 1, over all machines; local: on this machine."""

    rank: int = 0
    count: int = 1
    local: int = 0

    @property
    def first(self) -> bool:
        """The one that writes files and shows progress."""
        return self.rank == 0

    def rows(self, batch: int) -> slice:
        """Which rows of a batch are this process's.

        Raises:
            errors.CourseError: the batch cannot be shared out evenly.
        """
        if batch % self.count:
            raise errors.CourseError(f"a batch of {batch} cannot be shared out among {self.count} processes: "
                                     f"take a multiple of {self.count}")
        share = batch // self.count
        return slice(self.rank * share, (self.rank + 1) * share)

    def agree(self, flag: bool) -> bool:
        """True in every process if it is true in one."""
        if self.count == 1:
            return flag
        shared = torch.tensor(float(flag), device="cuda" if distributed.get_backend() == "nccl" else "cpu")
        distributed.all_reduce(shared, distributed.ReduceOp.MAX)
        return bool(shared)

    def gather(self, value) -> list | None:
        """Everyone's value, by rank, in the first process; None in the others."""
        if self.count == 1:
            return [value]
        values = [None] * self.count if self.first else None
        distributed.gather_object(value, values)
        return values

    def wait(self) -> None:
        """Until all are here."""
        if self.count > 1:
            distributed.barrier()


def join(device: str = "cpu") -> Processes:
    """Join the others that torchrun started; alone without torchrun."""
    count = int(os.environ.get("WORLD_SIZE", 1))
    if count == 1:
        return Processes()
    local = int(os.environ.get("LOCAL_RANK", 0))
    if device.startswith("cuda"):
        torch.cuda.set_device(local)
    if not distributed.is_initialized():
        distributed.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    return Processes(distributed.get_rank(), count, local)


def leave() -> None:
    """Part from the others, at the end."""
    if distributed.is_available() and distributed.is_initialized():
        distributed.destroy_process_group()


# ---------------------------------------------------------------- random numbers


def seed_all(seed: int) -> None:
    """Python's, NumPy's and torch's random numbers, on the CPU and on every GPU."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def random_states() -> dict:
    """Where all random number generators stand, as tensors and plain values."""
    version, words, gauss = random.getstate()
    name, keys, place, has_gauss, cached = np.random.get_state()
    return {
        "python": [version, list(words), gauss],
        "numpy": [name, keys.tolist(), int(place), int(has_gauss), float(cached)],
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def set_random_states(states: dict) -> None:
    """Put all generators back to where `random_states` found them."""
    version, words, gauss = states["python"]
    random.setstate((version, tuple(words), gauss))
    name, keys, place, has_gauss, cached = states["numpy"]
    np.random.set_state((name, np.array(keys, np.uint32), place, has_gauss, cached))
    torch.set_rng_state(states["torch"].cpu())
    if states["cuda"] and torch.cuda.device_count() == len(states["cuda"]):
        torch.cuda.set_rng_state_all([state.cpu() for state in states["cuda"]])
