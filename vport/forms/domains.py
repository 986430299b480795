"""`DOMAIN_SET` where no macro said that a domain is set up for each stack: the kernel did it for all (sys/domain.h)."""

from collections.abc import Iterator

from vport.edits import Edit
from vport.forms.job import FormJob
from vport.patterns import later

NAME = "domains"

_SET = later(rb"\bVNET_DOMAIN_SET\s*(?=\()")


def run(job: FormJob) -> Iterator[tuple[str, Edit]]:
    """Yield the older name for each domain."""
    for file, facts in job.tree.facts.items():
        for match in _SET.finditer(job.code(file)):
            if not any(d.start <= match.start() < d.end for d in facts.defines):
                reason = "every domain is set up for each stack"
                yield file, Edit(match.start(), match.end(), 0, b"DOMAIN_SET", NAME, reason)
