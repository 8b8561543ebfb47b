"""Addresses that others name: looked up, checked, and only then connected to; never a private one.

The address that was checked is the one that is connected to, so a name that leads elsewhere the second time it is
looked up (DNS rebinding) gains nothing; each redirect is checked as the first address was.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

from .. import errors

CHUNK = 1 << 16
LONGEST = 2048  # letters of an address
REDIRECTS = (301, 302, 303, 307, 308)
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressError(errors.CourseError):
    """An address that is not allowed, not reachable, or holds too much."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet; one that is wrapped in an IPv6 address counts as itself."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if ip.version == 6:
        if ip in NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        for inner in (ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())):
            if inner is not None:
                return is_public(str(inner))
        if int(ip) >> 32 == 0:  # ::a.b.c.d, an old way to write an IPv4 address
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


@dataclass(frozen=True)
class Rules:
    """What may be connected to.

    hosts: None for nothing at all, () for every public address, or the only names that are allowed. ports; seconds:
    for all of a fetch; redirects: followed at most; may_connect: says of an IP address whether it may be connected to.
    """

    hosts: tuple | None = None
    ports: tuple = (80, 443)
    seconds: float = 30.0
    redirects: int = 3
    may_connect: object = is_public


@dataclass(frozen=True)
class Place:
    """An address taken apart and looked up. target: path and query; ip: checked, and the one to connect to."""

    scheme: str
    host: str
    port: int
    target: str
    ip: str = ""


def parse(url: str, rules: Rules) -> Place:
    """An address taken apart, as far as that can be judged without looking it up. Raises `AddressError`."""
    if rules.hosts is None:
        raise AddressError("addresses are not fetched here: upload the file and name the url that the upload answers "
                           "(whoever runs this can allow addresses with --allow-urls)")
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or set(url) & set(" <>\"\\^`{|}"):
        raise AddressError("this is no address: give one that begins with https:// or http://")
    try:
        parts = urllib.parse.urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        raise AddressError("this is no address: give one that begins with https:// or http://") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise AddressError("only addresses that begin with https:// or http:// are fetched")
    if parts.username is not None or parts.password is not None:
        raise AddressError("an address with a user's name in it is not fetched")
    if port not in rules.ports:
        raise AddressError(f"port {port} is not connected to: {', '.join(map(str, rules.ports))} are")
    host = parts.hostname.rstrip(".").lower()
    if rules.hosts and host not in rules.hosts:
        raise AddressError(f"{host} is not among the hosts that whoever runs this has allowed")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, host, port, target)


def find(url: str, rules: Rules) -> Place:
    """An address looked up and checked. Raises `AddressError`: no such host, or one that is not public."""
    place = parse(url, rules)
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressError(f"there is no host {place.host}") from None
    ips = list(dict.fromkeys(entry[4][0] for entry in found))
    if not ips or not all(rules.may_connect(ip) for ip in ips):
        raise AddressError(f"{place.host} leads to an address that is not public: it is not connected to")
    return Place(place.scheme, place.host, place.port, place.target, ips[0])


def fetch(url: str, path, most: int, rules: Rules) -> Path:
    """What lies at an address, into a file. Raises `AddressError`; then there is no file.

    most: bytes.
    """
    path = Path(path)
    try:
        _fetch(url, path, most, rules)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _fetch(url: str, path: Path, most: int, rules: Rules) -> None:
    next_url = url
    for _ in range(rules.redirects + 1):
        place = find(next_url, rules)
        with _asked(place, "GET", rules.seconds) as answer:
            if answer.status in REDIRECTS:
                next_url = urllib.parse.urljoin(next_url, answer.headers.get("Location", ""))
                continue
            if answer.status != 200:
                raise AddressError(f"{place.host} answered {answer.status}")
            if answer.headers.get("Content-Encoding", "identity") != "identity":
                raise AddressError(f"{place.host} sent compressed bytes, which are not unpacked")
            return _write(answer, path, most, place.host)
    raise AddressError(f"{url} redirects more than {rules.redirects} times")


def post(url: str, body: bytes, rules: Rules) -> int:
    """Send JSON to an address; redirects are not followed. Returns the status. Raises `AddressError`."""
    with _asked(find(url, rules), "POST", rules.seconds, body) as answer:
        return answer.status


def _write(answer, path: Path, most: int, host: str) -> None:
    length = answer.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > most:
        raise AddressError(f"{host} offers {int(length) / 1e6:.0f} MB: {most / 1e6:.0f} MB are the most")
    with open(path, "wb") as file:
        got = 0
        while block := answer.read1(CHUNK):
            got += len(block)
            if got > most:
                raise AddressError(f"{host} sends more than {most / 1e6:.0f} MB, which are the most")
            file.write(block)
    if length.isdigit() and got < int(length):
        raise AddressError(f"{host} ended after {got} of {length} bytes")


class _Pinned(http.client.HTTPConnection):
    """A connection to the IP address that was checked, whatever the name would lead to now."""

    def __init__(self, place: Place, seconds: float):
        super().__init__(place.host, place.port, timeout=seconds)
        self.place, self.wire, self.is_cut = place, None, False

    def connect(self) -> None:
        """Connect to the address that was checked."""
        self.wire = self.sock = socket.create_connection((self.place.ip, self.place.port), self.timeout)
        if self.place.scheme == "https":
            self.wire = self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.place.host)

    def cut(self) -> None:
        """End it, whoever waits for its bytes; `sock` is None by then where the answer is the last."""
        self.is_cut = True
        with contextlib.suppress(OSError, AttributeError):
            self.wire.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def _asked(place: Place, method: str, seconds: float, body: bytes | None = None):
    """The answer to one request; after `seconds` the connection is cut, however slowly bytes drip in."""
    connection = _Pinned(place, seconds)
    timer = threading.Timer(seconds, connection.cut)
    timer.daemon = True
    timer.start()
    try:
        headers = {"User-Agent": "living-portraits", "Accept-Encoding": "identity", "Connection": "close"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, place.target, body, headers)
        answer = connection.getresponse()
        yield answer
        if connection.is_cut:
            raise AddressError(f"{place.host} cannot be read (it took too long)")
    except (OSError, http.client.HTTPException, ValueError) as problem:
        why = "it took too long" if connection.is_cut else str(problem) or type(problem).__name__
        raise AddressError(f"{place.host} cannot be read ({why})") from None
    finally:
        timer.cancel()
        connection.close()

