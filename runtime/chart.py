"""A function's body as a flow chart: instructions with successors, so that paths can meet and be one again."""

from collections.abc import Iterator

import msgspec

from .expressions import is_name, names
from .model import (
    Access,
    Assign,
    Base,
    Branch,
    Break,
    Call,
    Condition,
    Continue,
    Destroy,
    Enroll,
    Foreach,
    Function,
    Goto,
    Init,
    Label,
    Loop,
    Node,
    Register,
    Restore,
    Return,
    Scope,
    Set,
    Switch,
    Unread,
    Unregister,
)

Block = tuple[int, ...]
Plain = (
    Set
    | Restore
    | Access
    | Assign
    | Call
    | Init
    | Destroy
    | Register
    | Unregister
    | Base
    | Enroll
    | Return
    | Unread
    | Label
)


class Decide(msgspec.Struct, frozen=True):
    """A condition: the path goes on at `next` when it holds, else at `other`; none is a condition nobody knows."""

    condition: Condition | None
    at: str
    loop: bool = False


class Pick(msgspec.Struct, frozen=True):
    """A switch: values with the instruction of their arm; what fits none goes to `next`."""

    subject: str
    at: str
    arms: tuple[tuple[tuple[str, ...], int], ...]


class Each(msgspec.Struct, frozen=True):
    """The head of VNET_FOREACH: the next stack and `next`, or, after the last one, `other`."""

    iterator: str
    at: str


class Jump(msgspec.Struct, frozen=True):
    """Goes on at `next`; `at` is empty when no statement of the source says so."""

    at: str = ""


Operation = Plain | Decide | Pick | Each | Jump


_FORKS = (Decide, Each)


class Instruction:
    """One step of a chart."""

    __slots__ = ("block", "does", "end", "join", "next", "other")

    def __init__(self, does: Operation, block: Block) -> None:
        self.does = does
        self.block = block
        self.next = -1
        self.other = -1
        self.end = -1
        self.join = False


class Chart:
    """The instructions of one function.

    Arguments:
        steps: in the order of the source; one after the last is the function's end.
        ways: where each of them may lead.
        loops: blocks that are the bodies of loops.
        touched: the names that a condition's key hangs on.
        missing: labels that a goto names and nobody defines.
        locals: names that are given a value, or whose address is handed on, so that they are the function's own.
    """

    def __init__(self, body: tuple[Node, ...]) -> None:
        self.steps: list[Instruction] = []
        self.loops: set[Block] = set()
        self.missing: list[str] = []
        _Drawing(self).draw(body)
        self.ways = [successors(step) for step in self.steps]
        self._mark_joins()
        self.touched = {"?" + c.text: frozenset(names(c.text)) for c in self._leaves()}
        self.locals = frozenset(self._locals())

    def _mark_joins(self) -> None:
        entered = [1] + [0] * len(self.steps)
        for targets in self.ways:
            for target in targets:
                entered[target] += 1
        for step, number in zip(self.steps, entered, strict=False):
            step.join = number > 1

    def depends(self, pc: int, holds: bool) -> list[Instruction]:
        """What runs only if a branch goes the other way than it does; all that follows, if this way leaves."""
        head = self.steps[pc]
        then, otherwise = (pc + 1, head.other), (head.other, head.end)
        this, other = (then, otherwise) if holds else (otherwise, then)
        if this[0] < this[1] and _leaves(self.steps[this[1] - 1].does):
            return self.steps[other[0] :]
        return self.steps[other[0] : other[1]]

    def _locals(self) -> Iterator[str]:
        for step in self.steps:
            if isinstance(step.does, Assign):
                yield from names(step.does.target)[:1]
            elif isinstance(step.does, Base):
                yield step.does.container
            elif isinstance(step.does, Each):
                yield step.does.iterator
            elif isinstance(step.does, Call):
                yield step.does.result
                yield from (inner for a in step.does.arguments if is_name(inner := a.strip("& ")) and "&" in a)

    def _leaves(self) -> Iterator[Condition]:
        for step in self.steps:
            if isinstance(step.does, Decide) and step.does.condition:
                yield from leaves(step.does.condition)


class _Drawing:
    """Lays a body out."""

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self.blocks = 0
        self.labels: dict[str, int] = {}
        self.gotos: list[tuple[int, str]] = []
        self.breaks: list[list[int]] = []
        self.continues: list[list[int]] = []

    def draw(self, body: tuple[Node, ...]) -> None:
        """Lay out the whole body and join what jumps."""
        self._list(body, ())
        for pc, label in self.gotos:
            if label not in self.labels:
                self.chart.missing.append(label)
            self.chart.steps[pc].next = self.labels.get(label, len(self.chart.steps))

    def _add(self, does: Operation, block: Block) -> Instruction:
        step = Instruction(does, block)
        self.chart.steps.append(step)
        step.next = len(self.chart.steps)
        return step

    def _here(self) -> int:
        return len(self.chart.steps)

    def _inner(self, block: Block, loop: bool = False) -> Block:
        self.blocks += 1
        inner = (*block, self.blocks)
        if loop:
            self.chart.loops.add(inner)
        return inner

    def _list(self, nodes: tuple[Node, ...], block: Block) -> None:
        for node in nodes:
            self._node(node, block)

    def _node(self, node: Node, block: Block) -> None:
        if isinstance(node, Branch):
            self._branch(node, block)
        elif isinstance(node, Loop):
            self._loop(node, block)
        elif isinstance(node, Foreach):
            self._foreach(node, block)
        elif isinstance(node, Switch):
            self._switch(node, block)
        elif isinstance(node, Scope):
            self._list(node.body, self._inner(block))
        elif isinstance(node, Goto | Break | Continue):
            self._jump(node, block)
        else:
            if isinstance(node, Label):
                self.labels[node.name] = self._here()
            self._add(node, block)

    def _branch(self, node: Branch, block: Block) -> None:
        head = self._add(Decide(node.condition, node.at), block)
        self._list(node.then, self._inner(block))
        if node.otherwise:
            skip = self._add(Jump(), block)
            head.other = self._here()
            self._list(node.otherwise, self._inner(block))
            skip.next = self._here()
        else:
            head.other = self._here()
        head.end = self._here()

    def _loop(self, node: Loop, block: Block) -> None:
        inner = self._inner(block, loop=True)
        self.breaks.append([])
        self.continues.append([])
        first = self._here()
        if node.once:
            self._list(node.body, inner)
            again = self._here()
            head = self._add(Decide(node.condition, node.at, loop=True), block)
            head.next = first
        else:
            again = first
            head = self._add(Decide(node.condition, node.at, loop=True), block)
            self._list(node.body, inner)
            self._add(Jump(), block).next = first
        head.other = self._here()
        self._land(self.continues.pop(), again)
        self._land(self.breaks.pop(), self._here())

    def _foreach(self, node: Foreach, block: Block) -> None:
        inner = self._inner(block, loop=True)
        self.breaks.append([])
        self.continues.append([])
        first = self._here()
        head = self._add(Each(node.iterator, node.at), block)
        self._list(node.body, inner)
        self._add(Jump(), block).next = first
        head.other = self._here()
        self._land(self.continues.pop(), first)
        self._land(self.breaks.pop(), self._here())

    def _switch(self, node: Switch, block: Block) -> None:
        inner = self._inner(block)
        head = self._add(Jump(), block)
        self.breaks.append([])
        arms: list[tuple[tuple[str, ...], int]] = []
        default = -1
        for arm in node.arms:
            arms.append((arm.values, self._here()))
            default = self._here() if arm.default else default
            self._list(arm.body, inner)
        head.does = Pick(node.subject, node.at, tuple(arms))
        head.next = default if default >= 0 else self._here()
        self._land(self.breaks.pop(), self._here())

    def _jump(self, node: Goto | Break | Continue, block: Block) -> None:
        pc = self._here()
        self._add(Jump(node.at), block)
        if isinstance(node, Goto):
            self.gotos.append((pc, node.name))
        elif isinstance(node, Break) and self.breaks:
            self.breaks[-1].append(pc)
        elif isinstance(node, Continue) and self.continues:
            self.continues[-1].append(pc)

    def _land(self, jumps: list[int], target: int) -> None:
        for pc in jumps:
            self.chart.steps[pc].next = target


def _leaves(does: Operation) -> bool:
    return isinstance(does, Return) or (isinstance(does, Jump) and bool(does.at))


def successors(step: Instruction) -> tuple[int, ...]:
    """Where a step may lead."""
    if isinstance(step.does, Return):
        return ()
    if isinstance(step.does, Pick):
        return (*(target for _, target in step.does.arms), step.next)
    return (step.next, step.other) if isinstance(step.does, _FORKS) else (step.next,)


def leaves(condition: Condition) -> Iterator[Condition]:
    """The conditions that no `not`, `and`, `or` holds together."""
    if condition.op in ("not", "and", "or"):
        for part in condition.parts:
            yield from leaves(part)
    else:
        yield condition


def back_edges(chart: Chart) -> list[tuple[int, int]]:
    """Steps that may lead back, with where to, in the order of the source."""
    return sorted((pc, t) for pc, targets in enumerate(chart.ways) for t in targets if t <= pc)


def chart_of(function: Function) -> Chart:
    """The chart of a function of the module."""
    return Chart(function.body)
