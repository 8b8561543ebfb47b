"""Text to sound and phonemes, the mel spectrogram."""

import threading

import numpy as np
import pytest

from course import errors, io, speech
from course.speech import espeak, scripts

RATE = io.SAMPLE_RATE


def test_phonemes_of_a_known_word_in_order():
    said = speech.synthesize("Papa", "en-us")
    assert [p.symbol for p in said.phonemes if p.symbol] == ["p", "ɑː", "p", "ə"]
    assert [p.stress for p in said.phonemes if p.symbol] == [0, 2, 0, 0]


def test_phonemes_follow_each_other_and_fill_the_sound():
    said = speech.synthesize("One, two; and then: a happy end.", "en-us")
    for before, after in zip(said.phonemes, said.phonemes[1:]):
        assert before.start < before.end == pytest.approx(after.start)
    assert said.phonemes[0].start == 0 and not said.phonemes[0].symbol
    assert said.phonemes[-1].end == pytest.approx(said.duration, abs=1e-3) and not said.phonemes[-1].symbol
    assert said.sample_rate == 22_050 and said.samples.dtype == np.float32
    assert 0.1 < np.abs(said.samples).max() <= 1


def test_phonemes_stand_where_they_sound():
    """The vowels of "Papa" are loud, and each p holds the silence before its burst, which espeak leaves out."""
    said = speech.synthesize("Papa papa papa", "en-us")

    def piece(phoneme):
        return said.samples[int(phoneme.start * said.sample_rate) : int(phoneme.end * said.sample_rate)]

    vowels = [np.sqrt(np.mean(piece(p) ** 2)) for p in said.phonemes if p.symbol in ("ɑː", "ə")]
    inner = [p for before, p in zip(said.phonemes, said.phonemes[1:]) if p.symbol == "p" and before.symbol]
    closures = [np.sqrt(np.mean(piece(p)[:400] ** 2)) for p in inner]
    assert inner and max(closures) < 0.1 * min(vowels)


def test_a_word_in_another_language_is_no_phoneme():
    said = speech.synthesize("我说 hello 你好", "cmn")
    assert not any(p.symbol.startswith("(") for p in said.phonemes)


@pytest.mark.parametrize(
    ("text", "voice"),
    [("Hello 123", "en-us"), ("你好", "cmn"), ("Привет", "ru"), ("漢字とかな", "ja"), ("안녕", "ko"), ("שלום", "he"),
     ("12", "en-us")],
)  # fmt: skip
def test_the_script_chooses_the_voice(text, voice, espeak_alone):
    assert scripts.guess_language(text) == speech.guess_voice(text) == voice
    assert speech.synthesize(text).voice == voice


def test_every_voice_speaks():
    voices = espeak.installed_voices()
    assert len(voices) > 120 and len({voice.name for voice in voices}) == len(voices)
    for voice in voices:
        samples, _, marks = espeak.speak("1 2 3, a e i o u, салам, ᎣᏏᏲ", voice.name)  # not every one can count
        assert len(samples) > 2000 and sum(bool(symbol) for symbol, _ in marks) > 3, voice


def test_variants_sound_different():
    woman, man = speech.synthesize("Hello", "en-us+f3"), speech.synthesize("Hello", "en-us+m3")
    assert woman.voice == "en-us+f3" and not np.array_equal(woman.samples, man.samples)


def test_faster_is_shorter():
    slow, fast = (speech.synthesize("A few words to say", "en-us", espeak.Settings(rate=r)) for r in (120, 240))
    assert fast.duration < 0.75 * slow.duration


@pytest.mark.parametrize("text", ["", "   ", "\n\t\0", "...", "！？"])
def test_nothing_to_say(text):
    with pytest.raises(errors.TextError):
        speech.synthesize(text)


def test_an_unknown_voice_names_the_nearest():
    with pytest.raises(errors.TextError, match="en-us"):
        speech.synthesize("Hello", "en-uss")
    with pytest.raises(errors.TextError, match="f5"):
        speech.synthesize("Hello", "en-us+f9")


def test_voices_by_other_names():
    assert speech.find_voice("EN_us") == "en-us"
    assert speech.find_voice("German") == "de"
    assert speech.find_voice("zh-CN") == "cmn"


def test_long_text():
    said = speech.synthesize("This is a sentence of several words. " * 200, "en-us")
    assert said.duration > 300 and len(said.phonemes) > 4000


def test_threads_do_not_mix_their_sentences():
    alone = {text: len(speech.synthesize(text, "en-us").phonemes) for text in ("A boat", "Seven happy people", "No")}
    found = {}

    def say(text):
        found[text] = len(speech.synthesize(text, "en-us").phonemes)

    threads = [threading.Thread(target=say, args=(text,)) for text in alone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == alone


def test_mel_spectrogram_equals_librosas():
    librosa = pytest.importorskip("librosa")
    samples = np.random.default_rng(0).normal(0, 0.1, 12_345).astype(np.float32)
    ours = speech.mel_spectrogram(samples)
    theirs = librosa.feature.melspectrogram(
        y=samples, sr=RATE, n_fft=512, hop_length=160, n_mels=80, fmin=55.0, fmax=7600.0, pad_mode="constant")
    assert ours.shape == theirs.shape == (80, 1 + 12_345 // 160)
    np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-6 * theirs.max())


def test_text_needs_no_librosa_and_no_torch():
    import subprocess
    import sys

    code = ("import sys; from course import speech, motion; motion.from_speech(speech.synthesize('Hello'));"
            "print([m for m in ('librosa', 'torch', 'av') if m in sys.modules])")  # fmt: skip
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
