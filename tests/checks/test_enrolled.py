"""VP210 and VP318 to VP324: modules of the containers of 2009 that go wrong, and near ones that do not."""

import pytest

from checks.checking import find, marked, places
from checks.enrolled_cases import BASES, ENROLLED
from vport.checks.enrolled import release_of, scenarios_of
from vport.checks.found import all_rules, id_of_kind
from vport.runtime.faults import OldKind
from vport.runtime.model import Module, ModuleEvent, VnetModule

CASES = BASES | ENROLLED


@pytest.mark.parametrize("name", CASES)
def test_enrolled(name: str) -> None:
    assert places(CASES[name]) == marked(CASES[name])


def test_every_fault_of_registrations_is_a_finding() -> None:
    assert [kind for kind in OldKind if kind not in id_of_kind()] == []
    assert {id_of_kind()[kind] for kind in OldKind} <= all_rules().keys()


@pytest.mark.parametrize("name", [name for name in CASES if "-noop_" not in name])
def test_each_says_what_to_do(name: str) -> None:
    assert all(one.cure for one in find(CASES[name]))


def test_the_release_is_that_of_the_form() -> None:
    old = Module("frob", vnet_modules=(VnetModule("frob", "f", "VNET_MOD_FROB", "frob.c:1"),))
    assert release_of(old, "13") == "2009"
    assert release_of(old, "2010") == "2010"
    assert scenarios_of(old, ("jails",)) == ("jails", "boot")


@pytest.mark.parametrize(
    ("subsystem", "wanted", "release"),
    [
        ("SI_SUB_FW", "13", "2010"),
        ("SI_SUB_PROTO_FIREWALL", "13", "13"),
        ("SI_SUB_PROTO_FIREWALL", "2010", "main"),
        ("SI_SUB_KHELP", "13", "main"),
        ("FROB_SUBSYSTEM", "13", "13"),
        ("SI_SUB_NO_SUCH", "13", "13"),
    ],
)
def test_the_release_knows_the_names_of_slots(subsystem: str, wanted: str, release: str) -> None:
    module = Module("frob", events=(ModuleEvent("frob", "", subsystem, "SI_ORDER_ANY", "frob.c:1"),))
    assert release_of(module, wanted) == release
    assert scenarios_of(module, ("jails",)) == ("jails",)
