"""What the functions and macros of one file say of calls and contexts, each by itself.

Who reaches what is worked out over the whole tree from this, without its texts: see `graph.py` and `needs.py`.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from vport import rules
from vport.facts import Define, Function
from vport.life.entries import Entries, Key
from vport.life.marks import Marks
from vport.life.pointers import Through
from vport.patterns import later
from vport.tree import Tree

_CALLED = later(rb"\b([A-Za-z_]\w*+)\s*+\(")
_MEMBER = later(rb"(?:->|\.)\s*+([A-Za-z_]\w*+)\s*+\)?\s*+\(")
_WORD = later(rb"\b[A-Za-z_]\w*+")
_TEXT_WORD = later(r"[A-Za-z_]\w*")

_Held = tuple[bool, tuple[str, ...], tuple[Through, ...]]
_NO_CONTEXTS: _Held = (False, (), ())


class Body(msgspec.Struct, frozen=True, array_like=True):
    """One function or macro.

    Arguments:
        name: of it.
        macro: whether it is a macro.
        calls: functions that it calls, and macros that it names.
        through: members and tables that it calls functions through.
        sets: whether it sets contexts itself.
        outside: names of functions and macros that it names outside of these; empty if it sets none.
        through_outside: of `through`, what it calls outside of these.
        wants: whether it calls what is known to read per-vnet state, outside the tree or through a member.
    """

    name: str
    macro: bool
    calls: tuple[Key, ...]
    through: tuple[Through, ...] = ()
    sets: bool = False
    outside: tuple[str, ...] = ()
    through_outside: tuple[Through, ...] = ()
    wants: bool = False


class Covered(msgspec.Struct, frozen=True, array_like=True):
    """Where contexts hold that a function or macro sets: ranges of offsets in its file."""

    key: Key
    ranges: list[tuple[int, int]]


class BodyReader:
    """Reads bodies.

    Arguments:
        tree: linked facts.
        code: gives a file's text with comments and literals blanked.
        entries: knows the functions of the tree.
        marks: what enters and leaves contexts.
        through: finds calls through members and tables between two offsets of a file, with their offsets.
    """

    def __init__(
        self,
        tree: Tree,
        code: Mapping[str, bytes],
        entries: Entries,
        marks: Marks,
        through: Callable[[str, int, int], Iterable[tuple[int, Through]]],
    ) -> None:
        self._tree = tree
        self._code = code
        self._entries = entries
        self._resolve = entries.resolve
        self._marks = marks
        self._through = through
        self._entered: dict[str, list[int]] = {}
        self._held: dict[tuple[str, int], list[tuple[int, int]]] = {}
        self._wanting: dict[str, list[int]] = {}
        needs = rules.load("contexts")["needs"]
        self._functions: frozenset[str] = frozenset(needs["functions"])
        self._members: frozenset[str] = frozenset(needs["members"])

    def read(self, file: str) -> list[Body]:
        """The functions of a file, and then those of its macros that say something."""
        known = self._tree.facts[file]
        marked = self._marks.appear(self._tree.words(file))
        functions = [self._function(file, function, marked) for function in known.functions]
        macros = (self._macro(file, define, marked) for define in known.defines)
        return functions + [one for one in macros if one.calls or one.sets]

    def covered(self, file: str) -> list[Covered]:
        """Where contexts hold that functions and macros of a file set themselves."""
        known = self._tree.facts[file]
        if not self._marks.appear(self._tree.words(file)):
            return []
        found = [Covered((file, f.name), self._ranges(file, f.body, f.end)) for f in known.functions]
        found += [Covered(("#", d.name), self._ranges(file, d.body, d.end)) for d in known.defines]
        return [one for one in found if one.ranges]

    def _function(self, file: str, function: Function, marked: bool) -> Body:
        start, end = function.body, function.end
        through = list(self._through(file, start, end))
        held = self._contexts(file, start, end, through) if marked else _NO_CONTEXTS
        calls = self.targets(file, function.calls)
        return Body(function.name, False, calls, _distinct(through), *held, bool(self.wanting_calls(file, start, end)))

    def _macro(self, file: str, define: Define, marked: bool) -> Body:
        start, end = define.body, define.end
        named = self.targets(file, _TEXT_WORD.findall(self._code[file][start:end].decode("latin-1")))
        covered = self._ranges(file, start, end) if marked else []
        through = list(self._through(file, start, end)) if covered else []
        held = self._contexts(file, start, end, through) if covered else _NO_CONTEXTS
        return Body(define.name, True, tuple(key for key in named if key != ("#", define.name)), (), *held)

    def _contexts(self, file: str, start: int, end: int, through: Sequence[tuple[int, Through]]) -> _Held:
        """Whether a body sets contexts, and what it names and calls outside of these."""
        covered = self._ranges(file, start, end)
        if not covered:
            return _NO_CONTEXTS

        def is_outside(at: int) -> bool:
            return not any(a <= at < b for a, b in covered)

        known: dict[bytes, bool] = {}
        outside: set[bytes] = set()
        for match in _WORD.finditer(self._code[file], start, end):
            word = match.group()
            if word not in known:
                known[word] = self._is_known(word.decode("latin-1"))
            if known[word] and word not in outside and is_outside(match.start()):
                outside.add(word)
        names = tuple(word.decode("latin-1") for word in sorted(outside))
        return True, names, _distinct([one for one in through if is_outside(one[0])])

    def _ranges(self, file: str, start: int, end: int) -> list[tuple[int, int]]:
        """Where contexts hold that a body sets; asked twice of each."""
        if file not in self._entered:
            self._entered[file] = self._marks.entered(self._code[file])
        if not _between(self._entered[file], start, end):
            return []
        if (file, start) not in self._held:
            self._held[file, start] = self._marks.ranges(self._code[file], start, end)
        return self._held[file, start]

    def _is_known(self, name: str) -> bool:
        return name in self._tree.macros or self._entries.defines(name)

    def targets(self, file: str, names: Iterable[str]) -> tuple[Key, ...]:
        """The functions and macros that names mean in a file, each once."""
        found: dict[Key, None] = {}
        for name in names:
            key = ("#", name) if name in self._tree.macros else self._resolve(file, name)
            if key is not None:
                found[key] = None
        return tuple(found)

    def wanting_calls(self, file: str, start: int, end: int) -> list[int]:
        """Offsets of calls that are known to want the caller's context, outside the tree or through a member."""
        if file not in self._wanting:
            self._wanting[file] = sorted(self._wanting_in(file))
        return _between(self._wanting[file], start, end)

    def _wanting_in(self, file: str) -> Iterator[int]:
        words, code = self._tree.words(file), self._code[file]
        names, members = self._functions & words, self._members & words
        for match in _CALLED.finditer(code) if names else ():
            name = match.group(1).decode("latin-1")
            if name in names and self._resolve(file, name) is None:
                yield match.start(1)
        for match in _MEMBER.finditer(code) if members else ():
            if match.group(1).decode("latin-1") in members:
                yield match.start(1)


def _between(offsets: list[int], start: int, end: int) -> list[int]:
    """Those of sorted offsets that stand in [start, end)."""
    return offsets[bisect_left(offsets, start) : bisect_left(offsets, end)]


def _distinct(through: Iterable[tuple[int, Through]]) -> tuple[Through, ...]:
    return tuple(sorted({one for _, one in through}))
