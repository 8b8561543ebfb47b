"""What mood do words have? Each sentence of a text gets one: happy, sad, surprised, angry, or neutral.

    "We won! 🎉 The train leaves at ten." -> [Mood("happy", 0.8, "We won!"), Mood("neutral", 0, "The train ...")]

English is read by VADER (Hutto and Gilbert, "VADER: a parsimonious rule-based model for sentiment analysis of social
media text", 2014), which says how good or bad a sentence sounds, and by words of our own for anger and surprise, which
it does not tell apart. Chinese is read by words of our own; every language by pictures and signs. The words stand in
`data/mood.txt`, its limits in `data/mood.md`.
"""

import functools
import re
from dataclasses import dataclass

from ..io import weights
from . import plain_text

WORDS = "mood.txt"
NEUTRAL = "neutral"
SEEN = 0.34  # strength from which a mood is shown; below, words are as likely to mislead
GOOD, BAD = 0.5, -0.4  # VADER's number from which a sentence counts as good or bad: "please" alone comes to 0.32


@dataclass(frozen=True)
class Mood:
    """name: one of `motion.EXPRESSIONS`; strength: 0 to 1; text: the words; question: whether they ask."""

    name: str = NEUTRAL
    strength: float = 0.0
    text: str = ""
    question: bool = False


def moods_of(text: str) -> list:
    """The `Mood` of each sentence of a text, in order; of a text with tags, those of what is said."""
    return [mood_of(sentence) for sentence in sentences(text)]


def mood_of(sentence: str) -> Mood:
    """The mood of one sentence."""
    words, pictures = _parted(sentence)
    scores = {}
    for picture in [*pictures, *re.findall("[‼⁉]", words)]:
        _add(scores, lexicon()["any"].get(picture, {}))
    is_chinese = bool(_HAN.search(words)) and not _KANA.search(words)
    if is_chinese:
        _add(scores, _of_chinese(words))
    if _LATIN.search(words) and not is_chinese:
        _add(scores, _of_english(words))
    name = max(scores, key=scores.get, default=NEUTRAL)
    strength = min(1.0, scores.get(name, 0.0) * _force(words))
    question = bool(_QUESTION.search(words)) or (is_chinese and bool(re.search(r"[吗嗎][。！!.]?\s*$", words)))
    if strength < SEEN:
        return Mood(text=words, question=question)
    return Mood(name, round(strength, 3), words, question)


_QUESTION = re.compile(r"(?:[?？؟՞]|[\u0370-\u03ff];)[\"'”’»)）」!！]*\s*$")  # Greek asks with its semicolon


# ---------------------------------------------------------------- sentences

_HAN, _KANA, _LATIN = re.compile("[\u4e00-\u9fff]"), re.compile("[\u3040-\u30ff]"), re.compile("[A-Za-z]{2}")
_END = re.compile(r"(?:[.!?…]+[\"'”’»)]*(?=\s|$)|[。！？]+[”’」』）]*)")
_ABBREVIATED = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|e\.g|i\.e|No|Fig|approx|[A-Z]))\.$")


def sentences(text: str) -> list:
    """The sentences of a text, each with the pictures that follow it: ["We won! 🎉", "The train leaves at ten."]."""
    words = plain_text.with_pictures(text)
    found, start = [], 0
    for end in _END.finditer(words):
        piece = words[start : end.end()]
        if _ABBREVIATED.search(piece.rstrip()) or not plain_text.has_words(piece):
            continue
        found.append(piece.strip())
        start = end.end()
    rest = words[start:].strip()
    if rest and (plain_text.has_words(rest) or not found):
        found.append(rest)
        rest = ""
    # pictures stand behind what they are about, also behind its full stop
    for i, piece in enumerate(found):
        ahead = _AHEAD.match(piece) if i else None
        if ahead:
            found[i - 1], found[i] = f"{found[i - 1]} {ahead[0].strip()}", piece[ahead.end() :]
    if rest:
        found[-1] = f"{found[-1]} {rest}"
    return [piece for piece in found if piece]


_AHEAD = re.compile(rf"(?:{plain_text.PICTURES.pattern}|[\ufe0f\u200d\U0001f3fb-\U0001f3ff]|\s)+")
_SMILEYS = re.compile(r"(?<!\S)(?:>?[:;=]['-]?[)(DOoPp]|\^_?\^|xD|<3|;_;|T_T|QAQ|[Oo]_[Oo])(?!\S)")


def _parted(sentence: str) -> tuple:
    """(words, pictures): a sentence without its emoji and smileys, and those."""
    pictures = [letter for letter in sentence if plain_text.PICTURES.match(letter)] + _SMILEYS.findall(sentence)
    words = _SMILEYS.sub(" ", plain_text.PICTURES.sub(" ", sentence)).replace("\ufe0f", "")
    return " ".join(words.split()), pictures


def _force(words: str) -> float:
    """How much signs add: exclamation marks up to a quarter."""
    return 1.0 + min(0.25, 0.12 * (words.count("!") + words.count("！")))


# ---------------------------------------------------------------- words


@functools.lru_cache(maxsize=1)
def lexicon() -> dict:
    """{language: {word: {mood: strength}}} of `data/mood.txt`; the mood "none" is {}. Raises `errors.WeightsError`."""
    found = {}
    for line in weights.data_file(WORDS).read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        language, name, strength, words = line.split("\t")
        for word in words.split("|" if language == "en" else " "):
            known = found.setdefault(language, {}).setdefault(word, {})
            if name != "none":
                known[name] = max(float(strength), known.get(name, 0.0))
    return found


def _add(scores: dict, more: dict) -> None:
    """Two signs of one mood are more than one, and never more than 1.2: 1 - (1 - a) (1 - b), roughly."""
    for name, strength in more.items():
        high, low = max(scores.get(name, 0.0), strength), min(scores.get(name, 0.0), strength)
        scores[name] = min(1.2, high + 0.25 * low)


@functools.lru_cache(maxsize=1)
def _vader():
    """VADER's analyzer, without the words of our mood "none"; reading its words takes a tenth of a second, once."""
    from vaderSentiment import vaderSentiment

    analyzer = vaderSentiment.SentimentIntensityAnalyzer()
    for word, known in lexicon()["en"].items():
        if not known:  # in a textbook "wrong" and "loss" are no bad news
            analyzer.lexicon.pop(word, None)
    return analyzer


@functools.lru_cache(maxsize=1)
def _english_words():
    """One pattern for all words of our own, the longest first."""
    words = sorted(lexicon()["en"], key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words))


_NOT_ENGLISH = re.compile(r"\b(?:not|never|no longer|n't|isn't|wasn't|don't|didn't|won't|hardly)\s+(?:\w+\s+){0,2}$")


def _of_english(words: str) -> dict:
    """{mood: strength}: good or bad from VADER, and which good or bad from words."""
    small = words.lower().replace("’", "'")
    scores = {}
    for found in _english_words().finditer(small):
        if not _NOT_ENGLISH.search(small[: found.start()]):
            _add(scores, lexicon()["en"][found[0]])
    compound = _vader().polarity_scores(words)["compound"]
    if compound > GOOD:
        # a good surprise and a good anger: the surprise shows, the anger is a word out of place
        scores["angry"] = scores.get("angry", 0.0) * 0.4
        _add(scores, {"happy": 0.3 + 0.6 * (compound - GOOD) / (1 - GOOD)})
    elif compound < BAD:
        scores["happy"] = scores.get("happy", 0.0) * 0.4
        if not scores.get("angry"):
            _add(scores, {"sad": 0.3 + 0.6 * (compound - BAD) / (-1 - BAD)})
    return scores


_NOT_CHINESE = re.compile(r"[不没沒别別未无無](?:有|[么很太再是会會要感觉觉得到用必]){0,3}$")
_MORE = re.compile(r"(?:非常|特别|特別|十分|极其|極其|太|真的?|好|很|超级?|最|多么|多麼|实在|那么|这么)[的地是]?$")
_LESS = re.compile(r"(?:有点|有點|稍微|略|有些|一点|比较|比較)$")
# what a mood is when it is denied: (another mood, times its strength)
_DENIED = {"happy": ("sad", 0.75), "sad": ("sad", 0.0), "angry": ("angry", 0.0), "surprised": ("surprised", 0.0)}


def _of_chinese(words: str) -> dict:
    """{mood: strength}: the longest word at each place, with what stands before it."""
    known, scores, at = lexicon()["zh"], {}, 0
    longest = _longest_chinese()
    while at < len(words):
        size = next((n for n in range(min(longest, len(words) - at), 0, -1) if words[at : at + n] in known), 0)
        if not size:
            at += 1
            continue
        before = words[max(0, at - 5) : at]
        times = 1.15 if _MORE.search(before) else 0.7 if _LESS.search(before) else 1.0
        for name, strength in known[words[at : at + size]].items():
            if _NOT_CHINESE.search(before):
                name, share = _DENIED[name]
                strength *= share
            _add(scores, {name: strength * times})
        at += size
    return scores


@functools.lru_cache(maxsize=1)
def _longest_chinese() -> int:
    return max(map(len, lexicon()["zh"]))
