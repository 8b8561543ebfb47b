"""Mandarin to the neural voices' symbols: Chinese characters -> words (jieba) -> pinyin (pypinyin) -> sounds.

Which sounds: the tables of pinyin-to-ipa (S. Taubert, MIT) as misaki (hexgrad, Apache-2.0) spells them, because Kokoro
learned from its spelling. Numbers are read in Chinese (cn2an).
"""

import functools
import importlib.util
import re
import threading

PACKAGES = ("pypinyin", "jieba", "cn2an")
INITIALS = {"b": "p", "c": "ʦʰ", "ch": "ꭧʰ", "d": "t", "f": "f", "g": "k", "h": "x", "j": "ʨ", "k": "kʰ", "l": "l",
            "m": "m", "n": "n", "p": "pʰ", "q": "ʨʰ", "r": "ɻ", "s": "s", "sh": "ʂ", "t": "tʰ", "x": "ɕ", "z": "ʦ",
            "zh": "ꭧ"}  # fmt: skip
# 0 is where the tone goes
FINALS = {"a": "a0", "ai": "ai0", "an": "a0n", "ang": "a0ŋ", "ao": "au0", "e": "ɤ0", "ei": "ei0", "en": "ə0n",
          "eng": "ə0ŋ", "i": "i0", "ia": "ja0", "ian": "jɛ0n", "iang": "ja0ŋ", "iao": "jau0", "ie": "je0",
          "in": "i0n", "iou": "jou0", "ing": "i0ŋ", "iong": "jʊ0ŋ", "ong": "ʊ0ŋ", "ou": "ou0", "u": "u0",
          "uei": "wei0", "ua": "wa0", "uai": "wai0", "uan": "wa0n", "uen": "wə0n", "uang": "wa0ŋ", "ueng": "wə0ŋ",
          "uo": "wo0", "o": "wo0", "ü": "y0", "üe": "ɥe0", "üan": "ɥɛ0n", "ün": "y0n"}  # fmt: skip
# Syllables without an initial that are not their final
WHOLE = {"er": "ɚ0", "o": "ɔ0", "io": "jɔ0", "ê": "ɛ0", "hm": "hm0", "hng": "hŋ0", "m": "m0", "n": "n0", "ng": "ŋ0"}
TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}
SIGNS = {"、": ", ", "，": ", ", "。": ". ", "．": ". ", "！": "! ", "：": ": ", "；": "; ", "？": "? ", "«": " “",
         "»": "” ", "《": " “", "》": "” ", "「": " “", "」": "” ", "【": " “", "】": "” ", "（": " (",
         "）": ") "}  # fmt: skip
_CHARACTERS = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_SENTENCE = re.compile(r"(?<=[。！？!?])[”’」』）]*|(?<=\.)\s+")
_lock = threading.Lock()


@functools.lru_cache(maxsize=1)
def is_installed() -> bool:
    """Are the packages here that read Chinese characters?"""
    return all(importlib.util.find_spec(name) for name in PACKAGES)


def symbols_of(text: str) -> str:
    """The symbols of a piece of text; what is neither Chinese nor punctuation stays as it is."""
    import cn2an

    with _lock:
        text = cn2an.transform(text, "an2cn")
        for sign, plain in SIGNS.items():
            text = text.replace(sign, plain)
        return _CHARACTERS.sub(lambda found: _words(found[0]), text.strip())


def sentences(text: str) -> list:
    """A text as sentences."""
    return [part for part in _SENTENCE.split(text) if part.strip()]


def _words(characters: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return " ".join("".join(map(syllable, lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True)))
                    for word in _jieba().lcut(characters))  # fmt: skip


def syllable(pinyin: str) -> str:
    """The symbols of one syllable with its tone as a number, such as "zhong1" -> "ꭧʊ→ŋ"; "" if it is none."""
    from pypinyin.contrib.tone_convert import to_finals, to_initials

    plain, tone = (pinyin[:-1], pinyin[-1]) if pinyin[-1:] in TONES else (pinyin, "5")
    if plain in WHOLE:
        return WHOLE[plain].replace("0", TONES[tone])
    initial, final = to_initials(plain, strict=True), to_finals(plain, strict=True, v_to_u=True)
    if final not in FINALS or initial not in ("", *INITIALS):
        return ""
    sound = "ɨ0" if final == "i" and initial in ("z", "c", "s", "zh", "ch", "sh", "r") else FINALS[final]
    return INITIALS.get(initial, "") + sound.replace("0", TONES[tone])


@functools.lru_cache(maxsize=1)
def _jieba():
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)  # it tells how long its dictionary took
    return jieba
