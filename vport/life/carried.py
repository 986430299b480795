"""Locals that would carry a value from one stack to the next, or out of the last, if a region became a loop's body."""

import re

from vport.c.flow import Flow, Local
from vport.life.flows import chain
from vport.life.region import Region

_USED = rb"(?<![\w.>]){0}\b"
_CHANGED = (
    rb"(?:\+\+|--|&)\s*{0}\b"
    rb"|(?<![\w.>]){0}\s*(?:(?:\[[^][]*\]\s*|\.\s*\w+\s*)*(?:[-+*/%&|^]|<<|>>)?=(?!=)|\+\+|--)"
)
_GIVEN = rb"{0}\s*=(?!=)"
_GATHERED = rb"(?:\+\+\s*{0}|{0}\s*(?:\+\+|[+|]=[^;=]*|=\s*(?:\d+|[A-Z][A-Z\d_]*)\s*))(?=\s*;)"
_BUILT_IN = ("for", "while", "do")


class CarriedOver(Exception):
    """A local keeps a value from one turn to the next; the text is its name."""


class Carried:
    """What is carried over in one function.

    Arguments:
        flow: of the function, readable.
        code: of its file, comments and literals blanked.
    """

    def __init__(self, flow: Flow, code: bytes) -> None:
        assert flow.root is not None
        self._flow = flow
        self._root = flow.root
        self._code = code

    def wanted(self, region: Region) -> set[int]:
        """Offsets that a region has to take in too, so that nothing is carried over.

        What only counts or notes something, over all stacks, may be carried.

        Raises:
            CarriedOver: no wider region would help.
        """
        found: set[int] = set()
        for local in (*self._flow.locals, *self._flow.parameters):
            if region.start <= local.at < region.end:
                found |= self._behind(local, region, declared=True)
            elif self._all(_CHANGED, local, region.start, region.end) and not self._gathers(local, region):
                found |= self._behind(local, region, declared=False) | self._before(local, region)
        return found

    def _gathers(self, local: Local, region: Region) -> bool:
        """Whether a region only adds to a local, or sets it to a constant."""
        used = self._all(_USED, local, region.start, region.end)
        gathered = self._all(_GATHERED, local, region.start, region.end)
        return len(used) == len(gathered)

    def _all(self, pattern: bytes, local: Local, start: int, end: int) -> list[int]:
        found = re.compile(pattern.replace(b"{0}", re.escape(local.name.encode())))
        return [m.start() for m in found.finditer(self._code, start, end)]

    def _behind(self, local: Local, region: Region, declared: bool) -> set[int]:
        """Where a local is read behind a region; every use counts of one that is declared in it."""
        scope = chain(self._root, local.at)[-2] if declared else self._root
        used = self._all(_USED, local, region.end, max(region.end, min(scope.end, self._flow.end)))
        if not used or (not declared and self._is_given(local, used[0], region.end)):
            return set()
        return {used[0]}

    def _before(self, local: Local, region: Region) -> set[int]:
        """Where a local that a region reads before it writes it gets its value."""
        used = self._all(_USED, local, region.start, region.end)
        if self._is_given(local, used[0], region.start) or self._is_given_in_block(local, used):
            return set()
        given = [a.at for a in self._flow.assignments if a.left == local.name and a.at < region.start]
        if not given:
            raise CarriedOver(local.name)
        return {max(given)}

    def _is_given(self, local: Local, at: int, since: int) -> bool:
        """Whether a local gets a new value at an offset, whatever way control takes from `since`."""
        around = [s for s in chain(self._root, at) if s.start >= since]
        heads = [s for s in around if s.kind == "loop" and at < s.head and s.name not in _BUILT_IN]
        inner = [s for s in around if s.kind in ("if", "switch", "loop", "else") and s.head <= at]
        return bool(heads) or (not inner and self._is_assigned(local, at))

    def _is_assigned(self, local: Local, at: int) -> bool:
        given = re.compile(_GIVEN.replace(b"{0}", re.escape(local.name.encode())))
        return given.match(self._code, at) is not None

    def _is_given_in_block(self, local: Local, used: list[int]) -> bool:
        """Whether the first of some uses gives a new value to all others, as they stand in the same block behind it."""
        block = next(s for s in reversed(chain(self._root, used[0])) if s.kind in ("block", "case"))
        return self._is_assigned(local, used[0]) and all(block.start <= at < block.end for at in used)
