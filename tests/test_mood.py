"""The mood of sentences, when they are said, and what a face makes of it."""

import importlib.util

import numpy as np
import pytest
from conftest import CHECKOUT

from course import animation, errors, speech
from course.face import channels
from course.face import model as face_model
from course.motion import expressions, expressive, motion, spoken, transfer
from course.speech import espeak, hearing, mood, phrases, synthesis

INDEX = channels.INDEX
HAPPY = "We won the match, my mother and my brother are so happy!"


def bench():
    spec = importlib.util.spec_from_file_location("mood_sentences", CHECKOUT / "benchmarks" / "mood.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---------------------------------------------------------------- words


def test_labelled_sentences():
    right = {}
    for language, held_out, label, sentence in bench().SENTENCES:
        right.setdefault((language, held_out), []).append(mood.mood_of(sentence).name == label)
    assert sum(len(marks) for marks in right.values()) == 40
    assert sum(len(marks) for (_, held_out), marks in right.items() if held_out) == 12
    assert all(np.mean(marks) >= 0.8 for marks in right.values()), right


@pytest.mark.parametrize(("text", "name"), [
    ("Не работает 😡", "angry"),
    ("Das ist gut 😀", "happy"),
    ("Bonjour :(", "sad"),
    ("明日 🎉", "happy"),
    ("¿Qué? 😱", "surprised"),
    ("我不高兴。", "sad"),
    ("别生气。", "neutral"),
    ("他不难过。", "neutral"),
    ("不好意思，请问现在几点？", "neutral"),
    ("累死了", "neutral"),
    ("他生气勃勃。", "neutral"),
    ("我太開心了！", "happy"),
    ("I am not angry.", "neutral"),
    ("Nothing is furious here, it is wood.", "angry"),
    ("The error is a loss, and the solution is wrong.", "neutral"),
    ("x <3 y is boxed", "happy"),
    ("Box the data.", "neutral"),
    ("かなしい", "neutral"),
    ("I am glad.", "happy"),
    ("I am not happy.", "sad"),
    ("", "neutral"),
])  # fmt: skip
def test_moods(text, name):
    assert mood.mood_of(text).name == name
    assert (mood.mood_of(text).strength > 0) == (name != "neutral")


def test_textbook_prose_stays_neutral():
    found = [one.name for name in ("detector", "keypoints", "animator", "layers", "motion")
             for part in (CHECKOUT / "data" / f"{name}.md").read_text("utf-8").split("\n\n")
             if "|" not in part for one in mood.moods_of(part)]
    assert len(found) > 40 and np.mean([name == "neutral" for name in found]) > 0.85


@pytest.mark.parametrize(("text", "sentences"), [
    ("We won! 🎉 The train leaves at ten.", ["We won! 🎉", "The train leaves at ten."]),
    ("Dr. Smith is here. He is sad", ["Dr. Smith is here.", "He is sad"]), ("你好。今天呢？", ["你好。", "今天呢？"]),
    ("<speak>Hi <break/>you. **Yes**</speak> [pause 1]", ["Hi.", "you.", "Yes"]), ("😀", ["😀"]),
    ("It is 3.5 km.", ["It is 3.5 km."]),
    ("", []),
])  # fmt: skip
def test_sentences(text, sentences):
    assert mood.sentences(text) == sentences


@pytest.mark.parametrize(("text", "asks"), [
    ("Are you there?", True), ("你好吗", True), ("真的吗？", True),
    ("Τι κάνεις;", True), ("I am here; you are not;", False),
    ("هل أنت هنا؟", True),
    ("I am here.", False), ('"Why?"', True),
])  # fmt: skip
def test_questions(text, asks):
    assert mood.mood_of(text).question == asks


def test_the_lexicon_names_expressions_and_is_some_hundreds_of_words():
    found = mood.lexicon()
    names = {name for words in found.values() for known in words.values() for name in known}
    assert names == set(expressions.EXPRESSIONS) - {"neutral"}
    assert all(0 < value <= 1 for words in found.values() for known in words.values() for value in known.values())
    assert 400 < len(found["zh"]) < 900 and all(len(known) <= 1 for known in found["zh"].values())


def test_the_strength_of_signs_and_adverbs():
    assert mood.mood_of("I am very glad!!").strength > mood.mood_of("I am very glad.").strength > 0
    assert mood.mood_of("我有点难过。").strength < mood.mood_of("我难过。").strength


# ---------------------------------------------------------------- time


def spoken_words(sentences, commas=0.19, stops=0.36, pace=0.06):
    """Phonemes of made-up sentences: a comma parts halves; and when each sentence begins and ends."""
    sounds, at, times = [speech.Phoneme("", 0.0, 0.12)], 0.12, []
    for text in sentences:
        start = at
        for i, half in enumerate(text.split(",")):
            if i:
                sounds.append(speech.Phoneme("", at, at + commas))
                at += commas
            for _ in half.replace(" ", ""):
                sounds.append(speech.Phoneme("a", at, at + pace))
                at += pace
        times.append((start, at))
        sounds.append(speech.Phoneme("", at, at + stops))
        at += stops
    return sounds, times


@pytest.mark.parametrize("stops", [0.36, 0.19, 0.10])
def test_sentences_end_at_their_own_pauses(stops):
    texts = ["We won.", "My mother, who lives in a small town by the sea, is very old.", "Yes.",
             "The train to Leeds, which is late, leaves from platform four.", "Come home, please."]
    sounds, times = spoken_words(texts, stops=stops)
    found = phrases.of_speech(" ".join(texts), sounds)
    np.testing.assert_allclose([(one.start, one.end) for one in found], times, atol=1e-6)


def test_a_long_silence_ends_a_sentence_rather_than_a_comma_that_fits_its_length():
    sounds, at = [], 0.0
    for symbol, seconds in (("a", 0.35), ("", 0.15), ("a", 0.35), ("", 0.4), ("a", 0.9)):
        sounds.append(speech.Phoneme(symbol, at, at + seconds))
        at += seconds
    first, second = phrases.of_speech("Aa, bb. Cccccccccccc.", sounds)
    assert first.end == pytest.approx(0.85) and second.start == pytest.approx(1.25)


def test_without_pauses_sentences_are_laid_out_by_length():
    sounds = [speech.Phoneme("a", k * 0.1, k * 0.1 + 0.1) for k in range(40)]
    found = phrases.of_speech("Aaaa. Bbbbbbbbbbbb.", sounds)
    assert found[0].start == 0 and found[0].end == found[1].start == pytest.approx(1.05, abs=0.2)
    assert phrases.of_speech("", sounds) == [] == phrases.of_speech("Hi.", [])


def test_moods_are_said_when_their_words_are():
    text = "We won the match! My grandmother died last winter. The train leaves at ten. Are you there?"
    said = speech.synthesize(text)
    found = phrases.of_speech(text, said.phonemes)
    assert [one.mood for one in found] == ["happy", "sad", "neutral", "neutral"]
    assert [one.question for one in found] == [False, False, False, True]
    first = speech.synthesize("We won the match!").phonemes[-2].end
    assert found[0].end == pytest.approx(first, abs=0.1) and found[-1].end == pytest.approx(said.phonemes[-2].end)


def test_twenty_minutes_of_sentences_take_a_moment():
    import time

    texts = ["It is a long story, and it goes on."] * 400
    sounds, times = spoken_words(texts)
    begin = time.process_time()
    found = phrases.of_speech(" ".join(texts), sounds)
    assert time.process_time() - begin < 20 and len(found) == 400
    np.testing.assert_allclose([one.end for one in found], [end for _, end in times], atol=1e-6)


# ---------------------------------------------------------------- recordings


def test_flat_speech_is_a_little_sad_and_ordinary_speech_is_neutral():
    text = "The committee meets on the first Tuesday of the month in the large hall."
    flat, ordinary = (speech.synthesize(text, "en-us", espeak.Settings(pitch_range=spread)) for spread in (0, 55))
    assert {one.mood for one in phrases.of_sound(hearing.hear(ordinary.samples, ordinary.sample_rate))} == {"neutral"}
    assert {one.mood for one in phrases.of_sound(hearing.hear(flat.samples, flat.sample_rate))} == {"sad"}


def voice(semitones, rate=16_000):
    """A buzzing voice that follows semitones about 160 Hz, (T,) at 100 a second, with silence around it."""
    high = np.interp(np.arange(len(semitones) * 160) / 160, np.arange(len(semitones)), semitones)
    phase = np.cumsum(160 * 2 ** (high / 12)) / rate
    sound = 0.1 * sum(np.sin(2 * np.pi * k * phase) / k for k in range(1, 12))
    return np.pad(sound, (4000, 8000)).astype(np.float32)


def test_a_voice_that_rises_at_the_end_asks_and_one_that_roams_is_lively():
    wave = 2 * np.sin(np.arange(160) / 8)
    for end, asks in ((6, True), (-6, False), (0, False)):
        found = phrases.of_sound(hearing.hear(voice(wave + end * np.clip((np.arange(160) - 115) / 40, 0, 1)), 16_000))
        assert [one.question for one in found] == [asks], end
    lively = phrases.of_sound(hearing.hear(voice(9 * np.sin(np.arange(200) / 12)), 16_000))
    assert [one.mood for one in lively] == ["happy"]


# ---------------------------------------------------------------- faces


def test_an_expression_comes_and_goes_with_its_sentence():
    lips = motion.Motion(np.zeros((250, 1)), ("jawOpen",))
    shown = expressive.of_phrases([phrases.Phrase(2.0, 5.0, "happy", 0.8), phrases.Phrase(5.3, 8.0)], lips)
    smile = shown["mouthSmileLeft"]
    at = (np.arange(250) + 0.5) / 25
    assert not smile[at < 1.7].any() and not smile[at > 5.8].any() and 0.2 < smile[(at > 2.4) & (at < 5)].min()
    assert np.abs(np.diff(smile)).max() < 0.06  # no jump
    assert not shown["browInnerUp"].any() and smile.max() < 0.6  # gentle


def test_neighbours_of_one_mood_hold_it_and_do_not_add_up():
    lips = motion.Motion(np.zeros((250, 1)), ("jawOpen",))
    one = expressive.of_phrases([phrases.Phrase(1.0, 8.0, "happy", 1.0)], lips)["mouthSmileLeft"].max()
    two = expressive.of_phrases([phrases.Phrase(1.0, 4.0, "happy", 1.0), phrases.Phrase(4.1, 8.0, "happy", 1.0)], lips)
    assert two["mouthSmileLeft"].max() == pytest.approx(one) and two["mouthSmileLeft"][75:125].min() > 0.8 * one


def gap(values):
    """Gap of the inner lips in eye distances, of channel values (T, 57)."""
    model = face_model.FaceModel.load()
    return values[:, : len(model.channels)] @ (model.channels[:, 66, 1] - model.channels[:, 62, 1])


@pytest.mark.parametrize("name", ["happy", "surprised", "sad", "angry"])
def test_lips_still_close_and_round_under_an_expression(name):
    said = synthesis.synthesize("My mother and Bob bought a blue moon, mama.")
    lips = motion.Motion(*_lips(said))
    full = np.tile(expressions.expression(name), (len(lips), 1))
    mixed, added = lips.full() + expressive.over_lips(lips.full(), full), lips.full() + full
    at = (np.arange(len(lips)) + 0.5) / 25
    shut = [int(np.argmin(np.abs(at - (p.start + 0.4 * (p.end - p.start))))) for p in said.phonemes
            if p.symbol in ("m", "b") and p.end - p.start > 0.04]
    assert len(shut) > 4 and (gap(mixed)[shut] - gap(lips.full())[shut]).max() < 0.012
    rounded = lips["mouthPucker"] > 0.5
    assert rounded.any()
    wide = INDEX["mouthSmileLeft"]
    if full[0, wide]:
        assert mixed[rounded, wide].max() < 0.6 * added[rounded, wide].max()
    brows = [INDEX[channel] for channel in channels.CHANNELS if channel.startswith(("brow", "cheek", "eye"))]
    np.testing.assert_array_equal(mixed[:, brows], added[:, brows])


def _lips(said):
    moved = spoken.from_speech(said)
    return moved.values, moved.channels, moved.fps


def test_neutral_words_move_as_without_expression_and_happy_words_do_not():
    def moved(text, **settings):
        return animation.drive_by_text(text, animation.Settings(**settings)).motion

    plain = "The train leaves from platform four."
    np.testing.assert_array_equal(moved(plain).values, moved(plain, expression="neutral").values)
    happy, off = moved(HAPPY), moved(HAPPY, expression="neutral")
    assert (happy["mouthSmileLeft"] - off["mouthSmileLeft"]).max() > 0.15
    np.testing.assert_allclose(moved(HAPPY, expression="auto:0").values, off.values, atol=1e-6)
    half = moved(HAPPY, expression="auto:0.5")["cheekSquintLeft"]
    np.testing.assert_allclose(half, 0.5 * happy["cheekSquintLeft"], atol=1e-5)


def test_a_still_head_stays_still_in_sorrow():
    moved = animation.drive_by_text("My grandmother died. Are you there?", animation.Settings(head=0)).motion
    assert all(not moved[name].any() for name in channels.HEAD) and moved["mouthFrownLeft"].max() > 0.1


def test_a_named_expression_leaves_the_lips_room_too():
    class Face:
        rest = np.zeros(len(channels.CHANNELS), np.float32)

    lips = np.zeros((50, len(channels.CHANNELS)), np.float32)
    lips[:, [INDEX["mouthPressLeft"], INDEX["mouthPressRight"]]] = 0.3
    values = transfer.values_for(motion.Motion(lips), Face(), "speech", animation.Settings(expression="surprised"))
    assert values[-1, INDEX["jawOpen"]] < 0.02 and values[-1, INDEX["browInnerUp"]] == pytest.approx(0.7)


def test_expressions_are_named_in_errors():
    for wrong in ("furious", "auto:x", "auto:3"):
        with pytest.raises(errors.MotionError):
            expressions.expression(wrong)
        with pytest.raises(errors.MotionError):
            expressions.auto_strength(wrong)
    assert not expressions.expression("auto").any() and expressions.auto_strength("happy") == 0
    assert expressions.auto_strength(None) == 1 and expressions.auto_strength("auto:0.5") == 0.5
