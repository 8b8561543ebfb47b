"""Small pictures of faces for the GAN: drawn from the formula, or cut tight out of labelled photographs."""

from pathlib import Path

import numpy as np
import torch

from .. import errors, images, parallel
from ..keypoints import crops
from ..synthetic import faces as synthetic
from ..training import labelled

BLOCK = 64  # drawn at once


def faces_from_folders(*folders, size: int = 64, part: str | None = "train") -> torch.Tensor:
    """Every labelled face, turned upright and cut tight: uint8 (N, 3, size, size), in the order of the labels.

    Args:
        folders: what `course data fetch` made; part: of the split of `training/labelled.py`, or None for all.
        size: pixels a side.
    Raises:
        errors.CourseError: no labels, or no faces in this part. errors.ImageError: a picture that does not open.
    """
    faces = labelled.load_labelled(*folders)
    faces = faces.part(part) if part else faces
    if not len(faces):
        raise errors.CourseError(f"no faces to train on in {', '.join(map(str, folders))}: fetch more with "
                                 "`course data fetch portraits`")
    work = zip(faces.paths, faces.points[:, :, :2])
    cut = list(parallel.ordered_map(lambda one: crops.cut_tight(images.load_image(one[0]), one[1], size), work))
    return torch.from_numpy(np.stack(cut)).permute(0, 3, 1, 2).contiguous()


def batch_of(faces: torch.Tensor, numbers: np.ndarray, mirror: np.ndarray) -> torch.Tensor:
    """Pictures by number, some mirrored: uint8 (N, 3, H, W), (B,), bool (B,) -> float32 (B, 3, H, W) in [-1, 1]."""
    chosen = faces[torch.from_numpy(numbers)].float() / 127.5 - 1
    flip = torch.from_numpy(mirror)[:, None, None, None]
    return torch.where(flip, chosen.flip(-1), chosen)


def faces_from_formula(count: int = 1024, size: int = 64, seed: int = 0) -> torch.Tensor:
    """Drawn faces, cut as tight as the photographs: uint8 (count, 3, size, size), the same for the same seed."""
    from tqdm.auto import tqdm

    larger = round(1.25 * size)  # eyes and mouth are then about as far apart as they will be, so little is lost
    made = []
    with tqdm(total=count, desc="drawing faces", unit="face") as bar:
        for first in range(0, count, BLOCK):
            drawn, points = synthetic.sample(min(BLOCK, count - first), larger, seed * 1_000_003 + first)
            pictures = images.from_tensor(drawn)  # (n, H, W, 3)
            made += [crops.cut_tight(picture, place, size) for picture, place in zip(pictures, points.numpy())]
            bar.update(len(pictures))
    return torch.from_numpy(np.stack(made)).permute(0, 3, 1, 2).contiguous()


def load(source, size: int = 64, seed: int = 0) -> torch.Tensor:
    """Faces to train on, uint8 (N, 3, size, size).

    source: "formula", a folder of `course data fetch` or several, or a tensor of that shape.
    Raises:
        errors.CourseError: no labels, no faces, or a tensor of another shape.
    """
    if isinstance(source, torch.Tensor):
        if source.dtype != torch.uint8 or source.ndim != 4 or tuple(source.shape[1:]) != (3, size, size):
            raise errors.CourseError(f"the pictures are {source.dtype} {tuple(source.shape)}: "
                                     f"the GAN takes torch.uint8 (N, 3, {size}, {size})")
        return source
    if isinstance(source, str) and source == "formula":
        return faces_from_formula(size=size, seed=seed)
    folders = [source] if isinstance(source, str | Path) else list(source)
    return faces_from_folders(*folders, size=size)
