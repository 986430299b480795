"""Sysctl leaves of virtualized variables: the per-vnet flag or family, and the symbol instead of the address.

See sysctl(9) and VNET(9); a leaf that lacks the flag reads and writes the reference copy in silence.
"""

import re
from collections.abc import Iterator

from vport.c.tokens import closing_paren, split_arguments
from vport.dialect import sysctl_arguments
from vport.edits import Edit
from vport.job import Job
from vport.source import line_end, line_start
from vport.tree import Reference
from vport.uses import Use
from vport.write import WIDTH, columns

NAME = "sysctls"

_COMPARED = re.compile(rb"\barg1\s*[=!]=\s*&\s*\Z")
_NULL = re.compile(rb"(?:NULL|0|\(void \*\)\s*0)\Z")


def is_pointer(use: Use) -> bool:
    """Whether the use is the address that a sysctl leaf exports."""
    arguments = sysctl_arguments(use.callee) if use.callee else None
    return arguments is not None and use.argument == arguments.pointer and use.access != "sizeof"


def names_reference(job: Job, reference: Reference) -> bool:
    """Whether a handler compares its argument with the variable where the dialect hands it the reference copy.

    Releases with a flag rebase the argument before the handler sees it (sys/kern/kern_sysctl.c), older ones do not.
    """
    use = reference.use
    if job.dialect.flag or use.access != "address":
        return False
    head = job.code(reference.file)[max(0, use.at - 60) : use.at]
    return bool(_COMPARED.search(head))


class _Leaf:
    """One sysctl macro call: where it stands and its arguments."""

    def __init__(self, job: Job, file: str, at: int, macro: str) -> None:
        code = job.code(file)
        self.file = file
        self.macro = macro
        self.start = code.rfind(macro.encode(), 0, at)
        paren = code.find(b"(", self.start)
        end = closing_paren(code, paren)
        self.arguments = split_arguments(code, paren + 1, end - 1) if end > 0 else []
        self.data = job.data[file]

    def text(self, index: int) -> bytes:
        """Bytes of one argument; empty when the call has no such."""
        if index >= len(self.arguments):
            return b""
        start, end = self.arguments[index]
        return self.data[start:end]


def _reference_edit(job: Job, reference: Reference, name: str, variable: str) -> Edit:
    use = reference.use
    reason = f"the leaf exports the per-stack {variable}"
    return Edit(use.at, use.at + len(use.name), 3, job.dialect.reference(name).encode(), NAME, reason, variable)


def _mark(job: Job, leaf: _Leaf, variable: str) -> Iterator[Edit]:
    """Mark the leaf as per-stack in the way of the dialect, and fold its line when that makes it too wide."""
    reason = f"the leaf belongs to the stack of who asks, as {variable} does"
    family = job.dialect.families.get(leaf.macro)
    if family is not None:
        yield Edit(leaf.start, leaf.start + len(leaf.macro), 0, family.encode(), NAME, reason, variable)
    if not job.dialect.flag:
        return
    arguments = sysctl_arguments(leaf.macro)
    assert arguments is not None
    flag = job.dialect.flag
    if arguments.access >= len(leaf.arguments) or flag.encode() in leaf.text(arguments.access):
        return
    at = leaf.arguments[arguments.access][0]
    yield Edit(at, at, 2, f"{flag} | ".encode(), NAME, reason, variable)


def _folds(job: Job, leaf: _Leaf, growth: dict[int, int]) -> Iterator[Edit]:
    """Move arguments to lines of their own where `growth`, columns added by offset, makes a line too wide."""
    data, newline = leaf.data, job.newline(leaf.file)
    first = data[line_start(data, leaf.start) : leaf.start].decode("latin-1")
    indent = first if first.isspace() else ""
    lines = {line_start(data, at) for at in growth}
    for begin in sorted(lines):
        stop = line_end(data, begin)
        text = data[begin:stop].rstrip(b"\r\n").decode("latin-1")
        added = sum(n for at, n in growth.items() if begin <= at < stop)
        width = columns(text) + added
        if width <= WIDTH or text.endswith("\\"):
            continue
        for start, _ in leaf.arguments:
            if begin < start < stop and data[start - 2 : start] == b", ":
                head = columns(data[begin:start].decode("latin-1")) + sum(
                    n for at, n in growth.items() if begin <= at < start
                )
                upto = _argument_end(leaf, start, growth)
                if head + upto > WIDTH:
                    reason = "the line would pass 80 columns"
                    yield Edit(start - 1, start, 0, f"{newline}{indent}    ".encode(), NAME, reason)
                    break


def _argument_end(leaf: _Leaf, start: int, growth: dict[int, int]) -> int:
    """Columns from the start of an argument past the comma behind it, growth included."""
    end = next(b for a, b in leaf.arguments if a == start)
    return end - start + 1 + sum(n for at, n in growth.items() if start <= at < end)


def _leaf_edits(job: Job, leaf: _Leaf, edits: list[Edit]) -> Iterator[Edit]:
    growth: dict[int, int] = {}
    for edit in edits:
        growth[edit.start] = growth.get(edit.start, 0) + len(edit.new) - (edit.end - edit.start)
    yield from edits
    yield from _folds(job, leaf, growth)


def _handlers(job: Job) -> Iterator[tuple[str, _Leaf, str]]:
    """Sysctls without a pointer whose handler uses a chosen variable, with that variable's name."""
    users = {
        (r.file, job.tree.facts[r.file].functions[r.use.index].name): v.name
        for v, r in job.references()
        if r.use.place == "function"
    }
    for file, known in job.tree.facts.items():
        for call in known.calls:
            if call.name != "SYSCTL_PROC" or len(call.arguments) < 7:
                continue
            leaf = _Leaf(job, file, call.arguments[0][0], call.name)
            variable = users.get((file, leaf.text(6).decode("latin-1")))
            if variable and _NULL.match(leaf.text(4)):
                yield file, leaf, variable


def run(job: Job) -> Iterator[tuple[str, Edit]]:
    """Yield the edits of every leaf that exports or handles a chosen variable."""
    for variable, reference in job.references():
        if is_pointer(reference.use):
            leaf = _Leaf(job, reference.file, reference.use.at, reference.use.callee)
            edits = [_reference_edit(job, reference, job.new_name(variable), variable.name)]
            edits += _mark(job, leaf, variable.name)
            for edit in _leaf_edits(job, leaf, edits):
                yield reference.file, edit
    for file, leaf, name in _handlers(job):
        for edit in _leaf_edits(job, leaf, list(_mark(job, leaf, name))):
            yield file, edit
