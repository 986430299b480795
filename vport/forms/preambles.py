"""`INIT_VNET_FOO(curvnet);` where a function begins to reach the variables of a container, or behind CURVNET_SET.

In 2008 it was blank space, in 2009 it declared the base pointer that the accessors of the container go through
(sys/vimage.h); the porting note of that year wants it at the head of the block.
"""

from collections.abc import Iterator

from vport.c.tokens import closing_paren
from vport.edits import Edit
from vport.facts import Define, Function
from vport.forms.job import Container, FormJob
from vport.patterns import later
from vport.source import line_end, line_start
from vport.write import columns, pad_to_backslash

NAME = "preambles"

_SET = later(rb"\bCURVNET_SET(?:_QUIET|_VERBOSE)?\s*(?=\()")
_MADE = later(rb"[\s\\]*(?:[A-Za-z_][\w#]*[\s\\*]+)+[\w#]+[\s\\]*\([^(){};]*\)[\s\\]*\{")
"""A macro's body that is a function: types, a name, parameters, a brace."""
_CONTINUED = later(rb"[ \t]*\\\r?\n")
_REASON = "its accessors go through a base pointer"


def run(job: FormJob) -> Iterator[tuple[str, Edit]]:
    """Yield the preambles of every function that reaches a container."""
    for file, facts in job.tree.facts.items():
        for function in facts.functions:
            for edit in _function(job, file, function):
                yield file, edit
        for define in facts.defines:
            for edit in _generated(job, file, define):
                yield file, edit


def _generated(job: FormJob, file: str, define: Define) -> Iterator[Edit]:
    """The preamble of a function that a macro makes, on a continued line of its own."""
    code, data = job.code(file), job.data[file]
    head = _MADE.match(code, define.body, define.end)
    found = job.reached(file, define.body, define.end) if head else []
    if head is None or not found:
        return
    at = head.end()
    text = " ".join(job.dialect.preamble(c.name) for c in found)
    stop = line_end(data, at)
    if not _CONTINUED.match(data, at, stop):
        yield Edit(at, at, -5, f" {text}".encode(), NAME, _REASON)
        return
    indent = data[stop : define.end][
        : len(data[stop : define.end]) - len(data[stop : define.end].lstrip(b" \t"))
    ].decode()
    line = f"{indent}{text}"
    line += f"{pad_to_backslash(columns(line))}\\{job.newline(file)}"
    yield Edit(stop, stop, -5, line.encode(), NAME, _REASON)


def _function(job: FormJob, file: str, function: Function) -> Iterator[Edit]:
    if not job.reached(file, function.body, function.end):
        return
    code = job.code(file)
    sets = [m.start() for m in _SET.finditer(code, function.body, function.end)]
    ends = [*sets[1:], function.end] if sets else []
    first = sets[0] if sets else function.end
    top = job.reached(file, function.body, first)
    if top:
        yield _at_top(job, file, function, top)
    for at, end in zip(sets, ends, strict=True):
        found = [c for c in job.reached(file, at, end) if not (c in top and _depth(code, function.body, at) == 1)]
        if len(found) < len(job.reached(file, at, end)):
            job.find(file, at, "preamble-left", _TWICE.format(name=function.name))
        if found:
            yield _behind_set(job, file, at, found)


_TWICE = (
    "{name}() reaches per-vnet state before it sets another vnet in the same block; its base pointer stays that of the "
    "first.  Left to you: put what follows CURVNET_SET into a block of its own, with its own INIT_VNET macro."
)


def _depth(code: bytes, start: int, at: int) -> int:
    return code.count(b"{", start, at) - code.count(b"}", start, at)


def _at_top(job: FormJob, file: str, function: Function, containers: list[Container]) -> Edit:
    """Behind the brace: on lines of its own, with a blank line behind them where no declarations follow."""
    data, newline = job.data[file], job.newline(file)
    at = line_end(data, function.body)
    lines = [job.dialect.preamble(c.name) for c in containers]
    if data[function.body + 1 : at].strip():
        return Edit(function.body + 1, function.body + 1, -5, (" " + " ".join(lines)).encode(), NAME, _REASON)
    text = "".join(f"\t{line}{newline}" for line in lines)
    return Edit(at, at, -5, text.encode(), NAME, _REASON)


def _behind_set(job: FormJob, file: str, at: int, containers: list[Container]) -> Edit:
    """Behind the statement that sets the vnet, indented as that is."""
    data, code = job.data[file], job.code(file)
    end = code.find(b";", closing_paren(code, code.find(b"(", at))) + 1
    begin = line_start(data, at)
    indent = data[begin:at].decode("latin-1") if not data[begin:at].strip() else None
    stop = line_end(data, end)
    lines = [job.dialect.preamble(c.name) for c in containers]
    if indent is None or code[end:stop].strip():
        return Edit(end, end, -5, (" " + " ".join(lines)).encode(), NAME, _REASON)
    text = "".join(f"{indent}{line}{job.newline(file)}" for line in lines)
    return Edit(stop, stop, -5, text.encode(), NAME, _REASON)
