"""The kernel as a whole: jails, sockets, threads, events, timers, and scenarios."""

import pytest
from small import at, booted, event, function, handler, init, kinds, module, pair, slot, texts, use, var

from vport.runtime import scenarios
from vport.runtime.calls import MOST_WORLDS
from vport.runtime.errors import ModelError, ScenarioError
from vport.runtime.faults import Kind
from vport.runtime.kernel import Kernel
from vport.runtime.model import Action, Branch, Condition, Entry, Module, Node, Register, Scenario, Unregister
from vport.runtime.order import releases
from vport.runtime.worlds import Handler, World


def test_actions_before_boot_and_twice() -> None:
    kernel = Kernel()
    with pytest.raises(ScenarioError, match="boot the machine first"):
        kernel.jail_create()
    kernel.boot()
    with pytest.raises(ScenarioError, match="boot once"):
        kernel.boot()


def test_jails_with_and_without_a_stack() -> None:
    kernel = booted()
    own, shared = kernel.jail_create(), kernel.jail_create(vnet=False)
    inner = kernel.jail_create(vnet=False, parent=own)
    assert [kernel.jails[j].vnet for j in (own, shared, inner)] == [own, 0, own]
    assert kernel.stacks() == (1, 0)


def test_removing_a_jail_removes_those_in_it_first() -> None:
    kernel = booted()
    outer = kernel.jail_create()
    inner = kernel.jail_create(parent=outer)
    kernel.jail_destroy(outer)
    assert [e.text for e in kernel.trace if e.text.endswith("is gone")] == [
        f"vnet {inner} is gone",
        f"vnet {outer} is gone",
    ]
    with pytest.raises(ScenarioError, match="no jail 2"):
        kernel.jail_destroy(inner)


def test_prison0_stays() -> None:
    with pytest.raises(ScenarioError, match="prison0"):
        booted().jail_destroy(0)


def test_sockets_are_bound_for_life() -> None:
    kernel = booted(
        module("frob", var("n"), function("bind", use("n")), Entry("socket", "bind", at(), "vnet", "pru_bind"))
    )
    jail = kernel.jail_create()
    thread = kernel.thread_create()
    old = kernel.socket_create(thread)
    kernel.thread_attach(thread, jail)
    new = kernel.socket_create(thread)
    for socket in (old, new):
        kernel.socket_call(socket, "pru_bind")
    assert texts(kernel, "handler") == ["bind @0", "bind @1"]


def test_a_socket_keeps_its_dying_jail_and_stack() -> None:
    kernel = booted()
    jail = kernel.jail_create()
    socket = kernel.socket_create(kernel.thread_create(jail))
    kernel.socket_pass(socket, 0)
    kernel.jail_destroy(jail)
    assert jail in kernel.vnets.all
    with pytest.raises(ScenarioError, match="dying"):
        kernel.thread_create(jail)
    kernel.socket_close(socket)
    assert jail not in kernel.vnets.all


def test_processes_of_a_jail_die_with_their_sockets() -> None:
    kernel = booted()
    jail = kernel.jail_create()
    kernel.socket_create(kernel.thread_create(jail))
    kernel.jail_destroy(jail)
    assert kernel.sockets.all == {}
    assert kernel.stacks() == (0,)


def callout(argument: str, *body: Node) -> Module:
    set_off = Register("callout", "tick", at(), argument, "timer", "", "callout_reset")
    stop = Unregister("callout", "timer", at(), "callout_drain")
    parts = [function("up", set_off), function("down", stop), function("tick", *body)]
    slots = [slot("VNET_SYSINIT", "up"), slot("VNET_SYSUNINIT", "down")]
    return module("frob", var("timer", "struct callout"), var("n"), *parts, *slots)


def test_callouts_fire_once_without_a_stack() -> None:
    kernel = booted()
    kernel.jail_create()
    kernel.load(callout("curvnet", use("n")))
    kernel.tick()
    assert texts(kernel, "handler") == ["tick @-1", "tick @-1"]
    kernel.tick()
    assert len(texts(kernel, "handler")) == 2
    assert kinds(kernel) == [Kind.NO_CONTEXT]


def listener(name: str, kind: str = "eventhandler") -> Module:
    call = "VNET_GLOBAL_EVENTHANDLER_REGISTER" if kind.endswith("all") else "EVENTHANDLER_REGISTER"
    listen = Register(kind, "told", at(), "NULL", "tag", name, call)
    told = function("told", use("n"), parameters=("arg", "extra"))
    back = Unregister("eventhandler", "tag", at())
    return module(
        "frob", var("n"), var("tag", "eventhandler_tag", per_vnet=False), told, event(), handler([listen], [back])
    )


@pytest.mark.parametrize(
    ("name", "where"), [("ifnet_link_event", 1), ("maxsockets_change", 1), ("shutdown_pre_sync", -1), ("dev_clone", -1)]
)
def test_events_find_the_stack_of_their_invoker(name: str, where: int) -> None:
    kernel = booted()
    kernel.jail_create()
    kernel.load(listener(name))
    kernel.event(name, 1)
    assert texts(kernel, "handler") == [f"told @{where}"]


def test_the_global_form_is_invoked_in_every_stack_with_its_argument_only() -> None:
    kernel = booted()
    kernel.jail_create()
    kernel.load(listener("maxsockets_change", "eventhandler-all"))
    kernel.event("maxsockets_change", 1)
    assert texts(kernel, "handler") == ["told @1", "told @0"]
    assert {e.text for e in kernel.trace if e.what == "handler"} == {"told(NULL)"}


def test_devices_timers_and_packets_find_what_their_kind_guarantees() -> None:
    names = {"open": ("cdev", "d_open"), "slow": ("protocol-timer", "pr_slowtimo"), "drain": ("protocol-timer", "pr_drain"),
             "isr": ("netisr", "nh_handler"), "proto": ("protocol", "pr_input"), "below": ("if-input", "if_input")}  # fmt: skip
    functions = [function(n, parameters=("m",)) for n in names]
    kernel = booted(module("frob", *functions, *(Entry(k, n, at(), "", m) for n, (k, m) in names.items())))
    jail = kernel.jail_create()
    thread = kernel.thread_create(jail)
    kernel.ioctl(thread, "d_open")
    kernel.tick()
    kernel.packet_in(kernel.interface_create("physical", jail))
    kernel.low_memory()
    assert texts(kernel, "handler") == ["open @-1", "slow @-1", "below @-1", "isr @1", "proto @1", "drain @-1"]


def test_ioctl_of_an_interface_through_a_socket() -> None:
    kernel = booted()
    card, jail = kernel.interface_create("physical"), kernel.jail_create()
    inside = kernel.socket_create(kernel.thread_create(jail))
    assert kernel.interface_ioctl(card, kernel.socket_create()) == ""
    assert kernel.interface_ioctl(card, inside) == "ENXIO"
    kernel.vnets.all[jail].state = 1
    kernel.vnets.all[jail].shutdown = True
    assert kernel.interface_ioctl(card, inside) == "EBUSY"


def test_unknown_branches_make_worlds_and_their_number_is_bounded() -> None:
    body = [Branch(Condition(f"c{i}"), at(), (init(f"m{i}"),)) for i in range(8)]
    locks = [var(f"m{i}", "struct mtx", per_vnet=False) for i in range(8)]
    kernel = booted(module("frob", *locks, function("f", *body), slot("SYSINIT", "f"), loadable=False))
    assert 1 < len(kernel.worlds) <= MOST_WORLDS
    assert any(e.what == "bound" for e in kernel.trace)


def test_a_fault_is_told_once_and_surely_if_ever_surely() -> None:
    kernel = booted(callout("NULL", use("n")))
    for _ in range(3):
        kernel.tick()
        kernel.jail_create()
    assert kinds(kernel) == [Kind.NO_CONTEXT]


def test_worlds_without_a_handler_do_not_call_it() -> None:
    kernel = booted(callout("NULL"))
    file = kernel.files["frob"]
    file.worlds = (World(), *file.worlds)
    kernel.tick()
    assert World() in file.worlds
    kernel.call_handler(file, Handler("callout", "tick", at()), ())
    assert len(texts(kernel, "handler")) == 1


@pytest.mark.parametrize("vimage", [True, False])
@pytest.mark.parametrize("release", releases())
@pytest.mark.parametrize("name", scenarios.BUNDLED)
def test_bundled_scenarios_find_nothing_wrong_with_a_correct_module(name: str, release: str, vimage: bool) -> None:
    kernel = scenarios.run(module("frob", *pair()), name, release, vimage)
    assert kernel.faults == []
    assert scenarios.run(module("frob", *pair(), loadable=False), name, release, vimage).faults == []


@pytest.mark.parametrize(("name", "found"), [("boot", True), ("jails", True), ("vmove", True), ("shutdown", False)])
def test_bundled_scenarios_find_a_leak_where_a_stack_dies(name: str, found: bool) -> None:
    leaky = module("frob", var("m", "struct mtx"), function("up", init("m")), slot("VNET_SYSINIT", "up"))
    assert (Kind.NEVER_TORN_DOWN in kinds(scenarios.run(leaky, name))) == found


def test_the_same_life_gives_the_same_trace() -> None:
    frob = module("frob", *pair(), *callout("curvnet").variables)
    assert scenarios.run(frob, "jails").trace == scenarios.run(frob, "jails").trace


def written(*actions: tuple[str, ...]) -> Scenario:
    return Scenario("mine", tuple(Action(verb, arguments) for verb, *arguments in actions))


def played(*actions: tuple[str, ...]) -> Kernel:
    frob = module("frob", *pair(), scenarios := written(*actions))
    assert scenarios.name == "mine"
    return globals()["scenarios"].run(frob, "mine")


def test_own_scenarios_by_verb() -> None:
    kernel = played(("boot",), ("load",), ("jail",), ("jail_create", "vnet=False"), ("interface", "physical", "1", "em0"),
                    ("move", "em0", "0"), ("packet", "em0"), ("jail_destroy", "1"), ("unload", "force=True"))  # fmt: skip
    assert kernel.actions[1:4] == ["load('frob')", "jail_create(vnet=True)", "jail_create(vnet=False)"]
    assert kernel.actions[-1] == "unload('frob', force=True)"
    assert kernel.files == {}


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (("fly",), r"action 3 \(fly\): there is no action 'fly'"),
        (("packet_in", "em0"), r"action 3 \(packet_in\): there is no interface 'em0'"),
        (("sysctl_read", "net.x"), r"action 3 \(sysctl_read\): there is no sysctl 'net\.x'"),
        (("jail_destroy", "9"), "there is no jail 9"),
        (("jail_destroy", "one"), "number is 'one': write a number"),
        (("jail_destroy",), "number is missing"),
        (("jail_create", "maybe"), "write True or False"),
        (("tick", "1"), "one argument too many"),
        (("tick", "1", "2"), "one argument too many"),
        (("load", "other"), "no module 'other'"),
        (("socket_call", "0"), "there is no socket 0"),
        (("socket_create", "5"), "there is no thread 5"),
        (("interface_move", "em0", "4"), "there is no vnet 4"),
        (("boot",), "boot once"),
        (("__init__",), "there is no action"),
    ],
)
def test_what_a_scenario_gets_wrong_is_named_with_its_place(action: tuple[str, ...], message: str) -> None:
    with pytest.raises(ScenarioError, match=r"^scenario mine, action 3.*" + message.replace("action 3 ", "")):
        played(("boot",), ("load",), action)


def test_unknown_scenarios_and_releases() -> None:
    with pytest.raises(ScenarioError, match="no scenario 'nope': choose one of boot, load"):
        scenarios.run(module("frob"), "nope")
    with pytest.raises(ModelError, match="no release '12'"):
        scenarios.run(module("frob"), "boot", "12")
