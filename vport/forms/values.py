"""Values that a definition gave, as statements of a constructor: a container begins as zeroes."""

import re
from collections.abc import Iterator

import msgspec

from vport.c.tokens import before
from vport.forms.job import Container, FormJob
from vport.life.text import fold_statement
from vport.passes._conditions import opening_lines
from vport.patterns import later
from vport.tree import Site, Variable
from vport.write import accessor_lines

_BASIC = later(r"(?:\b(?:unsigned|signed|char|short|int|long|float|double|_Bool|bool|u_\w+|u?int\d+_t|size_t)\b\s*)+")
_MACRO = later(r"[A-Za-z_]\w*_INITIALIZER\w*\s*\(")


class Value(msgspec.Struct, frozen=True):
    """A value of a definition.

    Arguments:
        variable, site: that it is given to.
        lines: that open the conditionals it stands in.
    """

    variable: Variable
    site: Site
    lines: tuple[str, ...]


def values(job: FormJob, file: str, container: Container) -> list[Value]:
    """Values that the definitions of a file give to members of a container, in order."""
    groups = job.tree.facts[file].groups
    return [
        Value(v, s, opening_lines(groups, s.declaration.start))
        for v, s in job.definition_sites(file)
        if s.declarator.value_end and job.container_of(v) is container and movable(job, s)
    ]


def movable(job: FormJob, site: Site) -> bool:
    """Whether a value can be given later: it does not say how large the variable is."""
    return not job.bounds(site).startswith("[]")


def removal(job: FormJob, site: Site) -> tuple[int, int]:
    """The bytes of ` = value`."""
    code, declarator = job.code(site.file), site.declarator
    mark = code.rfind(b"=", declarator.end, declarator.value_start)
    return before(code, mark), declarator.value_end


def statements(job: FormJob, found: list[Value]) -> str:
    """Statements that give the values, in the conditionals of their definitions; with the tables that they copy."""
    text, last = "", tuple[str, ...]()
    for value in found:
        if value.lines != last:
            text += "#endif\n" * len(last) + "".join(f"{line}\n" for line in value.lines)
        text, last = text + _statement(job, value), value.lines
    return text + "#endif\n" * len(last)


def _statement(job: FormJob, value: Value) -> str:
    name, site = value.variable.name, value.site
    declarator = site.declarator
    text = job.text(site.file, declarator.value_start, declarator.value_end)
    bounds = job.bounds(site)
    stars = job.text(site.file, declarator.start, declarator.name_at).partition(",")[0].strip()
    pointer = "*" in stars or site.declaration.specifier.endswith("*")
    type_text = site.declaration.specifier
    if not bounds and not text.startswith("{") and (pointer or _BASIC.fullmatch(type_text) or not _MACRO.match(text)):
        return fold_statement(f"V_{name} = {text};") + "\n"
    plain = re.sub(r"\bvolatile\b\s*", "", type_text)
    stars = stars if stars and not plain.endswith("*") else ""
    gap = "" if plain.endswith("*") or stars else " "
    head = f"\t\tstatic const {plain}{gap}{' ' if stars else ''}{stars}vnet_{name}_value{bounds} ="
    table = f"{head} {text};\n" if "\n" in text or len(head) + len(text) < 66 else f"{head}\n\t\t    {text};\n"
    copied = f"bcopy(&vnet_{name}_value, __DEVOLATILE(void *, &V_{name}), sizeof(V_{name}));"
    if "volatile" not in type_text:
        copied = f"bcopy(&vnet_{name}_value, &V_{name}, sizeof(V_{name}));"
    return f"\t{{\n{table}\n{fold_statement(copied, '		')}\n\t}}\n"


def constructor(job: FormJob, name: str, file: str, container: Container, found: list[Value]) -> str:
    """The constructor that gives the values."""
    needed = [c for v in found for c in _reached(job, file, v)]
    lines = dict.fromkeys(job.dialect.preamble(c.name) for c in (container, *needed))
    preambles = "".join(f"\t{line}\n" for line in lines if line)
    body = statements(job, found)
    head = f"{_accessors(job, file, found)}static int\n{name}(const void *unused __unused)\n"
    return f"{head}{{\n{preambles}\n{body}\n\treturn (0);\n}}\n"


def _accessors(job: FormJob, file: str, found: list[Value]) -> str:
    """Accessors that nothing in the file needed so far."""
    if job.dialect.forms.storage != "globals":
        return ""
    reach = job.tree.reachable(file)
    names = dict.fromkeys(v.variable.name for v in found)
    lacking = [n for n in names if not any(where in reach for where, _ in job.tree.macros.get(f"V_{n}", ()))]
    return "".join(line + "\n" for line in accessor_lines(job.dialect, lacking)) + "\n" if lacking else ""


def _reached(job: FormJob, file: str, value: Value) -> Iterator[Container]:
    declarator = value.site.declarator
    yield from job.reached(file, declarator.value_start, declarator.value_end)
