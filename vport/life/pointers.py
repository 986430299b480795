"""Functions that are called through members of structures, `tp->t_fb->tfb_output(tp)`, and tables, `frob_ops[i](f)`.

Only members whose name one structure of the tree has alone are followed, so that a call means what was stored.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from vport import rules
from vport.c.places import Nesting
from vport.c.tokens import split_arguments
from vport.life.entries import Key
from vport.life.forms import members
from vport.life.store import Nothing, Store
from vport.patterns import later
from vport.tree import Tree

_DECLARED = later(rb"\(\s*\*\s*([A-Za-z_]\w*)\s*\)\s*\(")
_STORED = later(rb"(?:\.|->)\s*([A-Za-z_]\w*)\s*=\s*&?\s*([A-Za-z_]\w*)\s*[,;}\n]")
_DESIGNATOR = later(rb"\A\s*\[[^]]*\]\s*=")
_CALLS = later(rb"\s*\)?\s*\(")
_CALLED = later(rb"(?:->|\.)\s*+([A-Za-z_]\w*+)\s*+\)?\s*+\(")

Through = tuple[str, str]
"""What a function is called through: a member, with MEMBER, or a table, with its file if it is static."""
MEMBER = "->"


class Pointers:
    """Members that hold functions, with the functions.

    Arguments:
        tree: linked facts.
        code: gives a file's text with comments and literals blanked.
        resolve: the function that a name means in a file.
        store: what was derived of the tree before.
    """

    def __init__(
        self,
        tree: Tree,
        code: Mapping[str, bytes],
        resolve: Callable[[str, str], Key | None],
        store: Store | None = None,
    ) -> None:
        self._tree = tree
        self._code = code
        self._resolve = resolve
        store = store or Nothing()
        tables = store.whole("tables", list[tuple[Through, set[Key]]], lambda: list(self._tables().items()))
        self.tables = dict(tables)
        declared = Counter(chain.from_iterable(store.each("pointers", tree.facts, list[str], self._declared).values()))
        alone = {name for name, n in declared.items() if n == 1} - members().keys()
        copied: dict[str, str] = rules.load("contexts")["calls"]
        self._wanted = frozenset(alone | set(copied.values()))
        self.names = self._wanted | copied.keys()
        stored = store.each("stored", tree.facts, list[tuple[str, Key]], self._stored, sorted(self._wanted))
        self.digest = stored.digest
        self.targets: dict[str, set[Key]] = {}
        for name, key in chain.from_iterable(stored.values()):
            self.targets.setdefault(name, set()).add(key)
        self.targets |= {name: self.targets[source] for name, source in copied.items() if source in self.targets}

    def _stored(self, file: str) -> list[tuple[str, Key]]:
        """Functions that a file stores in members."""
        found: list[tuple[str, Key]] = []
        if self._wanted.isdisjoint(self._tree.words(file)):
            return found
        for match in _STORED.finditer(self._code[file]):
            name = match.group(1).decode("latin-1")
            key = self._resolve(file, match.group(2).decode("latin-1")) if name in self._wanted else None
            if key is not None:
                found.append((name, key))
        return found

    def _tables(self) -> dict[tuple[str, str], set[Key]]:
        """Arrays of functions by file and name, empty elements left out."""
        found: dict[tuple[str, str], set[Key]] = {}
        for variable in self._tree.variables:
            for site in variable.sites if not variable.function else ():
                d = site.declarator
                if "a" in d.shape and d.value_end and self._code[site.file][d.value_start : d.value_start + 1] == b"{":
                    functions = self._elements(site.file, d.value_start + 1, d.value_end - 1)
                    if functions:
                        found[variable.file if variable.storage == "static" else "", variable.name] = functions
        return found

    def _elements(self, file: str, start: int, end: int) -> set[Key]:
        """The functions that an initialiser's elements are; none when an element is something else."""
        found: set[Key] = set()
        for a, b in split_arguments(self._code[file], start, end):
            text = _DESIGNATOR.sub(b"", self._code[file][a:b]).strip().removeprefix(b"&").decode("latin-1")
            key = self._resolve(file, text) if text.isidentifier() else None
            if key is not None:
                found.add(key)
            elif text not in ("", "0", "NULL"):
                return set()
        return found

    def _through_tables(self, file: str, start: int, end: int) -> Iterator[tuple[int, Through]]:
        """Calls of elements of such arrays: `frob_ops[i](f)` and `(*frob_ops[i])(f)`."""
        code, words = self._code[file], self._tree.words(file)
        for where, name in self.tables:
            if name not in words or where not in ("", file):
                continue
            for match in re.finditer(rb"\b%s\s*(?=\[)" % name.encode("latin-1"), code[start:end]):
                closed = code.find(b"]", start + match.end(), end)
                if closed >= 0 and _CALLS.match(code, closed + 1, end):
                    yield start + match.start(), (where, name)

    def _declared(self, file: str) -> list[str]:
        """Pointers to functions that structures of a file have, by name."""
        known = self._tree.facts[file]
        bodies = Nesting((a, b) for a, b in known.fields)
        matches = _DECLARED.finditer(self._code[file]) if bodies.starts else ()
        return [m.group(1).decode("latin-1") for m in matches if bodies.at(m.start()) >= 0]

    def through(self, file: str, start: int, end: int) -> Iterator[tuple[int, Through]]:
        """Calls between two offsets through members and tables that may hold functions of the tree."""
        yield from self._through_tables(file, start, end)
        if self.names.isdisjoint(self._tree.words(file)):
            return
        for match in _CALLED.finditer(self._code[file], start, end):
            name = match.group(1).decode("latin-1")
            if name in self.names:
                yield match.start(1), (MEMBER, name)

    def reached(self, through: Through) -> set[Key]:
        """What may be reached by such a call."""
        where, name = through
        return self.targets.get(name, set()) if where == MEMBER else self.tables[through]

    def calls(self, file: str, start: int, end: int) -> Iterator[tuple[int, set[Key]]]:
        """Such calls that reach something, with what they may reach."""
        for at, through in self.through(file, start, end):
            targets = self.reached(through)
            if targets:
                yield at, targets
