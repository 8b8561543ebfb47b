"""Text in pieces that are spoken one after the other: the first one short, so that it is heard soon.

An answer comes in pieces of its own, a word or half of one at a time: `Sentences` gives each sentence when it is whole.
"""

import re

from ...speech import plain_text
from . import markup

SHORT, LONG = 60, 240  # letters of the first piece and of every other, about
HELD = 4 * LONG  # letters after which an answer is cut even where markup in it has not ended
CLOSERS = "\"'”’»)]}"
_SIGNS = r"[\"'”’»)\]}*_~`]*"
# an end of a sentence, what closes behind it, a picture that shows its mood, and a space; Chinese and Japanese write no
# space; else the end of a heading, of a paragraph, of a line before an item of a list, of a sentence in tags
_END = re.compile(r"^[ \t]*#{1,6}[ \t][^\n]*\n|"
                  rf"[.!?…।॥؟]+{_SIGNS}(?:\s*{plain_text.PICTURES.pattern}+\ufe0f?)*(?=\s)|"
                  r"[。！？]+[”’」』）]*|\n(?=[ \t]*(?:[-*+•‣◦#>]|\d{1,3}[.)])[ \t])|\n\s*\n|</[ps]\s*>", re.I | re.M)
_CLAUSE = re.compile(r"[,;:–—،؛](?=\s)|[、，；：]")
_ABBREVIATION = re.compile(r"(?:^|\s)(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e|No|z\.B|bzw|ca)\.$|"
                           r"(?:^|\n)\s*\d{1,3}\.$")  # the last one is the number of an item

_TAGS, _BRACKETS = re.compile(r"<[^<>]*>"), re.compile(r"\[[^\[\]\n]*\](?!\()")


class Sentences:
    """Sentences out of text that comes in pieces. loose: kinds of markup within which it may be cut all the same, see
    `markup.open_in`; held: letters after which it may be cut within any."""

    def __init__(self, loose: frozenset = frozenset(), held: float = HELD):
        self._rest, self._said, self._loose, self._held = "", False, loose, held
        self._ahead = ""  # marks that wait for words

    def feed(self, text: str) -> list:
        """More of the text -> the pieces that are whole now."""
        self._rest += text
        found, start = [], 0
        for match in _END.finditer(self._rest):
            sentence = self._rest[start : match.end()]
            if _ABBREVIATION.search(sentence) or not self._may_end(sentence):
                continue
            found += self._cut(sentence)
            start = match.end()
        self._rest = self._rest[start:]
        if len(self._rest) > LONG and self._may_end(self._rest):  # no end in sight
            *whole, self._rest = self._cut(self._rest) or [""]
            found += whole
        return found

    def finish(self) -> list:
        """The text is over: what is left of it."""
        rest, self._rest = self._rest, ""
        found = self._cut(rest)
        ahead, self._ahead = self._ahead, ""
        return [*found, ahead] if ahead else found

    def _may_end(self, piece: str) -> bool:
        return len(piece) > self._held or not markup.open_in(piece) - self._loose

    def _cut(self, sentence: str) -> list:
        """A sentence in pieces, each cut after a clause or else at a space."""
        found, sentence = [], sentence.strip()
        while len(sentence) > (longest := LONG if self._said else SHORT):
            at = self._place(sentence, longest)
            if at is None:
                break
            found.append(sentence[:at].strip())
            self._said, sentence = True, sentence[at:].strip()
        if is_something(sentence):
            found.append(sentence)
            self._said = True
        return self._with_words(found)

    def _with_words(self, pieces: list) -> list:
        """What is only marks goes before the words that come next."""
        found = []
        for piece in pieces:
            self._ahead = f"{self._ahead} {piece}".strip()
            if _has_letters(_BRACKETS.sub(" ", self._ahead)):
                found.append(self._ahead)
                self._ahead = ""
        return found

    def _place(self, sentence: str, longest: int) -> int | None:
        """Where to cut a sentence that is too long; None: nowhere."""
        ends = [match.end() for match in _CLAUSE.finditer(sentence[: LONG + 1])]
        ends = [end for end in ends if self._may_end(sentence[:end])]
        near = [end for end in ends if longest / 3 < end <= longest] or [end for end in ends if end <= LONG][:1]
        if near:
            return near[-1]
        if len(sentence) <= LONG:
            return None
        spaces = [match.end() for match in re.finditer(r"\s", sentence[:LONG])]
        return next((at for at in reversed(spaces) if self._may_end(sentence[:at])),
                    None if markup.open_in(sentence[:LONG]) - self._loose else LONG)


def is_something(piece: str) -> bool:
    """Whether there may be anything in it to say, to wait for, or for the face to do."""
    return "<break" in piece or _has_letters(piece)


def _has_letters(piece: str) -> bool:
    return any(letter.isalnum() for letter in _TAGS.sub(" ", piece))


def pieces_of(text: str) -> list:
    """A whole text in the pieces in which it is spoken."""
    sentences = Sentences(markup.open_in(text), float("inf"))
    return sentences.feed(text) + sentences.finish()
