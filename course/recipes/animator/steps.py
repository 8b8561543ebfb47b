"""The steps of the animator's training, each a small function: a pair, a step, a test before the long run, a stop.

    photo -> make_pair -> train_step, again and again -> save_and_resume

`train_animator` calls them, and so does the minute of lesson 08 (`minute_animator`).
"""

import copy

import torch
from torch import nn

from ...rendering import animator_networks, portrait
from ...training import checkpoints

LIMIT = 1.0  # the greatest length of a gradient


def make_pair(actor, elsewhere, spoil, jitter, carry=None) -> tuple:
    """A question with its answer, from one photo: the photo is warped to another expression and back.

    Args:
        actor: the photo that can be moved, a `rendering.Portrait` with image (H, W, 3) and points (78, 2);
        elsewhere: the points (78, 2) of the other expression; spoil: picture -> the same, as another camera would
        have seen it; jitter: points -> points with the small errors that a finder of points makes;
        carry: (wanted, seen) -> wanted, another way to ask the source for the photo's expression; None asks for the
        photo's own points.
    Returns:
        coarse, target, source: uint8 (H, W, 3), what the warp makes, what it should have made, and the picture that
        it was given; wanted, seen: (78, 2), the points it was asked for, and those it believed the source to have.
    """
    source = spoil(actor.render(elsewhere))
    seen, wanted = jitter(elsewhere), jitter(actor.points)
    if carry is not None:
        wanted = carry(wanted, seen)
    # the way back starts from the source alone: what the warp has lost on the way there it cannot find again
    coarse = portrait.Portrait(source, seen).render(wanted)
    return coarse, actor.image, source, wanted, seen


def train_step(net: nn.Module, optimizer, inputs, target, window, losses_of, weights: dict) -> tuple:
    """One step of the network that repaints.

    L = sum_k w_k L_k,  its gradient kept to a length of at most 1

    Args:
        inputs: (N, C, S, S), the warp's colours first; target: (N, 3, S, S); window: (S, S), as in
        `rendering.repaint`; losses_of: (made, target) -> {name: loss}; weights: {name: w}.
    Returns:
        made: (N, 3, S, S) before the step, without a graph; {name: loss as a number}, unweighted.
    """
    made = animator_networks.repaint(net, inputs, window)
    losses = losses_of(made, target)
    total = sum(weights[name] * loss for name, loss in losses.items())
    descend(net, optimizer, total)
    return made.detach(), {name: float(loss.detach()) for name, loss in losses.items()}


def descend(net: nn.Module, optimizer, loss) -> None:
    """Move a network's weights one step down the gradient of a loss."""
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), LIMIT)
    optimizer.step()


def overfit_one_batch(net: nn.Module, inputs, target, window, steps: int = 60, rate: float = 1e-3) -> list:
    """Can a copy of the network learn a single batch by heart? The L1 before each of `steps` steps: list of numbers.

    If it cannot, no amount of data will help: something is broken. The network itself stays as it is.
    """
    trial = copy.deepcopy(net)
    optimizer = torch.optim.Adam(trial.parameters(), rate)
    seen = []
    for _ in range(steps):
        _, losses = train_step(trial, optimizer, inputs, target, window, l1_alone, {"l1": 1.0})
        seen.append(losses["l1"])
    return seen


def l1_alone(made, target) -> dict:
    """{"l1": mean |I - T|}"""
    return {"l1": (made - target).abs().mean()}


def save_and_resume(path, parts: dict, numbers: dict | None = None) -> dict:
    """Write a run's state, or, without `numbers`, take it up again.

    Args:
        parts: {name: anything with state_dict() and load_state_dict()}: networks, optimisers, running means;
        numbers: what else must be known, {"step": 300, ...}; None to read.
    Returns:
        the numbers, those just written or those found. torch's random state is kept, too.
    Raises:
        errors.WeightsError: nothing to resume from, or a damaged file.
    """
    if numbers is not None:
        state = {name: part.state_dict() for name, part in parts.items()}
        checkpoints.save(path, {"parts": state, "numbers": numbers, "random": torch.get_rng_state()})
        return numbers
    state = checkpoints.load(path)
    for name, part in parts.items():
        part.load_state_dict(state["parts"][name])
    torch.set_rng_state(state["random"])
    return state["numbers"]
