"""Members of type `void *` that a tree fills with a vnet: `tmr->vnet = (void *)curvnet`."""

import re
from collections.abc import Callable, Container, Iterator, Mapping

from vport.life.flows import Flows
from vport.patterns import later
from vport.tree import Tree

_GIVEN = later(rb"\b([A-Za-z_]\w*)\s*(?:->|\.)\s*([A-Za-z_]\w*)\s*=\s*(?:\(\s*void\s*\*\s*\)\s*)?curvnet\s*;")


class Untyped(Container[tuple[str, str]]):
    """Such members as tag and name, found when first asked for.

    Arguments:
        tree: linked facts.
        code: gives a file's text with comments and literals blanked.
        flows: of the tree, for the types of what is filled.
        resolve: a type with typedef names replaced by what they stand for.
    """

    def __init__(self, tree: Tree, code: Mapping[str, bytes], flows: Flows, resolve: Callable[[str], str]) -> None:
        self._tree = tree
        self._code = code
        self._flows = flows
        self._resolve = resolve
        self._found: set[tuple[str, str]] | None = None

    def __contains__(self, place: object) -> bool:
        if self._found is None:
            self._found = {place for file in self._tree.facts for place in self._in_file(file)}
        return place in self._found

    def _in_file(self, file: str) -> Iterator[tuple[str, str]]:
        if "curvnet" not in self._tree.words(file):
            return
        for match in _GIVEN.finditer(self._code[file]):
            flow = self._flows.around(file, match.start())
            name = match.group(1).decode("latin-1")
            for known in (*flow.locals, *flow.parameters) if flow is not None else ():
                tag = re.fullmatch(r"(?:struct|union) (\w+)(?: \*)?", self._resolve(known.type))
                if known.name == name and tag is not None:
                    yield tag.group(1), match.group(2).decode("latin-1")
