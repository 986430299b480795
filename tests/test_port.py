"""The port as a function: passes gathered, applied and counted; nothing outside the edits changes."""

from collections.abc import Iterator

import pytest
from cases import read_files

from vport import dialect
from vport import port as port_module
from vport.edits import Edit
from vport.job import Job
from vport.outcome import Changed, Clean, Failed, Skipped
from vport.passes import LIFE, NAMES, PASSES
from vport.port import Port, port
from vport.read import Read

FILES = {
    "a.c": b"static int frob_n = 1;\nint frob_m;\nint f(void) { return frob_n + frob_m; }\n",
    "b.c": b"extern int frob_m;\nint g(void) { return frob_m; }\n",
    "c.c": b"int h(void) { return 1; }\n",
}
NEW = dialect.load("freebsd-13")


def run(read: Read, *names: str, only: tuple[str, ...] = (), skip: tuple[str, ...] = ()) -> Port:
    return port(read, [v for v in read.tree.variables if v.name in names], NEW, only, skip)


def test_each_file_has_one_outcome() -> None:
    result = run(read_files(FILES), "frob_n", "frob_m")
    assert [(type(o), o.path) for o in result.outcomes] == [(Changed, "a.c"), (Changed, "b.c"), (Clean, "c.c")]
    assert [v.name for v in result.ported] == ["frob_n", "frob_m"]


def test_noop_nothing_chosen() -> None:
    result = run(read_files(FILES))
    assert {type(o) for o in result.outcomes} == {Clean}
    assert (result.edits, result.findings, result.ported) == ({}, [], [])


def test_noop_second_run() -> None:
    first = run(read_files(FILES), "frob_n", "frob_m")
    after = {**FILES, **{o.path: o.after for o in first.outcomes if isinstance(o, Changed)}}
    assert {type(o) for o in run(read_files(after), "frob_n", "frob_m").outcomes} == {Clean}


def test_files_that_were_not_read_stay_listed() -> None:
    read = read_files(FILES)
    read.outcomes.append(Skipped("big.c", "large"))
    assert run(read, "frob_n").outcomes[-1] == Skipped("big.c", "large")


def test_every_edit_has_its_pass_reason_and_variable() -> None:
    result = run(read_files(FILES), "frob_n", "frob_m")
    found = [e for edits in result.edits.values() for e in edits]
    assert {e.by for e in found} <= set(NAMES)
    assert all(e.reason for e in found)
    assert {e.variable for e in found} <= {"frob_n", "frob_m", ""}


def test_one_symbol_defined_twice_is_ported_as_one() -> None:
    read = read_files({"a.c": b"int n;\n", "b.c": b"int n;\n"})
    result = port(read, [v for v in read.tree.variables if v.file == "a.c"], NEW)
    assert sorted(v.file for v in result.ported) == ["a.c", "b.c"]


def test_variables_that_are_virtual_already_are_passed_over() -> None:
    read = read_files({"a.c": b"VNET_DEFINE(int, n);\n#define\tV_n\tVNET(n)\n"})
    result = port(read, read.tree.variables, NEW)
    assert result.ported == []
    assert {type(o) for o in result.outcomes} == {Clean}


@pytest.mark.parametrize("name", NAMES)
def test_one_pass_makes_only_its_own_edits(name: str) -> None:
    read = read_files(FILES)
    whole = {e for edits in run(read, "frob_n", "frob_m").edits.values() for e in edits}
    alone = {e for edits in run(read, "frob_n", "frob_m", only=(name,)).edits.values() for e in edits}
    assert alone == {e for e in whole if e.by == name}
    without = {e for edits in run(read, "frob_n", "frob_m", skip=(name,)).edits.values() for e in edits}
    assert without == whole - alone


def test_time_of_every_stage_is_counted() -> None:
    read = read_files(FILES)
    result = port(read, [v for v in read.tree.variables if v.name == "frob_n"], NEW, skip=("uses",), life=True)
    assert set(result.seconds) == {"refusals", "apply", *(f"pass {n}" for n in NAMES if n != "uses")}
    assert all(s >= 0 for s in result.seconds.values())


def test_contexts_and_life_cycle_are_written_when_asked_for() -> None:
    result = run(read_files(FILES), "frob_n")
    assert not {f"pass {n}" for n in LIFE} & set(result.seconds)


def test_passes_that_claim_the_same_bytes_fail_that_file_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(job: Job) -> Iterator[tuple[str, Edit]]:
        yield "a.c", Edit(7, 10, 0, b"long", "greedy", "because")

    monkeypatch.setattr(port_module, "PASSES", {**PASSES, "greedy": greedy})
    monkeypatch.setattr(port_module, "NAMES", (*NAMES, "greedy"))
    result = run(read_files(FILES), "frob_n", "frob_m")
    failed = [o for o in result.outcomes if isinstance(o, Failed)]
    assert [o.path for o in failed] == ["a.c"]
    assert "a.c:1: passes `" in failed[0].error
    assert "`greedy`" in failed[0].error
    assert [o.path for o in result.outcomes if isinstance(o, Changed)] == ["b.c"]


def test_order_of_files_and_variables_does_not_matter() -> None:
    there, back = read_files(FILES), read_files(dict(reversed(FILES.items())))
    first = port(there, there.tree.variables, NEW)
    second = port(back, list(reversed(back.tree.variables)), NEW)
    changed = [{o.path: o.after for o in r.outcomes if isinstance(o, Changed)} for r in (first, second)]
    assert changed[0] == changed[1]
