"""Types of members and locals, as far as expressions for a vnet need them: the path from an object to its vnet."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

import msgspec

from vport import rules
from vport.tree import Tree

_STRUCT = re.compile(rb"\b(?:struct|union)\s+([A-Za-z_]\w*+)\s*+(?:__\w++\s*+(?:\([^)]*+\))?\s*+)*+\{")
_TYPEDEF = re.compile(
    rb"\btypedef\s++((?:const\s++)?(?:struct|union)\s++[A-Za-z_]\w*+)\s*+(\**+)\s*+([A-Za-z_]\w*+)\s*+;"
)
_MEMBER = re.compile(
    rb"^\s*((?:(?:const|volatile|struct|union|enum|unsigned|signed)\s++)*[A-Za-z_]\w*+)((?:\s|\*|const\b)*+)"
    rb"([A-Za-z_]\w*+)\s*+(\[[^]]*+\])?(?:\s*+:\s*+\w++)?\s*+\Z"
)
_DEFINE_MEMBER = re.compile(rb"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+((?:\w+\.)+\w+)[ \t]*(?:/\*.*)?$", re.MULTILINE)
_DEEPEST = 3


class Member(msgspec.Struct, frozen=True):
    """A member of a structure: its name and type, `struct ifnet *` for a pointer."""

    name: str
    type: str


@cache
def known_vnets() -> tuple[tuple[str, str], ...]:
    """Types that keep their vnet, with the expression for it, in order of preference."""
    return tuple((entry["type"], entry["expression"]) for entry in rules.load("contexts")["vnet"])


class Types:
    """Structures of a tree, read when asked for.

    Arguments:
        tree: linked facts.
        code: gives a file's text with comments and literals blanked.
        planned: members for a vnet that this port gives to structures, by tag.
    """

    def __init__(self, tree: Tree, code: Mapping[str, bytes], planned: Mapping[str, str] | None = None) -> None:
        self._tree = tree
        self._code = code
        self._planned = planned or {}
        self._members: dict[str, tuple[Member, ...]] = {}
        self._where: dict[str, list[tuple[str, int]]] | None = None
        self._typedefs: dict[str, str] = {}

    def _index(self) -> dict[str, list[tuple[str, int]]]:
        """Where each tag is defined."""
        if self._where is None:
            self._where = {}
            for file in self._tree.facts:
                code = self._code[file]
                for match in _STRUCT.finditer(code):
                    self._where.setdefault(match.group(1).decode(), []).append((file, match.end()))
                for match in _TYPEDEF.finditer(code):
                    target = f"{' '.join(match.group(1).decode().split())} {match.group(2).decode()}".strip()
                    self._typedefs[match.group(3).decode()] = target.replace("const ", "")
        return self._where

    def resolve(self, type_text: str) -> str:
        """`type_text` with a typedef name replaced by what it stands for."""
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
        file, at = place
        key = f"{file}:{at}"
        if key not in self._members:
            self._members[key] = tuple(_read_members(self._code[file], at))
        return self._members[key]

    def vnet_paths(self, expression: str, type_text: str, near: str, depth: int = 0) -> Iterator[str]:
        """Expressions for the vnet of an object, the nearest and preferred first.

        Arguments:
            expression: that gives the object, `sc`.
            type_text: its type, `struct frob_softc *`.
            near: file whose headers say what the types are.
        """
        resolved = self.resolve(type_text)
        pattern = next((p for known, p in known_vnets() if known in (type_text, resolved)), "")
        base, stars = _split(resolved)
        if pattern and self._has(base.partition(" ")[2], pattern, near):
            yield pattern.format(expression)
            return
        tag = base.partition(" ")[2]
        if stars not in ("", "*") or not tag or depth >= _DEEPEST or resolved == "struct vnet *":
            return
        arrow = "->" if stars else "."
        if tag in self._planned and stars == "*":
            yield f"{expression}->{self._planned[tag]}"
        fields = [m for m in self.members(tag, near) if m.name]
        for member in fields:
            if self.resolve(member.type) == "struct vnet *":
                yield f"{expression}{arrow}{member.name}"
        order = {known: i for i, (known, _) in enumerate(known_vnets())}
        nested = [m for m in fields if self._leads(m)]
        for member in sorted(nested, key=lambda m: order.get(self.resolve(m.type), len(order))):
            if self.resolve(member.type) != resolved:
                yield from self.vnet_paths(f"{expression}{arrow}{member.name}", member.type, near, depth + 1)

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
        if any(known in (member.type, resolved) for known, _ in known_vnets()):
            return resolved != "struct vnet *"
        base, stars = _split(resolved)
        return base.startswith("struct ") and stars in ("", "*") and bool(self._index().get(base[7:]))


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
