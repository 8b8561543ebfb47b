"""One file from an address to its place: resumed, checked, and put there whole or not at all."""

import contextlib
import errno
import hashlib
import http.client
import os
import shutil
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from .. import errors

ATTEMPTS = 5  # in a row without a single new byte; progress starts the count again
FIRST_PAUSE = 0.5  # seconds; doubles from attempt to attempt
TIMEOUT = 30.0  # seconds without a byte before a connection counts as dropped
CHUNK = 1 << 16

_BYTES = {"unit": "B", "unit_scale": True, "unit_divisor": 1024}
_TRY_AGAIN = {408, 425, 429, 500, 502, 503, 504}


class _Dropped(Exception):
    """The connection broke, or the server is busy: worth another attempt."""


class _Mismatch(Exception):
    """What has been fetched so far cannot be continued: start again from nothing."""


def download(url: str, path, sha256: str, size: int | None = None) -> Path:
    """Fetch `url` to `path`.

    A file that is already there with the right checksum is kept, and the network left alone. Bytes that
    arrived stay beside it as `.part` and are continued by the next attempt or the next call (RFC 9110,
    section 14, range requests); a server without ranges is read from the start.

    Args:
        url: http, https or file address.
        sha256: 64 hex digits. size: bytes, if known.
    Returns:
        the path; what is there has the checksum.
    Raises:
        errors.DownloadError: not reachable, not found, or not the file it should be; says the manual way out.
        errors.OutputError: the place cannot be written or has no room.
    """
    path, sha256 = Path(path), sha256.lower()
    if urllib.parse.urlsplit(url).scheme not in ("http", "https", "file"):
        raise errors.DownloadError(f"{url} is no address to download from: give http, https or file")
    if path.is_file() and file_sha256(path) == sha256:
        return path
    part = path.with_name(f"{path.name}.{sha256[:8]}.part")  # a part of another version is never continued
    with _writing(path, part):
        path.parent.mkdir(parents=True, exist_ok=True)
        _check_room(path, part, size)
        _fetch_all(url, path, part, sha256, size)
        os.replace(part, path)
    return path


def file_sha256(path) -> str:
    """Checksum of a file, read in pieces: 64 hex digits."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _fetch_all(url: str, path: Path, part: Path, sha256: str, size: int | None) -> None:
    """Attempt after attempt until `part` is whole and right."""
    from tqdm.auto import tqdm

    failures, restarted = 0, False
    while True:
        before = _length(part)
        try:
            _fetch_once(url, part, size)
            if file_sha256(part) == sha256:
                return
            part.unlink()
            if before == 0 or restarted:  # a fresh copy from start to end: the address holds another file
                raise errors.DownloadError(f"what {url} sent has the wrong checksum and was thrown away: "
                                           f"{_by_hand(url, path)} (sha256 {sha256})")
            restarted = True
        except _Mismatch as problem:
            part.unlink(missing_ok=True)
            if restarted:
                raise errors.DownloadError(f"{url} {problem}: {_by_hand(url, path)} (sha256 {sha256})") from None
            restarted = True
        except _Dropped as problem:
            failures = 0 if _length(part) > before else failures + 1
            if failures >= ATTEMPTS:
                raise errors.DownloadError(
                    f"{url} cannot be reached ({problem}): try again later, the part that came is kept; "
                    f"or {_by_hand(url, path)}") from None
            pause = FIRST_PAUSE * 2 ** max(0, failures - 1)
            tqdm.write(f"{problem}: trying again in {pause:g} s", file=sys.stderr)
            time.sleep(pause)
        except urllib.error.HTTPError as problem:
            raise errors.DownloadError(f"{url} answered {problem.code} {problem.reason}: "
                                       f"{_by_hand(url, path)}") from None


def _fetch_once(url: str, part: Path, size: int | None) -> None:
    """One connection: continue `part` to its end, or raise `_Dropped` or `_Mismatch`."""
    have = _length(part)
    if size is not None and have == size:
        return
    if size is not None and have > size:
        raise _Mismatch(f"is {size} bytes long, but {have} had come")
    with _open(url, have) as response:
        start, total = _span(response, have)
        if size is not None and total not in (None, size):
            raise _Mismatch(f"offers {total} bytes where {size} belong")
        total = size if total is None else total
        got = _copy(response, part, start, total)
    if total is not None and got > total:
        raise _Mismatch(f"sent more than {total} bytes")
    if total is not None and got < total:
        raise _Dropped(f"the connection ended after {got} of {total} bytes")


def _open(url: str, have: int):
    request = urllib.request.Request(url, headers={"User-Agent": "living-portraits"})
    if have and not url.startswith("file:"):
        request.add_header("Range", f"bytes={have}-")
    try:
        return urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as problem:
        problem.close()
        if problem.code == 416:  # there is nothing after the bytes we have: the part is not of this file
            raise _Mismatch("has no bytes beyond those that had come") from None
        if problem.code in _TRY_AGAIN:
            raise _Dropped(f"it answered {problem.code} {problem.reason}") from None
        raise
    except urllib.error.URLError as problem:
        if url.startswith("file:"):
            raise errors.DownloadError(f"{url} is not there ({problem.reason}): check the folder") from None
        raise _Dropped(problem.reason) from None
    except (OSError, http.client.HTTPException) as problem:
        raise _Dropped(problem or type(problem).__name__) from None


def _span(response, have: int) -> tuple:
    """(first byte, length of the whole file or None) of what this answer carries."""
    length = response.headers.get("Content-Length")
    if response.status != 206:  # the whole file, whatever was asked for
        return 0, int(length) if length else None
    # Content-Range: bytes 100-199/200, the last may be *
    span = response.headers.get("Content-Range", "")
    first, total = span.removeprefix("bytes ").partition("-")[0], span.rpartition("/")[2]
    if not first.isdigit() or int(first) != have:
        raise _Mismatch(f"continued at another byte than {have}")
    return have, int(total) if total.isdigit() else None


def _copy(response, part: Path, start: int, total: int | None) -> int:
    """Append the answer's bytes to `part` from byte `start` on; how many are in it then."""
    from tqdm.auto import tqdm

    bar = tqdm(total=total, initial=start, desc=part.name.split(".")[0][:40], leave=False, **_BYTES)
    with bar, open(part, "r+b" if start else "wb") as file:
        file.seek(start)
        got = start
        while total is None or got <= total:
            try:
                block = response.read(CHUNK)
            except (OSError, http.client.HTTPException) as problem:
                raise _Dropped(problem or type(problem).__name__) from None
            if not block:
                break
            file.write(block)
            got += len(block)
            bar.update(len(block))
    return got


def _check_room(path: Path, part: Path, size: int | None) -> None:
    free = shutil.disk_usage(path.parent).free
    needed = (size or 0) - _length(part)
    if needed > free:
        raise errors.OutputError(f"{path.parent} has {free / 1e6:.0f} MB free and {path.name} needs "
                                 f"{needed / 1e6:.0f} MB: make room or choose another folder")


@contextlib.contextmanager
def _writing(path: Path, part: Path):
    try:
        yield
    except OSError as problem:
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            part.unlink(missing_ok=True)  # a full disk should not stay full because of us
        raise errors.OutputError(f"{path} cannot be written ({problem.strerror or problem}): "
                                 "make room or choose another folder") from None


def _length(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _by_hand(url: str, path: Path) -> str:
    return f"download {url} by hand to {path.absolute()}"
