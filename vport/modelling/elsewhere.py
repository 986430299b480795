"""What the rest of a tree says of functions a module calls: whether they read per-vnet state of the caller's stack."""

import re
from functools import cached_property

from vport.modelling.workshop import Shop
from vport.runtime.model import External

_VIRTUAL = re.compile(r"\b(?:V_\w+|VNET\s*\(|VNET_PTR\s*\()")
_SET = re.compile(r"\bCURVNET_SET|\bVNET_FOREACH\b")
_CALLED = re.compile(r"(?<![\w.>])([A-Za-z_]\w*)\s*\(")


class Elsewhere:
    """Functions of a whole tree, by name.  One that sets a context itself needs none, as far as a glance can tell."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._needs: dict[str, bool] = {}

    @cached_property
    def _functions(self) -> dict[str, tuple[str, int, int, int]]:
        found: dict[str, tuple[str, int, int, int]] = {}
        for file, facts in self._shop.tree.facts.items():
            for f in facts.functions:
                better = f.name not in found or not f.static
                if better and self._shop.branches.compiled(file, f.body):
                    found[f.name] = (file, f.start, f.body, f.end)
        return found

    def home(self, name: str) -> tuple[str, str] | None:
        """File and name of a function of the tree that other files can call."""
        return (self._functions[name][0], name) if name in self._functions else None

    def external(self, name: str) -> External | None:
        """What is known of a function of the tree; None when the tree has none of that name."""
        if name not in self._functions:
            return None
        file, start, body, _ = self._functions[name]
        head = self._shop.source(file).text[start:body]
        returns = "zero" if re.match(r"\s*(?:static\s+|inline\s+|__inline\s+)*void\s+\w", head) else "either"
        return External(name, True, self.needs(name), returns, (), f"defined in {file}")

    def needs(self, name: str) -> bool:
        """Whether a function reads per-vnet state of whoever calls it, itself or through what it calls."""
        if name in self._needs:
            return self._needs[name]
        todo, seen, answer = [name], {name}, False
        while todo and not answer:
            file, _, body, end = self._functions[todo.pop()]
            text = self._shop.source(file).text[body:end]
            if _SET.search(text):
                continue
            if _VIRTUAL.search(text):
                answer = True
                break
            for called in _CALLED.findall(text):
                if called in self._functions and called not in seen:
                    seen.add(called)
                    if called in self._needs:
                        answer = answer or self._needs[called]
                    else:
                        todo.append(called)
        self._needs[name] = answer
        return answer
