"""Six modules as people write them: what the port refuses, and that what it gives compiles without a warning."""

from collections.abc import Mapping
from pathlib import Path

import cases
import pytest
from cases import Case

SELF = "self-referential-initializer"
ADDRESS = "address-in-initializer"
PASTED = "pasted-name"
FAMILY = "no-sysctl-family"

REFUSED: dict[str, set[tuple[str, str]]] = {
    "ifcloned": set(),
    "kandr": {("ddxcb", SELF)},
    "pktfilter": {("sieve_rules", SELF), ("sieve_tables", SELF), ("sieve_table_cache", ADDRESS)},
    "proto": {("rdtp_fragq", SELF)},
    "sctplike": {("frob_addrs", SELF), ("frob_addrwq", SELF)},
    "stats": {
        ("stat_packets", PASTED),
        ("stat_bytes", PASTED),
        ("stat_lost", PASTED),
        ("fst_limit", PASTED),
        ("fst_idle", PASTED),
        ("fst_ignore_lo", PASTED),
        ("pending", SELF),
    },
}
"""Variables that stay plain, and why, as the README of each module foresees."""

REFUSED_9: dict[str, set[tuple[str, str]]] = {
    "ifcloned": {("hop_forward", FAMILY)},
    "stats": {(name, FAMILY) for name in ("fst_balance", "fst_octets", "fst_nflows", "fst_arrivals", "fst_maxload")},
}
"""What freebsd-9 has no sysctl family for."""

KEPT_WITH_LIFE: dict[str, set[tuple[str, str]]] = {
    **{module: set() for module in ("ifcloned", "kandr", "pktfilter", "proto", "sctplike")},
    "stats": {found for found in REFUSED["stats"] if found[1] == PASTED},
}
"""What stays plain when constructors may give values: only what no constructor can help."""

LEFT: dict[str, list[tuple[str, int, str]]] = {
    "stats": [("net/flowstat.c", 234, "constructor-can-fail")],
}
"""What a port with contexts and life cycle leaves to a person: file, line of the input, and kind."""

BUILDS = {"plain": (), "options": ("-DINET6", "-DDDB", "-DFROB_DEBUG", "-DRDTP_TRACE", "-DDDX_TABLES")}
WARNINGS = ("-Wextra", "-Wno-unused-parameter")

MODULES = sorted(path.parent for path in cases.MODULES.glob("*/vport.toml"))


def every_module(broken: Mapping[str, str] | None = None) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases.as_parameters(cases.module_cases(), broken))


def module_of(case: Case) -> str:
    return case.id.split("[")[0]


@every_module()
def test_refuses_what_needs_a_person(case: Case) -> None:
    expected = set((KEPT_WITH_LIFE if case.life else REFUSED)[module_of(case)])
    if case.dialect == "freebsd-9":
        expected |= REFUSED_9.get(module_of(case), set())
    run = cases.run_case(case.id)
    assert {(f.variable, f.kind) for f in run.port.findings if f.refuses} == expected


@every_module()
def test_names_what_is_left_to_a_person(case: Case) -> None:
    left = [(f.file, f.line, f.kind) for f in cases.run_case(case.id).port.findings if not f.refuses]
    assert left == (LEFT.get(module_of(case), []) if case.life else [])


@every_module()
def test_ports_all_that_is_not_refused(case: Case) -> None:
    run = cases.run_case(case.id)
    refused = {f.variable for f in run.port.findings}
    known = {v.key for v in run.read.tree.variables}
    assert {v.key for v in run.port.ported} == {key for key in case.wanted & known if key[2] not in refused}


@every_module()
def test_plan_decides_every_variable(case: Case) -> None:
    decided = cases.decided(cases.MODULES / module_of(case) / "vport.toml")
    assert {v.key for v in cases.run_case(case.id).read.tree.variables} == decided


@every_module()
def test_marks_only_what_it_leaves_to_a_person(case: Case) -> None:
    run = cases.run_case(case.id)
    marks = {name for name, data in run.after.items() if b"VPORT-" in data}
    assert marks == {f.file for f in run.port.findings if not f.refuses}


@cases.needs_cc
@pytest.mark.parametrize("options", BUILDS)
@pytest.mark.parametrize("dialect", cases.DIALECTS)
@pytest.mark.parametrize("text", [{}, cases.EXPECTED, cases.LIFE], ids=["input", "expected", "life"])
@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_compiles_without_a_word(module: Path, text: Mapping[str, str], dialect: str, options: str) -> None:
    folder = module / text.get(dialect, "input")
    sources = sorted(folder.rglob("*.c"))
    assert sources
    flags = (*WARNINGS, *BUILDS[options], f"-I{folder}")
    assert cases.diagnostics(sources, dialect, flags) == ""
