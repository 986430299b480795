"""Sysctls of the old family: `SYSCTL_V_INT(V_NET, vnet_foo, ..., x, ...)` names the variable, not its address.

The identifiers say which structure holds it; the macro finds the offset in that (sys/sysctl.h of 2008 and 2009).  A
leaf without a pointer stays a plain one: its handler finds the variables by curvnet.
"""

import re
from collections.abc import Iterator

import msgspec

from vport.c.tokens import closing_paren, split_arguments
from vport.dialect import sysctl_arguments
from vport.edits import Edit
from vport.findings import Finding
from vport.forms.job import FormJob
from vport.patterns import later
from vport.source import line_of
from vport.tree import Variable
from vport.write import columns

NAME = "identifiers"

_CAST = later(r"\A(?:__DE\w+\s*\(\s*[\w\s*]+,\s*(.*)\)|\(\s*[\w\s*]+\*\s*\)\s*(.*))\Z", re.DOTALL)
_WRAPPED = later(r"(\w+)\s*\(\s*([\w\s()]*\w)\s*\)")
_VARIABLE = later(r"&?\s*(\w+)((?:\s*(?:\.\s*\w+|\[[^\[\]]*\]))*)\Z")
_CONTINUED = later(r"\\\r?\n")
_SYMBOL = later(rb"\bVNET_NAME\s*\(\s*(\w+)")
_SIZE_WORDS = r"\bsizeof\s*(?:\(\s*V_(\w+)\s*\)|\(?\s*V_(\w+)(\s*\.)?)"
_SIZE, _SIZE_TEXT = later(_SIZE_WORDS.encode()), later(_SIZE_WORDS)


class _Leaf(msgspec.Struct, frozen=True):
    """A call of the family: its bytes, its parenthesis, its arguments, the plain macro and the index of the pointer."""

    file: str
    start: int
    paren: int
    end: int
    arguments: tuple[tuple[int, int], ...]
    plain: str
    pointer: int


def run(job: FormJob) -> Iterator[tuple[str, Edit]]:
    """Yield the edits of every leaf of the dialect's family, and of sizes that stand outside of functions."""
    for file in job.tree.facts:
        done = [edit for leaf in _leaves(job, file) for edit in _edits(job, leaf)]
        yield from ((file, edit) for edit in done)
        if job.dialect.forms.storage == "containers":
            yield from ((file, e) for e in _sizes(job, file) if not any(d.start <= e.start < d.end for d in done))


def refused(job: FormJob) -> tuple[list[Finding], list[Variable]]:
    """Variables whose symbol something names that can name no member: another address than a leaf's, or part of one."""
    findings: list[Finding] = []
    variables: list[Variable] = []
    for file in job.tree.facts:
        code = job.code(file)
        leaves = [leaf for leaf in _leaves(job, file) if _symbol(job, leaf) is not None]
        for match in _SYMBOL.finditer(code):
            variable = job.meant(file, match[1].decode("latin-1"))
            if variable is None or any(leaf.start <= match.start() < leaf.end for leaf in leaves):
                continue
            message = (
                f"an address of {variable.name} is kept here that no stack has, and a member of "
                f"struct {job.container_of(variable).structure} has no other; {variable.name} stays a plain global.  "
                f"Take the address where it is used."
            )
            line = line_of(job.data[file], match.start())
            findings.append(Finding(file, line, "symbol-of-member", message, variable.name))
            variables.append(variable)
    return findings, variables


def _leaves(job: FormJob, file: str) -> Iterator[_Leaf]:
    """Calls of the family outside of functions, in macros too, that have no identifiers yet."""
    facts, code = job.tree.facts[file], job.code(file)
    for plain, macro in job.dialect.families.items():
        at = sysctl_arguments(plain)
        assert at is not None
        for match in re.finditer(rb"\b%s\s*(?=\()" % macro.encode(), code):
            start, paren = match.span()
            inside = any(f.body <= start < f.end for f in facts.functions)
            if inside or any(d.start <= start < d.body for d in facts.defines):
                continue
            end = closing_paren(code, paren)
            arguments = split_arguments(code, paren + 1, end - 1)
            if len(arguments) > at.pointer and job.text(file, *arguments[0]) != "V_NET":
                yield _Leaf(file, start, paren, end, tuple(arguments), plain, at.pointer)


def _symbol(job: FormJob, leaf: _Leaf) -> tuple[str, Variable] | None:
    """What a leaf exports: a variable or part of it, as the family names it."""
    found = _VARIABLE.match(_unwrapped(job.text(leaf.file, *leaf.arguments[leaf.pointer])))
    variable = job.meant(leaf.file, found[1]) if found else None
    return (found[1] + found[2], variable) if found and variable else None


def _edits(job: FormJob, leaf: _Leaf) -> Iterator[Edit]:
    symbol = _symbol(job, leaf)
    if symbol is None:
        reason = "it exports no variable that the family can name"
        yield Edit(leaf.start, leaf.paren, 0, leaf.plain.encode(), NAME, reason)
        return
    whole = leaf.start, leaf.end
    yield from _rewritten(job, leaf.file, whole, leaf.paren, list(leaf.arguments), leaf.pointer, *symbol)


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
