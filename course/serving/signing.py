"""Addresses of files that whoever has them may read for a while, as D-ID's are: signed, with an end."""

import hashlib
import hmac
import time

HOURS = 24.0


def sign(secret: bytes, identifier: str, name: str, now: float | None = None) -> str:
    """The query of a file's address: "expires=...&signature=..."; now: seconds since 1970."""
    expires = int((time.time() if now is None else now) + HOURS * 3600)
    return f"expires={expires}&signature={_signature(secret, identifier, name, expires)}"


def is_signed(secret: bytes, identifier: str, name: str, expires: str, signature: str) -> bool:
    """Whether `sign` made these for this file, and their time is not over."""
    if not (expires.isascii() and expires.isdigit() and len(expires) < 12) or int(expires) < time.time():
        return False
    return hmac.compare_digest(_signature(secret, identifier, name, int(expires)).encode(), signature.encode())


def _signature(secret: bytes, identifier: str, name: str, expires: int) -> str:
    return hmac.new(secret, f"{identifier}/{name}/{expires}".encode(), hashlib.sha256).hexdigest()
