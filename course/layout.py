"""A film beside a picture: a slide, a chart or a page that changes while the face speaks.

    a Clip, and a picture or [(seconds, picture), ...] -> beside -> a Clip with the same sound
    what is said, the cues of a Clip -> starts -> when each piece begins
"""

import os
from dataclasses import dataclass

import cv2
import numpy as np

from . import errors, images, overlays
from .io import video

SIZE = (960, 540)  # px, the width and height of a film with a picture in it
COLOUR = "#10151f"  # behind film and picture
MARGIN = 0.04  # of the film's height: what is left free around both
SIDES = ("left", "right")


def beside(clip: video.Clip, pictures, size: tuple = SIZE, side: str = "right", colour: str = COLOUR,
           fade: float = 0.3) -> video.Clip:
    """A film and, beside it, a picture as tall as the film.

    Args:
        clip: a film, of a face as a rule; its frames have no alpha.
        pictures: what lies beside it: a picture as `images.as_image` takes it, or a list of (seconds, picture), each
            shown from its second on; the first is there from the start. All are fitted into the first one's shape.
        size: (width, height) of the film that comes out, in pixels, even numbers; side: where the face is, "left" or
            "right"; colour: behind both, such as "navy" or "#10151f"; fade: seconds in which a picture gives way to the
            next.
    Returns:
        Clip with the sound, the cues, the label and the marks of `clip`.
    Raises:
        errors.ImageError: no picture, or one that cannot be read, a side or a colour that is none;
        errors.VideoError: frames with alpha, a size or a fade that is none.
    """
    if side not in SIDES:
        raise errors.ImageError(f"the side of the face is {' or '.join(SIDES)}, not {str(side)[:40]!r}")
    size, fade = _size(size), _seconds(fade)
    shown, files = _pictures(pictures)
    ground = overlays.colour_of(colour)

    def frames():
        scene = None
        for number, frame in enumerate(clip):
            if frame.ndim != 3 or frame.shape[2] != 3:
                raise errors.VideoError("a film beside a picture has no alpha: choose a colour as its background")
            scene = scene or _Scene(frame.shape, shown, size, side, ground)
            yield scene.frame(frame, number / clip.fps, fade)

    return video.Clip(frames, clip.fps, clip.audio, clip.sample_rate, _count(clip), [*clip.sources, *files], clip.stamp
                      ).with_texts(clip.texts, clip.cues)  # fmt: skip


def starts(pieces: list, cues: list) -> list:
    """When each piece of what is said begins, in seconds.

    Args:
        pieces: sentences or paragraphs, in order; all of them together are the text that was said; cues: the
            `speech.captions.Cue`s of that text, such as `clip.cues` of a film made with subtitles.
    Returns:
        a second for each piece: where the cue begins that has its first letter.
    Raises:
        errors.TextError: no cues, or they are of another text.
    """
    letters = [_letters(cue.text) for cue in cues]
    wanted = [_letters(piece) for piece in pieces]
    if not cues or "".join(wanted) != "".join(letters):
        raise errors.TextError("these cues are of another text: make the film of all pieces together, with subtitles")
    ends, found, passed = np.cumsum([len(one) for one in letters]), [], 0
    for one in wanted:
        found.append(float(cues[int(np.searchsorted(ends, passed, side="right").clip(max=len(cues) - 1))].start))
        passed += len(one)
    return found


def subtitled(clip: video.Clip, cues: list | None = None) -> video.Clip:
    """A film with its words at the bottom of the picture.

    cues: `speech.captions.Cue`s; None for the clip's own. Raises `errors.TextError`: there are none, or no font here
    has their letters.
    """
    cues = clip.cues if cues is None else cues
    if not cues:
        raise errors.TextError("this film has no subtitles: make it with subtitles=, such as subtitles=\"said.srt\"")
    burn = overlays.Subtitles(list(cues))

    def frames():
        for number, frame in enumerate(clip):
            yield burn(frame, (number + 0.5) / clip.fps)

    return video.Clip(frames, clip.fps, clip.audio, clip.sample_rate, _count(clip), clip.sources, clip.stamp
                      ).with_texts(clip.texts, cues)  # fmt: skip


# ---------------------------------------------------------------- where what lies


@dataclass(frozen=True)
class _Box:
    """A rectangle of a frame, in pixels."""

    x: int
    y: int
    width: int
    height: int

    def put(self, frame: np.ndarray, picture: np.ndarray) -> None:
        """Lay a picture of this box's size into a frame, in place."""
        frame[self.y : self.y + self.height, self.x : self.x + self.width] = picture


class _Scene:
    """The places of both, and the pictures as large as they are shown.

    face: the shape of the film's frames; shown: [(seconds, picture), ...]; ground: the colour behind both.
    """

    def __init__(self, face: tuple, shown: list, size: tuple, side: str, ground: tuple):
        self.face, self.picture = _boxes(face, shown[0][1].shape, size, side)
        self.times = [at for at, _ in shown]
        self.pictures = [_fitted(picture, self.picture, ground) for _, picture in shown]
        self.empty = np.full((size[1], size[0], 3), ground, np.uint8)

    def frame(self, face: np.ndarray, seconds: float, fade: float) -> np.ndarray:
        """uint8 (H, W, 3) of the film -> uint8 (height, width, 3)."""
        made = self.empty.copy()
        self.face.put(made, _resized(face, (self.face.width, self.face.height)))
        number = max(int(np.searchsorted(self.times, seconds + 1e-6, side="right")) - 1, 0)
        picture, passed = self.pictures[number], seconds - self.times[number]
        if number and passed < fade:
            share = (passed + 1e-6) / fade
            picture = cv2.addWeighted(picture, share, self.pictures[number - 1], 1 - share, 0)
        self.picture.put(made, picture)
        return made


def _boxes(face: tuple, picture: tuple, size: tuple, side: str) -> tuple:
    """Where the film and the picture lie: as tall as each other, as large as there is room for."""
    width, height = size
    margin = round(MARGIN * height)
    aspects = [shape[1] / shape[0] for shape in (face, picture)]
    tall = min(height - 2 * margin, (width - 3 * margin) / sum(aspects))
    wide = [max(2, round(tall * aspect)) for aspect in aspects]
    tall, top = max(2, round(tall)), round((height - tall) / 2)
    first, second = wide if side == "left" else wide[::-1]
    left = (width - first - second - margin) // 2
    boxes = _Box(left, top, first, tall), _Box(left + first + margin, top, second, tall)
    return boxes if side == "left" else boxes[::-1]


def _fitted(picture: np.ndarray, box: _Box, ground: tuple) -> np.ndarray:
    """A picture as large as it fits into a box, in its middle: uint8 (box.height, box.width, 3)."""
    scale = min(box.width / picture.shape[1], box.height / picture.shape[0])
    wide, tall = (min(max(1, round(side * scale)), most)
                  for side, most in zip(picture.shape[1::-1], (box.width, box.height)))  # fmt: skip
    made = np.full((box.height, box.width, 3), ground, np.uint8)
    _Box((box.width - wide) // 2, (box.height - tall) // 2, wide, tall).put(made, _resized(picture, (wide, tall)))
    return made


def _resized(picture: np.ndarray, size: tuple) -> np.ndarray:
    """uint8 (H, W, 3) at a (width, height)."""
    if picture.shape[1::-1] == size:
        return picture
    smaller = size[0] < picture.shape[1]
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)


# ---------------------------------------------------------------- what was given


def _pictures(given) -> tuple:
    """[(seconds, uint8 (H, W, 3)), ...] in order, the first at 0, and the files among them."""
    listed = given if isinstance(given, list) else [(0.0, given)]
    try:
        pairs = [(float(at), picture) for at, picture in listed]
    except (TypeError, ValueError):
        raise errors.ImageError("pictures are one picture, or a list of (seconds, picture)") from None
    if not pairs or not all(at >= 0 for at, _ in pairs):
        raise errors.ImageError("there is no picture: give one, or a list of (seconds from 0 on, picture)")
    pairs.sort(key=lambda pair: pair[0])
    shown = [(at, images.as_image(picture)) for at, picture in pairs]
    shown[0] = (0.0, shown[0][1])
    return shown, [picture for _, picture in pairs if isinstance(picture, (str, os.PathLike))]


def _size(given) -> tuple:
    """(width, height) as a film may have. Raises `errors.VideoError`."""
    try:
        width, height = (int(side) for side in given)
    except (TypeError, ValueError):
        width = height = 0
    if not all(64 <= side <= 4096 and side % 2 == 0 for side in (width, height)):
        raise errors.VideoError("the size of a film is (width, height), even numbers from 64 to 4096, not "
                                f"{given!r:.60}")
    return width, height


def _seconds(given) -> float:
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not 0 <= given <= 10:
        raise errors.VideoError(f"a fade is a number of seconds from 0 to 10, not {given!r:.40}")
    return float(given)


def _count(clip: video.Clip) -> int | None:
    """How many frames a clip has, where that is known."""
    return None if clip.duration is None else len(clip)


def _letters(text: str) -> str:
    """A text without its spaces: what is the same of it in a cue."""
    return "".join(text.split())
