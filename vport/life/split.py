"""Which statements of a set-up belong to each stack, and which to the module; what locals they share."""

import re
from collections.abc import Iterable, Sequence

import msgspec

from vport.c.flow import Flow, Statement
from vport.life.entries import Key
from vport.life.flows import walk
from vport.life.life import Life
from vport.source import line_end, line_start

_ASSIGNED = re.compile(r"\s*=(?!=)")
_WORD = re.compile(r"[A-Za-z_]\w*")
_PRINTS = frozenset(("printf", "log", "uprintf", "if_printf"))
_LEAVES = ("return", "break", "goto", "continue")


class Part(msgspec.Struct, frozen=True):
    """One statement and what it is.

    `kind` is `vnet` (reaches per-vnet state), `shared` (has another effect), `local` (touches locals only),
    `declaration` or `end` (leaves).
    """

    kind: str
    statement: Statement


def classify(life: Life, key: Key, flow: Flow, statements: Iterable[Statement]) -> list[Part]:
    """What each of some statements of a function is."""
    needs = life.needs.places(key, flow.body, flow.end)
    return [Part(_kind(life, key, flow, s, needs), s) for s in statements]


def _kind(life: Life, key: Key, flow: Flow, statement: Statement, needs: list[int]) -> str:
    here = [at for at in needs if statement.start <= at < statement.end]
    if here:
        return "shared" if _only_prints(life, key[0], flow, statement, here) else "vnet"
    if statement.kind == "declaration":
        return "declaration"
    if statement.kind in _LEAVES:
        return "end"
    code = life.code[key[0]][statement.start : statement.end].decode("latin-1")
    words = set(_WORD.findall(code))
    names = {local.name for local in (*flow.locals, *flow.parameters)}
    if statement.kind == "expression" and "(" not in code and words <= names | {"NULL", "0"}:
        return "local"
    return "shared"


def _only_prints(life: Life, file: str, flow: Flow, statement: Statement, needs: list[int]) -> bool:
    """Whether a statement only prints values: it says those of the stack at hand, and need not be said for each."""
    calls = {c.name for c in flow.calls if statement.start <= c.at < statement.end}
    return calls <= _PRINTS and bool(calls) and all(life.access(file, at) == "read" for at in needs)


def used_locals(life: Life, file: str, flow: Flow, statements: Sequence[Statement]) -> set[str]:
    """Locals and parameters that some statements name."""
    names = {local.name for local in (*flow.locals, *flow.parameters)}
    found: set[str] = set()
    for statement in statements:
        found |= names & set(_WORD.findall(life.code[file][statement.start : statement.end].decode("latin-1")))
    return found


def begins_with_assignment(life: Life, file: str, statements: Sequence[Statement], name: str) -> bool:
    """Whether a local gets its value in the statements themselves before they read it."""
    for statement in statements:
        text = life.code[file][statement.start : statement.end].decode("latin-1")
        match = re.search(rf"\b{name}\b", text)
        if match:
            return bool(_ASSIGNED.match(text, match.end())) or _loop_variable(text, match.start())
    return True


def _loop_variable(text: str, at: int) -> bool:
    """Whether the name at `at` is the first argument of a `*_FOREACH` macro."""
    return bool(re.search(r"\b\w*FOREACH\w*\s*\(\s*\Z", text[:at]))


def leaves(statement: Statement) -> bool:
    """Whether control may leave from inside a statement."""
    inner = walk(statement)
    if any(s.kind in ("return", "goto") for s in inner):
        return True
    loops = any(s.kind in ("loop", "switch") for s in inner)
    return not loops and any(s.kind in ("break", "continue") for s in inner)


def lines_of(data: bytes, code: bytes, statement: Statement, floor: int) -> tuple[int, int]:
    """The lines of a statement with the comment lines right above it."""
    start = line_start(data, statement.start)
    while start > floor:
        above = line_start(data, start - 1)
        if above <= floor or not data[above:start].strip() or code[above:start].strip():
            break
        start = above
    return start, line_end(data, max(statement.start, statement.end - 1))


def alone_on_lines(code: bytes, statement: Statement) -> bool:
    """Whether nothing else stands on a statement's lines."""
    start, end = line_start(code, statement.start), line_end(code, max(statement.start, statement.end - 1))
    return not code[start : statement.start].strip() and not code[statement.end : end].strip()
