"""VP1xx: mutable state that all stacks share, and for which nobody answers."""

from collections.abc import Iterator

from vport.checks.found import Found
from vport.checks.job import Job
from vport.decide import Decision, decide_some
from vport.evidence import Gatherer
from vport.facts import Define
from vport.patterns import later
from vport.source import line_end, line_start
from vport.tree import Variable

_SURE, _ASK = "virtualize", "ask"
_WRITTEN, _LIMITS = "written-at-run-time", "rate-checked"
_SETTABLE, _LOCK = "sysctl-writable", "lock"
_SETTLED = -9.0
"""The score of what one class settles."""
_EXCUSE = later(rb"vport:\s*ignore\b[^\n]*\bVP10[12]\b")
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
    posing = _posing(job, candidates)
    gatherer = Gatherer(job.read, job.store)
    decisions = decide_some(job.read, gatherer, candidates)
    for variable in candidates:
        decision, classes = decisions[variable.key], gatherer.evidence(variable).classes
        if variable.key in posing and variable.key not in answered:
            yield _found_posing(job, variable, posing[variable.key])
        if variable.key in answered or variable.key in posing:
            continue
        if _NEVER_WRITTEN not in classes and _tells(variable, decision, classes):
            yield _found(job, variable, decision)
        elif (_is_new(job, variable) or _is_excused(job, variable)) and _counts_when_new(decision, classes):
            yield _found(job, variable, decision, new=True)


def _tells(variable: Variable, decision: Decision, classes: frozenset[str]) -> bool:
    """Whether a variable is state that somebody must answer for.

    A policy seldom is sure of a static of a function, as few are virtualized; what is written there while packets and
    interfaces pass is worth a question, unless it only limits how often something is printed.
    """
    asked = decision.decision == _ASK and _WRITTEN in classes and _LIMITS not in classes
    return decision.decision == _SURE or (bool(variable.function) and asked)


def _posing(job: Job, candidates: list[Variable]) -> dict[tuple[str, str, str], Define]:
    """Plain variables that `V_x` stands for in every build: those who read the code take them for each stack's own."""
    found = {}
    for variable in candidates:
        defines = [] if variable.function else job.read.tree.macros.get(f"V_{variable.name}", [])
        name = variable.name.encode()
        meant = [(f, d) for f, d in defines if job.code[f][d.body : d.end].strip(b" \t()") == name]
        if len(defines) == len(meant) == 1 and meant[0][0] in _sees(job, variable):
            file, define = meant[0]
            if not job.read.tree.branch(file, define.start):
                found[variable.key] = define
    return found


def _sees(job: Job, variable: Variable) -> frozenset[str] | set[str]:
    """Files whose macros may stand for a variable."""
    return {variable.file} | set(job.read.tree.reachable(variable.file))


def _found_posing(job: Job, variable: Variable, define: Define) -> Found:
    site = variable.sites[0]
    message = (
        f"{variable.name} is one variable that all stacks share, and {define.name} stands for it as if each had its own"
    )
    cure = f"Virtualize it: VNET_DEFINE, and {define.name} as VNET({variable.name}); or use its plain name"
    return Found(
        "VP101", variable.file, job.line(site.file, site.declarator.name_at), message, cure, variable.name, "",
        confidence="low",
    )  # fmt: skip


def _is_new(job: Job, variable: Variable) -> bool:
    """Whether a definition of a variable stands on a line that changed."""
    return any(job.line(site.file, site.declarator.name_at) in job.new.get(site.file, ()) for site in variable.sites)


def _is_excused(job: Job, variable: Variable) -> bool:
    """Whether a comment answers for a variable, which was asked about when it came: the comment stays of use."""
    data, at = job.read.data[variable.file], variable.sites[0].declarator.name_at
    before = line_start(data, max(0, line_start(data, at) - 1))
    return _EXCUSE.search(data, before, line_end(data, at)) is not None


def _counts_when_new(decision: Decision, classes: frozenset[str]) -> bool:
    """Whether a variable that has just come must be answered for, though its like is often shared.

    Who reviews a change asks of each value that packets change, or people by a sysctl, whose it is.  What is written
    while a module comes up, what the kernel keeps once by its nature, and locks need no answer.
    """
    settled = decision.score <= _SETTLED or _LOCK in classes or _LIMITS in classes
    return not settled and (_WRITTEN in classes or _SETTABLE in classes)


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


def _found(job: Job, variable: Variable, decision: Decision, *, new: bool = False) -> Found:
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
        f"{what} is {'new ' if new else ''}state that all stacks share ({why}), beside state that each has of its own",
        cure,
        variable.name,
        variable.function,
        confidence=_confidence(variable, decision),
    )


def _confidence(variable: Variable, decision: Decision) -> str:
    """How sure it is that each stack should have its own."""
    if decision.decision == _SURE:
        return "high" if decision.score >= 0.9 else ""
    return "" if decision.decision == _ASK and not variable.function else "low"
