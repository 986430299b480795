"""Declarations of variables: statements of file scope, and `static` and `extern` ones of blocks."""

import re
from collections.abc import Mapping

from vport.c.declarators import Declaration, read_declarators, specifier_text
from vport.c.parse import Parsed
from vport.c.places import Lines, Places
from vport.c.reading import Reading
from vport.c.tokens import before, opening_paren, skip_space, word_before
from vport.patterns import later

_CALL = later(rb"\b([A-Za-z_]\w*+)\s*+\(")
_WORDS = later(rb"[A-Za-z_]\w*+")
_BODY = later(rb"\{.*\}", re.DOTALL)
_JUNK = later(rb"[^\w\s()\x80-\xff]")
_NEAR = 400
"""Bytes before a declaration in which something that is no C is looked for."""
_PARENTHESES = later(rb"\([^()]*+(?:\([^()]*+(?:\([^()]*+\)[^()]*+)*+\)[^()]*+)*+\)")
_STORAGE = {b"static": "static", b"extern": "extern"}


def read_declarations(
    parsed: Parsed, places: Places, code: bytes, data: bytes, reading: Reading, functions: Mapping[int, str]
) -> tuple[list[Declaration], set[int]]:
    """Declarations of interest, and the offsets of the names that block-scope ones declare.

    Arguments:
        code: the file with comments blanked.
        data: the file.
        functions: names of functions by the offset of their body.
    """
    found: list[Declaration] = []
    taken: set[int] = set()
    lines = Lines(data)
    storages = {word for word in parsed.words if reading.kinds.get(word) in ("storage", "extern")}
    hidden = reading.attributes | storages if storages else reading.attributes
    nodes = sorted(parsed.captures.get("declaration", ()), key=lambda c: c[0] + c[1].start_byte)
    for offset, node in nodes:
        start, end = node.start_byte + offset, node.end_byte + offset
        index = places.function_at(start)
        chunk = places.functions[index] if index >= 0 else places.chunk_at(start)
        first = node.child_by_field_name("declarator")
        if chunk is None or first is None or (index >= 0 and start < chunk.body):
            continue
        specifier_end = first.start_byte + offset
        macro, call, begin = _defining_macro(code, start, specifier_end, reading.definers)
        begin = _behind_junk(code, min(begin, chunk.start), begin, specifier_end) if index < 0 else start
        start = max(start, begin)
        storage = _storage(code[begin:specifier_end], reading.kinds)
        if index >= 0 and not storage and not macro:
            continue
        if index < 0 and _no_object(code[min(begin, chunk.start) : specifier_end], parsed.text[chunk.start : start]):
            continue
        if index >= 0:
            begin = start = _with_attributes(parsed.text, start, reading.attributes)
        declarators = read_declarators(node, offset, code)
        if not declarators:
            continue
        if index >= 0:
            taken.update(d.name_at for d in declarators)
        low, high = _type_argument(code, call) if macro else (start, specifier_end)
        found.append(
            Declaration(
                begin,
                max(end, chunk.end) if index < 0 else end,
                lines.at(begin),
                storage or reading.definers.get(macro, ""),
                functions.get(chunk.body, "") if index >= 0 else "",
                places.block_end(index, start) if index >= 0 else 0,
                specifier_text(code, low, high, hidden),
                start,
                specifier_end,
                macro,
                tuple(declarators),
            )
        )
    found.sort(key=lambda d: d.start)
    return _without_repeats(found), taken


def _defining_macro(code: bytes, at: int, end: int, definers: Mapping[str, str]) -> tuple[str, int, int]:
    """The macro that declares what the parser saw as specifiers in [at, end).

    Returns:
        Its name, the offset of its parenthesis, and where the statement begins.
    """
    for match in _CALL.finditer(code, at, end):
        if match.group(1).decode("latin-1") in definers:
            return match.group(1).decode("latin-1"), match.end() - 1, at
    paren = before(code, at) - 1
    if paren < 0 or code[paren] != 0x28:
        return "", -1, at
    word = word_before(code, paren)
    name = word.decode("latin-1")
    return (name, paren, before(code, paren) - len(word)) if name in definers else ("", -1, at)


def _behind_junk(code: bytes, start: int, at: int, end: int) -> int:
    """Where a declaration begins whose first word seems to stand at `at`: `start`, or behind lines that are no C."""
    low, found = max(start, at - _NEAR), None
    if low < at and _JUNK.search(code, low, at):
        flat = _PARENTHESES.sub(lambda m: b" " * len(m.group()), code[low:at])
        found = max(_JUNK.finditer(flat), key=re.Match.end, default=None)
    if found is None:
        return start
    line = code.find(b"\n", low + found.start(), end)
    return at if line < 0 else skip_space(code, line)


def _no_object(specifiers: bytes, before_it: bytes) -> bool:
    """Whether no variable is declared at file scope.

    Members of a type that was not read as one are none, nor is what `typedef` makes, nor a register of the processor
    (`register`, GNU C).
    """
    if before_it.count(b"{") > before_it.count(b"}"):
        return True
    if b"typedef" not in specifiers and b"register" not in specifiers:
        return False
    return not {b"typedef", b"register"}.isdisjoint(_WORDS.findall(_BODY.sub(b" ", specifiers)))


def _with_attributes(code: bytes, start: int, attributes: frozenset[bytes]) -> int:
    """Where a statement begins, attributes before its storage class included: `_Alignas(8) static int n;`."""
    while True:
        end = before(code, start)
        paren = opening_paren(code, end) if code[end - 1 : end] == b")" else end
        word = word_before(code, paren) if paren >= 0 else b""
        if word not in attributes:
            return start
        start = before(code, paren) - len(word)


def _type_argument(code: bytes, paren: int) -> tuple[int, int]:
    """The first argument of the call whose parenthesis stands at `paren`."""
    depth = 0
    for i in range(paren, len(code)):
        mark = code[i]
        depth += (mark in b"([{") - (mark in b")]}")
        if depth == 0 or (depth == 1 and mark == 0x2C):
            return paren + 1, i
    return paren + 1, paren + 1


def _storage(specifiers: bytes, kinds: Mapping[bytes, str]) -> str:
    """The storage class among the specifiers; it need not come first (C11 6.11.5), but never stands in a body."""
    if b"{" in specifiers:
        specifiers = _BODY.sub(b" ", specifiers)
    for word in _WORDS.findall(specifiers):
        if word in _STORAGE:
            return _STORAGE[word]
        kind = kinds.get(word)
        if kind in ("storage", "extern"):
            return "static" if kind == "storage" else "extern"
    return ""


def _without_repeats(declarations: list[Declaration]) -> list[Declaration]:
    """Further texts see some statements again; one of each is enough."""
    seen: dict[int, Declaration] = {}
    for declaration in declarations:
        seen.setdefault(declaration.declarators[0].name_at, declaration)
    return list(seen.values())
