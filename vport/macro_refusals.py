"""What macros make of names where a port cannot follow: names made by pasting or defined, and names a local hides."""

import re
from collections.abc import Iterator

from vport.c.tokens import before, find_words
from vport.facts import Define, FileFacts
from vport.findings import Finding
from vport.job import Job
from vport.source import line_of
from vport.tree import Site, Variable

_NESTED = 8
"""Macros that name macros are followed so far."""


def _unknown_definer(job: Job, site: Site) -> str:
    """The macro of the tree that a declaration begins with: `FROB_TABLE(name) = { ... }` reads like `type (name)`."""
    word = site.declaration.specifier.rpartition(" ")[2]
    if job.code(site.file)[site.declarator.start : site.declarator.start + 1] != b"(":
        return ""
    reach = job.tree.reachable(site.file)
    known = job.tree.macros.get(word, ())
    return word if any(d.parameters is not None and file in reach for file, d in known) else ""


def made_by_macro(job: Job, variable: Variable) -> Iterator[Finding]:
    """A variable that a macro defines which is none of VNET: one for each processor, say."""
    for site in (*variable.sites, *variable.externs):
        known, unknown = site.declaration.macro, _unknown_definer(job, site)
        if unknown or (known and not known.startswith("VNET_")):
            cure = "Write the definition out without it" if unknown else "Make it a counter(9) of each stack, say"
            message = (
                f"{unknown or known} defines {variable.name}, and no VNET_DEFINE can stand around it; {variable.name} "
                f"stays as it is.  {cure}."
            )
            yield Finding(site.file, site.declaration.line, "defined-by-macro", message, variable.name)
            return


def _paste_patterns(job: Job) -> Iterator[tuple[str, Define, str, str, int]]:
    """Macros that make names from a parameter: file, macro, text before and behind, and the parameter's index."""
    for file, known in job.tree.facts.items():
        for define in known.defines:
            if not define.parameters or b"##" not in job.data[file][define.body : define.end]:
                continue
            body = job.code(file)[define.body : define.end]
            for match in re.finditer(rb"(\w*)[\s\\]*##[\s\\]*(\w+)(?:[\s\\]*##[\s\\]*(\w+))?", body):
                head, middle, tail = ((g or b"").decode("latin-1") for g in match.groups())
                if middle in define.parameters and head not in define.parameters:
                    yield file, define, head, tail, define.parameters.index(middle)
                elif head in define.parameters and middle not in define.parameters:
                    yield file, define, "", middle, define.parameters.index(head)


def made_names(job: Job, variables: list[Variable]) -> Iterator[tuple[Variable, Finding]]:
    """Variables whose names a macro makes by pasting, found where it is called."""
    by_name: dict[str, list[Variable]] = {}
    for variable in variables:
        by_name.setdefault(variable.name, []).append(variable)
    for _, define, head, tail, index in _paste_patterns(job):
        fitting = {n for n in by_name if n.startswith(head) and n.endswith(tail) and len(n) > len(head) + len(tail)}
        if not fitting or not (head or tail):
            continue
        for file, known in job.tree.facts.items():
            if define.name in known.words:
                yield from _calls_that_make(job, file, define, (head, tail, index), fitting, by_name)


def _calls_that_make(
    job: Job,
    file: str,
    define: Define,
    pattern: tuple[str, str, int],
    fitting: set[str],
    by_name: dict[str, list[Variable]],
) -> Iterator[tuple[Variable, Finding]]:
    head, tail, index = pattern
    code = job.code(file)
    for match in re.finditer(rb"\b" + define.name.encode() + rb"\s*\(([^();]*)\)", code):
        arguments = [a.strip().decode("latin-1") for a in match.group(1).split(b",")]
        made = f"{head}{arguments[index]}{tail}" if index < len(arguments) else ""
        for variable in by_name.get(made, ()) if made in fitting else ():
            if variable.storage == "static" and variable.file != file and not file.endswith(".h"):
                continue
            message = (
                f"{define.name}({', '.join(arguments)}) makes the name {made} by pasting, where no port can follow; "
                f"{made} stays a plain global.  Let the macro take the whole name, or write V_ into it by hand."
            )
            yield variable, Finding(file, line_of(job.data[file], match.start()), "pasted-name", message, made)


Naming = dict[str, list[tuple[str, Variable]]]
"""Macro to the files that define it and the variables it names."""


def naming(job: Job) -> Naming:
    """The macros whose body names a variable, or a macro that does."""
    found: Naming = {}
    for variable, reference in job.references():
        if reference.use.place == "macro":
            define = job.tree.facts[reference.file].defines[reference.use.index]
            found.setdefault(define.name, []).append((reference.file, variable))
    fresh = set(found)
    for _ in range(_NESTED):
        added = [pair for file in job.tree.facts for pair in _users(job, file, fresh, found)]
        fresh = {name for name, _ in added if name not in found}
        for name, entry in added:
            found.setdefault(name, []).append(entry)
        if not fresh:
            break
    return found


def _users(job: Job, file: str, names: set[str], known: Naming) -> Iterator[tuple[str, tuple[str, Variable]]]:
    """The macros of a file that are not `known` and name one of the macros `names`."""
    here = names & job.tree.words(file)
    reach = job.tree.reachable(file) if here else frozenset()
    for define in job.tree.facts[file].defines if here else ():
        words = set(re.findall(r"\w+", job.code(file)[define.body : define.end].decode("latin-1")))
        for name in here & words if define.name not in known else ():
            yield from ((define.name, (file, v)) for where, v in known[name] if where in reach or where.endswith(".h"))


def _hiding(facts: FileFacts) -> dict[str, list[tuple[int, int]]]:
    """Where names of block scope and parameters hide others, by name."""
    found: dict[str, list[tuple[int, int]]] = {}
    for name, at, until in zip(facts.local.names, facts.local.at, facts.local.until, strict=True):
        found.setdefault(name, []).append((at, until))
    for declaration in facts.declarations:
        if declaration.function and declaration.storage == "static":
            for declarator in declaration.declarators:
                found.setdefault(declarator.name, []).append((declarator.name_at, declaration.until))
    return found


def hidden_names(job: Job, variables: list[Variable]) -> Iterator[tuple[Variable, Finding]]:
    """Variables that a macro names, where it stands in the scope of a local of that name: there it means the local."""
    known = naming(job)
    for file, facts in job.tree.facts.items():
        here = known.keys() & job.tree.words(file)
        hiding = _hiding(facts) if here else {}
        for macro in sorted(here):
            for where, variable in known[macro]:
                if variable.name in hiding and not variable.function and where in job.tree.reachable(file):
                    yield from _hidden(job, file, macro, variable, hiding[variable.name])


def _hidden(
    job: Job, file: str, macro: str, variable: Variable, scopes: list[tuple[int, int]]
) -> Iterator[tuple[Variable, Finding]]:
    code = job.code(file)
    for at in find_words(code, (macro.encode(),)):
        low = before(code, at)
        member = code[low - 1 : low] == b"." or code[low - 2 : low] == b"->"
        if not member and any(start < at < until for start, until in scopes):
            message = (
                f"{macro} names {variable.name}, which a local hides here, so the macro means that local; "
                f"{variable.name} stays a plain global.  Rename the local, or hand it to the macro as an argument."
            )
            yield variable, Finding(file, line_of(job.data[file], at), "macro-of-hidden-name", message, variable.name)
            return
