"""The edits of an intermediate step: those of the port of some variables, beside what earlier steps prepared.

Types and contexts are prepared for the whole port, before any variable changes, as they do nothing by themselves.
Loops over all stacks are not: what they repeat would happen to shared state, so they come with their variables.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec

from vport.dialect import Dialect
from vport.edits import Edit
from vport.job import Job
from vport.life.placement import Placement
from vport.passes import contexts, definitions, includes, lifecycle, objects
from vport.port import Port
from vport.series.hoisting import hoisted

Edits = dict[str, list[Edit]]
"""Edits by file."""


class Prepared(msgspec.Struct):
    """What is prepared for a port.

    Arguments:
        types: edits by file and offset of the statement.
        contexts: edits by file.
        ranges: functions whose contexts are all prepared, by file: start and end.
        followed: whether forms of the dialect follow the passes, so that edits cannot be told apart.
    """

    types: dict[tuple[str, int], list[Edit]]
    contexts: Edits
    ranges: dict[str, list[tuple[int, int]]]
    followed: bool = False


def prepare(whole: Port, dialect: Dialect) -> Prepared:
    """What the first steps of a series can do.

    Arguments:
        whole: the port of all variables.
        dialect: it was made for.
    """
    job, made = whole.job, {e.by for found in whole.edits.values() for e in found}
    if dialect.forms.passes:
        return Prepared({}, {}, {}, followed=True)
    types = hoisted(job) if definitions.NAME in made else {}
    return Prepared(types, *(_contexts(job, whole.edits) if contexts.NAME in made else ({}, {})))


def _contexts(job: Job, edits: Edits) -> tuple[Edits, dict[str, list[tuple[int, int]]]]:
    """Edits of the contexts that change nothing by themselves, and the functions they are in."""
    written = {(f, e.start, e.end) for f, found in edits.items() for e in found if e.by == contexts.NAME}
    kinds: dict[tuple[str, int, int], bool] = {}
    for placement in job.placements:
        place = placement.function[0], placement.flow.start, placement.flow.end
        kinds[place] = kinds.get(place, True) and _is_harmless(placement, written)
    ranges: dict[str, list[tuple[int, int]]] = {}
    for (file, start, end), harmless in kinds.items():
        if harmless and not _is_rebuilt(edits.get(file, ()), start, end):
            ranges.setdefault(file, []).append((start, end))
    arguments = set(_arguments(job.placements, ranges))
    found = {
        file: [
            e
            for e in known
            if e.by == objects.NAME
            or (
                e.by == contexts.NAME
                and (_inside(ranges.get(file, ()), e.start) or (file, e.start, e.end) in arguments)
            )
        ]
        for file, known in edits.items()
    }
    return {file: known for file, known in found.items() if known}, ranges


def parts(prepared: Prepared, whole: Port) -> list[Edits]:
    """The prepared contexts in parts that can stand alone: files that serve one handler or one structure together."""
    leader = {file: file for file in prepared.contexts}

    def top(file: str) -> str:
        while leader[file] != file:
            file = leader[file]
        return file

    for files in _together(whole):
        known = sorted(top(file) for file in files if file in leader)
        leader.update(dict.fromkeys(known, min(known, default="")))
    found: dict[str, Edits] = {}
    for file in sorted(prepared.contexts):
        found.setdefault(top(file), {})[file] = prepared.contexts[file]
    return list(found.values())


def _together(whole: Port) -> Iterator[set[str]]:
    """Files of one handler with those that give it its argument, and of one structure with its readers and makers."""
    by_reason: dict[str, set[str]] = {}
    for file, known in whole.edits.items():
        for edit in known:
            if edit.by == objects.NAME:
                by_reason.setdefault(edit.reason, set()).add(file)
    members = tuple(f"->{member}" for member in whole.job.objects.values())
    for placement in whole.job.placements:
        yield {placement.function[0], *(r.file for r in placement.pass_vnet)}
        if members and placement.expression.endswith(members):
            for reason, files in by_reason.items():
                if placement.function[1] in reason:
                    yield {placement.function[0], *files}


def _is_harmless(placement: Placement, written: Collection[tuple[str, int, int]]) -> bool:
    """Whether a context is a set alone, and the arguments that serve it are edits of their own."""
    return placement.kind == "set" and all((r.file, *r.argument) in written for r in placement.pass_vnet)


def _is_rebuilt(edits: Iterable[Edit], start: int, end: int) -> bool:
    """Whether a constructor or destructor takes text out of a function."""
    return any(e.by == lifecycle.NAME and start <= e.start < end for e in edits)


def _arguments(
    placements: Iterable[Placement], ranges: Mapping[str, Collection[tuple[int, int]]]
) -> Iterator[tuple[str, int, int]]:
    """Arguments that become the vnet of a handler whose context is prepared."""
    for placement in placements:
        if (placement.flow.start, placement.flow.end) in ranges.get(placement.function[0], ()):
            yield from ((r.file, *r.argument) for r in placement.pass_vnet)


def _inside(ranges: Iterable[tuple[int, int]], at: int) -> bool:
    return any(start <= at <= end for start, end in ranges)


def compose(part: Port | None, whole: Port, prepared: Prepared, ready: Edits) -> Edits:
    """All edits of a step against the text before the series.

    Arguments:
        part: the port of the variables so far; None before the first.
        whole: that of all.
        prepared: for the whole port.
        ready: the prepared contexts so far.
    """
    if part is whole:
        return whole.edits
    if prepared.followed:
        return part.edits if part else {}
    found: Edits = {}
    for file, known in (part.edits if part else {}).items():
        kept = [e for e in known if not _is_prepared(file, e, prepared)]
        found[file] = kept
    for file, known in ready.items():
        found.setdefault(file, []).extend(e for e in known if e not in found[file])
    for (file, _), known in prepared.types.items():
        low, high = min(e.start for e in known), max(e.end for e in known)
        if not any(low <= e.start <= high or low <= e.end <= high for e in found.get(file, ())):
            found.setdefault(file, []).extend(known)
    return _with_includes(found, whole)


def _is_prepared(file: str, edit: Edit, prepared: Prepared) -> bool:
    """Whether an edit is one that the preparation stands for."""
    if edit.by == includes.NAME or edit.by == objects.NAME:
        return True
    return edit.by == contexts.NAME and _inside(prepared.ranges.get(file, ()), edit.start)


def _with_includes(found: Edits, whole: Port) -> Edits:
    """With the includes of the whole port wherever a changed file sees them: they do nothing by themselves."""
    seen: set[str] = set()
    for file, known in found.items():
        if known:
            seen |= {file, *whole.job.tree.reachable(file)}
    for file in seen & whole.edits.keys():
        found.setdefault(file, []).extend(e for e in whole.edits[file] if e.by == includes.NAME)
    return {file: known for file, known in found.items() if known}
