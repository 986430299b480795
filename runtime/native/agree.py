"""Whether the Python runtime and compiled C lived the same life, event by event.

The Python runtime follows every branch it cannot decide both ways and tells each event of a call once; a native run
takes one way.  So what the kernel does must be equal, one by one; what the module does inside a call must be told by
the Python runtime, too, and be one of the ways that it found through the function.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

import msgspec

from ..expressions import variable
from ..handlers import CALLOUTS, REPEATED, TASKS
from ..host import Event
from ..knowledge import Knowledge
from ..model import Module
from ..worlds import UNKNOWN
from .frames import Frame, by_step, of_native, of_python
from .marks import Mark, Marks, function, held
from .statements import Places
from .walk import Walk
from .watch import Watched

TABLES = frozenset(
    {"if-method", "if-driver", "if-input", "cdev", "syscall", "socket", "protocol", "sysctl", "netgraph"}
)
"""Kinds of entries that natively need an object which the module made; the Python runtime calls them in any case."""


class Difference(msgspec.Struct, frozen=True):
    """What one runtime says and the other does not.

    Arguments:
        step: number of the action.
        python: what the Python runtime has there, empty for nothing.
        native: what compiled C did.
        why: what is wrong with it.
    """

    step: int
    python: str
    native: str
    why: str

    def __str__(self) -> str:
        """For people."""
        return f"action {self.step}: {self.why}\n    python: {self.python or '-'}\n    native: {self.native or '-'}"


def compare(module: Module, watched: Watched, native: Sequence[Event], texts: Mapping[str, str]) -> list[Difference]:
    """Every difference of two traces of one scenario.

    Arguments:
        module: that lived.
        watched: its life in the Python runtime.
        native: the trace of its native life.
        texts: of the module's files, by name.
    """
    return list(_Comparison(module, watched, native, texts).differences())


class _Comparison:
    def __init__(self, module: Module, watched: Watched, native: Sequence[Event], texts: Mapping[str, str]) -> None:
        self._places = Places(texts)
        self._marks = Marks(Knowledge(module), self._places, watched.kernel.vimage)
        self._variables = {v.name for v in module.variables}
        slots = frozenset(self._places.statement(s.at) for s in module.sysinits if s.holder)
        statement = {e.at: self._places.statement(e.at) for e in native}
        self._python = by_step(of_python(watched))
        self._native = by_step(of_native(native, slots, statement))
        self._tables = {e.function for e in module.entries if e.kind in TABLES}
        self._registered = _registered(native)
        self._results = watched.kernel.results, _results(native, watched.kernel.actions)
        self._walked: dict[object, tuple[bool, Walk]] = {}

    def differences(self) -> Iterator[Difference]:
        for step in sorted({*self._python, *self._native}):
            yield from self._action(step, self._python.get(step, []), self._native.get(step, []))
        ours, theirs = self._results
        for step in sorted({*ours, *theirs}):
            if ours.get(step) != theirs.get(step):
                yield Difference(step, ours.get(step, ""), theirs.get(step, ""), "the action ends otherwise")

    def _action(self, step: int, python: Sequence[Frame], native: Sequence[Frame]) -> Iterator[Difference]:
        matcher = SequenceMatcher(None, [self._key(f) for f in python], [self._key(f) for f in native], autojunk=False)
        for tag, p1, p2, n1, n2 in matcher.get_opcodes():
            if tag == "equal":
                for ours, theirs in zip(python[p1:p2], native[n1:n2], strict=True):
                    yield from self._frame(step, ours, theirs)
                continue
            for ours in python[p1:p2]:
                if not self._may_lack(ours):
                    yield Difference(step, str(ours), "", "only the Python runtime does this")
            for theirs in native[n1:n2]:
                yield Difference(step, "", str(theirs), "only compiled C does this")

    def _key(self, frame: Frame) -> tuple[object, ...]:
        """What makes two frames one: a set-up at a slot has the holder's name, and no function."""
        event = frame.event
        if event.what in ("init", "destroy"):
            return event.what, self._marks.at(event.at), event.vnet
        return frame.key

    def _may_lack(self, frame: Frame) -> bool:
        """Whether a native life may do without a frame: what it is for was never made."""
        return frame.event.what == "handler" and (frame.key[1] in self._tables or not self._waits(frame))

    def _waits(self, frame: Frame) -> bool:
        """Whether a handler is registered natively when its frame is due: a branch may have gone another way."""
        name, step = frame.key[1], frame.event.step
        told = [r for r in self._registered.get(name, ()) if r[0] < step]
        return bool(told) and told[-1][1]

    def _frame(self, step: int, ours: Frame, theirs: Frame) -> Iterator[Difference]:
        if theirs.event.at and self._marks.at(ours.event.at) != self._marks.at(theirs.event.at):
            yield Difference(step, str(ours), str(theirs), "it stands at another place")
        strange = list(self._strange(step, ours, theirs))
        yield from strange
        if not strange and ours.called is not None:
            yield from self._walk(step, ours, theirs)

    def _strange(self, step: int, ours: Frame, theirs: Frame) -> Iterator[Difference]:
        """Events of C that the Python runtime has on no path of the call."""
        told = Counter((mark, e.vnet) for e in ours.inside if (mark := self._marks.of_event(e)))
        for event in theirs.inside:
            mark = self._marks.of_event(event)
            if mark is None:
                continue
            if (mark, event.vnet) not in told and (mark, UNKNOWN) not in told:
                others = sorted({_shown(e) for e in ours.inside if self._marks.of_event(e) == mark})
                yield Difference(
                    step, "; ".join(others), f"{_shown(event)} in {theirs}", "no path of the call does this"
                )
            elif mark.what in ("up", "down") and not self._same_holder(event, mark, ours):
                others = sorted({_shown(e) for e in ours.inside if self._marks.of_event(e) == mark})
                yield Difference(step, "; ".join(others), _shown(event), "another thing is set up or torn down there")

    def _same_holder(self, event: Event, mark: Mark, ours: Frame) -> bool:
        """Whether the variable is the same; what objects hold has no name that both know."""
        name = variable(held(event)[1])
        names = {variable(held(e)[1]) for e in ours.inside if self._marks.of_event(e) == mark}
        return name not in self._variables or not names & self._variables or name in names

    def _walk(self, step: int, ours: Frame, theirs: Frame) -> Iterator[Difference]:
        assert ours.called is not None
        events = [e for e in theirs.inside if self._marks.of_event(e)]
        trace = tuple(mark for e in events if (mark := self._marks.of_event(e)))
        fits, walk = self._fits(ours, trace)
        if fits:
            return
        expected = ", ".join(f"{m.what} {m.name}".strip() + f" at {m.statement}" for m in walk.expected) or "the end"
        where = _shown(events[walk.furthest]) if walk.furthest < len(events) else "the end"
        yield Difference(step, expected, where, f"no way through {ours} goes on so, after {walk.furthest} events")

    def _fits(self, ours: Frame, trace: tuple[Mark, ...]) -> tuple[bool, Walk]:
        called = ours.called
        assert called is not None
        key = (tuple(id(r) for r in called.records), trace)
        if key not in self._walked:
            walk = Walk(called.watcher, self._marks, trace)
            self._walked[key] = any(walk.whole(record) for record in called.records), walk
        return self._walked[key]


def _results(native: Sequence[Event], actions: Sequence[str]) -> dict[int, str]:
    """By step, the errors of loading and unloading."""
    told = {e.step: e.text for e in native if e.what == "result"}
    return {s: error for s, error in told.items() if actions[s - 1].startswith(("load(", "unload(", "quiesce("))}


def _registered(native: Sequence[Event]) -> dict[str, list[tuple[int, bool]]]:
    """By function, at which steps it was registered (True), or it cannot be told any more whether it is.

    What fires once is taken back when it fires.  A holder inside an object has no name, so that a handler may be
    another object's.
    """
    found: dict[str, list[tuple[int, bool]]] = {}
    holders: dict[tuple[str, str], set[str]] = {}
    once: set[str] = set()
    for event in native:
        if event.what == "register":
            kind, name, holder = (*event.text.split(" "), "", "")[:3]
            holders.setdefault((kind, holder), set()).add(name)
            found.setdefault(name, []).append((event.step, True))
            once |= {name} if kind in (CALLOUTS | TASKS) - REPEATED else set()
        elif event.what == "handler" and function(event) in once:
            found.setdefault(function(event), []).append((event.step, False))
        elif event.what == "unregister":
            kind, _, holder = event.text.partition(" ")
            for name in holders.get((kind, holder.strip()), ()):
                found.setdefault(name, []).append((event.step, False))
    return found


def _shown(event: Event) -> str:
    at = f" at {event.at}" if event.at else ""
    return f"{event.what} {event.text}{at} (curvnet {event.vnet if event.vnet >= 0 else 'NULL'})"
