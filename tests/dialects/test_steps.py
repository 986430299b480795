"""The staged way of 2008: accessors and contexts without functional change, then constructors, then structures."""

from pathlib import Path

import cases
import pytest
from matrix import MODULES, module, ported, write

from vport.cache import Cache
from vport.dialect import load
from vport.errors import UsageError
from vport.proof.commands import template, units_of_template
from vport.proof.trees import folders
from vport.proof.verdict import IDENTICAL
from vport.prove import Options, prove

COMMAND = "cc -c -std=gnu11 -ffreestanding -fno-builtin -O1 -D_KERNEL -I. -I{dialect} -I{common} {{file}} -o {{output}}"


@cases.needs_cc
@pytest.mark.parametrize("name", MODULES)
def test_first_step_gives_the_same_objects(name: str, tmp_path: Path) -> None:
    names = write(tmp_path / "before", module(name).files)
    write(tmp_path / "after", ported(name, "vimage-2008#1")[0])
    trees = folders(tmp_path / "before", tmp_path / "after")
    command = COMMAND.format(dialect=cases.INCLUDE / "vimage-2008", common=cases.INCLUDE / "common")
    units = list(units_of_template(names, template(command, trees.after), trees))
    verdicts = prove(units, trees, Options(vimage=(), default=(), jobs=2), Cache(None))
    assert {v.file: (v.verdict, v.differences) for v in verdicts} == dict.fromkeys(names, (IDENTICAL, ()))


@pytest.mark.parametrize("name", MODULES)
def test_first_step_keeps_values_and_set_ups(name: str) -> None:
    before, after = module(name).files, ported(name, "vimage-2008#1")[0]
    for file, text in after.items():
        assert text.count(b"SYSINIT(") == before[file].count(b"SYSINIT(")
        assert text.count(b"_iattach") == before[file].count(b"_iattach")


@pytest.mark.parametrize("name", MODULES)
def test_second_step_is_the_dialect(name: str) -> None:
    assert ported(name, "vimage-2008#2")[0] == ported(name, "vimage-2008")[0]


def test_each_step_moves_a_value_further() -> None:
    one, two, three = (ported("kandr", f"vimage-2008#{n}")[0]["ddx_input.c"] for n in (1, 2, 3))
    assert b"int\tddxttl = 15, *ddxlasterr, ddxerrs[4];" in one
    assert b"int\tddxttl, *ddxlasterr, ddxerrs[4];" in two
    assert b"\tV_ddxttl = 15;" in two
    assert b"\tint _ddxttl;" in three
    assert b"\tV_ddxttl = 15;" in three


@pytest.mark.parametrize("name", ["vimage-structs", "freebsd-13"])
@pytest.mark.parametrize("number", [0, 1, 4])
def test_noop_dialects_of_one_step(name: str, number: int) -> None:
    with pytest.raises(UsageError, match=f"--step {number} is none of them"):
        load(name).at_step(number)


@pytest.mark.parametrize("number", [0, 4])
def test_steps_that_are_none(number: int) -> None:
    with pytest.raises(UsageError, match="has the steps 1 to 3"):
        load("vimage-2008").at_step(number)
