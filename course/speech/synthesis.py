"""Text to sound with timed phonemes, whichever voice speaks.

    text -> ssml: spans of one manner -> scripts: parts, each with its voice -> speakers, espeak: sound, phonemes,
    pitch -> joined

English is spoken by hibari-tts, other languages by Kokoro where it is installed, and every one of a hundred more by
espeak-ng (`catalogue` has them all).
"""

from dataclasses import replace

import numpy as np

from .. import errors
from ..io import sound
from . import catalogue, espeak, manner, plain_text, readings, scripts, speakers, ssml, symbols
from .phonemes import F0_RATE, Phoneme, Speech

LEAD_SILENCE, TAIL_SILENCE = 0.12, 0.35  # seconds around what is said: the mouth starts and ends closed
PAUSE = 0.06  # seconds; espeak marks shorter gaps too, which are closures of stops or Chinese tones
LONGEST_CLOSURE = 0.13  # seconds; how far back the silence before a stop belongs to the stop
STOPS = frozenset("pbtdkɡgqcɟʈɖʦ")
STRESS = {"ˈ": 2, "ˌ": 1}
JOINT = 0.06  # seconds between two voices within a clause
CLAUSE_JOINT, SENTENCE_JOINT = 0.18, 0.32  # and at the ends of clauses and sentences: about what one voice makes there
SENTENCE_ENDS = frozenset(".!?…。！？।؟።")
TIGHT = 0.025  # seconds of silence that are left between two spans of one sentence
FADE = 0.004  # seconds in which a part comes and goes, so that a joint does not click
LEVEL = 0.13  # root mean square of a neural voice where it is not quiet, about that of espeak-ng's
QUIET, PEAK = 0.01, 0.98
_KOKORO_READS = frozenset({"LATIN", "HAN", "DEVANAGARI"})


def synthesize(text: str, voice: str = None, settings=None) -> Speech:
    """Say `text`.

    Args:
        text: any script, several too: each part is read by a voice of its script. Tags, Markdown and emoji are not
        read; pauses, stress and the like that `ssml` knows are followed. voice: name out of `voices()`, an espeak-ng
        voice perhaps with a variant ("en-us+f3"): reads all it can read; None takes the best for the letters.
        settings: `speech.Manner` (rate, pitch) for any voice, or
        `espeak.Settings` on espeak-ng's own scales.
    Returns:
        Speech at 24,000 Hz, at 22,050 Hz where espeak-ng alone speaks, a little silence on both sides; its voice is
        the one that reads most.
    Raises:
        errors.TextError: nothing to say, too much (`plain_text.MAX_CHARACTERS`, `espeak.MAX_SECONDS`), no such
        voice, letters that no voice reads, a pitch that the voice does not have.
    """
    spans = ssml.parse(text)
    voice = None if voice is None else catalogue.find_voice(voice)
    words = " ".join(span.text for span in spans)
    main = voice or catalogue.guess_voice(words)
    said, seconds = [], 0.0
    for piece in _said_in_spans(spans, voice, main, settings):
        said.append(piece)
        seconds += piece.duration
        espeak.check_length(seconds * espeak.SAMPLE_RATE)
    if not any(phoneme.symbol for piece in said for phoneme in piece.phonemes):
        raise errors.TextError(f"the voice {main} finds nothing to pronounce in {plain_text.shown(words)}: "
                               "write words, or choose a voice of that language")
    return _joined(said, main)


# ---------------------------------------------------------------- who says what


def _said_in_spans(spans: list, voice: str | None, main: str, settings):
    """`Speech` after `Speech`: each span in its manner, after its pause; without one it goes on in the sentence.

    voice: that was asked for, if any; main: the whole text's, so that one stressed word of it is not taken for another
    language.
    """
    goes_on, japanese = False, scripts.is_japanese(" ".join(span.text for span in spans))
    for span, after in zip(spans, [*spans[1:], None]):
        if span.pause_before:
            yield speakers.silence(span.pause_before, espeak.SAMPLE_RATE)
        if not span.text:
            continue
        asked = catalogue.find_voice(span.voice) if span.voice else voice
        text = readings.with_kana(span.text, asked or ("ja" if japanese else None))
        parts = _parts(text, asked or (main if len(spans) > 1 else None), quiet=asked is None)
        _, _, decibels = span.manner
        more = after is not None and not after.pause_before
        in_manner = _in_manner(settings, span, parts)
        said = list(_said_in_parts(parts, in_manner, more))
        if span.phonemes and catalogue.neural(parts[0][1]):  # espeak-ng's own voices say the words instead
            own = speakers.said_as(span.phonemes, parts[0][1], manner.of_espeak(in_manner))
            said = said if own is None else [own]
        goes_on, came = more and _goes_on(text, last=False), goes_on
        for i, piece in enumerate(said):
            piece = _tightened(piece, came and i == 0, goes_on and i == len(said) - 1)
            yield replace(piece, samples=piece.samples * np.float32(10 ** (decibels / 20))) if decibels else piece


def _tightened(said: Speech, before: bool, after: bool) -> Speech:
    """Without the silence at its beginning or end, but for `TIGHT` of it: within a sentence words follow at once."""
    spoken = [phoneme for phoneme in said.phonemes if phoneme.symbol]
    if not spoken or not (before or after):
        return said
    start = max(0.0, spoken[0].start - TIGHT) if before else 0.0
    end = min(said.duration, spoken[-1].end + TIGHT) if after else said.duration
    cut = [replace(phoneme, start=max(phoneme.start, start) - start, end=min(phoneme.end, end) - start)
           for phoneme in said.phonemes if phoneme.end > start and phoneme.start < end]
    samples = said.samples[round(start * said.sample_rate) : round(end * said.sample_rate)]
    return replace(said, samples=samples, phonemes=cut, f0=said.f0[round(start * F0_RATE) : round(end * F0_RATE) + 1])


def _in_manner(settings, span: ssml.Span, parts: list):
    """The settings that were given, with what a span asks for; a voice that has no other pitch keeps its own."""
    if replace(span, text="", pause_before=0.0, voice=None, phonemes="") == ssml.Span(""):
        return settings
    common, (rate, pitch, _) = manner.of_espeak(settings), span.manner
    if any(known is not None and known.engine == "kokoro" for known in (catalogue.neural(part[1]) for part in parts)):
        pitch = 0.0
    return manner.Manner(float(np.clip(common.rate * rate, *manner.RATES)),
                         float(np.clip(common.pitch + pitch, *manner.PITCHES)))  # fmt: skip


def _parts(text: str, voice: str | None, quiet: bool) -> list:
    """[(piece of the text, voice, language it is read in)], in order; the language as espeak-ng calls it."""
    main = voice or catalogue.guess_voice(text)
    known = catalogue.neural(main)
    one_for_many = known is not None and known.engine == "kokoro"
    keeps_espeak = not quiet and known is None
    found = scripts.parts(text, main if one_for_many else voice, _KOKORO_READS if one_for_many else frozenset(),
                          str if keeps_espeak else catalogue.preferred, quiet=quiet)  # fmt: skip
    return [part for piece, speaker in found for part in _by_language(piece, speaker)]


def _by_language(text: str, voice: str) -> list:
    """A voice's piece of text, parted by language where it reads several."""
    known = catalogue.neural(voice)
    if known is None:
        return [(text, voice, voice)]
    if known.engine == "hibari":
        return [(text, voice, known.language)]
    found = []
    for script, piece in scripts.runs(text):
        language = {"HAN": "cmn", "DEVANAGARI": "hi"}.get(script, known.language)
        if script == "LATIN" and known.language in ("cmn", "hi"):
            language = scripts.DEFAULT_VOICE
        if found and found[-1][2] == language:
            found[-1] = (found[-1][0] + piece, voice, language)
        else:
            found.append((piece, voice, language))
    return found


def _said_in_parts(parts: list, settings, more: bool = False):
    """`Speech` after `Speech`, with the pauses between them; more: something follows the last part at once."""
    common = manner.of_espeak(settings)
    for voice in {voice for _, voice, _ in parts}:
        speakers.check_pitch(voice, common)
    for i, (text, voice, language) in enumerate(parts):
        last = i == len(parts) - 1 and not more
        pieces = _neural_part(text, voice, language, common, last) if catalogue.neural(voice) else iter(())
        first = next(pieces, None)
        if first is None:  # an espeak-ng voice, or one that finds nothing here to say
            espeak_voice = language if catalogue.neural(voice) else voice
            yield _espeak_part(text, espeak_voice, manner.for_espeak(settings), last)
            continue
        yield first
        yield from pieces


# ---------------------------------------------------------------- a neural voice's part


def _neural_part(text: str, voice: str, language: str, settings: manner.Manner, last: bool):
    """A part's sentences, each followed by its pause; the whole text's last by none."""
    goes_on = _goes_on(text, last)
    # a comma, so that the voice does not fall as at a sentence's end
    before = None
    for said, end in speakers.sentences_of(text + ("," if goes_on else ""), voice, language, settings):
        if before is not None:
            yield _with_pause(*before)
        before = said, end
    if before is not None:
        yield before[0] if last else _with_pause(before[0], "" if goes_on else before[1])


def _with_pause(said: Speech, end: str) -> Speech:
    """Silence after a sentence, so that with the rest of the voice's own it is as long as its last sign wants."""
    wanted = _pause_after(end) - speakers.KEPT
    return said if wanted <= 0 else _in_a_row([said, speakers.silence(wanted, said.sample_rate)], said.voice)


def _pause_after(sign: str) -> float:
    return JOINT if not sign or sign.isalnum() else SENTENCE_JOINT if sign in SENTENCE_ENDS else CLAUSE_JOINT


def _goes_on(text: str, last: bool) -> bool:
    return not last and text.rstrip()[-1:].isalnum()


# ---------------------------------------------------------------- espeak-ng's part


def _espeak_part(text: str, voice: str, settings: espeak.Settings, last: bool) -> Speech:
    """One voice; before the next voice, a pause as the text's last sign wants it."""
    goes_on = _goes_on(text, last)
    samples, rate, marks = espeak.speak(symbols.in_words(text, voice) + ("," if goes_on else ""), voice, settings)
    found = _timed(samples, rate, marks)
    loud = np.flatnonzero(np.abs(samples) > 1e-3)
    if last or not len(loud):
        return speakers.with_pitch(samples, rate, found, voice)
    pause = JOINT if goes_on else _pause_after(text.rstrip()[-1:] or " ")
    spoken = loud[-1] + 1
    samples = np.concatenate([samples[:spoken], np.zeros(round(pause * rate), np.float32)])
    found = [phoneme.until(min(phoneme.end, spoken / rate)) for phoneme in found if phoneme.start < spoken / rate]
    found.append(Phoneme("", spoken / rate, len(samples) / rate))
    return speakers.with_pitch(samples, rate, found, voice)


def _timed(samples, rate, marks) -> list:
    """Marks (symbol, first sample) as `Phoneme`s that follow each other without gap or overlap."""
    ends = [place for _, place in marks[1:]] + [len(samples)]
    found = []
    for (symbol, first), last in zip(marks, ends):
        start, end = first / rate, max(last, first) / rate
        spoken = symbol.lstrip("ˈˌ")
        is_sound = bool(spoken) and not spoken.startswith("(")  # "(en)": espeak changes its language here
        if not is_sound and (end - start < PAUSE) and found:
            found[-1] = found[-1].until(end)
        elif not is_sound:
            found.append(Phoneme("", start, end))
        else:
            if spoken[0] in STOPS and found:
                start = _closure_start(samples, rate, first, found[-1])
                found[-1] = found[-1].until(start)
            found.append(Phoneme(spoken, start, end, STRESS.get(symbol[0], 0)))
    return [phoneme for phoneme in found if phoneme.end > phoneme.start]


def _closure_start(samples, rate, burst, before) -> float:
    """When a stop closes. espeak marks its burst, but the mouth shuts where the silence before it begins."""
    earliest = max(int(before.start * rate), burst - int(LONGEST_CLOSURE * rate))
    if not before.symbol:  # in a pause all is silent: only a short piece of it belongs to the stop
        earliest = max(earliest, burst - int(PAUSE * rate))
    loud = np.flatnonzero(np.abs(samples[earliest:burst]) > 1e-3)
    return (earliest + loud[-1] + 1 if len(loud) else earliest) / rate


# ---------------------------------------------------------------- the whole


def _joined(said: list, voice: str) -> Speech:
    """Pieces one after the other, at one rate, fading in and out, with silence on both sides."""
    said = [piece for piece in said if len(piece.samples)]
    rate = max(piece.sample_rate for piece in said)
    if len(said) > 1:
        said = [_faded(_at_rate(piece, rate)) for piece in said]
    before, after = speakers.silence(LEAD_SILENCE, rate), speakers.silence(TAIL_SILENCE, rate)
    whole = _in_a_row([before, *_levelled(said), after], voice)
    whole.samples = whole.samples / max(1.0, float(np.abs(whole.samples).max()) / PEAK)
    return whole


def _levelled(said: list) -> list:
    """Every neural voice as loud as the others; espeak-ng's already are."""
    power = {}
    for piece in said:
        power.setdefault(piece.voice, []).append(piece.samples[np.abs(piece.samples) > QUIET])
    gains = {voice: LEVEL / max(float(np.sqrt(np.mean(np.square(np.concatenate(parts))))), 1e-3)
             for voice, parts in power.items() if catalogue.neural(voice) and sum(map(len, parts))}  # fmt: skip
    return [replace(piece, samples=piece.samples * np.float32(gains.get(piece.voice, 1.0))) for piece in said]


def _at_rate(said: Speech, rate: int) -> Speech:
    """The same at another rate; its times stay, but for less than a sample."""
    samples = sound.resample(said.samples, said.sample_rate, rate)
    found = said.phonemes[:-1] + [said.phonemes[-1].until(len(samples) / rate)] if said.phonemes else []
    return replace(said, samples=samples, sample_rate=rate, phonemes=found)


def _faded(said: Speech) -> Speech:
    width = min(round(FADE * said.sample_rate), len(said.samples))
    samples = said.samples.copy()
    samples[:width] *= np.linspace(0, 1, width, dtype=np.float32)
    samples[len(samples) - width :] *= np.linspace(1, 0, width, dtype=np.float32)
    return replace(said, samples=samples)


def _in_a_row(said: list, voice: str) -> Speech:
    """Pieces of one rate one after the other; a pause between two pauses is one with them."""
    rate = said[0].sample_rate
    samples = np.concatenate([piece.samples for piece in said])
    pitch = np.zeros(int(len(samples) / rate * F0_RATE) + 1, np.float32)
    found, at = [], 0
    for piece in said:
        start = at / rate
        for phoneme in piece.phonemes:
            moved = phoneme.moved(start)
            if found and not moved.symbol and not found[-1].symbol:
                found[-1] = found[-1].until(moved.end)
            else:
                if found:
                    found[-1] = found[-1].until(moved.start)
                found.append(moved)
        first = int(np.ceil(start * F0_RATE))
        own = np.round((np.arange(first, len(pitch)) / F0_RATE - start) * F0_RATE).astype(int)
        own = own[own < len(piece.f0)]
        pitch[first : first + len(own)] = piece.f0[own]
        at += len(piece.samples)
    return Speech(samples, rate, found, voice, pitch)
