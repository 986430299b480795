"""Comments, literals and directives of a C file, and the same bytes with them blanked.

Offsets never move: whatever is blanked is overwritten by as many spaces.  A comment's newlines become
spaces too, since C turns a comment into one space (C11 5.1.1.2), so that a directive which a comment
continues stays one directive.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

import msgspec

from vport.patterns import later

_LINE = later(rb"//(?:[^\n\\]++|\\\r?\n|\\)*+")
_STRING = later(rb'"[^"\\\n]*+(?:\\(?:\r\n|.)[^"\\\n]*+)*+"', re.DOTALL)
_CHARACTER = later(rb"'[^'\\\n]*+(?:\\(?:\r\n|.)[^'\\\n]*+)*+'", re.DOTALL)
_DIRECTIVE = later(rb"#[ \t]*(\w*)((?:[^\n\\]++|\\\r?\n|\\)*+)")
_COMMENT_END = later(rb".*\*/\Z", re.DOTALL)
_QUOTED_LINE = later(rb'^[^\n"]*+"[^\n]*+', re.MULTILINE)
_OPEN_STRING = later(rb'"[^"{};]+\Z')
_SPACES = bytes(byte if byte in b"\r\n" else 0x20 for byte in range(256))


class Directive(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One preprocessing directive (C11 6.10), continuation lines included.

    Arguments:
        start, end: from the first byte of its line to just before the newline that ends it.
        name: `define`, `ifdef`, ... ; empty for the null directive.
        text_at: offset of what follows the name.
    """

    start: int
    end: int
    name: str
    text_at: int


def _escaped(data: bytes, at: int, floor: int) -> bool:
    """Whether an odd number of backslashes stands before `at`: outside a literal such a quote begins none.

    Else each quote of a literal that is never closed would be tried as the first.
    """
    return data[at - 1 : at] == b"\\" and (at - floor - len(data[floor:at].rstrip(b"\\"))) % 2 == 1


def _find_hidden(data: bytes) -> list[tuple[int, int]]:
    """Ranges of comments and literals, in order: what begins first hides what else begins in it.

    Looking for the next of each mark by itself is twice as fast as one pattern for all.
    """
    found: list[tuple[int, int]] = []
    find, end, at = data.find, len(data), 0
    comment = line = string = character = -1
    while True:
        if comment < at:
            comment = find(b"/*", at)
            comment = end if comment < 0 else comment
        if line < at:
            line = find(b"//", at)
            line = end if line < 0 else line
        if string < at:
            string = find(b'"', at)
            string = end if string < 0 else string
        if character < at:
            character = find(b"'", at)
            character = end if character < 0 else character
        start = min(comment, line, string, character)
        if start == end:
            return found
        if start == comment:
            at = find(b"*/", start + 2) + 2
            at = end if at < 2 else at
        else:
            pattern = _LINE if start == line else _STRING if start == string else _CHARACTER
            escaped = start != line and _escaped(data, start, at)
            match = None if escaped else pattern.match(data, start)
            if match is None:
                at = start + 1
                continue
            at = match.end()
        found.append((start, at))


def blank_comments(data: bytes) -> bytes:
    """`data` with comments overwritten by spaces and literals emptied; quotes stay."""
    parts: list[bytes] = []
    kept = 0
    for start, end in _find_hidden(data):
        if data[start] == 0x2F:
            parts += (data[kept:start], b" " * (end - start))
            kept = end
        else:
            parts += (data[kept : start + 1], b" " * (end - start - 2))
            kept = end - 1
    parts.append(data[kept:])
    return b"".join(parts)


blanked = lru_cache(maxsize=4)(blank_comments)
"""The same for whole files, of which several readers ask one after the other."""


class Blanked(dict[str, bytes]):
    """Texts with comments and literals blanked, made when asked for.

    Arguments:
        data: bytes of every file.
    """

    def __init__(self, data: Mapping[str, bytes]) -> None:
        super().__init__()
        self._data = data

    def __missing__(self, file: str) -> bytes:
        self[file] = blanked(self._data[file])
        return self[file]


def spaces(text: bytes) -> bytes:
    """As many bytes as `text`, newlines kept, everything else a space."""
    return text.translate(_SPACES)


def find_braces(code: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[int, bool]]:
    """Offsets of the braces in [start, end), in order, and whether each opens; much faster than a pattern."""
    end = len(code) if end is None else end
    find = code.find
    opening, closing = find(b"{", start, end), find(b"}", start, end)
    while opening >= 0:
        while 0 <= closing < opening:
            yield closing, False
            closing = find(b"}", closing + 1, end)
        yield opening, True
        opening = find(b"{", opening + 1, end)
    while closing >= 0:
        yield closing, False
        closing = find(b"}", closing + 1, end)


def close_strings(code: bytes) -> bytes:
    """`code`, comments and directives blanked, with an open string that runs to the end of its line ended there.

    Else it would swallow the declaration on the next line.  Of the string only a byte that is no C stays, so that the
    item counts as unread; what holds braces or a semicolon of its own ends without help.
    """
    if code.count(b'"') % 2 == 0:
        return code
    text = bytearray(code)
    for match in _QUOTED_LINE.finditer(code):
        line = match.group().rstrip()
        opened = _OPEN_STRING.search(line) if line.count(b'"') % 2 else None
        if opened is not None:
            low = match.start() + opened.start()
            text[low : match.start() + len(line)] = b"@" + b" " * (len(opened.group()) - 2) + b";"
    return bytes(text)


def find_directives(code: bytes) -> list[Directive]:
    """All directives of `code`, whose comments are blanked, in order."""
    found: list[Directive] = []
    for match in _DIRECTIVE.finditer(code):
        start = code.rfind(b"\n", 0, match.start()) + 1
        if start == match.start() or not code[start : match.start()].strip():
            found.append(Directive(start, match.end(), match.group(1).decode("latin-1"), match.start(2)))
    return found


def unterminated_comment(data: bytes) -> int:
    """Offset of a comment that never ends, or -1."""
    opened = data.rfind(b"/*")
    if opened < 0 or data.find(b"*/", opened + 2) >= 0:
        return -1
    start, end = max(_find_hidden(data), default=(0, 0))
    text = data[start:end]
    return -1 if text[:2] != b"/*" or _COMMENT_END.match(text, 2) else start
