"""Whatever is typed is spoken or refused in one line: random text into random voices, and the process lives.

A few seconds with a fixed seed; COURSE_FUZZ_SECONDS=600 COURSE_FUZZ_SEED=1 for the long form (pytest -s prints counts).
"""

import os
import random
import time
from collections import Counter

from course import errors, speech
from course.speech import catalogue, espeak

BLOCKS = ((0x20, 0x7E), (0x20, 0x7E), (0xA0, 0x24F), (0x250, 0x36F), (0x370, 0x3FF), (0x400, 0x52F), (0x530, 0x6FF),
          (0x700, 0x8FF), (0x900, 0xDFF), (0xE00, 0xEFF), (0xF00, 0x10FF), (0x1100, 0x11FF), (0x1200, 0x18AF),
          (0x1D00, 0x1DFF), (0x1E00, 0x20FF), (0x2100, 0x27FF), (0x3000, 0x30FF), (0x4E00, 0x5200), (0xAC00, 0xAE00),
          (0xD800, 0xDFFF), (0xE000, 0xE0FF), (0xF900, 0xFFFF), (0x1D400, 0x1D7FF), (0x1F000, 0x1FAFF),
          (0xE0000, 0xE01EF), (0, 0x1F))  # fmt: skip
PATTERNS = ("s'", "a.", "é'", "x-", "_", "1", "1.", "A", "&", "#a ", "`", "**a", "<b>", "a'b", "\u0301", "\u200d", "ш.",
            "中.", "가'", "ก", "क्", "12:", "@", "a@b.", "(", "\"", "'", "-", "--", "%", "$1", "e1", "ß", "İ", "ﷺ")
WORDS = ("hello", "world", "it's", "3.14", "1/2/2024", "12:30", "привет", "мир", "你好", "天气", "こんにちは", "안녕",
         "नमस्ते", "สวัสดี", "مرحبا", "سلام", "שלום", "γειά", "გამარჯობა", "ትግርኛ", "தமிழ்", "e-mail", "a@b.com",
         "#tag", "😀", "x<5", "&amp;", "**b**", "I", "II.", "№5", "5°C", "€20")  # fmt: skip


def random_text(rng) -> str:
    """One of four kinds: a pattern many times, words of several scripts, letters of a few blocks, all of Unicode."""
    kind = rng.randrange(4)
    if kind == 0:
        pattern = "".join(rng.choice(PATTERNS) for _ in range(rng.randint(1, 3)))
        return pattern * rng.randint(1, 400 // len(pattern))
    if kind == 1:
        return rng.choice((" ", " ", "", ", ", "'")).join(rng.choice(WORDS) for _ in range(rng.randint(1, 40)))
    size = int(10 ** rng.uniform(0, 2.5))
    if kind == 2:
        blocks = [rng.choice(BLOCKS) for _ in range(rng.randint(1, 3))]
        return "".join(chr(rng.randint(*rng.choice(blocks))) for _ in range(size))
    return "".join(chr(rng.randrange(0x110000)) for _ in range(size))


def fuzz(seconds: float, seed: int, choices=None) -> Counter:
    """Says random texts for so long, and a dozen at least however slow the machine, in one of the voices `choices`;
    raises what is not a `TextError` of one line."""
    rng, counts, end = random.Random(seed), Counter(), time.monotonic() + seconds
    names = [voice.name for voice in espeak.installed_voices()]
    before = espeak.worker.deaths
    tries = 0
    while time.monotonic() < end or tries < 12:
        tries += 1
        text = random_text(rng)
        voice = rng.choice(choices or [None, None, rng.choice(names), f"{rng.choice(names)}+f3"])
        start = time.monotonic()
        try:
            said = speech.synthesize(text, voice)
            assert any(phoneme.symbol for phoneme in said.phonemes) and said.duration > 0.4
            assert all(a.end <= b.start + 1e-4 for a, b in zip(said.phonemes, said.phonemes[1:])), (text, voice)
            counts["spoken"] += 1
        except errors.TextError as refusal:
            assert len(str(refusal).splitlines()) == 1, (text, voice)
            assert str(refusal).isprintable(), (text, voice)
            counts["cannot say" if "cannot say" in str(refusal) else "refused"] += 1
        except Exception as problem:
            raise AssertionError(f"{problem!r} at {ascii(text)} in the voice {voice}") from problem
        taken = time.monotonic() - start
        assert taken < 120, f"{taken:.0f} s for {ascii(text)} in the voice {voice}"
    counts["deaths of espeak"] = espeak.worker.deaths - before
    return counts


def test_whatever_is_typed_is_spoken_or_refused(espeak_alone):
    seconds, seed = float(os.environ.get("COURSE_FUZZ_SECONDS", 4)), int(os.environ.get("COURSE_FUZZ_SEED", 0))
    counts = fuzz(seconds, seed)
    print(dict(counts))
    assert counts["spoken"] > 5 and counts["cannot say"] == 0


def test_whatever_is_typed_is_spoken_or_refused_by_neural_voices(monkeypatch):
    """The English voice; with more time, Kokoro's too, which take nearly as long as they speak."""
    seconds, seed = float(os.environ.get("COURSE_FUZZ_SECONDS", 4)), int(os.environ.get("COURSE_FUZZ_SEED", 0))
    here = catalogue.neural_voices()[: None if seconds > 60 else 1]
    monkeypatch.setattr(catalogue, "neural_voices", lambda: here)
    neural = [voice.name for voice in here]
    speech.synthesize("Hello.", neural[0])  # loads it
    counts = fuzz(seconds, seed, neural)
    print(dict(counts))
    assert counts["spoken"] > 5 and counts["cannot say"] == 0
