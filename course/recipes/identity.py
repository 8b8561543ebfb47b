"""The axes along which people differ, for `features.identity_similarity`: `course train identity`.

Every face of the training part comes in several pictures: as it is, mirrored, under other light, placed and turned a
little differently. Fisher's discriminant then asks which directions tell people apart and do not change with all that.
(Fisher, 1936; Belhumeur et al., "Eigenfaces vs. Fisherfaces", 1997.)
"""

from pathlib import Path

import numpy as np
import torch
from tqdm.auto import tqdm

from .. import images
from ..features import networks as feature_networks
from ..io import weights
from ..keypoints import crops
from ..training import labelled
from . import table

AXES = 96  # dimensions that are kept
RIDGE = 0.05  # of the mean variance: what a direction may at least vary within a person
EACH = 5  # pictures of every face


def picture_of(image: np.ndarray, points: np.ndarray, rng) -> np.ndarray:
    """One picture with another light, placed a little differently, perhaps mirrored: uint8 (128, 128, 3)."""
    size = np.ptp(points[:, 0])
    # Each point on its own moves eyes and mouth a little: the face is turned and scaled, as from badly found points.
    moved = points + rng.normal(0, 0.01 * size, 2) + rng.normal(0, 0.03 * size, points.shape)
    face = crops.cut_tight(image, moved, 128).astype(np.float32) / 255
    if rng.random() < 0.5:
        face = face[:, ::-1]
    across = np.linspace(-1, 1, 128)[None, :, None]
    light = np.exp(rng.normal(0, 0.2) + rng.normal(0, 0.25) * across + rng.normal(0, 0.08, 3))
    return (np.clip(face * light, 0, 1) ** np.exp(rng.normal(0, 0.15)) * 255).round().astype(np.uint8)


def collect(faces: labelled.LabelledFaces, seed: int = 0) -> torch.Tensor:
    """Features (P, EACH, D) of several pictures of each of P people."""
    rows = []
    for number in tqdm(range(len(faces)), desc="looking at people", unit="face"):
        rng = np.random.default_rng((seed, number))
        image = images.load_image(faces.paths[number])
        made = [picture_of(image, faces.points[number, :, :2], rng) for _ in range(EACH)]
        batch = torch.from_numpy(np.stack(made)).permute(0, 3, 1, 2).float() / 255
        rows.append(feature_networks.identity_features(batch))
    return torch.stack(rows).double()


def discriminant(found: torch.Tensor, axes: int = AXES, ridge: float = RIDGE) -> tuple:
    """(P, n, D) -> mean (D,), axes (D, axes): along them one person's pictures scatter by 1; the most telling first."""
    people, _, width = found.shape
    mean = found.mean(dim=(0, 1))
    centres = found.mean(dim=1)
    inner = (found - centres[:, None]).flatten(0, 1)
    # S_w = 1/n sum (x - m_person)(x - m_person)',  S_b = 1/P sum (m_person - m)(m_person - m)'
    within = inner.T @ inner / len(inner)
    between = (centres - mean).T @ (centres - mean) / people
    within = within + ridge * within.trace() / width * torch.eye(width, dtype=found.dtype)
    # w = U diag(s)^-1/2 whitens S_w = U diag(s) U'; then the leading eigenvectors of w' S_b w
    scale, vectors = torch.linalg.eigh(within)
    whiten = vectors / scale.sqrt()
    _, directions = torch.linalg.eigh(whiten.T @ between @ whiten)
    return mean, whiten @ directions.flip(1)[:, :axes]


def train(data, *, steps=None, resume: bool = False, device: str = "cpu", logdir=None,
          out="runs/identity.safetensors") -> Path:
    """Look at the training part of labelled folders and write mean and axes, half floats.

    Args:
        data: folders made by `course data fetch`; steps, resume, device: there is nothing to choose, the axes are
            worked out at once on the CPU; logdir: not needed; out: the weights' file.
    Returns:
        `out`.
    Raises:
        errors.CourseError: no labelled pictures, or a choice that there is none of; errors.OutputError: a place that
        cannot be written.
    """
    table.refuse_steps("identity", steps, resume, device)
    found = collect(labelled.load_labelled(*data).part("train"))
    mean, axes = discriminant(found)
    weights.write_weights({"mean": mean.half(), "axes": axes.half()}, out)
    print(f"{out}: {len(found)} people, {found.shape[1]} pictures each")
    return Path(out)
