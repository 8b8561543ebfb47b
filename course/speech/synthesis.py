"""Text to sound with timed phonemes.

    text -> plain_text -> scripts: parts, each with its voice -> espeak: samples, phonemes -> joined

The voice is espeak-ng (GPL-3.0-or-later, loaded from the wheel `espeakng-loader`; see `course/speech/espeak.py`).
"""

import difflib
from dataclasses import dataclass, field

import numpy as np

from .. import errors
from . import espeak, plain_text, readings, scripts, symbols

LEAD_SILENCE, TAIL_SILENCE = 0.12, 0.35  # seconds around what is said: the mouth starts and ends closed
PAUSE = 0.06  # seconds; espeak marks shorter gaps too, which are closures of stops or Chinese tones
LONGEST_CLOSURE = 0.13  # seconds; how far back the silence before a stop belongs to the stop
STOPS = frozenset("pbtdkɡgqcɟʈɖʦ")
STRESS = {"ˈ": 2, "ˌ": 1}
JOINT = 0.06  # seconds between two voices within a clause
CLAUSE_JOINT, SENTENCE_JOINT = 0.18, 0.32  # and at the ends of clauses and sentences: about what one voice makes there
SENTENCE_ENDS = frozenset(".!?…。！？।؟።")
FADE = 0.004  # seconds in which a part comes and goes, so that a joint does not click

# Names that people give to voices which espeak calls otherwise
OTHER_NAMES = {
    "en": "en-us", "english": "en-us", "zh": "cmn", "zh-cn": "cmn", "chinese": "cmn", "mandarin": "cmn",
    "pinyin": "cmn-latn-pinyin", "cantonese": "yue", "fr": "fr-fr", "french": "fr-fr", "no": "nb",
    "norwegian": "nb", "spanish": "es", "portuguese": "pt", "vietnamese": "vi", "russian": "ru",
}  # fmt: skip


@dataclass(frozen=True)
class Phoneme:
    """One sound of speech: IPA symbol ("" is a pause), start and end in seconds, stress 0, 1 or 2."""

    symbol: str
    start: float
    end: float
    stress: int = 0


@dataclass
class Speech:
    """What was said: float32 samples (N,) in [-1, 1], their rate in Hz, and the phonemes in order."""

    samples: np.ndarray
    sample_rate: int
    phonemes: list = field(default_factory=list)
    voice: str = ""

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / self.sample_rate


def voices() -> tuple:
    """Every voice as `espeak.Voice(name, title, file)`, by name."""
    return espeak.installed_voices()


def find_voice(name: str) -> str:
    """The full name of a voice that was asked for by name or title, in any case, perhaps with "+variant".

    Raises:
        errors.TextError: there is none; says the nearest names.
    """
    base, plus, variant = str(name).strip().partition("+")
    known = {voice.name.lower(): voice.name for voice in voices()}
    by_title = {voice.title.lower(): voice.name for voice in voices()}
    wanted = base.lower().replace("_", "-")
    found = known.get(wanted) or OTHER_NAMES.get(wanted) or by_title.get(base.lower())
    if not found:
        near = difflib.get_close_matches(wanted, [*known, *by_title], n=3, cutoff=0.5)
        near = list(dict.fromkeys(known.get(key) or by_title[key] for key in near))
        near += [key for key in known.values() if key.startswith(wanted[:2]) and key not in near]
        hint = f"did you mean {', '.join(near[:4])}?" if near else "course.speech.voices() lists them"
        raise errors.TextError(f"there is no voice {name!r}: {hint}")
    if plus and variant not in espeak.variants():
        near = difflib.get_close_matches(variant, espeak.variants(), n=3, cutoff=0.0)
        raise errors.TextError(f"the voice {found} has no variant {variant!r}: did you mean {', '.join(near)}?")
    return found + plus + variant


def synthesize(text: str, voice: str = None, settings: espeak.Settings = None) -> Speech:
    """Say `text` with espeak-ng.

    Args:
        text: any script, several too: each part is read by a voice of its script. Tags, Markdown and emoji are not
        read. voice: name out of `voices()`, perhaps with a variant ("en-us+f3"): reads all it can read; None
        guesses from the letters. settings: rate, pitch and so on.
    Returns:
        Speech at 22,050 Hz, a little silence on both sides; its voice is the one that reads most.
    Raises:
        errors.TextError: nothing to say, too much (`plain_text.MAX_CHARACTERS`, `espeak.MAX_SECONDS`), no such
        voice, letters that no voice reads.
    """
    words = plain_text.plain(text)
    voice = None if voice is None else find_voice(voice)
    parts = scripts.parts(readings.with_kana(words, voice), voice)
    voice = voice or scripts.guess_voice(words)
    said = [_say_part(part, speaker, settings, last=i == len(parts) - 1) for i, (part, speaker) in enumerate(parts)]
    said = [part for part in said if len(part[0])]
    espeak.check_length(sum(len(samples) for samples, _ in said))
    phonemes = _moved_together(said)
    if not any(phoneme.symbol for phoneme in phonemes):
        raise errors.TextError(f"the voice {voice} finds nothing to pronounce in {plain_text.shown(words)}: "
                               "write words, or choose a voice of that language")
    return _padded(np.concatenate([samples for samples, _ in said]), espeak.SAMPLE_RATE, phonemes, voice)


def _say_part(text: str, voice: str, settings, last: bool) -> tuple:
    """One voice: samples (N,) and `Phoneme`s; before the next voice, a pause as the text's last sign wants it."""
    end = text.rstrip()[-1:]
    goes_on = not last and end.isalnum()
    # a comma, so that the voice does not fall as at a sentence's end
    samples, rate, marks = espeak.speak(symbols.in_words(text, voice) + ("," if goes_on else ""), voice, settings)
    phonemes = _timed(samples, rate, marks)
    loud = np.flatnonzero(np.abs(samples) > 1e-3)
    if last or not len(loud):
        return samples, phonemes
    pause = JOINT if goes_on else SENTENCE_JOINT if end in SENTENCE_ENDS else CLAUSE_JOINT
    spoken = loud[-1] + 1
    samples = np.concatenate([samples[:spoken], np.zeros(round(pause * rate), np.float32)])
    phonemes = [_until(phoneme, min(phoneme.end, spoken / rate)) for phoneme in phonemes
                if phoneme.start < spoken / rate]  # fmt: skip
    return samples, phonemes + [Phoneme("", spoken / rate, len(samples) / rate)]


def _moved_together(said: list) -> list:
    """The phonemes of parts that follow each other, in seconds of the whole; the parts fade in and out, in place."""
    phonemes, at = [], 0
    for samples, own in said:
        if len(said) > 1:
            width = min(round(FADE * espeak.SAMPLE_RATE), len(samples))
            samples[:width] *= np.linspace(0, 1, width, dtype=np.float32)
            samples[len(samples) - width :] *= np.linspace(1, 0, width, dtype=np.float32)
        shift = at / espeak.SAMPLE_RATE
        moved = [Phoneme(p.symbol, p.start + shift, p.end + shift, p.stress) for p in own]
        if phonemes and moved:
            phonemes[-1] = _until(phonemes[-1], moved[0].start)
        phonemes += moved
        at += len(samples)
    return phonemes


def _timed(samples, rate, marks) -> list:
    """Marks (symbol, first sample) as `Phoneme`s that follow each other without gap or overlap."""
    ends = [place for _, place in marks[1:]] + [len(samples)]
    phonemes = []
    for (symbol, first), last in zip(marks, ends):
        start, end = first / rate, max(last, first) / rate
        spoken = symbol.lstrip("ˈˌ")
        is_sound = bool(spoken) and not spoken.startswith("(")  # "(en)": espeak changes its language here
        if not is_sound and (end - start < PAUSE) and phonemes:
            phonemes[-1] = _until(phonemes[-1], end)
        elif not is_sound:
            phonemes.append(Phoneme("", start, end))
        else:
            if spoken[0] in STOPS and phonemes:
                start = _closure_start(samples, rate, first, phonemes[-1])
                phonemes[-1] = _until(phonemes[-1], start)
            phonemes.append(Phoneme(spoken, start, end, STRESS.get(symbol[0], 0)))
    return [phoneme for phoneme in phonemes if phoneme.end > phoneme.start]


def _until(phoneme: Phoneme, end: float) -> Phoneme:
    return Phoneme(phoneme.symbol, phoneme.start, end, phoneme.stress)


def _closure_start(samples, rate, burst, before) -> float:
    """When a stop closes. espeak marks its burst, but the mouth shuts where the silence before it begins."""
    earliest = max(int(before.start * rate), burst - int(LONGEST_CLOSURE * rate))
    if not before.symbol:  # in a pause all is silent: only a short piece of it belongs to the stop
        earliest = max(earliest, burst - int(PAUSE * rate))
    loud = np.flatnonzero(np.abs(samples[earliest:burst]) > 1e-3)
    return (earliest + loud[-1] + 1 if len(loud) else earliest) / rate


def _padded(samples, rate, phonemes, voice) -> Speech:
    lead, tail = round(LEAD_SILENCE * rate), round(TAIL_SILENCE * rate)
    shift, end = lead / rate, (lead + len(samples)) / rate
    moved = [Phoneme("", 0.0, shift + phonemes[0].start)]
    moved += [Phoneme(p.symbol, p.start + shift, p.end + shift, p.stress) for p in phonemes]
    moved.append(Phoneme("", end, end + tail / rate))
    return Speech(np.pad(samples, (lead, tail)), rate, moved, voice)
