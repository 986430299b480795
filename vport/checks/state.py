"""VP1xx: mutable state that all stacks share, and for which nobody answers."""

from collections.abc import Iterator

from vport.checks.found import Found
from vport.checks.job import Job
from vport.decide import Decision, decide
from vport.evidence import gather
from vport.tree import Variable

_SURE, _ASK = "virtualize", "ask"
_WRITTEN, _LIMITS = "written-at-run-time", "rate-checked"
_NEVER_WRITTEN = "never-written"
"""What nobody writes is no state, whatever the policy says of its name."""


def check(job: Job) -> Iterator[Found]:
    """State that the policy would virtualize, in modules that hold per-vnet state already, and no plan speaks of."""
    virtual = {site.file for v in job.per_vnet for site in v.sites}
    ported = {f for files in job.modules.values() if virtual.intersection(files) for f in files}
    candidates = [
        v
        for v in job.read.tree.variables
        if not v.const and not v.virtual and job.wanted(v.file) and (v.file in ported or job.config.modules)
    ]
    if not candidates:
        return
    answered = _answered(job)
    evidence = gather(job.read)
    decisions = decide(job.read, evidence)
    for variable in candidates:
        decision, classes = decisions[variable.key], evidence[variable.key].classes
        if variable.key not in answered and _NEVER_WRITTEN not in classes and _tells(variable, decision, classes):
            yield _found(job, variable, decision)


def _tells(variable: Variable, decision: Decision, classes: frozenset[str]) -> bool:
    """Whether a variable is state that somebody must answer for.

    A policy seldom is sure of a static of a function, as few are virtualized; what is written there while packets and
    interfaces pass is worth a question, unless it only limits how often something is printed.
    """
    asked = decision.decision == _ASK and _WRITTEN in classes and _LIMITS not in classes
    return decision.decision == _SURE or (bool(variable.function) and asked)


def _answered(job: Job) -> set[tuple[str, str, str]]:
    """Keys of variables that the plan decides, whichever way."""
    if job.plan is None:
        return set()
    decided = {(e.file, e.function, e.name) for e in job.plan.entries if e.decision in ("virtualize", "share")}
    return {v.key for v in job.read.tree.variables if v.key in decided or _by_tail(v, decided)}


def _by_tail(variable: Variable, decided: set[tuple[str, str, str]]) -> bool:
    """Whether an entry means a variable though the plan stands in another folder than the tree that is read."""
    return any(
        (name, function) == (variable.name, variable.function)
        and (variable.file.endswith("/" + file) or file.endswith("/" + variable.file))
        for file, function, name in decided
    )


def _found(job: Job, variable: Variable, decision: Decision) -> Found:
    data = job.read.data[variable.file]
    line = data.count(b"\n", 0, variable.sites[0].declarator.name_at) + 1
    why = ", ".join(decision.why)
    what = f"static {variable.name} of {variable.function}()" if variable.function else variable.name
    cure = (
        f'Virtualize it: VNET_DEFINE and V_{variable.name} (`vport port`); or answer for it: decision = "share" in '
        "vport.toml, or /* vport: ignore VPnnn -- reason */"
    ).replace("VPnnn", "VP102" if variable.function else "VP101")
    return Found(
        "VP102" if variable.function else "VP101",
        variable.file,
        line,
        f"{what} is state that all stacks share ({why}), beside state that each has of its own",
        cure,
        variable.name,
        variable.function,
        confidence="low" if decision.decision == _ASK else "high" if decision.score >= 0.9 else "",
    )
