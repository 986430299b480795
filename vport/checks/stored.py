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
from vport.life.store import Said

Value = TypeVar("Value")
_ENCODER = msgspec.msgpack.Encoder(order="deterministic")
"""What is equal has one encoding: what follows from it goes by a digest of that."""
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
    ) -> Said[Value]:
        """A value for each file; see `vport.life.store`."""
        key, named = self._key(what, asked), list(files)
        decoder = msgspec.msgpack.Decoder(type_)
        row = self._row(key)
        now = {file: row[self._mark(file)] for file in named if self._mark(file) in row}
        fresh = {file: make(file) for file in named if file not in now}
        now |= {file: msgspec.Raw(_ENCODER.encode(value)) for file, value in fresh.items()}
        if fresh:
            # texts that are gone are dropped: who takes an edit back pays for one file
            alive = {mark: row[mark] for mark in map(self._mark, self._around.digests) if mark in row}
            made = {self._mark(file): now[file] for file in fresh}
            self._cache.put({key: msgspec.msgpack.encode(alive | made)})

        def give(file: str) -> Value:
            value = fresh[file] if file in fresh else _decoded(decoder, now[file])
            return make(file) if value is None else value

        return Said(named, give, _digest(now[file] for file in named))

    def whole(self, what: str, type_: type[Value], make: Callable[[], Value], asked: object = ()) -> Value:
        """One value; see `vport.life.store`."""
        key = self._key(what, asked)
        kept = self._cache.get([key]).get(key)
        value = None if kept is None else _decoded(msgspec.msgpack.Decoder(type_), kept)
        if value is None:
            value = make()
            self._cache.put({key: _ENCODER.encode(value)})
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


def _digest(values: Iterable[msgspec.Raw]) -> bytes:
    hashed = hashlib.blake2b(digest_size=20)
    for value in values:
        hashed.update(len(value).to_bytes(8, "little") + bytes(value))
    return hashed.digest()


def _decoded(decoder: msgspec.msgpack.Decoder[Value], kept: bytes | msgspec.Raw) -> Value | None:
    try:
        return decoder.decode(kept)
    except msgspec.DecodeError:
        return None
