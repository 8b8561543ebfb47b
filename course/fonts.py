"""Which font has the letters of a text: DejaVu, which matplotlib brings, or one of those that the system has.

No font is shipped: one with Chinese characters is larger than all else that is.
"""

import functools
import importlib.util
import os
import sys
import unicodedata
from pathlib import Path

from . import errors

FOLDERS = {
    "linux": ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"),
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "win32": (r"C:\Windows\Fonts", r"~\AppData\Local\Microsoft\Windows\Fonts"),
}
ENDINGS = (".ttf", ".otf", ".ttc")
# Tried first where DejaVu does not do: fonts with many scripts, of Linux, macOS, Windows and Colab.
LIKELY = ("notosanscjk", "notosanssc", "sourcehansans", "wqy", "droidsansfallback", "pingfang", "hiragino", "stheiti",
          "arialunicode", "msyh", "simhei", "meiryo", "malgun", "notosans", "freesans")


def font_for(text: str) -> Path:
    """A font file with every letter of a text. Raises `errors.TextError`: there is none here."""
    wanted = {ord(letter) for letter in text if not letter.isspace() and unicodedata.category(letter)[0] != "C"}
    for path in _fonts():
        if wanted <= letters_of(path):
            return path
    lacking = "".join(map(chr, sorted(wanted - letters_of(_fonts()[0]))))[:8]
    raise errors.TextError(f"no font on this computer has all letters of the subtitles ({lacking!a} among them): "
                           "install one that does, such as Noto Sans CJK, or write them to a file (.srt, .vtt)")


@functools.lru_cache(maxsize=64)
def letters_of(path: Path) -> frozenset:
    """The numbers of the characters that a font file has."""
    from fontTools import ttLib

    try:
        with ttLib.TTFont(path, fontNumber=0, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except Exception:  # a broken font is none
        return frozenset()


@functools.lru_cache(maxsize=1)
def _fonts() -> tuple:
    """All font files, DejaVu Sans first, then the likely ones."""
    spec = importlib.util.find_spec("matplotlib")  # finding it does not import it, which would take a while
    own = [Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"] if spec else []
    found = []
    for folder in FOLDERS.get(sys.platform, FOLDERS["linux"]):
        for place, _, names in os.walk(Path(folder).expanduser()):
            found += [Path(place) / name for name in names if name.lower().endswith(ENDINGS)]

    def rank(path: Path):
        name = path.name.lower().replace("-", "").replace("_", "")
        return next((k for k, known in enumerate(LIKELY) if name.startswith(known)), len(LIKELY)), str(path)

    return tuple(path for path in own if path.is_file()) + tuple(sorted(found, key=rank))


@functools.lru_cache(maxsize=16)
def load(path: Path, size: int):
    """A font for drawing at a size in pixels."""
    from PIL import ImageFont

    return ImageFont.truetype(str(path), size)


def wrapped(text: str, font, width: float) -> list:
    """Lines no wider than `width` pixels where that can be: broken at spaces, and between Chinese characters."""
    lines, line = [], ""
    for piece in pieces(text):
        if line and font.getlength((line + piece).rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines or [text]


def pieces(text: str) -> list:
    """A text in parts that may stand on different lines: words with the space after them, and Chinese characters with
    the signs after them."""
    found = [""]
    for before, letter in zip(" " + text, text):
        wide = unicodedata.east_asian_width(letter) in "WF" and unicodedata.category(letter)[0] == "L"
        if found[-1] and (wide or (before.isspace() and not letter.isspace())):
            found.append("")
        found[-1] += letter
    return found
