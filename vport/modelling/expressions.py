"""Expressions: what happens in them, in the order of evaluation."""

from collections.abc import Iterator

from msgspec.structs import replace

from vport.life.entries import members
from vport.modelling.body import Body
from vport.modelling.calls import Calls, Primary
from vport.modelling.conditions import read_condition
from vport.modelling.known import known
from vport.modelling.lexing import is_word
from vport.runtime.model import Access, Assign, Branch, Entry, Init, Node, Register

_ASSIGN = frozenset(("=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="))
_PARTING = _ASSIGN | {",", "?", "||", "&&"}
_MEASURES = frozenset(
    (
        "sizeof",
        "typeof",
        "__typeof",
        "__typeof__",
        "_Alignof",
        "__alignof",
        "__alignof__",
        "nitems",
        "offsetof",
        "__offsetof",
        "__builtin_offsetof",
        "__builtin_types_compatible_p",
    )
)
_TAGS = frozenset(("struct", "union", "enum"))
_WORDS = frozenset(("return", "case", "else", "do", "goto", "const", "volatile", "struct", "union", "enum", "unsigned"))
_NO_OPERAND = _WORDS | _TAGS | _MEASURES


class Expressions:
    """Events of expressions of one function."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.calls = Calls(body, self.events)

    def events(self, lo: int, hi: int, how: str = "read") -> list[Node]:
        """Events of the expression in [lo, hi); `how` its value is used: read, write, address."""
        if hi - lo < 2:
            return self._word(lo, how) if lo < hi else []
        commas, assign, asked, either, both = self._operators(lo, hi)
        if commas:
            return [n for a, b in self.body.split(lo, hi) for n in self.events(a, b)]
        if assign >= 0 and not 0 <= asked < assign:
            return self._assignment(lo, assign, hi)
        if asked >= 0:
            return self._conditional(lo, asked, hi)
        if either >= 0 or both >= 0:
            return self._short_circuit(lo, either if either >= 0 else both, hi, either >= 0)
        return self._operands(lo, hi, how)

    def _word(self, at: int, how: str) -> list[Node]:
        """Events of an expression of one token: most arguments are, and most of these are locals."""
        text = self.body.texts[at]
        if not is_word(text) or text in _NO_OPERAND or self.body.is_local(text):
            return []
        return self.calls.read(Primary(at, at + 1, at + 1, how, False))

    def _operators(self, lo: int, hi: int) -> tuple[bool, int, int, int, int]:
        texts, match = self.body.texts, self.body.match
        commas, first = False, {"=": -1, "?": -1, "||": -1, "&&": -1}
        i = lo
        while i < hi:
            if match[i]:
                i = match[i]
            elif (mark := texts[i]) in _PARTING:
                if mark == ",":
                    commas = True
                else:
                    kind = "=" if mark in _ASSIGN else mark
                    first[kind] = i if first[kind] < 0 else first[kind]
            i += 1
        return commas, first["="], first["?"], first["||"], first["&&"]

    def _assignment(self, lo: int, at: int, hi: int) -> list[Node]:
        body = self.body
        if body.texts[lo] == "." or (body.texts[lo] == "[" and body.texts[at] == "="):
            return self.events(at + 1, hi)  # a designator of an initialiser
        low, high = body.stripped(lo, at)
        call = body.whole_call(self._past_chained(at + 1, hi), hi) if body.texts[at] == "=" else -1
        local = body.texts[low] if high - low == 1 and body.is_local(body.texts[low]) else ""
        if call >= 0:
            body.results.setdefault(call, local)
            if local:
                body.results[call] = body.results[call] or local
            else:
                body.holders[call] = (low, high)
        found = self.events(at + 1, hi)
        target = self._cleared(at, hi, self.events(lo, at, "write"))
        if call >= 0 and found and isinstance(found[-1], Init | Register):
            keep = next(i for i, n in enumerate(found) if isinstance(n, Init | Register))
            found[keep:keep] = target  # the result is stored before anybody can use it
        else:
            found += target
        self._store(low, high, at + 1, hi)
        return [*found, *self._assign(local, call, found, at, hi)]

    def _cleared(self, at: int, hi: int, target: list[Node]) -> list[Node]:
        """A target, which says so when it is a variable as a whole and NULL is stored."""
        body = self.body
        low, high = body.stripped(at + 1, hi)
        if body.texts[at] != "=" or body.value(low, high) not in ("NULL", "0") or len(target) != 1:
            return target
        written = target[0]
        return [replace(written, value="NULL")] if isinstance(written, Access) and written.how == "write" else target

    def _past_chained(self, lo: int, hi: int) -> int:
        """Where the value of `a = b = f()` begins."""
        i, found = lo, lo
        while i < hi:
            if self.body.match[i]:
                i = self.body.match[i]
            elif self.body.texts[i] == "=":
                found = i + 1
            i += 1
        return found

    def _assign(self, local: str, call: int, found: list[Node], at: int, hi: int) -> Iterator[Node]:
        if not local:
            return
        body = self.body
        if call >= 0 and any(getattr(n, "result", "") == local for n in found):
            return
        plain = body.texts[at] == "="
        low, high = body.stripped(at + 1, hi)
        value = body.value(low, high) if plain else f"{local} {body.texts[at][:-1]} {body.text(at + 1, hi)}"
        yield Assign(local, value, body.at(at))

    def _store(self, lo: int, hi: int, low: int, high: int) -> None:
        """`sw->pr_input = f`: the function becomes an entry; `V_x = x`: what `x` holds is in `V_x`, too."""
        body = self.body
        low, high = body.stripped(low, high)
        if high - low == 1 and is_word(body.texts[low]) and not body.is_local(body.texts[low]):
            body.brought.copied[self.calls.holder(lo, hi)] = self.calls.holder(low, high)
        if body.texts[low] == "&":
            low += 1
        if high - low != 1 or hi - lo < 3 or body.texts[hi - 2] not in (".", "->"):
            return
        key = body.symbols.function(body.source.name, body.texts[low])
        if key is None or body.is_local(body.texts[low]):
            return
        function, member, held = body.symbols.shown(key), body.texts[hi - 1], self.calls.holder(lo, hi - 2)
        body.brought.called[key] = None
        body.brought.stored[f"{body.name}:{held}", member] = function
        entry = members().get(member)
        registers = any(member in says["members"] for says in known().tables.values())
        if entry is not None and not registers:  # what a call registers is no entry before that call
            body.brought.entries.append(Entry(entry.kind, function, body.at(lo), entry.context, member, held))

    def _conditional(self, lo: int, asked: int, hi: int) -> list[Node]:
        body, depth, i = self.body, 0, asked + 1
        while i < hi:
            if body.match[i]:
                i = body.match[i]
            elif body.texts[i] == "?":
                depth += 1
            elif body.texts[i] == ":":
                if depth == 0:
                    break
                depth -= 1
            i += 1
        condition = read_condition(body, lo, asked)
        first = self.events(lo, asked)
        then, otherwise = self.events(asked + 1, i), self.events(i + 1, hi)
        if not then and not otherwise:
            return first
        return [*first, Branch(condition, body.at(asked), tuple(then), tuple(otherwise))]

    def _short_circuit(self, lo: int, at: int, hi: int, either: bool) -> list[Node]:
        left, right = self.events(lo, at), tuple(self.events(at + 1, hi))
        if not right:
            return left
        condition = read_condition(self.body, lo, at)
        place = self.body.at(at)
        return [*left, Branch(condition, place, (), right) if either else Branch(condition, place, right)]

    def _operands(self, lo: int, hi: int, how: str) -> list[Node]:
        """Operands from left to right, with the operators right before each."""
        body, found, i, before = self.body, list[Node](), lo, list[str]()
        texts = body.texts
        while i < hi:
            text = texts[i]
            if text == "(" and (not before or before[-1] != "x") and body.is_cast(i, hi):
                i = body.match[i] + 1
            elif text in ("(", "{") or (is_word(text) and text not in _NO_OPERAND):
                i = self._primary(i, hi, before, how, found)
                before = ["x"]
                how = "read" if lo < i < hi and texts[i] not in ("++", "--") else how
            elif text in _TAGS:
                i += 2
            elif text in _MEASURES:
                i = self._past_measured(i + 1, hi)
                before = ["x"]
            else:
                before = before if text in _WORDS else [*before, text]
                i = body.match[i] + 1 if body.match[i] else i + 1
                if text[0].isdigit() or text[-1] in "\"'":
                    before = ["x"]
        return found

    def _past_measured(self, i: int, hi: int) -> int:
        body = self.body
        if i < hi and body.texts[i] == "(":
            return body.match[i] + 1
        while i < hi and body.texts[i] in ("*", "&"):
            i += 1
        return self._past_chain(i + 1, hi)

    def _primary(self, i: int, hi: int, before: list[str], how: str, found: list[Node]) -> int:
        """One operand with all behind it that belongs to it; returns where the next begins."""
        body = self.body
        text = body.texts[i]
        end = i + 1
        if text in ("(", "{") or (end < hi and body.texts[end] == "("):
            end = body.match[i if text in ("(", "{") else end] + 1
        stop = self._past_chain(end, hi)
        use = self._use(before, end, stop, hi, how)
        if text == "(" and body.texts[i + 1] == "{":
            found += body.block(i + 2, body.match[i + 1])
        elif text in ("(", "{"):
            found += self._group(i, end, stop, use, text)
        else:
            found += self._subscripts(end, stop)
            found += self.calls.read(Primary(i, end, stop, use, self._is_deep(end, stop)))
        if stop > end:
            found += self._through(i, end, stop)
        if stop < hi and body.texts[stop] in ("++", "--"):
            found += self._counted(i, end, stop)
            return stop + 1
        if before and before[-1] in ("++", "--"):
            found += self._counted(i, end, stop)
        return stop

    def _group(self, i: int, end: int, stop: int, use: str, text: str) -> list[Node]:
        inner = "read" if self._is_deep(end, stop) else use
        lo, hi = i + 1, end - 1
        if text == "{":
            return [n for a, b in self.body.split(lo, hi) for n in self.events(a, b)]
        return self.events(lo, hi, inner) + self._subscripts(end, stop)

    def _counted(self, i: int, end: int, stop: int) -> Iterator[Node]:
        name = self.body.texts[i]
        if end == stop == i + 1 and self.body.is_local(name):
            yield Assign(
                name,
                f"{name} + 1" if "++" in self.body.texts[max(0, i - 1) : stop + 1] else f"{name} - 1",
                self.body.at(i),
            )

    def _past_chain(self, i: int, hi: int) -> int:
        """Past members, subscripts and calls through them."""
        body = self.body
        while i < hi:
            if body.texts[i] in (".", "->"):
                i += 2
            elif body.texts[i] in ("[", "("):
                i = body.match[i] + 1
            else:
                break
        return min(i, hi)

    def _is_deep(self, end: int, stop: int) -> bool:
        """Whether the chain leaves the object itself: through a pointer or a call."""
        i = end
        while i < stop:
            if self.body.texts[i] in ("->", "("):
                return True
            i = self.body.match[i] + 1 if self.body.match[i] else i + 1
        return False

    def _use(self, before: list[str], end: int, stop: int, hi: int, how: str) -> str:
        """What is done with the operand, by the operators around it."""
        after = self.body.texts[stop] if stop < hi else ""
        last, rest = (before[-1], before[:-1]) if before else ("", [])
        if last in ("++", "--") or after in ("++", "--"):
            return "write"
        if last == "&" and (not rest or rest[-1] != "x"):
            return "address"
        if last == "*" and (not rest or rest[-1] != "x"):
            return "read"
        return how

    def _subscripts(self, end: int, stop: int) -> list[Node]:
        found: list[Node] = []
        i = end
        while i < stop:
            if self.body.texts[i] == "[":
                found += self.events(i + 1, self.body.match[i])
            i = self.body.match[i] + 1 if self.body.match[i] else i + 1
        return found

    def _through(self, start: int, end: int, stop: int) -> list[Node]:
        """Calls through members: `ifp->if_input(ifp, m)`, `(*f)(x)`."""
        found, i, body = list[Node](), end, self.body
        while i < stop:
            if body.texts[i] == "(":
                found += self.calls.through(start, i)
            i = body.match[i] + 1 if body.match[i] else i + 1
        return found
