"""Which functions reach per-vnet state without a context of their own: what is set already is seen and respected."""

import re
from collections.abc import Mapping

from vport.life.bodies import Body
from vport.life.entries import Key
from vport.life.graph import CallGraph

_SIZEOF = re.compile(rb"\b(?:sizeof|nitems|__typeof)\s*\(?\s*\Z")
_WORD = re.compile(rb"\b[A-Za-z_]\w*+")


def measured(code: bytes, at: int) -> bool:
    """Whether only the size or the type is asked for of what stands at an offset."""
    return _SIZEOF.search(code, max(0, at - 20), at) is not None


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
        for file, bodies in self.graph.bodies.items():
            for body in bodies:
                if body.covered:
                    self._covered.setdefault(body.key(file), []).extend(body.covered)
                    self._apart[body.key(file)] = self._calls_outside(body.key(file), body)

    def _calls_outside(self, key: Key, body: Body) -> set[Key]:
        """What a function or macro calls outside of the contexts it sets."""
        pointed = [self.graph.pointers.reached(through) for through in body.through_outside]
        callees = self.graph.callees.get(key, set())
        return {callee for callee in callees if callee[1] in body.outside}.union(*pointed)

    def calls_outside(self, key: Key) -> set[Key]:
        """What a function calls outside of the contexts that it sets."""
        return self._apart.get(key, self.graph.callees.get(key, set()))

    def covers(self, key: Key, at: int) -> bool:
        """Whether a context that the function sets itself holds at `at`."""
        return any(a <= at < b for a, b in self._covered.get(key, ()))

    def _spread(self) -> set[Key]:
        seeds = {key for key, offsets in self.graph.direct.items() if any(not self.covers(key, at) for at in offsets)}
        seeds |= {(file, body.name) for file, bodies in self.graph.bodies.items() for body in bodies if body.wants}
        found, rest = set(seeds), list(seeds)
        while rest:
            callee = rest.pop()
            for caller in self.graph.callers.get(callee, ()):
                if caller not in found and callee in self._apart.get(caller, {callee}):
                    found.add(caller)
                    rest.append(caller)
        return found

    def places(self, key: Key, body: int, end: int) -> list[int]:
        """Offsets in a body where per-vnet state is reached, directly or by a call, and no context is set."""
        file = key[0]
        code, tree = self._code[file], self.graph.tree
        found = [at for at in self.graph.direct.get(key, ()) if body <= at < end]
        for match in _WORD.finditer(code, body, end):
            name = match.group().decode("latin-1")
            if ("#", name) in self.needy and name in tree.macros and not measured(code, match.start()):
                found.append(match.start())
            elif code[match.end() : match.end() + 2].lstrip()[:1] == b"(":
                target = self.graph.entries.resolve(file, name) if name not in tree.macros else None
                if target is not None and target in self.needy:
                    found.append(match.start())
        found += [at for at, targets in self.graph.pointers.calls(file, body, end) if targets & self.needy]
        found += self.graph.reader.wanting_calls(file, body, end)
        return sorted({at for at in found if not self.covers(key, at)})
