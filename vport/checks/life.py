"""VP3xx, and what else a module's life shows: loaded with jails, through their coming and going, to its unloading."""

from collections.abc import Iterator

from vport.checks.found import Found
from vport.checks.job import Job

_CONTEXT = "VP2"
_NO_CONTEXT = "VP203"
_ONCE = "VP313"
"""A handler of one stack that is registered once: told where it touches that stack's state, if that is told at all."""


def check(job: Job) -> Iterator[Found]:
    """Findings about the life of modules that hold state of each stack, or register constructors.

    What a life shows of contexts counts where the entry points by themselves do not show it.
    """
    for name in job.touched():
        contexts = job.explored[name].contexts
        known = {_cause(one) for one in contexts}
        reached = {(one.file, one.line) for one in contexts if one.id == _NO_CONTEXT}
        for one in job.explored[name].life:
            if one.id == _ONCE and any((step.file, step.line) in reached for step in one.steps):
                continue
            if not one.id.startswith(_CONTEXT) or _cause(one) not in known:
                yield one


def _cause(one: Found) -> tuple[str, str, str]:
    return one.id, one.file, one.function
