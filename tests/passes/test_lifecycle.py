"""What holds for every case of the pass `lifecycle`."""

import cases
import pytest
from cases import Case

from vport.life.life import Life
from vport.life.setups import Setups

ALL = [c for c in cases.fixture_cases() if c.id.startswith("lifecycle/")]
MARK = b"VPORT-LIFECYCLE:"


def named(*beginnings: str) -> pytest.MarkDecorator:
    chosen = [c for c in ALL if c.id.split("/")[1].startswith(beginnings)]
    assert len(chosen) > 5
    return pytest.mark.parametrize("case", cases.as_parameters(chosen))


@named("keeps_")
def test_touches_no_set_up(case: Case) -> None:
    edits = cases.run_case(case.id).port.edits
    assert [e for found in edits.values() for e in found if e.by == "lifecycle"] == []
    assert cases.run_case(case.id).after != case.files


@named("left_")
def test_marks_and_names_what_is_left(case: Case) -> None:
    run = cases.run_case(case.id)
    assert any(MARK in data for data in run.after.values())
    assert any(not f.refuses and f.line > 0 and "Left to you" in f.message for f in run.port.findings)
    assert run.after != case.files


@named("")
def test_writes_keys_at_which_constructors_can_stand(case: Case) -> None:
    read = cases.read_files(cases.run_case(case.id).after)
    setups = Setups(Life(read.tree, read.data, read.reading, []))
    for setup in setups.sysinits:
        assert not setup.per_vnet or setups.orders.within_vnet(setup.key), setup
