"""Objects of a module that could keep their vnet: where they are made, and what they would be given.

A handler that gets such an object and nothing else learns its vnet from a member that is filled where the object is
made.
"""

import re
from collections.abc import Collection, Iterator

import msgspec

from vport.c.flow import Flow, Statement
from vport.life.entries import Key
from vport.life.flows import chain
from vport.life.life import ALLOCATORS, Life
from vport.patterns import later
from vport.source import line_of

_CALLED = later(rb"\s*(?:\([^()]*\)\s*)?([A-Za-z_]\w*)\s*\(")
_PREFIX = later(r"([A-Za-z][A-Za-z0-9]*_)")


class Object(msgspec.Struct, frozen=True, order=True):
    """A structure that is to keep the vnet of each of its objects.

    Arguments:
        tag, file: of the structure.
        member: name of the new member.
        why: handlers that need it.
    """

    tag: str
    file: str
    member: str
    why: tuple[str, ...] = ()


class Maker(msgspec.Struct, frozen=True, order=True):
    """A place that fills the new member of `expression`: behind the statement [start, at), or in front of it.

    `before` is set where a handler is registered with an object that nothing allocates, since it is part of another.
    """

    file: str
    function: Key
    expression: str
    at: int
    start: int
    before: bool = False


def member_name(life: Life, tag: str, file: str) -> str:
    """A name for the member that keeps the vnet, with the prefix the others have."""
    names = [m.name for m in life.types.members(tag, file)]
    prefixes = [p.group(1) for n in names if (p := _PREFIX.match(n))]
    common = max(set(prefixes), key=prefixes.count, default="") if len(prefixes) * 2 > len(names) else ""
    wish, n = f"{common}vnet", 2
    while wish in names:
        wish, n = f"{common}vnet{n}", n + 1
    return wish


def fillers(life: Life, tag: str, handlers: Collection[Key]) -> list[Maker]:
    """Where the vnet of a `struct tag` is noted: where it is made, or else where `handlers` are registered with it."""
    return list(makers(life, tag)) or sorted({m for key in handlers for m in _registered(life, tag, key)})


def _registered(life: Life, tag: str, handler: Key) -> Iterator[Maker]:
    """Registrations that hand a handler an object which a local or parameter points to."""
    wanted = f"struct {tag} *"
    for r in life.graph.entry_kinds.get(handler, ()):
        flow = life.flows.around(r.file, r.at)
        given = life.code[r.file][r.argument[0] : r.argument[1]].decode("latin-1").strip()
        if flow is None or flow.root is None or r.inside == handler[1]:
            continue
        names = {x.name for x in (*flow.locals, *flow.parameters) if life.types.resolve(x.type) == wanted}
        around = chain(flow.root, r.at)
        block = max(i for i, s in enumerate(around) if s.kind in ("block", "case"))
        if given in names and block + 1 < len(around):
            statement = around[block + 1]
            yield Maker(r.file, (r.file, r.inside), given, statement.end, statement.start, before=True)


def makers(life: Life, tag: str) -> Iterator[Maker]:
    """All places where an object of `struct tag` is made."""
    wanted = f"struct {tag} *"
    allocators = [name.encode() for name in life.allocators]
    for file in life.tree.facts:
        if tag not in life.tree.words(file) or not ALLOCATORS & life.tree.words(file):
            continue
        for flow in life.flows.holding(file, allocators):
            names = {x.name for x in (*flow.locals, *flow.parameters) if life.types.resolve(x.type) == wanted}
            for assignment in flow.assignments if flow.root is not None else ():
                match = _CALLED.match(life.code[file], assignment.start)
                if assignment.left in names and match and match.group(1).decode() in life.allocators:
                    yield _maker(life, file, flow, assignment.left, assignment.at)
            yield from _tested(life, file, flow, names)


def _tested(life: Life, file: str, flow: Flow, names: set[str]) -> Iterator[Maker]:
    """Objects made in a condition: `if ((sc = malloc(...)) == NULL)`."""
    for call in flow.calls if flow.root is not None else ():
        if call.name not in life.allocators:
            continue
        match = re.search(rb"\(\s*([A-Za-z_]\w*)\s*=\s*(?:\([^()]*\)\s*)?\Z", life.code[file][flow.body : call.at])
        if match and match.group(1).decode() in names:
            yield _maker(life, file, flow, match.group(1).decode(), call.at)


def _maker(life: Life, file: str, flow: Flow, expression: str, at: int) -> Maker:
    """Behind the statement, and behind the test for NULL that follows it."""
    assert flow.root is not None
    around = chain(flow.root, at)
    block = next(s for s in reversed(around) if s.kind in ("block", "case"))
    statement = around[around.index(block) + 1] if around.index(block) + 1 < len(around) else block
    following = _next(block, statement)
    if following is not None and following.kind == "if":
        head = life.code[file][following.start : following.head].decode("latin-1")
        if re.search(rf"\b{expression}\s*==\s*NULL|!\s*{expression}\b|\b{expression}\s*==\s*0\b", head):
            statement = following
    name = next((f.name for f in life.tree.facts[file].functions if f.body == flow.body), "?")
    return Maker(file, (file, name), expression, statement.end, statement.start)


def _next(block: Statement, statement: Statement) -> Statement | None:
    parts = list(block.parts)
    index = parts.index(statement) if statement in parts else len(parts)
    return parts[index + 1] if index + 1 < len(parts) else None


def describe(life: Life, maker: Maker) -> str:
    """`file:line` of a maker, for messages."""
    return f"{maker.file}:{line_of(life.code[maker.file], maker.at)}"
