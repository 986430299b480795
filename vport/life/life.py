"""All that is known of a tree's life: entries, calls, needs, flows and types behind one door."""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from vport.c.flow import Flow
from vport.c.reading import Reading
from vport.life.bare import bare_functions
from vport.life.entries import Key, Registration
from vport.life.flows import Flows, walk
from vport.life.graph import CallGraph
from vport.life.needs import Needs
from vport.life.store import Store
from vport.patterns import later
from vport.tree import Tree, Variable

if TYPE_CHECKING:
    from vport.life.types import Types

ALLOCATORS = frozenset(("malloc", "mallocarray", "uma_zalloc", "uma_zalloc_arg", "contigmalloc", "malloc_domainset"))
"""Functions that make objects."""
_LEAVES = later(rb"\b(?:return|goto)\b")
_WORD = later(rb"[A-Za-z_]\w*")


class Life:
    """The life of one tree.

    Arguments:
        tree: linked facts.
        code: gives a file's text with comments and literals blanked.
        reading: what was known of macros when the tree was read.
        variables: per-vnet ones, of old and by this port.
        planned: members for a vnet that this port gives to structures, by tag.
        release: of the kernel, a name in rules/sysinit.
        store: what was derived of the tree before.
    """

    def __init__(
        self,
        tree: Tree,
        code: Mapping[str, bytes],
        reading: Reading,
        variables: Iterable[Variable],
        planned: Mapping[str, str] | None = None,
        release: str = "13",
        store: Store | None = None,
    ) -> None:
        self.release = release
        self._store = store
        self.tree = tree
        self._planned = planned or {}
        self.code = code
        self.variables = list(variables)
        self._shared: Life | None = None
        self.flows = Flows(self.code, tree.facts, reading)

    def share(self, other: "Life") -> None:
        """Take over what another life of the same tree and release knows of it, whatever its variables.

        Arguments:
            other: with the same planned members.
        """
        self._shared = other
        self.flows = other.flows
        for name in ("types", "allocators"):
            if name in other.__dict__ and self._planned == other._planned:
                self.__dict__[name] = other.__dict__[name]

    @cached_property
    def graph(self) -> CallGraph:
        """Who calls whom."""
        shared = self._shared.graph if self._shared else None
        return CallGraph(self.tree, self.code, self.variables, self.release, shared, self._store)

    @cached_property
    def bare(self) -> set[Key]:
        """Functions that never have a vnet when they run."""
        return bare_functions(self.graph)

    @cached_property
    def needs(self) -> Needs:
        """Who reaches per-vnet state."""
        return Needs(self.graph, self.code, self._store)

    @cached_property
    def types(self) -> "Types":
        """Structures of the tree."""
        from vport.life.types import Types  # here, for a check seldom asks
        from vport.life.untyped import Untyped

        types = Types(self.tree, self.code, self._planned)
        types.untyped = Untyped(self.tree, self.code, self.flows, types.resolve)
        return types

    @cached_property
    def allocators(self) -> frozenset[str]:
        """Functions that make objects, and macros whose bodies name one."""
        words = [word.encode() for word in ALLOCATORS]
        return ALLOCATORS | {
            name
            for name, defines in self.tree.macros.items()
            for file, define in defines
            if any(self.code[file].find(word, define.body, define.end) >= 0 for word in words)
        }

    @cached_property
    def _named(self) -> dict[tuple[str, int], Variable]:
        return {(r.file, r.use.at): v for v in self.variables for r in v.references}

    @cached_property
    def _accesses(self) -> dict[tuple[str, int], str]:
        return {(r.file, r.use.at): r.use.access for v in self.variables for r in v.references}

    def access(self, file: str, at: int) -> str:
        """What is done with the per-vnet variable named at an offset; empty when none is."""
        return self._accesses.get((file, at), "")

    def reaching(self, variables: Iterable[Variable]) -> set[Key]:
        """Functions and macros that reach one of `variables`."""
        variables = list(variables)
        wanted = {v.key for v in variables}
        accessors = {("#", f"V_{v.name}") for v in variables if v.virtual}
        at = {place for place, v in self._named.items() if v.key in wanted}
        seeds = {
            key
            for key, offsets in self.graph.direct.items()
            if key in accessors or any((file, o) in at for o in offsets for file in self._files(key))
        }
        return self.graph.reaching(seeds)

    def _files(self, key: Key) -> list[str]:
        return [key[0]] if key[0] != "#" else [file for file, _ in self.tree.macros[key[1]]]

    def is_macro(self, name: str) -> bool:
        """Whether the tree defines a macro of that name."""
        return name in self.tree.macros

    def calls_of_macro(self, file: str, macro: str) -> list[str]:
        """Words that a macro comes to, as far as `file` sees, through the macros it uses."""
        return [word.decode("latin-1") for word in _WORD.findall(self._expansion(file, macro, 0))]

    def hidden_exits(self, file: str, flow: Flow, low: int, high: int) -> tuple[str, list[int]]:
        """Ways out that macros hide between two offsets.

        Returns the macro that leaves the function in a way nobody can close, empty if none does, and the offsets of the
        labels that macros jump to.
        """
        labels = {s.name: s.start for s in walk(flow.root) if s.kind == "label"} if flow.root else {}
        found: list[int] = []
        for call in flow.calls:
            if not low <= call.at <= high or not self.is_macro(call.name):
                continue
            text = self._expansion(file, call.name, 0)
            if not _LEAVES.search(text):
                continue
            given = b" ".join(self.code[file][a:b] for a, b in call.arguments)
            named = [at for name, at in labels.items() if re.search(rb"\b%s\b" % name.encode(), text + b" " + given)]
            if not named or re.search(rb"\breturn\b", text):
                return call.name, []
            found += named
        return "", found

    def _expansion(self, file: str, macro: str, depth: int) -> bytes:
        """The bodies of a macro and of those it calls, as far as `file` sees them."""
        reach, text = self.tree.reachable(file), b""
        for where, define in self.tree.macros.get(macro, ()) if depth < 4 else ():
            if where in reach:
                body = self.code[where][define.body : define.end]
                text += body
                for name in set(_WORD.findall(body)):
                    if name.decode() in self.tree.macros and name.decode() != macro:
                        text += b" " + self._expansion(file, name.decode(), depth + 1)
        return text

    def scheduled_is_virtual(self, registration: Registration) -> bool:
        """Whether what is scheduled is a per-vnet variable itself, or part of one."""
        start, end = registration.object
        return any((registration.file, at) in self._named for at in range(start, end))
