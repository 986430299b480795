"""The generalised framework of 2010 called directly: constructors of the network stack by VIMAGE_SYSINIT.

Its subsystems had constructors of their own kind, of which those of the network stack alone came to stay
(sys/vimage.h and sys/net/vnet.h of 2010).
"""

from collections.abc import Iterator

from vport import rules
from vport.edits import Edit
from vport.lift.work import Call, Work

NAME = "generalised"

_ARGUMENTS = 5


def run(work: Work) -> Iterator[tuple[str, Edit]]:
    """Yield the target's own macro for each constructor of a stack, and list what is none or registers by hand."""
    if work.target.name == "vimage-2010":
        return
    yield from _respelled(work, {False: work.target.forms.constructor, True: work.target.forms.destructor})
    _by_hand(work, rules.load("upgrade")["generalised"]["by_hand"])


def plain(work: Work) -> Iterator[tuple[str, Edit]]:
    """Constructors of the one stack there is as those of the kernel."""
    yield from _respelled(work, {False: "SYSINIT", True: "SYSUNINIT"})
    table = rules.load("upgrade")["generalised"]
    _by_hand(work, [*table["by_hand"], *table["by_hand_of_stacks"]])


def _respelled(work: Work, macros: dict[bool, str]) -> Iterator[tuple[str, Edit]]:
    table = rules.load("upgrade")["generalised"]
    for call in work.calls(table["macros"]):
        macro = macros[call.name == table["macros"][1]]
        reason = f"{work.target.name} has constructors of the network stack alone"
        if len(call.arguments) == _ARGUMENTS + 1 and call.text(0).lstrip("& ") in table["instances"]:
            yield call.file, Edit(call.arguments[0][0], call.arguments[1][0], 0, b"", NAME, reason)
        elif len(call.arguments) != _ARGUMENTS:
            _leave_other(work, call, macro)
            continue
        yield call.file, Edit(call.start, call.start + len(call.name), 0, macro.encode(), NAME, reason)


def _leave_other(work: Work, call: Call, macro: str) -> None:
    whose = (
        f"of {call.text(0)}" if len(call.arguments) > _ARGUMENTS else "with arguments that say no place in the order"
    )
    message = (
        f"{call.name} {whose} is no constructor of the network stack: write {macro}(name, subsystem, order, function, "
        "argument) if it is to run for each stack, or SYSINIT if once"
    )
    work.leave(call.file, call.start, "generalised-left", message)


def _by_hand(work: Work, patterns: list[str]) -> None:
    names = {name for pattern in patterns for name in work.matching(pattern)}
    for call in work.calls(names):
        if not _defines_function(work, call):
            message = (
                f"{call.name}() registers a constructor or destructor by hand, which says no place in the order to a "
                f"reader: write {work.target.forms.constructor} or {work.target.forms.destructor} with its subsystem, "
                "order and function"
            )
            work.leave(call.file, call.start, "registration-left", message)


def _defines_function(work: Work, call: Call) -> bool:
    """Whether a name with parentheses is the head of the function itself, or a declaration of it."""
    facts = work.read.tree.facts[call.file]
    inside = any(f.body <= call.start < f.end for f in facts.functions)
    at_scope = any(c.start == call.start for c in facts.calls)
    return not inside and not at_scope
