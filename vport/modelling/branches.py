"""Which branches of `#if` a build compiles: one consistent choice for a whole model."""

import re
import sys
from bisect import bisect_right
from collections.abc import Iterable, Mapping

from vport import rules
from vport.c.conditionals import Branch, Group
from vport.patterns import later
from vport.tree import Tree

_NOT = later(r"!(?!=)")
_LOGIC = later(r"\b(?:not|and|or)\b|0[xX][0-9a-fA-F]+")
_DEFINED = later(r"\bdefined\s*(?:\(\s*(\w+)\s*\)|(\w+))")
_GUARD = later(r"_+[A-Z0-9_]+_H_*\Z")
_WORD = later(r"\b[A-Za-z_]\w*\b")
_NUMBER = later(r"\b(0[xX][0-9a-fA-F]+|\d+)[uUlL]*\b")
_NO_C = later(r"\d\s*\(|\)\s*\(|\*\s*\*")
"""What is left of a macro with arguments, as `__has_feature(x)`, and what another language would make a power."""
_SAFE = later(r"[\s\d()<>=!&|+*/%^~-]*\Z")


def default_options() -> dict[str, int]:
    """What a build defines unless a caller says otherwise."""
    return dict(rules.load("externals")["options"])


class Branches:
    """Chooses branches.

    Arguments:
        tree: linked facts.
        options: names that are defined, and their values.
    """

    def __init__(self, tree: Tree, options: Mapping[str, int]) -> None:
        self._tree = tree
        self._options = options
        self._left_out: dict[str, list[tuple[int, int]]] = {}

    def left_out(self, file: str) -> list[tuple[int, int]]:
        """Ranges of a file that the build does not compile, in order."""
        if file not in self._left_out:
            self._left_out[file] = []  # a file whose conditions ask for its own defines sees them as they come
            found = [r for group in self._tree.facts[file].groups for r in self._dropped(file, group)]
            self._left_out[file] = merged(found)
        return self._left_out[file]

    def compiled(self, file: str, at: int) -> bool:
        """Whether the build compiles what stands at an offset."""
        ranges = self.left_out(file)
        i = bisect_right(ranges, (at, sys.maxsize)) - 1
        return i < 0 or at >= ranges[i][1]

    def _dropped(self, file: str, group: Group) -> list[tuple[int, int]]:
        kept = next((b for b in group.branches if self._holds(file, b)), None)
        return [(b.start, b.end) for b in group.branches if b is not kept]

    def _holds(self, file: str, branch: Branch) -> bool:
        if branch.directive == "else":
            return True
        if branch.directive in ("ifdef", "ifndef"):
            known = self._is_defined(file, branch.condition.split(" ")[0], branch.start)
            return known == (branch.directive == "ifdef")
        return self._evaluate(file, branch)

    def _evaluate(self, file: str, branch: Branch) -> bool:
        def asked(match: re.Match[str]) -> str:
            return str(int(self._is_defined(file, match.group(1) or match.group(2), branch.start)))

        text = _DEFINED.sub(asked, branch.condition.replace("\\\n", " ").replace("\\\r\n", " "))
        text = _NUMBER.sub(r"\1", text)
        text = _WORD.sub(lambda m: m.group() if m.group()[0].isdigit() else str(self._options.get(m.group(), 0)), text)
        text = _NOT.sub(" not ", text.replace("&&", " and ").replace("||", " or ").replace("/", "//"))
        if not _SAFE.match(_LOGIC.sub(" ", text)) or _NO_C.search(text):
            return False
        try:
            return bool(eval(text.strip(), {"__builtins__": {}}))
        except (SyntaxError, ArithmeticError, TypeError, ValueError, MemoryError, RecursionError):
            return False

    def _is_defined(self, file: str, name: str, at: int) -> bool:
        """Whether the build defines a name, or the file before `at`, or a header that it includes."""
        if name in self._options:
            return True
        found = self._tree.macros.get(name, ())
        if _GUARD.match(name):
            # its own guard is not defined yet; that of another header is, since somebody asks for it
            return bool(found) and all(f != file for f, _ in found)
        if any(f == file and d.start < at and self.compiled(f, d.start) for f, d in found):
            return True
        reach = self._tree.reachable(file) if found else frozenset()
        return any(f != file and f in reach and self.compiled(f, d.start) for f, d in found)


def merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges in order, those that touch made one."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return found
