"""What is said, and how: a small part of SSML, and marks that people type, become spans with one manner each.

    "Wait [pause 0.5] *now*"  ->  Span("Wait"), Span("now", emphasis=1, pause_before=0.5)

Of "Speech Synthesis Markup Language (SSML) Version 1.1" (W3C, 2010): `<speak>`, `<p>`, `<s>`,
`<break time= strength=>`, `<emphasis level=>`, `<prosody rate= pitch=>`, `<sub alias=>`,
`<say-as interpret-as= format=>`, `<phoneme alphabet="ipa" ph=>`, `<voice name=>`. Plain marks: `[pause]`, `[pause 0.5]`
(seconds; `500ms` too), `*stressed*` and `**strong**`.

Nothing here is an XML parser: tags are looked for in text, so a tag that is broken is dropped and its words stay, no
entity is filled in, and no depth of nesting costs anything.
"""

import html
import math
import re
from dataclasses import dataclass, replace

from . import plain_text, say_as

LONGEST_PAUSE = 10.0  # seconds
SLOWEST, FASTEST = 0.5, 2.0  # times the voice's own rate
HIGHEST = 10.0  # semitones away from the voice's own pitch
PAUSES = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.7, "x-strong": 1.2}  # seconds
RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.3, "x-fast": 1.7}
PITCHES = {"x-low": -6.0, "low": -3.0, "medium": 0.0, "default": 0.0, "high": 3.0, "x-high": 6.0}  # semitones
EMPHASES = {"reduced": -1, "none": 0, "moderate": 1, "strong": 2}
# What a voice that knows no stress does instead: (times the rate, semitones, decibels)
MANNER = {-1: (1.08, -0.7, -2.0), 0: (1.0, 0.0, 0.0), 1: (0.90, 1.5, 2.0), 2: (0.80, 2.5, 3.5)}

_ATTRIBUTE = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|[\"']?([^\s\"'<>/]*))")
_NUMBER = re.compile(r"([+-]?(?:\d{1,6}(?:\.\d{0,6})?|\.\d{1,6}))\s*(ms|s|sec|%|st|semitones|hz)?", re.I)


@dataclass(frozen=True)
class Span:
    """Words that are said in one manner.

    text: to say; "" in a span that is only a pause; rate: times the voice's own; pitch: semitones above the voice's
    own; emphasis: -1 reduced, 0 none, 1 moderate, 2 strong; pause_before: seconds of silence before it; phonemes: IPA
    to be said in place of the text, or ""; voice: its name, None for that of the whole.
    """

    text: str
    rate: float = 1.0
    pitch: float = 0.0
    emphasis: int = 0
    pause_before: float = 0.0
    phonemes: str = ""
    voice: str | None = None

    @property
    def manner(self) -> tuple:
        """(times the voice's rate, semitones, decibels), its emphasis included: for voices that know only these."""
        rate, semitones, decibels = MANNER[self.emphasis]
        return self.rate * rate, self.pitch + semitones, decibels


def parse(text: str, language: str | None = None) -> list:
    """The `Span`s of a text, in order; a text without marks is one span of `plain_text.plain(text)`.

    language: in which `<say-as>` is worded, as espeak-ng's voices are named ("en-gb", "cmn"); None: that of the words.

    Raises:
        errors.TextError: as `plain_text.plain`: no string, too long, nothing to pronounce.
    """
    plain_text.check(text)
    found = plain_text.without_declarations(text) if "<" in text else text
    tags, pieces, at = [], [], 0
    for tag in _MARKUP.finditer(found):  # in the text as it came: IPA is no look of a letter
        pieces += [plain_text.letters(found[at : tag.start()]), chr(plain_text.FIRST_MARK + len(tags))]
        tags.append(_read(tag))
        at = tag.end()
    found = "".join([*pieces, plain_text.letters(found[at:])])
    words = plain_text.cleaned(found, marked=True)
    if not plain_text.has_words(_MARKS.sub("", words)):
        raise plain_text.nothing_to_say(text)
    spans = _Reader(tags, say_as.language_of(_MARKS.sub("", words), language)).read(words)
    return spans or [Span(_MARKS.sub("", words))]


_MARKS = re.compile(f"[{plain_text.STRESSED}{plain_text.STRONG}{plain_text.PLAIN_AGAIN}"
                    f"{chr(plain_text.FIRST_MARK)}-{chr(plain_text.FIRST_MARK + plain_text.MAX_CHARACTERS)}]")


_MARKUP = re.compile(f"{plain_text.SSML_TAG.pattern}|{plain_text.PAUSE.pattern}", re.I)


def _read(tag) -> tuple:
    """What a tag or a plain mark says: (name, whether it closes, whether it is empty, attributes)."""
    if tag[2]:
        return tag[2].lower(), bool(tag[1]), bool(tag[4]), _attributes(tag[3])
    return "break", False, True, {"time": tag[5] + (tag[6] or "s")} if tag[5] else {}


def _attributes(text: str) -> dict:
    return {found[1].lower().rpartition(":")[2]: html.unescape(found[2] or found[3] or found[4] or "").strip()
            for found in _ATTRIBUTE.finditer(text)}


class _Reader:
    """Walks over cleaned words and marks, with the manner that holds at the moment."""

    def __init__(self, tags: list, language: str):
        self.tags, self.language = tags, language
        self.spans, self.manner, self.pause = [], Span(""), 0.0
        self.open = []  # (name, the manner before it, attributes, number of spans before it)

    def read(self, words: str) -> list:
        """The spans of a text with marks in it."""
        at = 0
        for found in _MARKS.finditer(words):
            self._say(words[at : found.start()])
            self._mark(found[0])
            at = found.end()
        self._say(words[at:])
        while self.open:  # tags that nobody closed hold to the end
            self._close(self.open[-1][0])
        if self.pause:
            self.spans.append(Span("", pause_before=self.pause))
        return _joined(self.spans)

    def _say(self, words: str) -> None:
        # a stop that belongs to what was said before the mark
        if self.spans and words[:1] in tuple(",.;:!?。，；：！？、…") and words[:1] and not self.pause:
            last = self.spans[-1]
            self.spans[-1] = replace(last, text=last.text + words[:1])
            words = words[1:]
        if words.strip():
            self.spans.append(replace(self.manner, text=words, pause_before=self.pause))
            self.pause = 0.0

    def _mark(self, mark: str) -> None:
        if mark in (plain_text.STRESSED, plain_text.STRONG):
            self._open("*", {"level": "strong" if mark == plain_text.STRONG else "moderate"})
        elif mark == plain_text.PLAIN_AGAIN:
            self._close("*")
        else:
            name, closes, empty, attributes = self.tags[ord(mark) - plain_text.FIRST_MARK]
            if name == "break":
                self.pause = min(LONGEST_PAUSE, self.pause + (0.0 if closes else pause_of(attributes)))
            elif closes:
                self._close(name)
            elif not empty:
                self._open(name, attributes)

    def _open(self, name: str, attributes: dict) -> None:
        self.open.append((name, self.manner, attributes, len(self.spans)))
        now = self.manner
        if name in ("emphasis", "*"):
            self.manner = replace(now, emphasis=EMPHASES.get(attributes.get("level", "moderate").lower(), 1))
        elif name == "prosody":
            rate = min(FASTEST, max(SLOWEST, now.rate * rate_of(attributes.get("rate", ""))))
            pitch = min(HIGHEST, max(-HIGHEST, now.pitch + pitch_of(attributes.get("pitch", ""))))
            self.manner = replace(now, rate=rate, pitch=pitch)
        elif name == "voice" and attributes.get("name"):
            self.manner = replace(now, voice=attributes["name"])

    def _close(self, name: str) -> None:
        """End the innermost tag of that name, and those inside it; an end without a beginning is nothing."""
        if all(name != known for known, *_ in self.open):
            return
        while True:
            known, self.manner, attributes, first = self.open.pop()
            if known in ("sub", "say-as", "phoneme"):
                self._reword(known, attributes, first)
            if known == name:
                return

    def _reword(self, name: str, attributes: dict, first: int) -> None:
        """What a tag has said since span number `first`, said otherwise."""
        inside = self.spans[first:]
        words = " ".join(span.text.strip() for span in inside)
        if not inside:
            return
        phonemes = ""
        if name == "sub":
            words = plain_text.cleaned(plain_text.letters(attributes.get("alias") or words))
        elif name == "say-as":
            words = say_as.said(words, attributes.get("interpret-as", "").lower(), self.language,
                                attributes.get("format", "").lower())
        elif attributes.get("alphabet", "ipa").lower() == "ipa":
            phonemes = attributes.get("ph", "")
        before = " " if inside[0].text[:1] == " " else ""
        self.spans[first:] = [replace(inside[0], text=before + words, phonemes=phonemes)]


def _joined(spans: list) -> list:
    """Neighbours of one manner as one span, each trimmed; spans without words and pause are left out."""
    joined = []
    for span in spans:
        alike = joined and not (span.pause_before or span.phonemes or joined[-1].phonemes)
        if alike and replace(joined[-1], text="", pause_before=0.0) == replace(span, text=""):
            joined[-1] = replace(joined[-1], text=joined[-1].text + span.text)
        else:
            joined.append(span)
    trimmed = [replace(span, text=re.sub(r"^[\s,]+", "", " ".join(span.text.split()))) for span in joined]
    return [span for span in trimmed if span.text or span.pause_before or span.phonemes]


def pause_of(attributes: dict) -> float:
    """Seconds of a `<break>` with these attributes, at most `LONGEST_PAUSE`; what it does not say well is medium."""
    number = _NUMBER.fullmatch(attributes.get("time", ""))
    if number and (number[2] or "s").lower() in ("s", "sec", "ms"):
        seconds = float(number[1]) / (1000 if (number[2] or "").lower() == "ms" else 1)
        return min(LONGEST_PAUSE, max(0.0, seconds))
    return PAUSES.get(attributes.get("strength", "medium").lower(), PAUSES["medium"])


def rate_of(word: str) -> float:
    """Times the rate: "slow", "80%" (of the rate), "+10%", "1.2"; 1 for what is none of these."""
    number = _NUMBER.fullmatch(word)
    if not number or (number[2] or "%") != "%":
        return RATES.get(word.lower(), 1.0)
    value = float(number[1])
    if number[2]:
        value = 1 + value / 100 if word[0] in "+-" else value / 100
    return min(FASTEST, max(SLOWEST, value)) if value > 0 else 1.0


def pitch_of(word: str) -> float:
    """Semitones: "high", "+2st", "+10%"; 0 for what is none of these, hertz among them."""
    number = _NUMBER.fullmatch(word)
    if not number:
        return PITCHES.get(word.lower(), 0.0)
    unit, value = (number[2] or "").lower(), float(number[1])
    if unit in ("st", "semitones"):
        return value
    ratio = 1 + value / 100 if word[0] in "+-" else value / 100
    return 12 * math.log2(ratio) if unit == "%" and ratio > 0.1 else 0.0
