"""Work on many files at once, behind one small seam: anything with `concurrent.futures`' `map` will do."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

WORTH_IT = 1 << 20
"""Bytes of work below which starting processes costs more than it gains."""


def _processors() -> int:
    """Processors this process may run on; not every platform tells (macOS does not)."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def executor_for(work: int, jobs: int = 0) -> Iterator[Executor | None]:
    """An executor for `work` bytes of source, or None when this process is enough.

    Arguments:
        work: bytes to be read.
        jobs: processes to use; 0 for one per processor this process may run on.
    """
    jobs = jobs or _processors()
    if jobs < 2 or work < WORTH_IT:
        yield None
        return
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("fork")) as pool:
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
    executor: Executor | None,
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
