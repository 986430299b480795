"""What a path must remember: only what can still decide whether, and in which stack, something is done.

Two paths that differ in nothing else are one.  A test whose ways do the same, as far as lives, handlers and contexts
go, is not worth remembering, nor is a value that only such tests ask for.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .chart import Chart, Decide, Instruction, Jump, Operation, Pick, back_edges, leaves
from .expressions import addressed, elsewhere, enclosing, fact_key, names
from .model import (
    Access,
    Assign,
    Base,
    Call,
    Destroy,
    Enroll,
    External,
    Init,
    Register,
    Restore,
    Return,
    Set,
    Unregister,
    Variable,
)


class Relevance(NamedTuple):
    """Of one function.

    Arguments:
        last: the last instruction at which a name, or a condition's text, can still be asked for.
        weighty: the tests whose ways differ in what they do.
    """

    last: Mapping[str, int]
    weighty: frozenset[int]


class Known(NamedTuple):
    """What the analysis asks about a module."""

    charts: Mapping[str, Chart]
    parameters: Mapping[str, tuple[str, ...]]
    variables: Mapping[str, Variable]
    followed: frozenset[str]
    holders: Mapping[str, str]
    externals: Mapping[str, External]
    judged: frozenset[str]


_OPEN = (Decide, Assign)
"""Instructions that ask for something only if it turns out to matter."""
_TELLING = (Return, Jump, Assign, Call)
_VALUED = (Return, Assign)
_HELD = (Init, Destroy)
_HANDLED = (Register, Unregister)
_ACTS = (Set, Restore, Enroll)
_ARMED = ("callout", "task", "epoch", "kthread", "netgraph")
"""Kinds whose registration is no reason to remember a path: whatever way is taken, they may be called."""


def relevances(known: Known) -> dict[str, Relevance]:
    """The relevance of every function, callees first."""
    acting = _acting(known)
    known = known._replace(judged=known.judged | _used(known.charts))
    found: dict[str, Relevance] = {}
    for name in _callees_first(known.charts):
        found[name] = _Analysis(known, name, acting, found).result()
    return found


def _used(charts: Mapping[str, Chart]) -> frozenset[str]:
    """Functions whose result somebody looks at."""
    found: set[str] = set()
    for step in (s for chart in charts.values() for s in chart.steps):
        if isinstance(step.does, Call) and step.does.result:
            found.add(step.does.name)
        texts = [step.does.value] if isinstance(step.does, _VALUED) else []
        if isinstance(step.does, Decide) and step.does.condition:
            texts = [leaf.text for leaf in leaves(step.does.condition)]
        for text in texts:
            found.update(n for n in names(text) if n in charts)
    return frozenset(found)


def _calls(chart: Chart) -> Iterator[str]:
    return (s.does.name for s in chart.steps if isinstance(s.does, Call))


def _callees_first(charts: Mapping[str, Chart]) -> list[str]:
    done: dict[str, None] = {}
    seen: set[str] = set()
    for root in charts:
        todo: list[tuple[str, bool]] = [(root, False)]
        while todo:
            name, left = todo.pop()
            if left:
                done[name] = None
            elif name not in seen and name in charts:
                seen.add(name)
                todo.append((name, True))
                todo.extend((callee, False) for callee in _calls(charts[name]))
    return list(done)


def _acting(known: Known) -> frozenset[str]:
    """Functions that do something to contexts, lives or handlers, or call one that does."""
    callers: dict[str, set[str]] = {}
    for name, chart in known.charts.items():
        for callee in _calls(chart):
            callers.setdefault(callee, set()).add(name)
    todo = [n for n, chart in known.charts.items() if any(_acts(known, s.does) for s in chart.steps)]
    found = set(todo)
    while todo:
        new = callers.get(todo.pop(), set()) - found
        found |= new
        todo.extend(new)
    return frozenset(found)


def _acts(known: Known, does: Operation) -> bool:
    if isinstance(does, _HELD):
        return known.holders.get(does.holder, "") in known.followed
    return isinstance(does, _ACTS) or (isinstance(does, _HANDLED) and does.kind not in _ARMED)


class _Analysis:
    """Finds what one function asks for."""

    def __init__(self, known: Known, function: str, acting: frozenset[str], callees: Mapping[str, Relevance]) -> None:
        self.known = known
        self.chart = known.charts[function]
        self.acting = acting
        self.callees = callees
        self.acts = function in acting
        self.judged = function in known.judged
        self.switches = any(isinstance(s.does, Set | Restore) for s in self.chart.steps)
        self.pointers = {a.target for s in self.chart.steps if isinstance(a := s.does, Assign) and addressed(a.value)}
        self.done = [pc for pc, s in enumerate(self.chart.steps) if self._does(s.does)]
        self.telling = [pc for pc, s in enumerate(self.chart.steps) if isinstance(s.does, _TELLING)]
        self.asked: dict[str, int] = {}
        self.weighty: set[int] = set()

    def result(self) -> Relevance:
        """Until nothing new is asked for."""
        open_: list[tuple[int, Instruction]] = []
        for pc, step in enumerate(self.chart.steps):
            if isinstance(step.does, _OPEN):
                open_.append((pc, step))
            else:
                self._ask(pc, step.does)
        while True:
            left = [(pc, step) for pc, step in open_ if not self._settled(pc, step)]
            if len(left) == len(open_):
                return Relevance(self._lasting(), frozenset(self.weighty))
            open_ = left

    def _settled(self, pc: int, step: Instruction) -> bool:
        """Whether a test differs, or what an assignment sets is asked for; then so is what it asks."""
        does = step.does
        if isinstance(does, Decide):
            if not self._differ(pc, step):
                return False
            self.weighty.add(pc)
        elif isinstance(does, Assign) and does.target not in self.asked:
            return False
        self._ask(pc, does)
        return True

    def _ask(self, pc: int, does: Operation) -> None:
        for key in self._asks(pc, does):
            self.asked[key] = max(self.asked.get(key, -1), pc)

    def _lasting(self) -> dict[str, int]:
        """In a loop, what is asked for once is asked for until its end."""
        last = dict(self.asked)
        for source, target in back_edges(self.chart):
            for key, pc in last.items():
                if target <= pc < source:
                    last[key] = source
        return last

    def _differ(self, pc: int, step: Instruction) -> bool:
        """Whether one way of a test does what the other does not, or leaves past something that is done."""
        end = step.end if step.end > pc else max(step.other, pc)
        first = min(step.next, pc) if step.next <= pc else pc + 1
        if self._done_in(first, end):
            return True
        told = self.telling[bisect_left(self.telling, first) : bisect_left(self.telling, end)]
        return any(self._tells(n, end) for n in told)

    def _tells(self, pc: int, end: int) -> bool:
        """Whether an instruction that does nothing itself makes a difference: it leaves, or sets what is asked for."""
        does = self.chart.steps[pc].does
        if isinstance(does, Return):
            return self.judged or self._done_in(end, len(self.chart.steps))
        if isinstance(does, Jump):
            target = self.chart.steps[pc].next
            return bool(does.at) and (self._done_in(end, target) if target > pc else self._done_in(target, pc))
        if isinstance(does, Assign):
            return does.target in self.asked
        return isinstance(does, Call) and does.result in self.asked

    def _done_in(self, first: int, end: int) -> bool:
        """Whether something is done by the instructions from one to another."""
        place = bisect_left(self.done, first)
        return place < len(self.done) and self.done[place] < end

    def _does(self, does: Operation) -> bool:
        if isinstance(does, Call):
            return does.name in self.acting or (self.switches and self._enters(does))
        if isinstance(does, Access):
            return self._touches(does)
        return _acts(self.known, does)

    def _enters(self, does: Call) -> bool:
        external = self.known.externals.get(does.name)
        return does.name in self.known.charts or (external is not None and external.needs_vnet)

    def _touches(self, does: Access) -> bool:
        variable = self.known.variables.get(does.variable)
        own = variable is not None and variable.per_vnet
        parts = enclosing(does.variable + does.member)
        return (self.switches and own) or (self.acts and not self.known.followed.isdisjoint(parts))

    def _asks(self, pc: int, does: Operation) -> Iterator[str]:
        if isinstance(does, Decide):
            if pc in self.weighty and does.condition:
                for leaf in leaves(does.condition):
                    yield from _keys(leaf.text, leaf.subject, leaf.value)
                    yield "?" + leaf.text
        elif isinstance(does, Call):
            yield from self._given(does)
        else:
            yield from _keys(*self._texts(does))

    def _texts(self, does: Operation) -> tuple[str, ...]:
        if isinstance(does, Assign):
            return (does.value,) if does.target in self.asked else ()
        if isinstance(does, Pick):
            return (does.subject,)
        if isinstance(does, Set | Base):
            return (does.expression,)
        if isinstance(does, Access):
            return (does.vnet,)
        if isinstance(does, Return):
            return (does.value,) if self.judged else ()
        if isinstance(does, Register):
            return (does.argument, does.holder)
        return elsewhere(does.holder)[:1] if isinstance(does, Init | Destroy | Unregister) else ()

    def _given(self, does: Call) -> Iterator[str]:
        """What a callee asks of its arguments, and locals that point into a stack's state."""
        for text in does.arguments:
            yield from (n for n in names(text) if n in self.pointers)
        if does.name in self.callees:
            wanted = self.callees[does.name].last
            for parameter, text in zip(self.known.parameters.get(does.name, ()), does.arguments, strict=False):
                if parameter in wanted:
                    yield from _keys(text)


def _keys(*texts: str) -> Iterator[str]:
    for text in texts:
        yield from names(text)
        key = fact_key(text)
        if key:
            yield key
