"""Labelled pictures of faces: what `course data fetch` puts into a folder, and how it is split.

A folder holds pictures and one `labels.npz`. Pictures of one contact sheet resemble each other, so the
split goes by sheet: what is measured is never a neighbour of what was trained on.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import errors
from ..keypoints import landmarks

# Sheets that are measured on and never trained on, nor tuned on.
HELD_OUT_SHEETS = frozenset({
    "SFHQ_sample_1x2",
    "SFHQ_sample_3x6",
    "SFHQ_sample_landmarks_segmentation",
    "SFHQ_variability_age",
    "textual_search_2_Background Color_top_9_matches.jpg",
    "textual_search_2_Expression_x_Sex_top_10_matches.jpg",
    "textual_search_2_Glasses Style_top_10_matches.jpg",
    "textual_search_2_Lighting_top_10_matches.jpg",
})  # fmt: skip

# Sheets to choose settings and stop by: not trained on either, but looked at while working.
VALIDATION_SHEETS = frozenset({
    "SFHQ_sample_4x8",
    "textual_search_2_Jewelry_top_9_matches.jpg",
})  # fmt: skip


@dataclass
class LabelledFaces:
    """N pictures with one labelled face each.

    paths: N files; points: float32 (N, 78, 3), pixels, z towards the back in the same scale;
    blendshapes: float32 (N, 51) in the order of `face.BLENDSHAPES`; sheets: N names.
    """

    paths: list
    points: np.ndarray
    blendshapes: np.ndarray
    sheets: np.ndarray

    def __len__(self) -> int:
        return len(self.paths)

    def take(self, chosen) -> "LabelledFaces":
        """The faces at the given indices, or where the mask is true."""
        index = np.flatnonzero(chosen) if np.asarray(chosen).dtype == bool else np.asarray(chosen, int)
        paths = [self.paths[i] for i in index]
        return LabelledFaces(paths, self.points[index], self.blendshapes[index], self.sheets[index])

    def part(self, name: str) -> "LabelledFaces":
        """One part of the split: "train", "validation" or "held-out"."""
        held_out = np.isin(self.sheets, list(HELD_OUT_SHEETS))
        validation = np.isin(self.sheets, list(VALIDATION_SHEETS))
        masks = {"train": ~held_out & ~validation, "validation": validation, "held-out": held_out}
        return self.take(masks[name])


def load_labelled(*folders) -> LabelledFaces:
    """Read the labels of one or several folders, such as `portraits` and `scenes`.

    Raises:
        errors.CourseError: a folder has no labels.npz.
    """
    paths, points, blendshapes, sheets = [], [], [], []
    for folder in map(Path, folders):
        file = folder / "labels.npz"
        if not file.is_file():
            raise errors.CourseError(f"{folder} has no labels.npz: run `course data fetch` and name the folder it made")
        with np.load(file) as labels:
            paths += [folder / name for name in labels["files"]]
            points.append(_points(labels))
            scores = labels["blendshapes"]
            blendshapes.append(scores[:, 1:] if scores.shape[1] == 52 else scores)  # "_neutral" comes first
            sheets.append(labels["sheet"])
    return LabelledFaces(paths, np.concatenate(points), np.concatenate(blendshapes), np.concatenate(sheets))


def _points(labels) -> np.ndarray:
    if "points" in labels:
        return labels["points"].astype(np.float32)
    mesh = labels["mesh478"].astype(np.float32)  # (N, 478, 3)
    ibug_z = mesh[:, labels["mesh_to_68"], 2:]
    ibug = np.concatenate([labels["keypoints68"], ibug_z], axis=2)
    return np.concatenate([ibug, mesh[:, landmarks.MESH_EXTRA]], axis=1)
