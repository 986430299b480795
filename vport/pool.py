"""Work on many files at once, behind one small seam: anything with `concurrent.futures`' `map` will do.

What weighs most, the bytes of the files, need not travel: workers that are forked from this process find in their
memory what it held then.  Where processes cannot be forked, or an executor of another kind does the work, it travels.
"""

import gc
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from itertools import count
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Executor

Item = TypeVar("Item")
Result = TypeVar("Result")

WORTH_IT = 1 << 20
"""Bytes of work below which starting processes costs more than it gains."""

_numbers = count()
_lent: dict[int, Mapping[str, bytes]] = {}
"""Texts of this process by number; a forked worker inherits those there were when it began."""


Ticket = tuple[int, str] | bytes
"""What travels for a text: where the worker finds it in its memory, or the text itself."""


class Texts:
    """Bytes by name, and how they reach a worker.

    Arguments:
        texts: by name.
    """

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        self._texts = texts
        self._number = -1

    @property
    def size(self) -> int:
        """Bytes of all texts."""
        return sum(map(len, self._texts.values()))

    def ticket(self, name: str) -> Ticket:
        """What travels for the text called `name`."""
        return self._texts[name] if self._number < 0 else (self._number, name)

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Tickets are for workers that are forked in this context."""
        self._number = next(_numbers)
        _lent[self._number] = self._texts
        try:
            yield
        finally:
            del _lent[self._number]
            self._number = -1


def redeem(ticket: Ticket) -> bytes:
    """The text a ticket stands for; called in a worker."""
    return ticket if isinstance(ticket, bytes) else _lent[ticket[0]][ticket[1]]


def processors() -> int:
    """Processors this process may run on; not every platform tells (macOS does not)."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def executor_for(texts: Texts, jobs: int = 0, worth: int = WORTH_IT) -> Iterator["Executor | None"]:
    """An executor for work on `texts`, or None when this process is enough.

    Arguments:
        texts: to be read.
        jobs: processes to use; 0 for one per processor this process may run on.
        worth: bytes below which this process is enough.
    """
    jobs = jobs or processors()
    if jobs < 2 or texts.size < worth:
        yield None
        return
    import multiprocessing  # here, for it takes long, and most runs need no processes
    from concurrent.futures import ProcessPoolExecutor

    forks = "fork" in multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if forks else None)
    # Workers make no cycles, and looking for some in all they inherit takes a tenth of their time.
    with texts.lent() if forks else nullcontext(), ProcessPoolExecutor(jobs, context, gc.disable) as pool:
        yield pool


def batches(items: Sequence[Item], size: Callable[[Item], int], count: int) -> list[list[Item]]:
    """About `count` batches of like weight, the heavy items first in each, so that no worker ends late."""
    ordered = sorted(items, key=size, reverse=True)
    made: list[list[Item]] = [[] for _ in range(min(count, len(ordered)))]
    weights = [0] * len(made)
    for item in ordered:
        lightest = weights.index(min(weights))
        made[lightest].append(item)
        weights[lightest] += size(item) + 1
    return made


def run(
    executor: "Executor | None",
    function: Callable[[list[Item]], list[Result]],
    work: list[list[Item]],
    done: Callable[[int], None] = lambda n: None,
) -> list[Result]:
    """Results of `function` over all batches; `done` hears how many items each finished batch held."""
    results: list[Result] = []
    answers = map(function, work) if executor is None else executor.map(function, work)
    for batch, answer in zip(work, answers, strict=True):
        results += answer
        done(len(batch))
    return results
