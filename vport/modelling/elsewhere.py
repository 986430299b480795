"""What the rest of a tree says of functions a module calls: whether they read per-vnet state of the caller's stack."""

import re
from collections.abc import Iterator
from functools import cached_property

from vport.modelling.lexing import Token
from vport.modelling.workshop import Shop
from vport.patterns import later
from vport.runtime.model import External

_SETS = frozenset({"CURVNET_SET", "CURVNET_SET_QUIET", "CURVNET_SET_VERBOSE", "VNET_FOREACH"})
_ACCESSORS = frozenset({"VNET", "VNET_PTR"})
_HEADS = frozenset({"if", "while", "for", "switch"})
_WORD = later(r"[A-Za-z_]\w*\Z")

_Home = tuple[str, str]


class Elsewhere:
    """Functions of a whole tree, by name.  One that sets a context itself needs none, as far as a glance can tell."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._needs: dict[_Home, bool] = {}
        self.reads: dict[_Home, tuple[bool, frozenset[str]]] = {}
        """What was read of function bodies so far; whoever has it from before may put it here."""

    @cached_property
    def _ranges(self) -> dict[_Home, tuple[int, int, int, bool]]:
        """Head, body and end of each function that is compiled, and whether others can call it."""
        found: dict[_Home, tuple[int, int, int, bool]] = {}
        for file, facts in self._shop.tree.facts.items():
            for f in facts.functions:
                if self._shop.branches.compiled(file, f.body):
                    found.setdefault((file, f.name), (f.start, f.body, f.end, not f.static))
        return found

    @cached_property
    def _functions(self) -> dict[str, _Home]:
        """Where a name leads from elsewhere: to what is no static, if there is such a function."""
        found: dict[str, _Home] = {}
        for home, (_, _, _, public) in self._ranges.items():
            if public or home[1] not in found:
                found[home[1]] = home
        return found

    def home(self, name: str) -> _Home | None:
        """File and name of a function of the tree that other files can call."""
        return self._functions.get(name)

    def external(self, name: str) -> External | None:
        """What is known of a function of the tree; None when the tree has none of that name."""
        home = self.home(name)
        if home is None:
            return None
        file, (start, body, _, _) = home[0], self._ranges[home]
        head = self._shop.text(file, start, body)
        returns = "zero" if re.match(r"\s*(?:static\s+|inline\s+|__inline\s+)*void\s+\w", head) else "either"
        return External(name, True, self.needs(name), returns, (), f"defined in {file}")

    def needs(self, name: str) -> bool:
        """Whether a function reads per-vnet state of whoever calls it, itself or through what it calls.

        What only some of its paths read tells nothing of a call: which of them a caller takes is its own knowledge.
        """
        first = self._functions[name]
        if first in self._needs:
            return self._needs[first]
        todo, seen, answer = [first], {first}, False
        while todo and not answer:
            home = todo.pop()
            answer, calls = self._read(home)
            for called in () if answer else calls:
                target = (home[0], called) if (home[0], called) in self._ranges else self._functions.get(called)
                if target is not None and target not in seen:
                    seen.add(target)
                    todo.append(target)
                    answer = answer or self._needs.get(target, False)
        self._needs[first] = answer
        return answer

    def _read(self, home: _Home) -> tuple[bool, frozenset[str]]:
        """Whether a function reads per-vnet state itself on every path, and what it calls on every path."""
        if home not in self.reads:
            _, body, end, _ = self._ranges[home]
            self.reads[home] = _on_every_path(self._shop.source(home[0]).tokens(body, end))
        return self.reads[home]


def _on_every_path(tokens: list[Token]) -> tuple[bool, frozenset[str]]:
    marks = [t[0] for t in tokens]
    if not _SETS.isdisjoint(marks):
        return False, frozenset()
    calls: set[str] = set()
    for i in _unconditional(marks):
        called = i + 1 < len(marks) and marks[i + 1] == "("
        if marks[i].startswith("V_") or (called and marks[i] in _ACCESSORS):
            return True, frozenset()
        if called and _WORD.match(marks[i]) and (i == 0 or marks[i - 1] not in (".", "->")):
            calls.add(marks[i])
    return False, frozenset(calls)


def _unconditional(marks: list[str]) -> Iterator[int]:
    """Which tokens of a body run whenever it does, early returns aside: no arm of a branch, no body of a loop, nothing
    behind `&&`, `||` or `?`."""
    braces = parens = 0
    unless: int | None = None  # parentheses around what is evaluated on condition
    heads: list[int] = []  # parentheses around the heads that are open
    arm = False
    for i, mark in enumerate(marks):
        if mark == "(":
            parens += 1
        elif mark == ")":
            parens -= 1
            unless = None if unless is not None and parens < unless else unless
            if heads and heads[-1] == parens:
                heads.pop()
                arm = not braces > 1
        elif mark in ("{", "}"):
            braces += 1 if mark == "{" else -1
            arm, unless = False, None
        elif mark == ";" and not parens:
            arm, unless = False, None
        elif braces == 1 and not arm and unless is None:
            if mark in _HEADS:
                heads.append(parens)
            elif mark in ("&&", "||", "?"):
                unless = parens
            elif mark == "else":
                arm = True
            else:
                yield i
