"""A port in an old form and what an upgrade makes of it, both compiled: they live the same life.

The containers have no native kernel; tests/runtime/test_lives_compared.py has them.
"""

import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import batch
import cases
import pytest
from dialects import matrix
from upgrade.upgrading import upgraded

from vport.dialect import NAMES, load
from vport.runtime.compare import Lived, differences, shown
from vport.runtime.model import Module
from vport.runtime.native import drive, watch
from vport.runtime.native.build import Build, Program, Sources, program

RELEASES = {name: load(name).release for name in NAMES if load(name).release != "2009"}
"""Forms that have a native kernel, and its release."""

NEW = "freebsd-13"
OLD = tuple(name for name in RELEASES if name != NEW)
SCENARIOS = ("jails", "unload")


@cache
def texts(module: str, old: str) -> tuple[Mapping[str, bytes], Mapping[str, bytes]]:
    """A port to an old form, and the same lifted to today's."""
    before = cases.called_as_in(RELEASES[old], matrix.ported(module, old)[0])
    return before, upgraded(before, NEW, old)[0]


@pytest.fixture(scope="module")
def programs() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="vport-") as top:
        yield Path(top)


def built(files: Mapping[str, bytes], made: Module, dialect: str, folder: Path) -> Program:
    """The program of some texts, with the headers of a dialect; built once for all scenarios."""
    if (folder / "program").exists():
        return Program(folder / "program", RELEASES[dialect])
    matrix.write(folder / "sources", files)
    toolchain = batch.compiler()
    assert toolchain is not None
    build = Build(toolchain, True, RELEASES[dialect], batch.CACHE, dialect)
    names = tuple(name for name in made.files if name.endswith(".c"))
    return program([Sources(made.name, folder / "sources", names)], build, folder)


def lived(files: Mapping[str, bytes], dialect: str, scenario: str, folder: Path) -> Lived:
    """The native life of some texts."""
    made = batch.model(files)
    ours = watch.live(made, scenario, RELEASES[dialect], True)
    life = drive.live(built(files, made, dialect, folder), ours.kernel.actions)
    assert [(f.kind, f.at, f.message) for f in life.faults] == []
    return Lived(made, life.trace)


@batch.needs_compiler
@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("old", OLD)
@pytest.mark.parametrize("module", matrix.MODULES)
def test_upgrade_keeps_behaviour(module: str, old: str, scenario: str, programs: Path) -> None:
    before, after = texts(module, old)
    was = lived(before, old, scenario, programs / f"{module}-{old}")
    now = lived(after, NEW, scenario, programs / f"{module}-{old}-lifted")
    assert shown(differences(was, now)) == ""
    assert any(event.what == "constructor" and event.at for event in was.trace)


@batch.needs_compiler
def test_what_an_upgrade_would_have_broken_is_told(programs: Path) -> None:
    before, after = texts("ifcloned", "freebsd-9")
    line = b"\tif_clone_detach(V_hop_cloner);\n"
    broken = {name: text.replace(line, b"") for name, text in after.items()}
    assert broken != after
    was = lived(before, "freebsd-9", "unload", programs / "ifcloned-freebsd-9")
    made = batch.model(broken)
    ours = watch.live(made, "unload", RELEASES[NEW], True)
    life = drive.live(built(broken, made, NEW, programs / "broken"), ours.kernel.actions)
    assert "unregister cloner" in shown(differences(was, Lived(made, life.trace)))
