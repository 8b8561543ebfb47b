"""Where the people of a scene are: all in one photo, or each in a photo of their own, side by side."""

from dataclasses import dataclass

import cv2
import numpy as np

from .. import animation, errors, images
from ..detection import choose, detector
from ..keypoints import find

HIGHEST = 720  # px of photos side by side where no size is asked for


@dataclass
class Panel:
    """One photo: uint8 (H, W, 3) as the film shows it, the points of its faces (K, 78, 2) in it, and the x at which it
    begins in the film."""

    image: np.ndarray
    points: np.ndarray
    x: int = 0


@dataclass
class Stage:
    """panels from left to right; seats: {name of a speaker: number of a face}, counted through all panels."""

    panels: list
    seats: dict

    @property
    def places(self) -> np.ndarray:
        """The middles of all faces in the film: (K, 2) pixels."""
        return np.concatenate([panel.points.mean(axis=1) + [panel.x, 0] for panel in self.panels])


def set_up(script, photo, size=None) -> Stage:
    """Everybody of a `script.Script` at a place.

    photo: the picture in which those are who have none of their own, or None; size: as in `animation.Settings`.
    Raises `errors.FaceError`: no face, or none at a place that is named; `errors.TextError`: no photo for somebody.
    """
    names = [turn.who for turn in script.turns]
    shown = {name: speaker for name, speaker in script.speakers.items() if speaker.photo or name in names}
    homeless = next((speaker for speaker in shown.values() if speaker.photo is None), None)
    if homeless is not None and photo is None:
        raise errors.TextError(f"{script.source} says nothing of a photo of {homeless.name}: name the photo in which "
                               f"all are, or one for each, as in {homeless.name} = photo.jpg")
    pictures = [] if homeless is None else [photo]
    pictures += list(dict.fromkeys(speaker.photo for speaker in shown.values() if speaker.photo))
    wholes = [images.as_image(picture) for picture in pictures]
    panels, x = [], 0
    for number, (whole, image) in enumerate(zip(wholes, fitted(wholes, size))):
        everybody = number == 0 and homeless is not None
        panels.append(Panel(image, faces(whole, everybody, image), x))
        x += image.shape[1]
    return Stage(panels, _seats(script, shown, pictures, panels))


def fitted(pictures: list, size=None) -> list:
    """Pictures, uint8 (H, W, 3), as the film shows them: one at its own size, several at one height side by side."""
    heights = [len(picture) for picture in pictures]
    height = heights[0] if len(pictures) == 1 else min(max(heights), HIGHEST)
    longer = max(height, sum(picture.shape[1] * height / len(picture) for picture in pictures))
    if isinstance(size, int) or size is None and longer > animation.DEFAULT_SIDE:
        height *= (size or animation.DEFAULT_SIDE) / longer
    return [_resized(picture, max(16, round(height))) for picture in pictures]


def _resized(picture: np.ndarray, height: int) -> np.ndarray:
    if len(picture) == height:
        return picture
    width = max(16, round(picture.shape[1] * height / len(picture)))
    smaller = height < len(picture)
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)


def faces(whole: np.ndarray, everybody: bool, image: np.ndarray) -> np.ndarray:
    """The points (K, 78, 2) of all faces that can be moved, the largest first, or of the largest, in pixels of `image`.

    whole: the photo as it was given, uint8 (H, W, 3), where faces are looked for; image: the same as the film shows it.
    Raises `errors.FaceError`: there is none, or the largest is too small.
    """
    boxes, scale = detector.detect_faces(whole), len(image) / len(whole)
    chosen = choose.choose_faces(boxes, "largest", whole)
    choose.check_scaled(chosen, scale, image.shape[:2])
    if everybody:
        sides = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
        order = np.argsort(-sides)
        enough = max(choose.MIN_FACE, choose.MIN_SHOWN / scale)
        chosen = boxes[order][sides[order] >= enough]
    # middles of pixels: x' = s (x + 1/2) - 1/2
    return (find.find_points(whole, chosen) + 0.5) * np.float32(scale) - np.float32(0.5)


def _seats(script, shown: dict, pictures: list, panels: list) -> dict:
    firsts = np.cumsum([0, *(len(panel.points) for panel in panels)])
    seats = {}
    for name, speaker in shown.items():
        line = next((turn.line for turn in script.turns if turn.who == name), 0)
        if speaker.photo:
            seats[name] = int(firsts[pictures.index(speaker.photo)])
        else:
            seats[name] = _at_place(script, line, speaker.place, panels[0].points)
    return seats


def _at_place(script, line: int, place: str, points: np.ndarray) -> int:
    """The number of the face, of (K, 78, 2) with the largest first, at a place such as "left 2" or "0"."""
    count = len(points)
    if place.isdigit():
        number = int(place)
        if number >= count:
            raise errors.FaceError(str(script.wrong(line, f"there is no face {number}: {_found(count)}, so use "
                                                          f"{'0' if count == 1 else f'0 to {count - 1}'}")))
        return number
    side, _, nth = place.partition(" ")
    nth = int(nth or 1)
    order = np.argsort(points[:, :, 0].mean(axis=1))
    if side == "middle" and nth == 1 and count % 2:
        return int(order[count // 2])
    if side == "middle" or nth > count:
        raise errors.FaceError(str(script.wrong(line, f"there is no face {place!r}: {_found(count)}; count from a "
                                                      "side, as in left 2")))
    return int(order[nth - 1] if side == "left" else order[-nth])


def _found(count: int) -> str:
    return "one face was found" if count == 1 else f"{count} faces were found"
