"""Where people had set a context in a virtualized tree, by what the function is entered, and which places count.

A place counts for the score when its function is entered without a vnet, or is reached from such functions only, and
it reaches virtualized state by the names it calls.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from context_equal import contexts
from context_kinds import GUARANTEED, INHERITED, VNETLESS, Entries, Key
from context_source import Node, Tree

COVERED = "set by caller"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Place:
    """A context of a function: its expression, the kind it is counted under, and why it does not count, if so."""

    function: Node
    expression: str
    kind: str
    helper: bool
    reason: str = ""

    def __str__(self) -> str:
        via = f"{self.kind} (helper)" if self.helper else self.kind
        tail = f"  [{self.reason}]" if self.reason else ""
        return f"{self.function.file}:{self.function.name}:{self.function.line}  {via}  {self.expression}{tail}"


class Survey:
    """A tree with its entries, its calls by name and its contexts."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.entries = Entries(tree)
        self.nodes: dict[Key, list[Node]] = defaultdict(list)
        for node in tree.nodes:
            self.nodes[node.key].append(node)
        self.framework = {n.file for n in tree.nodes if n.name in ("CURVNET_SET", "vnet_alloc")}
        self.sets = {key: c for key, nodes in self.nodes.items() if (c := self._contexts(nodes))}
        self.down = {key: self._callees(nodes) for key, nodes in self.nodes.items()}
        self.through = {key: self._behind(nodes) for key, nodes in self.nodes.items()}
        self.up: dict[Key, set[Key]] = defaultdict(set)
        for key, callees in self.down.items():
            for callee in callees | {k for k in self.through[key] if k not in self.entries.kinds}:
                self.up[callee].add(key)
        self.near = self._reaching(self.down)
        both = {key: self.down[key] | self.through[key] for key in self.down}
        self.far = self._reaching(both)

    def _contexts(self, nodes: list[Node]) -> tuple[str, ...]:
        if nodes[0].file in self.framework:
            return ()
        return tuple(dict.fromkeys(c for n in nodes if not n.macro for c in contexts(n)))

    def _callees(self, nodes: list[Node]) -> set[Key]:
        out: set[Key] = set()
        for node in nodes:
            for name in node.words:
                out |= {n.key for n in self.tree.find(name, node.file) if n.macro or name in node.calls}
            out |= self.entries.passed.get(node.key, set())
        return out - {nodes[0].key}

    def _behind(self, nodes: list[Node]) -> set[Key]:
        called = {name for node in nodes for name in node.pointer_calls}
        return {key for name in called for key in self.entries.behind.get(name, ())}

    def _reaching(self, edges: dict[Key, set[Key]]) -> set[Key]:
        above: dict[Key, set[Key]] = defaultdict(set)
        for key, callees in edges.items():
            for callee in callees:
                above[callee].add(key)
        start = [key for key, nodes in self.nodes.items() if any(n.touches_state for n in nodes)]
        return closure(start, above)

    def roots(self, key: Key) -> set[str]:
        """The kinds of everything from which a function is reached without a context set on the way."""
        seen, todo, found = {key}, [key], set[str]()
        while todo:
            here = todo.pop()
            if here != key and here in self.sets:
                found.add(COVERED)
                continue
            kinds, callers = self.entries.kinds.get(here, set()), self.up.get(here, set())
            found |= kinds
            if not kinds and not callers and not self.nodes[here][0].macro:
                found.add(UNKNOWN)
            todo += callers - seen
            seen |= callers
        return found

    def kind(self, key: Key) -> tuple[str, bool]:
        """The kind a function is counted under, and whether it is only a helper of functions of that kind."""
        own = self.entries.kinds.get(key, set())
        kinds = own or self.roots(key)
        for kind in (*VNETLESS, *GUARANTEED, *INHERITED, COVERED):
            if kind in kinds:
                return kind, not own
        return UNKNOWN, not own

    def guaranteed(self, key: Key) -> bool:
        """Whether a function is only entered where the framework has set a vnet."""
        kinds = self.entries.kinds.get(key, set()) | self.roots(key)
        return bool(kinds) and kinds <= set(GUARANTEED)

    def outside(self, key: Key, pointers: bool) -> str:
        """Why the contexts of a function do not count; empty where they do."""
        own, less = self.entries.kinds.get(key, set()), set(VNETLESS)
        if own and not own & less:
            return f"entered as {', '.join(sorted(own))}"
        if not own and (rest := self.roots(key) - less):
            return f"helper, also reached from: {', '.join(sorted(rest))}"
        if key not in (self.far if pointers else self.near):
            return "reaches state only through pointers" if key in self.far else "reaches no state in this tree"
        return ""

    def places(self, pointers: bool = False) -> list[Place]:
        """Every context of the tree outside the framework."""
        out = []
        for key, expressions in sorted(self.sets.items()):
            kind, helper = self.kind(key)
            function = next(n for n in self.nodes[key] if not n.macro)
            why = self.outside(key, pointers)
            out += [Place(function, text, kind, helper, why) for text in expressions]
        return out


def closure(start: Iterable[Key], edges: dict[Key, set[Key]]) -> set[Key]:
    """Everything reached from a start along edges, the start included."""
    seen = set(start)
    todo = list(seen)
    while todo:
        fresh = edges.get(todo.pop(), set()) - seen
        seen |= fresh
        todo += fresh
    return seen
