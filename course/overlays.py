"""What is laid over a film when all else is done: a logo in its corner, and subtitles.

    frame -> Logo -> Subtitles -> frame
"""

import functools
import math
import re

import cv2
import numpy as np

from . import errors, fonts, image_alpha, images

BURN = "burn"  # subtitles in the picture, rather than in a file beside the film
LOGO = 0.16  # of the film's shorter side: as large as a logo's longer side becomes at most
MARGIN = 0.03  # of the shorter side, to the border
LETTER = 0.048  # height of the letters in parts of the film's height, between the bounds in pixels
SMALLEST_LETTER, LARGEST_LETTER = 11, 72
LINES = 2  # of a subtitle at most
CORNERS = ("top-right", "top-left", "bottom-right", "bottom-left")  # the first where nothing is said


def lay(frame: np.ndarray, patch: np.ndarray, corner) -> np.ndarray:
    """A patch over a frame: uint8 (H, W, 3 or 4), uint8 (h, w, 4), its first pixel (x, y) -> a new frame."""
    x, y = corner
    height, width = patch.shape[:2]
    laid = frame.copy()
    under = laid[y : y + height, x : x + width].astype(np.float32)
    over = patch[: under.shape[0], : under.shape[1]].astype(np.float32)
    share = over[..., 3:] / 255
    if frame.shape[2] == 4:
        # both colours are straight: a = a1 + (1 - a1) a0,  c = (a1 c1 + (1 - a1) a0 c0) / a
        below = (1 - share) * under[..., 3:] / 255
        whole = share + below
        mixed = (share * over[..., :3] + below * under[..., :3]) / np.maximum(whole, 1e-6)
        mixed = np.where(whole > 0, mixed, under[..., :3])
        mixed = np.concatenate([mixed, whole * 255], axis=-1)
    else:
        mixed = under + share * (over[..., :3] - under)
    laid[y : y + height, x : x + width] = np.clip(mixed + 0.5, 0, 255).astype(np.uint8)
    return laid


def logo_place(value: str):
    """Where a logo stands: one of `CORNERS` as it is, or "x,y", the pixel of its upper left corner, as (x, y).

    Raises `errors.ImageError`.
    """
    if value in CORNERS:
        return value
    x, comma, y = value.partition(",")
    if not comma or not all(re.fullmatch(r"[0-9]{1,5}", word.strip()) for word in (x, y)):
        raise errors.ImageError(f"logo_at is {', '.join(CORNERS)}, or x,y in pixels such as 10,20, not {value[:40]!r}")
    return int(x), int(y)


class Logo:
    """A picture in the same place of every frame.

    source: as `images.as_image` takes it, its alpha kept; at: as `logo_place` takes it. Beyond the border of a frame
    it is moved back into it. Raises `errors.ImageError`.
    """

    def __init__(self, source, at: str = CORNERS[0]):
        self.place = logo_place(at)
        image, alpha = images.as_image(source), image_alpha.alpha_of(source)
        alpha = np.full(image.shape[:2], 255, np.uint8) if alpha is None else alpha
        if alpha is not None and (alpha < 255).any():  # the picture lies on white, which must not come along
            share = alpha[..., None] / 255
            image = np.clip((image - (1 - share) * 255) / np.maximum(share, 1 / 255) + 0.5, 0, 255).astype(np.uint8)
        self.picture = np.dstack([image, alpha])

    def __call__(self, frame: np.ndarray, seconds: float) -> np.ndarray:
        patch = self._sized(min(frame.shape[:2]))
        return lay(frame, patch, self._corner(frame.shape, patch.shape))

    def _corner(self, frame: tuple, patch: tuple) -> tuple:
        """(x, y) of the first pixel of a patch (h, w, 4) in a frame (H, W, 3 or 4)."""
        down, right = (max(whole - part, 0) for whole, part in zip(frame[:2], patch[:2]))
        if not isinstance(self.place, str):
            return min(self.place[0], right), min(self.place[1], down)
        margin = max(1, round(MARGIN * min(frame[:2])))
        return (max(right - margin, 0) if "right" in self.place else min(margin, right),
                max(down - margin, 0) if "bottom" in self.place else min(margin, down))

    @functools.lru_cache(maxsize=2)  # noqa: B019 - a film has frames of one size
    def _sized(self, shorter: int) -> np.ndarray:
        scale = min(LOGO * shorter / max(self.picture.shape[:2]), 1.0)
        size = [max(1, round(side * scale)) for side in self.picture.shape[1::-1]]
        share = self.picture[..., 3:].astype(np.float32) / 255
        # colours count as much as they are seen, so that no border of what was hidden appears
        small = cv2.resize(np.dstack([self.picture[..., :3] * share, share * 255]), size, interpolation=cv2.INTER_AREA)
        colour = small[..., :3] / np.maximum(small[..., 3:] / 255, 1e-3)
        return np.clip(np.dstack([colour, small[..., 3]]) + 0.5, 0, 255).astype(np.uint8)


class Subtitles:
    """Words at the bottom of the frames, white on a dark band.

    cues: with `start`, `end` in seconds and `text`. Raises `errors.TextError`: no font here has their letters.
    """

    def __init__(self, cues: list):
        self.cues = cues
        self.font = fonts.font_for("".join(cue.text for cue in cues))

    def __call__(self, frame: np.ndarray, seconds: float) -> np.ndarray:
        cue = next((cue for cue in self.cues if cue.start <= seconds < cue.end), None)
        if cue is None:
            return frame
        height, width = frame.shape[:2]
        patch = self._drawn(cue.text, width, height)
        bottom = height - max(1, round(MARGIN * height))
        return lay(frame, patch, ((width - patch.shape[1]) // 2, max(bottom - patch.shape[0], 0)))

    @functools.lru_cache(maxsize=4)  # noqa: B019 - one subtitle is shown for many frames
    def _drawn(self, text: str, width: int, height: int) -> np.ndarray:
        from PIL import Image, ImageDraw

        size = round(min(max(LETTER * height, SMALLEST_LETTER), LARGEST_LETTER))
        while True:
            font = fonts.load(self.font, size)
            lines = fonts.wrapped(text, font, 0.92 * width)
            if len(lines) <= LINES or size <= 7:
                break
            size -= 1
        pad, step = math.ceil(size / 3), math.ceil(1.3 * size)
        wide = math.ceil(max(font.getlength(line) for line in lines)) + 2 * pad
        picture = Image.new("RGBA", (min(wide, width), step * len(lines) + pad), (0, 0, 0, 150))
        draw = ImageDraw.Draw(picture)
        for number, line in enumerate(lines):
            draw.text((picture.width / 2, pad / 2 + step * (number + 0.5)), line, (255, 255, 255, 255), font, "mm")
        return np.array(picture)


def check_subtitles(value: str) -> str:
    """Where subtitles go: "burn", or a file's name. Raises `errors.OutputError`."""
    if value != BURN and not value.lower().endswith((".srt", ".vtt")):
        raise errors.OutputError(f"subtitles go to a file that ends in .srt or .vtt, or into the film (burn), not to "
                                 f"{value!r}")
    return value


def colour_of(name) -> tuple:
    """(red, green, blue), 0 to 255, of a colour's name or number, such as navy or #204080. Raises `errors.ImageError`.
    """
    from PIL import ImageColor

    try:
        return ImageColor.getrgb(name)[:3]
    except (ValueError, AttributeError, TypeError):
        raise errors.ImageError(f"there is no colour {name!r:.40}: give a name such as navy, or #204080") from None
