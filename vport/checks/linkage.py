"""VP4xx that source alone shows: how per-vnet variables are declared, and their accessors."""

import re
from collections.abc import Iterator

from vport.checks import accessors, constructors, locks
from vport.checks.found import Found, Step
from vport.checks.job import Job
from vport.patterns import later
from vport.tree import Site, Variable

_SPACE = later(r"\s+")
_NEVER = later(r"\b(?:eventhandler_tag|moduledata_t|struct (?:malloc_type|domain|protosw|ng_type))\b(?!\s*\*)")


def check(job: Job) -> Iterator[Found]:
    """Declarations that contradict a definition, accessors that lead nowhere, registries that are virtualized."""
    yield from _otherwise(job)
    yield from _registries(job)
    yield from accessors.check(job)
    yield from constructors.check(job)
    yield from locks.check(job)


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
        line = job.line(home.file, home.declarator.name_at)
        here = Step(home.file, line, f"{variable.name} is defined")
        for site in variable.externs:
            if not job.wanted(site.file):
                continue
            at = job.line(site.file, site.declarator.name_at)
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
_QUALIFIERS = later(r"\b(?:const|volatile|signed|register)\b")
_TAGGED = later(r"(?:struct|union|enum) \w+")


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


def _registries(job: Job) -> Iterator[Found]:
    """What the kernel keeps one list of must exist once."""
    for variable in job.per_vnet:
        site = variable.sites[0]
        if job.wanted(site.file) and is_registry(job, variable):
            line = job.line(site.file, site.declarator.name_at)
            message = f"{variable.name} is a registration that the kernel keeps once, and is virtualized"
            yield Found("VP409", site.file, line, message, "Keep it shared: define it as a plain static", variable.name)


def is_registry(job: Job, variable: Variable) -> bool:
    """Whether the kernel keeps one list of what a variable holds."""
    site = variable.sites[0]
    return bool(_NEVER.search(_type(site, job.read.data[site.file])))
