"""Every kind of fault: fragments that have it, and near twins that do not."""

from collections import Counter

import pytest
from fault_fragment import Fragment
from fault_models import FRAGMENTS
from fragments import BAD, Small

from vport.runtime.faults import Fault, Kind
from vport.runtime.kernel import Kernel

OF_STACKS = {
    Kind.NO_CONTEXT,
    Kind.NO_RESTORE,
    Kind.NO_SET,
    Kind.NESTED_SET,
    Kind.CONDITIONAL_SET,
    Kind.OTHER_STACK,
    Kind.ADDRESS_SHARED,
    Kind.HANDLER_PER_VNET,
    Kind.HANDLER_ONCE,
    Kind.SHARED_SET_UP_PER_VNET,
    Kind.DEFAULT_VNET_ONLY,
}
"""Kinds that a kernel without VIMAGE cannot have: there is one stack, and no curvnet."""


def ids(fragment: Fragment) -> str:
    return f"{fragment.kind}-{'' if fragment.faulty else 'noop_'}{fragment.name}"


def live(fragment: Fragment, vimage: bool = True) -> list[Fault]:
    if isinstance(fragment.life, str):
        stacks = (2, 1, 0) if vimage else (0,)
        return list(Small(fragment.module, stacks, vimage).do(fragment.life).faults.values())
    kernel = Kernel("13", vimage)
    fragment.life(kernel, fragment.module)
    kernel.finish()
    return kernel.faults


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=ids)
def test_fragment(fragment: Fragment) -> None:
    found = [(f.kind, f.at) for f in live(fragment)]
    assert found == ([(fragment.kind, BAD)] if fragment.faulty else [])


@pytest.mark.parametrize("fragment", [f for f in FRAGMENTS if isinstance(f.life, str)], ids=ids)
def test_no_fault_of_stacks_without_vimage(fragment: Fragment) -> None:
    assert OF_STACKS.isdisjoint(f.kind for f in live(fragment, vimage=False))


def test_every_kind_has_two_fragments_and_two_twins() -> None:
    faulty = Counter(f.kind for f in FRAGMENTS if f.faulty)
    twins = Counter(f.kind for f in FRAGMENTS if not f.faulty)
    assert {k.name: (faulty[k], twins[k]) for k in Kind if faulty[k] < 2 or twins[k] < 2} == {}


@pytest.mark.parametrize("fragment", [f for f in FRAGMENTS if f.faulty and isinstance(f.life, str)], ids=ids)
def test_messages_say_where_and_what_to_do(fragment: Fragment) -> None:
    for fault in live(fragment):
        assert "()" in fault.message
        assert fault.message.count(". ") >= 1
        assert fault.message.endswith(".")
