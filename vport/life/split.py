"""Which statements of a set-up belong to each stack, and which to the module; what locals they share."""

import re
from collections.abc import Iterable, Sequence

import msgspec

from vport.c.flow import Flow, Statement
from vport.life.effects import Effects
from vport.life.entries import Key
from vport.life.flows import walk
from vport.life.life import Life
from vport.patterns import later
from vport.source import line_end, line_start

_ASSIGNED = later(r"\s*=(?!=)")
_WORD = later(r"[A-Za-z_]\w*")
_PRINTS = frozenset(("printf", "log", "uprintf", "if_printf"))
_LEAVES = ("return", "break", "goto", "continue")
_GUARD = later(r"if\s*\(\s*IS_DEFAULT_VNET\b")
_KNOWS_VNETS = later(r"\b(?:curvnet|IS_DEFAULT_VNET)\b")
_NO_LOCKING = ("init", "destroy", "free", "alloc", "assert")
_ENTER = later(r"\w*(?:LOCK|lock)\w*|\w*_(?:ENTER|enter)(?:_\w+)?")
_LEAVE = later(r"\w*(?:UNLOCK|unlock)\w*|\w*_(?:EXIT|exit)(?:_\w+)?")


class Part(msgspec.Struct, frozen=True):
    """One statement and what it is.

    `kind` is `vnet` (reaches per-vnet state), `shared` (leaves something behind for all stacks), `both` (sets shared
    state from per-vnet state), `lock` (takes or releases one), `print`, `local` (leaves nothing behind), `declaration`
    or `end` (leaves); `shared` has the shared variables that a statement of kind `both` sets itself.
    """

    kind: str
    statement: Statement
    shared: tuple[str, ...] = ()


def classify(life: Life, effects: Effects, key: Key, flow: Flow, statements: Iterable[Statement]) -> list[Part]:
    """What each of some statements of a function is."""
    needs = life.needs.places(key, flow.body, flow.end)
    kinds = [(_kind(life, effects, key, flow, s, needs), s) for s in statements]
    return [
        Part(kind, s, tuple(dict.fromkeys(effects.mutated(key[0], s.start, s.end))) if kind == "both" else ())
        for kind, s in kinds
    ]


def _kind(life: Life, effects: Effects, key: Key, flow: Flow, statement: Statement, needs: list[int]) -> str:
    file, start, end = key[0], statement.start, statement.end
    code = life.code[file][start:end].decode("latin-1")
    here = [at for at in needs if start <= at < end]
    if here and _only_prints(life, file, flow, statement, here):
        return "print"
    if here or _KNOWS_VNETS.search(code) or _calls_knowing(life, file, flow, statement):
        shared = effects.mutated(file, start, end) or _sets_up_shared(life, effects, file, flow, statement)
        return "both" if shared and not _GUARD.match(code) else "vnet"
    if statement.kind == "declaration":
        return "declaration"
    if statement.kind in _LEAVES:
        return "end"
    return _effect(life, effects, file, flow, statement)


def _sets_up_shared(life: Life, effects: Effects, file: str, flow: Flow, statement: Statement) -> bool:
    """Whether a statement calls a function of the tree that makes, releases or links what all stacks share."""
    for call in flow.calls:
        if call.member or not statement.start <= call.at < statement.end or life.is_macro(call.name):
            continue
        key = life.graph.entries.resolve(file, call.name)
        if key is None:
            continue
        given = [
            i for i, (a, b) in enumerate(call.arguments) if any(u[2] == "address" for u in effects.uses(file, a, b))
        ]
        if effects.sets_up(key) or any(effects.links(key, i) for i in given):
            return True
    return False


def _calls_knowing(life: Life, file: str, flow: Flow, statement: Statement) -> bool:
    """Whether a statement calls a function that asks which stack it runs for."""
    if statement.kind != "expression":
        return False
    for call in flow.calls:
        key = life.graph.entries.resolve(file, call.name) if statement.start <= call.at < statement.end else None
        if key is not None and "IS_DEFAULT_VNET" in life.tree.words(key[0]):
            found = [f for f in life.tree.facts[key[0]].functions if f.name == key[1]]
            if any(b"IS_DEFAULT_VNET" in life.code[key[0]][f.body : f.end] for f in found):
                return True
    return False


def _effect(life: Life, effects: Effects, file: str, flow: Flow, statement: Statement) -> str:
    """What a statement without per-vnet state leaves behind."""
    start, end = statement.start, statement.end
    calls = [c for c in flow.calls if start <= c.at < end]
    if statement.kind == "expression" and lock_of(life, file, flow, statement):
        return "lock"
    if (
        effects.assigns(file, start, end)
        or effects.changes(file, start, end)
        or any(c.member or effects.lasting(file, c.name) for c in calls)
    ):
        return "shared"
    if calls and {c.name for c in calls} <= _PRINTS:
        return "print"
    return "local"


def lock_of(life: Life, file: str, flow: Flow, statement: Statement) -> tuple[str, bool] | None:
    """What a statement takes (True) or releases (False), as a name that is the same for both; None for others."""
    calls = [c for c in flow.calls if c.at == statement.start]
    if len(calls) != 1 or statement.kind != "expression":
        return None
    name = calls[0].name
    if any(word in name.lower() for word in _NO_LOCKING):
        return None
    given = "".join(life.code[file][calls[0].at + len(name) : statement.end].decode("latin-1").split())
    if _LEAVE.fullmatch(name):
        return re.sub("UN(?=LOCK)|un(?=lock)", "", name).replace("EXIT", "ENTER").replace(
            "exit", "enter"
        ) + given, False
    return (name + given, True) if _ENTER.fullmatch(name) else None


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
