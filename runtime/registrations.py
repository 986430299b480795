"""Handlers along a path, and addresses of per-vnet state that are kept where all stacks look."""

from typing import Protocol

from .enrolment import stack_held
from .expressions import addressed, addressed_elsewhere, alone, handler_of, registration, stripped, variable
from .faults import Fault, Kind
from .host import Host
from .knowledge import Knowledge, Role
from .model import Access, Call, Destroy, Register, Unregister
from .paths import State
from .patterns import later
from .record import Record
from .values import value_of
from .worlds import SHARED, UNKNOWN, Handler, Life

_GLOBAL = ("eventhandler", "netisr", "cdev", "newbus", "hook", "kthread")
"""Kinds whose registry all stacks share, unless the registering function says that it serves one."""

_OWN = (*_GLOBAL, "cloner")
"""Kinds that a per-vnet holder says are made once for each stack."""

_ARMED = ("callout", "task")


class Where(Protocol):
    """What is asked of the visit that executes."""

    function: str
    role: Role
    host: Host
    knowledge: Knowledge
    record: Record


def _per_vnet(where: Where, name: str) -> bool:
    found = where.knowledge.variables.get(name)
    return where.host.vimage and found is not None and found.per_vnet


def _holder(where: Where, text: str) -> str:
    return registration(text, where.knowledge.variables)


def scope_of(where: Where, holder: str, state: State) -> int:
    """The stack whose state a holder is, or is a part of."""
    owner = where.knowledge.owner(_holder(where, holder))
    if not _per_vnet(where, owner):
        return SHARED
    return stack_held(holder, where.knowledge.variables[owner], state, where.host)


def register(where: Where, node: Register, state: State) -> State:
    """A function becomes a handler."""
    holder = _holder(where, node.holder)
    handler = Handler(
        node.kind,
        handler_of(node.function),
        node.at,
        holder,
        scope_of(where, node.holder, state),
        state.curvnet,
        node.argument,
        _led_to(where, node.argument, state),
        node.name,
        node.call,
    )
    if where.host.vimage:
        _check(where, node, handler, state)
    world = state.world.with_handler(handler)
    key = (holder, handler.scope)
    if node.kind in _ARMED and (life := world.lives.get(key)) and life.status == "dead":
        world = world.with_life(key, Life("live", node.at, life.kind))
    return state.in_world(world)


def _led_to(where: Where, argument: str, state: State) -> int:
    """The stack that a handler's argument leads to."""
    inner = stripped(argument)
    if not inner:
        return SHARED
    name = where.knowledge.owner(where.knowledge.holder(inner))
    if any(_per_vnet(where, taken) for taken in addressed(inner)) or _per_vnet(where, name):
        return state.curvnet
    if name in where.knowledge.variables:
        return SHARED
    return value_of(inner, state, where.host, where.knowledge).vnet


def _check(where: Where, node: Register, handler: Handler, state: State) -> None:
    shared_holder = handler.scope == SHARED and where.knowledge.owner(handler.holder) in where.knowledge.variables
    kept = [n for n in addressed(node.argument) if _per_vnet(where, n)]
    if shared_holder and kept and node.kind != "sysctl":
        _kept(where, node.at, kept[0], handler.holder)
    elif kept and not handler.holder and node.kind in _GLOBAL and where.role is Role.SHARED and not state.sets:
        _kept(where, node.at, kept[0], f"the registration of {node.function}()")
    if node.per_vnet:
        _once(where, node, state, f"{node.call or node.kind} serves one stack only")
    elif handler.scope != SHARED and node.kind in _OWN:
        _once(where, node, state, f"V_{handler.holder} is per-vnet")
    if node.kind in _GLOBAL and not node.per_vnet and where.role is Role.CONSTRUCTOR:
        _per_stack(where, node, handler, state)


def _once(where: Where, node: Register, state: State, why: str) -> None:
    """What serves one stack is registered by code that runs once, with no stack chosen."""
    if where.role is not Role.SHARED or state.sets:
        return
    message = (
        f"{where.function}() registers {node.function}() once, when the module is loaded, but {why}: other stacks are "
        "not served. Register it in a VNET_SYSINIT."
    )
    where.record.fault(Fault(Kind.HANDLER_ONCE, node.at, message, variable(node.holder), state.curvnet))


def _per_stack(where: Where, node: Register, new: Handler, state: State) -> None:
    """One handler more for each stack, in a registry that all share."""
    for old in state.world.handlers:
        alike = (old.kind, old.function, old.name) == (new.kind, new.function, new.name)
        if (
            alike
            and not (_for_its_stack(old) and _for_its_stack(new))
            and old.made_in != new.made_in
            and UNKNOWN not in (old.made_in, new.made_in)
        ):
            message = (
                f"{where.function}() registers {node.function}() once more for vnet {new.made_in}, where all stacks "
                "share the registry: it is called once for each stack on every event. Register it once, in a SYSINIT "
                "or on MOD_LOAD, or use the VNET_GLOBAL form."
            )
            lines = (f"{old.at} registered in vnet {old.made_in}",)
            where.record.fault(Fault(Kind.HANDLER_PER_VNET, node.at, message, new.holder, new.made_in, lines))
            return
    where.record.well(node.at, new.holder)


def _for_its_stack(handler: Handler) -> bool:
    """Whether a handler is told, by its argument, of which stack it is: that of each stack does another thing."""
    return handler.argument_vnet == handler.made_in >= 0


def unregister(where: Where, node: Unregister | Destroy, state: State) -> State:
    """A handler is taken back."""
    holder, scope = _holder(where, node.holder), scope_of(where, node.holder, state)
    function = handler_of(node.function) if isinstance(node, Unregister) else ""
    gone = [h for h in state.world.handlers if _meant(h, node.kind, holder, scope, function)]
    if node.kind == "hook" or where.knowledge.owner(holder) not in where.knowledge.variables:
        # each stack has objects of its own, and hooks of its own by one description: those of others stay registered
        gone = [h for h in gone if h.made_in in (state.curvnet, UNKNOWN) or state.curvnet == UNKNOWN]
    return state.in_world(state.world.without_handlers(gone)) if gone else state


def _meant(handler: Handler, kind: str, holder: str, scope: int, function: str) -> bool:
    if holder:
        return handler.holder == holder and (scope == UNKNOWN or handler.scope == scope)
    return bool(function) and handler.function == function and handler.kind == kind


def keep_address(where: Where, pair: tuple[Access, Access]) -> None:
    """Two accesses of one statement, one after the other: an address taken, and a shared pointer written."""
    taken, written = pair if pair[0].how == "address" else pair[::-1]
    target = where.knowledge.variables.get(written.variable)
    if target is None or not where.host.vimage or target.per_vnet:
        return
    ordered = taken.at == written.at and (taken.how, written.how) == ("address", "write")
    if ordered and _per_vnet(where, taken.variable) and _KEEPS.search(target.type):
        _kept(where, written.at, taken.variable, written.variable)


_KEEPS = later(r"[*\[]|\bstruct\b|_t$")
"""Types that can hold an address."""


def _kept(where: Where, at: str, name: str, holder: str) -> None:
    message = (
        f"{where.function}() keeps the address of V_{name} in {holder}, which all stacks share: whoever follows it "
        f"reaches one stack's copy, dangling once that stack is gone. Keep nothing, or make {holder} per-vnet."
    )
    where.record.fault(Fault(Kind.ADDRESS_SHARED, at, message, name))


def strange(where: Where, node: Call, state: State) -> None:
    """An argument that points into another stack's state than the one that is current."""
    for text in alone(node.arguments) if state.facts else ():
        known = state.fact(stripped(text))
        taken = (*addressed(known.text), *filter(None, addressed_elsewhere(known.text)[1:])) if known else ()
        if known and taken and _elsewhere(known.vnet, state.curvnet):
            name = taken[0]
            message = (
                f"{where.function}() gives {text}, the address of V_{name} of vnet {known.vnet}, to {node.name}() "
                f"while curvnet is vnet {state.curvnet}. Take the address after CURVNET_SET()."
            )
            where.record.fault(Fault(Kind.OTHER_STACK, node.at, message, name, state.curvnet))


def _elsewhere(one: int, other: int) -> bool:
    return one != other and one >= 0 and other >= 0
