"""Which functions reach per-vnet state without a context of their own: what is set already is seen and respected."""

import re
from collections.abc import Mapping

from vport.life.entries import Key
from vport.life.graph import CallGraph
from vport.tree import Tree

_SIZEOF = re.compile(rb"\b(?:sizeof|nitems|__typeof)\s*\(?\s*\Z")
_CALLED = re.compile(rb"\b([A-Za-z_]\w*+)\s*+\(")
_MEMBER = re.compile(rb"(?:->|\.)\s*+([A-Za-z_]\w*+)\s*+\)?\s*+\(")
_WORD = re.compile(rb"\b[A-Za-z_]\w*+")


def measured(code: bytes, at: int) -> bool:
    """Whether only the size or the type is asked for of what stands at an offset."""
    return _SIZEOF.search(code, max(0, at - 20), at) is not None


class Marks:
    """What enters a context and what leaves it in a tree: the kernel's macros, and the tree's that come to them.

    Arguments:
        tree: linked facts.
        code: gives a file's text with comments and literals blanked.
    """

    def __init__(self, tree: Tree, code: Mapping[str, bytes]) -> None:
        self._tree = tree
        self._code = code
        self._sets = {b"CURVNET_SET", b"CURVNET_SET_QUIET", b"CURVNET_SET_VERBOSE"}
        self._restores = {b"CURVNET_RESTORE"}
        self._learn()
        self._pattern = re.compile(rb"\b(?:%s)\s*\(|[{}]" % b"|".join(sorted(self._sets | self._restores)))

    def _learn(self) -> None:
        """Macros that only enter, or only leave, through a few levels; one that does both is whole in itself."""
        for _ in range(3):
            for name, defines in self._tree.macros.items():
                word = name.encode("latin-1")
                for file, define in defines if word not in self._sets | self._restores else ():
                    if self._tree.words(file).isdisjoint(_names(self._sets | self._restores)):
                        continue
                    words = set(_WORD.findall(self._code[file][define.body : define.end]))
                    enters, leaves = words & self._sets, words & self._restores
                    if bool(enters) != bool(leaves):
                        (self._sets if enters else self._restores).add(word)

    def appear(self, words: frozenset[str]) -> bool:
        """Whether some words hold one that enters."""
        return not words.isdisjoint(_names(self._sets))

    def ranges(self, code: bytes, body: int, end: int) -> list[tuple[int, int]]:
        """Ranges of a body in which a context that it sets holds: to its block's last restore, or the block's end."""
        found: list[tuple[int, int]] = []
        blocks: list[tuple[int, int]] = [(-1, -1)]  # (start of a set in this block or -1, last restore)
        for match in self._pattern.finditer(code, body, end):
            mark = match.group()
            if mark == b"{":
                blocks.append((-1, -1))
            elif mark == b"}" and len(blocks) > 1:
                found += _range(blocks.pop(), match.start())
            elif mark.rstrip(b"( \t\n") in self._restores:
                depth = next((d for d in range(len(blocks) - 1, -1, -1) if blocks[d][0] >= 0), -1)
                if depth >= 0:
                    blocks[depth] = (blocks[depth][0], match.start())
            elif mark != b"}" and blocks[-1][0] < 0:
                blocks[-1] = (match.start(), -1)
        return found + [r for block in blocks for r in _range(block, end)]


def _names(words: set[bytes]) -> set[str]:
    return {word.decode("latin-1") for word in words}


def _range(block: tuple[int, int], end: int) -> list[tuple[int, int]]:
    start, restored = block
    return [(start, restored if restored >= 0 else end)] if start >= 0 else []


class Needs:
    """Needs of all functions of a tree.

    Arguments:
        graph: the calls, with the per-vnet variables' uses.
        code: gives a file's text with comments and literals blanked.
        shared: needs of the same tree with other variables, whose knowledge of contexts is taken over.
    """

    def __init__(self, graph: CallGraph, code: Mapping[str, bytes], shared: "Needs | None" = None) -> None:
        self.graph = graph
        self._code = code
        self._marks: Marks = shared._marks if shared else Marks(graph.tree, code)
        self._outside: set[Key] = shared._outside if shared else self._outside_knowledge()
        self._covered: dict[Key, list[tuple[int, int]]] = {}
        self._apart: dict[Key, set[Key]] = {}
        self._find_contexts()
        self.needy = self._spread()

    def _find_contexts(self) -> None:
        """Functions that set a context themselves, and what they call under it only."""
        for file, known in self.graph.tree.facts.items():
            words = self.graph.tree.words(file)
            if not self._marks.appear(words):
                continue
            for function in known.functions:
                self._note_contexts(file, (file, function.name), function.body, function.end)
            for define in known.defines:
                self._note_contexts(file, ("#", define.name), define.body, define.end)

    def _note_contexts(self, file: str, key: Key, body: int, end: int) -> None:
        ranges = self._marks.ranges(self._code[file], body, end)
        if ranges:
            self._covered.setdefault(key, []).extend(ranges)
            self._apart[key] = self._calls_outside(file, key, body, end, ranges)

    def _calls_outside(self, file: str, key: Key, body: int, end: int, ranges: list[tuple[int, int]]) -> set[Key]:
        """What a function or macro calls outside of the contexts it sets."""
        code = self._code[file]
        names = {
            m.group().decode("latin-1")
            for m in _WORD.finditer(code, body, end)
            if not any(a <= m.start() < b for a, b in ranges)
        }
        pointed = [t for at, t in self.graph.pointers.calls(file, body, end) if not any(a <= at < b for a, b in ranges)]
        callees = self.graph.callees.get(key, set())
        return {callee for callee in callees if callee[1] in names}.union(*pointed)

    def calls_outside(self, key: Key) -> set[Key]:
        """What a function calls outside of the contexts that it sets."""
        return self._apart.get(key, self.graph.callees.get(key, set()))

    def covers(self, key: Key, at: int) -> bool:
        """Whether a context that the function sets itself holds at `at`."""
        return any(a <= at < b for a, b in self._covered.get(key, ()))

    def _spread(self) -> set[Key]:
        seeds = {key for key, offsets in self.graph.direct.items() if any(not self.covers(key, at) for at in offsets)}
        seeds |= self._outside
        found, rest = set(seeds), list(seeds)
        while rest:
            callee = rest.pop()
            for caller in self.graph.callers.get(callee, ()):
                if caller not in found and callee in self._apart.get(caller, {callee}):
                    found.add(caller)
                    rest.append(caller)
        return found

    def _outside_knowledge(self) -> set[Key]:
        """Functions that call what is known to read per-vnet state, outside the tree or through a member."""
        known, members = self.graph.known_needs, self.graph.needy_members
        found: set[Key] = set()
        for file, facts in self.graph.tree.facts.items():
            words = self.graph.tree.words(file)
            here = known & words
            through = members & words
            if not here and not through:
                continue
            for function in facts.functions:
                if self._outside_calls(file, function.body, function.end, here, through):
                    found.add((file, function.name))
        return found

    def _outside_calls(
        self, file: str, body: int, end: int, names: frozenset[str], members: frozenset[str]
    ) -> list[int]:
        code = self._code[file]
        found = [
            m.start(1)
            for m in (_CALLED.finditer(code, body, end) if names else ())
            if m.group(1).decode("latin-1") in names and self.graph.entries.resolve(file, m.group(1).decode()) is None
        ]
        found += [
            m.start(1)
            for m in (_MEMBER.finditer(code, body, end) if members else ())
            if m.group(1).decode("latin-1") in members
        ]
        return found

    def places(self, key: Key, body: int, end: int) -> list[int]:
        """Offsets in a body where per-vnet state is reached, directly or by a call, and no context is set."""
        file = key[0]
        code, tree = self._code[file], self.graph.tree
        found = [at for at in self.graph.direct.get(key, ()) if body <= at < end]
        for match in _WORD.finditer(code, body, end):
            name = match.group().decode("latin-1")
            if ("#", name) in self.needy and name in tree.macros and not measured(code, match.start()):
                found.append(match.start())
            elif code[match.end() : match.end() + 2].lstrip()[:1] == b"(":
                target = self.graph.entries.resolve(file, name) if name not in tree.macros else None
                if target is not None and target in self.needy:
                    found.append(match.start())
        found += [at for at, targets in self.graph.pointers.calls(file, body, end) if targets & self.needy]
        words = tree.words(file)
        found += self._outside_calls(file, body, end, self.graph.known_needs & words, self.graph.needy_members & words)
        return sorted({at for at in found if not self.covers(key, at)})
