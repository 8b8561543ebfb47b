"""Who answers: a scripted answerer, a function of one's own, or a language model behind an OpenAI-compatible address.

    a text -> a `Replier` -> pieces of text, a word or a sentence each, as they come
"""

import asyncio
import importlib
import inspect
import os
import re
import sys
import urllib.parse

from ... import errors
from .. import addresses
from . import model_server

SCRIPT = (
    (r"\b(hello|hi|hey|good (morning|day|evening))\b",
     "Hello! It is good to see you. Ask me who I am, or tell me something to say."),
    (r"\b(who|what) are you\b|\byour name\b",
     "I am a photo that learned to talk. My face is moved by a computer, and so is my voice."),
    (r"\bhow are you\b", "I feel well, thank you. I blink, I breathe, and I look about. And you?"),
    (r"\b(can|do) you (think|understand|feel)\b|\breal\b|\balive\b",
     "No. I follow a short script, so I only know a few answers. Nobody is behind this face."),
    (r"\b(bye|goodbye|see you)\b", "Goodbye! Come back whenever you like."),
    (r"\bthank", "You are welcome."),
)
HERE = ("127.0.0.1", "localhost", "::1")
OTHERWISE = "I heard: {}. My script has no answer to that. Another answerer can be given with the option answer."


class Replier:
    """Answers. answer: a function of a text, see `load_replier`; name: what to call it."""

    def __init__(self, answer, name: str):
        self.answer, self.name = answer, name

    def pieces(self, text: str):
        """The answer to a text, piece by piece. Raises what the answerer raises."""
        made = self.answer(text)
        if inspect.isawaitable(made):
            made = asyncio.run(_awaited(made))
        if made is None:
            return
        if isinstance(made, str):
            yield made
        elif hasattr(made, "__aiter__"):
            yield from _in_turn(made)
        else:
            yield from made


def scripted(text: str) -> str:
    """An answer out of a short script."""
    low = text.lower()
    found = next((answer for pattern, answer in SCRIPT if re.search(pattern, low)), None)
    return found or OTHERWISE.format(" ".join(text.split())[:80].rstrip(".!?"))


def load_replier(where: str | None = None, model: str | None = None, rules: addresses.Rules | None = None) -> Replier:
    """Who answers.

    Args:
        where: None for the script; "module:function", called with a text, which gives a string, pieces of one (a
            generator), or either of them asynchronously; or the address of an OpenAI-compatible server up to /v1, on
            this machine unless `rules` allow its host.
        model: its name there; rules: `addresses.Rules` that allow other machines.
    Raises:
        errors.CourseError: no such module, function or address.
    """
    if where is None:
        return Replier(scripted, "the script")
    if urllib.parse.urlsplit(where).scheme in ("http", "https"):
        check_address(where, rules or addresses.Rules())
        return Replier(model_server.Conversation(where, model, os.environ.get("OPENAI_API_KEY")).answer, where)
    return Replier(_function(where), where)


def other_host(where: str | None) -> str:
    """The other machine that is asked there, "" where nobody but this one is."""
    parts = urllib.parse.urlsplit(where or "")
    host = (parts.hostname or "").lower() if parts.scheme in ("http", "https") else ""
    return "" if host in HERE else host


def check_address(where: str, rules: addresses.Rules) -> None:
    """Whether a model may be asked there. Raises `errors.CourseError`."""
    parts = urllib.parse.urlsplit(where)
    try:
        host, _ = (parts.hostname or "").lower(), parts.port
    except ValueError:
        host = ""
    if not host or parts.username is not None or parts.query:
        raise errors.CourseError(f"{where[:80]!r} is no address of a server: give one up to /v1, such as "
                                 "http://127.0.0.1:8080/v1")
    if host in HERE:
        return
    if rules.hosts is None or rules.hosts and host not in rules.hosts:
        raise errors.CourseError(f"{host} is another machine, and what is said would be sent there: allow it "
                                 f"with --allow-urls {host}, or give an address of 127.0.0.1")


def _function(where: str):
    module, _, name = where.partition(":")
    if not re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", where):
        raise errors.CourseError(f"an answerer is module:function or an address such as http://127.0.0.1:8080/v1, not "
                                 f"{where[:80]!r}")
    if os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())
    try:
        found = getattr(importlib.import_module(module), name, None)
    except ModuleNotFoundError as problem:
        if problem.name != module.partition(".")[0] and problem.name != module:
            raise errors.CourseError(f"the answerer's module {module} wants {problem.name}, which is not installed"
                                     ) from None
        raise errors.CourseError(f"there is no module {module}: start in the folder of {module.split('.')[0]}.py, or "
                                 "install it") from None
    except Exception as problem:
        raise errors.CourseError(f"the answerer's module {module} cannot be imported: {type(problem).__name__}: "
                                 f"{str(problem)[:200]}") from None
    if not callable(found):
        raise errors.CourseError(f"the module {module} has no function {name}")
    return found


async def _awaited(made):
    return await made


def _in_turn(made):
    """The pieces of an asynchronous generator, which is closed when nobody wants more."""
    loop = asyncio.new_event_loop()
    try:
        while True:
            try:
                yield loop.run_until_complete(made.__anext__())
            except StopAsyncIteration:
                return
    finally:
        if hasattr(made, "aclose"):
            loop.run_until_complete(made.aclose())
        loop.close()
