"""A port: from decisions to new texts.  Passes propose edits; here they are gathered, applied and counted."""

import time
from collections.abc import Collection, Mapping

import msgspec

from vport.dialect import NAMES as NAMES_OF_DIALECTS
from vport.dialect import Dialect, load
from vport.edits import Edit, apply_edits
from vport.errors import OverlapError
from vport.findings import Finding
from vport.forms.follow import follow
from vport.job import Job
from vport.life.objects import Object, fillers, member_name
from vport.life.placement import Placement
from vport.outcome import Changed, Clean, Failed, Outcome
from vport.passes import LATE, LIFE, NAMES, PASSES, continuations, folds, lifecycle
from vport.read import Read
from vport.refusals import refuse
from vport.tree import Variable


class Port(msgspec.Struct):
    """What a port does.

    Arguments:
        outcomes: one for each file that was read.
        edits: by file, as applied.
        findings: what was refused or needs a person.
        ported: variables that were virtualized.
        seconds: time by stage.
        job: the passes' last round, for reports that tell why: its placements, its calls.
    """

    outcomes: list[Outcome]
    edits: dict[str, list[Edit]]
    findings: list[Finding]
    ported: list[Variable]
    seconds: dict[str, float]
    job: Job


def _closed(variables: list[Variable]) -> list[Variable]:
    """With a variable of external linkage all definitions of its name, as they are one symbol."""
    found: dict[tuple[str, str, str], Variable] = {}
    for variable in variables:
        for one in (variable, *variable.same):
            if not one.virtual:
                found.setdefault(one.key, one)
    return list(found.values())


def _gather(job: Job, passes: Mapping[str, object], seconds: dict[str, float]) -> dict[str, list[Edit]]:
    edits: dict[str, list[Edit]] = {}
    for name in passes:
        began = time.perf_counter()
        if name in LATE:
            edits = LATE[name](job, edits)
        for file, edit in PASSES[name](job) if name in PASSES else ():
            edits.setdefault(file, []).append(edit)
        seconds[f"pass {name}"] = time.perf_counter() - began
    return {
        file: [*found, *continuations.run(job, file, found), *folds.run(job, file, found)]
        for file, found in edits.items()
    }


def _apply(read: Read, edits: Mapping[str, list[Edit]]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for file, before in read.data.items():
        try:
            after = apply_edits(file, before, edits.get(file, ()))
        except OverlapError as error:
            outcomes.append(Failed(file, str(error)))
            continue
        outcomes.append(Changed(file, before, after) if after != before else Clean(file))
    return outcomes


def port(
    read: Read,
    variables: Collection[Variable],
    dialect: Dialect,
    only: Collection[str] = (),
    skip: Collection[str] = (),
    objects: Mapping[str, str] | None = None,
    life: bool = False,
    spelled: Collection[str] = (),
    known: Job | None = None,
) -> Port:
    """Port `variables` of a tree that was read.

    Arguments:
        read: the tree.
        variables: to virtualize; those that are virtual already are passed over, but for their contexts where `only`
            asks for these by name.
        dialect: to write.
        only, skip: names of passes to run alone, or to leave out.
        objects: members for a vnet that structures may get, by tag.
        life: whether contexts, constructors and destructors are written too; `only` asks for them by name.
        spelled: names of variables whose uses are accessors already, as an upgrade leaves them.
        known: the job of an earlier port of the same tree to the same dialect, so that less is to be found out.
    """
    wanted = [v for v in variables if not v.virtual and not _is_ported(read, v, dialect)]
    served = [v for v in variables if v.virtual]
    forms = dialect.forms
    life = life or forms.storage == "containers"  # values that definitions cannot have need a constructor
    refused: list[Finding] = []
    while True:
        names = only or [n for n in NAMES if life or n not in LIFE]
        passes = {n: None for n in NAMES if n in names and n not in (*skip, *forms.skip)}
        job = Job(read.tree, read.data, dialect.first(), read.reading, _closed(wanted))
        job.spelled = frozenset(spelled)
        if known is not None:
            job.learn(known)
        result = _port(read, job, passes, objects, served if "contexts" in only else [])
        if not forms.passes or only:
            return result
        ported = {(v.file, job.new_name(v)): v for v in result.ported}
        began = time.perf_counter()
        try:
            followed = follow(read, result.edits, ported, dialect, life and lifecycle.NAME in passes)
        except OverlapError as error:
            result.outcomes.append(Failed(str(error).partition(":")[0], str(error)))
            return result
        result.seconds["forms"] = time.perf_counter() - began
        if not followed.refused:
            outcomes = _apply(read, followed.edits) + read.outcomes
            findings = sorted({*result.findings, *refused, *followed.findings})
            return Port(outcomes, followed.edits, findings, result.ported, result.seconds, result.job)
        refused += followed.findings
        gone = {v for name in followed.refused for v in (ported[name], *ported[name].same)}
        wanted = [v for v in wanted if v not in gone]


def _is_ported(read: Read, variable: Variable, dialect: Dialect) -> bool:
    """Whether a dialect that leaves plain globals in sight has done with this one: its accessor is there."""
    if dialect.forms.storage == "symbols":
        return False
    reach = read.tree.reachable(variable.file)
    return any(file in reach for file, _ in read.tree.macros.get(f"V_{variable.name}", ()))


def _port(
    read: Read, job: Job, passes: Mapping[str, None], objects: Mapping[str, str] | None, served: list[Variable]
) -> Port:
    """One round: refusals, passes and the new texts."""
    seconds: dict[str, float] = {}
    began = time.perf_counter()
    job.objects = dict(objects or {}) if {"objects", "contexts"} <= passes.keys() else {}
    stay = job.dialect.forms.storage == "globals"  # a plain global may hold any value
    job.lifecycle = stay or lifecycle.NAME in passes
    job.served = served
    ported, findings = refuse(job)
    job.variables = ported
    seconds["refusals"] = time.perf_counter() - began
    edits = _gather(job, passes, seconds)
    findings = sorted({*findings, *job.left})
    began = time.perf_counter()
    outcomes = _apply(read, edits)
    seconds["apply"] = time.perf_counter() - began
    return Port(outcomes + read.outcomes, edits, findings, ported, seconds, job)


def objects_wanted(read: Read, variables: Collection[Variable]) -> list[Object]:
    """Structures that handlers without a vnet would have to learn it from, if `variables` were ported.

    Arguments:
        read: the tree.
        variables: to virtualize.
    """
    job = Job(
        read.tree, read.data, load(NAMES_OF_DIALECTS[0]), read.reading, _closed([v for v in variables if not v.virtual])
    )
    found: dict[str, list[Placement]] = {}
    for placement in job.placements:
        if placement.kind == "left" and placement.object:
            found.setdefault(placement.object, []).append(placement)
    objects = []
    for tag, placements in sorted(found.items()):
        place = job.life.types.where(tag)
        if place is not None and fillers(job.life, tag, {p.function for p in placements}):
            why = [f"{p.function[1]} runs as {p.entry.kind}" for p in placements]
            objects.append(Object(tag, place[0], member_name(job.life, tag, place[0]), tuple(why)))
    return objects
