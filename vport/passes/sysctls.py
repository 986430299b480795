"""Sysctl leaves of virtualized variables: the per-vnet flag or family, and the symbol instead of the address.

See sysctl(9) and VNET(9); a leaf that lacks the flag reads and writes the reference copy in silence.
"""

from collections.abc import Iterator

from vport.dialect import sysctl_arguments
from vport.edits import Edit
from vport.job import Job
from vport.macro_refusals import naming
from vport.passes._behind import leaves_behind, written_out
from vport.passes._leaves import HANDLER, Leaf, fold_leaf
from vport.patterns import later
from vport.tree import Reference
from vport.uses import Use

NAME = "sysctls"

_NULL = later(rb"(?:NULL|0|\(void \*\)\s*0)\Z")


def is_pointer(use: Use) -> bool:
    """Whether the use is the address that a sysctl leaf exports."""
    arguments = sysctl_arguments(use.callee) if use.callee else None
    return arguments is not None and use.argument == arguments.pointer and use.access != "sizeof"


def _reference_edit(job: Job, reference: Reference, name: str, variable: str) -> Edit:
    use = reference.use
    reason = f"the leaf exports the per-stack {variable}"
    return Edit(use.at, use.at + len(use.name), 3, job.dialect.reference(name).encode(), NAME, reason, variable)


def _mark(job: Job, leaf: Leaf, variable: str) -> Iterator[Edit]:
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


def _leaf_edits(job: Job, leaf: Leaf, edits: list[Edit], measured: list[int]) -> Iterator[Edit]:
    """The edits of a leaf with the breaks they make necessary.

    Arguments:
        job: the port.
        leaf: the call.
        edits: of this pass.
        measured: where the uses pass writes an accessor into the leaf.
    """
    growth = {at: len("V_") for at in measured}
    for edit in edits:
        growth[edit.start] = growth.get(edit.start, 0) + len(edit.new) - (edit.end - edit.start)
    yield from edits
    yield from fold_leaf(leaf, growth, NAME)


def _handlers(job: Job) -> Iterator[tuple[str, Leaf, str]]:
    """Sysctls without a pointer whose handler uses a chosen variable, with that variable's name."""
    users = {
        (r.file, job.tree.facts[r.file].functions[r.use.index].name): v.name
        for v, r in job.references()
        if r.use.place == "function"
    }
    for file, known in job.tree.facts.items():
        for call in known.calls:
            if call.name != "SYSCTL_PROC" or len(call.arguments) <= HANDLER:
                continue
            leaf = Leaf(job, file, call.arguments[0][0], call.name)
            variable = users.get((file, leaf.text(HANDLER).decode("latin-1")))
            if variable and _NULL.match(leaf.text(4)):
                yield file, leaf, variable


def _exports(job: Job) -> Iterator[tuple[Leaf, list[Edit], list[int]]]:
    """Leaves that export chosen variables, with their edits and where an accessor goes into them, as in `sizeof`."""
    leaves: dict[tuple[str, int], tuple[Leaf, list[Edit], list[int]]] = {}
    others: dict[str, list[int]] = {}
    for variable, reference in job.references():
        use = reference.use
        if not is_pointer(use):
            others.setdefault(reference.file, []).append(use.at)
            continue
        leaf = Leaf(job, reference.file, use.at, use.callee)
        _, edits, _ = leaves.setdefault((leaf.file, leaf.start), (leaf, [], []))
        edits += [_reference_edit(job, reference, job.new_name(variable), variable.name)]
        edits += [] if len(edits) > 1 else _mark(job, leaf, variable.name)
    for leaf, edits, _ in leaves.values():
        yield leaf, edits, [at for at in others.get(leaf.file, ()) if leaf.start <= at < leaf.end]


def _behind_macros(job: Job) -> Iterator[tuple[Leaf, list[Edit], list[int]]]:
    """Leaves that export part of a chosen variable through macros, which a symbol has to be written out for."""
    macros = naming(job)
    for file, call, (start, end) in leaves_behind(job, macros):
        found = written_out(job, macros, file, start, end)
        if found is None:
            continue
        new, (variable,) = found
        leaf = Leaf(job, file, start, call.name)
        reason = f"the leaf exports the per-stack {variable.name}, which its macro reaches by curvnet"
        edits = [Edit(start, end, 3, new, NAME, reason, variable.name), *_mark(job, leaf, variable.name)]
        here = [r.use.at for _, r in job.references() if r.file == file]
        yield leaf, edits, [at for at in here if call.start <= at < call.end]


def run(job: Job) -> Iterator[tuple[str, Edit]]:
    """Yield the edits of every leaf that exports or handles a chosen variable."""
    for leaf, edits, measured in (*_exports(job), *_behind_macros(job)):
        for edit in _leaf_edits(job, leaf, edits, measured):
            yield leaf.file, edit
    for file, leaf, name in _handlers(job):
        for edit in _leaf_edits(job, leaf, list(_mark(job, leaf, name)), []):
            yield file, edit
