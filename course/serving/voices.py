"""D-ID's words for a voice and its manner, as those of this system."""

import re

from .. import errors
from ..speech import catalogue, ssml

# "en-US-JennyNeural", "zh-CN-liaoning-XiaobeiNeural": a language, where it is spoken, who speaks
_MICROSOFT = re.compile(r"([a-z]{2,3})-([A-Za-z]{2,4})-(?:[A-Za-z]+-)?[A-Za-z]+")
_NUMBER = re.compile(r"([+-]?\d{1,3}(?:\.\d{1,3})?)\s*(%|st)?", re.IGNORECASE)


def voice_of(voice_id: str | None, language: str | None) -> str | None:
    """The voice that a request means, None for the best of the text's script.

    Raises:
        errors.TextError: there is no such voice or language; says the nearest.
    """
    if voice_id is None:
        return catalogue.preferred(_language(language)) if language else None
    try:
        return catalogue.find_voice(voice_id)
    except errors.TextError:
        named = _MICROSOFT.fullmatch(voice_id)
        if not named:
            raise
    return catalogue.preferred(_language("-".join(named.groups())))


def _language(name: str) -> str:
    """The name of a language's voice: "en-US", "English" or "en"."""
    try:
        return catalogue.find_voice(name)
    except errors.TextError:
        return catalogue.find_voice(name.partition("-")[0])


def rate_of(words: str | None) -> float:
    """Times the voice's own pace: "0.8", "+20%", "slow". Raises `errors.TextError`."""
    return _number(words, 1.0, ssml.RATES, "rate", {"": lambda value: value, "%": lambda value: 1 + value / 100})


def pitch_of(words: str | None) -> float:
    """Semitones above the voice's own pitch: "+2st", "low". Raises `errors.TextError`."""
    return _number(words, 0.0, ssml.PITCHES, "pitch", {"st": lambda value: value})


def _number(words: str | None, usual: float, names: dict, what: str, units: dict) -> float:
    if words is None:
        return usual
    if words.strip().lower() in names:
        return names[words.strip().lower()]
    read = _NUMBER.fullmatch(words.strip())
    unit = (read[2] or "").lower() if read else None
    if unit not in units:
        shown = {"rate": "0.8, +20%", "pitch": "+2st"}[what]
        raise errors.TextError(f"a {what} is {shown} or one of {', '.join(names)}, not {words[:40]!r}")
    return units[unit](float(read[1]))
