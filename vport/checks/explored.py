"""What the modules of a tree come to when they are explored and lived: in parallel, within a time, from the cache
where a module's model is as it was."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

import msgspec

from vport import rules
from vport.cache import Cache
from vport.checks.config import Config
from vport.checks.found import Found
from vport.checks.kept import Kept
from vport.checks.ranked import Ranked
from vport.digest import blake2b
from vport.modelling.remembered import Memory
from vport.own import own_digest
from vport.pool import Texts, batches, executor_for, run
from vport.read import Read
from vport.runtime import tables
from vport.runtime.model import Module
from vport.runtime.patience import OutOfTimeError, patience

if TYPE_CHECKING:
    from vport.model import Modeller

_WORTH_IT = 200_000
"""Bytes of modules below which starting processes costs more than it gains: exploring takes far longer than reading."""
_BATCHES = 48


class Explored(msgspec.Struct):
    """What one module came to.

    Arguments:
        contexts: findings of its entry points.
        life: findings of its life.
        locks: findings about what its locks guard.
        problems: what was not followed to its end, and why.
        slow: whether time was the reason; that is kept and told again until it is given more.
    """

    contexts: list[Found] = []
    life: list[Found] = []
    locks: list[Found] = []
    problems: list[str] = []
    slow: bool = False


class Workplace(Protocol):
    """What the work needs of the check that it is part of."""

    read: Read
    config: Config
    cache: Cache
    jobs: int

    @property
    def release(self) -> str:
        """Of the kernel that the tree is written for, a name in rules/sysinit."""
        ...

    @property
    def modules(self) -> dict[str, list[str]]:
        """Modules of the tree: name to files."""
        ...

    def model(self, name: str, memory: Memory) -> Module:
        """The model of a module, which remembers its functions."""
        ...

    @property
    def modeller(self) -> "Modeller":
        """Makes models."""
        ...

    @property
    def kept(self) -> Kept:
        """What modules came to before."""
        ...


class Task(msgspec.Struct, frozen=True):
    """One module to explore: whether a context can go wrong in it, and whether it has a life to speak of."""

    name: str
    contexts: bool
    life: bool


_DECODER = msgspec.msgpack.Decoder(Explored)
_FEW = 8
"""So many modules are explored sooner than the whole tree is asked who needs a context."""
_work: tuple[Workplace, Kept] | None = None
"""Of the check under way; workers that are forked inherit it."""


def explore_all(job: Workplace, names: Sequence[str], task_of: Callable[[str, bool], Task]) -> dict[str, Explored]:
    """What each module comes to, by name.

    Arguments:
        job: the check.
        names: of the modules.
        task_of: what there is to explore of one; hears whether there are few.
    """
    kept = job.kept
    found = kept.results(names)
    left = [name for name in names if name not in found]
    tasks = [task_of(name, len(left) <= _FEW) for name in left]
    found |= _explore([task for task in tasks if task.contexts or task.life], job, kept)
    nothing = Explored()
    return {name: _DECODER.decode(found[name]) if name in found else nothing for name in names}


def _explore(tasks: list[Task], job: Workplace, kept: Kept) -> dict[str, bytes]:
    global _work
    files = {file for task in tasks for file in job.modules[task.name]}
    weights = {t.name: sum(len(job.read.data[f]) for f in job.modules[t.name]) for t in tasks}
    before, _work = _work, (job, kept)
    try:
        with executor_for(Texts({f: job.read.data[f] for f in files}), job.jobs, _WORTH_IT) as executor:
            if executor:
                job.cache.flush()  # it will be long before anything is written again
            work = batches(tasks, lambda task: weights[task.name], _BATCHES if executor else 1)
            made = run(executor, _in_worker if executor else _here, work)
    finally:
        _work = before
    return dict(zip([task.name for part in work for task in part], made, strict=True))


def _here(batch: list[Task]) -> list[bytes]:
    assert _work is not None
    job, kept = _work
    return [_explored(job, kept, job.cache, task) for task in batch]


def _in_worker(batch: list[Task]) -> list[bytes]:
    """The same in a process of its own, which must not use a connection that another opened."""
    assert _work is not None
    job, kept = _work
    cache = job.cache.again()
    try:
        return [_explored(job, kept, cache, task) for task in batch]
    finally:
        cache.close()


def _explored(job: Workplace, kept: Kept, cache: Cache, task: Task) -> bytes:
    """What a module comes to, encoded, and kept for the next time."""
    functions = kept.functions_key(task.name)
    memory = Memory(cache.get([functions]).get(functions))
    try:
        with patience(job.config.seconds):
            model = job.model(task.name, memory)
    except OutOfTimeError:
        return msgspec.msgpack.encode(Explored(problems=[_slow(task.name, ["all"], job.config.seconds)], slow=True))
    ranked = Ranked(model)
    found = _of_model(job, cache, task, ranked)
    made = {kept.key(task.name): kept.record(task.name, model, ranked.places, found)}
    row = memory.row()
    cache.put(made if row is None else {**made, functions: row})
    return found


def _of_model(job: Workplace, cache: Cache, task: Task, ranked: Ranked) -> bytes:
    """The same from its model: findings follow from that and from nothing else, whatever the numbers of its lines."""
    encoded = msgspec.msgpack.encode((task, ranked.text, own_digest(), job.config.seconds, job.release))
    key = blake2b(b"explored" + encoded, digest_size=20).digest()
    made = _known(cache.get([key]).get(key))
    if made is None:
        made = _made(_parts(job, task, ranked.model()))
        cache.put({key: msgspec.msgpack.encode(made)})
    return msgspec.msgpack.encode(
        Explored(
            ranked.found(made.contexts),
            ranked.found(made.life),
            ranked.found(made.locks),
            ranked.said(made.problems),
            made.slow,
        )
    )


def _known(value: bytes | None) -> Explored | None:
    try:
        return None if value is None else _DECODER.decode(value)
    except msgspec.DecodeError:
        return None


def _made(parts: Iterable[Explored]) -> Explored:
    """All parts as one."""
    made = Explored()
    for part in parts:
        made.contexts += part.contexts
        made.life += part.life
        made.locks += part.locks
        made.problems += part.problems
        made.slow |= part.slow
    return made


def _parts(job: Workplace, task: Task, model: Module) -> Iterator[Explored]:
    from vport.checks.enrolled import release_of
    from vport.checks.guarded import guarded_by_others
    from vport.checks.lived import live
    from vport.checks.paths import explore_entries

    tables.parse_with(rules.parsed)
    seconds = job.config.seconds
    release = release_of(model, job.release)
    if task.contexts:
        found, slow = explore_entries(model, seconds, release)
        yield Explored(contexts=found, problems=[_slow(task.name, slow, seconds)] if slow else [], slow=bool(slow))
    if task.life:
        found, said, late = live(model, seconds, release)
        yield Explored(locks=list(guarded_by_others(model)))
        yield Explored(life=found, problems=[f"{task.name}: {text}" for text in said], slow=late)


def _slow(name: str, functions: list[str], seconds: float) -> str:
    """A line for what took too long."""
    shown = ", ".join(functions[:3]) + (f" and {len(functions) - 3} more" if len(functions) > 3 else "")
    return (
        f"{name}: {shown}: not followed on every path within {seconds:g} s, so findings may be missing; "
        "give it more with `seconds` in [check]"
    )
