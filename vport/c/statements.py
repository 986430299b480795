"""Where a statement ends, by its tokens alone: for heads that macros stand for, of which the grammar knows nothing."""

from vport.c.tokens import WORD, closing_paren, next_byte, skip_space
from vport.patterns import later

_MARKS = later(rb"[(){};]")
_ELSE = later(rb"\s*else\b")
_WHILE = later(rb"\s*while\b")
_DEEPEST = 64
"""Heads without braces that stand in one another."""


def end_of_statement(code: bytes, at: int) -> int:
    """Offset just past the statement that begins at `at` or behind the white space there.

    Arguments:
        code: comments, literals and directives blanked.
        at: behind the head the statement belongs to.

    A call that neither a semicolon nor an operator follows heads a statement of its own, as loop macros do.
    """
    return _end(code, at, _DEEPEST)


def _end(code: bytes, at: int, left: int) -> int:
    at = skip_space(code, at)
    word = WORD.match(code, at)
    if word is None or left == 0:
        return _end_of_block(code, at)
    if word.group() in (b"do", b"else"):
        end = _end(code, word.end(), left - 1)
        closes = _WHILE.match(code, end) if word.group() == b"do" else None
        return _end_of_block(code, closes.end()) if closes else end
    paren = skip_space(code, word.end())
    close = closing_paren(code, paren) if code[paren : paren + 1] == b"(" else -1
    following = next_byte(code, close) if close > 0 else b""
    if not (following.isalpha() or following in (b"_", b"{", b"*", b"(")) and word.group() not in _HEADS:
        return _end_of_block(code, at)
    end = _end(code, close, left - 1)
    other = _ELSE.match(code, end) if word.group() == b"if" else None
    return _end(code, other.end(), left - 1) if other else end


_HEADS = frozenset((b"if", b"for", b"while", b"switch"))


def _end_of_block(code: bytes, at: int) -> int:
    """Past the first semicolon outside all brackets, or the brace that closes the one at `at`."""
    depth, last = 0, b"};" if code[at : at + 1] == b"{" else b";"
    for match in _MARKS.finditer(code, at):
        mark = match.group()
        depth += (mark in b"({") - (mark in b")}")
        if depth < 0:
            return match.start()
        if depth == 0 and mark in last:
            return match.end()
    return len(code)
