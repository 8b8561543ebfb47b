"""Marks are heard: pauses, stress, pace and sounds that were asked for, whichever voice speaks."""

import numpy as np
import pytest

from course import errors, speech


def pauses(said):
    return [p.end - p.start for p in said.phonemes[1:-1] if not p.symbol]


def loudness(said, first, last):
    return float(np.sqrt(np.mean(said.samples[int(first * said.sample_rate) : int(last * said.sample_rate)] ** 2)))


@pytest.mark.parametrize("voice", ["heart", "en-us"])
def test_a_pause_lasts_as_long_as_it_is_asked_to(voice):
    short, long = (speech.synthesize(f"Wait [pause {seconds}] here.", voice) for seconds in (0.5, 1.5))
    assert long.duration - short.duration == pytest.approx(1.0, abs=0.03)
    assert max(pauses(long)) > 1.4 and "pause" not in "".join(p.symbol for p in long.phonemes)


@pytest.mark.parametrize("voice", ["heart", "en-us"])
def test_a_stressed_word_is_slower_louder_and_higher_and_follows_at_once(voice):
    plain, stressed = (speech.synthesize(text, voice) for text in
                       ("I saw that man there.", "I saw that **man** there."))
    assert [p.symbol for p in plain.phonemes if p.symbol][-5:] == [
        p.symbol for p in stressed.phonemes if p.symbol][-5:]
    assert max(pauses(stressed), default=0) < 0.12

    def of(said):
        sound = [p for p in said.phonemes if p.symbol in ("æ", "a")][-1]
        middle = said.f0[int(sound.start * 100) : int(sound.end * 100)]
        return sound.end - sound.start, float(np.median(middle[middle > 0])), loudness(said, sound.start, sound.end)

    (length, hertz, loud), (plain_length, plain_hertz, plain_loud) = of(stressed), of(plain)
    assert length > 1.1 * plain_length and loud > 1.02 * plain_loud
    assert voice == "en-us" or hertz > 1.05 * plain_hertz  # espeak-ng's falls over a word that stands alone


@pytest.mark.parametrize("voice", ["heart", "en-us"])
def test_slow_prosody_is_slow(voice):
    plain, slow = (speech.synthesize(text, voice) for text in
                   ("I really like it.", "<prosody rate='slow'>I really like it.</prosody>"))
    assert slow.duration > 1.2 * plain.duration


def test_a_word_by_its_sounds():
    said = speech.synthesize("I say <phoneme alphabet='ipa' ph='təˈmɑːtəʊ'>tomato</phoneme>.", "heart")
    assert "".join(p.symbol for p in said.phonemes).endswith("təmɑːtəʊ")


def test_a_voice_in_marks_is_looked_up_and_speaks():
    assert speech.synthesize("<voice name='en-gb'>Hello</voice> you.").duration > 0.5
    with pytest.raises(errors.TextError, match="no voice 'nobody'"):
        speech.synthesize("<voice name='nobody'>x</voice>")


def test_marks_do_not_change_the_language_of_the_whole():
    text = "Wie schön, dass du *hier* bist, ich möchte über München sprechen."
    marked, plain = (speech.synthesize(words) for words in (text, text.replace("*", "")))
    assert marked.voice == plain.voice
    assert [p.symbol for p in marked.phonemes if p.symbol][:9] == [p.symbol for p in plain.phonemes if p.symbol][:9]


def test_phonemes_follow_each_other_through_spans():
    said = speech.synthesize("I *really* like <break time='300ms'/> it, **you** know.")
    for before, after in zip(said.phonemes, said.phonemes[1:]):
        assert before.end == pytest.approx(after.start, abs=2e-3) and before.end > before.start
    assert said.phonemes[-1].end == pytest.approx(said.duration, abs=2e-3)
    assert len(said.f0) == pytest.approx(said.duration * said.f0_rate, abs=4)
