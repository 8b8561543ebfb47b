"""One picture for many right ones: what is painted by who must answer once, under one distance or another."""

from dataclasses import dataclass

import torch

from course import features, parallel
from course.features import networks as feature_networks

DEEP = ("1/16",)  # the trunk's last layer: the one that sees whole faces


def best_guess(answers: torch.Tensor, loss: str) -> torch.Tensor:
    """The one picture that is nearest to all right ones: (N, ...) -> (...).

    loss: "squared", the mean over the N of (guess - answer)^2, or "absolute", that of |guess - answer|, is smallest.
    Raises `ValueError`: another loss.
    """
    if loss == "squared":
        # d/dg sum (g - a)^2 = 2 sum (g - a) = 0 where g is the mean
        return answers.mean(dim=0)
    if loss == "absolute":
        # d/dg sum |g - a| = those below less those above: 0 where as many lie below as above
        return answers.quantile(0.5, dim=0)
    raise ValueError(f'loss is "squared" or "absolute", not {loss!r}')


def pixel_distance(pictures: torch.Tensor, power: int = 2):
    """The mean of |made - picture|^power over all pictures (N, 3, H, W): a function (1, 3, H, W) -> scalar."""
    return lambda made: (made - pictures).abs().pow(power).mean()


def feature_distance(pictures: torch.Tensor, network: str = "trunk", layers=DEEP):
    """The mean `features.perceptual_distance` to pictures (N, 3, H, W): a function (1, 3, H, W) -> scalar."""
    net = feature_networks.load(network)
    with torch.no_grad():
        wanted = net(pictures, layers)

    def distance(made):
        found = {layer: maps.expand(len(pictures), -1, -1, -1) for layer, maps in net(made, layers).items()}
        return features.perceptual_distance(found, wanted)

    return distance


@dataclass(frozen=True)
class Painting:
    """What was painted: picture, float32 (1, 3, H, W); shares (N,), how much of each right picture is in it."""

    picture: torch.Tensor
    shares: torch.Tensor


def paint(pictures: torch.Tensor, distance, steps: int = 60, rate: float = 0.3) -> Painting:
    """Lay N right pictures over each other so that the distance to all of them becomes small.

    The painter has N numbers to turn, the shares of a softmax, and begins with a little more of the first.
    Args:
        pictures: float32 (N, 3, H, W). distance: a function (1, 3, H, W) -> scalar. rate: Adam's.
    """
    logits = torch.zeros(len(pictures))
    logits[len(pictures) // 2] = 0.5
    logits.requires_grad_()
    optimizer = torch.optim.Adam([logits], rate)
    with parallel.one_thread_each():
        for _ in range(steps):
            made = torch.einsum("n,nchw->chw", logits.softmax(0), pictures)[None]
            optimizer.zero_grad()
            distance(made).backward()
            optimizer.step()
    shares = logits.detach().softmax(0)
    return Painting(torch.einsum("n,nchw->chw", shares, pictures)[None], shares)


def free_pixels(pictures: torch.Tensor, distance, start: torch.Tensor, steps: int = 60, rate: float = 0.02):
    """Every pixel moved alone to make the distance small: float32 (1, 3, H, W) like `start`, in [0, 1]."""
    made = start.clone().requires_grad_()
    optimizer = torch.optim.Adam([made], rate)
    with parallel.one_thread_each():
        for _ in range(steps):
            optimizer.zero_grad()
            distance(made).backward()
            optimizer.step()
            made.data.clamp_(0, 1)
    return made.detach()
