"""One visit of a function: its paths from the first instruction to every way out."""

from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from typing import Any

from . import contexts, lives
from .chart import Block, Decide, Each, Instruction, Jump, Pick, leaves
from .conditions import Judge
from .effects import Effects, Visitor
from .expressions import NONZERO, constant, fact_key, names, same, truth, variable
from .host import Event, Value
from .knowledge import Role
from .model import Call, Return
from .paths import Exit, State
from .record import Record
from .values import returned, value_of
from .worlds import SHARED, UNKNOWN, World, alike

Moves = Iterable[tuple[int, State]]


class Visit:
    """Executes a function once, for one curvnet, set of arguments and world."""

    def __init__(
        self, visitor: Visitor, function: str, arguments: dict[str, Value], curvnet: int, world: World, role: Role
    ) -> None:
        self.visitor = visitor
        self.function = function
        self.curvnet = curvnet
        self.world = world
        self.effects = Effects(visitor, function, role)
        self.host = visitor.host
        self.knowledge = visitor.knowledge
        self.chart = self.effects.chart
        self.record = self.effects.record
        self.judge = Judge(self.knowledge, self.host, function, self.chart)
        self.declared = self.knowledge.function(function)
        self.constructs = role is Role.CONSTRUCTOR and self.knowledge.role(function) is Role.CONSTRUCTOR
        self.named = function in self.knowledge.brought_up
        self._reads: dict[type, Callable[[int, Instruction, Any, State], Moves]] = {
            Decide: self._decide,
            Pick: self._pick,
            Each: self._each,
            Return: self._return,
        }
        self._waiting: dict[int, dict[State, None]] = {}
        self._order: list[int] = []
        self._been: dict[int, set[State]] = {}
        self._endless: list[State] = []
        state = State(curvnet, (), (), world)
        for name, value in arguments.items():
            state = state.knowing(name, value)
        self._put(0, state)

    def run(self) -> Record:
        """Follow every path to its end."""
        if self.declared and self.declared.unread:
            self.effects.not_read(self.declared.unread, self.declared.at, self.curvnet)
        while self._order:
            pc = heappop(self._order)
            for state in self._met(pc, list(self._waiting.pop(pc))):
                self._advance(pc, state)
        self.record.exits = dict.fromkeys(self._ways_out())
        if not self.record.exits:
            self._never_returns()
        contexts.settle(self.record)
        return self.record

    def _ways_out(self) -> Iterable[Exit]:
        groups: dict[Exit, list[World]] = {}
        for way in self.record.exits:
            groups.setdefault(way._replace(world=self.world), []).append(way.world)
        return (way._replace(world=w) for way, worlds in groups.items() for w in alike(worlds, self.world))

    def _never_returns(self) -> None:
        for state in self._endless:
            self.record.exits[Exit("zero", self.curvnet, state.world)] = None

    def _advance(self, pc: int, state: State) -> None:
        if pc >= len(self.chart.steps):
            self._leave(state, Return("", ""), ())
            return
        step = self.chart.steps[pc]
        if step.join and not self._first_time(pc, step, state):
            return
        for target, after in self._do(pc, step, state):
            self._go(pc, step, target, after)

    def _met(self, pc: int, states: list[State]) -> Iterable[State]:
        """Paths that meet here, equal ones once; those that differ in handlers only go on as one."""
        if pc >= len(self.chart.steps) or not self.chart.steps[pc].join:
            return states
        if len(states) == 1 and len(self._been.get(pc, ())) < self.visitor.bounds.states // 4:
            return states
        groups: dict[State, list[World]] = {}
        for state in self._forgetting(pc, states):
            groups.setdefault(state.in_world(self.world), []).append(state.world)
        return [rest.in_world(w) for rest, worlds in groups.items() for w in alike(worlds, self.world)]

    def _forgetting(self, pc: int, states: list[State]) -> list[State]:
        """Paths that have become too many forget what they know, and are fewer."""
        if len(dict.fromkeys(states)) + len(self._been.get(pc, ())) <= self.visitor.bounds.states // 4:
            return states
        if not self.record.vague:
            text = f"{self.function}() has too many paths from here on; what they know of locals is forgotten"
            self.record.event(Event("bound", text, getattr(self.chart.steps[pc].does, "at", ""), self.curvnet))
            self.record.vague = self.record.cut = True
        return [s.with_facts(tuple(f for f in s.facts if f.key.startswith("@"))) for s in states]

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
        steps = self.chart.steps
        if state.facts:
            if target <= pc:
                state = state.with_facts(tuple(f for f in state.facts if not target <= f.since <= pc))
            if target < len(steps) and (step.other >= 0 or steps[target].join):
                state = self._pruned(target, state)
        if state.sets and target < len(steps):
            block = steps[target].block
            at = step.does.at if isinstance(step.does, Jump) else ""
            state = contexts.move(self.effects, state, step.block, block, at)
        self._put(target, state)

    def _put(self, pc: int, state: State) -> None:
        waiting = self._waiting.get(pc)
        if waiting is None:
            waiting = self._waiting[pc] = {}
            heappush(self._order, pc)
        waiting[state] = None

    def _pruned(self, pc: int, state: State) -> State:
        """Without what nothing asks for any more, so that paths become equal."""
        asks = self.effects.liveness.asks
        kept = tuple(f for f in state.facts if asks(pc, f) or self._in_each(f.key, pc))
        return state if len(kept) == len(state.facts) else state.with_facts(kept)

    def _in_each(self, key: str, pc: int) -> bool:
        """Whether a key is the progress of a VNET_FOREACH that the instruction belongs to."""
        return key.startswith("@") and int(key[1:]) <= pc < self.chart.steps[int(key[1:])].other

    def _do(self, pc: int, step: Instruction, state: State) -> Moves:
        does = step.does
        read = self._reads.get(type(does))
        if read is not None:
            return read(pc, step, does, state)
        return [(step.next, after) for after in self.effects.apply(pc, step.block, does, state)]

    def _return(self, pc: int, step: Instruction, does: Return, state: State) -> Moves:
        self._leave(state, does, step.block)
        return ()

    def _decide(self, pc: int, step: Instruction, does: Decide, state: State) -> Moves:
        if does.condition is None:
            return ((step.next, state), (step.other, state))
        known = self.judge.holds(does.condition, state)
        if known is not None:
            if does.loop and known and does.condition.op == "constant":
                self._endless.append(state)
            return ((step.next if known else step.other, self._noticing(does, known, state)),)
        if does.loop:
            return ((step.next, state), (step.other, self._not_run(pc, step, state)))
        paths = [(holds, self._assumed(pc, does, holds, state)) for holds in (True, False)]
        if step.end > pc and self._hangs_on_state(pc, does):
            paths = [(holds, self._unsure(pc, does, holds, self._doubting(pc, holds, p))) for holds, p in paths]
        return [(step.next if holds else step.other, after) for holds, after in paths]

    def _hangs_on_state(self, pc: int, does: Decide) -> bool:
        known = self.knowledge.hanging.get((self.function, pc))
        if known is None:
            known = self.knowledge.hanging[self.function, pc] = self.judge.hangs_on_state(does.condition)
        return known

    def _depending(self, pc: int, holds: bool) -> frozenset[str]:
        """Resources that are set up or torn down only if a branch goes the other way than it does."""
        known = self.knowledge.depending.get((self.function, pc, holds))
        if known is None:
            found = frozenset(self._handled(self.chart.depends(pc, holds)))
            known = self.knowledge.depending[self.function, pc, holds] = found
        return known

    def _not_run(self, pc: int, step: Instruction, state: State) -> State:
        """A loop that sets up several and has not run: there are none, so a use of one is not reached in truth."""
        handled = self._handled(self.chart.steps[pc + 1 : step.other])
        return lives.perhaps(self.effects, (n for n in handled if self.knowledge.resources[n].many), state)

    def _doubting(self, pc: int, holds: bool, state: State) -> State:
        """What the other way would set up or tear down is in doubt: whether it did hangs on state nobody follows."""
        return lives.doubt(self.effects, self._depending(pc, holds), state)

    def _unsure(self, pc: int, does: Decide, holds: bool, state: State) -> State:
        """What this way sets up or tears down may well be there, if the test is a flag that tells so."""
        asked = {variable(n) for n in names(does.condition.text)} if does.condition else set()
        asked |= {self.knowledge.holder(leaf.subject) for leaf in leaves(does.condition)} if does.condition else set()
        return lives.hope(self.effects, self._depending(pc, not holds) - asked, state)

    def _handled(self, steps: Iterable[Instruction]) -> set[str]:
        """Resources that instructions set up or tear down, themselves or by what they call."""
        steps = list(steps)
        handled = set(self.knowledge.handled_by(steps))
        for step in steps:
            if isinstance(step.does, Call) and step.does.name in self.knowledge.functions:
                handled |= self.knowledge.handled(step.does.name)
        return handled

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
        if not self.constructs:
            return state
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
        if len(values) != 1 or not constant(values[0]) or self.effects.relevance.last.get(key, -1) <= pc:
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
        result = self._judged(node.value, known)
        result = self._constructed(result, state, node, block)
        state = contexts.finish(self.effects, state, node.at)
        vnet = known.vnet if known.text or known.vnet >= 0 else UNKNOWN
        text = known.text if "&" in known.text else ""
        value = Value(text, vnet, known.constant if self.named else _unnamed(known.constant))
        self.record.exits[Exit(result, state.curvnet, state.world, value)] = None

    def _judged(self, value: str, known: Value) -> str:
        if self.declared is None or not self.declared.unread:
            return returned(value, known, self.declared.returns if self.declared else "")
        return "zero" if self.declared.returns == "void" else "value"

    def _constructed(self, result: str, state: State, node: Return, block: Block) -> str:
        """What a constructor's failure is worth: nobody hears of it."""
        early = not node.value and bool(state.failed) and bool(block)
        if not self.constructs:
            return result
        if result != "error" and not early:
            self.record.well(node.at)
            return result
        lives.constructor_fails(self.effects, node.at, state.failed)
        return "error"


def _unnamed(constant: str) -> str:
    """Which error it is matters only to those who load a module."""
    return NONZERO if truth(constant) else constant
