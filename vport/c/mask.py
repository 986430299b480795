"""Overwrite what would confuse the grammar by as many bytes that parse.

Input is a text whose comments, literals and directives are blank; output has the same length and the
same line breaks.  Nothing here decides what the code means: names are read from the original bytes.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from vport.c.chunks import Chunk, old_style_list
from vport.c.lex import spaces
from vport.c.tokens import (
    KEYWORDS,
    WORD,
    before,
    closing_paren,
    find_words,
    next_byte,
    paired_parens,
    skip_space,
    split_arguments,
)
from vport.patterns import later

_NO_VALUES = later(rb"\b(?:struct|union)\b|,\s*,|,\s*$|^\s*,|\*\s*,|\*\s*$")
_TOP_CALL = later(rb"((?:(?:static|extern|const|volatile)\s+)*)([A-Za-z_]\w*)\s*\(")
_CAPITALS = later(rb"_*[A-Z][A-Z0-9_]*\Z")
_TYPE_ARGUMENT = later(
    rb"(?:(?:const|volatile|struct|union|enum|unsigned|signed)\s++)*\w++(?:\s++(?:const|int|long|char|short)\b)*+\s*+"
    rb"(?:\*\s*+(?:const\b\s*+)?+)*+\Z"
)
_OPERATOR = later(rb"\s*+(?:[;,)]|[-+*/%=<>&|^?:.\[])")
_DECLARATION = later(rb"(?:static|extern|typedef)\b")
_DECLARATOR = later(rb"[A-Za-z_]\w*+\s*+[=\[,]")
_STORED_DECLARATOR = later(rb"[A-Za-z_]\w*+\s*+[=\[,;]")
_SURE_TYPE = later(
    rb"(?:const|volatile|struct|union|enum|unsigned|signed|int|char|long|short|void)\b|.*\*\s*\Z", re.DOTALL
)


class MacroCall(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A macro call that stands at the top level of a file: `SYSCTL_INT(...)`, `DECLARE_MODULE(...)`.

    Arguments:
        name: of the macro.
        start, end: from its first token (a `static` included) past the parenthesis or semicolon.
        arguments: trimmed ranges of its arguments.
        function: 0, or the offset of the body it heads, as `DB_SHOW_COMMAND(x, f) { ... }` does.
    """

    name: str
    start: int
    end: int
    arguments: tuple[tuple[int, int], ...]
    function: int = 0


class Masked(msgspec.Struct):
    """A text ready for the parser, and the top-level macro calls that were taken out of it."""

    text: bytes
    calls: list[MacroCall]


def _fill(text: bytearray, start: int, end: int, new: bytes = b"") -> None:
    """Overwrite [start, end) by `new` and spaces, by spaces alone where `new` has no room on the first line."""
    blank = spaces(bytes(text[start:end]))
    new = new if _fits(text, start, end, new) else b""
    text[start:end] = new + blank[len(new) :]


def _fits(text: bytearray, start: int, end: int, new: bytes) -> bool:
    return len(new) <= end - start and b"\n" not in text[start : start + len(new)]


def _mask_head(text: bytearray, start: int, paren: int, end: int) -> None:
    """A loop head becomes `while(...)` or `if(...)`; arguments stay where they parse as a comma expression.

    Without room it vanishes: the statement it heads reads the same alone, and names come from the original bytes.
    """
    inner = bytes(text[paren + 1 : end - 1])
    if not _fits(text, start, paren, b"if"):
        _fill(text, start, end)
        return
    _fill(text, start, paren, b"while" if _fits(text, start, paren, b"while") else b"if")
    if not inner.strip() or _NO_VALUES.search(inner):
        _fill(text, paren + 1, end - 1, b"1" if paren + 1 < end - 1 else b"")
        if paren + 1 == end - 1:
            _fill(text, start, end, b"for(;;)")


def _mask_type(text: bytearray, start: int, end: int) -> None:
    """A type macro becomes `struct tag` with a tag as long as the call leaves room for."""
    room = bytes(text[start:end]).find(b"\n")
    room = end - start if room < 0 else room
    name = b"struct " + b"q" * (room - 7) if room >= 8 else b"int"[: max(1, room)]
    _fill(text, start, end, name)


def _mask_definer(text: bytearray, code: bytes, start: int, paren: int, end: int) -> None:
    """`VNET_DEFINE(int, x[3]) = ...` becomes `int x[3] = ...`."""
    arguments = split_arguments(code, paren + 1, end - 1)
    if len(arguments) != 2:
        return
    (_, type_end), (name_start, _) = arguments
    _fill(text, start, paren + 1)
    _fill(text, type_end, name_start)
    _fill(text, end - 1, end)


def _mask_arguments(text: bytearray, code: bytes, paren: int, end: int) -> None:
    """Arguments that are types become `0`; an empty argument takes the comma beside it along."""
    for low, high in split_arguments(code, paren + 1, end - 1):
        if low == high:
            _drop_comma(text, code, low, paren, end)
        elif _SURE_TYPE.match(code, low, high) and _TYPE_ARGUMENT.match(code, low, high):
            _fill(text, low, high, b"0")


def _drop_comma(text: bytearray, code: bytes, at: int, paren: int, end: int) -> None:
    left, right = before(code, at), skip_space(code, at)
    if right < end - 1 and code[right : right + 1] == b",":
        text[right] = 0x20
    elif left - 1 > paren and code[left - 1 : left] == b",":
        text[left - 1] = 0x20


def _mask_statement(text: bytearray, code: bytes, start: int, end: int) -> None:
    """A macro that is a whole statement gets the semicolon its use leaves out."""
    if not next_byte(code, end) or _OPERATOR.match(code, end):
        return
    _fill(text, start, end, b";")


def _mask_call(text: bytearray, code: bytes, kind: str, start: int, paren: int, end: int, inside: bool) -> None:
    if kind == "type":
        _mask_type(text, start, end)
    elif kind == "word":
        _fill(text, start, end if end - paren == 2 else paren)
    elif kind == "attribute":
        _fill(text, start, end)
    elif kind == "identity":
        _fill(text, start, paren + 1)
        _fill(text, end - 1, end)
    elif kind == "definer":
        _mask_definer(text, code, start, paren, end)
    elif not inside:
        return
    elif kind == "head":
        _mask_head(text, start, paren, end)
    elif kind == "typearg":
        _mask_arguments(text, code, paren, end)
    elif kind == "statement":
        _mask_statement(text, code, start, end)
    elif kind in ("open", "close"):
        _fill(text, start, end, b"{" if kind == "open" else b"}")


def _mask_word(text: bytearray, kind: str, start: int, end: int, inside: bool) -> None:
    if kind in ("attribute", "word"):
        _fill(text, start, end)
    elif kind == "storage":
        _fill(text, start, end, b"static")
    elif kind == "extern":
        _fill(text, start, end, b"extern")
    elif inside and kind == "head":
        _fill(text, start, end, b"for(;;)")
    elif inside and kind in ("open", "close"):
        _fill(text, start, end, b"{" if kind == "open" else b"}")


def mask_known(code: bytes, kinds: Mapping[bytes, str], bodies: list[Chunk]) -> bytes:
    """Mask every use of a macro in `kinds`.

    Arguments:
        code: the text.
        kinds: of the macros that occur in it.
        bodies: its chunks: loop heads and the like mean something only inside functions.

    A parenthesis behind an attribute that opens with a star is a declarator: `int __read_mostly (*p)(int)`.
    """
    text = bytearray(code)
    pairs: dict[int, int] | None = None
    functions = [c for c in bodies if c.body >= 0]
    starts = [c.body for c in functions]
    for start in find_words(code, kinds):
        found = WORD.match(code, start)
        if found is None or text[start : found.end()] != found.group():
            continue
        end, kind = found.end(), kinds[found.group()]
        i = bisect_right(starts, start) - 1
        inside = i >= 0 and start < functions[i].end
        paren = skip_space(code, end)
        if code[paren : paren + 1] == b"(" and not (kind == "attribute" and next_byte(code, paren + 1) == b"*"):
            close = closing_paren(code, paren)
            if close < 0 and kind == "attribute":  # nested too deep: what is left there takes the parser quadratic time
                pairs = paired_parens(code) if pairs is None else pairs
                close = pairs.get(paren, -1)
            if close > 0:
                _mask_call(text, code, kind, start, paren, close, inside)
        else:
            _mask_word(text, kind, start, end, inside)
    return bytes(text)


def mask_old_style(code: bytes, chunks: list[Chunk]) -> bytes:
    """Blank the heads of K&R functions up to the declarations of their parameters, for which the grammar has no rule.

    The declarations then stand beside the body at the top level; `Places` still counts both as one function.
    """
    found = [c for c in chunks if c.body >= 0 and code[before(code, c.body) - 1] == 0x3B]
    if not found:
        return code
    text = bytearray(code)
    for chunk in found:
        _fill(text, chunk.start, max(chunk.start, old_style_list(code, chunk)[1]))
    return bytes(text)


def _take_call(text: bytearray, code: bytes, chunk: Chunk, kinds: Mapping[bytes, str]) -> MacroCall | None:
    """The macro call that stands at the front of a chunk, blanked in `text`; None when there is none."""
    at = chunk.start
    found = _TOP_CALL.match(code, at, chunk.end)
    if found is None or found.group(2) in KEYWORDS or kinds.get(found.group(2)) == "definer":
        return None
    end = closing_paren(code, found.end() - 1)
    if end < 0 or end > chunk.end:
        return None
    name, following = found.group(2), next_byte(code, end)
    if following != b";" and (kinds.get(name) == "type" or _is_type_of(code, end, bool(found.group(1)))):
        return None
    arguments = tuple(split_arguments(code, found.end(), end - 1))
    if following == b"{" and _CAPITALS.match(name) and chunk.body >= 0:
        _fill(text, found.start(2), end, b"int f()" if end - found.start(2) >= 7 else b"f()")
        return MacroCall(name.decode(), at, end, arguments, chunk.body)
    if following == b";":
        end = skip_space(code, end) + 1
    elif following and not _may_follow(code, end, chunk, bool(_CAPITALS.match(name))):
        return None
    _fill(text, at, end)
    return MacroCall(name.decode(), at, end, arguments)


def _is_type_of(code: bytes, end: int, stored: bool) -> bool:
    """Whether a declarator follows a call that ends at `end`: the call then is its type.

    Arguments:
        stored: whether a storage class stands before the call, so that even `name;` is a declarator.
    """
    following = skip_space(code, end)
    return (_STORED_DECLARATOR if stored else _DECLARATOR).match(code, following) is not None


def _may_follow(code: bytes, end: int, chunk: Chunk, capitals: bool) -> bool:
    """Whether a call without a semicolon ends here: the next token stands on a line of its own.

    After a name in small letters it must begin a declaration that no K&R parameter can be.
    """
    following = skip_space(code, end)
    if following >= chunk.end:
        return True
    if b"\n" not in code[end:following]:
        return False
    if not capitals:
        return _DECLARATION.match(code, following) is not None
    return code[following : following + 1].isalpha() or code[following] == 0x5F


def take_calls(code: bytes, chunks: list[Chunk], kinds: Mapping[bytes, str] = MappingProxyType({})) -> Masked:
    """Take the macro calls that stand at the top level out of the text; the chunks they head shrink to the rest.

    Macros that declare or stand for a type (`kinds` says which) stay.
    """
    text = bytearray(code)
    calls: list[MacroCall] = []
    for chunk in chunks:
        call = _take_call(text, code, chunk, kinds)
        while call is not None:
            calls.append(call)
            if call.function:
                break
            chunk.start = skip_space(code, call.end)
            call = _take_call(text, code, chunk, kinds) if chunk.start < chunk.end else None
    return Masked(bytes(text), calls)
