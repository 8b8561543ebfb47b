"""One sentence filmed rightly, and seven more films of it, each wrong in a way of its own; what is right is known."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch

from course import animation, features, images, speech
from course.evaluation import lip_sync, metrics
from course.face import channels, posing
from course.io import video
from course.keypoints import find
from course.motion import spoken, transfer

from .. import actors

SIDE = 160  # pixels
FPS = 25.0
TEXT = "Maybe Pam will meet Bob."
SOFT = 1.6  # pixels of blur
DARK = 0.88  # of the light
SHAKE = 0.45  # pixels by which each point is off, anew in every frame
LATE = 6  # frames
STEP = 4  # the judge looks at every so many frames
AXES = 6  # directions in which the features of films are compared
OTHER = "other take"  # the same sentence, filmed again


@dataclass
class Film:
    """One film: frames uint8 (T, H, W, 3); where its maker put the points (T, 78, 2), pixels."""

    frames: np.ndarray
    points: np.ndarray


@dataclass
class Take:
    """A sentence and its films: true, as it should be; films, {words: `Film`}; loud (T,), how loud each frame is."""

    actor: animation.Actor
    said: object
    true: Film
    films: dict
    loud: np.ndarray


def take(text: str = TEXT, side: int = SIDE) -> Take:
    """The embedded photo says it: rightly, and in the seven other ways."""
    actor, said = actors.actor_of(side=side), speech.synthesize(text)
    lips = spoken.from_speech(said, fps=FPS)
    values, others = (values_of(actor, lips, seed) for seed in (0, 5))
    loud = lip_sync.loudness(said.samples, said.sample_rate, len(values), FPS)
    true = filmed(actor, values)
    shaken = true.points + np.random.default_rng(1).normal(0, SHAKE, true.points.shape)
    still = np.zeros(len(values), int)
    late = np.maximum(np.arange(len(values)) - LATE, 0)
    films = {
        "soft": Film(np.stack([cv2.GaussianBlur(frame, (0, 0), SOFT) for frame in true.frames]), true.points),
        "dark": Film(np.clip(np.round(DARK * true.frames), 0, 255).astype(np.uint8), true.points),
        OTHER: filmed(actor, others),
        "still": Film(true.frames[still], true.points[still]),
        "shaking": drawn(actor, shaken),
        "late": Film(true.frames[late], true.points[late]),
        "loudness": filmed(actor, by_loudness(actor, values, loud)),
    }
    return Take(actor, said, true, films, loud)


def values_of(actor: animation.Actor, lips, seed: int) -> np.ndarray:
    """Lips with head and eyes as somebody holds them who was filmed once, by the seed: channel values (T, 57)."""
    options = animation.Settings(seed=seed)
    return transfer.values_for(animation.with_idle(lips, options), actor.face, "speech", options)


def by_loudness(actor: animation.Actor, values: np.ndarray, loud: np.ndarray) -> np.ndarray:
    """The same head with a mouth that does nothing but open as far as it is loud: channel values (T, 57)."""
    moved = values.copy()
    mouth = [column for name, column in channels.INDEX.items() if name.startswith(("mouth", "jaw", "tongue"))]
    moved[:, mouth] = actor.face.rest[mouth]
    moved[:, channels.INDEX["jawOpen"]] += 0.4 * np.clip(1.6 * loud - 0.6, 0, 1)
    return moved


def filmed(actor: animation.Actor, values: np.ndarray) -> Film:
    """Channel values (T, 57) as a film."""
    return drawn(actor, np.stack([posing.posed_points(actor.face, row) for row in values]))


def drawn(actor: animation.Actor, points: np.ndarray) -> Film:
    """Points (T, 78, 2) as a film."""
    return Film(np.stack([actor.portrait.render(target) for target in points]), points)


# ---------------------------------------------------------------- the numbers of a film


def mean_psnr(film: Film, true: Film) -> float:
    """Decibels, a mean over frames; a frame that is equal counts 100, since infinity has no mean."""
    return float(np.mean([min(metrics.psnr(a, b), 100.0) for a, b in zip(film.frames[::STEP], true.frames[::STEP])]))


def mean_ssim(film: Film, true: Film) -> float:
    """Structural similarity, a mean over frames."""
    return float(np.mean([metrics.ssim(a, b) for a, b in zip(film.frames[::STEP], true.frames[::STEP])]))


def judged(film: Film) -> np.ndarray:
    """The points that the landmarker finds in every fourth frame: (T / 4, 68, 2); NaN where it sees no face."""
    found = [find.find_keypoints(frame) for frame in film.frames[::STEP]]
    return np.stack([rows[0] if len(rows) else np.full((68, 2), np.nan) for rows in found])


def seen(film: Film, film_points: np.ndarray | None = None) -> np.ndarray:
    """What the trunk of lesson 04 sees of each frame: the means of 80 maps, (T, 80)."""
    batch = torch.cat([features.as_batch(frame) for frame in film.frames])
    return features.extract_features(batch, "1/8")["1/8"].mean(dim=(2, 3)).numpy()
