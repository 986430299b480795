"""From files to a linked tree, in parallel and from the cache."""

import contextlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vport.cache import Cache
from vport.discover import Found
from vport.outcome import Failed, Skipped
from vport.read import Read, Reader, given_kinds, make_reading, read_files
from vport.tree import Variable

FILES = {
    "a.c": b'#include "x.h"\nstatic int n;\nint m = 1;\nint f(void) { EACH(n) m++; return (n); }\n',
    "b.c": b'#include "x.h"\nint g(int n) { EACH(n) m = n; return (m); }\n',
    "x.h": b"#define EACH(v) for ((v) = 0; (v) < 3; (v)++)\nextern int m;\n",
}


@pytest.fixture
def found(tmp_path: Path) -> Found:
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    return Found(tmp_path, sorted(FILES), [])


def seen(read: Read) -> list[tuple[tuple[str, str, str], list[tuple[str, int, str]]]]:
    """Every variable and where it is used."""

    def uses(variable: Variable) -> list[tuple[str, int, str]]:
        return [(r.file, r.use.at, r.use.access) for r in variable.references]

    return [(v.key, uses(v)) for v in read.tree.variables]


def test_tree_is_read_and_linked(found: Found) -> None:
    read = Reader(Cache(None), jobs=1).read(found)
    assert (read.root, read.data, read.outcomes) == (found.root, FILES, [])
    assert [(key, len(uses)) for key, uses in seen(read)] == [(("a.c", "", "n"), 2), (("a.c", "", "m"), 3)]
    assert [v.externs[0].file for v in read.tree.variables if v.externs] == ["x.h"]


def test_macros_of_one_file_are_known_in_all(found: Found) -> None:
    read = Reader(Cache(None), jobs=1).read(found)
    assert read.reading.kinds[b"EACH"] == "head"
    assert not any(facts.unread for facts in read.tree.facts.values())


def test_nothing_to_read(tmp_path: Path) -> None:
    read = Reader(Cache(None)).read(Found(tmp_path, [], []))
    assert (read.data, read.tree.variables, read.outcomes) == ({}, [], [])


@pytest.mark.parametrize("data", [b"", b"\n", b"\xff\xfe", b"/*", b"{", b"#if\n", b"int n"])
def test_odd_files_are_read(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.c").write_bytes(data)
    assert Reader(Cache(None)).read(Found(tmp_path, ["a.c"], [])).data == {"a.c": data}


def test_file_that_disappeared_is_told_and_the_rest_read(found: Found) -> None:
    (found.root / "b.c").unlink()
    read = Reader(Cache(None), jobs=1).read(found)
    assert sorted(read.data) == ["a.c", "x.h"]
    (failed,) = read.outcomes
    assert isinstance(failed, Failed)
    assert (failed.path, failed.error.split(";")[0]) == ("b.c", "cannot be read: No such file or directory")


def test_folder_in_place_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.c").mkdir()
    data, (outcome,) = read_files(Found(tmp_path, ["a.c"], []))
    assert data == {}
    assert isinstance(outcome, Failed)


def test_binary_file_is_skipped(found: Found) -> None:
    (found.root / "b.c").write_bytes(b"int a;\0")
    data, (outcome,) = read_files(found)
    assert sorted(data) == ["a.c", "x.h"]
    assert isinstance(outcome, Skipped)
    assert outcome.path == "b.c"


def test_what_discovery_left_out_stays_told(tmp_path: Path) -> None:
    left = Skipped("big.c", "too big")
    assert Reader(Cache(None)).read(Found(tmp_path, [], [left])).outcomes == [left]


def _read_kept(found: Found, tmp_path: Path) -> Read:
    """As one run does, whose results the next one finds."""
    with contextlib.closing(Cache(tmp_path / "cache")) as cache:
        return Reader(cache, jobs=1).read(found)


def test_cached_second_read_equals_the_first(found: Found, tmp_path: Path) -> None:
    first = _read_kept(found, tmp_path)
    work: list[tuple[str, int]] = []
    second = Reader(
        Cache(tmp_path / "cache"), jobs=1, progress=lambda stage, done, total: work.append((stage, total))
    ).read(found)
    assert work == [("macros", 0), ("facts", 0), ("uses", 0)]
    assert second.tree.facts == first.tree.facts
    assert seen(second) == seen(first)


def test_changed_file_is_read_again(found: Found, tmp_path: Path) -> None:
    _read_kept(found, tmp_path)
    (found.root / "b.c").write_bytes(b"int m2;\nint g(void) { return (m2); }\n")
    totals: dict[str, int] = {}
    again = Reader(
        Cache(tmp_path / "cache"), jobs=1, progress=lambda stage, done, total: totals.update({stage: total})
    ).read(found)
    assert totals["facts"] == 1
    assert seen(again) == seen(Reader(Cache(None), jobs=1).read(found))


def test_changed_macro_makes_other_files_be_read_again(found: Found, tmp_path: Path) -> None:
    _read_kept(found, tmp_path)
    (found.root / "x.h").write_bytes(b"#define EACH(v) do { (v)++; } while (0);\nextern int m;\n")
    again = Reader(Cache(tmp_path / "cache"), jobs=1).read(found)
    assert again.tree.facts == Reader(Cache(None), jobs=1).read(found).tree.facts


def test_same_content_under_two_names(tmp_path: Path) -> None:
    for name in ("a.c", "b.c"):
        (tmp_path / name).write_bytes(b"static int n; int f(void) { return (n); }\n")
    read = Reader(Cache(tmp_path / "cache"), jobs=1).read(Found(tmp_path, ["a.c", "b.c"], []))
    assert [(key, len(uses)) for key, uses in seen(read)] == [(("a.c", "", "n"), 1), (("b.c", "", "n"), 1)]


def test_spoilt_values_of_the_cache_read_as_misses(found: Found, tmp_path: Path) -> None:
    _read_kept(found, tmp_path)
    (store,) = (tmp_path / "cache").glob("*.sqlite")
    with sqlite3.connect(store) as db:
        db.execute("UPDATE facts SET value = x'c1'")
    db.close()
    read = Reader(Cache(tmp_path / "cache"), jobs=1).read(found)
    assert seen(read) == seen(Reader(Cache(None), jobs=1).read(found))


def test_progress_ends_with_everything_done(found: Found) -> None:
    heard: list[tuple[str, int, int]] = []
    Reader(Cache(None), jobs=1, progress=lambda *step: heard.append(step)).read(found)
    stages = list(dict.fromkeys(stage for stage, _, _ in heard))
    assert stages == ["macros", "facts", "uses"]
    for stage in stages:
        done = [d for s, d, _ in heard if s == stage]
        assert (done[0], done[-1]) == (0, max(total for s, _, total in heard if s == stage))
        assert done == sorted(done)


def test_threads_and_processes_give_the_same(found: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = Reader(Cache(None), jobs=1).read(found)
    with ThreadPoolExecutor(3) as executor:
        threads = Reader(Cache(None), executor=executor).read(found)
    monkeypatch.setattr("vport.pool.WORTH_IT", 0)
    processes = Reader(Cache(None), jobs=2).read(found)
    assert seen(threads) == seen(processes) == seen(alone)
    assert threads.tree.facts == processes.tree.facts == alone.tree.facts


def test_given_kinds_hold_the_kernel_s_macros() -> None:
    kinds = given_kinds()
    assert kinds["TAILQ_FOREACH"] == "head"
    assert kinds["VNET_DEFINE"] == "definer"
    assert kinds["SYSINIT"] == "plain"


def test_reading_knows_definers_attributes_and_parameters() -> None:
    reading = make_reading({"FROB": "attribute", "FRAB": "word", "EACH": "head"})
    assert reading.definers["VNET_DEFINE_STATIC"] == "static"
    assert reading.attributes == {b"FROB", b"FRAB"}
    assert "req" in reading.parameters[b"SYSCTL_HANDLER_ARGS"]
