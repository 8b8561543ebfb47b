"""Figures say how much, pictures say what: one sheet a film, photo and film beside what each method made.

The rows are the moments that ask most of a method: mouth widest open, eyes shut furthest, head furthest from
where the photo has it, and the middle of the film, so that no one picks the ones that flatter.
"""

from pathlib import Path

import cv2
import numpy as np

from .. import errors, paths
from ..face import model as face_model
from ..keypoints import landmarks


def moments(points: np.ndarray) -> dict:
    """{what happens: frame number} of a film's tracked points (T, 78, 2); the photo, frame 0, is never one."""
    scale = np.array([landmarks.eye_distance(frame) for frame in points])
    mouth = np.linalg.norm(points[:, 62] - points[:, 66], axis=-1) / scale
    lids = sum(np.linalg.norm(points[:, a] - points[:, b], axis=-1) for a, b in LIDS) / scale
    head = turned(points)
    found = {"mouth widest": np.argmax(mouth[1:]), "eyes most shut": np.argmin(lids[1:]),
             "head furthest": np.argmax(head[1:]), "middle": len(points) // 2 - 1}
    return {name: int(number) + 1 for name, number in found.items()}


LIDS = ((37, 41), (38, 40), (43, 47), (44, 46))  # upper and lower


def turned(points: np.ndarray) -> np.ndarray:
    """How far the head is from where frame 0 has it, in degrees: (T, 78, 2) -> (T,)."""
    angles, _, _ = face_model.fit_pose(points, face_model.FaceModel.load().mean)
    return np.linalg.norm(angles - angles[0], axis=1)


def sheet(photo: np.ndarray, film: dict, made: dict, size: int = 256) -> np.ndarray:
    """Rows of moments, columns of pictures, with their names: uint8 (M (22 + size), P size, 3).

    Args:
        photo: uint8 (S, S, 3); film: {moment: frame of the film}; made: {method: {moment: frame}}; size: pixels a tile.
    """
    rows = []
    for moment, frame in film.items():
        pictures = {"photo": photo, f"film: {moment}": frame} | {name: frames[moment] for name, frames in made.items()}
        rows.append(np.concatenate([labelled(picture, name, size) for name, picture in pictures.items()], axis=1))
    return np.concatenate(rows, axis=0)


def labelled(picture: np.ndarray, name: str, size: int) -> np.ndarray:
    """A picture (S, S, 3) under a line of text: uint8 (LINE + size, size, 3)."""
    tile = np.full((LINE + size, size, 3), 255, np.uint8)
    tile[LINE:] = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
    cv2.putText(tile, name, (6, LINE - 7), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
    return tile


LINE = 22  # pixels of a line of text


def folder_for(path) -> Path:
    """The folder, made if need be. Raises errors.OutputError where it cannot be."""
    folder = paths.given(path, errors.OutputError, "a folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise errors.OutputError(f"{folder} cannot be made a folder ({problem.strerror}): name another") from None
    return folder
