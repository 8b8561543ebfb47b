"""The last sound before a pause ends where it is no longer heard, and the mouth with it."""

import numpy as np
import pytest

from course import speech
from course.speech import endings, phonemes

RATE = 24_000


def tone(seconds, level=0.5):
    return level * np.sin(np.arange(int(seconds * RATE)) * 0.05).astype(np.float32)


def said(*parts):
    found, start = [], 0.0
    for symbol, seconds in parts:
        found.append(phonemes.Phoneme(symbol, start, start + seconds))
        start += seconds
    return found


def test_the_last_sound_ends_with_its_sound_and_the_pause_begins():
    samples = np.concatenate([tone(0.5), tone(0.7, 1e-5)])
    found = endings.until_silent(said(("a", 0.3), ("o", 0.6), ("", 0.3)), samples, RATE)
    assert [(p.symbol, round(p.start, 2), round(p.end, 2)) for p in found] == [
        ("a", 0.0, 0.3), ("o", 0.3, 0.5), ("", 0.5, 1.2)]  # fmt: skip


def test_where_no_pause_follows_one_is_added():
    found = endings.until_silent(said(("a", 1.0)), np.concatenate([tone(0.4), tone(0.6, 0)]), RATE)
    assert [(p.symbol, round(p.end, 2)) for p in found] == [("a", 0.4), ("", 1.0)]


def test_sounds_within_speech_and_silent_consonants_keep_their_time():
    samples = np.concatenate([tone(0.3), tone(0.1, 0), tone(0.3), tone(0.3, 0)])
    whole = said(("a", 0.3), ("p", 0.1), ("a", 0.3), ("p", 0.05), ("", 0.25))
    assert endings.until_silent(whole, samples, RATE) == whole
    long = endings.until_silent(said(("a", 0.7), ("p", 0.3)), samples, RATE)
    assert long[1].end - long[1].start == pytest.approx(endings.LEAST)


@pytest.mark.parametrize("samples", [np.zeros(0, np.float32), np.zeros(RATE, np.float32), np.ones(100, np.float32)])
def test_silence_and_next_to_nothing_do_not_break_it(samples):
    found = endings.until_silent(said(("a", 0.5), ("", 0.5)), samples, RATE)
    assert found[0].start == 0 and found[-1].end == 1.0


def test_no_mouth_stands_open_after_the_voice_has_gone():
    spoken = speech.synthesize("I would rather walk home than wait for the piano.", "heart")
    last = [p for p in spoken.phonemes if p.symbol][-1]
    heard = np.flatnonzero(np.abs(spoken.samples) > 0.01 * np.abs(spoken.samples).max())[-1] / spoken.sample_rate
    assert last.end < heard + 0.05
