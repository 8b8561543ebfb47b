"""The rows of teeth that ship: `course train teeth`.

    labelled photos -> `cutting.cut` -> the best rows, each completed from its mirror image -> one file
"""

from pathlib import Path

import cv2
import numpy as np
import torch

from ... import errors, images
from ...io import weights
from ...rendering import teeth
from ...training import labelled
from .. import table
from . import cutting

COUNT = 8
GAPS = (0.09, 0.42)  # darker ones are missing teeth, lighter ones a smear
LIKE, SMOOTH = 0.6, 1.3  # how symmetric, and mm that edges may be off their line
INCISOR, INCISORS = 8.4, (6.0, 13.0)  # mm that a first upper tooth is broad, and between which its gap is looked for
BOW, BOWS = (0.5, 5.0), (1.0, 3.5)  # mm: of a smile that is taken, and of a row
TORN, BELOW = 0.05, 0.35  # how much tooth lies beneath what is none, and beneath the edges
TALLEST = 10.0  # mm: more is a mouth nearer to the lens than its face


def train(data, *, steps=None, resume=False, device="cpu", logdir=None, out="runs/teeth.safetensors") -> Path:
    """Cut rows out of the training part of labelled photos and write the best of them.

    Args:
        data: folders made by `course data fetch`; out: the file. The others say that there is nothing to train.
    Raises:
        errors.CourseError: no labelled pictures, options that it has not, or no row found.
    """
    table.refuse_steps("rows of teeth", steps, resume, device)
    rows = best(found(labelled.load_labelled(*data).part("train")))
    if not rows:
        raise errors.CourseError("none of these pictures shows a row of teeth that could be used: fetch more of them")
    rows.sort(key=lambda cut: width(cut.row))
    return write(rows, out)


def write(rows: list, out) -> Path:
    """The rows of `cutting.Cut`s, narrow ones first, into one file."""
    rows = [scaled(cut._replace(row=completed(cut.row))) for cut in rows]
    pixels = np.stack([np.round(cut.row * teeth.UNIT) for cut in rows]).clip(0, 255)
    return weights.write_weights({"rows": torch.from_numpy(pixels.astype(np.uint8)),
                                  "bows": torch.tensor([cut.bow for cut in rows])}, out)


def found(faces: labelled.LabelledFaces) -> list:
    """All rows that some photos show: list of `cutting.Cut`."""
    from tqdm import tqdm

    cuts = (cutting.cut(images.load_image(path), points[:, :2])
            for path, points in zip(tqdm(faces.paths, desc="smiles", unit="photo"), faces.points)
            if cutting.smiles(points[:, :2]))
    return [cut for cut in cuts if cut is not None]


def best(cuts: list, count: int = COUNT) -> list:
    """Those with clear gaps, symmetric, with smooth edges; the best first."""
    fit = [cut for cut in cuts if GAPS[0] <= cut.gaps <= GAPS[1] and cut.alike >= LIKE and cut.rough <= SMOOTH
           and BOW[0] <= cut.bow <= BOW[1] and cut.height <= TALLEST
           and cut.torn <= TORN and cut.below <= BELOW]
    return sorted(fit, key=quality, reverse=True)[:count]


def quality(cut) -> float:
    """More is better: symmetric, with gaps, tall, with a smooth line of edges."""
    return cut.alike + 3 * min(cut.gaps, 0.3) + 0.05 * cut.height - 0.6 * cut.rough


def completed(row: np.ndarray) -> np.ndarray:
    """A row whose one side is hidden gets it from the other: (HEIGHT, WIDTH, 2)."""
    mirror = row[:, ::-1]
    seen = row[teeth.heights() > 1][..., 1].mean(0)
    weaker = (seen < 0.6 * seen[::-1])[None, :, None]
    return np.where(weaker, mirror, row)


def scaled(cut):
    """A `cutting.Cut` at the size at which its first teeth are `INCISOR` mm broad: a smile near the lens looks large.
    """
    xs = teeth.columns()
    profile = cut.row[(teeth.heights() > 1) & (teeth.heights() < 5)].prod(axis=-1).mean(axis=0)
    profile = cv2.GaussianBlur(((profile + profile[::-1]) / 2)[None], (0, 0), 1.0)[0]
    near = np.flatnonzero((xs > INCISORS[0]) & (xs < INCISORS[1]))
    size = INCISOR / xs[near[profile[near].argmin()]]
    columns = (xs / size + teeth.HALF) * teeth.WIDTH / (2 * teeth.HALF) - 0.5
    rows = (teeth.TOP - teeth.heights() / size) * teeth.HEIGHT / (teeth.TOP - teeth.BOTTOM) - 0.5
    at = np.stack(np.meshgrid(columns, np.maximum(rows, 0)), -1).astype(np.float32)
    row = cv2.remap(cut.row, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    row = prolonged(row, (teeth.HALF - 1) * min(size, 1.0))
    return cut._replace(row=row, bow=float(np.clip(cut.bow / size, *BOWS)))


def prolonged(row: np.ndarray, reach: float) -> np.ndarray:
    """A row that ends too soon goes on: its last teeth come again, mirrored. (HEIGHT, WIDTH, 2); reach: mm to both
    sides within which it was seen."""
    there = row[teeth.heights() > 1][..., 1].mean(0) > 0.7
    shown = np.flatnonzero(there & (np.abs(teeth.columns()) < reach))
    first, last = shown[0] + 2, shown[-1] - 2  # the very last columns are half in the dark
    at = np.arange(teeth.WIDTH)
    at = np.where(at < first, 2 * first - at, np.where(at > last, 2 * last - at, at))
    return row[:, np.clip(at, first, last)]


def width(row: np.ndarray) -> float:
    """How far teeth reach to both sides, in mm: (HEIGHT, WIDTH, 2)."""
    shown = row[teeth.heights() > 1][..., 1].mean(0) > 0.5
    return float(shown.sum() * 2 * teeth.HALF / teeth.WIDTH)
