"""Lives of the ported modules as pictures: a lane for each stack, from its constructors to its destructors."""

import base64
import zlib
from collections.abc import Callable, Iterator, Sequence

import msgspec

from vport.cache import Cache
from vport.digest import blake2b
from vport.model import Modeller, modules_of
from vport.names import harmless
from vport.own import own_digest
from vport.patterns import later
from vport.pool import Texts, batches, executor_for, run
from vport.read import Read
from vport.report.html.page import Life
from vport.report.html.texts import Files
from vport.runtime import scenarios
from vport.runtime.errors import RuntimeInputError
from vport.runtime.model import Module
from vport.runtime.patience import OutOfTimeError, patience
from vport.runtime.timeline import draw

_PER_STACK = later(rb"\bVNET_(?:\w*SYSINIT|SYSUNINIT|DEFINE\w*|DOMAIN_SET)\b")
_WORTH_IT = 200_000
"""Bytes of modules from which on processes are worth their start."""
_BATCHES = 48

_work: "_Work | None" = None
"""What is under way; workers that are forked inherit it."""


class Lived(msgspec.Struct, frozen=True):
    """One life, before its files have numbers."""

    module: str
    scenario: str
    verdict: str
    stacks: int = 0
    faults: int = 0
    picture: str = ""


class _Work(msgspec.Struct):
    """What each worker needs."""

    modeller: Modeller
    modules: dict[str, list[str]]
    release: str
    seconds: float
    cache: Cache


_KEPT = msgspec.msgpack.Decoder(list[Lived])


def gather(
    read: Read,
    files: Files,
    release: str,
    seconds: float,
    cache: Cache,
    jobs: int,
    tell: Callable[[str, int, int], None] | None = None,
) -> list[Life]:
    """Lives of the modules that have state of each stack.

    Arguments:
        read: the tree after the port.
        files: numbers names.
        release: of the kernel.
        seconds: that each life may take.
        cache: of lives.
        jobs: processes; 0 for one per processor.
        tell: hears how far the work is.
    """
    global _work
    modules = modules_of(read.tree)
    names = [n for n, own in sorted(modules.items()) if any(_PER_STACK.search(read.data[f]) for f in own)]
    weights = {n: sum(len(read.data[f]) for f in modules[n]) for n in names}
    texts = Texts({f: read.data[f] for n in names for f in modules[n]})
    done = 0

    def count(number: int) -> None:
        nonlocal done
        done += number
        if tell is not None:
            tell("living", done, len(names))

    before, _work = _work, _Work(Modeller(read), modules, release, seconds, cache)
    try:
        with executor_for(texts, jobs, _WORTH_IT) as executor:
            work = batches(names, weights.__getitem__, _BATCHES if executor else 1)
            made = run(executor, _in_worker if executor else _here, work, count)
    finally:
        _work = before
    found = sorted((one for lived in made for one in lived), key=lambda one: (not one.faults, names.index(one.module)))
    return [
        Life(
            harmless(one.module),
            [files.number(f) for f in modules[one.module]],
            one.scenario,
            harmless(one.verdict),
            one.stacks,
            one.faults,
            one.picture,
        )
        for one in found
    ]


def _here(names: Sequence[str]) -> list[list[Lived]]:
    assert _work is not None
    return [_lived(name, _work, _work.cache) for name in names]


def _in_worker(names: Sequence[str]) -> list[list[Lived]]:
    """The same in a process of its own, which must not use a connection that another opened."""
    assert _work is not None
    cache = _work.cache.again()
    try:
        return [_lived(name, _work, cache) for name in names]
    finally:
        cache.close()


def _lived(name: str, work: _Work, cache: Cache) -> list[Lived]:
    """The lives of one module, from the cache where its model is as it was."""
    try:
        with patience(work.seconds):
            module = work.modeller.build(work.modules[name], name)
    except OutOfTimeError:
        return [Lived(name, "", f"its model took more than {work.seconds:g} s; see it with `vport run`")]
    encoded = msgspec.msgpack.encode((module, own_digest(), work.seconds, work.release))
    key = _digest(encoded)
    kept = cache.get([key]).get(key)
    if kept is not None:
        return _KEPT.decode(kept)
    made = [_life(name, module, scenario, work) for scenario in _scenarios(module)]
    cache.put({key: msgspec.msgpack.encode(made)})
    return made


def _digest(encoded: bytes) -> bytes:
    return blake2b(b"report lives" + encoded, digest_size=20).digest()


def _scenarios(module: Module) -> Iterator[str]:
    """What a reader wants to see: coming and going with jails there, and jails that come and go."""
    if module.loadable:
        yield "unload"
    yield "jails"


def _life(name: str, module: Module, scenario: str, work: _Work) -> Lived:
    try:
        with patience(work.seconds):
            kernel = scenarios.run(module, scenario, work.release)
    except RuntimeInputError as error:
        return Lived(name, scenario, f"{error}; nothing was lived through")
    except OutOfTimeError:
        return Lived(
            name, scenario, f"took more than {work.seconds:g} s; see it with `vport run --scenario {scenario}`"
        )
    trace, faults = list(kernel.trace), kernel.faults
    stacks = len({event.vnet for event in trace if event.vnet >= 0})
    unknown = sorted({event.text for event in trace if event.what == "unknown"})
    verdict = f"{len(faults)} fault{'' if len(faults) == 1 else 's'}" if faults else "no fault"
    if unknown:
        verdict += f"; hangs on {len(unknown)} unknown: {', '.join(unknown[:4])}{', ...' if unknown[4:] else ''}"
    picture = draw(harmless(f"{name}: {scenario}"), trace, faults)
    packed = base64.b64encode(zlib.compress(harmless(picture).encode(), 9)).decode()
    return Lived(name, scenario, verdict, stacks, len(faults), packed)
