"""Constructors and destructors: names of subsystems, and where constructors may be.

Subsystems got other names over the years (sys/sys/kernel.h); later headers assert where constructors are.
"""

from collections.abc import Iterator

from vport import rules
from vport.dialect import HISTORY, load
from vport.edits import Edit
from vport.lift.work import Call, Work

NAME = "registration"

_DEPTH = 4


def run(work: Work) -> Iterator[tuple[str, Edit]]:
    """Yield one edit for each subsystem that has another name, and list constructors that may not be where they are."""
    _check_ranges(work)
    names = renamed(work)
    for file, at in work.words(names):
        old = work.word_at(file, at)
        if old in work.read.tree.facts[file].other:  # the kernel's own list of subsystems
            continue
        reason = f"{work.target.name} calls it {names[old]}"
        yield file, Edit(at, at + len(old), 0, names[old].encode(), NAME, reason)


def renamed(work: Work) -> dict[str, str]:
    """Subsystems that the target calls otherwise: name in any other dialect to its name there."""
    today = {old: new for name in HISTORY for new, old in load(name).subsystems.items()}
    today |= {new: new for new in today.values()}
    names = {name: work.target.subsystems.get(new, new) for name, new in today.items()}
    return {old: new for old, new in names.items() if old != new}


def _check_ranges(work: Work) -> None:
    table = rules.load("upgrade")["range"]
    if work.target.name not in table["dialects"]:
        return
    numbers = rules.load(f"sysinit/{work.target.release}")["subsystem"]
    for call in work.calls(table["macros"]):
        name = subsystem(work, call)
        number = numbers.get(name)
        if number is not None and not numbers[table["above"]] < number <= numbers[table["until"]]:
            work.leave(
                call.file,
                call.start,
                "constructor-range",
                f"{call.name}({call.text(0)}) is at SI_SUB_{name}, and {work.target.name} wants it behind "
                f"SI_SUB_{table['above']} and not behind SI_SUB_{table['until']}; move it, for instance to "
                f"SI_SUB_{table['until']}, SI_ORDER_ANY",
            )


def subsystem(work: Work, call: Call) -> str:
    """The subsystem of a constructor, without SI_SUB_, by today's name, through macros of the tree."""
    text = call.text(1)
    for _ in range(_DEPTH):
        known = work.read.tree.macros.get(text, [])
        if len(known) != 1:
            break
        file, define = known[0]
        text = work.job.code(file)[define.body : define.end].decode("latin-1").strip(" \t\r\n()")
    return renamed(work).get(text, text).removeprefix("SI_SUB_")


def plain(work: Work) -> Iterator[tuple[str, Edit]]:
    """Constructors of stacks as those of the kernel."""
    names: dict[str, str] = rules.load("upgrade")["shared"]
    for file, at in work.words(names):
        old = work.word_at(file, at)
        if not work.defines(file, at):
            yield file, Edit(at, at + len(old), 0, names[old].encode(), NAME, "there is one stack")
