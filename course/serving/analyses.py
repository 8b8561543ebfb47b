"""What was found out about a photo, kept by its content: who asks again need not wait again.

`in_use(cache)` stands the cache before `animation.cast` for a while. A key is made of all that `cast` is given, pixels
and settings, so a photo under another name is known, and a changed one is not.
"""

import collections
import contextlib
import hashlib
import io
import pickle

import numpy as np

from .. import animation
from ..rendering import portrait


class Cache:
    """The actors of the photos that were looked at last, `most` of them. looked, known: how often it was asked for one
    that it did not have, and had."""

    def __init__(self, most: int = 8):
        self.most, self.looked, self.known = most, 0, 0
        self._kept = collections.OrderedDict()

    def actors(self, cast, *given, **named) -> list:
        """What `cast` gives for these arguments, from memory where it is there."""
        key = key_of(given, named)
        if key in self._kept:
            self.known += 1
            self._kept.move_to_end(key)
        else:
            self.looked += 1
            self.put(key, cast(*given, **named))
        return self._kept[key]

    def put(self, key: str, actors: list) -> None:
        """Keep actors under a key; the oldest go."""
        self._kept[key] = actors
        self._kept.move_to_end(key)
        while len(self._kept) > self.most:
            self._kept.popitem(last=False)

    def items(self) -> list:
        """(key, actors) of all that is kept."""
        return list(self._kept.items())


@contextlib.contextmanager
def in_use(cache: Cache):
    """A context in which `animation.animate` looks into the cache before it looks at a photo."""
    cast = animation.cast
    animation.cast = lambda *given, **named: cache.actors(cast, *given, **named)
    try:
        yield cache
    finally:
        animation.cast = cast


def key_of(given: tuple, named: dict) -> str:
    """64 hex digits for arguments: arrays by their pixels, all else by how it is written."""
    digest = hashlib.sha256()
    for name, value in [*enumerate(given), *sorted(named.items())]:
        digest.update(f"|{name}=".encode())
        if isinstance(value, np.ndarray):
            digest.update(f"{value.dtype} {value.shape}".encode())
            digest.update(np.ascontiguousarray(value))
        else:
            digest.update(repr(value).encode())
    return digest.hexdigest()


# ---------------------------------------------------------------- on the way to another machine


class _Packer(pickle.Pickler):
    """Pickles actors; the shipped networks go by their names."""

    def __init__(self, file):
        super().__init__(file, protocol=5)
        self.names = {id(network): name for name, network in _networks().items()}

    def persistent_id(self, thing):
        """The name of a shipped network, None for all else."""
        return self.names.get(id(thing))


class _Unpacker(pickle.Unpickler):
    def persistent_load(self, name):
        """The shipped network of that name."""
        return _networks()[name]


def _networks() -> dict:
    """The shipped networks by name: they are on every machine, and need not travel."""
    return {f"{part}.{name}": network for part, networks in portrait.load_networks().items()
            for name, network in networks.items()}


def pack(actors: list) -> bytes:
    """Actors as bytes, for a process that runs this package too; the shipped networks stay behind."""
    file = io.BytesIO()
    _Packer(file).dump(actors)
    return file.getvalue()


def unpack(data: bytes) -> list:
    """Actors out of `pack`'s bytes. Only of bytes that a trusted process made: unpickling can run anything."""
    return _Unpacker(io.BytesIO(data)).load()
