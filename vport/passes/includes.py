"""`#include <net/vnet.h>` where a file needs it and its includes do not bring it.

See VNET(9); headers that bring it are read from the tree, or from rules/dialects where they lie outside.
"""

import re
from collections.abc import Iterator

from vport.edits import Edit
from vport.facts import Include
from vport.job import Job
from vport.source import line_end, line_start

NAME = "includes"


def _needs(job: Job) -> dict[str, int]:
    """Files that get a definition or declaration, with the offset of their first."""
    first: dict[str, int] = {}
    for variable in job.variables:
        for site in (*variable.sites, *variable.externs):
            at = site.declaration.start
            first[site.file] = min(at, first.get(site.file, at))
    return first


def _brings(job: Job, file: str) -> bool:
    """Whether the includes of `file` reach the header already."""
    header = job.dialect.text["include"]
    bringers = set(job.dialect.text["brings"].split())
    for reached in job.tree.reachable(file):
        if ("/" + reached).endswith("/" + header):
            return True
        if any(i.path == header or (i.path in bringers and not _known(job, reached, i)) for i in job.tree.facts[reached].includes):
            return True
    return False


def _known(job: Job, file: str, include: Include) -> bool:
    return bool(job.tree.resolve_include(file, include.path, include.quoted))


def _place(job: Job, file: str, first: int) -> int:
    """Where the include goes: by group, `net` before `sys` before any; above the first use when there is no include."""
    data = job.data[file]
    outer = set(job.branch(file, first))
    usable = [
        i for i in job.tree.facts[file].includes if i.end <= first and set(job.branch(file, i.start)) <= outer
    ]
    for pattern in (r"net/", r"sys/", r""):
        group = [i for i in usable if re.match(pattern, i.path)]
        if group:
            return line_end(data, group[-1].end)
    return line_start(data, first)


def run(job: Job) -> Iterator[tuple[str, Edit]]:
    """Yield one insertion for every file that lacks the header."""
    for file, first in _needs(job).items():
        if _brings(job, file):
            continue
        at = _place(job, file, first)
        line = f"#include <{job.dialect.text['include']}>{job.newline(file)}"
        reason = "defines the macros this file now uses"
        yield file, Edit(at, at, -1, line.encode(), NAME, reason)
