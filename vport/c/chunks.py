"""The top level of a C text by its braces alone: functions, and everything between them.

This reading is independent of the grammar, so that what the parser loses can be counted against it.
"""

import re

import msgspec

from vport.c.lex import find_braces, spaces
from vport.c.tokens import before, skip_space
from vport.patterns import later

_INNERMOST = later(rb"\([^()]*+\)")
_AGGREGATE = later(
    rb"\b(?:struct|union|enum)(?:\s+_\w*+(?:\s*\(\))?)*(?:\s+\w++){0,2}(?:\s+_\w*+(?:\s*\(\))?)*(?:\s*:\s*\w++)?\s*\Z"
)
_HEADER_TAIL = later(rb"\)(?:\s*+[A-Za-z_]\w*+(?:\s*+\([^()]*+\))?+)*+\s*+\Z")
_OLD_STYLE = later(rb"\b[A-Za-z_]\w*+\s*+\([\w\s,]*+\)\s*+(?=[A-Za-z_])")
_LINKAGE = later(rb'extern\s*+" *+"\s*+\{')
_OLD_STYLE_LIST = later(
    rb"\b[A-Za-z_]\w*+\s*+(\(\s*+[A-Za-z_]\w*+(?:\s*+,\s*+[A-Za-z_]\w*+)*+\s*+\))\s*+(?=[A-Za-z_]|\Z)"
)
_HEADER = 4000
"""Bytes before a body in which its function's header is looked for."""
_OLD_STYLE_HEADER = 1 << 16
"""The same for headers that declare their parameters one by one (K&R)."""


class Chunk(msgspec.Struct, array_like=True, gc=False):
    """One top-level item of a text.

    Arguments:
        start, end: its bytes, the closing brace or semicolon included.
        body: offset of the opening brace of a function body; -1 for anything else.
    """

    start: int
    end: int
    body: int


class TopLevel(msgspec.Struct):
    """The chunks of a text in order, and the offsets of braces that match nothing."""

    chunks: list[Chunk]
    stray: list[int]


def _outer_braces(code: bytes, column_zero_closes: bool) -> tuple[list[tuple[int, int]], list[int]]:
    """Outermost brace pairs, and unmatched braces."""
    pairs: list[tuple[int, int]] = []
    stray: list[int] = []
    depth, opened = 0, 0
    for at, opens in find_braces(code):
        if opens:
            if depth == 0:
                opened = at
            depth += 1
        elif depth == 0:
            stray.append(at)
        else:
            depth -= 1
            if depth and column_zero_closes and code[at - 1 : at] in (b"\n", b""):
                stray.append(opened)
                depth = 0
            if depth == 0:
                pairs.append((opened, at + 1))
    if depth:
        stray.append(opened)
    return pairs, stray


def enter_linkage(code: bytes) -> bytes:
    """`code` with the braces of `extern "C" { ... }` blanked: what they hold belongs to the top level."""
    if _LINKAGE.search(code) is None:
        return code
    text = bytearray(code)
    for match in _LINKAGE.finditer(code):
        text[match.start() : match.end()] = spaces(match.group())
        depth = 1
        for at, opens in find_braces(code, match.end()):
            depth += 1 if opens else -1
            if depth == 0:
                text[at] = 0x20
                break
    return bytes(text)


def _is_function(code: bytes, start: int, brace: int, item: int) -> int:
    """Start of the function whose body opens at `brace`, or -1.

    Arguments:
        start: where the last braces ended.
        item: where the item these ended in began: a K&R parameter may hold the body of a struct.
    """
    head = code.rfind(b";", start, brace) + 1 or start
    text = code[max(head, brace - _HEADER) : brace].rstrip()
    if not text:
        found = _old_style_start(code, max(start, brace - _OLD_STYLE_HEADER), brace)
        return _old_style_start(code, item, code.find(b"{", item)) if found < 0 and item < start else found
    if not text.endswith(b")") and (text.endswith(b"=") or _opens_type(text) or not _HEADER_TAIL.search(text[-200:])):
        return -1
    return -1 if _assigned(text) else head


def _opens_type(text: bytes) -> bool:
    """Whether `text` ends with `struct tag` and the like, attributes between allowed."""
    tail = text[-160:]
    if b"(" in tail:
        tail = _flat(tail)
    return _AGGREGATE.search(tail) is not None


def _flat(text: bytes) -> bytes:
    """`text` with what stands in parentheses taken out; the outermost ones stay, emptied."""
    mark = b"\0"
    for _ in range(6):
        text, count = _INNERMOST.subn(mark, text)
        if not count:
            break
    return text.replace(mark, b"()")


def _old_style_start(code: bytes, start: int, brace: int) -> int:
    """Start of the K&R function whose parameter declarations end just before `brace`, or -1."""
    found = -1
    for match in _OLD_STYLE.finditer(code, start, brace):
        found = match.start()
    return found if found < 0 else (code.rfind(b";", start, found) + 1 or start)


def old_style_list(code: bytes, chunk: Chunk) -> tuple[int, int]:
    """The list of a K&R function's parameters, parentheses included; (-1, -1) for any other item.

    A list of single words right before the body counts too: undeclared parameters are `int` (C89 6.7.1).
    """
    tail = code[max(chunk.start, chunk.body - 64) : chunk.body].rstrip()
    if chunk.body < 0 or tail[-1:] not in (b";", b")"):
        return -1, -1
    header = code[chunk.start : before(code, chunk.body)]
    found = max(_OLD_STYLE_LIST.finditer(header), key=re.Match.end, default=None)
    if found is None or (tail[-1:] == b")" and found.end() < len(header)):
        return -1, -1
    return chunk.start + found.start(1), chunk.start + found.end(1)


def _assigned(text: bytes) -> bool:
    """Whether an `=` stands outside parentheses, as before a compound literal."""
    return b"=" in text and b"=" in _flat(text)


def read_top_level(code: bytes) -> TopLevel:
    """The top level of `code`, whose comments, literals and directives are blanked.

    A text whose braces do not balance is read again with every brace in column 0 taken to end an item,
    as style(9) writes functions, so that one bad function does not hide the rest of the file.
    """
    code = enter_linkage(code)
    pairs, stray = _outer_braces(code, column_zero_closes=False)
    if stray:
        pairs, _ = _outer_braces(code, column_zero_closes=True)
    chunks: list[Chunk] = []
    at = item = 0
    for opened, closed in pairs:
        function = _is_function(code, at, opened, item)
        limit = opened if function < 0 else function
        item = _split_statements(code, at, limit, item, chunks)
        if function >= 0:
            if code[item:function].strip():
                chunks.append(Chunk(skip_space(code, item), before(code, function), -1))
            chunks.append(Chunk(skip_space(code, function), closed, opened))
            item = closed
        at = closed
    item = _split_statements(code, at, len(code), item, chunks)
    if code[item:].strip():
        chunks.append(Chunk(skip_space(code, item), before(code, len(code)), -1))
    return TopLevel(chunks, stray)


def _split_statements(code: bytes, start: int, end: int, item: int, chunks: list[Chunk]) -> int:
    """Append the items that a semicolon in [start, end), which holds no braces, ends; returns where the next begins."""
    found = code.find(b";", start, end)
    while found >= 0:
        chunks.append(Chunk(skip_space(code, item), found + 1, -1))
        item = found + 1
        found = code.find(b";", item, end)
    return item
