"""Modules in the forms of 2008 and 2009: what registers, waits, is made for every stack; fault modules and twins."""

from collections import Counter
from functools import cache
from pathlib import Path

import cases
import pytest
from old_forms import OLD, Old

from vport.model import build
from vport.runtime import scenarios
from vport.runtime.faults import OldKind
from vport.runtime.kernel import Kernel
from vport.runtime.model import Module


@cache
def modelled(c: str) -> Module:
    return build(cases.read_files({"frob.c": c.encode()}, Path("sys")))


def live(old: Old, vimage: bool = True) -> Kernel:
    """A life of the module in a kernel of 2009; `static` is that of a part of the kernel's own file."""
    if old.scenario != "static":
        return scenarios.run(modelled(old.c), old.scenario, "2009", vimage)
    kernel = Kernel("2009", vimage)
    kernel.boot(modelled(old.c))
    kernel.jail_create()
    kernel.finish()
    return kernel


@pytest.mark.parametrize("old", OLD, ids=lambda old: f"{'' if old.kind else 'noop_'}{old.name}")
def test_fault_modules_and_twins(old: Old) -> None:
    kernel = live(old)
    assert {f.kind for f in kernel.faults} == ({old.kind} if old.kind else set()), kernel.faults
    assert [e.text for e in kernel.trace if e.what in ("bound", "unknown")] == []


@pytest.mark.parametrize("old", [o for o in OLD if isinstance(o.kind, OldKind)], ids=lambda old: old.name)
def test_faults_name_a_line_and_a_cure(old: Old) -> None:
    for fault in live(old).faults:
        assert fault.at.startswith("frob.c:")
        assert len(fault.message.split(": ", 1)) == 2 or ". " in fault.message


@pytest.mark.parametrize("old", [o for o in OLD if isinstance(o.kind, OldKind)], ids=lambda old: old.name)
def test_without_vimage_nothing_registers(old: Old) -> None:
    assert [f for f in live(old, vimage=False).faults if isinstance(f.kind, OldKind)] == []


def test_every_kind_has_a_module() -> None:
    kinds = Counter(old.kind for old in OLD)
    assert [kind for kind in OldKind if not kinds[kind]] == []
    assert sum(old.kind is not None for old in OLD) >= 15
    assert kinds[None] >= 15
