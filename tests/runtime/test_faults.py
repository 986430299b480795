"""Every kind of fault that shows while functions run: fragments that have it, and near twins that do not."""

from collections import Counter

import pytest
from fault_models import BAD, BY_INTERPRETER, FRAGMENTS, Fragment, Kind
from fragments import Small


def ids(fragment: Fragment) -> str:
    return f"{fragment.kind}-{'' if fragment.faulty else 'noop_'}{fragment.name}"


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=ids)
def test_fragment(fragment: Fragment) -> None:
    kernel = Small(fragment.module).do(fragment.steps)
    found = [(f.kind, f.at) for f in kernel.faults.values()]
    assert found == ([(fragment.kind, BAD)] if fragment.faulty else [])


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=ids)
def test_nothing_of_it_without_vimage(fragment: Fragment) -> None:
    """The default build has no contexts, and one copy of everything: only lives can go wrong, if set up more than once."""
    kernel = Small(fragment.module, stacks=(0,), vimage=False).do(fragment.steps)
    of_stacks = {Kind.NO_CONTEXT, Kind.NO_RESTORE, Kind.NO_SET, Kind.NESTED_SET, Kind.CONDITIONAL_SET, Kind.OTHER_STACK}
    assert of_stacks.isdisjoint(f.kind for f in kernel.faults.values())


def test_every_kind_has_two_fragments_and_two_twins() -> None:
    faulty = Counter(f.kind for f in FRAGMENTS if f.faulty)
    twins = Counter(f.kind for f in FRAGMENTS if not f.faulty)
    assert {k: (faulty[k] >= 2, twins[k] >= 2) for k in BY_INTERPRETER} == dict.fromkeys(BY_INTERPRETER, (True, True))


@pytest.mark.parametrize("fragment", [f for f in FRAGMENTS if f.faulty], ids=ids)
def test_messages_say_where_and_what_to_do(fragment: Fragment) -> None:
    kernel = Small(fragment.module).do(fragment.steps)
    for fault in kernel.faults.values():
        assert "()" in fault.message
        assert fault.message.count(". ") >= 1
        assert fault.message.endswith(".")
