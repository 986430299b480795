"""Contexts of one module: every entry point explored in the context that its framework guarantees."""

from collections.abc import Iterator

import msgspec

from vport import rules
from vport.checks.faults import as_found, functions_of
from vport.checks.found import Found, id_of_kind
from vport.patterns import later
from vport.runtime.explore import Explorer
from vport.runtime.expressions import handler_of
from vport.runtime.footprint import walk
from vport.runtime.interpret import Bounds
from vport.runtime.model import Entry, Function, Module, Register
from vport.runtime.patience import OutOfTimeError, patience

_BOUNDS = Bounds(states=64)
"""What a path knows of the past matters less here than in a life: no more need to be told apart at one place."""
_SETS = later(rb"\xa3Set|\xa7Restore|\xa7Foreach|curvnet")
"""Nodes by their tags as they are encoded, and the word itself."""
_NO_CONTEXT = "VP203"
_SHARE = 4
"""The part of a module's time that one function may take."""


def explore_entries(
    module: Module, seconds: float = float("inf"), release: str = "13"
) -> tuple[list[Found], list[str]]:
    """Findings about contexts in one module, and functions that took too long.

    Arguments:
        module: the module.
        seconds: that it may take.
        release: of the kernel.
    """
    explorer, functions = Explorer(module, bounds=_BOUNDS, release=release), functions_of(module)
    found: dict[tuple[str, str, str], Found] = {}
    slow: list[str] = []
    writers = _writers(module)
    with patience(seconds):
        for entry in (*explorer.entries(), *_others(module, explorer)):
            event = writers.get(entry.function, "")
            for told in _of_entry(explorer, entry, functions, seconds / _SHARE, slow):
                one = _of_writer(told, event) if event and told.id == _NO_CONTEXT else told
                key = (one.id, one.file, one.function or str(one.line))
                if key not in found or one.line < found[key].line:
                    found[key] = one
    return list(found.values()), slow


def _writers(module: Module) -> dict[str, str]:
    """Functions that listen to events which a sysctl's handler invokes, and the event."""
    events = frozenset(rules.load("findings")["writers"]["events"])
    nodes = (node for function in module.functions for node in walk(function.body))
    return {handler_of(n.function): n.name for n in nodes if isinstance(n, Register) and n.name in events}


def _of_writer(one: Found, event: str) -> Found:
    """What such a function lacks: it has a stack, but one that nobody chose."""
    reached = one.message.split(" while ")[0].removesuffix(", which needs curvnet,")
    message = f"{reached} of the stack whose sysctl invoked {event}, or of none: the other stacks are left as they were"
    cure = "Register it with VNET_GLOBAL_EVENTHANDLER_REGISTER(), or go through all stacks with VNET_FOREACH"
    return msgspec.structs.replace(one, message=message, cure=cure)


def _of_entry(
    explorer: Explorer, entry: Entry, functions: list[tuple[str, int, str]], seconds: float, slow: list[str]
) -> Iterator[Found]:
    """Findings about contexts at one entry point; `slow` hears of it if it takes too long."""
    try:
        with patience(seconds):
            faults = explorer.explore(entry)
    except OutOfTimeError:
        slow.append(f"{entry.function}()")
        return
    for fault in faults:
        one = as_found(fault, functions)
        if one is not None and one.id.startswith("VP2") and fault.kind in id_of_kind():
            yield one


def _others(module: Module, explorer: Explorer) -> Iterator[Entry]:
    """Functions that nobody registers: whoever calls them has a context, but their sets must have restores."""
    known = {e.function for e in explorer.entries()}
    for function in module.functions:
        if function.name not in known and not function.unread and _sets(function):
            yield Entry("function", function.name, function.at, "inherited")


def _sets(function: Function) -> bool:
    """Whether a function itself does something to the current stack, or keeps it; what it calls is asked by itself."""
    return _SETS.search(msgspec.msgpack.encode(function)) is not None
