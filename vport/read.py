"""From files to a linked tree: macros, facts, uses; in parallel, and from the cache where nothing changed."""

import contextlib
import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import TypeVar

import msgspec

from vport import rules
from vport.c.macros import learn_kinds, merge_kinds
from vport.cache import Cache
from vport.discover import Found
from vport.facts import FORMAT, FileFacts, Reading, read_facts
from vport.outcome import Failed, Outcome, Skipped
from vport.pool import batches, executor_for, run
from vport.source import looks_binary
from vport.tree import Tree
from vport.uses import Use, find_uses

Progress = Callable[[str, int, int], None]
"""Called with the stage, how many files of it are done and how many there are."""

Value = TypeVar("Value")

_KINDS = msgspec.msgpack.Decoder(dict[str, str])
_FACTS = msgspec.msgpack.Decoder(FileFacts)
_USES = msgspec.msgpack.Decoder(list[Use])


class Read(msgspec.Struct):
    """A tree that was read.

    Arguments:
        root: folder of all names.
        tree: linked facts.
        data: bytes of every file that was read.
        outcomes: files that were not read, and why.
        reading: what the reader knew of macros.
    """

    root: Path
    tree: Tree
    data: dict[str, bytes]
    outcomes: list[Outcome]
    reading: Reading


def _quiet(stage: str, done: int, total: int) -> None:
    """Report nothing."""


def _key(*parts: bytes) -> bytes:
    hashed = hashlib.blake2b(digest_size=20)
    for part in parts:
        hashed.update(len(part).to_bytes(8, "little") + part)
    return hashed.digest()


def _decoded(
    decoder: msgspec.msgpack.Decoder[Value], keys: Mapping[str, bytes], cached: Mapping[bytes, bytes]
) -> dict[str, Value]:
    """Values of the cache by name; one that is spoilt is none, so that its file is read again."""
    values: dict[str, Value] = {}
    for name, key in keys.items():
        if key in cached:
            with contextlib.suppress(msgspec.DecodeError):
                values[name] = decoder.decode(cached[key])
    return values


def read_files(found: Found) -> tuple[dict[str, bytes], list[Outcome]]:
    """Bytes of the files, and what could not be read; binary files are left out."""
    data: dict[str, bytes] = {}
    outcomes: list[Outcome] = list(found.left_out)
    for name in found.files:
        try:
            content = (found.root / name).read_bytes()
        except OSError as error:
            outcomes.append(Failed(name, f"cannot be read: {error.strerror}; check its permissions or leave it out"))
            continue
        if looks_binary(content):
            outcomes.append(Skipped(name, "holds NUL bytes, so it is no C source"))
        else:
            data[name] = content
    return data, outcomes


def given_kinds() -> dict[str, str]:
    """Kinds of macros that rules/macros.toml fixes."""
    table = rules.load("macros")
    kinds = {
        name: kind
        for kind in ("head", "type", "attribute", "word", "identity", "typearg", "plain")
        for name in table[kind]
    }
    kinds.update(dict.fromkeys(table["definers"], "definer"))
    return kinds


def make_reading(kinds: Mapping[str, str]) -> Reading:
    """What `read_facts` needs, from a table of kinds."""
    definers = rules.load("macros")["definers"]
    return Reading(
        {name.encode(): kind for name, kind in kinds.items()},
        {name: entry["storage"] for name, entry in definers.items()},
        frozenset(name.encode() for name, kind in kinds.items() if kind in ("attribute", "word")),
        {macro.encode(): tuple(names) for macro, names in rules.load("macros")["parameters"].items()},
    )


def _learn_batch(batch: list[tuple[str, bytes]]) -> list[tuple[str, dict[str, str]]]:
    return [(name, learn_kinds(data)) for name, data in batch]


class _FactsBatch:
    """Reads facts in a worker; travels there once for each batch with its reading."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def __call__(self, batch: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        return [(name, msgspec.msgpack.encode(read_facts(data, self._reading))) for name, data in batch]


def _uses_batch(batch: list[tuple[str, bytes, bytes, list[str]]]) -> list[tuple[str, bytes]]:
    return [
        (name, msgspec.msgpack.encode(find_uses(data, _FACTS.decode(facts), names)))
        for name, data, facts, names in batch
    ]


class Reader:
    """Reads trees.

    Arguments:
        cache: where facts are kept.
        jobs: processes; 0 for one per processor.
        progress: hears how far it is.
        executor: used instead of processes of our own when given.
    """

    def __init__(
        self, cache: Cache, jobs: int = 0, progress: Progress = _quiet, executor: Executor | None = None
    ) -> None:
        self._cache = cache
        self._jobs = jobs
        self._progress = progress
        self._given = executor

    def read(self, found: Found) -> Read:
        """Read and link all files of `found`; never raises on bad content."""
        data, outcomes = read_files(found)
        return self.read_data(found.root, data, outcomes)

    def read_data(self, root: Path, data: dict[str, bytes], outcomes: list[Outcome]) -> Read:
        """The same for bytes already in memory."""
        content = {name: _key(text) for name, text in data.items()}
        with executor_for(sum(map(len, data.values())), self._jobs) as own:
            executor = self._given or own
            kinds = self._kinds(executor, data, content)
            encoded, facts = self._facts(executor, data, content, kinds)
            tree = Tree({name: facts[name] for name in data})
            tree.attach(self._uses(executor, data, encoded, tree))
        return Read(root, tree, data, outcomes, make_reading(kinds))

    def _stage(self, stage: str, total: int) -> Callable[[int], None]:
        done = 0

        def step(count: int) -> None:
            nonlocal done
            done += count
            self._progress(stage, done, total)

        step(0)
        return step

    def _work(self, items: list[tuple[str, bytes]]) -> list[list[tuple[str, bytes]]]:
        return batches(items, lambda item: len(item[1]), 16 if len(items) < 2000 else 64)

    def _kinds(
        self, executor: Executor | None, data: Mapping[str, bytes], content: Mapping[str, bytes]
    ) -> dict[str, str]:
        keys = {name: _key(b"kinds", bytes([FORMAT]), content[name]) for name in data}
        cached = self._cache.get(keys.values())
        learnt = _decoded(_KINDS, keys, cached)
        missing = [(name, data[name]) for name in data if name not in learnt]
        fresh = dict(run(executor, _learn_batch, self._work(missing), self._stage("macros", len(missing))))
        self._cache.put({keys[n]: msgspec.msgpack.encode(table) for n, table in fresh.items()})
        learnt.update(fresh)
        return merge_kinds(given_kinds(), (learnt[name] for name in sorted(learnt)))

    def _facts(
        self,
        executor: Executor | None,
        data: Mapping[str, bytes],
        content: Mapping[str, bytes],
        kinds: Mapping[str, str],
    ) -> tuple[dict[str, bytes], dict[str, FileFacts]]:
        digest = _key(rules.digest().encode(), msgspec.msgpack.encode(sorted(kinds.items())))
        keys = {name: _key(b"facts", bytes([FORMAT]), digest, content[name]) for name in data}
        cached = self._cache.get(keys.values())
        facts = _decoded(_FACTS, keys, cached)
        encoded = {name: cached[keys[name]] for name in facts}
        missing = [(name, data[name]) for name in data if name not in encoded]
        batch = _FactsBatch(make_reading(kinds))
        fresh = dict(run(executor, batch, self._work(missing), self._stage("facts", len(missing))))
        self._cache.put({keys[name]: value for name, value in fresh.items()})
        facts.update((name, _FACTS.decode(value)) for name, value in fresh.items())
        return encoded | fresh, facts

    def _uses(
        self, executor: Executor | None, data: Mapping[str, bytes], encoded: Mapping[str, bytes], tree: Tree
    ) -> dict[str, list[Use]]:
        names = tree.names_of_interest()
        keys = {
            name: _key(b"uses", bytes([FORMAT]), encoded[name], data[name], " ".join(wanted).encode("latin-1"))
            for name, wanted in names.items()
        }
        cached = self._cache.get(keys.values())
        found = _decoded(_USES, keys, cached)
        missing = [(n, data[n], encoded[n], wanted) for n, wanted in names.items() if n not in found]
        work = batches(missing, lambda item: len(item[1]), 16)
        fresh = dict(run(executor, _uses_batch, work, self._stage("uses", len(missing))))
        self._cache.put({keys[name]: value for name, value in fresh.items()})
        return found | {name: _USES.decode(value) for name, value in fresh.items()}
