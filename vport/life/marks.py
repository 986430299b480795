"""What enters a context and what leaves it: the kernel's macros, and those of the tree that come to them."""

from collections.abc import Iterable, Mapping

from vport.facts import Define
from vport.life.store import Nothing, Store
from vport.patterns import compiled, later
from vport.tree import Tree

_WORD = later(rb"\b[A-Za-z_]\w*+")
_LEVELS = 3


class Marks:
    """Marks of a tree.

    Arguments:
        tree: linked facts.
        code: gives a file's text with comments and literals blanked.
        store: what was learnt of the tree before.
    """

    def __init__(self, tree: Tree, code: Mapping[str, bytes], store: Store | None = None) -> None:
        self._tree = tree
        self._code = code
        self._sets = {b"CURVNET_SET", b"CURVNET_SET_QUIET", b"CURVNET_SET_VERBOSE"}
        self._restores = {b"CURVNET_RESTORE"}
        self._sets, self._restores = (store or Nothing()).whole("marks", tuple[set[bytes], set[bytes]], self._learnt)
        self._entering = _names(self._sets)
        words = b"|".join(sorted(self._sets | self._restores))
        self._pattern = compiled(rb"\b(?:%s)\s*\(|[{}]" % words)
        self._entry = compiled(rb"\b(?:%s)\s*\(" % b"|".join(sorted(self._sets)))

    def _learnt(self) -> tuple[set[bytes], set[bytes]]:
        """Macros that only enter, or only leave, through a few levels; one that does both is whole in itself."""
        naming = Naming(self._tree, _names(self._sets | self._restores))
        for _ in range(_LEVELS):
            for name, defines in self._tree.macros.items():
                word = name.encode("latin-1")
                for file, define in defines if word not in self._sets and word not in self._restores else ():
                    if file in naming.files and self._takes(word, set(self._bodies(file, define))):
                        naming.add(name)
        return self._sets, self._restores

    def _bodies(self, file: str, define: Define) -> list[bytes]:
        return _WORD.findall(self._code[file], define.body, define.end)

    def _takes(self, word: bytes, words: set[bytes]) -> bool:
        """Whether a macro of such words is a mark; it is one from then on."""
        enters, leaves = words & self._sets, words & self._restores
        if bool(enters) == bool(leaves):
            return False
        (self._sets if enters else self._restores).add(word)
        return True

    @property
    def words(self) -> list[str]:
        """All marks, in order."""
        return sorted(_names(self._sets | self._restores))

    def appear(self, words: frozenset[str]) -> bool:
        """Whether some words hold one that enters."""
        return not words.isdisjoint(self._entering)

    def entered(self, code: bytes) -> list[int]:
        """Offsets of marks that enter, in order: where none stands, no context holds."""
        return [match.start() for match in self._entry.finditer(code)]

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


class Naming:
    """Files that name one of some words, which may become more.

    Arguments:
        tree: linked facts.
        words: the first of them.
    """

    def __init__(self, tree: Tree, words: Iterable[str]) -> None:
        self._tree = tree
        first = frozenset(words)
        self.files = {file for file in tree.facts if not first.isdisjoint(tree.words(file))}

    def add(self, word: str) -> None:
        """One more word."""
        self.files.update(file for file in self._tree.facts if word in self._tree.words(file))


def _names(words: Iterable[bytes]) -> frozenset[str]:
    return frozenset(word.decode("latin-1") for word in words)


def _range(block: tuple[int, int], end: int) -> list[tuple[int, int]]:
    start, restored = block
    return [(start, restored if restored >= 0 else end)] if start >= 0 else []
