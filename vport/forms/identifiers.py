"""Sysctls of the old family: `SYSCTL_V_INT(V_NET, vnet_foo, ..., x, ...)` names the variable, not its address.

The identifiers say which structure holds it; the macro finds the offset in that (sys/sysctl.h of 2008 and 2009).  A
leaf without a pointer stays a plain one: its handler finds the variables by curvnet.
"""

import re
from collections.abc import Iterator

from vport.c.tokens import closing_paren, split_arguments
from vport.dialect import sysctl_arguments
from vport.edits import Edit
from vport.forms.job import FormJob
from vport.tree import Variable
from vport.write import columns

NAME = "identifiers"

_CAST = re.compile(r"\A(?:__DE\w+\s*\(\s*[\w\s*]+,\s*(.*)\)|\(\s*[\w\s*]+\*\s*\)\s*(.*))\Z", re.DOTALL)
_WRAPPED = re.compile(r"(\w+)\s*\(\s*([\w\s()]*\w)\s*\)")
_VARIABLE = re.compile(r"&?\s*(\w+)((?:\s*(?:\.\s*\w+|\[[^\[\]]*\]))*)\Z")
_CONTINUED = re.compile(r"\\\r?\n")
_NULL = re.compile(r"(?:NULL|0|\(void \*\)\s*0)\Z")
_SIZE = re.compile(rb"\bsizeof\s*(?:\(\s*V_(\w+)\s*\)|\(?\s*V_(\w+)(\s*\.)?)")
_SIZE_TEXT = re.compile(_SIZE.pattern.decode())


def run(job: FormJob) -> Iterator[tuple[str, Edit]]:
    """Yield the edits of every leaf of the dialect's family, and of sizes that stand outside of functions."""
    plain = {new: old for old, new in job.dialect.families.items()}
    for file, facts in job.tree.facts.items():
        code, done = job.code(file), list[Edit]()
        for macro in plain:
            for match in re.finditer(rb"\b%s\s*(?=\()" % macro.encode(), code):
                if any(f.body <= match.start() < f.end for f in facts.functions):
                    continue
                end = closing_paren(code, match.end())
                done += _leaf(job, file, match.start(), match.end(), end, plain[macro])
        yield from ((file, edit) for edit in done)
        if job.dialect.forms.storage == "containers":
            yield from ((file, e) for e in _sizes(job, file) if not any(d.start <= e.start < d.end for d in done))


def _leaf(job: FormJob, file: str, start: int, paren: int, end: int, plain: str) -> Iterator[Edit]:
    arguments = split_arguments(job.code(file), paren + 1, end - 1)
    at = sysctl_arguments(plain)
    assert at is not None
    if len(arguments) <= at.pointer or job.text(file, *arguments[0]) == "V_NET":
        return
    low, high = arguments[at.pointer]
    pointer = job.text(file, low, high)
    if _NULL.match(pointer):
        yield Edit(start, paren, 0, plain.encode(), NAME, "it exports no variable of its own")
        return
    found = _VARIABLE.match(_unwrapped(pointer))
    variable = job.meant(file, found[1]) if found else None
    if found is None or variable is None:
        message = f"{pointer} is no variable that the family {plain} of {job.dialect.name} can name.  Left to you."
        job.find(file, start, "sysctl-left", message)
        return
    yield from _rewritten(job, file, (start, end), paren, arguments, at.pointer, found[1] + found[2], variable)


def _unwrapped(pointer: str) -> str:
    """An address without casts and the macros around its name, such as VNET_NAME."""
    pointer = _CONTINUED.sub(" ", pointer).strip()
    while cast := _CAST.match(pointer):
        pointer = cast[1] if cast[1] is not None else cast[2]
    while found := _WRAPPED.search(pointer):
        pointer = pointer[: found.start()] + found[2] + pointer[found.end() :]
    return pointer


def _rewritten(
    job: FormJob,
    file: str,
    whole: tuple[int, int],
    paren: int,
    arguments: list[tuple[int, int]],
    pointer: int,
    symbol: str,
    variable: Variable,
) -> Iterator[Edit]:
    """The call with its identifiers, laid out anew where it stays free of comments and directives."""
    reason = f"the leaf exports {variable.name} of the stack that asks"
    identifiers = job.dialect.identifiers.format(container=job.container_of(variable).structure)
    start, end = whole
    raw = job.text(file, start, end)
    macro = job.text(file, start, paren).strip()
    if "/*" in raw or "//" in raw or "#" in raw or "\\" in raw:
        yield Edit(paren + 1, paren + 1, 0, f"{identifiers}, ".encode(), NAME, reason, variable.name)
        low, high = arguments[pointer]
        low += len(job.text(file, low, high)) - len(job.text(file, low, high).lstrip("\\ \t\r\n"))
        yield Edit(low, high, 0, symbol.encode(), NAME, reason, variable.name)
        return
    parts = [identifiers, *(_sized(job, file, job.text(file, a, b)) for a, b in arguments)]
    parts[pointer + 1] = symbol
    lines, line = [], f"{macro}("
    for i, part in enumerate(parts):
        piece = " ".join(_joined(part).split("\n")) + ("," if i < len(parts) - 1 else ");")
        gap = "" if line.endswith("(") or not line.strip() else " "
        if line.strip() and columns(line + gap + piece) > 80:
            lines.append(line)
            line, gap = "    ", ""
        line += gap + piece
    text = job.newline(file).join([*lines, line])
    stop = end + 1 if job.data[file][end : end + 1] == b";" else end
    new = (text if stop > end else text[:-1]).encode("latin-1")
    yield Edit(start, stop, 0, new, NAME, reason, variable.name)


def _joined(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text)


def _sizes(job: FormJob, file: str) -> Iterator[Edit]:
    """`sizeof(V_x)` at file scope, where no base pointer is: the size of its type."""
    facts = job.tree.facts[file]
    for match in _SIZE.finditer(job.code(file)):
        inside = any(f.body <= match.start() < f.end for f in facts.functions)
        if inside or any(d.start <= match.start() < d.end for d in facts.defines):
            continue
        new = _sized(job, file, job.text(file, match.start(), match.end()))
        yield Edit(match.start(), match.end(), 0, new.encode("latin-1"), NAME, "no stack is at hand here")


def _sized(job: FormJob, file: str, text: str) -> str:
    """A text with the sizes of types instead of those of variables, where variables live in containers."""

    def size(match: re.Match[str]) -> str:
        variable = job.meant(file, match[1] or match[2])
        if variable is None or job.dialect.forms.storage != "containers":
            return match[0]
        site = variable.sites[0]
        bounds, type_text = job.bounds(site), site.declaration.specifier
        if match[1]:
            return f"sizeof({type_text}{' ' if bounds else ''}{bounds})"
        head = match[0][: match.start(2) - match.start() - 2]
        inner = f"({type_text} {f'(*){bounds}' if bounds else '*'})NULL"
        return f"{head}({inner})->" if match[3] else f"{head}(*({inner}))"

    return _SIZE_TEXT.sub(size, text)
