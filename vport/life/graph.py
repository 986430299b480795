"""The call graph: which functions reach per-vnet state, directly or through what they call, macros included."""

import re
from collections import deque
from collections.abc import Iterable, Mapping
from functools import cached_property

from vport import rules
from vport.dialect import sysctl_arguments
from vport.life.entries import Entries, Key, Registration, Unknown
from vport.life.pointers import Pointers
from vport.tree import Tree, Variable
from vport.uses import Use

_CALL = re.compile(r"\b([A-Za-z_]\w*)\s*\(")
_WORD = re.compile(r"[A-Za-z_]\w*")
_MEMBER_CALL = re.compile(rb"(?:->|\.)\s*([A-Za-z_]\w*)\s*\)?\s*\(")


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
    """

    def __init__(
        self,
        tree: Tree,
        code: Mapping[str, bytes],
        variables: Iterable[Variable],
        release: str = "13",
        shared: "CallGraph | None" = None,
    ) -> None:
        self.tree = tree
        self._code = code
        self.entries: Entries = shared.entries if shared else Entries(tree, code, release)
        for name in ("registrations", "entry_kinds", "pointers", "_called"):
            if shared and name in shared.__dict__:
                self.__dict__[name] = shared.__dict__[name]
        self.direct: dict[Key, list[int]] = {}
        self._note_references(variables)

    def _note_references(self, variables: Iterable[Variable]) -> None:
        """Where functions and macros name per-vnet state themselves."""
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
            if variable.virtual:
                self._note_accessor(f"V_{variable.name}")

    def _note_accessor(self, name: str) -> None:
        """The macro that reads a variable which was per-vnet before: whoever names it reaches per-vnet state."""
        for file, define in self.tree.macros.get(name, ()):
            body = self._code[file][define.body : define.end]
            if body.lstrip().startswith(b"VNET"):
                self.direct.setdefault(("#", name), []).append(define.body)

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
    def _called(self) -> dict[Key, set[Key]]:
        """What every function and macro calls by name or through a member, whatever is per-vnet."""
        found: dict[Key, set[Key]] = {}
        for file, known in self.tree.facts.items():
            for function in known.functions:
                names = function.calls
                found.setdefault((file, function.name), set()).update(self._targets(file, names))
        for name, defines in self.tree.macros.items():
            calls = found.setdefault(("#", name), set())
            for file, define in defines:
                body = self._code[file][define.body : define.end].decode("latin-1")
                calls |= self._targets(file, _WORD.findall(body)) - {("#", name)}
        return found

    @cached_property
    def callees(self) -> dict[Key, set[Key]]:
        """What every function and macro calls."""
        found = {key: set(called) for key, called in self._called.items()}
        self._add_hiding_macros(found)
        self._add_pointers(found)
        return found

    @cached_property
    def pointers(self) -> Pointers:
        """Functions that are called through members."""
        return Pointers(self.tree, self._code, self.entries.resolve)

    def _add_pointers(self, found: dict[Key, set[Key]]) -> None:
        for file, known in self.tree.facts.items():
            for function in known.functions:
                for _, targets in self.pointers.calls(file, function.body, function.end):
                    found[(file, function.name)] |= targets

    def _add_hiding_macros(self, found: dict[Key, set[Key]]) -> None:
        """Functions that name a macro without parameters which stands for per-vnet state."""
        users: dict[str, list[str]] = {}
        for (kind, name), callees in found.items():
            for inner in (c[1] for c in callees if kind == c[0] == "#"):
                users.setdefault(inner, []).append(name)
        hiding = {name for kind, name in self.direct if kind == "#"}
        todo = list(hiding)
        while todo:
            more = set(users.get(todo.pop(), ())) - hiding
            hiding |= more
            todo += more
        plain = {n for n in hiding if any(d.parameters is None for _, d in self.tree.macros[n])}
        for file, known in self.tree.facts.items():
            if here := plain & self.tree.words(file):
                named = re.compile(rb"\b(?:%s)\b" % "|".join(sorted(here)).encode())
                for function in known.functions:
                    words = {m.group().decode() for m in named.finditer(self._code[file], function.body, function.end)}
                    found[(file, function.name)] |= {("#", word) for word in words}

    def _targets(self, file: str, names: Iterable[str]) -> set[Key]:
        found: set[Key] = set()
        for name in names:
            if name in self.tree.macros:
                found.add(("#", name))
            else:
                key = self.entries.resolve(file, name)
                if key is not None:
                    found.add(key)
        return found

    @cached_property
    def callers(self) -> dict[Key, set[Key]]:
        """Who calls every function and macro."""
        found: dict[Key, set[Key]] = {}
        for caller, callees in self.callees.items():
            for callee in callees:
                found.setdefault(callee, set()).add(caller)
        return found

    @cached_property
    def known_needs(self) -> frozenset[str]:
        """Functions outside the tree that read per-vnet state."""
        return frozenset(rules.load("contexts")["needs"]["functions"])

    @cached_property
    def needy_members(self) -> frozenset[str]:
        """Members through which functions are called that want the caller's context."""
        return frozenset(rules.load("contexts")["needs"]["members"])

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
