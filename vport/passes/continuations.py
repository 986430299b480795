"""Backslashes of macro lines stay in their column where an edit made the line wider (style(9)).

Runs on the edits of all passes, since several may touch one line.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from vport.edits import Edit
from vport.job import Job
from vport.patterns import later
from vport.source import line_end, line_start
from vport.write import WIDTH, columns, pad_to_backslash

NAME = "continuations"

_END = later(rb"(?P<gap>[ \t]+)\\\r?\n?\Z")


def _new_end(data: bytes, begin: int, gap: int, edits: list[Edit]) -> str:
    """The text that will stand before the gap of the line that begins at `begin`, from its last line break on."""
    parts: list[bytes] = []
    at = begin
    for edit in edits:
        parts += (data[at : edit.start], edit.new)
        at = edit.end
    return b"".join([*parts, data[at:gap]]).rpartition(b"\n")[2].decode("latin-1")


def _realigned(data: bytes, begin: int, edits: list[Edit]) -> Iterator[Edit]:
    """The blanks before the backslash of one line, written anew where they would move it."""
    found = _END.search(data, begin, line_end(data, begin))
    if found is None or any(e.start < begin or e.end > found.start() for e in edits):
        return
    gap = found["gap"].decode("latin-1")
    target = columns(data[begin : found.end("gap")].decode("latin-1"))
    text = _new_end(data, begin, found.start(), edits)
    if columns(text + gap) == target or (gap == " " and columns(text) < WIDTH):
        return
    lead = gap[: len(gap) - len(gap.lstrip(" "))] if "\t" in gap else ""
    pad = pad_to_backslash(columns(text + lead), target) if "\t" in gap else " " * max(1, target - columns(text))
    new = lead + pad if columns(text + lead) < target else pad
    if new != gap:
        reason = "the backslash stays in its column"
        yield Edit(found.start(), found.end("gap"), 9, new.encode(), NAME, reason, edits[-1].variable)


def run(job: Job, file: str, edits: Iterable[Edit]) -> Iterator[Edit]:
    """The edits that `edits`, all there are of a file, make necessary."""
    data, defines = job.data[file], job.tree.facts[file].defines
    ordered = sorted(set(edits))
    for begin, line in groupby(ordered, key=lambda e: line_start(data, e.start)):
        here = list(line)
        if any(d.start <= here[0].start < d.end for d in defines):
            yield from _realigned(data, begin, here)
