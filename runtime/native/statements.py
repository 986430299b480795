"""Which lines of C are one statement: compilers give different lines of it for one and the same macro."""

import bisect
import re
from collections.abc import Iterator, Mapping
from functools import cached_property

_TOKEN = re.compile(
    r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|^[ \t]*\#(?:\\\n|[^\n])*|[A-Za-z_]\w*|[(){};\n]""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
_HEAD = re.compile(r"if|for|while|switch|\w*FOREACH\w*")


class Statements:
    """The statements of one file, as ranges of lines.

    Arguments:
        text: of the file.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    def first(self, line: int) -> int:
        """The first line of the statements that a line belongs to; the line itself if it belongs to none."""
        index = bisect.bisect_right(self._ranges, (line, 1 << 60)) - 1
        if index >= 0 and line <= self._ranges[index][1]:
            return self._ranges[index][0]
        return line

    @cached_property
    def _ranges(self) -> list[tuple[int, int]]:
        """Ranges in order; those that share a line are one."""
        joined: list[tuple[int, int]] = []
        for first, last in sorted(_ranges(self._text)):
            if joined and first <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
            else:
                joined.append((first, last))
        return joined


def _ranges(text: str) -> Iterator[tuple[int, int]]:
    line, depth, head, start, last = 1, 0, False, 0, 0
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token[0].isalpha() or token[0] in "_({\"'" or token in ");}":
            boundary = depth == 0 and token in ("{", "}", ";")
            if boundary and start:
                yield start, line if token == ";" else last
                start, head = 0, False
            if not boundary:
                head = head or (depth == 0 and _HEAD.fullmatch(token) is not None)
                start, last = start or line, line
                depth = max(depth + (token == "(") - (token == ")"), 0)
                if token == ")" and depth == 0 and head:
                    yield start, line
                    start, head = 0, False
        line += token.count("\n")


class Places:
    """Places of a module, those of one statement made one.

    Arguments:
        texts: of the module's files, by name.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._files = {name: Statements(text) for name, text in texts.items()}
        self._known: dict[str, str] = {}

    def statement(self, at: str) -> str:
        """The statement that a place `file.c:12` is in, as the place of its first line."""
        found = self._known.get(at)
        if found is None:
            found = self._known[at] = self._statement(at)
        return found

    def _statement(self, at: str) -> str:
        file, _, line = at.rpartition(":")
        statements = self._files.get(file)
        return f"{file}:{statements.first(int(line))}" if statements and line.isdecimal() else at
