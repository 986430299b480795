"""VP3xx, and what else a module's life shows: loaded with jails, through their coming and going, to its unloading."""

from collections.abc import Iterator

from vport.checks.found import Found
from vport.checks.job import Job
from vport.checks.linkage import is_registry
from vport.checks.slots import in_default_arm
from vport.source import line_end

_CONTEXT = "VP2"
_NO_CONTEXT = "VP203"
_ONCE = "VP313"
"""A handler of one stack that is registered once.

Told where it touches that stack's state, if that is told at all; where its tag is virtualized, that is the mistake.
"""
_GIVES_UP = "VP316"


def check(job: Job) -> Iterator[Found]:
    """Findings about the life of modules that hold state of each stack, or register constructors.

    What a life shows of contexts counts where the entry points by themselves do not show it.
    """
    registries = {v.name for v in job.per_vnet if is_registry(job, v)}
    for name in job.touched():
        contexts = job.explored[name].contexts
        known = {_cause(one) for one in contexts}
        reached = {(one.file, one.line) for one in contexts if one.id == _NO_CONTEXT}
        for one in job.explored[name].life:
            if one.id == _ONCE and (one.variable in registries or any((s.file, s.line) in reached for s in one.steps)):
                continue
            if one.id == _GIVES_UP and _for_default_only(job, one):
                continue
            if not one.id.startswith(_CONTEXT) or _cause(one) not in known:
                yield one


def _for_default_only(job: Job, one: Found) -> bool:
    """Whether a place is reached for the default stack alone, where what all share is set up and no stack comes up."""
    data, code = job.read.data[one.file], job.code[one.file]
    at = 0
    for _ in range(one.line - 1):
        at = data.find(b"\n", at) + 1
    at += len(code[at : line_end(data, at)]) - len(code[at : line_end(data, at)].lstrip())
    flow = job.life.flows.around(one.file, at)
    return flow is not None and in_default_arm(code, flow, at)


def _cause(one: Found) -> tuple[str, str, str]:
    return one.id, one.file, one.function
