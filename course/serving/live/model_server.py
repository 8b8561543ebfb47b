"""Asking a language model behind an OpenAI-compatible address, whose answer comes in pieces.

    POST ADDRESS/chat/completions, "stream": true -> lines "data: {...}" -> pieces of text
"""

import contextlib
import http.client
import json
import urllib.parse

from ... import errors

SYSTEM = ("You are a talking portrait. What you write is spoken aloud: answer in one to three short plain sentences, "
          "without lists, markup or emoji.")
REMEMBERED = 20  # messages of the conversation that are sent along
SECONDS = 30.0  # without a word after which it is given up
LONGEST_LINE, MOST = 1 << 16, 8_000  # bytes of a line, letters of an answer


class Conversation:
    """One conversation. address: up to /v1; model: its name there, or None; key: sent as a bearer where there is one.
    """

    def __init__(self, address: str, model: str | None = None, key: str | None = None):
        self.parts, self.model, self.key = urllib.parse.urlsplit(address.rstrip("/")), model, key
        self.messages = []

    def answer(self, text: str):
        """The answer to a text, piece by piece. Raises `errors.CourseError`: no server there, or it refuses."""
        self.messages = [*self.messages, {"role": "user", "content": text}][-REMEMBERED:]
        said = []
        try:
            for piece in self._stream():
                said.append(piece)
                yield piece
                if sum(map(len, said)) > MOST:
                    return
        except (OSError, http.client.HTTPException) as problem:
            raise errors.CourseError(f"the answerer at {self.parts.netloc} does not answer: {problem}") from None
        finally:  # also where somebody speaks over it: what was said so far was said
            if said:
                self.messages.append({"role": "assistant", "content": "".join(said)})

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
                raise errors.CourseError(f"the answerer at {self.parts.netloc} answers {answer.status}: "
                                         f"{answer.read(200).decode(errors='replace')}")
            if "json" in (answer.getheader("Content-Type") or ""):  # it does not stream
                yield _content(json.loads(answer.read(1 << 20)), "message")
                return
            while line := answer.readline(LONGEST_LINE):
                data = line.decode(errors="replace").strip().removeprefix("data:").strip()
                if data == "[DONE]":
                    return
                if data.startswith("{"):
                    yield _content(json.loads(data), "delta")


def _content(told: dict, name: str) -> str:
    """The text in one piece of an answer, "" where there is none."""
    try:
        return str(told["choices"][0][name].get("content") or "")
    except (KeyError, IndexError, AttributeError, TypeError):
        return ""
