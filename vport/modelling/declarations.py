"""Declarations in blocks: the names they bring, and what their initialisers do."""

from vport.modelling.body import TYPE_WORDS, Body
from vport.modelling.expressions import Expressions
from vport.modelling.lexing import is_word
from vport.runtime.model import Assign, Node

_TYPES = TYPE_WORDS.union(
    ["static", "register", "extern", "auto", "typedef", "__typeof", "typeof", "__typeof__", "_Static_assert"]
)


class Declarations:
    """Reads the declarations of one function."""

    def __init__(self, body: Body, expressions: Expressions) -> None:
        self.body = body
        self._expressions = expressions

    def declares(self, i: int, end: int) -> bool:
        """Whether a statement is a declaration."""
        texts = self.body.texts
        if texts[i] in _TYPES:
            return True
        if not is_word(texts[i]) or self.body.is_local(texts[i]):
            return False
        k = i + 1
        if k < end and texts[k] == "(" and is_word(texts[i]) and texts[i].isupper():
            k = self.body.match[k] + 1  # LIST_HEAD(, x) y;
            return k < end and is_word(texts[k])
        while k < end and texts[k] in ("*", "const", "volatile"):
            k += 1
        if k >= end or not is_word(texts[k]):
            return False
        return k == i + 1 or k + 1 == end or texts[k + 1] in ("=", ",", "[")

    def read(self, i: int, end: int) -> list[Node]:
        """What its initialisers do; its names count from here on."""
        body, found = self.body, list[Node]()
        words = body.texts[i:end]
        if words[0] in ("typedef", "extern", "_Static_assert"):
            return found
        self._enumerators(i, end)
        type_text = ""
        for lo, hi in body.split(i, end):
            equals = next((k for k in self.body.outside(lo, hi) if body.texts[k] == "="), hi)
            name_at = self._declared(lo, equals)
            if name_at < 0:
                continue
            type_text = type_text or body.text(lo, name_at) or " "
            if "static" in words[:3]:
                continue  # it keeps its value: a variable of the module
            found += self._declarator(name_at, equals, hi, type_text)
        return found

    def _enumerators(self, i: int, end: int) -> None:
        """Names that an enumeration of a block declares."""
        body = self.body
        opened = next((k for k in range(i, min(i + 4, end)) if body.texts[k] == "{"), -1)
        if opened < 0 or "enum" not in body.texts[i:opened]:
            return
        for lo, _ in body.split(opened + 1, body.match[opened]):
            body.scopes[-1][body.texts[lo]] = "int"

    def _declarator(self, name_at: int, equals: int, hi: int, type_text: str) -> list[Node]:
        body, name = self.body, self.body.texts[name_at]
        body.scopes[-1][name] = type_text
        found = [
            n
            for k in range(name_at, equals)
            if body.texts[k] == "["
            for n in self._expressions.events(k + 1, body.match[k])
        ]
        if equals >= hi:
            return found
        if body.texts[equals + 1] == "{":
            self._stores(name, equals + 1, hi)
            return found + self._expressions.events(equals + 1, hi)
        call = body.whole_call(equals + 1, hi)
        if call >= 0:
            body.results[call] = name
        found += self._expressions.events(equals + 1, hi)
        if call >= 0 and any(getattr(n, "result", "") == name for n in found):
            return found
        low, high = body.stripped(equals + 1, hi)
        return [*found, Assign(name, body.value(low, high), body.at(name_at))]

    def _stores(self, name: str, lo: int, hi: int) -> None:
        """Functions in the members of a local's initialiser."""
        body = self.body
        for k in range(lo + 1, hi - 3):
            if body.texts[k] == "." and body.texts[k + 2] == "=":
                at = k + 4 if body.texts[k + 3] == "&" else k + 3
                key = body.symbols.function(body.source.name, body.texts[at])
                if key is not None:
                    body.brought.called[key] = None
                    body.brought.stored[f"{body.name}:{name}", body.texts[k + 1]] = body.symbols.shown(key)

    def _declared(self, lo: int, hi: int) -> int:
        """Index of the name that a declarator declares, -1 for none."""
        texts, last = self.body.texts, -1
        k = lo
        while k < hi:
            if texts[k] == "(" and k + 2 < hi and texts[k + 1] == "*" and last < lo + 2:
                return next((m for m in range(k + 1, self.body.match[k]) if is_word(texts[m])), -1)
            if texts[k] == ":":
                break
            if is_word(texts[k]):
                last = k
            k = self.body.match[k] + 1 if self.body.match[k] else k + 1
        if last == lo and texts[lo] in _TYPES:
            return -1
        return -1 if last > lo and texts[last - 1] in ("struct", "union", "enum") else last
