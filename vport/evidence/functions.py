"""Kinds of functions: what registers them, who calls them, what they are called and what they take."""

import re
from collections.abc import Iterable, Mapping

from vport import rules
from vport.evidence.vocabulary import Classes, matcher
from vport.facts import FileFacts, Function

Key = tuple[str, int]
"""A function: its file and its index in that file's facts."""

_MEMBER = re.compile(rb"\.(\w+)\s*=\s*&?(\w+)")
_WORD = re.compile(rb"[A-Za-z_]\w*")
_INIT = frozenset(("init", "teardown"))


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
        self._read_registrations()
        self._read_calls()
        self._init_only = self._only_called_from_init()

    def function(self, key: Key) -> Function:
        """The function itself."""
        return self._facts[key[0]].functions[key[1]]

    def kinds(self, key: Key) -> frozenset[str]:
        """`init`, `teardown`, `timer` ...; empty for a function nothing is known of."""
        known = self._kinds.get(key)
        if known is None:
            known = self._kinds[key] = self._kinds_of(key)
        return known

    def parameters(self, key: Key) -> Classes:
        """Classes of what its header mentions."""
        known = self._parameters.get(key)
        if known is None:
            function = self.function(key)
            header = self._data[key[0]][function.start : function.body].decode("latin-1")
            known = self._parameters[key] = matcher("parameters")(header)
        return known

    def callers_of_macro(self, file: str, name: str) -> list[Key]:
        """Functions that call a function-like macro; those of its own file when there are some."""
        found = self._using.get(name, [])
        return [k for k in found if k[0] == file] or found

    def _kinds_of(self, key: Key) -> frozenset[str]:
        name = self.function(key).name
        kinds = self._registered.get(name, set()) | set(matcher("functions")(name))
        if name in self._init_only:
            kinds = kinds | {"init"}
        return frozenset(kinds)

    def _read_registrations(self) -> None:
        table = rules.load("decide")["registrations"]
        for file, known in self._facts.items():
            data = self._data[file]
            for call in known.calls:
                entry = table.get(call.name)
                if entry is not None and entry["argument"] < len(call.arguments):
                    a, b = call.arguments[entry["argument"]]
                    self._register(data[a:b].rpartition(b")")[2].strip(b"& \t\n"), entry["kind"])
            self._read_tables(known, data)

    def _read_tables(self, known: FileFacts, data: bytes) -> None:
        """Functions named in operations tables; all of a module's description count as its event handler."""
        for declaration in known.declarations:
            module = declaration.specifier.endswith("moduledata_t")
            for declarator in declaration.declarators:
                a, b = declarator.value_start, declarator.value_end
                if not b or data[a : a + 1] != b"{":
                    continue
                if module:
                    for word in _WORD.findall(data[a:b]):
                        self._register(word, "init")
                else:
                    for member, name in _MEMBER.findall(data, a, b):
                        for kind in matcher("members")(member.decode("latin-1")):
                            self._register(name, kind)

    def _register(self, name: bytes, kind: str) -> None:
        self._registered.setdefault(name.decode("latin-1"), set()).add(kind)

    def _read_calls(self) -> None:
        macros = {d.name for known in self._facts.values() for d in known.defines if d.parameters is not None}
        for file, known in self._facts.items():
            for index, function in enumerate(known.functions):
                for name in function.calls:
                    if name in macros:
                        self._using.setdefault(name, []).append((file, index))
                    else:
                        self._callers.setdefault(name, set()).add(function.name)

    def _only_called_from_init(self) -> frozenset[str]:
        """Names of functions all of whose callers initialise or tear down."""
        by_name = matcher("functions")
        known = {n for n, kinds in self._registered.items() if not _INIT.isdisjoint(kinds)}
        known |= {
            f.name for facts in self._facts.values() for f in facts.functions if not _INIT.isdisjoint(by_name(f.name))
        }
        todo = [n for n in self._callers if n not in known and n not in self._registered]
        for _ in range(4):
            more = [n for n in todo if self._callers[n] <= known]
            if not more:
                break
            known.update(more)
            todo = [n for n in todo if n not in known]
        return frozenset(known)


def is_init(kinds: Iterable[str]) -> bool:
    """Whether a function of these kinds runs when code is loaded or unloaded."""
    return not _INIT.isdisjoint(kinds)
