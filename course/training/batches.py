"""Batches that are made ahead of need, while the network works on those before."""

import signal

import torch


class Ahead:
    """Batches by number, made in processes of their own: the same whoever makes them, and wherever a run begins.

    Args:
        make: number -> a tuple of tensors, the same each time it is asked for that number; workers: processes, 0 to
        make each batch here, when it is taken; steps: how many batches there will be.
    """

    def __init__(self, make, steps: int, workers: int = 1):
        self.make, self.steps, self.workers = make, steps, workers
        self._due, self._coming = None, None

    def take(self, number: int):
        """Batch `number`, from 0; quick for one after another. Raises IndexError from `steps` on."""
        if not 0 <= number < self.steps:
            raise IndexError(f"there is no batch {number}: {self.steps} are made")
        if not self.workers:
            return self.make(number)
        if number != self._due:
            self._coming = iter(self._loader(number))
        self._due = number + 1
        return next(self._coming)

    def _loader(self, first: int) -> torch.utils.data.DataLoader:
        # a generator of its own: the loader's draw from torch's would change what a resumed run draws
        return torch.utils.data.DataLoader(
            _Made(self.make), sampler=range(first, self.steps), batch_size=None, num_workers=self.workers,
            prefetch_factor=4, generator=torch.Generator(), worker_init_fn=_leave_ctrl_c)


class _Made(torch.utils.data.Dataset):
    def __init__(self, make):
        self.make = make

    def __getitem__(self, number: int):
        return self.make(number)


def _leave_ctrl_c(worker: int) -> None:
    """Ctrl-C reaches every process of a terminal; the one that trains finishes its step, and still needs batches."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
