"""Function-local statics move to file scope under a name that begins with the function's, then become per-vnet.

A static of block scope cannot carry the section attribute that VNET_DEFINE gives (sys/net/vnet.h).
"""

import re
from collections.abc import Iterator

from vport.c.declarators import Declaration
from vport.c.tokens import skip_space
from vport.edits import Edit
from vport.facts import Function
from vport.job import Job
from vport.source import line_start
from vport.statement import free_name, specifier, statement_line_end
from vport.tree import Variable
from vport.write import accessor_lines, fold, is_simple, join_type, typedef_for

NAME = "local-statics"

_BODY = re.compile(
    r"(?P<before>[^{]*?)(?P<kind>struct|union|enum)\s*(?P<tag>\w*)\s*(?P<body>\{.*\})(?P<after>[^}]*)\Z", re.DOTALL
)
_COMMENT_ABOVE = re.compile(rb"(?:^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*\r?\n)\Z", re.MULTILINE | re.DOTALL)


def _function(job: Job, variable: Variable) -> Function:
    site = variable.sites[0]
    return next(f for f in job.tree.facts[site.file].functions if f.start <= site.declaration.start < f.end)


def _place(job: Job, file: str, function: Function) -> int:
    """Where lines before a function go: above the comment block that touches it, if there is one."""
    data = job.data[file]
    at = line_start(data, function.start)
    above = data.rfind(b"\n/*", 0, at) + 1
    if above and _COMMENT_ABOVE.match(data, above, at):
        return above
    return at


def _definition(job: Job, variable: Variable, declaration: Declaration) -> str:
    site = next(s for s in variable.sites if s.declaration is declaration)
    data, declarator, name = job.data[site.file], site.declarator, job.new_name(variable)
    text = data[declarator.start : declarator.end].decode("latin-1")
    type_text, lead = _type(job, site.file, declaration, name)
    text = re.sub(rf"\b{re.escape(variable.name)}\b", name, text, count=1)
    if is_simple(declarator.shape):
        type_text, text = join_type(type_text, text)
    else:
        alias = free_name(job, site.file, name, f"{name}_t")
        typedef, type_text, text = typedef_for(type_text, text, name, alias)
        lead += typedef + "\n"
    value = job.ported_text(site.file, declarator.value_start, declarator.value_end)
    value = re.sub(r"\n[ \t]+", "\n    ", value)
    whole = lead + fold(job.dialect.define(True, type_text, text), text) + (f" = {value}" if value else "") + ";"
    return whole + _trailing_comment(job, site.file, declaration)


def _type(job: Job, file: str, declaration: Declaration, name: str) -> tuple[str, str]:
    """How to say the type at file scope, and the lines that define it first when the statement holds its body."""
    text = specifier(job, file, declaration)
    found = _BODY.match(text)
    if found is None:
        return text, ""
    tag = found["tag"] or free_name(job, file, name, name, f"{name}_s", tag=True)
    said = f"{found['kind']} {tag}"
    return f"{found['before']}{said}{found['after']}".strip(), f"{said} {found['body']};\n"


def _trailing_comment(job: Job, file: str, declaration: Declaration) -> str:
    """The comment behind a statement that holds one declarator; it goes where the statement goes."""
    stop = statement_line_end(job, file, declaration.end)
    if len(declaration.declarators) > 1:
        return ""
    return job.data[file][declaration.end : stop].decode("latin-1").rstrip()


def _removal(job: Job, file: str, declaration: Declaration, chosen: set[int]) -> Iterator[Edit]:
    """Take the hoisted declarators out of their statement, and the whole line when none is left."""
    reason = "moved to file scope"
    left = [d for d in declaration.declarators if d.name_at not in chosen]
    if left:
        kept = ", ".join(job.ported_text(file, d.start, d.value_end or d.end) for d in left)
        first, last = declaration.declarators[0], declaration.declarators[-1]
        yield Edit(first.start, last.value_end or last.end, 0, kept.encode("latin-1"), NAME, reason)
        return
    begin, stop = line_start(job.data[file], declaration.start), statement_line_end(job, file, declaration.end)
    alone = not job.data[file][begin : declaration.start].strip() and stop > declaration.end
    end = stop if alone else skip_space(job.data[file], declaration.end)
    yield Edit(begin if alone else declaration.start, end, 0, b"", NAME, reason)


def run(job: Job) -> Iterator[tuple[str, Edit]]:
    """Yield a hoisted definition with its accessor and the removal of each chosen local static."""
    by_function: dict[tuple[str, int], list[Variable]] = {}
    for variable in job.variables:
        if variable.function:
            function = _function(job, variable)
            by_function.setdefault((variable.file, function.start), []).append(variable)
    for (file, _), variables in by_function.items():
        newline = job.newline(file)
        lines = [_definition(job, v, s.declaration) for v in variables for s in v.sites[:1]]
        lines += accessor_lines(job.dialect, [job.new_name(v) for v in variables])
        text = "".join(line.replace("\n", newline) + newline for line in lines) + newline
        at = _place(job, file, _function(job, variables[0]))
        reason = f"{', '.join(v.name for v in variables)}: a per-stack variable must stand at file scope"
        yield file, Edit(at, at, 6, text.encode("latin-1"), NAME, reason, variables[0].name)
        statements = {s.declaration.start: s.declaration for v in variables for s in v.sites}
        chosen = {s.declarator.name_at for v in variables for s in v.sites}
        for declaration in statements.values():
            for edit in _removal(job, file, declaration, chosen):
                yield file, edit
