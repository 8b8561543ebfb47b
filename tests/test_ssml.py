"""Marks that people write: pauses, stress, pace, what stands for what; broken and hostile marks; numbers in words."""

import time

import numpy as np
import pytest

from course import errors, speech
from course.speech import plain_text, say_as, ssml, symbols

Span = ssml.Span


@pytest.mark.parametrize(("text", "spans"), [
    ("Hello there.", [Span("Hello there.")]),
    ("Wait [pause 0.5] here", [Span("Wait"), Span("here", pause_before=0.5)]),
    ("Wait [pause] here [pause 200ms]", [Span("Wait"), Span("here", pause_before=0.4), Span("", pause_before=0.2)]),
    ("I *really* like **it**, yes.", [Span("I"), Span("really", emphasis=1), Span("like"), Span("it,", emphasis=2),
                                      Span("yes.")]),
    ("<speak>Hi <break time='1s'/>you</speak>", [Span("Hi"), Span("you", pause_before=1.0)]),
    ("Hi <break strength='x-strong'/>you", [Span("Hi"), Span("you", pause_before=1.2)]),
    ("Hi <break time='3600s'/>you", [Span("Hi"), Span("you", pause_before=ssml.LONGEST_PAUSE)]),
    ("<emphasis level='reduced'>so</emphasis> it is", [Span("so", emphasis=-1), Span("it is")]),
    ("<prosody rate='slow'>a <prosody rate='120%' pitch='+2st'>b</prosody></prosody> c",
     [Span("a", rate=0.75), Span("b", rate=0.9, pitch=2.0), Span("c")]),
    ("<sub alias='World Wide Web'>WWW</sub> is", [Span("World Wide Web is")]),
    ("H<sub>2</sub>O", [Span("H2O")]),
    ("A <phoneme alphabet='ipa' ph='təˈmɑːtəʊ'>tomato</phoneme>.", [Span("A"), Span("tomato.", phonemes="təˈmɑːtəʊ")]),
    ("<phoneme alphabet='x-sampa' ph='t@'>the</phoneme>", [Span("the")]),
    ("<voice name='de'>Hallo</voice> you", [Span("Hallo", voice="de"), Span("you")]),
    ("<p>One</p><p>Two</p>", [Span("One. Two")]),
    ("今天*真*好", [Span("今天"), Span("真", emphasis=1), Span("好")]), ("a*b*c 2*3*4", [Span("a*b*c 2*3*4")]),
    ("你好<break time='500ms'/>*世界*。", [Span("你好"), Span("世界。", emphasis=1, pause_before=0.5)]),
])  # fmt: skip
def test_marks_become_manners(text, spans):
    found = ssml.parse(text)
    assert [round(span.rate, 6) for span in found] == [span.rate for span in spans]
    assert [(s.text, s.pitch, s.emphasis, s.pause_before, s.phonemes, s.voice) for s in found] == [
        (s.text, s.pitch, s.emphasis, s.pause_before, s.phonemes, s.voice) for s in spans]


@pytest.mark.parametrize(("text", "words"), [
    ("<prosody rate=\"fast>hello", "hello"), ("<break time=\"1s\" hello", "hello"), ("hi <break", "hi"),
    ("<emphasis>never closed", "never closed"), ("end</emphasis> alone", "end alone"),
    ("<emphasis><prosody rate='fast'>a</emphasis> b</prosody> c", "a b c"), ("<say-as>5</say-as>", "5"),
    ("<say-as interpret-as='nonsense'>five</say-as>", "five"), ("<break time='soon'/>now", "now"),
    ("<prosody rate='-900%' pitch='900st'>a</prosody>", "a"), ("x<5", "x<5"), ("a < b and c > d", "a < b and c > d"),
    ("List<String>", "List<String>"), ("&lt;break/&gt; is a tag", "<break/> is a tag"), ("a &#xF0000;b", "a b"),
    ("a \U000f0000 b [pause 1] c \ue001", "a b c"),
])  # fmt: skip
def test_broken_marks_leave_the_words(text, words):
    assert " ".join(span.text for span in ssml.parse(text) if span.text) == words
    for span in ssml.parse(text):
        assert ssml.SLOWEST <= span.rate <= ssml.FASTEST and abs(span.pitch) <= ssml.HIGHEST
    assert "prosody" not in plain_text.plain(text) and "emphasis" not in plain_text.plain(text)


@pytest.mark.parametrize(("text", "words"), [
    ('<?xml version="1.0"?><!DOCTYPE l [<!ENTITY lol "lol"><!ENTITY lol1 "&lol;&lol;">]><speak>Hi &lol1;you</speak>',
     "Hi you"),
    ("<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><speak>Hi &f;</speak>", "Hi"),
    ("<!DOCTYPE x SYSTEM 'http://example.com/x.dtd'><speak>Hi</speak>", "Hi"),
    ("<speak><![CDATA[a & b]]></speak>", "a & b"), ("<audio src='x.wav'/>Hi", "Hi"),
])  # fmt: skip
def test_hostile_xml_is_only_text(text, words):
    assert [span.text for span in ssml.parse(text)] == [words] == [plain_text.plain(text)]


@pytest.mark.parametrize("unit", ["<break ", "<!doctype [", "<prosody a=", "<prosody a=b ", "[pause ", "<sub alias='",
                                  "<emphasis>", "*", "<!entity x", "<a b='", "<speak><p>"])  # fmt: skip
def test_the_worst_text_takes_a_moment(unit):
    begin = time.process_time()
    ssml.parse((unit * 20_000)[:19_990] + " word")
    assert time.process_time() - begin < 10  # a circle of retries would take minutes


@pytest.mark.parametrize("text", ["", "<break time='1s'/>", "[pause 1]", "<speak></speak>", "**", "<emphasis/>"])
def test_marks_alone_are_nothing_to_say(text):
    with pytest.raises(errors.TextError, match="write words|give a sentence"):
        ssml.parse(text)


def test_a_plain_text_is_one_span():
    for text in ("It's 5 o'clock, and all is well!", "# Head\n- one\n- two", "Great 😀 news!", "我用 Python 写程序"):
        assert ssml.parse(text) == [Span(plain_text.plain(text))]


def test_stress_without_a_word_for_it_is_slower_and_higher():
    plain, strong = Span("a", rate=0.9, pitch=1.0).manner, Span("a", rate=0.9, pitch=1.0, emphasis=2).manner
    assert plain == (0.9, 1.0, 0.0)
    assert strong[0] < plain[0] and strong[1] > plain[1] and strong[2] > 0


# ---------------------------------------------------------------- say-as


@pytest.mark.parametrize(("kind", "text", "language", "words"), [
    ("cardinal", "1,234", "en", "one thousand two hundred thirty-four"), ("cardinal", "-7", "en", "minus seven"),
    ("cardinal", "10010", "cmn", "一万零一十"), ("cardinal", "1234", "de", "1234"),
    ("ordinal", "23", "en", "twenty-third"),
    ("ordinal", "12th", "en", "twelfth"), ("ordinal", "3", "cmn", "第三"), ("ordinal", "3", "de", "3."),
    ("date", "12/03/2024", "en", "December third, twenty twenty-four"),
    ("date", "1906-12-09", "en", "December ninth, nineteen oh six"),
    ("date", "2024-03-12", "cmn", "二零二四年三月十二日"),
    ("date", "soon", "en", "soon"), ("date", "31/31/2024", "en", "31/31/2024"),
    ("telephone", "+1 555-0123", "en", "plus one, five five five, zero one two three"),
    ("telephone", "138 0013", "cmn", "幺三八，零零幺三"), ("characters", "NASA 1", "en", "N A S A one"),
    ("characters", "A1", "cmn", "A 一"), ("currency", "$42.01", "en", "42 dollars and 1 cent"),
    ("currency", "USD 5", "en", "5 dollars"), ("currency", "€5", "cmn", "五欧元"), ("currency", "five", "en", "five"),
    ("cardinal", "9" * 30, "en", " ".join(["nine"] * 30)), ("", "5", "en", "5"),
])  # fmt: skip
def test_say_as(kind, text, language, words):
    assert say_as.said(text, kind, language) == words


def test_say_as_reaches_the_voice():
    date = ssml.parse("On <say-as interpret-as='date' format='dmy'>9.12.1906</say-as>.")
    assert [span.text for span in date] == ["On December ninth, nineteen oh six."]
    chinese = ssml.parse("这是<say-as interpret-as='characters'>AB</say-as>。")
    assert [span.text for span in chinese] == ["这是A B。"]


@pytest.mark.parametrize(("number", "words"), [
    (0, "零"), (10, "十"), (15, "十五"), (20, "二十"), (101, "一百零一"), (110, "一百一十"), (1005, "一千零五"),
    (10000, "一万"),
    (100_010, "十万零一十"), (120_000_000, "一亿二千万"), (10**12 + 1, "一万亿零一"), (-3, "负三"),
])  # fmt: skip
def test_chinese_numbers(number, words):
    assert say_as.cardinal(number, "cmn") == words


def test_english_numbers_agree_with_hibari():
    numbers = pytest.importorskip("hibari.g2p.numbers")

    def bare(words):
        return words.replace("-", " ").replace(" and ", " ").replace(",", "")

    for number in [*range(130), 999, 1000, 1001, 12_345, 10**6, 987_654_321]:
        assert bare(say_as.cardinal(number)) == bare(numbers.cardinal(number))
    for number in range(1, 100):
        assert bare(say_as.ordinal(number)) == bare(numbers.ordinal(number))


# ---------------------------------------------------------------- where the voices fail


@pytest.mark.parametrize(("text", "language", "words"), [
    ("It is $1,234.50 now", "en", "It is 1234 dollars and 50 cents now"), ("$3.5 million", "en", "3.5 million dollars"),
    ("£1", "en", "1 pound"), ("on 2024-03-12.", "en", "on March twelfth, twenty twenty-four."),
    ("5 km at 20 °C", "en", "5 kilometres at 20 degrees Celsius"), ("10-20 people", "en", "10 to 20 people"),
    ("1/2 cup", "en", "one half cup"), ("24/7, 4-5-6, v1.2.3, 3.14, 1990s", "en", "24/7, 4-5-6, v1.2.3, 3.14, 1990s"),
    ("2024年有50%", "cmn", "二零二四年有百分之五十"), ("¥2和$20", "cmn", "两元和二十美元"),
    ("零下-5度", "cmn", "零下-五度"),
    ("10:05出发", "cmn", "十点零五分出发"), ("3-5天", "cmn", "三到五天"), ("维生素B12，A380", "cmn", "维生素B12，A380"),
    ("€20", "de", "20 €"), ("5 km", "de", "5 km"),
])  # fmt: skip
def test_what_voices_misread_is_in_words(text, language, words):
    assert say_as.mended(text, language) == words
    assert symbols.in_words(text, language) == words


@pytest.mark.parametrize(("digits", "words", "voice"), [
    ("$5", "five dollars", "en-us"), ("¥100", "一百元", "cmn"), ("10000", "一万", "cmn"), ("50%", "百分之五十", "cmn")])
def test_the_voice_says_the_words(digits, words, voice):
    said, written = (speech.synthesize(text, voice) for text in (digits, words))
    assert [p.symbol for p in said.phonemes] == [p.symbol for p in written.phonemes]
    np.testing.assert_allclose(said.duration, written.duration, atol=0.05)


@pytest.mark.parametrize("mark", ["[pause -3]", "[pause 1e9]", "[pause soon]", "[pause 0.5 min]", "[Pause nan]"])
def test_a_pause_that_is_none_is_told_and_not_read_out(mark):
    with pytest.raises(errors.TextError, match="is no pause: write"):
        ssml.parse(f"Wait {mark} here")
