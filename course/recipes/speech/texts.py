"""What is said in training: sentences that ship, and any number of others, words put where their kind belongs.

Sense does not matter, sounds in every neighbourhood do. The words are those that Hibari's tagger and jieba know as
common; sounds of the lips come twice as often as in a newspaper.
"""

import functools
import gzip
import importlib.util
import json
from pathlib import Path

import numpy as np

from ...io import weights

KEPT = 20  # one in so many sentences of prose is kept to choose thresholds with
ENGLISH = (
    "The {JJ} {NN} {VBZ} the {NN} of {NNS}.", "My {NN} {MD} never {VB} a {JJ} {NN}, but your {NNS} {MD} be {JJ}.",
    "{NNP} {VBD} {RB} in the {NN} with {CD} {NNS}.", "Do you have {JJ} {NNS}, or only a {NN} and some {NN}?",
    "What {MD} we do about the {NN}, the {NNS} and the {JJ} {NN} by {NNP}?", "Please give me a {NN} for the {NN}!",
    "We were {VBG} the {JJ} {NNS}, while they {VBD} {JJ}.", "If the {NN} is {JJR}, everybody {VBZ} {RB}.",
    "I {RB} saw a {JJ} {NN}; it was the {JJS} of all {NNS}.", "Maybe {NNP} {VBZ} how the {NN} became {JJ}.",
    "{NNS} and {NNS}, {NNS} or {NNS}.", "There is no {NN} more {JJ} than this {NN}, you know.",
    "Half of our {NNS} are {VBG} before {NNP}.", "Who put the {NN} up on top of my {JJ} {NN}?",
)  # fmt: skip
MANDARIN = (
    "这个{n}很{a}，但是那个{n}不{a}。", "我们{d}{v}{n}和{n}。", "你为什么不{v}{n}？", "{nr}在{ns}{v}了一本{n}。",
    "请把{n}放在{n}上面。", "如果{n}{v}，我就{d}{v}{n}。", "妈妈和爸爸都说{n}{d}很{a}。", "{n}、{n}、{n}，还有{n}。",
    "他{v}的{n}比我的{n}更{a}。", "明天下午，{nr}的朋友{d}要去{ns}。", "没有{n}，怎么{v}{n}呢？",
    "{a}的{n}，{a}的{n}。", "老师问：{n}是不是{v}{n}的？", "不管{n}{v}不{v}，都{d}{a}。",
)  # fmt: skip


def read_sentences() -> dict:
    """The training sentences that ship: {voice of espeak-ng: [sentence, ...]}."""
    return _read("sentences.txt")


def read_prose() -> tuple[dict, dict]:
    """Sentences as people write them: {voice of espeak-ng: [sentence, ...]} to train on, and every twentieth, of
    which nothing is trained."""
    train, kept = {}, {}
    for voice, sentences in _read("prose.txt").items():
        kept[voice] = sentences[KEPT // 2 :: KEPT]
        train[voice] = [sentence for sentence in sentences if sentence not in kept[voice]]
    return train, kept


def _read(name: str) -> dict:
    found = {}
    for line in weights.data_file(name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            voice, sentence = line.split("\t")
            found.setdefault(voice, []).append(sentence)
    return found


def english(random: np.random.Generator) -> str:
    """A sentence of common English words."""
    return _filled(str(random.choice(ENGLISH)), _english_words(), _labial_letters, random)


def mandarin(random: np.random.Generator) -> str:
    """A sentence of common Mandarin words."""
    return _filled(str(random.choice(MANDARIN)), _mandarin_words(), _labial_signs, random)


def shuffled(text: str, random: np.random.Generator) -> str:
    """The words, or the signs of a script without spaces, in another order, with a comma now and then."""
    spaced = text.count(" ") > 3
    words = text.split() if spaced else list(text)
    words = [str(word) for word in random.permutation(words)]
    words = [word + "," if random.random() < 0.12 else word for word in words]
    return (" " if spaced else "").join(words)


def _filled(sentence: str, words: dict, labial, random) -> str:
    while "{" in sentence:
        first = sentence.index("{")
        kind = sentence[first + 1 : sentence.index("}")]
        word = str(random.choice(words[kind]))
        if not labial(word) and random.random() < 0.5:
            word = str(random.choice(words[kind]))
        sentence = sentence.replace("{" + kind + "}", word, 1)
    return sentence[:1].upper() + sentence[1:]


def _labial_letters(word: str) -> bool:
    return any(letter in "mbpfv" for letter in word)


def _labial_signs(word: str) -> bool:
    from pypinyin import lazy_pinyin

    return any(syllable[:1] in "mbpf" for syllable in lazy_pinyin(word))


@functools.lru_cache(maxsize=1)
def _english_words() -> dict:
    """{tag: [word, ...]}, of Hibari's tagger."""
    path = Path(importlib.util.find_spec("hibari").origin).parent / "assets/tagger.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        tags = json.load(file)["tagdict"]
    words = {}
    for word, tag in sorted(tags.items()):
        if word.isalpha() and word.isascii() and (tag.startswith("NNP") or word.islower()) or tag == "CD":
            words.setdefault(tag, []).append(word)
    return words


@functools.lru_cache(maxsize=1)
def _mandarin_words() -> dict:
    """{kind: [word, ...]}, of jieba's dictionary."""
    words = {}
    path = Path(importlib.util.find_spec("jieba").origin).parent / "dict.txt"
    for line in path.read_text("utf-8").splitlines():
        word, count, kind = line.split()
        if int(count) > 200 and kind in ("n", "v", "a", "d", "ns", "nr"):
            words.setdefault(kind, []).append(word)
    return words
