"""Handlers of modules and who calls them: event handlers, callouts, tasks, packets, sockets, control calls."""

import fnmatch
from collections.abc import Callable, Iterable
from functools import lru_cache

from .calls import Core, LoadedFile, everything
from .expressions import constant
from .faults import Fault, Kind
from .host import Value
from .model import Entry
from .tables import table
from .vnets import DEFAULT
from .worlds import SHARED, Handler

CALLOUTS = frozenset({"callout", "netgraph"})
TASKS = frozenset({"task", "kthread", "epoch"})
REPEATED = frozenset({"task"})
"""Kinds that stay registered when they ran."""
PACKET = ("if-input", "netisr", "pfil", "hook", "protocol")
"""Kinds of entries a packet passes, in this order."""
INPUT = frozenset({"", "pr_input", "nh_handler", "if_input", "pa_func", "pa_mbuf_chk", "hook_func"})


@lru_cache(maxsize=1)
def _event_patterns() -> dict[str, str]:
    return dict(table("contexts")["entry"]["eventhandler"]["names"])


@lru_cache(maxsize=1)
def _of_writers() -> frozenset[str]:
    return frozenset(table("findings")["writers"]["events"])


def inherits(event: str) -> bool:
    """Whether the invoker of an event has curvnet set whenever it happens."""
    return any(fnmatch.fnmatchcase(event, pattern) for pattern in _event_patterns())


class Handlers:
    """Calls what modules registered, in the context their kind guarantees.

    Arguments:
        core: the kernel's inside.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def files(self) -> list[LoadedFile]:
        """The modules that are there now; calling one may change that."""
        return list(self._core.files.values())

    def known_events(self) -> set[str]:
        """Names of the events some module listens to."""
        kinds = ("eventhandler", "eventhandler-all")
        return {h.name for f in self.files() for h in f.handlers() if h.kind in kinds}

    def event(self, name: str, vnet: int, subject: str = "") -> None:
        """Something happens: handlers are called where the invoker is, those for all stacks in each of them."""
        for file, handler in self._registered(lambda h: h.name == name and h.kind.startswith("eventhandler")):
            if handler.kind == "eventhandler-all" and self._core.vimage:
                self._in_all_stacks(file, handler)
            else:
                self._one_stack_only(file, handler)
                self._call(file, handler, vnet, subject)

    def _one_stack_only(self, file: LoadedFile, handler: Handler) -> None:
        """A value all stacks share has changed, by a sysctl: its handler runs in the stack of whoever wrote it."""
        if handler.name not in _of_writers() or not self._core.vimage or handler.scope != SHARED:
            return
        written = file.footprints.written_for_caller(handler.function).items()
        own = [(name, at) for name, at in written if name in file.variables and file.variables[name].per_vnet]
        if own:
            message = (
                f"{handler.function}() is registered for {handler.name}, which happens in the stack of whoever wrote "
                f"the sysctl, and writes V_{own[0][0]} of that stack only: use VNET_GLOBAL_EVENTHANDLER_REGISTER, or "
                "go through all stacks by VNET_FOREACH"
            )
            lines = tuple(f"{at} writes V_{name}" for name, at in own)
            self._core.fault(Fault(Kind.HANDLER_ONCE, handler.at, message, own[0][0], lines=lines))

    def _in_all_stacks(self, file: LoadedFile, handler: Handler) -> None:
        """Registered once, by vnet0; passes nothing but the argument it was registered with."""
        if handler.made_in not in (DEFAULT, SHARED):
            return
        for vnet in self._core.stacks():
            self._call(file, handler, vnet, "")

    def callouts(self) -> None:
        """Time passes: every callout that is scheduled fires, with no stack set."""
        for file, handler in self._registered(lambda h: h.kind in CALLOUTS):
            vnet = handler.made_in if handler.kind == "netgraph" else SHARED
            self._call(file, handler, vnet, "", once=True)
        self._entries(("protocol-timer",), SHARED, SHARED, lambda e: e.member != "pr_drain")

    def tasks(self, kinds: Iterable[str] = TASKS) -> None:
        """Task queues, threads of modules and epoch callbacks run, with no stack set."""
        wanted = frozenset(kinds)
        for file, handler in self._registered(lambda h: h.kind in wanted):
            self._call(file, handler, SHARED, "", once=handler.kind not in REPEATED)

    def packet(self, vnet: int) -> None:
        """A packet arrives on an interface of a stack and passes netisr, protocols and the hooks of that stack."""
        self._entries(("if-input",), SHARED, vnet, lambda e: e.member in INPUT)
        self._entries(("netisr",), vnet, vnet, lambda e: e.member in INPUT)
        for file, handler in self._registered(lambda h: h.kind in PACKET and self._hooked(h, vnet)):
            self._call(file, handler, SHARED if handler.kind == "if-input" else vnet, "m")
        self._entries(("pfil", "hook", "protocol"), vnet, vnet, lambda e: e.member in INPUT)

    def _hooked(self, handler: Handler, vnet: int) -> bool:
        """Hooks hang on the heads of the stack they were added in; what is shared serves all."""
        return handler.kind in ("netisr", "if-input") or handler.made_in in (self._core.stack(vnet), SHARED)

    def entries(self, kinds: Iterable[str], curvnet: int, subject: int, member: str = "") -> int:
        """Call what tables of modules hold: those of a member, or all; says how many."""
        return self._entries(kinds, curvnet, subject, lambda e: not member or e.member == member)

    def _entries(self, kinds: Iterable[str], curvnet: int, subject: int, wanted: Callable[[Entry], bool]) -> int:
        number = 0
        for kind in kinds:
            for file in self.files():
                for entry in file.module.entries:
                    if file.linked and entry.kind == kind and wanted(entry) and not _registers(file, entry):
                        self._entry(file, entry, curvnet, subject)
                        number += 1
        return number

    def _entry(self, file: LoadedFile, entry: Entry, curvnet: int, subject: int) -> None:
        function = file.functions.get(entry.function)
        values = everything(function, self._core.stack(subject)) if function else ()
        with self._core.thread.within(self._core.stack(curvnet)):
            self._core.call(file, entry.function, values, what="handler", at=entry.at, keep=("zero", "value", "error"))

    def _call(self, file: LoadedFile, handler: Handler, vnet: int, subject: str, *, once: bool = False) -> None:
        function = file.functions.get(handler.function)
        given = Value(handler.argument, handler.argument_vnet, constant(handler.argument))
        others = everything(function, self._core.stack(vnet))[1:] if function and subject else ()
        with self._core.thread.within(self._core.stack(vnet)):
            self._core.call_handler(file, handler, (given, *others), once=once)

    def _registered(self, wanted: Callable[[Handler], bool]) -> list[tuple[LoadedFile, Handler]]:
        return [(file, h) for file in self.files() for h in file.handlers() if wanted(h)]


def _registers(file: LoadedFile, entry: Entry) -> bool:
    """Whether the module itself hands a packet's function to the kernel, which calls it while it is registered."""
    return entry.kind in PACKET and (entry.kind, entry.function) in file.registers
