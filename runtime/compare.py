"""Two lives of one module, in two spellings of the framework: what may differ between their traces, and what does.

A module of the containers registers where one of today stands at a slot, and gives its values in a constructor where a
definition has them today.  All else that the module does must be the same, in the same order, in the same stacks.
"""

from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cached_property
from itertools import groupby

import msgspec

from .footprint import walk
from .host import Event
from .model import Access, Enroll, Module
from .patterns import later
from .sysctls import plain

SLOTTED = "a stack's own function is run by registration or at a slot"
REGISTERS = "a module of containers registers, which no module of today does"
VALUE = "a constructor gives the value that a definition has"
KERNEL = "the kernel's own constructor"
PLACES = "one release tells what another does not"
EQUAL_KEYS = "the kernel's sort exchanges what stands at equal keys"
FLAG = "a leaf says that it is per vnet in one spelling only, so that others may write it"

_NAMED = later(r"[A-Za-z_]\w*")
_LEAF = later(r"sysctl_(?:read|write)\('([^']+)'")
_CAST = "(struct vnet *)"
"""What iterators of 2010 wanted, which were of another type."""
_ACCESSOR = later(r"\bV_(?=\w)")
"""What is said of a variable, or left out, where there is one stack only."""
_HEADS = ("action", "constructor", "destructor", "sysinit", "module-event")
_RUNS = ("constructor", "destructor", "sysinit", "call")


class Told(msgspec.Struct, frozen=True):
    """A line that only one of two lives has: which (`before`, `after`), and the event."""

    side: str
    event: Event


class Lived:
    """A life: the module as it was, and its trace.

    Arguments:
        module: the model.
        trace: of one scenario.
    """

    def __init__(self, module: Module, trace: Sequence[Event]) -> None:
        self.module = module
        self.trace = trace

    @cached_property
    def touched(self) -> frozenset[tuple[str, str]]:
        """Functions, and the variables that each names itself."""
        nodes = ((f.name, n) for f in self.module.functions for n in walk(f.body))
        return frozenset((name, n.variable) for name, n in nodes if isinstance(n, Access))

    @cached_property
    def framework(self) -> frozenset[str]:
        """Functions that the framework runs for each stack, and those that register others."""
        slots = {s.function for s in self.module.sysinits if s.kind.startswith("VNET_")}
        attached = {f for m in self.module.vnet_modules for f in (m.attach, m.detach)}
        return frozenset(slots | attached | self._enrolling) - {""}

    @cached_property
    def _enrolling(self) -> set[str]:
        return {name for names in self._registering.values() for name in names}

    @cached_property
    def slotted(self) -> frozenset[str]:
        """Functions at slots."""
        return frozenset(s.function for s in self.module.sysinits) - {""}

    def only(self, other: "Lived") -> frozenset[str]:
        """Functions at slots that the other has not at all: in 2008 values were given there."""
        theirs = {f.name for f in other.module.functions}
        return self.slotted - theirs

    @cached_property
    def _registering(self) -> Mapping[str, list[str]]:
        """Functions that register a module or take it back, by the module's symbol."""
        found: dict[str, list[str]] = {}
        for function in self.module.functions:
            for node in walk(function.body):
                if isinstance(node, Enroll):
                    found.setdefault(node.symbol, []).append(function.name)
        return found

    @cached_property
    def keys(self) -> Mapping[str, tuple[str, str]]:
        """Subsystem and order at which a function runs; those of a module are those at which it registers."""
        found = {s.function: (s.subsystem, s.order) for s in self.module.sysinits}
        found |= {e.handler: (e.subsystem, e.order) for e in self.module.events}
        for one in self.module.vnet_modules:
            at = next((found[n] for n in self._registering.get(one.symbol, ()) if n in found), None)
            found |= {function: at for function in (one.attach, one.detach) if function and at}
        return found

    @cached_property
    def valued(self) -> frozenset[str]:
        """Variables that have a value before anything runs."""
        return frozenset(v.name for v in self.module.variables if v.initial != "zero")

    @cached_property
    def locks(self) -> Mapping[str, tuple[str, str]]:
        """Keys of the locks that stand at a slot themselves, by place."""
        return {s.at: (s.subsystem, s.order) for s in self.module.sysinits if s.holder}

    @cached_property
    def cleared(self) -> frozenset[tuple[str, str]]:
        """Variables that are given zero, and where."""
        nodes = (n for f in self.module.functions for n in walk(f.body))
        return frozenset((n.variable, n.at) for n in nodes if isinstance(n, Access) and n.value == "NULL")

    @cached_property
    def leaves(self) -> Mapping[str, bool]:
        """Whether sysctls are said to be per vnet, by name."""
        return {plain(s.name): s.vnet for s in self.module.sysctls}

    @cached_property
    def _starts(self) -> Mapping[str, list[tuple[int, str]]]:
        """Functions by file, with their first lines, the last first."""
        found: dict[str, list[tuple[int, str]]] = {}
        for function in self.module.functions:
            file, _, line = function.at.rpartition(":")
            if line.isdigit():
                found.setdefault(file, []).append((int(line), function.name))
        return {file: sorted(starts, reverse=True) for file, starts in found.items()}

    def within(self, at: str) -> str:
        """The function a place is in; empty if it is in none."""
        file, _, line = at.rpartition(":")
        number = int(line) if line.isdigit() else -1
        return next((name for start, name in self._starts.get(file, ()) if start <= number), "")


def may_differ(event: Event, mine: Lived, other: Lived) -> str:
    """Why the other life need not have an event; empty if it must."""
    if event.what in ("register", "unregister") and event.text.startswith("vnet module "):
        return REGISTERS
    if event.what == "vnet" and " waits " in event.text:
        return REGISTERS
    if event.what in ("constructor", "destructor") and not event.at:
        return KERNEL
    if event.what == "sysctl" and "CTLFLAG_TUN is ignored" in event.text:
        return PLACES
    called = _NAMED.match(event.text)
    if event.what in _RUNS and called and called.group() in mine.framework | other.framework | mine.only(other):
        return SLOTTED
    return VALUE if _gives_value(event, mine, other) else ""


def _gives_value(event: Event, mine: Lived, other: Lived) -> bool:
    """Whether a constructor gives a variable the value that the other's definition has."""
    function = mine.within(event.at)
    how, _, name = event.text.partition(" ")
    name = name.removeprefix("V_")
    if event.what != "access" or function not in mine.framework | mine.slotted or (function, name) in other.touched:
        return False
    if how == "write" and (name, event.at) in mine.cleared:
        return name not in other.valued
    return how in ("write", "address") and name in other.valued


def differences(before: Lived, after: Lived) -> list[Told]:
    """What one life has and the other has not, though nothing of the framework explains it; places do not count."""
    left, right = _settled(before, after), _settled(after, before)
    matcher = SequenceMatcher(None, [_key(e) for e in left], [_key(e) for e in right], autojunk=False)
    found: list[Told] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            found += [Told("before", e) for e in left[a:b]] + [Told("after", e) for e in right[c:d]]
    return found


def _settled(mine: Lived, other: Lived) -> list[Event]:
    """What must be the same, in an order that must: what runs at equal keys has none (EQUAL_KEYS)."""
    skipped = _steps_of_flags(mine, other)
    blocks: list[tuple[tuple[str, str], list[Event]]] = []
    for event in mine.trace:
        key = blocks[-1][0] if event.what == "handler" and blocks else _place(event, mine)
        if key is not None or not blocks:
            blocks.append((key or _NOWHERE, []))
        if event.step not in skipped and not may_differ(event, mine, other):
            blocks[-1][1].append(event)
    runs = groupby((b for b in blocks if b[1]), key=lambda block: block[0])
    return [e for key, run in runs for _, events in _ordered(key, list(run)) for e in events]


_NOWHERE = ("", "")


def _place(event: Event, mine: Lived) -> tuple[str, str] | None:
    """The key at which an event's function runs, if something of the framework begins there; else where it goes on."""
    if event.what in ("init", "destroy") and event.at in mine.locks:
        return mine.locks[event.at]
    if event.what not in _HEADS:
        return None
    called = _NAMED.match(event.text)
    return mine.keys.get(called.group(), _NOWHERE) if called else _NOWHERE


def _ordered(
    key: tuple[str, str], run: list[tuple[tuple[str, str], list[Event]]]
) -> list[tuple[tuple[str, str], list[Event]]]:
    return run if key == _NOWHERE else sorted(run, key=lambda block: [_key(e) for e in block[1]])


def _steps_of_flags(mine: Lived, other: Lived) -> set[int]:
    """Steps that read or write a leaf that only one of both says is per vnet (FLAG)."""
    differ = {name for name, _ in mine.leaves.items() ^ other.leaves.items()}
    asked = ((e.step, _LEAF.match(e.text)) for e in mine.trace if e.what == "action")
    return {step for step, match in asked if match and match.group(1) in differ}


def _key(event: Event) -> tuple[int, int, str, str]:
    return event.step, event.vnet, event.what, _ACCESSOR.sub("", event.text.replace(_CAST, ""))


def shown(found: Iterable[Told]) -> str:
    """Differences for people, a line each: `-` for what only the first life has, `+` for what only the second has."""
    signs = {"before": "-", "after": "+"}
    lines = (
        f"{signs[t.side]} {t.event.step} vnet{t.event.vnet} {t.event.what} {t.event.text} {t.event.at}" for t in found
    )
    return "".join(f"{line}\n" for line in lines)
