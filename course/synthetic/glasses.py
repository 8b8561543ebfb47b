"""Glasses of the formula face: two rims, a bridge, two arms and two lenses, shaped by six numbers."""

from functools import lru_cache

import numpy as np
import torch

from .parts import sheet

AROUND = 33  # vertices round a rim
PROFILE = 3  # across its thickness: inner edge, ridge, outer edge
LENS_RINGS = 3


@lru_cache(maxsize=4)
def triangles(device: str = "cpu") -> tuple:
    """Triangles of the frame (T, 3) and of the lenses (T', 3), numbered from 0 each."""
    rim, bar = sheet(PROFILE, AROUND), sheet(PROFILE, 9)
    n_rim, n_bar = PROFILE * AROUND, PROFILE * 9
    frame = [rim, rim + n_rim] + [bar + 2 * n_rim + k * n_bar for k in range(3)]
    lens = sheet(LENS_RINGS, AROUND)
    return (torch.tensor(np.concatenate(frame), device=device),
            torch.tensor(np.concatenate([lens, lens + LENS_RINGS * AROUND]), device=device))


def worn(people) -> torch.Tensor:
    """Who wears glasses: bool (N,)."""
    return people.glasses[:, 0] > 0.5


def surface(x: torch.Tensor) -> torch.Tensor:
    """How far away the glasses are at x, bent round the face: (...) -> (...), in units."""
    return -0.935 + 0.72 * x**2


def shapes(people, seat: torch.Tensor) -> tuple:
    """Vertices of frame (N, Vf, 3) and lenses (N, Vl, 3) in units; canon of the lenses (N, Vl, 3).

    seat: (N, 3), how far the bridge of this nose lies from the mean's.
    """
    _, width, height, roundness, thick, _ = (c[:, None, None] for c in people.glasses.unbind(1))
    wide, high = 0.205 + 0.055 * width, 0.135 + 0.085 * height
    thick = 0.010 + 0.020 * thick
    power = 2.0 + 3.0 * (1 - roundness)
    angle = torch.linspace(0, 2 * np.pi, AROUND, device=seat.device)[None, None]
    cos, sin = torch.cos(angle), torch.sin(angle)
    # a superellipse |x/a|^p + |y/b|^p = 1
    radius = (cos.abs() ** power + sin.abs() ** power) ** (-1 / power)
    across = torch.linspace(-1, 1, PROFILE, device=seat.device)[None, :, None]
    centre_x, centre_y = 0.355, -0.425
    ring_x, ring_y = (wide + thick * across) * radius * cos, (high + thick * across) * radius * sin  # (N, P, A)
    raised = -0.018 * (1 - across**2) - 0.015 + 0 * ring_x
    frame, lenses = [], []
    inner = torch.linspace(0.02, 1, LENS_RINGS, device=seat.device)[None, :, None]
    for side in (-1, 1):
        x = side * centre_x + ring_x
        frame.append(torch.stack([x, centre_y + ring_y, surface(x) + raised], -1).flatten(1, 2))
        x = side * centre_x + wide * inner * radius * cos
        y = centre_y + high * inner * radius * sin
        lenses.append(torch.stack([x, y, surface(x)], -1).flatten(1, 2))
    along = torch.linspace(-1, 1, 9, device=seat.device)[None, None]
    x = along * (centre_x - wide + thick) + 0 * across
    y = centre_y - 0.35 * high - 0.02 * (1 - along**2) + across * thick
    frame.append(torch.stack([x, y, surface(x) + raised[..., :9]], -1).flatten(1, 2))
    for side in (-1, 1):
        t = (along + 1) / 2
        reach = centre_x + wide
        x = side * (reach + (0.86 - reach) * (1 - (1 - t) ** 2)) + 0 * across * width
        y = centre_y - 0.35 * high + across * 0.9 * thick + 0.02 * t
        front = surface(reach)
        frame.append(torch.stack([x, y + 0 * x, front + (0.12 - front) * t + 0 * x], -1).flatten(1, 2))
    lens = torch.cat(lenses, 1)
    canon = torch.stack([lens[..., 0], lens[..., 1], lens[..., 2]], -1)
    return torch.cat(frame, 1) + seat[:, None], lens + seat[:, None], canon
