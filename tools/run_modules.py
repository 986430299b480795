"""Model every module of a tree and live through all scenarios with it.

    python tools/run_modules.py TREE [--module NAME] [--json FILE] [--limit SECONDS] [--release R] [--build B] [--show]

A module that cannot be modelled or run, or takes longer than the limit, is named with the reason.  Every module has a
process of its own, so that one cannot take others along.
"""

import argparse
import math
import multiprocessing
import os
import resource
import signal
import statistics
import sys
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from vport.cache import Cache
from vport.discover import discover
from vport.model import Modeller, modules_of
from vport.read import Reader
from vport.runtime import scenarios
from vport.runtime.faults import Fault
from vport.runtime.kernel import Kernel
from vport.runtime.model import Module
from vport.runtime.table import report

RELEASES, BUILDS = ("2010", "13", "main"), ("vimage", "default")


class Lived(msgspec.Struct):
    """What one module came to.

    Arguments:
        name, files, lines: the module, and how long its files are.
        functions, unread: how many it has, and which could not be read.
        modelled, ran: how far it came.
        error: why not further, the innermost places last.
        modelling, running: seconds.
        faults: each once.
        bounds: what cut the search short.
        unknown: functions that ran and of which nothing is known.
    """

    name: str
    files: list[str]
    lines: int = 0
    functions: int = 0
    unread: list[str] = []
    modelled: bool = False
    ran: bool = False
    error: str = ""
    modelling: float = 0.0
    running: float = 0.0
    faults: list[Fault] = []
    bounds: list[str] = []
    unknown: list[str] = []


class Way(NamedTuple):
    """In which kernel to live, and through which scenarios; all of them if none is named."""

    release: str = "13"
    vimage: bool = True
    chosen: tuple[str, ...] = ()


def live(name: str, files: list[str], build: Callable[[], Module], way: Way) -> Lived:
    """Model a module and live through the scenarios; an exception of any kind ends it and is told."""
    lived = Lived(name, files)
    began = time.process_time()
    try:
        module = build()
        lived.modelling = time.process_time() - began
        lived.modelled = True
        lived.functions = len(module.functions)
        lived.unread = [f"{f.at}: {f.name}: {f.unread}" for f in module.functions if f.unread]
        _run(lived, module, way)
        lived.ran = True
    except Exception:
        lived.error = "\n".join(traceback.format_exc().splitlines()[-9:])
    lived.running = time.process_time() - began - lived.modelling
    return lived


def _run(lived: Lived, module: Module, way: Way) -> None:
    seen: dict[tuple[str, str, str], Fault] = {}
    bounds: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for name in way.chosen or scenarios.names(module):
        kernel = scenarios.run(module, name, way.release, way.vimage)
        for fault in kernel.faults:
            seen.setdefault((fault.kind, fault.at, fault.variable), fault)
        _note(kernel, bounds, unknown)
    lived.faults, lived.bounds, lived.unknown = list(seen.values()), list(bounds), list(unknown)


def _note(kernel: Kernel, bounds: dict[str, None], unknown: dict[str, None]) -> None:
    for event in kernel.trace:
        if event.what == "bound":
            bounds[event.text] = None
        elif event.what == "unknown":
            unknown[event.text] = None


class _Worker(NamedTuple):
    process: BaseProcess
    name: str


class Pool:
    """Lives through modules, each in a process that is forked from this one and may take so many seconds of its own.

    What other processes of the machine take does not count.
    """

    def __init__(self, work: Callable[[str], Lived], limit: float, jobs: int) -> None:
        self._work = work
        self._limit = limit
        self._jobs = jobs
        self._context = multiprocessing.get_context("fork")
        self._busy: dict[Connection, _Worker] = {}

    def map(self, names: Iterable[str]) -> Iterator[Lived]:
        """What becomes of each, in the order they end."""
        waiting = deque(names)
        while waiting or self._busy:
            while waiting and len(self._busy) < self._jobs:
                self._start(waiting.popleft())
            yield from self._collect()

    def _start(self, name: str) -> None:
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=self._serve, args=(name, theirs), daemon=True)
        process.start()
        theirs.close()
        self._busy[ours] = _Worker(process, name)

    def _serve(self, name: str, pipe: Connection) -> None:
        seconds = math.ceil(time.process_time() + self._limit)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        pipe.send(self._work(name))

    def _collect(self) -> Iterator[Lived]:
        for pipe in wait(list(self._busy)):
            if isinstance(pipe, Connection):
                yield self._result(pipe)

    def _result(self, pipe: Connection) -> Lived:
        worker = self._busy[pipe]
        lived: Lived | None = None
        with suppress(EOFError):
            lived = pipe.recv()
        self._end(pipe)
        if lived is not None:
            return lived
        slow = worker.process.exitcode == -signal.SIGXCPU
        return Lived(worker.name, [], error=f"takes more than {self._limit:g} s" if slow else "its process died")

    def _end(self, pipe: Connection) -> None:
        worker = self._busy.pop(pipe)
        pipe.close()
        worker.process.join()


def run_tree(path: Path, only: Iterable[str], way: Way, limit: float = 60.0, jobs: int = 0) -> list[Lived]:
    """Every module of a tree, or some of them."""
    read = Reader(Cache(None)).read(discover([path]))
    proposed = modules_of(read.tree)
    wanted = list(only) or sorted(proposed)
    missing = [name for name in wanted if name not in proposed]
    if missing:
        sys.exit(f"{path}: there is no module {', '.join(missing)}: choose of {', '.join(sorted(proposed))}")
    modeller = Modeller(read)
    lines = {file: data.count(b"\n") for file, data in read.data.items()}

    def work(name: str) -> Lived:
        files = proposed[name]
        lived = live(name, files, lambda: modeller.build(files, name), way)
        lived.lines = sum(lines.get(f, 0) for f in files)
        return lived

    pool = Pool(work, limit, jobs or len(os.sched_getaffinity(0)))
    return sorted(pool.map(wanted), key=lambda lived: lived.name)


def summary(found: list[Lived]) -> Iterator[str]:
    """What is printed of all modules."""
    whole = [v for v in found if v.ran]
    yield f"modules    {len(found)}"
    yield f"modelled   {sum(v.modelled for v in found)}"
    yield f"ran        {len(whole)} ({100 * len(whole) / max(len(found), 1):.1f}%)"
    yield f"faultless  {sum(not v.faults for v in whole)}"
    yield f"cut short  {sum(bool(v.bounds) for v in whole)}"
    yield from _times(whole)
    yield from _counted("faults", Counter(str(f.kind) for v in found for f in v.faults))
    unread = sum(len(v.unread) for v in found)
    yield f"functions  {sum(v.functions for v in found)}, of which not read {unread}"
    unknown = Counter(name for v in found for name in v.unknown)
    yield f"unknown    {len(unknown)} functions"
    yield "           " + ", ".join(f"{name} {n}" for name, n in unknown.most_common(20))
    for lived in found:
        if lived.error:
            yield f"{lived.name}: {lived.error}"


def _times(found: list[Lived]) -> Iterator[str]:
    seconds: Mapping[str, list[float]] = {
        "modelling": [v.modelling for v in found],
        "running": [v.running for v in found],
    }
    for title, values in seconds.items():
        if values:
            worst = max(found, key=lambda v: getattr(v, title))
            yield f"{title:10} median {statistics.median(values):.2f} s, worst {max(values):.2f} s ({worst.name})"


def _counted(title: str, counts: Counter[str]) -> Iterator[str]:
    yield f"{title:10} {sum(counts.values())}"
    yield from (f"{n:10} {name}" for name, n in counts.most_common())


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tree", type=Path, help="of C that is ported")
    parser.add_argument("--module", action="append", default=[], help="this one only; repeatable")
    parser.add_argument("--scenario", action="append", default=[], help="through this one only; repeatable")
    parser.add_argument("--release", choices=RELEASES, default="13", help="of the kernel")
    parser.add_argument("--build", choices=BUILDS, default="vimage", help="with the option VIMAGE, or without")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds a module may take")
    parser.add_argument("--jobs", type=int, default=0, help="processes; one for each processor unless given")
    parser.add_argument("--json", type=Path, help="write everything there")
    parser.add_argument("--show", action="store_true", help="print every fault")
    given = parser.parse_args()
    way = Way(given.release, given.build == "vimage", tuple(given.scenario))
    found = run_tree(given.tree, given.module, way, given.limit, given.jobs)
    for lived in found if given.show else ():
        if lived.faults:
            print(f"== {lived.name}", *report(lived.faults), "", sep="\n")
    print(*summary(found), sep="\n")
    if given.json:
        given.json.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1))
    return 0 if all(lived.ran for lived in found) else 1


if __name__ == "__main__":
    sys.exit(main())
