"""`#define V_x VNET(x)`: beside the definition of a static, beside the declaration of an exported variable.

Where people put them was counted over a whole stack: two in three stand in .c files, the rest in headers.
"""

from collections.abc import Iterator

import msgspec

from vport.edits import Edit
from vport.job import Job
from vport.passes.definitions import superfluous
from vport.passes.uses import takes_accessor
from vport.patterns import later
from vport.source import line_start
from vport.statement import statement_line_end
from vport.tree import Site, Variable
from vport.write import accessor_lines

NAME = "accessors"

_WORD = later(rb"[A-Za-z_]\w*")


class _Place(msgspec.Struct):
    """A statement, where lines can follow it, and the variables whose accessor belongs there."""

    begin: int
    stop: int
    names: list[str]


def _sites(job: Job, variable: Variable) -> list[Site]:
    """Every definition and file-scope declaration that stays, in reading order."""
    gone = superfluous(job, variable.sites)
    kept = [s for s in variable.sites if s not in gone]
    kept += [s for s in variable.externs if not s.declaration.function]
    return sorted(kept, key=lambda s: (s.file, s.declaration.start))


def _wants_accessor(job: Job, variable: Variable, site: Site, earlier: list[Site]) -> bool:
    """Whether no accessor is visible yet where `site` stands."""
    if job.header_declares(variable, site.file, but=site.file if site.file.endswith(".h") else ""):
        return False
    if _has_accessor(job, variable, site.file) or not _used_near(job, variable, site):
        return False
    return all(s.file != site.file or job.exclusive(s, site) or _deeper(job, s, site) for s in earlier)


def _used_near(job: Job, variable: Variable, site: Site) -> bool:
    """Whether a translation unit that holds a definition uses its accessor.

    Other units have a declaration and accessor of their own; beside an exported definition that its own unit only gives
    to a sysctl it would be dead.
    """
    if site not in variable.sites or not site.file.endswith(".c") or variable.storage == "static":
        return True
    unit = set(job.tree.reachable(site.file))
    for file in job.tree.facts:
        if site.file in job.tree.reachable(file):
            unit |= job.tree.reachable(file)
    uses = (r for one in (variable, *variable.same) for r in one.references)
    return any(r.file in unit and takes_accessor(r.use) for r in uses)


def _has_accessor(job: Job, variable: Variable, file: str) -> bool:
    """Whether somebody wrote the accessor already, as in a port that was begun by hand."""
    reach = job.tree.reachable(file)
    return any(where in reach for where, _ in job.tree.macros.get(f"V_{variable.name}", ()))


def _deeper(job: Job, earlier: Site, site: Site) -> bool:
    """Whether `earlier` stands in a conditional branch that `site` does not stand in."""
    outer = job.branch(site.file, site.declaration.start)
    return any(b not in outer for b in job.branch(earlier.file, earlier.declaration.start))


def _block_scope(job: Job, variable: Variable, given: list[Site]) -> Iterator[tuple[str, int]]:
    """Functions whose own `extern` is all they see of the variable."""
    for site in variable.externs:
        if not site.declaration.function or any(s.file == site.file for s in given):
            continue
        if not job.header_declares(variable, site.file):
            function = next(f for f in job.tree.facts[site.file].functions if f.start <= site.declaration.start < f.end)
            yield site.file, line_start(job.data[site.file], function.start)


def _stand_ins(job: Job) -> Iterator[tuple[str, Edit]]:
    """`#else #define x 0` has to define what the uses now say."""
    for variable in job.variables:
        for file, define in job.tree.macros.get(variable.name, ()):
            if job.tree.stands_in(file, define):
                at = job.code(file).find(variable.name.encode(), define.start, define.body)
                reason = "stands in for the accessor in builds without the variable"
                yield file, Edit(at, at, 0, b"V_", NAME, reason, variable.name)


def run(job: Job) -> Iterator[tuple[str, Edit]]:
    """Yield one insertion for each run of neighbouring statements."""
    yield from _stand_ins(job)
    places: dict[str, dict[int, _Place]] = {}
    for variable in job.variables:
        if variable.function:
            continue
        given: list[Site] = []
        for site in _sites(job, variable):
            at = site.declaration.start
            begin, stop = line_start(job.data[site.file], at), statement_line_end(job, site.file, site.declaration.end)
            place = places.setdefault(site.file, {}).setdefault(at, _Place(begin, stop, []))
            if _wants_accessor(job, variable, site, given):
                place.names.append(variable.name)
            given.append(site)
        for file, at in sorted(set(_block_scope(job, variable, given))):
            lines = accessor_lines(job.dialect, [variable.name])
            text = "".join(line + job.newline(file) for line in lines) + job.newline(file)
            yield file, Edit(at, at, 5, text.encode("latin-1"), NAME, "names the stack's own copy", variable.name)
    for file, found in places.items():
        for group in _groups(job, file, [found[k] for k in sorted(found)]):
            yield file, _insertion(job, file, group)


def _groups(job: Job, file: str, places: list[_Place]) -> Iterator[_Place]:
    """Statements on directly following lines as one; those without a name of their own only bridge."""
    group: _Place | None = None
    for place in places:
        joins = group is not None and (place.begin == group.stop or place.stop == group.stop)
        if group is not None and joins and not _names_one(job, file, place, group.names):
            group = _Place(group.begin, place.stop, group.names + place.names)
            continue
        if group is not None and group.names:
            yield group
        group = place
    if group is not None and group.names:
        yield group


def _names_one(job: Job, file: str, place: _Place, names: list[str]) -> bool:
    """Whether a statement needs the accessor of one of `names` itself."""
    words = set(_WORD.findall(job.code(file)[place.begin : place.stop]))
    return any(name.encode() in words for name in names if name not in place.names)


def _insertion(job: Job, file: str, group: _Place) -> Edit:
    """The accessor lines of a group; a file or line without an ending keeps being without."""
    newline, data = job.newline(file), job.data[file]
    ended = group.stop > 0 and data[group.stop - 1 : group.stop] == b"\n"
    lines = accessor_lines(job.dialect, list(dict.fromkeys(group.names)))
    text = newline.join(lines)
    text = text + newline if ended else newline + text
    if not ended and data[group.stop :].strip(b" \t")[:1] not in (b"", b"\r", b"\n"):
        text += newline
    names = ", ".join(group.names)
    return Edit(
        group.stop, group.stop, 8, text.encode("latin-1"), NAME, f"{names}: the stack's own copy", group.names[0]
    )
