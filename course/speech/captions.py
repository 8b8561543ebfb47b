"""Subtitles: what is said, in pieces that can be read at a glance, each with its time.

    text -> sentences -> pieces of a line or two -> times: sentences by the pauses of the voice, and within a sentence
    by its letters -> Cue -> SRT or WebVTT
"""

import unicodedata
from dataclasses import dataclass

import numpy as np

from . import mood, phrases

LONGEST = 64  # letters in a piece; one of Chinese counts as two
CLAUSE = 20  # letters by which a piece may be longer or shorter where a clause ends
HELD = 0.4  # seconds for which a piece stays after its last word, where nothing follows
SHORTEST = 0.7  # and for which one is shown at least, where there is room
CLAUSE_ENDS = tuple(",;:，；：、–—")


@dataclass(frozen=True)
class Cue:
    """What is read from `start` to `end` seconds."""

    start: float
    end: float
    text: str


def of_speech(text: str, speech) -> list:
    """The `Cue`s of a text and the `Speech` that says it."""
    sentences, found = mood.moods_of(text), []
    for sentence, phrase in zip(sentences, phrases.of_speech(text, speech.phonemes)):
        parts = _parts(" ".join(sentence.text.split()))
        times = _times([_length(part) for part in parts], phrase, speech.phonemes)
        found += [Cue(start, end, part) for part, (start, end) in zip(parts, times)]
    return _held(found, speech.duration)


def _parts(sentence: str) -> list:
    """A sentence in pieces of `LONGEST` at most, at clauses where there are some, and of about one length."""
    count = -(-_length(sentence) // LONGEST)
    if count <= 1:
        return [sentence]
    words, places = _words(sentence), []
    lengths = np.cumsum([_length(word) for word in words])
    for number in range(1, int(count)):
        wanted = lengths[-1] * number / count
        far = np.abs(lengths - wanted) - [CLAUSE if word.rstrip().endswith(CLAUSE_ENDS) else 0 for word in words]
        far[-1] = np.inf  # the last word ends the sentence
        places.append(int(far.argmin()) + 1)
    edges = sorted({0, *places, len(words)})
    return ["".join(words[a:b]).strip() for a, b in zip(edges, edges[1:])]


def _words(sentence: str) -> list:
    """Words with the space after them, or characters where a script has no spaces."""
    if any(_wide(letter) for letter in sentence):
        found = []
        for letter in sentence:
            if found and not _wide(letter):
                found[-1] += letter
            else:
                found.append(letter)
        return found
    return [word + " " for word in sentence.split(" ")]


def _wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF" and unicodedata.category(letter)[0] == "L"


def _length(text: str) -> int:
    return sum(2 if _wide(letter) else 1 for letter in text)


def _times(lengths: list, phrase: phrases.Phrase, phonemes: list) -> list:
    """(start, end) of each piece of a phrase: as much of what is spoken in it as the piece has of its letters."""
    spoken = [p for p in phonemes if p.symbol and p.start >= phrase.start - 1e-6 and p.end <= phrase.end + 1e-6]
    if not spoken or len(lengths) == 1:
        return [(phrase.start, phrase.end)] * len(lengths)
    passed = np.cumsum([p.end - p.start for p in spoken])
    shares = np.cumsum(lengths)[:-1] / np.sum(lengths) * passed[-1]
    last = [int(np.abs(passed - share).argmin()) for share in shares]
    ends = [spoken[k].end for k in last] + [phrase.end]
    starts = [phrase.start] + [spoken[min(k + 1, len(spoken) - 1)].start for k in last]
    return list(zip(starts, ends))


def _held(cues: list, duration: float) -> list:
    """Each shown a little longer, until the next one begins or the sound ends."""
    held = []
    for cue, following in zip(cues, [*(cue.start for cue in cues[1:]), duration]):
        end = min(max(cue.end + HELD, cue.start + SHORTEST), max(following, cue.end))
        held.append(Cue(float(cue.start), float(end), cue.text))
    return held


def as_text(cues: list, ending: str) -> str:
    """The text of a subtitle file; ending: ".srt" (SubRip) or ".vtt" (WebVTT)."""
    if ending == ".vtt":
        blocks = [f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{_escaped(cue.text)}\n" for cue in cues]
        return "\n".join(["WEBVTT\n", *blocks])
    return "\n".join(f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{cue.text}\n"
                     for number, cue in enumerate(cues, start=1))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float, comma: str) -> str:
    """Such as 00:01:02,345."""
    whole = round(1000 * seconds)
    return f"{whole // 3_600_000:02d}:{whole // 60_000 % 60:02d}:{whole // 1000 % 60:02d}{comma}{whole % 1000:03d}"
