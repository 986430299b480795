"""Modules come and go: order of events, failure, veto, dependencies, space, what is left."""

import msgspec
import pytest
from small import (
    at,
    booted,
    call,
    destroy,
    event,
    function,
    handler,
    init,
    kinds,
    module,
    pair,
    slot,
    texts,
    use,
    var,
)  # fmt: skip

from vport.runtime.errors import ModelError, ScenarioError
from vport.runtime.faults import Kind
from vport.runtime.kernel import Kernel
from vport.runtime.model import Depend, Module, Register, Unregister
from vport.runtime.order import releases
from vport.runtime.slots import load_slots, unload_slots


def shared(name: str = "m") -> list[object]:
    return [var(name, "struct mtx", per_vnet=False, set_up="lock")]


def test_load_runs_slots_by_key_with_the_loaders_stack() -> None:
    parts = [function("one", use("n")), function("two", use("n")), slot("SYSINIT", "two", order="THIRD"), *pair()]
    kernel = booted()
    kernel.load(module("frob", var("n"), *parts, slot("SYSINIT", "one", subsystem="INIT_IF"), event(), handler()))
    ran = texts(kernel, "sysinit", "module-event", "constructor")[1:]
    assert ran == ["one @0", "modevent @0", "two @0", "frob_mtx_init @0"]
    assert kernel.faults == []


def test_boot_runs_in_vnet0_up_to_done_and_without_a_stack_after() -> None:
    parts = [function(n, use("n")) for n in ("early", "fine", "late")]
    slots = [slot("SYSINIT", n, subsystem=s) for n, s in (("late", "SMP"), ("fine", "PSEUDO"), ("early", "KLD"))]
    kernel = booted(module("frob", var("n"), *parts, *slots, loadable=False))
    assert texts(kernel, "sysinit") == ["early @-1", "fine @0", "late @-1"]
    assert kinds(kernel) == [Kind.NO_CONTEXT, Kind.NO_CONTEXT]


def test_preloaded_modules_arrive_mid_boot() -> None:
    parts = [function(n) for n in ("overdue", "normal")]
    slots = [slot("SYSINIT", "normal"), slot("SYSINIT", "overdue", subsystem="TUNABLES")]
    for release in releases():
        kernel = Kernel(release)
        kernel.boot(preload=(module("frob", *parts, *slots, *pair()),))
        ran = texts(kernel, "sysinit", "constructor")
        assert ran.index("overdue @-1") < ran.index("normal @0")
        assert kernel.unload("frob") == ""
        assert kernel.faults == []


def test_failing_mod_load_sends_unload_and_later_constructors_still_run() -> None:
    failing = module(
        "frob", *pair(), event(), handler([], [use("n", "read")], loaded="ENXIO"), var("n", per_vnet=False)
    )
    kernel = booted()
    assert kernel.load(failing) == "ENOEXEC"
    ran = texts(kernel, "module-event", "constructor", "destructor")[1:]
    told = ["modevent @0", "MOD_LOAD of frob fails, MOD_UNLOAD is sent @0", "modevent @0"]
    assert ran == [*told, "frob_mtx_init @0", "frob_mtx_uninit @0"]
    assert "frob" not in kernel.files
    assert kernel.faults == []


def test_a_second_module_of_the_file_keeps_it_loaded() -> None:
    second = msgspec.structs.replace(handler(), name="second")
    both = module("frob", event(), handler(loaded="ENXIO"), event("frob2", "second"), second)
    kernel = booted()
    assert kernel.load(both) == ""
    assert kernel.files["frob"].registered == ["frob2"]


def test_what_a_failed_load_leaves_is_reported() -> None:
    kernel = booted()
    kernel.load(module("frob", *shared(), event(), handler([init("m")], loaded="ENXIO")))
    assert kinds(kernel) == [Kind.NEVER_TORN_DOWN]


def test_unload_tells_modules_newest_first_and_stops_at_an_error() -> None:
    second = msgspec.structs.replace(handler(unloaded="EBUSY"), name="second")
    both = module("frob", event("b", "second"), second, event("a", order="SECOND"), handler())
    kernel = booted()
    kernel.load(both)
    assert kernel.unload("frob") == "EBUSY"
    assert kernel.files["frob"].registered == ["b"]
    assert kernel.unload("frob") == "EBUSY"


def test_quiesce_vetoes_unless_forced_and_is_asked_once() -> None:
    kernel = booted()
    kernel.load(module("frob", event(), handler(quiesce="EBUSY")))
    assert kernel.quiesce("frob") == "EBUSY"
    assert kernel.unload("frob") == "EBUSY"
    assert kernel.unload("frob", force=True) == ""
    kernel.load(module("calm", event("calm"), handler(quiesce="0")))
    assert kernel.quiesce("calm") == ""
    step = len(kernel.trace)
    assert kernel.quiesce("calm") == ""
    assert [e.what for e in kernel.trace[step:]] == ["action"]


@pytest.mark.parametrize("answer", ["EOPNOTSUPP", "EINVAL", "0"])
def test_answers_to_quiesce_that_are_no_objection(answer: str) -> None:
    kernel = booted()
    kernel.load(module("frob", event(), handler(quiesce=answer)))
    assert kernel.unload("frob") == ""


def test_a_listener_may_veto_but_not_in_2010() -> None:
    for release, error in (("13", "EBUSY"), ("2010", "")):
        kernel = booted(release=release)
        kernel.load(module("frob"))
        assert kernel.unload("frob", veto=True) == error


def test_default_handler_loads_and_refuses_to_go() -> None:
    kernel = booted()
    assert kernel.load(module("frob", event("frob", ""))) == ""
    assert kernel.unload("frob") == "EBUSY"


def test_modules_of_the_kernel_stay() -> None:
    assert booted(module("frob")).unload("frob") == "EBUSY"


def test_references_count() -> None:
    kernel = booted()
    frob = module("frob")
    kernel.load(frob)
    kernel.load(frob)
    assert kernel.unload("frob") == ""
    assert "frob" in kernel.files
    assert kernel.unload("frob") == ""
    assert "frob" not in kernel.files


def depends(name: str, *on: str) -> Module:
    return module(name, event(name), handler(), *(Depend(name, o, at()) for o in on))


def test_dependencies_come_first_and_go_last() -> None:
    kernel = booted()
    kernel.provide(depends("a", "b", "c"), depends("b", "c"), depends("c"))
    assert kernel.load("a") == ""
    assert list(kernel.files) == ["c", "b", "a"]
    assert kernel.unload("c") == "EBUSY"
    assert kernel.unload("a") == ""
    assert kernel.files == {}


def test_a_dependency_somebody_loaded_stays() -> None:
    kernel = booted()
    kernel.provide(depends("a", "b"), depends("b"))
    kernel.load("b")
    kernel.load("a")
    assert kernel.unload("b") == ""
    assert "b" in kernel.files
    kernel.load("b")
    kernel.unload("a")
    assert list(kernel.files) == ["b"]


def test_what_nobody_provides_is_in_the_kernel() -> None:
    assert booted().load(depends("a", "netgraph")) == ""


def test_a_ring_of_dependencies_is_an_error_with_its_place() -> None:
    kernel = booted()
    kernel.provide(depends("a", "b"), depends("b", "c"), depends("c", "a"))
    with pytest.raises(ModelError, match=r"frob\.c:\d+: .*a -> b -> c -> a"):
        kernel.load("a")


def test_module_names_are_unique() -> None:
    kernel = booted()
    kernel.load(module("one", event("same"), handler()))
    assert kernel.load(module("two", event("same"), handler())) == "EEXIST"


def test_unknown_modules_are_named() -> None:
    kernel = booted()
    with pytest.raises(ScenarioError, match="no module 'nope'"):
        kernel.load("nope")
    with pytest.raises(ScenarioError, match="'nope' is not loaded"):
        kernel.unload("nope")


def test_space_runs_out_by_release() -> None:
    big = module("frob", var("table", "char", size=9000))
    kernel = booted(release="2010")
    assert kernel.load(big) == "ENOSPC"
    assert kinds(kernel) == [Kind.NO_MODSPACE]
    assert kernel.files == {}
    assert booted(release="13").load(big) == ""
    assert booted(big, release="2010").faults == []


def test_space_comes_back_and_fragments() -> None:
    kernel = booted()
    modules = [module(f"m{i}", var("t", size=8192), event(f"m{i}"), handler()) for i in range(4)]
    for each in modules:
        assert kernel.load(each) == ""
    kernel.unload("m0")
    kernel.unload("m2")
    assert kernel.linker.modspace.available == 16384
    assert kernel.load(module("wide", var("t", size=16000))) == "ENOSPC"


def test_unload_frees_what_destructors_use() -> None:
    parts = [*shared(), *pair(), function("end", use("m")), slot("VNET_SYSUNINIT", "end", order="FIRST")]
    kernel = booted()
    kernel.load(module("frob", *parts, event(), handler([init("m")], [destroy("m")])))
    kernel.unload("frob")
    assert [(f.kind, f.variable) for f in kernel.faults] == [(Kind.UNLOAD_FREES, "m")]


def test_shared_state_freed_behind_the_destructors_is_fine() -> None:
    parts = [*shared(), *pair(), function("end", use("m")), slot("VNET_SYSUNINIT", "end", order="SECOND")]
    up, down = function("up", init("m")), function("down", destroy("m"))
    slots = [slot("SYSINIT", "up", order="FIRST"), slot("SYSUNINIT", "down", order="FIRST")]
    kernel = booted()
    kernel.load(module("frob", *parts, up, down, *slots, event(order="THIRD"), handler()))
    kernel.unload("frob")
    assert kernel.faults == []


def registers(unload: list[Unregister]) -> Module:
    tag = var("tag", "eventhandler_tag", per_vnet=False)
    listen = Register("eventhandler", "seen", at(), "NULL", "tag", "ifnet_arrival_event", "EVENTHANDLER_REGISTER")
    return module("frob", tag, function("seen"), event(), handler([listen], unload))


def test_a_handler_that_stays_when_the_module_goes() -> None:
    kernel = booted()
    kernel.load(registers([]))
    kernel.unload("frob")
    assert kinds(kernel) == [Kind.HANDLER_LEFT]


def test_a_handler_that_is_taken_back() -> None:
    kernel = booted()
    kernel.load(registers([Unregister("eventhandler", "tag", at())]))
    kernel.interface_create("physical")
    kernel.unload("frob")
    assert "seen @0" in texts(kernel, "handler")
    assert kernel.faults == []


def tied(order: str) -> Module:
    up, on = function("up", init("m")), function("on", use("m"))
    slots = [slot("SYSINIT", "up", order="SECOND"), slot("SYSINIT", "on", order=order)]
    return module("frob", *shared(), up, on, *slots, loadable=False)


def test_equal_keys_of_slots_that_build_on_each_other() -> None:
    assert kinds(booted(tied("SECOND"))) == [Kind.EQUAL_KEYS]
    assert kinds(booted(tied("THIRD"))) == []


def test_equal_keys_of_strangers_are_no_fault() -> None:
    parts = [function("a", use("n")), function("b", use("m"))]
    strangers = [var(n, per_vnet=False) for n in "nm"]
    assert (
        kinds(booted(module("frob", *strangers, *parts, slot("SYSINIT", "a"), slot("SYSINIT", "b"), loadable=False)))
        == []
    )


def layered(first: str, second: str) -> Module:
    parts = [var("base", "struct mtx"), var("top", "struct mtx")]
    parts += [function("base_up", init("base")), function("top_up", use("base"), init("top"))]
    parts += [function("base_down", destroy("base")), function("top_down", use("base"), destroy("top"))]
    ups = [slot("VNET_SYSINIT", "base_up", order="FIRST"), slot("VNET_SYSINIT", "top_up", order="SECOND")]
    downs = [slot("VNET_SYSUNINIT", "base_down", order=first), slot("VNET_SYSUNINIT", "top_down", order=second)]
    return module("frob", *parts, *ups, *downs, loadable=False)


def test_destructors_that_do_not_mirror() -> None:
    assert Kind.NOT_MIRRORED in kinds(booted(layered("THIRD", "SECOND")))
    assert kinds(booted(layered("FIRST", "SECOND"))) == []


def loads_in(kind: str) -> Module:
    return module("frob", function("go", call("kern_kldload", "td", '"other"')), slot(kind, "go"))


def test_a_constructor_that_loads_a_module_waits_for_itself() -> None:
    assert kinds(booted(loads_in("VNET_SYSINIT"))) == [Kind.DEADLOCK]
    assert Kind.DEADLOCK not in kinds(booted(loads_in("SYSINIT")))


def addressed(initial: str) -> Module:
    return module("frob", var("cb", "frob_fn_t *", initial=initial))


def test_address_in_an_initial_value_by_release_and_time() -> None:
    for release, late in (("13", True), ("2010", True), ("main", False)):
        kernel = booted(release=release)
        kernel.load(addressed("address"))
        assert kinds(kernel) == [Kind.ADDRESS_INITIAL] * late
        assert kinds(booted(addressed("address"), release=release)) == []
        assert kinds(booted(addressed("self"), release=release)) == [Kind.ADDRESS_INITIAL]
    assert kinds(booted(addressed("self"), vimage=False)) == []


def test_shutdown_runs_no_destructor() -> None:
    kernel = booted()
    kernel.load(module("frob", *pair(), var("n", per_vnet=False)))
    kernel.jail_create()
    kernel.shutdown()
    assert texts(kernel, "destructor") == []
    assert [f.kind for f in kernel.faults] == []
    with pytest.raises(ScenarioError, match="machine that is off"):
        kernel.tick()


def test_slots_stand_in_link_order() -> None:
    a, b = slot("SYSINIT", "f"), slot("SYSINIT", "g")
    kernel = booted(module("frob", b, event(), a, handler(), function("f"), function("g"), loadable=False))
    file = kernel.files["frob"]
    assert [s.name for s in load_slots(file, kernel.release, True)] == ["f", "g", "frob"]
    assert unload_slots(file, kernel.release, True) == []


def test_order_outside_the_table() -> None:
    odd = module("frob", function("f"), slot("SYSINIT", "f", subsystem="NOWHERE"))
    with pytest.raises(ModelError, match=r"frob\.c:\d+: SI_SUB_NOWHERE is not in the SYSINIT table of release 13"):
        booted(odd)


def _missing(*modules: Module) -> list[str]:
    kernel = booted()
    kernel.provide(*modules[1:])
    kernel.load(modules[0])
    return [e.text for e in kernel.trace if e.what == "unknown"]


def test_a_dependency_that_nobody_gives_is_an_unknown() -> None:
    found = module("frob", *pair(), event(), handler(), Depend("frob", "base", "frob.c:7"))
    assert _missing(found) == ["module base is not given, on which frob depends (frob.c:7)"]


def test_noop_a_dependency_that_is_given_by_file_or_module_and_the_kernel_itself() -> None:
    names = ("base", "other", "kernel", "frob")
    found = module("frob", event(), handler(), *(Depend("frob", n, at()) for n in names))
    other = module("file", event("other"), handler())
    assert _missing(found, module("base"), other) == []
