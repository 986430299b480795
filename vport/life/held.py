"""Whether a function may sleep at a place, or holds a lock there that forbids it."""

from collections.abc import Iterator
from functools import cache

from vport import rules
from vport.c.flow import Flow, Statement
from vport.life.flows import walk
from vport.life.life import Life

_LEAVING = ("return", "goto")


@cache
def _locks() -> dict[str, int]:
    """Calls that take a lock under which nobody may sleep (1), and that release one (-1)."""
    table = rules.load("contexts")["locks"]
    return {**dict.fromkeys(table["take"], 1), **dict.fromkeys(table["release"], -1)}


class Held:
    """Locks that functions hold.

    Arguments:
        life: of the tree.
    """

    def __init__(self, life: Life) -> None:
        self._life = life

    def at(self, file: str, flow: Flow, at: int) -> bool:
        """Whether a function holds such a lock at an offset: paths that leave it before are passed over."""
        aside = list(_asides(flow, at))
        held = 0
        for call in flow.calls:
            if call.at < at and not any(a <= call.at < b for a, b in aside):
                held = max(0, held + self._step(file, call.name))
        return held > 0

    def _step(self, file: str, name: str) -> int:
        if name in _locks():
            return _locks()[name]
        if not self._life.is_macro(name):
            return 0
        steps = [_locks()[word] for word in self._life.calls_of_macro(file, name) if word in _locks()]
        return max(-1, min(1, sum(steps)))


def _asides(flow: Flow, at: int) -> Iterator[tuple[int, int]]:
    """Ranges in front of an offset from which control does not come to it."""
    for statement in walk(flow.root) if flow.root is not None else ():
        if statement.kind in ("if", "else") and not statement.start <= at < statement.end:
            for part in statement.parts:
                if _leaves(part):
                    yield part.start, part.end


def _leaves(statement: Statement) -> bool:
    if statement.kind == "block" and statement.parts:
        return _leaves(statement.parts[-1])
    return statement.kind in _LEAVING
