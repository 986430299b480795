"""VP3xx, and what else a module's life shows: loaded with jails, through their coming and going, to its unloading."""

from collections.abc import Iterator

from vport.checks.found import Found
from vport.checks.job import Job


def check(job: Job) -> Iterator[Found]:
    """Findings about the life of modules that hold state of each stack, or register constructors."""
    for name in job.touched():
        yield from job.explored[name].life
