"""Model files that name what is not there."""

from pathlib import Path

import pytest

from vport.runtime.errors import ModelError
from vport.runtime.load_model import load_model

HEAD = 'MODULE = Module(name="hop")\n'
RUNS = 'f = Function(name="hop_init", at="hop.c:1")\n'
SLOT = 's = Sysinit("VNET_SYSINIT", "hop", "SI_SUB_PSEUDO", "SI_ORDER_ANY", "hop.c:5", "{0}")\n'
EVENT = 'e = ModuleEvent(name="hop", handler="{0}", subsystem="SI_SUB_PSEUDO", order="SI_ORDER_ANY", at="hop.c:2")\n'


def written(folder: Path, *parts: str) -> Path:
    (folder / "m.py").write_text("".join(parts))
    return folder / "m.py"


@pytest.mark.parametrize("what", [SLOT, EVENT])
def test_a_slot_or_event_that_names_no_function(tmp_path: Path, what: str) -> None:
    path = written(tmp_path, HEAD, RUNS, "\n", what.format("hop_gone"))
    with pytest.raises(ModelError, match=r"m\.py:4: the model has no function `hop_gone`: declare a Function"):
        load_model(path)


def test_one_inside_the_module(tmp_path: Path) -> None:
    slot = SLOT.format("hop_gone").removeprefix("s = ").strip()
    path = written(tmp_path, f'MODULE = Module(\n    name="hop",\n    sysinits=({slot},),\n)\n')
    with pytest.raises(ModelError, match=r"m\.py:3: the model has no function `hop_gone`"):
        load_model(path)


@pytest.mark.parametrize("what", [SLOT.format("hop_init"), EVENT.format("hop_init"), EVENT.format("")])
def test_noop_what_is_there_and_an_event_without_a_handler(tmp_path: Path, what: str) -> None:
    assert load_model(written(tmp_path, HEAD, what, RUNS)).name == "hop"


@pytest.mark.parametrize("name", ["", "domain_init", "vnet_domain_uninit"])
def test_noop_slots_of_locks_and_domains_name_none_of_the_module(tmp_path: Path, name: str) -> None:
    assert load_model(written(tmp_path, HEAD, SLOT.format(name))).sysinits[0].function == name
