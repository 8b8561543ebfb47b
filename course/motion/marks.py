"""Marks in a text that say what the face does there: [happy], [look left], [nod].

    "Hello. [happy:0.8] I am glad!"  ->  "Hello. I am glad!", a mark at letter 7  ->  expression "happy@1.1s:0.8"

An expression, a gaze and a pose hold until the next of their kind; [auto], [look auto] and [head center] end them.
"""

import difflib
import logging
import re
from dataclasses import dataclass

from ..speech import phrases
from . import direction, expressions, timeline

KINDS = ("expression", "gaze", "head")
_MARK = re.compile(r"\[([^\[\]\n]{1,40})\](?!\()")
_STRENGTH = re.compile(r"\s*(?::\s*|\s+)(\d+\.?\d*|\.\d+)$")
SNAP = 0.18  # share of the words around a mark within which a pause is where it stands


@dataclass(frozen=True)
class Mark:
    """kind: one of `KINDS`; word: NAME[:STRENGTH] as that setting has it; at: number of letters of the text before."""

    kind: str
    word: str
    at: int


def parted(text: str) -> tuple:
    """A text without its marks, and the `Mark`s in order. What is in brackets and no mark stays and is read out.

    Raises:
        errors.MotionError: a mark with a strength or degrees that cannot be.
    """
    found, words, last = [], "", 0
    for match in _MARK.finditer(text):
        kind, word = _read(match[1])
        if kind is None:
            continue
        words = _appended(words, text[last : match.start()])
        last = match.end()
        words = _bridged(words, text[last:])
        found.append(Mark(kind, word, len(words.rstrip(" "))))
    return words + text[last:].lstrip(" \t") if found else text, found


def _appended(words: str, piece: str) -> str:
    """What was kept, and the next piece, whose first spaces the mark before it has taken."""
    return words + (piece.lstrip(" \t") if words[-1:] in ("", " ") else piece)


def _bridged(words: str, rest: str) -> str:
    """The words before a mark as they meet those after it: with one space, or none before a sign."""
    bare, after = words.rstrip(" \t"), rest.lstrip(" \t")
    if bare[-1:] in ("", "\n") or not after or after[0] in "\n,.;:!?":
        return bare
    spaced = bare != words or after != rest or (bare[-1].isascii() and after[0].isascii())
    return bare + " " * spaced


def _read(inside: str) -> tuple:
    """(kind, "NAME[:STRENGTH]") of what stands in brackets; (None, "") where it is no mark."""
    plain = " ".join(inside.lower().split())
    if plain.startswith("look "):
        kind, word = "gaze", plain[5:]
    elif plain.startswith("head "):
        kind, word = "head", plain[5:]
    else:
        kind, word = "expression", plain
    strength = _STRENGTH.search(word)
    bare = word[: strength.start()] if strength else word
    names = bare.replace(" ", "").split("+")
    if kind == "expression" and set(names) <= {*direction.GESTURES, "tilt-left", "tilt-right"}:
        kind = "head"
    elif not _known(kind, names, bare):
        _hint(inside, plain)
        return None, ""
    word = "+".join(names) + (f":{strength[1]}" if strength else "")
    _check(kind, word)
    return kind, word


def _known(kind: str, names: list, bare: str) -> bool:
    known = {"expression": (direction.AUTO, *expressions.EXPRESSIONS), "gaze": direction.GAZES,
             "head": direction.HEADS}[kind]
    return set(names) <= set(known) or kind == "gaze" and bool(re.fullmatch(r"[\d., +-]+", bare))


def _check(kind: str, word: str) -> None:
    {"expression": direction.expression_cues, "gaze": direction.gaze_cues, "head": direction.head_cues}[kind](word)


def _hint(inside: str, plain: str) -> None:
    known = [direction.AUTO, *expressions.EXPRESSIONS, *direction.GESTURES,
             *(f"look {name}" for name in direction.GAZES), *(f"head {name}" for name in direction.POSES)]
    near = difflib.get_close_matches(plain, known, n=1, cutoff=0.75)
    if near:
        logging.getLogger("course").warning("[%s] is read out: did you mean [%s]?", inside, near[0])


# ---------------------------------------------------------------- when


def moments(text: str, found: list, phonemes) -> list:
    """When each mark is reached, in seconds.

    Args:
        text: without marks, as it was said; found: its `Mark`s; phonemes: with `symbol`, `start`, `end`.
    Returns:
        Seconds, one a mark: 0 before the first word; where a sentence begins when it does; within one by the share of
        its sounds, at a pause
        if one is near.
    """
    said = [phoneme for phoneme in phonemes if phoneme.symbol]
    sentences = phrases.of_speech(text, phonemes)
    if not said or not sentences:
        return [0.0 for _ in found]
    sizes = [max(phrases.weight(words), 0.1) for words in phrases.sentences(text)]
    before = [phrases.weight(text[: mark.at]) for mark in found]
    return [_moment(size, sizes, sentences, phonemes) if size > 0 else 0.0 for size in before]


def _moment(before: float, sizes: list, sentences: list, phonemes) -> float:
    """When `before` of the weight of all words is said; sizes: weights of the sentences."""
    for size, sentence in zip(sizes, sentences):
        if before < size - 1e-6:
            return _within(before / size, sentence, phonemes) if before > 0.5 else sentence.start
        before -= size
    return sentences[-1].end


def _within(share: float, sentence, phonemes) -> float:
    inside = [p for p in phonemes if p.start >= sentence.start - 1e-6 and p.end <= sentence.end + 1e-6]
    said = [p for p in inside if p.symbol]
    if not said:
        return sentence.start
    at = min(int(share * len(said)), len(said) - 1)
    near = SNAP * len(said)
    count, best = 0, None
    for phoneme in inside:
        if phoneme.symbol:
            count += 1
        elif abs(count - at) <= near and (best is None or abs(count - at) < best[0]):
            best = (abs(count - at), phoneme.end)
    return said[at].start if best is None else best[1]


def merged(options, found: list, times: list) -> dict:
    """The settings `expression`, `gaze` and `head` with marks among them, for those kinds that have marks.

    Args:
        options: `animation.Settings`; found: `Mark`s; times: when each is reached, in seconds. A cue of the settings
        and a mark at the same time: the mark counts.
    """
    changed = {}
    for kind in KINDS:
        marked = [_cue(mark.word, at) for mark, at in zip(found, times) if mark.kind == kind]
        if marked:
            changed[kind] = _with(kind, getattr(options, kind), marked)
    return changed


def _cue(word: str, at: float) -> timeline.Cue:
    name, _, strength = word.partition(":")
    return timeline.Cue(name, round(at, 3), float(strength or 1))


def _with(kind: str, given, marked: list) -> str:
    parse = {"expression": direction.expression_cues, "gaze": direction.gaze_cues, "head": direction.head_cues}[kind]
    by_time = {cue.at or 0.0: cue for cue in [*parse(given), *_apart(marked)]}
    words = [str(timeline.Cue(cue.what, at, cue.strength)) for at, cue in sorted(by_time.items())]
    if kind == "head":
        words.insert(0, f"{direction.head_strength(given):g}")
    return ",".join(words)


def _apart(marked: list) -> list:
    """Marks that stand side by side happen one after the other where both are gestures, else the last one counts."""
    found, busy = [], -1.0
    for cue in marked:
        at = cue.at
        if set(cue.names) & set(direction.GESTURES):
            at = max(at, busy)
            busy = at + max(direction.GESTURES[name].duration for name in set(cue.names) & set(direction.GESTURES))
        found.append(timeline.Cue(cue.what, at, cue.strength))
    return found


