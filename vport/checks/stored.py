"""What the texts of a tree say, kept in the cache: a row for all files, of which what an edit touched is made anew.

What is kept of a file goes by its text, and by all that the tree says beside function bodies, so that a name in it
means what it meant.  `Kept` tells modules by the same.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Protocol, TypeVar

import msgspec

from vport.cache import Cache
from vport.digest import blake2b
from vport.life.store import Said

Value = TypeVar("Value")
_ENCODER = msgspec.msgpack.Encoder(order="deterministic")
"""What is equal has one encoding: what follows from it goes by a digest of that."""
_BESIDE = 16
"""Files that may be kept beside the row of all, each by itself, before the row is written anew."""
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
        self._alone: dict[str, dict[bytes, msgspec.Raw]] = {}

    def each(
        self, what: str, files: Iterable[str], type_: type[Value], make: Callable[[str], Value], asked: object = ()
    ) -> Said[Value]:
        """A value for each file; see `vport.life.store`."""
        key, named = self._key(what, asked), list(files)
        decoder = msgspec.msgpack.Decoder(type_)
        row = self._row(key)
        beside = self._beside(key, [file for file in named if self._mark(file) not in row] if row else named)
        now = {file: row[self._mark(file)] if self._mark(file) in row else beside.get(file) for file in named}
        fresh = {file: make(file) for file, value in now.items() if value is None}
        made = {file: msgspec.Raw(_ENCODER.encode(value)) for file, value in fresh.items()}
        said = {file: made[file] if value is None else value for file, value in now.items()}
        self._keep(key, row, beside | made, made)

        def give(file: str) -> Value:
            value = fresh[file] if file in fresh else _decoded(decoder, said[file])
            return make(file) if value is None else value

        return Said(named, give, _digest(said.values()))

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
        hashed = blake2b(what.encode() + b" " + self._around.surroundings, digest_size=20)
        hashed.update(msgspec.msgpack.encode(asked))
        return hashed.digest()

    def _mark(self, file: str) -> bytes:
        """Stands for a file and its text."""
        return self._around.digests[file] + file.encode("utf-8", "surrogateescape")

    def _beside(self, key: bytes, files: Iterable[str]) -> dict[str, msgspec.Raw]:
        """What is kept of files by themselves, all of one file together: those of the last edits."""
        asked = {file: self._key("alone", self._mark(file)) for file in files if file not in self._alone}
        kept = self._cache.get(asked.values()) if asked else {}
        self._alone.update((file, _rows(kept.get(alone))) for file, alone in asked.items())
        return {file: self._alone[file][key] for file in files if key in self._alone[file]}

    def _keep(
        self,
        key: bytes,
        row: Mapping[bytes, msgspec.Raw],
        beside: Mapping[str, msgspec.Raw],
        made: Mapping[str, msgspec.Raw],
    ) -> None:
        """Keep what was made: beside the row, or in it when there is much; texts that are gone are dropped from it."""
        if len(beside) > _BESIDE:
            alive = {mark: row[mark] for mark in map(self._mark, self._around.digests) if mark in row}
            alive |= {self._mark(file): value for file, value in beside.items()}
            self._cache.put({key: msgspec.msgpack.encode(alive)})
            return
        for file, value in made.items():
            self._alone[file][key] = value
            self._cache.put({self._key("alone", self._mark(file)): msgspec.msgpack.encode(self._alone[file])})

    def _row(self, key: bytes) -> Mapping[bytes, msgspec.Raw]:
        """What is kept of all files; few files have none."""
        return _rows(self._cache.get([key]).get(key)) if len(self._around.digests) > _BESIDE else {}


def _rows(kept: bytes | None) -> dict[bytes, msgspec.Raw]:
    with suppress(msgspec.DecodeError):
        return {} if kept is None else _ROWS.decode(kept)
    return {}


def _digest(values: Iterable[msgspec.Raw]) -> bytes:
    hashed = blake2b(digest_size=20)
    for value in values:
        hashed.update(len(value).to_bytes(8, "little") + bytes(value))
    return hashed.digest()


def _decoded(decoder: msgspec.msgpack.Decoder[Value], kept: bytes | msgspec.Raw) -> Value | None:
    try:
        return decoder.decode(kept)
    except msgspec.DecodeError:
        return None
