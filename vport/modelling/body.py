"""One function while it is turned into nodes: its tokens, its names, and what else it brings to the model."""

import re
from collections.abc import Callable, Iterator

import msgspec

from vport.modelling.known import known
from vport.modelling.lexing import Source, Token, is_word, join
from vport.modelling.symbols import Symbols
from vport.patterns import later
from vport.runtime.model import Entry, Node, Sysctl

_FOLDED = later(r"\s*(?:\\\r?\n)?\s+")
_NUMBER = later(r"(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*\Z")
_ERRNO = later(r"E[A-Z][A-Z0-9]+\Z")
_COMMENT = later(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
TYPE_WORDS = frozenset(
    [
        "void",
        "char",
        "short",
        "int",
        "long",
        "float",
        "double",
        "signed",
        "unsigned",
        "const",
        "volatile",
        "struct",
        "union",
        "enum",
        "bool",
        "_Bool",
    ]
)
"""Words of C that begin a type, wherever they stand."""
_CAST_WORDS = TYPE_WORDS | {"u_char", "u_short", "u_int", "u_long"}


class Brought(msgspec.Struct):
    """What functions bring beside their nodes.

    Arguments:
        called: functions of the module that are named.
        externals: calls that leave the module, and a place each.
        entries: functions stored in members that the kernel calls.
        sysctls: added at run time.
        stored: functions by object and member they are stored in.
        copied: objects that others are copied from as a whole, by the one that is written.
    """

    called: dict[tuple[str, str], None] = {}
    externals: dict[str, str] = {}
    entries: list[Entry] = []
    sysctls: list[Sysctl] = []
    stored: dict[tuple[str, str], str] = {}
    copied: dict[str, str] = {}


class Body:
    """Tokens of one function, macros replaced, with helpers to read them.

    Arguments:
        source: its file.
        name: in C.
        tokens, match: of the body, and where each bracket closes.
        symbols: of the module.
        brought: gathers for the model.
    """

    def __init__(
        self, source: Source, name: str, tokens: list[Token], match: list[int], symbols: Symbols, brought: Brought
    ) -> None:
        self.source = source
        self.name = name
        self.tokens = tokens
        self.texts = [t[0] for t in tokens]
        self.match = match
        self.symbols = symbols
        self.brought = brought
        self.scopes: list[dict[str, str]] = [{}]
        self.depth = 0
        self.results: dict[int, str] = {}
        self.holders: dict[int, tuple[int, int]] = {}
        self.block: Callable[[int, int], tuple[Node, ...]] = lambda lo, hi: ()

    def at(self, i: int) -> str:
        """The place of a token."""
        return self.source.at(self.tokens[min(i, len(self.tokens) - 1)][1])

    def text(self, lo: int, hi: int) -> str:
        """A range as the source has it, spaces made one; as the macros left it where they made it."""
        if lo >= hi:
            return ""
        renamed = self._renamed(lo, hi) if self.symbols.qualified else {}
        if renamed:
            return join([(renamed.get(i, t[0]), *t[1:]) for i, t in enumerate(self.tokens[lo:hi], lo)])
        start, end = self._edge(lo), self._edge(hi)
        if start < 0 and lo > 0 and self._edge(lo - 1) >= 0:
            start = self._edge(lo - 1) + len(self.texts[lo - 1])
        if 0 <= start < end:
            text = self.source.text[start:end]
            return _FOLDED.sub(" ", _COMMENT.sub(" ", text) if "/" in text else text).strip()
        return join(self.tokens[lo:hi])

    def _renamed(self, lo: int, hi: int) -> dict[int, str]:
        """The words of a range that go by another name in the model, because several things have theirs in C."""
        many, found = self.symbols.qualified, {}
        for i in range(lo, hi):
            word = self.texts[i]
            if word.removeprefix("V_") in many and self.texts[i - 1] not in (".", "->") and not self.is_local(word):
                found[i] = self._in_model(i)
        return {i: word for i, word in found.items() if word != self.texts[i]}

    def _in_model(self, i: int) -> str:
        """A word, which is the name that an accessor is given or one that stands for itself."""
        opened = next((k for k in range(i - 1, 0, -1) if self.match[k] > i), 0)
        accessor = known().accessors.get(self.texts[opened - 1]) if opened else None
        before = "(" if accessor and accessor["variable"] == 0 else ","
        if accessor and self.texts[i - 1] == before:
            return self.symbols.per_vnet(self.source.name, self.texts[i])
        return self.symbols.in_model(self.source.name, self.scope(i), self.texts[i])

    def scope(self, i: int) -> str:
        """The function, with the number of the block whose static a token names."""
        return self.symbols.scope(self.source.name, self.name, self.texts[i], self.tokens[i][1])

    def plain(self, i: int) -> str:
        """The model's name of the variable that a token names plainly; empty for none."""
        return self.symbols.plain(self.source.name, self.texts[i], self.scope(i))

    def accessed(self, lo: int) -> tuple[str, int]:
        """The per-vnet variable that an accessor at a token names, in curvnet or by a base pointer, and its end."""
        says = known().accessors.get(self.texts[lo])
        if says is None or "vnet" in says or self.texts[lo + 1 : lo + 2] != ["("]:
            return "", lo
        if "container" in says:
            return self.symbols.member(self.source.name, self.texts[lo + 2], self.texts[lo + 4]), lo + 6
        return self.symbols.per_vnet(self.source.name, self.texts[lo + 2]), lo + 4

    def value(self, lo: int, hi: int) -> str:
        """As `text`, but the number that a macro stands for, so that it equals the same number elsewhere."""
        text, (a, b) = self.text(lo, hi), self.stripped(lo, hi)
        sign = "-" if b - a == 2 and self.texts[a] == "-" else ""
        number = self.texts[b - 1] if b - a == 1 + len(sign) else ""
        return sign + number if _NUMBER.match(number) and not _ERRNO.match(text) else text

    def _edge(self, i: int) -> int:
        """Where a token begins, if the source has it there; -1 if a macro brought it."""
        if i >= len(self.tokens):
            return -1
        text, at, hidden = self.tokens[i]
        return at if not hidden or self.source.text.startswith(text, at) else -1

    def is_local(self, name: str) -> bool:
        """Whether a name is a parameter or local here."""
        for scope in self.scopes:  # noqa: SIM110 - asked of every word, and a generator takes twice as long
            if name in scope:
                return True
        return False

    def type_of(self, name: str) -> str:
        """The type of a local, empty if it is none."""
        return next((scope[name] for scope in reversed(self.scopes) if name in scope), "")

    def split(self, lo: int, hi: int) -> Iterator[tuple[int, int]]:
        """Ranges between commas outside brackets."""
        start = i = lo
        while i < hi:
            if self.texts[i] == ",":
                yield start, i
                start = i + 1
            i = self.match[i] + 1 if self.match[i] else i + 1
        if start < hi or start > lo:
            yield start, hi

    def outside(self, lo: int, hi: int) -> list[int]:
        """Tokens of a range that stand in no bracket."""
        found = []
        while lo < hi:
            if self.match[lo]:
                lo = self.match[lo]
            else:
                found.append(lo)
            lo += 1
        return found

    def stripped(self, lo: int, hi: int) -> tuple[int, int]:
        """A range without parentheses around all of it and casts before it."""
        while lo < hi and self.texts[lo] == "(":
            closed = self.match[lo]
            if closed == hi - 1:
                if self.texts[lo + 1] == "{":
                    break
                lo, hi = lo + 1, closed
            elif self.is_cast(lo, hi):
                lo = closed + 1
            else:
                break
        return lo, hi

    def is_cast(self, lo: int, hi: int) -> bool:
        """Whether the parenthesis at `lo` holds a type, and an operand follows it."""
        closed = self.match[lo]
        inside = self.texts[lo + 1 : closed]
        if not inside or closed + 1 >= hi:
            return False
        following = self.texts[closed + 1]
        if following not in ("(", "{", "&", "*", "-", "~", "!") and not (
            is_word(following) or following[0] in "\"'0123456789"
        ):
            return False
        if any(not (is_word(t) or t == "*") for t in inside if t not in ("(", ")", "[", "]")):
            return False
        if _CAST_WORDS.intersection(inside) or inside[-1] == "*":
            return True
        alone = len(inside) == 1 and not self.is_local(inside[0])
        return alone and (inside[0].endswith("_t") or (following not in ("&", "*", "-", "(") and following != ""))

    def whole_call(self, lo: int, hi: int) -> int:
        """Index of the name when a range is one call of a function by its name; -1 otherwise."""
        lo, hi = self.stripped(lo, hi)
        if hi - lo < 3 or not is_word(self.texts[lo]) or self.texts[lo + 1] != "(":
            return -1
        return lo if self.match[lo + 1] == hi - 1 else -1
