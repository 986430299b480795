"""`#include <net/vnet.h>` where a file needs it and its includes do not bring it.

See VNET(9); headers that bring it are read from the tree, or from rules/dialects where they lie outside.
"""

import re
from collections.abc import Iterator, Mapping

from vport.edits import Edit
from vport.facts import Include
from vport.job import Job
from vport.patterns import later
from vport.source import line_end, line_start
from vport.tree import Site

NAME = "includes"

_ENTERS = later(rb"\b(?:CURVNET_|VNET_(?:FOREACH|LIST_|ITERATOR_|SYS|GLOBAL)|curvnet\b)")
"""What contexts, constructors and destructors need the header for."""


def _needs(job: Job) -> dict[str, int]:
    """Files that get a definition or declaration, with the offset of their first."""
    first: dict[str, int] = {}
    for variable in job.variables:
        for site in (*variable.sites, *variable.externs):
            at = _top_level_start(job, site)
            first[site.file] = min(at, first.get(site.file, at))
    return first


def _top_level_start(job: Job, site: Site) -> int:
    """Where a site's text will begin: a hoisted one goes above its function."""
    at = site.declaration.start
    if not site.declaration.function:
        return at
    return next((f.start for f in job.tree.facts[site.file].functions if f.start <= at < f.end), at)


def _brings(job: Job, file: str, given: set[str]) -> bool:
    """Whether the includes of `file` reach the header already, those this pass adds (to `given`) among them."""
    header = job.dialect.text["include"]
    bringers = set(job.dialect.text["brings"].split())
    for reached in job.tree.reachable(file):
        if reached in given or ("/" + reached).endswith("/" + header):
            return True
        if any(
            i.path == header or (i.path in bringers and not _known(job, reached, i))
            for i in job.tree.facts[reached].includes
        ):
            return True
    return False


def _known(job: Job, file: str, include: Include) -> bool:
    return bool(job.tree.resolve_include(file, include.path, include.quoted))


def place_header(job: Job, file: str, first: int, header: str, groups: tuple[str, ...]) -> tuple[int, str]:
    """Where an include goes, and how: behind the last of the first of `groups` that is there.

    Without any it goes above `first`, the first use.  Groups are set apart by blank lines (style(9)).
    """
    newline = job.newline(file)
    line = f"#include <{header}>{newline}"
    data = job.data[file]
    outer = set(job.branch(file, first))
    usable = [i for i in job.tree.facts[file].includes if i.end <= first and set(job.branch(file, i.start)) <= outer]
    for pattern in groups:
        group = [i for i in usable if re.match(pattern, i.path)]
        if group:
            apart = pattern == r"sys/" and not header.startswith("sys/")
            return line_end(data, group[-1].end), (newline + line if apart else line)
    return line_start(data, first), line + newline


def run(job: Job) -> Iterator[tuple[str, Edit]]:
    """Yield one insertion for every file that lacks the header."""
    given: set[str] = set()
    for file, first in sorted(_needs(job).items(), key=lambda item: (item[0].endswith(".c"), item[0])):
        if _brings(job, file, given):
            continue
        given.add(file)
        at, line = place_header(job, file, first, job.dialect.text["include"], (r"net/", r"sys/", r""))
        reason = "defines the macros this file now uses"
        yield file, Edit(at, at, -1, line.encode(), NAME, reason)


def late(job: Job, edits: Mapping[str, list[Edit]]) -> Iterator[tuple[str, int, str]]:
    """Offset and text of an insertion for every file that only contexts or the life cycle make need the header.

    Arguments:
        job: the port.
        edits: of all passes, this one's first round among them.
    """
    given = {file for file, found in edits.items() if any(e.by == NAME for e in found)}
    for file, found in sorted(edits.items(), key=lambda item: (item[0].endswith(".c"), item[0])):
        entering = [e.start for e in found if _ENTERS.search(e.new)]
        if not entering or file in given or _brings(job, file, given):
            continue
        given.add(file)
        at = min(entering)
        first = next((f.start for f in job.tree.facts[file].functions if f.start <= at < f.end), at)
        yield file, *place_header(job, file, first, job.dialect.text["include"], (r"net/", r"sys/", r""))
