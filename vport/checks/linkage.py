"""VP4xx that source alone shows: how per-vnet variables are declared, and their accessors."""

import re
from collections.abc import Iterator

from vport.checks.found import Found, Step
from vport.checks.job import Job
from vport.edits import Edit
from vport.tree import Site, Variable

_ACCESSOR = re.compile(rb"\s*VNET\s*\(\s*(\w+)\s*\)\s*\Z")
_ACCESSOR_NAME = re.compile(r"V_\w+")
_SPACE = re.compile(r"\s+")
_NEVER = re.compile(r"\b(?:eventhandler_tag|moduledata_t|struct (?:malloc_type|domain|protosw|ng_type))\b(?!\s*\*)")


def check(job: Job) -> Iterator[Found]:
    """Declarations that contradict a definition, accessors that lead nowhere, registries that are virtualized."""
    yield from _otherwise(job)
    yield from _accessors(job)
    yield from _registries(job)


def _line(job: Job, file: str, at: int) -> int:
    return job.read.data[file].count(b"\n", 0, at) + 1


def _type(site: Site, data: bytes) -> str:
    """A declarator's type with its name taken out and spaces made one."""
    d = site.declarator
    text = data[d.start : d.end].decode("latin-1")
    before = text[: d.name_at - d.start]
    after = text[d.name_at - d.start + len(d.name) :]
    return _SPACE.sub(" ", f"{site.declaration.specifier} {before} {after}").replace(" *", "*").strip()


def _otherwise(job: Job) -> Iterator[Found]:
    """Declarations of another type, or plain ones of what is per-vnet."""
    for variable in job.per_vnet:
        home = variable.sites[0]
        line = _line(job, home.file, home.declarator.name_at)
        here = Step(home.file, line, f"{variable.name} is defined")
        for site in variable.externs:
            if not job.wanted(site.file):
                continue
            at = _line(job, site.file, site.declarator.name_at)
            if not site.declaration.macro.startswith("VNET_"):
                message = f"{variable.name} is declared as a plain global, and defined per vnet: they are two symbols"
                cure = f"Declare it with VNET_DECLARE, and use V_{variable.name}"
                yield Found("VP405", site.file, at, message, cure, variable.name, steps=(here,))
            elif _apart(_type(site, job.read.data[site.file]), _type(home, job.read.data[home.file])):
                message = f"{variable.name} is declared with another type than it is defined with"
                yield Found("VP405", site.file, at, message, "Make the types alike", variable.name, steps=(here,))


_WIDTHS = {
    "char": 1, "u_char": 1, "int8_t": 1, "uint8_t": 1, "u_int8_t": 1, "bool": 1,
    "short": 2, "u_short": 2, "int16_t": 2, "uint16_t": 2, "u_int16_t": 2,
    "int": 4, "u_int": 4, "unsigned": 4, "int32_t": 4, "uint32_t": 4, "u_int32_t": 4,
    "long": 8, "u_long": 8, "int64_t": 8, "uint64_t": 8, "u_int64_t": 8, "size_t": 8,
}  # fmt: skip
_QUALIFIERS = re.compile(r"\b(?:const|volatile|signed|register)\b")
_TAGGED = re.compile(r"(?:struct|union|enum) \w+")


def _known(type_: str) -> str:
    """A type in a form that can be compared: tags and widths; empty for a typedef, which may be anything."""
    text = _SPACE.sub(" ", _QUALIFIERS.sub(" ", re.sub(r"\[[^\]]*\]", "[]", type_))).strip()
    base = re.match(r"[\w ]*", text)
    name = base.group().strip() if base else ""
    rest = text[base.end() :].replace(" ", "") if base else text
    if _TAGGED.fullmatch(name):
        return name + rest
    words = name.split()
    width = _WIDTHS.get(words[-1], 0) if words and all(w in _WIDTHS for w in words) else 0
    return f"{8 if 'long' in words else width}{rest}" if width else ""


def _apart(one: str, other: str) -> bool:
    """Whether two types are known to differ: in a tag, a width or a pointer; bounds of arrays may be left open."""
    first, second = _known(one), _known(other)
    return bool(first and second and first != second)


def _accessors(job: Job) -> Iterator[Found]:
    """Accessors of variables that do not exist, and those nobody uses."""
    named = {v.name for v in job.per_vnet} | _declared(job)
    used: set[str] = set()
    for file in job.read.tree.facts:
        used |= _uses(job, file)
    for name, defines in job.read.tree.macros.items():
        if not _ACCESSOR_NAME.fullmatch(name):
            continue
        for file, define in defines:
            means = _ACCESSOR.match(job.read.data[file][define.body : define.end])
            if means is None or not job.wanted(file):
                continue
            line, variable = _line(job, file, define.start), means[1].decode()
            if variable not in named:
                message = f"{name} stands for {variable}, which nothing in the tree defines or declares per vnet"
                yield Found(
                    "VP407", file, line, message, "Remove the macro", variable, edits=_removal(job, file, define)
                )
            elif name not in used:
                message = f"nothing uses {name}"
                yield Found(
                    "VP407", file, line, message, "Remove the macro", variable, edits=_removal(job, file, define)
                )


def _removal(job: Job, file: str, define: object) -> tuple[tuple[str, Edit], ...]:
    """An edit that takes the lines of a macro out."""
    data, start = job.read.data[file], int(getattr(define, "start"))  # noqa: B009 - any define will do
    begin = data.rfind(b"\n", 0, start) + 1
    end = data.find(b"\n", int(getattr(define, "end"))) + 1  # noqa: B009
    if data[begin:start].strip() or end <= 0:
        return ()
    return ((file, Edit(begin, end, 0, b"", "check", "an accessor that stands for nothing, or that nobody uses")),)


def _declared(job: Job) -> set[str]:
    """Names of VNET_DECLARE and VNET_DEFINE in the tree, as text: some stand in branches or macros nobody links."""
    pattern = re.compile(rb"\bVNET_(?:DECLARE|DEFINE(?:_STATIC)?)\s*\([^;{}]*?\b(\w+)\s*\)")
    return {m[1].decode() for text in job.read.data.values() for m in pattern.finditer(text)}


def _uses(job: Job, file: str) -> set[str]:
    """Accessors that a file names elsewhere than in their own definition."""
    defined = {d.name for d in job.read.tree.facts[file].defines}
    words = {w for w in job.read.tree.words(file) if w.startswith("V_")}
    data = job.read.data[file]
    return {
        w for w in words if w not in defined or len(re.findall(rb"\b%s\b" % w.encode(), data)) > _count(job, file, w)
    }


def _count(job: Job, file: str, name: str) -> int:
    return sum(d.name == name for d in job.read.tree.facts[file].defines)


def _registries(job: Job) -> Iterator[Found]:
    """What the kernel keeps one list of must exist once."""
    for variable in job.per_vnet:
        site = variable.sites[0]
        if job.wanted(site.file) and _is_registry(job, variable):
            line = _line(job, site.file, site.declarator.name_at)
            message = f"{variable.name} is a registration that the kernel keeps once, and is virtualized"
            yield Found("VP409", site.file, line, message, "Keep it shared: define it as a plain static", variable.name)


def _is_registry(job: Job, variable: Variable) -> bool:
    site = variable.sites[0]
    return bool(_NEVER.search(_type(site, job.read.data[site.file])))
