"""Pictures to learn points from: faces cut out once, posed by our own warp, then disturbed in every way."""

from dataclasses import dataclass

import cv2
import numpy as np
from tqdm.auto import tqdm

from ... import images
from ...face import channels
from ...face import model as face_model
from ...keypoints import alignment, crops
from ...rendering import portrait
from ...training import labelled


@dataclass(frozen=True)
class AugmentRecipe:
    """How strongly a training crop differs from the picture it came from."""

    far: float = 0.5  # share of crops placed as roughly as a detector's box; the others as well as a second look
    rotate: float = 40.0  # degrees, rough crops
    scale: float = 0.25  # log
    shift: float = 0.12  # of the crop's side
    near_rotate: float = 8.0
    near_scale: float = 0.07
    near_shift: float = 0.03


@dataclass
class Tiles:
    """images: uint8 (N, TILE, TILE, 3); points: float32 (N, 78, 2) in tile pixels; weights: (N,) for sampling."""

    images: np.ndarray
    points: np.ndarray
    weights: np.ndarray


def make_tiles(faces: labelled.LabelledFaces, posed: int = 3, seed: int = 0) -> Tiles:
    """Every face cut out, and `posed` more of it with other expressions made by our own warp."""
    rng = np.random.default_rng(seed)
    pictures, points, weights = [], [], []
    for index in tqdm(range(len(faces)), desc="preparing faces", unit="face"):
        label = faces.points[index, :, :2]
        center, side = crops.square_around(label)
        matrix = crops.square_matrix(center, side / crops.CROP_MARGIN * crops.TILE_MARGIN, crops.TILE)
        tile = crops.cut(images.load_image(faces.paths[index]), matrix, crops.TILE)
        place = crops.apply(matrix, label).astype(np.float32)
        pictures.append(tile)
        points.append(place)
        weights.append(_rarity(faces.blendshapes[index]))
        for picture, moved in _posed(tile, place, posed, rng):
            pictures.append(picture)
            points.append(moved)
            weights.append(0.5)
    return Tiles(np.stack(pictures), np.stack(points), np.array(weights))


def _rarity(scores: np.ndarray) -> float:
    """Real open mouths and shut eyes are few, and worth more than what our warp can paint."""
    value = dict(zip(channels.BLENDSHAPES, scores))
    rare = value["jawOpen"] > 0.25 or min(value["eyeBlinkLeft"], value["eyeBlinkRight"]) > 0.5
    return 4.0 if rare else 1.5


def _posed(tile: np.ndarray, points: np.ndarray, count: int, rng):
    face = face_model.fit_face(points)
    actor = portrait.Portrait(tile, points)
    for _ in range(count):
        target = face_model.pose_points(face, random_pose(face.rest, rng)).astype(np.float32)
        yield actor.render(target), target


def random_pose(rest: np.ndarray, rng) -> np.ndarray:
    """Channel values (57,) away from a photo's: an open, round, wide or shut mouth, lids, brows, gaze, a small turn."""
    values = rest.copy()

    def add(amount, *names):
        for name in names:
            values[channels.INDEX[name]] = np.clip(values[channels.INDEX[name]] + amount, 0, 1)

    if rng.random() < 0.65:
        add(rng.beta(1.2, 2.0), "jawOpen")
    elif rng.random() < 0.4:
        add(-1, "jawOpen", "mouthUpperUpLeft", "mouthUpperUpRight", "mouthLowerDownLeft", "mouthLowerDownRight")
    mouths = (("mouthPucker",), ("mouthFunnel",), ("mouthSmileLeft", "mouthSmileRight"),
              ("mouthFrownLeft", "mouthFrownRight"), ("mouthStretchLeft", "mouthStretchRight"),
              ("mouthUpperUpLeft", "mouthUpperUpRight"), ("mouthLowerDownLeft", "mouthLowerDownRight"),
              ("mouthRollLower", "mouthRollUpper"), ("mouthPressLeft", "mouthPressRight"))
    for names in rng.permutation(np.array(mouths, dtype=object))[: rng.integers(0, 3)]:
        add(rng.uniform(0, 0.9), *names)
    if rng.random() < 0.35:
        add(rng.choice([rng.uniform(0, 1), 1.0]), "eyeBlinkLeft", "eyeBlinkRight")
    if rng.random() < 0.3:
        add(rng.uniform(0, 0.8), "browInnerUp", "browOuterUpLeft", "browOuterUpRight")
    elif rng.random() < 0.3:
        add(rng.uniform(0, 0.8), "browDownLeft", "browDownRight")
    for name, spread in (("headPitch", 4.0), ("headYaw", 4.0)):
        values[channels.INDEX[name]] += rng.normal(0, spread)
    return values


def sample(tiles: Tiles, rng, size: int, settings: AugmentRecipe = AugmentRecipe()) -> tuple:
    """One disturbed crop: uint8 (size, size, 3) and its points, float32 (78, 2) in [0, 1] of the crop."""
    index = rng.choice(len(tiles.images), p=tiles.weights)
    return disturb(tiles.images[index], tiles.points[index], rng, size, settings)


def disturb(tile: np.ndarray, points: np.ndarray, rng, size: int, settings: AugmentRecipe) -> tuple:
    """Place, mirror, light, blur, cover and compress: a tile and its points -> a crop and its points in [0, 1]."""
    if rng.random() < 0.5:
        tile = tile[:, ::-1]
        points = alignment.flip_keypoints(points, crops.TILE)
    far = rng.random() < settings.far
    rotate, scale, shift = ((settings.rotate, settings.scale, settings.shift) if far else
                            (settings.near_rotate, settings.near_scale, settings.near_shift))
    center, side = crops.square_around(points)
    center = center + rng.uniform(-shift, shift, 2) * side
    side = side * np.exp(rng.uniform(-scale * 0.7, scale))
    matrix = crops.square_matrix(center, side, size, rng.uniform(-rotate, rotate))
    crop = cv2.warpAffine(np.ascontiguousarray(tile), matrix, (size, size), flags=cv2.INTER_LINEAR,
                          borderMode=cv2.BORDER_REPLICATE)
    crop = _colour(crop, rng)
    crop = _cover(crop, rng)
    crop = _degrade(crop, rng)
    return crop, (crops.apply(matrix, points) / size + 0.5 / size).astype(np.float32)


def _colour(crop: np.ndarray, rng) -> np.ndarray:
    x = crop.astype(np.float32) / 255
    if rng.random() < 0.6:  # light from one side
        angle, strength = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.6)
        ramp = np.linspace(-1, 1, crop.shape[0], dtype=np.float32)
        x = x * (1 + strength * (np.cos(angle) * ramp[None, :, None] + np.sin(angle) * ramp[:, None, None]))
    x = x.clip(0, 1) ** np.exp(rng.normal(0, 0.3))
    x = x * rng.normal(1, 0.08, 3).astype(np.float32)
    x = (x - x.mean()) * np.exp(rng.normal(0, 0.2)) + x.mean() + rng.normal(0, 0.06)
    if rng.random() < 0.15:
        x = np.repeat(x.mean(axis=2, keepdims=True), 3, axis=2)
    return (x.clip(0, 1) * 255).astype(np.uint8)


def _cover(crop: np.ndarray, rng) -> np.ndarray:
    if rng.random() > 0.2:
        return crop
    size = crop.shape[0]
    height, width = (int(v) for v in rng.uniform(0.1, 0.4, 2) * size)
    y, x = (int(v) for v in rng.uniform(0, 1, 2) * (size - np.array([height, width])))
    crop = crop.copy()
    if rng.random() < 0.5:
        crop[y : y + height, x : x + width] = rng.integers(0, 256, 3)
    else:  # a piece of the same picture, as a hand or hair would be
        there = rng.integers(0, size - max(height, width), 2)
        crop[y : y + height, x : x + width] = crop[there[0] : there[0] + height, there[1] : there[1] + width]
    return crop


def _degrade(crop: np.ndarray, rng) -> np.ndarray:
    size = crop.shape[0]
    if rng.random() < 0.3:
        small = int(rng.uniform(0.2, 0.8) * size)
        crop = cv2.resize(crop, (small, small), interpolation=cv2.INTER_AREA)
        crop = cv2.resize(crop, (size, size), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.25:
        crop = cv2.GaussianBlur(crop, (0, 0), rng.uniform(0.3, 1.6))
    if rng.random() < 0.1:  # movement
        length = int(rng.integers(3, 8))
        kernel = np.zeros((length, length), np.float32)
        if rng.random() < 0.5:
            kernel[length // 2] = 1 / length
        else:
            kernel[:, length // 2] = 1 / length
        crop = cv2.filter2D(crop, -1, kernel)
    if rng.random() < 0.35:
        noise = rng.normal(0, rng.uniform(1, 14), (size, size, 1 if rng.random() < 0.5 else 3))
        crop = (crop + noise).clip(0, 255).astype(np.uint8)
    if rng.random() < 0.4:
        quality = int(rng.uniform(20, 90))
        crop = cv2.imdecode(cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
    return crop
