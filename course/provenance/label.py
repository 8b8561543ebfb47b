"""A label that people see: words or a picture in a corner of every frame."""

from pathlib import Path

import cv2
import numpy as np

from .. import errors, fonts, overlays, paths

CORNERS = ("bottom-right", "bottom-left", "top-right", "top-left")
# "made by AI" as it is put on labels; zh-cn: the words of China's labelling rules of 2025 (GB 45438-2025)
WORDS = {"en": "AI-generated", "de": "KI-generiert", "fr": "Généré par IA", "es": "Generado por IA",
         "it": "Generato con IA", "pt": "Gerado por IA", "nl": "Door AI gemaakt", "pl": "Wygenerowane przez AI",
         "sv": "AI-genererad", "tr": "Yapay zekâ ile üretildi", "ru": "Создано ИИ", "uk": "Створено ШІ",
         "el": "Δημιουργία ΤΝ", "zh": "AI生成", "ja": "AI生成", "ko": "AI 생성"}  # fmt: skip
AUTO = "auto"  # as a label: the words above
HEIGHT = 0.05  # of the frame's shorter side: what China's rules ask for at least
MARGIN = 0.02


class Label:
    """Lays one label into frames.

    Args:
        what: words; the `Path` of a picture, whose transparency counts; or "auto", the words of the language.
        corner: one of `CORNERS`; language: one of `WORDS`, for "auto".
    Raises:
        errors.CourseError: an unknown corner or language, or letters that no font here has; errors.ImageError: a
            picture that is none.
    """

    def __init__(self, what: str | Path = AUTO, corner: str = CORNERS[0], language: str = "en"):
        if corner not in CORNERS:
            raise errors.CourseError(f"there is no corner {corner!r}: choose from {', '.join(CORNERS)}")
        if language not in WORDS:
            raise errors.CourseError(f"no words are known for a label in {language!r}: give the words, or choose from "
                                     f"{', '.join(WORDS)}")
        self.words = WORDS[language] if what == AUTO else str(what)
        self.corner, self.picture = corner, None
        if isinstance(what, Path):
            self.picture, self.words = _picture(what), ""
        elif names_a_picture(self.words):
            raise errors.CourseError(f"{self.words!r} seems to be the name of a picture: give a Path, or other words")
        elif not self.words.strip():
            raise errors.CourseError("the label has no words: give some, a picture, or auto")
        else:
            _font(self.words, 20)  # whether there is one is said before the film is made
        self._patches = {}

    def __call__(self, frame: np.ndarray) -> np.ndarray:
        """A copy of a frame with the label in it: uint8 (H, W, 3) or (H, W, 4), in which it is opaque."""
        height, width = frame.shape[:2]
        patch = self._patches.get((height, width))
        if patch is None:
            patch = self._patches.setdefault((height, width), self._drawn(height, width))
        margin = round(MARGIN * min(height, width))
        down, across = patch.shape[:2]
        y = height - margin - down if self.corner.startswith("bottom") else margin
        x = width - margin - across if self.corner.endswith("right") else margin
        return overlays.lay(frame, patch, (x, y))

    def _drawn(self, height: int, width: int) -> np.ndarray:
        """The label for frames of a size: uint8 (h, w, 4)."""
        tall = max(10, round(HEIGHT * min(height, width)))
        most = width - 2 * round(MARGIN * min(height, width))
        patch = _written(self.words, tall) if self.picture is None else self.picture
        scale = min(1.0 if self.picture is None else 2 * tall / patch.shape[0], most / patch.shape[1])
        size = max(1, round(patch.shape[1] * scale)), max(1, round(patch.shape[0] * scale))
        return cv2.resize(patch, size, interpolation=cv2.INTER_AREA) if scale != 1 else patch


def names_a_picture(text: str) -> bool:
    """Whether a text is the name of a picture, by its ending."""
    return str(text).lower().endswith((".png", ".webp", ".jpg", ".jpeg", ".gif"))


def _picture(path: Path) -> np.ndarray:
    from PIL import Image

    path = paths.filled_file(path, errors.ImageError, "a picture for the label")
    try:
        with Image.open(path) as picture:
            if max(picture.size) > 8192:
                raise errors.ImageError(f"{path} is too large for a label: 8192 px a side are the most")
            return np.asarray(picture.convert("RGBA"))
    except (OSError, ValueError, Image.DecompressionBombError):
        raise errors.ImageError(f"{path} is no picture that can be read: give a PNG, WebP or JPEG") from None


def _written(words: str, tall: int) -> np.ndarray:
    """Words in white on a dark plate, uint8 (h, w, 4); tall: pixels of a letter with its line."""
    from PIL import Image, ImageDraw

    font = _font(words, tall)
    left, top, right, bottom = font.getbbox(words)
    edge = max(2, tall // 4)
    plate = Image.new("RGBA", (right - left + 2 * edge, bottom - top + 2 * edge), (0, 0, 0, 150))
    ImageDraw.Draw(plate).text((edge - left, edge - top), words, font=font, fill=(255, 255, 255, 255))
    return np.asarray(plate)


def _font(words: str, size: int):
    """A font that has all these letters. Raises `errors.CourseError`."""
    try:
        return fonts.load(fonts.font_for(words), size)
    except errors.TextError:
        raise errors.CourseError(f"no font here has all the letters of {words!r}: give a picture of the label "
                                 "instead") from None
