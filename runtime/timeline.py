"""The life of a module as a picture: one lane for shared state and one for each stack, on a common axis.

What happens in several stacks for one reason - a constructor that runs in all of them - stands in one column.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import jinja2

from .faults import Fault
from .host import Event
from .worlds import SHARED

SHOWN = (
    "vnet",
    "constructor",
    "destructor",
    "sysinit",
    "module-event",
    "handler",
    "interface",
    "sysctl",
    "init",
    "destroy",
    "register",
    "unregister",
    "unknown",
)
"""Events with a mark of their own; the rest is in the table."""

_LANE = 34
_COLUMN = 22
_LEFT = 90
_LABEL = 34
_TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


class Lane(NamedTuple):
    """One stack, or what is shared: its name, where it stands, and from where to where it lives."""

    name: str
    top: int
    height: int
    life: tuple[float, float] | None


class Column(NamedTuple):
    """One moment on the axis."""

    x: float
    label: str


class Step(NamedTuple):
    """Where an action begins; `row` keeps labels of near ones apart."""

    x: float
    label: str
    row: int


class Mark(NamedTuple):
    """One event or fault."""

    what: str
    x: float
    y: float
    title: str
    number: int = 0


class Legend(NamedTuple):
    """One kind of mark."""

    what: str
    x: float


class Line(NamedTuple):
    """A fault in words."""

    kind: str
    text: str


def _columns(events: Sequence[Event]) -> list[list[Event]]:
    """Events that stand in one column each: alike, in a row, each in another stack."""
    found: list[list[Event]] = []
    for event in events:
        last = found[-1] if found else []
        alike = last and (last[0].what, last[0].text, last[0].step) == (event.what, event.text, event.step)
        if alike and event.vnet not in {e.vnet for e in last}:
            last.append(event)
        else:
            found.append([event])
    return found


def _numbers(events: Iterable[Event], faults: Iterable[Fault]) -> list[int]:
    """The lanes: shared state first, then the stacks by number."""
    stacks = {e.vnet for e in events} | {f.vnet for f in faults}
    return [SHARED, *sorted(v for v in stacks if v >= 0)]


def _short(text: str) -> str:
    return text if len(text) <= _LABEL else text[: _LABEL - 1] + "…"


def _title(event: Event) -> str:
    return f"{event.what}: {event.text}" + (f" ({event.at})" if event.at else "")


def _steps(events: Sequence[Event], columns: Sequence[Sequence[Event]]) -> list[Step]:
    """The actions, at the first column of each."""
    names = {e.step: e.text for e in events if e.what == "action"}
    found: list[Step] = []
    seen: set[int] = set()
    ends = [0.0] * 6
    said = ""
    for index, column in enumerate(columns):
        step = column[0].step
        if step in seen:
            continue
        seen.add(step)
        x = _LEFT + index * _COLUMN
        label = names.get(step, "")
        if label == said:
            found.append(Step(x, "", 0))  # the same action again: one label for the row of them
            continue
        said = label
        row = next((r for r, end in enumerate(ends) if end <= x), len(ends) - 1)
        ends[row] = x + 7 * len(label) + 12
        found.append(Step(x, label, row))
    return found


def _column_of(fault: Fault, columns: Sequence[Sequence[Event]]) -> int:
    """Where a fault stands: at the last event on its line, or at the end."""
    for index in range(len(columns) - 1, -1, -1):
        if any(e.at == fault.at and e.vnet == fault.vnet for e in columns[index]):
            return index
    steps = [i for i, column in enumerate(columns) if column[0].step <= len(fault.actions)]
    return steps[-1] if steps else max(len(columns) - 1, 0)


@cache
def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(_TEMPLATES)
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("timeline.svg.j2")


def draw(title: str, trace: Iterable[Event], faults: Sequence[Fault] = ()) -> str:
    """An SVG picture of a trace.

    Arguments:
        title: above the picture.
        trace: what happened, in order.
        faults: found on the way; they are numbered in the picture and told below it.
    """
    events = list(trace)
    columns = _columns([e for e in events if e.what in SHOWN])
    numbers = _numbers(events, faults)
    labels = [_short(column[0].text) for column in columns]
    head = 48 + int(5.2 * max((len(label) for label in labels), default=0))
    top = {vnet: head + index * _LANE for index, vnet in enumerate(numbers)}
    foot = head + len(numbers) * _LANE
    marks = list(_marks(columns, top))
    for number, fault in enumerate(faults, 1):
        x = _LEFT + _column_of(fault, columns) * _COLUMN + _COLUMN / 2
        marks.append(Mark("fault", x, top.get(fault.vnet, top[SHARED]) + _LANE / 2, fault.message, number))
    legend = [what for what in SHOWN if any(m.what == what for m in marks)] + (["fault"] if faults else [])
    told = [Line(str(f.kind), f"{f.at}: {f.message}") for f in faults]
    key = foot + 108
    widest = max([len(f.kind) + len(f.text) for f in told], default=0) * 6 + 40
    return _template().render(
        title=title,
        width=max(_LEFT + len(columns) * _COLUMN + 40 + 4 * _LABEL, 12 + 104 * len(legend), min(widest, 2400), 480),
        height=key + 20 + 15 * len(told),
        head=head,
        foot=foot,
        key=key,
        lanes=[_lane(vnet, top[vnet], columns) for vnet in numbers],
        columns=[Column(_LEFT + i * _COLUMN + _COLUMN / 2, label) for i, label in enumerate(labels)],
        steps=_steps(events, columns),
        marks=marks,
        legend=[Legend(what, 12 + 104 * index) for index, what in enumerate(legend)],
        faults=told,
    )


def _marks(columns: Sequence[Sequence[Event]], top: dict[int, int]) -> Iterable[Mark]:
    for index, column in enumerate(columns):
        for event in column:
            x = _LEFT + index * _COLUMN + _COLUMN / 2
            yield Mark(event.what, x, top.get(event.vnet, top[SHARED]) + _LANE / 2, _title(event))


def _lane(vnet: int, top: int, columns: Sequence[Sequence[Event]]) -> Lane:
    """A lane; a stack lives from its first mark to its last."""
    if vnet == SHARED:
        return Lane("shared", top, _LANE, None)
    own = [i for i, column in enumerate(columns) if any(e.vnet == vnet for e in column)]
    life = (_LEFT + own[0] * _COLUMN + 1.0, _LEFT + (own[-1] + 1) * _COLUMN - 1.0) if own else None
    return Lane(f"vnet{vnet}", top, _LANE, life)
