"""Lines that a loop over all stacks indents past the margin are broken behind a comma or an operator (style(9)).

Runs on the edits of all passes, since several may touch one line.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from vport.edits import Edit
from vport.job import Job
from vport.passes import contexts
from vport.patterns import later
from vport.source import line_end, line_start
from vport.write import WIDTH, columns

NAME = "folds"

_BREAKS = later(rb"(?:,|&&|\|\||[-+*/%|&^?:]|[^=!<>]=)([ \t]+)(?=[^\s\\/])")
_ENDS = (b";", b"{", b"}", b":", b"\\")


def run(job: Job, file: str, edits: Iterable[Edit]) -> Iterator[Edit]:
    """The breaks that `edits`, all there are of a file, make necessary."""
    data = job.data[file]
    ordered = sorted(set(edits))
    for begin, line in groupby(ordered, key=lambda e: line_start(data, e.start)):
        here = list(line)
        indented = any(e.by == contexts.NAME and e.start == e.end == begin and e.new == b"\t" for e in here)
        end = begin + len(data[begin : line_end(data, begin)].rstrip(b"\r\n"))
        inside = [e for e in here if not _adds_lines(e, begin, end)]
        if indented and all(e.end <= end and b"\n" not in e.new for e in inside):
            yield from _Line(job, file, begin, end, inside).breaks()


def _adds_lines(edit: Edit, begin: int, end: int) -> bool:
    """Whether an edit puts whole lines above or below a line."""
    above = edit.start == edit.end == begin and edit.new.endswith(b"\n")
    return above or (edit.start == edit.end == end and edit.new[:2].lstrip(b"\r").startswith(b"\n"))


class _Line:
    """One line of a file with the edits in it."""

    def __init__(self, job: Job, file: str, begin: int, end: int, edits: list[Edit]) -> None:
        self._data = job.data[file]
        self._code = job.code(file)
        self._newline = job.newline(file)
        self._begin = begin
        self._end = self._before_comment(begin, end)
        self._edits = edits

    def _before_comment(self, begin: int, end: int) -> int:
        """Where code ends that a comment follows; a comment may stand out."""
        last = begin + len(self._code[begin:end].rstrip())
        return last if self._data[last:end].lstrip().startswith((b"/*", b"//")) else end

    def breaks(self) -> Iterator[Edit]:
        """A break wherever the line would run past the margin, while there is a place for one."""
        indent = self._continued()
        start, lead = self._begin, ""
        while columns(lead + self._text(start, self._end)) > WIDTH:
            fits = [p for p in self._places(start) if columns(lead + self._text(start, p[0])) <= WIDTH]
            if not fits:
                return
            blank, after = fits[-1]
            reason = "the line would run past the margin"
            yield Edit(blank, after, 5, f"{self._newline}{indent}".encode(), NAME, reason)
            start, lead = after, indent

    def _text(self, start: int, end: int) -> str:
        """What will stand in a range."""
        parts, at = [], start
        for edit in self._edits:
            if start <= edit.start and edit.end <= end and at <= edit.start:
                parts += [self._data[at : edit.start], edit.new]
                at = edit.end
        return b"".join([*parts, self._data[at:end]]).decode("latin-1")

    def _places(self, start: int) -> list[tuple[int, int]]:
        """Blanks behind commas and operators that no edit touches."""
        found = [m.span(1) for m in _BREAKS.finditer(self._code, start, self._end)]
        found = [(a, b) for a, b in found if not self._data[a:b].strip()]
        return [(a, b) for a, b in found if not any(e.start < b and a < e.end for e in self._edits)]

    def _continued(self) -> str:
        """The indentation of what goes on behind a break."""
        indent = re.match(r"[ \t]*", self._text(self._begin, self._end))
        blanks = indent.group() if indent else ""
        above = self._code[: self._begin].rstrip()
        return blanks if above and not above.endswith((*_ENDS, b")")) else blanks + "    "
