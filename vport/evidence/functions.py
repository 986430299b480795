"""Kinds of functions: what registers them, who calls them, what they are called and what they take."""

import re
from collections.abc import Mapping

from vport import rules
from vport.c.mask import MacroCall
from vport.evidence.vocabulary import Classes, matcher
from vport.facts import FileFacts, Function

Key = tuple[str, int]
"""A function: its file and its index in that file's facts."""

LIFE = frozenset(("init", "teardown"))
"""Kinds of functions that run when code is loaded or unloaded."""

_MEMBER = re.compile(rb"\.(\w+)\s*=\s*&?(\w+)")
_WORD = re.compile(rb"[A-Za-z_]\w*")
_ROUNDS = 4


class Functions:
    """What is known of the functions of a tree.

    Arguments:
        facts: of every file.
        data: bytes of every file.
    """

    def __init__(self, facts: Mapping[str, FileFacts], data: Mapping[str, bytes]) -> None:
        self._facts = facts
        self._data = data
        self._registered: dict[str, set[str]] = {}
        self._callers: dict[str, set[str]] = {}
        self._using: dict[str, list[Key]] = {}
        self._kinds: dict[Key, frozenset[str]] = {}
        self._parameters: dict[Key, Classes] = {}
        for file, known in facts.items():
            self._read_registrations(known, data[file])
            self._read_tables(known, data[file])
        self._read_calls()
        self._life_only = self._only_called_in_life()

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

    def _register(self, name: bytes, kind: str) -> None:
        self._registered.setdefault(name.decode("latin-1"), set()).add(kind)

    def _read_registrations(self, known: FileFacts, data: bytes) -> None:
        table = rules.load("decide")["registrations"]
        for call in known.calls:
            entry = table.get(call.name)
            if entry is not None and entry["argument"] < len(call.arguments):
                self._register(_last_word(data, call, entry["argument"]), entry["kind"])

    def _read_tables(self, known: FileFacts, data: bytes) -> None:
        """Functions named in initialisers of structures; those of a module's description are its event handlers."""
        kinds = matcher("members")
        for declaration in known.declarations:
            for declarator in declaration.declarators:
                start, end = declarator.value_start, declarator.value_end
                if data[start : min(start + 1, end)] != b"{":
                    continue
                if declaration.specifier.endswith("moduledata_t"):
                    for word in _WORD.findall(data, start, end):
                        self._register(word, "init")
                    continue
                for member, name in _MEMBER.findall(data, start, end):
                    for kind in kinds(member.decode("latin-1")):
                        self._register(name, kind)

    def _read_calls(self) -> None:
        macros = {d.name for known in self._facts.values() for d in known.defines if d.parameters is not None}
        for file, known in self._facts.items():
            for index, function in enumerate(known.functions):
                for name in function.calls:
                    if name in macros:
                        self._using.setdefault(name, []).append((file, index))
                    else:
                        self._callers.setdefault(name, set()).add(function.name)

    def _only_called_in_life(self) -> frozenset[str]:
        """Names of functions all of whose callers run when code is loaded or unloaded."""
        patterns = rules.load("decide")["functions"]
        of_life = [re.compile(patterns[kind]).search for kind in sorted(LIFE & patterns.keys())]
        names = {f.name for facts in self._facts.values() for f in facts.functions}
        known = {name for name in names if any(search(name) for search in of_life)}
        known |= {n for n, kinds in self._registered.items() if not LIFE.isdisjoint(kinds)}
        todo = [n for n in self._callers if n not in known and n not in self._registered]
        for _ in range(_ROUNDS):
            known.update(n for n in todo if self._callers[n] <= known)
        return frozenset(known)


def _last_word(data: bytes, call: MacroCall, index: int) -> bytes:
    """The name an argument ends with: `(sysinit_cfunc_t)frob_init` gives `frob_init`."""
    start, end = call.arguments[index]
    words = _WORD.findall(data, start, end)
    return words[-1] if words else b""
