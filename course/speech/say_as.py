"""Numbers, dates, money and letters in words: where `<say-as>` asks for it, and where a voice reads them wrongly.

The voices read most of this by their own rules; `mended` touches only what they were heard to read wrongly:
espeak-ng says "$5" as "dollar five" in English and leaves the sign out in Chinese, where it also reads 10000 as
"ten thousand" for "one ten-thousand" and drops minus signs; dates with signs between their numbers become "slash".
"""

import re

from .. import errors
from . import scripts

_ONES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
         "seventeen eighteen nineteen").split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
             "twelve": "twelfth"}
MONTHS = ("January February March April May June July August September October November December").split()
_DIGITS = "零一二三四五六七八九"
_LONGEST = 15  # digits that are read as one number; more are read one by one
# sign or code: (English singular, plural, its hundredth's, Chinese)
MONEY = {
    "$": ("dollar", "dollars", "cents", "美元"), "€": ("euro", "euros", "cents", "欧元"),
    "£": ("pound", "pounds", "pence", "英镑"), "¥": ("yen", "yen", "", "元"), "￥": ("yuan", "yuan", "fen", "元"),
    "USD": ("dollar", "dollars", "cents", "美元"), "EUR": ("euro", "euros", "cents", "欧元"),
    "GBP": ("pound", "pounds", "pence", "英镑"), "JPY": ("yen", "yen", "", "日元"),
    "CNY": ("yuan", "yuan", "fen", "元"), "RMB": ("yuan", "yuan", "fen", "元"),
}  # fmt: skip
UNITS = {"km/h": ("kilometres an hour", "公里每小时"), "km": ("kilometres", "公里"), "kg": ("kilograms", "公斤"),
         "cm": ("centimetres", "厘米"), "mm": ("millimetres", "毫米"), "m²": ("square metres", "平方米"),
         "°C": ("degrees Celsius", "摄氏度"), "°F": ("degrees Fahrenheit", "华氏度")}  # fmt: skip
# how a voice's own rules write "3rd"; other languages read the bare number
ORDINAL_ENDS = {"de": "{}.", "fr": "{}e", "es": "{}º", "it": "{}º", "pt": "{}º", "nl": "{}e", "pl": "{}.", "cs": "{}.",
                "fi": "{}.", "da": "{}.", "nb": "{}.", "hu": "{}."}  # fmt: skip


def language_of(words: str, language: str | None = None) -> str:
    """Two or three letters, such as "en" or "cmn": of a language as espeak-ng's voices are named, or, for None, of that
    in which most of the words are written."""
    if language is None:
        try:
            language = max(scripts.parts(words), key=lambda part: len(part[0]))[1]
        except errors.TextError:  # no voice reads them, which whoever says them will be told
            return "en"
    base = str(language).lower().partition("+")[0].partition("-")[0]
    return {"zh": "cmn", "mandarin": "cmn", "chinese": "cmn", "english": "en"}.get(base, base)


# ---------------------------------------------------------------- numbers


def cardinal(number: int, language: str = "en") -> str:
    """A whole number in words, in English or Chinese ("cmn", "yue"); for other languages its digits."""
    if language not in ("en", "cmn", "yue"):
        return str(number)
    if number < 0:
        return ("minus " if language == "en" else "负") + cardinal(-number, language)
    if len(str(number)) > _LONGEST:
        return one_by_one(str(number), language)
    return _english(number) if language == "en" else _chinese(number)


def _english(number: int) -> str:
    if number < 20:
        return _ONES[number]
    if number < 100:
        return _TENS[number // 10 - 2] + (f"-{_ONES[number % 10]}" if number % 10 else "")
    for size, name in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"),
                       (100, "hundred")):  # fmt: skip
        if number >= size:
            rest = number % size
            return f"{_english(number // size)} {name}" + (f" {_english(rest)}" if rest else "")
    raise AssertionError(number)


def _chinese(number: int) -> str:
    """By ten-thousands; 零 once for each gap: 10,010 is 一万零一十."""
    if number < 10:
        return _DIGITS[number]
    for size, name in ((10**12, "万亿"), (10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number >= size:
            head, rest = divmod(number, size)
            words = ("" if size == 10 and head == 1 else _chinese(head)) + name
            if not rest:
                return words
            gap = "零" if rest < size // 10 else ""
            tail = ("一" if 10 <= rest < 20 else "") + _chinese(rest)
            return words + gap + tail
    raise AssertionError(number)


def ordinal(number: int, language: str = "en") -> str:
    """The same as a place in a row: third, 第三."""
    if language in ("cmn", "yue"):
        return "第" + cardinal(number, language)
    if language != "en":
        return ORDINAL_ENDS.get(language, "{}").format(number)
    head, sign, last = re.fullmatch(r"(.*?)([ -]?)([a-z]+)", cardinal(number)).groups()
    end = _ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return head + sign + end


def one_by_one(digits: str, language: str = "en", telephone: bool = False) -> str:
    """Digits each by itself: "5 5 5" for English, 五五五 for Chinese, where a telephone's 1 is 幺."""
    if language in ("cmn", "yue"):
        words = "".join(_DIGITS[int(digit)] if digit.isdigit() else digit for digit in digits)
        return words.replace("一", "幺") if telephone else words
    names = _ONES if language == "en" else None
    return " ".join(names[int(digit)] if names and digit.isdigit() else digit for digit in digits if digit.strip())


# ---------------------------------------------------------------- kinds of say-as


def said(words: str, kind: str, language: str, order: str = "") -> str:
    """Words as `<say-as interpret-as=kind format=order>` wants them said; as they are if the kind does not fit them."""
    text = words.strip()
    number = re.sub(r"(?<=\d)[, \u00a0](?=\d{3})", "", text)
    if kind in ("characters", "spell-out", "verbatim", "letters", "digits"):
        return spelled(text, language)
    if kind in ("cardinal", "number", "decimal") and re.fullmatch(r"[+-]?\d+", number):
        return cardinal(int(number), language) if len(number) <= _LONGEST else one_by_one(number, language)
    if kind == "ordinal" and re.fullmatch(r"\d{1,15}", re.sub(r"(?i)(st|nd|rd|th|\.)$", "", number)):
        return ordinal(int(re.match(r"\d+", number)[0]), language)
    if kind == "telephone":
        return telephone(text, language)
    if kind == "date":
        return _date_in(text, order, language) or words
    if kind == "currency":
        return _money_in(text, language) or words
    return words


def spelled(text: str, language: str) -> str:
    """Letter by letter, digit by digit."""
    if language in ("cmn", "yue"):
        return " ".join(_DIGITS[int(letter)] if letter in "0123456789" else letter.upper()
                        for letter in text if not letter.isspace())
    return " ".join(_ONES[int(letter)] if language == "en" and letter in "0123456789" else letter.upper()
                    for letter in text if letter.isalnum() or letter in "+@#&%=.")


def telephone(text: str, language: str = "en") -> str:
    """Digits one by one, with a short pause where the number was grouped."""
    groups = [one_by_one(group, language, telephone=True) for group in re.findall(r"\d+", text)]
    plus = {"en": "plus ", "cmn": "加", "yue": "加"}.get(language, "+ ") if text.lstrip(" (").startswith("+") else ""
    return plus + ("，" if language in ("cmn", "yue") else ", ").join(groups)


def _date_in(text: str, order: str, language: str) -> str:
    """A date whose numbers stand in `order` ("mdy", "dmy", "ymd", "md", ...); "" if this is none."""
    numbers = re.findall(r"\d+", text)
    if not order:
        order = "ymd" if numbers and len(numbers[0]) == 4 else "mdy" if language == "en" else "dmy"
    named = dict(zip(re.sub("[^dmy]", "", order), numbers))
    if len(named) != len(numbers) or not numbers:
        return ""
    return date(int(named.get("y", 0)), int(named.get("m", 0)), int(named.get("d", 0)), language)


def date(year: int, month: int, day: int, language: str = "en") -> str:
    """A date in words; what is 0 is left out. "" if there is no such day."""
    if not 0 <= month <= 12 or not 0 <= day <= 31 or not 0 <= year <= 9999:
        return ""
    if language in ("cmn", "yue"):
        return ((one_by_one(str(year), language) + "年" if year else "")
                + (_chinese(month) + "月" if month else "") + (_chinese(day) + "日" if day else ""))
    if language != "en":
        return " ".join(str(part) for part in (day, month, year) if part)
    parts = [MONTHS[month - 1] if month else "", ordinal(day) if day else ""]
    head = " ".join(part for part in parts if part)
    return head + (", " if head and year else "") + (year_in_words(year) if year else "")


def year_in_words(year: int) -> str:
    """In English, by hundreds: 1906 is nineteen oh six, 2005 two thousand five."""
    century, rest = divmod(year, 100)
    if year < 1000 or 2000 <= year < 2010 or (not century % 10 and not rest):
        return cardinal(year)
    words = "hundred" if not rest else f"oh {cardinal(rest)}" if rest < 10 else cardinal(rest)
    return f"{cardinal(century)} {words}"


_AMOUNT = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SIGN_FIRST = re.compile(rf"(?<![A-Za-z\d.,])(-?)([$€£¥￥])\s?({_AMOUNT})"
                         r"(?:\s?(million|billion|trillion|thousand|万|亿))?(?!\d)")
_CODE = re.compile(rf"(?:(USD|EUR|GBP|JPY|CNY|RMB)\s?({_AMOUNT})|({_AMOUNT})\s?(USD|EUR|GBP|JPY|CNY|RMB|[$€£¥￥]))")


def _money_in(text: str, language: str) -> str:
    found = _SIGN_FIRST.fullmatch(text)
    if found:
        return _money(found, language)
    found = _CODE.fullmatch(text)
    return amount(found[2] or found[3], found[1] or found[4], "", language) if found else ""


def _money(found, language: str) -> str:
    minus = ({"en": "minus ", "cmn": "负", "yue": "负"}.get(language, "-")) if found[1] else ""
    return minus + amount(found[3], found[2], found[4] or "", language)


def amount(number: str, sign: str, size: str, language: str) -> str:
    """Money in words: `amount("3.20", "£", "", "en")` is "3 pounds and 20 pence"."""
    whole, _, cents = number.replace(",", "").partition(".")
    one, many, small, chinese = MONEY[sign]
    if language in ("cmn", "yue"):
        return ("两" if number == "2" else number_in_chinese(number)) + size + chinese
    if language != "en":
        return f"{number} {size + ' ' if size else ''}{sign}"
    if size:
        return f"{number} {size} {many}"
    if len(cents) != 2 or not small:
        return f"{number} {one if number == '1' else many}"
    head = f"{whole} {one if whole == '1' else many}"
    small = small.rstrip("s") if cents == "01" and small == "cents" else "penny" if cents == "01" else small
    if int(cents) == 0:
        return head
    return (f"{head} and " if int(whole) else "") + f"{int(cents)} {small}"


# ---------------------------------------------------------------- where the voices fail


def mended(text: str, language: str) -> str:
    """Text in which what the voices of this language read wrongly is in words; everything else as it was."""
    if not any(letter.isdigit() for letter in text) and "vs." not in text:
        return text
    text = _SIGN_FIRST.sub(lambda found: _money(found, language), text)
    if language == "en":
        return _mended_english(text)
    return _mended_chinese(text) if language in ("cmn", "yue") else text


_ISO = re.compile(r"(?<![\d/-])(\d{4})-(\d{1,2})-(\d{1,2})(?![\d/-])")
_SLASHED = re.compile(r"(?<![\d/-])(\d{1,2})/(\d{1,2})/(\d{4})(?![\d/-])")
_TELEPHONE = re.compile(r"(?<![\w.,$€£-])(?:\+\d{1,3}[ -]?(?:\(?\d{1,4}\)?[ -]?){2,5}\d{2,4}|"
                        r"(?:\(?\d{3}\)?[ -])?\d{3}-\d{4})(?![\w-]|[.,]\d)")  # fmt: skip
_UNIT = re.compile(rf"(?<![\w.])({_AMOUNT})\s?(km/h|km|kg|cm|mm|m²|°C|°F)(?![\w²])")
_RANGE = re.compile(r"(?<![\d.,/-])(\d{1,4})[-–](\d{1,4})(?![\d.,/-]*\d)(?=[\s.,;:!?)]|$)")
_FRACTION = re.compile(r"(?<![\d/.,-])(\d{1,2})/(\d{1,2})(?![\d/.,]*\d)")
_PARTS = {2: "half", 3: "third", 4: "quarter", 5: "fifth", 6: "sixth", 8: "eighth", 10: "tenth"}


def _mended_english(text: str) -> str:
    text = _ISO.sub(lambda found: date(*map(int, found.groups())) or found[0], text)
    text = _SLASHED.sub(lambda found: date(int(found[3]), int(found[1]), int(found[2])) or found[0], text)
    text = _TELEPHONE.sub(lambda found: telephone(found[0]), text)
    text = _UNIT.sub(lambda found: f"{found[1]} {_one_of(found[1], UNITS[found[2]][0])}", text)
    text = _RANGE.sub(r"\1 to \2", text)
    text = _FRACTION.sub(_english_fraction, text)
    text = re.sub(r"\bNo\. ?(?=\d)", "number ", text)
    return re.sub(r"\bvs\.(?=\s)", "versus", text)


def _one_of(number: str, unit: str) -> str:
    return re.sub(r"^(\w+?)s\b", r"\1", unit) if number == "1" else unit


def _english_fraction(found) -> str:
    top, bottom = int(found[1]), int(found[2])
    if bottom not in _PARTS or not 0 < top < bottom:
        return found[0]
    part = _PARTS[bottom]
    return f"{cardinal(top)} {part if top == 1 else 'halves' if bottom == 2 else part + 's'}"


def number_in_chinese(number: str) -> str:
    """A decimal number of digits in Chinese words: "-3.14" is 负三点一四."""
    whole, point, rest = number.replace(",", "").partition(".")
    minus = "负" if whole.startswith("-") else ""
    whole = whole.lstrip("-")
    words = _chinese(int(whole)) if len(whole) <= _LONGEST and (whole[0] != "0" or whole == "0") else (
        one_by_one(whole, "cmn"))
    return minus + words + (f"点{one_by_one(rest, 'cmn')}" if point else "")


_CHINESE_TIME = re.compile(r"(?<![\d:：])([01]?\d|2[0-4])[:：]([0-5]\d)(?![\d:：])")
_CHINESE_NUMBER = re.compile(rf"(?<![A-Za-z\d.])(?:(?<![\d一-鿿)）])-)?(?:{_AMOUNT})(?![A-Za-z\d])")


def _mended_chinese(text: str) -> str:
    text = _ISO.sub(lambda found: date(*map(int, found.groups()), "cmn") or found[0], text)
    text = re.sub(r"(?<!\d)(\d{4})(?=年)", lambda found: one_by_one(found[1], "cmn"), text)
    text = re.sub(r"(?<!\d)1\d{10}(?!\d)", lambda found: one_by_one(found[0], "cmn", telephone=True), text)
    text = re.sub(r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)", lambda found: telephone(found[0], "cmn"), text)
    text = _CHINESE_TIME.sub(lambda found: _chinese(int(found[1])) + "点" + _minutes(found[2]), text)
    text = re.sub(rf"({_AMOUNT})\s?%", lambda found: "百分之" + number_in_chinese(found[1]), text)
    text = re.sub(r"(?<![\d/.])(\d{1,4})/(\d{1,4})(?![\d/.])",
                  lambda found: f"{_chinese(int(found[2]))}分之{_chinese(int(found[1]))}", text)
    text = _UNIT.sub(lambda found: number_in_chinese(found[1]) + UNITS[found[2]][1], text)
    text = re.sub(r"(?<=\d)[-–~～](?=\d)", "到", text)
    return _CHINESE_NUMBER.sub(lambda found: number_in_chinese(found[0]), text)


def _minutes(two: str) -> str:
    minutes = int(two)
    return "" if not minutes else ("零" if minutes < 10 else "") + _chinese(minutes) + "分"
