"""Texts and numbers for what repeats: names of files, reasons; and bytes of any kind as text that does no harm."""

from bisect import bisect_right

from vport.c.places import Lines
from vport.digest import blake2b
from vport.names import harmless, show
from vport.report.html.page import Step

_LONGEST = 120
"""Characters of a line of code that a path shows."""


class Texts:
    """Gives each text a number, in order of appearance."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a text."""
        if text not in self._numbers:
            self._numbers[text] = len(self.all)
            self.all.append(harmless(text))
        return self._numbers[text]


class Files:
    """Gives each file a number, and offsets of its bytes lines.

    Arguments:
        data: bytes of the tree before the port.

    `after` has those after it, once they are known.
    """

    def __init__(self, data: dict[str, bytes]) -> None:
        self._data = data
        self.after: dict[str, bytes] = {}
        self._split: dict[tuple[str, bool], list[bytes]] = {}
        self._texts = Texts()
        self._lines: dict[str, Lines] = {}

    @property
    def names(self) -> list[str]:
        """Names as people read them, by number."""
        return self._texts.all

    def number(self, file: str) -> int:
        """The number of a file."""
        return self._texts.number(show(file))

    def line(self, file: str, at: int) -> int:
        """The line of an offset, from 1."""
        if file not in self._lines:
            self._lines[file] = Lines(self._data[file])
        return self._lines[file].at(at)

    def step(self, file: str, line: int, text: str) -> Step:
        """A place of a path with the code that stands there; a negative line is one before the port."""
        return Step(self.number(file), line, harmless(text), self._code(file, line))

    def _code(self, file: str, line: int) -> str:
        old = line < 0
        if (file, old) not in self._split:
            self._split[file, old] = (self._data if old else self.after).get(file, b"").split(b"\n")
        lines = self._split[file, old]
        code = plain(lines[abs(line) - 1].strip()) if 0 < abs(line) <= len(lines) else ""
        return code if len(code) <= _LONGEST else code[: _LONGEST - 1] + "…"


def plain(data: bytes) -> str:
    """Bytes of a source as text: what is no UTF-8, and what moves a cursor or turns text around, as `\\x1b`."""
    return harmless(data.decode("utf-8", "surrogateescape"))


def mark(*parts: object) -> str:
    """A short name for a thing that stays while the thing does."""
    return blake2b(repr(parts).encode("utf-8", "surrogateescape"), digest_size=5).hexdigest()


def within(ranges: list[tuple[int, int]], at: int) -> bool:
    """Whether an offset lies inside one of the ordered ranges, not at its start."""
    i = bisect_right(ranges, (at, -1)) - 1
    return i >= 0 and ranges[i][0] < at < ranges[i][1]
