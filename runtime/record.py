"""What one visit of a function left behind, kept so that the same visit need not be made again."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from .faults import Fault, Kind
from .host import Event
from .paths import Exit

Mark = tuple[bool, str, str]
"""A place and the variable looked at there, for its context or its life, so that passing it well is not forgotten."""

_OF_CONTEXT = (Kind.NO_CONTEXT, Kind.NO_SET)


class Step(NamedTuple):
    """A call of another function of the module: where, what, and its record."""

    at: str
    text: str
    record: "Record"


class Record:
    """A visit's ways out, and in order what happened on them."""

    __slots__ = ("cut", "exits", "faults", "lines", "passed", "seen", "vague")

    def __init__(self) -> None:
        self.exits: dict[Exit, None] = {}
        self.lines: list[Event | Step] = []
        self.seen: set[object] = set()
        self.faults: dict[tuple[str, str, str], Fault] = {}
        self.passed: set[Mark] = set()
        self.cut = False
        self.vague = False
        """Whether paths had to forget what they knew, so that a fault may be on none that exists."""

    def event(self, event: Event) -> None:
        """Note an event; a visit tells each once, however many paths meet it."""
        if event not in self.seen:
            self.seen.add(event)
            self.lines.append(event)

    def step(self, at: str, text: str, record: "Record") -> None:
        """Note a call."""
        mark = (at, id(record))
        if mark not in self.seen:
            self.seen.add(mark)
            self.lines.append(Step(at, text, record))
            self.cut = self.cut or record.cut

    def well(self, at: str, variable: str = "", context: bool = False) -> None:
        """Note that a path passed a place without the fault that others may have there."""
        self.passed.add((context, at, variable))

    def fault(self, fault: Fault) -> None:
        """Note a fault, once for a place and variable."""
        if self.vague:
            fault = msgspec.structs.replace(fault, sure=False)
        self.faults.setdefault((fault.kind, fault.at, fault.variable), fault)


class Reading:
    """Records read back: events in order, faults with the calls that lead to them."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.events: list[Event] = []
        self.faults: dict[tuple[str, str, str], Fault] = {}
        self.passed: set[Mark] = set()
        self._read: set[int] = set()
        self._told: set[Event] = set()
        for record in records:
            self._follow(record, ())

    def _follow(self, first: Record, path: tuple[str, ...]) -> None:
        """Read a record and those it calls, each once, in the order of execution."""
        todo: list[tuple[Iterator[Event | Step], tuple[str, ...]]] = []
        self._open(first, path, todo)
        while todo:
            lines, path = todo[-1]
            line = next(lines, None)
            if line is None:
                todo.pop()
            elif isinstance(line, Step):
                self._open(line.record, (*path, f"{line.at} {line.text}"), todo)
            elif line not in self._told:
                self._told.add(line)
                self.events.append(line)

    def _open(
        self, record: Record, path: tuple[str, ...], todo: list[tuple[Iterator[Event | Step], tuple[str, ...]]]
    ) -> None:
        if id(record) in self._read:
            return
        self._read.add(id(record))
        self.passed |= record.passed
        for key, fault in record.faults.items():
            self.faults.setdefault(key, msgspec.structs.replace(fault, lines=(*path, *fault.lines)))
        todo.append((iter(record.lines), path))

    def verdict(self) -> Iterator[Fault]:
        """The faults, each with whether every path that leads to its place has it."""
        for fault in self.faults.values():
            split = (fault.kind in _OF_CONTEXT, fault.at, fault.variable) in self.passed
            yield msgspec.structs.replace(fault, sure=False) if split else fault
