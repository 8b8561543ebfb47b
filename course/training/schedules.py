"""How the learning rate changes over a training."""

import math

import torch


def learning_rate_share(step: int, steps: int, warmup: int, least: float = 0.0) -> float:
    """The factor of step `step`, from 0, of `steps`: up in a line over `warmup` steps, down along half a cosine to
    `least` (Loshchilov and Hutter, "SGDR", 2017)."""
    if step < warmup:
        return (step + 1) / warmup
    done = min(1.0, (step - warmup) / max(1, steps - warmup))
    return least + (1 - least) * (0.5 + 0.5 * math.cos(math.pi * done))


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float, share: float) -> None:
    """All weights of an optimiser move at `share` of `rate` from now on."""
    for group in optimizer.param_groups:
        group["lr"] = rate * share
