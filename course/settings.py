"""What each setting of `course.animate` may be: one table for the command line and for Python, with one wording.

    "--fps 30" -> of_text("fps", "30") -> 30.0            animate(..., fps=30) -> checked({"fps": 30}) -> {"fps": 30.0}
"""

import operator
import reprlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import devices, errors, overlays
from .motion import direction, openness, strength
from .polish import stages
from .provenance import consent, label

GENERATORS = ("auto", "gan", "warp")
IDLE = ("autoregressive", "vae", "hand")
ORIGINAL = "original"  # a size: the photo's own, whatever it is


class Wrong(ValueError):
    """A value that is none of those that a setting may have."""


@dataclass(frozen=True)
class Number:
    """A number within limits. whole: without a fraction; unit: what it counts; names: words that may stand for one."""

    low: float
    high: float
    whole: bool = False
    unit: str = ""
    names: tuple = ()

    def __str__(self) -> str:
        words = [f"a {'whole ' if self.whole else ''}number from {self.low} to {self.high}{self.unit}", *self.names]
        return " or ".join(words)

    def read(self, text: str):
        """What a word of the command line means."""
        try:
            return text if text in self.names else int(text) if self.whole else float(text)
        except ValueError:
            raise Wrong from None

    def check(self, value):
        """The value as Python's own number. Raises `Wrong`."""
        if isinstance(value, str) and value in self.names:
            return value
        if isinstance(value, (bool, np.bool_, str, bytes, bytearray)) or getattr(value, "ndim", 0):
            raise Wrong
        try:
            number = operator.index(value) if self.whole else float(value)
        except (TypeError, ValueError, OverflowError):
            raise Wrong from None
        if not self.low <= number <= self.high:  # NaN is within no limits
            raise Wrong
        return number


@dataclass(frozen=True)
class Choice:
    """One of several words."""

    words: tuple

    def __str__(self) -> str:
        return f"{', '.join(self.words[:-1])} or {self.words[-1]}"

    def read(self, text: str) -> str:
        """What a word of the command line means."""
        return text

    def check(self, value) -> str:
        """The word. Raises `Wrong`."""
        if not isinstance(value, str) or value not in self.words:
            raise Wrong
        return str(value)


class Switch:
    """Yes or no."""

    def __str__(self) -> str:
        return "True or False"

    def check(self, value) -> bool:
        """The truth value. Raises `Wrong`: "no" would count as true."""
        if not isinstance(value, (bool, np.bool_)):
            raise Wrong
        return bool(value)


@dataclass(frozen=True)
class Words:
    """Text. what: what it says; known: a function that raises a `CourseError` of its own for words it does not know."""

    what: str
    known: object = None

    def __str__(self) -> str:
        return self.what

    def read(self, text: str) -> str:
        """What a word of the command line means."""
        return text

    def check(self, value) -> str:
        """The text. Raises `Wrong`, or what `known` raises."""
        if not isinstance(value, str):
            raise Wrong
        if self.known:
            self.known(value)
        return str(value)


class Strength:
    """One strength for all that moves, or one for each of some parts."""

    def __str__(self) -> str:
        return f"a number from 0 to {strength.MOST:g}, or one for some of {', '.join(strength.PARTS)}, as in mouth:1.2"

    def read(self, text: str) -> str:
        """What a word of the command line means."""
        return text

    def check(self, value):
        """The number or the words. Raises `Wrong`, or `errors.MotionError` for words that mean nothing."""
        if not isinstance(value, str):
            return Number(0, strength.MOST).check(value)
        strength.strengths(value)
        return str(value)


class Head:
    """How much the head moves of itself, a number; or poses and gestures in time, with such a number among them."""

    def __str__(self) -> str:
        return (f"a number from 0 to 3, or {', '.join(direction.HEADS[1:])} in time, as in left@1s,nod@2s")

    def read(self, text: str):
        """What a word of the command line means."""
        try:
            return float(text)
        except ValueError:
            return text

    def check(self, value):
        """The number or the words. Raises `Wrong`, or `errors.MotionError` for words that mean nothing."""
        if not isinstance(value, str):
            return Number(0, 3).check(value)
        if isinstance(self.read(value), float):
            raise Wrong
        direction.head_strength(value)
        direction.head_cues(value)
        return str(value)


class Face:
    """Which face: a word, or a number that may be written as one."""

    def __str__(self) -> str:
        return "largest, all, or a whole number, 0 being the largest"

    def read(self, text: str) -> str:
        """What a word of the command line means."""
        return text

    def check(self, value):
        """The word or the number. Raises `Wrong`."""
        if isinstance(value, str):
            if value not in ("largest", "all") and not (value.isascii() and value.isdigit() and len(value) < 10):
                raise Wrong
            return str(value)
        return Number(0, 10**9, whole=True).check(value)


class Polish:
    """All stages that are on by themselves, none, or some by name."""

    def __str__(self) -> str:
        return f"yes (True), no (False), or some of {', '.join(stages.STAGES)} with commas between"

    def read(self, text: str):
        """What a word of the command line means."""
        return {"yes": True, "no": False}.get(text.strip().lower(), text)

    def check(self, value):
        """The truth value or the names. Raises `Wrong`."""
        if isinstance(value, (bool, np.bool_)):
            return bool(value)
        if not isinstance(value, str) or not {name.strip() for name in value.split(",")} <= set(stages.STAGES):
            raise Wrong
        return str(value)
@dataclass(frozen=True)
class WordsOrFile:
    """Text, or a file named by a `Path`; what: what it is; names_a_file: whether a word of the command line names one;
    may_be_none: whether False stands for none."""

    what: str
    names_a_file: object
    may_be_none: bool = False

    def __str__(self) -> str:
        return self.what

    def read(self, text):
        """What a word of the command line means: only there is a name taken for a file."""
        return Path(text).expanduser() if isinstance(text, str) and self.names_a_file(text) else text

    def check(self, value):
        """The words, the path, or False. Raises `Wrong`."""
        if self.may_be_none and isinstance(value, (bool, np.bool_)) and not value:
            return False
        if not isinstance(value, (str, Path)):
            raise Wrong
        return value if isinstance(value, Path) else str(value)


SETTINGS = {
    "fps": Number(1, 120),
    "seed": Number(0, 2**32 - 1, whole=True),
    "head": Head(),
    "gaze": Words("auto, a direction or degrees, such as left@1s,camera@2s", direction.gaze_cues),
    "eyes_open": Number(0, openness.MOST_EYES),
    "lips_open": Number(0, openness.MOST_LIPS),
    "strength": Strength(),
    "expression": Words("auto or the name of an expression, such as happy or happy:0.6", direction.expression_cues),
    "face": Face(),
    "driving_face": Number(0, 99, whole=True),
    "relative": Switch(),
    "size": Number(64, 4096, whole=True, unit=" px", names=(ORIGINAL,)),
    "voice": Words("the name of a voice, such as heart or en-gb"),
    "rate": Number(0.5, 2),
    "pitch": Number(-5, 9, unit=" semitones"),
    "polish": Polish(),
    "generator": Choice(GENERATORS),
    "device": Choice(devices.DEVICES),
    "idle": Choice(IDLE),
    "force": Switch(),
    "background": Words("transparent, the name of a colour or the path of a picture"),
    "logo": Words("the path of a picture"),
    "logo_at": Words("a corner, or x,y in pixels", overlays.logo_place),
    "subtitles": Words("burn, or the path of an .srt or .vtt file", overlays.check_subtitles),
    "watermark": Switch(),
    "consent": WordsOrFile("a statement, the Path of a file with one, or False", consent.names_a_file, True),
    "label": WordsOrFile("words, the Path of a picture, or auto", label.names_a_picture),
    "label_corner": Choice(label.CORNERS),
    "label_language": Choice(tuple(label.WORDS)),
}


def checked(given: dict) -> dict:
    """The settings that were given, each in its right type; None stands for the default and is left out.

    Raises:
        errors.CourseError: a setting that does not exist, of the wrong type, or out of its range.
    """
    return {name: check(name, value) for name, value in given.items() if value is not None or name not in SETTINGS}


def check(name: str, value):
    """One setting's value in its right type. Raises `errors.CourseError`."""
    if name not in SETTINGS:
        raise errors.CourseError(f"unknown setting {name!r}: choose from {', '.join(SETTINGS)}")
    try:
        return SETTINGS[name].check(value)
    except Wrong:
        raise errors.CourseError(f"{name} must be {SETTINGS[name]}, not {shown(value)}") from None


def of_text(name: str, text: str | None):
    """One setting as the command line gives it; None if it does not. Raises `errors.CourseError`."""
    if text is None or isinstance(text, bool) or isinstance(SETTINGS[name], Switch):  # thrown by its own option
        return text
    try:
        return check(name, SETTINGS[name].read(text))
    except Wrong:
        raise errors.CourseError(f"{name} must be {SETTINGS[name]}, not {shown(text)}") from None


def shown(value) -> str:
    """A wrong value as a message shows it: short, and in one line."""
    if not isinstance(value, (str, bytes, bool, int, float, complex, np.generic, type(None))):
        return f"of type {type(value).__name__}"
    try:
        return reprlib.repr(value.item() if isinstance(value, np.generic) else value)
    except ValueError:  # Python writes no number of more than some thousand digits
        return "a number as large as that"
