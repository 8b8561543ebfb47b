"""Where markup in a text begins and ends, so that the text is cut nowhere within it.

    "Well. **Hello there.** See [this](http://a.example)."  ->  [6, 22), [27, 52)

What stands in one piece is read as in a film; a mark whose other half were in another piece would be read out.
"""

import bisect
import math
import re

_CODE = re.compile(r"(```).*?(?:```|(\Z))|(`)[^`]*(?:`|(\Z))", re.S)
_SIGNS = ("**", "*", "__", "_", "~~")
_BRACKETS = re.compile(r"\[[^\[\]\n]{0,200}(?:\](?:\([^()\s]{0,2000}(?:\)|(\Z)))?|(\Z))")
_COMMENT = re.compile(r"<!--.*?(?:-->|(\Z))", re.S)
_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]{0,40})(?=[\s/>]|\Z)[^<>]*(?:>|(\Z))")
# tags after whose opening a text may be cut: those that have no end, and those that only say where a sentence is
_LOOSE = frozenset("br hr img input wbr link meta source break mark audio speak p s li body div".split())


class Spans:
    """Of a text. whole: all of it is there, so what has no end is no markup; else it goes on to the end and beyond."""

    def __init__(self, text: str, whole: bool):
        found = sorted(span for span in _spans(text) if not whole or span[1] < math.inf)
        self._starts, self._ends = [], []
        for start, end in found:
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def has(self, at: int) -> bool:
        """Whether a cut before letter `at` would be within markup."""
        number = bisect.bisect_left(self._starts, at) - 1
        return number >= 0 and at < self._ends[number]


def _spans(text: str):
    """(begin, end) of each, in no order; end is inf where it is not in the text."""
    for found in _CODE.finditer(text):
        yield found.start(), _end(found, 2, 4)
    text = _CODE.sub(lambda found: "x" * len(found[0]), text)
    for pattern in (_BRACKETS, _COMMENT):
        for found in pattern.finditer(text):
            yield found.start(), _end(found, *range(1, pattern.groups + 1))
    for sign in _SIGNS:
        yield from _pairs(sign, text)
    yield from _elements(text)


def _end(found, *groups: int) -> float:
    """Where a match ends, inf where one of these groups has met the end of the text before."""
    return found.end() if all(found[group] is None for group in groups) else math.inf


def _pairs(sign: str, text: str):
    """What stands between two signs of Markdown."""
    letter, begun = sign[0], None
    for found in re.finditer(rf"(?<![\\{letter}]){re.escape(sign)}(?!\{letter})", text):
        before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
        if begun is None:
            if after and not after.isspace() and not before.isalnum():
                begun = found.start()
        elif not before.isspace():
            yield begun, found.end()
            begun = None
    if begun is not None:
        yield begun, math.inf


def _elements(text: str):
    """Tags, and what stands between a tag and the one that closes it."""
    opened = {}
    for found in _TAG.finditer(text):
        yield found.start(), _end(found, 3)
        name = found[2].lower()
        if name in _LOOSE or found[0].endswith("/>"):
            continue
        if not found[1]:
            opened.setdefault(name, []).append(found.start())
        elif opened.get(name):
            yield opened[name].pop(), found.end()
    for starts in opened.values():
        for start in starts:
            yield start, math.inf
