"""Contexts where they are asked for by name: what needs none gets none, and what was written is not written again."""

import cases
import pytest
from cases import Case

from vport import dialect
from vport.port import Port, port

ALL = [case for case in cases.fixture_cases() if case.id.startswith("contexts/")]
KEPT = [case for case in ALL if "/noop_" in case.id]


def served(files: cases.Files, case: Case) -> Port:
    """The pass alone, over a tree whose variables are per-vnet already."""
    read = cases.read_files(files)
    chosen = [v for v in read.tree.variables if v.key in case.wanted]
    return port(read, chosen, dialect.load(case.dialect), only=["contexts"])


@pytest.mark.parametrize("case", cases.as_parameters(KEPT))
def test_sets_nothing_where_a_vnet_is_set(case: Case) -> None:
    read = cases.read_files(case.files)
    assert all(v.virtual for v in read.tree.variables if v.key in case.wanted)
    assert not any(served(dict(case.files), case).edits.values())


@pytest.mark.parametrize("case", cases.as_parameters(ALL))
def test_sets_nothing_twice(case: Case) -> None:
    result = served(cases.run_case(case.id).after, case)
    assert not any(result.edits.values())
