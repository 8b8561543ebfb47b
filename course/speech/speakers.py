"""One part of a text, said by one voice: `Speech`, whichever engine speaks.

Neural voices take a sentence or a few at a time, so long text needs no more memory than short.
"""

import ctypes
import gc

import numpy as np

from .. import errors
from . import alphabet, catalogue, english, hibari_voice, ipa, kokoro, mandarin, manner, neural, pitch, symbols
from .phonemes import F0_RATE, Phoneme, Speech

GROUP = 160  # symbols: Kokoro speaks short sentences poorly when they stand alone
KEPT = neural.KEPT_BEFORE + neural.KEPT_AFTER  # seconds of a voice's own silence between two sentences
_CLAUSE_END = frozenset(";:,—…")


def sentences_of(text: str, voice: str, language: str, settings):
    """What a neural voice says of a text: (`Speech`, its last symbol), in order; none if it finds nothing to say.

    Args:
        text: words of one language; voice: a neural voice; language: espeak's name of the text's language; settings:
        a `manner.Manner`.
    Raises:
        errors.TextError: as the engines and spellings have it.
    """
    engine = catalogue.neural(voice).engine
    if engine == "hibari":
        hibari_voice.prepare()
    rows = _rows(text, language)
    longest = hibari_voice.LONGEST if engine == "hibari" else kokoro.LONGEST
    for row in _fitting(_grouped(rows) if engine == "kokoro" else rows, longest):
        if any(symbol not in alphabet.GAPS for symbol in row):
            yield neural.speech_of(_spoken(row, voice, engine, settings), row, voice), row[-1]


def said_as(phonemes: str, voice: str, settings: manner.Manner) -> Speech | None:
    """One word by its sounds in IPA, as a neural voice says it; None if it knows none of them."""
    row = alphabet.known(ipa.of_written(phonemes))[: kokoro.LONGEST // 2]
    if all(symbol in alphabet.GAPS for symbol in row):
        return None
    engine = catalogue.neural(voice).engine
    return neural.speech_of(_spoken(row, voice, engine, settings), row, voice)


def check_pitch(voice: str, settings: manner.Manner) -> None:
    """Raises `errors.TextError` where a voice cannot speak higher or lower."""
    known = catalogue.neural(voice)
    if settings.pitch and known and known.engine == "kokoro":
        raise errors.TextError(f"the voice {voice} speaks at its own pitch only: leave pitch out, or choose "
                               f"{hibari_voice.NAME} or a voice of espeak-ng, such as {known.language}")


def _spoken(row: str, voice: str, engine: str, settings: manner.Manner) -> neural.Spoken:
    if engine == "hibari":
        return hibari_voice.say(row, settings.rate, settings.pitch)
    return kokoro.say(row, voice, settings.rate)


def _rows(text: str, language: str) -> list:
    """The symbols of each sentence."""
    text = symbols.in_words(text, language)
    if language == "cmn":
        found = [mandarin.symbols_of(sentence) for sentence in mandarin.sentences(text)]
    elif language.startswith("en"):
        found = [english.symbols_of(sentence, british=language == "en-gb") for sentence in english.sentences(text)]
    else:
        found = [ipa.symbols_of(sentence, language) for sentence in ipa.sentences(text)]
    return [row for row in (" ".join(alphabet.known(row).split()) for row in found) if row]


def _grouped(rows: list) -> list:
    """Neighbouring sentences together, up to `GROUP` symbols."""
    found = []
    for row in rows:
        if found and len(found[-1]) + 1 + len(row) <= GROUP:
            found[-1] += f" {row}"
        else:
            found.append(row)
    return found


def _fitting(rows: list, longest: int):
    """Rows of at most so many symbols: cut after a clause, at a space, or anywhere."""
    for row in rows:
        while len(row) > longest:
            places = ([i + 1 for i in range(longest // 2, longest) if row[i] in _CLAUSE_END]
                      or [i for i in range(longest // 2, longest) if row[i] == " "] or [longest])  # fmt: skip
            yield row[: places[-1]].strip()
            row = row[places[-1] :].strip()
        yield row


def with_pitch(samples: np.ndarray, rate: int, found: list, voice: str) -> Speech:
    """espeak-ng's samples and `Phoneme`s as `Speech`, with the pitch that the sound has in what is spoken."""
    hertz = pitch.f0_of(samples, rate)
    at = np.arange(len(hertz)) / F0_RATE
    for phoneme in found:
        if not phoneme.symbol:
            hertz[(at >= phoneme.start) & (at < phoneme.end)] = 0
    return Speech(samples, rate, found, voice, hertz)


def let_go() -> None:
    """Give back the memory of every network and lexicon; whoever speaks next loads what it needs, in a second."""
    for part in (hibari_voice, kokoro, english):
        part.let_go()
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)  # glibc keeps what was freed in small pieces unless it is told
    except (AttributeError, OSError, TypeError):
        pass  # another C library, which has no such function


def silence(seconds: float, rate: int) -> Speech:
    """Nothing, for a while."""
    count = round(seconds * rate)
    hertz = np.zeros(int(count / rate * F0_RATE) + 1, np.float32)
    return Speech(np.zeros(count, np.float32), rate, [Phoneme("", 0.0, count / rate)] if count else [], "", hertz)
