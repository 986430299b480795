"""All checks over a tree, and their findings in one order."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from vport import answers, rules
from vport.cache import Cache
from vport.checks import (
    addresses,
    contexts,
    elsewhere,
    leaves,
    life,
    linkage,
    pairs,
    plan,
    reached,
    slots,
    sources,
    state,
    unbraced,
)
from vport.checks.causes import once
from vport.checks.checked import Checked
from vport.checks.config import OFF, Config
from vport.checks.found import Found
from vport.checks.job import Job
from vport.cures.cure import with_cures
from vport.read import Read

if TYPE_CHECKING:
    from vport.plan import Plan

FAMILIES: Mapping[str, Callable[[Job], Iterator[Found]]] = {
    "state": state.check,
    "contexts": contexts.check,
    "elsewhere": elsewhere.check,
    "unbraced": unbraced.check,
    "addresses": addresses.check,
    "sources": sources.check,
    "life": life.check,
    "pairs": pairs.check,
    "slots": slots.check,
    "reached": reached.check,
    "leaves": leaves.check,
    "linkage": linkage.check,
    "plan": plan.check,
}
"""Families of findings, by the name of their file."""


def run_checks(
    read: Read,
    config: Config | None = None,
    focus: frozenset[str] | None = None,
    decisions: "Plan | None" = None,
    cache: Cache | None = None,
    jobs: int = 0,
    cures: bool = False,
    new: Mapping[str, frozenset[int]] | None = None,
) -> Checked:
    """Check a tree.

    Arguments:
        read: the whole tree, which gives the findings their context.
        config: what a person asked for.
        focus: files whose findings are wanted; all if None.
        decisions: the plan, if there is one.
        cache: where what modules came to is kept.
        jobs: processes; 0 for one per processor.
        cures: whether also edits that take long to work out are wanted.
        new: lines by file that are new or changed: state that comes with them is asked about where old state is not.
    """
    job = Job(read, config or Config(), focus, decisions, cache, jobs, new)
    with rules.added(job.config.rules()), answers.kept_in(cache):
        found = sorted(with_cures(job, _found(job), cures), key=lambda f: (f.file, f.line, f.id, f.message))
    return Checked(found, job.problems, job.slow)


def _found(job: Job) -> Iterable[Found]:
    return once(
        one
        for family in FAMILIES.values()
        for one in family(job)
        if job.wanted(one.file) and job.config.severity_of(one.id) != OFF
    )
