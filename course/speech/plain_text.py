"""What a person typed or pasted as the words that are to be said.

One text has several spellings in Unicode (UAX 15, "Unicode Normalization Forms"): accents in one character or in two,
full-width, bold and circled letters. Pasted text brings marks that nobody reads aloud: tags, Markdown, emoji,
invisible signs. A plain sentence passes unchanged. What marks ask for (a pause, stress) is `ssml.py`'s business.
"""

import functools
import html
import html.entities
import re
import unicodedata

from .. import errors

MAX_CHARACTERS = 20_000  # about 20 minutes of speech

_EMOJI = "\ue000"  # stands where a picture stood; private, so no text that was cleaned holds one
STRESSED, STRONG, PLAIN_AGAIN = "\ue001", "\ue002", "\ue003"  # where `cleaned` with marks found *so* or **so**
FIRST_MARK = 0xF0000  # from here on characters are the caller's own: `cleaned` leaves them where they stand


def plain(text: str) -> str:
    """The words of a text, in normal form NFC, on one line.

    Raises:
        errors.TextError: not a string, too long, or nothing in it that can be said.
    """
    check(text)
    words = cleaned(PAUSE.sub("\n\n", letters(text)))
    if not has_words(words):
        raise nothing_to_say(text)
    return words


def with_pictures(text: str) -> str:
    """The words of a text and its emoji, on one line: what is not read aloud shows a mood. Raises as `check`."""
    check(text)
    # emoji stand aside as private characters while the rest is cleaned
    seen = []

    def aside(found):
        seen.append(found[0])
        return chr(FIRST_MARK + len(seen) - 1)

    pieces = re.split(f"({PICTURES.pattern})", PAUSE.sub(" ", text))
    marked = "".join(PICTURES.sub(aside, piece) if i % 2 else letters(piece) for i, piece in enumerate(pieces))
    words = cleaned(marked)
    return "".join(seen[ord(letter) - FIRST_MARK] if FIRST_MARK <= ord(letter) < FIRST_MARK + len(seen) else letter
                   for letter in words)


def check(text) -> None:
    """Raises `errors.TextError`: not a string, or too long."""
    if not isinstance(text, str):
        raise errors.TextError(f"the text is no string but {type(text).__name__}: give a sentence to say, such as "
                               '"Hello!"')
    if len(text) > MAX_CHARACTERS:
        raise errors.TextError(f"the text has {len(text):,} characters; {MAX_CHARACTERS:,}, about 20 minutes of "
                               "speech, are the most at once: make a film of each part")
    for mark in _ALMOST_PAUSE.findall(text):
        if not PAUSE.fullmatch(mark):
            raise errors.TextError(f"{shown(mark)} is no pause: write [pause 0.5] for half a second, 10 at most")


def has_words(words: str) -> bool:
    """Whether there is anything in it that a voice pronounces."""
    return any(unicodedata.category(letter)[0] in "LN" or letter in "&%@#+=$€£¥" for letter in words)


def nothing_to_say(text: str) -> errors.TextError:
    """The error for a text in which there is nothing to pronounce."""
    return errors.TextError("the text is empty: give a sentence to say" if not text.strip() else
                            f"there is nothing to pronounce in {shown(text)}: write words")


def cleaned(text: str, marked: bool = False) -> str:
    """Text that `letters` has seen, without tags, Markdown and pictures, on one line.

    marked: what Markdown stresses comes back between `STRESSED` or `STRONG` and `PLAIN_AGAIN`.
    """
    return _on_one_line(_addresses(_without_markdown(_without_tags(text), marked)))


def shown(text: str) -> str:
    """A text as a message shows it: the beginning, and nothing that a terminal cannot write."""
    return ascii(text) if len(text) <= 30 else ascii(text[:27])[:-1][:60] + "...'"


# ---------------------------------------------------------------- characters


# Kinds of compatibility characters (UAX 44) that are another look of a letter
_LOOKS = frozenset("<font> <wide> <narrow> <circle> <square> <initial> <medial> <final> <isolated>".split())
# of <compat>, those whose names begin so: ligatures, Roman numerals, radicals, degrees; not Thai AM or spacing accents
_COMPATIBLE = ("LATIN", "ROMAN", "SMALL", "KANGXI", "CJK", "ARABIC", "ARMENIAN", "HEBREW", "DIGIT", "NUMBER",
               "PARENTHESIZED", "DEGREE", "DOUBLE-STRUCK", "ALEF", "BET", "GIMEL", "DALET")  # fmt: skip
_ENCLOSED = re.compile(r"(?:(?:NEGATIVE |CROSSED NEGATIVE )?(?:CIRCLED|SQUARED)|LATIN LETTER SMALL|TAG) "
                       r"(?:LATIN )?(?:CAPITAL|SMALL)? ?(?:LETTER )?([A-Z])")  # fmt: skip
PICTURES = re.compile(
    "[\u2190-\u21ff\u2300-\u23ff\u2500-\u27bf\u2800-\u28ff\u2b00-\u2bff\u3030\u303d\u3297\u3299\u266a"
    "\U0001f000-\U0001f0ff\U0001f10d-\U0001f10f\U0001f16a-\U0001f16f\U0001f1e6-\U0001faff]")  # fmt: skip
_CLAUSE_MARKS = frozenset("！，．：；？（）［］｛｝～｡､｢｣")  # wide signs that end a clause without a space after them
_NO_VOWELS = "\u115f\u1160\u3164\uffa0"  # Hangul fillers
_DECORATION = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4,}")
_STRUCK = re.compile("[\u0334-\u0338\u034f\u0488\u0489\u20d0-\u20ff]")
# Marks beside the letters that espeak-ng's voices name instead of reading: Hebrew points (it reads the letters without
# them), signs of the Quran and of the Vedas
_UNREAD = re.compile("[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0656-\u065f\u06d6-\u06dc"
                     "\u06df-\u06e8\u06ea-\u06ed\u0900\u0951-\u0954\u0e3a\u0e4d\u135d-\u135f]")  # fmt: skip
_MOST_MARKS = 8  # on one letter; Tibetan needs 5
# NFC leaves these in two characters, and espeak-ng reads Bengali by the one
_BENGALI = {"\u09a1\u09bc": "\u09dc", "\u09a2\u09bc": "\u09dd", "\u09af\u09bc": "\u09df"}
_JOINING = re.compile("[\u0600-\u0dff\u0f00-\u109f\u1780-\u18af]")  # scripts in which joiners shape words
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")  # scripts in which U+200B parts words


def letters(text: str) -> str:
    """Every character in its plainest form that sounds the same; pictures become `_EMOJI`."""
    if text.isascii():
        return "".join(letter if letter == "\n" or letter.isprintable() else " "
                       for letter in text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _DECORATION.sub("", text)
    text = unicodedata.normalize("NFC", "".join(map(_look, text)))
    text = _UNREAD.sub("", _STRUCK.sub("", text))
    for two, one in _BENGALI.items():
        text = text.replace(two, one)
    kept, marks = [""], 0
    for letter in text.replace("\r\n", "\n").replace("\r", "\n"):
        category = unicodedata.category(letter)
        marks = marks + 1 if category[0] == "M" else 0
        seen = _visible(letter, category, kept[-1]) if marks <= _MOST_MARKS else ""
        if seen:
            kept.append(seen)
    text = "".join(kept)
    text = re.sub(r"(?<=\d)．(?=\d)", ".", text)
    return re.sub(r"(?<=[^\W\d_])[’‘ʼ‛](?=[^\W\d_])", "'", text)


@functools.lru_cache(maxsize=4096)
def _look(letter: str) -> str:
    """The letter behind another look of it: full-width, bold, circled, in a ligature, superscript."""
    if letter < "\u0080" or letter in _CLAUSE_MARKS:
        return letter
    kind = unicodedata.decomposition(letter).split(" ")[0]
    name = unicodedata.name(letter, "")
    category = unicodedata.category(letter)
    if kind in _LOOKS or (kind == "<compat>" and name.startswith(_COMPATIBLE)):
        return unicodedata.normalize("NFKC", letter)
    if kind in ("<super>", "<sub>") and category == "Lm":
        return unicodedata.normalize("NFKC", letter)
    enclosed = _ENCLOSED.fullmatch(name)
    if enclosed and category in ("So", "Ll"):
        return enclosed[1]
    return letter


def _visible(letter: str, category: str, before: str) -> str:
    """The letter, or what stands for it if it is a space, a picture or cannot be seen."""
    if letter == "\n" or category in ("Zl", "Zp"):
        return "\n"
    if category in ("Zs", "Cc", "Cs", "Co", "Cn") or letter in _NO_VOWELS:
        return " "
    if letter == "\u200b":
        return " " if _SPACELESS.match(before) else ""
    if letter in "\u200c\u200d":
        return letter if _JOINING.match(before) else ""
    if category == "Cf" or letter == "\u0640" or _is_selector(letter):  # U+0640 only stretches an Arabic word
        return ""
    return _EMOJI if PICTURES.match(letter) else letter


def _is_selector(letter: str) -> bool:
    return "\ufe00" <= letter <= "\ufe0f" or "\u180b" <= letter <= "\u180f" or "\U000e0100" <= letter <= "\U000e01ef"


# ---------------------------------------------------------------- tags

_DROPPED = re.compile(r"<!--.*?-->|<\?.*?\?>|<!doctype[^>\[]*(?:\[[^\]]*\]\s*)?>|<!entity[^>]*>|"
                      r"<(script|style)\b[^>]*>.*?</\1\s*>", re.S | re.I)
_DECLARED = re.compile(r"<!entity\s+(?:%\s*)?([\w.-]{1,64})", re.I)  # names that only an XML parser would fill
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.S)
_ALIAS = re.compile(r"<sub\s[^>]*?alias=([\"'])(.*?)\1[^>]*>.*?</sub\s*>", re.S | re.I)
_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>=`]+))?)*)\s*(/?)>")
_SSML = "speak|break|emphasis|prosody|sub|say-as|phoneme|voice|audio|mark|desc|token|lexicon|metadata"
# A tag of SSML, whole or broken: values may lack quotes or one of them, and the tag its ">"
SSML_TAG = re.compile(
    rf"<(/?)({_SSML})(?=[\s/>]|$)((?:\s*[\w:.-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[\"']?[^\s\"'<>/]*/?))*)"
    r"\s*(?:[\w:.-]+\s*(?=/?>))*(/?)>?", re.I)
_VOID = frozenset("br hr img input wbr link meta source break mark audio p li".split())  # may lack an end
_BLOCKS = frozenset("p s br hr li ul ol div h1 h2 h3 h4 h5 h6 tr table section article blockquote title sentence "
                    "paragraph head body speak break".split())  # a pause on both sides
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def _without_tags(text: str) -> str:
    """Text without the tags of SSML, HTML and XML; `x<5` and `a < b` are no tags."""
    if "<" in text:
        text = without_declarations(text)
        text = _ALIAS.sub(lambda found: found[2], text)
        ended = {found[2].lower() for found in _TAG.finditer(text) if found[1]}

        def replaced(found):
            name = found[2].lower()
            if not (found[1] or found[4] or "=" in found[3] or name in ended or name in _VOID):
                return found[0]
            return "\n\n" if name in _BLOCKS else ""

        text = SSML_TAG.sub(" ", _TAG.sub(replaced, text))
    if "&" in text and _ENTITY.search(text):
        text = unicodedata.normalize("NFC", _ENTITY.sub(lambda found: letters(_character(found)), text))
    return text


def without_declarations(text: str) -> str:
    """Text without comments, scripts, document types and the entities that these declare; CDATA as plain text."""
    declared = set(_DECLARED.findall(text))
    text = _CDATA.sub(lambda found: html.escape(found[1]), _DROPPED.sub(" ", text))
    if declared:
        text = re.sub(r"[&%]([\w.-]{1,64});", lambda found: " " if found[1] in declared else found[0], text)
    return text


def _character(found) -> str:
    """What an entity stands for; itself if there is none of that name."""
    known = found[0][1] == "#" or found[0][1:] in html.entities.html5
    return html.unescape(found[0]) if known else found[0]


# ---------------------------------------------------------------- Markdown (CommonMark 0.31)

_LINES = [
    (re.compile(r"^[ \t]*(?:```|~~~).*$", re.M), ""),  # fences
    (re.compile(r"^[ \t]*\[[^\]\n]+\]:[ \t]+\S+.*$", re.M), ""),  # where a link leads
    (re.compile(r"^[ \t]*(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|={2,})$", re.M), "\n"),  # rules
    (re.compile(r"^[ \t]*\|?[ \t:|-]*-[ \t:|-]*\|[ \t:|-]*$", re.M), ""),  # the line below a table's head
    (re.compile(r"^[ \t]*\|(.*)\|[ \t]*$", re.M), lambda found: f"\n\n{re.sub(r' *[|]', ',', found[1])}\n\n"),  # tables
    (re.compile(r"^(?:[ \t]*>[ \t]?)+(?=[ \t]*[^\d\s])", re.M), ""),  # quotations
    (re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+(.*?)[ \t#]*$", re.M), r"\n\n\1\n\n"),  # headings
    (re.compile(r"^[ \t]*[-*+•‣◦][ \t]+(?:\[[ xX]\][ \t]+)?(.*)$", re.M), r"\n\n\1\n\n"),  # lists
]
_UNPARTED = "[\u2e80-\u9fff\uf900-\ufaff]"  # scripts that put no space between words
_INSIDE = [
    (re.compile(r"\[\^[^\]\s]+\]"), ""),  # footnotes
    (re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s+[\"'(][^\n]*?[\"')])?\)"), r"\1"),  # links and pictures
    (re.compile(r"!?\[([^\[\]]+)\]\[[^\[\]]*\]"), r"\1"),
    (re.compile(r"<((?:https?|ftp|mailto):[^\s<>]+|[^\s<>@]+@[^\s<>@]+)>"), r"\1"),
    (re.compile(r"(?<!`)(`{1,3})(?!`)(.+?)(?<!`)\1(?!`)", re.S), r"\2"),  # code
    (re.compile(r"(?<![\\*])\*\*\*(?=[^\s*])(.+?)(?<=[^\s*])\*\*\*(?!\*)", re.S), r"\1", STRONG),
    (re.compile(r"(?<![\\*\d])\*\*(?=[^\s*])(.+?)(?<=[^\s*\\])\*\*(?![*\d])", re.S), r"\1", STRONG),
    (re.compile(rf"(?<![\\*])(?:(?<!\w)|(?<={_UNPARTED}))\*(?=[^\s*])([^*\n]+?)(?<=[^\s*\\])\*(?!\*)"
                rf"(?:(?!\w)|(?={_UNPARTED}))"), r"\1", STRESSED),
    (re.compile(r"(?<![\\_\w])__(?=[^\s_])([^\n]+?)(?<=[^\s_\\])__(?![_\w])"), r"\1", STRONG),
    (re.compile(r"(?<![\\_\w])(_{1,3})(?=[^\s_])([^\n]+?)(?<=[^\s_\\])\1(?![_\w])"), r"\2", STRESSED),
    (re.compile(r"(?<!~)~~(?=[^\s~])(.+?)(?<=[^\s~])~~(?!~)", re.S), r"\1"),
    (re.compile(r"(?<!\S)==(?=[^\s=])(.+?)(?<=[^\s=])==(?!\w)", re.S), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!~>|<-])"), r"\1"),
]


def _without_markdown(text: str, marked: bool) -> str:
    """Text without its marks; headings and items of lists become sentences; marked: as in `cleaned`."""
    if not re.search(r"[*_`#~|>\[\\=]|^\s*[-+•‣◦]|---", text, re.M):
        return text
    for pattern, kept, *stress in _LINES + _INSIDE:
        text = pattern.sub(stress[0] + kept + PLAIN_AGAIN if marked and stress else kept, text)
    return text


# ---------------------------------------------------------------- addresses and lines

_ADDRESS = re.compile(r"\b(?:(?:https?|ftp)://(?:[^\s/@]+@)?(?:www\.)?|www\.)([^\s/?#<>\"'，。、！？）」]+)([^\s<>\"'，。、！？）」]*)",
                      re.I)  # fmt: skip
_HASHTAG = re.compile(r"(?<![\w&#])#(?=\w*[^\W\d])(\w+)")
_LONGEST_PATH = 40


def _addresses(text: str) -> str:
    """`https://www.example.com/a-page?id=3` as "example.com a page", `#OldPhotos` as "Old Photos"."""
    text = _ADDRESS.sub(_said_address, text)
    text = re.sub(r"\bmailto:(?=\S+@)", "", text)
    return _HASHTAG.sub(lambda found: re.sub(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|_", " ", found[1]), text)


def _said_address(found) -> str:
    host, rest = found[1], found[2]
    end = re.search(r"[.,;:!?)\]]*$", host + rest)[0]
    path = re.split(r"[?#]", rest)[0]
    words = re.sub(r"[/_\-.+~=]+|%[0-9A-Fa-f]{2}", " ", path).strip(" ,;:!?)]")
    host = re.sub(r":\d+$", "", host).rstrip(".,;:!?)]")
    return host + (f" {words}" if words and len(words) <= _LONGEST_PATH else "") + end


PAUSE = re.compile(r"\[pause(?:\s+(\d{1,3}(?:\.\d{0,3})?|\.\d{1,3})\s*(s|ms|sec|seconds?)?)?\]", re.I)  # plain mark
_ALMOST_PAUSE = re.compile(r"\[pause\s[^\[\]\n]{0,40}\]", re.I)
_PICTURE = re.compile(rf"(\w?)(\s*)(?:{_EMOJI}\s*)+(\w?)")
_REPEATED = re.compile(r"([^\w\s]\s?)\1{3,}")
_ARROWS = re.compile(r"\s+(?:-+>|=+>|<-+>?|<=+>)(?=\s)")


def _on_one_line(text: str) -> str:
    """Empty lines end a sentence, other breaks are spaces; a picture between words is a pause; runs of signs shrink."""
    text = _PICTURE.sub(lambda found: f"{found[1]}, {found[3]}" if found[1] and found[3] else
                        f"{found[1]}{' ' if found[2] or found[3] else ''}{found[3]}", text)  # fmt: skip
    text = _ARROWS.sub(",", text)
    text = _REPEATED.sub(r"\1", text)
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
    paragraphs = [re.sub(r"^[\s,]+|(?<=,)[\s,]+$", "", part) for part in paragraphs]
    paragraphs = [part for part in paragraphs if part]
    return " ".join([part + _stop(part) for part in paragraphs[:-1]] + paragraphs[-1:])


def _stop(part: str) -> str:
    """What ends a paragraph that ends without a sign. No point behind a number: German reads "5." as "fifth"."""
    last = part[-1]
    if last.isdigit():
        return ";"
    if not (last.isalpha() or unicodedata.category(last)[0] == "M" or last in "\"'”’»)）」"):
        return ""
    return "。" if unicodedata.name(last, "").startswith(("CJK", "HIRAGANA", "KATAKANA")) else "."
