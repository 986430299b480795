"""Function-local statics move to file scope under a name that begins with the function's, then become per-vnet.

A static of block scope cannot carry the section attribute that VNET_DEFINE gives (sys/net/vnet.h).
"""

import re
from collections.abc import Iterator
from itertools import groupby

from vport.c.declarators import Declaration, Declarator
from vport.c.tokens import before, skip_space
from vport.edits import Edit
from vport.facts import Function
from vport.job import Job
from vport.passes._conditions import conditions, without_empty_groups
from vport.patterns import later
from vport.source import line_start
from vport.statement import (
    body_end,
    comment_behind,
    end_of_declarator,
    find_attributes,
    free_name,
    leading_attributes,
    own_line_end,
    specifier,
    type_head,
    typedef_name,
)
from vport.tree import Site, Variable
from vport.write import accessor_lines, bare, columns, fold, is_simple, join_type, typedef_for

NAME = "local-statics"

_COMMENT_ABOVE = later(rb"(?:^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*\r?\n)\Z", re.MULTILINE | re.DOTALL)


def _function(job: Job, site: Site) -> Function:
    return next(f for f in job.tree.facts[site.file].functions if f.start <= site.declaration.start < f.end)


def _place(job: Job, file: str, function: Function) -> int:
    """Where lines before a function go: above the comment block that touches it, if there is one."""
    data = job.data[file]
    at = line_start(data, function.start)
    above = data.rfind(b"\n/*", 0, at) + 1
    if above and _COMMENT_ABOVE.match(data, above, at):
        return above
    return at


def _definition(job: Job, variable: Variable, site: Site, together: list[Variable]) -> str:
    """The definition at file scope; values measure those hoisted `together` before these have their accessors."""
    declarator, name = site.declarator, job.new_name(variable)
    text = bare(job.ported_text(site.file, declarator.start, declarator.end, together))
    type_text, lead = _type(job, site, together), _body(job, site, together)
    text = re.sub(rf"\b{re.escape(variable.name)}\b", name, text, count=1)
    if is_simple(declarator.shape):
        type_text, text = join_type(type_text, text)
    else:
        typedef, type_text, text = typedef_for(type_text, text, name, typedef_name(job, site.file, name))
        lead += typedef + "\n"
    kept = "" if site.declaration.has_body else leading_attributes(job, site.file, site.declaration, together)
    value = kept + _attributes_and_value(job, site, together)
    whole = fold(job.dialect.define(True, type_text, text), text, columns(value.partition("\n")[0]) + 1)
    return lead + whole + value + ";" + _comment(job, site)


def _attributes_and_value(job: Job, site: Site, together: list[Variable]) -> str:
    """What stands between a declarator and the mark behind it, but for attributes that a per-vnet variable cannot have.

    Continuation lines go as far left as they stand at file scope.
    """
    declarator = site.declarator
    mark = end_of_declarator(job, site.file, site.declaration, declarator)
    gone = [a for a in find_attributes(job, site.file, declarator.end, mark) if not a.keep]
    stop = declarator.value_end or (mark if job.code(site.file)[declarator.end : mark].strip() else declarator.end)
    parts, at = [], declarator.end
    for attribute in gone:
        parts.append(job.ported_text(site.file, at, before(job.code(site.file), attribute.start), together))
        at = attribute.end
    parts.append(job.ported_text(site.file, at, max(at, stop), together))
    return re.sub(r"\n[ \t]+", "\n    ", "".join(parts).rstrip())


def _tag(job: Job, site: Site) -> str:
    """The tag of a type with a body, which is called after the first declarator that is hoisted when it has none."""
    chosen = (job.chosen.get((site.file, d.name_at)) for d in site.declaration.declarators)
    name = job.new_name(next(v for v in chosen if v is not None))
    given = type_head(job, site.file, site.declaration).tag
    return given or free_name(job, site.file, name, name, f"{name}_s", tag=True)


def _type(job: Job, site: Site, together: list[Variable]) -> str:
    """How to say the type at file scope."""
    if not site.declaration.has_body:
        return specifier(job, site.file, site.declaration, together)
    head = type_head(job, site.file, site.declaration)
    return f"{head.qualifiers}{head.kind} {_tag(job, site)}"


def _body(job: Job, site: Site, together: list[Variable]) -> str:
    """The type with its body, as a statement for file scope; nothing when another declarator brings it."""
    declaration, data = site.declaration, job.data[site.file]
    chosen = [d for d in declaration.declarators if (site.file, d.name_at) in job.chosen]
    if not declaration.has_body or site.declarator is not chosen[0]:
        return ""
    head = type_head(job, site.file, declaration)
    tag = "" if head.tag else f" {_tag(job, site)}"
    indent = re.match(rb"[ \t]*", data[line_start(data, declaration.start) :]).group().decode()  # type: ignore[union-attr]
    kind = data[head.start : head.kind_end].decode("latin-1")
    body = job.ported_text(site.file, head.kind_end, body_end(job, site.file, declaration), together)
    return (kind + tag + body).replace("\n" + indent, "\n") + ";\n"


def _comment(job: Job, site: Site) -> str:
    """The comments about a declarator, which go where it goes: up to the next one, or behind the statement."""
    declaration, declarator = site.declaration, site.declarator
    if declarator is declaration.declarators[-1]:
        return comment_behind(job, site.file, declaration.end)
    return _between(job, site.file, declaration, declarator).rstrip()


def _between(job: Job, file: str, declaration: Declaration, declarator: Declarator) -> str:
    """What stands between a declarator, its comma left out, and the next: comments and white space."""
    following = declaration.declarators[declaration.declarators.index(declarator) + 1]
    end, data = declarator.value_end or declarator.end, job.data[file]
    comma = job.code(file).find(b",", end_of_declarator(job, file, declaration, declarator, end))
    early = data[end:comma] if not job.code(file)[end:comma].strip() else b""
    return (early.rstrip() + data[comma + 1 : following.start]).decode("latin-1")


def _removal(job: Job, site: Site) -> Iterator[Edit]:
    """Take the hoisted declarators out of their statement, and the whole line when none is left."""
    reason, file, declaration = "moved to file scope", site.file, site.declaration
    left = [d for d in declaration.declarators if (file, d.name_at) not in job.chosen]
    if left:
        if declaration.has_body:
            at, end = type_head(job, file, declaration).kind_end, body_end(job, file, declaration)
            yield Edit(at, end, 0, f" {_tag(job, site)}".encode(), NAME, "its type is known at file scope")
        yield _shortened(job, file, declaration, left, reason)
        return
    data = job.data[file]
    begin, stop = line_start(data, declaration.start), own_line_end(job, file, declaration.end)
    if not data[begin : declaration.start].strip() and stop >= 0:
        yield Edit(begin, stop, 0, b"", NAME, reason)
    else:
        end = declaration.end + len(comment_behind(job, file, declaration.end).encode("latin-1"))
        end = end if end > declaration.end else skip_space(data, end)
        yield Edit(declaration.start, end, 0, b"", NAME, reason)


def _shortened(job: Job, file: str, declaration: Declaration, left: list[Declarator], reason: str) -> Edit:
    """The statement with the declarators that are `left`, each with its comments."""
    first, last, end = declaration.declarators[0], declaration.declarators[-1], declaration.end
    text = ""
    for declarator in left:
        mark = end_of_declarator(job, file, declaration, declarator, declarator.value_end)
        text += job.ported_text(file, declarator.start, max(declarator.value_end or declarator.end, mark)).rstrip()
        if declarator is not left[-1]:
            text += "," + _between(job, file, declaration, declarator)
        elif declarator is not last:
            text += ";" + _between(job, file, declaration, declarator).rstrip()
    if left[-1] is last:
        return Edit(first.start, end - 1, 0, text.encode("latin-1"), NAME, reason)
    end += len(comment_behind(job, file, end).encode("latin-1"))
    if own_line_end(job, file, end) < 0 and "//" in text:
        text += job.newline(file)
    return Edit(first.start, end, 0, text.encode("latin-1"), NAME, reason)


def _by_function(job: Job) -> dict[tuple[str, int], list[tuple[Variable, Site]]]:
    """The chosen statics of each function; one in both branches of a conditional has a site in both functions."""
    found: dict[tuple[str, int], list[tuple[Variable, Site]]] = {}
    for variable in job.variables:
        for site in variable.sites if variable.function else ():
            place = (variable.file, _function(job, site).start)
            known = found.setdefault(place, [])
            if all(v is not variable for v, _ in known):
                known.append((variable, site))
    for known in found.values():
        known.sort(key=lambda one: one[1].declarator.name_at)
    return found


def _hoisted_text(job: Job, file: str, function: Function, found: list[tuple[Variable, Site]]) -> str:
    """Definitions and accessors, those of one conditional of the function in one like it."""
    variables, text = [v for v, _ in found], ""
    for opened, group in groupby(found, key=lambda one: _conditions(job, function, *one)):
        members = list(group)
        lines = [*opened, *(_definition(job, v, site, variables) for v, site in members)]
        lines += accessor_lines(job.dialect, [job.new_name(v) for v, _ in members])
        lines += ["#endif"] * len(opened)
        text += "".join(re.sub(r"\r?\n", job.newline(file), line) + job.newline(file) for line in lines)
    return text + job.newline(file)


def _conditions(job: Job, function: Function, variable: Variable, site: Site) -> tuple[str, ...]:
    """The conditionals inside the function that its only definition stands in."""
    sites = [s for s in variable.sites if function.start <= s.declaration.start < function.end]
    return conditions(job, site.file, site.declaration.start, function.start) if len(sites) == 1 else ()


def run(job: Job) -> Iterator[tuple[str, Edit]]:
    """Yield a hoisted definition with its accessor and the removal of each chosen local static."""
    for (file, _), found in _by_function(job).items():
        function = _function(job, found[0][1])
        text, variables = _hoisted_text(job, file, function, found), [v for v, _ in found]
        at = _place(job, file, function)
        reason = f"{', '.join(v.name for v in variables)}: a per-stack variable must stand at file scope"
        yield file, Edit(at, at, 9, text.encode("latin-1"), NAME, reason, variables[0].name)
    removals: dict[str, list[Edit]] = {}
    sites = [s for v in job.variables if v.function for s in v.sites]
    for site in {(s.file, s.declaration.start): s for s in sites}.values():
        removals.setdefault(site.file, []).extend(_removal(job, site))
    for file, edits in removals.items():
        for edit in without_empty_groups(job, file, edits):
            yield file, edit
