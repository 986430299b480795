"""Where an offset of a file stands: on which line, in which function, in which block."""

from bisect import bisect_right
from collections.abc import Iterable

from vport.c.chunks import Chunk
from vport.c.lex import find_braces
from vport.c.parse import Captures
from vport.source import line_of


class Nesting:
    """Ranges that may hold one another, and which of them is the innermost around an offset.

    Each knows the range that holds it, so that a question costs the depth of the nesting, not the number of ranges.
    """

    def __init__(self, ranges: Iterable[tuple[int, int]]) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        self._outer: list[int] = []
        around: list[int] = []
        for start, end in sorted(set(ranges), key=lambda r: (r[0], -r[1])):
            while around and self.ends[around[-1]] <= start:
                around.pop()
            self._outer.append(around[-1] if around else -1)
            around.append(len(self.starts))
            self.starts.append(start)
            self.ends.append(end)

    def at(self, offset: int) -> int:
        """Index of the innermost range that holds `offset` and begins before it, or -1."""
        i = bisect_right(self.starts, offset - 1) - 1
        while i >= 0 and self.ends[i] <= offset:
            i = self._outer[i]
        return i

    def end_at(self, offset: int, otherwise: int) -> int:
        """End of the innermost range around `offset`."""
        i = self.at(offset)
        return self.ends[i] if i >= 0 else otherwise


class Places:
    """Functions and blocks of one file.

    Arguments:
        text: the file without comments and directives.
        chunks: its top-level items.
    """

    def __init__(self, text: bytes, chunks: list[Chunk]) -> None:
        self.text = text
        self.functions = [c for c in chunks if c.body >= 0]
        self._starts = [c.start for c in self.functions]
        self._chunks = chunks
        self._chunk_starts = [c.start for c in chunks]
        self._last = (0, 0, -1)
        self._blocks: dict[int, Nesting] = {}

    def function_at(self, at: int) -> int:
        """Index of the function that holds `at`, or -1; neighbouring questions are answered without a search."""
        low, high, index = self._last
        if low <= at < high:
            return index
        i = bisect_right(self._starts, at) - 1
        if i >= 0 and at < self.functions[i].end:
            self._last = (self.functions[i].start, self.functions[i].end, i)
            return i
        return -1

    def in_body(self, at: int) -> bool:
        """Whether `at` stands in the body of a function."""
        i = self.function_at(at)
        return i >= 0 and at > self.functions[i].body

    def chunk_at(self, at: int) -> Chunk | None:
        """The top-level item that holds `at`."""
        i = bisect_right(self._chunk_starts, at) - 1
        return self._chunks[i] if i >= 0 and at < self._chunks[i].end else None

    def block_end(self, index: int, at: int) -> int:
        """End of the innermost block of function `index` that holds `at`; of the function for its header."""
        chunk = self.functions[index]
        if at < chunk.body:
            return chunk.end
        if index not in self._blocks:
            self._blocks[index] = Nesting(self._read_blocks(chunk))
        return self._blocks[index].end_at(at + 1, chunk.end)

    def _read_blocks(self, chunk: Chunk) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        opened: list[int] = []
        for at, opens in find_braces(self.text, chunk.body, chunk.end):
            if opens:
                opened.append(at)
            elif opened:
                found.append((opened.pop(), at + 1))
        return found + [(start, chunk.end) for start in opened]


class Lines:
    """Line numbers of ascending or arbitrary offsets without counting from the start each time."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at, self._line = 0, 1

    def at(self, offset: int) -> int:
        """The line of `offset`, from 1."""
        if offset < self._at:
            return line_of(self._data, offset)
        self._line += self._data.count(b"\n", self._at, offset)
        self._at = offset
        return self._line


def spots(captures: Captures, name: str) -> list[tuple[int, int]]:
    """Ranges of a capture's nodes in the file, in order: the parser gives them in any order."""
    return sorted([(node.start_byte + offset, node.end_byte + offset) for offset, node in captures.get(name, ())])
