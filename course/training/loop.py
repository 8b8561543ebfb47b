"""The training loop: any networks, on a laptop's CPU or many GPUs, stopped and gone on with as if nothing had been.

    result = training.train(task, training.Config(steps=2000, logdir="runs/gan"))

A `Task` says what is trained and how one step goes; the loop does the rest: running means of weights, curves and
pictures for TensorBoard, a live plot, time left, checkpoints, Ctrl-C. Whatever depends on chance depends on `seed`, the
number of the step and random states that the checkpoint keeps: 20 steps give the same numbers as 10, a stop, and 10.
"""

import contextlib
import copy
import math
import signal
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import nn

from .. import devices, errors
from ..io import weights
from . import checkpoints, processes, updates
from .log import Log

CHECKPOINT = "checkpoint.safetensors"


@dataclass
class Config:
    """How to train; what is trained is the task's."""

    steps: int = 1000
    minutes: float | None = None  # end after so long, steps or no steps
    batch: int = 32  # pictures a step, over all processes
    accumulate: int = 1  # parts in which a process works through its share of the batch: less memory, same numbers
    precision: str = "auto"  # auto, float32, bfloat16 or float16: see training.choose_precision
    clip: float | None = None  # greatest length of a gradient
    average: float = 0.995  # the weights that are kept are a running mean over about 1 / (1 - average) steps
    report_every: int = 25  # steps between points of a curve
    picture_every: int = 250  # steps between pictures, and between measurements on held-out data
    save_every: int = 250  # steps between checkpoints
    seed: int = 0
    device: str = "cpu"  # cpu, cuda or mps
    logdir: str | Path = "runs"  # the checkpoint and TensorBoard's files
    resume: bool = False  # go on from the checkpoint in logdir
    live: bool = True  # a curve that grows, in a notebook; a progress bar everywhere


class Task:
    """What `train` asks of whatever is trained; a recipe's own begins `class DetectorTask(loop.Task)`.

    networks: {name: network}; optimizers: under the names of the networks they move; averaged: names of the networks
    of which a running mean is kept.
    """

    networks: dict[str, nn.Module]
    optimizers: dict[str, torch.optim.Optimizer]
    averaged: tuple[str, ...] = ()

    def step(self, number: int, rows: slice, updater: updates.Updater) -> dict[str, float]:
        """Step `number`, from 0: `updater.update(...)` once for each network, on these rows of the batch."""
        raise NotImplementedError

    def pictures(self, averaged: dict[str, nn.Module]) -> dict[str, torch.Tensor]:
        """What to look at: name -> (3, H, W) in [0, 1]. `averaged`: running means, ready to be asked."""
        return {}

    def check(self, averaged: dict[str, nn.Module]) -> dict[str, float]:
        """What is measured on data that is not trained on; goes into the curves."""
        return {}

    def state(self) -> dict:
        """What the task remembers from step to step, beside networks and optimisers: tensors and plain values."""
        return {}

    def restore(self, state: dict) -> None:
        """Take up again what `state` gave."""


@dataclass
class Result:
    """What came of it. history: {"step": [...], curve: [...]}; averaged: networks to keep; checkpoint: its file."""

    steps: int
    networks: dict
    averaged: dict
    history: dict
    pictures: list = field(default_factory=list)  # (step, {name: (3, H, W)}) of this run, oldest first
    checkpoint: Path | None = None


class Stopped(KeyboardInterrupt):
    """Stopped by Ctrl-C, with everything saved; the message says how to go on."""


def train(task: Task, config: Config) -> Result:
    """Train to `config.steps`.

    Raises:
        Stopped: Ctrl-C, once the step in work is done and the checkpoint written.
        errors.CourseError: no checkpoint to resume from, a damaged one, or one that is past `steps` already;
        errors.OutputError: `logdir` cannot be written.
    """
    devices.check(config.device)
    team = processes.join(config.device)
    run = Run(task, config, team)
    if team.first:
        weights.check_place(run.path)
    if config.resume:
        run.restore()
    if run.step >= config.steps:
        raise errors.CourseError(f"the checkpoint is at step {run.step} of {config.steps} already: ask for more steps")
    rows = team.rows(config.batch)
    end = time.monotonic() + 60 * config.minutes if config.minutes is not None else math.inf
    last = False
    with Log(config, team.first, run.step, run.history, run.waiting) as log, stop_politely() as stop:
        while not last:
            numbers = task.step(run.step, rows, run.updater)
            run.average()
            run.step += 1
            last = run.step == config.steps or team.agree(time.monotonic() > end)
            stopped = team.agree(stop.asked) and not last
            looked_at = team.first and (last or run.step % config.picture_every == 0)
            if looked_at:
                numbers = numbers | task.check(run.averaged)
            log.numbers(run.step, numbers, whole=last or run.step % config.report_every == 0)
            if looked_at:
                log.pictures(run.step, task.pictures(run.averaged))
            if last or stopped or run.step % config.save_every == 0:
                run.save()
            if stopped:
                raise Stopped(f"stopped after step {run.step} of {config.steps}, saved in {run.path}: "
                              "go on with --resume (resume=True)")
    return Result(run.step, task.networks, run.averaged, run.history, log.shown, run.path)


class Run:
    """Everything that changes while training, and so everything that is in the checkpoint."""

    def __init__(self, task: Task, config: Config, team: processes.Processes | None = None):
        self.task, self.config, self.team = task, config, team or processes.Processes()
        self.path = Path(config.logdir) / CHECKPOINT
        self.step, self.history = 0, {"step": []}
        self.waiting = {}  # numbers since the last point of the curves
        # Every process draws its own random numbers.
        processes.seed_all(config.seed + 1_000_003 * self.team.rank)
        device = f"cuda:{self.team.local}" if config.device == "cuda" else config.device
        for network in task.networks.values():
            network.to(device).train()
        self.averaged = {name: copy.deepcopy(task.networks[name]).eval() for name in task.averaged}
        for network in self.averaged.values():
            network.requires_grad_(False)
        self.updater = updates.Updater(
            task.networks, task.optimizers, accumulate=config.accumulate, clip=config.clip, device=device,
            precision=updates.choose_precision(config.precision, device), processes=self.team)

    def average(self) -> None:
        """Move every running mean towards its network."""
        for name, mean in self.averaged.items():
            ema_update(mean, self.task.networks[name], ema_decay(self.step, self.config.average))

    def save(self) -> None:
        """Write the checkpoint: the first process does, for all."""
        states = self.team.gather(processes.random_states())
        memories = self.team.gather(self.task.state())
        if not self.team.first:
            return
        checkpoints.save(self.path, {
            "step": self.step,
            "networks": {name: network.state_dict() for name, network in self.task.networks.items()},
            "averaged": {name: network.state_dict() for name, network in self.averaged.items()},
            "optimizers": {name: optimizer.state_dict() for name, optimizer in self.task.optimizers.items()},
            "updater": self.updater.state(),
            "random": states,
            "task": memories,
            "history": self.history,
            "waiting": self.waiting,
        })

    def restore(self) -> None:
        """Go back to where the checkpoint was written."""
        state = checkpoints.load(self.path)
        try:
            for name, network in self.task.networks.items():
                network.load_state_dict(state["networks"][name])
            for name, network in self.averaged.items():
                network.load_state_dict(state["averaged"][name])
            for name, optimizer in self.task.optimizers.items():
                optimizer.load_state_dict(state["optimizers"][name])
                _lay_out_alike(optimizer)
        except (KeyError, RuntimeError, ValueError):
            raise errors.WeightsError(f"the checkpoint {self.path} is of other networks than these: "
                                      "resume with the settings it was made with, or take another logdir") from None
        self.updater.restore(state["updater"])
        if self.team.rank < len(state["random"]):
            processes.set_random_states(state["random"][self.team.rank])
        memories = state.get("task", [])
        if self.team.rank < len(memories):
            self.task.restore(memories[self.team.rank])
        self.step = state["step"]
        self.history.update(state["history"])
        self.waiting.update(state["waiting"])


def _lay_out_alike(optimizer: torch.optim.Optimizer) -> None:
    """An optimiser's memory in the order of its weights' memory (channels last): the same numbers, sooner."""
    for parameter, state in optimizer.state.items():
        for name, value in state.items():
            if isinstance(value, torch.Tensor) and value.shape == parameter.shape:
                state[name] = torch.empty_like(parameter, dtype=value.dtype).copy_(value)


@torch.no_grad()
def ema_update(mean: nn.Module, network: nn.Module, decay: float) -> None:
    """mean <- decay * mean + (1 - decay) * network, for every weight; counters are copied.

    A generator that circles around the answer has a mean that lies nearer to it (Yazıcı et al., "The unusual
    effectiveness of averaging in GAN training", 2019).
    """
    for kept, value in zip(mean.state_dict().values(), network.state_dict().values()):
        if kept.is_floating_point():
            kept.lerp_(value, 1 - decay)
        else:
            kept.copy_(value)


def ema_decay(step: int, decay: float) -> float:
    """The running mean's decay after a step, from 0: short at first, or the weights a network starts with would count
    for as long as 1 / (1 - decay) steps."""
    return min(decay, (1 + step) / (10 + step))


def batch_numbers(step: int, batch: int, count: int, seed: int = 0) -> np.ndarray:
    """Which of `count` examples batch number `step` is made of: (batch,) int.

    Epoch after epoch in a new order, each example once in each. It depends on nothing but its arguments, so a run that
    was stopped goes on with the examples that are due.
    """
    places = np.arange(step * batch, (step + 1) * batch)
    chosen = np.empty(batch, np.int64)
    for epoch in np.unique(places // count):
        order = np.random.default_rng((seed, int(epoch))).permutation(count)
        inside = places // count == epoch
        chosen[inside] = order[places[inside] % count]
    return chosen


class _Stop:
    asked = False


@contextlib.contextmanager
def stop_politely():
    """A context in which Ctrl-C, or a cluster's SIGTERM, asks for a stop after this step; a second one stops now."""
    stop = _Stop()
    if threading.current_thread() is not threading.main_thread():  # only there may signals be caught
        yield stop
        return

    def ask(number, frame):
        if stop.asked:
            raise KeyboardInterrupt
        stop.asked = True

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
