"""Execute functions of a module model: every path, equal ones once, in the worlds that may be the case."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from .host import Event, Host, Outcome, Value
from .knowledge import Role, knowledge_of
from .model import Module
from .paths import Exit
from .patience import go_on
from .reach import Stacks
from .record import Reading, Record
from .visit import Visit
from .worlds import SHARED, World, merge


class Bounds(msgspec.Struct, frozen=True):
    """How far to explore; whatever these cut is recorded as an event `bound`.

    Arguments:
        depth: calls within calls.
        states: different paths at one place of one visit; from a quarter of it on, they forget what they know.
        worlds: possibilities a call may leave behind for each thing it can return.
        visits: visits remembered at a time.
    """

    depth: int = 48
    states: int = 128
    worlds: int = 32
    visits: int = 20_000


class Visited(NamedTuple):
    """All that a visit depends on."""

    function: str
    curvnet: int
    arguments: tuple[tuple[str, Value], ...]
    world: World
    role: Role
    stacks: tuple[int, ...]
    enrolled: frozenset[str] | None


class Interpreter:
    """Runs the functions of one module for one kernel.

    Arguments:
        module: the module.
        host: the kernel.
        bounds: how far to follow it.
        visits: of other interpreters of this module with these bounds, in kernels built alike; they grow.  A visit says
            all that it hangs on, but for functions before it that were not read: a module with such must not share.
    """

    executes: type[Visit] = Visit

    def __init__(
        self, module: Module, host: Host, bounds: Bounds | None = None, visits: dict[Visited, Record] | None = None
    ) -> None:
        self.module = module
        self.host = host
        self.bounds = bounds or Bounds()
        self.knowledge = knowledge_of(module)
        self.unread: dict[str, None] = {}
        self._memo: dict[Visited, Record] = {} if visits is None else visits
        self._open: set[Visited] = set()

    def call(self, function: str, arguments: Mapping[str, Value], curvnet: int, worlds: tuple[World, ...]) -> Outcome:
        """Run a function that the kernel calls, in each world; faults and events go to the host.

        Arguments:
            function: of the module.
            arguments: what is known of its parameters, by name.
            curvnet: the current stack, SHARED for none.
            worlds: what may be the case.
        """
        if len(self._memo) > self.bounds.visits:
            self._memo.clear()
        role = self.knowledge.role(function)
        visits = [self.visit(function, arguments, curvnet, world, role) for world in worlds]
        reading = Reading(record for record, _ in visits)
        for event in reading.events:
            self.host.record(event)
        for fault in reading.verdict():
            self.host.fault(fault)
        return self._outcome(function, visits)

    def _outcome(self, function: str, visits: list[tuple[Record, Iterable[Exit]]]) -> Outcome:
        found: dict[str, list[World]] = {}
        for _, ways in visits:
            for way in ways:
                found.setdefault(way.result, []).append(way.world)
        merged = {result: settled(worlds) for result, worlds in found.items()}
        cut = any(record.cut for record, _ in visits)
        for result, worlds in merged.items():
            if len(worlds) > self.bounds.worlds:
                cut = True
                merged[result] = worlds[: self.bounds.worlds]
                text = f"{function}() leaves {len(worlds)} possibilities; {self.bounds.worlds} are followed"
                self.host.record(Event("bound", text))
        errors = {way.value.constant for record, _ in visits for way in record.exits if way.result == "error"}
        return Outcome(merged, cut, tuple(sorted(errors - {"!0"})))

    def visit(
        self,
        function: str,
        arguments: Mapping[str, Value],
        curvnet: int,
        world: World,
        role: Role,
    ) -> tuple[Record, Iterable[Exit]]:
        """Run a function in one world, or look up what the same visit left behind; its ways out are of that world.

        What the function cannot see or change does not make it another visit.
        """
        names, handlers = self.knowledge.reach(function)
        stacks = self.knowledge.stacks(function)
        scopes = frozenset((curvnet, SHARED, *self._default())) if stacks.own else None
        part = world.within(names, handlers, scopes)
        record = self._visit(function, arguments, curvnet, part, role, self._listed(stacks))
        if part is world:
            return record, record.exits
        return record, [way._replace(world=world.around(way.world, part, handlers)) for way in record.exits]

    def _listed(self, stacks: Stacks) -> tuple[int, ...]:
        """The stacks that there are, as far as a function can tell."""
        return self._default() if stacks.unlisted else self.host.stacks()

    def _enrolled(self) -> frozenset[str] | None:
        """Modules of containers that have registered; what has nothing to do with containers cannot tell."""
        return self.host.enrolled() if self.knowledge.vnet_modules else None

    def _default(self) -> tuple[int, ...]:
        """The default stack, if there is one yet: what was set up there only is told of in the others."""
        return tuple(v for v in self.host.stacks() if self.host.is_default(v))

    def _visit(
        self,
        function: str,
        arguments: Mapping[str, Value],
        curvnet: int,
        world: World,
        role: Role,
        stacks: tuple[int, ...],
    ) -> Record:
        asked = self.knowledge.relevance(function).last
        known = tuple((n, v) for n, v in arguments.items() if n in asked and not _says_nothing(v))
        key = Visited(function, curvnet, known, world, role, stacks, self._enrolled())
        record = self._memo.get(key)
        if record is not None:
            return record
        if key in self._open or len(self._open) >= self.bounds.depth:
            return self._bounded(function, curvnet, world, key in self._open)
        go_on()
        self._open.add(key)
        try:
            record = self.executes(self, function, dict(known), curvnet, world, role).run()
        finally:
            self._open.discard(key)
        self._memo[key] = record
        return record

    def _bounded(self, function: str, curvnet: int, world: World, again: bool) -> Record:
        record = Record()
        why = "calls itself" if again else f"is called {self.bounds.depth} calls deep"
        record.event(Event("bound", f"{function}() {why} and is not followed there", vnet=curvnet))
        record.cut = True
        record.exits[Exit("value", curvnet, world, Value(vnet=-2))] = None
        return record


def settled(worlds: list[World]) -> tuple[World, ...]:
    """The worlds, once each; what is in doubt in one is so in all, or doubt would look like a fault later."""
    doubtful = {key: life for w in worlds for key, life in w.lives.items() if life.status == "unknown"}
    if not doubtful:
        return merge(worlds)
    return merge(World({**w.lives, **doubtful}, w.handlers) for w in worlds)


def _says_nothing(value: Value) -> bool:
    return not value.constant and value.vnet < 0 and "&" not in value.text
