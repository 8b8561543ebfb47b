"""The page to talk with: plain HTML, one script and one style sheet beside this file; nothing comes from elsewhere."""

import html
from pathlib import Path

from ...motion import expressions
from ...provenance import label
from ...speech import catalogue
from . import replies

PARTS = {"live.js": "text/javascript; charset=utf-8", "live.css": "text/css; charset=utf-8"}
HERE = Path(__file__).parent


def part(name: str) -> str:
    """One of `PARTS`."""
    return (HERE / name).read_text(encoding="utf-8")


def html_of(answerer: str | None) -> str:
    """The page. answerer: who answers, None for the script."""
    host = replies.other_host(answerer)
    leaves = f"Nothing leaves this machine{f' but what you ask: {host} answers' if host else ''}."
    names = {"answerer": answerer or "a short script", "leaves": leaves,
             "expressions": _options([expressions.AUTO, *expressions.EXPRESSIONS]),
             "languages": _options(sorted(label.WORDS), "en"),
             "voices": "".join(f"<option value='{_text(voice.name)}'>{_text(voice.title)}</option>"
                               for voice in catalogue.voices())}  # fmt: skip
    whole = (HERE / "live.html").read_text(encoding="utf-8")
    for name, value in names.items():
        whole = whole.replace(f"{{{name}}}", value if value.startswith("<") else _text(value))
    return whole


def _options(names: list, chosen: str | None = None) -> str:
    return "".join(f"<option{' selected' if name == chosen else ''}>{_text(name)}</option>" for name in names)


def _text(words: str) -> str:
    return html.escape(words, quote=True)
