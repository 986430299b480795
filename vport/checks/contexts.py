"""VP2xx: every entry point of every module, explored in the context that its framework guarantees."""

from collections.abc import Iterator

from vport.checks.found import Found
from vport.checks.job import Job


def check(job: Job) -> Iterator[Found]:
    """Findings about contexts, one for each cause."""
    for name in job.touched():
        yield from job.explored[name].contexts
