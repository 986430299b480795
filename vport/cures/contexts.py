"""VP201 and VP202: a restore where a path leaves with the context it set, and none where nothing was set."""

import re

from vport.c.flow import Flow, Statement
from vport.c.tokens import closing_paren
from vport.checks.found import Found
from vport.checks.job import Job
from vport.edits import Edit
from vport.life.flows import chain, walk
from vport.patterns import later
from vport.source import line_end, line_start, newline_of

Edits = tuple[tuple[str, Edit], ...]

_SET = later(rb"\bCURVNET_SET(?:_QUIET)?\s*\(")
_RESTORE = later(rb"\bCURVNET_RESTORE\s*\(\s*\)\s*;")
_NEEDS_STACK = later(rb"\bV_\w|\bVNET|\bcurvnet\b|\w\s*\(")
_LEAVES = frozenset(("return", "goto"))
_BY = "check"


def restore_before(job: Job, one: Found) -> Edits:
    """`CURVNET_RESTORE();` before the return, in braces where the return is the arm of an `if` by itself."""
    flow, low, high = _function(job, one)
    if flow is None or flow.root is None:
        return ()
    leaving = [s for s in walk(flow.root) if s.kind == "return" and low <= s.start < high]
    set_at = _set_of(job, one)
    if len(leaving) != 1 or not _reaches(job, one.file, flow, set_at, leaving[0]):
        return ()
    return ((one.file, _insertion(job, one.file, flow.root, leaving[0])),)


def _function(job: Job, one: Found) -> tuple[Flow | None, int, int]:
    """The function a finding stands in, and where its line begins and ends."""
    low, high = _span(job.read.data[one.file], one.line)
    inside = low + len(job.code[one.file][low:high]) - len(job.code[one.file][low:high].lstrip())
    return job.life.flows.around(one.file, inside), low, high


def _span(data: bytes, line: int) -> tuple[int, int]:
    low = 0
    for _ in range(line - 1):
        low = data.find(b"\n", low) + 1
    return low, line_end(data, low)


def _set_of(job: Job, one: Found) -> int:
    """Where the set stands that a finding is about; -1 if its line has none, or several."""
    if not one.steps or one.steps[-1].file != one.file:
        return -1
    low, high = _span(job.read.data[one.file], one.steps[-1].line)
    sets = list(_SET.finditer(job.code[one.file], low, high))
    return sets[0].start() if len(sets) == 1 else -1


def _reaches(job: Job, file: str, flow: Flow, set_at: int, leaving: Statement) -> bool:
    """Whether the set, and no restore of it, holds on every way to a return, and the return wants no stack itself."""
    code = job.code[file]
    if flow.root is None or not flow.body <= set_at < leaving.start or _NEEDS_STACK.search(_value(code, leaving)):
        return False
    around = [s for s in chain(flow.root, leaving.start) if s.kind == "block"]
    home = _block(flow.root, set_at)
    if home not in around or any(s.kind in ("label", "case") for s in walk(flow.root) if set_at < s.start):
        return False
    between = _RESTORE.finditer(code, set_at, leaving.start)
    return all(_ends_elsewhere(_block(flow.root, m.start()), around) for m in between)


def _value(code: bytes, leaving: Statement) -> bytes:
    """What is returned, without the parentheses of style(9)."""
    value = code[leaving.start : leaving.end].strip().removeprefix(b"return").rstrip(b"; \t\r\n").strip()
    return value[1:-1] if value[:1] == b"(" and closing_paren(value, 0) == len(value) else value


def _block(root: Statement, at: int) -> Statement:
    return [s for s in chain(root, at) if s.kind == "block"][-1]


def _ends_elsewhere(block: Statement, around: list[Statement]) -> bool:
    """Whether who comes through a block leaves the function by it."""
    return block not in around and bool(block.parts) and block.parts[-1].kind in _LEAVES


def _insertion(job: Job, file: str, root: Statement, leaving: Statement) -> Edit:
    data, outer = job.read.data[file], chain(root, leaving.start)
    newline = newline_of(data).decode()
    begin = line_start(data, leaving.start)
    indent = data[begin : leaving.start].decode("latin-1")
    text = data[leaving.start : leaving.end].decode("latin-1")
    reason = "the caller goes on in the stack it came with"
    parent = outer[-2] if len(outer) > 1 else root
    if parent.kind == "block":
        gap = f"{newline}{indent}" if not indent.strip() else " "
        return Edit(leaving.start, leaving.start, 0, f"CURVNET_RESTORE();{gap}".encode("latin-1"), _BY, reason)
    if indent.strip():
        return Edit(leaving.start, leaving.end, 0, f"{{ CURVNET_RESTORE(); {text} }}".encode("latin-1"), _BY, reason)
    return _braced(data, leaving, indent, newline, reason)


def _braced(data: bytes, leaving: Statement, indent: str, newline: str, reason: str) -> Edit:
    """The arm with braces around it: the first at the end of the line before, as style(9) has it."""
    start = len(data[: leaving.start].rstrip())
    outer = indent[:-1] if indent.endswith("\t") else indent[: -min(4, len(indent))]
    end = len(data[: line_end(data, leaving.end)].rstrip(b"\r\n"))
    behind = data[leaving.end : end].decode("latin-1")
    text = data[leaving.start : leaving.end].decode("latin-1")
    follows = re.match(rb"(\r?\n)\s*else\b", data[end:])
    close = f"{newline}{outer}}}" + (" " if follows else "")
    end += follows.end() - len(b"else") if follows else 0
    new = f" {{{newline}{indent}CURVNET_RESTORE();{newline}{indent}{text}{behind}{close}"
    return Edit(start, end, 0, new.encode("latin-1"), _BY, reason)


def drop_restore(job: Job, one: Found) -> Edits:
    """The restore goes where its function sets nothing at all."""
    flow, low, high = _function(job, one)
    code, data = job.code[one.file], job.read.data[one.file]
    found = list(_RESTORE.finditer(code, low, high))
    if flow is None or flow.root is None or len(found) != 1 or _SET.search(code, flow.body, flow.end):
        return ()
    outer = chain(flow.root, found[0].start())
    if len(outer) < 2 or outer[-2].kind != "block":
        return ()
    start, end = found[0].span()
    alone = not data[low:start].strip() and not data[end:high].strip()
    start, end = (low, data.find(b"\n", end) + 1) if alone else (start, end)
    return ((one.file, Edit(start, end, 0, b"", _BY, "nothing is set here that it could restore")),)
