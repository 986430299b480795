"""Stacks: registration of constructors, creation, destruction, and what of it is visible when."""

import pytest
from small import at, booted, destroy, function, init, kinds, module, pair, slot, texts, use, var

from vport.runtime.faults import Kind
from vport.runtime.kernel import Kernel
from vport.runtime.model import Foreach, Init, Module, Set
from vport.runtime.vnets import Registrations, Vnets


class Item:
    def __init__(self, name: str, key: tuple[int, int]) -> None:
        self.name = name
        self.key = key


def test_registrations_sort_new_ones_behind_equals() -> None:
    items: Registrations[Item] = Registrations()
    for name, key in (("b", (2, 0)), ("a", (1, 5)), ("c", (2, 0)), ("z", (9, 0))):
        items.add(Item(name, key))
    assert [i.name for i in items] == ["a", "b", "c", "z"]
    assert [i.name for i in reversed(items)] == ["z", "c", "b", "a"]


def test_stacks_are_met_newest_first_and_a_new_one_is_invisible_while_it_is_made() -> None:
    vnets, seen = Vnets(), []
    for number in (0, 1, 2):
        vnets.alloc(number, lambda v: seen.append((v.number, vnets.stacks())))
    assert vnets.stacks() == (2, 1, 0)
    assert seen == [(0, ()), (1, (0,)), (2, (1, 0))]
    vnets.destroy(1, lambda v: seen.append((v.number, vnets.stacks())))
    assert seen[-1] == (1, (2, 0))


def test_load_runs_constructors_in_every_stack_vnet0_last() -> None:
    kernel = booted()
    kernel.jail_create()
    kernel.jail_create()
    kernel.load(module("frob", *pair()))
    assert texts(kernel, "constructor")[-3:] == [f"frob_mtx_init @{v}" for v in (2, 1, 0)]


def test_destructors_run_in_reverse_of_the_list() -> None:
    kernel = booted()
    kernel.load(module("frob", *pair("a", order="FIRST"), *pair("b", order="SECOND")))
    jail = kernel.jail_create()
    kernel.jail_destroy(jail)
    assert [t for t in texts(kernel, "constructor") if t[1:] == "_init @1"] == ["a_init @1", "b_init @1"]
    assert [t for t in texts(kernel, "destructor") if t[1:] == "_uninit @1"] == ["b_uninit @1", "a_uninit @1"]
    assert kernel.faults == []


def test_first_destructor_sends_interfaces_home_before_the_stack_counts_as_shutting_down() -> None:
    kernel = booted()
    going = []
    kernel.load(module("frob", *pair()))
    record = kernel.record
    kernel.record = lambda e: (going.append(kernel.going(1)), record(e))[1]  # type: ignore[method-assign]
    kernel.interface_create("physical", 0, "em0")
    jail = kernel.jail_create()
    kernel.interface_move("em0", jail)
    kernel.jail_destroy(jail)
    order = [t for t in texts(kernel, "destructor", "interface") if t.endswith("@1")]
    assert order[-5:-2] == ["vnet_if_return @1", "em0 departs  @1", "frob_mtx_uninit @1"]
    assert going[-1] is True
    assert kernel.interfaces["em0"].vnet == 0


def test_state_of_vnet0_stays_zero_and_that_of_others_ends_done() -> None:
    kernel = booted(module("frob", *pair()))
    kernel.jail_create()
    assert kernel.vnets.all[0].state == 0
    assert kernel.vnets.all[1].state == kernel.release.vnet_done


def test_a_constructor_that_iterates_misses_its_own_stack() -> None:
    body = Foreach("iter", at(), (Set("iter", at(), 1), use("n")))
    looping = module("frob", var("n"), function("go", body), slot("VNET_SYSINIT", "go"))
    kernel = booted(looping)
    kernel.jail_create()
    step = len(kernel.actions)
    assert {e.vnet for e in kernel.trace if e.what == "access" and e.step == step} == {0}


def test_what_a_stack_leaves_is_reported_when_it_dies() -> None:
    leaky = module("frob", var("m", "struct mtx"), function("up", init("m")), slot("VNET_SYSINIT", "up"))
    kernel = booted(leaky)
    jail = kernel.jail_create()
    assert kinds(kernel) == []
    kernel.jail_destroy(jail)
    assert [(f.kind, f.variable, f.vnet) for f in kernel.faults] == [(Kind.NEVER_TORN_DOWN, "m", 1)]
    assert kernel.faults[0].actions == ("boot('frob')", "jail_create(vnet=True)", "jail_destroy(1)")


def test_numbers_of_stacks_are_not_used_twice() -> None:
    kernel = booted()
    first = kernel.jail_create()
    kernel.jail_destroy(first)
    assert kernel.jail_create() != first


@pytest.mark.parametrize("release", ["13", "main"])
@pytest.mark.parametrize(
    ("subsystem", "bad"), [("VNET", True), ("KTHREAD_INIT", True), ("VNET_DONE", False), ("PSEUDO", False)]
)
def test_range_of_constructors(release: str, subsystem: str, bad: bool) -> None:
    kernel = booted(module("frob", *pair(subsystem=subsystem), loadable=False), release=release)
    assert kinds(kernel) == [Kind.OUT_OF_RANGE] * 2 * bad


def test_2010_checks_the_lower_end_of_constructors_only() -> None:
    assert kinds(booted(module("frob", *pair(subsystem="SMP"), loadable=False), release="2010")) == []
    early = booted(module("frob", *pair(subsystem="VNET"), loadable=False), release="2010")
    assert kinds(early) == [Kind.OUT_OF_RANGE]


def test_default_build_runs_constructors_once_and_destructors_on_unload() -> None:
    kernel = booted(vimage=False)
    kernel.jail_create()
    kernel.load(module("frob", *pair()))
    assert texts(kernel, "sysinit") == ["frob_mtx_init @-1"]
    assert kernel.unload("frob") == ""
    assert texts(kernel, "sysinit")[-1] == "frob_mtx_uninit @-1"
    assert kernel.faults == []


def test_two_kernels_share_nothing() -> None:
    one, other = booted(module("frob", *pair())), Kernel()
    one.jail_create()
    assert other.vnets.stacks() == ()
    assert other.trace == []


def locks(kind: str, per_vnet: bool) -> Module:
    lock = {"holder": "m", "resource": "mtx_init"}
    ends = [slot(k, "", **lock) for k in (f"{kind}SYSINIT", f"{kind}SYSUNINIT")]
    return module("frob", var("m", "struct mtx", per_vnet=per_vnet), *ends)


def test_a_lock_that_stands_at_a_slot_lives_from_there() -> None:
    kernel = booted()
    kernel.load(locks("", per_vnet=False))
    assert {k: v.status for k, v in kernel.worlds[0].lives.items()} == {("m", -1): "live"}
    kernel.unload("frob")
    assert kernel.faults == []


def test_a_slot_for_shared_locks_does_not_serve_a_per_vnet_one() -> None:
    kernel = booted()
    kernel.load(locks("", per_vnet=True))
    assert kinds(kernel) == [Kind.DEFAULT_VNET_ONLY]


def test_a_per_vnet_slot_sets_a_shared_lock_up_again_and_again() -> None:
    kernel = booted()
    kernel.load(locks("VNET_", per_vnet=False))
    assert Kind.SHARED_SET_UP_PER_VNET in kinds(kernel)


def test_socket_a_module_keeps_in_a_dying_stack() -> None:
    keeps = module(
        "frob", var("so", "struct socket *"), function("up", Init("socreate", "so", at())), slot("VNET_SYSINIT", "up")
    )
    kernel = booted(keeps)
    kernel.jail_destroy(kernel.jail_create())
    assert kinds(kernel) == [Kind.LEFT_IN_VNET]


def test_destroyed_twice_is_seen_across_destructors() -> None:
    twice = module(
        "frob", *pair(), function("again", destroy("frob_mtx")), slot("VNET_SYSUNINIT", "again", order="FIRST")
    )
    kernel = booted(twice)
    kernel.jail_destroy(kernel.jail_create())
    assert Kind.TORN_DOWN_TWICE in kinds(kernel)


def test_a_callout_that_was_only_initialised_holds_nothing() -> None:
    parts = [var("c", "struct callout"), function("up", init("c", "callout_init")), slot("VNET_SYSINIT", "up")]
    kernel = booted(module("frob", *parts))
    kernel.jail_destroy(kernel.jail_create())
    assert kernel.faults == []
