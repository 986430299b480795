import multiprocessing
import sqlite3
from pathlib import Path

import pytest

from vport.cache import Cache, default_folder
from vport.format import FORMAT

NAME = f"facts-{FORMAT}.sqlite"


def test_values_come_back_and_only_those_asked_for(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put({b"a": b"1", b"b": b"2"})
    assert cache.get([b"a", b"c"]) == {b"a": b"1"}


def test_values_last_beyond_the_process_that_stored_them(tmp_path: Path) -> None:
    first = Cache(tmp_path)
    first.put({b"a": b"1"})
    first.close()
    assert Cache(tmp_path).get([b"a"]) == {b"a": b"1"}


def test_stored_again_the_last_value_counts(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put({b"a": b"1"})
    cache.put({b"a": b"2"})
    assert cache.get([b"a"]) == {b"a": b"2"}


def test_more_keys_than_one_question_holds(tmp_path: Path) -> None:
    values = {str(i).encode(): bytes([i % 256]) for i in range(1234)}
    cache = Cache(tmp_path)
    cache.put(values)
    assert cache.get(values) == values


def test_nothing_asked_nothing_found(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put({})
    assert cache.get([]) == {}


def test_without_a_folder_nothing_is_kept_and_nothing_fails() -> None:
    cache = Cache(None)
    cache.put({b"a": b"1"})
    assert cache.get([b"a"]) == {}
    cache.close()


def test_folder_is_made(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "deep" / "er")
    cache.put({b"a": b"1"})
    assert (tmp_path / "deep" / "er" / NAME).exists()


def test_folder_that_cannot_be_made_reads_as_empty(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "below")
    cache.put({b"a": b"1"})
    assert cache.get([b"a"]) == {}
    cache.close()


def test_place_taken_by_a_folder_reads_as_empty(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    cache = Cache(tmp_path)
    cache.put({b"a": b"1"})
    assert cache.get([b"a"]) == {}


@pytest.mark.parametrize("content", [b"this is no database, though long enough to look at" * 40, b"\0" * 5000])
def test_corrupt_file_is_begun_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    cache = Cache(tmp_path)
    assert cache.get([b"a"]) == {}
    cache.put({b"a": b"1"})
    cache.flush()
    assert Cache(tmp_path).get([b"a"]) == {b"a": b"1"}


@pytest.mark.parametrize("value", [b"", b"short", b"\xc1", b"x" * 100, None, "text", 7])
def test_spoilt_value_reads_as_a_miss(tmp_path: Path, value: object) -> None:
    cache = Cache(tmp_path)
    cache.put({b"a": b"1", b"b": b"2"})
    cache.flush()
    with sqlite3.connect(tmp_path / NAME) as db:
        db.execute("UPDATE facts SET value = ? WHERE key = ?", (value, b"a"))
    db.close()
    assert cache.get([b"a", b"b"]) == {b"b": b"2"}
    cache.put({b"a": b"1"})
    assert cache.get([b"a"]) == {b"a": b"1"}


def test_one_flipped_bit_reads_as_a_miss(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put({b"a": b"value"})
    cache.flush()
    with sqlite3.connect(tmp_path / NAME) as db:
        (stored,) = db.execute("SELECT value FROM facts").fetchone()
        db.execute("UPDATE facts SET value = ?", (stored[:-1] + bytes((stored[-1] ^ 1,)),))
    db.close()
    assert cache.get([b"a"]) == {}


def test_noop_empty_value_is_whole(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put({b"a": b""})
    assert cache.get([b"a"]) == {b"a": b""}


def test_table_of_another_shape_is_begun_anew(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / NAME) as db:
        db.execute("CREATE TABLE facts (name TEXT, json TEXT)")
    db.close()
    cache = Cache(tmp_path)
    cache.put({b"a": b"1"})
    assert cache.get([b"a"]) == {b"a": b"1"}


def test_older_format_is_not_read(tmp_path: Path) -> None:
    older = Cache(tmp_path)
    older.put({b"a": b"old"})
    older.close()
    (tmp_path / NAME).rename(tmp_path / f"facts-{FORMAT - 1}.sqlite")
    assert Cache(tmp_path).get([b"a"]) == {}


def _filled(folder: Path, now: float, monkeypatch: pytest.MonkeyPatch, *keys: bytes) -> Cache:
    """A cache opened at a time, with values of 10,000 bytes."""
    monkeypatch.setattr("time.time", lambda: now)
    cache = Cache(folder)
    cache.put(dict.fromkeys(keys, b"1" * 10000))
    return cache


def test_of_a_store_that_grew_too_large_the_oldest_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for day, key in enumerate((b"a", b"b", b"c", b"d", b"e")):
        _filled(tmp_path, day * 100_000.0, monkeypatch, key).close()
    monkeypatch.setattr("vport.cache.SIZE_LIMIT", 44_000)
    second = Cache(tmp_path)
    assert set(second.get([b"a", b"b", b"c", b"d", b"e"])) == {b"d", b"e", b"c"}
    second.put({b"f": b"2"})
    assert second.get([b"f"]) == {b"f": b"2"}


def test_what_is_asked_for_is_not_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _filled(tmp_path, 0.0, monkeypatch, b"a").close()
    _filled(tmp_path, 100_000.0, monkeypatch, b"b", b"c", b"d").close()
    later = _filled(tmp_path, 300_000.0, monkeypatch)
    assert set(later.get([b"a"])) == {b"a"}
    later.close()
    monkeypatch.setattr("vport.cache.SIZE_LIMIT", 30_000)
    assert b"a" in Cache(tmp_path).get([b"a", b"b", b"c", b"d"])


def test_noop_a_store_that_is_large_enough_keeps_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _filled(tmp_path, 0.0, monkeypatch, b"a", b"b").close()
    monkeypatch.setattr("vport.cache.SIZE_LIMIT", 50_000)
    assert set(Cache(tmp_path).get([b"a", b"b"])) == {b"a", b"b"}


def test_room_that_was_made_is_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vport.cache.SIZE_LIMIT", 200_000)
    for round_ in range(12):
        _filled(tmp_path, float(round_), monkeypatch, *(f"{round_} {n}".encode() for n in range(10))).close()
    assert (tmp_path / NAME).stat().st_size < 2 * 200_000


def test_closed_cache_reads_as_empty(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put({b"a": b"1"})
    cache.close()
    cache.put({b"b": b"1"})
    assert cache.get([b"a", b"b"]) == {}


def test_table_lost_under_way_reads_as_empty(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    with sqlite3.connect(tmp_path / NAME) as db:
        db.execute("DROP TABLE facts")
    db.close()
    cache.put({b"a": b"1"})
    cache.flush()
    assert cache.get([b"a"]) == {}


def test_store_of_another_run_is_seen(tmp_path: Path) -> None:
    one, other = Cache(tmp_path), Cache(tmp_path)
    one.put({b"a": b"1"})
    other.put({b"b": b"2"})
    one.flush()
    other.flush()
    assert one.get([b"a", b"b"]) == other.get([b"a", b"b"]) == {b"a": b"1", b"b": b"2"}


def _store(folder: Path, start: int) -> None:
    cache = Cache(folder)
    for i in range(start, start + 20):
        cache.put({str(i).encode(): b"x", b"common": b"same"})
    cache.close()


def test_two_processes_may_store_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_store, args=(tmp_path, start)) for start in (0, 20)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    wanted = [str(i).encode() for i in range(40)] + [b"common"]
    assert len(Cache(tmp_path).get(wanted)) == 41


def test_folder_is_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VPORT_CACHE_DIR", str(tmp_path / "mine"))
    assert default_folder() == tmp_path / "mine"


def test_folder_follows_the_platform_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VPORT_CACHE_DIR", "")
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: str(tmp_path / name))
    assert default_folder() == tmp_path / "vport"


def test_what_waits_is_found_and_written_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("vport.cache.time.monotonic", lambda: now)
    one, other = Cache(tmp_path), Cache(tmp_path)
    one.put({b"a": b"1"})
    assert (one.get([b"a"]), other.get([b"a"])) == ({b"a": b"1"}, {})
    now += 2
    one.put({b"b": b"2"})
    assert other.get([b"a", b"b"]) == {b"a": b"1", b"b": b"2"}


def test_many_values_do_not_wait(tmp_path: Path) -> None:
    one, other = Cache(tmp_path), Cache(tmp_path)
    one.put({str(i).encode(): b"x" for i in range(1001)})
    assert other.get([b"7"]) == {b"7": b"x"}
