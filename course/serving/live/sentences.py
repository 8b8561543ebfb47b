"""Text in pieces that are spoken one after the other: the first one short, so that it is heard soon.

An answer comes in pieces of its own, a word or half of one at a time: `Sentences` gives each sentence when it is whole.
"""

import re

from ...speech import plain_text
from . import markup

SHORT, LONG = 60, 240  # letters of the first piece and of every other, about
HELD = 4 * LONG  # letters after which an answer is cut even within markup
CLOSERS = "\"'”’»)]}"
_SIGNS = r"[\"'”’»)\]}*_~`]*"
# an end of a sentence, what closes behind it, a picture that shows its mood, and a space; Chinese and Japanese write no
# space; else the end of a heading, of a paragraph, of a line before an item of a list, of a sentence in tags
_END = re.compile(r"^[ \t]*#{1,6}[ \t][^\n]*\n|"
                  rf"(?<![.!?…।॥؟])[.!?…।॥؟]+{_SIGNS}(?:\s{{0,2}}{plain_text.PICTURES.pattern}\ufe0f?)*(?=\s)|"
                  r"[。！？]+[”’」』）]*|\n(?=[ \t]*(?:[-*+•‣◦#>]|\d{1,3}[.)])[ \t])|\n\s*\n|</[ps]\s*>", re.I | re.M)
_CLAUSE = re.compile(r"[,;:–—،؛](?=\s)|[、，；：]")
_ABBREVIATION = re.compile(r"(?:^|\s)(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e|No|z\.B|bzw|ca)\.$|"
                           r"(?:^|\n)\s*\d{1,3}\.$")  # the last one is the number of an item

_TAGS, _BRACKETS = re.compile(r"<[^<>]*>"), re.compile(r"\[[^\[\]\n]*\](?!\()")


class Sentences:
    """Sentences out of text that comes in pieces. whole: all of it comes at once."""

    def __init__(self, whole: bool = False):
        self._rest, self._looked, self._said, self._whole = "", 0, False, whole
        self._ahead = ""  # marks that wait for words

    def feed(self, text: str) -> list:
        """More of the text -> the pieces that are whole now."""
        self._rest += text
        found, start, inside = [], 0, markup.Spans(self._rest, self._whole)
        for match in _END.finditer(self._rest, self._looked):
            end = self._looked = match.end()
            if _ABBREVIATION.search(self._rest[max(start, end - 16) : end]):
                continue
            if not inside.has(end) or self._is_held(end - start):
                found += self._cut(self._rest[start:end])
                start = end
        self._rest, self._looked = self._rest[start:], max(0, self._looked - start)
        if len(self._rest) > LONG:  # no end in sight
            *pieces, self._rest = self._cut(self._rest) or [""]
            found += pieces
            self._looked = 0 if pieces else self._looked
        return found

    def finish(self) -> list:
        """The text is over: what is left of it."""
        rest, self._rest = self._rest, ""
        found = self._cut(rest)
        ahead, self._ahead = self._ahead, ""
        return [*found, ahead] if ahead else found

    def _is_held(self, length: int) -> bool:
        """Whether so much text has waited for the end of markup that it is cut all the same."""
        return length > HELD and not self._whole

    def _cut(self, sentence: str) -> list:
        """A sentence in pieces, each cut after a clause or else at a space."""
        sentence, found, start = sentence.strip(), [], 0
        inside = markup.Spans(sentence, self._whole)
        while len(sentence) - start > (longest := LONG if self._said else SHORT):
            at = self._place(sentence, start, longest, inside)
            if at is None:
                break
            found.append(sentence[start:at].strip())
            self._said, start = True, at
        if is_something(sentence[start:]):
            found.append(sentence[start:].strip())
            self._said = True
        return self._with_words(found)

    def _place(self, sentence: str, start: int, longest: int, inside: markup.Spans) -> int | None:
        """Where to cut a sentence, of which the rest from `start` on is too long; None: nowhere."""
        ends = [match.end() for match in _CLAUSE.finditer(sentence, start, start + LONG + 1)]
        ends = [end for end in ends if end <= start + LONG and not inside.has(end)]
        near = [end for end in ends if longest / 3 < end - start <= longest] or ends[:1]
        if near:
            return near[-1]
        if len(sentence) - start <= LONG:
            return None
        spaces = [match.end() for match in re.finditer(r"\s", sentence[start : start + LONG])]
        places = [start + at for at in reversed(spaces) if at > 1] or [start + LONG]
        free = [at for at in places if not inside.has(at)]
        if free or self._is_held(len(sentence) - start):
            return (free or places)[0]
        return None

    def _with_words(self, pieces: list) -> list:
        """What is only marks goes before the words that come next."""
        found = []
        for piece in pieces:
            self._ahead = f"{self._ahead} {piece}".strip()
            if _has_letters(_BRACKETS.sub(" ", self._ahead)):
                found.append(self._ahead)
                self._ahead = ""
        return found


def is_something(piece: str) -> bool:
    """Whether there may be anything in it to say, to wait for, or for the face to do."""
    return "<break" in piece or _has_letters(piece)


def _has_letters(piece: str) -> bool:
    return any(letter.isalnum() for letter in _TAGS.sub(" ", piece))


def pieces_of(text: str) -> list:
    """A whole text in the pieces in which it is spoken."""
    sentences = Sentences(whole=True)
    return sentences.feed(text) + sentences.finish()
