"""Two lives of one module, in two spellings of the framework: what may differ between their traces, and what does.

A module of the containers registers where one of today stands at a slot, and gives its values in a constructor where a
definition has them today.  All else that the module does must be the same, in the same order, in the same stacks.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cached_property

import msgspec

from .footprint import walk
from .host import Event
from .model import Enroll, Module
from .sysctls import plain

SLOTTED = "a stack's own function is run by registration or at a slot"
REGISTERS = "a module of containers registers, which no module of today does"
VALUE = "a constructor gives the value that a definition has"
KERNEL = "the kernel's own constructor"
PLACES = "one release tells what another does not"
FLAG = "a leaf says that it is per vnet in one spelling only, so that others may write it"

_NAMED = re.compile(r"[A-Za-z_]\w*")
_LEAF = re.compile(r"sysctl_(?:read|write)\('([^']+)'")
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
    def functions(self) -> frozenset[str]:
        """Names of the module's functions."""
        return frozenset(f.name for f in self.module.functions)

    @cached_property
    def framework(self) -> frozenset[str]:
        """Functions that the framework runs for each stack, and those that register others."""
        slots = {s.function for s in self.module.sysinits if s.kind.startswith("VNET_")}
        attached = {f for m in self.module.vnet_modules for f in (m.attach, m.detach)}
        return frozenset(slots | attached | self._enrolling) - {""}

    @cached_property
    def _enrolling(self) -> set[str]:
        return {f.name for f in self.module.functions if any(isinstance(n, Enroll) for n in walk(f.body))}

    @cached_property
    def valued(self) -> frozenset[str]:
        """Variables that have a value before anything runs."""
        return frozenset(v.name for v in self.module.variables if v.initial != "zero")

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
    if event.what in ("constructor", "destructor") and event.text in ("vnet_sysinit_done", "vnet_if_return"):
        return KERNEL
    if event.what == "sysctl" and "CTLFLAG_TUN is ignored" in event.text:
        return PLACES
    called = _NAMED.match(event.text)
    if event.what in _RUNS and called and called.group() in mine.framework | other.framework:
        return SLOTTED
    return VALUE if _gives_value(event, mine, other) else ""


def _gives_value(event: Event, mine: Lived, other: Lived) -> bool:
    """Whether a constructor that only one of both has gives a variable the value that the other's definition has."""
    function = mine.within(event.at)
    if event.what != "access" or function in other.functions or function not in mine.framework:
        return False
    how, _, name = event.text.partition(" ")
    return how in ("write", "address") and name.removeprefix("V_") in other.valued


def differences(before: Lived, after: Lived) -> list[Told]:
    """What one life has and the other has not, though nothing of the framework explains it; places do not count."""
    left, right = _kept(before, after), _kept(after, before)
    matcher = SequenceMatcher(None, [_key(e) for e in left], [_key(e) for e in right], autojunk=False)
    found: list[Told] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            found += [Told("before", e) for e in left[a:b]] + [Told("after", e) for e in right[c:d]]
    return found


def _kept(mine: Lived, other: Lived) -> list[Event]:
    skipped = _steps_of_flags(mine, other)
    return [e for e in mine.trace if e.step not in skipped and not may_differ(e, mine, other)]


def _steps_of_flags(mine: Lived, other: Lived) -> set[int]:
    """Steps that read or write a leaf that only one of both says is per vnet (FLAG)."""
    differ = {name for name, _ in mine.leaves.items() ^ other.leaves.items()}
    asked = ((e.step, _LEAF.match(e.text)) for e in mine.trace if e.what == "action")
    return {step for step, match in asked if match and match.group(1) in differ}


def _key(event: Event) -> tuple[int, int, str, str]:
    return event.step, event.vnet, event.what, event.text


def shown(found: Iterable[Told]) -> str:
    """Differences for people, a line each: `-` for what only the first life has, `+` for what only the second has."""
    signs = {"before": "-", "after": "+"}
    lines = (
        f"{signs[t.side]} {t.event.step} vnet{t.event.vnet} {t.event.what} {t.event.text} {t.event.at}" for t in found
    )
    return "".join(f"{line}\n" for line in lines)
