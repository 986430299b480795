"""One visit of a function: its paths from the first instruction to every way out."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from heapq import heappop, heappush
from typing import Any, Protocol

from . import contexts, lives, registrations
from .chart import Block, Decide, Each, Instruction, Jump, Pick
from .conditions import Judge, fact_key
from .expressions import base, constant, same, stripped
from .host import Event, Host, Value
from .knowledge import Knowledge, Role
from .model import Access, Assign, Call, Destroy, Init, Label, Register, Restore, Return, Set, Unread, Unregister
from .paths import Exit, State
from .record import Record
from .values import returned, value_of
from .worlds import SHARED, UNKNOWN, World

Moves = Iterable[tuple[int, State]]

_OUT = re.compile(r"^&\s*([A-Za-z_]\w*)$")


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

    def visit(self, function: str, arguments: Mapping[str, Value], curvnet: int, world: World, role: Role) -> Record:
        """Run another function."""


class Visit:
    """Executes a function once, for one curvnet, set of arguments and world."""

    def __init__(
        self, visitor: Visitor, function: str, arguments: dict[str, Value], curvnet: int, world: World, role: Role
    ) -> None:
        self.visitor = visitor
        self.function = function
        self.curvnet = curvnet
        self.role = role
        self.host = visitor.host
        self.knowledge = visitor.knowledge
        self.chart = visitor.knowledge.chart(function)
        self.loops: set[Block] = self.chart.loops
        self.record = Record()
        self.judge = Judge(self.knowledge, self.host, function, self.chart)
        self.declared = self.knowledge.function(function)
        self.exempt = self.knowledge.exempt(function)
        self._plainly: dict[Any, Callable[[Any, State], Iterable[State]]] = {
            Assign: self._assign,
            Call: self._call,
            Init: self._init,
            Destroy: self._destroy,
            Register: self._register,
            Unregister: self._unregister,
            Unread: self._unread,
        }
        self._waiting: dict[int, dict[State, None]] = {}
        self._order: list[int] = []
        self._been: dict[int, set[State]] = {}
        self._endless: list[State] = []
        state = State(curvnet, (), (), world)
        for name, value in arguments.items():
            state = state.knowing(name, value)
        self._put(0, state)

    @property
    def unread(self) -> tuple[str, ...]:
        """Functions that ran so far and are not known."""
        return tuple(self.visitor.unread)

    def run(self) -> Record:
        """Follow every path to its end."""
        if self.declared and self.declared.unread:
            self._unknown(f"{self.function}() could not be read: {self.declared.unread}", self.declared.at, SHARED)
            self.visitor.unread[self.function] = None
        while self._order:
            pc = heappop(self._order)
            for state in self._waiting.pop(pc):
                self._advance(pc, state)
        if not self.record.exits:
            self._never_returns()
        contexts.settle(self.record)
        return self.record

    def _never_returns(self) -> None:
        for state in self._endless:
            self.record.exits[Exit("zero", self.curvnet, state.world)] = None

    def _advance(self, pc: int, state: State) -> None:
        if pc >= len(self.chart.steps):
            self._leave(state, Return("", ""), ())
            return
        step = self.chart.steps[pc]
        if step.join:
            state = self._pruned(pc, state)
            if not self._first_time(pc, step, state):
                return
        for target, after in self._do(pc, step, state):
            self._go(pc, step, target, after)

    def _first_time(self, pc: int, step: Instruction, state: State) -> bool:
        been = self._been.setdefault(pc, set())
        if state in been:
            return False
        if len(been) >= self.visitor.bounds.states:
            at = getattr(step.does, "at", "")
            text = f"{self.function}() has more than {len(been)} different paths here; the rest are not followed"
            self.record.event(Event("bound", text, at, self.curvnet))
            self.record.cut = True
            return False
        been.add(state)
        return True

    def _go(self, pc: int, step: Instruction, target: int, state: State) -> None:
        block = self.chart.steps[target].block if target < len(self.chart.steps) else ()
        if target <= pc and state.facts:
            state = state._replace(facts=tuple(f for f in state.facts if not target <= f.since <= pc))
        if state.sets and target < len(self.chart.steps):
            at = step.does.at if isinstance(step.does, Jump) else ""
            state = contexts.move(self, state, step.block, block, at)
        self._put(target, state)

    def _put(self, pc: int, state: State) -> None:
        waiting = self._waiting.get(pc)
        if waiting is None:
            waiting = self._waiting[pc] = {}
            heappush(self._order, pc)
        waiting[state] = None

    def _pruned(self, pc: int, state: State) -> State:
        """Without what nothing asks for any more, so that paths become equal."""
        if not state.facts:
            return state
        last = self.chart.last
        kept = tuple(f for f in state.facts if last.get(f.key, -1) >= pc or self._in_each(f.key, pc))
        return state if len(kept) == len(state.facts) else state._replace(facts=kept)

    def _in_each(self, key: str, pc: int) -> bool:
        """Whether a key is the progress of a VNET_FOREACH that the instruction belongs to."""
        return key.startswith("@") and int(key[1:]) <= pc < self.chart.steps[int(key[1:])].other

    def _do(self, pc: int, step: Instruction, state: State) -> Moves:
        does = step.does
        if isinstance(does, Decide):
            return self._decide(pc, step, does, state)
        if isinstance(does, Pick):
            return self._pick(pc, step, does, state)
        if isinstance(does, Each):
            return self._each(pc, step, does, state)
        if isinstance(does, Return):
            self._leave(state, does, step.block)
            return ()
        plain: Callable[[Any, State], Iterable[State]] | None = self._plain(pc, step.block, does)
        return [(step.next, after) for after in plain(does, state)] if plain else ((step.next, state),)

    def _plain(self, pc: int, block: Block, does: object) -> Callable[[Any, State], Iterable[State]] | None:
        if isinstance(does, Access):
            return partial(self._access, pc)
        if isinstance(does, Set | Restore):
            return partial(self._context, block) if self.host.vimage else None
        if isinstance(does, Jump | Label):
            return None
        return self._plainly[type(does)]

    def _tell(self, what: str, text: str, at: str, state: State) -> None:
        self.record.event(Event(what, text, at, state.curvnet))

    def _unknown(self, text: str, at: str, vnet: int) -> None:
        self.record.event(Event("unknown", text, at, vnet))

    # Control flow.

    def _decide(self, pc: int, step: Instruction, does: Decide, state: State) -> Moves:
        if does.condition is None:
            return ((step.next, state), (step.other, state))
        known = self.judge.holds(does.condition, state)
        if known is not None:
            if does.loop and known and does.condition.op == "constant":
                self._endless.append(state)
            return ((step.next if known else step.other, self._noticing(does, known, state)),)
        paths = [(holds, self._assumed(pc, does, holds, state)) for holds in (True, False)]
        if step.end > pc and self.judge.hangs_on_state(does.condition):
            paths = [(holds, self._doubting(pc, holds, after)) for holds, after in paths]
        return [(step.next if holds else step.other, after) for holds, after in paths]

    def _doubting(self, pc: int, holds: bool, state: State) -> State:
        """What the other way would set up or tear down is in doubt: whether it did hangs on state nobody follows."""
        steps = self.chart.depends(pc, holds)
        handled = set(self.knowledge.handled_by(steps))
        for step in steps:
            if isinstance(step.does, Call) and step.does.name in self.knowledge.functions:
                handled |= self.knowledge.handled(step.does.name)
        return lives.doubt(self, handled, state) if handled else state

    def _assumed(self, pc: int, does: Decide, holds: bool, state: State) -> State:
        if does.condition is None or does.loop:
            return state
        return self._noticing(does, holds, self.judge.assume(does.condition, holds, state, pc))

    def _noticing(self, does: Decide, holds: bool, state: State) -> State:
        """Note a path on which the result of a call before is an error."""
        condition = does.condition
        while condition and condition.op == "not":
            condition, holds = condition.parts[0], not holds
        if condition is None or condition.op not in ("truth", "equals"):
            return state
        known = state.fact(fact_key(condition.subject))
        if condition.op == "equals":
            holds = holds != (constant(condition.value) == "0")
        if known and known.text.endswith("()") and holds and known.constant != "0":
            return state._replace(failed=does.at)
        return state

    def _pick(self, pc: int, step: Instruction, does: Pick, state: State) -> Moves:
        known = self.judge.constant_of(does.subject, state)
        maybe: list[tuple[int, State]] = []
        key = fact_key(does.subject)
        for values, target in does.arms:
            answers = [same(known, constant(v)) if known else None for v in values]
            if True in answers:
                return ((target, state),)
            if None in answers:
                maybe.append((target, self._picked(pc, key, values, state)))
        return [*maybe, (step.next, state)]

    def _picked(self, pc: int, key: str, values: tuple[str, ...], state: State) -> State:
        """The path into an arm knows the subject, if the arm has one value and anybody asks."""
        if len(values) != 1 or not constant(values[0]) or self.chart.last.get(key, -1) <= pc:
            return state
        return state.knowing(key, Value("", UNKNOWN, constant(values[0])), pc)

    def _each(self, pc: int, step: Instruction, does: Each, state: State) -> Moves:
        progress = f"@{pc}"
        before = state.fact(progress)
        state = state.forgetting(frozenset((progress, does.iterator)), self.chart.touched)
        left = self._left(before)
        if not left:
            return ((step.other, state),)
        state = state.knowing(progress, Value("", left[0]))
        return ((step.next, state.knowing(does.iterator, Value("", left[0], "!0"))),)

    def _left(self, before: Value | None) -> tuple[int, ...]:
        """Stacks that a VNET_FOREACH has before it; without VIMAGE its body runs once."""
        stacks = self.host.stacks() if self.host.vimage else (SHARED,)
        if before is None:
            return stacks
        return stacks[stacks.index(before.vnet) + 1 :] if before.vnet in stacks else ()

    def _leave(self, state: State, node: Return, block: Block) -> None:
        known = value_of(node.value, state, self.host, self.knowledge) if node.value else Value()
        result = returned(node.value, known, self.declared.returns if self.declared else "")
        result = self._constructed(result, state, node, block)
        state = contexts.finish(self, state, node.at)
        vnet = known.vnet if known.text or known.vnet >= 0 else UNKNOWN
        value = Value(known.text if "&" in known.text else "", vnet, known.constant)
        self.record.exits[Exit(result, state.curvnet, state.world, value)] = None

    def _constructed(self, result: str, state: State, node: Return, block: Block) -> str:
        """What a constructor's failure is worth: nobody hears of it."""
        early = not node.value and bool(state.failed) and bool(block)
        if self.role is not Role.CONSTRUCTOR or self.knowledge.role(self.function) is not Role.CONSTRUCTOR:
            return result
        if result != "error" and not early:
            self.record.well(node.at)
            return result
        lives.constructor_fails(self, node.at, state.failed)
        return "error"

    # Events.

    def _access(self, pc: int, node: Access, state: State) -> Iterable[State]:
        variable = self.knowledge.variables.get(node.variable)
        per_vnet = self.host.vimage and variable is not None and variable.per_vnet and not node.plain
        shown = f"V_{node.variable}" if per_vnet else node.variable
        self._tell("access", f"{node.how} {shown}", node.at, state)
        reached = SHARED
        if per_vnet:
            state, reached = contexts.reach(self, node, state)
        self._pair(pc, node)
        if node.how != "read":
            state = state.forgetting(frozenset((node.variable, f"V_{node.variable}")), self.chart.touched)
        return (state if pc in self.exempt else lives.use(self, node, reached, state),)

    def _pair(self, pc: int, node: Access) -> None:
        """An access and the one before, unless a call has the value of either."""
        before = self.chart.steps[pc - 1].does if pc else None
        after = self.chart.steps[pc + 1].does if pc + 1 < len(self.chart.steps) else None
        if isinstance(before, Access) and not (isinstance(after, Call | Init) and after.at == node.at):
            registrations.keep_address(self, (before, node))

    def _context(self, block: Block, node: Set | Restore, state: State) -> Iterable[State]:
        if isinstance(node, Restore):
            state = contexts.leave(self, node, block, state)
            self._tell("restore", "CURVNET_RESTORE()", node.at, state)
        else:
            state = contexts.enter(self, node, block, state)
            self._tell("set", f"CURVNET_SET({node.expression})", node.at, state)
        return (state,)

    def _assign(self, node: Assign, state: State) -> Iterable[State]:
        value = value_of(node.value, state, self.host, self.knowledge)
        target = stripped(node.target)
        state = state.forgetting(frozenset((base(target) or target, target)), self.chart.touched)
        if not target.isidentifier() or target not in self.chart.last or _says_nothing(value):
            return (state,)
        return (state.knowing(target, value),)

    def _init(self, node: Init, state: State) -> Iterable[State]:
        self._tell("init", f"{node.kind} {node.holder}", node.at, state)
        state = self._reaching(node, state)
        name = self.knowledge.holder(node.holder)
        state = state.forgetting(frozenset((name, f"V_{name}")), self.chart.touched) if name else state
        return lives.set_up(self, node, state)

    def _destroy(self, node: Destroy, state: State) -> Iterable[State]:
        self._tell("destroy", f"{node.kind} {node.holder}", node.at, state)
        state = registrations.unregister(self, node, self._reaching(node, state))
        return (lives.tear_down(self, node, state),)

    def _reaching(self, node: Init | Destroy | Register | Unregister, state: State) -> State:
        """A holder that is per-vnet needs curvnet, whether or not an access says so."""
        variable = self.knowledge.variables.get(self.knowledge.holder(node.holder))
        if variable is None or not variable.per_vnet or not self.host.vimage or "VNET_VNET" in node.holder:
            return state
        return contexts.reach(self, Access(variable.name, "address", node.at), state)[0]

    def _register(self, node: Register, state: State) -> Iterable[State]:
        self._tell("register", f"{node.kind} {node.function} {node.holder}".rstrip(), node.at, state)
        return (registrations.register(self, node, self._reaching(node, state)),)

    def _unregister(self, node: Unregister, state: State) -> Iterable[State]:
        self._tell("unregister", f"{node.kind} {node.function or node.holder}", node.at, state)
        return (registrations.unregister(self, node, self._reaching(node, state)),)

    def _unread(self, node: Unread, state: State) -> Iterable[State]:
        self.visitor.unread[self.function] = None
        self._unknown(f"{self.function}(): {node.why}", node.at, state.curvnet)
        return (state,)

    # Calls.

    def _call(self, node: Call, state: State) -> Iterable[State]:
        if self.host.vimage:
            registrations.strange(self, node, state)
        known = {m.group(1) for a in node.arguments if (m := _OUT.match(stripped(a)))}
        if node.name in self.knowledge.functions:
            return self._own(node, state, frozenset(known))
        return self._outside(node, state, frozenset(known))

    def _own(self, node: Call, state: State, changed: frozenset[str]) -> Iterable[State]:
        parameters = self.knowledge.parameters(node.name)
        given = {
            p: value_of(a, state, self.host, self.knowledge) for p, a in zip(parameters, node.arguments, strict=False)
        }
        record = self.visitor.visit(node.name, given, state.curvnet, state.world, self.role)
        self.record.step(node.at, f"{self.function}() calls {node.name}()", record)
        self._tell("call", f"{node.name}()", node.at, state)
        state = state.forgetting(changed, self.chart.touched)
        return [
            self._result(node, way.value, state._replace(curvnet=way.curvnet, world=way.world)) for way in record.exits
        ]

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
        record = self.visitor.visit(node.name, {}, state.curvnet, state.world, self.role)
        self.record.step(node.at, f"{self.function}() calls {node.name}()", record)
        return [self._result(node, value, state._replace(curvnet=way.curvnet, world=way.world)) for way in record.exits]

    def _result(self, node: Call, value: Value, state: State) -> State:
        """The path after a call, which knows what the call returned."""
        key = stripped(node.result) or node.name + "("
        if node.result:
            state = state.forgetting(frozenset((key, base(key) or key)), self.chart.touched)
        if key not in self.chart.last:
            return state
        return state.knowing(key, Value(value.text or f"{node.name}()", value.vnet, value.constant))


def _says_nothing(value: Value) -> bool:
    return not value.text and not value.constant and value.vnet == UNKNOWN
