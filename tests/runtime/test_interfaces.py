"""Interfaces: clones, moves, going home, being destroyed, and the links between stacks."""

import pytest
from small import at, booted, call, event, function, handler, kinds, module, slot, texts, use, var

from vport.runtime.errors import ScenarioError
from vport.runtime.faults import Kind
from vport.runtime.model import Entry, Module, Node, Register, Unregister


def cloner(scope: str = "per stack", detach: bool = True, destroys: tuple[Node, ...] = ()) -> Module:
    """A module with a cloner: one in each stack, or one for all."""
    holder = var("cloner", "struct if_clone *", per_vnet=scope == "per stack")
    create = Register("cloner", "create", at(), "", "cloner", "frob", "if_clone_simple")
    destroy = Register("cloner", "destroy", at(), "", "cloner", "frob", "if_clone_simple")
    off = (Unregister("cloner", "cloner", at(), "if_clone_detach"),) if detach else ()
    functions = [
        function("create", use("made"), parameters=("ifc", "unit"), returns="int"),
        function("destroy", use("made"), *destroys, parameters=("ifp",)),
    ]
    parts: list[object]
    if scope == "per stack":
        ends = [function("up", create, destroy), function("down", *off)]
        slots = [slot("VNET_SYSINIT", "up"), slot("VNET_SYSUNINIT", "down", subsystem="INIT_IF", order="ANY")]
        parts = [*ends, *slots, event(), handler()]
    else:
        parts = [event(), handler([create, destroy], off)]
    return module("frob", holder, var("made"), *functions, *parts)


def test_a_clone_is_made_by_the_cloner_of_its_stack() -> None:
    kernel = booted()
    kernel.load(cloner())
    jail = kernel.jail_create()
    name = kernel.interface_create("clone", jail)
    assert texts(kernel, "handler", "interface")[-2:] == ["create @1", f"{name} arrives, index 1 @1"]
    kernel.interface_destroy(name)
    assert texts(kernel, "handler")[-1] == "destroy @1"
    assert kernel.faults == []


def test_detaching_the_cloner_destroys_what_it_made() -> None:
    kernel = booted()
    kernel.load(cloner())
    jail = kernel.jail_create()
    kernel.interface_create("clone", jail)
    kernel.jail_destroy(jail)
    assert texts(kernel, "handler")[-1] == "destroy @1"
    assert kernel.interfaces.all == {}
    assert kernel.faults == []


def test_clones_are_left_in_the_dying_stack_when_no_destructor_detaches_their_cloner() -> None:
    kernel = booted()
    kernel.load(cloner(detach=False))
    jail = kernel.jail_create()
    kernel.interface_create("clone", jail)
    kernel.jail_destroy(jail)
    assert kinds(kernel) == [Kind.LEFT_IN_VNET, Kind.HANDLER_LEFT]


def test_a_cloner_serves_the_stack_it_was_attached_in() -> None:
    kernel = booted()
    kernel.load(cloner("one"))
    inside = kernel.interface_create("clone", kernel.jail_create())
    assert kernel.interface(inside).cloner is None
    assert kernel.interface(kernel.interface_create("clone")).cloner is not None


def test_a_moved_interface_returns_when_its_stack_goes() -> None:
    kernel = booted()
    jail = kernel.jail_create()
    card = kernel.interface_create("physical")
    kernel.interface_move(card, jail)
    assert (kernel.interface(card).vnet, kernel.interface(card).home) == (jail, 0)
    kernel.jail_destroy(jail)
    assert kernel.interface(card).vnet == 0


def test_drivers_attach_in_vnet0_wherever_the_interface_is_wanted() -> None:
    kernel = booted()
    card = kernel.interface_create("physical", kernel.jail_create())
    assert (kernel.interface(card).vnet, kernel.interface(card).home) == (1, 0)


def test_an_interface_made_in_a_stack_goes_with_it() -> None:
    kernel = booted()
    jail = kernel.jail_create()
    kernel.interface_create("loop", jail)
    kernel.jail_destroy(jail)
    assert kernel.interfaces.all == {}


def test_indices_are_those_of_the_stack() -> None:
    kernel = booted()
    jail = kernel.jail_create()
    names = [kernel.interface_create("physical") for _ in range(3)]
    kernel.interface_move(names[1], jail)
    assert [kernel.interface(n).index for n in names] == [1, 1, 3]
    assert kernel.interface(kernel.interface_create("physical")).index == 2


def test_pairs_are_the_only_way_between_stacks() -> None:
    kernel = booted()
    jail = kernel.jail_create()
    for kind in ("epair", "netgraph"):
        one = kernel.interface_create(kind)
        other = kernel.interface(one).peer
        assert other is not None
        kernel.interface_move(other.name, jail)
        assert kernel.packet_out(one) == other.name
        kernel.interface_destroy(one)
    assert kernel.packet_out(kernel.interface_create("physical")) == ""
    assert len(kernel.interfaces.all) == 1


def protocol(*body: Node, members: tuple[str, ...] = ("dom_ifdetach",), listens: bool = True, **more: object) -> Module:
    """A protocol with state on interfaces; its handler of departures does `body`."""
    tables = [Entry("protocol", f"f_{m}", at(), "vnet", m) for m in members]
    functions = [function(f"f_{m}", use("n"), parameters=("ifp", "aux")) for m in members]
    tag = var("tag", "eventhandler_tag", per_vnet=False)
    listen = Register("eventhandler", "gone", at(), "NULL", "tag", "ifnet_departure_event", "EVENTHANDLER_REGISTER")
    gone = function("gone", *body, parameters=("arg", "ifp"))
    back = Unregister("eventhandler", "tag", at())
    return module(
        "frob", var("n"), tag, gone, *functions, *tables, event(), handler([listen] if listens else [], [back])
    )


def test_protocols_and_listeners_hear_of_moves_in_both_stacks() -> None:
    kernel = booted(protocol(members=("dom_ifattach", "dom_ifdetach")))
    jail = kernel.jail_create()
    card = kernel.interface_create("physical")
    kernel.interface_move(card, jail)
    heard = ["f_dom_ifattach @0", "gone @0", "f_dom_ifdetach @0", "f_dom_ifattach @1"]
    assert [t for t in texts(kernel, "handler") if "_dom_" in t or "gone" in t] == heard


@pytest.mark.parametrize("way", ["destroyed", "moved", "shut down"])
def test_a_protocol_that_detaches_by_itself_does_it_twice(way: str) -> None:
    kernel = booted(protocol(call("f_dom_ifdetach", "ifp", "NULL")))
    jail = kernel.jail_create()
    card = kernel.interface_create("loop", jail)
    assert kernel.faults == []
    if way == "destroyed":
        kernel.interface_destroy(card)
    elif way == "moved":
        kernel.interface_move(card, 0)
    else:
        kernel.jail_destroy(jail)
    assert kinds(kernel) == [Kind.DETACHED_TWICE]


def test_a_protocol_that_leaves_detaching_to_the_kernel() -> None:
    kernel = booted(protocol(use("n")))
    kernel.interface_destroy(kernel.interface_create("physical"))
    assert kernel.faults == []


def test_a_clone_that_is_detached_twice() -> None:
    kernel = booted()
    kernel.load(cloner(destroys=(call("ether_ifdetach", "ifp"), call("if_detach", "ifp"))))
    kernel.interface_destroy(kernel.interface_create("clone"))
    assert kinds(kernel) == [Kind.DETACHED_TWICE]


def test_a_clone_that_detaches_both_ends_of_a_pair() -> None:
    kernel = booted()
    kernel.load(cloner(destroys=(call("ether_ifdetach", "ifp"), call("ether_ifdetach", "other"))))
    kernel.interface_destroy(kernel.interface_create("clone"))
    assert kernel.faults == []


def test_unknown_interfaces_kinds_and_stacks() -> None:
    kernel = booted()
    with pytest.raises(ScenarioError, match="no interface 'em0'"):
        kernel.packet_in("em0")
    with pytest.raises(ScenarioError, match="no kind of interface 'ethernet'"):
        kernel.interface_create("ethernet")
    with pytest.raises(ScenarioError, match="no vnet 7"):
        kernel.interface_create("physical", 7)
    kernel.interface_create("physical", name="em0")
    with pytest.raises(ScenarioError, match="exists already"):
        kernel.interface_create("physical", name="em0")


def test_a_clone_that_moved_goes_with_the_stack_that_made_it() -> None:
    kernel = booted()
    first, second = kernel.jail_create(), kernel.jail_create()
    name = kernel.interface_create("clone", first)
    kernel.interface_move(name, second)
    kernel.jail_destroy(first)
    assert name not in kernel.interfaces.all
    kernel.jail_destroy(second)
    assert not kernel.faults
