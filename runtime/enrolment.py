"""Modules of containers along a path: base pointers, what registers and is taken back, and members reached."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from .containers import MODULE, WAITING, allocated, container, freed, handler_of, same
from .expressions import elsewhere
from .faults import Fault, Kind, OldKind
from .host import Event, Host, Value
from .knowledge import Knowledge, Role
from .model import Access, Base, Enroll, Variable, VnetModule
from .paths import State
from .record import Record
from .values import stack_of
from .worlds import SHARED, UNKNOWN, Handler, Life, World

Run = Callable[[str, Value, int, World, Role, str], Iterable[World]]
"""Runs a function of the module, given its argument, curvnet, a world, a role and a place; the worlds after it."""


class Where(Protocol):
    """What is asked of the visit that executes."""

    function: str
    host: Host
    knowledge: Knowledge
    record: Record


def base(where: Where, node: Base, state: State) -> State:
    """`INIT_VNET_FROB(expression)`: the pointer is fetched here, and stays what it is when curvnet changes."""
    vnet = stack_of(node.expression, state, where.host)
    if vnet == SHARED:
        message = (
            f"{where.function}() takes the container {node.container} of {node.expression}, which is NULL: a page "
            "fault. Set curvnet before: CURVNET_SET() with the stack of an object at hand, or VNET_FOREACH."
        )
        where.record.fault(Fault(Kind.NO_CONTEXT, node.at, message, node.container))
        vnet = UNKNOWN
    else:
        where.record.well(node.at, node.container, context=True)
    return state.knowing(node.container, Value(node.expression, vnet))


def current(variable: Variable | None, state: State) -> int:
    """The stack whose copy of a per-vnet variable is reached: curvnet's, or that of its container's base pointer."""
    known = state.fact(variable.container) if variable is not None and variable.container else None
    return known.vnet if known is not None else state.curvnet


def stack_held(text: str, variable: Variable | None, state: State, host: Host) -> int:
    """The stack whose copy of a per-vnet variable a holder is: that which it names, else as `current`."""
    stack = elsewhere(text)[0]
    return stack_of(stack, state, host) if stack else current(variable, state)


def reached(where: Where, node: Access, variable: Variable, vnet: int, state: State) -> tuple[State, int]:
    """A member of a container is reached: by a pointer that is up to date, to a container that is there.

    Returns:
        The path after it, and the stack reached; UNKNOWN once there was a fault.
    """
    known = state.fact(variable.container)
    if known is not None and known.text == "curvnet" and vnet != state.curvnet and min(vnet, state.curvnet) >= 0:
        message = (
            f"{where.function}() reaches V_{node.variable} of vnet {vnet}, whose base pointer it took, while curvnet "
            f"is vnet {state.curvnet}. Take {variable.container} anew behind CURVNET_SET()."
        )
        where.record.fault(Fault(OldKind.STALE_BASE, node.at, message, node.variable, state.curvnet))
        return state, UNKNOWN
    owner = next((m for m in where.knowledge.module.vnet_modules if m.container == variable.container), None)
    if owner is None or vnet < 0 or where.host.enrolled() is None:
        return state, vnet
    life = state.world.lives.get(container(owner, vnet))
    if life is not None and life.status in ("live", "unknown"):
        return state, vnet
    return _missing(where, node, owner, vnet, life, state), UNKNOWN


def _missing(where: Where, node: Access, owner: VnetModule, vnet: int, life: Life | None, state: State) -> State:
    """A container that is not there; from here on nothing is said of it, so that one cause is told once."""
    why = "has not registered yet" if life is None else "is taken back"
    message = (
        f"{where.function}() touches V_{node.variable} of vnet {vnet}, whose {owner.container} is not there: module "
        f"{owner.name} {why}. Depend on {owner.identifier}, or do it while that is registered."
    )
    where.record.fault(
        Fault(OldKind.NO_CONTAINER, node.at, message, node.variable, vnet, (f"{owner.at} {owner.symbol}",))
    )
    return state.in_world(state.world.with_life(container(owner, vnet), Life("unknown", node.at)))


class Enrolment:
    """Applies `vnet_mod_register` and its kin, on behalf of one visit.

    Arguments:
        where: the visit.
        run: executes a constructor or destructor.
    """

    def __init__(self, where: Where, run: Run) -> None:
        self._where = where
        self._run = run

    def apply(self, node: Enroll, state: State) -> Iterable[State]:
        """The paths after it."""
        module = self._where.knowledge.vnet_modules.get(node.symbol)
        if module is None:
            self._note("unknown", f"{node.symbol} is not known", node.at, state.curvnet)
            return (state,)
        if not self._where.host.vimage:
            return self._once(node, module, state)
        if bool(node.argument) != bool(node.name):
            self._nameless(node)
        worlds = self._leave(node, module, state) if node.down else self._enter(node, module, state)
        return [state.in_world(world) for world in worlds]

    def _once(self, node: Enroll, module: VnetModule, state: State) -> Iterable[State]:
        """The default build: nothing registers, and the function is called for the only stack there is."""
        function = module.detach if node.down else module.attach
        role = Role.DESTRUCTOR if node.down else Role.CONSTRUCTOR
        worlds = self._worlds(function, node, SHARED, [state.world], role)
        return [state.in_world(world) for world in worlds]

    def _nameless(self, node: Enroll) -> None:
        message = (
            f"{self._where.function}() registers {node.symbol} with {node.argument or 'no'} argument and "
            f"{node.name or 'no'} name: the kernel panics. Give both or none."
        )
        self._where.record.fault(Fault(OldKind.NAMELESS, node.at, message))

    def _enter(self, node: Enroll, module: VnetModule, state: State) -> list[World]:
        if any(same(h, node.symbol, node.argument) for h in state.world.handlers):
            message = (
                f"{self._where.function}() registers {node.symbol} once more with the same argument: the kernel "
                "panics. Take it back before, or register it once."
            )
            self._where.record.fault(Fault(OldKind.TWICE, node.at, message, module.container))
            return [state.world]
        self._note("register", f"vnet module {module.name}", node.at, state.curvnet)
        if self._has_to_wait(module, state.world):
            waiting = handler_of(module, node.at, node.argument, node.name, waiting=True)
            self._note("vnet", f"{module.name} waits for {module.depends}", node.at, state.curvnet)
            return [state.world.with_handler(waiting)]
        return self._complete(handler_of(module, node.at, node.argument, node.name), module, state.world)

    def _has_to_wait(self, module: VnetModule, world: World) -> bool:
        """Whether what a module depends on is neither itself, nor there, nor brought by another module of the tree."""
        others = bool(module.depends) and module.depends != module.identifier and not module.elsewhere
        return others and not self._there(module.depends, world)

    def _there(self, identifier: str, world: World) -> bool:
        known = self._where.host.enrolled()
        mine = any(h.kind == MODULE and h.name == identifier for h in world.handlers)
        declared = {m.identifier for m in self._where.knowledge.module.vnet_modules}
        return mine or known is None or (identifier in known and identifier not in declared)

    def _complete(self, done: Handler, module: VnetModule, world: World) -> list[World]:
        """A module is registered: made for every stack, then whoever waits for it, and so on."""
        worlds = [world.with_handler(done)]
        for vnet in self._where.host.stacks():
            worlds = [allocated(w, module, vnet) for w in worlds]
            worlds = self._worlds(module.attach, done, vnet, worlds, Role.CONSTRUCTOR)
        return [after for w in worlds for after in self._others(module, w)]

    def _others(self, module: VnetModule, world: World) -> list[World]:
        """The first that waits for a module is completed with all that wait for it, then the next."""
        waiting = next((h for h in world.handlers if h.kind == WAITING and self._awaits(h, module)), None)
        if waiting is None:
            return [world]
        other = self._where.knowledge.vnet_modules[waiting.holder]
        self._note("vnet", f"{other.name} waits no more: {module.identifier} is there", waiting.at, SHARED)
        done = handler_of(other, waiting.at, waiting.argument, waiting.call)
        completed = self._complete(done, other, world.without_handlers([waiting]))
        return [after for w in completed for after in self._others(module, w)]

    def _awaits(self, waiting: Handler, module: VnetModule) -> bool:
        return self._where.knowledge.vnet_modules[waiting.holder].depends == module.identifier

    def _leave(self, node: Enroll, module: VnetModule, state: State) -> list[World]:
        listed = [h for h in state.world.handlers if h.kind == MODULE and same(h, node.symbol, node.argument)]
        if not listed:
            message = (
                f"{self._where.function}() takes {node.symbol} back, which is not registered with that argument: the "
                "kernel panics. Register it before, and take it back once."
            )
            self._where.record.fault(Fault(OldKind.UNKNOWN, node.at, message, module.container))
            return [state.world]
        self._note("unregister", f"vnet module {module.name}", node.at, state.curvnet)
        worlds = [state.world]
        for vnet in self._where.host.stacks():
            worlds = self._worlds(module.detach, listed[0], vnet, worlds, Role.DESTRUCTOR)
            worlds = [freed(w, module, vnet) for w in worlds]
        return [w.without_handlers(listed) for w in worlds]

    def _worlds(self, function: str, asked: Any, vnet: int, worlds: list[World], role: Role) -> list[World]:
        if not function:
            return worlds
        argument = asked.argument or "NULL"
        self._note(str(role), f"{function}({argument})", asked.at, vnet)
        value = Value(argument, SHARED, "0" if argument == "NULL" else "")
        after = (w for world in worlds for w in self._run(function, value, vnet, world, role, asked.at))
        return list(dict.fromkeys(after))

    def _note(self, what: str, text: str, at: str, vnet: int) -> None:
        self._where.record.event(Event(what, text, at, vnet))
