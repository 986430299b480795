"""`static` before a defining macro and the macro that has it in its name, whichever the target knows.

FreeBSD 13 rejects the first, earlier releases lack the second (sys/net/vnet.h).  Both are as wide, so lines stay.
"""

from collections.abc import Iterator

from vport import rules
from vport.c.declarators import Declaration
from vport.c.tokens import closing_paren
from vport.edits import Edit
from vport.lift.work import Work
from vport.patterns import later

NAME = "definitions"

_STATIC = later(rb"\bstatic\s+\Z")


def run(work: Work) -> Iterator[tuple[str, Edit]]:
    """Yield one edit for each definition that says it otherwise."""
    if work.target.forms.storage != "symbols":
        return
    fused = rules.load("upgrade")["static"]
    if not work.target.text["define_static"].startswith("static "):
        yield from _fuse(work, fused)
    else:
        yield from _part(work, {new: old for old, new in fused.items()})


def _fuse(work: Work, fused: dict[str, str]) -> Iterator[tuple[str, Edit]]:
    for file, at in work.words(fused):
        name = work.word_at(file, at)
        found = _STATIC.search(work.joined(file), max(0, at - 80), at)
        if found is None:
            continue
        reason = f"{fused[name]} says that it is static"
        if work.job.data[file][found.start() : at] != work.job.code(file)[found.start() : at]:
            yield file, Edit(found.start(), found.start() + len("static"), 0, b"", NAME, "the macro says it now")
            yield file, Edit(at, at + len(name), 0, fused[name].encode(), NAME, reason)
        else:
            yield file, Edit(found.start(), at + len(name), 0, fused[name].encode(), NAME, reason)


def _part(work: Work, parted: dict[str, str]) -> Iterator[tuple[str, Edit]]:
    for file, at in work.words(parted):
        if work.defines(file, at):
            continue
        name = work.word_at(file, at)
        reason = f"{work.target.name} has no {name}"
        yield file, Edit(at, at + len(name), 0, f"static {parted[name]}".encode(), NAME, reason)


def plain(work: Work) -> Iterator[tuple[str, Edit]]:
    """Definitions and declarations as those of globals; where a macro of the tree's own holds one, a person does it."""
    done: set[tuple[str, int]] = set()
    for file, known in work.read.tree.facts.items():
        for declaration in known.declarations:
            if declaration.macro in _PLAIN:
                done.add((file, work.job.code(file).find(declaration.macro.encode(), declaration.start)))
                for edit in _plain(work, file, declaration):
                    yield file, edit
    for file, at in work.words((*_PLAIN, *rules.load("upgrade")["static"], *_COUNTERS)):
        if (file, at) not in done and not work.defines(file, at):
            name = work.word_at(file, at)
            message = f"{name} here is no definition of one variable that can be read; write the plain globals by hand"
            work.leave(file, at, "definition-left", message)


_PLAIN = ("VNET_DEFINE", "VNET_DEFINE_STATIC", "VNET_DECLARE")
_COUNTERS = ("VNET_PCPUSTAT_DECLARE", "VNET_PCPUSTAT_DEFINE_STATIC")


def _plain(work: Work, file: str, declaration: Declaration) -> Iterator[Edit]:
    declarator, code = declaration.declarators[0], work.joined(file)
    end = closing_paren(code, code.find(b"(", declaration.start))
    storage = f"{declaration.storage} " if declaration.storage else ""
    gap = "" if declaration.specifier.endswith("*") else " "
    reason, name = f"{declarator.name} is a plain global", declarator.name
    text = f"{storage}{declaration.specifier}{gap}".encode("latin-1")
    yield Edit(declaration.start, declarator.name_at, 0, text, NAME, reason, name)
    yield Edit(declarator.end, end, 0, b"", NAME, reason, name)
