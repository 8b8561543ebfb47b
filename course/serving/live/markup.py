"""Where markup in a text is still open, so that no piece of the text ends within it.

    "**Hello there."  ->  {"**"}        "See [this"  ->  {"["}        "<prosody rate='slow'>One."  ->  {"<prosody"}

What stands in one piece is read as in a film; a mark whose other half were in another piece would be read out.
"""

import re

_FENCES, _CODE = re.compile(r"```.*?(?:```|$)", re.S), re.compile(r"`[^`]*`")
_SIGNS = ("**", "*", "__", "_", "~~")
_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*)[^<>]*?(/?)>")
# tags after whose opening a text may be cut: those that have no end, and those that only say where a sentence is
_LOOSE = frozenset("br hr img input wbr link meta source break mark audio speak p s li body div".split())
_HALF = re.compile(r"<(?:[A-Za-z/?][^<>]*|!(?!--)[^<>]*|!--(?:(?!-->).)*)$", re.S)
_BRACKET, _ADDRESS = re.compile(r"\[[^\[\]\n]{0,200}$"), re.compile(r"\]\([^()\s]*$")


def open_in(text: str) -> frozenset:
    """The kinds of markup that begin in a text and do not end in it."""
    found = set()
    if text.count("```") % 2:
        found.add("```")
    text = _FENCES.sub("", text)
    if text.count("`") % 2:
        found.add("`")
    text = _CODE.sub("", text)
    found |= {sign for sign in _SIGNS if _is_open(sign, text)}
    for kind, pattern in (("[", _BRACKET), ("](", _ADDRESS), ("<", _HALF)):
        if pattern.search(text):
            found.add(kind)
    return frozenset(found | _open_tags(text))


def _is_open(sign: str, text: str) -> bool:
    """Whether a sign of Markdown that comes in pairs has begun something that it has not ended."""
    letter, is_open = sign[0], False
    for match in re.finditer(rf"(?<![\\{letter}]){re.escape(sign)}(?!\{letter})", text):
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        if is_open:
            is_open = before.isspace()
        else:
            is_open = bool(after) and not after.isspace() and not before.isalnum()
    return is_open


def _open_tags(text: str) -> set:
    names = []
    for closes, name, empty in _TAG.findall(text):
        name = name.lower()
        if closes and name in names:
            del names[len(names) - 1 - names[::-1].index(name) :]
        elif not closes and not empty and name not in _LOOSE:
            names.append(name)
    return {f"<{name}" for name in names}
