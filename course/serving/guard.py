"""The door of the server: who may come in, how much may be brought, and how slowly.

Checked in this order, before any of the app runs: the Host header (a page elsewhere whose name leads here, DNS
rebinding, sends its own), Origin and Sec-Fetch-Site (a page elsewhere that posts here says where it comes from), the
key, the rate, and the body's length and pace. The first two are checked with and without keys.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from urllib.parse import parse_qs

from . import limits, signing

HEADERS = [(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"),
           (b"cache-control", b"no-store"), (b"cross-origin-resource-policy", b"same-origin"),
           (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; "
                                        b"img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
                                        b"sandbox")]
OPEN = ("/", "/docs", "/openapi.json")  # say nothing that this code does not say
UPLOADS = {"/images": "picture_bytes", "/audios": "sound_bytes", "/drivers": "film_bytes"}
FORM = 16 * 1024  # bytes that the form around an upload may take
REMEMBERED = 10_000  # owners whose rate is kept


@dataclass(frozen=True)
class Gate:
    """Who may come in. hosts: values of the Host header, in small letters; keys: none means that nobody is asked for
    one; secret: of the addresses of files; most: the limits."""

    hosts: frozenset
    keys: tuple
    secret: bytes
    most: limits.Limits


class Turned(Exception):
    """A request that is turned away: status, kind, description, and further headers."""

    def __init__(self, status: int, kind: str, description: str, headers=()):
        super().__init__(description)
        self.status, self.kind, self.description, self.headers = status, kind, description, list(headers)


class Guard:
    """An ASGI app before another one."""

    def __init__(self, app, gate: Gate):
        self.app, self.gate = app, gate
        self.rates = Rates(gate.most.rate)
        self.uploads = asyncio.Semaphore(gate.most.uploads)

    async def __call__(self, scope, receive, send) -> None:
        """One request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        else:
            try:
                await self._request(scope, receive, _with_headers(send))
            except Turned as turned:
                await _refuse(_with_headers(send), turned)

    async def _request(self, scope, receive, send) -> None:
        headers = _headers(scope)
        self._check_host(headers)
        check_origin(headers)
        path = scope["path"].rstrip("/") or "/"  # published clients write /talks/
        owner = self._owner(path, scope, headers)
        self.rates.count(owner if self.gate.keys else (scope.get("client") or ("",))[0])
        scope = {**scope, "path": path, "raw_path": path.encode(),
                 "state": {**scope.get("state", {}), "owner": owner}}
        if scope["method"] in ("GET", "HEAD", "DELETE", "OPTIONS"):
            return await self.app(scope, _nothing(receive), send)
        most = getattr(self.gate.most, UPLOADS[path]) + FORM if path in UPLOADS else self.gate.most.json_bytes
        check_length(headers, most)
        if path not in UPLOADS:
            return await self.app(scope, _again(await self._body(receive, most), receive), send)
        if self.uploads.locked():
            raise Turned(503, "BusyError", "too many uploads at once: try again in a moment", [(b"retry-after", b"2")])
        async with self.uploads:
            body = await self._body(receive, most)
            await self.app(scope, _again(body, receive), send)

    def _check_host(self, headers: dict) -> None:
        host = headers.get("host", [])
        if len(host) != 1 or host[0].lower() not in self.gate.hosts:
            raise Turned(421, "MisdirectedRequestError", "this server does not go by that Host: use its address")

    def _owner(self, path: str, scope, headers: dict) -> str:
        """Who asks: "local" without keys, a short name of the key with them."""
        if not self.gate.keys:
            return "local"
        for candidate in candidates(headers):
            for key in self.gate.keys:
                if hmac.compare_digest(candidate.encode(), key.encode()):
                    return owner_of(key)
        if path in OPEN and scope["method"] in ("GET", "HEAD"):
            return "nobody"
        if path.startswith("/files/") and scope["method"] in ("GET", "HEAD") and self._signed(path, scope):
            return "nobody"
        raise Turned(401, "AuthorizationError", "give a key of this server: Authorization: Basic KEY",
                     [(b"www-authenticate", b'Basic realm="living-portraits"')])

    def _signed(self, path: str, scope) -> bool:
        asked = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=10)
        identifier, _, name = path.removeprefix("/files/").partition("/")
        expires, signature = (asked.get(name, [""])[0] for name in ("expires", "signature"))
        return signing.is_signed(self.gate.secret, identifier, name, expires, signature)

    async def _body(self, receive, most: int) -> bytes:
        """The whole body, within its time and length."""
        end, parts, got = time.monotonic() + self.gate.most.body_seconds, [], 0
        while True:
            try:
                message = await asyncio.wait_for(receive(), max(0.0, end - time.monotonic()))
            except (asyncio.TimeoutError, TimeoutError):
                raise Turned(408, "TimeoutError", f"the body must come within {self.gate.most.body_seconds:g} s",
                             [(b"connection", b"close")]) from None
            if message["type"] == "http.disconnect":
                raise Turned(400, "BadRequestError", "the body ended early", [(b"connection", b"close")])
            parts.append(message.get("body", b""))
            got += len(parts[-1])
            if got > most:
                raise _too_large(most)
            if not message.get("more_body", False):
                return b"".join(parts)


def check_origin(headers: dict) -> None:
    """Whether a page of this server asks, or no page at all. Raises `Turned`."""
    host = headers["host"][0].lower()
    for origin in headers.get("origin", []):
        if origin.lower() not in (f"http://{host}", f"https://{host}"):
            raise Turned(403, "PermissionError", "pages of other sites may not ask here")
    for site in headers.get("sec-fetch-site", []):
        if site not in ("same-origin", "none"):
            raise Turned(403, "PermissionError", "pages of other sites may not ask here")


def check_length(headers: dict, most: int) -> None:
    """What a request says of its body. Raises `Turned`."""
    if any(word.lower() != "identity" for word in headers.get("content-encoding", [])):
        raise Turned(415, "UnsupportedMediaTypeError", "bodies are not unpacked: send them as they are")
    for length in headers.get("content-length", []):
        if not (length.isascii() and length.isdigit()) or len(length) > 15 or int(length) > most:
            raise _too_large(most)


def candidates(headers: dict) -> list:
    """What may be a key in the Authorization headers, as D-ID's clients write it: `Basic KEY`, `Basic` and the key in
    base64, alone or with a colon, and `Bearer KEY`."""
    found = []
    for value in headers.get("authorization", []):
        scheme, _, word = value.strip().partition(" ")
        if scheme.lower() not in ("basic", "bearer"):
            continue
        found.append(word.strip())
        try:
            plain = base64.b64decode(word.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            continue
        found += [plain, plain.strip(":")]
    return found


def owner_of(key: str) -> str:
    """A name for whoever has a key, from which the key cannot be told."""
    return "key|" + hashlib.sha256(key.encode()).hexdigest()[:16]


class Rates:
    """How many requests of each owner came in the last minute: a bucket that fills again evenly."""

    def __init__(self, rate: int):
        self.rate, self.buckets = rate, {}

    def count(self, owner: str) -> None:
        """One more request. Raises `Turned` where there were too many."""
        now = time.monotonic()
        left, before = self.buckets.pop(owner, (self.rate, now))
        left = min(self.rate, left + (now - before) * self.rate / 60)
        self.buckets[owner] = (max(left - 1, 0.0), now)
        while len(self.buckets) > REMEMBERED:
            self.buckets.pop(next(iter(self.buckets)))
        if left < 1:
            wait = str(max(1, round((1 - left) * 60 / self.rate))).encode()
            raise Turned(429, "TooManyRequestsError", f"more than {self.rate} requests a minute",
                         [(b"retry-after", wait)])


def _too_large(most: int) -> Turned:
    return Turned(413, "PayloadTooLargeError", f"a body here has {most} bytes at most", [(b"connection", b"close")])


def _headers(scope) -> dict:
    """{name in small letters: [values]}."""
    found = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def _again(body: bytes, receive):
    """A `receive` that gives a body that has come, and then what `receive` gives."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def give():
        return waiting.pop() if waiting else await receive()

    return give


def _nothing(receive):
    """A `receive` without a body."""
    return _again(b"", receive)


def _with_headers(send):
    async def sending(message):
        if message["type"] == "http.response.start":
            there = {name.lower() for name, _ in message.get("headers", [])}
            message = {**message, "headers": [*message.get("headers", []),
                                              *(pair for pair in HEADERS if pair[0] not in there)]}
        await send(message)

    return sending


async def _refuse(send, turned: Turned) -> None:
    body = json.dumps({"kind": turned.kind, "description": turned.description}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *turned.headers]
    await send({"type": "http.response.start", "status": turned.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
