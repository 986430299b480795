"""What the texts of a tree say, kept in the cache: a row for all files, of which what an edit touched is made anew.

What is kept of a file goes by its text, and by all that the tree says beside function bodies, so that a name in it
means what it meant.  `Kept` tells modules by the same.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Protocol, TypeVar

import msgspec

from vport.cache import Cache

Value = TypeVar("Value")
_ROWS = msgspec.msgpack.Decoder(dict[bytes, msgspec.Raw])


class Surroundings(Protocol):
    """What is asked of the check."""

    @property
    def surroundings(self) -> bytes:
        """Digest of all that the tree says beside the bodies of functions, and of what was asked."""
        ...

    @property
    def digests(self) -> dict[str, bytes]:
        """Of the texts of all files."""
        ...


class Stored:
    """The store of one check.

    Arguments:
        cache: where rows are.
        around: of the tree.
    """

    def __init__(self, cache: Cache, around: Surroundings) -> None:
        self._cache = cache
        self._around = around

    def each(
        self, what: str, files: Iterable[str], type_: type[Value], make: Callable[[str], Value], asked: object = ()
    ) -> dict[str, Value]:
        """A value for each file; see `vport.life.store`."""
        key = self._key(what, asked)
        row = self._row(key)
        decoder = msgspec.msgpack.Decoder(type_)
        found: dict[str, Value] = {}
        fresh: dict[str, Value] = {}
        for file in files:
            kept = row.get(self._mark(file))
            value = None if kept is None else _decoded(decoder, kept)
            found[file] = fresh[file] = make(file) if value is None else value
            if value is not None:
                del fresh[file]
        if fresh:
            self._keep(key, row, found, fresh)
        return found

    def whole(self, what: str, type_: type[Value], make: Callable[[], Value], asked: object = ()) -> Value:
        """One value; see `vport.life.store`."""
        key = self._key(what, asked)
        kept = self._cache.get([key]).get(key)
        value = None if kept is None else _decoded(msgspec.msgpack.Decoder(type_), kept)
        if value is None:
            value = make()
            self._cache.put({key: msgspec.msgpack.encode(value)})
        return value

    def _key(self, what: str, asked: object) -> bytes:
        hashed = hashlib.blake2b(what.encode() + b" " + self._around.surroundings, digest_size=20)
        hashed.update(msgspec.msgpack.encode(asked))
        return hashed.digest()

    def _mark(self, file: str) -> bytes:
        """Stands for a file and its text."""
        return self._around.digests[file] + file.encode("utf-8", "surrogateescape")

    def _row(self, key: bytes) -> Mapping[bytes, msgspec.Raw]:
        kept = self._cache.get([key]).get(key)
        with suppress(msgspec.DecodeError):
            return {} if kept is None else _ROWS.decode(kept)
        return {}

    def _keep(
        self, key: bytes, row: Mapping[bytes, msgspec.Raw], found: Mapping[str, Value], fresh: Mapping[str, Value]
    ) -> None:
        """Write the row of the tree as it is now; what it said of texts that are gone is dropped."""
        now: dict[bytes, object] = {
            self._mark(file): fresh[file] if file in fresh else row[self._mark(file)] for file in found
        }
        self._cache.put({key: msgspec.msgpack.encode(now)})


def _decoded(decoder: msgspec.msgpack.Decoder[Value], kept: bytes | msgspec.Raw) -> Value | None:
    try:
        return decoder.decode(kept)
    except msgspec.DecodeError:
        return None
