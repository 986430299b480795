"""One sysctl macro call: its arguments, and how its lines are folded when a port makes them wider."""

from collections.abc import Iterator, Mapping

from vport.c.tokens import closing_paren, split_arguments
from vport.edits import Edit
from vport.job import Job
from vport.patterns import later
from vport.source import line_end, line_start
from vport.write import BACKSLASH, WIDTH, columns, pad_to_backslash

HANDLER = 6
"""Index of the handler among the arguments of SYSCTL_PROC and SYSCTL_VNET_PROC."""

_CONTINUATION = later(rb"\\(\r?\n)")
_SEPARATOR = later(rb",[ \t]*(?P<line>\\?\r?\n)?[ \t]*\Z")


class Leaf:
    """One sysctl macro call: where it stands and its arguments."""

    def __init__(self, job: Job, file: str, at: int, macro: str) -> None:
        code = _CONTINUATION.sub(rb" \1", job.code(file))
        self.file = file
        self.macro = macro
        self.start = code.rfind(macro.encode(), 0, at)
        paren = code.find(b"(", self.start)
        self.end = closing_paren(code, paren)
        self.arguments = split_arguments(code, paren + 1, self.end - 1) if self.end > 0 else []
        self.data = job.data[file]
        self.in_macro = any(d.start <= self.start < d.end for d in job.tree.facts[file].defines)
        self.newline = job.newline(file)

    def text(self, index: int) -> bytes:
        """Bytes of one argument; empty when the call has no such."""
        if index >= len(self.arguments):
            return b""
        start, end = self.arguments[index]
        return self.data[start:end]


class _Folder:
    """Lays out the arguments of one leaf anew from the first line that has become too wide.

    Arguments:
        leaf: the call.
        growth: columns added, by offset.
    """

    def __init__(self, leaf: Leaf, growth: Mapping[int, int]) -> None:
        self.leaf = leaf
        self.growth = growth
        first = leaf.data[line_start(leaf.data, leaf.start) : leaf.start].decode("latin-1")
        self.indent = first if first.isspace() else ""

    def breaks(self) -> Iterator[tuple[int, int, bytes]]:
        """Separators to write anew: start, end and new text."""
        arguments = self.leaf.arguments
        column = self._column(arguments[0][0])
        ours = False  # whether the line began where we broke one
        for i, (left, right) in enumerate(zip(arguments, arguments[1:], strict=False), 1):
            column = self._after(left, column) + 1
            found = _SEPARATOR.fullmatch(self.leaf.data[left[1] : right[0]])
            fits = column + 1 + self._width(right) <= self._limit(right)
            if found is None or (found["line"] and not (ours and column + self._rest_of_line(i) <= self._limit(right))):
                ours, column = False, self._column(right[0])
            elif found["line"]:
                yield left[1] + 1, right[0], b" "
                column += 1
            elif fits or not (ours or self._grown(right)):
                column += right[0] - left[1] - 1
            else:
                yield left[1] + 1, right[0], self._line_break(column)
                ours, column = True, columns(self.indent + "    ")

    def _rest_of_line(self, index: int) -> int:
        """Columns of the arguments from `index` that stand on one line, each with a blank before it."""
        arguments, total = self.leaf.arguments[index:], 0
        for left, right in zip(arguments, [*arguments[1:], None], strict=True):
            total += 1 + self._width(left)
            if right is None or b"\n" in self.leaf.data[left[0] : right[0]]:
                break
        return total

    def _line_break(self, column: int) -> bytes:
        behind = pad_to_backslash(column) + "\\" if self.leaf.in_macro else ""
        return f"{behind}{self.leaf.newline}{self.indent}    ".encode()

    def _limit(self, argument: tuple[int, int]) -> int:
        """Columns of the line that `argument` ends, or of its first line when it has several."""
        behind = self.leaf.data[argument[0] : line_end(self.leaf.data, argument[1])]
        return BACKSLASH - 1 if self.leaf.in_macro and b"\\\n" in behind.replace(b"\r", b"") else WIDTH

    def _column(self, at: int) -> int:
        """Column of an offset in the line it stands in, growth before it included."""
        begin = line_start(self.leaf.data, at)
        return columns(self.leaf.data[begin:at].decode("latin-1")) + self._grown_between(begin, at)

    def _grown_between(self, start: int, end: int) -> int:
        return sum(n for at, n in self.growth.items() if start <= at < end)

    def _grown(self, argument: tuple[int, int]) -> bool:
        """Whether the line has grown up to the end of an argument."""
        return self._grown_between(line_start(self.leaf.data, argument[0]), argument[1]) > 0

    def _width(self, argument: tuple[int, int]) -> int:
        """Columns of an argument, or its first line, with the comma or what ends the line behind it."""
        start, end = argument
        data = self.leaf.data
        first = data[start:end].partition(b"\n")[0].rstrip(b" \t\r\\")
        if len(first) < end - start and b"\n" in data[start:end]:
            return len(first) + self._grown_between(start, start + len(first))
        behind = data[end : line_end(data, end)].rstrip(b" \t\r\n\\") if argument is self.leaf.arguments[-1] else b","
        return end - start + self._grown_between(start, end) + columns(behind.decode("latin-1"))

    def _after(self, argument: tuple[int, int], column: int) -> int:
        """Column behind an argument that begins at `column`."""
        start, end = argument
        last = self.leaf.data.rfind(b"\n", start, end) + 1
        if last:
            return columns(self.leaf.data[last:end].decode("latin-1")) + self._grown_between(last, end)
        return column + end - start + self._grown_between(start, end)


def fold_leaf(leaf: Leaf, growth: Mapping[int, int], by: str) -> Iterator[Edit]:
    """Break lines that `growth`, columns added by offset, makes too wide, and fill up those that this begins."""
    if leaf.arguments:
        for start, end, new in _Folder(leaf, growth).breaks():
            if leaf.data[start:end] != new:
                yield Edit(start, end, 0, new, by, "the line would pass 80 columns")
