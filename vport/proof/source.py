"""Preprocessed C as a list of definitions with places, and where two such texts first differ.

What makes an object differ may stand elsewhere: in a function that was inlined, a type, a variable.  So where a
definition is the same, those of the names in it are looked at, the nearest first.
"""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cached_property
from typing import NamedTuple

from vport import rules
from vport.patterns import later
from vport.proof.neutral import lines_of

_TOKEN = later(rb"""L?"(?:[^"\\]|\\.)*"|L?'(?:[^'\\]|\\.)*'|[A-Za-z_$][\w$]*|\.?\d(?:[eEpP][+-]|[\w.])*|[^\s]""")
_NAME = later(r"[A-Za-z_$]")
_OPEN, _CLOSE = "([{", ")]}"
_DEPTH = 6
"""How many definitions away a cause is looked for."""
_BIT: int = rules.load("prove")["flag"]["bit"]


class Token(NamedTuple):
    """A token and where the source has it."""

    text: str
    file: str
    line: int


class Item(NamedTuple):
    """One definition or declaration of the file's outermost level.

    Arguments:
        name: of the function whose body it is, or empty.
        tokens: all of it.
    """

    name: str
    tokens: Sequence[Token]


def tokens_of(text: bytes) -> Iterator[Token]:
    """Tokens of preprocessed text; what is left of directives is none."""
    for file, number, line in lines_of(text):
        if not line.lstrip().startswith(b"#"):
            for match in _TOKEN.finditer(line):
                yield Token(match[0].decode("latin-1"), file, number)


def items_of(text: bytes) -> list[Item]:
    """The text cut at the ends of definitions."""
    found: list[Item] = []
    held: list[Token] = []
    depth = 0
    for token in tokens_of(text):
        held.append(token)
        depth += (token.text in _OPEN) - (token.text in _CLOSE)
        if depth <= 0 and (token.text == ";" or (token.text == "}" and _is_body(held))):
            found.append(Item(_function(held), held))
            held, depth = [], 0
    return [*found, Item("", held)] if held else found


def _is_body(held: Sequence[Token]) -> bool:
    """Whether the last brace pair is a function's: what stands in front of it is `)` or a K&R parameter's `;`."""
    at = _match_back(held, len(held) - 1)
    return at > 0 and (held[at - 1].text in (")", ";") or held[at - 1].text.startswith("__attribute"))


def _match_back(held: Sequence[Token], at: int) -> int:
    """Where the bracket that ends at `at` begins."""
    depth = 0
    for i in range(at, -1, -1):
        depth += (held[i].text in _CLOSE) - (held[i].text in _OPEN)
        if depth == 0:
            return i
    return 0


def _function(held: Sequence[Token]) -> str:
    """The name of the function whose body ends an item."""
    if held[-1].text != "}" or not _is_body(held):
        return ""
    depth = 0
    for i, token in enumerate(held):
        if token.text == "(" and depth == 0 and i and _is_declared(held[i - 1].text):
            return held[i - 1].text
        depth += (token.text in _OPEN) - (token.text in _CLOSE)
    return ""


def _is_declared(name: str) -> bool:
    """Whether a name in front of a bracket is that of what is declared."""
    return bool(_NAME.match(name)) and not name.startswith(("__attribute", "__asm", "_Alignas", "__declspec"))


def plain(tokens: Sequence[Token], names: Mapping[str, str]) -> list[Token]:
    """Tokens as both builds write them: other names, brackets around a name, empty statements and the known flag gone.

    Arguments:
        tokens: of an item.
        names: new name to old.
    """
    kept: list[Token] = []
    for token in tokens:
        kept.append(token._replace(text=names.get(token.text, token.text)))
        _fold(kept)
    return kept


def _fold(kept: list[Token]) -> None:
    """Take away at the end what means nothing."""
    texts = [t.text for t in kept[-4:]]
    if texts[-1] == ")" and len(texts) > 2 and texts[-3] == "(" and _NAME.match(texts[-2]):
        if len(texts) < 4 or texts[0] in _BEFORE_VALUE or not (_NAME.match(texts[0]) or texts[0] in (")", "]")):
            kept[-3:] = [kept[-2]]
    elif len(texts) > 1 and texts[-1] == ";" and texts[-2] in ("{", "}", ";"):
        kept.pop()
    elif len(texts) > 1 and texts[-1] == "|" and _value(texts[-2]) == _BIT:
        del kept[-2:]


_BEFORE_VALUE = ("else", "return", "do", "case")
"""Words in front of an expression, which a bracket makes no call."""


def _value(text: str) -> int:
    try:
        return int(text.rstrip("uUlL"), 0)
    except ValueError:
        return -1


def _without_statics(tokens: Sequence[Token]) -> list[Token]:
    """Tokens of a body without its static declarations: a port moves those to the file's level."""
    kept: list[Token] = []
    depth, skipping = 0, False
    for token in tokens:
        depth += (token.text in "{") - (token.text in "}")
        if depth > 0 and token.text == "static" and (not kept or kept[-1].text in "{};"):
            skipping = True
        if not skipping:
            kept.append(token)
        elif token.text == ";":
            skipping = False
    return kept


class Sources:
    """Both texts of a unit.

    Arguments:
        before, after: preprocessed.
        renamed: symbols, old to new, as objects have them.
    """

    def __init__(self, before: bytes, after: bytes, renamed: Sequence[tuple[str, str]]) -> None:
        self._texts = (before, after)
        self._names = {_own_name(new): _own_name(old) for old, new in renamed}

    @cached_property
    def _sides(self) -> tuple[list[Item], list[Item]]:
        """Items of both texts, in the names of the text before."""
        before, after = self._texts
        return _plain_items(before, {}), _plain_items(after, self._names)

    @cached_property
    def _defined(self) -> tuple[dict[str, list[Item]], dict[str, list[Item]]]:
        """The items that may define a name, by name."""
        return _definitions(self._sides[0]), _definitions(self._sides[1])

    def first(self, name: str) -> tuple[Token | None, Token | None]:
        """The first place where what makes a symbol differs, before and after; definitions where none is found.

        Arguments:
            name: of a function or datum, as the object before has it, or the one after for what is new.
        """
        base = self._base(name)
        todo, seen = [base], {base}
        for _ in range(_DEPTH):
            following: list[str] = []
            for one in todo:
                places = self._differs(one)
                if places is not None:
                    return places
                following += [n for n in self._names_in(one) if n not in seen and not seen.add(n)]  # type: ignore[func-returns-value]
            todo = following
        return self._start(base, 0), self._start(base, 1)

    def _base(self, name: str) -> str:
        """The name in the source: `counter.0` is `counter`, `f.cold` is `f`; clang's `f.counter` is `counter`."""
        parts = [p for p in self._names.get(name, name).split(".") if not p.isdigit()]
        known = [p for p in parts if p in self._defined[0] or p in self._defined[1]]
        return known[0] if known else parts[-1]

    def place(self, name: str, side: int) -> Token | None:
        """Where a name is defined, before (0) or after (1)."""
        return self._start(self._base(name), side)

    def _start(self, name: str, side: int) -> Token | None:
        items = self._items(name, side)
        return next((t for item in items for t in item.tokens if t.text == name), None)

    def _items(self, name: str, side: int) -> list[Item]:
        found = self._defined[side].get(name, [])
        bodies = [item for item in found if item.name == name]
        return bodies or found

    def _names_in(self, name: str) -> list[str]:
        tokens = (t for side in (0, 1) for item in self._items(name, side) for t in item.tokens)
        known = self._defined
        return [n for n in dict.fromkeys(t.text for t in tokens) if n in known[0] or n in known[1]]

    def _differs(self, name: str) -> tuple[Token | None, Token | None] | None:
        old, new = (self._items(name, side) for side in (0, 1))
        if not old or not new:
            return None
        for strict in (False, True):
            sides = [
                [t for item in items for t in (item.tokens if strict else _without_statics(item.tokens))]
                for items in (old, new)
            ]
            found = _first_difference(*sides)
            if found is not None:
                return found
            if any(item.name for item in (*old, *new)):
                break
        return None


def _own_name(symbol: str) -> str:
    """The name of a variable in the source: gcc writes `counter.0`, clang `f.counter`."""
    return [p for p in symbol.split(".") if p and not p.isdigit()][-1]


def _plain_items(text: bytes, names: Mapping[str, str]) -> list[Item]:
    return [Item(i.name, plain(i.tokens, names)) for i in items_of(text)]


def _definitions(items: Sequence[Item]) -> dict[str, list[Item]]:
    """Items by what they define: a function by its body, else every name of the outermost level and of statics."""
    found: dict[str, list[Item]] = {}
    for item in items:
        if len(item.tokens) == 3 and item.tokens[0].text in ("struct", "union", "enum"):
            continue
        for name in {item.name} if item.name else _declared(item.tokens):
            found.setdefault(name, []).append(item)
        for statement in _local_statics(item.tokens) if item.name else ():
            for name in _declared(statement):
                found.setdefault(name, []).append(Item("", statement))
    return found


def _declared(tokens: Sequence[Token]) -> set[str]:
    """Names at the outermost level of a declaration, in front of its initialiser; an enumeration's members too."""
    found: set[str] = set()
    depth, lists = 0, 0
    for i, token in enumerate(tokens):
        lists = 1 if token.text == "enum" else lists
        depth += (token.text in _OPEN) - (token.text in _CLOSE)
        if token.text == "=" and depth == 0:
            break
        behind = tokens[i + 1].text if i + 1 < len(tokens) else ";"
        pointer = depth == 1 and i > 0 and tokens[i - 1].text == "*" and behind in (")", "[")
        if _NAME.match(token.text) and (pointer or (depth <= lists and behind in _BEHIND_DECLARED)):
            found.add(token.text)
    return found - _NOT_DECLARED


_BEHIND_DECLARED = (";", ",", "=", "[", "(", "{", "}", ":", "__attribute__", "__asm__")
"""What follows the name that a declarator declares, a tag that is defined, or an enumeration's member."""
_NOT_DECLARED = frozenset(
    ("__attribute__", "__asm__", "_Static_assert", "_Alignas", "__typeof", "__typeof__", "struct")
)


def _local_statics(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The static declarations of a body, each with its semicolon."""
    for i, token in enumerate(tokens):
        if token.text == "static" and i and tokens[i - 1].text in ("{", "}", ";"):
            depth = 0
            for j in range(i, len(tokens)):
                depth += (tokens[j].text in _OPEN) - (tokens[j].text in _CLOSE)
                if tokens[j].text == ";" and depth == 0:
                    yield tokens[i : j + 1]
                    break


def _first_difference(old: Sequence[Token], new: Sequence[Token]) -> tuple[Token | None, Token | None] | None:
    a, b = [t.text for t in old], [t.text for t in new]
    if a == b:
        return None
    for what, i, _i2, j, _j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if what != "equal":
            return _at(old, i), _at(new, j)
    return None


def _at(tokens: Sequence[Token], index: int) -> Token | None:
    return tokens[min(index, len(tokens) - 1)] if tokens else None
