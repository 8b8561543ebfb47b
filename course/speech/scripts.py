"""Which voice reads which letters: text in parts, each with the voice of its script.

A script that one language writes has one voice. Where several do, the letters decide: the voice is the first whose
alphabet has most of the text's letters, so that i with two dots makes Cyrillic Ukrainian and a che makes Arabic
letters Persian. Latin letters are English unless more than a third of the words hold letters of a language beyond
a to z, among them one that only this language has: "Dzień dobry" is Polish, "I met Wałęsa" stays English.
"""

import logging
import re
import unicodedata
from collections import Counter

from .. import errors

DEFAULT_VOICE = "en-us"

# The voice for a script when nobody names one
VOICE_OF_SCRIPT = {
    "LATIN": "en-us", "HAN": "cmn", "BOPOMOFO": "cmn", "KANA": "ja", "CYRILLIC": "ru", "GREEK": "el",
    "HANGUL": "ko", "ARABIC": "ar", "HEBREW": "he", "DEVANAGARI": "hi", "BENGALI": "bn", "TAMIL": "ta",
    "TELUGU": "te", "KANNADA": "kn", "MALAYALAM": "ml", "GUJARATI": "gu", "GURMUKHI": "pa", "ORIYA": "or",
    "SINHALA": "si", "THAI": "th", "MYANMAR": "my", "GEORGIAN": "ka", "ARMENIAN": "hy", "ETHIOPIC": "am",
    "CHEROKEE": "chr-US-Qaaa-x-west", "SHAVIAN": "en-shaw",
}  # fmt: skip
# The other voices that read a script without spelling it; every voice reads Latin letters, or English by them
ALSO_READ = {
    "HAN": "yue cmn-latn-pinyin", "BOPOMOFO": "cmn-latn-pinyin", "GREEK": "grc",
    "CYRILLIC": "uk bg be mk sr bs hr ky kk tt ba cv uz nog lfn sl ru-cl ru-lv", "ARABIC": "fa fa-latn ur sd ug",
    "DEVANAGARI": "mr ne kok", "BENGALI": "as bpy", "ARMENIAN": "hyw", "ETHIOPIC": "ti", "MYANMAR": "shn",
    "SHAVIAN": "en-us en-gb en-029 en-us-nyc en-gb-scotland en-gb-x-gbclan en-gb-x-gbcwmd en-gb-x-rp",
}  # fmt: skip
SPELL_LATIN = frozenset("ja my shn ba cv hyw kok ky nog ti".split())  # H, E, L, L, O

_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_ARABIC = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيٱ"
_PERSIAN = _ARABIC + "پچژگکی"
# script: {voice: its letters}, in the order in which they are tried
ALPHABETS = {
    "CYRILLIC": {
        "ru": _RUSSIAN, "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "be": "абвгдеёжзійклмнопрстуўфхцчшыьэюя",
        "sr": "абвгдђежзијклљмнњопрстћуфхцчџш", "mk": "абвгдѓежзѕијклљмнњопрстќуфхцчџшѐѝ",
        "ky": _RUSSIAN + "ңөү", "kk": _RUSSIAN + "әғқңөұүһі", "tt": _RUSSIAN + "әөүҗңһ", "ba": _RUSSIAN + "әөүғҡңҙҫһ",
        "cv": _RUSSIAN + "ӑӗҫӳ", "uz": _RUSSIAN + "ўқғҳ",
    },
    "ARABIC": {
        "ar": _ARABIC, "fa": _PERSIAN, "ur": _PERSIAN + "ٹڈڑںےہھۓۂۃۀ",
        "sd": _PERSIAN + "ٻڀٺٽٿڄڃڇڏڌڊڍڦڙڳڱڻھہ", "ug": _PERSIAN + "ەھۇۆۈۋېڭ",
    },
}  # fmt: skip
# Letters that mark a language within its script, where the alphabet alone does not
MARKED = {
    "HAN": ("yue", "嘅咗佢啲冇嚟唔哋喺"), "DEVANAGARI": ("mr", "ळ"), "BENGALI": ("as", "ৰৱ"),
    "ETHIOPIC": ("ti", "ቐቑቒቓቔቕቖ"), "MYANMAR": ("shn", "ၵၶၷၸၹၺၻၼၽၾၿႀႁႂႃႄႅႆႇႈႉႊ"),
}  # fmt: skip
# Bulgarian writes a hard sign as a vowel: before a consonant, where Russian has it only before е ё ю я
_BULGARIAN = re.compile("ъ[бвгджзйклмнопрстфхцчшщ]")
# Latin script: {voice: (letters that no other language with a voice has, its other letters beyond a to z)}
LATIN_LETTERS = {
    "vi": ("ơưạảấầẩẫậắằẳẵặẻếềểễệỉỏốồổộỗớờởỡợủứừửữựỳỵỷ", "àáâãăđèéêìíĩòóôõọẹẽịùúũụýỹ"), "pl": ("łśźżńęą", "ćó"),
    "cs": ("řěů", "áčďéíňóšťúýž"), "sk": ("ľĺŕ", "áäčďéíňóôšťúýž"), "hu": ("őű", "áéíóöúü"), "az": ("ə", "çğıöşü"),
    "tr": ("ğış", "çöü"), "de": ("ß", "äöü"), "ro": ("țșţ", "ăâî"), "lv": ("ķļņģ", "āčēīšūž"),
    "lt": ("ėįų", "ąčęšūž"), "eo": ("ĉĝĥĵŝŭ", ""), "mt": ("ħġċ", "żàèìòù"), "is": ("þð", "áéíóúýæö"),
    "cy": ("ŵŷ", "âêîôû"), "es": ("ñ¿¡", "áéíóúü"), "pt": ("ãõ", "áâàçéêíóôú"),
}  # fmt: skip
LATIN_SHARE = 1 / 3  # of the words, that must hold letters of the language beyond a to z, one of them its own
SYLLABLES = {"HAN": 3, "KANA": 2, "HANGUL": 3}  # scripts whose letter stands for so many of an alphabet
KANA_SHARE = 0.05  # of Chinese characters and kana, from which a text with both is Japanese

_LAST_READ = "\uffff"  # of Chinese characters; the rarest, beyond, are read as numbers

_SCRIPT_OF_NAME = {
    "CJK": "HAN", "IDEOGRAPHIC": "HAN", "KANGXI": "HAN", "HIRAGANA": "KANA", "KATAKANA": "KANA",
    "KATAKANA-HIRAGANA": "KANA", "FEMININE": "", "MASCULINE": "", "MODIFIER": "", "MICRO": "", "DOUBLE-STRUCK": "",
    "ALEF": "HEBREW", "BET": "HEBREW", "GIMEL": "HEBREW", "DALET": "HEBREW", "VERTICAL": "KANA",
}  # fmt: skip


def script_of(letter: str) -> str:
    """The script of a letter, as the first word of its Unicode name ("" for what any script uses)."""
    if not letter.isalpha():
        return ""
    first = unicodedata.name(letter, "").split(" ")[0]
    return _SCRIPT_OF_NAME.get(first, first)


def title_of(letter: str) -> str:
    """The script of a letter as people call it: "Lao", "Canadian Syllabics"."""
    name = re.split(r" (?:SMALL |CAPITAL )?(?:LETTER|SYLLABLE|VOWEL|SIGN|HIEROGLYPH|LIGATURE|CHARACTER|IDEOGRAPH)\b",
                    unicodedata.name(letter, "unknown"))[0]  # fmt: skip
    return name.title() if len(name) < 30 else name.split(" ")[0].title()


def reads(voice: str, script: str) -> bool:
    """Can a voice (its variant left off) read a script, other than by naming the letters?"""
    if script == "LATIN":
        return voice not in SPELL_LATIN
    return voice == VOICE_OF_SCRIPT.get(script) or voice in ALSO_READ.get(script, "").split()


def guess_language(text: str) -> str:
    """espeak-ng's voice for the script that most letters of `text` are in; Japanese if some are kana."""
    for script, _ in _counts(text, is_japanese(text)).most_common():
        if script in VOICE_OF_SCRIPT:
            return _voice_for(script, text)
    return DEFAULT_VOICE


def is_japanese(text: str, voice: str = None) -> bool:
    """Are Chinese characters in this text Japanese? Some kana among them say so, or the voice asked for."""
    name = (voice or "").partition("+")[0]
    if reads(name, "HAN") or name == "ja":
        return name == "ja"
    counts = Counter(map(script_of, text))
    return counts["KANA"] > KANA_SHARE * (counts["KANA"] + counts["HAN"])


def kanji_of(text: str, voice: str = None) -> str:
    """The Chinese characters of Japanese text, "" in other text."""
    return "".join(letter for letter in text if script_of(letter) == "HAN") if is_japanese(text, voice) else ""


def parts(text: str, voice: str = None, also=frozenset(), instead=str, quiet: bool = False) -> list:
    """A text as [(part, voice), ...], in order; the parts together are the text.

    Args:
        voice: read by this one whatever it can read, with or without a "+variant"; the rest is read by the voice
        of its script and the same variant. also: scripts that it reads beside Latin letters. instead: who speaks
        instead of one of espeak-ng's voices: a function of its name. quiet: no word about the rest.
    Raises:
        errors.TextError: letters that no voice can read; names their script.
    """
    name, plus, variant = (voice or "").partition("+")
    main = name or instead(guess_language(text))
    found = runs(text)
    own = {script for script, _ in found if name and (script in also or reads(name, script))}
    for script in own & also - {"LATIN"}:
        _checked_voice(script, text)  # of letters that none of espeak-ng's voices reads, none is known to anyone
    chosen = {script: name if script in own else instead(_checked_voice(script, text))
              for script in dict.fromkeys(script for script, _ in found) if script}  # fmt: skip
    others = sorted(set(chosen.values()) - {name}) if name else []
    if others and not quiet:
        logging.getLogger("course").warning("the voice %s does not read all of this text: %s %s the rest", voice,
                                            " and ".join(others), "reads" if len(others) == 1 else "read")
    joined = []
    for script, piece in found:
        speaker = chosen.get(script, main) + plus + variant
        if joined and joined[-1][1] == speaker:
            joined[-1] = (joined[-1][0] + piece, speaker)
        else:
            joined.append((piece, speaker))
    return joined


def _counts(text: str, japanese: bool = False) -> Counter:
    """How much of a text each script writes; Chinese characters in Japanese text count as kana."""
    counts = Counter(script_of(letter) for letter in text)
    counts.pop("", None)
    if japanese:
        counts["KANA"] += counts.pop("HAN", 0)
    return +Counter({script: count * SYLLABLES.get(script, 1) for script, count in counts.items()})


def runs(text: str) -> list:
    """[(script, piece), ...]; what no script owns stays with the letters before it, or at the start after it.

    A Latin or Greek letter that stands alone is a name (vitamin C, π) and stays with its surroundings.
    """
    found = []
    for letter in text:
        script = script_of(letter)
        if found and script in ("", found[-1][0]):
            found[-1][1] += letter
        elif found and not found[-1][0]:
            found[-1] = [script, found[-1][1] + letter]
        else:
            found.append([script, letter])
    kept = []
    for script, piece in found:
        alone = script in ("LATIN", "GREEK") and sum(map(str.isalpha, piece)) == 1
        if kept and (alone or script == kept[-1][0]):
            kept[-1][1] += piece
        elif kept and len(kept) == 1 and kept[0][2]:
            kept[0] = [script, kept[0][1] + piece, False]
        else:
            kept.append([script, piece, alone])
    return [(script, piece) for script, piece, _ in kept]


def _voice_for(script: str, text: str) -> str:
    """The voice for one script of a text."""
    lower = text.lower()
    if script == "LATIN":
        return _latin_voice(lower)
    if script == "CYRILLIC" and _BULGARIAN.search(lower) and not set(lower) & set("ыэёіѣ"):
        return "bg"
    if script in MARKED and set(text) & set(MARKED[script][1]):
        return MARKED[script][0]
    if script in ALPHABETS:
        counts = Counter(letter for letter in lower if script_of(letter) == script)
        known = {voice: sum(counts[letter] for letter in set(letters)) for voice, letters in ALPHABETS[script].items()}
        return max(known, key=known.get)  # the first of those with the most
    return VOICE_OF_SCRIPT[script]


def _latin_voice(lower: str) -> str:
    words = [word for word in lower.split() if any(script_of(letter) == "LATIN" for letter in word)]
    held = {voice: sum(not set(own + shared).isdisjoint(word) for word in words)
            for voice, (own, shared) in LATIN_LETTERS.items() if not set(own).isdisjoint(lower)}  # fmt: skip
    best = max(held, key=held.get, default=None)
    if best is None:
        return DEFAULT_VOICE
    return best if held[best] > LATIN_SHARE * len(words) else DEFAULT_VOICE


def _checked_voice(script: str, text: str) -> str:
    """The voice for a script. Raises `errors.TextError` where none reads it, or not all of its letters."""
    if script not in VOICE_OF_SCRIPT:
        letter = next(letter for letter in text if script_of(letter) == script)
        raise errors.TextError(f"no voice of espeak-ng reads {title_of(letter)} letters ({letter!r}): write the text "
                               "in a script that one of course.speech.voices() reads, or give a recording")
    voice = _voice_for(script, text)
    letters = ALPHABETS.get(script, {}).get(voice, "")
    own = {letter for letter in text.lower() if script_of(letter) == script}
    strange = sorted(own - set(letters)) if letters else []
    if script == "HAN":
        strange = sorted(letter for letter in own if letter > _LAST_READ)
    if strange:
        shown = ", ".join(strange[:5]) + (", ..." if len(strange) > 5 else "")
        raise errors.TextError(f"no voice of espeak-ng reads all {title_of(strange[0])} letters of this text; {voice}, "
                               f"the nearest, lacks {shown}: write them otherwise, or name a voice")
    return voice
