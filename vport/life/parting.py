"""How a set-up parts: which statements go with per-vnet ones, which stay, which both halves need."""

from collections.abc import Collection, Sequence

import msgspec

from vport.c.flow import Flow, Statement
from vport.life.life import Life
from vport.life.split import Part, alone_on_lines, begins_with_assignment, leaves, lock_of, used_locals
from vport.patterns import later

_ASSIGNS = later(r"(?:\*\s*)?([A-Za-z_]\w*)(?:\s*(?:\.|->)\s*\w+|\[[^]]*\])*\s*[-+|&*/]?=(?!=)")


class Parting(msgspec.Struct):
    """A set-up in two.

    Arguments:
        moved: statements of the new function, in order.
        rest: those that stay.
        copied: those of `moved` that stay as well.
        reason: why it cannot be parted, empty if it can.
        dropped: statements that are of no use to either half.
        shared: whether what stays sets anything up, or tears it down, for all stacks.
    """

    moved: list[Statement] = []
    rest: list[Statement] = []
    copied: list[Statement] = []
    reason: str = ""
    shared: bool = False
    dropped: list[Statement] = []


class Parter:
    """Parts one function.

    Arguments:
        life: of the tree.
        file: of the function.
        flow: of the function.
        strict: whether tests that leave before per-vnet statements forbid to move these.
    """

    def __init__(self, life: Life, file: str, flow: Flow, strict: bool) -> None:
        self._strict = strict
        self._life = life
        self._file = file
        self._flow = flow
        self._given: Collection[str] = ()

    def part(self, parts: Sequence[Part], but: Sequence[Statement] = (), given: Collection[str] = ()) -> Parting:
        """Part some statements of the function; those in `but` are dealt with elsewhere, as are the locals `given`."""
        self._given = given
        parts = [p for p in parts if p.statement not in but]
        kinds = {p.statement.start: p.kind for p in parts}
        reason = self._both(parts) or self._locks(parts, kinds)
        if reason:
            return Parting(reason=reason)
        self._follow(parts, kinds)
        moved = [p.statement for p in parts if kinds[p.statement.start] in ("vnet", "copy")]
        copied = [p.statement for p in parts if kinds[p.statement.start] == "copy"]
        stays = {"local", "print", "shared", "end", "copy"}
        rest = [p.statement for p in parts if kinds[p.statement.start] in stays]
        if not any(kinds[p.statement.start] == "vnet" for p in parts):
            return Parting([], rest)
        shared = any(kinds[s.start] == "shared" for s in rest)
        return Parting(moved, rest, copied, self._cannot_move(moved, rest), shared)

    def _both(self, parts: Sequence[Part]) -> str:
        both = next((p for p in parts if p.kind == "both"), None)
        if both is None:
            return ""
        what = ", ".join(both.shared) or "shared state"
        tail = ", which all stacks share" if both.shared else ""
        return f"a statement that needs a vnet sets up {what} as well{tail}; decide whose that state is, or part it"

    def _locks(self, parts: Sequence[Part], kinds: dict[int, str]) -> str:
        """Locks go with what they are held around."""
        held: dict[str, int] = {}
        for i, part in enumerate(parts):
            lock = lock_of(self._life, self._file, self._flow, part.statement) if part.kind == "lock" else None
            if lock is None:
                continue
            if lock[1]:
                held[lock[0]] = i
            elif lock[0] in held:
                begin = held.pop(lock[0])
                inner = {p.kind for p in parts[begin + 1 : i]}
                if {"vnet", "shared"} <= inner:
                    return "a lock is held around per-vnet and shared statements"
                kind = "vnet" if "vnet" in inner else "shared"
                for p in parts[begin : i + 1]:
                    if p.kind in ("lock", "local", "print"):
                        kinds[p.statement.start] = kind
        for part in parts:
            if kinds[part.statement.start] == "lock":
                kinds[part.statement.start] = "shared"
        return "a lock is taken that is released elsewhere" if held and "vnet" in kinds.values() else ""

    def _follow(self, parts: Sequence[Part], kinds: dict[int, str]) -> None:
        """Statements that touch locals only go with those that touch the same locals."""
        again = True
        while again:
            again = False
            mine, others = self._locals(parts, kinds, "vnet"), self._locals(parts, kinds, "shared", "end")
            for part in parts:
                if kinds[part.statement.start] not in ("local", "print"):
                    continue
                used = used_locals(self._life, self._file, self._flow, [part.statement])
                kind = self._side(part, bool(used & mine), bool(used & others))
                if kind:
                    kinds[part.statement.start] = kind
                    again = True
        self._between(parts, kinds)

    def _side(self, part: Part, mine: bool, others: bool) -> str:
        if mine and others:
            return "copy" if self._simple(part.statement) else "shared"
        return "vnet" if mine else "shared" if others else ""

    def _simple(self, statement: Statement) -> bool:
        """Whether a statement only assigns a local, so that both halves may do it."""
        if statement.kind != "expression":
            return False
        code = self._life.code[self._file][statement.start : statement.end].decode("latin-1")
        match = _ASSIGNS.match(code)
        names = {local.name for local in self._flow.locals}
        calls = any(statement.start <= c.at < statement.end for c in self._flow.calls)
        return match is not None and match.group(1) in names and not calls and "++" not in code and "--" not in code

    def _between(self, parts: Sequence[Part], kinds: dict[int, str]) -> None:
        """Waits between per-vnet statements go with them; what else touches nothing stays."""
        at = [i for i, p in enumerate(parts) if kinds[p.statement.start] == "vnet"]
        for i, part in enumerate(parts):
            if kinds[part.statement.start] == "local" and at and at[0] < i < at[-1] and part.statement.kind != "if":
                kinds[part.statement.start] = "vnet"

    def _locals(self, parts: Sequence[Part], kinds: dict[int, str], *which: str) -> set[str]:
        chosen = [p.statement for p in parts if kinds[p.statement.start] in which]
        return used_locals(self._life, self._file, self._flow, chosen)

    def _cannot_move(self, moved: list[Statement], rest: list[Statement]) -> str:
        life, file, flow = self._life, self._file, self._flow
        if any(not alone_on_lines(life.code[file], s) for s in moved):
            return "other statements stand on the same line"
        if any(leaves(s) or s.kind in ("label", "case") for s in moved):
            return "control leaves from inside what would have to move"
        if self._strict and any(leaves(s) and s.kind == "if" for s in rest if s.start < moved[-1].start):
            return "a test before it decides whether it runs at all"
        shared = used_locals(life, file, flow, moved) & used_locals(life, file, flow, rest)
        tied = sorted(n for n in shared if not begins_with_assignment(life, file, moved, n))
        parameters = {p.name for p in flow.parameters} & used_locals(life, file, flow, moved)
        tied += sorted(parameters - set(tied))
        tied += sorted(n for n in shared - set(tied) - set(self._given) if not self._sets(moved, rest, n))
        return f"{', '.join(tied)} ties the per-vnet part to the rest" if tied else ""

    def _sets(self, moved: list[Statement], rest: list[Statement], name: str) -> bool:
        """Whether what stays does not read what the moved part left in a local."""
        first = next(s.start for s in moved if used_locals(self._life, self._file, self._flow, [s]) & {name})
        behind = [s for s in rest if self._strict or s.start > first]
        return begins_with_assignment(self._life, self._file, behind, name)
