"""Japanese in kana: espeak-ng's voice reads hiragana and katakana, and not one Chinese character.

How characters are read depends on the words they are in, and only a dictionary knows it: the package Janome has one
(IPADIC, Apache licence 2.0). It is optional, at 20 MB; without it such text is refused.
"""

import functools

from .. import errors
from . import scripts


def with_kana(text: str, voice: str = None) -> str:
    """Japanese text as it sounds, in kana, but for words the dictionary lacks; any other text as it is.

    Args:
        voice: the one asked for, if any: a Chinese one reads the characters itself.
    Raises:
        errors.TextError: there are Chinese characters among kana, and no Janome to read them.
    """
    kanji = scripts.kanji_of(text, voice)
    if not kanji:
        return text
    try:
        tokens = _dictionary().tokenize(text)
    except ImportError:
        raise errors.TextError(f"the Japanese voice reads kana, not kanji ({kanji[:10]}): pip install janome, which "
                               "knows how they are read, or write the text in kana") from None
    return "".join(_sound(token) for token in tokens)


@functools.lru_cache(maxsize=1)
def _dictionary():
    from janome.tokenizer import Tokenizer

    return Tokenizer()


def _sound(token) -> str:
    """A word in kana. Particles too, as wa and e are written ha and he."""
    written, spoken = token.surface, token.phonetic
    japanese = any(scripts.script_of(letter) in ("HAN", "KANA") for letter in written)
    return spoken if japanese and spoken != "*" else written
