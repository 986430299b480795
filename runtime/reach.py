"""Which part of a world a function can see or change, with all it calls; the rest goes by it untouched."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from .chart import Chart, Decide, Each, Operation, Pick, leaves
from .expressions import handler_of, mentioned
from .model import Access, Assign, Base, Call, Destroy, Enroll, Init, Register, Return, Set, Unregister, VnetModule

_LISTING = (Each, Enroll)
_GOING = (Set, Base)


class Reach(NamedTuple):
    """Of one function: the names it knows, the variables it may change, and whether it makes or ends handlers."""

    names: frozenset[str]
    changes: frozenset[str]
    handlers: bool


class Stacks(NamedTuple):
    """Of one function, with all it calls: whether it stays in the stack it is called in, and sees no list of stacks."""

    own: bool
    unlisted: bool


class Reaches:
    """The reach of functions, found when it is asked for.

    Arguments:
        charts: of all functions.
        modules: of containers.
    """

    def __init__(self, charts: Mapping[str, Chart], modules: Iterable[VnetModule] = ()) -> None:
        self._charts = charts
        registers = (s.does for c in charts.values() for s in c.steps if isinstance(s.does, Register))
        self._cloners = {handler_of(r.function) for r in registers if r.kind == "cloner"} & charts.keys()
        self._containers = frozenset(m.container for m in modules) - {""}
        self._attached = {f for m in modules for f in (m.attach, m.detach)} & charts.keys()
        self._found: dict[str, Reach] = {}
        self._own: dict[str, Reach] = {}
        self._own_stacks: dict[str, Stacks] = {}
        self._stacks: dict[str, Stacks] = {}

    def of(self, function: str) -> Reach:
        """What a function, or one that it calls, knows."""
        found = self._found.get(function)
        if found is None:
            parts = [self._of_itself(name) for name in self._called(function)]
            names = frozenset[str]().union(*(part.names for part in parts))
            changes = frozenset[str]().union(*(part.changes for part in parts))
            found = self._found[function] = Reach(names, changes, any(part.handlers for part in parts))
        return found

    def _of_itself(self, function: str) -> Reach:
        """What a function knows without those that it calls."""
        found = self._own.get(function)
        if found is None:
            does = [step.does for step in self._charts[function].steps]
            names = frozenset(n for one in does for text in _texts(one) for n in mentioned(text))
            handlers = any(isinstance(one, Register | Unregister | Destroy | Enroll) for one in does)
            if any(isinstance(one, Enroll) for one in does):
                names |= self._containers
            changed = {one.variable for one in does if isinstance(one, Access) and one.how != "read"}
            changes = frozenset(name for v in changed for name in (v, f"V_{v}"))
            found = self._own[function] = Reach(names, changes, handlers)
        return found

    def stacks(self, function: str) -> Stacks:
        """Which stacks a function, or one that it calls, can get to; in a tree of containers nothing is said."""
        found = self._stacks.get(function)
        if found is None:
            parts = [self._stacks_itself(name) for name in self._called(function)]
            unlisted = not self._containers and all(part.unlisted for part in parts)
            own = unlisted and all(part.own for part in parts)
            found = self._stacks[function] = Stacks(own, unlisted)
        return found

    def _stacks_itself(self, function: str) -> Stacks:
        """Which stacks a function can get to without those that it calls."""
        found = self._own_stacks.get(function)
        if found is None:
            does = [step.does for step in self._charts[function].steps]
            listing = any(isinstance(one, _LISTING) for one in does)
            found = self._own_stacks[function] = Stacks(not any(map(_elsewhere, does)), not listing)
        return found

    def _called(self, function: str) -> Iterable[str]:
        """The function and all that run when it does; taking a cloner back runs what destroys its interfaces.

        A module that registers has its own functions run for every stack, and those of whoever waits for it.
        """
        todo, seen = [function], {function}
        while todo:
            steps = self._charts[todo.pop()].steps
            called = {s.does.name for s in steps if isinstance(s.does, Call)} & self._charts.keys()
            if any(isinstance(s.does, Unregister | Destroy) for s in steps):
                called |= self._cloners
            if any(isinstance(s.does, Enroll) for s in steps):
                called |= self._attached
            todo.extend(called - seen)
            seen |= called
        return seen


def _elsewhere(does: Operation) -> bool:
    """Whether an instruction names the stack that it reaches, or goes on in."""
    if isinstance(does, _GOING) or (isinstance(does, Access) and does.vnet):
        return True
    return any("VNET_VNET" in text for text in _texts(does))


def _texts(does: Operation) -> Iterator[str]:
    """The texts of an instruction that may name a variable."""
    if isinstance(does, Access):
        yield from (does.variable, does.vnet)
    elif isinstance(does, Assign):
        yield from (does.target, does.value)
    elif isinstance(does, Call):
        yield from (does.result, *does.arguments)
    elif isinstance(does, Init | Destroy):
        yield from (does.holder, *does.arguments)
    elif isinstance(does, Register):
        yield from (does.holder, does.argument)
    elif isinstance(does, Unregister):
        yield does.holder
    elif isinstance(does, Decide) and does.condition:
        yield from (t for leaf in leaves(does.condition) for t in (leaf.text, leaf.subject, leaf.value))
    elif isinstance(does, Pick):
        yield does.subject
    elif isinstance(does, Return):
        yield does.value
    elif isinstance(does, Set | Base):
        yield does.expression
