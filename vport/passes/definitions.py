"""Definitions at file scope become VNET_DEFINE and VNET_DEFINE_STATIC.

The macros are those of net/vnet.h; see VNET(9).
"""

from collections.abc import Iterator

from vport.c.declarators import Declaration
from vport.c.tokens import before, skip_space
from vport.edits import Edit
from vport.job import Job
from vport.source import line_start
from vport.statement import Rewriter, Wanted, comment_behind, make_definition, own_line_end
from vport.tree import Site

NAME = "definitions"


def superfluous(job: Job, sites: list[Site]) -> list[Site]:
    """Tentative definitions that another definition of the same variable makes needless (C11 6.9.2).

    Those that stand alone in their statement go first, as a whole statement is easily taken out.
    """
    drop: list[Site] = []
    for site in sorted(sites, key=lambda s: (len(s.declaration.declarators) > 1, -s.declaration.start)):
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


def _remove(job: Job, site: Site, heirs: list[Site]) -> Iterator[Edit]:
    """Take a whole statement out; the comment behind it goes to one of the `heirs`, or stays where it is."""
    data, declaration, name = job.data[site.file], site.declaration, site.declarator.name
    begin, stop = line_start(data, declaration.start), own_line_end(job, site.file, declaration.end)
    reason = f"the other definition of {name} stays; a VNET_DEFINE may stand only once"
    comment = comment_behind(job, site.file, declaration.end)
    heir = next((s for s in heirs if _can_inherit(job, site, s)), None) if comment else None
    if data[begin : declaration.start].strip() or stop < 0 or (comment and heir is None):
        yield Edit(declaration.start, skip_space(data, declaration.end), 0, b"", NAME, reason, name)
        return
    if heir is not None:
        at, why = heir.declaration.end, f"said of {name}, whose tentative definition goes"
        yield Edit(at, at, 7, comment.encode("latin-1"), NAME, why, name)
    if stop == len(data):  # blank lines before it go with it; the file ends as it did, with a newline or without
        begin, stop = before(data, begin), before(data, stop)
    yield Edit(begin, stop, 0, b"", NAME, reason, name)


def _can_inherit(job: Job, site: Site, heir: Site) -> bool:
    """Whether a comment about a definition that goes can stand behind the statement of one that stays."""
    end = heir.declaration.end
    if heir.file != site.file or len(heir.declaration.declarators) > 1 or job.exclusive(heir, site):
        return False
    return own_line_end(job, heir.file, end) >= 0 and not comment_behind(job, heir.file, end)


def run(job: Job) -> Iterator[tuple[str, Edit]]:
    """Yield the edits of every definition."""
    dropped: set[tuple[str, int]] = set()
    for variable in job.variables:
        if not variable.function:
            gone = superfluous(job, variable.sites)
            for site in gone:
                if len(site.declaration.declarators) == 1:
                    dropped.add((site.file, site.declaration.start))
                    for edit in _remove(job, site, [s for s in variable.sites if s not in gone]):
                        yield site.file, edit
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
