"""Arguments that macros take only as names: to paste, to make a string of, or to hand on to a macro that does."""

from collections.abc import Callable, Mapping
from functools import cache

from vport import rules
from vport.facts import Define
from vport.globs import fits

_DEEP = 6
"""How many macros may hand an argument on; deeper ones go in a circle."""


class NameArguments:
    """What the macros of a tree do with their arguments.

    Arguments:
        macros: definitions by name, each with its file.
        reachable: the files that a file includes, itself among them.
    """

    def __init__(
        self, macros: Mapping[str, list[tuple[str, Define]]], reachable: Callable[[str], frozenset[str]]
    ) -> None:
        self._macros, self._reachable = macros, reachable
        self._known: dict[tuple[str, str, int], bool] = {}

    def is_name(self, file: str, macro: str, index: int) -> bool:
        """Whether `macro`, as `file` sees it, takes an argument only as a name."""
        if macro not in self._macros:
            return index in name_arguments(macro)
        asked = (file, macro, index)
        if asked not in self._known:
            self._known[asked] = self._role(file, macro, index, 0) == "name"
        return self._known[asked]

    def _role(self, file: str, macro: str, index: int, depth: int) -> str:
        reach = self._reachable(file) if macro in self._macros else ()
        roles = {
            self._follow(file, d.roles[min(index, len(d.roles) - 1)], depth)
            for where, d in self._macros.get(macro, ())
            if d.roles and (where in reach or (file.endswith(".h") and where.endswith(".h")))
        }
        roles.discard("")
        if "name" in roles:
            return "name"
        return "value" if roles else ("name" if index in name_arguments(macro) else "value")

    def _follow(self, file: str, role: str, depth: int) -> str:
        if ":" not in role or depth > _DEEP:
            return role
        macro, index = role.rsplit(":", 1)
        return self._role(file, macro, int(index), depth + 1)


@cache
def name_arguments(macro: str) -> frozenset[int]:
    """Arguments of `macro` that are names by rules/macros.toml."""
    table: dict[str, list[int]] = rules.load("macros")["names"]
    if macro in table:
        return frozenset(table[macro])
    heads, tails = _edges()
    if macro.startswith(heads) or macro.endswith(tails):
        for pattern, indices in table.items():
            if "*" in pattern and fits(macro, pattern):
                return frozenset(indices)
    return frozenset()


@cache
def _edges() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """How names begin that patterns mean, and how those end of which patterns leave the beginning open."""
    patterns = [pattern for pattern in rules.load("macros")["names"] if "*" in pattern]
    heads = tuple({p.partition("*")[0] for p in patterns if not p.startswith("*")})
    return heads, tuple({p.rpartition("*")[2] for p in patterns if p.startswith("*")})
