"""Every voice there is, by name: hibari's, Kokoro's where its network is installed, and espeak-ng's.

Who names none gets the best one for the letters of the text; who names a language (`es`) gets espeak-ng's.
"""

import difflib
import functools
import importlib.util
from dataclasses import dataclass

from .. import errors
from . import espeak, hibari_voice, kokoro, mandarin, scripts

# Names that people give to voices which espeak calls otherwise
OTHER_NAMES = {
    "en": "en-us", "english": "en-us", "zh": "cmn", "zh-cn": "cmn", "chinese": "cmn", "mandarin": "cmn",
    "pinyin": "cmn-latn-pinyin", "cantonese": "yue", "fr": "fr-fr", "french": "fr-fr", "no": "nb",
    "norwegian": "nb", "spanish": "es", "portuguese": "pt", "vietnamese": "vi", "russian": "ru",
}  # fmt: skip
# First letter of Kokoro's names: (the espeak voice of its language, its title)
LANGUAGES = {"a": ("en-us", "English (America)"), "b": ("en-gb", "English (Great Britain)"), "e": ("es", "Spanish"),
             "f": ("fr-fr", "French"), "h": ("hi", "Hindi"), "i": ("it", "Italian"),
             "p": ("pt-br", "Portuguese (Brazil)"), "z": ("cmn", "Chinese (Mandarin)")}  # fmt: skip
INSTALL = "pip install 'living-portraits[voices]'"
SEXES = {"f": "female", "m": "male"}
# Kokoro's voices in data/voices.safetensors, the best of a language and sex first
KOKORO = ("af_heart", "af_bella", "am_michael", "bf_emma", "bm_george", "ef_dora", "em_alex", "ff_siwis", "hf_alpha",
          "hm_omega", "if_sara", "im_nicola", "pf_dora", "pm_alex", "zf_xiaobei", "zm_yunxi")  # fmt: skip
# Who speaks when nobody is named: {espeak's voice for the letters: the voice}
PREFERRED = {"en-us": hibari_voice.NAME, "cmn": "zf_xiaobei", "es": "ef_dora", "pt": "pf_dora", "hi": "hf_alpha"}


@dataclass(frozen=True)
class Voice:
    """A voice: `name` is what to ask for, `title` its language for a person.

    engine: "hibari", "kokoro" or "espeak"; language: espeak's name of the language; sex: "female", "male", or "" where
    an engine has one timbre for all; licence: of the voice.
    """

    name: str
    title: str
    engine: str
    language: str
    sex: str = ""
    licence: str = "Apache-2.0"


@functools.lru_cache(maxsize=1)
def voices() -> tuple:
    """Every voice that can speak here: hibari's, Kokoro's, then espeak-ng's by name."""
    return neural_voices() + tuple(Voice(voice.name, voice.title, "espeak", voice.name, "", "GPL-3.0-or-later")
                                   for voice in espeak.installed_voices())  # fmt: skip


@functools.lru_cache(maxsize=1)
def neural_voices() -> tuple:
    """The neural voices that can speak here."""
    found = []
    if importlib.util.find_spec("hibari"):
        found.append(Voice(hibari_voice.NAME, LANGUAGES["a"][1], "hibari", "en-us", "female"))
        if kokoro.is_installed():  # hibari's lexicon reads its English
            found += [_of_kokoro(name) for name in KOKORO if name[0] != "z" or mandarin.is_installed()]
    return tuple(found)


def _of_kokoro(name: str) -> Voice:
    language, title = LANGUAGES[name[0]]
    return Voice(name, title, "kokoro", language, SEXES[name[1]])


def neural(name: str):
    """The neural `Voice` of that name, or None."""
    return next((voice for voice in neural_voices() if voice.name == name), None)


def preferred(language: str) -> str:
    """The best voice here for a language that espeak-ng calls so."""
    name = PREFERRED.get(language, language)
    return name if neural(name) else language


def guess_voice(text: str) -> str:
    """The best voice here for the script that most letters of `text` are written in."""
    return preferred(scripts.guess_language(text))


def find_voice(name: str) -> str:
    """The full name of a voice that was asked for by name or language, in any case, perhaps with "+variant".

    Raises:
        errors.TextError: there is none; says the nearest names, or what to install.
    """
    base, plus, variant = str(name).strip().partition("+")
    wanted = base.lower().replace("_", "-")
    by_name = {voice.name.lower().replace("_", "-"): voice.name for voice in voices()}
    by_title = {voice.title.lower(): voice.name for voice in voices() if voice.engine == "espeak"}
    by_title |= {known.name.partition("_")[2]: known.name for known in neural_voices() if "_" in known.name
                 and known.name.partition("_")[2] not in by_name}  # "bella" for "af_bella"  # fmt: skip
    found = by_name.get(wanted) or OTHER_NAMES.get(wanted) or by_title.get(base.lower())
    if not found:
        raise errors.TextError(f"there is no voice {name!r}: {_hint(wanted, by_name, by_title)}")
    if plus and neural(found):
        raise errors.TextError(f"the voice {found} has no variants: leave out +{variant}; espeak-ng's voices have some")
    if plus and variant not in espeak.variants():
        near = difflib.get_close_matches(variant, espeak.variants(), n=3, cutoff=0.0)
        raise errors.TextError(f"the voice {found} has no variant {variant!r}: did you mean {', '.join(near)}?")
    return found + plus + variant


def _hint(wanted: str, by_name: dict, by_title: dict) -> str:
    """What to do about a name that nobody has."""
    if wanted.replace("-", "_") in KOKORO:
        return f"Kokoro speaks it once it is installed: {INSTALL}"
    near = difflib.get_close_matches(wanted, [*by_name, *by_title], n=3, cutoff=0.5)
    near = list(dict.fromkeys(by_name.get(key) or by_title[key] for key in near))
    near += [key for key in by_name.values() if key.startswith(wanted[:2]) and key not in near]
    return f"did you mean {', '.join(near[:4])}?" if near else "`course voices` lists them"


def missing() -> str:
    """What brings more voices, in a line; "" where all are here."""
    here = {voice.name for voice in neural_voices()}
    absent = [name for name in KOKORO if name not in here]
    if not absent:
        return ""
    return f"{len(absent)} more that sound like people ({', '.join(absent)}): {INSTALL}"


def of_language(wanted: str = None) -> list:
    """The voices of a language, by its code or its name ("fr", "Chinese"); all without one.

    Raises:
        errors.TextError: no voice speaks it.
    """
    if wanted is None:
        return list(voices())
    word = wanted.strip().lower().replace("_", "-")
    code = OTHER_NAMES.get(word, word).partition("-")[0]
    found = [voice for voice in voices() if voice.language.lower().partition("-")[0] == code
             or (len(word) > 3 and word in voice.title.lower())]  # fmt: skip
    if not found:
        titles = sorted({voice.title.split(" (")[0] for voice in voices()})
        near = difflib.get_close_matches(wanted.title(), titles, n=3, cutoff=0.5)
        raise errors.TextError(f"no voice speaks {wanted!r}: " + (f"did you mean {', '.join(near)}?" if near else
                               "`course voices` lists all"))  # fmt: skip
    return found
