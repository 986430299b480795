"""Tokens of C, and where they stand."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate

from vport.patterns import later

Token = tuple[str, int, frozenset[str]]
"""Text, offset in the file (of the macro's call for what a macro brought), and the macros it came through."""

NOTHING: frozenset[str] = frozenset()

_WORD = r"(?!L[\"'])[A-Za-z_\x80-\xff][\w\x80-\xff]*"
_LITERAL = r"""L?"(?:[^"\\\n]|\\.)*"|L?'(?:[^'\\\n]|\\.)*'|\.?\d(?:[eEpP][+-]|[\w.])*"""
_MARK = r"\.\.\.|->|\+\+|--|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|##|\S"
_HIDDEN = r"/\*.*?(?:\*/|\Z)|//(?:[^\n\\]|\\.)*|\\\r?\n"
_WRITTEN = later(r"[^\n]")
_TOKEN = later(
    # space is passed over at once, and what is most frequent comes first: this takes a tenth of a model's time
    rf"[\t-\r\x1c-\x20]*+(?:({_WORD}|[;,(){{}}\[\]]|{_LITERAL}|(?!/[*/]|\\\r?\n)(?:{_MARK}))|{_HIDDEN}|\Z)",
    re.DOTALL,
)
_OPENING = {"(": ")", "[": "]", "{": "}"}
_BRACKETS = frozenset("()[]{}")
_TIGHT_BEFORE = frozenset((")", "]", ",", ";", ".", "->", "++", "--", "(", "["))
_TIGHT_AFTER = frozenset(("(", "[", ".", "->", "!", "~", "++", "--"))
_ACCESSOR = later(r"\b(?:VNET\(|VSYM\(\w+, )([\w@]+)\)")


def tokenize(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Tokens of [start, end), comments left out."""
    found = _TOKEN.finditer(text, start, len(text) if end is None else end)
    return [(mark, m.start(1), NOTHING) for m in found if (mark := m[1])]


@lru_cache(maxsize=1 << 16)
def is_word(text: str) -> bool:
    """Whether a token is an identifier or keyword."""
    first = text[0]
    return (first.isalpha() or first == "_") and text[-1] not in "\"'"


def pair(tokens: Sequence[Token]) -> list[int] | None:
    """For each opening bracket the index of the one that closes it, 0 for other tokens; None if they do not pair."""
    found = [0] * len(tokens)
    opened: list[int] = []
    for i, token in enumerate(tokens):
        mark = token[0]
        if mark not in _BRACKETS:
            continue
        if mark in _OPENING:
            opened.append(i)
        else:
            if not opened or _OPENING[tokens[opened[-1]][0]] != mark:
                return None
            found[opened.pop()] = i
    return None if opened else found


def join(tokens: Iterable[Token]) -> str:
    """A readable text of tokens; accessors by their usual name."""
    text, last = "", ""
    for token in tokens:
        mark = token[0]
        tight = not last or mark in _TIGHT_BEFORE or last in _TIGHT_AFTER or (last in "*&" and text[-2:-1] in " (*,")
        if mark == "(" and last not in _TIGHT_AFTER and not (last and (is_word(last) or last in ")]")):
            tight = not last
        text += mark if tight or (len(text) == 1 and last in "*&-") else " " + mark
        last = mark
    return _ACCESSOR.sub(r"V_\1", text)


class Source:
    """A file's text as a build compiles it: same offsets, directives and branches left out are blank.

    Arguments:
        name: of the file.
        data: its bytes.
        blank: ranges that are not compiled.
    """

    def __init__(self, name: str, data: bytes, blank: Iterable[tuple[int, int]]) -> None:
        self.name = name
        self.raw = data.decode("latin-1")
        parts, at = [], 0
        for low, high in sorted(blank):
            if high <= at:
                continue
            low = max(low, at)
            parts += [self.raw[at:low], _WRITTEN.sub(" ", self.raw[low:high])]
            at = high
        self.text = "".join(parts) + self.raw[at:]
        self._lines = [end - 1 for end in accumulate(len(line) + 1 for line in self.raw.split("\n"))][:-1]

    def at(self, offset: int) -> str:
        """The place of an offset: `file.c:12`."""
        return f"{self.name}:{self.line(offset)}"

    def line(self, offset: int) -> int:
        """The line of an offset."""
        return bisect_right(self._lines, offset - 1) + 1

    def tokens(self, start: int, end: int) -> list[Token]:
        """Tokens of a range."""
        return tokenize(self.text, start, end)
