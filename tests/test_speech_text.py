"""What is typed is what is spoken: spellings of one text, marks that nobody reads, scripts and their voices."""

import importlib
import logging
import sys
import unicodedata

import numpy as np
import pytest

from course import errors, speech
from course.io import weights
from course.speech import espeak, pieces, plain_text, readings, scripts, symbols


def sounds(text, voice=None) -> list:
    return [phoneme.symbol for phoneme in speech.synthesize(text, voice).phonemes if phoneme.symbol]


def shipped_sentences() -> list:
    lines = weights.data_file("sentences.txt").read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


# ---------------------------------------------------------------- one text, several spellings


@pytest.mark.parametrize("text", [
    "Ｈｅｌｌｏ", "𝐇𝐞𝐥𝐥𝐨", "𝓗𝓮𝓵𝓵𝓸", "Ⓗⓔⓛⓛⓞ", "🅷🅴🅻🅻🅾", "ʜᴇʟʟᴏ", "he\u00adllo", "he\u200bllo", "\ufeffhello",
    "\u202ehello\u202c",
    "h\u0336e\u0336l\u0336l\u0336o\u0336", "hello\ufe0f", "hel\u2060lo", "&#72;ello",
    "\u00a0hello\u3000", "\0hello\x1b",
    "hell" + "o" + "\u0301\u0302\u0303\u0304" * 2500,
])  # fmt: skip
def test_another_look_of_a_word_sounds_the_same(text):
    assert sounds(text, "en-us") == ["h", "ə", "l", "oʊ"]


@pytest.mark.parametrize(("text", "voice"), [
    ("Schöne Grüße", "de"), ("Tôi là người Việt", "vi"), ("Ça va déjà", "fr"), ("Мой йод", "ru"),
    ("안녕하세요", "ko"),
    ("がぎぐげご", "ja"), ("Καλημέρα", "el"), ("বাড়ি", "bn"), ("लड़का", "hi"),
])  # fmt: skip
def test_decomposed_letters_sound_like_composed_ones(text, voice):
    assert sounds(unicodedata.normalize("NFD", text), voice) == sounds(unicodedata.normalize("NFC", text), voice)


@pytest.mark.parametrize(("text", "plain"), [
    ("ﬁne oﬃce", "fine office"), ("ﳝﻼﻡ", None), ("ｱｲｳ", "アイウ"), ("３．５ ℃", "3.5 °C"), ("Ⅳ", "IV"),
    ("4ᵗʰ", "4th"),
    ("x² + H₂O = ½", "x² + H₂O = ½"), ("今天，很好！", "今天，很好！"), ("คำ น้ำ", "คำ น้ำ"), ("می‌روم", "می‌روم"),
    ("क्‍ष", "क्‍ष"),
    ("ㅋㅋ", "ㅋㅋ"), ("ก\u200bข", "ก ข"), ("it’s l’été", "it's l'été"), ("سـلام", "سلام"),
    ("שָׁלוֹם", "שלום"), ("1️⃣", "1"),
    ("a\u2028b\r\nc", "a b c"), ("за́мок", "за́мок"),
])  # fmt: skip
def test_letters_keep_their_sense(text, plain):
    assert plain_text.plain(text) == (plain or unicodedata.normalize("NFKC", text))


def test_plain_sentences_pass_unchanged():
    for voice, sentence in shipped_sentences():
        assert plain_text.plain(sentence) == sentence
        assert pieces.breathing(sentence, voice) == sentence == symbols.in_words(sentence, voice)
        assert [own for _, own in scripts.parts(sentence, voice)] == [voice]


# ---------------------------------------------------------------- marks that nobody reads


@pytest.mark.parametrize(("text", "plain"), [
    ("<speak>Hello <break time='1s'/><emphasis level=\"strong\">you</emphasis></speak>", "Hello. you"),
    ("<p>One</p><p>Two</p>", "One. Two"), ("I <b>am</b> here<br>now", "I am here. now"), ("<my:tag/>Hi", "Hi"),
    ("<sub alias='World Wide Web'>WWW</sub>", "World Wide Web"), ("<!-- no -->hi<script>f()</script>", "hi"),
    ("x<5", "x<5"), ("a < b and c > d", "a < b and c > d"), ("List<String>", "List<String>"),
    ("a<b and c>d", "a<b and c>d"),
    ("a &amp; b &lt;b&gt; &#233;t&eacute;", "a & b <b> été"), ("AT&T &nothing; & co", "AT&T &nothing; & co"),
    ("**bold**, *it*, __b__, _i_, ~~s~~", "bold, it, b, i, s"), ("***both*** **中文**字", "both 中文字"),
    ("# Head\ntext\n## Two ##\nmore", "Head. text. Two. more"), ("Title\n=====\nBody", "Title. Body"),
    ("- one\n- two\n* [x] three", "one. two. three"), ("1. one\n2. two", "1. one 2. two"),
    ("> said\n> she", "said she"),
    ("`code` and ``more``", "code and more"), ("```py\nx = 1\n```\nEnd", "x = 1; End"), ("---\nHi\n***", "Hi"),
    ("[here](http://a.b/c \"t\") ![cat](c.png) [x][1]\n\n[1]: http://a.b", "here cat x"),
    ("| a | b |\n|---|:-:|\n| 1 | 2 |", "a, b. 1, 2"), (r"\*star\*", "*star*"),
    ("2 * 3 * 4, 2**3, snake_case, C#, #1, a*b*c", "2 * 3 * 4, 2**3, snake_case, C#, #1, a*b*c"),
    ("Great 😀 news! 👍🏽 👨‍👩‍👧", "Great, news!"), ("I ❤️ NY 🇬🇧", "I, NY"), ("★★★ five → six", "five, six"),
    ("#LivingPortraits #old_photos", "Living Portraits old photos"), ("a -> b", "a, b"), ("Hi!!!!!!!!", "Hi!"),
    ("(see https://www.example.com/a-page?id=3#x).", "(see example.com a page)."),
    ("www.a.org, ok", "a.org, ok"),
    ("<https://u:p@h.com:80/>", "h.com"), ("mailto:jane.doe@example.com", "jane.doe@example.com"),
    ("One\n\nTwo", "One. Two"), ("In 5\n\nzwei", "In 5; zwei"), ("今天\n\n明天", "今天。 明天"),
    ("one\ntwo", "one two"),
])  # fmt: skip
def test_marks_are_not_read(text, plain):
    assert plain_text.plain(text) == plain
    assert plain_text.plain(plain) == plain or "<b>" in plain or "*" in plain  # and what is plain stays so


def test_comparisons_are_read():
    assert sounds("x<5", "en-us") == sounds("x less than 5", "en-us")
    assert sounds("5 > 3", "de") == sounds("5 größer als 3", "de")
    assert len(sounds("3<5", "cmn")) > len(sounds("3 5", "cmn"))
    names = {voice.name.partition("-")[0] for voice in espeak.installed_voices()}
    assert set(symbols.COMPARED) <= names
    assert symbols.in_words("x<5", "sw") == "x<5"


@pytest.mark.parametrize("text", ["", " ", "...", "！？", "?!?!", "😀", "<b></b>", "**", "\u200b", "\ud800", "\0",
                                  "\u0301" * 10_000, "- - -", "```\n```", "(:", "&nbsp;"])  # fmt: skip
def test_nothing_to_say_is_one_line(text):
    with pytest.raises(errors.TextError, match="write words|give a sentence") as caught:
        speech.synthesize(text)
    assert len(str(caught.value).splitlines()) == 1 and str(caught.value).isascii()


@pytest.mark.parametrize("text", [["Hi."], b"Hi.", None, 5, 1.5, {"text": "Hi."}, np.array("Hi.")])
def test_only_strings_are_text(text):
    with pytest.raises(errors.TextError, match=type(text).__name__):
        speech.synthesize(text)


def test_too_much_text_says_how_much_is_allowed():
    with pytest.raises(errors.TextError, match="20,001 characters; 20,000"):
        speech.synthesize("a" * 20_001)


def test_too_long_a_speech_says_how_long_is_allowed(monkeypatch):
    monkeypatch.setattr(espeak, "MAX_SECONDS", 60)
    with pytest.raises(errors.TextError, match="1 minute"):
        speech.synthesize("A few words to say. " * 60)
    with pytest.raises(errors.TextError, match="1 minute"):
        speech.synthesize("A few words мир " * 60)


# ---------------------------------------------------------------- scripts and voices


@pytest.mark.parametrize(("text", "voice"), [
    ("Привет, мир", "ru"), ("Привіт, як справи?", "uk"), ("Є ґанок", "uk"),
    ("Прывітанне, як справы", "be"), ("Ђорђе", "sr"),
    ("Здравейте, България", "bg"), ("Ќе одам", "mk"), ("Сәлеметсіз бе", "kk"),
    ("Саламатсызбы, кандайсың", "ky"),
    ("Сәлам, җыр", "tt"), ("Ҡыҙыҡ", "ba"), ("Ӗҫ", "cv"), ("Ҳозир тўғри", "uz"), ("مرحبا بكم", "ar"),
    ("حال شما چطور است؟", "fa"), ("آپ کیسے ہیں", "ur"), ("ڪيئن آهيو ٿا", "sd"), ("ياخشىمۇسىز ئەھۋالىڭىز", "ug"),
    ("你好", "cmn"), ("佢哋嘅", "yue"), ("ひらがな", "ja"), ("नमस्ते", "hi"), ("মৰম", "as"), ("ሰላም", "am"),
    ("አርእስቲ ቐለም", "ti"),
    ("Xin chào, tôi là người Việt", "vi"), ("Dzień dobry", "pl"), ("Příliš žluťoučký kůň", "cs"),
    ("¿Cómo estás?", "es"),
    ("Szőlő és fű", "hu"), ("Türkiye'de yaşıyorum", "tr"), ("Ég er þreyttur", "is"), ("Straße", "de"),
    ("I met Wałęsa in Poland", "en-us"), ("naïve café, Malmö, Beyoncé", "en-us"),
    ("A jalapeño is hot", "en-us"),
    ("我用 Python 写程序, version 3.11 很好", "cmn"), ("π = 3.14 is a number", "en-us"), ("12", "en-us"),
])  # fmt: skip
def test_letters_choose_the_voice(text, voice):
    assert scripts.guess_language(text) == voice


@pytest.mark.parametrize(("text", "voice", "parts"), [
    ("我用 Python 3 写程序", None, [("我用 ", "cmn"), ("Python 3 ", "en-us"), ("写程序", "cmn")]),
    ("слово hello мир", None, [("слово ", "ru"), ("hello ", "en-us"), ("мир", "ru")]),
    ("안녕 你好", None, [("안녕 ", "ko"), ("你好", "cmn")]),
    ("维生素C很好", None, [("维生素C很好", "cmn")]),
    ("π is π", "en-gb", [("π is π", "en-gb")]),
    ("(2) hello", None, [("(2) hello", "en-us")]),
    ("Guten Tag мир", "de+f3", [("Guten Tag ", "de+f3"), ("мир", "ru+f3")]),
    ("Привіт мир", "ru", [("Привіт мир", "ru")]),
    ("ni3 你", "cmn-latn-pinyin", [("ni3 你", "cmn-latn-pinyin")]),
    ("hello かな", "ja", [("hello ", "en-us"), ("かな", "ja")]),
    ("12", "fr-fr", [("12", "fr-fr")]),
])  # fmt: skip
def test_parts_have_the_voices_of_their_scripts(text, voice, parts):
    assert scripts.parts(text, voice) == parts


def test_a_voice_that_cannot_read_all_says_who_does(caplog):
    with caplog.at_level(logging.WARNING, "course"):
        said = speech.synthesize("Hello 你好", "en-us+f3")
    assert [record.getMessage() for record in caplog.records] == [
        "the voice en-us+f3 does not read all of this text: cmn reads the rest"]
    assert said.voice == "en-us+f3"
    caplog.clear()
    speech.synthesize("π is a number", "en-us")  # a letter alone stays with its surroundings
    assert not caplog.records


def test_parts_are_one_speech(espeak_alone):
    """Phonemes follow each other through all parts, sound where they stand, and no joint clicks."""
    said = speech.synthesize("我用 Python 写程序, hello мир 안녕")
    for before, after in zip(said.phonemes, said.phonemes[1:]):
        assert before.end == pytest.approx(after.start, abs=1e-6) and before.end > before.start
    assert said.phonemes[-1].end == pytest.approx(said.duration, abs=1e-3)
    alone = [sounds(text, voice) for text, voice in (("我用,", "cmn"), ("Python,", "en-us"), ("写程序,", "cmn"))]
    together = [p.symbol for p in said.phonemes if p.symbol]
    assert together[: len(sum(alone, []))] == sum(alone, [])
    vowels = [p for p in said.phonemes if p.symbol in ("aɪ", "oʊ", "i", "a", "ɐ") and p.end - p.start > 0.05]
    for vowel in vowels:
        piece = said.samples[int(vowel.start * 22_050) : int(vowel.end * 22_050)]
        assert np.abs(piece).max() > 0.05, vowel
    one_voice = speech.synthesize("A photograph that was quiet for forty years begins to speak, once.")
    assert np.abs(np.diff(said.samples)).max() < 1.5 * np.abs(np.diff(one_voice.samples)).max()
    pauses = [p.end - p.start for p in said.phonemes[1:-1] if not p.symbol]
    assert 0.05 < min(pauses) < 0.13 and 0.17 < max(pauses) < 0.3  # within a clause; at the comma


@pytest.mark.parametrize(("text", "said"), [
    ("ສະບາຍດີ", "Lao"), ("ជំរាបសួរ", "Khmer"), ("བཀྲ་ཤིས", "Tibetan"), ("ᠮᠣᠩᠭᠣᠯ", "Mongolian"),
    ("Hello ꦗꦮ", "Javanese"),
    ("ښه راغلاست", "ښ"), ("سڵاو", "ڵ"), ("тоҷикӣ", "ҷ"), ("你好𠀀", "𠀀"), ("𐍈", "Gothic"), ("ᐃᓄᒃ", "Canadian"),
])  # fmt: skip
def test_what_no_voice_reads_is_refused_by_name(text, said):
    with pytest.raises(errors.TextError, match=said) as caught:
        speech.synthesize(text)
    assert len(str(caught.value).splitlines()) == 1


def test_the_table_of_voices_is_what_the_voices_do():
    """Every voice of the tables exists and reads a word of its script; none names the letters in English."""
    names = {voice.name for voice in espeak.installed_voices()}
    listed = [*scripts.VOICE_OF_SCRIPT.values(), *" ".join(scripts.ALSO_READ.values()).split(), *scripts.LATIN_LETTERS]
    assert set(listed) <= names and scripts.SPELL_LATIN <= names
    words = {"CYRILLIC": "корова", "ARABIC": "سلام",
             "DEVANAGARI": "कमल", "BENGALI": "কলম", "HAN": "今天", "GREEK": "και"}
    for script, word in words.items():
        for voice in [scripts.VOICE_OF_SCRIPT[script], *scripts.ALSO_READ.get(script, "").split()]:
            marks = [symbol for symbol, _ in espeak.speak(word, voice)[2]]
            assert "(en)" not in marks and 2 <= sum(bool(mark) for mark in marks) <= 3 * len(word), (voice, marks)
    assert any(mark == "(en)" for mark, _ in espeak.speak("日本", "ja")[2]), "kanji would be spelled"


@pytest.mark.parametrize(("kanji", "kana"), [
    ("日本語を勉強しています", "ニホンゴヲベンキョーシテイマス"), ("東京へ行きました", "トーキョーエイキマシタ"),
    ("2024年に猫がいます", "2024ネンニネコガイマス"), ("私は学生です", "ワタシワガクセイデス"),
])  # fmt: skip
def test_kanji_are_read(kanji, kana):
    assert "".join(readings.with_kana(kanji).split()) == kana
    assert "(en)" not in sounds(kanji) and sounds(kanji) == sounds(readings.with_kana(kanji), "ja")


def test_kanji_without_a_dictionary_are_refused(monkeypatch):
    readings._dictionary.cache_clear()
    monkeypatch.setitem(sys.modules, "janome", None)
    monkeypatch.setitem(sys.modules, "janome.tokenizer", None)
    with pytest.raises(errors.TextError, match="日本語勉強.*pip install janome"):
        speech.synthesize("日本語を勉強しています")
    assert sounds("にほんご")  # kana need none
    monkeypatch.undo()
    importlib.import_module("janome.tokenizer")


# ---------------------------------------------------------------- long text without spaces


@pytest.mark.parametrize(("unit", "voice"), [
    ("今天天气很好我们去公园", "cmn"), ("今天天氣很好", "yue"), ("こんにちはげんきですか", "ja"),
    ("안녕하세요반갑습니다", "ko"),
    ("안녕하세요 반갑습니다 ", "ko"), ("မင်္ဂလာပါ", "my"), ("banana", "en-us"), ("привет", "ru"), ("12 ", "en-us"),
    ("A", "en-us"),
])  # fmt: skip
def test_long_text_is_spoken_to_its_end(unit, voice):
    """So many letters, so many sounds."""
    short = max(1, 20 // len(unit))
    once = len(sounds((unit * short).strip(), voice)) / short
    times = 1200 // len(unit)
    assert len(sounds((unit * times).strip(), voice)) > 0.95 * once * times


def test_long_thai_is_spoken_to_its_end():
    unit = "ประเทศไทยมีประชากรหลายล้านคนและอาหารอร่อยมาก"
    once = len(sounds(unit))
    assert len(sounds(unit * 30)) > 0.95 * 30 * once


@pytest.mark.parametrize("word", ["Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
                                  "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
                                  "DE89370400440532013000", "антиконституционность", "สวัสดีครับผม"])  # fmt: skip
def test_long_words_that_exist_stay_whole(word):
    assert pieces.breathing(word, "de") == word


def test_words_are_cut_between_letters():
    for text in ("ที่นี่เป็นเมืองที่สวยงามมาก" * 10, "क्षत्रियज्ञानविज्ञान" * 10, "e\u0301" * 200, "きゃっきゃ" * 40):
        cut = pieces.breathing(text, "th")
        assert cut.replace(" ", "") == text and " " in cut
        for after in cut.split(" ")[1:]:
            assert unicodedata.category(after[0])[0] == "L" and after[0] not in "ゃっ"


@pytest.mark.parametrize("text", ["One. Two three four.", "one two three four", "onetwothree", "今天天气很好"])
def test_halves_lose_nothing(text):
    first, second = pieces.halves(text)
    assert (first + second).replace(" ", "") == text.replace(" ", "") and first and second
    assert pieces.halves("abc") == []
