"""Handlers of sysctls ask for the address in their own stack where the core does not give it to them.

VNET_SYSCTL_ARG (sys/net/vnet.h of FreeBSD 8 to 10) and SYSCTL_RESOLVE_V_ARG1 (sys/vimage.h before) would rebase twice
what later releases rebase themselves (sys/kern/kern_sysctl.c).
"""

from collections.abc import Iterator

from vport.c.tokens import next_byte
from vport.dialect import HISTORY, load, sysctl_arguments
from vport.edits import Edit
from vport.lift.sysctls import call_around, flags, leaf_of
from vport.lift.work import Call, Work
from vport.passes._leaves import HANDLER
from vport.passes.handlers import find_handler, handler_parameters, insertion, reads_argument
from vport.patterns import later

NAME = "handlers"

_MACRO = later(r"\w+")
_SYMBOL = later(r"\bVNET_NAME\s*\(\s*([\w.]+)")


def macros() -> set[str]:
    """What handlers ask with, in all dialects."""
    texts = (load(name).text.get("rebase", "") for name in HISTORY)
    return {found.group() for text in texts if (found := _MACRO.match(text))}


def run(work: Work) -> Iterator[tuple[str, Edit]]:
    """Yield the edits of every handler that asks and need not, or has to ask and does not."""
    wanted = _MACRO.match(work.target.text.get("rebase", ""))
    yield from _silence(work, macros() - ({wanted.group()} if wanted else set()))
    if wanted and work.target.forms.storage == "symbols":
        yield from _ask(work)


def retired(work: Work) -> Iterator[tuple[str, Edit]]:
    """Take out what handlers of the family with identifiers ask with."""
    texts = (load(name).text.get("rebase", "") for name in HISTORY if load(name).identifiers)
    yield from _silence(work, {found.group() for text in texts if (found := _MACRO.match(text))})


def _silence(work: Work, asking: set[str]) -> Iterator[tuple[str, Edit]]:
    for call in work.calls(asking):
        code = work.joined(call.file)
        if next_byte(code, call.end) != b";":
            work.leave(
                call.file, call.start, "handler-asks", f"{call.name} is part of a statement; take it out by hand"
            )
            continue
        end = code.index(b";", call.end) + 1
        yield call.file, work.removal(call.file, call.start, end, NAME, "the address is that of the asking stack")


def _ask(work: Work) -> Iterator[tuple[str, Edit]]:
    done: set[tuple[str, int]] = set()
    for file, at in work.words(flags()):
        call = call_around(work, file, at)
        for where, edit in _insertions(work, call) if call else ():
            if (where, edit.start) not in done:
                done.add((where, edit.start))
                yield where, edit


def _insertions(work: Work, call: Call) -> Iterator[tuple[str, Edit]]:
    arguments = sysctl_arguments(call.name)
    symbol = _SYMBOL.search(call.text(arguments.pointer)) if arguments and call.name.endswith("_PROC") else None
    if symbol is None or len(call.arguments) <= HANDLER:
        return
    for file, function in find_handler(work.job, leaf_of(work, call)):
        names = handler_parameters(work.job, file, function)
        if names and reads_argument(work.job, file, function, names[0]):
            edit = insertion(work.job, file, function, symbol.group(1))
            if edit is not None:
                yield file, edit
