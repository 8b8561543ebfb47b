"""Text in pieces that are spoken one after the other: the first one short, so that it is heard soon.

An answer comes in pieces of its own, a word or half of one at a time: `Sentences` gives each sentence when it is whole.
"""

import re

SHORT, LONG = 60, 240  # letters of the first piece and of every other, about
CLOSERS = "\"'”’»)]}"
# an end of a sentence, what closes behind it, and a space; Chinese and Japanese write none
_END = re.compile(r"[.!?…।॥؟]+[\"'”’»)\]}]*(?=\s)|[。！？]+[”’」』）]*|\n+")
_CLAUSE = re.compile(r"[,;:–—،؛](?=\s)|[、，；：]")
_ABBREVIATION = re.compile(r"(?:^|\s)(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e|No|z\.B|bzw|ca)\.$")


class Sentences:
    """Sentences out of text that comes in pieces."""

    def __init__(self):
        self._rest, self._said = "", False

    def feed(self, text: str) -> list:
        """More of the text -> the pieces that are whole now."""
        self._rest += text
        found, start = [], 0
        for match in _END.finditer(self._rest):
            if _ABBREVIATION.search(self._rest[start : match.end()]):
                continue
            found += self._cut(self._rest[start : match.end()])
            start = match.end()
        self._rest = self._rest[start:]
        if len(self._rest) > LONG:  # no end in sight
            *whole, self._rest = self._cut(self._rest)
            found += whole
        return found

    def finish(self) -> list:
        """The text is over: what is left of it."""
        rest, self._rest = self._rest, ""
        return self._cut(rest)

    def _cut(self, sentence: str) -> list:
        """A sentence in pieces, each cut after a clause or else at a space."""
        found, sentence = [], sentence.strip()
        while len(sentence) > (longest := LONG if self._said else SHORT):
            ends = [match.end() for match in _CLAUSE.finditer(sentence)]
            near = [end for end in ends if longest / 3 < end <= longest] or [end for end in ends if end <= LONG][:1]
            if not near and len(sentence) <= LONG:
                break
            at = near[-1] if near else sentence.rfind(" ", 1, LONG) + 1 or LONG
            found.append(sentence[:at].strip())
            self._said, sentence = True, sentence[at:].strip()
        if any(letter.isalnum() for letter in sentence):
            found.append(sentence)
            self._said = True
        return found


def pieces_of(text: str) -> list:
    """A whole text in the pieces in which it is spoken; with tags in it, in one."""
    if "<" in text:
        return [text] if text.strip() else []
    sentences = Sentences()
    return sentences.feed(text) + sentences.finish()
