"""Drawn people whom lesson 04 looks at: six in three states each, and one in many poses that are all right."""

import functools
from dataclasses import dataclass

import numpy as np
import torch

from course import face, images, keypoints, synthetic

SEED, CROWD = 5, 24  # of the crowd from which they are taken
PEOPLE = (9, 10, 23, 0, 1, 2)
STATES = 3  # of each: at rest, then moving under other light before another wall
SIZE = 128  # pixels a side
POSES = 12


@dataclass(frozen=True)
class Album:
    """Pictures of drawn people: picture k shows person `who[k]`, and the first of each person is at rest.

    pictures: float32 (N, 3, 128, 128) in [0, 1]; points: float32 (N, 68, 2), pixels; who: (N,).
    """

    pictures: torch.Tensor
    points: torch.Tensor
    who: np.ndarray

    @property
    def rest(self) -> torch.Tensor:
        """One picture of each person, at rest: (6, 3, 128, 128)."""
        return self.pictures[::STATES]

    def tight(self) -> torch.Tensor:
        """Every face with its eyes and mouth in the same places: float32 (N, 3, 128, 128) in [0, 1]."""
        cut = [keypoints.cut_tight(images.from_tensor(picture), points.numpy(), SIZE)
               for picture, points in zip(self.pictures, self.points)]
        return torch.from_numpy(np.stack(cut)).permute(0, 3, 1, 2).float() / 255


@functools.lru_cache(maxsize=1)
def album() -> Album:
    """Six people, three pictures each, the same in every run. Drawn once: ten seconds of a processor."""
    people = synthetic.People.random(CROWD, SEED)[list(PEOPLE)].repeat(STATES)
    who = np.repeat(np.arange(len(PEOPLE)), STATES)
    at_rest = torch.arange(len(who)) % STATES == 0
    moves = synthetic.random_motion(len(who), seed=4, strength=0.6)
    moves[at_rest] = 0
    lent = torch.where(at_rest, torch.arange(len(who)), (7 * torch.arange(len(who)) + 5) % len(who))  # whose light
    for field in ("light", "light_colour", "ambient", "background", "clothes"):
        setattr(people, field, getattr(people, field)[lent])
    drawn = [synthetic.render(people[[k]], moves[[k]], SIZE) for k in range(len(who))]
    return Album(torch.cat([one.image for one in drawn]), torch.cat([one.keypoints for one in drawn]), who)


@functools.lru_cache(maxsize=1)
def right_pictures() -> torch.Tensor:
    """One person talking and turning her head: `POSES` pictures, float32 (12, 3, 128, 128) in [0, 1].

    To "how does she look while she talks?" each of them is a right answer.
    """
    person = synthetic.People.random(CROWD, SEED)[[PEOPLE[0]]]
    values = torch.zeros(POSES, len(face.CHANNELS))
    along = torch.linspace(-1, 1, POSES)
    shuffled = [torch.randperm(POSES, generator=torch.Generator().manual_seed(seed)) for seed in (0, 1)]
    for name, curve in {"headYaw": 18 * along, "headRoll": 10 * along.roll(4), "jawOpen": (along[shuffled[0]] + 1) / 2,
                        "mouthSmileLeft": (along[shuffled[1]] + 1) / 2,
                        "mouthSmileRight": (along[shuffled[1]] + 1) / 2}.items():
        values[:, face.INDEX[name]] = curve
    return torch.cat([synthetic.render(person, values[[k]], SIZE).image for k in range(POSES)])
