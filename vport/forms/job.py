"""What the passes of old forms are given: the text of a port, read again, and where its variables are to live."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

import msgspec

from vport.c.lex import Blanked
from vport.dialect import Dialect
from vport.findings import Finding
from vport.patterns import later
from vport.read import Read
from vport.source import line_of, newline_of
from vport.tree import Site, Tree, Variable

_ACCESSOR = later(rb"\bV_(\w+)")
_PASTED = later(rb"\bV_\s*##\s*(\w+)")
_WORD = later(rb"[A-Za-z_]\w*")
_CALL = later(rb"\b(\w+)\s*\(\s*(\w+)\s*\)")


class Container(msgspec.Struct, eq=False):
    """Per-vnet variables that live together.

    Arguments:
        name: of the structure behind `vnet_`.
        home: the file that says what it is: a header, or the one file that uses it.
        owner: the file that defines its only instance of the default build.
        variables: in it, in the order of their definitions.
    """

    name: str
    home: str
    owner: str
    variables: list[Variable]

    @property
    def exported(self) -> bool:
        """Whether other files reach it."""
        return self.home != self.owner

    @property
    def structure(self) -> str:
        """Its name in C, which its base pointer has too."""
        return f"vnet_{self.name}"


class Place(msgspec.Struct, frozen=True):
    """Where a container's structure stands, and the offsets of the conditionals it stands in."""

    at: int
    around: frozenset[int]


class FormJob:
    """One round of edits on the text of a port.

    Arguments:
        read: that text.
        dialect: to write.
        ported: file and name of the variables that were ported.
        containers: where they live.
        life: whether the port wrote constructors.
    """

    def __init__(
        self, read: Read, dialect: Dialect, ported: list[Variable], containers: list[Container], life: bool
    ) -> None:
        self.read = read
        self.data: Mapping[str, bytes] = read.data
        self.tree: Tree = read.tree
        self.dialect = dialect
        self.variables = ported
        self.containers = containers
        self.life = life
        self.left: list[Finding] = []
        self.places: dict[str, Place] = {}
        self._code = Blanked(read.data)
        self._reached: dict[tuple[str, int, int], list[Container]] = {}

    def code(self, file: str) -> bytes:
        """`file` with comments and literals blanked."""
        return self._code[file]

    def newline(self, file: str) -> str:
        """Line ending of `file`."""
        return newline_of(self.data[file]).decode()

    def text(self, file: str, start: int, end: int) -> str:
        """Bytes of a file as text."""
        return self.data[file][start:end].decode("latin-1")

    def bounds(self, site: Site) -> str:
        """What stands behind the name in a declarator: bounds of an array."""
        declarator = site.declarator
        text = self.text(site.file, declarator.name_at + len(declarator.name), declarator.end)
        return re.sub(r"\A\s*\[\s*\]", "[]", text)

    def find(self, file: str, at: int, kind: str, message: str) -> None:
        """Note what is left to a person."""
        self.left.append(Finding(file, line_of(self.data[file], at), kind, message, refuses=False))

    @cached_property
    def _container_of(self) -> dict[tuple[str, str, str], Container]:
        return {v.key: c for c in self.containers for v in c.variables}

    def container_of(self, variable: Variable) -> Container:
        """Where a variable lives."""
        return self._container_of[variable.key]

    @cached_property
    def _named(self) -> dict[str, list[Variable]]:
        found: dict[str, list[Variable]] = {}
        for variable in self.variables:
            found.setdefault(variable.name, []).append(variable)
        return found

    def meant(self, file: str, name: str) -> Variable | None:
        """The ported variable that `V_name` means in a file: its own static before that of a header's container."""
        found = self._named.get(name, [])
        own = [v for v in found if v.file == file and not self.container_of(v).exported]
        shared = [v for v in found if self.container_of(v).exported]
        reach = self.tree.reachable(file)
        near = [v for v in found if v.file in reach]
        return next(iter(own or shared or near), None)

    @cached_property
    def _by_macros(self) -> dict[str, list[tuple[str, frozenset[str], tuple[str, ...], bool]]]:
        """Macros by name: file, the accessors in the body, the words in it, and whether it pastes accessors."""
        found: dict[str, list[tuple[str, frozenset[str], tuple[str, ...], bool]]] = {}
        for name, defines in self.tree.macros.items():
            for file, define in defines:
                if name.startswith("V_") and name[2:] in self._named:
                    continue
                body = self.code(file)[define.body : define.end]
                names = frozenset(m.decode("latin-1") for m in _ACCESSOR.findall(body))
                words = tuple({w.decode("latin-1") for w in _WORD.findall(body)})
                found.setdefault(name, []).append((file, names, words, bool(_PASTED.search(body))))
        return found

    def reached(self, file: str, start: int, end: int) -> list[Container]:
        """Containers that a range reaches, through macros too, in the order of `containers`."""
        key = (file, start, end)
        if key not in self._reached:
            self._reached[key] = self._find_reached(file, start, end)
        return self._reached[key]

    def _find_reached(self, file: str, start: int, end: int) -> list[Container]:
        names = self._names(file, self.code(file)[start:end])
        found = {
            id(c): c for v in (self.meant(file, n) for n in names) if v is not None for c in [self.container_of(v)]
        }
        return [c for c in self.containers if id(c) in found]

    def _names(self, file: str, code: bytes) -> set[str]:
        """Names whose accessors a text names or its macros expand to."""
        found = {m.decode("latin-1") for m in _ACCESSOR.findall(code)}
        reach = self.tree.reachable(file)
        todo, seen = [w.decode("latin-1") for w in set(_WORD.findall(code))], set[str]()
        while todo:
            word = todo.pop()
            if word in seen:
                continue
            seen.add(word)
            for where, names, words, pastes in self._by_macros.get(word, ()):
                if where in reach:
                    found |= names
                    todo += words
                    if pastes:
                        found |= {a.decode("latin-1") for m, a in _CALL.findall(code) if m.decode("latin-1") == word}
        return found

    def aliases(self) -> Iterator[tuple[str, int, int, str]]:
        """Lines that define the accessors of ported variables: file, start, end without the line ending, name."""
        for name in self._named:
            for file, define in self.tree.macros.get(f"V_{name}", ()):
                yield file, define.start, define.end, name

    def definition_sites(self, file: str) -> list[tuple[Variable, Site]]:
        """Definitions of ported variables in a file, in order."""
        found = [(v, s) for v in self.variables for s in v.sites if s.file == file]
        return sorted(found, key=lambda one: one[1].declarator.name_at)

    def declaration_sites(self, file: str) -> list[tuple[Variable, Site]]:
        """`extern` declarations of ported variables in a file, in order."""
        seen: dict[int, tuple[Variable, Site]] = {}
        for variable in self.variables:
            for site in variable.externs:
                if site.file == file:
                    seen.setdefault(site.declarator.name_at, (variable, site))
        return [seen[at] for at in sorted(seen)]
