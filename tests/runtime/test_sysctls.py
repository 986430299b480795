"""Sysctls: whose bytes, whose rights, and when they can be seen."""

import pytest
from small import at, booted, event, function, handler, kinds, module, slot, texts, use, var

from vport.runtime.errors import ScenarioError
from vport.runtime.faults import Kind
from vport.runtime.kernel import Kernel
from vport.runtime.model import Module, Sysctl
from vport.runtime.order import releases
from vport.runtime.sysctls import Access


def leaf(name: str = "_net_frob.ttl", **more: object) -> Sysctl:
    return Sysctl(name, at(), **{"variable": "ttl", "writable": True, **more})  # type: ignore[arg-type]


def frob(per_vnet: bool = True, **more: object) -> Module:
    return module("frob", var("ttl", per_vnet=per_vnet), leaf(**more))


def jailed(kernel: Kernel, vnet: bool = True) -> int:
    return kernel.thread_create(kernel.jail_create(vnet))


def test_a_flagged_leaf_reaches_the_stack_of_the_thread() -> None:
    kernel = booted(frob(vnet=True))
    thread = jailed(kernel)
    assert kernel.sysctl_read("net.frob.ttl") == Access("", "stack", 0)
    assert kernel.sysctl_write("net.frob.ttl", thread) == Access("", "stack", 1)
    assert kernel.sysctl_read("_net_frob.ttl", jailed(kernel, vnet=False)) == Access("", "stack", 0)
    assert kernel.faults == []


def test_a_jail_without_a_stack_of_its_own_writes_nothing() -> None:
    """prison_owns_vnet() of kern_sysctl.c: a jail in another's stack could write what is that one's."""
    kernel = booted(frob(vnet=True))
    assert kernel.sysctl_write("net.frob.ttl", jailed(kernel, vnet=False)).error == "EPERM"
    inner = kernel.jail_create(vnet=False, parent=kernel.jail_create())
    assert kernel.sysctl_write("net.frob.ttl", kernel.thread_create(inner)).error == "EPERM"
    assert kernel.sysctl_read("net.frob.ttl", kernel.thread_create(inner)) == Access("", "stack", 2)


def test_a_leaf_without_the_flag_reaches_the_reference_copy() -> None:
    kernel = booted(frob(named=True))
    assert kinds(kernel) == [Kind.SYSCTL_NO_FLAG]
    assert kernel.sysctl_write("net.frob.ttl") == Access("", "reference")


def test_a_flag_on_shared_state_is_a_wild_pointer() -> None:
    kernel = booted(frob(per_vnet=False, vnet=True))
    assert kinds(kernel) == [Kind.SYSCTL_FLAG_SHARED]
    assert kernel.sysctl_read("net.frob.ttl").reached == "wild"


@pytest.mark.parametrize("per_vnet", [True, False])
def test_the_default_build_has_one_of_each(per_vnet: bool) -> None:
    kernel = booted(frob(per_vnet=per_vnet, vnet=True), vimage=False)
    assert kernel.sysctl_read("net.frob.ttl") == Access("", "shared")
    assert kernel.faults == []


def test_root_of_a_jail_writes_flagged_leaves_only() -> None:
    kernel = booted(frob(per_vnet=False))
    assert kernel.sysctl_write("net.frob.ttl").error == ""
    assert kernel.sysctl_write("net.frob.ttl", jailed(kernel)).error == "EPERM"
    assert kernel.sysctl_read("net.frob.ttl", jailed(kernel)).error == ""


def test_read_only_leaves() -> None:
    assert booted(frob(vnet=True, writable=False)).sysctl_write("net.frob.ttl").error == "EPERM"


def test_a_handler_runs_in_the_stack_of_the_thread() -> None:
    proc = leaf(variable="", handler="h", vnet=True)
    kernel = booted(
        module("frob", var("ttl"), function("h", use("ttl"), parameters=("oidp", "arg1", "arg2", "req")), proc)
    )
    assert kernel.sysctl_write("net.frob.ttl", jailed(kernel)) == Access("", "handler", 1)
    assert texts(kernel, "handler", "access")[-2:] == ["h @1", "write V_ttl @1"]
    assert kernel.faults == []


@pytest.mark.parametrize("release", releases())
def test_leaves_are_enabled_when_the_module_is_linked_but_at_once_in_2010(release: str) -> None:
    kernel = booted(release=release)
    parts = [var("ttl"), leaf(vnet=True), function("go"), slot("SYSINIT", "go"), event(), handler()]
    seen: list[list[str]] = []
    kernel.after_call.append(lambda *_: seen.append(kernel.sysctls.names()))
    kernel.load(module("frob", *parts))
    assert seen[-1] == (["net.frob.ttl"] if release in ("2009", "2010") else [])
    assert kernel.sysctls.names() == ["net.frob.ttl"]
    kernel.unload("frob")
    assert kernel.sysctls.names() == []
    with pytest.raises(ScenarioError):
        kernel.sysctl_read("net.frob.ttl")


def test_leaves_that_functions_add_are_checked_but_not_in_the_tree_by_themselves() -> None:
    kernel = booted(frob(inside="modevent"))
    assert kinds(kernel) == [Kind.SYSCTL_NO_FLAG]
    assert kernel.sysctls.names() == []


def test_tunables_are_ignored_on_per_vnet_leaves_since_13() -> None:
    for release, ignored in (("2010", False), ("13", True)):
        kernel = booted(frob(vnet=True, tunable=True), release=release)
        assert any("CTLFLAG_TUN" in e.text for e in kernel.trace) == ignored


def test_unknown_names_list_what_there_is() -> None:
    with pytest.raises(ScenarioError, match=r"no sysctl 'net\.frob\.tll'.*net\.frob\.ttl"):
        booted(frob(vnet=True)).sysctl_read("net.frob.tll")
