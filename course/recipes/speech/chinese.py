"""Mandarin for Kokoro: signs -> pinyin with tones -> the phonemes Kokoro was trained on (those of misaki)."""

import functools

_INITIALS = {
    "b": "p", "p": "pʰ", "m": "m", "f": "f", "d": "t", "t": "tʰ", "n": "n", "l": "l", "g": "k", "k": "kʰ", "h": "x",
    "j": "ʨ", "q": "ʨʰ", "x": "ɕ", "zh": "ꭧ", "ch": "ꭧʰ", "sh": "ʂ", "r": "ɻ", "z": "ʦ", "c": "ʦʰ", "s": "s",
}  # fmt: skip
# 0 stands where the tone goes
_FINALS = {
    "a": "a0", "ai": "ai0", "an": "a0n", "ang": "a0ŋ", "ao": "au0", "e": "ɤ0", "ei": "ei0", "en": "ə0n",
    "eng": "ə0ŋ", "i": "i0", "ia": "ja0", "ian": "jɛ0n", "iang": "ja0ŋ", "iao": "jau0", "ie": "je0", "in": "i0n",
    "iou": "jou0", "iu": "jou0", "ing": "i0ŋ", "iong": "jʊ0ŋ", "ong": "ʊ0ŋ", "ou": "ou0", "u": "u0", "uei": "wei0",
    "ui": "wei0", "ua": "wa0", "uai": "wai0", "uan": "wa0n", "uen": "wə0n", "un": "wə0n", "uang": "wa0ŋ",
    "ueng": "wə0ŋ", "uo": "wo0", "o": "wo0", "v": "y0", "ve": "ɥe0", "van": "ɥɛ0n", "vn": "y0n", "er": "ɚ0",
}  # fmt: skip
_TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}
_MARKS = {"。": ".", "，": ",", "、": ",", "？": "?", "！": "!", "；": ";", "：": ":"}
_NO_VOWEL = {**dict.fromkeys(("zh", "ch", "sh", "r", "z", "c", "s"), "ɨ0")}  # si, shi: the consonant goes on


def phonemes_of(text: str) -> str:
    """Chinese text -> Kokoro's phonemes, words apart; what is neither a word nor a mark of a pause is left out.

    Raises `ImportError` without jieba and pypinyin.
    """
    import jieba
    from pypinyin import Style, lazy_pinyin

    jieba.setLogLevel(60)
    words = []
    for word in jieba.lcut(text):
        if word in _MARKS and words:
            words[-1] += _MARKS[word]
        else:
            style = {"strict": True, "errors": "ignore", "neutral_tone_with_five": True}
            first = lazy_pinyin(word, style=Style.INITIALS, **style)
            last = lazy_pinyin(word, style=Style.FINALS_TONE3, v_to_u=False, **style)
            words.append("".join(map(_syllable, first, last)))
    return " ".join(word for word in words if word)


@functools.lru_cache(maxsize=4096)
def _syllable(initial: str, final: str) -> str:
    tone = _TONES.get(final[-1:], "")
    final = final.rstrip("12345").replace("ü", "v")
    if final == "i" and initial in _NO_VOWEL:
        sound = _NO_VOWEL[initial]
    elif final == "o" and not initial:
        sound = "ɔ0"
    else:
        sound = _FINALS.get(final, "")
    return (_INITIALS.get(initial, "") + sound).replace("0", tone)
