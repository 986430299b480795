"""Kinds of functions: what registers them, who calls them, what they are called and what they take."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import chain

from vport import rules
from vport.c.mask import MacroCall
from vport.evidence.vocabulary import Classes, matcher
from vport.facts import FileFacts, Function
from vport.life.store import Nothing, Store
from vport.patterns import later

Key = tuple[str, int]
"""A function: its file and its index in that file's facts."""

LIFE = frozenset(("init", "teardown"))
"""Kinds of functions that run when code is loaded or unloaded."""

_MEMBER = later(rb"\.(\w+)\s*=\s*&?(\w+)")
_WORD = later(rb"[A-Za-z_]\w*")
_ROUNDS = 4


class Functions:
    """What is known of the functions of a tree.

    Arguments:
        facts: of every file.
        data: bytes of every file.
        store: what was derived of the tree before.
    """

    def __init__(self, facts: Mapping[str, FileFacts], data: Mapping[str, bytes], store: Store | None = None) -> None:
        self._facts = facts
        self._data = data
        self._store = store or Nothing()
        self._kinds: dict[Key, frozenset[str]] = {}
        self._parameters: dict[Key, Classes] = {}
        self._tables = self._store.each("kinds", facts, list[tuple[str, str]], self._read_file)
        self._registered: dict[str, set[str]] = {}
        for name, kind in chain.from_iterable(self._tables.values()):
            self._registered.setdefault(name, set()).add(kind)

    def function(self, key: Key) -> Function:
        """The function itself."""
        return self._facts[key[0]].functions[key[1]]

    def kinds(self, key: Key) -> frozenset[str]:
        """`init`, `teardown`, `timer` ...; empty for a function nothing is known of."""
        known = self._kinds.get(key)
        if known is None:
            name = self.function(key).name
            kinds = {*self._registered.get(name, ()), *matcher("functions")(name)}
            if name in self._life_only:
                kinds.add("init")
            known = self._kinds[key] = frozenset(kinds)
        return known

    def parameters(self, key: Key) -> Classes:
        """Classes of what its header mentions."""
        known = self._parameters.get(key)
        if known is None:
            function = self.function(key)
            header = self._data[key[0]][function.start : function.body]
            known = self._parameters[key] = matcher("parameters")(header.decode("latin-1"))
        return known

    def callers_of_macro(self, file: str, name: str) -> list[Key]:
        """Functions that call a function-like macro; those of its own file when there are some."""
        found = self._using.get(name, [])
        return [k for k in found if k[0] == file] or found

    def _read_file(self, file: str) -> list[tuple[str, str]]:
        """Functions that a file registers, with what they become by that."""
        known, data = self._facts[file], self._data[file]
        return list(dict.fromkeys([*_registrations(known, data), *_tables(known, data)]))

    @cached_property
    def _using(self) -> dict[str, list[Key]]:
        """Functions that call function-like macros, by name of the macro."""
        macros = {d.name for known in self._facts.values() for d in known.defines if d.parameters is not None}
        found: dict[str, list[Key]] = {}
        for file, known in self._facts.items():
            for index, function in enumerate(known.functions):
                for name in macros.intersection(function.calls):
                    found.setdefault(name, []).append((file, index))
        return found

    @cached_property
    def _life_only(self) -> frozenset[str]:
        """Names of functions all of whose callers run when code is loaded or unloaded."""
        calls = self._store.each("calls", self._facts, list[tuple[str, list[str]]], self._calls_of)
        said = (calls.digest, self._tables.digest)
        return self._store.whole("life", frozenset[str], lambda: self._only_called_in_life(calls), said)

    def _calls_of(self, file: str) -> list[tuple[str, list[str]]]:
        return [(function.name, list(function.calls)) for function in self._facts[file].functions]

    def _only_called_in_life(self, calls: Mapping[str, list[tuple[str, list[str]]]]) -> frozenset[str]:
        macros = {d.name for known in self._facts.values() for d in known.defines if d.parameters is not None}
        callers: dict[str, set[str]] = {}
        for caller, called in chain.from_iterable(calls.values()):
            for name in called:
                if name not in macros:
                    callers.setdefault(name, set()).add(caller)
        patterns = rules.load("decide")["functions"]
        of_life = [re.compile(patterns[kind]).search for kind in sorted(LIFE & patterns.keys())]
        names = {f.name for facts in self._facts.values() for f in facts.functions}
        known = {name for name in names if any(search(name) for search in of_life)}
        known |= {n for n, kinds in self._registered.items() if not LIFE.isdisjoint(kinds)}
        todo = [n for n in callers if n not in known and n not in self._registered]
        for _ in range(_ROUNDS):
            known.update(n for n in todo if callers[n] <= known)
        return frozenset(known)


def _registrations(known: FileFacts, data: bytes) -> Iterator[tuple[str, str]]:
    table = rules.load("decide")["registrations"]
    for call in known.calls:
        entry = table.get(call.name)
        if entry is not None and entry["argument"] < len(call.arguments):
            yield _last_word(data, call, entry["argument"]).decode("latin-1"), entry["kind"]


def _tables(known: FileFacts, data: bytes) -> Iterator[tuple[str, str]]:
    """Functions named in initialisers of structures; those of a module's description are its event handlers."""
    kinds = matcher("members")
    for declaration in known.declarations:
        for declarator in declaration.declarators:
            start, end = declarator.value_start, declarator.value_end
            if data[start : min(start + 1, end)] != b"{":
                continue
            if declaration.specifier.endswith("moduledata_t"):
                yield from ((word.decode("latin-1"), "init") for word in _WORD.findall(data, start, end))
                continue
            for member, name in _MEMBER.findall(data, start, end):
                yield from ((name.decode("latin-1"), kind) for kind in kinds(member.decode("latin-1")))


def _last_word(data: bytes, call: MacroCall, index: int) -> bytes:
    """The name an argument ends with: `(sysinit_cfunc_t)frob_init` gives `frob_init`."""
    start, end = call.arguments[index]
    words = _WORD.findall(data, start, end)
    return words[-1] if words else b""
