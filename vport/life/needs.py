"""Which functions reach per-vnet state without a context of their own: what is set already is seen and respected."""

import re
from collections.abc import Mapping

from vport.life.entries import Key
from vport.life.graph import CallGraph

_SET = re.compile(rb"\bCURVNET_(?:SET(?:_QUIET|_VERBOSE)?|RESTORE)\s*\(|[{}]")
_CALLED = re.compile(rb"\b([A-Za-z_]\w*+)\s*+\(")
_MEMBER = re.compile(rb"(?:->|\.)\s*+([A-Za-z_]\w*+)\s*+\)?\s*+\(")
_WORD = re.compile(rb"\b[A-Za-z_]\w*+")


def covered_ranges(code: bytes, body: int, end: int) -> list[tuple[int, int]]:
    """Ranges of a body in which a `CURVNET_SET` holds: to the last restore of its block, or to the block's end."""
    found: list[tuple[int, int]] = []
    blocks: list[tuple[int, int]] = []  # (start of a set in this block or -1, last restore)
    for match in _SET.finditer(code, body, end):
        mark = match.group()
        if mark == b"{":
            blocks.append((-1, -1))
        elif mark == b"}":
            start, restored = blocks.pop() if blocks else (-1, -1)
            if start >= 0:
                found.append((start, restored if restored >= 0 else match.start()))
        elif b"RESTORE" in mark:
            for depth in range(len(blocks) - 1, -1, -1):
                if blocks[depth][0] >= 0:
                    blocks[depth] = (blocks[depth][0], match.start())
                    break
        elif blocks and blocks[-1][0] < 0:
            blocks[-1] = (match.start(), -1)
    return found


class Needs:
    """Needs of all functions of a tree.

    Arguments:
        graph: the calls, with the per-vnet variables' uses.
        code: gives a file's text with comments and literals blanked.
    """

    def __init__(self, graph: CallGraph, code: Mapping[str, bytes]) -> None:
        self.graph = graph
        self._code = code
        self._covered: dict[Key, list[tuple[int, int]]] = {}
        self._apart: dict[Key, set[Key]] = {}
        self._find_contexts()
        self.needy = self._spread()

    def _find_contexts(self) -> None:
        """Functions that set a context themselves, and what they call under it only."""
        for file, known in self.graph.tree.facts.items():
            words = self.graph.tree.words(file)
            if not words & {"CURVNET_SET", "CURVNET_SET_QUIET", "CURVNET_SET_VERBOSE"}:
                continue
            for function in known.functions:
                ranges = covered_ranges(self._code[file], function.body, function.end)
                if ranges:
                    key = (file, function.name)
                    self._covered.setdefault(key, []).extend(ranges)
                    self._apart[key] = self._calls_outside(key, function.body, function.end, ranges)

    def _calls_outside(self, key: Key, body: int, end: int, ranges: list[tuple[int, int]]) -> set[Key]:
        """What a function calls outside of the contexts it sets."""
        code = self._code[key[0]]
        names = {
            m.group().decode("latin-1")
            for m in _WORD.finditer(code, body, end)
            if not any(a <= m.start() < b for a, b in ranges)
        }
        return {callee for callee in self.graph.callees.get(key, set()) if callee[1] in names}

    def covers(self, key: Key, at: int) -> bool:
        """Whether a context that the function sets itself holds at `at`."""
        return any(a <= at < b for a, b in self._covered.get(key, ()))

    def _spread(self) -> set[Key]:
        seeds = {key for key, offsets in self.graph.direct.items() if any(not self.covers(key, at) for at in offsets)}
        seeds |= self._outside_knowledge()
        found, rest = set(seeds), list(seeds)
        while rest:
            callee = rest.pop()
            for caller in self.graph.callers.get(callee, ()):
                if caller not in found and callee in self._apart.get(caller, {callee}):
                    found.add(caller)
                    rest.append(caller)
        return found

    def _outside_knowledge(self) -> set[Key]:
        """Functions that call what is known to read per-vnet state, outside the tree or through a member."""
        known, members = self.graph.known_needs, self.graph.needy_members
        found: set[Key] = set()
        for file, facts in self.graph.tree.facts.items():
            words = self.graph.tree.words(file)
            here = known & words
            through = members & words
            if not here and not through:
                continue
            for function in facts.functions:
                if self._outside_calls(file, function.body, function.end, here, through):
                    found.add((file, function.name))
        return found

    def _outside_calls(
        self, file: str, body: int, end: int, names: frozenset[str], members: frozenset[str]
    ) -> list[int]:
        code = self._code[file]
        found = [
            m.start(1)
            for m in (_CALLED.finditer(code, body, end) if names else ())
            if m.group(1).decode("latin-1") in names and self.graph.entries.resolve(file, m.group(1).decode()) is None
        ]
        found += [
            m.start(1)
            for m in (_MEMBER.finditer(code, body, end) if members else ())
            if m.group(1).decode("latin-1") in members
        ]
        return found

    def places(self, key: Key, body: int, end: int) -> list[int]:
        """Offsets in a body where per-vnet state is reached, directly or by a call, and no context is set."""
        file = key[0]
        code, tree = self._code[file], self.graph.tree
        found = [at for at in self.graph.direct.get(key, ()) if body <= at < end]
        for match in _WORD.finditer(code, body, end):
            name = match.group().decode("latin-1")
            if ("#", name) in self.needy and name in tree.macros:
                found.append(match.start())
            elif code[match.end() : match.end() + 2].lstrip()[:1] == b"(":
                target = self.graph.entries.resolve(file, name) if name not in tree.macros else None
                if target is not None and target in self.needy:
                    found.append(match.start())
        words = tree.words(file)
        found += self._outside_calls(file, body, end, self.graph.known_needs & words, self.graph.needy_members & words)
        return sorted({at for at in found if not self.covers(key, at)})
