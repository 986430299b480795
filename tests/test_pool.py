import gc
import multiprocessing
import os
import threading
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vport.pool import WORTH_IT, Texts, Ticket, batches, executor_for, redeem, run

MUCH = Texts({"a.c": b"a" * WORTH_IT, "b.c": b"b"})
LITTLE = Texts({"a.c": b"a" * (WORTH_IT - 1)})


def double(batch: list[int]) -> list[int]:
    return [2 * item for item in batch]


def texts_of(batch: list[Ticket]) -> list[bytes]:
    return [redeem(ticket)[:1] for ticket in batch]


def collects(batch: list[int]) -> list[bool]:
    return [gc.isenabled()]


@pytest.mark.parametrize(("texts", "jobs"), [(Texts({}), 0), (LITTLE, 8), (MUCH, 1)])
def test_little_work_or_one_job_needs_no_processes(texts: Texts, jobs: int) -> None:
    with executor_for(texts, jobs) as executor:
        assert executor is None


def test_much_work_gets_processes() -> None:
    with executor_for(MUCH, 2) as executor:
        assert isinstance(executor, ProcessPoolExecutor)
        assert run(executor, double, [[1, 2], [3]]) == [2, 4, 6]
        assert run(executor, collects, [[1]]) == [False]
    assert gc.isenabled()


def test_one_processor_means_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0})
    with executor_for(MUCH) as executor:
        assert executor is None


def test_platforms_that_do_not_tell_affinity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    with executor_for(LITTLE) as executor:
        assert executor is None


def test_forked_workers_have_the_texts_already() -> None:
    with executor_for(MUCH, 2) as executor:
        tickets = [MUCH.ticket("b.c"), MUCH.ticket("a.c")]
        assert not any(isinstance(ticket, bytes) for ticket in tickets)
        assert run(executor, texts_of, [tickets]) == [b"b", b"a"]


def test_texts_travel_where_processes_cannot_be_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    monkeypatch.setattr(
        multiprocessing, "get_context", lambda method=None, get=multiprocessing.get_context: get("spawn")
    )
    with executor_for(MUCH, 2) as executor:
        assert MUCH.ticket("b.c") == b"b"
        assert run(executor, texts_of, [[MUCH.ticket("b.c")], [MUCH.ticket("a.c")]]) == [b"b", b"a"]


def test_texts_travel_again_when_the_workers_are_gone() -> None:
    with executor_for(MUCH, 2), pytest.raises(KeyError), executor_for(Texts({}), 2):
        raise KeyError
    assert MUCH.ticket("b.c") == b"b"


def test_two_trees_at_once_keep_their_texts_apart() -> None:
    other = Texts({"a.c": b"x" * WORTH_IT})
    with executor_for(MUCH, 2) as first, executor_for(other, 2) as second:
        assert run(second, texts_of, [[other.ticket("a.c")]]) == [b"x"]
        assert run(first, texts_of, [[MUCH.ticket("a.c")]]) == [b"a"]


@pytest.mark.parametrize("pool", [None, ThreadPoolExecutor])
def test_results_come_in_the_order_of_the_work(pool: type[ThreadPoolExecutor] | None) -> None:
    release = threading.Event()

    def late_first(batch: list[int]) -> list[int]:
        if pool is not None and 1 in batch:
            release.wait(10)
        release.set()
        return double(batch)

    executor: Executor | None = pool(2) if pool else None
    assert run(executor, late_first, [[1, 2], [3], [4, 5]]) == [2, 4, 6, 8, 10]
    if executor:
        executor.shutdown()


def test_progress_hears_of_every_batch() -> None:
    heard: list[int] = []
    run(None, double, [[1, 2], [3], []], heard.append)
    assert heard == [2, 1, 0]


def test_no_work_no_results() -> None:
    assert run(None, double, []) == []


def test_what_a_worker_raises_reaches_the_caller() -> None:
    def fail(batch: list[int]) -> list[int]:
        raise ValueError(batch[0])

    with ThreadPoolExecutor(1) as executor, pytest.raises(ValueError, match="7"):
        run(executor, fail, [[7]])


@given(st.lists(st.integers(0, 100)), st.integers(1, 20))
def test_batches_hold_every_item_once_and_none_is_empty(items: list[int], count: int) -> None:
    made = batches(items, lambda item: item, count)
    assert sorted(i for batch in made for i in batch) == sorted(items)
    assert all(made)
    assert len(made) == min(count, len(items))


@given(st.lists(st.integers(1, 100), min_size=1), st.integers(1, 20))
def test_batches_weigh_alike_and_begin_with_the_heavy(items: list[int], count: int) -> None:
    made = batches(items, lambda item: item, count)
    weights = [sum(batch) + len(batch) for batch in made]
    assert max(weights) - min(weights) <= max(items) + 1
    assert all(batch == sorted(batch, reverse=True) for batch in made)


def test_batches_are_the_same_each_time() -> None:
    items = ["b", "a", "d", "c"]
    assert batches(items, len, 2) == batches(items, len, 2) == [["b", "d"], ["a", "c"]]
