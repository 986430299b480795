"""From files to a linked tree: macros, facts, uses; in parallel, and from the cache where nothing changed."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from vport import rules
from vport.c.macros import learn_kinds, merge_kinds
from vport.cache import Cache
from vport.digest import blake2b
from vport.discover import Found
from vport.discover import read_files as read_files
from vport.facts import FileFacts, Reading, read_facts
from vport.format import FORMAT
from vport.outcome import Outcome
from vport.pool import WORTH_IT, Texts, Ticket, batches, executor_for, redeem, run
from vport.tree import Tree
from vport.uses import Use, find_uses

if TYPE_CHECKING:
    from concurrent.futures import Executor

Progress = Callable[[str, int, int], None]
"""Called with the stage, how many files of it are done and how many there are."""

Item = TypeVar("Item")
Value = TypeVar("Value")

_BATCHES = 64
"""Into how many parts a stage's work is cut: many, so that no worker is left alone at the end with much to do."""

Memory = dict[str, dict[bytes, tuple[Any, bytes | msgspec.Raw]]]
"""Of the last reading, by stage and key: values, and the same encoded."""

_BESIDE = 32
"""Files whose values may stand beside the pack of a tree, each by itself, before the pack is written anew."""

_KINDS = msgspec.msgpack.Decoder(dict[str, str])
_FACTS = msgspec.msgpack.Decoder(FileFacts)
_USES = msgspec.msgpack.Decoder(list[Use])
_PACK = msgspec.msgpack.Decoder(dict[bytes, msgspec.Raw])


class Read(msgspec.Struct):
    """A tree that was read.

    Arguments:
        root: folder of all names.
        tree: linked facts.
        data: bytes of every file that was read.
        outcomes: files that were not read, and why.
        reading: what the reader knew of macros.
        digests: of the bytes of every file.
    """

    root: Path
    tree: Tree
    data: dict[str, bytes]
    outcomes: list[Outcome]
    reading: Reading
    digests: dict[str, bytes]


def _quiet(stage: str, done: int, total: int) -> None:
    """Report nothing."""


def _key(*parts: bytes | msgspec.Raw) -> bytes:
    hashed = blake2b(digest_size=20)
    for part in parts:
        hashed.update(len(part).to_bytes(8, "little"))
        hashed.update(part)
    return hashed.digest()


def _decoded(
    decoder: msgspec.msgpack.Decoder[Value], keys: Mapping[str, bytes], cached: Mapping[bytes, bytes | msgspec.Raw]
) -> dict[str, Value]:
    """Values of the cache by name; one that is spoilt is none, so that its file is read again."""
    values: dict[str, Value] = {}
    for name, key in keys.items():
        if key in cached:
            with suppress(msgspec.DecodeError):
                values[name] = decoder.decode(cached[key])
    return values


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
    split = {name.encode(): kind.partition(":") for name, kind in kinds.items()}
    return Reading(
        {name: kind for name, (kind, _, _) in split.items()},
        {name: entry["storage"] for name, entry in definers.items()},
        frozenset(name.encode() for name, kind in kinds.items() if kind in ("attribute", "word")),
        {macro.encode(): tuple(names) for macro, names in rules.load("macros")["parameters"].items()},
        {name: int(index) for name, (_, _, index) in split.items() if index},
    )


def _learn_batch(batch: list[Ticket]) -> list[bytes]:
    return [msgspec.msgpack.encode(learn_kinds(redeem(ticket))) for ticket in batch]


def _packed(values: Mapping[bytes, bytes | msgspec.Raw]) -> bytes:
    return msgspec.msgpack.encode({key: msgspec.Raw(value) for key, value in values.items()})


class _FactsBatch:
    """Reads facts in a worker; travels there once for each batch with its reading."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def __call__(self, batch: list[Ticket]) -> list[bytes]:
        return [msgspec.msgpack.encode(read_facts(redeem(ticket), self._reading)) for ticket in batch]


def _uses_batch(batch: list[tuple[Ticket, bytes, list[str]]]) -> list[bytes]:
    return [
        msgspec.msgpack.encode(find_uses(redeem(ticket), _FACTS.decode(facts), names)) for ticket, facts, names in batch
    ]


class _Stages:
    """The stages of one reading: what the cache holds is taken from there, the rest is worked out and put there.

    Arguments:
        data: bytes of every file.
        cache: where results are kept.
        progress: hears how far it is.
        texts: how the bytes reach the workers.
        executor: gives one for the work, or None for this process; asked only when there is enough to do.
        memory: of what was read last.
    """

    def __init__(
        self,
        data: Mapping[str, bytes],
        cache: Cache,
        progress: Progress,
        texts: Texts,
        executor: Callable[[], "Executor | None"],
        memory: Memory,
    ) -> None:
        self._data = data
        self._memory = memory
        self._cache = cache
        self._progress = progress
        self._texts = texts
        self._executor = executor
        self.digests = {name: _key(text) for name, text in data.items()}

    def kinds(self) -> dict[str, str]:
        """Kinds of macros, by name, that all files define and the rules fix."""
        learnt, _ = self._run("macros", _KINDS, self._keys(b"kinds"), _learn_batch, self._texts.ticket)
        return merge_kinds(given_kinds(), (learnt[name] for name in sorted(learnt)))

    def facts(self, kinds: Mapping[str, str]) -> tuple[dict[str, FileFacts], dict[str, bytes | msgspec.Raw]]:
        """Facts of all files, in the order of the files, and encoded."""
        digest = _key(rules.digest().encode(), msgspec.msgpack.encode(sorted(kinds.items())))
        batch = _FactsBatch(make_reading(kinds))
        facts, encoded = self._run("facts", _FACTS, self._keys(b"facts", digest), batch, self._texts.ticket)
        return {name: facts[name] for name in self._data}, encoded

    def uses(self, names: Mapping[str, list[str]], encoded: Mapping[str, bytes | msgspec.Raw]) -> dict[str, list[Use]]:
        """Uses of `names`, which are given for each file, by file."""
        keys = {
            name: _key(b"uses", bytes([FORMAT]), encoded[name], self.digests[name], " ".join(wanted).encode("latin-1"))
            for name, wanted in names.items()
        }
        found, _ = self._run(
            "uses", _USES, keys, _uses_batch, lambda name: (self._texts.ticket(name), bytes(encoded[name]), names[name])
        )
        return found

    def _keys(self, stage: bytes, *parts: bytes) -> dict[str, bytes]:
        return {name: _key(stage, bytes([FORMAT]), *parts, digest) for name, digest in self.digests.items()}

    def _run(
        self,
        stage: str,
        decoder: msgspec.msgpack.Decoder[Value],
        keys: Mapping[str, bytes],
        function: Callable[[list[Item]], list[bytes]],
        item: Callable[[str], Item],
    ) -> tuple[dict[str, Value], dict[str, bytes | msgspec.Raw]]:
        """The values of all names in `keys`, and the same encoded, from the cache or worked out by `function`."""
        known = self._memory.get(stage, {})
        values: dict[str, Value] = {name: known[key][0] for name, key in keys.items() if key in known}
        encoded = {name: known[keys[name]][1] for name in values}
        asked = {name: key for name, key in keys.items() if name not in values}
        pack = self._pack(stage) if len(asked) > _BESIDE else {}
        beside = self._cache.get([key for key in asked.values() if key not in pack])
        cached = {**pack, **beside}
        found = _decoded(decoder, asked, cached)
        values |= found
        encoded |= {name: cached[keys[name]] for name in found}
        left = [name for name in keys if name not in values]
        missing = batches(left, lambda name: len(self._data[name]), _BATCHES)
        # for an edit of a few files no processes are started
        executor = self._executor() if sum(len(self._data[name]) for name in left) >= WORTH_IT else None
        answers = run(executor, function, [[item(n) for n in part] for part in missing], self._step(stage, missing))
        fresh = dict(zip(chain.from_iterable(missing), answers, strict=True))
        self._cache.put({keys[name]: value for name, value in fresh.items()})
        values.update((name, decoder.decode(value)) for name, value in fresh.items())
        encoded |= fresh
        if len(beside) + len(fresh) > _BESIDE:
            self._cache.put({self._pack_key(stage): _packed({keys[name]: encoded[name] for name in keys})})
        self._memory[stage] = {key: (values[name], encoded[name]) for name, key in keys.items()}
        return values, encoded

    def _pack(self, stage: str) -> Mapping[bytes, msgspec.Raw]:
        """What is kept of all files together: a thousand rows take far longer to get than one."""
        kept = self._cache.get([self._pack_key(stage)]).get(self._pack_key(stage))
        with suppress(msgspec.DecodeError):
            return {} if kept is None else _PACK.decode(kept)
        return {}

    def _pack_key(self, stage: str) -> bytes:
        names = "\0".join(self._data).encode("utf-8", "surrogateescape")
        return _key(b"pack", stage.encode(), bytes([FORMAT]), names)

    def _step(self, stage: str, work: list[list[str]]) -> Callable[[int], None]:
        done, total = 0, sum(map(len, work))

        def step(count: int) -> None:
            nonlocal done
            done += count
            self._progress(stage, done, total)

        step(0)
        return step


class Reader:
    """Reads trees; of the one that it read last it makes nothing anew but what changed.

    Arguments:
        cache: where facts are kept.
        jobs: processes; 0 for one per processor.
        progress: hears how far it is.
        executor: used instead of processes of our own when given.
    """

    def __init__(
        self, cache: Cache, jobs: int = 0, progress: Progress = _quiet, executor: "Executor | None" = None
    ) -> None:
        self._cache = cache
        self._jobs = jobs
        self._progress = progress
        self._given = executor
        self._memory: Memory = {}

    def read(self, found: Found) -> Read:
        """Read and link all files of `found`; never raises on bad content."""
        data, outcomes = read_files(found)
        return self.read_data(found.root, data, outcomes)

    def read_data(self, root: Path, data: dict[str, bytes], outcomes: list[Outcome]) -> Read:
        """The same for bytes already in memory."""
        texts = Texts(data)
        with ExitStack() as stack:
            executor = cache(lambda: stack.enter_context(self._executor(texts)))
            stages = _Stages(data, self._cache, self._progress, texts, executor, self._memory)
            kinds = stages.kinds()
            facts, encoded = stages.facts(kinds)
            tree = Tree(facts)
            tree.attach(stages.uses(tree.names_of_interest(), encoded))
        return Read(root, tree, data, outcomes, make_reading(kinds), stages.digests)

    def _executor(self, texts: Texts) -> AbstractContextManager["Executor | None"]:
        return executor_for(texts, self._jobs) if self._given is None else nullcontext(self._given)
