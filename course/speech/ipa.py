"""Spanish, French, Italian, Portuguese, Hindi to the neural voices' symbols: espeak-ng's IPA in Kokoro's spelling.

espeak-ng drops punctuation, and the voices breathe by it. So a text is parted at its signs, each clause is spelled, and
the signs are put back.
"""

import re

from .. import errors
from . import alphabet, espeak, plain_text

# Two letters of one sound that are one symbol, as misaki (hexgrad, Apache-2.0) has them
PAIRS = {"a^ɪ": "I", "a^ʊ": "W", "d^z": "ʣ", "d^ʒ": "ʤ", "e^ɪ": "A", "o^ʊ": "O", "ə^ʊ": "Q", "s^s": "S",
         "t^s": "ʦ", "t^ʃ": "ʧ", "ɔ^ɪ": "Y"}  # fmt: skip
# espeak's letters that the alphabet lacks, or that it spells otherwise
NEAREST = {"r.": "ɽ", "g": "ɡ", "ʱ": "ʰ", "ɦ": "h", "ɭ": "l", "ɱ": "m", "ɫ": "l"}
_SIGNS = re.compile(r"([;:,.!?¡¿—…\"«»“”()।]+(?=\s|$)|(?<!\S)[¡¿\"«“(]+)")
_OTHER_SIGNS = {"«": "“", "»": "”", "।": ".", "¡": "", "¿": ""}
_LANGUAGE = re.compile(r"\([a-z-]+\)")  # espeak changes its language here
_SENTENCE = re.compile(r"(?<=[.!?…।])[\"”»)]*\s+")


def symbols_of(text: str, language: str) -> str:
    """The symbols of a piece of text, punctuation included.

    Args:
        language: a voice of espeak-ng that reads it.
    Raises:
        errors.TextError: espeak-ng cannot take it.
    """
    clauses = [part.strip() for part in _SIGNS.split(text)]
    said = [clause for clause in clauses[::2] if clause]
    spelled = iter(espeak.spelled(said, language) if said else [])
    found = []
    for i, clause in enumerate(clauses):
        if i % 2:
            found.append("".join(_OTHER_SIGNS.get(sign, sign) for sign in clause) + " ")
        elif clause:
            ipa = next(spelled)
            if ipa is None:
                raise errors.TextError(f"espeak-ng cannot spell {plain_text.shown(clause)}: write it in other words")
            found.append(of_espeak(ipa))
    return " ".join("".join(found).split())


def of_espeak(ipa: str) -> str:
    """espeak's IPA in the alphabet's spelling; letters that it lacks are kept."""
    ipa = _LANGUAGE.sub("", ipa)
    for spelling, symbol in {**PAIRS, **NEAREST}.items():
        ipa = ipa.replace(spelling, symbol)
    return "".join(letter for letter in ipa if letter == " " or letter not in alphabet.GAPS | set("^-"))


def of_written(ipa: str) -> str:
    """IPA as people and dictionaries write it, without ties, in the alphabet's spelling."""
    for spelling, symbol in {pair.replace("^", ""): symbol for pair, symbol in PAIRS.items()}.items():
        if spelling != "ss":
            ipa = ipa.replace(spelling, symbol)
    return of_espeak(ipa)


def sentences(text: str) -> list:
    """A text as sentences."""
    return [part for part in _SENTENCE.split(text) if part.strip()]
