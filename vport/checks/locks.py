"""VP408: shared state that is written under a lock which every stack has of its own."""

from collections.abc import Iterator

from vport.checks.found import Found
from vport.checks.job import Job


def check(job: Job) -> Iterator[Found]:
    """What the models of the modules show."""
    for name in job.touched():
        yield from job.explored[name].locks
