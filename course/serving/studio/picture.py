"""A photo in the studio: read, its faces found, and drawn with a number on each."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ... import errors, images
from ...detection import choose, detector

SHOWN = 340  # px, the longer side of the picture with the numbers
MARK, CHOSEN = (235, 235, 235), (46, 160, 255)


@dataclass(frozen=True)
class Picture:
    """path: of the photo's file; image: uint8 (H, W, 3); boxes: (N, 5) in pixels, largest first, N at least 1."""

    path: Path
    image: np.ndarray
    boxes: np.ndarray


def read(path) -> Picture:
    """A photo and its faces. Raises `errors.ImageError`, `errors.FaceError`: none that is large enough."""
    image = images.load_image(path)
    found = detector.detect_faces(image)
    choose.choose_faces(found, "largest", image)  # says what is wrong where there is none, or none large enough
    sides = np.maximum(found[:, 2] - found[:, 0], found[:, 3] - found[:, 1])
    order = np.argsort(-sides)
    return Picture(Path(path), image, found[order][sides[order] >= choose.MIN_FACE])


def kept(data: bytes, name: str, folder: Path) -> Path:
    """Bytes that came from a browser, as a file of `folder`, under a new name with the ending that `name` has."""
    ending = Path(name).suffix.lower()
    ending = ending if ending[1:].isalnum() and len(ending) < 8 else ""
    if not data:
        raise errors.CourseError("this file is empty: choose another")
    with tempfile.NamedTemporaryFile(dir=folder, suffix=ending, delete=False) as file:
        file.write(data)
    return Path(file.name)


def numbered(picture: Picture, chosen: int) -> np.ndarray:
    """The photo, small, with a numbered box around each face: uint8 (h, w, 3). Numbers count from 1."""
    scale = min(1.0, SHOWN / max(picture.image.shape[:2]))
    size = [max(1, round(side * scale)) for side in picture.image.shape[1::-1]]
    shown = np.ascontiguousarray(cv2.resize(picture.image, size, interpolation=cv2.INTER_AREA))
    for number, box in enumerate(picture.boxes):
        x0, y0, x1, y1 = (round(float(value) * scale) for value in box[:4])
        colour = CHOSEN if number == chosen else MARK
        cv2.rectangle(shown, (x0, y0), (x1, y1), colour, 2, cv2.LINE_AA)
        word, at = str(number + 1), (max(x0, 0), max(y0, 18))
        width = 6 + 10 * len(word)
        cv2.rectangle(shown, (at[0], at[1] - 18), (at[0] + width, at[1]), colour, cv2.FILLED)
        cv2.putText(shown, word, (at[0] + 3, at[1] - 4), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (20, 20, 20), 1, cv2.LINE_AA)
    return shown


def jpeg(image: np.ndarray) -> bytes:
    """uint8 (H, W, 3) as the bytes of a JPEG file."""
    return cv2.imencode(".jpg", np.ascontiguousarray(image[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()
