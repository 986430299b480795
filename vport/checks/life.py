"""VP3xx, and what else a module's life shows: loaded with jails, through their coming and going, to its unloading."""

from collections.abc import Iterator

from vport.checks.found import Found
from vport.checks.job import Job

_CONTEXT = "VP2"


def check(job: Job) -> Iterator[Found]:
    """Findings about the life of modules that hold state of each stack, or register constructors.

    What a life shows of contexts counts where the entry points by themselves do not show it.
    """
    for name in job.touched():
        known = {_cause(one) for one in job.explored[name].contexts}
        for one in job.explored[name].life:
            if not one.id.startswith(_CONTEXT) or _cause(one) not in known:
                yield one


def _cause(one: Found) -> tuple[str, str, str]:
    return one.id, one.file, one.function
