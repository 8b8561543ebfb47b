"""Text in pieces that espeak-ng takes: words it does not cut off, clauses it does not drop.

espeak-ng 1.52 keeps a word in 160 bytes and its sounds in 200, and a clause in 800 bytes; what does not fit is lost
without a word, or ends the process. Scripts without spaces write such "words" in any ordinary text.
"""

import re
import unicodedata

# The most that a word weighs: bytes of its letters; what espeak spells out weighs more, as it has more sounds
WORD = 120
# in long text, whose clauses end at the first space in their last 75 bytes
WORD_IN_LONG_TEXT, LONG_TEXT = 70, 700
WEIGHTS = {"Nd": 5, "No": 5, "Nl": 5, "Lu": 3}  # by Unicode category
OTHER_WEIGHT = 4  # of signs, which are read as words or glue abbreviations
CLAUSE = {"cmn": 160, "yue": 160, "hak": 160, "ja": 160, "ko": 90, "my": 160, "as": 100, "shn": 100, "grc": 160,
          "mi": 160, "mk": 160, "chr": 160}  # characters; these voices lose the rest  # fmt: skip
OTHER_CLAUSE = 500  # of any voice: 300 words fit into a clause, and the shortest take two characters
_SPACE = re.compile(r"\s+")
_CLAUSE_END = re.compile(r"(?:[.!?;:,…।॥؟،؛።፣။]+[\"'”’»)]*(?=\s|$)|[。、，！？；：]+[”’」』）]*)")
# Letters that begin a syllable in Thai and Lao though written before its consonant
_LEADING_VOWELS = frozenset("เแโใไເແໂໃໄ")
# A small kana, a long mark, an iteration mark: belong to the sign before
_CLINGING = frozenset("ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮーゝゞヽヾ々ฯๆๅะาำຯໆະາຳ'’-.,、。，！？!?;:；：)）」』")


def breathing(text: str, voice: str) -> str:
    """The same text, with spaces and commas where words and clauses would be too long for espeak-ng."""
    is_long = len(text.encode("utf-8", "replace")) > LONG_TEXT
    text = " ".join(_short_words(word, WORD_IN_LONG_TEXT if is_long and not word.isascii() else WORD)
                    for word in text.split(" "))  # fmt: skip
    return _short_clauses(text, CLAUSE.get(voice.partition("+")[0].partition("-")[0], OTHER_CLAUSE))


def halves(text: str) -> list:
    """Two pieces of a text, cut at a clause's end, a space or anywhere, whichever is nearest; [] if it is too short."""
    text = text.strip()
    if len(text) < 4:
        return []
    middle = len(text) // 2
    for ends in ([match.end() for match in re.finditer(r"[.!?。！？]\s", text)],
                 [match.end() for match in _SPACE.finditer(text)]):
        near = [end for end in ends if abs(end - middle) < len(text) // 3]
        if near:
            middle = min(near, key=lambda end: abs(end - middle))
            break
    return [part for part in (text[:middle].strip(), text[middle:].strip()) if part]


def _weight(letter: str) -> int:
    category = unicodedata.category(letter)
    if category in WEIGHTS:
        return WEIGHTS[category]
    if category[0] in "LM":
        return len(letter.encode("utf-8", "replace"))
    return OTHER_WEIGHT


def _short_words(word: str, longest: int) -> str:
    """Spaces put into what has none, so that no piece weighs more than `longest`."""
    if 5 * len(word) <= longest:
        return word
    parts, start, weight = [], 0, 0
    for i, letter in enumerate(word):
        weight += _weight(letter)
        if weight > longest:
            cut = _good_place(word, start, i)
            parts.append(word[start:cut])
            start, weight = cut, sum(map(_weight, word[cut : i + 1]))
    return " ".join([*parts, word[start:]])


def _good_place(word: str, start: int, last: int) -> int:
    """Where to cut at `last` or a little before: before a leading vowel, after a sign, between two whole letters."""
    earliest = max(start + 1, last - (last - start) // 2)
    places = [i for i in range(last, earliest - 1, -1) if _may_cut(word, i)]
    for wanted in (lambda i: unicodedata.category(word[i - 1])[0] in "PSZ", lambda i: word[i] in _LEADING_VOWELS,
                   lambda i: word[i - 1] in "をはがでに的了是、，"):
        for place in places:
            if wanted(place):
                return place
    return places[0] if places else last


def _may_cut(word: str, i: int) -> bool:
    before, after = word[i - 1], word[i]
    if unicodedata.category(after)[0] == "M" or after in _CLINGING or after in "\u200c\u200d":
        return False
    # a virama or joiner ties what follows
    return before not in _LEADING_VOWELS and unicodedata.combining(before) != 9 and before != "\u200d"


def _short_clauses(text: str, longest: int) -> str:
    """A comma, where possible at a space, in every clause of more than `longest` characters."""
    parts, start = [], 0
    ends = [match.end() for match in _CLAUSE_END.finditer(text)] + [len(text)]
    for end in ends:
        while end - start > longest:
            space = text.rfind(" ", start + longest // 2, start + longest)
            cut = space if space > 0 else start + longest
            while cut > start + 1 and cut < len(text) and not _may_cut(text, cut):
                cut -= 1
            parts.append(text[start:cut] + ", ")
            start = cut
        parts.append(text[start:end])
        start = end
    return "".join(parts)
