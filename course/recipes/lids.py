"""Training the finer look at the eyes: `course train lids`.

    labelled faces -> tiles, some with lids moved by our own warp -> both eyes, disturbed -> L1 on points and gaps
"""

import functools
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from tqdm.auto import tqdm

from .. import images
from ..face import channels, posing
from ..face import model as face_model
from ..io import weights
from ..keypoints import alignment, crops, landmarks, lids, near_network
from ..rendering import portrait
from ..training import batches, labelled, loop, processes, schedules, updates
from .keypoints.training import halves

LOOKS = (("eyeLookOutLeft", "eyeLookInRight"), ("eyeLookInLeft", "eyeLookOutRight"),
         ("eyeLookUpLeft", "eyeLookUpRight"), ("eyeLookDownLeft", "eyeLookDownRight"))


@dataclass(frozen=True)
class Recipe:
    """What the shipped weights were trained with."""

    steps: int = 1500
    batch: int = 24  # faces, two eyes each
    learning_rate: float = 3e-3
    warmup: int = 100  # steps
    weight_decay: float = 0.02
    average: float = 0.997  # the weights that are kept are a running mean
    moved: int = 420  # faces of which there are further ones with moved lids
    each: int = 3  # as many of each
    gap: float = 1.0  # how much the gaps between the lids count beside the points
    coarse: float = 0.45  # share of the faces that are seen small
    smallest: float = 9.0  # eye distance in pixels of the smallest
    glasses: float = 0.2  # share of the eyes behind a drawn rim
    workers: int = 1  # processes that make crops
    save_every: int = 250  # steps
    seed: int = 0


RECIPE = Recipe()


@dataclass
class Tiles:
    """images: uint8 (N, TILE, TILE, 3); points: float32 (N, 78, 2) in tile pixels; weights: (N,), summing to 1."""

    images: np.ndarray
    points: np.ndarray
    weights: np.ndarray


def train(data, *, steps: int | None = None, resume: bool = False, device: str = "cpu", logdir="runs/lids",
          out="runs/lids.safetensors", recipe: Recipe = RECIPE) -> Path:
    """Train on the "train" part of labelled folders and write the weights, half floats.

    Args and errors: as `keypoints.training.train`.
    """
    steps = steps or recipe.steps
    tiles = make_tiles(labelled.load_labelled(*data).part("train"), recipe)
    result = loop.train(LidsTask(tiles, steps, recipe), loop.Config(
        steps=steps, batch=recipe.batch, precision="float32", clip=1.0, average=recipe.average,
        save_every=recipe.save_every, seed=recipe.seed, device=device, logdir=logdir, resume=resume))
    if processes.join(device).first:
        weights.write_weights(halves(result.averaged["lids"]), out)
    return Path(out)


def make_tiles(faces: labelled.LabelledFaces, recipe: Recipe) -> Tiles:
    """Every face cut out, and of some of them more with lids, gaze and brows moved by our own warp."""
    rng = np.random.default_rng(recipe.seed)
    pictures, points, rare = [], [], []
    for number, index in enumerate(tqdm(rng.permutation(len(faces)), desc="preparing faces", unit="face")):
        label = faces.points[index, :, :2]
        center, side = crops.square_around(label)
        matrix = crops.square_matrix(center, side / crops.CROP_MARGIN * crops.TILE_MARGIN, crops.TILE)
        tile = crops.cut(images.load_image(faces.paths[index]), matrix, crops.TILE)
        place = crops.apply(matrix, label).astype(np.float32)
        pictures.append(tile)
        points.append(place)
        rare.append(1.5 + 4 * rarity(place))
        if number < recipe.moved:
            face, actor = face_model.fit_face(place), portrait.Portrait(tile, place)
            for _ in range(recipe.each):
                target = posing.posed_points(face, moved_lids(face.rest, rng)).astype(np.float32)
                pictures.append(actor.render(target))
                points.append(target)
                rare.append(0.5)
    rare = np.array(rare)
    return Tiles(np.stack(pictures), np.stack(points), rare / rare.sum())


def gaps(points):
    """Gaps between the lids, from points in the order of `lids.POINTS`: (..., 7, 2) -> (..., 2, 2), downwards."""
    return points[..., [5, 4], :] - points[..., [1, 2], :]


def rarity(points: np.ndarray) -> float:
    """0 for eyes as open as most, 1 for shut ones, which are few: points (78, 2)."""
    eyes = points[lids.POINTS]  # (2, 7, 2)
    width = np.linalg.norm(eyes[:, 3] - eyes[:, 0], axis=-1).max()
    open_ = np.linalg.norm(gaps(eyes), axis=-1).mean(axis=1).min() / max(float(width), 1.0)
    return float(np.clip((0.27 - open_) / 0.15, 0, 1))


def moved_lids(rest: np.ndarray, rng) -> np.ndarray:
    """Channel values (57,) away from a photo's: lids shut, narrowed or widened, a gaze, brows, a small turn."""
    values = rest.copy()

    def add(name, amount):
        values[channels.INDEX[name]] = np.clip(values[channels.INDEX[name]] + amount, 0, 1.2)

    kind, shut = rng.random(), rng.choice([1.0, rng.uniform(0, 1), rng.uniform(0.3, 0.9)])
    for side in ("Left", "Right"):
        own = shut if rng.random() < 0.85 else rng.uniform(0, 1)
        if kind < 0.85:
            add("eyeBlink" + side, own * max(0.0, 1 - rest[channels.INDEX["eyeBlink" + side]]))
            add("eyeSquint" + side, rng.uniform(0, 0.8) if kind < 0.25 else 0.0)
        else:
            add("eyeWide" + side, own)
        add("browDown" + side, rng.uniform(0, 0.8) if rng.random() < 0.3 else 0.0)
    for pair in LOOKS:
        amount = max(0.0, rng.normal(0, 0.35))
        for name in pair:
            add(name, amount if rng.random() < 0.5 else 0.0)
    for name in ("headPitch", "headYaw"):
        values[channels.INDEX[name]] += rng.normal(0, 4.0)
    return values


class LidsTask(loop.Task):
    """What the training loop asks for: eyes and a step."""

    averaged = ("lids",)

    def __init__(self, tiles: Tiles, steps: int, recipe: Recipe):
        """steps: of the whole run."""
        torch.manual_seed(recipe.seed)
        self.steps, self.recipe = steps, recipe
        self.networks = {"lids": near_network.NearNetwork(lids.POINTS.shape[1]).to(memory_format=torch.channels_last)}
        self.optimizers = {"lids": torch.optim.AdamW(self.networks["lids"].parameters(), recipe.learning_rate,
                                                     weight_decay=recipe.weight_decay)}
        self.batches = batches.Ahead(functools.partial(batch, tiles, recipe), steps, recipe.workers)

    def step(self, number: int, rows: slice, updater: updates.Updater) -> dict:
        """Batch `number` and one step on it: {"loss"}."""
        schedules.set_learning_rate(self.optimizers["lids"], self.recipe.learning_rate,
                                    schedules.learning_rate_share(number, self.steps, self.recipe.warmup))
        net = self.networks["lids"]
        device = next(net.parameters()).device
        eyes, points = (part[rows].to(device).flatten(0, 1) for part in self.batches.take(number))

        def loss_of(eyes, points):
            return eye_loss(net(eyes.permute(0, 3, 1, 2).float().div(255)), points, self.recipe.gap)

        return {"loss": updater.update("lids", loss_of, eyes, points)}


def eye_loss(found: torch.Tensor, true: torch.Tensor, gap: float) -> torch.Tensor:
    """L = mean |p - p*| + gap mean |g - g*|, g the gaps between the lids: (N, 7, 2) twice -> scalar."""
    return (found - true).abs().mean() + gap * (gaps(found) - gaps(true)).abs().mean()


def batch(tiles: Tiles, recipe: Recipe, number: int) -> tuple:
    """Batch `number`, the same whoever makes it: eyes uint8 (N, 2, 64, 64, 3), points (N, 2, 7, 2) in [0, 1]."""
    rng = np.random.default_rng((recipe.seed, number))
    made = [one(tiles, recipe, rng) for _ in range(recipe.batch)]
    eyes, points = (np.stack(part) for part in zip(*made))
    return torch.from_numpy(eyes), torch.from_numpy(points.astype(np.float32))


def one(tiles: Tiles, recipe: Recipe, rng) -> tuple:
    """Both eyes of a face as the network may meet them: uint8 (2, 64, 64, 3), and their points (2, 7, 2) in [0, 1]."""
    index = rng.choice(len(tiles.images), p=tiles.weights)
    tile, points = tiles.images[index], tiles.points[index].astype(np.float64)
    if rng.random() < 0.5:
        tile, points = np.ascontiguousarray(tile[:, ::-1]), alignment.flip_keypoints(points, crops.TILE)
    if rng.random() < recipe.coarse:
        tile, points = small(tile, points, recipe, rng)
    matrices = [misplaced(matrix, lids.SIZE, rng) for matrix in lids.squares_of(points)]
    eyes = lids.cut(tile, matrices)
    found = np.stack([crops.apply(matrix, points[row]) for matrix, row in zip(matrices, lids.POINTS)])
    found[1, :, 0] = lids.SIZE - 1 - found[1, :, 0]
    if rng.random() < recipe.glasses:
        eyes = np.stack([_behind_glasses(eye, rng) for eye in eyes])
    return np.stack([seen(eye, rng) for eye in eyes]), (found + 0.5) / lids.SIZE


def small(tile, points, recipe, rng) -> tuple:
    """The face as small as in a large photo, its points with it."""
    whole = float(landmarks.eye_distance(points))
    scale = np.exp(rng.uniform(np.log(recipe.smallest), np.log(80.0))) / max(whole, 1.0)
    if scale >= 1:
        return tile, points
    size = max(16, round(crops.TILE * scale))
    scale = size / crops.TILE
    return cv2.resize(tile, (size, size), interpolation=cv2.INTER_AREA), (points + 0.5) * scale - 0.5


def misplaced(matrix: np.ndarray, size: int, rng, off: float = 0.03) -> np.ndarray:
    """A square of `size` pixels as badly placed as a landmarker places it: off by this share of its side."""
    middle = np.full(2, (size - 1) / 2)
    angle, larger = np.radians(rng.normal(0, 4)), np.exp(rng.normal(0, 0.07))
    turn = larger * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shift = middle - turn @ middle + rng.normal(0, off, 2) * size
    return np.column_stack([turn @ matrix[:, :2], turn @ matrix[:, 2] + shift])


def _behind_glasses(eye: np.ndarray, rng) -> np.ndarray:
    """A rim round the eye, and light in the lens."""
    size, factor = lids.SIZE, 16
    centre = rng.uniform([0.42, 0.48], [0.58, 0.68]) * size
    half = rng.uniform([0.38, 0.22], [0.52, 0.42]) * size
    power = rng.uniform(2, 5)
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    cos, sin = np.cos(turn), np.sin(turn)
    radius = (np.abs(cos) ** power + np.abs(sin) ** power) ** (-1 / power)
    rim = np.round((centre + half * radius[:, None] * np.stack([cos, sin], axis=1)) * factor).astype(np.int32)
    colour = tuple(int(v) for v in (rng.uniform(0, 60, 3) if rng.random() < 0.6 else rng.uniform(0, 255, 3)))
    drawn = eye.copy()
    cv2.polylines(drawn, [rim[:, None]], True, colour, int(rng.integers(1, 5)), cv2.LINE_AA, 4)
    if rng.random() < 0.4:  # a reflection
        lens, light = np.zeros((size, size), np.float32), rng.uniform([0.2, 0.2], [0.8, 0.8]) * size
        cv2.ellipse(lens, tuple(int(v) for v in light), tuple(int(v) for v in rng.uniform(2, 14, 2)),
                    float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
        lens = cv2.GaussianBlur(lens, (0, 0), rng.uniform(0.7, 4))[..., None] * rng.uniform(0.2, 0.9)
        drawn = np.clip(drawn + lens * (rng.uniform(180, 255) - drawn), 0, 255).astype(np.uint8)
    share = rng.uniform(0.5, 1.0)
    return np.clip(eye + share * (drawn.astype(np.float32) - eye), 0, 255).astype(np.uint8)


def seen(square: np.ndarray, rng) -> np.ndarray:
    """Another light, another camera: uint8 (S, S, 3) in and out."""
    size = len(square)
    x = square.astype(np.float32) / 255
    across = np.linspace(-1, 1, size, dtype=np.float32)
    ramp = rng.normal(0, 0.25) * across[None, :, None] + rng.normal(0, 0.2) * across[:, None, None]
    x = np.clip(x * np.exp(rng.normal(0, 0.25) + ramp + rng.normal(0, 0.08, 3)), 0, 1) ** np.exp(rng.normal(0, 0.25))
    if rng.random() < 0.15:
        x = np.repeat(x.mean(axis=2, keepdims=True), 3, axis=2)
    if rng.random() < 0.3:
        x = cv2.GaussianBlur(x.astype(np.float32), (0, 0), rng.uniform(0.3, 1.8))
    if rng.random() < 0.4:
        x = x + rng.normal(0, rng.uniform(0.004, 0.05), (size, size, 1 if rng.random() < 0.5 else 3))
    x = (np.clip(x, 0, 1) * 255).astype(np.uint8)
    if rng.random() < 0.35:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(25, 92))]
        x = cv2.imdecode(cv2.imencode(".jpg", x, quality)[1], cv2.IMREAD_COLOR)
    return x
