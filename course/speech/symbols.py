"""Signs that voices leave out or misread, in words: `x<5` is "x less than 5", "$5" is "5 dollars"."""

import re

from . import say_as

# voice, without its region: (less than, greater than)
COMPARED = {
    "en": ("less than", "greater than"), "de": ("kleiner als", "größer als"), "fr": ("inférieur à", "supérieur à"),
    "es": ("menor que", "mayor que"), "it": ("minore di", "maggiore di"), "pt": ("menor que", "maior que"),
    "nl": ("kleiner dan", "groter dan"), "sv": ("mindre än", "större än"), "da": ("mindre end", "større end"),
    "nb": ("mindre enn", "større enn"), "fi": ("pienempi kuin", "suurempi kuin"), "pl": ("mniejsze niż", "większe niż"),
    "cs": ("menší než", "větší než"), "sk": ("menšie ako", "väčšie ako"), "hu": ("kisebb mint", "nagyobb mint"),
    "ro": ("mai mic decât", "mai mare decât"), "tr": ("küçüktür", "büyüktür"),
    "el": ("μικρότερο από", "μεγαλύτερο από"),
    "ru": ("меньше", "больше"), "uk": ("менше", "більше"), "bg": ("по-малко от", "по-голямо от"),
    "cmn": ("小于", "大于"), "yue": ("小於", "大於"), "ja": ("しょうなり", "だいなり"), "ko": ("보다 작은", "보다 큰"),
    "ar": ("أصغر من", "أكبر من"), "fa": ("کوچکتر از", "بزرگتر از"), "he": ("קטן מ", "גדול מ"),
    "hi": ("से कम", "से ज़्यादा"), "id": ("kurang dari", "lebih dari"), "vi": ("nhỏ hơn", "lớn hơn"),
}  # fmt: skip
_LESS = re.compile(r"(?<=[\w)\]])\s*<\s*(?=[\w=(\[.-])")
_GREATER = re.compile(r"(?<=[\w)\]])\s*>\s*(?=[\w=(\[.-])")


def in_words(text: str, voice: str) -> str:
    """`<` and `>` between things that can be compared, and numbers that `say_as` mends, in the voice's language."""
    text = say_as.mended(text, say_as.language_of(text, voice))
    words = COMPARED.get(voice.partition("+")[0].partition("-")[0])
    if not words or ("<" not in text and ">" not in text):
        return text
    return _GREATER.sub(f" {words[1]} ", _LESS.sub(f" {words[0]} ", text))
