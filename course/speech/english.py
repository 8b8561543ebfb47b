"""English text to the neural voices' symbols, by the lexicon and rules of hibari-tts (Apache-2.0)."""

import functools
import threading
import unicodedata

from . import pieces, scripts

_lock = threading.Lock()
# What has no plain letter under its accent
_FOLDED = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "th", "Ð": "Th", "þ": "th",
                         "Þ": "Th", "ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ı": "i", "ŋ": "ng",
                         "ə": "e", "Ə": "E", "ħ": "h", "Ħ": "H"})  # fmt: skip


def symbols_of(text: str, british: bool = False) -> str:
    """The symbols of a piece of text, punctuation included, "" if nothing in it is said."""
    words = pieces.breathing(readable(text), scripts.DEFAULT_VOICE)  # reading takes the cube of a word's length
    with _lock:
        return _reader(british)(words)


def sentences(text: str) -> list:
    """A text as sentences; "Dr. Smith" is not the end of one."""
    from hibari import Hibari

    return Hibari.split_sentences(text)


def readable(text: str) -> str:
    """Letters that the lexicon lacks, as it has them: é as e unless it knows the word, π as "pi"."""
    return text if text.isascii() else "".join(map(_plain_letter, unicodedata.normalize("NFC", text)))


def _plain_letter(letter: str) -> str:
    script = scripts.script_of(letter)
    if letter.isascii() or not script:
        return letter
    if script != "LATIN":
        return f" {unicodedata.name(letter, '').split(' ')[-1].lower()} "  # stands alone, or another voice had it
    return unicodedata.normalize("NFD", letter.translate(_FOLDED))[: len(letter.translate(_FOLDED))]


def let_go() -> None:
    """Give back the memory of the lexicon (100 MB); the next text loads it again, in half a second."""
    with _lock:
        _reader.cache_clear()


@functools.lru_cache(maxsize=2)
def _reader(british: bool):
    from hibari.g2p import G2P

    return G2P(british=british)
