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


@pytest.mark.parametrize("header", ["sys/param.h", "sys/sys/kernel.h"])
def test_a_kernel_of_before(header: str, vport: Run, work: Path) -> None:
    write_tree(work, {header: b"#define\t__FreeBSD_version\t700000\n", "mod/a.c": b"int a;\n"})
    done = vport("dialect", ".")
    assert done.text == f"plain (-2008)\n    {header} is there, and neither sys/vimage.h nor net/vnet.h\n"
    assert done.talk == "A port is written in freebsd-13 unless told otherwise.  Next: vport plan .\n"


@pytest.mark.parametrize("header", ["net/vnet.h", "sys/vimage.h"])
def test_noop_a_header_of_vnet_that_says_nothing(header: str, vport: Run, work: Path) -> None:
    write_tree(work, {"sys/param.h": b"", header: b"/* of our own */\n"})
    assert vport("dialect", ".").text.startswith("freebsd-13 (")


def test_quiet(vport: Run, work: Path) -> None:
    write_tree(work, {"a.c": b"\0"})
    assert "a.c: skipped" in vport("dialect", ".").talk
    assert vport("dialect", ".", "-q").talk == ""
