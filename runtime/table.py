"""A trace and its faults as text: faults first, one line an event, as wide as it may be.

**What a line of a trace is.**  A trace is a list of `host.Event`, in the order of execution; `vport run --format json`
prints all of them with every field, the table the same, its texts cut to the width.  The same model, scenario, release
and build give the same bytes.  The fields: `step` is the number of the action the event belongs to, from 1, the action
itself included; `vnet` is curvnet at that moment, -1 for NULL, -2 for a stack nobody can tell (after CURVNET_SET of
an expression that is not followed); `what` is the kind, `at` the C line, empty for what the kernel itself does; `text`
is as follows, `V_` before the name of a variable of which every stack has its own.

Kinds, with their `text`:

    action: the call of `Kernel` that replays it, `jail_create(vnet=True)`; what became of a load that failed.
    vnet: `vnet0 is there`, `vnet 2 is on the list`, `vnet 2 is gone`.
    sysinit: function and argument of a SYSINIT or SYSUNINIT; curvnet is vnet0 at boot, the loader's stack later.
    constructor, destructor: the same of VNET_SYSINIT and VNET_SYSUNINIT, once for each stack; the kernel's own by name.
    module-event: handler and event, `f(mod, MOD_LOAD, arg)`; what came of one that fails or objects.
    handler: function and arguments of what the kernel calls: callout, task, event handler, hook, member of a table,
        sysctl.  `at` is where it was registered, `vnet` what its caller guarantees.
    call: `f()`, a function of the module that another one has called, told behind what happened in it;
        `socket 1 pru_bind: 2 functions`.
    access: `read`, `write` or `address`, and the variable; `vnet` is curvnet, also where another stack's is reached.
    set, restore: the macro; `vnet` is curvnet after it.
    init, destroy: the set-up or tear-down, and what it is of: `mtx_init hop_mtx`.
    register, unregister: the kind of handler as rules/contexts.toml has it, the function, the holder.
    interface: `epair0a arrives, index 2`, `hop0 departs (moved)`.
    sysctl: `read` or `write` and the name, or the error it ends in.
    unknown: a function of which nothing is known, or source that is not read: the verdict hangs on it.
    bound: what was not followed to its end, and which limit of `interpret.Bounds` cut it.

A branch that is not known goes both ways, so between the beginning of a call and its end stand the events of all its
paths, each event once, in the order in which paths met it first: a real run of the same call shows a part of them in
the order of its own path.  A call that has been made before, in the same stack, with the same arguments, handlers and
set-ups, tells the events it told then.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from textwrap import wrap
from typing import NamedTuple

from .faults import Fault
from .host import Event

_GAP = "  "
_STUCK = "\0"
"""A space at which no line is broken."""
_SOME = 3
"""Actions of traffic, one after the other, that are told each by each."""
SERVICE = frozenset({
    "packet_in", "packet_out", "socket_create", "socket_call", "socket_pass", "socket_close", "sysctl_read",
    "sysctl_write", "ioctl", "interface_ioctl", "tick", "run_tasks", "event",
})  # fmt: skip
"""Actions that ask a module to serve; the others shape the machine."""


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


def told(fault: Fault, width: int = 120, whole: bool = True) -> Iterator[str]:
    """Lines of one fault: what and where, why, and how to see it again.

    Arguments:
        fault: the fault.
        width: columns that a line may take.
        whole: whether lines that name a place are left as they are, for programs that read them.
    """
    for text in _places(fault):
        yield from [text] if whole else _wrapped(text, width)
    if fault.actions:
        again = "; ".join(action.replace(" ", _STUCK) for action in _shortened(fault.actions))
        yield from _wrapped(f"    again by: {again}", width)


def _wrapped(text: str, width: int) -> Iterator[str]:
    """A text in lines that begin as it does, those after the first further in."""
    indent = " " * (len(text) - len(text.lstrip()))
    lines = wrap(
        text.strip(),
        max(width, 40),
        initial_indent=indent,
        subsequent_indent=f"{indent}    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield from (line.replace(_STUCK, " ") for line in lines)


def _places(fault: Fault) -> Iterator[str]:
    """What is wrong and where, and the other places that explain it."""
    sure = "" if fault.sure else " on some paths"
    stack = f" in {stack_name(fault.vnet)}" if fault.vnet >= 0 else ""
    yield f"{fault.at}: {fault.kind}{sure}{stack}: {fault.message}"
    yield from (f"    {line}" for line in fault.lines)
    if fault.tainted:
        yield f"    not known, so perhaps otherwise: {', '.join(fault.tainted)}"


def _shortened(actions: Sequence[str]) -> Iterator[str]:
    """Actions in words, all that shape the machine; of what it serves meanwhile, a long run is counted only.

    The last one, at which the fault shows, is always told.
    """
    for serves, run in groupby(actions[:-1], lambda a: a.partition("(")[0] in SERVICE):
        some = list(run)
        yield from [f"[{len(some)} actions of traffic]"] if serves and len(some) > _SOME else some
    yield from actions[-1:]


def report(faults: Sequence[Fault], width: int = 120, whole: bool = True) -> Iterator[str]:
    """All faults, an empty line between two; `--format json` has every action of theirs."""
    for index, fault in enumerate(faults):
        if index:
            yield ""
        yield from told(fault, width, whole)
