"""Types of members and locals, as far as expressions for a vnet need them: the path from an object to its vnet."""

import re
from collections.abc import Container, Iterator, Mapping
from functools import cache

import msgspec

from vport import rules
from vport.patterns import later
from vport.tree import Tree

_BODY = rb"\s++([A-Za-z_]\w*+)\s*+(?:__\w++\s*+(?:\([^)]*+\))?\s*+)*+\{"
_STRUCTS = (re.compile(rb"struct" + _BODY), re.compile(rb"union" + _BODY))
"""Two patterns: one that begins with a literal is searched for several times faster."""
_TYPEDEF = later(rb"typedef\s++((?:const\s++)?(?:struct|union)\s++[A-Za-z_]\w*+)\s*+(\**+)\s*+([A-Za-z_]\w*+)\s*+;")
_MEMBER = later(
    rb"^\s*((?:(?:const|volatile|struct|union|enum|unsigned|signed)\s++)*[A-Za-z_]\w*+)((?:\s|\*|const\b)*+)"
    rb"([A-Za-z_]\w*+)\s*+(\[[^]]*+\])?(?:\s*+:\s*+\w++)?\s*+\Z"
)
_DEFINE_MEMBER = later(rb"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+((?:\w+\.)+\w+)[ \t]*(?:/\*.*)?$", re.MULTILINE)
_HOPS = later(r"->|\.")
_DEEPEST = 3


class Member(msgspec.Struct, frozen=True):
    """A member of a structure: its name and type, `struct ifnet *` for a pointer."""

    name: str
    type: str


class _Ways(msgspec.Struct, frozen=True):
    """Members that are a vnet, and those that may hold what has one."""

    vnets: tuple[Member, ...]
    nested: tuple[Member, ...]


class Way(msgspec.Struct, frozen=True):
    """An expression for a vnet; `cost` grows with the members passed on the way, and says which of equals is best."""

    expression: str
    cost: int


class Known(msgspec.Struct, frozen=True):
    """What keeps its vnet: a pattern with `{0}` for the object, and what it costs to go there."""

    pattern: str
    cost: int


_STORED = "struct vnet *"


@cache
def known_vnets() -> dict[str, Known]:
    """Types that keep their vnet, in order of preference."""
    found = {}
    for index, entry in enumerate(rules.load("contexts")["vnet"]):
        pattern = entry["expression"]
        found[entry["type"]] = Known(pattern, entry.get("away", 10 * hops(pattern)) + index)
    return found


def _known(type_text: str) -> Known | None:
    """What is known of a type, or of a pointer to it where the object itself is at hand."""
    known = known_vnets().get(type_text)
    if known is None and type_text.startswith("struct ") and "*" not in type_text:
        pointed = known_vnets().get(f"{type_text} *")
        if pointed is not None and pointed.pattern.startswith("{0}->"):
            return Known(pointed.pattern.replace("{0}->", "{0}.", 1), pointed.cost)
    return known


def hops(expression: str) -> int:
    """How many members an expression passes."""
    return len(_HOPS.findall(expression))


class Types:
    """Structures of a tree, read when asked for.

    Arguments:
        tree: linked facts.
        code: gives a file's text with comments and literals blanked.
        planned: members for a vnet that this port gives to structures, by tag.

    `untyped` has the members of type `void *` that are given a vnet, as tag and name.
    """

    def __init__(self, tree: Tree, code: Mapping[str, bytes], planned: Mapping[str, str] | None = None) -> None:
        self._tree = tree
        self._code = code
        self.untyped: Container[tuple[str, str]] = ()
        self._planned = planned or {}
        self._members: dict[tuple[str, int], tuple[Member, ...]] = {}
        self._where: dict[str, list[tuple[str, int]]] | None = None
        self._typedefs: dict[str, str] = {}
        self._resolved: dict[str, str] = {}
        self._ways: dict[tuple[str, int], _Ways] = {}

    def _index(self) -> dict[str, list[tuple[str, int]]]:
        """Where each tag is defined."""
        if self._where is None:
            self._where = {}
            for file in self._tree.facts:
                self._read_tags(file, self._code[file], self._where)
        return self._where

    def _read_tags(self, file: str, code: bytes, into: dict[str, list[tuple[str, int]]]) -> None:
        bodies = [m for pattern in _STRUCTS for m in pattern.finditer(code) if _begins_word(code, m.start())]
        for match in sorted(bodies, key=re.Match.start):
            into.setdefault(match.group(1).decode(), []).append((file, match.end()))
        for match in _TYPEDEF.finditer(code):
            if _begins_word(code, match.start()):
                target = f"{' '.join(match.group(1).decode().split())} {match.group(2).decode()}".strip()
                self._typedefs[match.group(3).decode()] = target.replace("const ", "")

    def resolve(self, type_text: str) -> str:
        """`type_text` with a typedef name replaced by what it stands for."""
        known = self._resolved.get(type_text)
        if known is None:
            known = self._resolved[type_text] = self._resolve(type_text)
        return known

    def _resolve(self, type_text: str) -> str:
        self._index()
        base, stars = _split(type_text)
        for _ in range(4):
            if base not in self._typedefs:
                break
            base, more = _split(self._typedefs[base])
            stars += more
        return f"{base} {stars}".strip()

    def where(self, tag: str, near: str = "") -> tuple[str, int] | None:
        """File of `struct tag` and where its body begins; of several the one in `near` or a header of it."""
        places = self._index().get(tag, [])
        reach = self._tree.reachable(near) if near in self._tree.facts else frozenset()
        return next((p for p in places if p[0] == near or p[0] in reach), places[0] if places else None)

    def members(self, tag: str, near: str = "") -> tuple[Member, ...]:
        """Members of `struct tag`; of several structures of that name the one in `near` or a header of it."""
        place = self.where(tag, near)
        if place is None:
            return ()
        if place not in self._members:
            self._members[place] = tuple(_read_members(self._code[place[0]], place[1]))
        return self._members[place]

    def vnet_paths(self, expression: str, type_text: str, near: str, depth: int = 0) -> Iterator[Way]:
        """Expressions for the vnet of an object, the nearest and preferred first.

        Arguments:
            expression: that gives the object, `sc`.
            type_text: its type, `struct frob_softc *`.
            near: file whose headers say what the types are.
        """
        resolved = self.resolve(type_text)
        base, stars = _split(resolved)
        tag = base.partition(" ")[2]
        known = _known(type_text) or _known(resolved)
        if known is not None and self._has(tag, known.pattern, near):
            yield Way(known.pattern.format(expression), 10 * hops(expression) + known.cost)
        elif stars in ("", "*") and tag and depth < _DEEPEST and resolved != _STORED:
            yield from self._kept(expression, tag, stars, near)
            yield from self._nested(expression, resolved, near, depth)

    def _kept(self, expression: str, tag: str, stars: str, near: str) -> Iterator[Way]:
        """Members that are a vnet themselves."""
        arrow = "->" if stars else "."
        cost = 10 * hops(expression) + 10 + known_vnets()[_STORED].cost
        if tag in self._planned and stars:
            yield Way(f"{expression}->{self._planned[tag]}", cost + 1)
        for member in self.members(tag, near):
            if self.resolve(member.type) == _STORED:
                yield Way(f"{expression}{arrow}{member.name}", cost)
            elif member.type == "void *" and (tag, member.name) in self.untyped:
                yield Way(f"({_STORED}){expression}{arrow}{member.name}", cost)

    def _nested(self, expression: str, resolved: str, near: str, depth: int) -> Iterator[Way]:
        """Members that lead to an object with a vnet."""
        base, stars = _split(resolved)
        order = {name: i for i, name in enumerate(known_vnets())}
        fields = [m for m in self.members(base.partition(" ")[2], near) if m.name and self._leads(m)]
        for member in sorted(fields, key=lambda m: order.get(self.resolve(m.type), len(order))):
            if self.resolve(member.type) != resolved:
                inner = f"{expression}{'->' if stars else '.'}{member.name}"
                yield from self.vnet_paths(inner, member.type, near, depth + 1)

    def _has(self, tag: str, pattern: str, near: str) -> bool:
        """Whether the structure has the member that `pattern` names, as far as the tree holds it."""
        named = re.match(r"\{0\}->(\w+)", pattern)
        members = self.members(tag, near)
        if named is None or not members or named.group(1) in self._tree.macros:
            return True
        return any(m.name == named.group(1) for m in members)

    def _leads(self, member: Member) -> bool:
        """Whether a member may hold what has a vnet: an embedded structure, or a pointer to an object with one."""
        resolved = self.resolve(member.type)
        if _known(member.type) or _known(resolved):
            return resolved != _STORED
        base, stars = _split(resolved)
        return base.startswith("struct ") and stars in ("", "*") and bool(self._index().get(base[7:]))


def _begins_word(code: bytes, at: int) -> bool:
    return at == 0 or not (code[at - 1 : at].isalnum() or code[at - 1] == 0x5F)


def _split(type_text: str) -> tuple[str, str]:
    base = type_text.replace("const ", "").replace("volatile ", "")
    stars = "*" * base.count("*")
    return base.replace("*", "").strip(), stars


def _read_members(code: bytes, at: int) -> Iterator[Member]:
    """Members of the body that begins at `at`, those of nested anonymous structures left out."""
    depth, start = 0, at
    for match in re.finditer(rb"[{};]", code[at : at + 60000]):
        mark, here = match.group(), at + match.start()
        if mark == b"{":
            depth += 1
        elif mark == b"}":
            if depth == 0:
                return
            depth -= 1
        elif depth == 0:
            yield from _member_statement(code[start:here])
            start = here + 1


def _member_statement(text: bytes) -> Iterator[Member]:
    text = re.sub(rb"^[ \t]*#[^\n]*$", b"", text, flags=re.MULTILINE)
    if b"{" in text or b"(" in text:
        return
    first, *others = text.split(b",")
    match = _MEMBER.match(first)
    if match is None:
        return
    base = " ".join(match.group(1).decode("latin-1").split())
    for const in ("const ", "volatile "):
        base = base.replace(const, "")
    yield Member(match.group(3).decode("latin-1"), _typed(base, match.group(2).count(b"*"), match.group(4)))
    for other in others:
        name = re.match(rb"\s*([*\s]*)([A-Za-z_]\w*)\s*(\[[^]]*\])?\s*\Z", other)
        if name is not None:
            yield Member(name.group(2).decode("latin-1"), _typed(base, name.group(1).count(b"*"), name.group(3)))


def _typed(base: str, stars: int, bounds: bytes | None) -> str:
    return f"{base} {'*' * (stars + (1 if bounds else 0))}".strip()
