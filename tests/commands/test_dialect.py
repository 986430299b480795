"""`vport dialect`: says which dialect a tree speaks, and by which header."""

from pathlib import Path

import pytest

from commands.runner import ROOT, Run, write_tree
from vport.dialect import load

INCLUDE = ROOT / "runtime" / "include"


@pytest.mark.parametrize("name", ["freebsd-13", "freebsd-9"])
def test_bundled_headers(vport: Run, work: Path, name: str) -> None:
    done = vport("dialect", INCLUDE / name)
    first, second, *_ = done.text.splitlines()
    assert (done.code, first) == (0, f"{name} ({load(name).years})")
    assert second.startswith("    net/vnet.h:")


@pytest.mark.parametrize("name", ["ifcloned", "kandr", "pktfilter", "proto", "sctplike", "stats"])
def test_bundled_modules_bring_no_header_that_tells(vport: Run, work: Path, name: str) -> None:
    done = vport("dialect", ROOT / "fixtures" / "modules" / name / "input")
    assert (done.code, done.text) == (0, "freebsd-13 (2018-)\n    no header of the tree tells; the newest is taken\n")


@pytest.mark.parametrize("name", ["freebsd-13", "freebsd-9"])
def test_module_beside_headers(vport: Run, work: Path, name: str) -> None:
    done = vport("dialect", ROOT / "fixtures" / "modules" / "stats" / "input", INCLUDE / name)
    assert done.text.startswith(f"{name} (")


def test_quiet(vport: Run, work: Path) -> None:
    write_tree(work, {"a.c": b"\0"})
    assert "a.c: skipped" in vport("dialect", ".").talk
    assert vport("dialect", ".", "-q").talk == ""
