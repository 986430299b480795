"""A trace and its faults as text: faults first, one line an event, as wide as it may be."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .faults import Fault
from .host import Event

_GAP = "  "


class Row(NamedTuple):
    """One event, in words."""

    step: str
    stack: str
    what: str
    text: str
    at: str


def stack_name(vnet: int) -> str:
    """`vnet3`, or a dash where curvnet is NULL; `vnet?` for a stack nobody can tell."""
    return f"vnet{vnet}" if vnet >= 0 else "-" if vnet == -1 else "vnet?"


def _row(event: Event) -> Row:
    return Row(str(event.step), stack_name(event.vnet), event.what, " ".join(event.text.split()), event.at)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"


def table(events: Iterable[Event], width: int = 100) -> Iterator[str]:
    """Lines of a trace, the head first.

    Arguments:
        events: in order.
        width: columns a line may take; the text of an event gives way first, never its place.
    """
    rows = [Row("STEP", "STACK", "WHAT", "", "WHERE"), *map(_row, events)]
    wide = [max(len(row[column]) for row in rows) for column in range(5)]
    room = width - sum(wide[:3]) - wide[4] - len(_GAP) * 4
    wide[3] = max(min(wide[3], room), 8)
    for row in rows:
        cells = [_cut(cell, wide[column]).ljust(wide[column]) for column, cell in enumerate(row)]
        yield _GAP.join(cells).rstrip()


def told(fault: Fault) -> Iterator[str]:
    """Lines of one fault: what and where, why, and how to see it again."""
    sure = "" if fault.sure else " on some paths"
    stack = f" in {stack_name(fault.vnet)}" if fault.vnet >= 0 else ""
    yield f"{fault.at}: {fault.kind}{sure}{stack}: {fault.message}"
    yield from (f"    {line}" for line in fault.lines)
    if fault.tainted:
        yield f"    not known, so perhaps otherwise: {', '.join(fault.tainted)}"
    if fault.actions:
        yield f"    again by: {'; '.join(fault.actions)}"


def report(faults: Sequence[Fault]) -> Iterator[str]:
    """All faults, an empty line between two."""
    for index, fault in enumerate(faults):
        if index:
            yield ""
        yield from told(fault)
