"""Asking a language model behind an OpenAI-compatible address, whose answer comes in pieces.

    POST ADDRESS/chat/completions, "stream": true -> lines "data: {...}" -> pieces of text
"""

import contextlib
import http.client
import json
import re
import time
import urllib.parse

from ... import errors

SYSTEM = ("You are a talking portrait. What you write is spoken aloud: answer in one to three short plain sentences, "
          "without lists, markup or emoji.")
REMEMBERED = 10  # questions and answers that are sent along
SECONDS = 30.0  # without a word after which it is given up
LONGEST_LINE, MOST = 1 << 16, 8_000  # bytes of a line, letters of an answer
SHOWN = 200  # letters of what a server says is wrong


class Conversation:
    """One conversation. address: up to /v1; model: its name there, or None; key: sent as a bearer where there is one.
    """

    def __init__(self, address: str, model: str | None = None, key: str | None = None):
        self.parts, self.model, self.key = urllib.parse.urlsplit(address.rstrip("/")), model, key
        self.turns = []  # [a question, the pieces of its answer so far]

    @property
    def messages(self) -> list:
        """The conversation so far; what was interrupted was said as far as it came."""
        found = []
        for question, answer in self.turns:
            found.append({"role": "user", "content": question})
            if answer:
                found.append({"role": "assistant", "content": "".join(answer)})
        return found

    def answer(self, text: str):
        """The answer to a text, piece by piece. Raises `errors.CourseError`: no server there, it refuses, it is silent
        for too long, or its answer is cut off."""
        said = []
        self.turns = [*self.turns, [text, said]][-REMEMBERED:]
        try:
            for piece in self._stream():
                if piece:
                    said.append(piece)
                    yield piece
                if sum(map(len, said)) > MOST:
                    return
        except TimeoutError:
            raise self._problem(f"has said nothing for {SECONDS:g} s and is given up") from None
        except json.JSONDecodeError:
            raise self._problem("sends what is no answer of an OpenAI-compatible server") from None
        except (OSError, http.client.HTTPException, ValueError) as problem:
            what = "breaks off its answer" if said else "does not answer"
            why = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
            raise self._problem(f"{what}: {_line(why)}") from None

    def _stream(self):
        kind = http.client.HTTPSConnection if self.parts.scheme == "https" else http.client.HTTPConnection
        body = {"messages": [{"role": "system", "content": SYSTEM}, *self.messages], "stream": True,
                "model": self.model or "default"}
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        with contextlib.closing(kind(self.parts.netloc, timeout=SECONDS)) as connection:
            connection.request("POST", f"{self.parts.path}/chat/completions", json.dumps(body), headers)
            answer = connection.getresponse()  # redirects are not followed
            if answer.status != 200:
                raise self._problem(self._refusal(answer))
            if "json" in (answer.getheader("Content-Type") or ""):  # it does not stream
                yield self._content(json.loads(answer.read(1 << 20)), "message")[0]
                return
            yield from self._pieces(answer)

    def _pieces(self, answer):
        """The pieces of a stream of server-sent events; "" where a line brings none."""
        spoke, ended = time.monotonic(), False
        while line := answer.readline(LONGEST_LINE):
            data = line.decode(errors="replace").strip().removeprefix("data:").strip()
            if data == "[DONE]":
                return
            piece = ""
            if data.startswith("{"):
                piece, over = self._content(json.loads(data), "delta")
                ended |= over
            if piece:
                spoke = time.monotonic()
            elif time.monotonic() - spoke > SECONDS:  # signs of life alone are no answer
                raise TimeoutError
            yield piece
        if not ended:
            raise http.client.HTTPException("the connection has ended")

    def _content(self, told: dict, name: str) -> tuple:
        """The text in one piece of an answer, "" where there is none, and whether it is the last piece."""
        if isinstance(told, dict) and told.get("error"):
            raise self._problem(f"says: {_message(told)}")
        try:
            choice = told["choices"][0]
            return str(choice.get(name, {}).get("content") or ""), bool(choice.get("finish_reason"))
        except (KeyError, IndexError, AttributeError, TypeError):
            return "", False

    def _refusal(self, answer) -> str:
        hints = {401: "start the server with its key in OPENAI_API_KEY",
                 404: "is the address right, up to /v1, and the model's name (--answer-model)?"}
        text = answer.read(1 << 14).decode(errors="replace")
        try:
            said = _message(json.loads(text))
        except ValueError:
            said = _line(re.sub(r"<[^<>]*>", " ", text))  # a page of a server or of what stands before it
        hint = f" ({hints[answer.status]})" if answer.status in hints else ""
        return f"answers {answer.status}{': ' * bool(said)}{said}{hint}"

    def _problem(self, words: str) -> errors.CourseError:
        return errors.CourseError(f"the answerer at {self.parts.netloc} {words}")


def _message(told) -> str:
    """What a server's JSON says is wrong, on a line."""
    error = told.get("error", told) if isinstance(told, dict) else told
    found = error.get("message") or error.get("detail") if isinstance(error, dict) else error
    return _line(found if isinstance(found, str) else json.dumps(error))


def _line(text: str) -> str:
    return " ".join(text.split())[:SHOWN]
