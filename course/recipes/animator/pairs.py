"""Pairs to train the animator on: what the warp makes of a photo, and what it should have made.

Of one labelled photo T our own renderer makes a second picture S of the same person, with the mouth shut where T
shows it open, the lids lower, the head turned a little. Then it is asked for T's points again, given S:

    T --other motion--> S --T's points--> coarse       the animator learns coarse -> T

What S does not show, teeth and the inside of the mouth above all, no warp can bring back: that is to be learned.
S has other sharpness and noise, since undoing one's own warp exactly teaches nothing else. Half of the time the
points are asked for as the product asks: T's expression goes through the face model to S, which is off by about a
hundredth of the eye distance, all points of a lid together; the other half they are T's own with small errors.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np

from ... import images
from ...face import channels, posing
from ...face import model as face_model
from ...keypoints import landmarks
from ...motion import transfer
from ...rendering import animator_crops, portrait
from . import steps

INDEX = channels.INDEX
ROOM = 0.9  # of the face's size, kept on each side of it


@dataclass
class PairRecipe:
    """How pairs are drawn.

    per_picture, per_open_mouth, per_speaking: pairs of one photo; of one whose lips stand further apart than
    `open_gap` eye distances; of one that moreover does not laugh (its mouth is narrower than `laugh` eye
    distances): there are few of them, and speech looks like them; shut_eyes: share of photos that also give a pair
    whose eyes are half or wholly shut and in which nothing is to be done, since hardly any real photo shows what a
    shut eye of an open-eyed person looks like, and the lids that the warp draws are clean;
    by_model: share of pairs whose points go through the face model; point_noise: of every point, in eye
    distances; eye_distance: pixels at which photos are worked on.
    """

    per_picture: int = 2
    per_open_mouth: int = 4
    per_speaking: int = 10
    open_gap: float = 0.02
    laugh: float = 0.72
    shut_eyes: float = 1.0
    by_model: float = 0.5
    point_noise: float = 0.006
    eye_distance: float = 120.0


@dataclass
class Pairs:
    """N squares of one part. coarse, target, source: uint8 (N, S, S, 3); masks: uint8 (N, S, S, 3), the target's two
    and the source's one; picture: (N,) which photo each came from."""

    coarse: list = field(default_factory=list)
    target: list = field(default_factory=list)
    source: list = field(default_factory=list)
    masks: list = field(default_factory=list)
    picture: list = field(default_factory=list)

    def arrays(self) -> dict:
        """{field: array}, N squares along the first axis."""
        return {name: np.stack(value) for name, value in vars(self).items()}


def make_pairs(paths, points: np.ndarray, seed: int = 0, settings: PairRecipe | None = None) -> dict:
    """Pairs of all parts from labelled photos.

    Args:
        paths: N picture files; points: (N, 78, 2) pixels; seed: of everything random.
    Returns:
        {"mouth": Pairs, "eye": Pairs}.
    """
    from tqdm import tqdm

    settings, made = settings or PairRecipe(), {"mouth": Pairs(), "eye": Pairs()}
    for number, (path, found) in enumerate(zip(tqdm(paths, desc="pairs", unit="photo"), points)):
        rng = np.random.default_rng((seed, number))
        photo, found = around_the_face(images.load_image(path), found, settings)
        add_pairs(made, number, photo, found, rng, settings)
    return made


def around_the_face(image: np.ndarray, points: np.ndarray, settings: PairRecipe) -> tuple:
    """The photo cut down to the face and its surroundings, at one size: (image, points (78, 2))."""
    low, high = points.min(axis=0), points.max(axis=0)
    room = ROOM * (high - low).max() / 2
    height, width = image.shape[:2]
    x0, y0 = np.maximum(np.floor(low - room), 0).astype(int)
    x1, y1 = np.minimum(np.ceil(high + room), [width, height]).astype(int)
    scale = min(1.0, settings.eye_distance / animator_crops.yardstick(animator_crops.MOUTH, points))
    photo = image[y0:y1, x0:x1]
    if scale < 1:
        photo = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(photo), ((points - [x0, y0] + 0.5) * scale - 0.5).astype(np.float32)


def add_pairs(made: dict, number: int, photo, points, rng, settings: PairRecipe) -> None:
    """All pairs of one photo."""
    distance = landmarks.eye_distance(points)
    gap = np.linalg.norm(points[62] - points[66]) / distance
    face, actor = face_model.fit_face(points), portrait.Portrait(photo, points)
    for _ in range(how_often(points, gap, distance, settings)):
        elsewhere = posing.posed_points(face, other_motion(rng, face.rest)).astype(np.float32)
        pair = steps.make_pair(actor, elsewhere, lambda image: as_another_photo(rng, image),
                                        lambda exact: exact + point_noise(rng, distance, settings),
                                        through_the_model if rng.random() < settings.by_model else None)
        for part in animator_crops.PARTS:
            add_pair(made[part.network], part, number, pair)
    if rng.random() < settings.shut_eyes:
        shut = posing.posed_points(face, blinking(rng, face.rest)).astype(np.float32)
        drawn = actor.render(shut)
        for part in animator_crops.PARTS[1:]:
            add_pair(made[part.network], part, number, (drawn, drawn, photo, shut, points))


def through_the_model(wanted: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """The expression of points `wanted` on the face of points `seen`, as in `--driving --absolute`: (78, 2)."""
    return posing.posed_points(face_model.fit_face(seen), face_model.fit_face(wanted).rest).astype(np.float32)


def how_often(points: np.ndarray, gap: float, distance: float, settings: PairRecipe) -> int:
    """How many pairs one photo gives; gap: between the lips in eye distances."""
    if gap <= settings.open_gap:
        return settings.per_picture
    laughing = np.linalg.norm(points[48] - points[54]) > settings.laugh * distance
    return settings.per_open_mouth if laughing or gap < 2 * settings.open_gap else settings.per_speaking


def add_pair(pairs: Pairs, part, number: int, pair: tuple) -> None:
    """Add one part's square, an `animator_crops.Part`, of a pair that `steps.make_pair` gave; number: the photo's."""
    coarse, target, source, wanted, seen = pair
    there, here = animator_crops.matrix_of(part, wanted), animator_crops.matrix_of(part, seen)
    pairs.coarse.append(animator_crops.cut(coarse, there, part.size))
    pairs.target.append(animator_crops.cut(target, there, part.size))
    pairs.source.append(animator_crops.cut(source, here, part.size))
    pairs.masks.append(np.concatenate([
        animator_crops.target_masks(part, animator_crops.place(wanted, there)),
        animator_crops.source_masks(part, animator_crops.place(seen, here))], axis=-1))
    pairs.picture.append(number)


def point_noise(rng, distance: float, settings: PairRecipe) -> np.ndarray:
    """What a landmarker gets wrong: (78, 2) pixels."""
    return rng.normal(0, settings.point_noise * distance, (landmarks.N_POINTS, 2)).astype(np.float32)


def other_motion(rng, rest: np.ndarray) -> np.ndarray:
    """Another expression and pose than the photo's own: channel values (57,) -> (57,)."""
    values = rest.copy()
    lips = rng.random()
    if lips < 0.75:  # mostly shut, whatever the photo shows
        values[transfer.LIPS] *= max(0.0, rng.uniform(-0.5, 0.5))
    if lips > 0.6:
        values[INDEX["jawOpen"]] = rng.uniform(0, 0.5)
    for name, most in LIP_SHAPES:
        if rng.random() < 0.25:
            values[INDEX[name]] = rng.uniform(0, most)
    if rng.random() < 0.3:
        values[[INDEX["mouthSmileLeft"], INDEX["mouthSmileRight"]]] = rng.uniform(0, 0.8)
    if rng.random() < 0.3:  # seldom: most often a film's eyes are as open as the photo's
        blink = rng.uniform(0, 0.7)
        for name in ("eyeBlinkLeft", "eyeBlinkRight"):
            values[INDEX[name]] += blink * (1 - values[INDEX[name]])
    gaze = rng.normal(0, 0.25, 2)
    for side, sign in (("Left", 1), ("Right", -1)):
        values[INDEX[f"eyeLookOut{side}"]] = max(0.0, sign * gaze[0])
        values[INDEX[f"eyeLookIn{side}"]] = max(0.0, -sign * gaze[0])
        values[INDEX[f"eyeLookUp{side}"]] = max(0.0, gaze[1])
        values[INDEX[f"eyeLookDown{side}"]] = max(0.0, -gaze[1])
    values[INDEX["browInnerUp"]] += rng.uniform(-0.2, 0.3)
    for name, spread in (("headYaw", 6), ("headPitch", 4), ("headRoll", 3)):
        values[INDEX[name]] += np.clip(rng.normal(0, spread), -2 * spread, 2 * spread)
    return values


LIP_SHAPES = (("mouthFunnel", 0.6), ("mouthPucker", 0.7), ("mouthLowerDownLeft", 0.4), ("mouthLowerDownRight", 0.4),
              ("mouthUpperUpLeft", 0.4), ("mouthUpperUpRight", 0.4), ("mouthPressLeft", 0.5), ("mouthRollLower", 0.4))


def blinking(rng, rest: np.ndarray) -> np.ndarray:
    """The photo's own expression with its eyes half shut or more: channel values (57,) -> (57,)."""
    values, blink = rest.copy(), min(1.0, rng.uniform(0.3, 1.15))
    for name in ("eyeBlinkLeft", "eyeBlinkRight"):
        values[INDEX[name]] += blink * (1 - values[INDEX[name]])
    return values


def as_another_photo(rng, image: np.ndarray) -> np.ndarray:
    """Other sharpness, noise and compression than the photo it was made of: uint8 (H, W, 3) -> the same."""
    soft = cv2.GaussianBlur(image, (0, 0), 1.0)
    amount = rng.uniform(-0.3, 1.0)  # the warp itself has softened the picture already
    sharper = cv2.addWeighted(image, 1 + amount, soft, -amount, 0)
    noise = rng.normal(0, rng.uniform(0, 3), image.shape[:2])[..., None]
    noisy = np.clip(sharper + noise, 0, 255).astype(np.uint8)
    quality = int(rng.uniform(60, 98))
    return cv2.imdecode(cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
