"""Functions that are called through members of structures: `tp->t_fb->tfb_output(tp)`.

Only members whose name one structure of the tree has alone are followed, so that a call means what was stored.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from vport.c.places import Nesting
from vport.life.entries import Key
from vport.life.forms import members
from vport.tree import Tree

_DECLARED = re.compile(rb"\(\s*\*\s*([A-Za-z_]\w*)\s*\)\s*\(")
_STORED = re.compile(rb"(?:\.|->)\s*([A-Za-z_]\w*)\s*=\s*&?\s*([A-Za-z_]\w*)\s*[,;}\n]")
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
        self.targets: dict[str, set[Key]] = {}
        alone = {name for name, n in self._declared().items() if n == 1} - members().keys()
        for file in tree.facts:
            if not alone.isdisjoint(tree.words(file)):
                for match in _STORED.finditer(code[file]):
                    name = match.group(1).decode("latin-1")
                    key = resolve(file, match.group(2).decode("latin-1")) if name in alone else None
                    if key is not None:
                        self.targets.setdefault(name, set()).add(key)

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
        """Calls through such members between two offsets, with what they may reach."""
        if self.targets.keys().isdisjoint(self._tree.words(file)):
            return
        for match in _CALLED.finditer(self._code[file], start, end):
            targets = self.targets.get(match.group(1).decode("latin-1"))
            if targets is not None:
                yield match.start(1), targets
