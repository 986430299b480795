"""Whether a native trace of a call is one of the ways that the Python runtime found through it.

Order is compared from statement to statement: inside one, C leaves it open in which order its parts are evaluated.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..chart import Instruction
from ..model import Access, Call, Destroy, Return, Unregister
from ..record import Record, Step
from .marks import Mark, Marks
from .watch import Watcher, Ways


class Stand(NamedTuple):
    """Where a walk stands.

    Arguments:
        pc: the next instruction.
        done: marks of the trace that are behind it.
        statement: of the last mark.
        seen: marks of that statement that the trace had.
        owed: marks of that statement that the instructions had, and the trace has not had yet.
    """

    pc: int
    done: int
    statement: str = ""
    seen: frozenset[Mark] = frozenset()
    owed: frozenset[Mark] = frozenset()


class Walk:
    """Walks one trace.

    Arguments:
        watcher: that has the ways.
        marks: makes marks of instructions.
        trace: of the call, as marks.
    """

    def __init__(self, watcher: Watcher, marks: Marks, trace: Sequence[Mark]) -> None:
        self._watcher = watcher
        self._marks = marks
        self._trace = trace
        self._known: dict[tuple[int, int], frozenset[int]] = {}
        self._skips: dict[int, frozenset[int]] = {}
        self.furthest = 0
        """Marks of the trace that some way has behind it."""
        self.expected: dict[Mark, None] = {}
        """What the ways that came so far go on with; nothing where they end."""

    def whole(self, record: Record) -> bool:
        """Whether some way through a visit tells just this trace."""
        return len(self._trace) in self._ends(record, 0)

    def _ends(self, record: Record, start: int) -> frozenset[int]:
        """How many marks may be behind a visit that begins when `start` are."""
        ways = self._watcher.ways.get(id(record))
        if ways is None or (ways.declared and ways.declared.unread):
            return frozenset(range(start, len(self._trace) + 1))
        key = (id(record), start)
        found = self._known.get(key)
        if found is None:
            self._known[key] = frozenset()
            found = self._known[key] = frozenset(self._walked(ways, record, start))
        return found

    def _walked(self, ways: Ways, record: Record, start: int) -> Iterator[int]:
        first = Stand(0, start)
        been, todo = {first}, [first]
        while todo:
            stand = todo.pop()
            if stand.done > self.furthest:
                self.furthest = stand.done
                self.expected.clear()
            if self._leaves(ways, stand):
                yield stand.done
            for after in self._moves(ways, record, stand):
                if after not in been:
                    been.add(after)
                    todo.append(after)

    def _leaves(self, ways: Ways, stand: Stand) -> bool:
        steps = ways.chart.steps
        return not stand.owed and (stand.pc >= len(steps) or isinstance(steps[stand.pc].does, Return))

    def _moves(self, ways: Ways, record: Record, stand: Stand) -> Iterator[Stand]:
        steps = ways.chart.steps
        step = steps[stand.pc] if stand.pc < len(steps) else None
        at = getattr(step.does, "at", "") if step else ""
        here = self._marks.at(at) if at else ""
        yield from self._told(stand, here)
        if step is None:
            return
        mark = None if stand.pc in self._may_skip(ways) else self._marks.of_instruction(step.does)
        for after in self._performed(record, step, stand if mark is None else self._owing(stand, mark)):
            for target in ways.taken.get(stand.pc, ()):
                yield after._replace(pc=target)

    def _may_skip(self, ways: Ways) -> frozenset[int]:
        """Instructions whose marks a trace may lack."""
        found = self._skips.get(id(ways.chart))
        if found is None:
            found = self._skips[id(ways.chart)] = frozenset(_in_macros(ways.chart.steps))
        return found

    def _told(self, stand: Stand, here: str) -> Iterator[Stand]:
        """The next mark of the trace, if it belongs to the statement that the walk is in, or comes to."""
        if stand.done == len(self._trace):
            return
        mark = self._trace[stand.done]
        if mark.statement == stand.statement:
            seen, owed = stand.seen | {mark}, stand.owed - {mark}
            yield stand._replace(done=stand.done + 1, seen=seen, owed=owed)
        elif mark.statement == here and not stand.owed:
            yield stand._replace(done=stand.done + 1, statement=here, seen=frozenset({mark}))

    def _owing(self, stand: Stand, mark: Mark) -> Stand | None:
        """The walk behind an instruction whose mark the trace has, or must have before the next statement."""
        if stand.done == self.furthest:
            self.expected[mark] = None
        if mark.statement == stand.statement:
            return stand if mark in stand.seen else stand._replace(owed=stand.owed | {mark})
        if stand.owed:
            return None
        return stand._replace(statement=mark.statement, seen=frozenset(), owed=frozenset({mark}))

    def _performed(self, record: Record, step: Instruction, stand: Stand | None) -> Iterator[Stand]:
        """The walk behind what an instruction calls, if it calls a function of the module."""
        if stand is None:
            return
        called = [line.record for line in record.lines if isinstance(line, Step) and _of(line, step)]
        if isinstance(step.does, Call) and called:
            yield from self._called(called, self._marks.at(step.does.at), stand)
            return
        yield stand
        ends = {stand.done}
        while called and (more := {e for end in ends for inner in called for e in self._ends(inner, end)} - ends):
            ends |= more
            yield from (stand._replace(done=end) for end in more)

    def _called(self, called: Sequence[Record], statement: str, stand: Stand) -> Iterator[Stand]:
        """The walk behind a call, which is in its statement again if the function told anything."""
        for end in {end for inner in called for end in self._ends(inner, stand.done)}:
            if end == stand.done or stand.statement == statement:
                yield stand._replace(done=end)
            elif not stand.owed:
                yield stand._replace(done=end, statement=statement, seen=frozenset())


def _in_macros(steps: Sequence[Instruction]) -> Iterator[int]:
    """Accesses in the arguments of the kernel's macros, which need not evaluate what they are given."""
    for pc, step in enumerate(steps):
        if isinstance(step.does, Call) and step.does.name.isupper():
            before = pc - 1
            while before >= 0 and isinstance(does := steps[before].does, Access) and does.at == step.does.at:
                yield before
                before -= 1


def _of(line: Step, step: Instruction) -> bool:
    """Whether a call in a record was made by an instruction."""
    does = step.does
    if isinstance(does, Call):
        return line.at == does.at and line.text.endswith(f" calls {does.name}()")
    return isinstance(does, Destroy | Unregister) and line.at == does.at and " destroys interfaces by " in line.text
