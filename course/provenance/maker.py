"""Who makes films on this computer: a secret for the watermark, and a signer for the manifest.

Both are made on first use, in the folder `maker` of the user's own folder (`$COURSE_MAKER` names another), and nobody
else may read them:

    watermark.key   32 random bytes, as hexadecimal digits
    signer.pem      a private key and the certificates that belong to it, the signer's first

Who has a certificate that others trust puts it there, with its key, in place of the one that was made.
"""

import logging
import os
import secrets
import tempfile
from pathlib import Path

from .. import errors, paths

log = logging.getLogger("course")
KEY_BYTES = 32


def folder() -> Path:
    """Where the maker's secrets are; it need not be there yet."""
    return Path(os.environ.get("COURSE_MAKER") or paths.home_folder() / "maker")


def watermark_key() -> bytes:
    """The maker's secret of 32 bytes, made where there is none.

    Raises:
        errors.CourseError: the file holds something else.
    """
    text = _kept("watermark.key", lambda: secrets.token_hex(KEY_BYTES))
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise errors.CourseError(f"{folder() / 'watermark.key'} does not hold {2 * KEY_BYTES} hexadecimal digits: put "
                                 "the right file back, or remove it for a new key")
    return key


def known_watermark_key() -> bytes | None:
    """The maker's secret where there is one; None is made here."""
    return watermark_key() if (folder() / "watermark.key").is_file() else None


def signer() -> tuple[str, str]:
    """The private key and the chain of certificates, each in PEM, made where there are none.

    Raises:
        errors.CourseError: the file does not hold both.
    """
    from . import certificates

    text = _kept("signer.pem", certificates.new_signer)
    key, chain = certificates.parts(text)
    if not key or not chain:
        raise errors.CourseError(f"{folder() / 'signer.pem'} must hold a private key and its certificates, in PEM: put "
                                 "the right file back, or remove it for new ones")
    return key, chain


def known_chain() -> str:
    """The chain of certificates where there is one, or ""; none is made here."""
    return signer()[1] if (folder() / "signer.pem").is_file() else ""


_not_kept = {}  # what a folder that cannot be written did not take, for this process


def _kept(name: str, make) -> str:
    """The text of a secret file; made by `make` and kept where it is not there."""
    path = folder() / name
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as problem:
        raise errors.CourseError(f"{path} cannot be read ({problem}): check its permissions") from None
    if path in _not_kept:
        return _not_kept[path]
    made = make()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{name}.")  # mkstemp's files are 0600
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(made)
            try:
                os.link(beside, path)  # fails where another process was first: then its secret counts
            except FileExistsError:
                return path.read_text(encoding="ascii")
            except OSError:  # a file system without links
                os.replace(beside, path)
                return made
        finally:
            Path(beside).unlink(missing_ok=True)
    except OSError as problem:
        log.warning("%s cannot be written (%s): this film's mark and signature are by a maker who is forgotten when "
                    "the program ends", path, problem.strerror)
        _not_kept[path] = made
    return made
