"""Mouths and eyes from the formula, for the animator to learn from.

Of the photos with an open mouth most laugh, so from photos alone a network learns teeth for every opening.
`synthetic` opens mouths in every way, with the true picture of it. It is used twice:

    rendered pairs    one formula person twice, from one expression to another: light, lips and lids as they truly move
    joined mouths     a photo's lips opened by our own warp, and a formula mouth's inside laid between them
"""

from dataclasses import dataclass

import cv2
import numpy as np
import torch

from ... import images
from ...evaluation import metrics
from ...face import channels, posing
from ...face import model as face_model
from ...keypoints import find, landmarks
from ...motion import transfer
from ...rendering import animator_crops, portrait
from ...synthetic import faces
from ...synthetic import people as synthetic_people
from . import pairs as animator_pairs

INDEX = channels.INDEX
SIZE = 256  # pixels a side of a rendered face


@dataclass
class Twice:
    """One formula person with two expressions. images: two uint8 (H, W, 3); points: two (78, 2); values: two (57,)."""

    images: list
    points: list
    values: list


def people_twice(count: int, seed: int = 0) -> list:
    """`count` people, each first nearly at rest and then doing something: list of `Twice`, those the landmarker misses
    left out, since of a real photo it would not be asked either."""
    from tqdm import tqdm

    made = []
    for k in tqdm(range(count), desc="formula faces", unit="face"):
        people, rng = synthetic_people.People.random(1, (seed, k)), np.random.default_rng((seed, k, 1))
        values = expressions(rng)  # (2, 57)
        rendered = [faces.render(people, torch.tensor(row[None]), SIZE) for row in values]
        pictures = [images.from_tensor(each.image[0]) for each in rendered]
        truth = [each.keypoints[0].numpy() for each in rendered]
        boxes = [np.append(landmarks.tight_boxes(points), 1)[None].astype(np.float32) for points in truth]
        found = [find.find_points(picture, box)[0] for picture, box in zip(pictures, boxes)]
        if np.max(metrics.nme(np.stack(found)[:, :68], np.stack(truth))) < MISSED:
            made.append(Twice(pictures, found, list(values)))
    return made


MISSED = 12  # percent of the eye distance: here the landmarker has not seen the face


def expressions(rng) -> np.ndarray:
    """Two expressions of one person, the head held nearly alike: (2, 57) float32."""
    first, second = synthetic_people.random_motion(2, int(rng.integers(1 << 30))).numpy()
    for name in ("jawOpen", "mouthSmileLeft", "mouthSmileRight", "mouthFunnel"):
        first[INDEX[name]] *= rng.random() < 0.3
    if rng.random() < 0.8:
        second[INDEX["jawOpen"]] = rng.uniform(0.05, 0.65)
    if rng.random() < 0.7:  # speech, not laughter
        second[[INDEX["mouthSmileLeft"], INDEX["mouthSmileRight"]]] *= 0.3
        for name, most in animator_pairs.LIP_SHAPES:
            if rng.random() < 0.3:
                second[INDEX[name]] = rng.uniform(0, most)
    if rng.random() < 0.5:
        blink = rng.uniform(0.3, 1.0)
        second[[INDEX["eyeBlinkLeft"], INDEX["eyeBlinkRight"]]] = blink
    first[[INDEX["eyeBlinkLeft"], INDEX["eyeBlinkRight"]]] *= rng.random() < 0.2
    second[[INDEX["headX"], INDEX["headY"], INDEX["headScale"]]] = first[
        [INDEX["headX"], INDEX["headY"], INDEX["headScale"]]]
    for name, spread in (("headYaw", 5), ("headPitch", 4), ("headRoll", 3)):
        second[INDEX[name]] = first[INDEX[name]] + rng.normal(0, spread)
    return np.stack([first, second]).astype(np.float32)


def add_rendered_pairs(made: dict, twice: list, seed: int, first_number: int) -> None:
    """Both ways of every person into `made`: {"mouth": Pairs, "eye": Pairs}."""
    from tqdm import tqdm

    settings = animator_pairs.PairRecipe()
    for k, person in enumerate(tqdm(twice, desc="rendered pairs", unit="face")):
        rng = np.random.default_rng((seed, k, 2))
        for start, end in ((0, 1), (1, 0)):
            source = animator_pairs.as_another_photo(rng, person.images[start])
            noise = landmarks.eye_distance(person.points[end])
            wanted = person.points[end] + animator_pairs.point_noise(rng, noise, settings)
            seen = person.points[start] + animator_pairs.point_noise(rng, noise, settings)
            coarse = portrait.Portrait(source, seen).render(wanted)
            for part in animator_crops.PARTS:
                animator_pairs.add_pair(made[part.network], part, first_number + k,
                                        (coarse, person.images[end], source, wanted, seen))


def add_joined_pairs(pairs, photos, twice: list, seed: int, numbers) -> None:
    """Photos with nearly shut mouths, opened as a formula mouth is: photos: list of (image, points (78, 2))."""
    from tqdm import tqdm

    settings = animator_pairs.PairRecipe()
    mouths = [person for person in twice if gap(person.points[1]) > 0.04]
    for number, (photo, points) in zip(numbers, tqdm(photos, desc="joined mouths", unit="photo")):
        rng = np.random.default_rng((seed, number, 3))
        face = face_model.fit_face(points)
        donor = alike(photo, points, [mouths[k] for k in rng.integers(len(mouths), size=8)])
        values = face.rest.copy()
        values[transfer.LIPS] = donor.values[1][transfer.LIPS]
        opened = posing.posed_points(face, values).astype(np.float32)
        if gap(opened) < 0.02:
            continue
        target = join(portrait.Portrait(photo, points).render(opened), opened, donor, photo, points)
        source = animator_pairs.as_another_photo(rng, photo)
        distance = landmarks.eye_distance(points)
        seen = points + animator_pairs.point_noise(rng, distance, settings)
        wanted = opened + animator_pairs.point_noise(rng, distance, settings)
        coarse = portrait.Portrait(source, seen).render(wanted)
        animator_pairs.add_pair(pairs, animator_crops.MOUTH, number, (coarse, target, source, wanted, seen))


def gap(points: np.ndarray) -> float:
    """How far the lips stand apart, in eye distances."""
    return float(np.linalg.norm(points[62] - points[66]) / landmarks.eye_distance(points))


def join(picture: np.ndarray, points: np.ndarray, donor: Twice, photo: np.ndarray, own: np.ndarray) -> np.ndarray:
    """The inside of the donor's second mouth between the lips of `picture`, in the light of the photo.

    Args:
        picture: uint8 (H, W, 3), lips already opened; points: its (78, 2); donor: whose mouth it gets;
        photo, own: the photo itself and its points, for the light.
    """
    from scipy.interpolate import RBFInterpolator

    inner = landmarks.LIPS_INNER
    here, there = (np.concatenate([p[48:68], p[[33, 8, 5, 11]]]).astype(np.float64)
                   for p in (points, donor.points[1]))
    to_donor = RBFInterpolator(here, there, kernel="thin_plate_spline")  # Bookstein, 1989
    low, high = np.floor(points[inner].min(0)).astype(int) - 2, np.ceil(points[inner].max(0)).astype(int) + 3
    x, y = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
    at = to_donor(np.stack([x.ravel(), y.ravel()], -1).astype(np.float64)).reshape(*x.shape, 2).astype(np.float32)
    inside = cv2.remap(donor.images[1], at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cheeks = np.maximum(skin(photo, own), 1)
    brighter = np.clip(cheeks / np.maximum(skin(donor.images[1], donor.points[1]), 1), 0.3, 1.6).mean()
    lit = inside * brighter * (cheeks / cheeks.mean()) ** TEETH_LIKE_SKIN
    lit = np.minimum(lit, min(235, 1.3 * skin(photo, own).mean() + 40))  # nor brighter than its light allows
    height, width = picture.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    at = np.round(points[inner] * 16).astype(np.int32)
    cv2.fillPoly(mask, [at[:, None]], 255, cv2.LINE_AA, 4)
    mask = cv2.GaussianBlur(mask, (0, 0), max(0.5, 0.006 * landmarks.eye_distance(points)))
    x0, y0 = np.maximum(low, 0)
    x1, y1 = np.minimum(high, [width, height])
    joined = picture.copy()
    if x1 <= x0 or y1 <= y0:
        return joined
    share = mask[y0:y1, x0:x1, None] / 255
    lit = lit[y0 - low[1] : y1 - low[1], x0 - low[0] : x1 - low[0]]
    joined[y0:y1, x0:x1] = np.round(share * lit + (1 - share) * joined[y0:y1, x0:x1]).astype(np.uint8)
    return joined


TEETH_LIKE_SKIN = 0.44  # log red over blue of the teeth in labelled photos is this times the skin's, plus 0.03


def alike(photo: np.ndarray, points: np.ndarray, people: list) -> Twice:
    """The one whose skin is about as bright as the photo's: teeth on dark skin are brighter against it."""
    own = np.log(skin(photo, points).mean() + 1)
    return min(people, key=lambda person: abs(own - np.log(skin(person.images[1], person.points[1]).mean() + 1)))


def skin(image: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The colour of the lower cheeks: (3,)."""
    radius = max(1, round(0.04 * float(landmarks.eye_distance(points))))
    spots = []
    for a, b in ((4, 48), (12, 54), (33, 51), (8, 57)):
        x, y = np.round((points[a] + points[b]) / 2).astype(int)
        spot = image[max(y - radius, 0) : y + radius + 1, max(x - radius, 0) : x + radius + 1].reshape(-1, 3)
        spots.append(spot)
    return np.median(np.concatenate(spots), axis=0) if sum(map(len, spots)) else np.full(3, 128.0)
