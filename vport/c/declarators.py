"""Declarations: who is declared, how, and with what value, from syntax nodes and the original bytes."""

import re

import msgspec
import tree_sitter

from vport.c.tokens import KEYWORDS, closing_paren, next_byte, skip_space
from vport.patterns import later

_DIRECTIVE_LINE = later(rb"^[ \t]*#(?:[^\n\\]++|\\\r?\n|\\)*+", re.MULTILINE)
_STORAGE = later(rb"\b(?:static|extern|register|typedef|auto|__inline|inline)\b")
_WORD = later(rb"[A-Za-z_]\w*")
_BRACED = later(rb"\{.*\}", re.DOTALL)


class Declarator(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One declared name.

    Arguments:
        name, name_at: the identifier and its offset.
        start, end: the declarator, bounds and parameters included, value excluded.
        value_start, value_end: the initialiser without `=`; both 0 when there is none.
        shape: layers from the name outwards: `a`rray, `p`ointer, `f`unction; empty for a plain name.
        const: whether the object itself cannot change.
    """

    name: str
    name_at: int
    start: int
    end: int
    value_start: int
    value_end: int
    shape: str
    const: bool


class Declaration(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One declaration statement of variables.

    Arguments:
        start, end: from its first token past its semicolon.
        line: of its first token.
        storage: `static`, `extern` or empty.
        function: the function it stands in, for block scope; empty at file scope.
        until: offset where its scope ends (block scope), else 0.
        specifier: its type as written, white space folded, without storage class and attributes.
        specifier_start, specifier_end: the bytes of that, attributes and storage class included.
        macro: `VNET_DEFINE` and the like when one declares it.
        declarators: in order.
    """

    start: int
    end: int
    line: int
    storage: str
    function: str
    until: int
    specifier: str
    specifier_start: int
    specifier_end: int
    macro: str
    declarators: tuple[Declarator, ...]

    @property
    def has_body(self) -> bool:
        """Whether the type is defined right here: `struct { ... } x`."""
        return "{" in self.specifier


_LAYERS = {"pointer_declarator": "p", "array_declarator": "a", "function_declarator": "f"}


def _unwrap(node: tree_sitter.Node) -> tuple[tree_sitter.Node | None, str, tree_sitter.Node | None]:
    """The identifier inside a declarator, its layers from the name outwards, and the pointer next to the name."""
    layers, pointer = "", None
    while node.type != "identifier":
        layers = _LAYERS.get(node.type, "") + layers
        if node.type == "pointer_declarator":
            pointer = node
        inner = node.child_by_field_name("declarator")
        if inner is None:
            inner = next(
                (c for c in node.named_children if c.type.endswith("declarator") or c.type == "identifier"), None
            )
        if inner is None:
            return None, layers, pointer
        node = inner
    return node, layers, pointer


def _is_const(node: tree_sitter.Node, offset: int, code: bytes) -> bool:
    """Whether `const` is a qualifier of the node itself, not of a parameter or a member inside it."""
    return any(
        child.type == "type_qualifier" and code[child.start_byte + offset : child.end_byte + offset] == b"const"
        for child in node.children
    )


def read_declarators(node: tree_sitter.Node, offset: int, code: bytes) -> list[Declarator]:
    """The variables a `declaration` node declares; functions are left out.

    Arguments:
        node: parsed from a text that stands at `offset` of `code`.
        code: the file with comments blanked.
    """
    found: list[Declarator] = []
    const_type = _is_const(node, offset, code)
    for child in node.children_by_field_name("declarator"):
        value = child.child_by_field_name("value") if child.type == "init_declarator" else None
        inner = child.child_by_field_name("declarator") if child.type == "init_declarator" else child
        if inner is None:
            continue
        name, layers, pointer = _unwrap(inner)
        if name is None or layers.startswith("f"):
            continue
        if code[name.start_byte + offset : name.end_byte + offset] in KEYWORDS:
            continue  # error recovery
        start, end = inner.start_byte + offset, inner.end_byte + offset
        found.append(
            Declarator(
                code[name.start_byte + offset : name.end_byte + offset].decode("latin-1"),
                name.start_byte + offset,
                start,
                end,
                value.start_byte + offset if value else 0,
                value.end_byte + offset if value else 0,
                layers,
                const_type if pointer is None else _is_const(pointer, offset, code),
            )
        )
    return found


def specifier_text(code: bytes, start: int, end: int, attributes: frozenset[bytes]) -> str:
    """The type between `start` and `end` as written, folded, without storage class and attributes."""
    text = _STORAGE.sub(b" ", _DIRECTIVE_LINE.sub(b"", code[start:end]))
    kept, at = [], 0
    for match in _WORD.finditer(text):
        if match.start() >= at and match.group() in attributes:
            kept.append(text[at : match.start()])
            at = match.end()
            paren = skip_space(text, at)
            if text[paren : paren + 1] == b"(" and next_byte(text, paren + 1) != b"*":
                at = max(at, closing_paren(text, skip_space(text, at)))
    kept.append(text[at:])
    return b" ".join(b" ".join(kept).split()).decode("latin-1")


def short_type(specifier: str, declarator: Declarator, text: bytes) -> str:
    """A type for people to read: bodies folded to `{...}`, the name taken out of the declarator.

    Arguments:
        specifier: of the declaration.
        declarator: of interest.
        text: its bytes.
    """
    low = declarator.name_at - declarator.start
    bare = text[:low] + text[low + len(declarator.name) :]
    shape = re.sub(r"\s+", " ", bare.decode("latin-1")).strip()
    base = _BRACED.sub(b"{...}", specifier.encode("latin-1")).decode("latin-1")
    return f"{base} {shape}".strip().replace("* ", "*")
