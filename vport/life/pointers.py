"""Functions that are called through members of structures, `tp->t_fb->tfb_output(tp)`, and tables, `frob_ops[i](f)`.

Only members whose name one structure of the tree has alone are followed, so that a call means what was stored.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from vport import rules
from vport.c.places import Nesting
from vport.c.tokens import split_arguments
from vport.life.entries import Key
from vport.life.forms import members
from vport.tree import Tree

_DECLARED = re.compile(rb"\(\s*\*\s*([A-Za-z_]\w*)\s*\)\s*\(")
_STORED = re.compile(rb"(?:\.|->)\s*([A-Za-z_]\w*)\s*=\s*&?\s*([A-Za-z_]\w*)\s*[,;}\n]")
_DESIGNATOR = re.compile(rb"\A\s*\[[^]]*\]\s*=")
_CALLS = re.compile(rb"\s*\)?\s*\(")
_CALLED = re.compile(rb"(?:->|\.)\s*+([A-Za-z_]\w*+)\s*+\)?\s*+\(")


class Pointers:
    """Members that hold functions, with the functions.

    Arguments:
        tree: linked facts.
        code: gives a file's text with comments and literals blanked.
        resolve: the function that a name means in a file.
    """

    def __init__(self, tree: Tree, code: Mapping[str, bytes], resolve: Callable[[str, str], Key | None]) -> None:
        self._tree = tree
        self._code = code
        self._resolve = resolve
        self.tables = self._tables()
        self.targets: dict[str, set[Key]] = {}
        alone = {name for name, n in self._declared().items() if n == 1} - members().keys()
        copied: dict[str, str] = rules.load("contexts")["calls"]
        wanted = alone | set(copied.values())
        for file in tree.facts:
            if not wanted.isdisjoint(tree.words(file)):
                for match in _STORED.finditer(code[file]):
                    name = match.group(1).decode("latin-1")
                    key = resolve(file, match.group(2).decode("latin-1")) if name in wanted else None
                    if key is not None:
                        self.targets.setdefault(name, set()).add(key)
        self.targets |= {name: self.targets[source] for name, source in copied.items() if source in self.targets}

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

    def _through_tables(self, file: str, start: int, end: int) -> Iterator[tuple[int, set[Key]]]:
        """Calls of elements of such arrays: `frob_ops[i](f)` and `(*frob_ops[i])(f)`."""
        code, words = self._code[file], self._tree.words(file)
        for (where, name), targets in self.tables.items():
            if name not in words or where not in ("", file):
                continue
            for match in re.finditer(rb"\b%s\s*(?=\[)" % name.encode("latin-1"), code[start:end]):
                closed = code.find(b"]", start + match.end(), end)
                if closed >= 0 and _CALLS.match(code, closed + 1, end):
                    yield start + match.start(), targets

    def _declared(self) -> Counter[str]:
        """How many structures have a pointer to functions of each name."""
        found: Counter[str] = Counter()
        for file, known in self._tree.facts.items():
            bodies = Nesting((a, b) for a, b in known.fields)
            if bodies.starts:
                matches = _DECLARED.finditer(self._code[file])
                found.update(m.group(1).decode("latin-1") for m in matches if bodies.at(m.start()) >= 0)
        return found

    def calls(self, file: str, start: int, end: int) -> Iterator[tuple[int, set[Key]]]:
        """Calls through such members and tables between two offsets, with what they may reach."""
        yield from self._through_tables(file, start, end)
        if self.targets.keys().isdisjoint(self._tree.words(file)):
            return
        for match in _CALLED.finditer(self._code[file], start, end):
            targets = self.targets.get(match.group(1).decode("latin-1"))
            if targets is not None:
                yield match.start(1), targets
