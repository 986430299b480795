"""Faults of the runtime as findings: places apart, causes and cures apart, the path as steps."""

from collections.abc import Iterable, Iterator

from vport.checks.found import Found, Step, id_of_kind
from vport.patterns import later
from vport.runtime.faults import Fault
from vport.runtime.model import Module

_PLACE = later(r"\s*([^\s:]+):(\d+):?\s*(.*)")


def place(at: str) -> tuple[str, int]:
    """File and line of `file.c:12`; line 1 of nothing where there is no place."""
    file, _, line = at.rpartition(":")
    return (file, int(line)) if file and line.isdecimal() else (at, 1)


def steps(fault: Fault) -> Iterator[Step]:
    """The path that shows a fault."""
    for text in fault.lines:
        found = _PLACE.match(text)
        if found:
            yield Step(found[1], int(found[2]), found[3])


def functions_of(module: Module) -> list[tuple[str, int, str]]:
    """Where the functions of a module begin: file, line, name, in order."""
    return sorted((*place(f.at), f.name) for f in module.functions)


def inside(functions: Iterable[tuple[str, int, str]], file: str, line: int) -> str:
    """The function that a line stands in, as far as beginnings tell."""
    found = ""
    for where, begin, name in functions:
        if where == file and begin <= line:
            found = name
    return found


def as_found(fault: Fault, functions: list[tuple[str, int, str]]) -> Found | None:
    """The finding that a fault is; None for a kind that is none."""
    id_ = id_of_kind().get(fault.kind)
    if id_ is None:
        return None
    file, line = place(fault.at)
    message, cure = _parted(fault.message)
    confidence = "" if fault.sure and not fault.tainted else "medium" if not fault.tainted else "low"
    return Found(
        id_,
        file,
        line,
        message,
        cure,
        fault.variable,
        inside(functions, file, line),
        tuple(steps(fault)),
        confidence=confidence,
    )


def _parted(message: str) -> tuple[str, str]:
    """Cause and cure: what comes after the first sentence, or after the first colon, is the cure."""
    for mark in (". ", ": "):
        cause, _, cure = message.partition(mark)
        if cure:
            return cause, cure[:1].upper() + cure[1:]
    return message, ""
