"""Who should do what, and when: "happy@2s:0.8,neutral@4s" becomes cues, and cues become shares of every frame.

    NAME[@TIME][:STRENGTH], separated by commas; names joined by + happen together; the first may leave out its time.
"""

import difflib
import math
import re
from dataclasses import dataclass

import numpy as np

from .. import errors
from ..interpolation import smoothstep

MOST = 2.0  # strength
_PARTS = re.compile(r"([^@:]*)((?:[@:][^@:]*)*)")
_TIME = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))\s*(s|sec|ms)?", re.I)
_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)\s*")


@dataclass(frozen=True)
class Cue:
    """What begins at a time: words, joined by +; seconds, None where none was named; strength, 1 as made."""

    what: str
    at: float | None = None
    strength: float = 1.0

    def __str__(self) -> str:
        time = "" if self.at is None else f"@{self.at:g}s"
        return self.what + time + ("" if self.strength == 1 else f":{self.strength:g}")

    @property
    def names(self) -> list:
        """The words that happen together."""
        return self.what.split("+")


def parse(given, kind: str, known, pairs: bool = False) -> tuple:
    """The `Cue`s of a text, in the order of their times.

    Args:
        given: "NAME[@TIME][:STRENGTH],...", or None for none; kind: what they are, for messages ("expression"); known:
            the names that there are; pairs: whether two numbers with a comma between them are a name, too.
    Raises:
        errors.MotionError: an unknown name (with the nearest), a time or a strength that is none, two at one time.
    """
    if given is None:
        return ()
    words = str(given).split(",")
    cues = [_cue(word.strip(), kind, known, pairs) for word in (_paired(words) if pairs else words)]
    late = next((cue for cue in cues[1:] if cue.at is None), None)
    if late is not None:
        raise errors.MotionError(f"{kind} {late.what!r} has no time: write {late.what}@2s for 2 seconds on, or join "
                                 f"what happens together, as in {cues[0].what}+{late.what}")
    cues = sorted(cues, key=lambda cue: cue.at or 0.0)
    for cue, after in zip(cues, cues[1:]):
        if (cue.at or 0.0) == after.at:
            raise errors.MotionError(f"{kind} has {cue.what} and {after.what} at {after.at:g} s: give each its own "
                                     f"time, or join them, as in {cue.what}+{after.what}@{after.at:g}s")
    return tuple(cues)


def _cue(word: str, kind: str, known, pairs: bool) -> Cue:
    what, more = _PARTS.fullmatch(word).groups()
    what = re.sub(r"\s*([+,])\s*", r"\1", what.strip().lower())
    if not (pairs and _is_pair(what)):
        for name in what.split("+"):
            _check_name(name, kind, known)
    at, strength = None, 1.0
    for sign, value in re.findall(r"([@:])([^@:]*)", more):
        if sign == "@":
            at = seconds(value, f"{kind} {word!r}")
        else:
            strength = _strength(value.strip(), kind)
    return Cue(what, at, strength)


def _paired(words: list) -> list:
    """The same words, a number and the one after it as one: left, 10, -5@2s -> left, "10,-5@2s"."""
    joined = []
    for word in words:
        if joined and _NUMBER.fullmatch(joined[-1]):
            joined[-1] += "," + word
        else:
            joined.append(word)
    return joined


def _is_pair(what: str) -> bool:
    numbers = what.split(",")
    return len(numbers) == 2 and all(map(_NUMBER.fullmatch, numbers))


def _check_name(name: str, kind: str, known) -> None:
    if name not in known:
        near = difflib.get_close_matches(name, known, n=2, cutoff=0.6)
        hint = f" (did you mean {' or '.join(near)}?)" if near else ""
        raise errors.MotionError(f"unknown {kind} {name!r}{hint}: choose from {', '.join(known)}")


def seconds(text: str, whose: str) -> float:
    """"2s", "2" or "500ms" -> seconds from 0 on. Raises `errors.MotionError`, which names `whose` time it is."""
    found = _TIME.fullmatch(text.strip())
    value = float("nan") if found is None else float(found[1]) / (1000 if (found[2] or "").lower() == "ms" else 1)
    if not 0 <= value < math.inf:
        raise errors.MotionError(f"{whose}: a time is seconds from 0 on, such as 2.5s, not {text.strip()!r}")
    return value


def _strength(text: str, kind: str) -> float:
    try:
        value = float(text or 1)
    except ValueError:
        value = -1.0
    if not 0 <= value <= MOST:
        article = "an" if kind[0] in "aeiou" else "a"
        raise errors.MotionError(f"the strength of {article} {kind} is a number from 0 to {MOST:g}, not {text!r}")
    return value


def check_end(cues, duration: float, kind: str) -> None:
    """Raises `errors.MotionError` where a cue begins when the film, `duration` seconds long, is over."""
    for cue in cues:
        if cue.at is not None and cue.at >= duration:
            raise errors.MotionError(f"{kind} {cue} begins when the film is over: it lasts {duration:.1f} s")


def shares(times: np.ndarray, cues, takes: float, ahead: float = 0.0) -> np.ndarray:
    """How much of each cue there is at given times, each giving way to the next without a jerk.

    Args:
        times: (T,) seconds; cues: K of them, by time; takes: seconds of a change; ahead: how long before its time a
            change begins. A first cue without a time, or at 0, is there from the first frame.
    Returns:
        (T, K), 0 to 1; what is missing to 1 is before the first cue.
    """
    found, left = np.zeros((len(times), len(cues))), np.ones(len(times))
    for number in reversed(range(len(cues))):
        at = cues[number].at or 0.0
        come = smoothstep(0, takes, times - at + ahead) if at > 0 else np.ones(len(times))
        found[:, number] = left * come
        left = left * (1 - come)
    return found
