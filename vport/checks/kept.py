"""What modules came to the last time, without making their models again.

A model is made of its module's own files, and of what the rest of the tree says beside its function bodies: macros,
types, declarations, heads of functions, all headers.  Of bodies in other files it takes three things, and those are
kept with the result and looked at again: what calls that leave the module need, functions that others define and the
module registers, and whether its own functions are named elsewhere.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import msgspec

from vport.cache import Cache
from vport.checks.config import Config
from vport.digest import blake2b
from vport.own import own_digest
from vport.read import Read
from vport.runtime.model import External, Module

if TYPE_CHECKING:
    from vport.model import Modeller


class Record(msgspec.Struct, frozen=True):
    """What one module came to, and what of other files' function bodies that rests on.

    Arguments:
        externals: calls that leave the module, with what was known of them.
        drawn: places in files of other modules that the model names: by file their lines, none where functions were
            drawn from it, and a digest of those lines or of the whole text.
        named: functions of the module that other files name.
        found: what was found, encoded.
    """

    externals: tuple[External, ...]
    drawn: dict[str, tuple[tuple[int, ...], bytes]]
    named: tuple[str, ...]
    found: bytes


class Workplace(Protocol):
    """What is asked of the check."""

    read: Read
    config: Config
    cache: Cache

    @property
    def release(self) -> str:
        """Of the kernel that the tree is written for."""
        ...

    @property
    def modules(self) -> dict[str, list[str]]:
        """Modules of the tree: name to files."""
        ...

    @property
    def modeller(self) -> "Modeller":
        """Makes models."""
        ...


_BODIES = msgspec.msgpack.Decoder(dict[str, tuple[bool, frozenset[str]]])
_RECORD = msgspec.msgpack.Decoder(Record)


class Kept:
    """Results of modules in the cache.

    Arguments:
        job: the check.
    """

    def __init__(self, job: Workplace) -> None:
        self._job = job
        self._tree = job.read.tree
        self._data = job.read.data
        self._lines: dict[str, list[bytes]] = {}

    def results(self, names: Iterable[str]) -> dict[str, bytes]:
        """What is still true of modules, encoded, by name."""
        keys = {name: self.key(name) for name in names}
        cached = self._job.cache.get(keys.values())
        if not cached:
            return {}
        with self._bodies_known():
            return self._still_true(keys, cached)

    def _still_true(self, keys: Mapping[str, bytes], cached: Mapping[bytes, bytes]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for name, key in keys.items():
            record = _decoded(cached.get(key))
            if record is not None and self._holds(name, record):
                found[name] = record.found
        return found

    @contextmanager
    def _bodies_known(self) -> Iterator[None]:
        """Have what was read of function bodies before, and keep what is read now; by the text of their files."""
        reads, seal = self._job.modeller.bodies_read, own_digest().encode()
        keys = {f: blake2b(seal + b"bodies" + d, digest_size=20).digest() for f, d in self.digests.items()}
        cached = self._job.cache.get(keys.values())
        for file, key in keys.items():
            reads.update(((file, name), said) for name, said in _bodies(cached.get(key)).items())
        before = len(reads)
        yield
        if len(reads) > before:
            found: dict[str, dict[str, tuple[bool, frozenset[str]]]] = {}
            for (file, name), said in reads.items():
                found.setdefault(file, {})[name] = said
            self._job.cache.put({keys[f]: msgspec.msgpack.encode(said) for f, said in found.items()})

    def record(self, name: str, model: Module, places: Iterable[tuple[str, int]], found: bytes) -> bytes:
        """A module's result to keep, encoded.

        Arguments:
            name: of the module.
            model: it.
            places: files and lines that it names.
            found: its result, encoded.
        """
        drawn = self._drawn(name, model, places, found)
        return msgspec.msgpack.encode(Record(model.externals, drawn, self._named(name), found))

    def _drawn(
        self, name: str, model: Module, places: Iterable[tuple[str, int]], found: bytes
    ) -> dict[str, tuple[tuple[int, ...], bytes]]:
        """Places outside the module: of variables the line is enough, for what is declared there is no body."""
        lines: dict[str, set[int]] = {}
        for file, line in places:
            lines.setdefault(file, set()).add(line)
        whole = {function.at.rpartition(":")[0] for function in model.functions}
        whole |= set(_files(msgspec.msgpack.decode(found)))
        drawn = {}
        for file in sorted((lines.keys() | whole) - set(self._job.modules[name])):
            if file in self.digests:
                named = () if file in whole else tuple(sorted(lines[file]))
                drawn[file] = (named, self._digest(file, named))
        return drawn

    def _digest(self, file: str, places: tuple[int, ...]) -> bytes:
        """Of some lines of a file, or of all of it if none are given; empty for a file that is gone."""
        if not places or file not in self._data:
            return self.digests.get(file, b"")
        lines = self._lines.setdefault(file, self._data[file].split(b"\n"))
        return blake2b(b"\n".join(lines[n - 1] for n in places if n <= len(lines)), digest_size=16).digest()

    def key(self, name: str) -> bytes:
        """Under which a module's result is kept: its own texts, and all that is no function body elsewhere."""
        hashed = blake2b(self.surroundings, digest_size=20)
        for file in self._job.modules[name]:
            hashed.update(f"{len(file)} {file} ".encode("utf-8", "surrogateescape") + self.digests[file])
        return hashed.digest()

    def functions_key(self, name: str) -> bytes:
        """Under which the models of a module's functions are kept, each of which answers for its own text."""
        said = msgspec.msgpack.encode((b"functions", self.surroundings, name, self._job.modules[name]))
        return blake2b(said, digest_size=20).digest()

    def _holds(self, name: str, record: Record) -> bool:
        if any(self._digest(file, places) != digest for file, (places, digest) in record.drawn.items()):
            return False
        if self._named(name) != record.named:
            return False
        return self._job.modeller.externals(e.name for e in record.externals) == record.externals

    @property
    def digests(self) -> dict[str, bytes]:
        """Of the texts of all files."""
        return self._job.read.digests

    @cached_property
    def surroundings(self) -> bytes:
        """Digest of all that the tree says beside the bodies of functions, and of what was asked."""
        job = self._job
        asked = (own_digest(), job.config.entries, job.config.resources, job.config.seconds, job.release)
        hashed = blake2b(msgspec.msgpack.encode((asked, sorted(job.read.reading.kinds.items()))))
        for file in self._tree.facts:
            hashed.update(f"{len(file)} {file} ".encode("utf-8", "surrogateescape"))
            for part in self._outside(file):
                hashed.update(part)
        return hashed.digest()

    def _outside(self, file: str) -> Iterator[bytes]:
        """A file's text without the bodies of its functions; all of it where others include it.

        A body that defines or includes something, or forgets a macro, is part of what stands around the others.
        """
        text, facts = self._data[file], self._tree.facts[file]
        if file in self._included or not file.endswith(".c"):
            yield self.digests[file]
            return
        directives = [d.start for d in facts.defines] + [i.start for i in facts.includes]
        directives = sorted(directives + [end for _, end in facts.undefined])
        at = 0
        for function in sorted(facts.functions, key=lambda f: f.body):
            plain = bisect_left(directives, function.body) == bisect_left(directives, function.end)
            if function.body >= at and plain:
                yield text[at : function.body]
                at = function.end
        yield text[at:]

    @cached_property
    def _included(self) -> set[str]:
        tree = self._tree
        return {
            t for f in tree.facts for i in tree.facts[f].includes for t in tree.resolve_include(f, i.path, i.quoted)
        }

    @cached_property
    def _users(self) -> dict[str, set[str]]:
        """Source files that name a function which is no static, by function."""
        tree = self._tree
        public = {f.name for facts in tree.facts.values() for f in facts.functions if not f.static}
        found: dict[str, set[str]] = {}
        for file in tree.facts:
            for word in public & tree.words(file) if file.endswith(".c") else ():
                found.setdefault(word, set()).add(file)
        return found

    def _named(self, name: str) -> tuple[str, ...]:
        mine = set(self._job.modules[name])
        own = {f.name for file in mine for f in self._tree.facts[file].functions if not f.static}
        return tuple(sorted(n for n in own if self._users.get(n, mine) - mine))


def _files(value: object) -> Iterator[str]:
    """Files that findings name, in what they are as plain tables."""
    if isinstance(value, dict):
        yield from (value["file"] for key in value if key == "file")
        yield from (file for part in value.values() for file in _files(part))
    elif isinstance(value, list):
        yield from (file for part in value for file in _files(part))


def _bodies(value: bytes | None) -> dict[str, tuple[bool, frozenset[str]]]:
    try:
        return {} if value is None else _BODIES.decode(value)
    except msgspec.DecodeError:
        return {}


def _decoded(value: bytes | None) -> Record | None:
    try:
        return None if value is None else _RECORD.decode(value)
    except msgspec.DecodeError:
        return None
