"""One sentence filmed rightly, and seven more films of it, each wrong in a way of its own; what is right is known."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from course import animation, images, speech
from course.evaluation import lip_sync
from course.face import channels, posing
from course.io import video
from course.keypoints import landmarks
from course.motion import spoken, transfer

from .. import actors

SIDE = 160  # pixels
FPS = 25.0
TEXT = "Maybe Pam will meet Bob."
SOFT = 1.0  # pixels of blur
DARK = 0.85  # of the light
SHAKE = 0.7  # pixels by which the whole face is off, anew in every frame
LATE = 6  # frames
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
    actor, said = plain_actor(side), speech.synthesize(text)
    lips = spoken.from_speech(said, fps=FPS)
    values, others = (values_of(actor, lips, seed) for seed in (0, 5))
    loud = lip_sync.loudness(said.samples, said.sample_rate, len(values), FPS)
    true = filmed(actor, values)
    shaken = true.points + np.random.default_rng(1).normal(0, SHAKE, (len(values), 1, 2))
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


def plain_actor(side: int = SIDE) -> animation.Actor:
    """The embedded photo's face, drawn without a network: four films in a few seconds."""
    whole = actors.actor_of(side=side)
    return animation.make_actor(whole.portrait.image, whole.points, "warp")


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


def side_by_side(left: Film, right: Film, said=None) -> video.Clip:
    """Two films beside each other, with the sound of a speech: a `Clip`."""
    sound = {} if said is None else {"audio": said.samples, "sample_rate": said.sample_rate}
    gap = np.full((len(left.frames), left.frames.shape[1], 8, 3), 255, np.uint8)
    return video.Clip(list(np.concatenate([left.frames, gap, right.frames], axis=2)), FPS, **sound)


def clip(film: Film, said=None) -> video.Clip:
    """A film with the sound of a speech, a little larger: a `Clip`."""
    sound = {} if said is None else {"audio": said.samples, "sample_rate": said.sample_rate}
    frames = [cv2.resize(frame, (320, 320), interpolation=cv2.INTER_CUBIC) for frame in film.frames]
    return video.Clip(frames, FPS, **sound)


def as_mp4(clip: video.Clip) -> bytes:
    """A clip as the bytes of a film file."""
    with tempfile.TemporaryDirectory() as folder:
        return clip.save(Path(folder) / "film.mp4", progress=False).read_bytes()


def loudest(take: Take) -> int:
    """The number of the frame in which the true mouth is widest open."""
    return int(np.argmax(lip_sync.mouth_opening(take.true.points)))


def close(film: Film, number: int) -> np.ndarray:
    """Nose and mouth of a frame, enlarged: uint8 (240, 240, 3)."""
    points = film.points[number]
    x, y = points[[33, 57]].mean(axis=0)
    cut = images.crop_square(film.frames[number], x, y, int(1.5 * landmarks.eye_distance(points)))
    return cv2.resize(cut, (240, 240), interpolation=cv2.INTER_CUBIC)
