"""Storage in `struct vnet_foo`: its members, the macros that reach them, and plain globals for the build without.

The three builds of 2009: VIMAGE reaches members by base pointers, the default build those of one instance
`vnet_foo_0`, VIMAGE_GLOBALS plain globals (sys/vimage.h of that year).  No definition keeps its value.
"""

from collections.abc import Iterable, Iterator, Sequence

from vport.c.conditionals import Group
from vport.c.tokens import before, closing_paren
from vport.edits import Edit
from vport.forms.job import Container, FormJob, Place
from vport.passes._conditions import opening_lines
from vport.patterns import later
from vport.source import line_end, line_start
from vport.tree import Site, Variable
from vport.write import WIDTH, accessor_lines, columns, pad_to_backslash

NAME = "containers"

_SYMBOL = later(rb"\bVNET_NAME\s*\(\s*(\w+)|\bV_(\w+)")
_FIRST_ID = "VNET_MOD_DYNAMIC_START"
MODULES = 32
"""Identifiers of modules that are not the kernel's own (sys/vimage.h)."""


def identifier(job: FormJob, index: int) -> str:
    """The number of a module of this port, as source says it."""
    return f"({_FIRST_ID} + {index})"


def run(job: FormJob) -> Iterator[tuple[str, Edit]]:
    """Yield the edits of every container, definition, declaration and accessor."""
    for i, container in enumerate(job.containers):
        place = find_place(job, container)
        text = _block(job, container, place, i).replace("\n", job.newline(container.home))
        reason = f"struct {container.structure} holds what each stack has of its own"
        yield container.home, Edit(place.at, place.at, 20, text.encode("latin-1"), NAME, reason)
        if container.exported:
            yield from _instance(job, container)
    for file in job.tree.facts:
        for edit in _sites(job, file):
            yield file, edit
    yield from _without_accessors(job)


def find_place(job: FormJob, container: Container) -> Place:
    """Behind the last definition or declaration that stands before the first function in need of it."""
    if container.name not in job.places:
        job.places[container.name] = _search_place(job, container)
    return job.places[container.name]


def _search_place(job: FormJob, container: Container) -> Place:
    file = container.home
    sites = _sites_at_home(job, container)
    groups = job.tree.facts[file].groups
    if not sites:  # a header that all users include and that declares none: at its end, inside its guard
        guard = max((g for g in groups), key=lambda g: g.end - g.start, default=None)
        data = job.data[file]
        at = line_start(data, guard.end - 1) if guard and not data[guard.end :].strip() else len(data)
        at = _last_directive(job, file, guard) if guard and at != len(data) else at
        return Place(at, frozenset({guard.start} if guard and at != len(data) else ()))
    branches = frozenset.intersection(*(_branches(groups, s.declaration.start) for s in sites))
    around = frozenset(start for start, _ in branches)
    first = _first_user(job, container)
    ends = [s.declaration.end for s in sites if s.declaration.start < first]
    at = line_end(job.data[file], max(ends) - 1) if ends else first
    at = _behind_accessors(job, file, at)
    for group in sorted(groups, key=lambda g: -g.start):
        if group.start < at < group.end and group.start not in around:
            behind = line_end(job.data[file], group.end - 1)
            at = behind if behind <= first else line_start(job.data[file], group.start)
    return Place(at, around)


def _last_directive(job: FormJob, file: str, guard: Group) -> int:
    """Where the `#endif` of a header's guard begins."""
    data = job.data[file]
    return line_start(data, data.rfind(b"#", 0, guard.end))


def _sites_at_home(job: FormJob, container: Container) -> list[Site]:
    """Declarations in a header, or definitions in the one file, of the members."""
    home = container.home
    if container.exported:
        return [s for v in container.variables for s in v.externs if s.file == home and not s.declaration.function]
    return [s for v in container.variables for s in v.sites if s.file == home]


def _branches(groups: Iterable[Group], at: int) -> frozenset[tuple[int, int]]:
    """The conditionals around an offset, each with the branch."""
    return frozenset((g.start, b.start) for g in groups for b in g.branches if b.start <= at < b.end)


def _first_user(job: FormJob, container: Container) -> int:
    """Where the lines begin of the first function or leaf that reaches a container, or the end of the file."""
    file = container.home
    leaves = (call.start for call in job.tree.facts[file].calls if _names_one(job, container, call.start, call.end))
    leaf = line_start(job.data[file], min(leaves, default=len(job.data[file])))
    return min(leaf, _first_function(job, container))


def _names_one(job: FormJob, container: Container, start: int, end: int) -> bool:
    """Whether a macro call at file scope names a member."""
    found = _SYMBOL.findall(job.code(container.home)[start:end])
    meant = (job.meant(container.home, (a or b).decode("latin-1")) for a, b in found)
    return any(v is not None and job.container_of(v) is container for v in meant)


def _first_function(job: FormJob, container: Container) -> int:
    file = container.home
    for function in job.tree.facts[file].functions:
        if container in job.reached(file, function.body, function.end):
            return line_start(job.data[file], function.start)
    return len(job.data[file])


def _behind_accessors(job: FormJob, file: str, at: int) -> int:
    """Past lines that define accessors, which go with the structure."""
    starts = {
        line_start(job.data[file], s): line_end(job.data[file], e - 1) for f, s, e, _ in job.aliases() if f == file
    }
    while at in starts:
        at = starts[at]
    return at


def _block(job: FormJob, container: Container, place: Place, index: int) -> str:
    """The structure with its macros."""
    upper, structure = container.name.upper(), container.structure
    names = list(dict.fromkeys(v.name for v in container.variables))
    storage = "extern" if container.exported else "static"
    define = f"#define\tINIT_VNET_{upper}(vnet)"
    text = f"\n{_no_globals(job)}\nstruct {structure} {{\n{_members(job, container, place)}}};\n#endif\n"
    text += f"{_one_instance(job)}\n{storage} struct {structure} {structure}_0;\n#endif\n\n"
    text += f"#define\tVNET_MOD_{upper}{_tabs(f'#define	VNET_MOD_{upper}')}{identifier(job, index)}\n"
    text += f"{define}{pad_to_backslash(columns(define))}\\\n"
    text += _base_pointer(upper, structure)
    head = f"#define\tVNET_{upper}(sym)"
    text += f"{head}{_tabs(head)}VSYM({structure}, sym)\n"
    text += "".join(line + "\n" for line in accessor_lines(job.dialect, names, container.name))
    data = job.data[container.home]
    return text if data[place.at : place.at + 1] in (b"\n", b"\r", b"") else text + "\n"


def _base_pointer(upper: str, structure: str) -> str:
    """What the preamble of a container is, on one line or two."""
    head, tail = f"\tINIT_FROM_VNET(vnet, VNET_MOD_{upper},", f"struct {structure}, {structure})\n"
    if columns(f"{head} {tail}") <= WIDTH + 1:
        return f"{head} {tail}"
    return f"{head}{pad_to_backslash(columns(head))}\\\n\t    {tail}"


def _no_globals(job: FormJob) -> str:
    """The condition of the builds that have the structures."""
    guard = job.dialect.forms.guard
    directive, option = guard.split()
    return f"{'#ifndef' if directive == '#ifdef' else '#ifdef'} {option}"


def _one_instance(job: FormJob) -> str:
    """The condition of the build with one instance of each structure."""
    directive, option = _no_globals(job).split()
    return f"#if !defined(VIMAGE) && {'!' if directive == '#ifndef' else ''}defined({option})"


def _tabs(text: str) -> str:
    target = max(32, (columns(text) // 8 + 1) * 8)
    return "\t" * ((target - columns(text) + 7) // 8)


def _members(job: FormJob, container: Container, place: Place) -> str:
    """The members in the order of their definitions, each in the conditionals that its own statement stands in."""
    parts: list[tuple[tuple[str, ...], str]] = []
    for variable in container.variables:
        for site in member_sites(job, container, variable):
            groups = [g for g in job.tree.facts[site.file].groups if g.start not in place.around]
            lines = opening_lines(groups, site.declaration.start) if site.file == container.home else ()
            text = f"\t{_member(job, variable, site)};\n"
            if (lines, text) not in parts:
                parts.append((lines, text))
    text, last = "", tuple[str, ...]()
    for lines, member in parts:
        if lines != last:
            text += "#endif\n" * len(last) + "".join(f"{line}\n" for line in lines)
        text, last = text + member, lines
    return text + "#endif\n" * len(last)


def member_sites(job: FormJob, container: Container, variable: Variable) -> list[Site]:
    """The statements that say a member's type: declarations in its header, else its definitions."""
    declared = [s for s in variable.externs if s.file == container.home and not s.declaration.function]
    known = [s for s in declared if not job.bounds(s).startswith("[]")]
    found = known or variable.sites
    seen: set[tuple[str, ...]] = set()
    kept = []
    for site in found:
        lines = opening_lines(job.tree.facts[site.file].groups, site.declaration.start)
        if lines not in seen:
            kept.append(site)
        seen.add(lines)
    return kept


def _member(job: FormJob, variable: Variable, site: Site) -> str:
    """A member with the type, bounds and attributes of a variable."""
    bounds = job.bounds(site)
    attributes = ""
    for definition in variable.sites:
        attributes = attributes or _attributes(job, definition)
    text = job.dialect.text["member"].format(type=site.declaration.specifier, declarator=variable.name + bounds)
    return text.replace("* _", "*_") + attributes


def _attributes(job: FormJob, site: Site) -> str:
    """What stands behind the macro of a definition and before its value."""
    code = job.code(site.file)
    end = _macro_end(job, site)
    stop = _value_mark(job, site) if site.declarator.value_end else site.declaration.end - 1
    return job.text(site.file, end, before(code, stop)) if code[end:stop].strip() else ""


def _macro_end(job: FormJob, site: Site) -> int:
    code = job.code(site.file)
    return closing_paren(code, code.find(b"(", site.declaration.start))


def _value_mark(job: FormJob, site: Site) -> int:
    """Where the `=` of a definition stands."""
    return job.code(site.file).find(b"=", _macro_end(job, site))


def _plain(job: FormJob, site: Site, variable: Variable, extern: bool) -> Iterator[Edit]:
    """A VNET macro taken away from a statement, and the value with it."""
    declaration, declarator = site.declaration, site.declarator
    storage = "extern " if extern else (f"{declaration.storage} " if declaration.storage else "")
    gap = "" if declaration.specifier.endswith("*") else " "
    reason = f"{variable.name} is a plain global only in the build that has them"
    text = f"{storage}{declaration.specifier}{gap}"
    end = _macro_end(job, site)
    yield Edit(declaration.start, declarator.name_at, 0, text.encode("latin-1"), NAME, reason, variable.name)
    yield Edit(declarator.end, end, 0, b"", NAME, reason, variable.name)
    if declarator.value_end and not extern:
        start = before(job.code(site.file), _value_mark(job, site))
        yield Edit(start, declarator.value_end, 0, b"", NAME, "a constructor gives its value", variable.name)


def _sites(job: FormJob, file: str) -> Iterator[Edit]:
    """All definitions and declarations of a file, in the condition of the build with globals."""
    found = [(s.declaration.start, v, s, False) for v, s in job.definition_sites(file)]
    found += [(s.declaration.start, v, s, True) for v, s in job.declaration_sites(file)]
    found.sort(key=lambda one: one[0])
    for _, variable, site, extern in found:
        yield from _plain(job, site, variable, extern)
    for first, last in _runs(job, file, [site for _, _, site, _ in found]):
        yield from _guarded(job, file, first, last)


def _runs(job: FormJob, file: str, sites: Sequence[Site]) -> Iterator[tuple[Site, Site]]:
    """Statements with nothing but comments and accessors between them, as first and last."""
    first = last = None
    accessors = [(s, e) for f, s, e, _ in job.aliases() if f == file]
    places = [find_place(job, c).at for c in job.containers if c.home == file]
    for site in sites:
        apart = last is not None and any(last.declaration.end <= at <= site.declaration.start for at in places)
        if first is not None and last is not None and not apart and _neighbours(job, file, last, site, accessors):
            last = site
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = site
    if first is not None and last is not None:
        yield first, last


def _neighbours(job: FormJob, file: str, a: Site, b: Site, accessors: Iterable[tuple[int, int]]) -> bool:
    low, high = a.declaration.end, b.declaration.start
    gap = bytearray(job.code(file)[low:high])
    for start, end in accessors:
        if low <= start and end <= high:
            gap[start - low : end - low] = b" " * (end - start)
    return not gap.strip() and job.data[file][low:high].count(b"\n\n") == 0


def _guarded(job: FormJob, file: str, first: Site, last: Site) -> Iterator[Edit]:
    data, newline = job.data[file], job.newline(file)
    begin, stop = line_start(data, first.declaration.start), line_end(data, last.declaration.end - 1)
    head = f"{job.dialect.forms.guard}{newline}".encode()
    tail = f"#endif{newline}".encode()
    reason = "in the other builds it is a member of its container"
    yield Edit(begin, begin, 30, head, NAME, reason)
    yield Edit(stop, stop, 1, tail if data[stop - 1 : stop] == b"\n" else newline.encode() + tail, NAME, reason)


def _without_accessors(job: FormJob) -> Iterator[tuple[str, Edit]]:
    """Lines of accessors go: they stand with the container."""
    seen = set()
    for file, start, end, name in job.aliases():
        data = job.data[file]
        low, high = line_start(data, start), line_end(data, end - 1)
        if (file, low) in seen:
            continue
        seen.add((file, low))
        yield file, Edit(low, high, 0, b"", NAME, "it stands with its container", name)


def _instance(job: FormJob, container: Container) -> Iterator[tuple[str, Edit]]:
    """The instance of the default build, in the file that defines most members."""
    file, data = container.owner, job.data[container.owner]
    first = min(s.declaration.start for v in container.variables for s in v.sites if s.file == file)
    groups = job.tree.facts[file].groups
    for group in sorted(groups, key=lambda g: -g.start):
        if group.start < first < group.end:
            first = group.start
    at = line_start(data, first)
    text = f"{_one_instance(job)}\nstruct {container.structure} {container.structure}_0;\n#endif\n"
    text += "" if data[at : at + 1] == b"\n" else "\n"
    text = text.replace("\n", job.newline(file))
    reason = "the one instance of the default build"
    yield file, Edit(at, at, 25, text.encode("latin-1"), NAME, reason)
