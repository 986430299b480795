"""Definitions at file scope become VNET_DEFINE and VNET_DEFINE_STATIC.

The macros are those of net/vnet.h; see VNET(9).
"""

from collections.abc import Iterator

from vport.c.declarators import Declaration
from vport.edits import Edit
from vport.job import Job
from vport.source import line_start
from vport.statement import Rewriter, Wanted, make_definition, statement_line_end
from vport.tree import Site

NAME = "definitions"


def superfluous(job: Job, sites: list[Site]) -> list[Site]:
    """Tentative definitions that another definition of the same variable makes needless (C11 6.9.2)."""
    drop: list[Site] = []
    for site in reversed(sites):
        rivals = [s for s in sites if s is not site and s not in drop and not job.exclusive(s, site)]
        if not site.declarator.value_end and rivals:
            drop.append(site)
    return drop


def statements(job: Job) -> dict[tuple[str, int], tuple[str, Declaration]]:
    """The statements at file scope that define a chosen variable, by file and offset."""
    return {
        (site.file, site.declaration.start): (site.file, site.declaration)
        for variable in job.variables
        if not variable.function
        for site in variable.sites
    }


def _remove(job: Job, site: Site) -> Edit:
    """Take a whole statement out, with its line when nothing else stands on it."""
    start, end = site.declaration.start, site.declaration.end
    begin, stop = line_start(job.data[site.file], start), statement_line_end(job, site.file, end)
    alone = not job.data[site.file][begin:start].strip() and stop > end
    reason = f"the other definition of {site.declarator.name} stays; a VNET_DEFINE may stand only once"
    return Edit(begin if alone else start, stop if alone else end, 0, b"", NAME, reason, site.declarator.name)


def run(job: Job) -> Iterator[tuple[str, Edit]]:
    """Yield the edits of every definition."""
    dropped: set[tuple[str, int]] = set()
    for variable in job.variables:
        if not variable.function:
            for site in superfluous(job, variable.sites):
                if len(site.declaration.declarators) == 1:
                    dropped.add((site.file, site.declaration.start))
                    yield site.file, _remove(job, site)
    for (file, at), (_, declaration) in statements(job).items():
        if (file, at) in dropped:
            continue
        wanted = []
        for declarator in declaration.declarators:
            chosen = job.chosen.get((file, declarator.name_at))
            make = make_definition(job, chosen, declaration) if chosen else None
            wanted.append(Wanted(declarator.name, make))
        names = ", ".join(w.name for w in wanted if w.make)
        reason = f"{names}: one for each network stack"
        for edit in Rewriter(job, file, declaration, wanted, NAME, reason).edits():
            yield file, edit
