"""What a function has at hand that knows its vnet: parameters, locals, loop variables, the registered argument."""

import re
from collections.abc import Iterator

import msgspec

from vport.c.flow import Flow, Local, Statement
from vport.life.flows import chain, walk
from vport.life.types import Types
from vport.patterns import later

_WORD = later(r"[A-Za-z_]\w*")


class Candidate(msgspec.Struct, frozen=True, order=True):
    """An expression for the vnet.

    Arguments:
        rank: lower is better: members passed on the way, then how late it is known.
        since, until: offsets between which it gives the object: a context set there evaluates it once.
        expression: as it is to be written.
        start, end: the block or loop in which it is known.
    """

    rank: int
    since: int
    until: int
    expression: str
    start: int
    end: int

    def holds_at(self, at: int) -> bool:
        """Whether it gives the object at an offset."""
        return self.since <= at <= self.until and self.start <= at < self.end


class Candidates:
    """Candidates of one function.

    Arguments:
        flow: of the function.
        code: of its file, comments and literals blanked.
        file: its file.
        types: of the tree.
    """

    def __init__(self, flow: Flow, code: bytes, file: str, types: Types) -> None:
        self._flow = flow
        self._code = code
        self._file = file
        self._types = types
        self._names = {x.name for x in flow.locals}

    def find(self) -> list[Candidate]:
        """All candidates, best first."""
        found: dict[tuple[str, int, int], Candidate] = {}
        for base in self._bases():
            for way in self._types.vnet_paths(base.expression, base.type, self._file):
                late = 0 if base.since <= self._flow.body else 1
                candidate = Candidate(2 * way.cost + late, base.since, base.until, way.expression, base.start, base.end)
                found.setdefault((way.expression, base.start, base.since), candidate)
        return self._turns_first(sorted(found.values()))

    def _turns_first(self, ranked: list[Candidate]) -> list[Candidate]:
        """Objects that a loop goes through stand before others that tell their vnet in the same way.

        What a turn does, it does for its own object: `for (g = f; g != NULL; g = g->next)` leaves f behind.
        """
        first: dict[str, int] = {}
        for index, one in enumerate(ranked):
            first.setdefault(_way(one), index)
        return sorted(ranked, key=lambda c: (first[_way(c)], *((0, -c.since) if self._goes_on(c) else (1, 0))))

    def _goes_on(self, candidate: Candidate) -> bool:
        """Whether it begins at a local that a loop hands out or sets."""
        loops = [s for s in walk(self._flow.root) if s.kind == "loop"] if self._flow.root else []
        names = set(_WORD.findall(candidate.expression)[:2])
        sets = [a.at for a in self._flow.assignments if a.left in names and a.left in self._names]
        return any(s.head == candidate.since or any(s.start <= at < s.end for at in sets) for s in loops)

    def _bases(self) -> Iterator["_Base"]:
        """Typed expressions, from where to where they are known, and in which block."""
        flow = self._flow
        for parameter in flow.parameters:
            until = min((a.at for a in flow.assignments if a.left == parameter.name), default=flow.end)
            yield _Base(parameter.name, parameter.type, flow.body, until, flow.body, flow.end)
        for local in flow.locals:
            yield from self._local(local)

    def _local(self, local: Local) -> Iterator["_Base"]:
        flow, root = self._flow, self._flow.root
        if root is None or "*" not in local.type or local.type.startswith(("char", "void", "u_char", "uint8_t")):
            return
        sets = sorted({a.at for a in flow.assignments if a.left in (local.name, f"*{local.name}")})
        block = _block(root, local.at)
        for at, after in zip(sets, [*sets[1:], block.end], strict=False):
            statement = chain(root, at)[-1]
            holder = _block(root, at)
            if statement.kind in ("declaration", "expression") and statement in holder.parts:
                yield _Base(local.name, local.type, statement.end, after, holder.start, holder.end)
            elif statement.kind in ("if", "loop", "switch") and at < statement.head:
                yield _Base(local.name, local.type, statement.head, after, statement.start, block.end)
        for loop in walk(root) if not sets else ():
            if loop.kind == "loop" and loop.name not in ("for", "while", "do") and loop.start >= block.start:
                first = _WORD.search(self._code[loop.start + len(loop.name) : loop.head].decode("latin-1"))
                if first is not None and first.group() == local.name:
                    yield _Base(local.name, local.type, loop.head, loop.end, loop.start, loop.end)


def _way(candidate: Candidate) -> str:
    """How an expression goes on from the local that it begins at."""
    return re.sub(r"\w+", "", candidate.expression, count=1)


class _Base(msgspec.Struct, frozen=True):
    """An object with a type: its value stays from `since` to `until`, seen in the block [start, end)."""

    expression: str
    type: str
    since: int
    until: int
    start: int
    end: int


def _block(root: Statement, at: int) -> Statement:
    return next((s for s in reversed(chain(root, at)) if s.kind == "block"), root)
