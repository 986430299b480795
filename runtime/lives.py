"""The lives of resources along a path: set up, used, given back."""

from collections.abc import Iterable
from typing import Protocol

from .enrolment import stack_held
from .faults import Fault, Kind
from .host import Host
from .knowledge import Knowledge, Resource, Role
from .model import Access, Destroy, Init
from .paths import State
from .patterns import later
from .record import Record
from .worlds import SHARED, UNKNOWN, Key, Life

_REPEATABLE = later(r"callout_init|_INIT$|_HEAD_INIT|^bzero$|^memset$|^TASK_INIT|sysctl_ctx_init")
"""Set-ups that may be made again; on shared state by each stack's constructor they are a fault all the same."""

_DRAINS = later(r"^callout_|drain$|^taskqueue_drain")
"""Tear-downs that only wait: what they were made on can be used again."""

_NULL_SAFE = ("free", "zfree", "contigfree", "m_freem", "counter_u64_free", "EVENTHANDLER_DEREGISTER")


class Where(Protocol):
    """What is asked of the visit that executes."""

    function: str
    role: Role
    host: Host
    knowledge: Knowledge
    record: Record

    @property
    def unread(self) -> tuple[str, ...]:
        """Functions that ran and are not known."""


def scope_of(where: Where, resource: Resource, curvnet: int) -> int:
    """The stack a variable is that of, SHARED for shared state."""
    return curvnet if resource.variable.per_vnet and where.host.vimage else SHARED


def _named(key: Key) -> str:
    return key[0] if key[1] == SHARED else f"V_{key[0]}"


def _place(key: Key) -> str:
    return "" if key[1] == SHARED else f" in vnet {key[1]}"


def _fault(where: Where, kind: Kind, at: str, key: Key, message: str, life: Life | None = None) -> None:
    lines = (f"{life.at} {'set up' if life.status == 'live' else 'torn down'} by {life.kind}",) if life else ()
    tainted = tuple(dict.fromkeys((*where.knowledge.takers(key[0]), *where.unread)))
    where.record.fault(Fault(kind, at, message, key[0], key[1], lines, tainted=tainted))


def use(where: Where, node: Access, reached: int, state: State) -> State:
    """A resource is used: it must be set up and not torn down yet."""
    name = where.knowledge.reached(node)
    resource = where.knowledge.resources.get(name)
    if resource is None:
        return state
    key = (name, scope_of(where, resource, reached))
    if resource.pointer and node.how == "write":
        return _written(key, node, state)
    if key[1] == UNKNOWN:
        return state
    life = state.world.lives.get(key)
    if life is None and resource.checked and resource.variable.initial == "zero":
        _missing(where, node.at, key, state, "uses")
        return _unsettle(key, node.at, state)
    if life is not None and life.status == "dead" and not _DRAINS.search(life.kind):
        _late(where, node, key, state, life)
        return _unsettle(key, node.at, state)
    where.record.well(node.at, name)
    return state


def _written(key: Key, node: Access, state: State) -> State:
    """A pointer is written: whatever it pointed to before is not followed any more, unless it is set up."""
    life = state.world.lives.get(key)
    if node.value and key[1] != UNKNOWN and life is not None and life.status == "dead":
        return state.in_world(state.world.with_life(key, Life("none", node.at)))
    return _unsettle(key, life.at, state) if life and life.status == "dead" else state


def _unsettle(key: Key, at: str, state: State) -> State:
    """From a fault on, nothing is said of the resource, so that one cause is told once."""
    return state.in_world(state.world.with_life(key, Life("unknown", at)))


def _late(where: Where, node: Access, key: Key, state: State, life: Life) -> None:
    kind, whose = Kind.AFTER_TEAR_DOWN, ""
    if node.vnet and key[1] not in (SHARED, state.curvnet):
        kind, whose = Kind.OTHER_STACK, " of another stack"
    message = (
        f"{where.function}() uses {_named(key)}{whose}{_place(key)} after {life.kind} at {life.at} tore it down. "
        "Tear down later, or stop the use first."
    )
    _fault(where, kind, node.at, key, message, life)


def _missing(where: Where, at: str, key: Key, state: State, verb: str) -> None:
    """What a resource lacks that was never set up: its constructor, or this stack."""
    default = next((v for v in where.host.stacks() if where.host.is_default(v)), UNKNOWN)
    first = state.world.lives.get((key[0], default))
    if key[1] not in (SHARED, default) and first is not None and first.status == "live":
        message = (
            f"{where.function}() {verb} V_{key[0]}{_place(key)}, but it is set up for vnet0 only, at {first.at}. "
            "Set it up in a VNET_SYSINIT, without a test for the default vnet."
        )
        if not first.told:
            _fault(where, Kind.DEFAULT_VNET_ONLY, at, key, message, first)
        return
    places = where.knowledge.resources[key[0]].places
    known = f"it is set up at {places[0]}, which runs later or not on this path" if places else "nothing sets it up"
    cure = "a constructor that runs earlier" if key[1] != SHARED else "a SYSINIT or module event that runs earlier"
    message = f"{where.function}() {verb} {_named(key)}{_place(key)} before its set-up: {known}. Set it up in {cure}."
    _fault(where, Kind.BEFORE_SET_UP, at, key, message)


def set_up(where: Where, node: Init, state: State) -> tuple[State, ...]:
    """A resource is set up; the paths after it, one more if it can fail."""
    name = where.knowledge.holder(node.holder)
    resource = where.knowledge.resources.get(name)
    if resource is None:
        return (state,)
    key = (name, scope_of(where, resource, stack_held(node.holder, resource.variable, state, where.host)))
    if key[1] == UNKNOWN:
        return (state,)
    life = state.world.lives.get(key)
    if not resource.many and not _shared_in_constructor(where, node, key, life):
        _twice(where, node, key, life)
    told = _for_one_stack(where, node, resource, key, state)
    done = state.in_world(state.world.with_life(key, Life("live", node.at, node.kind, told, several=resource.many)))
    if resource.pointer and any("M_NOWAIT" in a for a in node.arguments):
        return (done, state._replace(failed=node.at))
    return (done,)


def _for_one_stack(where: Where, node: Init, resource: Resource, key: Key, state: State) -> bool:
    """What code that runs once sets up is that of the stack it happens to run in, unless others set it up elsewhere."""
    once = where.role is Role.SHARED and where.knowledge.role(where.function) is Role.SHARED and not state.sets
    if not once or key[1] == SHARED or not where.host.is_default(key[1]) or len(resource.places) > 1:
        return False
    message = (
        f"{where.function}() runs once, in vnet0, and sets up V_{key[0]} there: the other stacks have none. "
        "Set it up in a VNET_SYSINIT."
    )
    _fault(where, Kind.DEFAULT_VNET_ONLY, node.at, key, message)
    return True


def _shared_in_constructor(where: Where, node: Init, key: Key, life: Life | None) -> bool:
    """Whether a constructor sets up shared state a second time, for one more stack."""
    if where.role is not Role.CONSTRUCTOR or key[1] != SHARED or not where.host.vimage:
        return False
    if life is None or life.status != "live" or life.at != node.at:
        return False
    message = (
        f"{where.function}() runs for every stack and sets up {key[0]}, which all stacks share, once more: what the "
        f"others hold is lost. Set it up once, in a SYSINIT or on MOD_LOAD, or make {key[0]} per-vnet."
    )
    _fault(where, Kind.SHARED_SET_UP_PER_VNET, node.at, key, message, life)
    return True


def _twice(where: Where, node: Init, key: Key, life: Life | None) -> None:
    if life is None or life.status != "live" or _REPEATABLE.search(node.kind):
        where.record.well(node.at, key[0])
        return
    message = (
        f"{where.function}() sets up {_named(key)}{_place(key)}, which {life.kind} at {life.at} set up already. "
        "Remove one of the two, or tear down in between."
    )
    _fault(where, Kind.SET_UP_TWICE, node.at, key, message, life)


def tear_down(where: Where, node: Destroy, state: State) -> State:
    """A resource is given back."""
    name = where.knowledge.holder(node.holder)
    resource = where.knowledge.resources.get(name)
    if resource is None:
        return state
    key = (name, scope_of(where, resource, stack_held(node.holder, resource.variable, state, where.host)))
    if key[1] == UNKNOWN:
        return state
    life = state.world.lives.get(key)
    if resource.many or _DRAINS.search(node.kind) or (life and life.status != "dead"):
        where.record.well(node.at, name)
    elif life:
        _again(where, node, key, life)
    elif resource.checked and resource.variable.initial == "zero" and node.kind not in _NULL_SAFE:
        _missing(where, node.at, key, state, "tears down")
    return state.in_world(state.world.with_life(key, Life("dead", node.at, node.kind, several=resource.many)))


def _again(where: Where, node: Destroy, key: Key, life: Life) -> None:
    message = (
        f"{where.function}() tears down {_named(key)}{_place(key)}, which {life.kind} at {life.at} tore down already."
    )
    if where.role is Role.DESTRUCTOR and key[1] == SHARED:
        message += " Every stack's destructor runs this: tear shared state down in a SYSUNINIT or on MOD_UNLOAD."
    else:
        message += " Keep one of the two."
    _fault(where, Kind.TORN_DOWN_TWICE, node.at, key, message, life)


def doubt(where: Where, names: Iterable[str], state: State) -> State:
    """Nobody can tell whether these were set up or torn down: it hangs on state that is not followed."""
    for name in sorted(names):
        resource = where.knowledge.resources[name]
        key = (name, scope_of(where, resource, state.curvnet))
        life = state.world.lives.get(key)
        if key[1] != UNKNOWN and (life is None or life.status != "unknown"):
            state = _unsettle(key, life.at if life else resource.variable.at, state)
    return state


def perhaps(where: Where, names: Iterable[str], state: State) -> State:
    """There may be none of these, of which there are several: nothing is said of those that are not set up."""
    for name in sorted(names):
        resource = where.knowledge.resources[name]
        key = (name, scope_of(where, resource, state.curvnet))
        if key[1] != UNKNOWN and key not in state.world.lives:
            state = state.in_world(state.world.with_life(key, Life("unknown", resource.variable.at, several=True)))
    return state


def hope(where: Where, names: Iterable[str], state: State) -> State:
    """These may be set up: a flag that is not followed says so; what is known to be set up is."""
    for name in sorted(names):
        resource = where.knowledge.resources[name]
        key = (name, scope_of(where, resource, state.curvnet))
        life = state.world.lives.get(key)
        if key[1] != UNKNOWN and life is not None and life.status == "dead":
            state = _unsettle(key, life.at, state)
    return state


def constructor_fails(where: Where, at: str, failed: str) -> None:
    """A constructor gives up; stacks have no way to refuse."""
    message = (
        f"{where.function}() gives up, but a VNET_SYSINIT cannot fail: the stack comes up without what it should have "
        "set up. Use M_WAITOK, or make what follows work without it."
    )
    lines = (f"{failed} fails",) if failed and failed != at else ()
    where.record.fault(Fault(Kind.CONSTRUCTOR_FAILS, at or failed, message, lines=lines))
