"""What the events of a function do to a path: accesses, sets, resources, handlers, calls."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from . import contexts, lives, registrations
from .chart import Block
from .enrolment import Enrolment
from .enrolment import base as set_base
from .enrolment import reached as reached_member
from .expressions import base, handed_out, is_name, stripped
from .host import Event, Host, Value
from .knowledge import Knowledge, Role
from .model import Access, Assign, Base, Call, Destroy, Enroll, Init, Register, Restore, Set, Unread, Unregister
from .paths import Exit, State
from .record import Record
from .values import value_of
from .worlds import SHARED, UNKNOWN, World

_CONTEXTS = (Set, Restore)


class Limits(Protocol):
    """Bounds, as far as a visit minds them."""

    @property
    def states(self) -> int:
        """Different paths at one place."""


class Visitor(Protocol):
    """The interpreter, as a visit sees it."""

    host: Host
    knowledge: Knowledge
    unread: dict[str, None]

    @property
    def bounds(self) -> Limits:
        """How far to explore."""

    def visit(
        self, function: str, arguments: Mapping[str, Value], curvnet: int, world: World, role: Role
    ) -> tuple[Record, Iterable[Exit]]:
        """Run another function; its record and its ways out."""


class Effects:
    """Applies events, on behalf of one visit of a function."""

    def __init__(self, visitor: Visitor, function: str, role: Role) -> None:
        self.visitor = visitor
        self.function = function
        self.role = role
        self.host = visitor.host
        self.knowledge = visitor.knowledge
        self.chart = visitor.knowledge.chart(function)
        self.relevance = visitor.knowledge.relevance(function)
        self.liveness = visitor.knowledge.liveness(function)
        self.loops: set[Block] = self.chart.loops
        self.record = Record()
        self._exempt = self.knowledge.exempt(function)
        self._of: dict[Any, Callable[[Any, State], Iterable[State]]] = {
            Assign: self._assign,
            Call: self._call,
            Init: self._init,
            Destroy: self._destroy,
            Register: self._register,
            Unregister: self._unregister,
            Base: self._base,
            Enroll: Enrolment(self, self._run_module).apply,
            Unread: self._unread,
        }

    @property
    def unread(self) -> tuple[str, ...]:
        """Functions that ran so far and are not known."""
        return tuple(self.visitor.unread)

    def apply(self, pc: int, block: Block, does: object, state: State) -> Iterable[State]:
        """The paths after an event; `pc` and `block` say where it stands."""
        effect = self._of.get(type(does))
        if effect is not None:
            return effect(does, state)
        if isinstance(does, Access):
            return self._access(pc, does, state)
        if isinstance(does, _CONTEXTS):
            return self._context(block, does, state) if self.host.vimage else (state,)
        return (state,)

    def not_read(self, why: str, at: str, vnet: int) -> None:
        """From here on nobody knows what the function did."""
        self.visitor.unread[self.function] = None
        self._unknown(f"{self.function}(): {why}", at, vnet)

    def _tell(self, what: str, text: str, at: str, state: State) -> None:
        self.record.event(Event(what, text, at, state.curvnet))

    def _unknown(self, text: str, at: str, vnet: int) -> None:
        self.record.event(Event("unknown", text, at, vnet))

    def _access(self, pc: int, node: Access, state: State) -> Iterable[State]:
        variable = self.knowledge.variables.get(node.variable)
        per_vnet = self.host.vimage and variable is not None and variable.per_vnet and not node.plain
        shown = f"V_{node.variable}" if per_vnet else node.variable
        self._tell("access", f"{node.how} {shown}", node.at, state)
        reached = SHARED
        if per_vnet:
            state, reached = contexts.reach(self, node, state)
            if variable is not None and variable.container:
                state, reached = reached_member(self, node, variable, reached, state)
        self._pair(pc, node)
        if node.how != "read":
            state = state.forgetting(frozenset((node.variable, f"V_{node.variable}")), self.chart.touched)
        another = node.plain and variable is not None and variable.per_vnet and self.host.vimage
        return (state if pc in self._exempt or another else lives.use(self, node, reached, state),)

    def _pair(self, pc: int, node: Access) -> None:
        """An access and the one before, unless a call has the value of either."""
        before = self.chart.steps[pc - 1].does if pc else None
        after = self.chart.steps[pc + 1].does if pc + 1 < len(self.chart.steps) else None
        if isinstance(before, Access) and not (isinstance(after, Call | Init) and after.at == node.at):
            registrations.keep_address(self, (before, node))

    def _context(self, block: Block, node: Set | Restore, state: State) -> Iterable[State]:
        before = state.curvnet
        if isinstance(node, Restore):
            state = contexts.leave(self, node, block, state)
            self._tell("restore", "CURVNET_RESTORE()", node.at, state)
        else:
            state = contexts.enter(self, node, block, state)
            self._tell("set", f"CURVNET_SET({node.expression})", node.at, state)
        same = state.curvnet == before != UNKNOWN
        return (state if same else state.in_another_stack(self.chart.touched),)

    def _base(self, node: Base, state: State) -> Iterable[State]:
        return (set_base(self, node, state),) if self.host.vimage else (state,)

    def _run_module(self, function: str, value: Value, vnet: int, world: World, role: Role, at: str) -> Iterable[World]:
        """Run a constructor or destructor of a module that registers or is taken back here."""
        if function not in self.knowledge.functions:
            self._unknown(f"{function}() is not known", at, vnet)
            return (world,)
        given = dict(zip(self.knowledge.parameters(function), (value,), strict=False))
        record, ways = self.visitor.visit(function, given, vnet, world, role)
        self.record.step(at, f"{self.function}() has {function}() run for vnet {vnet}", record)
        return [way.world for way in ways]

    def _assign(self, node: Assign, state: State) -> Iterable[State]:
        value = value_of(node.value, state, self.host, self.knowledge)
        target = stripped(node.target)
        state = state.forgetting(frozenset((base(target) or target, target)), self.chart.touched)
        if not is_name(target) or target not in self.relevance.last or _says_nothing(value):
            return (state,)
        return (state.knowing(target, value),)

    def _init(self, node: Init, state: State) -> Iterable[State]:
        self._tell("init", f"{node.kind} {node.holder}", node.at, state)
        state = self._reaching(node, state)
        name = self.knowledge.holder(node.holder)
        whole = self.knowledge.owner(name)
        state = state.forgetting(frozenset((whole, f"V_{whole}")), self.chart.touched) if name else state
        return lives.set_up(self, node, state)

    def _destroy(self, node: Destroy, state: State) -> Iterable[State]:
        self._tell("destroy", f"{node.kind} {node.holder}", node.at, state)
        return [lives.tear_down(self, node, after) for after in self._taken_back(node, self._reaching(node, state))]

    def _taken_back(self, node: Destroy | Unregister, state: State) -> Iterable[State]:
        """Handlers go; a cloner's interfaces are destroyed on the way, if there are any."""
        after = registrations.unregister(self, node, state)
        cloners = [h for h in state.world.handlers if h.kind == "cloner" and h not in after.world.handlers]
        if not cloners or cloners[-1].function not in self.knowledge.functions:
            return (after,)
        destroy = cloners[-1].function
        given = {p: Value(p, state.curvnet) for p in self.knowledge.parameters(destroy)}
        record, ways = self.visitor.visit(destroy, given, state.curvnet, after.world, Role.HANDLER)
        self.record.step(node.at, f"{self.function}() destroys interfaces by {destroy}()", record)
        return (after, *(after.in_world(way.world) for way in ways))

    def _reaching(self, node: Init | Destroy | Register | Unregister, state: State) -> State:
        """A holder that is per-vnet needs curvnet, whether or not an access says so."""
        variable = self.knowledge.variables.get(self.knowledge.owner(self.knowledge.holder(node.holder)))
        if variable is None or not variable.per_vnet or not self.host.vimage or "VNET_VNET" in node.holder:
            return state
        if variable.container:
            return state
        return contexts.reach(self, Access(variable.name, "address", node.at), state)[0]

    def _register(self, node: Register, state: State) -> Iterable[State]:
        self._tell("register", f"{node.kind} {node.function} {node.holder}".rstrip(), node.at, state)
        return (registrations.register(self, node, self._reaching(node, state)),)

    def _unregister(self, node: Unregister, state: State) -> Iterable[State]:
        self._tell("unregister", f"{node.kind} {node.function or node.holder}", node.at, state)
        return self._taken_back(node, self._reaching(node, state))

    def _unread(self, node: Unread, state: State) -> Iterable[State]:
        self.not_read(node.why, node.at, state.curvnet)
        return (state,)

    def _call(self, node: Call, state: State) -> Iterable[State]:
        if self.host.vimage:
            registrations.strange(self, node, state)
        changed = handed_out(node.arguments)
        if node.name in self.knowledge.functions:
            return self._own(node, state, changed)
        return self._outside(node, state, changed)

    def _own(self, node: Call, state: State, changed: frozenset[str]) -> Iterable[State]:
        parameters = self.knowledge.parameters(node.name)
        given = {
            p: value_of(a, state, self.host, self.knowledge) for p, a in zip(parameters, node.arguments, strict=False)
        }
        record, ways = self.visitor.visit(node.name, given, state.curvnet, state.world, self.role)
        self.record.step(node.at, f"{self.function}() calls {node.name}()", record)
        self._tell("call", f"{node.name}()", node.at, state)
        state = state.forgetting(changed | self.knowledge.changes(node.name), self.chart.touched)
        return [self._result(node, way.value, state._replace(curvnet=way.curvnet, world=way.world)) for way in ways]

    def _outside(self, node: Call, state: State, changed: frozenset[str]) -> Iterable[State]:
        external = self.knowledge.external(node.name)
        if not external.known:
            self._unknown(f"{node.name}() is not known", node.at, state.curvnet)
        if external.needs_vnet and self.host.vimage:
            state = contexts.need(self, node.name, node.at, state)
        state = state.forgetting(changed, self.chart.touched)
        value = Value("", UNKNOWN, {"zero": "0", "value": "!0"}.get(external.returns, ""))
        if not external.does:
            return (self._result(node, value, state),)
        record, ways = self.visitor.visit(node.name, {}, state.curvnet, state.world, self.role)
        self.record.step(node.at, f"{self.function}() calls {node.name}()", record)
        return [self._result(node, value, state._replace(curvnet=way.curvnet, world=way.world)) for way in ways]

    def _result(self, node: Call, value: Value, state: State) -> State:
        """The path after a call, which knows what the call returned."""
        key = stripped(node.result) or node.name + "("
        state = state.forgetting(frozenset((key, base(key) or key)), self.chart.touched)
        if key not in self.relevance.last:
            return state
        if self.role is Role.CONSTRUCTOR and not value.text:
            value = Value(f"{node.name}()", value.vnet, value.constant)
        return state if _says_nothing(value) else state.knowing(key, value)


def _says_nothing(value: Value) -> bool:
    return not value.text and not value.constant and value.vnet == UNKNOWN
