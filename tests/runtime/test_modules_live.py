"""The six ported modules live without a fault, and every seeded break is found: its kind, and the line of C."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import cases
import pytest
from breaks import BREAKS, Break

from vport.dialect import load
from vport.model import build
from vport.runtime import scenarios
from vport.runtime.faults import Fault, Kind
from vport.runtime.model import Module

RELEASES = {"2010": "freebsd-9", "13": "freebsd-13", "main": "freebsd-13"}
"""Kernels, and the dialect of the port that is for each."""

MODULES = sorted(path.parent.name for path in cases.MODULES.glob("*/vport.toml"))


def ported(module: str, dialect: str = "freebsd-13") -> Mapping[str, bytes]:
    folder = cases.MODULES / module / cases.LIFE[dialect]
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


@cache
def model(module: str, dialect: str) -> Module:
    return modelled(cases.called_as_in(load(dialect).release, ported(module, dialect)))


def modelled(files: Mapping[str, bytes]) -> Module:
    return build(cases.read_files(files, Path("sys")))


@pytest.mark.parametrize("vimage", [True, False], ids=["vimage", "default"])
@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("module", MODULES)
def test_lives_without_a_fault(module: str, release: str, vimage: bool) -> None:
    made = model(module, RELEASES[release])
    for scenario in scenarios.names(made):
        kernel = scenarios.run(made, scenario, release, vimage)
        assert [(f.kind, f.at, f.message) for f in kernel.faults] == [], scenario
        assert [e.text for e in kernel.trace if e.what == "bound"] == [], scenario


@pytest.mark.parametrize("module", MODULES)
def test_every_function_is_read(module: str) -> None:
    assert [(f.name, f.unread) for f in model(module, "freebsd-13").functions if f.unread] == []


def identify(broken: Break) -> str:
    return f"{BREAKS.index(broken)}-{broken.module}-{broken.kind}"


@pytest.mark.parametrize("broken", BREAKS, ids=identify)
def test_break_is_found(broken: Break) -> None:
    files = break_line(broken)
    where = broken.elsewhere or broken.file
    expected = (broken.kind, f"{where}:{line_of(files[where], broken.at, broken.at_behind)}")
    faults = live(files, broken.scenario)
    assert expected in [(f.kind, f.at) for f in faults]
    assert {f.kind for f in faults} - {broken.kind} <= set(broken.also)


def live(files: Mapping[str, bytes], scenario: str) -> list[Fault]:
    return scenarios.run(modelled(files), scenario).faults


def break_line(broken: Break) -> dict[str, bytes]:
    """The module with the line broken; no other line changes its number."""
    files = dict(ported(broken.module))
    lines = files[broken.file].decode().split("\n")
    number = line_of(files[broken.file], broken.was, broken.behind)
    line = lines[number - 1]
    lines[number - 1] = line[: len(line) - len(line.lstrip())] + broken.now if broken.now else ""
    files[broken.file] = "\n".join(lines).encode()
    return files


def line_of(text: bytes, line: str, behind: str = "") -> int:
    """The number of a line: of the only one of its text, or of the first behind one that holds `behind`."""
    lines = text.decode().split("\n")
    start = next((i + 1 for i, other in enumerate(lines) if behind in other), None) if behind else 0
    assert start is not None, f"no line holds {behind!r}"
    found = [i for i in range(start, len(lines)) if lines[i].strip() == line]
    assert found, f"there is no line {line!r}"
    assert behind or len(found) == 1, f"the line {line!r} is there {len(found)} times"
    return found[0] + 1


def test_breaks_are_many_and_of_all_modules_and_kinds() -> None:
    assert len(BREAKS) >= 40
    assert {b.module for b in BREAKS} == set(MODULES)
    assert {b.kind for b in BREAKS} == set(Kind)


def test_no_break_is_there_twice() -> None:
    assert [b for b, n in Counter((b.file, b.was, b.now, b.behind) for b in BREAKS).items() if n > 1] == []
