"""The call graph: which functions reach per-vnet state, directly or through what they call, macros included."""

import re
from collections import deque
from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from itertools import chain

from vport.dialect import sysctl_arguments
from vport.life.bodies import Body, BodyReader, Covered
from vport.life.entries import Entries, Key, Registration, Unknown
from vport.life.links import Linked, Links, link
from vport.life.marks import Marks
from vport.life.pointers import Pointers
from vport.life.store import Nothing, Said, Store
from vport.tree import Tree, Variable
from vport.uses import Use


def _names_symbol(use: Use) -> bool:
    """Whether a sysctl leaf takes the symbol's address, which is the same in every stack."""
    leaf = sysctl_arguments(use.callee) if use.callee else None
    return leaf is not None and use.argument == leaf.pointer


class CallGraph:
    """Functions and macros of a tree, and who calls whom.

    Arguments:
        tree: linked facts.
        code: gives a file's text with comments and literals blanked.
        variables: that are per-vnet, or will be.
        release: of the kernel, a name in rules/sysinit.
        shared: a graph of the same tree and release with other variables, whose entries are taken over.
        store: what was derived of the tree before.
    """

    def __init__(
        self,
        tree: Tree,
        code: Mapping[str, bytes],
        variables: Iterable[Variable],
        release: str = "13",
        shared: "CallGraph | None" = None,
        store: Store | None = None,
    ) -> None:
        self.tree = tree
        self._code = code
        self._store = store or Nothing()
        self.entries: Entries = shared.entries if shared else Entries(tree, code, release, self._store)
        for name in ("registrations", "entry_kinds", "pointers", "reader", "bodies", "covered", "_called"):
            if shared and name in shared.__dict__:
                self.__dict__[name] = shared.__dict__[name]
        self.direct: dict[Key, list[int]] = {}
        self._note_references(variables)

    def _note_references(self, variables: Iterable[Variable]) -> None:
        """Where functions and macros name per-vnet state themselves."""
        accessors = self._accessors()
        for variable in variables:
            for reference in variable.references:
                use, known = reference.use, self.tree.facts[reference.file]
                if use.access == "sizeof" or _names_symbol(use):
                    continue
                if use.place == "function":
                    key = (reference.file, known.functions[use.index].name)
                elif use.place == "macro":
                    key = ("#", known.defines[use.index].name)
                else:
                    continue
                self.direct.setdefault(key, []).append(use.at)
            if variable.virtual and f"V_{variable.name}" in accessors:
                self.direct.setdefault(("#", f"V_{variable.name}"), []).extend(accessors[f"V_{variable.name}"])

    def _accessors(self) -> dict[str, list[int]]:
        """Macros that read what was per-vnet before, with offsets: whoever names one reaches per-vnet state."""
        found: dict[str, list[int]] = {}
        said = self._store.each("accessors", self.tree.facts, list[tuple[str, int]], self._accessors_of)
        for name, at in chain.from_iterable(said.values()):
            found.setdefault(name, []).append(at)
        return found

    def _accessors_of(self, file: str) -> list[tuple[str, int]]:
        defines = [d for d in self.tree.facts[file].defines if d.name.startswith("V_")]
        code = self._code[file] if defines else b""
        return [(d.name, d.body) for d in defines if code[d.body : d.end].lstrip().startswith(b"VNET")]

    @cached_property
    def registrations(self) -> list[Registration]:
        """All places that make functions entry points."""
        return self.entries.find()

    @property
    def unknown(self) -> list[Unknown]:
        """Handlers that are registered and defined nowhere."""
        assert self.registrations is not None  # they are found together
        return self.entries.unknown

    @cached_property
    def entry_kinds(self) -> dict[Key, list[Registration]]:
        """Registrations by function."""
        found: dict[Key, list[Registration]] = {}
        for registration in self.registrations:
            found.setdefault(registration.function, []).append(registration)
        return found

    @cached_property
    def pointers(self) -> Pointers:
        """Functions that are called through members."""
        return Pointers(self.tree, self._code, self.entries.resolve, self._store)

    @cached_property
    def reader(self) -> BodyReader:
        """Reads what functions and macros say."""
        marks = Marks(self.tree, self._code, self._store)
        return BodyReader(self.tree, self._code, self.entries, marks, self.pointers.through)

    @cached_property
    def bodies(self) -> Said[list[Body]]:
        """What the functions and macros of each file say."""
        asked = (sorted(self.pointers.names), sorted(self.pointers.tables))
        return self._store.each("bodies", self.tree.facts, list[Body], self.reader.read, asked)

    @cached_property
    def covered(self) -> Said[list[Covered]]:
        """Where contexts hold that functions and macros of each file set."""
        return self._store.each("covered", self.tree.facts, list[Covered], self.reader.covered)

    @cached_property
    def _called(self) -> dict[Key, set[Key]]:
        """What every function and macro calls by name or through a member, whatever is per-vnet."""
        found: dict[Key, set[Key]] = {}
        for file, bodies in self.bodies.items():
            for body in bodies:
                if not body.macro:
                    found.setdefault((file, body.name), set()).update(body.calls)
                    for through in body.through:
                        found[file, body.name] |= self.pointers.reached(through)
        for bodies in self.bodies.values():
            for body in bodies:
                if body.macro:
                    found.setdefault(("#", body.name), set()).update(body.calls)
        return found

    @property
    def callees(self) -> Linked:
        """What every function and macro calls."""
        return self.links.callees

    @property
    def callers(self) -> Linked:
        """Who calls every function and macro."""
        return self.links.callers

    @property
    def said(self) -> tuple[bytes, ...]:
        """Digests of what the links follow from, beside what is no function body."""
        return (self.bodies.digest, self.pointers.digest, self._hidden.digest)

    @cached_property
    def links(self) -> Links:
        """Who calls whom."""
        return self._store.whole("links", Links, lambda: link(self._callees()), self.said)

    def _callees(self) -> dict[Key, set[Key]]:
        found = {key: set(called) for key, called in self._called.items()}
        for file, functions in self._hidden.items():
            for function, names in functions:
                found[file, function].update(("#", name) for name in names)
        return found

    @cached_property
    def _hidden(self) -> Said[list[tuple[str, set[str]]]]:
        """Functions of each file that name macros without parameters which stand for per-vnet state."""
        named = sorted(name for kind, name in self.direct if kind == "#")
        plain = self._store.whole("plain", frozenset[str], self._plain, named)
        find = partial(self._hidden_in, plain=plain)
        return self._store.each("hidden", self.tree.facts, list[tuple[str, set[str]]], find, sorted(plain))

    def _plain(self) -> frozenset[str]:
        """Macros without parameters that stand for per-vnet state."""
        users: dict[str, list[str]] = {}
        for (kind, name), callees in self._called.items():
            for inner in (c[1] for c in callees if kind == c[0] == "#"):
                users.setdefault(inner, []).append(name)
        hiding = {name for kind, name in self.direct if kind == "#"}
        todo = list(hiding)
        while todo:
            more = set(users.get(todo.pop(), ())) - hiding
            hiding |= more
            todo += more
        return frozenset(n for n in hiding if any(d.parameters is None for _, d in self.tree.macros[n]))

    def _hidden_in(self, file: str, plain: frozenset[str]) -> list[tuple[str, set[str]]]:
        """Which of some macros the functions of a file name."""
        here = plain & self.tree.words(file)
        if not here:
            return []
        named = re.compile(rb"\b(?:%s)\b" % "|".join(sorted(here)).encode())
        code, functions = self._code[file], self.tree.facts[file].functions
        found = [(f.name, {m.group().decode() for m in named.finditer(code, f.body, f.end)}) for f in functions]
        return [(function, names) for function, names in found if names]

    def reaching(self, seeds: Iterable[Key], through: Iterable[Key] = ()) -> set[Key]:
        """All that reach one of `seeds` by calls, the seeds included; callers in `through` are not passed."""
        stop = set(through)
        found = set(seeds)
        queue = deque(found)
        while queue:
            for caller in self.callers.get(queue.popleft(), ()):
                if caller not in found and caller not in stop:
                    found.add(caller)
                    queue.append(caller)
        return found

    def reached_from(self, seeds: Iterable[Key]) -> set[Key]:
        """All that `seeds` reach by calls, themselves included."""
        found = set(seeds)
        rest = list(found)
        while rest:
            for callee in self.callees.get(rest.pop(), ()):
                if callee not in found:
                    found.add(callee)
                    rest.append(callee)
        return found
