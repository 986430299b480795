"""Which functions reach per-vnet state without a context of their own: what is set already is seen and respected."""

from collections.abc import Mapping, Set

from vport.life.bodies import Body
from vport.life.entries import Key
from vport.life.graph import CallGraph
from vport.life.store import Nothing, Store
from vport.patterns import later

_SIZEOF = later(rb"\b(?:sizeof|nitems|__typeof)\s*\(?\s*\Z")
_WORD = later(rb"\b[A-Za-z_]\w*+")


def measured(code: bytes, at: int) -> bool:
    """Whether only the size or the type is asked for of what stands at an offset."""
    return _SIZEOF.search(code, max(0, at - 20), at) is not None


class Needs:
    """Needs of all functions of a tree.

    Arguments:
        graph: the calls, with the per-vnet variables' uses.
        code: gives a file's text with comments and literals blanked.
        store: what was derived of the tree before.
    """

    def __init__(self, graph: CallGraph, code: Mapping[str, bytes], store: Store | None = None) -> None:
        self.graph = graph
        self._code = code
        self._covered: dict[Key, list[tuple[int, int]]] = {}
        self._homes: dict[Key, str] = {}
        self._apart: dict[Key, set[Key]] = {}
        for file, functions in graph.covered.items():
            for one in functions:
                self._covered.setdefault(one.key, []).extend(one.ranges)
                self._homes[one.key] = file
        direct = graph.direct.items()
        self._seeds = sorted(key for key, offsets in direct if any(not self.covers(key, at) for at in offsets))
        self.needy = (store or Nothing()).whole("needy", set[Key], self._spread, (graph.said, self._seeds))

    def calls_outside(self, key: Key) -> Set[Key]:
        """What a function calls outside of the contexts that it sets."""
        callees = self.graph.callees.get(key, frozenset())
        if key not in self._homes:
            return callees
        if key not in self._apart:
            body = self._last(key)
            pointed = [self.graph.pointers.reached(through) for through in body.through_outside]
            self._apart[key] = {callee for callee in callees if callee[1] in body.outside}.union(*pointed)
        return self._apart[key]

    def _last(self, key: Key) -> Body:
        """What the last definition of a function or macro says that sets a context."""
        named = [b for b in self.graph.bodies[self._homes[key]] if b.name == key[1] and b.macro == (key[0] == "#")]
        return [body for body in named if body.sets][-1]

    def covers(self, key: Key, at: int) -> bool:
        """Whether a context that the function sets itself holds at `at`."""
        return any(a <= at < b for a, b in self._covered.get(key, ()))

    def _spread(self) -> set[Key]:
        found = {(file, body.name) for file, bodies in self.graph.bodies.items() for body in bodies if body.wants}
        found.update(self._seeds)
        rest = list(found)
        while rest:
            callee = rest.pop()
            for caller in self.graph.callers.get(callee, ()):
                if caller not in found and (caller not in self._homes or callee in self.calls_outside(caller)):
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
