"""The plane of signs that a watermark is made of: which sign says what, and where.

The plane has 64 x 64 places, and repeats itself. A film shows about 32 x 32 of them, beginning with the first. Each
place belongs to one of three:

    sync      signs that everybody knows: by these a mark is found, however the film was scaled, moved or cropped
    payload   one of the 168 signs of the codeword, turned over by a secret that everybody knows
    private   signs that follow from the maker's key and the payload: only who has the key can look for them

Every 16 x 16 places hold each sign of the codeword once, 44 of sync and 44 private, in a random order.
"""

import functools
import hashlib
import hmac

import numpy as np

from . import codewords

SIDE = 64
BLOCK = 16
SYNC, PRIVATE = -1, -2
SHARE = (BLOCK * BLOCK - codewords.CODED_BITS) // 2  # places of a block for sync, and as many private ones
PUBLIC_KEY = b"living-portraits watermark 1"  # finds a mark and proves nothing, for everybody has it


def random_bytes(key: bytes, what: str, count: int) -> bytes:
    """The same bytes for the same key and words, on every machine and for good (SHAKE-256, FIPS 202)."""
    return hashlib.shake_256(key + b"\0" + what.encode()).digest(count)


def random_signs(key: bytes, what: str) -> np.ndarray:
    """A plane of 1 and -1, float32 (64, 64)."""
    bits = np.unpackbits(np.frombuffer(random_bytes(key, what, SIDE * SIDE // 8), np.uint8))
    return 1 - 2 * bits.reshape(SIDE, SIDE).astype(np.float32)


@functools.cache
def owners() -> np.ndarray:
    """Whose each place is: the number of a sign of the codeword, `SYNC` or `PRIVATE`; int (64, 64)."""
    names = np.concatenate([np.arange(codewords.CODED_BITS), np.full(SHARE, SYNC), np.full(SHARE, PRIVATE)])
    blocks = SIDE // BLOCK
    plane = np.empty((SIDE, SIDE), np.int64)
    for down in range(blocks):
        for across in range(blocks):
            drawn = np.frombuffer(random_bytes(PUBLIC_KEY, f"order {down} {across}", 8 * len(names)), "<u8")
            block = names[np.argsort(drawn, kind="stable")].reshape(BLOCK, BLOCK)
            plane[down * BLOCK : (down + 1) * BLOCK, across * BLOCK : (across + 1) * BLOCK] = block
    return plane


@functools.cache
def scramble() -> np.ndarray:
    """The signs that everybody knows: sync's own, and what turns the payload's over. float32 (64, 64)."""
    return random_signs(PUBLIC_KEY, "signs")


def sync_plane() -> np.ndarray:
    """Sync's signs, and 0 where something else stands: float32 (64, 64)."""
    return np.where(owners() == SYNC, scramble(), 0).astype(np.float32)


def private_signs(key: bytes, payload: int) -> np.ndarray:
    """The signs of one film of one maker, float32 (64, 64); they count where the place is private."""
    secret = hmac.new(key, b"private" + payload.to_bytes(4, "big"), hashlib.sha256).digest()
    return random_signs(secret, "private")


def public_plane(payload: int) -> np.ndarray:
    """What everybody can know of the plane of a payload: 1 and -1, and 0 at private places; float32 (64, 64)."""
    whose = owners()
    coded = np.where(whose >= 0, codewords.encode(payload)[np.maximum(whose, 0)], 1)
    return np.where(whose == PRIVATE, 0, scramble() * coded).astype(np.float32)


def plane(payload: int, key: bytes) -> np.ndarray:
    """The whole plane for a payload and a maker's key: 1 and -1, float32 (64, 64)."""
    return np.where(owners() == PRIVATE, private_signs(key, payload), public_plane(payload)).astype(np.float32)
