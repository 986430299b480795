"""What no container can hold: types that are said too late, sizes of initialisers, what functions declare."""

import re

from vport.findings import Finding
from vport.forms.containers import find_place, member_sites
from vport.forms.job import Container, FormJob
from vport.patterns import later
from vport.source import line_of
from vport.tree import Variable

_TYPE_WORD = later(r"[A-Za-z_]\w*")
_DECLARED = later(rb"\bVNET_DECLARE\s*\([^;{}]*?\b(\w+)(?:\s*\[[^\]]*\])*\s*\)\s*;")
_HEAD = later(r"(?:\w+\s+)?\w+_HEAD\s*\(")
_WAYS = (
    rb"\benum\s+\w*\s*\{[^}]*\bNAME\b",
    rb"#[ \t]*define[ \t]+NAME\b",
    rb"\btypedef\b[^;]*\bNAME\s*(?:\([^;]*)?;",
    rb"\b(?:struct|union)\s+NAME\s*\{",
    rb"\b\w+_HEAD\s*\(\s*NAME\s*,",
)
"""How C defines the word NAME of a type; the last two give it a body."""


def parted(job: FormJob) -> list[Container]:
    """The containers with what is said too late for its structure in a second one of the same file."""
    found: list[Container] = []
    late = refused(job)[1]
    for container in job.containers:
        out = [v for v in container.variables if v in late]
        rest = [v for v in container.variables if v not in late]
        if container.exported or not out or not rest:
            found.append(container)
            continue
        found.append(Container(container.name, container.home, container.owner, rest))
        found.append(Container(f"{container.name}_late", container.home, container.owner, out))
    return found


def declared_inside(job: FormJob) -> tuple[list[Finding], list[Variable]]:
    """Variables that a function declares for itself, where no structure can be declared instead."""
    findings: list[Finding] = []
    variables: list[Variable] = []
    by_name = {v.name: v for v in job.variables if v.storage != "static"}
    for file, facts in job.tree.facts.items():
        for match in _DECLARED.finditer(job.code(file)):
            variable = by_name.get(match[1].decode("latin-1"))
            if variable is None or not any(f.body <= match.start() < f.end for f in facts.functions):
                continue
            message = (
                f"a function declares {variable.name} for itself, which a member of "
                f"struct {job.container_of(variable).structure} cannot be; {variable.name} stays a plain global.  "
                f"Declare it in a header."
            )
            line = line_of(job.data[file], match.start())
            findings.append(Finding(file, line, "declared-in-function", message, variable.name))
            variables.append(variable)
    return findings, variables


def refused(job: FormJob) -> tuple[list[Finding], list[Variable]]:
    """Members whose type is said only behind the place where their structure has to stand."""
    findings: list[Finding] = []
    variables: list[Variable] = []
    for container in job.containers:
        at = find_place(job, container).at
        for variable in container.variables:
            for site in member_sites(job, container, variable):
                bounds = job.bounds(site)
                word = _said_later(job, container.home, at, f"{site.declaration.specifier} {bounds}")
                if word and variable not in variables:
                    message = (
                        f"{word}, of which {variable.name} is made, is defined behind the first function that reaches "
                        f"struct {container.structure}; {variable.name} stays a plain global.  Move {word} up."
                    )
                    line = line_of(job.data[site.file], site.declaration.start)
                    findings.append(Finding(site.file, line, "type-too-late", message, variable.name))
                    variables.append(variable)
                if bounds.startswith("[]") and variable not in variables:
                    message = (
                        f"the size of {variable.name} comes from its initialiser, which a member has not; "
                        f"{variable.name} stays a plain global.  Say the size between the brackets."
                    )
                    line = line_of(job.data[site.file], site.declaration.start)
                    findings.append(Finding(site.file, line, "size-of-initialiser", message, variable.name))
                    variables.append(variable)
    return findings, variables


def _said_later(job: FormJob, file: str, at: int, type_text: str) -> str:
    """A word of a type that the file defines behind `at` only; a pointer needs no body of what it points to."""
    code = job.code(file)
    pointer = type_text.rstrip().endswith("*") or bool(_HEAD.match(type_text))  # heads of queues only point
    for word in map(str, _TYPE_WORD.findall(type_text)):
        pattern: bytes = b"|".join(_WAYS[:3] if pointer else _WAYS).replace(b"NAME", re.escape(word).encode())
        if re.search(pattern, code[at:]) and not re.search(pattern, code[:at]):
            return word
    return ""
