"""Every link and reference within the repository leads somewhere: in the texts, and in the lessons' text cells.

Links to other sites are not followed. Addresses of our own repository (badges, "open in Colab") count as links into it.
In code spans and blocks, paths of files, `course.module.name`, `course COMMAND --option` and `make TARGET` are
references, and must name something that is there.
"""

import functools
import importlib
import re
import shlex
import sys
import urllib.parse
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from conftest import CHECKOUT
from markdown_it import MarkdownIt

from course import cli

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TEXTS = sorted(path.relative_to(CHECKOUT).as_posix() for pattern in ("*.md", "data/*.md", "solutions/*.md",
                                                                     "notebooks/*.md", "benchmarks/*.md")
               for path in CHECKOUT.glob(pattern))
NOTEBOOKS = sorted(path.relative_to(CHECKOUT).as_posix() for folder in ("notebooks", "solutions", "notebooks/projects")
                   for path in (CHECKOUT / folder).glob("*.ipynb"))
FOLDERS = "course|data|tests|notebooks|solutions|benchmarks"
A_PATH = re.compile(rf"(?<![\w./~-])(?:{FOLDERS})/[\w./-]*[\w/]"
                    r"|\b(?:README\.md|CONTRIBUTING\.md|Makefile|pyproject\.toml|environment\.yml)\b")
A_NAME = re.compile(r"(?<![\w./-])course(?:\.[A-Za-z_]\w*)+(?![\w/])")
A_COMMAND = re.compile(r"^\s*(?:\$ )?course ([a-z]+(?:-[a-z]+)*)\b(.*)", re.M)
A_TARGET = re.compile(r"^\s*(?:\$ )?make ([a-z]+)\b", re.M)
A_BLANK = re.compile(r"NN|NAME|\.\.\.")  # in a path that the reader completes


class Places(HTMLParser):
    """The links, and the ids that a link can lead to, in a piece of HTML."""

    def __init__(self, html: str):
        super().__init__()
        self.links, self.ids = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        for key, value in attrs:
            if key in ("href", "src") and value:
                self.links.append(value)
            if key in ("id", "name") and value:
                self.ids.append(value)


def broken(text: str, folder: Path, root: Path = CHECKOUT, attachments=()) -> list:
    """What leads nowhere in a text in Markdown that lies in a folder: "link: why" for each."""
    found = []
    for link in links(text):
        why = _wrong_link(link, text, folder, root, attachments)
        if why:
            found.append(f"{link}: {why}")
    return found + [f"{name}: is not there" for name in references(text) if not _known(name, folder, root)]


def links(text: str):
    """Targets of links and pictures, also those written in HTML."""
    html = MarkdownIt("commonmark").enable("table").render(text)
    return Places(html).links


def _wrong_link(link: str, text: str, folder: Path, root: Path, attachments) -> str:
    inside = _in_our_repository(link)
    if inside is not None:
        return "" if (root / inside).exists() else "is not in the repository"
    parts = urllib.parse.urlsplit(link)
    if parts.scheme in ("http", "https", "mailto", "data"):
        return ""
    if parts.scheme == "attachment":
        return "" if parts.path in attachments else "is not attached"
    if parts.scheme or parts.netloc or parts.path.startswith("/"):
        return "is no address and no path"
    target = (folder / urllib.parse.unquote(parts.path)).resolve() if parts.path else None
    if target is not None and not (target.exists() and target.is_relative_to(root)):
        return "is not there"
    if parts.fragment and (target is None or target.suffix in (".md", ".ipynb")):
        there = text if target is None else _text_of(target)
        if urllib.parse.unquote(parts.fragment) not in anchors(there):
            return "has no such heading"
    return ""


def _in_our_repository(link: str):
    """The path that an address of our repository leads to; None for any other address."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    address = project.get("urls", {}).get("Repository", "").removesuffix(".git").rstrip("/")
    if not address:
        return None
    name = address.removeprefix("https://github.com/")
    for start in (address, f"https://colab.research.google.com/github/{name}", f"https://raw.githubusercontent.com/{name}"):
        match = re.match(re.escape(start) + r"/(?:(?:blob|tree|raw)/)?main/([^#?]+)", link)
        if match:
            return urllib.parse.unquote(match[1])
    return None


def anchors(text: str) -> set:
    """What `#...` can name: headings as GitHub and as Jupyter spell them, and ids in HTML."""
    found = set(Places(MarkdownIt("commonmark").render(text)).ids)
    tokens = MarkdownIt("commonmark").parse(text)
    for token, inline in zip(tokens, tokens[1:]):
        if token.type == "heading_open":
            plain = "".join(child.content for child in inline.children)
            found |= {plain.replace(" ", "-"), re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")}
    return found


def references(text: str):
    """Names of files, objects, commands and targets in the code spans and blocks of a text."""
    for token in _code(text):
        yield from A_PATH.findall(token)
        yield from A_NAME.findall(token)
        yield from (f"course {name} {' '.join(_options(rest))}".strip() for name, rest in A_COMMAND.findall(token))
        yield from (f"make {name}" for name in A_TARGET.findall(token))


def _code(text: str):
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type in ("fence", "code_block"):
            yield token.content
        for child in token.children or []:
            if child.type == "code_inline":
                yield child.content


def _options(rest: str) -> list:
    rest = rest.split("#")[0].split(";")[0]
    try:
        words = shlex.split(rest)
    except ValueError:
        words = rest.split()
    return [word.strip("[]()").split("=")[0] for word in words if word.strip("[(").startswith("--")]


def _known(name: str, folder: Path, root: Path) -> bool:
    if name.startswith("course."):
        return name.endswith((".md", ".py")) or _object(name)
    if name.startswith("make "):
        return re.search(rf"^{name[5:]}:", (CHECKOUT / "Makefile").read_text(encoding="utf-8"), re.M) is not None
    if name.startswith("course "):
        command, *options = name.split()[1:]
        known = _commands().get(command)
        return known is not None and set(options) <= known
    return bool(A_BLANK.search(name)) or (root / name).exists() or (folder / name).exists()


def _object(name: str) -> bool:
    """`course.module.thing.part` can be had."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            if not hasattr(found, part) and part not in getattr(found, "__annotations__", {}):
                return False
            found = getattr(found, part, None)
        return True
    return False


@functools.cache
def _commands() -> dict:
    """Each command of `course` with its options."""
    found = {}
    for action in cli.parser()._actions:
        for name, command in (getattr(action, "choices", None) or {}).items():
            found[name] = {option for one in command._actions for option in one.option_strings}
    return found


@functools.cache
def _text_of(path: Path) -> str:
    """The Markdown in a file, all text cells of a notebook together."""
    if path.suffix != ".ipynb":
        return path.read_text(encoding="utf-8")
    notebook = nbformat.read(path, as_version=4)
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


# ---------------------------------------------------------------- the repository


@pytest.mark.parametrize("name", TEXTS)
def test_text_leads_somewhere(name):
    path = CHECKOUT / name
    assert broken(_text_of(path), path.parent) == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_leads_somewhere(name):
    path = CHECKOUT / name
    notebook = nbformat.read(path, as_version=4)
    attached = [key for cell in notebook.cells for key in cell.get("attachments", {})]
    assert broken(_text_of(path), path.parent, attachments=attached) == []


def test_the_texts_are_found():
    assert {"README.md", "CONTRIBUTING.md", "data/README.md"} <= set(TEXTS)
    sources = [*(CHECKOUT / "solutions").glob("*.py"), *(CHECKOUT / "notebooks" / "projects").glob("*.py")]
    assert {Path(name).stem for name in NOTEBOOKS} == {path.stem for path in sources}


# ---------------------------------------------------------------- the test itself


@pytest.mark.parametrize("text", [
    "[a](data/READ.md)", "![p](data/pictures/no.png)", "[a](#nowhere)", "[a](README.md#nowhere)", "[a](/data/x.md)",
    '<img src="no.png">', "[a](../outside.md)", "[a][b]\n\n[b]: no.md", "| a |\n|---|\n| [a](no.md) |",
    "![a](attachment:no.png)", "`course/no.py`", "`course.no_such_name`", "`course.motion.Motion.no`",
    "`course.no.such`", "```\ncourse frobnicate\n```", "```\ncourse build --no-such\n```", "`make nothing`",
])
def test_what_leads_nowhere_is_seen(text):
    assert len(broken(f"# Here\n\n{text}\n", CHECKOUT)) == 1


@pytest.mark.parametrize("text", [
    "[a](data/README.md)", "[a](#two-commands) \n\n## Two commands", "[a](README.md#the-lessons)", "[a](https://x.org/y)",
    '<a id="there"></a>[a](#there)', "`course/motion/motion.py`", "`course.motion.Motion.load`",
    "`course.animate(...)`", "```\ncourse build 02 --check    # compare\n```", "`make test`",
    "`course/lessons/lesson_NN/exercises.py`", "`data/`",
])
def test_what_leads_somewhere_is_left_alone(text):
    assert broken(f"# Here\n\n{text}\n", CHECKOUT) == []
