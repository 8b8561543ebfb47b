"""A film that was watched and made again, and was spoilt on the way; what is right is known, since it was made too."""

from dataclasses import dataclass

import cv2
import numpy as np

from course import animation, images, speech
from course.evaluation import metrics
from course.face import posing
from course.io import video
from course.keypoints import landmarks
from course.motion import motion, tracking, transfer
from course.polish import between, colour, filters, flickering, sharpness

from .. import actors

SIDE = 192  # pixels
FPS = 25.0
SOFT = 0.9  # pixels, the blur of a bad lens
CAST, FLAT = np.float32([-5.0, -9.0, -10.0]), np.float32([0.85, 0.7, 0.7])  # another camera's colours, in Lab
LIGHT = 0.04  # deviation of a lamp that flickers
DETAIL, COLOUR = "detail (of the true film's)", "colour of the skin (Lab)"
SKIN = 0.10  # eye distances that lips and eyes are grown by: beyond is skin


@dataclass
class Take:
    """A film with its truth: actor; said, a speech; frames uint8 (T, H, W, 3), rightly made; true points (T, 78, 2);
    found (T, 78, 2), those that the landmarker reads in the frames; raw, the `Motion` of those, unsteadied."""

    actor: animation.Actor
    said: object
    frames: np.ndarray
    true: np.ndarray
    found: np.ndarray
    raw: motion.Motion


def take(text: str, side: int = SIDE) -> Take:
    """Words -> a film of the embedded photo that says them, and what a machine sees that watches it."""
    actor, said = actors.actor_of(side=side), speech.synthesize(text)
    options = animation.Settings()
    drive = animation.drive_by_text(text, options)
    values = transfer.values_for(drive.motion, actor.face, "speech", options)
    frames = np.stack(list(animation.render(actor.portrait.image, [actor], [values], options)))
    true = np.stack([posing.posed_points(actor.face, row) for row in values])
    found, seen = tracking.track_points(frames)
    raw = tracking.motion_from_points(found.astype(float), seen, FPS, steady=False)
    return Take(actor, said, frames, true, found, raw)


def targets(one: Take, moved: motion.Motion) -> np.ndarray:
    """Where a Motion takes the points of the take's face: (T, 78, 2)."""
    options = animation.Settings(fps=moved.fps)
    values = transfer.values_for(moved, one.actor.face, "absolute", options)
    beside = transfer.beside_for(moved, "absolute", options)
    return np.stack([posing.posed_points(one.actor.face, row, off) for row, off in zip(values, beside)])


def again(one: Take, moved: motion.Motion) -> np.ndarray:
    """The film made again by a Motion: uint8 (T, H, W, 3)."""
    return np.stack([one.actor.portrait.render(target) for target in targets(one, moved)])


def spoilt(one: Take, frames: np.ndarray, seed: int = 0, light: float = LIGHT) -> np.ndarray:
    """Frames as a bad day leaves them: every other one lost, soft, the face in another camera's colours, and a lamp
    that flickers by `light`: uint8 (T, H, W, 3) -> uint8 (T / 2, H, W, 3)."""
    rng, made = np.random.default_rng(seed), []
    for t in range(0, len(frames), 2):
        frame = cv2.GaussianBlur(frames[t], (0, 0), SOFT)
        face = soft_face(one.true[t], frame.shape[:2])
        lab = colour.to_lab(frame)
        middle = lab[skin(one.true[t], frame.shape[:2])].mean(axis=0)
        other = colour.to_rgb((lab - middle) * FLAT + middle + CAST)
        frame = cv2.blendLinear(other, frame, face, 1 - face)
        made.append(np.clip(np.round(frame * (1 + light * rng.normal())), 0, 255).astype(np.uint8))
    return np.stack(made)


def soft_face(points: np.ndarray, shape) -> np.ndarray:
    """1 inside a face's outline, fading to 0 at it: points (78, 2) -> float32 (H, W)."""
    inside = metrics.hull_mask(points, *shape).astype(np.uint8)
    reach = max(0.1 * landmarks.eye_distance(points), 1.0)
    return np.clip(cv2.distanceTransform(inside, cv2.DIST_L2, 3) / reach, 0, 1).astype(np.float32)


def skin(points: np.ndarray, shape) -> np.ndarray:
    """Skin of a face: cheeks, nose and chin without eyes and lips: points (78, 2) -> bool (H, W)."""
    grown = SKIN * landmarks.eye_distance(points)
    face = soft_face(points, shape) >= 1
    for part in (landmarks.LIPS_OUTER, landmarks.EYE_RIGHT, landmarks.EYE_LEFT, landmarks.BROW_RIGHT,
                 landmarks.BROW_LEFT):
        face &= ~metrics.hull_mask(points[part], *shape, grown)
    return face


def numbers(one: Take, frames: np.ndarray, points: np.ndarray) -> dict:
    """What is wrong with a film of the take, {words: number}: frames (T, H, W, 3) or (T / 2, H, W, 3), points as moved.
    """
    every = every_of(one, frames)
    true, places = one.frames[::every][: len(frames)], one.true[::every][: len(frames)]
    shape = true.shape[1:3]
    face = [metrics.face_mask(row, *shape).astype(np.float32) for row in places[::4]]
    return {
        "shaking (px a frame squared)": metrics.jitter(points, one.true[: len(points)]),
        DETAIL: float(np.mean([sharpness.detail(a, m) / sharpness.detail(b, m)
                                                      for a, b, m in zip(frames[::4], true[::4], face)])),
        COLOUR: float(np.mean([colour.colour_error(a, b, skin(p, shape)) for a, b, p in
                                                   zip(frames[::4], true[::4], places[::4])])),
        "frames a second": FPS / every,
        "flicker (grey levels)": flickering.film_flicker(frames[:20]),
    }


def recoloured(one: Take, frames: np.ndarray) -> np.ndarray:
    """A film of the take whose face gets the photo's own skin back, by `color_transfer`: uint8 (T, H, W, 3)."""
    photo, shape = one.actor.portrait.image, frames.shape[1:3]
    own, made = skin(one.actor.points, shape), []
    for frame, points in zip(frames, one.true[:: every_of(one, frames)]):
        face = soft_face(points, shape)
        moved = colour.color_transfer(frame, photo, skin(points, shape), own)
        made.append(cv2.blendLinear(moved, frame, face, 1 - face))
    return np.stack(made)


def every_of(one: Take, frames: np.ndarray) -> int:
    """1 for a film with all of the take's frames, 2 for one with every other."""
    return 2 if len(frames) <= len(one.frames) // 2 + 1 else 1


def close(one: Take, frames, number: int, half: float = 0.75) -> np.ndarray:
    """Mouth and nose of a frame, enlarged: uint8 (S, S, 3). half: eye distances to each side."""
    x, y = one.actor.points[[33, 57]].mean(axis=0)
    side = int(2 * half * landmarks.eye_distance(one.actor.points))
    cut = images.crop_square(np.asarray(frames[number]), x, y, side)
    return cv2.resize(cut, (240, 240), interpolation=cv2.INTER_CUBIC)


def made_again(frames: np.ndarray) -> dict:
    """Every other frame left out and made again: {way: (PSNR in dB, frames)}, repeated, mixed and by optical flow."""
    ways = {"repeated": lambda a, b: a,
            "mixed": lambda a, b: ((a.astype(np.uint16) + b + 1) // 2).astype(np.uint8),
            "by flow": lambda a, b: between.in_between(a, b, [0.5])[0]}
    true, result = frames[1:-1:2], {}
    for name, way in ways.items():
        made = np.stack([way(frames[t - 1], frames[t + 1]) for t in range(1, len(frames) - 1, 2)])
        result[name] = metrics.psnr(made, true), made
    return result


def busiest(frames: np.ndarray) -> int:
    """The odd number of the frame whose neighbours differ most."""
    change = [np.abs(frames[t + 1].astype(float) - frames[t - 1]).mean() for t in range(1, len(frames) - 1, 2)]
    return 2 * int(np.argmax(change)) + 1


def side_by_side(left, right, fps: float = FPS, said=None) -> video.Clip:
    """Two films beside each other, the slower one's frames held: a `Clip`, with the sound of a speech."""
    count = max(len(left), len(right))
    films = [np.asarray(film)[np.arange(count) * len(film) // count] for film in (left, right)]
    sound = {} if said is None else {"audio": said.samples, "sample_rate": said.sample_rate}
    return video.Clip(list(np.concatenate(films, axis=2)), fps, **sound)


def steadied(moved: motion.Motion, **euro) -> motion.Motion:
    """A Motion whose channels go through the one-euro filter once, forwards, as a live film has to.

    euro: cutoff in hertz, beta; thirty degrees of a head count as one full blendshape.
    """
    size = np.array([1 / 30 if name in ("headPitch", "headYaw", "headRoll") else 1.0 for name in moved.channels])
    values = filters.one_euro(moved.values * size, moved.fps, **euro) / size
    beside = filters.one_euro(10 * moved.beside.reshape(len(moved), -1), moved.fps, **euro) / 10
    return motion.Motion(values, moved.channels, moved.fps, beside.reshape(moved.beside.shape))

